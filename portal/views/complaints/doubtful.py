"""The queue 位置存疑: complaints whose coordinate and names contradict, and ruling which of them holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any, ClassVar
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.access import Permission
from portal.actions.complaints import rulings as actions
from portal.actions.complaints import setting_aside
from portal.errors import N_, P_, BadRequest, Conflict, SpokenError
from portal.labels import DOUBTS, RULINGS, category_name
from portal.privacy import mask_address
from portal.scope import parse_ids
from portal.store.complaints import doubtful
from portal.store.operations import deeds
from portal.terms import Doubt, Ruling
from portal.views.complaints import blueprint
from portal.views.imports import words
from portal.web import context
from portal.web.forms import Form
from portal.web.guard import needs
from portal.web.paging import Paging, address, asked_page

ROWS, GROUPS = 50, 12
RULED, NUMBERS = 20, 5
ZOOM = 16


@dataclass(frozen=True, kw_only=True)
class RulingForm(Form):
    """What was chosen in the form when it came back."""

    ticked: frozenset[int] = frozenset()

    name: ClassVar[str] = "ruling"
    labels: ClassVar[Mapping[str, str]] = {"reason": N_("原因")}


@blueprint.get("/data/doubtful-complaints")
@needs(Permission.SEE_QUEUES)
def doubtful_complaints() -> ResponseReturnValue:
    """List the queue, newest first, each with the two places that contradict."""
    return _page(RulingForm())


@blueprint.post("/data/doubtful-complaints/rule")
@needs(Permission.EDIT_COMMUNITIES)
def rule() -> ResponseReturnValue:
    """Let the coordinate or the names of the ticked complaints hold."""
    ticked = _ticked()
    try:
        ruling = request.form.get("ruling", "")
        if ruling not in set(Ruling):
            raise BadRequest(N_("ruling：没有这种核定"), remedy=N_("请从页面上的按钮中选择"))
        done = actions.rule(
            context.session(),
            context.viewer(),
            ticked,
            Ruling(ruling),
            cipher=context.cipher(),
            whole_group="group" in request.form,
        )
    except (BadRequest, Conflict) as error:
        return _page(RulingForm(values=request.form, ticked=ticked).with_mistake(error))
    said = context.say(P_("{n:,} 件已核定：{ruling}"), n=done.n, ruling=context.say(RULINGS[Ruling(ruling)]))
    flash({"text": said, "ruling": str(done.deed_id)}, "ruled")  # type: ignore[arg-type]
    return redirect(_next())


@blueprint.post("/data/doubtful-complaints/set-aside")
@needs(Permission.EDIT_COMMUNITIES)
def set_doubtful_aside() -> ResponseReturnValue:
    """Take the ticked complaints out of the queue, for the reason of the form."""
    ticked = _ticked()
    try:
        reason = request.form.get("reason", "")
        n = setting_aside.set_complaints_aside(context.session(), context.viewer(), ticked, reason)
    except (BadRequest, Conflict) as error:
        return _page(RulingForm(values=request.form, ticked=ticked).with_mistake(error))
    flash(context.say(N_("已搁置 {n} 件，仍计入统计，不作为点上图"), n=n))
    return redirect(_next())


@blueprint.post("/data/doubtful-complaints/bring-back")
@needs(Permission.EDIT_COMMUNITIES)
def bring_doubtful_back() -> ResponseReturnValue:
    """Let the ticked complaints wait again."""
    n = setting_aside.bring_complaints_back(context.session(), context.viewer(), _ticked())
    flash(context.say(N_("{n} 件投诉回到待办"), n=n))
    return redirect(address(url_for(".doubtful_complaints"), aside=""))


@blueprint.post("/data/doubtful-complaints/take-back")
@needs(Permission.EDIT_COMMUNITIES)
def take_ruling_back() -> ResponseReturnValue:
    """Take the ruling of the form back."""
    try:
        deed_id = request.form.get("deed", type=UUID)
        if deed_id is None:
            raise BadRequest(N_("没有这次核定，或已无法撤销"))
        n = actions.take_ruling_back(context.session(), context.viewer(), deed_id)
    except SpokenError as error:
        context.roll_back()
        return _page(RulingForm().with_mistake(error))
    flash(context.say(P_("已撤销，{n:,} 件重新待核定"), n=n))
    return redirect(address(url_for(".doubtful_complaints")))


def _ticked() -> frozenset[int]:
    """Return the ticked complaints; where the whole list was ticked, all that it holds."""
    form = request.form
    if "group" not in form:
        return parse_ids(",".join(form.getlist("complaint")), "complaint") or frozenset()
    found = doubtful.ids(context.session(), _wanted())
    if len(found) != form.get("n", 0, type=int):
        raise Conflict(N_("列表刚刚有变化，没有写入任何内容"), remedy=N_("请核对后再试"))
    return frozenset(found)


def _next() -> str:
    """Return the address of the queue without the coordinate that has just been decided."""
    return address(url_for(".doubtful_complaints"), lon="", lat="", page="")


def _page(form: RulingForm) -> ResponseReturnValue:
    session, page, wanted = context.session(), asked_page(), _wanted()
    total = doubtful.count(session, wanted)
    paging = Paging(url_for(".doubtful_complaints"), page, ROWS, total).or_last()
    city, language = context.city(), context.language()
    mends = context.viewer().may(Permission.EDIT_COMMUNITIES)
    ruled = deeds.newest(session, "rule_on_doubts", RULED) if mends else []
    html = render_template(
        "complaints/doubtful.html",
        lines=doubtful.find(session, wanted, paging.page, ROWS),
        paging=paging,
        wanted=wanted,
        tally=doubtful.by_doubt(session, wanted),
        aside=doubtful.count(session, replace(wanted, doubt=None, at=None, aside=True)),
        groups=[] if wanted.at or wanted.aside else doubtful.groups(session, wanted, GROUPS),
        own_street=context.own_street(),
        address=address,
        doubts=DOUBTS,
        rulings=RULINGS,
        category_name=lambda code: category_name(code, city, language),
        place_of=_place_of,
        address_of=_address_of,
        map_of=_map_of,
        words=words,
        ruled=ruled,
        undoable=deeds.undoable(session, [str(deed.id) for deed, _, _ in ruled]),
        numbers_of=_numbers_of,
        form=form,
        most=actions.MOST_AT_ONCE,
    )
    return html, form.status


def _wanted() -> doubtful.Wanted:
    args = request.args
    doubt, lon, lat = args.get("doubt", ""), args.get("lon", type=float), args.get("lat", type=float)
    at = (lon, lat) if lon is not None and lat is not None and isfinite(lon) and isfinite(lat) else None
    return doubtful.Wanted(
        street_id=context.viewer().street_id,
        doubt=Doubt(doubt) if doubt in set(Doubt) else None,
        at=at,
        aside=args.get("aside") == "1",
    )


def _place_of(row: Any) -> str:
    """Return the place as its source words it, masked."""
    parts = (
        row.reported_district,
        row.reported_street,
        row.reported_neighbourhood,
        row.reported_community,
    )
    return " · ".join(mask_address(part) for part in parts if part)


def _address_of(row: Any) -> str:
    """Return the masked address to whom it is to be seen, else ""."""
    if not row.address_encrypted or not context.viewer().may(Permission.SEE_ADDRESSES):
        return ""
    return mask_address(context.cipher().decrypt(bytes(row.address_encrypted)))


def _numbers_of(detail: Mapping[str, Any]) -> str:
    """Return the numbers of the first complaints of a ruling; "" where an earlier version kept none."""
    numbers = detail.get("numbers", [])[:NUMBERS]
    listed = ", ".join(numbers)
    if not numbers or len(numbers) == detail["complaints"]:
        return listed
    return context.say(N_("{listed} 等"), listed=listed)


def _map_of(line: doubtful.Doubtful) -> str:
    return url_for("maps.page", at=f"{line.lon:.5f},{line.lat:.5f},{ZOOM}")
