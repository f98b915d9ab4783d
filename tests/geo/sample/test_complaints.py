"""Complaints of the sample: heavy tail, season, planted hot spots, places more or less exact."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely

from geo.policy.city import City
from geo.sample import SampleCity


@pytest.fixture(scope="module")
def own(sample: SampleCity) -> pd.DataFrame:
    """Property matters with their true community, month and place."""
    truth = sample.truth.complaint_places.rename(columns={"community": "true_community"})
    joined = sample.complaints.merge(truth, on="source_key")
    return joined[joined["property_related"]]


def test_amount_and_span(sample: SampleCity, city: City) -> None:
    received = sample.complaints["received_at"]
    assert len(received) >= 80_000
    assert received.is_monotonic_increasing
    assert str(received.dt.tz) == city.timezone
    assert received.min().date().isoformat() == "2024-01-01"
    assert received.max().date() == sample.as_of


def test_few_communities_make_many_complaints(sample: SampleCity, own: pd.DataFrame) -> None:
    """As published: 11 % of communities made 47 % of complaints."""
    counts = own["true_community"].value_counts()
    heaviest = counts.iloc[: round(0.11 * len(sample.communities))].sum()
    assert heaviest / len(own) == pytest.approx(0.47, abs=0.03)


def test_summer_is_busier_than_winter(own: pd.DataFrame) -> None:
    monthly = own["received_at"].dt.month.value_counts()
    assert monthly[[7, 8]].mean() > 1.25 * monthly[[1, 2, 11, 12]].mean()


def test_words_map_onto_categories_exactly_for_property_matters(sample: SampleCity, city: City) -> None:
    words = sample.complaints[["event_type", "main_type", "sub_type"]].agg(" ".join, axis=1)
    found = {text: city.complaints.category_of(text) for text in words.unique()}
    mapped = words.map(lambda text: found[text] is not None).to_numpy()
    assert (mapped == sample.truth.complaint_places["property_related"].to_numpy()).all()
    assert {c.code for c in found.values() if c is not None} == {c.code for c in city.complaints.categories}
    assert 0.2 < (~mapped).mean() < 0.3


def test_hot_spots_stand_out(sample: SampleCity, own: pd.DataFrame) -> None:
    households = sample.communities.set_index("source_key")["households"].fillna(0)
    counts = own["true_community"].value_counts().reindex(households.index).fillna(0)
    whole = counts.sum() / households.sum()
    for _, members in sample.truth.hotspots.query("kind == 'lasting'").groupby("cluster"):
        inside = members["community"]
        assert counts[inside].sum() / households[inside].sum() > 1.8 * whole
        assert len(inside) >= 10


def test_one_hot_spot_emerges_in_the_last_half_year(sample: SampleCity, own: pd.DataFrame) -> None:
    emerging = sample.truth.hotspots.query("kind == 'emerging'")
    start = pd.Timestamp(emerging["starts_on"].iloc[0], tz="Asia/Shanghai")
    assert start == pd.Timestamp("2025-07-01", tz="Asia/Shanghai")
    mine = own[own["true_community"].isin(emerging["community"])]
    since = (mine["received_at"] >= start).sum() / 6
    before = (mine["received_at"] < start).sum() / 18
    assert since > 4 * before


def test_hot_spots_have_a_leading_category(sample: SampleCity, own: pd.DataFrame, city: City) -> None:
    for _, members in sample.truth.hotspots.groupby("cluster"):
        start = pd.Timestamp(members["starts_on"].iloc[0], tz=city.timezone)
        there = own[own["true_community"].isin(members["community"]) & (own["received_at"] >= start)]
        codes = there["sub_type"].map(lambda text: getattr(city.complaints.category_of(text), "code", None))
        assert codes.mode()[0] == members["category"].iloc[0]


def test_places_are_as_exact_as_the_truth_says(sample: SampleCity, own: pd.DataFrame) -> None:
    assert set(own["level"]) == {"point", "community", "neighbourhood", "street", "none"}
    assert (own.geometry.notna() == (own["level"] == "point")).all()
    register = sample.communities.set_index("source_key")
    by_name = own[own["how"] == "name"]
    assert (
        by_name["community"].to_numpy() == register.loc[by_name["true_community"], "name"].to_numpy()
    ).all()
    by_alias = own[own["how"] == "alias"]
    known = register.loc[by_alias["true_community"], "aliases"].str.split("|")
    assert len(by_alias) > 500
    assert all(alias in own_aliases for alias, own_aliases in zip(by_alias["community"], known, strict=True))
    vague = own[own["level"].isin(["neighbourhood", "street", "none"])]
    assert vague["community"].isna().all()
    assert own.loc[own["level"] == "none", ["district", "street", "neighbourhood"]].isna().all(axis=None)
    assert own.loc[own["level"] == "neighbourhood", "neighbourhood"].notna().all()


def test_points_of_property_matters_lie_in_their_community(sample: SampleCity, own: pd.DataFrame) -> None:
    placed = own[own["level"] == "point"]
    home = sample.communities.set_index("source_key").geometry.loc[placed["true_community"]]
    inside = shapely.contains(shapely.buffer(home.to_numpy(), 1e-7), placed.geometry.to_numpy())
    assert inside.all()


def test_outcomes_follow_from_the_handling(sample: SampleCity) -> None:
    frame = sample.complaints
    called = frame["called_back"].eq(True)
    assert frame.loc[called, ["resolved", "satisfied", "closed_at"]].notna().all(axis=None)
    assert frame.loc[~called, ["resolved", "satisfied"]].isna().all(axis=None)
    assert not frame.loc[called, "request_kind"].eq("咨询").any()
    closed = frame["closed_at"].dropna()
    assert (closed >= frame.loc[closed.index, "received_at"]).all()
    assert closed.max() < pd.Timestamp("2026-01-01", tz="Asia/Shanghai")
    for name in ("in_time", "responded_in_time", "called_back", "resolved", "satisfied"):
        assert set(frame[name].map(type)) <= {bool, type(None)}
    assert frame["in_time"].isna().sum() < 0.02 * len(frame)
    rates = [
        np.mean(frame[name].dropna().astype(bool)) for name in ("responded_in_time", "resolved", "satisfied")
    ]
    assert 0.95 > rates[0] > rates[1] > rates[2] > 0.6
