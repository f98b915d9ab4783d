from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.frames import COMMUNITIES
from portal.actions.communities import register_import as communities
from portal.actions.communities.register_rows import add_aliases
from portal.db import make_engine
from portal.models import Community, CommunityAlias, Neighbourhood
from portal.privacy import Cipher
from portal.store.places.known import Neighbourhoods
from portal.terms import PlaceHow
from tests.conftest import MakeDatabase
from tests.portal.actions.conftest import frame_of
from tests.portal.actions.overlap import overlap


@pytest.fixture
def community_id(session: Session, town: dict[str, int], cipher: Cipher) -> int:
    row = {"source_key": "1", "name": "阳光花园", "street": "西街", "neighbourhood": "南布", "lifts": 2.0}
    communities.load(session, frame_of(COMMUNITIES, [row]), source="names", cipher=cipher)
    return session.scalars(select(Community.id)).one()


def test_aliases_are_added_once_and_never_the_name_itself(session: Session, community_id: int) -> None:
    pairs = [(community_id, "阳光里"), (community_id, "阳光里"), (community_id, "阳光花园")]
    assert add_aliases(session, pairs) == {community_id}
    assert add_aliases(session, pairs, former=True) == set()
    rows = session.execute(select(CommunityAlias.alias, CommunityAlias.former)).all()
    assert rows == [("阳光里", False)]
    assert add_aliases(session, []) == set()


def test_two_clerks_may_teach_a_name_at_once(make_database: MakeDatabase) -> None:
    engine = make_engine(make_database().portal_url, pooled=False)
    with Session(engine) as session:
        community = Community(name="阳光花园", street_how=PlaceHow.MANUAL)
        session.add(community)
        session.commit()
        pairs = [(community.id, "阳光里")]
    overlap(engine, lambda first: add_aliases(first, pairs), lambda second: add_aliases(second, pairs))
    with Session(engine) as session:
        assert session.scalars(select(CommunityAlias.alias)).all() == ["阳光里"]
    engine.dispose()


def test_a_neighbourhood_follows_its_source(session: Session, community_id: int, cipher: Cipher) -> None:
    row = {"source_key": "1", "name": "阳光花园", "street": "西街", "neighbourhood": "北布", "lifts": 2.0}
    loaded = communities.load(session, frame_of(COMMUNITIES, [row]), source="names", cipher=cipher)
    assert (loaded.changed, loaded.new) == (1, 0)
    other = {**row, "source_key": "o", "neighbourhood": "西布"}
    loaded = communities.load(session, frame_of(COMMUNITIES, [other]), source="other", cipher=cipher)
    session.expire_all()
    found = session.get_one(Community, community_id)
    names = Neighbourhoods.known(session)
    assert names.find("北布", found.street_id) == found.neighbourhood_id


def test_each_community_has_the_neighbourhood_of_its_own_row(
    session: Session, community_id: int, cipher: Cipher
) -> None:
    rows = [
        {"source_key": "1", "name": "阳光花园", "street": "西街", "neighbourhood": "北布", "lifts": 2.0},
        {"source_key": "2", "name": "星河湾", "street": "西街", "neighbourhood": "南布", "lifts": 2.0},
    ]
    for turn in (rows, [{**rows[0], "neighbourhood": "南布"}, {**rows[1], "neighbourhood": "北布"}]):
        communities.load(session, frame_of(COMMUNITIES, turn), source="names", cipher=cipher)
        session.expire_all()
        found = session.execute(
            select(Community.name, Neighbourhood.name).join(
                Neighbourhood, Neighbourhood.id == Community.neighbourhood_id
            )
        )
        assert dict(row._tuple() for row in found) == {row["name"]: row["neighbourhood"] for row in turn}
