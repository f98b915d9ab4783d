from __future__ import annotations

from sqlalchemy.orm import Session

from portal.models import Community, SetAside
from portal.store.communities import set_aside
from tests.portal.rows import add


def test_who_set_it_aside_when_and_why(session: Session) -> None:
    community_id = add(session, Community(name="甲苑", street_how="not_found"))
    assert set_aside.one(session, community_id) is None
    session.add(SetAside(community_id=community_id, reason="已拆迁"))
    session.flush()
    found = set_aside.one(session, community_id)
    assert found is not None
    assert (found.reason, found.who) == ("已拆迁", None)
