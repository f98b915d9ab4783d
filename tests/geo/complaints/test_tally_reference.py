"""Complaints counted by community and local quarter, and of whom their source speaks."""

from __future__ import annotations

import pandas as pd

from geo.scores import TALLY_COLUMNS
from tests.geo.complaints.tally_reference import list_spoken_of, tally_complaints


def test_tally_counts_by_local_quarter() -> None:
    """30 September 23:30 UTC is already October, the fourth quarter, in Shanghai."""
    complaints = pd.DataFrame(
        {
            "community": ["A", "A", "A", None],
            "received_at": pd.to_datetime(
                ["2025-09-30T15:30Z", "2025-09-30T23:30Z", "2025-11-02T02:00Z", "2025-11-02T02:00Z"]
            ),
            "responded_in_time": [True, None, False, True],
            "called_back": [True, False, True, True],
            "resolved": [True, True, False, True],
            "satisfied": [False, None, None, True],
        }
    )
    got = tally_complaints(complaints, "Asia/Shanghai").set_index("period")
    assert list(got.index) == ["2025-Q3", "2025-Q4"]
    assert list(got.loc["2025-Q3", list(TALLY_COLUMNS)]) == [1, 1, 1, 1, 1, 0]
    assert list(got.loc["2025-Q4", list(TALLY_COLUMNS)]) == [2, 1, 0, 1, 0, 0]


def test_tally_keeps_communities_apart() -> None:
    complaints = pd.DataFrame(
        {
            "community": ["A", "B", "A"],
            "received_at": pd.to_datetime(["2025-11-02T02:00Z"] * 3),
            **{name: [None] * 3 for name in ("responded_in_time", "called_back", "resolved", "satisfied")},
        }
    )
    got = tally_complaints(complaints, "Asia/Shanghai")
    assert got[["community", "complaints"]].to_numpy().tolist() == [["A", 2], ["B", 1]]


def test_the_source_speaks_of_all_communities_of_a_street_it_names() -> None:
    """甲 and 乙 lie in 东: one record of it in the third quarter, one in the fourth; 丁 lies nowhere."""
    complaints = pd.DataFrame(
        {
            "street": ["东", "东", "东", None, "北"],
            "received_at": pd.to_datetime(
                [
                    "2025-09-30T15:30Z",
                    "2025-09-30T23:30Z",
                    "2025-11-02T02:00Z",
                    "2025-11-02T02:00Z",
                    "2025-11-02T02:00Z",
                ]
            ),
        }
    )
    communities = pd.DataFrame({"source_key": ["甲", "乙", "丙", "丁"], "street": ["东", "东", "西", None]})
    got = list_spoken_of(complaints, communities, "Asia/Shanghai")
    assert sorted(got[["community", "period"]].itertuples(index=False, name=None)) == [
        ("乙", "2025-Q3"),
        ("乙", "2025-Q4"),
        ("甲", "2025-Q3"),
        ("甲", "2025-Q4"),
    ]
