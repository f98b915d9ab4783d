"""The search that finds communities, streets and firms by what they are called."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request, url_for
from flask.typing import ResponseReturnValue

from portal.access import Permission
from portal.errors import N_
from portal.store.queries import search
from portal.views.queries import blueprint
from portal.web import context
from portal.web.forms import MOST_CHARACTERS
from portal.web.guard import needs

ENDPOINTS = {"community": "communities.card", "street": "places.street", "firm": "firms.card"}


@blueprint.get("/search.json")
@needs(Permission.SEE_MAP)
def find() -> ResponseReturnValue:
    """Answer with communities, streets and firms called ``q``."""
    text = request.args.get("q", "").strip()[:MOST_CHARACTERS]
    viewer = context.viewer()
    found = search.find(context.session(), text, context.as_of().served_on, viewer.street_id) if text else []
    message = (
        context.say(N_("共 {n} 条结果"), n=len(found))
        if found
        else context.say(N_("没有找到“{text}”：可输入小区名、拼音首字母、街道或企业名"), text=text)
    )
    return jsonify(results=[_result(match) for match in found], message=message)


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
