"""Templates: what is filled in under their headers is read as what they say."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from geo.frames import COMMUNITIES, COMPLAINTS, CONTRACTS, EVIDENCE_BY_SUBJECT, FIRMS, Contract
from geo.texts import Phrase
from portal.documents.templates import example_of, header_of, write_template
from portal.readers.limits import ReadLimits
from portal.readers.schema import load_subject
from portal.readers.table import read_table

LIMITS = ReadLimits(max_upload_mb=20, reader_memory_mb=2048, reader_cpu_seconds=60)
PENALTIES, SURVEYS = EVIDENCE_BY_SUBJECT["penalties"], EVIDENCE_BY_SUBJECT["surveys"]


def told(contract: Contract) -> dict[str, list[str]]:
    sheet = openpyxl.load_workbook(io.BytesIO(write_template(contract, Phrase)))["说明"]
    rows = [[cell.value or "" for cell in row] for row in sheet.iter_rows(min_row=2)]
    return {row[0]: row[1:] for row in rows if row[1] or row[2]}


# Those of evidence are imported whole by tests/contracts/test_imports.py.
@pytest.mark.parametrize("contract", [COMMUNITIES, FIRMS, CONTRACTS, COMPLAINTS], ids=lambda one: one.name)
def test_what_is_filled_in_is_read_field_by_field(contract: Contract, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_template(contract, Phrase)))
    subject, sheet = load_subject(contract), book["填写"]
    for at, one in enumerate(subject.fields, start=1):
        sheet.cell(row=2, column=at).value = example_of(one)
    path = tmp_path / "filled.xlsx"
    book.save(path)
    result = read_table(path, contract, timezone="Asia/Shanghai", limits=LIMITS)
    assert result.rows_read == 1
    assert set(result.columns) >= {
        one.name for one in subject.fields if one.required and one.name != "source_key"
    }


def test_a_second_sheet_explains_each_column() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_template(FIRMS, Phrase)))
    headers = [cell.value for cell in book["填写"][1]]
    assert headers == [header_of(one) for one in load_subject(FIRMS).fields]
    assert "企业名称" in headers
    assert list(told(FIRMS)) == headers
    assert told(FIRMS)["企业名称"][0] == "是"


def test_what_may_be_written_is_told_in_the_words_of_files() -> None:
    assert told(PENALTIES)["类型"] == ["是", "写其中一个：处罚、一票否决、表彰", "表彰"]
    assert told(SURVEYS)["季度"] == ["是", "季度，如 2025年第一季度", "2025年第一季度"]
    assert told(SURVEYS)["满意度"] == ["是", "0 至 1 的数，或写百分号", "85.5%"]


def test_a_choice_without_an_example_of_its_own_is_shown_by_its_first_word() -> None:
    assert example_of(load_subject(COMMUNITIES).field("kind")) == "商品房"
