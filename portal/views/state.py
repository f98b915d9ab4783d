"""What the map page's modules are told when the page is made, as JSON in the page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import request

from portal.errors import N_
from portal.exports import category_name
from portal.layers import LAYERS, Layer
from portal.scope import Period, Scope
from portal.store import scores, tiles
from portal.views import basemap, context, layers

# Texts that the modules show; {placeholders} are theirs.
TEXTS = {
    "map": N_("地图"),
    "theme": N_("专题"),
    "overlays": N_("叠加"),
    "basemap": N_("底图"),
    "measure": N_("口径"),
    "unnamed": N_("未命名小区"),
    "data_of": N_("数据时间 {time}"),
    "not_loaded": N_("部分数据没有加载，请稍后再试"),
    "login_again": N_("登录已过期，请刷新页面重新登录"),
    "no_position": N_("没有取得您的位置：请允许浏览器定位，定位需要 HTTPS"),
}


def describe(bounds: tuple[float, float, float, float]) -> dict[str, Any]:
    """Return the page's state: what may be chosen, what is chosen, the legend of what is shown first."""
    scope = context.scope()
    known = scores.periods(context.session())
    periods = known if scope.period in known else [scope.period, *known]
    return {
        "bounds": bounds,
        "period": str(scope.period),
        "default_period": str(known[0] if known else scope.period),
        "periods": [{"code": str(period), "label": name_period(period)} for period in periods],
        "category": scope.category or "",
        "categories": _categories(),
        "layer": next(layer.name for layer in LAYERS.values() if layer.thematic and layer.shown),
        "layers": [_layer(item) for item in LAYERS.values() if context.viewer().may(item.permission)],
        "legends": _first_legend(scope),
        "basemap": basemap.describe(),
        "tile_levels": tiles.LEVELS,
        "deepest_tile": tiles.DEEPEST,
        "texts": {key: context.say(text) for key, text in TEXTS.items()},
    }


def name_period(period: Period) -> str:
    """Return a quarter as people call it: 2025年第3季度, 2025 Q3."""
    return context.say(N_("{year}年第{quarter}季度"), year=period.year, quarter=period.quarter)


def _categories() -> list[dict[str, str]]:
    city, language = context.city(), context.language()
    return [{"code": c.code, "label": category_name(c.code, city, language)} for c in city.categories]


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
    name = request.args.get("layer", "")
    layer = LAYERS.get(name) or next(item for item in LAYERS.values() if item.thematic and item.shown)
    asked = layers.asked_of(layer)
    arguments = {"period": str(scope.period), "category": scope.category}
    named = {key: arguments[key] for key in layer.scoped_by if arguments.get(key)}
    if layer.measures:
        named["measure"] = asked.measure
    address = f"/layers/{layer.name}/legend.json" + (f"?{urlencode(named)}" if named else "")
    return {address: layers.spoken(layer.legend(asked))}
