"""Bars of a small chart."""

from __future__ import annotations

from portal.web.charts import HEIGHT, WIDTH, bars


def test_the_largest_is_as_high_as_the_chart() -> None:
    found = bars([0, 5, 10])
    assert [bar.height for bar in found] == [0, HEIGHT / 2, HEIGHT]
    assert [bar.y + bar.height for bar in found] == [HEIGHT] * 3


def test_bars_stand_side_by_side_within_the_chart() -> None:
    found = bars([3] * 12)
    assert all(a.x + a.width < b.x for a, b in zip(found, found[1:], strict=False))
    assert found[-1].x + found[-1].width <= WIDTH


def test_nothing_to_draw() -> None:
    assert bars([]) == []
    assert [bar.height for bar in bars([0, 0])] == [0, 0]


def test_what_is_unknown_stands_in_its_place_without_height() -> None:
    found = bars([None, 4, 0])
    assert [(bar.value, bar.height) for bar in found] == [(None, 0), (4, HEIGHT), (0, 0)]
