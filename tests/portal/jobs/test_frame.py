"""The frame of bodies: what they say is seen, and they end when they shall."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from geo.texts import Phrase
from portal.actions.operations import jobs
from portal.jobs import frame
from portal.jobs.frame import Cancelled, Frame, Kind, Outcome, Stopped, Work
from portal.models import Job
from portal.services import Services
from portal.terms import JobState
from tests.portal.jobs.slow_worker import SLOW


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame, "BEAT_S", 0.05)


def kind_of(body: Callable[[Work], Outcome], **terms: Any) -> Kind:
    return replace(SLOW, body=body, **terms)


def run(wired: Services, kind: Kind, user_id: int | None = None) -> tuple[UUID, Job]:
    with wired.sessions() as session:
        job_id = jobs.begin(session, kind, user_id, {"n": 7})
    Frame(wired, {kind.code: kind}).run(job_id)
    return job_id, job_of(wired, job_id)


def job_of(wired: Services, job_id: UUID) -> Job:
    with wired.sessions() as session:
        found = session.get(Job, job_id)
        assert found is not None
        return found


def wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def change_all(wired: Services, **values: Any) -> None:
    with wired.sessions() as session:
        session.execute(update(Job).values(**values))
        session.commit()


def test_a_body_gets_what_it_works_with(wired: Services) -> None:
    def look(work: Work) -> Outcome:
        assert work.arguments == {"n": 7}
        assert work.user_id is None
        assert work.services is wired
        return Outcome(Phrase(wired.city(work.session).code))

    assert run(wired, kind_of(look))[1].said == "sample"


def test_what_is_said_is_seen_meanwhile(wired: Services) -> None:
    def tell(work: Work) -> Outcome:
        def seen() -> tuple[Any, ...]:
            with wired.sessions() as session:
                (job,) = session.query(Job).all()
            return job.step, job.done, job.total

        for said, shown in (((2, 5), (2, 5)), ((9, 5), (5, 5)), ((), (None, None)), ((1, 0), (None, None))):
            work.say("读 {n}", *said, n=7)
            wait_until(lambda shown=shown: seen() == ("读 7", *shown))
        return Outcome(Phrase("好"))

    assert run(wired, kind_of(tell))[1].state == JobState.DONE


def test_a_body_hears_that_it_was_cancelled(wired: Services) -> None:
    heard = []

    def cancelled(work: Work) -> Outcome:
        change_all(wired, state=JobState.CANCELLING)
        assert work.ended.wait(20)
        with pytest.raises(Cancelled):
            work.check()
        heard.append(True)
        raise ValueError("whatever breaks now")

    assert run(wired, kind_of(cancelled))[1].state == JobState.CANCELLED
    assert heard


def test_a_body_hears_that_the_job_is_anothers(wired: Services) -> None:
    def lost(work: Work) -> Outcome:
        change_all(wired, attempt=9)
        assert work.ended.wait(20)
        work.say("再来")
        raise AssertionError

    job = run(wired, kind_of(lost))[1]
    assert (job.state, job.attempt) == (JobState.RUNNING, 9)


def test_all_bodies_end_when_the_worker_stops(wired: Services) -> None:
    made: list[Frame] = []

    def stop(work: Work) -> Outcome:
        made[0].stop()
        with pytest.raises(Stopped):
            work.say("再来")
        work.check()
        raise AssertionError

    kind = kind_of(stop)
    made.append(Frame(wired, {kind.code: kind}))
    with wired.sessions() as session:
        job_id = jobs.begin(session, kind)
    made[0].run(job_id)
    assert job_of(wired, job_id).state == JobState.WAITING
    made[0].run(job_id)  # not even begun
    assert job_of(wired, job_id).attempt == 0
    made[0].go_on()
    made[0].kinds = {kind.code: kind_of(lambda work: Outcome(Phrase("好")))}
    made[0].run(job_id)
    assert job_of(wired, job_id).state == JobState.DONE


def test_a_kind_of_another_version_is_left_with_what_to_do(wired: Services) -> None:
    with wired.sessions() as session:
        job_id = jobs.begin(session, SLOW)
    Frame(wired, {}).run(job_id)
    job = job_of(wired, job_id)
    assert (job.state, job.remedy) == (JobState.INTERRUPTED, "请重新发起")


def test_queues_are_those_of_the_kinds(wired: Services) -> None:
    kinds = {code: replace(SLOW, code=code, queue=queue) for code, queue in ("ax", "bx", "cw")}
    assert Frame(wired, kinds).queues == ["w", "x"]
