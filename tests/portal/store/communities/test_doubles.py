"""Doubles are proposed where names and places agree, and never where a person told them apart."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from portal.models import Community, CommunityAlias, SetAside
from portal.store.communities import doubles
from portal.store.communities.doubles import Evidence
from tests.portal.rows import add, street


def community(session: Session, name: str, street_id: int | None = None, **values: Any) -> int:
    return add(session, Community(name=name, street_id=street_id, street_how="not_found", **values))


def pin(lon: float, lat: float = 22.5) -> dict[str, str]:
    return {"pin": f"SRID=4326;POINT({lon} {lat})"}


def outline(west: float, east: float) -> dict[str, str]:
    ring = f"{west} 22.5,{east} 22.5,{east} 22.51,{west} 22.51,{west} 22.5"
    return {"outline": f"SRID=4326;MULTIPOLYGON((({ring})))"}


def found(session: Session) -> list[tuple[str, str, tuple[Evidence, ...]]]:
    return [(one.first.name, one.second.name, one.evidence) for one in doubles.propose(session)]


def test_like_names_that_may_be_in_one_place_are_proposed_with_what_speaks_for_it(session: Session) -> None:
    east, west = add(session, street("东", 114.0, 114.1)), add(session, street("西", 114.1, 114.2))
    community(session, "阳光花园", east, **pin(114.01))
    community(session, "阳光小区", east, **pin(114.0101))
    community(session, "月光园", east, **outline(114.03, 114.04))
    community(session, "月光小区", None, **outline(114.032, 114.038))
    community(session, "星光里", east)
    community(session, "星光里", east)
    community(session, "云岭阁", east, **pin(114.05))
    community(session, "云上居", east, **pin(114.05))  # the same place alone is no double
    community(session, "星光小区", None, **pin(114.09))
    community(session, "翠湖花园（一期）", east, **pin(114.08))
    community(session, "翠湖1期", east, **pin(114.085))
    community(session, "翠湖二期", east)
    community(session, "翠湖一期", west)  # another street
    community(session, "春晖一号院", None, registered_district="中区")
    community(session, "春晖1号", east)
    community(session, "春晖1号院", None, registered_district="北区")
    assert found(session) == [
        ("阳光花园", "阳光小区", (Evidence.LIKE_NAME, Evidence.ONE_STREET, Evidence.NEAR)),
        ("月光园", "月光小区", (Evidence.LIKE_NAME, Evidence.OVERLAP)),
        ("星光里", "星光里", (Evidence.SAME_NAME, Evidence.ONE_STREET)),
        ("翠湖花园（一期）", "翠湖1期", (Evidence.LIKE_NAME, Evidence.ONE_STREET)),
        ("春晖一号院", "春晖1号", (Evidence.LIKE_NAME, Evidence.ONE_DISTRICT)),
    ]
    distances_m = [one.distance_m for one in doubles.propose(session)]
    assert distances_m[2] is None and distances_m[3] == pytest.approx(514, abs=2)


def test_a_name_that_many_have_is_compared_within_each_street(session: Session) -> None:
    streets = [add(session, street(f"街{n}", 114 + n / 100, 114 + (n + 1) / 100)) for n in range(12)]
    for street_id in streets:
        community(session, "幸福小区", street_id)
        community(session, "幸福里", street_id)
        community(session, "幸福花园", None if street_id == streets[0] else street_id)
    pairs = found(session)
    assert len(pairs) == 11 and {kinds for _, _, kinds in pairs} == {
        (Evidence.LIKE_NAME, Evidence.ONE_STREET)
    }


def test_an_alias_is_a_name_and_a_point_in_an_outline_a_place(session: Session) -> None:
    one = community(session, "甲苑", **outline(114.03, 114.04))
    session.add(CommunityAlias(community_id=one, alias="阳光小区"))
    community(session, "阳光花园", **pin(114.035, 22.505))
    assert found(session) == [("甲苑", "阳光花园", (Evidence.LIKE_NAME, Evidence.NEAR))]


def test_what_a_person_told_apart_is_not_proposed_again(session: Session) -> None:
    pair = [community(session, "星光里"), community(session, "星光里")]
    assert len(found(session)) == 1
    session.add(SetAside(community_id=pair[0], other_id=pair[1], reason="两个小区"))
    session.flush()
    assert found(session) == []
