"""Owners' committees, party organisations and meetings."""

from __future__ import annotations

import pandas as pd

from geo.sample import SampleCity


def test_committees_have_terms_that_do_not_overlap(sample: SampleCity) -> None:
    ordered = sample.owners_committees.sort_values(["community", "term"])
    assert not ordered.duplicated(["community", "term"]).any()
    same = ordered["community"].eq(ordered["community"].shift())
    gap_days = (pd.to_datetime(ordered["starts_on"]) - pd.to_datetime(ordered["ends_on"]).shift()).dt.days
    assert (gap_days[same] >= 1).all()
    share = ordered["community"].nunique() / len(sample.communities)
    assert 0.35 < share < 0.65
    latest = ordered.groupby("community")["ends_on"].max()
    assert 0.05 < (latest < sample.as_of).mean() < 0.35  # run out without an election


def test_each_committee_has_one_chair(sample: SampleCity) -> None:
    members = sample.owners_committee_members
    chairs = members[members["office"] == "chair"]
    assert sorted(chairs["owners_committee"]) == sorted(sample.owners_committees["source_key"])
    assert (chairs["seat"] == 1).all()
    assert members.groupby("owners_committee").size().isin([5, 7]).all()
    assert 0.08 < chairs["concurrent_post"].mean() < 0.16


def test_party_organisations_belong_to_one_owner_and_act_only_where_no_committee_is(
    sample: SampleCity,
) -> None:
    frame = sample.party_organisations
    assert (frame["community"].notna() ^ frame["firm"].notna()).all()
    assert frame["community"].dropna().is_unique
    assert frame["firm"].dropna().isin(sample.firms["source_key"]).all()
    acting = frame[frame["acts_for_committee"]]
    assert len(acting) > 100
    assert not acting["community"].isin(sample.owners_committees["community"]).any()


def test_meetings_lie_in_their_quarter_and_close_no_more_than_was_raised(sample: SampleCity) -> None:
    frame = sample.meetings
    held = pd.to_datetime(frame["held_on"])
    quarter = held.dt.year.astype(str) + "-Q" + held.dt.quarter.astype(str)
    assert (quarter == frame["period"]).all()
    assert not frame.duplicated(["community", "period"]).any()
    assert (frame["issues_closed"] <= frame["issues_raised"]).all()
    assert (frame["issues_closed"] >= 0).all()
    assert 0.5 < frame["issues_closed"].sum() / frame["issues_raised"].sum() < 0.9
