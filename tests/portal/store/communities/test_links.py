"""What is plainly one community is proposed; whatever can be doubted stays open, with why."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import shapely
from psycopg.types.range import DateRange
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from geo.frames import COMMUNITIES
from portal.actions.communities import register_import as communities
from portal.models import Community, Contract, Firm
from portal.privacy import Cipher
from portal.store.communities import links
from portal.store.communities.links import By, Why
from portal.terms import Ruling
from tests.portal.actions.conftest import box, cipher, frame_of, town  # noqa: F401 - fixtures
from tests.portal.rows import add

A, B, FAR = (114.003, 22.503), (114.007, 22.503), (114.03, 22.51)


def load(session: Session, cipher: Cipher, *rows: dict[str, Any], source: str = "a") -> None:  # noqa: F811
    numbered = [{"source_key": str(n), **row} for n, row in enumerate(rows)]
    communities.load(session, frame_of(COMMUNITIES, numbered), source=source, cipher=cipher)


def at(point: tuple[float, float], **more: Any) -> dict[str, Any]:
    return {"geometry": shapely.Point(point), **more}


def around(point: tuple[float, float], size: float = 0.002, **more: Any) -> dict[str, Any]:
    return {"geometry": box(point[0] - size / 2, point[1] - size / 2, size), **more}


def found(session: Session) -> tuple[list[tuple[str, By]], list[tuple[str | None, Why]]]:
    proposal = links.propose(session)
    pairs = [(pair.name, pair.by) for pair in proposal.pairs]
    return pairs, [(one.name, one.why) for one in proposal.opened]


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(
    ("rows", "pairs", "opened"),
    [
        ([around(A), at(A, name="甲苑")], [("甲苑", By.PLACE)], []),
        ([around(A), at(A, name="甲苑", street="西街")], [("甲苑", By.PLACE)], []),
        ([around(A), at(A, name="甲苑"), at(A, name="乙苑")], [], [(None, Why.SEVERAL_POINTS)]),
        ([around(A), around(A, 0.004), at(A, name="甲苑")], [], [("甲苑", Why.SEVERAL_OUTLINES)]),
        (
            [around(A), around(A, 0.004, name="大苑"), at(A, name="甲苑")],
            [],
            [("甲苑", Why.SEVERAL_OUTLINES)],
        ),
        # Points that contradict their row wait for a ruling first.
        ([around(A), at(A, name="甲苑", street="东街")], [], []),
        ([around(A), at(A, name="甲苑", district="福田区")], [], []),
        ([around(A), at(B, name="甲苑")], [], []),
        ([around(A, name="甲苑"), {"name": "甲 苑", "district": "南山"}], [("甲 苑", By.NAME)], []),
        ([around(A, name="甲苑"), {"name": "甲苑", "district": "福田"}], [], []),
        ([around(A, name="甲苑"), {"name": "乙苑", "street": "西街"}], [], []),
        ([around(A, name="甲苑"), at(B, name="甲 苑")], [], [("甲 苑", Why.OTHER_PLACE)]),
    ],
)
def test_only_what_is_plain_is_proposed(
    session: Session,
    cipher: Cipher,  # noqa: F811
    rows: list[dict[str, Any]],
    pairs: list[tuple[str, By]],
    opened: list[tuple[str | None, Why]],
) -> None:
    load(session, cipher, *rows)
    assert found(session) == (pairs, opened)


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("said", [{"street": "东街"}, {"district": "福田区"}])
def test_a_point_taken_against_the_register_stays_open(
    session: Session,
    cipher: Cipher,  # noqa: F811
    said: dict[str, str],
) -> None:
    load(session, cipher, around(A), at(A, name="甲苑", **said))
    taken = {"pin": Community.doubtful_pin, "doubtful_pin": None, "ruling": Ruling.COORDINATE}
    session.execute(update(Community).where(Community.name == "甲苑").values(taken))
    assert found(session) == ([], [("甲苑", Why.REGISTERED_ELSEWHERE)])


@pytest.mark.usefixtures("town")
def test_names_that_several_have_stay_open(session: Session, cipher: Cipher) -> None:  # noqa: F811
    bare = {"name": "甲苑", "district": "南山"}
    load(session, cipher, around(A, name="甲苑"), around(B, name="甲苑"), bare)
    assert found(session) == ([], [("甲苑", Why.SEVERAL_NAMES)])


def test_a_city_without_streets_joins_by_district_and_name(
    session: Session,
    cipher: Cipher,  # noqa: F811
) -> None:
    rows = [around(A, name="甲苑", district="南山区"), around(FAR, name="甲苑", district="福田区")]
    load(session, cipher, *rows, {"name": "甲苑", "district": "南山"}, {"name": "乙苑"})
    proposal = links.propose(session)
    ids = session.scalars(select(Community.id).order_by(Community.id)).all()
    assert [(pair.named_id, pair.outlined_id) for pair in proposal.pairs] == [(ids[2], ids[0])]


@pytest.mark.usefixtures("town")
def test_overlapping_contracts_stay_open(session: Session, cipher: Cipher) -> None:  # noqa: F811
    load(session, cipher, around(A), at(A, name="甲苑"))
    firm = add(session, Firm(source="t", source_key="f", name="物业"))
    for number, community_id in enumerate(session.scalars(select(Community.id)).all()):
        session.add(
            Contract(
                source="t",
                source_key=str(number),
                firm_id=firm,
                community_id=community_id,
                period=DateRange(date(2025, 1, 1), None),
            )
        )
    session.flush()
    assert found(session) == ([], [("甲苑", Why.CONTRACTS)])


def test_a_street_official_sees_those_of_the_own_street(
    session: Session,
    town: dict[str, int],  # noqa: F811
    cipher: Cipher,  # noqa: F811
) -> None:
    load(session, cipher, around(A), at(A, name="甲苑"), around(FAR), at(FAR, name="乙苑"))
    assert [pair.name for pair in links.propose(session, town["东街"]).pairs] == ["乙苑"]
    whole = links.propose(session)
    assert whole.digest != links.propose(session, town["东街"]).digest
    assert whole.digest == links.propose(session).digest
