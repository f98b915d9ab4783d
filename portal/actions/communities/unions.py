"""Two records of one community become one; one record of several communities is split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import shapely
from sqlalchemy import select, update
from sqlalchemy.orm import Session, aliased

from portal.access import Viewer
from portal.actions.communities.absorbing import absorb
from portal.actions.communities.changes import Change, Changed, change, check_version
from portal.actions.communities.records import clean_name, clean_outline, set_outline
from portal.errors import N_, BadRequest, Conflict
from portal.models import (
    Community,
    Complaint,
    Contract,
)
from portal.place_names import pinyin, pinyin_initials
from portal.privacy import Cipher
from portal.terms import CommunityStatus, HistoryKind, PlaceHow


@dataclass(frozen=True)
class Part:
    """One community that comes out of a split."""

    name: str
    outline: shapely.Polygon | shapely.MultiPolygon | None = None


def link(
    session: Session,
    viewer: Viewer,
    named_id: int,
    outlined_id: int,
    *,
    cipher: Cipher,
    version: str | None = None,
) -> Changed:
    """Join a community known by name with an outline that has no name: the same place, two registers.

    Parameters
    ----------
    named_id
        The record that stands afterwards; has a name and no outline.
    outlined_id
        Has an outline and no name.
    version
        Of the named record as the clerk saw it; None does not ask.

    Raises
    ------
    NotAllowed, NotFound, Conflict
        As `portal.actions.communities.records.rename`; also as `merge`.
    BadRequest
        They are not one of each kind.
    """
    with change(session, viewer, cipher, "link", [named_id, outlined_id]) as made:
        check_version(session, named_id, version)
        named, outlined = (session.get_one(Community, one) for one in (named_id, outlined_id))
        if named.name is None or named.outline is not None:
            raise BadRequest(N_("请选择一个有名称、没有边界的小区"))
        if outlined.name is not None or outlined.outline is None:
            raise BadRequest(N_("请选择一个没有名称的边界"))
        _absorb(made, named_id, outlined_id)
        made.remember(named_id, HistoryKind.LINKED, {"from": outlined_id, "matched_by": "manual"})
        return made.settle(named_id)


def merge(
    session: Session,
    viewer: Viewer,
    kept_id: int,
    gone_id: int,
    *,
    cipher: Cipher,
    version: str | None = None,
) -> Changed:
    """Make two records of one community one: what the kept record lacks, it gets from the other.

    Names, sources' keys, complaints, contracts and evidence move to the kept
    record; the other stays as merged, for its history and old routes.

    Raises
    ------
    NotAllowed, NotFound, Conflict
        As `portal.actions.communities.records.rename`; also where contracts of the two overlap.
    BadRequest
        Both are the same record.
    """
    if kept_id == gone_id:
        raise BadRequest(N_("请选择两个不同的小区"))
    with change(session, viewer, cipher, "merge", [kept_id, gone_id]) as made:
        check_version(session, kept_id, version)
        name = session.get_one(Community, gone_id).name
        _absorb(made, kept_id, gone_id)
        made.remember(kept_id, HistoryKind.MERGED, {"from": gone_id, "name": name})
        return made.settle(kept_id)


def split(
    session: Session,
    viewer: Viewer,
    community_id: int,
    parts: Sequence[Part],
    *,
    cipher: Cipher,
    version: str | None = None,
) -> list[Changed]:
    """Make several communities of one; complaints go to the part that holds their point or has their name.

    The old record stays as split, with its contracts, evidence and sources' keys: what
    a register says of the whole, no later import gives to a part.

    Raises
    ------
    NotAllowed, NotFound, Conflict
        As `portal.actions.communities.records.rename`.
    BadRequest
        There are fewer than two parts, or names repeat.
    """
    names = [clean_name(part.name) for part in parts]
    if len(parts) < 2 or len(set(names)) != len(names):
        raise BadRequest(N_("请给出至少两个名称不同的部分"))
    areas = [None if part.outline is None else clean_outline(part.outline) for part in parts]
    with change(session, viewer, cipher, "split", [community_id]) as made:
        check_version(session, community_id, version)
        old = session.get_one(Community, community_id)
        made_ids = []
        for name, area in zip(names, areas, strict=True):
            part = _part_of(old, name)
            session.add(part)
            session.flush()
            if area is not None:
                set_outline(made, part, area)
            made_ids.append(part.id)
            made.remember(part.id, HistoryKind.SPLIT, {"from": community_id})
        old.status = CommunityStatus.SPLIT
        made.remember(community_id, HistoryKind.SPLIT, {"into": made_ids})
        # What a clerk had put under the whole belongs to one of the parts now, and it is not known to which.
        by_hand = (Complaint.community_id == community_id, Complaint.place_how == PlaceHow.MANUAL)
        session.execute(update(Complaint).values(place_how=PlaceHow.NAME).where(*by_hand))
        made.concerned += made_ids
        whole = made.settle(community_id)
        return [_as_changed(session, part_id, whole) for part_id in made_ids]


def _absorb(made: Change, kept_id: int, gone_id: int) -> None:
    """Move everything of one to the other; leave it merged."""
    _check_contracts(made.session, kept_id, gone_id)
    made.touched |= absorb(made.session, [(kept_id, gone_id)])


def _check_contracts(session: Session, kept_id: int, gone_id: int) -> None:
    one, other = aliased(Contract), aliased(Contract)
    clash = session.execute(
        select(one.source_key, other.source_key)
        .join(other, one.period.op("&&")(other.period))
        .where(one.community_id == kept_id, other.community_id == gone_id)
        .limit(1)
    ).first()
    if clash is not None:
        raise Conflict(
            N_("两个小区的合同 {one} 与 {other} 期间重叠，没有写入任何内容"),
            remedy=N_("请先更正其中一份合同的起止日期"),
            one=clash[0],
            other=clash[1],
        )


def _part_of(old: Community, name: str) -> Community:
    inherited = ("registered_street", "registered_district", "kind", "built_year", "neighbourhood_id")
    return Community(
        name=name,
        pinyin=pinyin(name),
        pinyin_initials=pinyin_initials(name),
        street_id=old.street_id,
        street_how=old.street_how,
        **{column: getattr(old, column) for column in inherited},
    )


def _as_changed(session: Session, community_id: int, whole: Changed) -> Changed:
    row = session.execute(
        select(Community.street_id, Community.street_how).where(Community.id == community_id)
    ).one()
    return replace(whole, community_id=community_id, street_id=row.street_id, street_how=row.street_how)
