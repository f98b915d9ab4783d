"""The map page with something in hand: a whole page, or only the drawer for a page already open."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import escape

from portal.errors import N_
from portal.labels import band_name, category_name, kind_name
from portal.views.maps import state
from portal.views.maps.shell import Frame, draw_shell
from portal.web import context


def show(template: str, *, status: int = 200, title: str = "", **values: Any) -> ResponseReturnValue:
    """Answer with ``template`` in the drawer.

    htmx asks for the drawer only (``HX-Request``); a browser gets the whole page.

    Parameters
    ----------
    template
        Drawer content. An element with ``data-community`` or ``data-outlined`` (a street)
        is marked on the map, one with ``data-at`` ("lon,lat") brought into view, all of its
        ``data-box`` ("west,south,east,north") where that fits;
        ``data-hover`` (id) on a row lights its community up.
    status
        HTTP status.
    title
        What the page is about, for the browser's title.
    values
        Of the template.
    """
    if request.headers.get("HX-Request") == "true":
        name = context.say(N_("物业一张图"))
        head = f"<title>{escape(f'{title} · {name}' if title else name)}</title>"
        # Scripts show what carries this header even where the status tells of a mistake.
        headers = {"X-Part": "drawer"}
        if request.method == "POST":  # a form that came back: its page keeps its own address
            headers["HX-Replace-Url"] = "false"
        return head + render_template(template, **values), status, headers
    described = state.current()
    shell = draw_shell(Frame(*described["bounds"]))
    page = render_template(
        "maps/page.html", shell=shell, drawer=template, state=described, title=title, **values
    )
    return page, status


def show_scored(template: str, **values: Any) -> ResponseReturnValue:
    """Answer as `show` does, with what a template needs to name bands, categories and the quarter."""
    city, language = context.city(), context.language()
    return show(
        template,
        band_name=lambda code: band_name(code, city, language, context.say),
        category_name=lambda code: category_name(code, city, language),
        kind_name=lambda kind: kind_name(kind, context.say),
        name_period=context.name_period,
        period=context.scope().period,
        **values,
    )
