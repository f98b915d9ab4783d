from __future__ import annotations

from portal.readers import problems
from portal.readers.rows.outcomes import CellError, Noted


def test_an_error_holds_its_problem() -> None:
    error = CellError(problems.NOT_A_NUMBER)
    assert (error.problem, str(error)) == (problems.NOT_A_NUMBER, problems.NOT_A_NUMBER.reason)


def test_a_noted_value_is_told_from_an_equal_one() -> None:
    assert Noted(7.0, problems.IS_ROUNDED) != 7.0
