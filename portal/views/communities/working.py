"""Working a queue off: from a record to the next one, after saving, by a link, or by setting it aside."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.access import Permission
from portal.actions.communities import setting_aside
from portal.errors import N_
from portal.store.communities import records, unlocated, unnamed
from portal.views.communities import blueprint, told
from portal.web import context
from portal.web.forms import MOST_CHARACTERS
from portal.web.guard import needs
from portal.web.paging import address

_QUEUES = {"unnamed": "communities.unnamed_outlines", "unlocated": "communities.unlocated_communities"}


def queue_address() -> str:
    """Return the address of the queue that the clerk came from, filtered as it was."""
    queue = _QUEUES.get(request.args.get("from", ""), _QUEUES["unlocated"])
    return address(url_for(queue), **{"from": ""})


def following(number: int) -> str:
    """Return the address of the record that comes next in the queue; "" outside of one, or at its end."""
    found = _next(number)
    return "" if found is None else address(url_for("communities.record", number=found))


def waits(number: int) -> bool:
    """Return whether a record waits in the queue that the clerk works off; False outside of one."""
    session, came_from = context.session(), request.args.get("from")
    if came_from == "unnamed":
        return unnamed.waits(session, number)
    return came_from in _QUEUES and unlocated.waits(session, unlocated_wanted().lack, number)


def next_address(standing: int, number: int, *, waited: bool) -> str:
    """Return where to go after a change: to the next of the queue, if what was changed has left it.

    Parameters
    ----------
    standing
        The record that stands now.
    number
        The one whose form was sent.
    waited
        Whether that one was in the queue before.
    """
    if waited and not (waits(number) or waits(standing)):
        return following(number) or queue_address()
    return address(url_for("communities.record", number=standing))


@blueprint.post("/data/communities/<int:number>/set-aside")
@needs(Permission.EDIT_COMMUNITIES)
def set_aside(number: int) -> ResponseReturnValue:
    """Take the community out of the queues, for the reason of the form, and go on with the next."""
    session, here = context.session(), address(url_for("communities.record", number=number))
    after = (following(number) or queue_address()) if waits(number) else here
    setting_aside.set_community_aside(session, context.viewer(), number, request.form.get("reason", ""))
    told.flash_about(
        context.say(N_("已搁置，不再列入待办；在小区页面随时可以恢复")), records.one(session, number)
    )
    return redirect(after)


@blueprint.post("/data/communities/<int:number>/bring-back")
@needs(Permission.EDIT_COMMUNITIES)
def bring_back(number: int) -> ResponseReturnValue:
    """Let the community wait again."""
    setting_aside.bring_back(context.session(), context.viewer(), community_id=number)
    flash(context.say(N_("已恢复待办")))
    return redirect(address(url_for("communities.record", number=number)))


def _next(number: int) -> int | None:
    came_from, session = request.args.get("from", ""), context.session()
    if came_from == "unnamed":
        return unnamed.next_after(session, context.street_id(), number)
    if came_from == "unlocated":
        return unlocated.next_after(session, unlocated_wanted(), number)
    return None


def unlocated_wanted() -> unlocated.Wanted:
    """Return what part of the queue of the unlocated the URL asks for."""
    lack = request.args.get("lack", "")
    return unlocated.Wanted(
        lack=unlocated.Lack(lack) if lack in set(unlocated.Lack) else unlocated.Lack.LOCATION,
        street_id=context.street_id(),
        district=request.args.get("district", "").strip()[:MOST_CHARACTERS],
        text=request.args.get("text", "").strip()[:MOST_CHARACTERS],
    )
