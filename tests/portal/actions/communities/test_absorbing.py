"""Absorbing many at once; each part of it is tried with merges in `test_unions`."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.actions.communities.absorbing import absorb
from portal.models import Community, CommunityAlias, CommunityIdentity, Survey
from portal.terms import Subject
from tests.portal.rows import add


def community(session: Session, **values: object) -> int:
    return add(session, Community(street_how="not_found", **values))


def test_each_pair_keeps_to_itself(session: Session) -> None:
    kept = [community(session, name="甲苑", households=5), community(session, name="乙苑")]
    gone = [community(session, name="甲园", households=9, lifts=2), community(session, name="乙园", lifts=3)]
    session.add_all(
        [
            CommunityAlias(community_id=gone[0], alias="甲里", former=True),
            CommunityIdentity(
                source="a",
                source_key="1",
                community_id=gone[0],
                matched_by="created",
                supplied=["households", "lifts"],
            ),
            Survey(
                community_id=gone[1],
                period="2025-Q1",
                responses=9,
                mean_share=0.5,
            ),
        ]
    )
    session.flush()
    assert absorb(session, list(zip(kept, gone, strict=True))) == {Subject.EVIDENCE}
    rows = select(Community.households, Community.lifts).where(Community.id.in_(kept)).order_by(Community.id)
    assert session.execute(rows).tuples().all() == [(5, 2), (None, 3)]
    aliases = select(CommunityAlias.community_id, CommunityAlias.alias, CommunityAlias.former)
    assert set(session.execute(aliases).tuples()) == {
        (kept[0], "甲里", True),
        (kept[0], "甲园", False),
        (kept[1], "乙园", False),
    }
    identity = session.scalars(select(CommunityIdentity)).one()
    assert (identity.community_id, identity.supplied) == (kept[0], ["lifts"])
    assert session.scalars(select(Survey.community_id)).one() == kept[1]
    merged = select(Community.merged_into_id).where(Community.id.in_(gone)).order_by(Community.id)
    assert session.scalars(merged).all() == kept
