from __future__ import annotations

import struct

import pytest

from portal.errors import FileRefused
from portal.readers.formats.dbf import read_dbf


def dbf(fields: list[tuple[str, str, int, int]], records: list[bytes], codec: str = "utf-8") -> bytes:
    width = 1 + sum(length for _, _, length, _ in fields)
    head = struct.pack("<B3xIHH20x", 3, len(records), 33 + 32 * len(fields), width)
    for name, kind, length, decimals in fields:
        head += struct.pack("<11sc4xBB14x", name.encode(codec), kind.encode(), length, decimals)
    return head + b"\x0d" + b"".join(record.ljust(width) for record in records) + b"\x1a"


FIELDS = [("NAME", "C", 20, 0), ("N", "N", 6, 0), ("X", "F", 8, 3), ("OK", "L", 1, 0), ("DAY", "D", 8, 0)]


def record(name: str, n: str, x: str, ok: str, day: str, codec: str = "utf-8", mark: bytes = b" ") -> bytes:
    return mark + name.encode(codec).ljust(20) + f"{n:>6}{x:>8}{ok:1}{day:8}".encode()


@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_cells_are_typed(codec: str) -> None:
    data = dbf(
        FIELDS, [record("黄贝街道", "12", "1.500", "T", "20250331", codec), record("", "", "", "?", "")]
    )
    table = read_dbf(data)
    assert table.names == ["NAME", "N", "X", "OK", "DAY"]
    assert table.rows == [["黄贝街道", 12, 1.5, True, "20250331"], [None, None, None, None, None]]
    assert table.encoding == codec


def test_deleted_records_keep_their_place() -> None:
    data = dbf(FIELDS, [record("a", "1", "", "", "", mark=b"*"), record("b", "2", "", "", "")])
    assert [row and row[0] for row in read_dbf(data).rows] == [None, "b"]


def test_a_text_cut_within_a_character_is_kept() -> None:
    data = dbf([("NAME", "C", 10, 0)], [b" " + "黄贝街道".encode()[:10]])
    assert read_dbf(data).rows == [["黄贝街"]]


def test_a_name_cut_within_a_character_is_kept() -> None:
    data = dbf([("a社区名称", "C", 10, 0)], [b" x"])
    assert read_dbf(data).names == ["a社区名"]


@pytest.mark.parametrize(
    ("name", "codec", "is_cut"),
    [
        ("小区名称", "utf-8", True),
        ("小区名", "utf-8", True),
        ("小区", "utf-8", False),
        ("a小区", "utf-8", False),
        ("物业服务企业", "gb18030", True),
        ("小区名", "gb18030", False),
        ("population", "utf-8", True),
        ("buildings", "utf-8", False),
    ],
)
def test_names_that_fill_their_room_may_be_cut(name: str, codec: str, is_cut: bool) -> None:
    encoded = name.encode(codec)[:10].ljust(11, b"\0")
    data = dbf([("X", "C", 10, 0)], [b" " + "甲".encode(codec)], codec).replace(b"X" + b"\0" * 10, encoded)
    table = read_dbf(data)
    assert name.startswith(table.names[0])
    assert table.cut == (frozenset(table.names) if is_cut else frozenset())


def test_what_libraries_lose_is_kept() -> None:
    """A fraction where no decimals were promised, a mark that is no asterisk, a type that Shapefiles lack."""
    data = dbf([("N", "N", 6, 0), ("T", "I", 4, 0)], [b"\0  12.7\1\0\0\0"])
    assert read_dbf(data).rows == [[12.7, None]]


def test_numbers_that_are_none() -> None:
    data = dbf([("N", "N", 6, 0)], [b" ******", b"  12abc", b"     -7"])
    assert read_dbf(data).rows == [[None], ["12abc"], [-7]]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x03" * 20,
        dbf(FIELDS, [record("a", "1", "", "", "")])[:-60],
        dbf([], []),
        struct.pack("<B3xIHH20x", 3, 4_000_000_000, 33, 0) + b"\x0d",
        dbf(FIELDS, []).replace(b"\x01\x01", b""),
    ],
)
def test_damaged_tables_are_refused(data: bytes) -> None:
    with pytest.raises(FileRefused):
        if read_dbf(data).rows == []:
            read_dbf(data[:100])


def test_other_encodings_are_refused() -> None:
    with pytest.raises(FileRefused):
        read_dbf(dbf([("NAME", "C", 10, 0)], [b" " + "Größe".encode("latin-1") + b"\xff\xff"]))
