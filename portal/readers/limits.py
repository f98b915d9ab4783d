"""How much a user's file may cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.config import Config

MEGABYTE = 1_000_000


@dataclass(frozen=True, kw_only=True)
class ReadLimits:
    """Limits on a file and on the child process that reads it.

    Parameters
    ----------
    max_upload_mb
        Largest file accepted.
    reader_memory_mb
        Address space of the child.
    reader_cpu_seconds
        CPU time of the child.
    max_result_mb
        What the child may hand back, and the largest file it can write.
    max_unpacked_mb
        Sum of the unpacked sizes in an archive.
    max_pack_ratio
        Unpacked to packed size of an archive of more than a few megabytes.
    max_entries
        Files in an archive.
    max_rows, max_columns
        Size of a table.
    max_line_characters
        One line, and one cell, of a CSV file.
    """

    max_upload_mb: int
    reader_memory_mb: int
    reader_cpu_seconds: int
    max_result_mb: int = 512
    max_unpacked_mb: int = 1_000
    max_pack_ratio: int = 200
    max_entries: int = 2_000
    max_rows: int = 2_000_000
    max_columns: int = 500
    max_line_characters: int = 1_000_000

    @classmethod
    def from_config(cls, config: Config) -> ReadLimits:
        """Return the limits that the settings state."""
        return cls(
            max_upload_mb=config.max_upload_mb,
            reader_memory_mb=config.reader_memory_mb,
            reader_cpu_seconds=config.reader_cpu_seconds,
        )

    @property
    def wall_seconds(self) -> float:
        """When a child is killed whatever it does: a busy machine gives it a third of a core."""
        return 3.0 * self.reader_cpu_seconds + 2.0
