from __future__ import annotations

import numpy as np
import pytest
import shapely
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from geo.frames import COMMUNITIES
from geo.policy.city import City
from portal.actions.communities import register_import as communities
from portal.actions.places.community_streets import assign_communities, distance_to_streets_m
from portal.models import Community, CommunityIdentity
from portal.privacy import Cipher
from portal.store.places import territory
from portal.terms import PlaceHow
from tests.geo.outlines.street_reference import assign_streets
from tests.portal.actions.conftest import box, frame_of

Found = tuple[int | None, str, float | None]


def load(session: Session, cipher: Cipher, *rows: dict[str, object]) -> None:
    frame = frame_of(COMMUNITIES, [{"source_key": str(n), **row} for n, row in enumerate(rows)])
    communities.load(session, frame, source="register", cipher=cipher)


def found(session: Session) -> list[Found]:
    rows = session.execute(
        select(Community.street_id, Community.street_how, Community.street_share)
        .join(CommunityIdentity)
        .order_by(CommunityIdentity.source_key)
    )
    return list(rows.tuples())


@pytest.mark.parametrize(
    ("row", "street", "how", "share"),
    [
        ({"geometry": box(114.005, 22.505)}, "西街", "overlap", 1.0),
        ({"geometry": shapely.box(114.01, 22.505, 114.05, 22.51)}, "东街", "overlap", 0.5),
        ({"geometry": shapely.box(114.018, 22.505, 114.022, 22.51)}, "东街", "overlap", 0.5),  # e before w
        ({"geometry": shapely.Point(114.03, 22.51)}, "东街", "coordinate", None),
        ({"geometry": shapely.Point(114.02, 22.51)}, "东街", "coordinate", None),
        ({"name": "甲", "street": "西街", "district": "南山"}, "西街", "street", None),
        (
            {"name": "甲", "street": "西街", "geometry": shapely.Point(114.03, 22.51)},  # waits for a ruling
            "西街",
            "street",
            None,
        ),
        ({"name": "甲", "street": "西街", "geometry": shapely.Point(115, 22.51)}, "西街", "street", None),
        ({"geometry": shapely.Point(115, 22.51)}, None, "outside", None),
        ({"geometry": shapely.box(113.99, 22.50, 114.0, 22.51)}, None, "outside", None),  # only touches
        ({"name": "甲", "street": "北街"}, None, "not_found", None),
        ({"name": "甲", "street": "西街", "district": "福田"}, None, "not_found", None),
        ({"name": "甲"}, None, "not_found", None),
    ],
)
def test_geometry_comes_before_names(
    session: Session,
    town: dict[str, int],
    cipher: Cipher,
    row: dict[str, object],
    street: str | None,
    how: str,
    share: float | None,
) -> None:
    load(session, cipher, row)
    [(street_id, found_how, found_share)] = found(session)
    assert (street_id, found_how) == (town.get(street or ""), how)
    assert found_share == (None if share is None else pytest.approx(share, abs=1e-6))


def test_without_streets_nothing_is_outside(session: Session, cipher: Cipher) -> None:
    load(session, cipher, {"geometry": box(114.005, 22.505)})
    assert found(session) == [(None, "not_found", None)]


def test_what_a_clerk_chose_stays(session: Session, town: dict[str, int], cipher: Cipher) -> None:
    load(session, cipher, {"geometry": box(114.005, 22.505)})
    session.execute(update(Community).values(street_id=town["东街"], street_how=PlaceHow.MANUAL))
    assert assign_communities(session, select(Community.id)) == set()
    assert found(session)[0][:2] == (town["东街"], "manual")


def test_only_what_differs_is_written(session: Session, town: dict[str, int], cipher: Cipher) -> None:
    load(session, cipher, {"geometry": box(114.005, 22.505)}, {"geometry": box(114.025, 22.505)})
    assert assign_communities(session, select(Community.id)) == set()
    session.execute(update(Community).values(street_id=town["西街"]))
    assert len(assign_communities(session, select(Community.id))) == 1


def test_it_agrees_with_the_oracle(
    session: Session, town: dict[str, int], cipher: Cipher, city: City
) -> None:
    rng = np.random.default_rng(7)
    corners = rng.uniform((113.995, 22.495), (114.04, 22.52), (200, 2))
    shapes = [box(x, y, 0.004) if n % 2 else shapely.Point(x, y) for n, (x, y) in enumerate(corners)]
    keys = [f"{n:03}" for n in range(len(shapes))]
    frame = frame_of(
        COMMUNITIES,
        [{"source_key": key, "geometry": shape} for key, shape in zip(keys, shapes, strict=True)],
    )
    communities.load(session, frame, source="register", cipher=cipher)
    streets = territory.by_source_key(session)
    expected = assign_streets(frame, streets, city)
    names = dict(zip(streets["source_key"], streets["name"], strict=True))
    ours = found(session)
    assert 0 < len(expected.outside) < 100
    for n, row in expected.assigned.iterrows():
        assert ours[n][0] == town[names[row["street"]]]
        assert np.isnan(row["share"]) or ours[n][2] == pytest.approx(row["share"], abs=1e-3)
    assert all(ours[n][1] == "outside" for n in expected.outside.index)


def test_distance_is_in_metres(session: Session, town: dict[str, int], cipher: Cipher) -> None:
    load(session, cipher, {"geometry": shapely.Point(114.05, 22.51)})
    distance_m = session.scalar(select(distance_to_streets_m(Community.location)).select_from(Community))
    assert distance_m == pytest.approx(1028, rel=0.01)  # 0.01 degrees of longitude at 22.5° N
