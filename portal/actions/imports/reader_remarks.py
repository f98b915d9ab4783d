"""What reading a file had to say, as an import says it."""

from __future__ import annotations

from collections.abc import Iterable

from geo.texts import Phrase
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
            Phrase(item.reason, **item.params),
            Phrase(item.remedy, **item.params),
        )
        for item in rejects
    ]


def _severity(item: Reject) -> Severity:
    if item.blocking:
        return Severity.REJECTED
    return Severity.REPAIRED if item.repaired else Severity.NOTED
