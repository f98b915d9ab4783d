"""The oracle of the assignment: largest overlap, containment, ties."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.datums.crs import Datum, to_wgs84
from geo.outlines.repair import repair_outlines
from geo.policy.city import City
from tests.geo.outlines.blocks import box, places_of, point, streets_of
from tests.geo.outlines.street_reference import assign_streets


@pytest.fixture(scope="module")
def two() -> gpd.GeoDataFrame:
    """Two streets side by side; the one that sorts first comes last."""
    return streets_of(south=box(4, 0, 8, 4), north=box(0, 0, 4, 4))


def test_an_outline_goes_where_most_of_it_lies(two: gpd.GeoDataFrame, city: City) -> None:
    out = assign_streets(places_of(box(3.9, 1, 4.3, 2), box(1, 1, 2, 2)), two, city)
    assert out.assigned["street"].tolist() == ["south", "north"]
    assert out.assigned["how"].tolist() == ["overlap", "contains"]
    assert out.assigned["share"].tolist() == pytest.approx([0.75, 1.0], abs=1e-4)
    assert out.outside.empty


def test_a_point_goes_where_it_lies(two: gpd.GeoDataFrame, city: City) -> None:
    out = assign_streets(places_of(point(5, 1)), two, city)
    assert out.assigned.loc["place 0", ["street", "how"]].tolist() == ["south", "point"]
    assert np.isnan(out.assigned.loc["place 0", "share"])


def test_ties_go_to_the_key_that_sorts_first(two: gpd.GeoDataFrame, city: City) -> None:
    # On the shared boundary, and half in either of two equal streets.
    halves = streets_of(b=box(0, 0, 4, 4), a=box(0, 0, 4, 4))
    assert assign_streets(places_of(point(4, 2)), two, city).assigned["street"].tolist() == ["north"]
    both = assign_streets(places_of(point(1, 1), box(1, 1, 2, 2), box(3, 1, 5, 2)), halves, city)
    assert both.assigned["street"].tolist() == ["a", "a", "a"]


def test_what_lies_outside_is_listed_with_its_distance(two: gpd.GeoDataFrame, city: City) -> None:
    out = assign_streets(places_of(point(9, 2), box(-3, 1, -1, 2), box(-1, 1, 0, 2)), two, city)
    assert out.assigned.empty
    assert out.outside["nearest"].tolist() == ["south", "north", "north"]
    assert out.outside["distance_m"].tolist() == pytest.approx([1028, 1028, 0], abs=5)


def test_rows_without_geometry_are_passed_over(two: gpd.GeoDataFrame, city: City) -> None:
    out = assign_streets(places_of(None, point(1, 1), shapely.Polygon()), two, city)
    assert out.assigned.index.tolist() == ["place 1"] and out.outside.empty


def test_without_streets_everything_is_outside(two: gpd.GeoDataFrame, city: City) -> None:
    out = assign_streets(places_of(point(1, 1), box(0, 0, 1, 1)), two.iloc[:0], city)
    assert out.assigned.empty
    assert out.outside.index.tolist() == ["place 0", "place 1"]
    assert out.outside["nearest"].isna().all() and out.outside["distance_m"].isna().all()


EDGES = st.lists(st.integers(0, 12), min_size=2, max_size=6, unique=True).map(sorted)


@settings(max_examples=60)
@given(
    EDGES,
    EDGES,
    st.sets(st.integers(0, 24)),
    st.lists(st.tuples(st.integers(-1, 13), st.integers(-1, 13)), min_size=1),
)
def test_every_point_is_in_exactly_one_street_or_listed(
    city: City, xs: list[int], ys: list[int], missing: set[int], spots: list[tuple[int, int]]
) -> None:
    # Streets on an uneven grid, some of them missing; points also on edges and corners.
    cells = [
        (west, south, east, north)
        for west, east in zip(xs[:-1], xs[1:], strict=True)
        for south, north in zip(ys[:-1], ys[1:], strict=True)
    ]
    kept = {f"{number:02}": cell for number, cell in enumerate(cells) if number not in missing}
    out = assign_streets(
        places_of(*(point(*spot) for spot in spots)),
        streets_of(**{k: box(*c) for k, c in kept.items()}),
        city,
    )
    assert sorted([*out.assigned.index, *out.outside.index]) == sorted(
        f"place {n}" for n in range(len(spots))
    )
    assert not set(out.assigned.index) & set(out.outside.index)
    for number, (x, y) in enumerate(spots):
        inside = {k for k, (w, s, e, n) in kept.items() if w < x < e and s < y < n}
        if inside:
            assert {out.assigned.loc[f"place {number}", "street"]} == inside
        elif not any(w <= x <= e and s <= y <= n for w, s, e, n in kept.values()):
            assert f"place {number}" in out.outside.index


@given(st.integers(0, 70), st.integers(0, 30), st.integers(1, 10), st.integers(1, 10))
def test_an_outline_is_assigned_by_its_larger_part(
    city: City, two: gpd.GeoDataFrame, x: int, y: int, width: int, height: int
) -> None:
    out = assign_streets(places_of(box(x / 10, y / 10, (x + width) / 10, (y + height) / 10)), two, city)
    west, east = min(max(40 - x, 0), width), min(max(x + width - 40, 0), width)
    assert out.outside.empty
    row = out.assigned.iloc[0]
    if west != east:
        assert row["street"] == ("north" if west > east else "south")
    inside = min(40 - y, height) / height
    assert row["share"] == pytest.approx(max(west, east) / width * inside, abs=1e-3)


@pytest.fixture(scope="module")
def outlines(real_data: Path, city: City) -> gpd.GeoDataFrame:
    raw = gpd.read_file(real_data / "shenzhen/community_outlines_bd09.geojson")
    return repair_outlines(raw, city).frame.set_index("src_index", drop=False)


@pytest.fixture(scope="module")
def streets(real_data: Path) -> gpd.GeoDataFrame:
    raw = gpd.read_file(real_data / "shenzhen/streets_gcj02.geojson")
    return to_wgs84(raw, Datum.GCJ02).assign(source_key=raw["DISTRICT"] + raw["NAME"])


@pytest.mark.realdata
def test_all_but_one_of_shenzhens_outlines_have_a_street(
    outlines: gpd.GeoDataFrame, streets: gpd.GeoDataFrame, city: City
) -> None:
    converted = to_wgs84(outlines, Datum.BD09)
    out = assign_streets(converted, streets, city)
    assert len(out.assigned) == 1547
    assert out.outside.index.tolist() == [8466]
    assert out.outside.loc[8466, "distance_m"] == pytest.approx(5688, abs=1)
    # One outline lies mostly in a street while its representative point lies in a gap.
    points = converted.set_geometry(converted.representative_point())
    assert assign_streets(points, streets, city).outside.index.tolist() == [6022, 8466]
    assert out.assigned.loc[6022, "share"] == pytest.approx(0.89, abs=0.001)
    assert out.assigned.loc[6022, "street"] == "南山区蛇口"


@pytest.mark.realdata
def test_a_wrong_datum_puts_a_third_of_the_outlines_elsewhere(
    outlines: gpd.GeoDataFrame, streets: gpd.GeoDataFrame, city: City
) -> None:
    right, wrong = (
        assign_streets(to_wgs84(outlines, datum), streets, city).assigned["street"].reindex(outlines.index)
        for datum in (Datum.BD09, Datum.GCJ02)
    )
    assert (right.fillna("") != wrong.fillna("")).mean() == pytest.approx(0.34, abs=0.005)
