"""Policy in force and data versions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import orjson
import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.actions.transactions.commit import touch
from portal.errors import Unavailable
from portal.models import CityPolicy, DataVersion
from portal.store.operations import system
from portal.terms import Subject


def test_without_policy_the_portal_is_not_ready(session: Session) -> None:
    with pytest.raises(Unavailable, match="城市政策"):
        system.current_policy(session)


def test_tag_changes_with_its_own_subjects_only(session: Session) -> None:
    watched = [Subject.STREETS, Subject.SCORES]
    before = system.version_tag(session, watched)
    touch(session, [Subject.COMPLAINTS])
    assert system.version_tag(session, watched) == before
    touch(session, [Subject.SCORES])
    assert system.version_tag(session, watched) != before


def test_tag_of_a_restored_database_differs_although_it_counts_alike(session: Session) -> None:
    touch(session, [Subject.SCORES])
    before = system.version_tag(session, [Subject.SCORES])
    session.execute(update(DataVersion).values(changed_at=datetime(2020, 1, 1, tzinfo=UTC)))
    assert system.data_versions(session) == {"scores": 1}
    assert system.version_tag(session, [Subject.SCORES]) != before


def test_of_the_versions_of_one_day_the_highest_is_in_force(session: Session) -> None:
    for version, since in ((1, date(2000, 1, 1)), (2, date(2025, 4, 1)), (3, date(2025, 4, 1))):
        session.add(CityPolicy(version=version, effective_from=since, document={}))
    session.flush()
    versions = system.policies(session)
    assert [row.version for row in versions] == [1, 3]
    days = (date(1999, 1, 1), date(2025, 3, 31), date(2025, 4, 1), date(2030, 1, 1))
    assert [system.in_force(versions, day).version for day in days] == [1, 1, 3, 3]
    with pytest.raises(Unavailable):
        system.in_force([], date(2025, 1, 1))


def test_a_version_comes_into_force_with_its_day_where_the_city_is(session: Session) -> None:
    """At every moment it is tomorrow already in one of the two zones, compared with the other."""
    east, west = "Pacific/Kiritimati", "Pacific/Pago_Pago"
    today = datetime.now(ZoneInfo(east)).date()
    for version, zone in ((1, east), (2, west)):
        document = {"city": {"timezone": zone}}
        session.add(CityPolicy(version=version, effective_from=today, document=document))
    session.flush()
    assert orjson.loads(system.current_policy(session))["city"]["timezone"] == east
    assert system.today(session) == today
    touch(session, [Subject.SCORES])
    now = datetime.now(ZoneInfo(east))
    told = datetime.strptime(system.changed_at(session, [Subject.SCORES]), "%Y-%m-%d %H:%M")
    assert abs(told - now.replace(tzinfo=None)) < timedelta(minutes=2)
    session.execute(update(DataVersion).values(changed_at=now - timedelta(hours=1)))
    touch(session, [Subject.COMPLAINTS])
    assert system.scores_outdated(session) == f"{now - timedelta(hours=1):%Y-%m-%d}"


@pytest.mark.parametrize("subject", Subject)
def test_scores_are_outdated_by_what_they_are_made_of(session: Session, subject: Subject) -> None:
    assert system.scores_outdated(session) == ""
    touch(session, [Subject.SCORES])
    session.execute(update(DataVersion).values(changed_at=datetime(2025, 3, 1, 12, tzinfo=UTC)))
    touch(session, [subject])
    made_of = {Subject.COMMUNITIES, Subject.COMPLAINTS, Subject.EVIDENCE, Subject.POLICY}
    assert system.scores_outdated(session) == ("2025-03-01" if subject in made_of else "")


def test_of_two_policies_in_force_the_later_day_counts_not_the_higher_version(session: Session) -> None:
    for version, since in ((1, date(2025, 4, 1)), (2, date(2000, 1, 1))):
        document = {"city": {"timezone": "UTC", "name": str(version)}}
        session.add(CityPolicy(version=version, effective_from=since, document=document))
    session.flush()
    assert orjson.loads(system.current_policy(session))["city"]["name"] == "1"
