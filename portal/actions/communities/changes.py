"""What every change of a community's record shares: checks before, consequences after."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, Select, func, or_, select
from sqlalchemy.orm import Session

from portal.access import Permission, Viewer, require
from portal.actions.places import complaint_places
from portal.actions.places.community_streets import assign_communities
from portal.actions.transactions.commit import audit, committed, touch
from portal.actions.transactions.deed_rows import count_moved
from portal.actions.transactions.import_run import lock_imports
from portal.actions.transactions.undo import begin_deed, end_deed
from portal.community_names import call
from portal.errors import N_, Conflict, NotFound
from portal.models import Community, CommunityHistory, CommunityIdentity, Complaint
from portal.privacy import Cipher
from portal.store.communities import records as community_records
from portal.store.communities import unnamed_keys
from portal.terms import CommunityStatus, HistoryKind, Subject

# A person waits for a short import, not for a long one.
PATIENCE_S = 5


@dataclass(frozen=True)
class Changed:
    """What a change did.

    Parameters
    ----------
    community_id
        The record that stands now.
    street_id, street_how
        Its street, and how that was found.
    complaints
        Complaints that have another place now, be it another street of the same community.
    stay, left, joined
        Those that were the community's and are, that were and are not, that were not and are.
    deed_id
        By which it is taken back: see `portal.actions.communities.undo`.
    """

    community_id: int
    street_id: int | None
    street_how: str
    complaints: int
    stay: int
    left: int
    joined: int
    deed_id: UUID


@dataclass
class Change:
    """A change under way: what it concerns, collected as it is made."""

    session: Session
    viewer: Viewer
    cipher: Cipher
    action: str
    concerned: list[int]
    deed_id: UUID = field(default_factory=uuid4)
    touched: set[Subject] = field(default_factory=lambda: {Subject.COMMUNITIES})

    def remember(self, community_id: int, kind: HistoryKind, detail: Mapping[str, Any]) -> None:
        """Add to the community's history."""
        self.session.add(
            CommunityHistory(
                community_id=community_id, kind=kind, user_id=self.viewer.user_id, detail=dict(detail)
            )
        )

    def settle(self, community_id: int) -> Changed:
        """Assign streets and places anew for the communities concerned, write the audit."""
        session, moved = self.session, self.follow()
        self.close(community_id, {"complaints": moved, "concerned": self.concerned})
        street = session.execute(
            select(Community.street_id, Community.street_how).where(Community.id == community_id)
        ).one()
        moves = count_moved(session, self.deed_id, Complaint, "community_id")
        left = sum(n for (was, _), n in moves.items() if was == community_id)
        joined = sum(n for (_, becomes), n in moves.items() if becomes == community_id)
        own = select(func.count()).where(Complaint.community_id == community_id)
        stay = (session.scalar(own) or 0) - joined
        return Changed(
            community_id, street.street_id, street.street_how, moved, stay, left, joined, self.deed_id
        )

    def follow(self) -> int:
        """Assign streets and places anew for those concerned; return how many complaints changed."""
        session = self.session
        session.flush()
        streets = self._streets()
        assign_communities(session, select(Community.id).where(Community.id.in_(self.concerned)))
        concerned = select(Complaint.id).where(
            or_(
                Complaint.community_id.in_(self.concerned),
                Complaint.id.in_(_inside(self.concerned)),
                Complaint.community_id.is_(None)
                & or_(Complaint.street_id.is_(None), Complaint.street_id.in_(streets | self._streets())),
            )
        )
        moved = complaint_places.replace(session, concerned, self.cipher)
        self.touched |= {Subject.COMPLAINTS} if moved else set()
        return moved

    def close(self, subject_id: object, detail: Mapping[str, Any]) -> None:
        """Raise the data versions, write the audit with the key by which all is taken back."""
        touch(self.session, sorted(self.touched))
        told = {**detail, "deed": str(self.deed_id)}
        audit(self.session, self.viewer.user_id, self.action, Subject.COMMUNITIES, subject_id, told)

    def _streets(self) -> set[int]:
        rows = select(Community.street_id).where(
            Community.id.in_(self.concerned), Community.street_id.is_not(None)
        )
        return {street_id for street_id in self.session.scalars(rows) if street_id is not None}


def _inside(community_ids: Collection[int]) -> Select[Any]:
    """Return the complaints whose point lies in an outline of these communities."""
    covered = func.ST_Covers(Community.outline, Complaint.point)
    return (
        select(Complaint.id)
        .join(Community, Complaint.point.op("&&")(Community.outline) & covered)
        .where(Community.id.in_(community_ids))
    )


@contextmanager
def change(
    session: Session, viewer: Viewer, cipher: Cipher, action: str, community_ids: Iterable[int]
) -> Iterator[Change]:
    """Lock communities for a change in one transaction that can be taken back; no import runs meanwhile.

    Raises
    ------
    NotAllowed
        The viewer may not edit communities.
    NotFound
        One of them does not exist.
    Conflict
        One of them was merged or split, or an import is running.
    """
    require(viewer, Permission.EDIT_COMMUNITIES)
    ids = list(community_ids)
    with committed(session):
        lock_imports(session, patience_s=PATIENCE_S)
        lock(session, ids)
        made = Change(session, viewer, cipher, action, ids)
        begin_deed(session, made.deed_id, viewer.user_id)
        yield made
        session.flush()
        end_deed(session, made.deed_id, made.touched)


def lock(
    session: Session, community_ids: Collection[int], *columns: Any, share: bool = False
) -> Sequence[Row[Any]]:
    """Lock active communities, and return ``name``, ``key`` and ``columns`` of each.

    Parameters
    ----------
    share
        Others may read and share the rows, and only not change them.

    Raises
    ------
    NotFound
        One of them does not exist.
    Conflict
        One of them was merged or split.
    """
    rows = session.execute(
        select(Community.name, unnamed_keys.key().label("key"), Community.status, *columns)
        .where(Community.id.in_(community_ids))
        .order_by(Community.id)
        .with_for_update(read=share)
    ).all()
    if len(rows) != len(set(community_ids)):
        raise NotFound(N_("没有这个小区"))
    for row in rows:
        if row.status != CommunityStatus.ACTIVE:
            called = call(row.name, row.key)
            raise Conflict(N_("{name} 已被合并或拆分"), remedy=N_("请重新查找小区"), name=called)
    return rows


def check_version(session: Session, community_id: int, version: str | None) -> None:
    """Raise if the record is no longer as it was when it was shown.

    Parameters
    ----------
    version
        From `portal.store.communities.records`; None does not ask.

    Raises
    ------
    Conflict
        Somebody has changed it since.
    """
    if version is None:
        return
    now = session.scalar(select(community_records.version()).where(Community.id == community_id))
    if now != version:
        raise Conflict(N_("这个小区刚刚被别人修改过，没有写入任何内容"), remedy=N_("请核对后再试"))


def take_over(session: Session, community_id: int, *columns: str) -> None:
    """Take columns away from the sources that keep them up to date: what a clerk has set stays."""
    identities = select(CommunityIdentity).where(CommunityIdentity.community_id == community_id)
    for identity in session.scalars(identities):
        identity.supplied = [name for name in identity.supplied if name not in columns]
