"""Accounts: create, change, log in with throttling, demo accounts."""

from __future__ import annotations

import hmac
import math
import secrets
from datetime import timedelta
from hashlib import sha256

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from psycopg.errors import ForeignKeyViolation, UniqueViolation
from sqlalchemy import Delete, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from geo.texts import Phrase
from portal.actions.transactions.commit import audit, committed
from portal.errors import N_, BadRequest, Conflict, NotAllowed, NotFound, Throttled
from portal.labels import DEMO_NAMES
from portal.models import EndedLogin, LoginAttempt, Street, UserAccount
from portal.store import accounts as store
from portal.terms import Role, Subject

MIN_PASSWORD = 10
LOGIN_LASTS = timedelta(hours=12)  # from the login on, whatever is done meanwhile
WINDOW = timedelta(minutes=15)
MEMORY = timedelta(days=1)
# Of a name from one place, before each further one waits: this long, then twice as long, up to a window.
FREE_FAILURES = 5
FIRST_WAIT_S = 15
# From anywhere, within a window. They hold nobody up whose browser has opened the account before.
FAILURES_PER_USERNAME = 20
FAILURES_PER_ADDRESS = 40

_hasher = PasswordHasher()
# Verified against when the username is unknown, so that both cases take equally long.
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))


def log_in(
    session: Session,
    username: str,
    password: str,
    address: str,
    secret_key: str,
    *,
    device: str = "",
    demo_accounts: bool = True,
) -> UserAccount:
    """Return the account that these credentials open.

    Parameters
    ----------
    device
        Key of a browser that has opened this account before, "" for any other: what others
        guess, from its address too, does not hold it up.
    demo_accounts
        Whether demo accounts may be opened.

    Raises
    ------
    Throttled
        Too many failures of this username from there; of it, or from there, within `WINDOW`.
    NotAllowed
        Username or password is wrong, or the account is closed; which of them is not said.
    """
    account, failures = _check(session, username, password, address, secret_key, device)
    if account.demo and not demo_accounts:
        raise NotAllowed(N_("演示账号在此地址不可用"))
    with committed(session):
        session.execute(failures)
        audit(session, account.id, "log_in", Subject.ACCOUNTS, account.id)
    return account


def check_password(
    session: Session, username: str, password: str, address: str, secret_key: str, *, device: str = ""
) -> None:
    """Raise as `log_in` does, and count failures as it does, where this is not the account's password."""
    _, failures = _check(session, username, password, address, secret_key, device)
    with committed(session):
        session.execute(failures)


def _check(
    session: Session, username: str, password: str, address: str, secret_key: str, device: str
) -> tuple[UserAccount, Delete]:
    """Return the account, and the statement that forgets its failures from there, this attempt among them."""
    username = username.strip()[:80]
    username_hash = _keyed_hash(secret_key, f"username {username}")
    place_hash = _keyed_hash(secret_key, f"device {device}" if device else address)
    _begin_attempt(session, username_hash, place_hash, known=bool(device))
    account = store.by_username(session, username)
    if not (_matches(account.password_hash if account else _NOBODY, password) and account and account.active):
        raise NotAllowed(N_("用户名或密码不正确"))
    mine = (LoginAttempt.username_hash == username_hash, LoginAttempt.address_hash == place_hash)
    return account, delete(LoginAttempt).where(*mine)


def _begin_attempt(session: Session, username_hash: bytes, place_hash: bytes, *, known: bool) -> None:
    """Count an attempt as failed before it is judged, so that many at once are not judged as the first."""
    with committed(session):
        for digest in (username_hash,) if known else (username_hash, place_hash):
            key = int.from_bytes(digest[:8], signed=True)
            session.execute(select(func.pg_advisory_xact_lock(key)))
        failures = store.failures(session, username_hash, place_hash, WINDOW, MEMORY)
        _check_failures(failures, known=known)
        now = func.clock_timestamp()  # now() would be before the turn that was waited for
        session.add(LoginAttempt(username_hash=username_hash, address_hash=place_hash, at=now))


def _check_failures(failures: store.Failures, *, known: bool) -> None:
    window_s = int(WINDOW.total_seconds())
    doubled = FIRST_WAIT_S * 2 ** min(failures.of_both - FREE_FAILURES, 10)
    left_s = math.ceil(min(doubled, window_s) - failures.last_s) if failures.of_both >= FREE_FAILURES else 0
    everywhere = failures.of_name >= FAILURES_PER_USERNAME or failures.of_place >= FAILURES_PER_ADDRESS
    if everywhere and not known:
        text, left_s = N_("请 {minutes} 分钟后再试，或使用登录过这个账号的浏览器"), window_s
    else:
        text = N_("请 {minutes} 分钟后再试") if left_s >= 60 else N_("请 {seconds} 秒后再试")
    if left_s > 0:
        remedy = Phrase(text, minutes=math.ceil(left_s / 60), seconds=left_s)
        raise Throttled(N_("登录失败次数过多"), remedy=remedy)


