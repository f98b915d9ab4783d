import string

import pytest

from portal.errors import N_, FileRefused, FileTooLarge, status_of
from portal.readers import problems
from portal.readers.problems import Problem, refuse, reject

ALL = {name: value for name, value in vars(problems).items() if isinstance(value, Problem)}


@pytest.mark.parametrize("name", ALL)
def test_every_problem_says_what_to_do(name: str) -> None:
    problem = ALL[name]
    assert problem.reason
    assert problem.remedy
    assert N_(problem.reason) == problem.reason


@pytest.mark.parametrize("name", ALL)
def test_every_problem_can_be_filled(name: str) -> None:
    problem = ALL[name]
    names = [part[1] for text in problem for part in string.Formatter().parse(text) if part[1]]
    error = refuse(problem, **dict.fromkeys(names, "甲"))
    assert "{" not in error.message + error.remedy


def test_only_what_is_too_large_answers_413() -> None:
    assert status_of(refuse(problems.IS_TOO_LARGE, size_mb=3, limit_mb=2)) == 413
    assert status_of(refuse(problems.IS_EMPTY)) == 422
    assert isinstance(refuse(problems.ARCHIVE_BOMB, unpacked_mb=1), FileTooLarge)
    assert type(refuse(problems.BAD_JSON)) is FileRefused


def test_rejects_hold_an_excerpt() -> None:
    item = reject(7, "name", "字" * 500, problems.BAD_TEXT, blocking=False)
    assert (item.row, item.field, item.blocking) == (7, "name", False)
    assert item.value == "字" * 79 + "…"
    assert (item.reason, item.remedy) == problems.BAD_TEXT
    assert reject(1, "name", None, problems.IS_MISSING, blocking=True).value == ""
