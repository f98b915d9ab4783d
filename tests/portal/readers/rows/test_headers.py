from __future__ import annotations

import pytest

from geo.frames import NEIGHBOURHOODS
from portal.errors import FileRefused
from portal.readers import problems
from portal.readers.mapping import ReadMapping
from portal.readers.rows.headers import assign, is_known_header, unit_of
from portal.readers.rows.units import Told, Unit
from portal.readers.schema import Subject, load_subject

NONE = ReadMapping()


def test_chinese_headers_are_recognised(communities: Subject) -> None:
    headers = ["序号", "小区名称", "所属街道", "总户数（户）", "建筑面积(㎡)", "经度", "纬度", "备注"]
    found = assign(headers, communities, NONE, has_shapes=False)
    assert found.columns == {
        "name": "小区名称",
        "street": "所属街道",
        "households": "总户数（户）",
        "floor_area_m2": "建筑面积(㎡)",
        "lon": "经度",
        "lat": "纬度",
    }
    assert (found.key_candidates, found.unmapped) == ((), ("序号", "备注"))


def test_the_best_header_wins_and_the_other_is_kept(communities: Subject) -> None:
    found = assign(["名称", "小区名称"], communities, NONE, has_shapes=False)
    assert (found.columns, found.unmapped) == ({"name": "小区名称"}, ("名称",))


def test_coordinates_are_not_looked_for_beside_geometry(communities: Subject) -> None:
    found = assign(["id", "lon", "lat"], communities, NONE, has_shapes=True)
    assert (found.columns, found.unmapped) == ({}, ("id", "lon", "lat"))


def test_a_header_that_was_cut_is_recognised_by_its_beginning(communities: Subject) -> None:
    headers = ["小区编", "小区名", "所属街", "备注"]
    found = assign(headers, communities, NONE, has_shapes=True, cut=headers[:3])
    assert found.columns == {"name": "小区名", "street": "所属街"}
    assert found.key_candidates == ("小区编",)
    assert assign(headers, communities, NONE, has_shapes=True).columns == {}


def test_a_cut_header_that_may_be_two_fields_is_none() -> None:
    # Neighbourhoods know both community_id and community_name.
    headers = ["community_", "所属街", "社区"]
    found = assign(headers, load_subject(NEIGHBOURHOODS), NONE, has_shapes=True, cut=headers[:2])
    assert (found.columns, found.key_candidates) == ({"name": "社区", "street": "所属街"}, ())
    assert found.unmapped == ("community_",)


def test_a_whole_header_goes_before_a_cut_one(communities: Subject) -> None:
    found = assign(["小区名", "名称"], communities, NONE, has_shapes=True, cut=["小区名"])
    assert (found.columns, found.unmapped) == ({"name": "名称"}, ("小区名",))


def test_key_candidates_come_in_order(complaints: Subject) -> None:
    headers = ["REPORT_NUM", "CREATE_TIME", "REC_ID"]
    assert assign(headers, complaints, NONE, has_shapes=False).key_candidates == ("REC_ID", "REPORT_NUM")
    stated = ReadMapping(columns={"report_num": "source_key"})
    assert assign(headers, complaints, stated, has_shapes=False).key_candidates == ("REPORT_NUM",)
    together = ReadMapping(key=("CREATE_TIME", "REPORT_NUM"))
    assert assign(headers, complaints, together, has_shapes=False).key_candidates == (
        "CREATE_TIME",
        "REPORT_NUM",
    )


def test_the_mapping_comes_first(complaints: Subject) -> None:
    mapping = ReadMapping(columns={"来电": "received_at", "来源": ""}, constants={"district": "坪山区"})
    headers = ["编号", "来电", "受理时间", "来源", "行政区"]
    found = assign(headers, complaints, mapping, has_shapes=False)
    assert found.columns == {"received_at": "来电"}
    assert found.unmapped == ("编号", "受理时间", "来源", "行政区")


def test_a_required_field_needs_a_column_or_a_constant(complaints: Subject) -> None:
    with pytest.raises(FileRefused) as refused:
        assign(["编号", "何时"], complaints, NONE, has_shapes=False)
    assert refused.value.msgid == problems.MISSING_COLUMNS.reason
    assert refused.value.message == (
        "没有识别出必需的列：受理时间/来电时间/诉求时间/投诉时间 (received_at)。文件中的列：编号、何时"
    )
    assert '"列名" = "received_at"' in refused.value.remedy
    assert assign(["编号", "来电时间"], complaints, NONE, has_shapes=False).columns
    constant = ReadMapping(constants={"received_at": "2025-01-01"})
    assert assign(["编号", "何时"], complaints, constant, has_shapes=False).columns == {}


def test_a_mapped_header_must_be_there(complaints: Subject) -> None:
    for mapping in (ReadMapping(columns={"何时": "received_at"}), ReadMapping(key=("何时",))):
        with pytest.raises(FileRefused) as refused:
            assign(["编号", "受理时间"], complaints, mapping, has_shapes=False)
        assert refused.value.msgid == problems.BAD_MAPPING.reason


def test_headers_are_known_by_schema_or_mapping(communities: Subject) -> None:
    assert is_known_header("小区名称", communities, NONE)
    assert not is_known_header("楼", communities, NONE)
    assert is_known_header("楼", communities, ReadMapping(columns={"楼": "name"}))
    assert is_known_header("楼", communities, ReadMapping(key=("楼",)))


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("建筑面积（万平方米）", Unit(1e4)),
        ("建筑面积【㎡】", Unit()),
        ("建筑面积(含地下)（公顷）", Unit(1.0, 1e4)),
        ("建筑面积/万㎡", Unit(1e4)),
        ("总建筑面积：亩", Unit(1.0, 2000 / 3)),
        ("建筑面积（户）", Told.ANOTHER),
        ("建筑面积（含地下）", Told.NOTHING),
        ("建筑面积", Told.NOTHING),
    ],
)
def test_the_unit_of_a_header(header: str, unit: object, communities: Subject) -> None:
    assert unit_of(header, communities.field("floor_area_m2")) == unit


def test_a_name_and_a_unit_are_a_header(communities: Subject) -> None:
    found = assign(["小区名称", "建筑面积万平方米", "建筑面积说明"], communities, NONE, has_shapes=False)
    assert found.columns["floor_area_m2"] == "建筑面积万平方米"
    assert found.unmapped == ("建筑面积说明",)
    assert is_known_header("户数/户", communities, NONE)
    without = found.without("floor_area_m2")
    assert (without.columns, without.unmapped) == ({"name": "小区名称"}, ("建筑面积说明", "建筑面积万平方米"))