def _keyed_hash(secret_key: str, text: str) -> bytes:
    return hmac.digest(secret_key.encode(), text.encode(), "sha256")


def hash_login(key: str) -> bytes:
    """Return what is kept of a login's key: who reads the table cannot make a cookie of it."""
    return sha256(key.encode()).digest()


def log_out(session: Session, user_id: int, key: str) -> None:
    """End one login of an account; its cookie opens nothing any more. Other logins go on."""
    with committed(session):
        ended = insert(EndedLogin).values(key_hash=hash_login(key))
        session.execute(ended.on_conflict_do_nothing())  # a second window may log out at the same time
        audit(session, user_id, "log_out", Subject.ACCOUNTS, user_id)


def create(
    session: Session,
    username: str,
    display_name: str,
    role: Role,
    password: str,
    *,
    street_id: int | None = None,
    demo: bool = False,
    by_user_id: int | None = None,
) -> UserAccount:
    """Create an account.

    Raises
    ------
    BadRequest
        The password is too short, a street official has no street, or there is no such street.
    Conflict
        The username is taken.
    """
    username = username.strip()
    if not username or len(username) > 80:
        raise BadRequest(N_("username：请填写用户名（80 字以内）"))
    _check_password(password)
    if (role is Role.STREET) != (street_id is not None):
        raise BadRequest(N_("街道干部须选择所属街道，其他角色不选街道"))
    account = UserAccount(
        username=username,
        display_name=display_name.strip() or username,
        role=role,
        street_id=street_id,
        password_hash=_hasher.hash(password),
        session_key=secrets.token_hex(16),
        demo=demo,
    )
    with committed(session):
        _insert(session, account)
        audit(session, by_user_id, "create", Subject.ACCOUNTS, account.id, {"role": role})
    return account


def _insert(session: Session, account: UserAccount) -> None:
    """Add an account; the database decides between two that take a name at the same time."""
    session.add(account)
    try:
        session.flush()
    except IntegrityError as error:
        if isinstance(error.orig, ForeignKeyViolation):
            raise BadRequest(N_("street：没有这个街道")) from error
        if isinstance(error.orig, UniqueViolation):
            raise Conflict(N_("用户名 {username} 已存在"), username=account.username) from error
        raise


def set_password(session: Session, user_id: int, password: str, *, by_user_id: int | None = None) -> None:
    """Set a new password and end every open session of the account.

    Raises
    ------
    NotFound
        There is no such account.
    BadRequest
        The password is too short.
    """
    _check_password(password)
    account = session.get(UserAccount, user_id)
    if account is None:
        raise NotFound(N_("没有这个账号"))
    with committed(session):
        account.password_hash = _hasher.hash(password)
        account.session_key = secrets.token_hex(16)
        audit(session, by_user_id, "set_password", Subject.ACCOUNTS, user_id)


def set_active(session: Session, user_id: int, active: bool, *, by_user_id: int | None = None) -> None:
    """Open or close an account; closing ends its sessions.

    Raises
    ------
    NotFound
        There is no such account.
    BadRequest
        An administrator would close the own account.
    """
    if user_id == by_user_id and not active:
        raise BadRequest(N_("不能停用自己的账号"))
    account = session.get(UserAccount, user_id)
    if account is None:
        raise NotFound(N_("没有这个账号"))
    with committed(session):
        account.active = active
        account.session_key = secrets.token_hex(16)
        audit(session, by_user_id, "open" if active else "close", Subject.ACCOUNTS, user_id)


def set_language(session: Session, user_id: int, language: str) -> None:
    """Remember the language a user chose."""
    account = session.get(UserAccount, user_id)
    if account is not None and account.language != language:
        with committed(session):
            account.language = language
            audit(session, user_id, "set_language", Subject.ACCOUNTS, user_id)


def demo_password(secret_key: str) -> str:
    """Return this installation's demo password: derived from its secret, the same on every start."""
    digits = int.from_bytes(sha256(b"demo accounts" + secret_key.encode()).digest()[:8], "big")
    return f"demo-{digits % 10**8:08d}"


def opens(account: UserAccount, password: str) -> bool:
    """Whether ``password`` is that of ``account``."""
    return _matches(account.password_hash, password)


def ensure_demo(session: Session, secret_key: str) -> list[UserAccount]:
    """Create the demo accounts that are missing; the street official gets the first street."""
    street_id = session.scalar(select(Street.id).order_by(Street.district, Street.name).limit(1))
    made = []
    for role, display_name in DEMO_NAMES.items():
        username = role.value
        if store.by_username(session, username) is not None:
            continue
        if role is Role.STREET and street_id is None:
            continue
        street = street_id if role is Role.STREET else None
        made.append(
            create(
                session, username, display_name, role, demo_password(secret_key), street_id=street, demo=True
            )
        )
    return made


def _check_password(password: str) -> None:
    if len(password) < MIN_PASSWORD or len(password) > 200:
        raise BadRequest(N_("password：密码至少 {least} 个字符"), least=MIN_PASSWORD)


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
