"""Complaints of the sample city: their words, their handling, and how exactly their place is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import shapely

from geo.policy.city import City
from geo.sample.arrays import Cells, Flags, Floats, Ints, Shapes, keep_where
from geo.sample.demand import MONTHS, draw_times, plant_hotspots, season_of, spread_demand
from geo.sample.matters import PROPERTY_EVENT, PROPERTY_MAIN, draw_other_matters, draw_property_matters

PROPERTY_SHARE = 0.75
HANDLING_DAYS = 7  # in time is within a week
_LEVELS = np.array(["point", "community", "alias", "neighbourhood", "street", "none"], dtype=object)
_LEVEL_SHARES = np.array([0.42, 0.27, 0.07, 0.09, 0.12, 0.03])
_OTHER_LEVEL_SHARES = np.array([0.35, 0.0, 0.0, 0.25, 0.35, 0.05])
_CHANNELS = ("12345热线", "网上信箱", "微信公众号", "信访", "网络舆情", "现场检查", "领导交办")
_CHANNEL_SHARES = (0.67, 0.12, 0.11, 0.05, 0.03, 0.013, 0.007)
_KINDS = ("投诉", "咨询", "求决", "建议")
_KIND_SHARES = (0.90, 0.05, 0.03, 0.02)


@dataclass(frozen=True)
class Places:
    """Where complaints can be: one row a community, in words and in local metres."""

    words: pd.DataFrame  # source_key, name, aliases, address, neighbourhood, street, district
    outlines: Shapes
    gates: Shapes  # a point on a road
    located: Flags


@dataclass(frozen=True)
class Complaints:
    """The frame (without geometry), points in local metres (None where there is none), and the truth."""

    frame: pd.DataFrame
    points: Shapes
    places: pd.DataFrame
    hotspots: pd.DataFrame


def make_complaints(
    places: Places,
    households: Floats,
    quality: Floats,
    city: City,
    count: int,
    as_of: date,
    rng: np.random.Generator,
) -> Complaints:
    """Draw `count` complaints of the 24 months that end on `as_of`, three quarters of them property matters.

    Parameters
    ----------
    households
        True number per community; 0 where no complaint shall come from.
    quality
        Hidden quality of service per community.
    city
        Its categories give the words of property matters; other matters use words
        that no category matches.

    Returns
    -------
    Complaints
        ``places`` states for each record the true community (None for other
        matters), the place level and how the place can be found; ``hotspots`` the
        members of each planted cluster.
    """
    hotspots = plant_hotspots(places.outlines, places.located, as_of, city, rng)
    chance = spread_demand(households, quality, hotspots, as_of, rng)
    own = round(PROPERTY_SHARE * count)
    community, month = np.divmod(
        np.repeat(np.arange(chance.size), rng.multinomial(own, chance.ravel())), MONTHS
    )
    season = season_of(as_of)
    community = np.r_[community, rng.choice(len(households), count - own, p=households / households.sum())]
    month = np.r_[month, rng.choice(MONTHS, count - own, p=season / season.sum())]
    received = draw_times(month, as_of, city.timezone, rng)
    order = np.argsort(received.asi8, kind="stable")
    community, month, received, mine = community[order], month[order], received[order], (order < own)
    words = _word(places, community, month, received, mine, hotspots, city, rng)
    level = _draw_levels(places, community, mine, rng)
    frame = pd.concat(
        [words, _handle(quality[community], words, as_of, rng), _place(places, community, level, rng)], axis=1
    )
    points = _draw_points(places, community, mine, level, rng)
    truth = _state_places(frame["source_key"], places, community, mine, level)
    members = hotspots.assign(community=places.words["source_key"].to_numpy()[hotspots["row"]])
    return Complaints(frame, points, truth, members.drop(columns=["row", "first_month"]))


def _word(
    places: Places,
    community: Ints,
    month: Ints,
    received: pd.DatetimeIndex,
    mine: Flags,
    hotspots: pd.DataFrame,
    city: City,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Say when, through which channel and what about."""
    count = len(community)
    leader = np.full((len(places.words), MONTHS), None, dtype=object)
    for row, first, category in hotspots[["row", "first_month", "category"]].to_numpy(dtype=object):
        leader[row, first:] = category
    leading = leader[community[mine], month[mine]]
    matters = np.empty((count, 4), dtype=object)
    matters[mine, 0], matters[mine, 1] = PROPERTY_EVENT, PROPERTY_MAIN
    matters[mine, 2] = draw_property_matters(received.month.to_numpy()[mine] - 1, leading, city, rng)
    local = rng.random(count) < 0.6
    place = places.words.iloc[community]
    matters[mine, 3] = np.where(local, place["street"] + "办事处", place["district"] + "住房和建设局")[mine]
    matters[~mine] = draw_other_matters(int((~mine).sum()), city, rng)
    return pd.DataFrame(
        {
            "source_key": [f"GD{k:07d}" for k in range(1, count + 1)],
            "received_at": received,
            "channel": rng.choice(np.array(_CHANNELS, dtype=object), count, p=_CHANNEL_SHARES),
            "request_kind": rng.choice(np.array(_KINDS, dtype=object), count, p=_KIND_SHARES),
            "event_type": matters[:, 0],
            "main_type": matters[:, 1],
            "sub_type": matters[:, 2],
            "unit": matters[:, 3],
        }
    )


