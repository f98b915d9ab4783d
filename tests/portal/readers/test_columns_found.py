from __future__ import annotations

from collections.abc import Callable

from geo.frames import CONTRACTS
from portal.readers.columns_found import ColumnFound, Layout, Use
from portal.readers.table import ReadResult

Read = Callable[..., ReadResult]


def test_every_column_is_listed_with_its_use_and_first_values(read: Read) -> None:
    result = read("某区台账\n编号,小区名称,title,户数\n1,甲,x,5\n2,乙,x,\n3,丙,y,7\n4,丁,z,8\n")
    assert result.listing == (
        ColumnFound("编号", Use.KEY, "source_key", ("1", "2", "3")),
        ColumnFound("小区名称", Use.FIELD, "name", ("甲", "乙", "丙")),
        ColumnFound("title", Use.ATTRIBUTE, "", ("x", "y", "z")),
        ColumnFound("户数", Use.FIELD, "households", ("5", "7", "8")),
    )
    assert result.layout == Layout("", (), (2,), ",")


def test_a_column_in_another_unit_is_no_field(read: Read) -> None:
    text = "合同编号,企业名称,小区名称,合同开始日期,物业费（元/户·月）\nH1,甲,乙,2024-01-01,60\n"
    assert read(text, CONTRACTS).listing[-1] == ColumnFound("物业费（元/户·月）", Use.ATTRIBUTE, "", ("60",))
