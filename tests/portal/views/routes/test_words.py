"""Durations, distances and days as people say them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from flask import Flask

from geo.roads.network import Note, Place
from geo.routes.sheet import RowKind, SheetRow
from geo.texts import fill
from portal.views.routes.words import Words

NOON = datetime(2025, 6, 3, 12)
ROW = SheetRow(
    RowKind.STOP,
    1,
    Place("1", "甲", 118.0, 26.0),
    NOON,
    NOON,
    None,
    30,
    0.0,
    7.4,
    2345.0,
    ("深南大道", "香蜜湖路"),
    Note.NO_TRAFFIC,
)


def say(text: str, **params: object) -> str:
    return fill(text, params)


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (0.2, "不到 1 分钟"),
        (25.4, "25 分钟"),
        (59.6, "1 小时"),
        (85, "1 小时 25 分"),
        (600, "10 小时"),
    ],
)
def test_minutes_are_whole(minutes: float, text: str) -> None:
    assert Words(say, "zh").minutes(minutes) == text


@pytest.mark.parametrize(
    ("metres", "text"), [(4, "0 米"), (348, "350 米"), (1000, "1.0 公里"), (12_345, "12.3 公里")]
)
def test_distances_are_no_more_exact_than_they_are(metres: float, text: str) -> None:
    assert Words(say, "zh").distance(metres) == text


def test_a_way_names_its_roads() -> None:
    words = Words(say, "zh")
    assert words.leg(ROW) == "经 深南大道、香蜜湖路 · 7\u00a0分钟 · 2.3\u00a0公里"
    assert words.leg(replace(ROW, via=())) == "7\u00a0分钟 · 2.3\u00a0公里"
    assert words.leg(replace(ROW, travel_m=3.0)) == "同一地点"


def test_estimates_say_so() -> None:
    words = Words(say, "zh", approximate=True)
    assert words.driving(25) == "约 25 分钟"
    assert words.driving(0.3) == "不到 1 分钟"
    assert words.leg(replace(ROW, via=())) == "约\u00a07\u00a0分钟 · 2.3\u00a0公里"


def test_days_have_their_weekday(app: Flask) -> None:
    with app.test_request_context():
        assert Words(say, "zh").day(date(2025, 6, 3)) == "2025年6月3日 星期二"
