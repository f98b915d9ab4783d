"""What every page shares: language, navigation rail, formats of numbers, versioned static files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from flask import Flask, current_app, request, session, url_for
from flask_login import current_user

from portal.access import Permission
from portal.errors import N_
from portal.labels import city_name
from portal.web import assets, context

LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class RailItem:
    """One entry of the left rail."""

    endpoint: str
    label: str
    icon: str
    permission: Permission


RAIL = (
    RailItem("maps.page", N_("地图"), "map-2", Permission.SEE_MAP),
    RailItem("queries.page", N_("查询"), "filter", Permission.QUERY),
    RailItem("routes.index", N_("巡查"), "route", Permission.PLAN_ROUTES),
    RailItem("imports.index", N_("数据"), "database", Permission.SEE_QUEUES),
    RailItem("accounts.index", N_("管理"), "settings", Permission.MANAGE_ACCOUNTS),
)


def select_language() -> str:
    """Return the language of this request: chosen, else the account's, else Chinese."""
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    if current_user.is_authenticated:
        return str(current_user.language)
    return "zh"


def install(app: Flask) -> None:
    """Give templates the rail, the formats and versioned addresses of static files."""
    app.url_defaults(_version_static)
    assets.install(app)
    app.jinja_env.globals.update(
        rail=_rail,
        is_current=_is_current,
        say=context.say,
        language=context.language,
        community_name=context.community_name,
        city_name=lambda city: city_name(city, context.language()),
        icon_sprite=_icon_sprite,
    )
    app.jinja_env.filters.update(number=number, moment=moment, enumerated=context.enumerated)
    app.context_processor(lambda: {"city": context.readable_city(), "viewer": _viewer_or_none()})


def number(value: float | None, digits: int = 0) -> str:
    """Return ``1,234.5``, or a dash for a missing value; never 0 for missing."""
    return "—" if value is None else f"{value:,.{digits}f}"


def moment(value: datetime | None) -> str:
    """Return ``2025-03-01 14:05`` in the city's time, or a dash."""
    return "—" if value is None else f"{value.astimezone(context.city().zone):%Y-%m-%d %H:%M}"


def _rail() -> list[RailItem]:
    viewer = _viewer_or_none()
    if viewer is None:
        return []
    known = current_app.view_functions
    return [item for item in RAIL if viewer.may(item.permission) and item.endpoint in known]


def _is_current(item: RailItem) -> bool:
    """Whether the page in hand is the entry's own, or lies below it; below the map lies everything."""
    address = url_for(item.endpoint)
    return request.path == address or (address != "/" and request.path.startswith(f"{address}/"))


def _viewer_or_none() -> Any:
    return current_user.viewer if current_user.is_authenticated else None


def _icon_sprite() -> str:
    return url_for("static", filename="vendor/icons.svg")


def _version_static(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static" and "v" not in values and "filename" in values:
        path = Path(str(current_app.static_folder)) / values["filename"]
        if path.is_file():
            values["v"] = _digest(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=512)
def _digest(path: Path, mtime_ns: int) -> str:
    return blake2b(path.read_bytes(), digest_size=6).hexdigest()
