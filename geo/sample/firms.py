"""Firms of the sample city, their contracts, and how good their service is, quarter by quarter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from geo.policy.firms import FeePolicy
from geo.sample.arrays import Flags, Floats, Ints, to_dates
from geo.sample.names import make_credit_code, name_firms

# Share of communities that a firm serves, by kind; the others look after themselves.
_COVERED = {"commodity": 0.99, "affordable": 0.97, "mixed": 0.94, "reform": 0.82, "old": 0.74}
_GRADE_BY_KIND = {"commodity": 3.4, "affordable": 2.3, "mixed": 2.5, "reform": 1.6, "old": 1.3}
FIRM_CHANGE_SHARE = 0.25
GAP_SHARE = 0.1
UNPOSTED_SHARE = 0.06
HISTORY_DAYS = 7 * 365
UNSERVED_QUALITY = -0.9
# The four rules by which a mismatch of price and quality is planted, and on what share of contracts.
PLANTED_SHARES = {
    "fee_above_guide": 0.010,
    "posted_fee_differs": 0.010,
    "score_below_minimum": 0.008,
    "fee_grade_above_earned": 0.006,
}
PLANTED_QUALITY = {"score_below_minimum": -3.2, "fee_grade_above_earned": -3.8}
PLANTED_QUARTERS = 4


@dataclass(frozen=True)
class Service:
    """Contracts, and what the rest of the sample is drawn from.

    `quality` (communities × quarters) is the hidden quality of service, 0 on
    average, 1 good; `current` is the row of `contracts` in force on the last day,
    -1 where there is none; `mismatches` are the planted price-quality mismatches.
    """

    contracts: pd.DataFrame
    current: Ints
    quality: Floats
    mismatches: pd.DataFrame


def make_firms(rng: np.random.Generator, count: int, as_of: date) -> pd.DataFrame:
    """Return firms that satisfy the FIRMS contract."""
    numbers = rng.choice(90_000_000, count, replace=False) + 10_000_000
    codes = [make_credit_code(int(number)) for number in numbers]
    age_days = rng.integers(400, 25 * 365, count)
    return pd.DataFrame(
        {
            "source_key": [f"F{k:04d}" for k in range(1, count + 1)],
            "name": name_firms(rng, count),
            "credit_code": codes,
            "registered_on": to_dates(np.datetime64(as_of) - age_days),
        }
    )


def make_service(
    communities: pd.DataFrame,
    firms: pd.DataFrame,
    quarter_ends: pd.DatetimeIndex,
    fees: FeePolicy,
    as_of: date,
    rng: np.random.Generator,
) -> Service:
    """Draw contracts with their history, fees and quality, and plant mismatches of price and quality.

    Parameters
    ----------
    communities
        Columns of the COMMUNITIES contract and `true_built_year`.
    quarter_ends
        Last day of each quarter for which a quality is wanted.
    fees
        Guide prices; honest fees lie below guide price and allowed float, with the
        lift supplement where there are lifts and never with the fire supplement.
    """
    terms = _draw_terms(communities, as_of, rng)
    firm = _assign_firms(terms, len(firms), rng)
    grade = _draw_grades(communities, rng)
    community = terms["community"].to_numpy()
    lifts = communities["lifts"].to_numpy()[community] > 0
    current = _current_rows(terms, len(communities), as_of)
    quality = _draw_quality(terms, firm, grade, quarter_ends, len(communities), len(firms), rng)
    planted = _choose_planted(current, grade, rng)
    row = {rule: current[chosen] for rule, chosen in planted.items()}
    fee, posted = _draw_fees(grade[community], lifts, row, fees, rng)
    for rule, level in PLANTED_QUALITY.items():
        quality[planted[rule], -PLANTED_QUARTERS:] = level
    frame = pd.DataFrame(
        {
            "source_key": [f"HT{k:05d}" for k in range(1, len(terms) + 1)],
            "firm": firms["credit_code"].to_numpy()[firm],
            "community": communities["source_key"].to_numpy()[community],
            "street": communities["street"].to_numpy()[community],
            "starts_on": to_dates(terms["starts"].to_numpy()),
            "ends_on": to_dates(terms["ends"].to_numpy()),
            "fee_yuan_m2_month": fee,
            "posted_fee_yuan_m2_month": posted,
            "fee_high_yuan_m2_month": np.nan,
            "posted_fee_high_yuan_m2_month": np.nan,
            "grade": grade[community],
        }
    )
    mismatches = pd.concat(
        [frame.loc[at, ["community", "source_key"]].assign(rule=rule) for rule, at in row.items()],
        ignore_index=True,
    ).rename(columns={"source_key": "contract"})
    return Service(frame, current, quality, mismatches)


def _draw_terms(communities: pd.DataFrame, as_of: date, rng: np.random.Generator) -> pd.DataFrame:
    """Return contract terms: community row, first and last day, ordered by community and time.

    Terms are drawn backwards from one that ends around or after `as_of`.
    """
    covered = rng.random(len(communities)) < communities["kind"].map(_COVERED).to_numpy()
    today = np.datetime64(as_of)
    opened = np.array([f"{year:.0f}-07-01" for year in communities["true_built_year"]], dtype="datetime64[D]")
    first = np.maximum(opened, today - HISTORY_DAYS)
    rows: list[tuple[int, np.datetime64, np.datetime64]] = []
    last_days = today + rng.integers(-140, 980, len(communities))
    for k in np.flatnonzero(covered).tolist():
        end = last_days[k]
        while end > first[k] + 200:
            start = np.maximum(end - int(rng.choice([2, 3, 3, 3, 5])) * 365 + 1, first[k])
            rows.append((k, start, end))
            gap_days = int(rng.integers(30, 150)) if rng.random() < GAP_SHARE else 0
            end = start - 1 - gap_days
    terms = pd.DataFrame(rows, columns=["community", "starts", "ends"])
    return terms.sort_values(["community", "starts"], ignore_index=True)


def _assign_firms(terms: pd.DataFrame, firms: int, rng: np.random.Generator) -> Ints:
    """Return the firm of each term; a few firms serve many communities, most contracts are renewed."""
    market = np.arange(1, firms + 1) ** -0.75
    drawn = rng.choice(rng.permutation(firms), len(terms), p=market / market.sum())
    community = terms["community"].to_numpy()
    begins = np.r_[True, community[1:] != community[:-1]] | (rng.random(len(terms)) < FIRM_CHANGE_SHARE)
    return np.asarray(drawn[np.maximum.accumulate(np.where(begins, np.arange(len(terms)), 0))])


def _draw_grades(communities: pd.DataFrame, rng: np.random.Generator) -> Ints:
    mean = communities["kind"].map(_GRADE_BY_KIND).to_numpy(dtype=float)
    youth = (communities["true_built_year"].to_numpy() - 2006) / 14
    return np.clip(np.round(rng.normal(mean + 0.45 * youth, 0.6)), 1, 5).astype(np.int64)


def _draw_fees(
    grade: Ints, lifts: Flags, planted: dict[str, Ints], fees: FeePolicy, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return fee and posted fee of each contract: honest but for the planted ones, some not posted."""
    guide = np.array(fees.guide_yuan_m2_month)[grade - 1]
    float_share = rng.uniform(-0.12, 0.85 * fees.allowed_float, len(grade))
    fee = np.floor((guide * (1 + float_share) + fees.lift_yuan_m2_month * lifts) * 100) / 100
    posted = np.where(rng.random(len(grade)) < UNPOSTED_SHARE, np.nan, fee)
    # Above any reading of the ceiling: guide price and both supplements, floated.
    rows = planted["fee_above_guide"]
    ceiling = guide + fees.lift_yuan_m2_month * lifts + fees.fire_yuan_m2_month
    excess = (1 + fees.allowed_float) * rng.uniform(1.12, 1.5, len(rows))
    fee[rows] = posted[rows] = np.ceil(ceiling[rows] * excess * 100) / 100
    other = planted["posted_fee_differs"]
    posted[other] = np.round(fee[other] * rng.uniform(0.72, 0.93, len(other)), 2)
    return fee, posted


