"""The CRS to measure in: which zone, and how far it reaches."""

from __future__ import annotations

import math

import geopandas as gpd
import pytest
import shapely
from pyproj import Geod

from geo.datums.metric import check_metric_crs, metric_epsg_for
from geo.errors import DatumError


@pytest.mark.parametrize(
    ("lon", "lat", "epsg"),
    [
        (113.9, 22.5, 32649),
        (114.06, 22.54, 32650),
        (-122.4, 37.8, 32610),
        (151.2, -33.9, 32756),
        (180, 0, 32660),
        (-180, 0, 32601),
        (114.06, 84, 32650),
        (114.06, -80, 32750),
    ],
)
def test_utm_zone(lon: float, lat: float, epsg: int) -> None:
    assert metric_epsg_for(lon, lat) == epsg


def square_at(lon: float, lat: float) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=[shapely.box(lon - 0.1, lat - 0.1, lon + 0.1, lat + 0.1)], crs=4326)


@pytest.mark.parametrize(
    ("lon", "lat", "epsg"),
    [(114.06, 22.54, 32650), (113.8, 22.5, 32650), (121.5, 31.2, 32650), (114.06, 22.54, 4547)],
)
def test_a_city_may_measure_in_its_own_zone_or_the_next(lon: float, lat: float, epsg: int) -> None:
    square = square_at(lon, lat)
    check_metric_crs(square, epsg)
    true_m2 = square.geometry.map(lambda shape: abs(Geod(ellps="WGS84").geometry_area_perimeter(shape)[0]))
    assert square.to_crs(epsg).area.iloc[0] == pytest.approx(true_m2.iloc[0], rel=0.01)


@pytest.mark.parametrize(
    ("lon", "lat", "better"),
    [(104.07, 30.67, "32648"), (126.6, 45.8, "32652"), (-122.4, 37.8, "32610")],
)
def test_a_zone_too_far_away_is_refused(lon: float, lat: float, better: str) -> None:
    with pytest.raises(DatumError, match="EPSG:32650") as caught:
        check_metric_crs(square_at(lon, lat), 32650)
    assert f"metric-epsg {better} " in caught.value.remedy
    check_metric_crs(square_at(lon, lat), int(better))


def test_nothing_is_nowhere() -> None:
    check_metric_crs(gpd.GeoDataFrame(geometry=[], crs=4326), 32650)


@pytest.mark.parametrize("place", [(math.nan, 22.0), (114.0, 85.0), (114.0, -81.0), (190.0, 0.0)])
def test_no_utm_zone(place: tuple[float, float]) -> None:
    with pytest.raises(DatumError):
        metric_epsg_for(*place)
