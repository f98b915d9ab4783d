"""What reading a file had to say, as an import says it."""

from __future__ import annotations

from collections.abc import Iterable

from geo.texts import N_, Phrase
from portal.actions.transactions.import_run import Remark, Severity
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


def _reason(item: Reject) -> Phrase:
    reason = Phrase(item.reason, **item.params)
    return reason if item.rows == 1 else Phrase(N_("{rows} 行：{reason}"), rows=item.rows, reason=reason)


def _severity(item: Reject) -> Severity:
    if item.blocking:
        return Severity.REJECTED
    return Severity.REPAIRED if item.repaired else Severity.NOTED
