"""Communities: plausible facts, names unique within a street, gates on roads."""

from __future__ import annotations

import numpy as np
import shapely

from geo.policy.city import City
from geo.sample import SampleCity
from geo.sample.communities import KINDS, place_gates
from geo.sample.ground import Ground


def test_names_and_aliases_are_unique_within_a_street(sample: SampleCity) -> None:
    frame = sample.communities.assign(alias=sample.communities["aliases"].str.split("|")).explode("alias")
    names = frame[["street", "name"]].drop_duplicates(["street", "name"])
    assert len(names) == len(sample.communities)
    aliases = frame.loc[frame["alias"].notna(), ["street", "alias"]]
    assert not aliases.duplicated().any()
    taken = set(map(tuple, names.to_numpy()))
    assert not any(tuple(row) in taken for row in aliases.to_numpy())
    assert 0.1 < sample.communities["aliases"].notna().mean() < 0.25


def test_facts_are_plausible(sample: SampleCity) -> None:
    frame = sample.communities
    assert set(frame["kind"]) == set(KINDS)
    assert frame["built_year"].dropna().between(1972, 2025).all()
    assert frame["households"].dropna().ge(20).all()
    dwelling_m2 = frame["floor_area_m2"] / frame["households"]
    assert dwelling_m2.quantile([0.05, 0.95]).between(45, 140).all()
    per_lift = (frame["households"] / frame["lifts"].where(frame["lifts"] > 2)).dropna()
    assert per_lift.between(15, 90).mean() > 0.95
    assert (frame.loc[frame["kind"] == "old", "lifts"] == 0).mean() > 0.8
    by_kind = frame.groupby("kind")["built_year"].mean()
    assert by_kind["old"] < by_kind["mixed"] < by_kind["affordable"]


def test_enough_communities_of_each_street_state_what_rates_divide_by(sample: SampleCity, city: City) -> None:
    stated = sample.communities[["households", "floor_area_m2"]].notna()
    share = stated.groupby(sample.communities["street"]).mean()
    assert share.min().min() >= city.complaints.min_known_share
    assert share["households"].min() < 1


def test_old_communities_stand_in_the_centre(sample: SampleCity) -> None:
    located = sample.communities[sample.communities.geometry.notna()]
    middle = shapely.point_on_surface(located.geometry.to_numpy())
    inner = shapely.distance(middle, shapely.Point(118.55, 26.1)) < 0.03
    old = located["kind"].isin(["old", "reform"]).to_numpy()
    assert inner.sum() > 200
    assert old[inner].mean() > 1.5 * old[~inner].mean()


def test_gates_lie_on_roads_near_the_outline(ground: Ground) -> None:
    owner, names, points, main = place_gates(ground.sites.outlines, ground.roads, np.random.default_rng(0))
    assert set(owner.tolist()) == set(range(len(ground.sites.outlines)))
    assert np.bincount(owner, main).tolist() == [1] * len(ground.sites.outlines)
    _, to_road = shapely.STRtree(ground.roads.shapes).query_nearest(
        points, return_distance=True, all_matches=False
    )
    assert to_road.max() < 0.01
    assert np.median(shapely.distance(points, ground.sites.outlines[owner])) < 40
    assert len(set(zip(owner.tolist(), names, strict=True))) == len(owner)
    assert set(names) == {"东门", "南门", "西门", "北门"}


def test_gates_face_the_direction_they_are_called_after(ground: Ground) -> None:
    owner, names, points, _ = place_gates(ground.sites.outlines, ground.roads, np.random.default_rng(0))
    centre = shapely.get_coordinates(shapely.centroid(ground.sites.outlines))[owner]
    east, north = (shapely.get_coordinates(points) - centre).T
    called = np.array(names)
    assert (north[called == "北门"] >= np.abs(east[called == "北门"]) - 1e-6).all()
    assert (north[called == "南门"] <= -np.abs(east[called == "南门"]) + 1e-6).all()
    assert (east[called == "东门"] >= np.abs(north[called == "东门"]) - 1e-6).all()
