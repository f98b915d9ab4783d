"""Communities linked by the hundred."""

from __future__ import annotations

from geo.texts import Phrase
from portal.access import Viewer
from portal.actions.communities import linking
from portal.errors import N_, P_, NotAllowed
from portal.jobs.frame import Kind, Outcome, Work
from portal.store import accounts
from portal.terms import Role


def link(work: Work) -> Outcome:
    """Link what the person saw, ``seen`` of the arguments, in that person's name."""
    account = accounts.by_id(work.session, work.user_id or 0)
    if account is None:
        raise NotAllowed(N_("发起人的账号已停用"))
    work.say(N_("关联名称与轮廓，重新归属投诉"))
    viewer = Viewer(account.id, account.username, Role(account.role), account.street_id)
    cipher, seen = work.services.cipher, work.arguments["seen"]
    done = linking.link_all(work.session, viewer, cipher=cipher, seen=seen)
    said = Phrase(
        P_("已关联 {n:,} 个小区，随之归入 {complaints}"),
        n=done.n,
        complaints=Phrase(P_("{n:,} 件投诉"), n=done.complaints),
    )
    return Outcome(said, "communities.linking", {}, {"deed": str(done.deed_id)})


LINKING = Kind(
    code="linking", name=N_("成批关联小区"), queue="communities", limit=1, resumable=False, body=link
)
