from __future__ import annotations

from portal.actions.imports.reader_remarks import from_rejects
from portal.actions.transactions.import_run import Severity
from portal.readers.problems import IS_MISSING, NOT_A_NUMBER, Problem, note, reject, repair


def test_blocking_rejects_left_their_row_out_and_others_did_not() -> None:
    rejects = [
        reject(3, "name", "", IS_MISSING, blocking=True),
        reject(4, "lifts", "x", NOT_A_NUMBER, blocking=False),
        repair(5, "geometry", "", NOT_A_NUMBER),
    ]
    assert [item.severity for item in from_rejects(rejects)] == [
        Severity.REJECTED,
        Severity.NOTED,
        Severity.REPAIRED,
    ]


def test_what_is_said_of_a_whole_file_is_filled() -> None:
    [remark] = from_rejects([note(Problem("{a} 没有读", "请看 {a}"), a=["乙", "丙"])])
    assert (remark.row, remark.reason, remark.remedy) == (None, "乙、丙 没有读", "请看 乙、丙")
