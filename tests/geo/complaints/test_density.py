"""The density of complaints: against the exact sum of kernels, and what it must never do."""

from __future__ import annotations

import math
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.complaints.density import KM2, Floats, estimate_density
from geo.policy.complaints import DensityPolicy

EPSG = 32650
POLICY = DensityPolicy(cell_m=250.0, bandwidth_m=750.0, classes=6)
MIDDLE = (500_000.0, 2_500_000.0)


def metric(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return areas.to_crs(EPSG)


def scattered(n: int = 400, seed: int = 1) -> Floats:
    random = np.random.default_rng(seed)
    centres = random.uniform(-6_000, 6_000, (5, 2))
    places = centres[random.integers(0, 5, n)] + random.normal(0, 900, (n, 2)) + MIDDLE
    return np.column_stack([places, random.integers(1, 4, n)])


def exact_density(points: Floats, at: Floats) -> Floats:
    """The definition: Gaussian kernels summed, per km²."""
    h = POLICY.bandwidth_m
    square = ((at[:, None, :] - points[None, :, :2]) ** 2).sum(axis=2)
    kernels = np.exp(-square / (2 * h**2)) / (2 * math.pi * h**2)
    return np.asarray(kernels @ points[:, 2] * KM2)


def test_nothing_without_complaints() -> None:
    for points in (np.empty((0, 3)), np.array([[*MIDDLE, 0.0]])):
        areas = estimate_density(points, POLICY, EPSG)
        assert len(areas) == 0
        assert areas.crs.to_epsg() == 4326


@pytest.mark.parametrize("shift_m", [0.0, 60.0, 125.0])
def test_many_complaints_at_one_place_cover_the_circle_that_the_kernel_says(shift_m: float) -> None:
    weight = 40.0
    areas = metric(estimate_density(np.array([[MIDDLE[0] + shift_m, MIDDLE[1], weight]]), POLICY, EPSG))
    radius_m = POLICY.bandwidth_m * math.sqrt(2 * math.log(weight))
    covered = areas.union_all()
    assert covered.area == pytest.approx(math.pi * radius_m**2, rel=0.03)
    assert covered.centroid.distance(shapely.Point(MIDDLE[0] + shift_m, MIDDLE[1])) < POLICY.cell_m / 2


def test_the_lowest_limit_is_what_one_complaint_makes_at_its_own_place() -> None:
    areas = estimate_density(scattered(), POLICY, EPSG)
    # 1 / (2π · 0.75²) a square kilometre.
    assert areas["low"].iloc[0] == pytest.approx(1 / (2 * math.pi * 0.75**2), rel=1e-9)


def test_thin_classes_lie_around_each_other() -> None:
    # Twelve classes on some sixty cells: rings hardly a cell wide, the highest around the place itself.
    policy = replace(POLICY, classes=12)
    areas = metric(estimate_density(np.array([[*MIDDLE, 3.0]]), policy, EPSG))
    assert areas["class"].tolist() == list(range(1, len(areas) + 1)) and len(areas) > 6
    assert shapely.contains(areas.geometry.iloc[-1], shapely.Point(MIDDLE))
    away = [float(shapely.hausdorff_distance(shape, shapely.Point(MIDDLE))) for shape in areas.geometry]
    assert away == sorted(away, reverse=True)


def test_classes_are_ordered_disjoint_and_valid() -> None:
    areas = metric(estimate_density(scattered(), POLICY, EPSG))
    assert areas["class"].tolist() == [1, 2, 3, 4, 5, 6]
    assert (areas["low"].to_numpy()[1:] == areas["high"].to_numpy()[:-1]).all()
    assert (areas["low"] < areas["high"]).all()
    assert areas.geometry.is_valid.all()
    assert (areas.geom_type == "MultiPolygon").all()
    assert areas.union_all().area == pytest.approx(areas.area.sum(), rel=1e-9)


def test_a_class_holds_the_places_whose_exact_density_is_its_own() -> None:
    points = scattered()
    areas = metric(estimate_density(points, POLICY, EPSG))
    random = np.random.default_rng(2)
    at = random.uniform(-8_000, 8_000, (4_000, 2)) + MIDDLE
    exact = exact_density(points, at)
    spots = shapely.points(at)
    for row in areas.itertuples():
        inside = shapely.contains_properly(shapely.buffer(row.geometry, -POLICY.cell_m / 2), spots)
        assert inside.sum() > 20
        # The surface is drawn on cells: half a cell inside a border it may be off by a few percent.
        assert (exact[inside] > 0.93 * row.low).all()
        assert (exact[inside] < 1.07 * row.high).all()


def test_a_weight_counts_like_as_many_complaints() -> None:
    points = scattered(50)
    repeated = np.repeat(points, points[:, 2].astype(int), axis=0)
    repeated[:, 2] = 1.0
    once, often = estimate_density(points, POLICY, EPSG), estimate_density(repeated, POLICY, EPSG)
    assert once["high"].to_numpy() == pytest.approx(often["high"].to_numpy())
    assert metric(once).area.to_numpy() == pytest.approx(metric(often).area.to_numpy())


def test_the_same_place_has_the_same_border_whatever_lies_elsewhere() -> None:
    near = np.array([[*MIDDLE, 30.0]])
    far = np.array([[MIDDLE[0] + 33_333.0, MIDDLE[1] + 12_345.0, 30.0]])
    alone = metric(estimate_density(near, POLICY, EPSG)).union_all()
    both = metric(estimate_density(np.vstack([near, far]), POLICY, EPSG)).union_all()
    here = shapely.box(MIDDLE[0] - 9_000, MIDDLE[1] - 9_000, MIDDLE[0] + 9_000, MIDDLE[1] + 9_000)
    assert both.intersection(here).symmetric_difference(alone).area < 0.02 * alone.area


@pytest.mark.parametrize("shift_m", [0.0, 60.0, 125.0])
def test_a_single_complaint_makes_a_spot_at_most(shift_m: float) -> None:
    areas = metric(estimate_density(np.array([[MIDDLE[0] + shift_m, MIDDLE[1], 1.0]]), POLICY, EPSG))
    assert areas.area.sum() < POLICY.cell_m**2


def test_two_complaints_at_one_place_make_one() -> None:
    areas = metric(estimate_density(np.array([[*MIDDLE, 2.0]]), POLICY, EPSG))
    assert areas.union_all().area == pytest.approx(math.pi * 2 * math.log(2) * POLICY.bandwidth_m**2, rel=0.1)
