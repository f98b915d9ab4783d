"""Templates: what is filled in under their headers is read as what they say."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from geo.frames import COMMUNITIES, COMPLAINTS, CONTRACTS, FIRMS, Contract
from geo.texts import Phrase
from portal.documents.templates import EXAMPLES, write_template
from portal.readers.limits import ReadLimits
from portal.readers.schema import load_subject
from portal.readers.table import read_table

LIMITS = ReadLimits(max_upload_mb=20, reader_memory_mb=2048, reader_cpu_seconds=60)


@pytest.mark.parametrize("contract", [COMMUNITIES, FIRMS, CONTRACTS, COMPLAINTS], ids=lambda one: one.name)
def test_what_is_filled_in_is_read_field_by_field(contract: Contract, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_template(contract, Phrase)))
    subject, sheet = load_subject(contract), book["填写"]
    for at, one in enumerate(subject.fields, start=1):
        choices = sorted(one.choices)
        sheet.cell(row=2, column=at).value = choices[0] if choices else EXAMPLES.get(one.kind, "示例")
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
    assert "企业名称" in headers
    told = {row[0].value: row[1].value for row in book["说明"].iter_rows(min_row=2, max_row=1 + len(headers))}
    assert list(told) == headers
    assert told["企业名称"] == "是"
