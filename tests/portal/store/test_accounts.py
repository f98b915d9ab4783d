"""Reads of accounts, failures and the audit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from portal.actions import accounts as actions
from portal.models import Audit, Community, EndedLogin, LoginAttempt, UserAccount
from portal.store import accounts
from portal.terms import Role
from tests.conftest import make_street

WINDOW = timedelta(minutes=15)
MEMORY = timedelta(days=1)


def test_closed_account_is_found_by_name_but_not_by_id(session: Session) -> None:
    made = actions.create(session, "a", "", Role.LEADER, "a long password")
    actions.set_active(session, made.id, False)
    assert accounts.by_id(session, made.id) is None
    found = accounts.by_username(session, "a")
    assert found is not None
    assert not found.active


def test_each_account_is_found_by_its_own_id(session: Session) -> None:
    one, other = (actions.create(session, name, "", Role.LEADER, "a long password") for name in "ab")
    assert [accounts.by_id(session, made.id) for made in (one, other)] == [one, other]
    assert accounts.by_id(session, one.id + other.id) is None


def test_a_login_finds_its_account_until_it_ends_or_the_account_is_closed(session: Session) -> None:
    one, other = (actions.create(session, name, "", Role.LEADER, "a long password") for name in "ab")
    session.add(EndedLogin(key_hash=b"ended"))
    session.flush()
    assert [accounts.by_login(session, made.id, b"running") for made in (one, other)] == [one, other]
    assert accounts.by_login(session, one.id, b"ended") is None
    actions.set_active(session, one.id, False)
    assert accounts.by_login(session, one.id, b"running") is None
    assert accounts.by_login(session, other.id, b"running") is other


def test_everyone_comes_with_the_street(session: Session) -> None:
    street = make_street(session)
    actions.create(session, "b", "", Role.STREET, "a long password", street_id=street.id)
    actions.create(session, "a", "", Role.LEADER, "a long password")
    assert [(account.username, name) for account, name in accounts.everyone(session)] == [
        ("a", None),
        ("b", "云岭"),
    ]


PAIRS = ((b"a", b"1"), (b"a", b"2"), (b"b", b"1"))


@pytest.mark.parametrize(("minutes_ago", "counted"), [(1, (1, 1)), (16, (0, 0))])
def test_failures_count_within_the_window(
    session: Session, minutes_ago: int, counted: tuple[int, int]
) -> None:
    at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    session.add(LoginAttempt(username_hash=b"a", address_hash=b"1", at=at))
    session.flush()
    both, name, place = (accounts.failures(session, *pair, WINDOW, MEMORY) for pair in PAIRS)
    assert (both.of_both, both.of_name, both.of_place) == (1, *counted)
    assert both.last_s == pytest.approx(60 * minutes_ago, abs=30)
    assert (name.of_both, name.last_s, name.of_name, name.of_place) == (0, 0, counted[0], 0)
    assert (place.of_both, place.of_name, place.of_place) == (0, 0, counted[1])


def test_failures_of_yesterday_are_forgotten(session: Session) -> None:
    at = datetime.now(UTC) - timedelta(days=1, minutes=1)
    session.add(LoginAttempt(username_hash=b"a", address_hash=b"1", at=at))
    session.flush()
    assert accounts.failures(session, b"a", b"1", WINDOW, MEMORY) == accounts.Failures(0, 0, 0, 0)


def test_audit_comes_newest_first_by_pages(session: Session) -> None:
    session.add_all(Audit(action=str(n), subject="streets") for n in range(5))
    session.flush()
    first = [row.action for row, *_ in accounts.audit_page(session, 1, 2).rows]
    last = accounts.audit_page(session, 3, 2)
    assert (first, [row.action for row, *_ in last.rows], last.total) == (["4", "3"], ["0"], 5)


def test_audit_names_the_account_that_something_was_done_to(session: Session) -> None:
    account = UserAccount(
        username="new1", display_name="新", role="clerk", password_hash="x", session_key="y"
    )
    session.add(account)
    session.flush()
    session.add_all(
        Audit(action="x", subject=subject, subject_id=str(account.id)) for subject in ("accounts", "streets")
    )
    session.flush()
    rows = accounts.audit_page(session, 1, 2).rows
    found = {row.Audit.subject: (row.username, row.concerned) for row in rows}
    assert found == {"accounts": (None, "new1"), "streets": (None, None)}


def test_audit_names_the_community_that_something_was_done_to(session: Session) -> None:
    named, nameless = (
        Community(name="晨光苑", street_how="not_found"),
        Community(street_how="not_found", pin="SRID=4326;POINT(114 22.5)"),
    )
    session.add_all([named, nameless])
    session.flush()
    of = {"rename": "communities", "assign": "complaints", "give_back": "communities", "import": "complaints"}
    session.add_all(Audit(action=a, subject=subject, subject_id=str(named.id)) for a, subject in of.items())
    session.add(Audit(action="draw", subject="communities", subject_id=str(nameless.id)))
    session.add(Audit(action="load_sample", subject="communities", subject_id=""))
    session.flush()
    found = {row.Audit.action: (row.name, row.key) for row in accounts.audit_page(session, 1, 9).rows}
    assert found == {
        "rename": ("晨光苑", None),
        "assign": ("晨光苑", None),  # an earlier version wrote it so
        "give_back": ("晨光苑", None),
        "import": (None, None),
        "draw": (None, str(nameless.id)),
        "load_sample": (None, None),
    }
