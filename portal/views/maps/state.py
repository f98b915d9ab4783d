"""What the map page's modules are told when the page is made, as JSON in the page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import orjson
from flask import request

from portal.as_of import Why
from portal.community_names import UNNAMED
from portal.errors import N_
from portal.labels import category_name
from portal.layers import LAYERS, Layer
from portal.scope import Scope
from portal.store.maps import tiles
from portal.store.places import streets as places
from portal.store.places.streets import Extents
from portal.store.scores import periods
from portal.terms import Subject
from portal.views.maps import basemap, layers
from portal.web import context

# What covers the window around what shows first (rail or tabs, bar, legend, buttons, the margin of fit.js),
# as left, top, right, bottom; see app.css. No more than a guess hangs on it: which tiles are asked for first.
MARGINS_PX = {"desk": (76 + 262 + 20, 56 + 20, 54 + 20, 40), "phone": (20, 104 + 54 + 20, 20, 58 + 86 + 20)}
# Texts that the modules show; {placeholders} are theirs.
TEXTS = {
    "map": N_("地图"),
    "theme": N_("专题"),
    "overlays": N_("叠加"),
    "basemap": N_("底图"),
    "measure": N_("口径"),
    "unnamed": UNNAMED,
    "data_of": N_("数据改动于 {time}"),
    "not_loaded": N_("部分数据没有加载，请稍后再试"),
    "typed_left": N_("刚才填写的内容没有发送；用浏览器的后退、前进回到那一页可以找回"),
    "login_again": N_("登录已过期，请刷新页面重新登录"),
    "basemap_silent": N_("天地图暂时没有应答，先显示道路底图"),
    "no_position": N_("没有取得您的位置：请允许浏览器定位，定位需要 HTTPS"),
}


def current() -> dict[str, Any]:
    """Return the page's state; made anew only when data, language, viewer or what is asked for differ."""
    scope, viewer, kept = context.scope(), context.viewer(), context.services().answers
    day = context.chosen_day()
    asked = (scope.key, str(day or ""), request.args.get("layer", ""), request.args.get("measure", ""))
    seen_by = (viewer.role, viewer.details_key, context.language())
    key = "|".join(("state", *asked, *seen_by, str(context.today()), context.version_tag(*Subject)))
    found = kept.get(key)
    if found is None:
        found = orjson.dumps(_describe(scope, places.extents(context.session(), viewer.street_id)))
        kept.put(key, found)
    state: dict[str, Any] = orjson.loads(found)
    return state


def _describe(scope: Scope, extents: Extents) -> dict[str, Any]:
    """Return what may be chosen, what is chosen, and the legend of what is shown first."""
    asked = context.session(), context.last_quarter(), context.city().zone
    known = periods.known(*asked)
    offered = known if scope.period in known else sorted({scope.period, *known}, key=str, reverse=True)
    return {
        "bounds": extents.shown,
        "city": extents.city,
        "own_street": [] if context.viewer().street_id is None else [context.viewer().street_id],
        "extent": extents.data,
        "empty": extents.data == places.WORLD,
        "period": str(scope.period),
        "default_period": str(periods.newest(*asked)),
        "as_of": _as_of(),
        "periods": [{"code": str(period), "label": context.name_period(period)} for period in offered],
        "category": scope.category or "",
        "categories": _categories(),
        "layer": next(layer.name for layer in LAYERS.values() if layer.thematic and layer.shown),
        "layers": [_layer(item) for item in LAYERS.values() if context.viewer().may(item.permission)],
        "legends": _first_legend(scope),
        "basemap": basemap.describe(),
        "first_tiles": _first_tiles(scope),
        "margins": MARGINS_PX,
        "tile_levels": tiles.LEVELS,
        "deepest_tile": tiles.DEEPEST,
        "texts": {key: context.say(text) for key, text in TEXTS.items()},
    }


def _as_of() -> dict[str, Any]:
    """Return the day to which everything is counted, why it is this one, and how far the data reach."""
    as_of = context.as_of()
    return {
        "day": as_of.day.isoformat(),
        "today": context.today().isoformat(),
        "chosen": as_of.why is Why.CHOSEN,
        "words": context.say(as_of.words),
        "explanation": context.say(as_of.explanation),
        "reach": [context.say(line) for line in as_of.reach],
    }


def _categories() -> list[dict[str, str]]:
    city, language = context.city(), context.language()
    return [
        {"code": c.code, "label": category_name(c.code, city, language)} for c in city.complaints.categories
    ]


def _layer(layer: Layer) -> dict[str, Any]:
    return {
        "name": layer.name,
        "title": context.say(layer.title),
        "tiled": layer.tiled,
        "thematic": layer.thematic,
        "shown": layer.shown,
        "beneath": layer.beneath,
        "scoped_by": layer.scoped_by,
        "measures": [{"code": m.code, "label": context.say(m.label)} for m in layer.measures],
        "class_property": layer.class_property,
        "value_property": layer.value_property,
        "address": layer.address,
    }


def _first_legend(scope: Scope) -> dict[str, Any]:
    """Return the legend of the layer shown first, under the address where the page would fetch it."""
    layer = _first_layer()
    return {
        _address(layer, scope, f"/layers/{layer.name}/legend.json"): layers.spoken(
            layer.legend(layers.asked_of(layer))
        )
    }


def _first_tiles(scope: Scope) -> list[str]:
    """Return the addresses of the tiles that the map draws first, with {z}, {x} and {y}."""
    found = [basemap.TILES]
    for layer in {_first_layer().name: _first_layer(), "communities": LAYERS["communities"]}.values():
        if layer.tiled:
            found.append(_address(layer, scope, f"/tiles/{layer.name}/{{z}}/{{x}}/{{y}}.mvt"))
    return found


def _first_layer() -> Layer:
    found = LAYERS.get(request.args.get("layer", ""))
    if found is not None and found.thematic:
        return found
    return next(layer for layer in LAYERS.values() if layer.thematic and layer.shown)


def _address(layer: Layer, scope: Scope, path: str) -> str:
    """Return ``path`` with the arguments that the page gives the layer."""
    arguments = {"period": str(scope.period), "category": scope.category}
    named = {key: arguments[key] for key in layer.scoped_by if arguments.get(key)}
    if layer.measures:
        named["measure"] = layers.asked_of(layer).measure
    return path + (f"?{urlencode(named)}" if named else "")
