"""What the pages of jobs call things; how long a step will take."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from portal.jobs.kinds import KINDS
from portal.models import Job
from portal.terms import JobState
from portal.views.operations import job_words

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def job(state: str = "running", done: int | None = 30, total: int | None = 90, elapsed_s: float = 60) -> Job:
    return Job(kind="x", state=state, done=done, total=total, step_at=NOW - timedelta(seconds=elapsed_s))


def test_every_state_and_kind_has_a_name(app: Flask) -> None:
    assert set(job_words.STATES) == set(JobState)
    with app.test_request_context():
        assert [job_words.name_state(state) for state in ("waiting", "interrupted")] == ["等待中", "已中断"]
        assert [job_words.name_kind(code) for code in KINDS] == [kind.name for kind in KINDS.values()]
        assert job_words.name_kind("of another version") == "of another version"


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        (job(), 120),
        (job(done=90), 0),
        (job(elapsed_s=2), 4),
        (job(elapsed_s=1.9), None),  # too early to tell
        (job(done=0), None),
        (job(done=None, total=None), None),
        (job(state="cancelling"), None),
        (job(state="done"), None),
    ],
)
def test_what_is_left_takes_as_long_as_what_was_done(given: Job, seconds: float | None) -> None:
    assert job_words.remaining_s(given, NOW) == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize(
    ("elapsed_s", "words"),
    [
        (14, "剩余不到 1 分钟"),
        (60, "约剩 2 分钟"),
        (30 * 59, "约剩 59 分钟"),
        (30 * 60, "约剩 1 小时 0 分钟"),
        (30 * 145, "约剩 2 小时 25 分钟"),
        (1, ""),
    ],
)
def test_the_remaining_time_in_words(app: Flask, elapsed_s: float, words: str) -> None:
    with app.test_request_context():
        assert job_words.say_remaining(job(elapsed_s=elapsed_s), NOW) == words