def _current_rows(terms: pd.DataFrame, communities: int, as_of: date) -> Ints:
    today = np.datetime64(as_of)
    running = np.flatnonzero((terms["starts"] <= today) & (terms["ends"] >= today))
    current = np.full(communities, -1)
    current[terms["community"].to_numpy()[running]] = running
    return current


def _draw_quality(
    terms: pd.DataFrame,
    firm: Ints,
    grade: Ints,
    quarter_ends: pd.DatetimeIndex,
    communities: int,
    firms: int,
    rng: np.random.Generator,
) -> Floats:
    """Return quality by community and quarter: firm, place, grade, and a slow drift."""
    of_firm = rng.normal(0, 1, firms)
    of_place = rng.normal(0, 0.55, communities) + 0.16 * (grade - 2.6)
    drift = rng.normal(0, 0.12, (communities, len(quarter_ends))).cumsum(axis=1)
    quality = of_place[:, None] + drift
    served = np.full((communities, len(quarter_ends)), UNSERVED_QUALITY)
    starts, ends = terms["starts"].to_numpy(), terms["ends"].to_numpy()
    for k, day in enumerate(quarter_ends.to_numpy()):
        running = (starts <= day) & (ends >= day)
        served[terms["community"].to_numpy()[running], k] = 0.62 * of_firm[firm[running]]
    return np.asarray(quality + served)


def _choose_planted(current: Ints, grade: Ints, rng: np.random.Generator) -> dict[str, Ints]:
    """Return the communities whose running contract shall break each rule, each community once."""
    pool = rng.permutation(np.flatnonzero(current >= 0))
    whole = len(pool)
    planted: dict[str, Ints] = {}
    for rule, share in PLANTED_SHARES.items():
        by_quality = rule in ("score_below_minimum", "fee_grade_above_earned")
        fits = pool[grade[pool] >= 4] if by_quality else pool
        planted[rule] = fits[: max(2, round(share * whole))]
        pool = pool[~np.isin(pool, planted[rule])]
    return planted
