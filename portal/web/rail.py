"""The rail at the left of every page: its entries by role, and which of them is current."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, url_for

from portal.access import Permission
from portal.errors import N_
from portal.web import context


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
    RailItem("operations.jobs", N_("任务"), "list-details", Permission.SEE_JOBS),
    RailItem("accounts.index", N_("管理"), "settings", Permission.MANAGE_ACCOUNTS),
)


# As static/app/carried.js, which knows what was chosen since the page was made.
CARRIED = ("as_of", "period")


def install(app: Flask) -> None:
    """Give templates the rail."""
    app.jinja_env.globals.update(rail=_rail, rail_address=_address, is_current=_is_current)


def _rail() -> list[RailItem]:
    viewer = context.viewer_or_none()
    if viewer is None:
        return []
    known = current_app.view_functions
    return [item for item in RAIL if viewer.may(item.permission) and item.endpoint in known]


def _address(item: RailItem) -> str:
    """Return the entry's address with the day and the quarter of the page in hand, where they were chosen."""
    chosen: dict[str, Any] = {name: request.args[name] for name in CARRIED if request.args.get(name)}
    return url_for(item.endpoint, **chosen)


def _is_current(item: RailItem) -> bool:
    """Whether the page in hand is the entry's own, or lies below it; below the map lies everything."""
    address = url_for(item.endpoint)
    return request.path == address or (address != "/" and request.path.startswith(f"{address}/"))
