"""Doubles are proposed where names and places agree, and never where a person told them apart."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from portal.models import Community, CommunityAlias, SetAside
from portal.store.communities import doubles
from portal.store.communities.doubles import Evidence, core_name
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


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("阳光花园小区", "阳光"),
        ("阳光苑", "阳光"),
        ("花园", "花园"),
        ("新村", "新村"),
        ("阳光花园二期", "阳光花园二期"),
    ],
)
def test_what_registers_add_to_a_name_is_taken_off(name: str, core: str) -> None:
    assert core_name(name) == core


def test_like_names_in_one_place_and_one_name_in_one_street_are_proposed(session: Session) -> None:
    east = add(session, street("东", 114.0, 114.1))
    community(session, "阳光花园", east, **pin(114.01))
    community(session, "阳光小区", east, **pin(114.0101))
    community(session, "月光园", east, **outline(114.03, 114.04))
    community(session, "月光小区", None, **outline(114.032, 114.038))
    community(session, "星光里", east)
    community(session, "星光里", east)
    community(session, "云岭阁", east, **pin(114.05))
    community(session, "云上居", east, **pin(114.05))  # the same place alone is no double
    community(session, "星光小区", None, **pin(114.09))
    assert found(session) == [
        ("阳光花园", "阳光小区", (Evidence.LIKE_NAME, Evidence.NEAR)),
        ("月光园", "月光小区", (Evidence.LIKE_NAME, Evidence.OVERLAP)),
        ("星光里", "星光里", (Evidence.SAME_NAME,)),
    ]


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
