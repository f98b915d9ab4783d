"""How templates write numbers, moments and names."""

from __future__ import annotations

from datetime import datetime

from flask import Flask

from portal.labels import account_name, city_name
from portal.web import context


def install(app: Flask) -> None:
    """Give templates words in the reader's language, and the formats."""
    app.jinja_env.globals.update(
        say=context.say,
        plural=context.say,  # marked as what counts, for the catalogue
        language=context.language,
        community_name=context.community_name,
        account_name=lambda name: account_name(name, context.say),
        city_name=lambda city: city_name(city, context.language()),
    )
    app.jinja_env.filters.update(number=number, moment=moment, enumerated=context.enumerated)
    app.context_processor(lambda: {"city": context.readable_city(), "viewer": context.viewer_or_none()})


def number(value: float | None, digits: int = 0) -> str:
    """Return ``1,234.5``, or a dash for a missing value; never 0 for missing."""
    return "—" if value is None else f"{value:,.{digits}f}"


def moment(value: datetime | None) -> str:
    """Return ``2025-03-01 14:05`` in the city's time, or a dash."""
    return "—" if value is None else f"{value.astimezone(context.city().zone):%Y-%m-%d %H:%M}"
