"""One community's record for those who mend it: its place, its outline, its names, its doubles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from geo.datums.crs import Datum
from portal.access import Permission
from portal.actions.communities import aliases as community_aliases
from portal.actions.communities import records as communities
from portal.actions.communities import unions as community_unions
from portal.actions.communities.changes import Changed
from portal.actions.communities.consequences import foresee
from portal.actions.communities.unions import Part
from portal.errors import N_, P_, BadRequest, Conflict, NotFound
from portal.labels import DOUBTS
from portal.store.communities import records as community_records
from portal.store.communities import set_aside, unnamed
from portal.store.communities.records import Record
from portal.store.places import streets as places
from portal.store.places import territory
from portal.views.communities import blueprint, confirmation, told, working
from portal.views.maps import drawer
from portal.views.places.coordinates import read_outline, read_point, spell_outline
from portal.web import context
from portal.web.forms import MOST_CHARACTERS, Form
from portal.web.guard import needs
from portal.web.paging import address

MOST_PARTS = 12
ALWAYS_ASKED = ("merge",)


@dataclass(frozen=True, kw_only=True)
class RecordForm(Form):
    """The forms of a record; ``task`` is the one that came back, "" for none."""

    task: str = ""

    name: ClassVar[str] = "record"
    labels: ClassVar[Mapping[str, str]] = {
        "point": N_("坐标"),
        "outline": N_("边界"),
        "area": N_("边界"),
        "name": N_("名称"),
        "datum": N_("坐标基准"),
    }
    shown_at: ClassVar[Mapping[str, str]] = {"outline": "corners", "area": "corners"}

    def place_of(self, name: str) -> str:
        """Return the field of this task: several have names."""
        of_task = {"aliases": "alias", "split": "parts"}
        return of_task.get(self.task, name) if name == "name" else super().place_of(name)

    def id_of(self, name: str) -> str:
        """Return the id of a field: two tasks ask for a datum."""
        return f"{self.task.replace('pin', 'point')}-datum" if name == "datum" else super().id_of(name)


@blueprint.get("/data/communities/<int:number>")
@needs(Permission.EDIT_COMMUNITIES)
def record(number: int) -> ResponseReturnValue:
    """Show what is known of a community's names and place, with forms to mend them."""
    return _show(community_records.one(context.session(), number))


@blueprint.get("/data/place.json")
@needs(Permission.EDIT_COMMUNITIES)
def place() -> ResponseReturnValue:
    """Answer with a typed coordinate in WGS 84 and the street that holds it, for the map's preview."""
    session = context.session()
    try:
        point = read_point(request.args, session)
    except BadRequest as error:
        raise RecordForm.named(error) from error
    street = territory.street_at(session, point.lon, point.lat)
    said = context.say(N_("落在{street}"), street=street) if street else context.say(N_("不在任何街道内"))
    return jsonify(lon=point.lon, lat=point.lat, message=said)


@blueprint.get("/data/communities/<int:number>/names")
@needs(Permission.EDIT_COMMUNITIES)
def names(number: int) -> ResponseReturnValue:
    """Answer with communities that an unnamed outline may belong to, as choices for a form."""
    text = request.args.get("register", "").strip()[:MOST_CHARACTERS]
    found = unnamed.names_for(context.session(), number, text)
    return render_template(
        "communities/_names.html", names=found, text=text, most_choices=unnamed.SUGGESTIONS
    )


@blueprint.post("/data/communities/<int:number>/pin")
@needs(Permission.EDIT_COMMUNITIES)
def pin(number: int) -> ResponseReturnValue:
    """Put the community at the point of the form."""

    def write(session: Session) -> Changed:
        point = read_point(request.form, session)
        who = (session, context.viewer(), number)
        return communities.pin(*who, point.raw_lon, point.raw_lat, datum=point.datum, **_how())

    return _write(number, "pin", write, N_("已标点"))


@blueprint.post("/data/communities/<int:number>/dismiss-pin")
@needs(Permission.EDIT_COMMUNITIES)
def dismiss_pin(number: int) -> ResponseReturnValue:
    """Rule that the source's doubtful point does not hold."""

    def write(session: Session) -> Changed:
        return communities.dismiss_pin(session, context.viewer(), number, **_how())

    return _write(number, "dismiss_pin", write, N_("不采用来源的点位"))


@blueprint.post("/data/communities/<int:number>/outline")
@needs(Permission.EDIT_COMMUNITIES)
def outline(number: int) -> ResponseReturnValue:
    """Give the community the outline of the form."""

    def write(session: Session) -> Changed:
        area = read_outline(request.form, session)
        return communities.draw(session, context.viewer(), number, area, **_how())

    return _write(number, "outline", write, N_("边界已保存"))


@blueprint.post("/data/communities/<int:number>/link")
@needs(Permission.EDIT_COMMUNITIES)
def link(number: int) -> ResponseReturnValue:
    """Join this record with the chosen one: a name with an outline; the name's record stands."""

    def write(session: Session) -> Changed:
        viewer, other = context.viewer(), _chosen("community_id")
        if community_records.one(session, number).name is None:
            return community_unions.link(session, viewer, other, number, cipher=context.cipher())
        return community_unions.link(session, viewer, number, other, **_how())

    return _write(number, "link", write, N_("名称与轮廓已关联"))


@blueprint.post("/data/communities/<int:number>/name")
@needs(Permission.EDIT_COMMUNITIES)
def name(number: int) -> ResponseReturnValue:
    """Give the community the name of the form."""

    def write(session: Session) -> Changed:
        called = request.form.get("name", "")
        return communities.rename(session, context.viewer(), number, called, **_how())

    return _write(number, "name", write, N_("名称已保存"))


