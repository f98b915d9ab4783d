from __future__ import annotations

from portal.readers import problems
from portal.readers.formats.raw import RawTable
from portal.readers.rows.records import drop_leftovers


def test_totals_signatures_and_headers_are_taken_out_with_their_reason() -> None:
    rows = [
        [1, "甲", 5],
        [None, "合计", 5],
        ["序号", "小区", "户数"],
        ["制表人：某", None, None],
        [2, "乙", 6],
    ]
    table = RawTable(["序号", "小区", "户数"], rows, [2, 3, 4, 5, 6])
    rejects = drop_leftovers(table, {"小区"})
    assert [(item.row, item.reason, item.blocking) for item in rejects] == [
        (3, problems.IS_A_TOTAL.reason, True),
        (4, problems.IS_A_HEADER.reason, True),
        (5, problems.IS_A_SIGNATURE.reason, True),
    ]
    assert (table.numbers, [row[1] for row in table.rows]) == ([2, 6], ["甲", "乙"])


def test_other_columns_may_say_so() -> None:
    table = RawTable(["小区", "口径"], [["甲", "合计"]], [2])
    assert drop_leftovers(table, {"小区"}) == []
    assert drop_leftovers(RawTable(["口径"], [["合计"]], [2]), set()) == []


def test_a_name_that_is_a_header_is_one_if_the_row_says_more() -> None:
    table = RawTable(["小区", "户数"], [["小区", 7]], [2])
    assert drop_leftovers(table, {"小区"}) == []
