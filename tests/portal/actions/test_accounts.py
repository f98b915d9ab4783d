"""Accounts: creation, login, throttling, passwords."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from argon2 import extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from portal.actions import accounts
from portal.db import make_engine
from portal.errors import BadRequest, Conflict, NotAllowed, NotFound, Throttled
from portal.models import Audit, EndedLogin, LoginAttempt, UserAccount
from portal.terms import Role
from tests.conftest import MakeDatabase
from tests.portal.actions.overlap import overlap

SECRET = "s" * 48
PASSWORD = "correct horse battery"
SHIPPED_HASHER, SHIPPED_NOBODY = accounts._hasher, accounts._NOBODY  # tests run with cheap ones


@pytest.fixture
def clerk(session: Session) -> UserAccount:
    return accounts.create(session, "clerk1", "业务员", Role.CLERK, PASSWORD)


def _create(session: Session, username: str) -> UserAccount:
    return accounts.create(session, username, "", Role.CLERK, PASSWORD)


def log_in(
    session: Session,
    password: str = PASSWORD,
    username: str = "clerk1",
    address: str = "10.0.0.1",
    device: str = "",
) -> UserAccount:
    return accounts.log_in(session, username, password, address, SECRET, device=device)


def test_passwords_are_dear_to_guess_and_an_unknown_name_costs_as_much() -> None:
    parameters = extract_parameters(SHIPPED_HASHER.hash("a password"))
    assert parameters == RFC_9106_LOW_MEMORY
    assert extract_parameters(SHIPPED_NOBODY) == parameters


def test_password_is_stored_as_argon2_and_opens_the_account(session: Session, clerk: UserAccount) -> None:
    assert clerk.password_hash.startswith("$argon2id$")
    assert log_in(session).id == clerk.id


@pytest.mark.parametrize(("username", "password"), [("clerk1", "wrong password"), ("nobody", PASSWORD)])
def test_wrong_name_and_wrong_password_look_the_same(
    session: Session, clerk: UserAccount, username: str, password: str
) -> None:
    with pytest.raises(NotAllowed, match="用户名或密码不正确"):
        log_in(session, password, username)


def fail(session: Session, username: str = "clerk1", address: str = "10.0.0.1", device: str = "") -> None:
    with pytest.raises(NotAllowed):
        log_in(session, "wrong password", username, address, device)


def let_pass(session: Session, seconds: int) -> None:
    session.execute(update(LoginAttempt).values(at=LoginAttempt.at - timedelta(seconds=seconds)))
    session.commit()


def test_failures_make_the_right_password_wait_ever_longer(session: Session, clerk: UserAccount) -> None:
    for _ in range(accounts.FREE_FAILURES):
        fail(session)
    for seconds in (15, 30, 60):
        with pytest.raises(Throttled):
            log_in(session)
        let_pass(session, seconds - 3)
        with pytest.raises(Throttled, match="登录失败次数过多"):
            log_in(session)
        let_pass(session, 3)
        fail(session)
    let_pass(session, 120)
    assert log_in(session).id == clerk.id


def test_who_is_told_to_wait_is_told_how_long(session: Session, clerk: UserAccount) -> None:
    for _ in range(accounts.FREE_FAILURES):
        fail(session)
    with pytest.raises(Throttled) as told:
        log_in(session)
    assert told.value.remedy in ("请 15 秒后再试", "请 14 秒后再试")


def test_guesses_from_elsewhere_do_not_lock_anybody_out(session: Session, clerk: UserAccount) -> None:
    """Eight wrong passwords for a name were enough once, from anywhere."""
    for _ in range(accounts.FREE_FAILURES):
        fail(session, address="203.0.113.9")
    assert log_in(session).id == clerk.id


def test_guesses_from_everywhere_hold_up_only_browsers_that_never_opened_the_account(
    session: Session, clerk: UserAccount
) -> None:
    for n in range(accounts.FAILURES_PER_USERNAME):
        fail(session, address=f"203.0.113.{n}")
    with pytest.raises(Throttled) as told:
        log_in(session)
    assert "登录过这个账号的浏览器" in told.value.remedy
    assert log_in(session, device="known").id == clerk.id
    with pytest.raises(Throttled):  # nor does that login let others guess on
        log_in(session)


def test_failures_of_one_address_hold_up_new_browsers_there_and_no_known_one(
    session: Session, clerk: UserAccount
) -> None:
    for n in range(accounts.FAILURES_PER_ADDRESS):
        fail(session, f"guess{n}")
    with pytest.raises(Throttled):
        log_in(session)
    assert log_in(session, device="known").id == clerk.id
    assert log_in(session, address="10.0.0.2").id == clerk.id


def test_a_known_browser_may_not_guess_either(session: Session, clerk: UserAccount) -> None:
    for n in range(accounts.FREE_FAILURES):
        fail(session, address=f"10.0.0.{n}", device="known")
    with pytest.raises(Throttled):
        log_in(session, device="known")


def test_a_password_is_checked_as_at_a_login_and_is_none(session: Session, clerk: UserAccount) -> None:
    fail(session)
    accounts.check_password(session, "clerk1", PASSWORD, "10.0.0.1", SECRET)
    assert session.scalar(select(func.count()).select_from(LoginAttempt)) == 0
    for _ in range(accounts.FREE_FAILURES):
        with pytest.raises(NotAllowed):
            accounts.check_password(session, "clerk1", "wrong password", "10.0.0.1", SECRET)
    with pytest.raises(Throttled):
        accounts.check_password(session, "clerk1", PASSWORD, "10.0.0.1", SECRET)
    assert session.scalars(select(Audit.action)).all() == ["create"]


def test_many_guesses_at_once_are_not_judged_as_the_first(make_database: MakeDatabase) -> None:
    engine = make_engine(make_database().portal_url, pooled=False)

    def guess(n: int) -> bool:
        with Session(engine) as session:
            try:
                log_in(session, f"wrong password {n}")
            except Throttled:
                return False
            except NotAllowed:
                return True
        raise AssertionError

    with ThreadPoolExecutor(12) as pool:
        judged = sum(pool.map(guess, range(24)))
    engine.dispose()
    assert judged == accounts.FREE_FAILURES


def test_success_forgets_the_failures_of_the_name(session: Session, clerk: UserAccount) -> None:
    with pytest.raises(NotAllowed):
        log_in(session, "wrong password")
    log_in(session)
    assert session.scalar(select(func.count()).select_from(LoginAttempt)) == 0


def test_neither_name_nor_address_is_stored_in_clear(session: Session, clerk: UserAccount) -> None:
    """A password typed in the field of the name is not kept either."""
    with pytest.raises(NotAllowed):
        log_in(session, "", username=PASSWORD, address="10.9.8.7")
    stored = session.execute(text("SELECT login_attempt::text FROM login_attempt")).scalar_one()
    for plain in (PASSWORD, "10.9.8.7"):
        assert plain not in stored
        assert plain.encode().hex() not in stored
    hashes = session.execute(select(LoginAttempt.username_hash, LoginAttempt.address_hash)).one()
    assert [len(part) for part in hashes] == [32, 32]


def test_closed_account_does_not_open(session: Session, clerk: UserAccount) -> None:
    accounts.set_active(session, clerk.id, False)
    with pytest.raises(NotAllowed):
        log_in(session)


def test_new_password_ends_open_sessions(session: Session, clerk: UserAccount) -> None:
    before = clerk.session_key
    accounts.set_password(session, clerk.id, "another long password")
    assert clerk.session_key != before
    assert log_in(session, "another long password").id == clerk.id


def test_what_cannot_be_created(session: Session, clerk: UserAccount) -> None:
    with pytest.raises(Conflict, match="clerk1"):
        accounts.create(session, "clerk1", "", Role.CLERK, PASSWORD)
    with pytest.raises(BadRequest, match="password"):
        accounts.create(session, "x", "", Role.CLERK, "short")
    with pytest.raises(BadRequest, match="所属街道"):
        accounts.create(session, "x", "", Role.STREET, PASSWORD)
    with pytest.raises(BadRequest, match="street：没有这个街道"):
        accounts.create(session, "x", "", Role.STREET, PASSWORD, street_id=10**9)
    with pytest.raises(BadRequest, match="username"):
        accounts.create(session, "  ", "", Role.CLERK, PASSWORD)
    with pytest.raises(NotFound):
        accounts.set_password(session, 10**9, PASSWORD)


def test_of_two_who_create_a_name_at_once_one_is_told_so(make_database: MakeDatabase) -> None:
    engine = make_engine(make_database().portal_url, pooled=False)
    taken = UserAccount(
        username="clerk2", display_name="", role=Role.CLERK, password_hash="-", session_key="-"
    )

    def insert_first(session: Session) -> None:
        session.add(taken)
        session.flush()

    with pytest.raises(Conflict, match="clerk2"):
        overlap(engine, insert_first, lambda session: _create(session, "clerk2"))
    engine.dispose()


def test_two_windows_may_log_out_at_once(make_database: MakeDatabase) -> None:
    engine = make_engine(make_database().portal_url, pooled=False)
    with Session(engine) as session:
        user_id = _create(session, "clerk2").id

    def end_first(session: Session) -> None:
        session.add(EndedLogin(key_hash=accounts.hash_login("key")))
        session.flush()

    overlap(engine, end_first, lambda session: accounts.log_out(session, user_id, "key"))
    with Session(engine) as session:
        assert session.scalars(select(EndedLogin.key_hash)).all() == [accounts.hash_login("key")]
    engine.dispose()


def test_administrator_cannot_lock_themselves_out(session: Session, clerk: UserAccount) -> None:
    with pytest.raises(BadRequest):
        accounts.set_active(session, clerk.id, False, by_user_id=clerk.id)


def test_demo_accounts_are_made_once_and_open_with_the_printed_password(session: Session) -> None:
    made = {account.username for account in accounts.ensure_demo(session, SECRET)}
    assert made == {"leader", "inspector", "clerk", "regulator", "administrator"}  # no street, no official
    assert accounts.ensure_demo(session, SECRET) == []
    assert log_in(session, accounts.demo_password(SECRET), "leader").demo


def test_demo_passwords_differ_between_installations() -> None:
    assert accounts.demo_password("a" * 48) != accounts.demo_password("b" * 48)


def test_every_write_leaves_one_audit_row_without_secrets(session: Session, clerk: UserAccount) -> None:
    log_in(session)
    accounts.set_password(session, clerk.id, "another long password", by_user_id=clerk.id)
    rows = session.scalars(select(Audit).order_by(Audit.id)).all()
    assert [row.action for row in rows] == ["create", "log_in", "set_password"]
    assert PASSWORD not in repr([row.detail for row in rows])
