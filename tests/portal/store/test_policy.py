"""Policy in force, and the city's day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import orjson
import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.actions import accounts
from portal.actions.policy import versions
from portal.actions.transactions.commit import touch
from portal.errors import NotFound, Unavailable
from portal.models import CityPolicy, DataVersion
from portal.store import data_versions
from portal.store import policy as policy_store
from portal.terms import Role, Subject
from tests.geo.policy.documents import changed


def test_without_policy_the_portal_is_not_ready(session: Session) -> None:
    with pytest.raises(Unavailable, match="城市政策"):
        policy_store.current_policy(session)


def test_of_the_versions_of_one_day_the_highest_is_in_force(session: Session) -> None:
    for version, since in ((1, date(2000, 1, 1)), (2, date(2025, 4, 1)), (3, date(2025, 4, 1))):
        session.add(CityPolicy(version=version, effective_from=since, document={}))
    session.flush()
    versions = policy_store.policies(session)
    assert [row.version for row in versions] == [1, 3]
    days = (date(1999, 1, 1), date(2025, 3, 31), date(2025, 4, 1), date(2030, 1, 1))
    assert [policy_store.in_force(versions, day).version for day in days] == [1, 1, 3, 3]
    with pytest.raises(Unavailable):
        policy_store.in_force([], date(2025, 1, 1))


def test_a_version_comes_into_force_with_its_day_where_the_city_is(session: Session) -> None:
    """At every moment it is tomorrow already in one of the two zones, compared with the other."""
    east, west = "Pacific/Kiritimati", "Pacific/Pago_Pago"
    today = datetime.now(ZoneInfo(east)).date()
    for version, zone in ((1, east), (2, west)):
        document = {"city": {"timezone": zone}}
        session.add(CityPolicy(version=version, effective_from=today, document=document))
    session.flush()
    assert orjson.loads(policy_store.current_policy(session))["city"]["timezone"] == east
    assert policy_store.today(session) == today
    touch(session, [Subject.SCORES])
    now = datetime.now(ZoneInfo(east))
    told = datetime.strptime(data_versions.changed_at(session, [Subject.SCORES]), "%Y-%m-%d %H:%M")
    assert abs(told - now.replace(tzinfo=None)) < timedelta(minutes=2)
    session.execute(update(DataVersion).values(changed_at=now - timedelta(hours=1)))
    touch(session, [Subject.COMPLAINTS])
    assert data_versions.scores_outdated(session) == f"{now - timedelta(hours=1):%Y-%m-%d}"


def test_of_two_policies_in_force_the_later_day_counts_not_the_higher_version(session: Session) -> None:
    for version, since in ((1, date(2025, 4, 1)), (2, date(2000, 1, 1))):
        document = {"city": {"timezone": "UTC", "name": str(version)}}
        session.add(CityPolicy(version=version, effective_from=since, document=document))
    session.flush()
    assert orjson.loads(policy_store.current_policy(session))["city"]["name"] == "1"


def test_versions_are_told_newest_first_with_who_and_why(seeded: Session) -> None:
    who = accounts.create(seeded, "a", "甲", Role.ADMINISTRATOR, "a long password")
    today = policy_store.today(seeded)
    versions.save(seeded, changed("city.name", "新市"), today, versions.Why(who.id, "改名", 1))
    versions.put(seeded, changed("city.name", "旧市"), date(2010, 1, 1))
    found = policy_store.history(seeded, 1, 2)
    assert found.total == 3
    told = [(row.CityPolicy.version, row.display_name, row.Audit.detail.get("reason")) for row in found.rows]
    assert told == [(3, None, None), (2, "甲", "改名")]
    assert [row.CityPolicy.version for row in policy_store.history(seeded, 2, 2).rows] == [1]
    # What a version changed is told against the one that held on its day.
    built = [policy_store.built_on(seeded, row.CityPolicy) for row in policy_store.history(seeded, 1, 9).rows]
    assert [one.version if one else None for one in built] == [1, 1, None]
    assert [row.version for row in policy_store.policies(seeded, up_to=1)] == [1]


def test_a_version_that_there_is_not_is_not_found(seeded: Session) -> None:
    assert policy_store.newest(seeded) == policy_store.version(seeded, 1).version == 1
    with pytest.raises(NotFound, match="第 2 版"):
        policy_store.version(seeded, 2)
