"""Scores computed anew."""

from __future__ import annotations

from geo.texts import Phrase
from portal.actions.scores import scoring
from portal.errors import N_
from portal.jobs.frame import Outcome, Work


def compute(work: Work) -> Outcome:
    """Compute the service scores of every quarter from the evidence."""
    work.say(N_("读取评分依据"))
    scored = scoring.score(
        work.session,
        work.services.city(work.session).zone,
        user_id=work.user_id,
        wait=lambda: work.say(N_("等待另一个导入或评分计算结束")),
    )
    counts = {
        "new": scored.new,
        "changed": scored.changed,
        "removed": scored.removed,
        "unchanged": scored.unchanged,
    }
    said = Phrase(N_("新增 {new:,}，变更 {changed:,}，删除 {removed:,}，未变 {unchanged:,}"), **counts)
    return Outcome(said, "maps.page", {}, counts)
