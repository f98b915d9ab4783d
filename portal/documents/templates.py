"""Workbooks to fill in: the headers of a register, and a sheet that explains each column by an example."""

from __future__ import annotations

import io

import openpyxl
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from geo.frames import Contract
from geo.texts import N_, Say
from portal.readers.schema import KEY, QUARTER, Field, load_subject

EXAMPLES = {
    "text": "示例",
    "integer": "1",
    "number": "1.5",
    "date": "2025-01-31",
    "time": "2025-01-31 14:05",
    "flag": "是",
}
_KINDS = {
    "text": N_("文字"),
    "integer": N_("整数"),
    "number": N_("数字"),
    "date": N_("日期"),
    "time": N_("日期和时间"),
    "flag": N_("是或否"),
}
_WIDTH, _WIDTH_OF_CONTENT = 18, 48


def header_of(field: Field) -> str:
    """Return the header under which a template asks for a field: Chinese, as files of cities are."""
    return next((header for header in field.headers if not header.isascii()), field.headers[0])


def example_of(field: Field) -> str:
    """Return a value of a field as people write it, which its reader takes."""
    return field.example or next(iter(_words(field)), "") or EXAMPLES[field.kind]


def _words(field: Field) -> list[str]:
    """Return the first word for each of a field's choices."""
    first: dict[str, str] = {}
    for written, meant in field.values.items():
        if meant in field.choices:
            first.setdefault(meant, written)
    return list(first.values())


def _content_of(field: Field, say: Say) -> str:
    if field.choices:
        return say(N_("写其中一个：{words}"), words=_words(field))
    if field.format == QUARTER:
        return say(N_("季度，如 2025年第一季度"))
    if field.unit == "share":
        return say(N_("0 至 1 的数，或写百分号"))
    return say(_KINDS[field.kind])


def write_template(contract: Contract, say: Say) -> bytes:
    """Return an xlsx file with a sheet to fill in, which the reader takes as it is, and one that explains.

    Parameters
    ----------
    contract
        One of `geo.frames` that has a schema in ``data/schema``.
    say
        Puts texts into the reader's language; headers stay Chinese, as files of cities are.
    """
    subject = load_subject(contract)
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "填写"
    sheet.append([header_of(one) for one in subject.fields])
    told = book.create_sheet(say(N_("说明")))
    told.append([say(N_("列")), say(N_("必填")), say(N_("内容")), say(N_("例子"))])
    for one in subject.fields:
        must = one.required and one.name != KEY
        told.append([header_of(one), say(N_("是")) if must else "", _content_of(one, say), example_of(one)])
    told.append([])
    told.append([say(N_("第一行是表头，不要改动；每行一条记录；编号、代码、电话所在的列请设为“文本”格式。"))])
    for each in (sheet, told):
        each.freeze_panes = "A2"
        for at, cell in enumerate(each[1], start=1):
            cell.font = Font(bold=True)
            each.column_dimensions[get_column_letter(at)].width = _WIDTH
    told.column_dimensions["C"].width = _WIDTH_OF_CONTENT
    for at, one in enumerate(subject.fields, start=1):
        if one.kind == "text":
            for row in range(2, 200):
                sheet.cell(row=row, column=at).number_format = "@"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
