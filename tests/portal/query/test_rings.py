"""Drawn areas as text."""

from __future__ import annotations

import pytest
from hypothesis import given

from portal.errors import BadRequest
from portal.query import MAX_VERTICES, Ring, parse_ring, spell_ring
from tests.portal.query.strategies import rings


@given(rings())
def test_text_carries_every_ring(ring: Ring) -> None:
    assert parse_ring(spell_ring(ring)) == ring


def test_people_may_write_it_their_way() -> None:
    ring = ((114.0, 22.0), (114.1, 22.0), (114.1, 22.1))
    assert parse_ring("114,22\n114.1 22\n114.1，22.1\n114,22\n") == ring
    assert parse_ring("  ") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0,0;1,1;0,1;1,0", "area：边界自相交，在 0.50000,0.50000 附近"),
        ("0,0;1,1;2,2", "area：边界自相交"),
        ("0,0;1,1;1,1;0,0", "area：至少需要三个顶点"),
        ("0,0;1,1", "area：至少需要三个顶点"),
        ("0,0;1,x;1,1", "area：1,x 不是 经度,纬度"),
        ("0,0;1,nan;1,1", "area：1,nan 超出地图范围"),
        ("0,0;1,1,1;1,1", "area：1,1,1 不是 经度,纬度"),
        ("0,0;22.5,114;1,1", "area：22.5,114 超出地图范围"),
        (";".join(f"{at / 100},{at % 2}" for at in range(MAX_VERTICES + 1)), "area：顶点超过 2000 个"),
    ],
)
def test_what_is_no_area_is_refused_with_its_reason(text: str, message: str) -> None:
    with pytest.raises(BadRequest) as raised:
        parse_ring(text)
    assert raised.value.message.startswith(message)


def test_a_huge_area_is_an_area() -> None:
    assert parse_ring("-180,-85;180,-85;180,85;-180,85") is not None
