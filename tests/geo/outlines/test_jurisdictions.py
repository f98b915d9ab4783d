"""Jurisdictions that leave gaps or overlap."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from geo.datums.crs import Datum, to_wgs84
from geo.errors import FrameError
from geo.outlines.jurisdictions import gaps_and_overlaps
from geo.policy.city import City
from tests.geo.outlines.blocks import box, streets_of


def test_an_invalid_street_is_refused(city: City) -> None:
    bow_tie = shapely.Polygon([(114, 22.5), (114.01, 22.51), (114.01, 22.5), (114, 22.51)])
    with pytest.raises(FrameError, match="streets：第 0 行的几何无效") as caught:
        gaps_and_overlaps(streets_of(a=bow_tie), city)
    assert "修复" in caught.value.remedy


def test_an_overlap_is_reported_with_both_streets(city: City) -> None:
    found = gaps_and_overlaps(streets_of(b=box(0, 0, 4, 4), a=box(3, 1, 6, 2)), city)
    assert found.crs.to_epsg() == 4326
    assert found[["kind", "streets"]].to_numpy().tolist() == [["overlap", ("a", "b")]]
    assert found.loc[0, "area_m2"] == pytest.approx(1028 * 1107, rel=0.01)
    assert found.geometry.iloc[0].symmetric_difference(box(3, 1, 4, 2)).area < 1e-8


def test_an_enclosed_gap_is_reported_however_large(city: City) -> None:
    ring = box(0, 0, 6, 6).difference(box(2, 2, 4, 4))
    found = gaps_and_overlaps(streets_of(a=ring), city)
    assert found[["kind", "streets"]].to_numpy().tolist() == [["gap", ("a",)]]


def test_a_narrow_strip_between_streets_is_a_gap_a_wide_one_is_open_land(city: City) -> None:
    narrow = streets_of(a=box(0, 0, 4, 4), b=box(4.005, 0, 8, 4))  # 5 m apart
    wide = streets_of(a=box(0, 0, 4, 4), b=box(4.02, 0, 8, 4))  # 20 m apart
    found = gaps_and_overlaps(narrow, city)
    assert found[["kind", "streets"]].to_numpy().tolist() == [["gap", ("a", "b")]]
    assert found.loc[0, "area_m2"] == pytest.approx(5.14 * 4428, rel=0.01)
    strip = box(4, 0, 4.005, 4)
    assert found.geometry.iloc[0].symmetric_difference(strip).area < 0.001 * strip.area
    assert gaps_and_overlaps(wide, city).empty
    # The limit of `shapes.gap_width_m` is 10 m.
    below, above = (streets_of(a=box(0, 0, 4, 4), b=box(4 + gap, 0, 8, 4)) for gap in (0.0093, 0.0102))
    assert gaps_and_overlaps(below, city)["kind"].tolist() == ["gap"]
    assert gaps_and_overlaps(above, city).empty


def test_the_largest_comes_first(city: City) -> None:
    row = {"c": box(0, 0, 2, 2), "b": box(1.7, 0, 4, 2), "a": box(3.5, 0, 6, 2), "d": box(5, 0, 8, 2)}
    found = gaps_and_overlaps(streets_of(**row), city)
    assert found["streets"].tolist() == [("a", "d"), ("a", "b"), ("b", "c")]


def test_slivers_and_corners_of_the_city_are_not_gaps(city: City) -> None:
    sliver = streets_of(a=box(0, 0, 4, 0.001), b=box(3.999, 0, 8, 0.001))  # overlap of 1 m × 1 m
    notched = streets_of(a=box(0, 0, 4, 4), b=box(4, 0, 8, 2))  # the long edge has no corner at the notch
    assert gaps_and_overlaps(sliver, city).empty
    assert gaps_and_overlaps(notched, city).empty


def test_a_sharp_corner_between_streets_is_not_a_gap(city: City) -> None:
    # Open land runs out between them at 30 degrees; a rounded corner would take 60 m² of it.
    rising = shapely.Polygon([(114.04, 22.5), (114.06, 22.5), (114.06, 22.552), (114.04, 22.52)])
    assert gaps_and_overlaps(streets_of(a=box(0, 0, 4, 6), b=rising), city).empty


def test_without_streets_there_is_nothing_to_report(city: City) -> None:
    assert gaps_and_overlaps(streets_of(a=box(0, 0, 1, 1)).iloc[:0], city).empty


@pytest.fixture(scope="module")
def streets(real_data: Path) -> gpd.GeoDataFrame:
    raw = gpd.read_file(real_data / "shenzhen/streets_gcj02.geojson")
    return to_wgs84(raw, Datum.GCJ02).assign(source_key=raw["DISTRICT"] + raw["NAME"])


@pytest.mark.realdata
def test_shenzhens_streets_have_four_gaps_and_no_overlap(streets: gpd.GeoDataFrame, city: City) -> None:
    found = gaps_and_overlaps(streets, city)
    assert found["kind"].tolist() == ["gap"] * 4
    assert found["area_m2"].round().tolist() == [283, 56, 40, 13]
    assert found["streets"].map(len).tolist() == [2, 2, 2, 2]
