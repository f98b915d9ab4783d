"""Inspection routes: choose a start and a day, see the plan, print it, take it along."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from geo.errors import NetworkError, PlanError
from geo.routes.sheet import link_navigation, write_gpx
from portal.access import Permission
from portal.actions import routes as actions
from portal.documents import routes as sheets
from portal.documents.tables import Table
from portal.errors import N_, BadRequest, NotFound
from portal.store.routes import records as store
from portal.terms import Role
from portal.views.maps import drawer
from portal.views.routes import blueprint
from portal.views.routes.form import RouteForm
from portal.views.routes.words import Words
from portal.web import context, downloads
from portal.web.guard import needs

log = logging.getLogger("portal.views")


@blueprint.get("/routes")
@needs(Permission.PLAN_ROUTES)
def index() -> ResponseReturnValue:
    """List the viewer's routes, an administrator's list holds everybody's."""
    viewer = context.viewer()
    everyone = viewer.role is Role.ADMINISTRATOR
    found = store.lines(context.session(), None if everyone else viewer.user_id, context.city().zone)
    return drawer.show(
        "routes/index.html",
        title=context.say(N_("巡查路线")),
        lines=found,
        everyone=everyone,
        today=context.today(),
        words=_words(),
    )


@blueprint.get("/routes/new")
@needs(Permission.PLAN_ROUTES)
def new() -> ResponseReturnValue:
    """Show the form for the communities of ``stops``."""
    form = RouteForm.from_link(context.arguments())
    return _show_form(form)


@blueprint.post("/routes")
@needs(Permission.PLAN_ROUTES)
def create() -> ResponseReturnValue:
    """Plan the day and show it; where it cannot be planned, show the form again with the reason."""
    form = RouteForm.from_post({name: ",".join(values) for name, values in request.form.lists()})
    session = context.session()
    try:
        asked = form.to_request()
        network = context.services().network(session)
        route_id = actions.plan(session, context.viewer(), context.city(), network, asked, context.say)
    except BadRequest as error:
        return _show_form(form.with_mistake(error))
    except (PlanError, NetworkError) as error:
        # What the checker found wrong is for the log, not for the inspector.
        log.warning("no route: %s", "; ".join(getattr(error, "__notes__", ())), exc_info=error)
        return _show_form(form.with_mistake(error))
    return redirect(url_for("routes.page", route_id=route_id), 303)


@blueprint.get("/routes/<uuid:route_id>")
@needs(Permission.PLAN_ROUTES)
def page(route_id: UUID) -> ResponseReturnValue:
    """Show a route: totals, stops in order, what was left out; ``stop`` is the one in hand."""
    sheet = _sheet_of(route_id)
    words = _words(approximate=sheet.plan.approximate)
    return drawer.show(
        "routes/page.html",
        title=context.say(N_("巡查路线 {number}"), number=sheet.route.number),
        sheet=sheet,
        in_hand=_stop_in_hand(sheet),
        note=context.say(sheet.plan.note.text),
        words=words,
        navigate=link_navigation,
        card=lambda community_id: f"/communities/{community_id}",
    )


@blueprint.get("/routes/<uuid:route_id>/sheet")
@needs(Permission.PLAN_ROUTES)
def sheet(route_id: UUID) -> ResponseReturnValue:
    """Show the sheet to print."""
    made = _sheet_of(route_id)
    return render_template(
        "routes/sheet.html",
        sheet=made,
        note=context.say(made.plan.note.text),
        words=_words(approximate=made.plan.approximate),
    )


@blueprint.get("/routes/<uuid:route_id>.gpx")
@needs(Permission.PLAN_ROUTES)
def gpx(route_id: UUID) -> ResponseReturnValue:
    """Answer with the route for a navigation device."""
    made = _sheet_of(route_id)
    content = write_gpx(made.plan, made.city, context.say).encode()
    return downloads.offer_beside(_table(made), content, "gpx")


@blueprint.get("/routes/<uuid:route_id>.<kind>")
@needs(Permission.PLAN_ROUTES)
def export(route_id: UUID, kind: str) -> ResponseReturnValue:
    """Answer with the sheet as a table; the map draws the same GeoJSON of ways and stops."""
    downloads.check_kind(kind)
    return downloads.offer_table(_table(_sheet_of(route_id)), kind)


@blueprint.post("/routes/<uuid:route_id>/delete")
@needs(Permission.PLAN_ROUTES)
def delete(route_id: UUID) -> ResponseReturnValue:
    """Delete a route and show the list."""
    actions.delete(context.session(), context.viewer(), route_id)
    return redirect(url_for("routes.index"), 303)


def _show_form(form: RouteForm) -> ResponseReturnValue:
    title = context.say(N_("规划巡查路线"))
    return drawer.show("routes/new.html", status=form.status, title=title, form=form)


def _sheet_of(route_id: UUID) -> sheets.Sheet:
    """Return the viewer's route; nobody learns that somebody else's exists."""
    session, city = context.session(), context.city()
    stored = store.load(session, route_id, city.zone)
    if not actions.owns(context.viewer(), stored.user_id):
        raise NotFound(N_("没有这条路线"))
    return sheets.make_sheet(stored, store.facts(session, route_id), city)


def _stop_in_hand(made: sheets.Sheet) -> sheets.SheetLine | None:
    """Return the line of ``stop``; without it the first visit of the day that is not over."""
    stops = [line for line in made.lines if line.row.order is not None]
    asked = request.args.get("stop", "")
    now = context.now()
    by_number = [line for line in stops if str(line.row.order) == asked]
    ahead = [line for line in stops if line.row.leaves > now]
    return next(iter(by_number or ahead or stops[-1:]), None)


def _words(**values: Any) -> Words:
    return Words(context.say, context.language(), **values)


def _table(made: sheets.Sheet) -> Table:
    return sheets.make_table(made, context.language(), context.say)
