"""Consequences and values in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from geo.policy.differences import Difference
from portal.actions.policy.consequences import Consequences, Effect
from portal.actions.policy.words import spell, spell_short, tell, tell_change

NOTHING = Consequences(
    day=date(2026, 12, 1),
    changes=[],
    effects=[],
    periods=[],
    regraded=[],
    better=0,
    worse=0,
    streets=3,
    was_km2=1200.0,
    becomes_km2=1201.25,
    complaints=17,
    roads=5,
    routes=2,
)


@pytest.mark.parametrize("effect", Effect)
def test_every_effect_has_its_sentence(effect: Effect) -> None:
    told = list(tell(replace(NOTHING, effects=[effect])))
    assert told
    assert all(line.endswith("。") for line in told)


def test_sentences_hold_the_figures() -> None:
    effects = [Effect.AREAS, Effect.COMPLAINTS, Effect.ROUTES, Effect.ROADS]
    told = " ".join(tell(replace(NOTHING, effects=effects)))
    for part in ("3 个街道", "1,200.0 km² → 1,201.2 km²", "17 件投诉", "2 条路线", "5 条道路"):
        assert part in told


def test_of_scores_it_says_which_quarters_and_how_many_grades() -> None:
    scores = replace(NOTHING, effects=[Effect.SCORES])
    assert "2026-12-01 以后的季度还没有评分依据" in next(tell(scores))
    first, second = tell(replace(scores, periods=["2026-Q4"], better=2, worse=1))
    assert first.startswith("2026年第4季度的评分随后自动重新计算")
    assert "3 个评分的等级会变：2 个升高，1 个降低" in second
    assert list(tell(replace(scores, periods=["2026-Q4"])))[1] == "没有小区的等级会变。"


@pytest.mark.parametrize(
    ("value", "told", "short"),
    [
        (None, "（无）", "（无）"),
        (True, "是", "是"),
        (False, "否", "否"),
        (20_000_000.0, "20000000", "20000000"),
        ("", "（空）", "（空）"),
        ("云岭市", "云岭市", "云岭市"),
        ([0.5, 1.0], "0.5、1", "0.5、1"),
        ([{"code": "a"}, {"code": "b"}], None, "2 项"),
        ({"a": 1}, None, "1 项"),
    ],
)
def test_values_are_spelled_for_people(value: Any, told: str | None, short: str) -> None:
    if told is not None:
        assert str(spell(value)) == told
    assert str(spell_short(value)) == short


def test_a_change_is_one_line() -> None:
    change = Difference("routes.class_speed_kmh.track", None, 8.0)
    assert tell_change(change) == "各类道路的车速 · track：（无） → 8"
