"""The map page with something in hand: a whole page, or only the drawer for a page already open."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.drawing import Frame, draw_shell
from portal.layers import LAYERS
from portal.store import places
from portal.views import context


def show(template: str, *, status: int = 200, **values: Any) -> ResponseReturnValue:
    """Answer with ``template`` in the drawer.

    htmx asks for the drawer only (``HX-Request``); a browser gets the whole page.
    """
    if request.headers.get("HX-Request") == "true" and not request.headers.get("HX-History-Restore-Request"):
        return render_template(template, **values), status
    bounds = places.bounds(context.session())
    shell = draw_shell(Frame(*bounds), lambda path: url_for("static", filename=path))
    return render_template(
        "map/page.html", shell=shell, drawer=template, state=_state(bounds), **values
    ), status


def _state(bounds: tuple[float, float, float, float]) -> dict[str, Any]:
    """What the page's modules need to know, as JSON in the page."""
    scope = context.scope()
    return {
        "bounds": bounds,
        "period": str(scope.period),
        "category": scope.category,
        "layers": [
            {
                "name": layer.name,
                "title": context.say(layer.title),
                "tiled": layer.tiled,
                "thematic": layer.thematic,
                "shown": layer.shown,
            }
            for layer in LAYERS.values()
        ],
    }
