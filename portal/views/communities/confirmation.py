"""The step before a change of a community is saved: what it would do, and whether that is wanted."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from portal.actions.communities.consequences import Called, Consequences, Doubt
from portal.errors import N_, P_
from portal.store.communities.records import Record
from portal.views.maps import drawer
from portal.web import context
from portal.web.paging import address

TASKS = {
    "pin": N_("标点"),
    "outline": N_("绘制边界"),
    "link": N_("关联边界"),
    "name": N_("更名"),
    "merge": N_("合并"),
}
CONFIRMED, BACK = "1", "0"
DOUBTS = {
    Doubt.STREET: N_("新位置在{street}，登记的是{registered}"),
    Doubt.DISTRICT: N_("新位置在{district}，登记的是{registered}"),
    Doubt.NO_STREET: N_("新位置不在任何街道内"),
    Doubt.OUTLINE: N_("点位不在本小区的轮廓内"),
    Doubt.COMPLAINTS: P_("{n} 件投诉将离开本小区"),
}
_NOT_SENT_AGAIN = ("csrf_token", "confirmed")


def answer_of() -> str:
    """Return what the person said to the consequences: `CONFIRMED`, `BACK`, or "" before being asked."""
    given = request.form.get("confirmed", "")
    return given if given in (CONFIRMED, BACK) else ""


def ask(record: Record, foreseen: Consequences, task: str) -> ResponseReturnValue:
    """Show what the form that came in would do, with the form in it to be sent again."""
    return drawer.show(
        "communities/confirm.html",
        title=context.community_name(record.name, record.key),
        record=record,
        foreseen=foreseen,
        doubts=[_say(doubt, foreseen) for doubt in foreseen.doubts],
        name_of=name_of,
        fields=[
            (name, value) for name, value in request.form.items(multi=True) if name not in _NOT_SENT_AGAIN
        ],
        target=address(request.path),
        task=task,
        titles=TASKS,
        confirmed=CONFIRMED,
        back=BACK,
    )


def name_of(community: Called) -> str:
    """Return what a community that complaints leave or come to is called."""
    if community.known:
        return context.community_name(community.name, community.key)
    return context.say(N_("小区未知"))


def _say(doubt: Doubt, foreseen: Consequences) -> str:
    return context.say(
        DOUBTS[doubt],
        street=foreseen.street_there or "",
        district=foreseen.district_there or "",
        registered=foreseen.registered,
        n=foreseen.changed.left,
    )
