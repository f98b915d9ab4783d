"""The base map: imported roads and street boundaries as tiles, a PMTiles file, or Tianditu by proxy."""

from __future__ import annotations

from typing import Any

from flask import Response, request, send_file, url_for
from flask.typing import ResponseReturnValue

from portal.access import Permission
from portal.errors import N_, NotFound
from portal.store.maps import basemap
from portal.terms import Subject
from portal.tianditu import content_type
from portal.views.maps import blueprint
from portal.views.maps.layers import MVT, check_tile
from portal.web import context
from portal.web import freshness as answers
from portal.web.guard import needs

TILES = "/tiles/base/{z}/{x}/{y}.mvt"
SUBJECTS = (Subject.ROADS, Subject.STREETS)
READER = "vendor/protomaps-leaflet/protomaps-leaflet.js"
TIANDITU_MAX_AGE_S = 24 * 3600
# Each style of Tianditu is a picture and its labels.
STYLES = (
    ("vec", N_("矢量"), ("vec", "cva")),
    ("img", N_("影像"), ("img", "cia")),
    ("ter", N_("地形"), ("ter", "cta")),
)


@blueprint.get("/tiles/base/<int:z>/<int:x>/<int:y>.mvt")
@needs(Permission.SEE_MAP)
def road_tile(z: int, x: int, y: int) -> ResponseReturnValue:
    """Answer with one tile of street boundaries and names, and of roads where they are the base map.

    ``roads=1`` asks for them where another base map is down.
    """
    check_tile(z, x, y)
    roads = context.services().config.basemap == "roads" or request.args.get("roads") == "1"
    session = context.session()
    return answers.versioned(
        MVT, SUBJECTS, f"base|{z}/{x}/{y}|{roads}", lambda: basemap.tile(session, z, x, y, with_roads=roads)
    )


@blueprint.get("/basemap.pmtiles")
@needs(Permission.SEE_MAP)
def pmtiles() -> ResponseReturnValue:
    """Answer with the part of the PMTiles file that the browser asks for."""
    config = context.services().config
    if config.basemap != "pmtiles" or config.pmtiles_path is None:
        raise NotFound(N_("没有底图 {name}"), name="pmtiles")
    response = send_file(config.pmtiles_path, "application/vnd.pmtiles", conditional=True)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@blueprint.get("/tiles/tianditu/<layer>/<int:z>/<int:x>/<int:y>")
@needs(Permission.SEE_MAP)
def tianditu(layer: str, z: int, x: int, y: int) -> ResponseReturnValue:
    """Answer with one of Tianditu's tiles; the key stays here."""
    picture = context.services().tianditu.tile(layer, z, x, y)
    response = Response(picture, content_type=content_type(picture))
    response.headers["Cache-Control"] = f"private, max-age={TIANDITU_MAX_AGE_S}"
    return response


def describe() -> dict[str, Any]:
    """Return what the page's modules need to know of the base map."""
    kind = context.services().config.basemap
    styles = STYLES if kind == "tianditu" else ()
    roads = N_("虚构道路") if context.city().fictional else N_("道路 © OpenStreetMap 贡献者")
    credits_of = {
        "roads": context.say(roads),
        "pmtiles": "© OpenStreetMap",
        "tianditu": context.say(N_("底图 © 天地图")),
    }
    return {
        "kind": kind,
        "tiles": TILES,
        "instead": {"tiles": f"{TILES}?roads=1", "attribution": credits_of["roads"]},
        "address": url_for("maps.pmtiles") if kind == "pmtiles" else "",
        "script": url_for("static", filename=READER) if kind == "pmtiles" else "",
        "language": "zh-Hans" if context.language() == "zh" else "en",
        "styles": [{"code": c, "label": context.say(label), "layers": layers} for c, label, layers in styles],
        "attribution": credits_of.get(kind, ""),
    }
