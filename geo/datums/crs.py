"""Datums in use in China, and the shifts between them.

GPS gives WGS 84; Tianditu is CGCS2000 (EPSG:4490), which agrees with WGS 84 to
some decimetres and is treated as the same here; Amap and Tencent use GCJ-02;
Baidu uses BD-09, a second shift on top of GCJ-02. Neither shift has an official
publication nor an EPSG code.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.datums.shifts import Degrees, bd09_of_gcj02, gcj02_of_bd09, gcj02_of_wgs84, wgs84_of_gcj02
from geo.errors import DatumError
from geo.texts import N_, Phrase

WGS84_EPSG = 4326
CGCS2000_EPSG = 4490
_IN_DEGREES = N_("坐标请写成以度为单位的经度、纬度；位置不明的请留空")
_SWAPPED = N_("经度和纬度看起来颠倒了，请对调")


class Datum(StrEnum):
    """A geodetic datum that coordinates of a Chinese city may be in."""

    WGS84 = "wgs84"
    CGCS2000 = "cgcs2000"
    GCJ02 = "gcj02"
    BD09 = "bd09"

    @property
    def label(self) -> Phrase:
        """Name, and who uses it."""
        return _LABELS[self]

    @property
    def short(self) -> str:
        """The name alone, the same in every language."""
        return self.label.partition("（")[0]

    @property
    def coincident(self) -> Datum:
        """The datum whose coordinates are the same for this use: WGS 84 for CGCS2000, else itself."""
        return Datum.WGS84 if self is Datum.CGCS2000 else self


_LABELS = {
    Datum.WGS84: Phrase(N_("WGS 84（GPS）")),
    Datum.CGCS2000: Phrase(N_("CGCS2000（天地图）")),
    Datum.GCJ02: Phrase(N_("GCJ-02（高德、腾讯）")),
    Datum.BD09: Phrase(N_("BD-09（百度）")),
}
_SPELLINGS = {
    Datum.WGS84: ("wgs84", "wgs", "gps", "4326", "epsg4326", "世界大地坐标系"),
    Datum.CGCS2000: (
        "cgcs2000",
        "cgcs",
        "4490",
        "epsg4490",
        "tianditu",
        "天地图",
        "国家2000",
        "国家大地2000",
        "2000国家大地坐标系",
    ),
    Datum.GCJ02: ("gcj02", "gcj", "amap", "tencent", "火星坐标", "火星坐标系", "国测局", "高德", "腾讯"),
    Datum.BD09: ("bd09", "bd09ll", "bd", "baidu", "百度", "百度坐标", "百度坐标系"),
}
_DATUM_OF = {spelling: datum for datum, spellings in _SPELLINGS.items() for spelling in spellings}
# How many shifts lie between WGS 84 and the datum.
_DEPTH = {Datum.WGS84: 0, Datum.CGCS2000: 0, Datum.GCJ02: 1, Datum.BD09: 2}


def parse_datum(text: str) -> Datum:
    """Return the datum that a person means by ``text``.

    Case, spaces, hyphens and full-width forms do not matter.

    Raises
    ------
    DatumError
        The spelling is unknown.

    Examples
    --------
    >>> parse_datum("GCJ-02"), parse_datum("EPSG:4490"), parse_datum("百度坐标")
    (<Datum.GCJ02: 'gcj02'>, <Datum.CGCS2000: 'cgcs2000'>, <Datum.BD09: 'bd09'>)
    """
    key = re.sub(r"[\s\-_:：.]", "", unicodedata.normalize("NFKC", text)).casefold()
    if key not in _DATUM_OF:
        known = [datum.value for datum in Datum]
        raise DatumError(N_("不认识坐标基准“{text}”"), remedy=N_("可选：{known}"), text=text, known=known)
    return _DATUM_OF[key]


def convert(
    lon: ArrayLike, lat: ArrayLike, source: Datum, target: Datum = Datum.WGS84
) -> tuple[Degrees, Degrees]:
    """Convert coordinates from one datum to another.

    Parameters
    ----------
    lon, lat
        Degrees in ``source``; numbers or arrays of the same shape.
    source, target
        Datums.

    Returns
    -------
    tuple of numpy.ndarray
        Longitude and latitude in ``target``, in degrees and the shape given.
        Converting there and back returns the input to within 1e-9 degrees
        (see `geo.datums.shifts` for the formulas, their source and their limits).

    Raises
    ------
    DatumError
        A coordinate is not a number or out of range; the message gives the first.

    Examples
    --------
    >>> lon, lat = convert(116.404, 39.915, Datum.WGS84, Datum.GCJ02)
    >>> print(f"{lon:.6f} {lat:.6f}")
    116.410244 39.916404
    """
    x, y = np.broadcast_arrays(np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64))
    wrong = np.flatnonzero(out_of_range(x, y))
    if wrong.size:
        first = wrong[0]
        raise not_degrees(x.flat[first], y.flat[first])
    out_x, out_y = _shift(x.ravel(), y.ravel(), source, target)
    return out_x.reshape(x.shape), out_y.reshape(x.shape)


def convert_geometries(
    geometries: ArrayLike, source: Datum, target: Datum = Datum.WGS84
) -> NDArray[np.object_]:
    """Convert shapely geometries vertex by vertex; see `convert`.

    Missing and empty geometries stay as they are; heights are dropped.

    Raises
    ------
    DatumError
        A vertex is not a number or out of range.
    """

    def move(lonlat: Degrees) -> Degrees:
        return np.column_stack(convert(lonlat[:, 0], lonlat[:, 1], source, target))

    return np.asarray(shapely.transform(np.asarray(geometries, dtype=object), move), dtype=object)


def to_wgs84(frame: gpd.GeoDataFrame, datum: Datum) -> gpd.GeoDataFrame:
    """Return a copy of ``frame`` in WGS 84 (EPSG:4326).

    Parameters
    ----------
    frame
        Any geometry. Its CRS is honoured first (a projected frame is brought to
        degrees); without a CRS, coordinates are taken as lon, lat in degrees.
        EPSG:4490 counts as EPSG:4326.
    datum
        The datum that the degrees are really in, whatever the CRS says.

    Raises
    ------
    DatumError
        A coordinate is not a number or out of range; the message names the row.
    """
    degrees = to_degrees(frame)
    faults = coordinate_faults(degrees)
    if len(faults):
        lon, lat = faults.iloc[0]
        raise DatumError(
            N_("第 {row} 行的坐标（{lon}，{lat}）不是经度和纬度"),
            remedy=_remedy_for(lon, lat),
            row=faults.index[0],
            lon=f"{lon:g}",
            lat=f"{lat:g}",
        )
    moved = convert_geometries(degrees.geometry.to_numpy(), datum)
    return degrees.set_geometry(gpd.GeoSeries(moved, index=degrees.index, crs=WGS84_EPSG))


def to_degrees(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return ``frame`` as lon, lat in degrees, labelled EPSG:4326, its datum left as it is."""
    if frame.crs is None or frame.crs.to_epsg() == CGCS2000_EPSG:
        return frame.set_crs(WGS84_EPSG, allow_override=True)
    return frame.to_crs(WGS84_EPSG)


