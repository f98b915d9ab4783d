"""Firms and contracts: disjoint periods, honest fees below the guide price, planted mismatches above."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo.policy.city import City
from geo.sample import SampleCity
from geo.sample.names import check_character


def test_credit_codes_are_valid_and_distinct(sample: SampleCity) -> None:
    codes = sample.firms["credit_code"]
    assert len(codes) == 700
    assert codes.is_unique
    assert all(check_character(code[:17]) == code[17] for code in codes)


def test_contract_periods_of_a_community_never_overlap(sample: SampleCity) -> None:
    ordered = sample.contracts.sort_values(["community", "starts_on"])
    same = ordered["community"].eq(ordered["community"].shift())
    gap_days = (pd.to_datetime(ordered["starts_on"]) - pd.to_datetime(ordered["ends_on"]).shift()).dt.days
    assert (gap_days[same] >= 1).all()
    assert (ordered["starts_on"] < ordered["ends_on"]).all()


def test_contracts_have_a_history(sample: SampleCity) -> None:
    contracts = sample.contracts
    assert contracts["firm"].isin(sample.firms["credit_code"]).all()
    per_community = contracts.groupby("community")
    assert (per_community.size() >= 2).mean() > 0.6
    changed = (per_community["firm"].nunique() > 1).mean()
    assert 0.2 < changed < 0.6
    running = (contracts["starts_on"] <= sample.as_of) & (contracts["ends_on"] >= sample.as_of)
    assert not contracts.loc[running, "community"].duplicated().any()
    assert 0.75 < running.sum() / len(sample.communities) < 0.95
    per_firm = contracts[running].groupby("firm").size().sort_values(ascending=False)
    assert per_firm.iloc[:35].sum() > 0.3 * running.sum()  # few firms serve many


def ceiling_of(sample: SampleCity, city: City) -> pd.Series:
    """Return the highest allowed fee of each contract, with the lift supplement where there are lifts."""
    guide = sample.contracts["grade"].map(dict(enumerate(city.fees.guide_yuan_m2_month, start=1)))
    lifts = sample.contracts["community"].map(sample.communities.set_index("source_key")["lifts"]) > 0
    return guide * (1 + city.fees.allowed_float) + city.fees.lift_yuan_m2_month * lifts


def test_only_planted_fees_exceed_the_guide_price(sample: SampleCity, city: City) -> None:
    above = sample.contracts["fee_yuan_m2_month"] > ceiling_of(sample, city)
    planted = sample.truth.mismatches.query("rule == 'fee_above_guide'")
    assert len(planted) > 15
    assert set(sample.contracts.loc[above, "source_key"]) == set(planted["contract"])


def test_only_planted_posted_fees_differ(sample: SampleCity) -> None:
    posted, fee = sample.contracts["posted_fee_yuan_m2_month"], sample.contracts["fee_yuan_m2_month"]
    differs = posted.notna() & ~np.isclose(posted, fee)
    planted = sample.truth.mismatches.query("rule == 'posted_fee_differs'")
    assert len(planted) > 15
    assert set(sample.contracts.loc[differs, "source_key"]) == set(planted["contract"])
    assert 0.02 < posted.isna().mean() < 0.1


def test_each_planted_mismatch_has_one_rule(sample: SampleCity) -> None:
    planted = sample.truth.mismatches
    assert planted["community"].is_unique
    by_quality = planted[planted["rule"].isin(["score_below_minimum", "fee_grade_above_earned"])]
    grades = sample.contracts.set_index("source_key")["grade"].loc[by_quality["contract"]]
    assert (grades >= 4).all()
