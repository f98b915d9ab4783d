"""A property-service firm in the drawer."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.access import Permission
from portal.errors import N_, NotFound
from portal.store import firms
from portal.store.communities import lists
from portal.views.maps import drawer
from portal.web import context
from portal.web.guard import needs

blueprint = Blueprint("firms", __name__)


@blueprint.get("/firms/<int:number>")
@needs(Permission.SEE_MAP)
def card(number: int) -> ResponseReturnValue:
    """Show a firm with the communities that it serves on the day and the viewer may see contracts of."""
    session, viewer = context.session(), context.viewer()
    name = firms.name(session, number)
    if name is None:
        raise NotFound(N_("没有这家企业"))
    as_of = context.as_of()
    rows = lists.of_firm(
        session,
        context.scope().period,
        as_of.served_on,
        firm_id=number,
        details_street_id=viewer.street_id,
    )
    return drawer.show_scored("firms/card.html", title=name, name=name, rows=rows, as_of=as_of)
