"""The queue 疑似重复: records that may be one community twice; a person merges them or tells them apart."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.access import Permission
from portal.actions.communities import setting_aside
from portal.errors import N_, BadRequest, NotFound
from portal.store.communities import doubles as store
from portal.store.communities import records
from portal.store.communities.doubles import Evidence
from portal.views.communities import blueprint
from portal.web import context
from portal.web.forms import Form
from portal.web.guard import needs
from portal.web.paging import Paging, asked_page

ROWS = 30
EVIDENCE = {
    Evidence.SAME_NAME: N_("名称相同"),
    Evidence.LIKE_NAME: N_("名称相近"),
    Evidence.ONE_STREET: N_("同一街道"),
    Evidence.ONE_DISTRICT: N_("同一区"),
    Evidence.OVERLAP: N_("轮廓重叠一半以上"),
    Evidence.NEAR: N_("位置相同"),
}


@blueprint.get("/data/doubles")
@needs(Permission.EDIT_COMMUNITIES)
def doubles() -> ResponseReturnValue:
    """List pairs of records with what speaks for them being one."""
    return _page(Form())


@blueprint.post("/data/doubles")
@needs(Permission.EDIT_COMMUNITIES)
def tell_apart() -> ResponseReturnValue:
    """Say that two records are two communities, and why; the pair is not proposed again."""
    form = request.form
    first, second = form.get("first", 0, type=int), form.get("second", 0, type=int)
    reason = form.get("reason", "")
    session = context.session()
    try:
        setting_aside.set_community_aside(session, context.viewer(), first, reason, other_id=second)
    except (BadRequest, NotFound) as error:
        return _page(Form(values=form).with_mistake(error))
    names = [
        context.community_name(one.name, one.key)
        for one in (records.one(session, first), records.one(session, second))
    ]
    flash(context.say(N_("已记下{one}与{other}不是同一个小区，不再提示"), one=names[0], other=names[1]))
    return redirect(url_for(".doubles"))


def _page(form: Form) -> ResponseReturnValue:
    found, page = store.propose(context.session()), asked_page()
    html = render_template(
        "communities/doubles.html",
        rows=found[(page - 1) * ROWS : page * ROWS],
        paging=Paging(url_for(".doubles"), page, ROWS, len(found)),
        evidence=EVIDENCE,
        form=form,
    )
    return html, form.status
