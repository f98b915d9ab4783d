"""What a file holds, told before anybody says what it is."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from geo.frames import (
    COMMUNITIES,
    COMPLAINTS,
    CONTRACTS,
    FINDINGS,
    FIRMS,
    GATES,
    INSPECTIONS,
    MEETINGS,
    NEIGHBOURHOODS,
    OWNERS_COMMITTEE_MEMBERS,
    OWNERS_COMMITTEES,
    PARTY_ORGANISATIONS,
    PENALTIES,
    RECTIFICATIONS,
    STREET_EVALUATIONS,
    STREETS,
    SURVEYS,
)
from portal.errors import FileRefused
from portal.readers.limits import ReadLimits
from portal.readers.mapping import ReadMapping
from portal.readers.survey import Survey, survey_table

LIMITS = ReadLimits(max_upload_mb=20, reader_memory_mb=2048, reader_cpu_seconds=60)
KINDS = (STREETS, COMMUNITIES, FIRMS, CONTRACTS, COMPLAINTS)
EVERY_KIND = (
    *(*KINDS, NEIGHBOURHOODS, GATES, OWNERS_COMMITTEES, OWNERS_COMMITTEE_MEMBERS, PARTY_ORGANISATIONS),
    *(MEETINGS, SURVEYS, STREET_EVALUATIONS, INSPECTIONS, FINDINGS, RECTIFICATIONS, PENALTIES),
)


def survey(path: Path, content: str, mapping: ReadMapping | None = None) -> Survey:
    path.write_text(content, "utf-8")
    return survey_table(path, KINDS, LIMITS, mapping)


@pytest.mark.parametrize(
    ("content", "likely"),
    [
        ("企业编号,企业名称,统一社会信用代码\n1,安居物业,\n", "firms"),
        ("工单编号,受理时间,街道,小区名称\n1,2025-03-01 08:00,东街,晨光苑\n", "complaints"),
        ("小区编号,小区名称,街道,户数\n1,晨光苑,东街,900\n", "communities"),
        (
            "合同编号,企业名称,小区名称,开始日期,结束日期\n1,安居物业,晨光苑,2024-01-01,2025-12-31\n",
            "contracts",
        ),
    ],
)
def test_the_likely_subject_is_whose_columns_it_has(tmp_path: Path, content: str, likely: str) -> None:
    found = survey(tmp_path / "file.csv", content)
    assert found.likely[0] == likely
    assert (found.kind, found.encoding, found.delimiter, found.rows) == ("csv", "utf-8", ",", 1)


def test_each_column_is_shown_with_values_and_what_it_would_be(tmp_path: Path) -> None:
    content = "标题\n企业编号;企业名称;备注\n1;安居物业;甲\n2;乐居物业;甲\n3;宜居物业;" + "长" * 90 + "\n"
    found = survey(tmp_path / "file.csv", content)
    key, name, remark = found.columns
    assert (key.header, key.values, key.fields["firms"]) == ("企业编号", ("1", "2", "3"), "source_key")
    assert (name.values, name.fields["firms"]) == (("安居物业", "乐居物业", "宜居物业"), "name")
    assert (remark.values, "firms" in remark.fields) == (("甲", "长" * 59 + "…"), False)
    assert (found.delimiter, found.header_rows) == (";", (2,))


@pytest.mark.parametrize(
    ("name", "likely"), [("东街街道", "streets"), ("石牌镇", "streets"), ("东街花园", "communities")]
)
def test_endings_of_names_decide_between_subjects(tmp_path: Path, name: str, likely: str) -> None:
    square = '{"type":"Polygon","coordinates":[[[114,22.5],[114.1,22.5],[114.1,22.6],[114,22.5]]]}'
    features = ",".join(
        f'{{"type":"Feature","properties":{{"id":"{n}","name":"{n}{name}","district":"南区"}},"geometry":{square}}}'
        for n in range(3)
    )
    content = f'{{"type":"FeatureCollection","features":[{features}]}}'
    found = survey(tmp_path / "file.geojson", content)
    assert (found.kind, found.shapes, found.likely[0]) == ("geojson", ("Polygon",), likely)


def test_sheets_are_named_and_chosen(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "说明"
    book.active.append(["本表由物业科填报"])
    for title, name in (("一月", "安居物业"), ("二月", "乐居物业")):
        sheet = book.create_sheet(title)
        sheet.append(["企业编号", "企业名称"])
        sheet.append([1, name])
    path = tmp_path / "file.xlsx"
    book.save(path)
    found = survey_table(path, KINDS, LIMITS, ReadMapping(layer="二月"))
    assert (found.layer, found.columns[1].values) == ("二月", ("乐居物业",))
    assert set(found.other_layers) >= {"一月"}


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b"%PDF-1.7 no table")
    with pytest.raises(FileRefused):
        survey_table(path, KINDS, LIMITS)


@pytest.mark.parametrize(
    ("name", "likely"), [("社区.csv", "neighbourhoods"), ("小区名册.csv", "communities")]
)
def test_the_name_of_a_file_decides_only_between_what_it_may_be(
    tmp_path: Path, name: str, likely: str
) -> None:
    path = tmp_path / "file.csv"
    path.write_text("编号,名称,街道\n1,南布,龙田\n", "utf-8")
    kinds = (STREETS, NEIGHBOURHOODS, COMMUNITIES)
    assert survey_table(path, kinds, LIMITS, name=name).likely[0] == likely
    # A list has no outlines, whatever it is called.
    assert survey_table(path, kinds, LIMITS, name="街道.csv").likely[-1] == "streets"


LEDGER = (
    "文书编号（文号）,小区名称,所属街道,企业名称,类型,扣分,事由,决定日期\n"
    "穗罚〔2025〕1号,晨光苑,东街,安居物业,行政处罚,2,消防通道堵塞,2025-03-12\n"
)


@pytest.mark.parametrize(
    ("name", "content", "likely"),
    [
        ("2025年行政处罚台账.xlsx", LEDGER, "penalties"),
        ("台账.xlsx", LEDGER, "penalties"),
        ("各小区处罚台账.xlsx", LEDGER, "penalties"),
        ("投诉台账.csv", "工单编号,小区名称,所属街道,投诉内容\n1,晨光苑,东街,漏水\n", "complaints"),
        ("物业合同.csv", "合同编号,企业名称,小区名称,合同终止日\n1,安居,晨光苑,2025-12-31\n", "contracts"),
        (
            "检查问题清单.csv",
            "问题编号,巡查编号,序号,检查指标,存在问题,严重程度\n1,X1,1,保洁,杂物,一般\n",
            "findings",
        ),
        ("整改台账.csv", "整改编号,问题编号,整改状态\n1,X1-1,已整改\n", "rectifications"),
        ("巡查记录.csv", "巡查编号,小区名称,巡查时间\n1,晨光苑,2025-03-05 09:30\n", "inspections"),
        (
            "四方联席会议.csv",
            "会议编号,小区名称,所属街道,召开日期,议题数\n1,晨光苑,东街,2025-03-01,3\n",
            "meetings",
        ),
        (
            "业委会.csv",
            "业委会编号,小区名称,所属街道,届次,任期开始\n1,晨光苑,东街,1,2024-01-01\n",
            "owners_committees",
        ),
        ("业委会成员.csv", "成员编号,业委会编号,姓名,职务\n1,Y1,王,主任\n", "owners_committee_members"),
        ("满意度问卷.csv", "调查编号,小区名称,所属街道,季度,满意度\n1,晨光苑,东街,2025-Q1,86%\n", "surveys"),
        ("街道评价.csv", "评价编号,小区名称,所属街道,配合度\n1,晨光苑,东街,5\n", "street_evaluations"),
        ("党支部名册.csv", "党组织编号,小区名称,所属街道,党员人数\n1,晨光苑,东街,5\n", "party_organisations"),
        ("出入口.csv", "出入口编号,出入口名称,主出入口,经度,纬度\n1,南门,是,118.1,24.5\n", "gates"),
        # A neighbourhood or a firm keeps registers of communities.
        ("龙田社区.csv", "小区名称,所属社区,户数\n晨光苑,龙田社区,900\n", "communities"),
        ("安居物业公司.csv", "小区名称,所属街道,户数\n晨光苑,东街,900\n", "communities"),
        (
            "花名册.csv",
            "小区名称,所属街道,物业公司,物业费,服务等级,户数,建筑面积,竣工日期\n晨光苑,东街,安居,2,3,9,9,2008-06-30\n",
            "communities",
        ),
    ],
)
def test_a_column_that_lacks_does_not_make_a_ledger_a_register_of_communities(
    tmp_path: Path, name: str, content: str, likely: str
) -> None:
    path = tmp_path / "file.csv"
    path.write_text(content, "utf-8")
    assert survey_table(path, EVERY_KIND, LIMITS, name=name).likely[0] == likely
