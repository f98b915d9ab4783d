"""Linking of all that is plain: the list before, the one button, and taking it back."""

from __future__ import annotations

from itertools import groupby

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from geo.texts import Phrase
from portal.access import Permission
from portal.actions.communities import linking as actions
from portal.actions.operations import jobs
from portal.errors import N_, P_, Conflict, Throttled
from portal.jobs.communities import LINKING
from portal.store.communities import links
from portal.store.communities.links import By, Why
from portal.store.operations import deeds
from portal.views.communities import blueprint
from portal.web import context
from portal.web.forms import Form
from portal.web.guard import needs
from portal.web.paging import Paging, asked_page

ROWS, OPEN_ROWS = 100, 20
# What takes longer than a person waits for is done by the worker.
MOST_AT_ONCE = 300
BYS = {By.PLACE: N_("点位在轮廓内"), By.NAME: N_("同街道（区）同名")}
WHYS = {
    Why.SEVERAL_POINTS: N_("一个轮廓里有几个点位"),
    Why.SEVERAL_OUTLINES: N_("一个点位在几个轮廓里，或另有同名轮廓"),
    Why.REGISTERED_ELSEWHERE: N_("登记的街道或区与轮廓所在不同"),
    Why.SEVERAL_NAMES: N_("同一街道（区）有几个同名的"),
    Why.OTHER_PLACE: N_("同名，但点位不在对方的轮廓内"),
    Why.CONTRACTS: N_("两边的合同期间重叠"),
}


@blueprint.get("/data/linking")
@needs(Permission.SEE_QUEUES)
def linking() -> ResponseReturnValue:
    """Show what would be linked, what stays open and why, and what was linked lately."""
    return _page(Form())


@blueprint.post("/data/linking")
@needs(Permission.EDIT_COMMUNITIES)
def link_all() -> ResponseReturnValue:
    """Link all that was shown: at once, or where it is much, as a job."""
    session, viewer, seen = context.session(), context.viewer(), request.form.get("seen", "")
    try:
        if request.form.get("n", 0, type=int) > MOST_AT_ONCE:
            jobs.begin(session, LINKING, viewer.user_id, {"seen": seen})
            flash(context.say(N_("已交给后台关联，完成后在任务页面和这里都能看到")))
            return redirect(url_for("operations.jobs"))
        done = actions.link_all(session, viewer, cipher=context.cipher(), seen=seen)
    except (Conflict, Throttled) as error:
        return _page(Form().with_mistake(error))
    said = context.say(
        P_("已关联 {n:,} 个小区，随之归入 {complaints}"),
        n=done.n,
        complaints=Phrase(P_("{n:,} 件投诉"), n=done.complaints),
    )
    flash({"text": said, "deed": str(done.deed_id)}, "changed")  # type: ignore[arg-type]
    return redirect(url_for(".linking"))


def _page(form: Form) -> ResponseReturnValue:
    session, page = context.session(), asked_page()
    proposal = links.propose(session, context.viewer().street_id)
    first = (page - 1) * ROWS
    done = deeds.newest(session, "link_all") if context.viewer().street_id is None else []
    html = render_template(
        "communities/linking.html",
        proposal=proposal,
        rows=proposal.pairs[first : first + ROWS],
        opened=[(why, list(group)) for why, group in groupby(proposal.opened, lambda one: one.why)],
        most_open=OPEN_ROWS,
        bys=BYS,
        whys=WHYS,
        paging=Paging(url_for(".linking"), page, ROWS, len(proposal.pairs)),
        form=form,
        done=done,
        undoable=deeds.undoable(session, [str(deed.id) for deed, _, _ in done]),
        as_job=len(proposal.pairs) > MOST_AT_ONCE,
        own_street=context.own_street(),
    )
    return html, form.status