def _handle(quality: Floats, words: pd.DataFrame, as_of: date, rng: np.random.Generator) -> pd.DataFrame:
    """Say how each was handled; what is not closed by the end of `as_of` has no outcome yet."""
    count = len(quality)
    days = np.exp(rng.normal(np.log(3.2) - 0.12 * quality, 0.75))
    closed = (words["received_at"] + pd.to_timedelta(days * 86_400, unit="s")).dt.floor("s")
    end = (pd.Timestamp(as_of) + pd.Timedelta(days=1)).tz_localize(words["received_at"].dt.tz)
    done = (closed < end).to_numpy()
    late = days > HANDLING_DAYS
    overdue = (words["received_at"] + pd.Timedelta(days=HANDLING_DAYS) < end).to_numpy()
    called = done & (words["request_kind"] != "咨询").to_numpy() & (rng.random(count) < 0.82)
    resolved = rng.random(count) < _logistic(1.85 + 0.65 * quality)
    satisfied = rng.random(count) < np.where(resolved, _logistic(2.0 + 0.5 * quality), 0.07)
    return pd.DataFrame(
        {
            "in_time": keep_where(done | overdue, ~late),
            "responded_in_time": (rng.random(count) < _logistic(2.3 + 0.5 * quality)).astype(object),
            "called_back": keep_where(done, called),
            "resolved": keep_where(called, resolved),
            "satisfied": keep_where(called, satisfied),
            "closed_at": closed.where(done),
        }
    )


def _logistic(values: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-values)))


def _draw_levels(places: Places, community: Ints, mine: Flags, rng: np.random.Generator) -> Cells:
    """Draw how exactly the place is known: a coordinate needs an outline, an alias needs an alias."""
    luck = rng.random(len(community))
    own = _LEVELS[np.searchsorted(np.cumsum(_LEVEL_SHARES)[:-1], luck)]
    other = _LEVELS[np.searchsorted(np.cumsum(_OTHER_LEVEL_SHARES)[:-1], luck)]
    level = np.where(mine, own, other)
    has_alias = places.words["aliases"].notna().to_numpy()[community]
    lost = (level == "point") & mine & ~places.located[community]
    return np.where(lost | ((level == "alias") & ~has_alias), "community", level)


def _place(places: Places, community: Ints, level: Cells, rng: np.random.Generator) -> pd.DataFrame:
    """Write the place down as exactly as the level says, and no more exactly."""
    words = places.words.iloc[community].reset_index(drop=True)
    count = len(community)
    luck = rng.random(count)
    aliases = [text.split("|") if text else [None] for text in words["aliases"]]
    alias = np.array([own[int(u * len(own))] for own, u in zip(aliases, luck, strict=True)], dtype=object)
    named = (level == "community") | ((level == "point") & (luck < 0.55))
    building = pd.Series(rng.integers(1, 19, count)).astype(str).to_numpy(dtype=object)
    name = keep_where(named | (level == "alias"), np.where(level == "alias", alias, words["name"]))
    at_home = np.isin(level, ["point", "community", "alias"])
    exact = words["address"] + np.where(named, words["name"] + building + "栋", "附近")
    address = keep_where(at_home & (luck < 0.8), exact)
    address[level == "none"] = "不详"
    known = level != "none"
    return pd.DataFrame(
        {
            "district": keep_where(known, words["district"]),
            "street": keep_where(known, words["street"]),
            "neighbourhood": keep_where(
                (at_home & (luck < 0.5)) | (level == "neighbourhood"), words["neighbourhood"]
            ),
            "community": name,
            "address": address,
        }
    )


def _draw_points(
    places: Places, community: Ints, mine: Flags, level: Cells, rng: np.random.Generator
) -> Shapes:
    """Draw a coordinate within the outline for property matters, on the road outside for others."""
    points = np.full(len(community), None, dtype=object)
    inside = np.flatnonzero((level == "point") & mine)
    points[inside] = _scatter_within(places.outlines[community[inside]], rng)
    outside = np.flatnonzero((level == "point") & ~mine)
    gates = shapely.get_coordinates(places.gates[community[outside]])
    points[outside] = shapely.points(gates + rng.normal(0, 6, gates.shape))
    return points


def _scatter_within(outlines: Shapes, rng: np.random.Generator) -> Shapes:
    """Return a random point of each outline: from its box, until one falls inside."""
    bounds = shapely.bounds(outlines)
    found = shapely.point_on_surface(outlines)
    open_ = np.arange(len(outlines))
    for _ in range(12):
        share = rng.random((len(open_), 2))
        at = bounds[open_, :2] + share * (bounds[open_, 2:] - bounds[open_, :2])
        hit = shapely.contains_xy(outlines[open_], at[:, 0], at[:, 1])
        found[open_[hit]] = shapely.points(at[hit])
        open_ = open_[~hit]
    return np.asarray(found)


def _state_places(
    keys: pd.Series[str], places: Places, community: Ints, mine: Flags, level: Cells
) -> pd.DataFrame:
    how = {"point": "coordinate", "community": "name", "none": "not_found"}
    return pd.DataFrame(
        {
            "source_key": keys,
            "community": keep_where(mine, places.words["source_key"].to_numpy()[community]),
            "property_related": mine,
            "level": np.where(level == "alias", "community", level),
            "how": [how.get(str(name), str(name)) for name in level],
        }
    )
