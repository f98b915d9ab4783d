"""Streets and places on a grid whose steps are about one kilometre."""

from __future__ import annotations

import geopandas as gpd
import shapely

LON, LAT, STEP = 114.0, 22.5, 0.01  # a step is about 1 km


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(LON + STEP * west, LAT + STEP * south, LON + STEP * east, LAT + STEP * north)


def point(x: float, y: float) -> shapely.Point:
    return shapely.Point(LON + STEP * x, LAT + STEP * y)


def streets_of(**shapes: shapely.Polygon) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"source_key": list(shapes)}, geometry=list(shapes.values()), crs=4326)


def places_of(*shapes: shapely.Geometry | None) -> gpd.GeoDataFrame:
    index = [f"place {number}" for number in range(len(shapes))]
    return gpd.GeoDataFrame(geometry=list(shapes), crs=4326, index=index)
