"""How far data reach: one statement, two steps down indexes."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.as_of import Kind
from portal.models import Inspection
from portal.store.as_of import newest_days
from tests.conftest import Statements
from tests.portal import small_city
from tests.portal.small_city import LAST_COMPLAINT_DAY, TODAY, ZONE


def test_without_data_there_is_no_newest_day(session: Session) -> None:
    assert newest_days(session, TODAY, ZONE) == {}


def test_each_kind_has_its_newest_day_in_the_city_never_one_to_come(session: Session) -> None:
    town = small_city.build(session)  # with a complaint of 2062
    mistaken = datetime(2030, 1, 1, tzinfo=ZONE)
    session.add(
        Inspection(source="t", source_key="x", community_id=town.communities["春晖园"], inspected_at=mistaken)
    )
    session.flush()
    expected = {Kind.COMPLAINTS: LAST_COMPLAINT_DAY, Kind.INSPECTIONS: date(2025, 10, 1)}
    assert newest_days(session, TODAY, ZONE) == expected
    earlier = newest_days(session, date(2025, 9, 30), ZONE)
    assert earlier == {Kind.COMPLAINTS: date(2025, 9, 30), Kind.INSPECTIONS: date(2025, 6, 1)}


def test_one_statement_on_two_indexes(session: Session, statements: Statements) -> None:
    small_city.build(session)
    before = len(statements)
    newest_days(session, TODAY, ZONE)
    assert len(statements) - before == 1
    session.execute(text("SET LOCAL enable_seqscan = off"))
    asked = "SELECT (SELECT max(inspected_at) FROM inspection WHERE inspected_at < now())"
    plan = "\n".join(session.scalars(text(f"EXPLAIN {asked}")))
    assert "ix_inspection_inspected_at" in plan
