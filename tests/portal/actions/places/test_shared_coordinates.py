"""A coordinate of many places is none; that of one community or address, however many complain, is."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
import shapely
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from geo.frames import COMMUNITIES, COMPLAINTS
from geo.policy.city import City
from portal.actions.communities import register_import as communities
from portal.actions.complaints import complaint_import as complaints
from portal.actions.places import shared_coordinates
from portal.actions.transactions.import_run import Loaded
from portal.models import Complaint
from portal.privacy import Cipher
from tests.portal.actions.conftest import box, frame_of

WEST, EMPTY = (114.005, 22.505), (114.03, 22.51)
N = 12


@pytest.fixture
def known(session: Session, town: dict[str, int], cipher: Cipher) -> None:
    """阳光花园 is outlined around WEST; 月光花园 has a point in 东街."""
    rows = [
        {"source_key": "1", "name": "阳光花园", "geometry": box(114.003, 22.503)},
        {"source_key": "2", "name": "月光花园", "geometry": shapely.Point(114.025, 22.505)},
    ]
    communities.load(session, frame_of(COMMUNITIES, rows), source="register", cipher=cipher)


def found(session: Session, city: City, rows: list[dict[str, Any]]) -> list[int]:
    base: dict[str, Any] = {"community": None, "address": None}
    listed = [{"n": n, **base, **row} for n, row in enumerate(rows)]
    frame = pd.DataFrame(listed).astype({"lon": float, "lat": float})
    return sorted(shared_coordinates.find(session, frame, [None] * len(rows), city))


def at(point: tuple[float, float], **names: Any) -> dict[str, Any]:
    return {"lon": point[0], "lat": point[1], **names}


@pytest.mark.parametrize(
    ("rows", "shared"),
    [
        ([at(EMPTY) for _ in range(N)], True),
        ([at(WEST) for _ in range(N)], False),
        ([at((114.025, 22.505)) for _ in range(N)], False),
        ([at(EMPTY, community="百花里") for _ in range(N)], False),
        ([at(EMPTY, community=f"{n}号苑") for n in range(N)], True),
        ([at(WEST, community=f"{n}号苑") for n in range(N)], True),
        ([at(EMPTY, address=f"百花里{n}栋{n}01") for n in range(N)], False),
        ([at(EMPTY, address=f"深南大道{n}号") for n in range(N)], True),
        ([at(EMPTY, address="深南大道1号") for _ in range(N)], False),
        ([at((EMPTY[0] + n / 1e6, EMPTY[1]), community=f"{n}号苑") for n in range(N)], False),
        ([at(EMPTY) for _ in range(9)], False),
        ([at((float("nan"),) * 2) for _ in range(N)], False),  # type: ignore[arg-type]
    ],
)
def test_different_places_at_one_coordinate(
    session: Session, known: None, city: City, rows: list[dict[str, Any]], shared: bool
) -> None:
    assert found(session, city, rows) == (list(range(len(rows))) if shared else [])


def load(session: Session, city: City, cipher: Cipher, source: str, rows: list[dict[str, Any]]) -> Loaded:
    listed = [
        {
            "received_at": f"2025-03-05 10:{n:02}",
            "event_type": "物业服务",
            "source_key": f"{source}{n}",
            **row,
        }
        for n, row in enumerate(rows)
    ]
    return complaints.load(session, frame_of(COMPLAINTS, listed), source=source, city=city, cipher=cipher)


def here(**names: Any) -> dict[str, Any]:
    return {"geometry": shapely.Point(EMPTY), **names}


def states(session: Session) -> dict[str, tuple[str | None, str]]:
    rows = select(Complaint.source_key, Complaint.doubt, Complaint.place_level)
    return {key: (doubt, level) for key, doubt, level in session.execute(rows)}


def test_files_that_come_one_by_one_share_it_too(
    session: Session, known: None, city: City, cipher: Cipher
) -> None:
    """Six in March are too few, with six in April they are enough: all twelve wait then."""
    march, april = ([here(address=f"{way}路{n}号") for n in range(6)] for way in "甲乙")
    load(session, city, cipher, "march", march)
    assert set(states(session).values()) == {(None, "point")}
    load(session, city, cipher, "march", march)
    assert set(states(session).values()) == {(None, "point")}
    assert load(session, city, cipher, "april", april).found["doubt_shared"] == 6
    assert set(states(session).values()) == {("shared", "none")}
    again = load(session, city, cipher, "april", april)
    assert (again.unchanged, again.touched) == (6, set())
    assert load(session, city, cipher, "may", [here(address="甲路1号")]).found["doubt_shared"] == 1


def test_many_of_one_community_never_share(session: Session, known: None, city: City, cipher: Cipher) -> None:
    for source in ("march", "april"):
        load(session, city, cipher, source, [here(address=f"百花里{n}栋") for n in range(8)])
        load(session, city, cipher, f"{source}-2", [here(community="百花里") for n in range(8)])
    assert set(states(session).values()) == {(None, "point")}


def test_a_coordinate_that_a_clerk_lets_hold_holds_for_later_files(
    session: Session, known: None, city: City, cipher: Cipher
) -> None:
    load(session, city, cipher, "march", [here(community=f"{n}号苑") for n in range(N)])
    held = update(Complaint).values(ruling="coordinate").where(Complaint.source_key == "march3")
    session.execute(held)
    loaded = load(
        session, city, cipher, "april", [here(community="别苑"), here(community="异苑", street="西街")]
    )
    after = states(session)
    assert (after["april0"], after["april1"]) == (("shared", "point"), ("other_street", "street"))
    assert (loaded.found.get("doubt_shared"), loaded.found["doubt_other_street"]) == (None, 1)
