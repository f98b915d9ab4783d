"""Reads of user accounts, login attempts and the audit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Row, Text, and_, cast, func, or_, select
from sqlalchemy.orm import Session, aliased

from portal.models import Audit, Community, EndedLogin, LoginAttempt, Street, UserAccount
from portal.store.communities import unnamed_keys
from portal.store.paging import Page, page_of
from portal.terms import Subject

# Actions whose object is a community, also where earlier versions wrote that it was a complaint.
OF_COMMUNITIES = ("assign", "give_back")


def by_id(session: Session, user_id: int) -> UserAccount | None:
    """Return the account with this id, None when there is none or it is closed."""
    return session.scalar(select(UserAccount).where(UserAccount.id == user_id, UserAccount.active))


def by_login(session: Session, user_id: int, key_hash: bytes) -> UserAccount | None:
    """Return the account of a login; None when it is closed, or the login was ended."""
    ended = select(EndedLogin).where(EndedLogin.key_hash == key_hash)
    open_account = select(UserAccount).where(UserAccount.id == user_id, UserAccount.active)
    return session.scalar(open_account.where(~ended.exists()))


def by_username(session: Session, username: str) -> UserAccount | None:
    """Return the account with this username, open or closed."""
    return session.scalar(select(UserAccount).where(UserAccount.username == username))


def everyone(session: Session) -> Sequence[Row[tuple[UserAccount, str]]]:
    """Return every account with the name of its street, by username."""
    return session.execute(
        select(UserAccount, Street.name)
        .outerjoin(Street, Street.id == UserAccount.street_id)
        .order_by(UserAccount.username)
    ).all()


@dataclass(frozen=True)
class Failures:
    """Failed logins: of a name from one place, and how long ago the last; of the name; from the place."""

    of_both: int
    last_s: float
    of_name: int
    of_place: int


def failures(
    session: Session, username_hash: bytes, place_hash: bytes, window: timedelta, memory: timedelta
) -> Failures:
    """Return the failed logins within ``window``, those of the name from the place within ``memory``."""
    of_name, of_place = LoginAttempt.username_hash == username_hash, LoginAttempt.address_hash == place_hash
    recent = LoginAttempt.at > func.now() - window
    row = session.execute(
        select(
            func.count().filter(of_name, of_place),
            # Not now(), which stands still while this transaction waits for its turn.
            func.extract(
                "epoch", func.clock_timestamp() - func.max(LoginAttempt.at).filter(of_name, of_place)
            ),
            func.count().filter(of_name, recent),
            func.count().filter(of_place, recent),
        ).where(LoginAttempt.at > func.now() - memory, or_(of_name, of_place))
    ).one()
    return Failures(row[0], float(row[1] or 0), row[2], row[3])


def audit_page(session: Session, page: int, rows: int) -> Page:
    """Return one page of the audit, newest first.

    Each row has ``Audit``, the ``username`` of who did it and what it was done to, where that
    still is: ``concerned``, the name of an account, or ``name`` and ``key`` of a community.
    """
    concerned = aliased(UserAccount)
    of_community = (Audit.subject == Subject.COMMUNITIES) | Audit.action.in_(OF_COMMUNITIES)
    newest = (
        select(
            Audit,
            UserAccount.username,
            concerned.username.label("concerned"),
            Community.name,
            unnamed_keys.key().label("key"),
        )
        .outerjoin(UserAccount, UserAccount.id == Audit.user_id)
        .outerjoin(
            concerned,
            and_(Audit.subject == Subject.ACCOUNTS, Audit.subject_id == cast(concerned.id, Text)),
        )
        .outerjoin(Community, and_(of_community, Audit.subject_id == cast(Community.id, Text)))
        .order_by(Audit.id.desc())
    )
    total = session.scalar(select(func.count()).select_from(Audit)) or 0
    return Page(session.execute(page_of(newest, page, rows)).all(), total)
