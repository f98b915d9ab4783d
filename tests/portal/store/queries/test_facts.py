"""Windows of days, and what counts within them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.as_of import choose
from portal.models import Community, Finding, Inspection, Rectification, ServiceScore, Street
from portal.query import CommunityQuery, Near
from portal.store.queries import facts
from tests.portal import small_city
from tests.portal.small_city import LAST_COMPLAINT_DAY, PERIOD, ZONE

AS_OF = choose(LAST_COMPLAINT_DAY, {}, ZONE)


def test_days_begin_at_midnight_in_the_city() -> None:
    assert AS_OF.start_of(date(2025, 10, 3)) == datetime.fromisoformat("2025-10-03T00:00:00+08:00")


def test_a_window_ends_with_the_day() -> None:
    assert AS_OF.window(1) == (LAST_COMPLAINT_DAY, date(2025, 10, 4))
    assert AS_OF.window(30) == (date(2025, 9, 4), date(2025, 10, 4))


def test_repeats_enquiries_and_other_categories_are_not_counted(session: Session) -> None:
    town = small_city.build(session)
    counted = {}
    for days, category in ((1, None), (30, None), (30, "lift"), (3660, None)):
        query = CommunityQuery(complaint_days=days, category=category)
        rows = session.execute(select(Community.name, facts.complaints(query, AS_OF)))
        counted[days, category] = dict(row._tuple() for row in rows)
    assert town.communities.keys() - {"None"} == counted[1, None].keys() - {None}
    assert [counted[key]["安华苑"] for key in counted] == [1, 3, 2, 3]
    assert [counted[key]["德政楼"] for key in counted] == [0, 0, 0, 2]


def test_only_what_is_due_and_outstanding_is_overdue(session: Session) -> None:
    small_city.build(session)
    rows = session.execute(select(Community.name, facts.overdue(AS_OF)))
    found = dict(row._tuple() for row in rows)
    assert (found["安华苑"], found["百花里"]) == (2, 0)
    assert found["春晖园"] is None  # never inspected
    on_the_day = choose(date(2025, 7, 1), {}, ZONE)
    rows = session.execute(select(Community.name, facts.overdue(on_the_day)))
    assert dict(row._tuple() for row in rows)["安华苑"] == 0


@pytest.mark.parametrize(
    ("severity", "due_in_s", "late"),
    [("critical", -1, 1), ("critical", 600, 0), ("serious", -1, 0), ("minor", -86_400, 1)],
)
def test_what_is_critical_is_late_from_its_hour_on(
    session: Session, severity: str, due_in_s: int, late: int
) -> None:
    """Other deadlines are days: what is due today is late tomorrow."""
    due = datetime.now(ZONE) + timedelta(seconds=due_in_s)
    today = (due if due_in_s == -1 else datetime.now(ZONE)).date()
    town = small_city.build(session)
    session.execute(
        update(Finding)
        .values(severity=severity)
        .where(Finding.inspection_id == Inspection.id, Inspection.community_id == town.communities["百花里"])
    )
    session.execute(
        update(Rectification)
        .values(due_at=due)
        .where(Rectification.finding_id == Finding.id, Finding.severity == severity)
        .where(Finding.inspection_id == Inspection.id, Inspection.community_id == town.communities["百花里"])
    )
    as_of = choose(today, {}, ZONE)
    found = session.scalar(select(facts.overdue(as_of)).where(Community.name == "百花里"))
    assert found == late


def test_a_row_holds_what_the_list_shows_and_the_map_draws(session: Session) -> None:
    small_city.build(session)
    query = CommunityQuery()

    def row(name: str, *, geometry: bool) -> dict[str, Any]:
        rows = (
            select(*facts.columns(query, AS_OF, geometry=geometry))
            .outerjoin(Street, Street.id == Community.street_id)
            .outerjoin(ServiceScore, ServiceScore.community_id == Community.id)
            .where(Community.name == name, ServiceScore.period == str(PERIOD))
        )
        return dict(session.execute(rows).one()._mapping)

    found = row("安华苑", geometry=False)
    assert found.pop("id") and found.pop("inspected_at").year == 2025
    assert found.pop("later_at") is None
    assert found == {
        "name": "安华苑",
        "key": None,
        "district": "中区",
        "street": "东",
        "kind": "commodity",
        "households": 1200,
        "points": 55.04,
        "band": "fail",
        "complaints": 3,
        "overdue": 2,
        "firm": "长城物业",
        "distance_m": None,
        "lon": 114.05,
        "lat": 22.5,
    }
    assert orjson.loads(row("安华苑", geometry=True)["geometry"]) == {
        "type": "Point",
        "coordinates": [114.05, 22.5],
    }


def test_names_are_ordered_by_their_pinyin_and_those_without_come_last(session: Session) -> None:
    small_city.build(session)
    for name, pinyin in (("安华苑", "zz"), ("百花里", "")):
        session.execute(update(Community).where(Community.name == name).values(pinyin=pinyin))
    rows = session.scalars(select(Community.name).order_by(*facts.name_keys())).all()
    assert rows == ["春晖园", "德政楼", "未定位园", "安华苑", "百花里", None]


def test_distances_are_metres_on_the_spheroid(session: Session) -> None:
    small_city.build(session)
    query = CommunityQuery(near=Near(114.05, 22.5, 1.0))
    metres = session.scalar(select(facts.distance_m(query)).where(Community.name == "百花里"))
    assert metres is not None
    assert abs(metres - 1029.0) < 1.0  # 0.01° of longitude at 22.5° north