@blueprint.post("/data/communities/<int:number>/aliases")
@needs(Permission.EDIT_COMMUNITIES)
def aliases(number: int) -> ResponseReturnValue:
    """Add another name, or take one away."""

    def write(session: Session) -> Changed:
        viewer, gone = context.viewer(), request.form.get("remove", "")
        if gone:
            return community_aliases.remove(session, viewer, number, gone, cipher=context.cipher())
        return community_aliases.add(session, viewer, number, request.form.get("alias", ""), **_how())

    return _write(number, "aliases", write, N_("别名已保存"), asks=False)


@blueprint.post("/data/communities/<int:number>/merge")
@needs(Permission.EDIT_COMMUNITIES)
def merge(number: int) -> ResponseReturnValue:
    """Merge the chosen record into this one."""

    def write(session: Session) -> Changed:
        return community_unions.merge(session, context.viewer(), number, _chosen("community_id"), **_how())

    return _write(number, "merge", write, N_("已合并"))


@blueprint.post("/data/communities/<int:number>/split")
@needs(Permission.EDIT_COMMUNITIES)
def split(number: int) -> ResponseReturnValue:
    """Split the record into parts, which then wait for their places."""

    def write(session: Session) -> Changed:
        lines = [line for line in request.form.get("parts", "").splitlines() if line.strip()]
        if len(lines) > MOST_PARTS:
            raise BadRequest(N_("一次最多拆成 {most} 个"), most=MOST_PARTS)
        parts = [Part(line) for line in lines]
        return community_unions.split(session, context.viewer(), number, parts, **_how())[0]

    return _write(number, "split", write, N_("已拆分，请为各部分标点或画边界"), asks=False)


def _write(
    number: int, task: str, write: Callable[[Session], Changed], done: str, *, asks: bool = True
) -> ResponseReturnValue:
    """Ask where more follows than was said, write, then show what comes next.

    With a mistake, or at the person's wish, the form is shown again.
    """
    session, form = context.session(), RecordForm(values=request.form, task=task)
    waited = working.waits(number)
    try:
        if confirmation.answer_of() == confirmation.BACK:
            return _show(community_records.one(session, number), form, retry=True)
        if asks and confirmation.answer_of() != confirmation.CONFIRMED:
            other = request.form.get("community_id", type=int)
            foreseen = foresee(session, task, {number, other or number}, write)
            if foreseen.worth_showing or task in ALWAYS_ASKED:
                return confirmation.ask(community_records.one(session, number), foreseen, task)
        changed = write(session)
    except (BadRequest, Conflict, NotFound) as error:
        form = form.with_mistake(error)
        return _show(community_records.one(session, number), form, retry=isinstance(error, Conflict))
    found = community_records.one(session, changed.community_id)
    told.flash_change(_tell(done, changed), changed, found)
    return redirect(working.next_address(changed.community_id, number, waited=waited))


def _show(found: Record, form: RecordForm | None = None, *, retry: bool = False) -> ResponseReturnValue:
    session, form = context.session(), form or RecordForm()
    return drawer.show(
        "communities/record.html",
        status=form.status,
        title=context.community_name(found.name, found.key),
        record=found,
        outlines=_outlines_for(found),
        names=unnamed.names_for(session, found.id) if found.name is None and found.active else [],
        bounds=_bounds_of(found),
        corners=spell_outline(found.outline),
        most_choices=unnamed.SUGGESTIONS,
        datums=list(Datum),
        retry=retry,
        form=form,
        back=working.queue_address(),
        following=working.following(found.id) if request.method == "GET" else "",
        mark=set_aside.one(session, found.id),
        doubts=DOUBTS,
        doubtful_street=_street_at(found.doubtful_lon, found.doubtful_lat),
        address=address,
        language=context.language,
    )


def _outlines_for(found: Record) -> Any:
    wanted = found.active and found.name is not None and found.outline is None
    return unnamed.outlines_for(context.session(), found.id) if wanted else []


def _street_at(lon: float | None, lat: float | None) -> str | None:
    return None if lon is None or lat is None else territory.street_at(context.session(), lon, lat)


def _bounds_of(found: Record) -> tuple[float, float, float, float] | None:
    """Return what the map shows of a record without a place: its street."""
    looked_for = found.lon is None and found.street_id is not None
    return territory.bounds_of(context.session(), int(found.street_id or 0)) if looked_for else None


def _tell(done: str, changed: Changed) -> str:
    session, parts = context.session(), [context.say(done)]
    if changed.street_id is not None:
        parts.append(context.say(N_("归入{street}"), street=places.street(session, changed.street_id).name))
    else:
        parts.append(context.say(N_("不在任何街道内")))
    if changed.complaints and changed.stay:
        parts.append(context.say(P_("{n} 件投诉仍属于本小区"), n=changed.stay))
    if changed.joined:
        parts.append(context.say(P_("{n} 件投诉归入本小区"), n=changed.joined))
    if changed.left:
        parts.append(context.say(P_("{n} 件投诉离开本小区"), n=changed.left))
    return context.say(N_("，")).join(parts)


def _how() -> dict[str, Any]:
    return {"cipher": context.cipher(), "version": request.form.get("version") or None}


def _chosen(field: str) -> int:
    number = request.form.get(field, type=int)
    if number is None:
        raise BadRequest(N_("没有选择小区"), remedy=N_("请先选定一个"))
    return number
