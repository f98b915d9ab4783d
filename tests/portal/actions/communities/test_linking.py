"""All that is plain is linked in one deed, and taken back in one."""

from __future__ import annotations

import pytest
import shapely
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.frames import COMMUNITIES, COMPLAINTS
from geo.policy.city import City
from portal.access import Viewer
from portal.actions.communities import linking, undo
from portal.actions.communities import register_import as communities
from portal.actions.complaints import complaint_import as complaints
from portal.errors import Conflict, NotAllowed
from portal.models import Audit, Community, CommunityHistory, CommunityIdentity, Complaint
from portal.privacy import Cipher
from portal.store.communities import links
from portal.terms import CommunityStatus, Role
from tests.portal.actions.communities.test_undo import dump
from tests.portal.actions.conftest import box, frame_of

SPOTS = [(114.002 + n * 0.004, 22.502) for n in range(4)]


@pytest.fixture
def many(session: Session, town: dict[str, int], city: City, cipher: Cipher) -> None:
    """Four outlines with a named point each, and two complaints in each; one waits under a name."""
    for source, rows in (
        ("outlines", [{"geometry": box(x - 0.001, y - 0.001, 0.002)} for x, y in SPOTS]),
        ("register", [{"name": f"花园{n}", "geometry": shapely.Point(at)} for n, at in enumerate(SPOTS)]),
    ):
        numbered = [{"source_key": str(n), **row} for n, row in enumerate(rows)]
        communities.load(session, frame_of(COMMUNITIES, numbered), source=source, cipher=cipher)
    said = [{"geometry": shapely.Point(at)} for at in SPOTS * 2]
    rows = [{"source_key": str(n), "received_at": "2025-03-01 08:00", **row} for n, row in enumerate(said)]
    complaints.load(session, frame_of(COMPLAINTS, rows), source="hotline", city=city, cipher=cipher)
    session.commit()


@pytest.mark.usefixtures("many")
def test_they_are_linked_and_taken_back_in_one(session: Session, clerk: Viewer, cipher: Cipher) -> None:
    before = dump(session)
    done = linking.link_all(session, clerk, cipher=cipher, seen=links.propose(session).digest)
    assert (done.n, done.complaints) == (4, 8)
    active = select(Community.name, Community.outline.is_not(None), Community.source_datum).where(
        Community.status == CommunityStatus.ACTIVE
    )
    assert sorted(session.execute(active).tuples()) == [(f"花园{n}", True, "wgs84") for n in range(4)]
    named = select(func.count()).select_from(Complaint).join(Community).where(Community.name.is_not(None))
    assert session.scalar(named) == 8
    keys = select(CommunityIdentity.source, func.count(CommunityIdentity.community_id.distinct()))
    assert dict(session.execute(keys.group_by(CommunityIdentity.source)).tuples().all()) == {
        "outlines": 4,
        "register": 4,
    }
    supplied = select(CommunityIdentity.supplied).where(CommunityIdentity.source == "outlines")
    assert session.scalars(supplied).all() == [["outline"]] * 4
    assert session.scalars(select(CommunityHistory.kind)).all() == ["linked"] * 4
    (audited,) = session.scalars(select(Audit.detail).where(Audit.action == "link_all"))
    assert audited == {"communities": 4, "complaints": 8, "deed": str(done.deed_id)}
    undo.undo_change(session, clerk, done.deed_id, cipher=cipher)
    assert dump(session) == before
    assert len(links.propose(session).pairs) == 4


@pytest.mark.usefixtures("many")
def test_other_pairs_than_were_seen_are_not_linked(session: Session, clerk: Viewer, cipher: Cipher) -> None:
    before = dump(session)
    with pytest.raises(Conflict, match="刚刚有变化"):
        linking.link_all(session, clerk, cipher=cipher, seen="of another list")
    with pytest.raises(NotAllowed):
        linking.link_all(session, Viewer(clerk.user_id, "x", Role.LEADER), cipher=cipher)
    assert dump(session) == before


def test_nothing_to_link_is_said(session: Session, clerk: Viewer, cipher: Cipher) -> None:
    with pytest.raises(Conflict, match="没有可以成批关联"):
        linking.link_all(session, clerk, cipher=cipher)