def coordinate_faults(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the first coordinate of each row that is not a number or out of range.

    Parameters
    ----------
    frame
        Geometry in degrees.

    Returns
    -------
    pandas.DataFrame
        ``lon`` and ``lat`` as they stand, one row per faulty row, under its index; empty
        when all is well.
    """
    lonlat, position = shapely.get_coordinates(frame.geometry.to_numpy(), return_index=True)
    wrong = np.flatnonzero(out_of_range(lonlat[:, 0], lonlat[:, 1]))
    rows, first = np.unique(position[wrong], return_index=True)
    return pd.DataFrame(lonlat[wrong[first]], index=frame.index[rows], columns=["lon", "lat"])


def not_degrees(lon: float, lat: float) -> DatumError:
    """Return the error that refuses a coordinate that is no longitude and latitude."""
    return DatumError(
        N_("坐标（{lon}，{lat}）不是经度和纬度"),
        remedy=_remedy_for(lon, lat),
        lon=f"{lon:g}",
        lat=f"{lat:g}",
    )


def _remedy_for(lon: float, lat: float) -> str:
    swapped = abs(lon) <= 90 and 90 < abs(lat) <= 180
    return _SWAPPED if swapped else _IN_DEGREES


def out_of_range(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
    """Return whether coordinates are no longitudes and latitudes in degrees; NaN is none."""
    return ~((np.abs(lon) <= 180) & (np.abs(lat) <= 90))


def _shift(lon: Degrees, lat: Degrees, source: Datum, target: Datum) -> tuple[Degrees, Degrees]:
    depth = _DEPTH[source]
    while depth > _DEPTH[target]:
        depth -= 1
        lon, lat = wgs84_of_gcj02(lon, lat) if depth == 0 else gcj02_of_bd09(lon, lat)
    while depth < _DEPTH[target]:
        lon, lat = gcj02_of_wgs84(lon, lat) if depth == 0 else bd09_of_gcj02(lon, lat)
        depth += 1
    return lon, lat
