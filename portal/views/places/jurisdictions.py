"""Gaps and overlaps between streets (街道), computed on request and kept until an outline changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from flask import Response
from flask.typing import ResponseReturnValue

from geo.outlines.jurisdictions import gaps_and_overlaps
from portal.access import Permission
from portal.errors import N_
from portal.store.places import territory
from portal.terms import Subject
from portal.views.maps import drawer
from portal.views.places import blueprint
from portal.web import context
from portal.web import freshness as answers
from portal.web.guard import needs

GEOJSON = "application/geo+json"
DECIMALS = 6


@dataclass(frozen=True)
class Fault:
    """A gap or an overlap: its number on the page, area in m², streets concerned by id, and where it is."""

    number: int
    kind: str
    area_m2: float
    streets: dict[str, str]
    lon: float
    lat: float
    geometry: dict[str, Any]


@blueprint.get("/data/jurisdictions")
@needs(Permission.SEE_QUEUES)
def jurisdictions() -> ResponseReturnValue:
    """List the gaps and overlaps, largest first; the map shows where they are."""
    return drawer.show(
        "places/jurisdictions.html",
        title=context.say(N_("街道边界")),
        faults=find(),
        shapes=context.city().shapes,
    )


@blueprint.get("/data/jurisdictions.geojson")
@needs(Permission.SEE_QUEUES)
def jurisdiction_faults() -> Response:
    """Answer with the same gaps and overlaps as shapes."""
    key = f"/data/jurisdictions.geojson|{context.viewer().details_key}"
    return answers.versioned(GEOJSON, [Subject.STREETS], key, lambda: orjson.dumps(_collection(find())))


def find() -> list[Fault]:
    """Return the gaps and overlaps that concern the streets the viewer sees details of."""
    own = context.viewer().street_id
    return [fault for fault in _all() if own is None or str(own) in fault.streets]


def _all() -> list[Fault]:
    """Return every gap and overlap of the city; computed once for each version of streets and policy."""
    cache, city = context.services().answers, context.city()
    key = f"jurisdictions|{context.version_tag(Subject.STREETS)}|{city.metric_epsg}|{city.shapes}"
    kept = cache.get(key)
    if kept is None:
        kept = orjson.dumps(_compute())
        cache.put(key, kept)
    return [Fault(**row) for row in orjson.loads(kept)]


def _compute() -> list[dict[str, Any]]:
    outlines, names = territory.by_id(context.session())
    found = gaps_and_overlaps(outlines, context.city())
    at = found.geometry.representative_point()
    return [
        {
            "number": number,
            "kind": kind,
            "area_m2": float(area_m2),
            "streets": {key: names[key] for key in keys},
            "lon": round(lon, DECIMALS),
            "lat": round(lat, DECIMALS),
            "geometry": shape.__geo_interface__,
        }
        for number, (kind, area_m2, keys, lon, lat, shape) in enumerate(
            zip(found["kind"], found["area_m2"], found["streets"], at.x, at.y, found.geometry, strict=True),
            start=1,
        )
    ]


def _collection(faults: list[Fault]) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": fault.number,
                "geometry": fault.geometry,
                "properties": {
                    "kind": fault.kind,
                    "area_m2": fault.area_m2,
                    "streets": list(fault.streets.values()),
                },
            }
            for fault in faults
        ],
    }
