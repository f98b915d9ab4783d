"""Streets in the drawer: their list, and each with its communities."""

from __future__ import annotations

from dataclasses import replace

from flask.typing import ResponseReturnValue

from portal.access import Permission
from portal.errors import N_
from portal.layers.base import LayerRequest
from portal.layers.streets import tell
from portal.store.communities import counts, lists
from portal.store.places import districts
from portal.store.places import streets as store
from portal.views.maps import drawer
from portal.views.places import blueprint
from portal.web import context
from portal.web.guard import needs


@blueprint.get("/streets")
@needs(Permission.SEE_MAP)
def streets() -> ResponseReturnValue:
    """Show the list of streets, where there are none of districts: what the map shows, as a list."""
    session = context.session()
    lines = store.street_lines(session)
    return drawer.show_scored(
        "places/streets.html",
        title=context.say(N_("各街道")),
        lines=lines,
        districts=[] if lines else districts.counts(session),
        count=counts.count(session),
    )


@blueprint.get("/streets/<int:number>")
@needs(Permission.SEE_MAP)
def street(number: int) -> ResponseReturnValue:
    """Show a street with its communities, those without a place on the map apart."""
    session, period = context.session(), context.scope().period
    head = store.street(session, number)
    rows = lists.of_street(session, period, street_id=number)
    asked = LayerRequest(session, context.scope(), context.viewer(), context.city(), "count")
    told = tell(asked, number)
    return drawer.show_scored(
        "places/street.html",
        scope=asked.scope,
        complaints=told,
        rate=tell(replace(asked, measure="per_1000_households"), number) if told.value is not None else None,
        title=head.name,
        head=head,
        count=counts.count(session, frozenset({number})),
        located=[row for row in rows if row.located],
        unlocated=[row for row in rows if not row.located],
    )
