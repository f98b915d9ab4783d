"""The queues 小区未定位 and 有轮廓无名称, on the map in the drawer."""

from __future__ import annotations

from flask import url_for
from flask.typing import ResponseReturnValue

from portal.access import Permission
from portal.errors import N_
from portal.labels import DOUBTS
from portal.store.communities import unlocated, unnamed
from portal.store.places import territory
from portal.views.communities import blueprint, working
from portal.views.maps import drawer
from portal.web import context
from portal.web.guard import needs
from portal.web.paging import Paging, address, asked_page

ROWS = 50


@blueprint.get("/data/unlocated")
@needs(Permission.SEE_QUEUES)
def unlocated_communities() -> ResponseReturnValue:
    """List named communities without a place on the map, or without an outline, by street."""
    session, viewer, page = context.session(), context.viewer(), asked_page()
    wanted = working.unlocated_wanted()
    found = unlocated.find(session, wanted, page, ROWS)
    streets = [] if viewer.street_id else unlocated.by_street(session, wanted)
    by_district = not (viewer.street_id or any(street.id for street in streets))
    return drawer.show(
        "communities/unlocated.html",
        title=context.say(N_("小区未定位")),
        rows=found.rows,
        bounds=_bounds(),
        paging=Paging(url_for(".unlocated_communities"), page, ROWS, found.total).or_last(),
        wanted=wanted,
        doubts=DOUBTS,
        lacks=unlocated.Lack,
        streets=streets,
        districts=unlocated.by_district(session, wanted) if by_district else [],
        own_street=context.own_street(),
        address=address,
        mends=viewer.may(Permission.EDIT_COMMUNITIES),
    )


@blueprint.get("/data/unnamed")
@needs(Permission.SEE_QUEUES)
def unnamed_outlines() -> ResponseReturnValue:
    """List outlines without a name; those that hold a named point come first."""
    session, viewer, page = context.session(), context.viewer(), asked_page()
    street_id = context.street_id()
    found = unnamed.find(session, street_id, page, ROWS)
    return drawer.show(
        "communities/unnamed.html",
        title=context.say(N_("有轮廓无名称")),
        rows=found.rows,
        bounds=_bounds(),
        paging=Paging(url_for(".unnamed_outlines"), page, ROWS, found.total).or_last(),
        street_id=street_id,
        streets=[] if viewer.street_id else unnamed.by_street(session),
        own_street=context.own_street(),
        address=address,
        mends=viewer.may(Permission.EDIT_COMMUNITIES),
    )


def _bounds() -> tuple[float, float, float, float] | None:
    street_id = context.street_id()
    return None if street_id is None else territory.bounds_of(context.session(), street_id)
