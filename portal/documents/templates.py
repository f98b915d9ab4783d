"""Workbooks to fill in: the headers of a register, an example row, and a sheet that explains each column."""

from __future__ import annotations

import io
from collections.abc import Sequence

import openpyxl
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from geo.frames import Contract
from geo.texts import N_, Say
from portal.readers.schema import KEY, load_subject

EXAMPLES = {
    "text": "示例",
    "integer": "1",
    "number": "1.5",
    "date": "2025-01-31",
    "time": "2025-01-31 14:05",
    "flag": "是",
    "texts": "别名一、别名二",
}
_WIDTH = 18


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
    headers = {
        one.name: next((h for h in one.headers if not h.isascii()), one.headers[0]) for one in subject.fields
    }
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "填写"
    sheet.append([headers[one.name] for one in subject.fields])
    told = book.create_sheet(say(N_("说明")))
    told.append([say(N_("列")), say(N_("必填")), say(N_("内容")), say(N_("例子"))])
    kinds = {
        "text": N_("文字"),
        "texts": N_("文字，多个之间用顿号"),
        "integer": N_("整数"),
        "number": N_("数字"),
        "date": N_("日期"),
        "time": N_("日期和时间"),
        "flag": N_("是或否"),
    }
    for one in subject.fields:
        must = one.required and one.name != KEY
        told.append(
            [
                headers[one.name],
                say(N_("是")) if must else "",
                say(kinds.get(one.kind, kinds["text"])),
                EXAMPLES.get(one.kind, EXAMPLES["text"]),
            ]
        )
    told.append([])
    told.append([say(N_("第一行是表头，不要改动；每行一条记录；编号、代码、电话所在的列请设为“文本”格式。"))])
    for each in (sheet, told):
        each.freeze_panes = "A2"
        for at, cell in enumerate(each[1], start=1):
            cell.font = Font(bold=True)
            each.column_dimensions[get_column_letter(at)].width = _WIDTH
    for at, one in enumerate(subject.fields, start=1):
        if one.kind in ("text", "texts"):
            for row in range(2, 200):
                sheet.cell(row=row, column=at).number_format = "@"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _chinese(headers: Sequence[str]) -> str:
    return next((header for header in headers if not header.isascii()), headers[0])
