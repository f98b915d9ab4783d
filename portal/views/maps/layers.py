"""Layers as data: GeoJSON, vector tiles and legends, one endpoint each for the whole registry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict

import orjson
from flask import Response, request
from flask.typing import ResponseReturnValue

from portal.access import Permission, require
from portal.errors import N_, BadRequest, NotFound
from portal.layers import LAYERS, Layer
from portal.layers.base import LayerRequest, Legend, TiledLayer
from portal.store.maps import tiles
from portal.terms import Subject
from portal.views.maps import blueprint
from portal.web import context
from portal.web import freshness as answers
from portal.web.guard import needs

GEOJSON = "application/geo+json"
MVT = "application/vnd.mapbox-vector-tile"
JSON = "application/json"


@blueprint.get("/layers/<name>.geojson")
@needs(Permission.SEE_MAP)
def features(name: str) -> ResponseReturnValue:
    """Answer with a layer's features."""
    layer = _layer(name)
    return _answer(layer, GEOJSON, layer.load)


@blueprint.get("/tiles/<name>/<int:z>/<int:x>/<int:y>.mvt")
@needs(Permission.SEE_MAP)
def tile(name: str, z: int, x: int, y: int) -> ResponseReturnValue:
    """Answer with one vector tile of a layer."""
    layer = _layer(name)
    if not isinstance(layer, TiledLayer):
        raise NotFound(N_("图层 {name} 没有切片"), name=name)
    check_tile(z, x, y)
    return _answer(layer, MVT, lambda asked: layer.tile(asked, z, x, y))


@blueprint.get("/layers/<name>/legend.json")
@needs(Permission.SEE_MAP)
def legend(name: str) -> ResponseReturnValue:
    """Answer with how to read a layer, in the viewer's language."""
    layer = _layer(name)
    subjects = layer.legend_subjects or layer.subjects
    return _answer(layer, JSON, lambda asked: orjson.dumps(spoken(layer.legend(asked))), subjects)


def check_tile(z: int, x: int, y: int) -> None:
    """Raise unless there is such a tile.

    Raises
    ------
    BadRequest
        The zoom is too deep, or the column or row lies outside of it.
    """
    if z > tiles.MAX_ZOOM or x >= 2**z or y >= 2**z:
        raise BadRequest(N_("没有切片 {z}/{x}/{y}"), z=z, x=x, y=y)


def asked_of(layer: Layer) -> LayerRequest:
    """Return this request as the layer wants it.

    Raises
    ------
    BadRequest
        The scope or the measure cannot be read.
    """
    measure = layer.parse_measure(request.args.get("measure", ""))
    return LayerRequest(context.session(), context.scope(), context.viewer(), context.city(), measure)


def spoken(legend: Legend) -> dict[str, object]:
    """Return a legend as the page's modules read it, in the viewer's language."""
    said = asdict(legend)
    for field in ("title", "unit", "note", "source"):
        if said[field]:
            said[field] = context.say(said[field], **legend.params)
    if legend.period:
        said["period"] = context.name_period(legend.period)
    for entry in said["classes"]:
        params, english = entry.pop("params"), entry.pop("label_en")
        if english and context.language() == "en":
            entry["label"] = english
        elif not english:
            entry["label"] = context.say(entry["label"], **params)
    del said["params"]
    return said


def _answer(
    layer: Layer,
    content_type: str,
    make: Callable[[LayerRequest], bytes],
    subjects: Sequence[Subject] = (),
) -> Response:
    asked = asked_of(layer)
    whose = asked.viewer.details_key
    if layer.personal:
        whose = f"{asked.viewer.user_id} {context.today()}"
    key = "|".join((request.path, asked.scope.key, asked.measure, whose))
    return answers.versioned(content_type, subjects or layer.subjects, key, lambda: make(asked))


def _layer(name: str) -> Layer:
    if name not in LAYERS:
        raise NotFound(N_("没有图层 {name}"), name=name)
    require(context.viewer(), LAYERS[name].permission)
    return LAYERS[name]
