"""The map page: a shell that its modules fill."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from portal.access import Permission
from portal.views.maps import blueprint, drawer
from portal.web.guard import needs


@blueprint.get("/")
@needs(Permission.SEE_MAP)
def page() -> ResponseReturnValue:
    """Show the map with nothing in hand."""
    return drawer.show("maps/welcome.html")
