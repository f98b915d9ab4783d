"""What a change did, told on the page that comes next, with a button that takes it back."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.access import Permission
from portal.actions.communities.changes import Changed
from portal.actions.communities.undo import undo_change
from portal.errors import N_, P_
from portal.store.communities.records import Record
from portal.views.communities import blueprint
from portal.web import context
from portal.web.guard import needs


def flash_change(text: str, changed: Changed, record: Record) -> None:
    """Tell on the next page what a change did to which record, and offer to take it back."""
    flash_about(text, record, str(changed.deed_id))


def flash_about(text: str, record: Record, deed: str = "") -> None:
    """Tell something of a record on the next page, which names it where it is not its own."""
    called = context.community_name(record.name, record.key)
    message = {"text": text, "deed": deed, "community": record.id, "called": called}
    flash(message, "changed")  # type: ignore[arg-type]


@blueprint.post("/data/changes/<uuid:number>/undo")
@needs(Permission.UNDO_CHANGES)
def undo(number: UUID) -> ResponseReturnValue:
    """Take a change back whole, then show the page that the button was on."""
    taken = undo_change(context.session(), context.viewer(), number, cipher=context.cipher())
    complaints = taken.rows.get("complaint", 0)
    parts = [context.say(N_("已撤销，一切如前"))]
    if complaints:
        parts.append(context.say(P_("{n} 件投诉回到原处"), n=complaints))
    flash(context.say(N_("，")).join(parts))
    back = request.form.get("back", "")
    if back == "audit":
        return redirect(url_for("accounts.audit"))
    if back.isdecimal():
        return redirect(url_for(".record", number=int(back)))
    return redirect(url_for("imports.index"))
