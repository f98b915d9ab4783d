"""Layers as data: GeoJSON, vector tiles and legends, one endpoint each for the whole registry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from hashlib import blake2b

import orjson
from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from portal.access import Permission
from portal.errors import N_, BadRequest, NotFound
from portal.layers import LAYERS, Layer
from portal.layers.base import LayerRequest, Legend, TiledLayer
from portal.store import tiles
from portal.views import context
from portal.views.guard import needs

blueprint = Blueprint("layers", __name__)

GEOJSON = "application/geo+json"
MVT = "application/vnd.mapbox-vector-tile"


@blueprint.get("/layers/<name>.geojson")
@needs(Permission.SEE_MAP)
def features(name: str) -> ResponseReturnValue:
    """Answer with a layer's features."""
    layer = _layer(name)
    return cached(layer, GEOJSON, lambda asked: layer.load(asked))


@blueprint.get("/tiles/<name>/<int:z>/<int:x>/<int:y>.mvt")
@needs(Permission.SEE_MAP)
def tile(name: str, z: int, x: int, y: int) -> ResponseReturnValue:
    """Answer with one vector tile of a layer."""
    layer = _layer(name)
    if not isinstance(layer, TiledLayer):
        raise NotFound(N_("图层 {name} 没有切片"), name=name)
    check_tile(z, x, y)
    return cached(layer, MVT, lambda asked: layer.tile(asked, z, x, y))


@blueprint.get("/layers/<name>/legend.json")
@needs(Permission.SEE_MAP)
def legend(name: str) -> ResponseReturnValue:
    """Answer with how to read a layer, in the viewer's language."""
    layer = _layer(name)
    return cached(layer, "application/json", lambda asked: orjson.dumps(_spoken(layer.legend(asked))))


def check_tile(z: int, x: int, y: int) -> None:
    """Raise unless there is such a tile.

    Raises
    ------
    BadRequest
        The zoom is too deep, or the column or row lies outside of it.
    """
    if z > tiles.MAX_ZOOM or x >= 2**z or y >= 2**z:
        raise BadRequest(N_("没有切片 {z}/{x}/{y}"), z=z, x=x, y=y)


def cached(layer: Layer, content_type: str, make: Callable[[LayerRequest], bytes]) -> Response:
    """Answer with ``make``'s bytes, or 304 where the browser has this version for this viewer and scope."""
    viewer, scope = context.viewer(), context.scope()
    asked = LayerRequest(context.session(), scope, viewer, context.city())
    key = "|".join(
        (
            request.full_path,
            scope.key,
            viewer.details_key,
            str(viewer.user_id) if layer.personal else "",
            context.version_tag(*layer.subjects),
            context.language(),
        )
    )
    etag = blake2b(key.encode(), digest_size=12).hexdigest()
    response = Response(content_type=content_type)
    response.set_etag(etag)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Cookie, Accept-Encoding"
    if etag in request.if_none_match:
        response.status_code = 304
        return response
    response.set_data(make(asked))
    return response


def _layer(name: str) -> Layer:
    if name not in LAYERS:
        raise NotFound(N_("没有图层 {name}"), name=name)
    return LAYERS[name]


def _spoken(legend: Legend) -> dict[str, object]:
    spoken = asdict(legend)
    for field in ("title", "unit", "note", "source"):
        if spoken[field]:
            spoken[field] = context.say(spoken[field], **legend.params)
    for entry in spoken["classes"]:
        entry["label"] = context.say(entry["label"])
    del spoken["params"]
    return spoken
