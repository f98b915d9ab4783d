"""Detecting a wrong datum: on a made city whose truth is known, and on the real one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.datums.crs import Datum, convert, convert_geometries, to_wgs84
from geo.datums.detection import (
    DatumVerdict,
    Evidence,
    judge_boundaries,
    judge_outlines,
    judge_points,
    judge_stated,
    spell_confidence,
)
from geo.policy.city import City
from geo.roads.osm import read_roads
from geo.texts import Phrase

SHIFTED = (Datum.WGS84, Datum.GCJ02, Datum.BD09)


@dataclass(frozen=True)
class Town:
    """A grid of major roads at uneven distances; outlines keep off them, streets end on them."""

    roads: gpd.GeoDataFrame
    outlines: gpd.GeoDataFrame
    streets: gpd.GeoDataFrame

    def outlines_in(self, datum: Datum) -> gpd.GeoDataFrame:
        return _in_datum(self.outlines, datum)

    def streets_in(self, datum: Datum) -> gpd.GeoDataFrame:
        return _in_datum(self.streets, datum)


def _in_datum(frame: gpd.GeoDataFrame, datum: Datum) -> gpd.GeoDataFrame:
    return frame.set_geometry(
        gpd.GeoSeries(convert_geometries(frame.geometry.to_numpy(), Datum.WGS84, datum), crs=4326)
    )


def build_town(lon: float, lat: float) -> Town:
    rng = np.random.default_rng(3)
    xs = lon + np.concatenate([[0], np.cumsum(rng.uniform(0.002, 0.009, 14))])
    ys = lat + np.concatenate([[0], np.cumsum(rng.uniform(0.002, 0.009, 11))])
    lines = [shapely.LineString([(x, ys[0]), (x, ys[-1])]) for x in xs]
    lines += [shapely.LineString([(xs[0], y), (xs[-1], y)]) for y in ys]
    cells = [
        shapely.box(west, south, east, north)
        for west, east in zip(xs[:-1], xs[1:], strict=True)
        for south, north in zip(ys[:-1], ys[1:], strict=True)
    ]
    return Town(
        gpd.GeoDataFrame({"highway": ["primary"] * len(lines)}, geometry=lines, crs=4326),
        gpd.GeoDataFrame(geometry=[cell.buffer(-0.0004) for cell in cells], crs=4326),
        gpd.GeoDataFrame(geometry=cells[::3], crs=4326),
    )


@pytest.fixture(scope="module")
def town() -> Town:
    return build_town(114.0, 22.5)


@pytest.mark.parametrize("datum", SHIFTED)
def test_outlines_of_each_datum_are_recognised(town: Town, city: City, datum: Datum) -> None:
    verdict = judge_outlines(town.outlines_in(datum), town.roads, city)
    assert verdict.best is datum
    assert verdict.confidence >= city.datum.decide_at_confidence
    assert {entry.datum: entry.share for entry in verdict.evidence}[datum] < 0.01


@pytest.mark.parametrize("datum", SHIFTED)
def test_boundaries_of_each_datum_are_recognised(town: Town, city: City, datum: Datum) -> None:
    verdict = judge_boundaries(town.streets_in(datum), town.roads, city)
    assert verdict.best is datum
    assert {entry.datum: entry.share for entry in verdict.evidence}[datum] > 0.99


@pytest.mark.parametrize("datum", SHIFTED)
def test_points_of_each_datum_are_recognised(town: Town, city: City, datum: Datum) -> None:
    middles = town.outlines.representative_point().set_crs(None, allow_override=True)
    lon, lat = convert(middles.x.to_numpy(), middles.y.to_numpy(), Datum.WGS84, datum)
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat), crs=4326)
    known = gpd.GeoDataFrame(geometry=middles.iloc[::2].buffer(0.001).to_numpy(), crs=4326)
    assert judge_points(points, known, city).best is datum


def test_the_same_file_gets_the_same_verdict(town: Town, city: City) -> None:
    first = judge_outlines(town.outlines, town.roads, city)
    assert judge_outlines(town.outlines, town.roads, city) == first


def test_the_message_says_what_was_seen(town: Town, city: City) -> None:
    verdict = judge_outlines(town.outlines_in(Datum.BD09), town.roads, city)
    assert verdict.message.startswith("坐标基准看起来是 BD-09（百度），把握 99.9 %。穿越主干道的轮廓占比：")
    assert "按 BD-09 读 0.0 %（n = " in verdict.message


@pytest.mark.parametrize("roads", ["none", "minor"])
def test_without_major_roads_it_cannot_tell(town: Town, city: City, roads: str) -> None:
    given = None if roads == "none" else town.roads.assign(highway="residential")
    for verdict in (
        judge_outlines(town.outlines, given, city),
        judge_boundaries(town.streets, given, city),
    ):
        assert verdict.best is None and verdict.confidence == 0 and verdict.evidence == ()
        assert "无法判断" in verdict.message and "请先导入道路" in verdict.message


def test_points_without_known_outlines_cannot_tell(town: Town, city: City) -> None:
    points = town.outlines.set_geometry(town.outlines.representative_point())
    for known in (None, town.outlines.iloc[:0]):
        verdict = judge_points(points, known, city)
        assert verdict.best is None and "没有已知的小区轮廓" in verdict.message


def test_too_few_outlines_cannot_tell(town: Town, city: City) -> None:
    # In the middle, where all of them are within the roads' extent in every reading.
    twenty = town.outlines.iloc[[11 * column + row for column in range(4, 8) for row in range(3, 8)]]
    few = twenty.iloc[1:]
    verdict = judge_outlines(few, town.roads, city)
    assert verdict.best is None and verdict.confidence == 0
    assert "范围内数据太少" in verdict.message
    assert verdict.evidence[0] == Evidence(Datum.WGS84, 0.0, len(few), verdict.evidence[0].won)
    enough = judge_outlines(twenty, town.roads, city)
    assert "范围内数据太少" not in enough.message and enough.confidence > 0


def test_a_reading_that_leaves_few_outlines_cannot_win_with_them(town: Town, city: City) -> None:
    # They cross a road at the western edge: read as BD-09 they are out of the extent, and ten others fit.
    across = town.outlines.iloc[:22].translate(0.001)
    others = town.outlines_in(Datum.BD09).geometry.iloc[[11 * n + m for n in range(4, 9) for m in (4, 6)]]
    file = gpd.GeoDataFrame(geometry=pd.concat([across, others], ignore_index=True), crs=4326)
    verdict = judge_outlines(file, town.roads, city)
    wgs84, _, bd09 = verdict.evidence
    assert (wgs84.n, bd09.n, bd09.share) == (32, 10, 0)
    assert bd09.won > city.datum.decide_at_confidence
    assert verdict.best is None and verdict.confidence == 0
    assert "范围内数据太少" in verdict.message


def test_a_file_elsewhere_cannot_tell(town: Town, city: City) -> None:
    away = town.outlines.set_geometry(town.outlines.translate(2, 3))
    verdict = judge_outlines(away, town.roads, city)
    assert verdict.best is None
    assert [entry.n for entry in verdict.evidence] == [0, 0, 0]
    assert "—" in verdict.message
    boundaries = judge_boundaries(town.streets.set_geometry(town.streets.translate(2, 3)), town.roads, city)
    assert boundaries.best is None and [entry.n for entry in boundaries.evidence] == [0, 0, 0]


def test_abroad_gcj02_and_wgs84_cannot_be_told_apart(city: City) -> None:
    town = build_town(-122.4, 37.7)
    assert judge_outlines(town.outlines, town.roads, city).best is None


def test_outlines_that_ignore_the_roads_decide_nothing(town: Town, city: City) -> None:
    rng = np.random.default_rng(5)
    west, south, east, north = town.roads.total_bounds
    middles = gpd.points_from_xy(rng.uniform(west, east, 200), rng.uniform(south, north, 200))
    anywhere = gpd.GeoDataFrame(geometry=shapely.buffer(middles, 0.0008, cap_style="square"), crs=4326)
    verdict = judge_outlines(anywhere, town.roads, city)
    assert verdict.best is None
    assert 0 < verdict.confidence < city.datum.decide_at_confidence
    assert "把握只有" in verdict.message


def verdict_of(best: Datum | None) -> DatumVerdict:
    return DatumVerdict("outlines", best, 0.97, (), Phrase("说明。"))


@pytest.mark.parametrize(
    ("best", "stated", "wrong"),
    [
        (Datum.BD09, Datum.BD09, False),
        (Datum.BD09, Datum.GCJ02, True),
        (Datum.GCJ02, Datum.CGCS2000, True),
        (Datum.WGS84, Datum.CGCS2000, False),
        (None, Datum.GCJ02, False),
    ],
)
def test_a_stated_datum_is_flagged_only_by_a_decided_verdict(
    best: Datum | None, stated: Datum, wrong: bool
) -> None:
    warning = judge_stated(verdict_of(best), stated)
    assert (warning is not None) is wrong
    if warning:
        assert stated.label in warning and warning.endswith("说明。")


@dataclass(frozen=True)
class Shenzhen:
    """The real files, as they came."""

    roads: gpd.GeoDataFrame
    outlines: gpd.GeoDataFrame
    streets: gpd.GeoDataFrame
    points: gpd.GeoDataFrame


@pytest.fixture(scope="module")
def shenzhen(real_data: Path, city: City) -> Shenzhen:
    folder = real_data / "shenzhen"
    named = pd.read_csv(folder / "futian_communities_bd09.csv")
    return Shenzhen(
        read_roads(folder / "futian_roads.osm.pbf", city),
        gpd.read_file(folder / "community_outlines_bd09.geojson"),
        gpd.read_file(folder / "streets_gcj02.geojson"),
        gpd.GeoDataFrame(named, geometry=gpd.points_from_xy(named["lng_raw"], named["lat_raw"])),
    )


def shares_of(verdict: DatumVerdict) -> list[float]:
    return [round(100 * entry.share, 1) for entry in verdict.evidence]


@pytest.mark.realdata
def test_shenzhens_outlines_are_bd09(shenzhen: Shenzhen, city: City) -> None:
    verdict = judge_outlines(shenzhen.outlines, shenzhen.roads, city)
    assert verdict.best is Datum.BD09 and verdict.confidence > 0.99
    assert shares_of(verdict) == [22.6, 18.4, 5.4]
    assert [entry.n for entry in verdict.evidence] == [164, 163, 202]
    assert judge_stated(verdict, Datum.GCJ02) is not None
    assert judge_stated(verdict, Datum.BD09) is None


@pytest.mark.realdata
def test_shenzhens_streets_are_gcj02(shenzhen: Shenzhen, city: City) -> None:
    verdict = judge_boundaries(shenzhen.streets, shenzhen.roads, city)
    assert verdict.best is Datum.GCJ02 and verdict.confidence > 0.99
    assert shares_of(verdict) == [5.7, 49.6, 6.3]
    assert judge_stated(verdict, Datum.WGS84) is not None


@pytest.mark.realdata
def test_futians_named_communities_are_bd09(shenzhen: Shenzhen, city: City) -> None:
    known = to_wgs84(shenzhen.outlines, Datum.BD09)
    verdict = judge_points(shenzhen.points, known, city)
    assert verdict.best is Datum.BD09 and verdict.confidence > 0.99
    assert [entry.n for entry in verdict.evidence] == [42, 42, 42]
    assert judge_points(shenzhen.points, None, city).best is None


@pytest.mark.realdata
def test_what_was_converted_is_wgs84(shenzhen: Shenzhen, city: City) -> None:
    outlines = to_wgs84(shenzhen.outlines, Datum.BD09)
    streets = to_wgs84(shenzhen.streets, Datum.GCJ02)
    assert judge_outlines(outlines, shenzhen.roads, city).best is Datum.WGS84
    assert judge_boundaries(streets, shenzhen.roads, city).best is Datum.WGS84


@pytest.mark.realdata
def test_confidence_is_honest_where_no_reading_is_right(shenzhen: Shenzhen, city: City) -> None:
    # The real outlines, moved by 250 m to 3 km in a random direction: 95 % must be rare.
    rng = np.random.default_rng(11)
    decided = 0
    for _ in range(40):
        metres, angle = rng.uniform(250, 3_000), rng.uniform(0, 2 * np.pi)
        moved = shenzhen.outlines.translate(
            metres * np.cos(angle) / 102_800, metres * np.sin(angle) / 110_900
        )
        verdict = judge_outlines(shenzhen.outlines.set_geometry(moved), shenzhen.roads, city)
        decided += verdict.best is not None
    assert decided <= 4


@pytest.mark.realdata
def test_samples_of_the_real_outlines_never_decide_wrongly(shenzhen: Shenzhen, city: City) -> None:
    rng = np.random.default_rng(12)
    seen = judge_outlines(shenzhen.outlines, shenzhen.roads, city)
    box = shapely.box(*shenzhen.roads.total_bounds)
    near = shenzhen.outlines[to_wgs84(shenzhen.outlines, Datum.BD09).within(box)]
    verdicts = [
        judge_outlines(near.iloc[rng.choice(len(near), 100, replace=False)], shenzhen.roads, city).best
        for _ in range(30)
    ]
    assert seen.best is Datum.BD09
    assert set(verdicts) <= {Datum.BD09, None}
    assert verdicts.count(Datum.BD09) > 15


def test_a_confidence_is_spelt_as_the_tenth_that_it_reaches() -> None:
    for thousandths in range(1001):
        said = f"{thousandths / 10:.1f} %"
        assert spell_confidence(thousandths / 1000) == said
        assert spell_confidence(thousandths / 1000 + 0.0009) == said
    assert spell_confidence(1 - 1e-9) == "99.9 %"
