"""A day planned along straight lines, for tests of whatever shows routes."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from geo.policy.city import City
from geo.roads.network import Place, StraightLine
from portal.access import Viewer
from portal.actions import accounts, routes
from portal.models import Community, CommunityGate
from portal.terms import Role
from tests.conftest import make_street

DAY = date(2099, 6, 3)  # ahead of every test run
OFFICE = Place("start", "住建局", 118.001, 26.001)
NAMES = ("安华苑", "百花里", "<b>春晖园</b>")


def add_communities(session: Session) -> list[int]:
    """Add three communities in a street called 云岭, the first with a main gate, and return their ids."""
    street = make_street(session)
    rows = [
        Community(
            name=name,
            street_id=street.id,
            street_how="overlap",
            pin=f"SRID=4326;POINT({118.002 + n / 1000} 26.005)",
        )
        for n, name in enumerate(NAMES)
    ]
    session.add_all(rows)
    session.flush()
    session.add(
        CommunityGate(
            community_id=rows[0].id, name="南门", point="SRID=4326;POINT(118.0022 26.0048)", main=True
        )
    )
    session.flush()
    return [row.id for row in rows]


def add_inspector(session: Session, username: str = "i1") -> Viewer:
    """Add an account of an inspector called 王检查."""
    account = accounts.create(session, username, "王检查", Role.INSPECTOR, "correct horse battery")
    return Viewer(account.id, account.username, Role.INSPECTOR)


def plan(
    session: Session,
    city: City,
    viewer: Viewer,
    ids: list[int],
    *,
    day: date = DAY,
    visit_minutes: int = 30,
    start: Place = OFFICE,
    end: Place | None = OFFICE,
) -> UUID:
    """Plan a day from the office along straight lines."""
    asked = routes.RouteRequest(day, tuple(ids), start, end, visit_minutes)
    return routes.plan(session, viewer, city, StraightLine(city.routes), asked)
