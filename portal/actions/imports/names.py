"""Names as they come into the database: without the numbers of persons that people write beside them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from portal.actions.imports.registry import IMPORTS
from portal.actions.transactions.import_run import Remark, Severity, remark
from portal.errors import N_
from portal.personal_numbers import mask_numbers
from portal.terms import Subject


def mask_names(subject: Subject, frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Remark]]:
    """Return a frame whose texts hold no numbers of persons, and a remark on each cell that did."""
    columns, remarks = {}, []
    for name in IMPORTS[subject].plain:
        masks = {text: mask_numbers(text, telephone=True) for text in frame[name].dropna().unique()}
        found = {text: masked for text, masked in masks.items() if masked != text}
        if not found:
            continue
        rows = frame[name].isin(list(found))
        columns[name] = frame[name].where(~rows, frame[name].map(found))
        remarks += [_tell(row, name, text) for row, text in frame.loc[rows, ["row", name]].to_numpy()]
    return frame.assign(**columns), sorted(remarks, key=lambda item: item.row or 0)


def _tell(row: Any, field: str, text: str) -> Remark:
    reason = N_("含有像是个人号码的内容（电话、证件、车牌等），已遮盖后保存")
    return remark(Severity.REPAIRED, row, field, text, reason, N_("请在源文件中删去号码，再导入一次"))
