"""The rows that an import refused, as a table: the original cells, why, what to do; to be brought again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from geo.frames import Contract
from portal.actions.imports.kept_files import write_whole
from portal.actions.transactions.import_run import Remark, Severity
from portal.readers.formats.raw import REASON, REMEDY
from portal.readers.limits import ReadLimits
from portal.readers.mapping import ReadMapping
from portal.readers.refused_rows import pick_rows
from portal.spreadsheets import write_csv


def path_of(folder: Path, run_id: UUID) -> Path:
    """Return where the rows that a run refused lie; only who brought the file may have them back."""
    return folder / f"{run_id}-to-mend.csv"


def write_refused(
    target: Path,
    source: Path,
    contract: Contract,
    remarks: Sequence[Remark],
    limits: ReadLimits,
    mapping: ReadMapping | None = None,
) -> int:
    """Write the refused rows of a file as CSV, readable by its owner only; return how many.

    Parameters
    ----------
    target
        See `path_of`.
    source, contract, limits, mapping
        The file, as it was read.
    remarks
        Of the import.
    """
    refused: dict[int, list[Remark]] = {}
    for item in remarks:
        if item.severity is Severity.REJECTED and item.row is not None:
            refused.setdefault(item.row, []).append(item)
    if not refused:
        return 0
    picked = pick_rows(source, contract, refused, limits, mapping)
    titles = [*picked.headers, REASON, REMEDY]
    rows = [
        dict(zip(picked.headers, cells, strict=True))
        | {
            REASON: "；".join(dict.fromkeys(str(item.reason) for item in refused[number])),
            REMEDY: "；".join(dict.fromkeys(str(item.remedy) for item in refused[number] if item.remedy)),
        }
        for number, cells in picked.cells.items()
    ]
    with write_whole(target) as stream:
        write_csv(stream, rows, [(title, title) for title in titles])
    return len(rows)
