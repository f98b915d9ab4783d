"""What outlines, boundaries and points meet under each reading."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.datums.crs import Datum, convert, convert_geometries
from geo.datums.readings import READINGS, cross_roads, follow_roads, lie_within, major_roads
from geo.policy.city import City

WEST, SOUTH, EAST, NORTH = 114.0, 22.5, 114.1, 22.56
WGS84 = READINGS.index(Datum.WGS84)
BD09 = READINGS.index(Datum.BD09)


@pytest.fixture
def roads() -> gpd.GeoDataFrame:
    """A major road west to east, and a small one that frames the extent."""
    return gpd.GeoDataFrame(
        {"highway": ["primary", "residential"]},
        geometry=[
            shapely.LineString([(WEST, 22.53), (EAST, 22.53)]),
            shapely.box(WEST, SOUTH, EAST, NORTH).exterior,
        ],
        crs=4326,
    )


def square(lon: float, lat: float, half: float = 0.001) -> shapely.Polygon:
    return shapely.box(lon - half, lat - half, lon + half, lat + half)


def test_major_roads_are_motorway_to_secondary(roads: gpd.GeoDataFrame) -> None:
    assert major_roads(roads).index.tolist() == [0]
    kinds = ["motorway", "trunk", "primary", "secondary", "tertiary", "residential", "motorway_link"]
    every = gpd.GeoDataFrame({"highway": kinds}, geometry=[roads.geometry[0]] * 7, crs=4326)
    assert major_roads(every)["highway"].tolist() == kinds[:4]


def test_outlines_across_a_major_road_are_hit(roads: gpd.GeoDataFrame, city: City) -> None:
    shapes = [square(114.05, 22.53), square(114.05, 22.55), square(EAST, 22.53), None, square(120.0, 22.53)]
    trial = cross_roads(gpd.GeoDataFrame(geometry=shapes, crs=4326), roads, city)
    assert trial.hit[WGS84].tolist() == [True, False, True]  # the last two are passed over
    assert trial.inside[WGS84].tolist() == [True, True, False]  # the third reaches out of the extent


def test_each_reading_undoes_its_datum(roads: gpd.GeoDataFrame, city: City) -> None:
    raw = convert_geometries([square(114.05, 22.53)], Datum.WGS84, Datum.BD09)
    trial = cross_roads(gpd.GeoDataFrame(geometry=raw, crs=4326), roads, city)
    assert trial.hit[:, 0].tolist() == [reading is Datum.BD09 for reading in READINGS]


def test_an_invalid_outline_counts(roads: gpd.GeoDataFrame, city: City) -> None:
    bow_tie = shapely.Polygon([(114.05, 22.529), (114.051, 22.531), (114.051, 22.529), (114.05, 22.531)])
    trial = cross_roads(gpd.GeoDataFrame(geometry=[bow_tie], crs=4326), roads, city)
    assert trial.hit[WGS84].tolist() == [True]


def test_a_faulty_row_is_passed_over(roads: gpd.GeoDataFrame, city: City) -> None:
    broken = shapely.Polygon([(114.05, 22.52), (114.06, np.inf), (114.06, 22.54)])
    frame = gpd.GeoDataFrame(geometry=[broken, square(114.05, 22.53)], crs=4326)
    assert cross_roads(frame, roads, city).hit.shape == (3, 1)


def test_boundary_is_measured_in_metres_and_shared_edges_count_once(
    roads: gpd.GeoDataFrame, city: City
) -> None:
    # Two streets that share 0.02° of boundary along the major road.
    south, north = shapely.box(114.04, 22.51, 114.06, 22.53), shapely.box(114.04, 22.53, 114.06, 22.55)
    trial = follow_roads(gpd.GeoDataFrame(geometry=[south, north], crs=4326), roads, city)
    along_m = trial.weight[trial.hit[WGS84]].sum()
    shared_m = gpd.GeoSeries([shapely.LineString([(114.04, 22.53), (114.06, 22.53)])], crs=4326)
    expected_m = shared_m.to_crs(city.metric_epsg).length.iloc[0]
    # The boundaries that leave the road at its ends stay near it for another 20 m each way.
    assert along_m == pytest.approx(expected_m + 4 * city.datum.boundary_tolerance_m, abs=25)
    assert trial.weight.max() < 12


def test_points_are_hit_inside_known_outlines(city: City) -> None:
    known = gpd.GeoDataFrame(geometry=[square(114.05, 22.53), square(114.09, 22.55)], crs=4326)
    lon, lat = convert([114.05, 114.07], [22.53, 22.54], Datum.WGS84, Datum.BD09)
    trial = lie_within(gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat)), known, city)
    assert trial.hit[BD09].tolist() == [True, False]
    assert trial.inside[BD09].tolist() == [True, True]
    assert not trial.hit[WGS84].any()
