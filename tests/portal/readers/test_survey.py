"""What a file holds, told before anybody says what it is."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from geo.frames import COMMUNITIES, COMPLAINTS, CONTRACTS, FIRMS, NEIGHBOURHOODS, STREETS
from portal.errors import FileRefused
from portal.readers.limits import ReadLimits
from portal.readers.mapping import ReadMapping
from portal.readers.survey import Survey, survey_table

LIMITS = ReadLimits(max_upload_mb=20, reader_memory_mb=2048, reader_cpu_seconds=60)
KINDS = (STREETS, COMMUNITIES, FIRMS, CONTRACTS, COMPLAINTS)


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
