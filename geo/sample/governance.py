"""Who works together in the sample city: owners' committees, party organisations, four-party meetings."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from geo.sample.arrays import Cells, Floats, keep_where, to_dates
from geo.sample.names import name_people

TERM_DAYS = 5 * 365
# Share of communities with an owners' committee, by kind.
_FORMED = {"commodity": 0.62, "affordable": 0.38, "mixed": 0.45, "reform": 0.30, "old": 0.28}
CONCURRENT_CHAIRS, CONCURRENT_MEMBERS = 0.12, 0.07
PARTY_OF_COMMUNITIES, PARTY_OF_FIRMS, ACTING = 0.72, 0.46, 0.35
MINUTED = 0.86


def make_committees(
    communities: pd.DataFrame, as_of: date, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return owners' committees, term by term, and their members.

    Some terms have run out without an election; a chair or member may hold the post
    of the neighbourhood's party secretary too.
    """
    formed = np.flatnonzero(rng.random(len(communities)) < communities["kind"].map(_FORMED).to_numpy())
    begun = np.datetime64(as_of) - rng.integers(30, TERM_DAYS + 420, len(formed))
    opened = np.array(
        [f"{year + 1:.0f}-01-01" for year in communities["true_built_year"].iloc[formed]], "datetime64[D]"
    )
    begun = np.maximum(begun, np.minimum(opened, np.datetime64(as_of) - 30))
    terms = np.minimum(
        rng.integers(1, 4, len(formed)), 1 + ((begun - opened).astype(int) // TERM_DAYS).clip(0)
    )
    owner = np.repeat(formed, terms)
    back = np.concatenate([np.arange(n)[::-1] for n in terms])
    starts = np.repeat(begun, terms) - back * TERM_DAYS
    committees = pd.DataFrame(
        {
            "source_key": [f"YWH{k:05d}" for k in range(1, len(owner) + 1)],
            "community": communities["source_key"].to_numpy()[owner],
            "term": np.repeat(terms, terms) - back,
            "starts_on": to_dates(starts),
            "ends_on": to_dates(starts + TERM_DAYS - 1),
        }
    )
    return committees, _seat_members(committees["source_key"].to_numpy(dtype=object), rng)


def _seat_members(committees: Cells, rng: np.random.Generator) -> pd.DataFrame:
    """Give each committee a chair and four or six members."""
    seats = rng.choice([5, 7], len(committees), p=[0.7, 0.3])
    owner = np.repeat(np.arange(len(committees)), seats)
    seat = np.concatenate([np.arange(1, n + 1) for n in seats])
    keys = committees[owner]
    share = np.where(seat == 1, CONCURRENT_CHAIRS, np.where(seat == 2, CONCURRENT_MEMBERS, 0.0))
    return pd.DataFrame(
        {
            "source_key": [f"{key}-{number}" for key, number in zip(keys, seat, strict=True)],
            "owners_committee": keys,
            "seat": seat,
            "office": np.where(seat == 1, "chair", "member"),
            "name": name_people(rng, len(owner)),
            "concurrent_post": rng.random(len(owner)) < share,
        }
    )


def make_party_organisations(
    communities: pd.DataFrame,
    firms: pd.DataFrame,
    with_committee: pd.Series[str],
    as_of: date,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return party organisations of communities and of firms.

    Those of communities without an owners' committee (`with_committee` holds the
    keys of those with one) may act for it.
    """
    has = communities[rng.random(len(communities)) < PARTY_OF_COMMUNITIES]
    of_firms = firms[rng.random(len(firms)) < PARTY_OF_FIRMS]
    lacks = ~has["source_key"].isin(with_committee).to_numpy()
    count = len(has) + len(of_firms)
    of_community = np.arange(count) < len(has)
    keys = np.concatenate([has["source_key"], of_firms["source_key"]])
    names = [f"{name}党支部" for name in has["name"]] + [f"{name}党支部" for name in of_firms["name"]]
    return pd.DataFrame(
        {
            "source_key": [f"DZZ{k:05d}" for k in range(1, count + 1)],
            "community": keep_where(of_community, keys),
            "firm": keep_where(~of_community, keys),
            "name": names,
            "founded_on": to_dates(np.datetime64(as_of) - rng.integers(60, 4_000, count)),
            "acts_for_committee": np.r_[
                lacks & (rng.random(len(has)) < ACTING), np.zeros(len(of_firms), bool)
            ],
        }
    )


def make_meetings(
    communities: pd.DataFrame,
    quality: Floats,
    periods: list[str],
    first_days: pd.DatetimeIndex,
    last_days: pd.DatetimeIndex,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return four-party meetings: at most one a community and quarter, more often where service is good."""
    chance = np.clip(0.42 + 0.11 * quality, 0.05, 0.95)
    owner, quarter = np.nonzero(rng.random(quality.shape) < chance)
    span = (last_days - first_days).days.to_numpy()[quarter]
    held = first_days.to_numpy()[quarter] + (rng.random(len(owner)) * span).astype("timedelta64[D]")
    raised = rng.integers(1, 8, len(owner))
    share = np.clip(0.72 + 0.1 * quality[owner, quarter] + rng.normal(0, 0.15, len(owner)), 0, 1)
    return pd.DataFrame(
        {
            "source_key": [f"SF{k:06d}" for k in range(1, len(owner) + 1)],
            "community": communities["source_key"].to_numpy()[owner],
            "period": np.array(periods, dtype=object)[quarter],
            "held_on": to_dates(held),
            "minuted": rng.random(len(owner)) < MINUTED,
            "issues_raised": raised,
            "issues_closed": np.minimum(np.round(raised * share), raised).astype(int),
        }
    )
