"""All records that are plainly one community are linked in one deed, which can be taken back in one."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from portal.access import Viewer
from portal.actions.communities.absorbing import absorb
from portal.actions.communities.changes import change, lock
from portal.actions.transactions.deed_rows import count_moved
from portal.errors import N_, Conflict
from portal.models import CommunityHistory, Complaint
from portal.privacy import Cipher
from portal.store.communities import links
from portal.terms import HistoryKind


@dataclass(frozen=True)
class LinkedAll:
    """What a linking of many did: records linked, complaints that came to another record, its deed."""

    n: int
    complaints: int
    deed_id: UUID


def link_all(session: Session, viewer: Viewer, *, cipher: Cipher, seen: str | None = None) -> LinkedAll:
    """Link every pair that `portal.store.communities.links.propose` finds, in one transaction.

    Parameters
    ----------
    cipher
        Opens the addresses of complaints that may have another place now.
    seen
        Digest of the proposal as the person saw it; None does not ask.

    Raises
    ------
    NotAllowed
        The viewer may not edit communities.
    Conflict
        There is nothing to link, other pairs would be linked than the person saw, or an
        import is running. Nothing is written then.
    """
    with change(session, viewer, cipher, "link_all", []) as made:
        proposal = links.propose(session)
        if not proposal.pairs:
            raise Conflict(N_("没有可以成批关联的小区"), remedy=N_("其余的请逐个核对"))
        if seen is not None and seen != proposal.digest:
            raise Conflict(N_("可关联的小区刚刚有变化，没有写入任何内容"), remedy=N_("请重新核对清单后再试"))
        made.concerned = [one for pair in proposal.pairs for one in (pair.named_id, pair.outlined_id)]
        lock(session, made.concerned)
        made.touched |= absorb(session, [(pair.named_id, pair.outlined_id) for pair in proposal.pairs])
        session.execute(
            insert(CommunityHistory),
            [
                {
                    "community_id": pair.named_id,
                    "kind": HistoryKind.LINKED,
                    "user_id": viewer.user_id,
                    "detail": {"from": pair.outlined_id, "matched_by": str(pair.by)},
                }
                for pair in proposal.pairs
            ],
        )
        made.follow()
        moved = sum(count_moved(session, made.deed_id, Complaint, "community_id").values())
        made.close("", {"communities": len(proposal.pairs), "complaints": moved})
    return LinkedAll(len(proposal.pairs), moved, made.deed_id)
