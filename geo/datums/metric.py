"""The CRS that a city measures metres and areas in."""

from __future__ import annotations

import geopandas as gpd
from pyproj import Proj

from geo.datums.crs import not_degrees, out_of_range
from geo.errors import DatumError
from geo.texts import N_

_AREAS_WRONG_BY = 0.01


def metric_epsg_for(lon: float, lat: float) -> int:
    """Return the EPSG code of the WGS 84 / UTM zone of a place, for measuring in metres.

    The six-degree grid is taken as it is; the exceptions around Norway are not made.

    Raises
    ------
    DatumError
        The place is out of range or beyond UTM (80° S to 84° N).

    Examples
    --------
    >>> metric_epsg_for(114.06, 22.54)
    32650
    """
    if out_of_range(lon, lat) or not -80 <= lat <= 84:
        raise not_degrees(lon, lat)
    zone = min(int((lon + 180) // 6) + 1, 60)
    return (32600 if lat >= 0 else 32700) + zone


def areas_are_true(lon: float, lat: float, metric_epsg: int) -> bool:
    """Return whether areas around a place are true to 1 % in a projected CRS.

    Examples
    --------
    >>> areas_are_true(114.06, 22.54, 32650), areas_are_true(114.06, 22.54, 32652)
    (True, False)
    """
    scale = float(Proj(f"EPSG:{metric_epsg}").get_factors(lon, lat).areal_scale)
    return abs(scale - 1) <= _AREAS_WRONG_BY  # beyond its reach a projection says infinity


def check_metric_crs(frame: gpd.GeoDataFrame, metric_epsg: int) -> None:
    """Check that areas around ``frame`` are true in the CRS that a city measures in.

    Parameters
    ----------
    frame
        Geometry in WGS 84. Its middle is examined; an empty frame passes.
    metric_epsg
        A projected CRS. A city in its own zone is measured to 0.2 %; two zones away it is
        some per cent, and every density and share of area would be wrong by that.

    Raises
    ------
    DatumError
        Areas are wrong by more than 1 %; the remedy names the CRS to take.
    """
    west, south, east, north = frame.total_bounds
    lon, lat = (west + east) / 2, (south + north) / 2
    if out_of_range(lon, lat):
        return
    if areas_are_true(lon, lat, metric_epsg):
        return
    raise DatumError(
        N_("数据在（{lon:.2f}，{lat:.2f}）附近，本市量算用的 EPSG:{epsg} 在那里不准，面积会有偏差"),
        remedy=N_(
            "如果确是本市的数据，请管理员在城市政策中把量算坐标系改为 {better}，"
            "或执行 portal policy metric-epsg {better} 后再导入"
        ),
        lon=lon,
        lat=lat,
        epsg=metric_epsg,
        better=metric_epsg_for(lon, lat),
    )
