"""What became of each column of a file: a field, the key, an attribute that is kept, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Use(StrEnum):
    """What a column is read as."""

    FIELD = "field"
    KEY = "key"
    ATTRIBUTE = "attribute"


@dataclass(frozen=True)
class ColumnFound:
    """One column, in the order of the file.

    Parameters
    ----------
    header
        As the file has it.
    use
        What it is read as.
    field
        The field it is read as; "" for an attribute.
    examples
        Its first different values, as the file has them.
    """

    header: str
    use: Use
    field: str
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """Where in the file the table was found.

    Parameters
    ----------
    layer, other_layers
        Sheet that was read, and those that hold something too; "" where there are none.
    header_rows
        Rows of the header as people count; empty where the format names its columns.
    delimiter
        Between the cells of a text file, "" elsewhere.
    """

    layer: str
    other_layers: tuple[str, ...]
    header_rows: tuple[int, ...]
    delimiter: str
