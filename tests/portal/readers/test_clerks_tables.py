"""Tables as clerks keep them: words and headers of theirs, and each fault said once, by its own name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from geo.frames import CONTRACTS, FINDINGS, PENALTIES, RECTIFICATIONS, SURVEYS
from portal.errors import FileRefused
from portal.readers import problems
from portal.readers.table import ReadResult

Read = Callable[..., ReadResult]


def faults(found: ReadResult) -> list[tuple[int | None, str, str, str]]:
    return [(item.row, item.field, item.value, item.reason) for item in found.blocking]


def test_a_percent_that_may_be_a_share_is_left_out_with_its_remedy(read: Read) -> None:
    found = read(
        "小区名称,季度,有效问卷数,满意度（%）\n甲,2025-Q1,30,86\n乙,2025-Q1,30,86%\n丙,2025-Q1,30,0.86\n",
        SURVEYS,
    )
    assert found.frame["mean_share"].tolist() == [0.86, 0.86]
    assert faults(found) == [(4, "mean_share", "0.86", problems.MAYBE_A_SHARE.reason)]


@pytest.mark.parametrize(
    ("word", "state"),
    [("已整改", "reported"), ("整改完成", "reported"), ("正在整改", "open"), ("已闭环", "passed")],
)
def test_usual_words_for_a_rectification(read: Read, word: str, state: str) -> None:
    found = read(f"整改编号,问题编号,整改状态,整改期限\n1,X1-1,{word},2025-03-20\n", RECTIFICATIONS)
    assert found.frame["state"].tolist() == [state]


def test_an_unknown_word_is_answered_with_the_known_ones(read: Read) -> None:
    found = read(
        "问题编号,巡查编号,序号,检查指标,存在问题,严重程度,扣分\n1,X1,1,保洁,杂物,天大,1\n2,X1,2,保洁,杂物,一般,1\n",
        FINDINGS,
    )
    (fault,) = found.blocking
    assert (fault.field, fault.value, fault.reason) == ("severity", "天大", problems.NOT_A_CHOICE.reason)
    assert fault.params == {"known": ["紧急", "一般", "严重"]}


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("合同起始日", "合同终止日"),
        ("起始日", "终止日"),
        ("合同开始日期", "合同到期日"),
        ("开始日", "结束日"),
    ],
)
def test_days_of_contracts(read: Read, first: str, last: str) -> None:
    found = read(f"合同编号,企业名称,小区名称,{first},{last}\n1,安居,甲,2024-01-01,2025-12-31\n", CONTRACTS)
    assert found.frame["starts_on"].tolist() == [date(2024, 1, 1)]
    assert found.frame["ends_on"].tolist() == [date(2025, 12, 31)]


@pytest.mark.parametrize("day", ["2008-06-30", "2008年6月30日", "2008/6/30", "2008"])
def test_the_day_of_completion_gives_the_year(read: Read, day: str) -> None:
    assert read(f"小区名称,竣工日期\n甲,{day}\n").frame["built_year"].tolist() == [2008]


def test_a_row_without_a_name_lacks_the_name(read: Read) -> None:
    found = read("小区名称,街道\n甲,东街\n待定,东街\n暂无,西街\n乙,西街\n甲,东街\n丙,西街\n丁,西街\n")
    assert faults(found) == [
        (3, "name", "待定", problems.IS_MISSING.reason),
        (4, "name", "暂无", problems.IS_MISSING.reason),
        (6, "source_key", "东街/甲", problems.KEY_REPEATS.reason),
    ]


def test_an_empty_cell_of_a_key_column_is_the_key_that_lacks(read: Read) -> None:
    assert faults(read("小区编号,小区名称\n1,甲\n2,乙\n,丙\n")) == [
        (4, "source_key", "", problems.KEY_MISSING.reason)
    ]


def test_a_missing_part_of_the_key_is_said_once(read: Read) -> None:
    found = read(
        "小区名称,季度,有效问卷数,满意度\n甲,2025-Q1,30,86%\n乙,,30,86%\n丙,某季,30,86%\n丁,2025-Q1,30,86%\n",
        SURVEYS,
    )
    assert faults(found) == [
        (3, "period", "", problems.IS_MISSING.reason),
        (4, "period", "某季", problems.NOT_A_QUARTER.reason),
    ]


def test_a_ledger_of_penalties_needs_a_column_of_evidence_beside_the_reason(read: Read) -> None:
    head, row = "文书编号（文号）,小区名称,类型,扣分,事由,决定日期", "1,甲,行政处罚,2,堵塞通道,2025-03-12"
    (taken,) = read(f"{head},处罚依据\n{row},第五条\n", PENALTIES).frame.to_dict("records")
    assert (taken["clause"], taken["evidence"]) == ("堵塞通道", "第五条")
    with pytest.raises(FileRefused) as refused:
        read(f"{head}\n{row}\n", PENALTIES)
    assert "(evidence)" in str(refused.value.params["fields"])
