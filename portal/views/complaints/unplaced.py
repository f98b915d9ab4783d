"""The queue 投诉小区未知: complaints whose community is not known, and putting them under one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.access import Permission
from portal.actions.complaints import placing_by_hand as actions
from portal.actions.complaints import setting_aside
from portal.errors import N_, P_, BadRequest, Conflict, NotFound
from portal.labels import DOUBTS, category_name
from portal.personal_numbers import mask_numbers
from portal.privacy import Cipher, mask_address
from portal.scope import parse_ids
from portal.store.communities import candidates as community_candidates
from portal.store.communities.near_names import NearNames
from portal.store.complaints import unplaced
from portal.terms import PlaceLevel
from portal.views.complaints import blueprint
from portal.views.imports import words
from portal.web import context
from portal.web.forms import MOST_CHARACTERS, Form
from portal.web.guard import needs
from portal.web.paging import Paging, address, asked_page

ROWS, GROUPS = 50, 12


@dataclass(frozen=True, kw_only=True)
class AssignForm(Form):
    """What was chosen in the form when it came back: ticked complaints, the search, the community."""

    ticked: frozenset[int] = frozenset()
    community_id: int | None = None
    remember: bool = False

    name: ClassVar[str] = "assign"
    labels: ClassVar[Mapping[str, str]] = {"community": N_("小区"), "reason": N_("原因")}


@dataclass(frozen=True)
class Line:
    """One complaint of the list: its row, its place as reported, its types, its address.

    All are masked; the address is None where it is not to be seen. ``near`` are names of communities
    that are called nearly as the place is reported.
    """

    row: Any
    community: str
    place: str
    types: str
    address: str | None = field(repr=False)
    near: tuple[str, ...] = ()


@blueprint.get("/data/unplaced-complaints")
@needs(Permission.SEE_QUEUES)
def unplaced_complaints() -> ResponseReturnValue:
    """List the queue, newest first; of a group, with the communities that are called nearly so."""
    called = request.args.get("called", "").strip()
    return _page(AssignForm(values={"community": called} if called else {}))


@blueprint.get("/data/candidates")
@needs(Permission.EDIT_COMMUNITIES)
def candidates() -> ResponseReturnValue:
    """Answer with communities of a name, as choices for a form."""
    besides = request.args.get("besides", type=int)
    return render_template(
        "complaints/_candidates.html",
        text=_text("community"),
        found=_candidates(_text("community"), besides),
        chosen=None,
    )


@blueprint.post("/data/unplaced-complaints/assign")
@needs(Permission.EDIT_COMMUNITIES)
def assign() -> ResponseReturnValue:
    """Put the ticked complaints under a community; the form comes back with what is wrong."""
    form = request.form
    ticked, whole = _chosen()
    community_id, remember = form.get("community_id", type=int), form.get("remember") == "1"
    try:
        if community_id is None:
            raise BadRequest(N_("没有选择小区"), remedy=N_("请先查找小区，再选定一个"), field="community")
        done = actions.assign(
            context.session(),
            context.viewer(),
            ticked,
            community_id,
            remember=remember,
            cipher=context.cipher(),
            whole_group=whole,
        )
    except (BadRequest, Conflict, NotFound) as error:
        chosen = AssignForm(values=form, ticked=ticked, community_id=community_id, remember=remember)
        return _page(chosen.with_mistake(error))
    undo = {"complaints": sorted(ticked), "community_id": community_id, "aliases": done.aliases}
    # A cookie holds no more than some hundred numbers.
    undo = undo if len(ticked) <= actions.MOST_AT_ONCE else {}
    flash({"text": _tell(done), "undo": undo}, "assigned")  # type: ignore[arg-type]
    return redirect(_next())


@blueprint.post("/data/unplaced-complaints/set-aside")
@needs(Permission.EDIT_COMMUNITIES)
def set_aside() -> ResponseReturnValue:
    """Take the ticked complaints out of the queue, for the reason of the form."""
    form = request.form
    ticked, _ = _chosen()
    try:
        n = setting_aside.set_complaints_aside(
            context.session(), context.viewer(), ticked, form.get("reason", "")
        )
    except BadRequest as error:
        return _page(AssignForm(values=form, ticked=ticked).with_mistake(error))
    flash(context.say(N_("已搁置 {n} 件，仍计入统计，随时可以恢复"), n=n))
    return redirect(_next())


@blueprint.post("/data/unplaced-complaints/bring-back")
@needs(Permission.EDIT_COMMUNITIES)
def bring_back() -> ResponseReturnValue:
    """Let the ticked complaints wait again."""
    ticked, _ = _chosen()
    try:
        n = setting_aside.bring_complaints_back(context.session(), context.viewer(), ticked)
    except BadRequest as error:
        return _page(AssignForm(values=request.form, ticked=ticked).with_mistake(error))
    flash(context.say(N_("{n} 件投诉回到待办"), n=n))
    return redirect(address(url_for(".unplaced_complaints")))


def _chosen() -> tuple[frozenset[int], bool]:
    """Return the ticked complaints; of a group that was ticked as such, all, and True."""
    form = request.form
    if form.get("group"):
        street_id = form.get("group_street", type=int)
        found = unplaced.ids_of_group(context.session(), form["group"], street_id)
        return frozenset(found), True
    return parse_ids(",".join(form.getlist("complaint")), "complaint") or frozenset(), False


def _next() -> str:
    """Return the address of the queue without the group that has just been solved: the next is on top."""
    return address(url_for(".unplaced_complaints"), called="", called_street="", page="")


@blueprint.post("/data/unplaced-complaints/give-back")
@needs(Permission.EDIT_COMMUNITIES)
def give_back() -> ResponseReturnValue:
    """Undo an assignment."""
    form = request.form
    ticked = parse_ids(form.get("complaints", ""), "complaints") or frozenset()
    try:
        n = actions.give_back(
            context.session(),
            context.viewer(),
            ticked,
            cipher=context.cipher(),
            community_id=form.get("community_id", type=int),
            aliases=form.getlist("alias"),
        )
    except (BadRequest, Conflict) as error:
        return _page(AssignForm().with_mistake(error))
    flash(context.say(N_("已撤销，{n} 件投诉回到待办"), n=n))
    return redirect(address(url_for(".unplaced_complaints")))


def _page(form: AssignForm) -> ResponseReturnValue:
    session, viewer, city, page = context.session(), context.viewer(), context.city(), asked_page()
    wanted = _wanted()
    found = unplaced.find(session, wanted, page, ROWS)
    language = context.language()
    html = render_template(
        "complaints/unplaced.html",
        groups=[] if wanted.called or wanted.aside else unplaced.groups(session, wanted, GROUPS),
        in_group=request.args.get("called_street", ""),
        aside=unplaced.count(session, replace(wanted, aside=True, called="")),
        lines=_lines(found.rows),
        paging=Paging(url_for(".unplaced_complaints"), page, ROWS, found.total).or_last(),
        address=address,
        wanted=wanted,
        streets=[] if viewer.street_id else unplaced.by_street(session, wanted),
        own_street=context.own_street(),
        levels=[(str(level), words.name_level(level)) for level in unplaced.LEVELS],
        categories=[(c.code, category_name(c.code, city, language)) for c in city.complaints.categories],
        doubts=DOUBTS,
        category_name=lambda code: category_name(code, city, language),
        words=words,
        form=form,
        found=_candidates(form.value("community").strip()[:MOST_CHARACTERS], None),
        most=actions.MOST_AT_ONCE,
    )
    return html, form.status


def _wanted() -> unplaced.Wanted:
    args = request.args
    level, category = args.get("level", ""), args.get("category", "")
    return unplaced.Wanted(
        street_id=context.viewer().street_id or args.get("called_street", type=int) or context.street_id(),
        level=PlaceLevel(level) if level in unplaced.LEVELS else None,
        category=category if category in {c.code for c in context.city().complaints.categories} else None,
        property_related=args.get("all") != "1",
        text=_text("text"),
        called=request.args.get("called", "").strip(),
        aside=args.get("aside") == "1",
        nowhere=bool(args.get("called")) and args.get("called_street") == "none",
    )


def _text(name: str) -> str:
    return request.args.get(name, "").strip()[:MOST_CHARACTERS]


def _candidates(text: str, besides: int | None) -> Any:
    if not text or not context.viewer().may(Permission.EDIT_COMMUNITIES):
        return []
    street_id = request.args.get("called_street", type=int) or request.args.get("street", type=int)
    return community_candidates.called(context.session(), text, street_id=street_id, besides=besides)


def _lines(rows: Iterable[Any]) -> list[Line]:
    cipher = context.cipher() if context.viewer().may(Permission.SEE_ADDRESSES) else None
    found = list(rows)
    offered = context.viewer().may(Permission.EDIT_COMMUNITIES) and any(
        row.reported_community for row in found
    )
    names = NearNames.known(context.session()) if offered else NearNames(())
    return [_line(row, cipher, names) for row in found]


def _line(row: Any, cipher: Cipher | None, names: NearNames) -> Line:
    place = " · ".join(filter(None, (row.reported_street, row.reported_neighbourhood)))
    types = " / ".join(filter(None, (row.event_type, row.main_type, row.sub_type)))
    return Line(
        row,
        mask_address(row.reported_community or ""),
        mask_address(place),
        mask_numbers(types),
        None if cipher is None else _masked(cipher, row.address_encrypted),
        tuple(
            context.say(near.said)
            for near in names.find(row.reported_community, row.street_id, row.reported_district)
        ),
    )


def _masked(cipher: Cipher, token: bytes | None) -> str:
    return mask_address(cipher.decrypt(token)) if token else ""


def _tell(done: actions.Assigned) -> str:
    parts = [context.say(N_("{n} 件投诉已归入{name}"), n=done.n, name=done.community)]
    if done.aliases:
        parts.append(context.say(N_("已记住叫法“{names}”"), names="”“".join(done.aliases)))
    if done.followed:
        parts.append(context.say(N_("另有 {n} 件同样叫法的投诉随之归入"), n=done.followed))
    if done.moved:
        parts.append(context.say(P_("其中 {n} 件登记的街道与小区所在街道不同，请留意"), n=done.moved))
    return context.say(N_("；")).join(parts)
