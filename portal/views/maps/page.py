"""The map page: a shell that its modules fill."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.access import Permission
from portal.views.maps import drawer
from portal.web.guard import needs

blueprint = Blueprint("map", __name__)


@blueprint.get("/")
@needs(Permission.SEE_MAP)
def page() -> ResponseReturnValue:
    """Show the map with nothing in hand."""
    return drawer.show("map/welcome.html")
