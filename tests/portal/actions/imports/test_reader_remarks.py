from __future__ import annotations

from dataclasses import replace

from portal.actions.imports.reader_remarks import from_columns, from_rejects
from portal.actions.transactions.import_run import Severity
from portal.readers.columns_found import ColumnFound, Use
from portal.readers.problems import IS_MISSING, NOT_A_NUMBER, OTHER_SHEETS, note, reject, repair


def test_blocking_rejects_left_their_row_out_and_others_did_not() -> None:
    rejects = [
        reject(3, "name", "", IS_MISSING, blocking=True),
        reject(4, "lifts", "x", NOT_A_NUMBER, blocking=False),
        repair(5, "geometry", "", NOT_A_NUMBER),
    ]
    assert [item.severity for item in from_rejects(rejects)] == [
        Severity.REJECTED,
        Severity.NOTED,
        Severity.REPAIRED,
    ]


def test_what_is_said_of_a_whole_file_is_filled_and_says_of_how_many_rows() -> None:
    told = note(OTHER_SHEETS, name="甲", names=["乙", "丙"])
    once = replace(reject(3, "lifts", "x", NOT_A_NUMBER, blocking=False), row=None, rows=9)
    remarks = from_rejects([told, once])
    assert [item.row for item in remarks] == [None, None]
    assert [item.reason for item in remarks] == ["只读了工作表「甲」，没有读：乙、丙", "9 行：不是数字"]


def test_columns_that_are_no_field_are_said_once() -> None:
    columns = [
        ColumnFound("小区名称", Use.FIELD, "name", ("甲",)),
        ColumnFound("编号", Use.KEY, "source_key", ("1",)),
        ColumnFound("title", Use.ATTRIBUTE, "", ("乙",)),
    ]
    [kept], [dropped] = from_columns(columns, kept=True), from_columns(columns, kept=False)
    assert (kept.row, kept.reason) == (None, "没有识别、只作为附加属性保留的列：title")
    assert dropped.reason == "没有识别、没有采用的列：title"
    assert from_columns(columns[:2], kept=True) == []
