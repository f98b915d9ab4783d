"""The reject file of an import: what was left out, repaired or looks doubtful, row by row."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from portal.actions.imports.kept_files import write_whole
from portal.actions.imports.registry import IMPORTS
from portal.actions.imports.words import FIELDS, SEVERITIES
from portal.actions.transactions.import_run import Remark
from portal.errors import N_, Unavailable
from portal.personal_numbers import mask_numbers
from portal.privacy import mask_address
from portal.spreadsheets import write_csv

_TITLES = {
    "row": N_("行号"),
    "field": N_("字段"),
    "value": N_("原值"),
    "severity": N_("结果"),
    "reason": N_("原因"),
    "remedy": N_("处理办法"),
}
_KEYS = frozenset({"source_key", "code", "credit_code"})
# What is written in figures: where it lies, when it was, how many.
_FIGURES = frozenset({"geometry", "lon", "lat", "lon, lat"}) | {
    column.name
    for entry in IMPORTS.values()
    for column in entry.contract.columns
    if column.kind in ("number", "integer", "date", "time")
}
# A number that an excerpt cuts off would no longer be known for one.
_CUT_NUMBER = re.compile(r"[\d\s.-]+…$")


def write(path: Path, remarks: Sequence[Remark]) -> None:
    """Write remarks as CSV, by row, readable by its owner only: their excerpts may be personal.

    Raises
    ------
    Unavailable
        The disk is full, or the folder may not be written; nothing is left behind.
    """
    rows = [_row(item) for item in sorted(remarks, key=lambda item: item.row or 0)]
    try:
        with write_whole(path) as stream:
            write_csv(stream, rows, list(_TITLES.items()))
    except OSError as error:
        raise Unavailable(
            N_("说明文件 {file} 不能写入：{error}。没有导入任何内容"),
            remedy=N_("请检查磁盘空间和文件夹的权限，再导入一次"),
            file=path.name,
            error=error.strerror or str(error),
        ) from error


def _row(item: Remark) -> Mapping[str, object]:
    return {
        "row": item.row,
        "field": FIELDS.get(item.field, item.field),
        "value": masked_value(item),
        "severity": SEVERITIES[item.severity],
        "reason": item.reason,
        "remedy": item.remedy,
    }


def masked_value(item: Remark) -> str:
    """Return what stood there without numbers of persons and without rooms; keys as they are."""
    if item.field in _KEYS:
        return item.value
    value = _CUT_NUMBER.sub("…", item.value)
    return mask_numbers(value) if item.field in _FIGURES else mask_address(value)
