"""How many complaints come from where and when: heavy tail, season, planted hot spots."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import shapely

from geo.policy.city import City
from geo.sample.arrays import Flags, Floats, Ints, Shapes

MONTHS = 24
HEAVY_COMMUNITIES, HEAVY_COMPLAINTS = 0.11, 0.47  # as published of one city: 11 % made 47 %
CLUSTERS = ("H1", "H2", "H3", "H4", "H5", "E1")  # five that last, one that emerges
CLUSTER_RADIUS_M = 700.0
CLUSTER_SPACING_M = 3_500.0
CLUSTER_SIZES = (10, 40)
LASTING_FACTOR, EMERGING_FACTOR = 4.0, 6.5
EMERGING_MONTHS = 6
_SEASON = np.array([0.94, 0.80, 0.92, 0.96, 1.02, 1.12, 1.22, 1.20, 1.04, 0.96, 0.90, 0.92])
_HOURS = np.array([2, 1, 1, 1, 1, 2, 4, 9, 16, 20, 20, 15, 9, 10, 15, 18, 18, 15, 12, 13, 13, 10, 6, 4])
_WEEKDAYS = np.array([1.15, 1.1, 1.05, 1.05, 1.05, 0.85, 0.8])


def month_starts(as_of: date) -> pd.DatetimeIndex:
    """Return the first day of each of the 24 months that end on `as_of`, and the day after it."""
    end = pd.Timestamp(as_of) + pd.Timedelta(days=1)
    return pd.DatetimeIndex([end - pd.DateOffset(months=MONTHS - k) for k in range(MONTHS + 1)])


def season_of(as_of: date) -> Floats:
    """Return the weight of each of the 24 months: the season, and a slow rise."""
    months = month_starts(as_of)[:-1].month.to_numpy()
    return np.asarray(_SEASON[months - 1] * np.linspace(0.95, 1.05, MONTHS))


def plant_hotspots(
    outlines: Shapes, located: Flags, as_of: date, city: City, rng: np.random.Generator
) -> pd.DataFrame:
    """Choose clusters of neighbouring communities whose rate shall be raised.

    Returns
    -------
    pandas.DataFrame
        One row a member: ``row`` (number of the community), ``cluster``, ``kind``
        (lasting or emerging), ``factor``, ``first_month`` (0-23), ``starts_on``,
        ``category`` (the leading one).
    """
    centres = shapely.centroid(outlines)
    near = shapely.STRtree(centres[located]).query(
        centres[located], predicate="dwithin", distance=CLUSTER_RADIUS_M
    )
    rows = np.flatnonzero(located)
    size = np.bincount(near[0], minlength=len(rows))
    fitting = (size >= CLUSTER_SIZES[0]) & (size <= CLUSTER_SIZES[1])
    queue = np.lexsort((rng.random(len(rows)), -np.minimum(size, CLUSTER_SIZES[0]), ~fitting))
    seeds: list[int] = []
    for k in queue.tolist():
        if len(seeds) < len(CLUSTERS) and all(
            shapely.distance(centres[rows[k]], centres[rows[s]]) > CLUSTER_SPACING_M for s in seeds
        ):
            seeds.append(k)
    codes = rng.permutation([category.code for category in city.complaints.categories])
    starts = month_starts(as_of)
    members = []
    for cluster, seed, code in zip(CLUSTERS, seeds, np.resize(codes, len(CLUSTERS)), strict=False):
        emerging = cluster.startswith("E")
        first = MONTHS - EMERGING_MONTHS if emerging else 0
        found = pd.DataFrame({"row": rows[near[1][near[0] == seed]]}).sort_values("row")
        members.append(
            found.assign(
                cluster=cluster,
                kind="emerging" if emerging else "lasting",
                factor=EMERGING_FACTOR if emerging else LASTING_FACTOR,
                first_month=first,
                starts_on=starts[first].date(),
                category=str(code),
            )
        )
    return pd.concat(members, ignore_index=True)


def spread_demand(
    households: Floats, quality: Floats, hotspots: pd.DataFrame, as_of: date, rng: np.random.Generator
) -> Floats:
    """Return the expected share of complaints of each community (rows) in each month (columns).

    Large and ill-served communities complain more; beyond that luck is log-normal,
    as wide as it takes for 11 % of communities to make 47 % of complaints.
    """
    boost = np.ones((len(households), MONTHS))
    for row, first, factor in hotspots[["row", "first_month", "factor"]].to_numpy():
        boost[int(row), int(first) :] = factor
    plain = households**0.9 * np.exp(-0.3 * quality)
    luck = rng.normal(0, 1, len(households))
    luck[hotspots["row"]] = 0.0  # members of a hot spot are all raised alike
    season = season_of(as_of)
    narrow, wide = 0.0, 2.5
    for _ in range(30):
        middle = (narrow + wide) / 2
        chance = (plain * np.exp(middle * luck))[:, None] * season * boost
        if share_of_heaviest(chance.sum(axis=1)) < HEAVY_COMPLAINTS:
            narrow = middle
        else:
            wide = middle
    return np.asarray(chance / chance.sum())


def share_of_heaviest(counts: Floats) -> float:
    """Return what share the heaviest 11 % of communities make of the whole."""
    heaviest = np.sort(counts)[::-1][: round(HEAVY_COMMUNITIES * len(counts))]
    return float(heaviest.sum() / counts.sum())


def draw_times(months: Ints, as_of: date, timezone: str, rng: np.random.Generator) -> pd.DatetimeIndex:
    """Draw when complaints of the given months (0-23) arrive: by weekday and hour, to the second."""
    starts = month_starts(as_of)
    days = pd.date_range(starts[0], starts[-1], inclusive="left")
    month_of_day = np.searchsorted(starts, days, side="right") - 1
    weight = _WEEKDAYS[days.dayofweek.to_numpy()]
    day = np.empty(len(months), dtype=np.int64)
    for month in range(MONTHS):
        own = months == month
        pool = np.flatnonzero(month_of_day == month)
        day[own] = rng.choice(pool, int(own.sum()), p=weight[pool] / weight[pool].sum())
    hour = rng.choice(24, len(months), p=_HOURS / _HOURS.sum())
    seconds = hour * 3600 + rng.integers(0, 3600, len(months))
    return pd.DatetimeIndex(days[day] + pd.to_timedelta(seconds, unit="s")).tz_localize(timezone)
