"""Queries as sentences."""

from __future__ import annotations

import pytest

from geo.policy.city import City
from geo.texts import fill
from portal.query import CommunityQuery, Near
from portal.views.queries.sentence import Speaker, describe, metres

STREETS = {1: "桂园", 2: "南湖", 3: "笋岗", 4: "黄贝"}
RING = ((114.0, 22.0), (114.1, 22.0), (114.1, 22.1))


def say(text: str, /, **params: object) -> str:
    return fill(text, params)


@pytest.fixture
def speaker(city: City) -> Speaker:
    return Speaker(city, "zh", say, STREETS, "长城物业")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (CommunityQuery(), "全市"),
        (CommunityQuery(street_ids=frozenset({1})), "桂园街道内"),
        (CommunityQuery(street_ids=frozenset({1, 2})), "南湖、桂园街道内"),
        (CommunityQuery(street_ids=frozenset(STREETS)), "南湖、桂园、笋岗等 4 个街道内"),
        (CommunityQuery(street_ids=frozenset({99})), "不在任何可查看的街道内"),
        (CommunityQuery(districts=("南区", "福田")), "南区、福田内"),
        (CommunityQuery(area=RING), "所画范围内"),
        (CommunityQuery(area_key="abc"), "所画范围内"),
        (CommunityQuery(near=Near(114.05, 22.54, 5000.0)), "距 114.05000,22.54000 5 公里以内"),
        (CommunityQuery(near=Near(114.05, 22.54, None, 5)), "距 114.05000,22.54000 最近的 5 个"),
        (CommunityQuery(near=Near(114.05, 22.54, 500.0, 5)), "距 114.05000,22.54000 500 米以内最近的 5 个"),
        (CommunityQuery(points_at_least=60.0, points_below=70.5), "评分不低于 60，评分低于 70.5"),
        (CommunityQuery(bands=("excellent", "fail", "none")), "等级为优秀、不合格、无评分"),
        (CommunityQuery(complaints_at_least=10), "近 30 天投诉 ≥ 10 件"),
        (
            CommunityQuery(complaints_at_least=2, complaint_days=7, category="lift"),
            "近 7 天“电梯”投诉 ≥ 2 件",
        ),
        (CommunityQuery(category="lift"), "全市"),  # counts, but asks for nothing
        (CommunityQuery(not_inspected_days=90, overdue=True), "超过 90 天未巡查，有逾期整改"),
        (CommunityQuery(kind="old", text="花园"), "类型为老旧小区，名称含“花园”"),
        (CommunityQuery(firm_id=3, firm="长城"), "由长城物业服务，企业名称含“长城”"),
    ],
)
def test_a_query_in_words(speaker: Speaker, query: CommunityQuery, words: str) -> None:
    assert describe(query, speaker) == words


def test_braces_and_percent_signs_in_a_name_are_only_text(speaker: Speaker) -> None:
    assert describe(CommunityQuery(text="{n} 100%"), speaker) == "名称含“{n} 100%”"


@pytest.mark.parametrize(
    ("value", "words"), [(1.0, "1 米"), (999.5, "999.5 米"), (1000.0, "1 公里"), (2500.0, "2.5 公里")]
)
def test_distances_as_people_say_them(value: float, words: str) -> None:
    assert metres(value, say) == words
