from __future__ import annotations

import io

from portal.readers.formats.raw import RawTable
from portal.readers.sheets import merged_cells
from portal.readers.sheets.merged_cells import Area, fill, find_areas


def areas(xml: bytes) -> list[Area]:
    return list(find_areas(io.BytesIO(xml)))


def test_areas_of_several_rows_are_found() -> None:
    xml = b'<x:mergeCells><x:mergeCell ref="A2:A4"/><x:mergeCell ref="B2:D2"/><mergeCell  ref=\'C5:D9\' />'
    assert areas(xml) == [Area(2, 4, 1), Area(5, 9, 3)]


def test_areas_are_found_wherever_the_reading_breaks(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    xml = b"<sheetData>" + b"<c/>" * 9 + b'</sheetData><mergeCells><mergeCell ref="A2:A4"/></mergeCells>'
    for size in range(1, len(xml) + 1):
        monkeypatch.setattr(merged_cells, "_CHUNK_BYTES", size)
        assert areas(xml) == [Area(2, 4, 1)]


def test_what_looks_like_an_area_in_a_text_is_none() -> None:
    assert areas(b'<t>&lt;mergeCell ref="A2:A4"/></t><mergeCell ref="A1:A99999999999"/>') == []


def test_every_row_of_an_area_has_its_value() -> None:
    table = RawTable(["a", "b"], [["x", 1], [None, 2], [None, 3], ["y", 4]], [2, 3, 5, 6])
    fill(table, iter([Area(2, 5, 1)]))
    assert [row[0] for row in table.rows] == ["x", "x", "x", "y"]
    assert table.merged == {"a": {2: 2, 3: 2, 5: 2}}


def test_areas_of_the_header_beside_the_table_or_without_a_value_change_nothing() -> None:
    table = RawTable(["a"], [[None], ["y"], [None]], [2, 3, 4])
    fill(table, iter([Area(1, 3, 1), Area(3, 4, 7), Area(2, 4, 1)]))
    assert table.rows == [[None], ["y"], [None]]
