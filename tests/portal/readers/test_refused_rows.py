"""Rows picked out of a file as they stand there."""

from __future__ import annotations

from pathlib import Path

from geo.frames import FIRMS
from portal.readers.formats.raw import REASON, REMEDY, RawTable, pass_over_ours
from portal.readers.limits import ReadLimits
from portal.readers.refused_rows import pick_rows

LIMITS = ReadLimits(max_upload_mb=20, reader_memory_mb=2048, reader_cpu_seconds=60)


def test_rows_are_found_by_the_number_that_remarks_give_them(tmp_path: Path) -> None:
    path = tmp_path / "firms.csv"
    path.write_text("名册\n企业编号,企业名称,备注\n1,安居,甲\n2,,乙\n3,宜居,\n", "utf-8")
    picked = pick_rows(path, FIRMS, [4, 5, 99], LIMITS)
    assert picked.headers == ("企业编号", "企业名称", "备注")
    assert picked.cells == {4: ("2", "", "乙"), 5: ("3", "宜居", "")}


def test_our_own_columns_are_passed_over() -> None:
    raw = RawTable([REASON, "a", REMEDY, "b"], [["x", 1, "y", 2], ["x", 3, "y", 4]], [2, 3])
    pass_over_ours(raw)
    assert (raw.headers, raw.rows) == (["a", "b"], [[1, 2], [3, 4]])
    pass_over_ours(raw)
    assert raw.headers == ["a", "b"]
