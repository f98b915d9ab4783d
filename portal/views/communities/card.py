"""Communities, streets and firms in the drawer, and the search that finds them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from portal.access import Permission
from portal.documents.queries import band_name, category_name, kind_name
from portal.errors import N_, NotFound
from portal.layers.base import LayerRequest
from portal.layers.streets import tell
from portal.store.communities import counts as community_counts
from portal.store.communities import lists as community_lists
from portal.store.places import streets as places
from portal.store.queries import results as queries
from portal.store.queries import search
from portal.views.communities import card_facts as community_card
from portal.views.maps import drawer
from portal.web import charts, context
from portal.web.guard import needs

blueprint = Blueprint("communities", __name__)

MAX_QUERY = 60
ENDPOINTS = {"community": "communities.card", "street": "communities.street", "firm": "communities.firm"}


@blueprint.get("/communities/<int:number>")
@needs(Permission.SEE_MAP)
def card(number: int) -> ResponseReturnValue:
    """Show a community's card."""
    scope, viewer = context.scope(), context.viewer()
    found = community_card.gather(context.session(), number, scope, viewer, context.city(), context.today())
    months = found.details.months if found.details else []
    numbers = [month.n for month in months]
    return _show(
        "communities/card.html",
        title=context.community_name(found.head.name, found.head.key),
        head=found.head,
        details=found.details,
        bars=charts.bars(numbers) if any(numbers) else [],
        monthly=[context.say(N_("未知")) if n is None else n for n in numbers],
        scope=scope,
    )


@blueprint.get("/streets")
@needs(Permission.SEE_MAP)
def streets() -> ResponseReturnValue:
    """Show the list of streets: what the map shows, as a list."""
    session = context.session()
    return _show(
        "communities/streets.html",
        title=context.say(N_("各街道")),
        lines=places.street_lines(session),
        count=community_counts.count(session),
    )


@blueprint.get("/streets/<int:number>")
@needs(Permission.SEE_MAP)
def street(number: int) -> ResponseReturnValue:
    """Show a street with its communities, those without a place on the map apart."""
    session, period = context.session(), context.scope().period
    head = places.street(session, number)
    rows = community_lists.of_street(session, period, street_id=number)
    asked = LayerRequest(session, context.scope(), context.viewer(), context.city(), "count")
    told = tell(asked, number)
    return _show(
        "communities/street.html",
        scope=asked.scope,
        complaints=told,
        rate=tell(replace(asked, measure="per_1000_households"), number) if told.value is not None else None,
        title=head.name,
        head=head,
        count=community_counts.count(session, frozenset({number})),
        located=[row for row in rows if row.located],
        unlocated=[row for row in rows if not row.located],
    )


@blueprint.get("/firms/<int:number>")
@needs(Permission.SEE_MAP)
def firm(number: int) -> ResponseReturnValue:
    """Show a firm with the communities that it serves today and the viewer may see contracts of."""
    session, viewer = context.session(), context.viewer()
    name = queries.firm_name(session, number)
    if name is None:
        raise NotFound(N_("没有这家企业"))
    rows = community_lists.of_firm(
        session,
        context.scope().period,
        context.today(),
        firm_id=number,
        details_street_id=viewer.street_id,
    )
    return _show("communities/firm.html", title=name, name=name, rows=rows)


@blueprint.get("/search.json")
@needs(Permission.SEE_MAP)
def find() -> ResponseReturnValue:
    """Answer with communities, streets and firms called ``q``."""
    text = request.args.get("q", "").strip()[:MAX_QUERY]
    viewer = context.viewer()
    found = search.find(context.session(), text, context.today(), viewer.street_id) if text else []
    message = (
        context.say(N_("共 {n} 条结果"), n=len(found))
        if found
        else context.say(N_("没有找到“{text}”：可输入小区名、拼音首字母、街道或企业名"), text=text)
    )
    return jsonify(results=[_result(match) for match in found], message=message)


def _show(template: str, **values: Any) -> ResponseReturnValue:
    city, language = context.city(), context.language()
    return drawer.show(
        template,
        band_name=lambda code: band_name(code, city, language, context.say),
        category_name=lambda code: category_name(code, city, language),
        kind_name=lambda kind: kind_name(kind, context.say),
        name_period=context.name_period,
        period=context.scope().period,
        **values,
    )


def _result(match: search.Match) -> dict[str, Any]:
    located = match.lon is not None and match.lat is not None
    hints = [match.matched, match.district, match.street]
    if match.kind == "community" and not located:
        hints.append(context.say(N_("未定位")))
    if match.kind == "street":
        hints.append(context.say(N_("街道")))
    if match.kind == "firm":
        hints.append(context.say(N_("物业服务企业")))
    return {
        "kind": match.kind,
        "name": context.community_name(match.name, match.key),
        "hint": " · ".join(hint for hint in hints if hint),
        "indent": match.firm_id is not None,
        "at": [match.lon, match.lat] if located else None,
        "zoom": 13 if match.kind == "street" else 16,
        "href": url_for(ENDPOINTS[match.kind], number=match.id),
    }
