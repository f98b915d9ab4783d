"""What reading a file had to say, as an import says it."""

from __future__ import annotations

from collections.abc import Iterable

from geo.texts import N_, P_, Phrase
from portal.actions.transactions.import_run import Remark, Severity, remark
from portal.readers.columns_found import ColumnFound, Use
from portal.readers.problems import Reject


def from_rejects(rejects: Iterable[Reject]) -> list[Remark]:
    """Return the reader's rejects as remarks: a blocking one left its row out."""
    return [
        Remark(
            item.row,
            item.field,
            item.value,
            _severity(item),
            _reason(item),
            Phrase(item.remedy, **item.params),
        )
        for item in rejects
    ]


def from_columns(listing: Iterable[ColumnFound], *, kept: bool) -> list[Remark]:
    """Return what there is to say of columns that are no field: once, of the whole file.

    Parameters
    ----------
    listing
        The columns of the file.
    kept
        Whether the subject keeps them as attributes.
    """
    headers = [column.header for column in listing if column.use is Use.ATTRIBUTE]
    if not headers:
        return []
    text = (
        N_("没有识别、只作为附加属性保留的列：{headers}") if kept else N_("没有识别、没有采用的列：{headers}")
    )
    remedy = N_("要采用的列，请在导入前的预览中为它选定字段，或改写表头，或在映射文件的 [columns] 下写明")
    return [remark(Severity.NOTED, None, "", "", text, remedy, headers=headers)]


def _reason(item: Reject) -> Phrase:
    reason = Phrase(item.reason, **item.params)
    return reason if item.rows == 1 else Phrase(P_("{n} 行：{reason}"), n=item.rows, reason=reason)


def _severity(item: Reject) -> Severity:
    if item.blocking:
        return Severity.REJECTED
    return Severity.REPAIRED if item.repaired else Severity.NOTED
