"""One file read in each datum it may be in, and what those readings meet on the ground.

Input is raw: coordinates as the file gives them. Rows without geometry, with a faulty
coordinate or out of reach of the reference in every datum are passed over.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.datums.crs import WGS84_EPSG, Datum, convert_geometries, coordinate_faults, to_degrees
from geo.datums.resampling import Trial
from geo.policy.city import City

Shapes = NDArray[np.object_]

# CGCS2000 is not among them: geometry cannot tell it from WGS 84.
READINGS = (Datum.WGS84, Datum.GCJ02, Datum.BD09)
MAJOR_HIGHWAYS = ("motorway", "trunk", "primary", "secondary")

_MARGIN_DEGREES = 0.03  # no reading moves anything further than this
_PIECE_DEGREES = 1e-4  # boundaries are looked at every 11 m or less

# Sides of the squares that err together. Where no reading is right (real files moved at random
# by 250 m to 3 km), a winner still reaches 95 % confidence in 3 % of cases for outlines, 4 % for
# boundaries and 6 % for points; in extracts of only 3 km, in 10 % for boundaries. Those need
# the larger squares because they follow one road for long.
_OUTLINE_SQUARE_M = 500.0
_BOUNDARY_SQUARE_M = 1_500.0


def major_roads(roads: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the roads, motorway to secondary, that communities do not lie across."""
    return roads[roads["highway"].isin(MAJOR_HIGHWAYS)]


def cross_roads(outlines: gpd.GeoDataFrame, roads: gpd.GeoDataFrame, city: City) -> Trial:
    """Say which outlines cross major roads, of those wholly within the extent of all roads.

    Parameters
    ----------
    outlines
        Polygons, raw; invalid ones too.
    roads
        Lines in WGS 84 with OpenStreetMap's class in ``highway``.
    city
        Gives the CRS to measure in.
    """
    shapes = shapely.make_valid(_near(outlines, roads))
    return _meet(shapes, np.ones(len(shapes)), major_roads(roads), roads, city, _OUTLINE_SQUARE_M)


def follow_roads(streets: gpd.GeoDataFrame, roads: gpd.GeoDataFrame, city: City) -> Trial:
    """Say which pieces of street boundaries lie along major roads; they weigh their length in metres.

    Parameters
    ----------
    streets
        Polygons, raw. A boundary that two of them share counts once.
    roads
        Lines in WGS 84 with OpenStreetMap's class in ``highway``.
    city
        `city.datum.boundary_tolerance_m` is how near counts as along a road.
    """
    middles, length_m = _cut_boundaries(_near(streets, roads), roads, city)
    near_m = city.datum.boundary_tolerance_m
    return _meet(middles, length_m, major_roads(roads), roads, city, _BOUNDARY_SQUARE_M, near_m)


def lie_within(points: gpd.GeoDataFrame, known: gpd.GeoDataFrame, city: City) -> Trial:
    """Say which points lie in known outlines (WGS 84), of those within the outlines' extent."""
    places = _near(points, known)
    outlines = known.set_geometry(known.geometry.make_valid())
    return _meet(places, np.ones(len(places)), outlines, known, city, _OUTLINE_SQUARE_M)


def _near(frame: gpd.GeoDataFrame, reference: gpd.GeoDataFrame) -> Shapes:
    """Return the raw geometries, in degrees, that may lie in the reference's extent in some reading."""
    degrees = to_degrees(frame)
    faulty = degrees.index.isin(coordinate_faults(degrees).index)
    shapes = degrees.geometry.to_numpy()[~faulty]
    return np.asarray(shapes[shapely.intersects(shapes, _reach(reference))], dtype=object)


def _reach(reference: gpd.GeoDataFrame) -> shapely.Polygon:
    west, south, east, north = reference.total_bounds
    margin = _MARGIN_DEGREES
    return shapely.box(west - margin, south - margin, east + margin, north + margin)


def _cut_boundaries(
    streets: Shapes, roads: gpd.GeoDataFrame, city: City
) -> tuple[Shapes, NDArray[np.float64]]:
    """Cut the boundaries into short pieces; return their middles in degrees and lengths in metres."""
    lines = shapely.clip_by_rect(shapely.union_all(shapely.boundary(streets)), *_reach(roads).bounds)
    parts = shapely.get_parts(shapely.segmentize(lines, _PIECE_DEGREES))
    ends, line = shapely.get_coordinates(parts, return_index=True)
    ends_m = shapely.get_coordinates(_in_metres(parts, city))
    joined = line[1:] == line[:-1]
    middles = shapely.points((ends[1:] + ends[:-1])[joined] / 2)
    return np.asarray(middles, dtype=object), np.hypot(*(ends_m[1:] - ends_m[:-1])[joined].T)


def _in_metres(degrees: Shapes, city: City) -> Shapes:
    series = gpd.GeoSeries(degrees, crs=WGS84_EPSG)
    return np.asarray(series.to_crs(city.metric_epsg).to_numpy(), dtype=object)


def _meet(
    raw: Shapes,
    weight: NDArray[np.float64],
    target: gpd.GeoDataFrame,
    reference: gpd.GeoDataFrame,
    city: City,
    square_m: float,
    near_m: float = 0.0,
) -> Trial:
    """Read ``raw`` in each datum; see what comes within ``near_m`` of ``target`` inside the extent."""
    tree = shapely.STRtree(_in_metres(target.geometry.to_numpy(), city))
    extent = shapely.box(*shapely.total_bounds(_in_metres(reference.geometry.to_numpy(), city)))
    shapely.prepare(extent)
    readings = [_in_metres(convert_geometries(raw, datum), city) for datum in READINGS]
    hit = np.zeros((len(READINGS), len(raw)), dtype=bool)
    for row, shapes in enumerate(readings):
        hit[row, tree.query(shapes, "dwithin", near_m)[0]] = True
    inside = np.array([shapely.within(shapes, extent) for shapes in readings], dtype=bool)
    square = np.floor(shapely.get_coordinates(shapely.centroid(readings[0])) / square_m)
    return Trial(hit, inside, weight, square)
