"""Territories: nested, connected, without gap or overlap."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.sample.ground import Ground


@pytest.mark.parametrize("level", ["neighbourhoods", "streets"])
def test_territories_tile_the_city(ground: Ground, level: str) -> None:
    shapes = getattr(ground.territory, level)
    whole = ground.terrain.limit
    assert shapely.area(shapes).sum() == pytest.approx(whole.area, rel=1e-6)
    assert shapely.coverage_is_valid(shapes)


def test_each_street_is_one_area_and_whole_neighbourhoods(ground: Ground) -> None:
    territory = ground.territory
    assert len(territory.streets) == 30
    assert (shapely.get_type_id(territory.streets) == shapely.GeometryType.POLYGON).all()
    for street, outline in enumerate(territory.streets):
        parts = territory.neighbourhoods[territory.street_of_neighbourhood == street]
        assert shapely.area(parts).sum() == pytest.approx(outline.area)


def test_children_of_one_parent_follow_each_other(ground: Ground) -> None:
    assert (np.diff(ground.territory.street_of_neighbourhood) >= 0).all()
    assert (np.diff(ground.territory.district_of_street) >= 0).all()
    assert set(ground.territory.district_of_street.tolist()) == {0, 1, 2, 3}


def test_central_streets_are_smaller(ground: Ground) -> None:
    streets = ground.territory.streets
    distance = shapely.distance(shapely.centroid(streets), shapely.Point(0, 0))
    nearest = np.argsort(distance)
    area = shapely.area(streets)
    assert area[nearest[:10]].mean() < area[nearest[-10:]].mean() / 3
