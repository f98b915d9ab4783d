"""What tags mean for a car: access, barriers, where nobody stops."""

from __future__ import annotations

import pytest

from geo.roads.tags import Access, access_of, direction_of, is_barrier, may_stop, speed_kmh_of


@pytest.mark.parametrize(
    ("tags", "access"),
    [
        ({}, Access.OPEN),
        ({"access": "yes"}, Access.OPEN),
        ({"access": "permissive"}, Access.OPEN),
        ({"access": "no"}, Access.CLOSED),
        ({"motor_vehicle": "no", "access": "yes"}, Access.CLOSED),
        ({"motorcar": "yes", "vehicle": "no"}, Access.OPEN),
        ({"vehicle": "no", "motor_vehicle": "yes"}, Access.OPEN),
        ({"access": "yes", "vehicle": "no"}, Access.CLOSED),
        ({"access": "private"}, Access.LIMITED),
        ({"vehicle": "destination"}, Access.LIMITED),
        ({"motor_vehicle": "delivery"}, Access.LIMITED),
        ({"motor_vehicle": "customers", "access": "no"}, Access.LIMITED),
        ({"motor_vehicle": "delivery;destination"}, Access.LIMITED),
        ({"motor_vehicle": "no; destination"}, Access.LIMITED),
        ({"motor_vehicle": "private;yes"}, Access.OPEN),
        ({"access": ""}, Access.OPEN),
        ({"area": "yes"}, Access.CLOSED),
    ],
)
def test_access(tags: dict[str, str], access: Access) -> None:
    assert access_of(tags) is access


@pytest.mark.parametrize(
    ("tags", "is_in_the_way"),
    [
        ({}, False),
        ({"motor_vehicle": "no"}, False),  # of a node that is no barrier it says nothing
        ({"barrier": "bollard"}, True),
        ({"barrier": "block"}, True),
        ({"barrier": "jersey_barrier"}, True),
        ({"barrier": "cycle_barrier"}, True),
        ({"barrier": "yes"}, True),
        ({"barrier": "bollard", "bicycle": "yes", "foot": "yes"}, True),
        ({"barrier": "bollard", "access": "private"}, True),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, False),
        ({"barrier": "bollard", "bollard": "rising"}, False),
        ({"barrier": "bollard", "bollard": "rising", "motor_vehicle": "no"}, True),
        ({"barrier": "gate"}, False),
        ({"barrier": "gate", "access": "private"}, False),
        ({"barrier": "gate", "foot": "no"}, False),
        ({"barrier": "gate", "access": "no"}, True),
        ({"barrier": "lift_gate"}, False),
        ({"barrier": "swing_gate"}, False),
        ({"barrier": "toll_booth"}, False),
        ({"barrier": "kerb"}, False),
        ({"barrier": "height_restrictor"}, False),
    ],
)
def test_what_stands_in_the_way(tags: dict[str, str], is_in_the_way: bool) -> None:
    assert is_barrier(tags) is is_in_the_way


@pytest.mark.parametrize(
    ("tags", "may"),
    [
        ({"highway": "residential"}, True),
        ({"highway": "trunk"}, True),
        ({"highway": "motorway"}, False),
        ({"highway": "motorway_link"}, False),
        ({"highway": "trunk", "motorroad": "yes"}, False),
        ({"highway": "primary", "tunnel": "yes"}, False),
        ({"highway": "primary", "tunnel": "no"}, True),
        ({"highway": "service", "tunnel": "building_passage"}, True),
    ],
)
def test_where_a_car_may_stop(tags: dict[str, str], may: bool) -> None:
    assert may_stop(tags) is may


def test_direction_and_speed() -> None:
    assert direction_of({"highway": "primary", "oneway": "-1"}) == "backward"
    assert direction_of({"highway": "primary", "oneway": "reversible"}) is None
    assert speed_kmh_of({"highway": "primary", "maxspeed": "30"}, {"primary": 45.0}) == 30.0
