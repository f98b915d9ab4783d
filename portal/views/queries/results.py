"""The spatial query: the same result as a list, on the map and as files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from flask import jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from geo.policy.city import City
from portal.access import Permission
from portal.actions import queries as actions
from portal.as_of import AsOf
from portal.documents import queries as exports
from portal.errors import N_, BadRequest, NotFound
from portal.query import CommunityQuery, check_codes, parse_ring
from portal.scope import Period
from portal.store import firms
from portal.store.places import streets as places
from portal.store.queries import areas
from portal.store.queries import results as queries
from portal.views.maps import drawer
from portal.views.queries import blueprint, way_back
from portal.views.queries.form import QueryForm
from portal.views.queries.listing import Listing, address
from portal.views.queries.sentence import Speaker, describe
from portal.web import context, downloads
from portal.web.guard import needs


@dataclass(frozen=True)
class Asked:
    """What a URL asks for: the query as the viewer may ask it, and what it is measured by."""

    query: CommunityQuery
    period: Period
    as_of: AsOf
    city: City


@blueprint.get("/query")
@needs(Permission.QUERY)
def page() -> ResponseReturnValue:
    """Show the form, and the communities that match."""
    try:
        asked = _asked()
    except (BadRequest, NotFound) as error:
        # An area that is gone is a mistake in the form too.
        field = "area" if isinstance(error, NotFound) else ""
        return _show(QueryForm.read().with_mistake(error, status=422, field=field), None)
    form = QueryForm.read()
    found = queries.find(context.session(), asked.query, asked.period, asked.as_of)
    columns = _columns(asked, form.street_names)
    listing = Listing(
        page=found,
        coverage=_coverage(asked),
        cells=_lines(asked, found, columns),
        columns=columns,
        query=asked.query,
        words=describe(asked.query, _speaker(asked, form.street_names)),
        as_of=asked.as_of,
        period=context.name_period(asked.period),
    )
    listing.paging.or_last()
    return _show(form, listing)


@blueprint.get("/query/matches.json")
@needs(Permission.QUERY)
def matches() -> ResponseReturnValue:
    """Answer with the ids of all located communities that match, which the map highlights."""
    asked = _asked()
    return jsonify(ids=queries.ids(context.session(), asked.query, asked.period, asked.as_of))


@blueprint.post("/query/areas")
@needs(Permission.QUERY)
def keep_area() -> ResponseReturnValue:
    """Keep a drawn area that is too long for a URL; the answer is its key."""
    try:
        ring = parse_ring(request.form.get("area", ""))
        if ring is None:
            raise BadRequest(N_("{field}：没有范围"), remedy=N_("请先画一个范围"), field="area")
    except BadRequest as error:
        raise QueryForm.named(error) from error
    key = actions.store(context.session(), ring, context.viewer().user_id)
    if request.headers.get("X-Requested-With") == "fetch":
        return jsonify(area_key=key)
    return redirect(url_for("queries.page", area_key=key))


@blueprint.get("/query.<kind>")
@needs(Permission.EXPORT)
def export(kind: str) -> ResponseReturnValue:
    """Answer with the whole result as a file: the columns and the order of the screen, all pages."""
    downloads.check_kind(kind)
    asked = _asked()
    found = queries.find(
        context.session(),
        asked.query,
        asked.period,
        asked.as_of,
        every_page=True,
        geometry=kind == "geojson",
    )
    streets = {row.id: row.name for row in places.streets(context.session())}
    columns = _columns(asked, streets)
    table = exports.make_table(
        _lines(asked, found, columns),
        found.rows,
        columns,
        _about(asked, found.total, _coverage(asked), streets),
        asked.city,
        context.language(),
        context.say,
    )
    return downloads.offer_table(table, kind)


def _asked() -> Asked:
    query, city = context.query(), context.city()
    check_codes(
        query,
        (band.code for band in city.scores.bands),
        (category.code for category in city.complaints.categories),
    )
    query = areas.fill(context.session(), query)
    return Asked(query, context.scope().period, context.as_of(), city)


def _show(form: QueryForm, listing: Listing | None) -> ResponseReturnValue:
    origin = way_back.spell(listing.query) if listing else {}
    return drawer.show(
        "queries/page.html",
        status=form.status,
        title=context.say(N_("查询小区")),
        form=form,
        listing=listing,
        origin=origin,
        card=lambda number: url_for("communities.card", number=number, **origin),
    )


def _columns(asked: Asked, streets: Mapping[int, str]) -> tuple[exports.Column, ...]:
    known = bool(streets)
    return exports.columns_of(asked.query, asked.city, asked.as_of, context.language(), streets=known)


def _lines(asked: Asked, found: queries.Matches, columns: Sequence[exports.Column]) -> list[dict[str, Any]]:
    told = (columns, asked.city, asked.as_of, context.language(), context.say)
    return [exports.cells(row, *told) for row in found.rows]


def _coverage(asked: Asked) -> queries.Coverage:
    return queries.coverage(context.session(), asked.query, asked.period, asked.as_of)


def _about(asked: Asked, n: int, coverage: queries.Coverage, streets: Mapping[int, str]) -> exports.About:
    return exports.About(
        words=describe(asked.query, _speaker(asked, streets)),
        period=str(asked.period),
        as_of=asked.as_of,
        made_at=context.now().isoformat(timespec="seconds"),
        n=n,
        untold=coverage.untold,
        elsewhere=coverage.elsewhere,
        address=urljoin(request.host_url, address("queries.page", asked.query)),
    )


def _speaker(asked: Asked, streets: Mapping[int, str]) -> Speaker:
    firm_id = asked.query.firm_id
    firm = None if firm_id is None else firms.name(context.session(), firm_id)
    return Speaker(asked.city, context.language(), context.say, streets, firm)
