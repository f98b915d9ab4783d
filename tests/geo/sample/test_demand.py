"""How many complaints come from where and when."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
import shapely

from geo.policy.city import City
from geo.sample.demand import (
    EMERGING_FACTOR,
    EMERGING_MONTHS,
    HEAVY_COMPLAINTS,
    MONTHS,
    draw_times,
    month_starts,
    plant_hotspots,
    share_of_heaviest,
    spread_demand,
)

AS_OF = date(2025, 12, 31)


def test_months_end_with_the_last_day() -> None:
    starts = month_starts(AS_OF)
    assert len(starts) == MONTHS + 1
    assert starts[0] == pd.Timestamp("2024-01-01")
    assert starts[-1] == pd.Timestamp("2026-01-01")
    assert month_starts(date(2026, 2, 14))[0] == pd.Timestamp("2024-02-15")


def test_share_of_heaviest_by_hand() -> None:
    """11 of 100 communities have 8 each, the others 1: 88 of 177."""
    assert share_of_heaviest(np.r_[np.full(11, 8.0), np.ones(89)]) == pytest.approx(88 / 177)


def test_demand_is_heavy_tailed_and_boosted(city: City) -> None:
    rng = np.random.default_rng(0)
    outlines = shapely.buffer(shapely.points(rng.uniform(0, 12_000, (800, 2))), 60)
    hotspots = plant_hotspots(outlines, np.ones(800, dtype=bool), AS_OF, city, rng)
    households = np.round(rng.lognormal(5.8, 0.7, 800))
    chance = spread_demand(households, rng.normal(0, 1, 800), hotspots, AS_OF, rng)
    assert chance.sum() == pytest.approx(1)
    assert share_of_heaviest(chance.sum(axis=1)) == pytest.approx(HEAVY_COMPLAINTS, abs=0.005)
    emerging = hotspots.loc[hotspots["kind"] == "emerging", "row"].to_numpy()
    monthly = chance[emerging].sum(axis=0)
    before, since = monthly[: MONTHS - EMERGING_MONTHS].mean(), monthly[MONTHS - EMERGING_MONTHS :].mean()
    assert since / before == pytest.approx(EMERGING_FACTOR, rel=0.15)


def test_hot_spots_are_compact_apart_and_only_of_located_communities(city: City) -> None:
    rng = np.random.default_rng(1)
    centres = rng.uniform(0, 14_000, (900, 2))
    located = rng.random(900) < 0.9
    hotspots = plant_hotspots(shapely.buffer(shapely.points(centres), 50), located, AS_OF, city, rng)
    assert located[hotspots["row"]].all()
    assert not hotspots["row"].duplicated().any()
    assert hotspots.groupby("cluster").size().between(10, 40).all()
    assert hotspots.groupby("kind")["cluster"].nunique().to_dict() == {"lasting": 5, "emerging": 1}
    for _, members in hotspots.groupby("cluster"):
        assert np.ptp(centres[members["row"]], axis=0).max() <= 1_400


def test_times_keep_to_their_month_and_to_working_hours() -> None:
    months = np.repeat(np.arange(MONTHS), 400)
    times = draw_times(months, AS_OF, "Asia/Shanghai", np.random.default_rng(0))
    starts = month_starts(AS_OF).tz_localize("Asia/Shanghai")
    assert (times >= starts[months]).all()
    assert (times < starts[months + 1]).all()
    assert ((times.hour >= 8) & (times.hour < 18)).mean() > 0.55
    weekend = times.dayofweek >= 5
    assert weekend.mean() < 2 / 7
