"""Scores computed anew: when somebody asks, and by themselves after what they are made of has changed."""

from __future__ import annotations

from geo.texts import Phrase
from portal.actions.operations import jobs
from portal.actions.scores import scoring
from portal.errors import N_
from portal.jobs.frame import Kind, Outcome, Work
from portal.services import Services
from portal.store.operations import jobs as stored

# Several imports in a row, or a clerk's changes, make one scoring when they have come to rest.
QUIET_S = 20


def compute(work: Work) -> Outcome:
    """Compute the service scores of every quarter from the evidence."""
    scored = scoring.score(
        work.session,
        work.services.city(work.session).zone,
        user_id=work.user_id,
        wait=lambda: work.say(N_("等待另一个导入或评分计算结束")),
        # One of one says nothing.
        step=lambda name, done, total: work.say(name, *((done, total) if total > 1 else ())),
    )
    counts = {
        "new": scored.new,
        "changed": scored.changed,
        "removed": scored.removed,
        "unchanged": scored.unchanged,
    }
    said = Phrase(N_("新增 {new:,}，变更 {changed:,}，删除 {removed:,}，未变 {unchanged:,}"), **counts)
    return Outcome(said, "maps.page", {}, counts)


SCORING = Kind(code="scoring", name=N_("重新计算评分"), queue="scores", limit=2, joins=True, body=compute)


def keep_fresh(services: Services) -> None:
    """Begin a scoring where the scores are out of date, and nobody has begun one since."""
    with services.sessions() as session:
        if stored.scores_wanted(session, SCORING.code, QUIET_S):
            jobs.begin(session, SCORING)
