"""Density of complaints: a smoothed surface in quantile classes. It says nothing of significance."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar

import geopandas as gpd
import numpy as np
import orjson
import shapely
from numpy.typing import NDArray

from geo.complaints.density import estimate_density
from geo.policy.complaints import DensityPolicy
from portal.errors import N_
from portal.layers.base import Layer, LayerRequest, Legend, LegendClass
from portal.layers.ramps import PURPLES, digits_apart, pick
from portal.store import data_versions
from portal.store.complaints import figures as complaints
from portal.terms import Subject

GRID_DEGREES = 1e-5  # about a metre
OWN_STREET = N_("密度，非显著性。只含本街道定位到点或小区的投诉")
WHOLE_CITY = N_("密度，非显著性。只含定位到点或小区的投诉")
OWN_STREET_PARTLY = N_("密度，非显著性。只含本街道定位到点或小区的投诉；另有 {elsewhere} 件未定位，不在图上")
WHOLE_CITY_PARTLY = N_("密度，非显著性。只含定位到点或小区的投诉；另有 {elsewhere} 件未定位，不在图上")


class Density(Layer):
    """Complaints per km² whose point or community is known, about property service; no enquiry, no repeat."""

    name: ClassVar[str] = "density"
    title: ClassVar[str] = N_("投诉密度（非显著性）")
    subjects: ClassVar[tuple[Subject, ...]] = (Subject.COMPLAINTS, Subject.COMMUNITIES)
    thematic: ClassVar[bool] = True
    beneath: ClassVar[bool] = True

    def load(self, request: LayerRequest) -> bytes:
        """Return one MultiPolygon a class: class, low and high in complaints per km²."""
        areas = _estimate(request)[0]
        shapes = shapely.set_precision(areas.geometry.to_numpy(), GRID_DEGREES)
        features = [
            {
                "type": "Feature",
                "id": int(row["class"]),
                "geometry": orjson.Fragment(shapely.to_geojson(shape)),
                "properties": {"class": str(row["class"]), "low": row["low"], "high": row["high"]},
            }
            for row, shape in zip(areas.drop(columns="geometry").to_dict("records"), shapes, strict=True)
        ]
        return orjson.dumps({"type": "FeatureCollection", "features": features})

    def legend(self, request: LayerRequest) -> Legend:
        """Return the classes with their limits, and how many complaints went into the surface."""
        areas, n = _estimate(request)
        street_id = request.viewer.street_id
        zone = request.city.zone
        elsewhere = complaints.total(request.session, request.scope, zone, street_id) - n
        colours = pick(PURPLES, max(len(areas), 1))
        digits = digits_apart([*areas["low"], *areas["high"]], least=1)
        classes = tuple(
            LegendClass(str(number), f"{low:,.{digits}f} – {high:,.{digits}f}", colour)
            for number, low, high, colour in zip(
                areas["class"], areas["low"], areas["high"], colours, strict=False
            )
        )
        return Legend(
            N_("投诉密度"),
            classes,
            unit=N_("件/km²"),
            period=str(request.scope.period),
            n=n,
            note=_note(street_id, elsewhere),
            source=N_("来源：投诉工单，物业事项，咨询与重复件不计"),
            changed_at=data_versions.changed_at(request.session, self.subjects),
            digits=digits,
            params={"elsewhere": f"{elsewhere:,}"},
        )


def _note(street_id: int | None, elsewhere: int) -> str:
    if street_id is None:
        return WHOLE_CITY_PARTLY if elsewhere else WHOLE_CITY
    return OWN_STREET_PARTLY if elsewhere else OWN_STREET


def _estimate(request: LayerRequest) -> tuple[gpd.GeoDataFrame, int]:
    """Return the areas and the number of complaints."""
    city = request.city
    points = complaints.located_points(
        request.session,
        request.scope,
        city.zone,
        request.viewer.street_id,
        city.metric_epsg,
    )
    return _areas(points.tobytes(), city.complaints.density, city.metric_epsg), int(points[:, 2].sum())


@lru_cache(maxsize=8)
def _areas(points: bytes, policy: DensityPolicy, epsg: int) -> gpd.GeoDataFrame:
    """Kept for the legend, which the map asks for beside the areas."""
    table: NDArray[np.float64] = np.frombuffer(points, dtype=np.float64).reshape(-1, 3)
    return estimate_density(table, policy, epsg)
