"""The only reader of Flask's globals: session, viewer, city, scope and query of this request."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import cast

from flask import current_app, g, request
from flask_babel import get_domain, get_locale
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from geo.policy.city import City
from geo.texts import Phrase, fill
from portal import community_names
from portal.access import Viewer, narrow_query
from portal.as_of import AsOf, choose, parse_day
from portal.catalogues import translate_by
from portal.errors import N_, NotAllowed, SpokenError
from portal.privacy import Cipher
from portal.query import CommunityQuery, parse_query
from portal.scope import Period, Scope, parse_begun_period, parse_period, parse_scope, quarter_of
from portal.services import Services
from portal.store import as_of as reach
from portal.store import data_versions
from portal.store.places import streets
from portal.store.scores import periods
from portal.terms import Subject


def services() -> Services:
    """Return what the application was wired with."""
    return cast(Services, current_app.extensions["atlas"])


def session() -> Session:
    """Return this request's database session; closed when the request ends."""
    if "session" not in g:
        g.session = services().sessions()
    return cast(Session, g.session)


def city() -> City:
    """Return the city's policy in force."""
    if "city" not in g:
        g.city = services().city(session())
    return cast(City, g.city)


def readable_city() -> City | None:
    """Return the policy, None where it cannot be read: a page about an error must not raise another."""
    try:
        return city()
    except (SpokenError, SQLAlchemyError):
        roll_back()
        return None


def roll_back() -> None:
    """End the transaction that an error aborted, so that the session reads again."""
    made: Session | None = g.get("session")
    if made is None:
        return
    try:
        made.rollback()
    except SQLAlchemyError:  # the connection is dead, and nothing is left to undo
        made.invalidate()


def viewer() -> Viewer:
    """Return who is asking.

    Raises
    ------
    NotAllowed
        Nobody is logged in.
    """
    if not current_user.is_authenticated:
        raise NotAllowed(N_("请先登录"))
    return cast(Viewer, current_user.viewer)


def viewer_or_none() -> Viewer | None:
    """Return who is asking, None before login."""
    return cast(Viewer, current_user.viewer) if current_user.is_authenticated else None


def today() -> date:
    """Return today's date in the city."""
    return now().date()


def now() -> datetime:
    """Return the present moment in the city's time zone."""
    return datetime.now(city().zone)


def as_of() -> AsOf:
    """Return the day to which this page counts, the same for its lists, cards and files."""
    if "as_of" not in g:
        period = arguments().get("period")
        g.as_of = choose(
            today(),
            reach.newest_days(session(), today(), city().zone),
            city().zone,
            chosen=chosen_day(),
            period=parse_begun_period(period, today()) if period else None,
        )
    return cast(AsOf, g.as_of)


def chosen_day() -> date | None:
    """Return the day that the URL names, None where it names none."""
    text = arguments().get("as_of", "").strip()
    return parse_day(text, today()) if text else None


def cipher() -> Cipher:
    """Return what hides addresses and names of complaints in the database."""
    return services().cipher


def street_id() -> int | None:
    """Return the street whose records are shown: the viewer's own, else the one that the URL names."""
    return viewer().street_id or request.args.get("street", type=int)


def own_street() -> str | None:
    """Return the name of the street that the viewer is of, None who sees all."""
    own = viewer().street_id
    return None if own is None else streets.street(session(), own).name


def arguments() -> dict[str, str]:
    """Return the URL's arguments; a form repeats a list's name, a link separates values by commas."""
    return {name: ",".join(values) for name, values in request.args.lists()}


def scope() -> Scope:
    """Return the scope that the URL names, not yet narrowed; by default of the newest quarter with data."""
    given, default = arguments(), last_quarter()
    if not given.get("period"):
        default = periods.newest(session(), default, city().zone)
    return parse_scope(given, default, today())


def last_quarter() -> Period:
    """Return the last quarter that is over, at the end of the day that the URL names where it does."""
    day = chosen_day()
    return quarter_of(today() if day is None else min(day + timedelta(days=1), today())).previous


def query() -> CommunityQuery:
    """Return the query that the URL names, narrowed to what the viewer may see."""
    return narrow_query(parse_query(arguments()), viewer())


def version_tag(*subjects: Subject) -> str:
    """Return a text that changes whenever the policy or one of ``subjects`` is written."""
    return data_versions.version_tag(session(), (Subject.POLICY, *subjects))


def language() -> str:
    """Return the page's language: ``zh`` or ``en``."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "zh"


def say(msgid: str, **params: object) -> str:
    """Return a marked text, its placeholders filled, or a phrase, in the viewer's language."""
    translate = translate_by(get_domain().get_translations())
    return msgid.said(translate) if isinstance(msgid, Phrase) else fill(msgid, params, translate)


def community_name(name: str | None, key: str | None) -> str:
    """Return a community's name; what it is called where ``name`` is None, from its ``key``."""
    return community_names.call(name, key, say)


def enumerated(names: Iterable[object]) -> str:
    """Return names as a list in a sentence: ``甲、乙`` or ``A, B``."""
    return say(N_("、")).join(map(str, names))


def name_period(period: Period | str) -> str:
    """Return a quarter, or its code, as people call it: 2025年第3季度, 2025 Q3."""
    if isinstance(period, str):
        period = parse_period(period)
    return say(N_("{year}年第{quarter}季度"), year=period.year, quarter=period.quarter)
