"""dBASE tables, as a Shapefile has them.

Read by hand: pyshp 3.1.6 loses data without a word (12 of ``12.7`` in a field without decimals, nothing of
``12abc``, no row that is marked with anything but a blank), refuses types of field that it does not know, and
must be told the encoding. An adapter that took only the bytes of the cells from it was longer than this, and
three times as slow: see ``python -m bench.shapefile_libraries``.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from portal.readers.formats.raw import Cell
from portal.readers.problems import BAD_ENCODING, BAD_SHAPEFILE, refuse

_HEAD_BYTES, _FIELD_BYTES = 32, 32
_END_OF_FIELDS = 0x0D
_DELETED = b"*"
_NAME_BYTES = 10
# A name or a long text may be cut within a character where the field ends.
_CUT = ("unexpected end of data", "incomplete multibyte sequence")


@dataclass(frozen=True)
class Dbf:
    """A table.

    Parameters
    ----------
    names
        Of the fields.
    rows
        None where a record is marked as deleted.
    encoding
        Of the texts.
    cut
        Names that fill their room, so that their end may be lost.
    """

    names: list[str]
    rows: list[list[Cell] | None]
    encoding: str
    cut: frozenset[str]


@dataclass(frozen=True)
class _Field:
    name: bytes
    kind: str
    start: int
    end: int
    decimals: int


def read_dbf(data: bytes) -> Dbf:
    """Read a .dbf table.

    The encoding follows from the texts; a .cpg file, which is often wrong or
    missing, is not asked.

    Raises
    ------
    FileRefused
        The table is damaged, or its texts are neither UTF-8 nor GB18030.
    """
    if len(data) < _HEAD_BYTES:
        raise refuse(BAD_SHAPEFILE, part=".dbf")
    count, head, width = struct.unpack_from("<IHH", data, 4)
    fields = _fields(data[:head], width)
    if width < 1 or head + count * width > len(data):
        raise refuse(BAD_SHAPEFILE, part=".dbf")
    records = [data[at : at + width] for at in range(head, head + count * width, width)]
    encoding = _detect_encoding(records, fields)
    rows = [
        None if record.startswith(_DELETED) else [_cell(record, field, encoding) for field in fields]
        for record in records
    ]
    names = [field.name.decode(encoding, "ignore") for field in fields]
    cut = frozenset(name for name, field in zip(names, fields, strict=True) if _is_full(field.name))
    return Dbf(names, rows, encoding, cut)


def _fields(head: bytes, width: int) -> list[_Field]:
    fields, start = [], 1  # a record begins with its deletion mark
    for at in range(_HEAD_BYTES, len(head) - _FIELD_BYTES + 1, _FIELD_BYTES):
        if head[at] == _END_OF_FIELDS:
            break
        name = head[at : at + 11].split(b"\0")[0].strip()
        kind, length, decimals = chr(head[at + 11]), head[at + 16], head[at + 17]
        fields.append(_Field(name, kind, start, start + length, decimals))
        start += length
    if not fields or start > width:
        raise refuse(BAD_SHAPEFILE, part=".dbf")
    return fields


def _is_full(name: bytes) -> bool:
    # A Chinese character takes up to three bytes: it may not have had the room that was left.
    return len(name) > _NAME_BYTES - (1 if name.isascii() else 3)


def _detect_encoding(records: list[bytes], fields: list[_Field]) -> str:
    texts = [field.name for field in fields]
    texts += [record[field.start : field.end] for record in records for field in fields if field.kind == "C"]
    texts = [text for text in dict.fromkeys(texts) if not text.isascii()]
    # Text of GB18030 is hardly ever valid UTF-8, the reverse happens: hence this order.
    for encoding in ("utf-8", "gb18030"):
        if all(_decodes(text, encoding) for text in texts):
            return encoding
    raise refuse(BAD_ENCODING, line=1)


def _decodes(text: bytes, encoding: str) -> bool:
    try:
        text.rstrip(b" \0").decode(encoding)
    except UnicodeDecodeError as error:
        return error.reason in _CUT
    return True


def _cell(record: bytes, field: _Field, encoding: str) -> Cell:
    raw = record[field.start : field.end].strip(b" \0")
    if not raw:
        return None
    match field.kind:
        case "C":
            return raw.decode(encoding, "ignore").strip()
        case "N" | "F":
            return _number(raw, field.decimals)
        case "L":
            return {b"T": True, b"Y": True, b"F": False, b"N": False}.get(raw.upper())
        case "D":
            return raw.decode("ascii", "ignore")
    return None


def _number(raw: bytes, decimals: int) -> Cell:
    # Asterisks mean that the number did not fit its field; what is no number stays text for the reject.
    if raw.strip(b"*") == b"":
        return None
    text = raw.decode("ascii", "replace")
    try:
        return float(text) if decimals or not text.lstrip("+-").isdecimal() else int(text)
    except ValueError:
        return text
