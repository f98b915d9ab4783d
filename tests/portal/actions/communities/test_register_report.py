from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from geo.frames import COMMUNITIES
from portal.actions.communities import register_import as communities
from portal.actions.transactions.import_run import Loaded
from portal.place_names import core_name, name_key
from portal.privacy import Cipher
from portal.store.communities import doubles
from tests.portal.actions.conftest import box, frame_of

INSIDE, BEYOND = shapely.Point(114.03, 22.51), shapely.Point(114.05, 22.51)


def load(session: Session, cipher: Cipher, *rows: dict[str, Any]) -> Loaded:
    frame = frame_of(COMMUNITIES, rows).assign(row=range(2, len(rows) + 2))
    return communities.load(session, frame, source="s", cipher=cipher)


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ({"geometry": BEYOND}, "geometry", "k 不在任何街道内，距最近的街道 1.0 公里"),
        ({"name": "甲", "street": "北街"}, "street", "街道名称不在本市街道名录中"),
        ({"name": "甲"}, "street", "没有位置，也没有街道名称"),
        ({"street": "西街", "geometry": INSIDE}, "street", "登记在西街街道，位置却在东街街道，按位置归属"),
        ({"street": "北街", "geometry": INSIDE}, "street", "街道名称不在本市街道名录中，按位置归属"),
    ],
)
def test_doubtful_streets_are_noted(
    session: Session, town: dict[str, int], cipher: Cipher, row: dict[str, Any], field: str, reason: str
) -> None:
    loaded = load(session, cipher, {"source_key": "k", **row})
    assert [(item.row, item.field, item.reason) for item in loaded.remarks] == [(2, field, reason)]
    assert loaded.remarks[0].severity == "noted" and loaded.remarks[0].remedy


def test_what_is_in_order_needs_no_remark(session: Session, town: dict[str, int], cipher: Cipher) -> None:
    loaded = load(session, cipher, {"source_key": "k", "name": "甲", "street": "东街", "geometry": INSIDE})
    assert loaded.remarks == []


def test_counts_say_how_streets_were_found(session: Session, town: dict[str, int], cipher: Cipher) -> None:
    loaded = load(
        session,
        cipher,
        {"source_key": "1", "geometry": box(114.003, 22.503)},
        {"source_key": "2", "geometry": INSIDE},
        {"source_key": "3", "name": "甲", "street": "东街"},
        {"source_key": "4", "name": "乙", "street": "北街"},
        {"source_key": "5", "geometry": BEYOND},
    )
    assert loaded.found == {
        "linked_by_name_and_street": 0,
        "assigned_to_a_street": 3,
        "outside": 1,
        "street_not_found": 1,
        "outlines": 1,
        "points": 2,
        "names_only": 2,
    }


def test_a_name_in_two_streets_is_noted_at_each_row(
    session: Session, town: dict[str, int], cipher: Cipher
) -> None:
    rows = [{"source_key": street, "name": "阳光花园", "street": street} for street in ("西街", "东街")]
    loaded = load(session, cipher, *rows, {"source_key": "k", "name": "月光花园", "street": "东街"})
    assert [item.row for item in loaded.remarks] == [2, 3]
    assert "东街、西街" in loaded.remarks[0].reason


def test_names_nearly_known_are_new_communities_and_listed_with_whom_they_resemble(
    session: Session, town: dict[str, int], cipher: Cipher
) -> None:
    load(session, cipher, {"source_key": "1", "name": "翠湖花园一期", "street": "东街"})
    rows = [
        {"source_key": "2", "name": "翠湖1期", "street": "东街"},
        {"source_key": "3", "name": "翠湖小区（第一期）", "street": "西街"},  # another street
        {"source_key": "4", "name": "翠湖二期", "street": "东街"},
        {"source_key": "5", "name": "翠湖Ⅱ期", "street": "东街"},  # as the row before
        {"source_key": "6", "name": "翠湖花园1期", "district": "南山"},  # of a street of the district
        {"source_key": "7", "name": "翠湖一期", "district": "福田区"},
    ]
    loaded = load(session, cipher, *rows)
    assert (loaded.new, loaded.found["near_names"], loaded.found["linked_by_name_and_street"]) == (6, 3, 0)
    said = {item.row: str(item.reason) for item in loaded.remarks if "没有合并" in item.reason}
    assert said == {
        2: "“翠湖1期”与翠湖花园一期（东街）名称相同或相近，没有合并",
        5: "“翠湖Ⅱ期”与翠湖二期（东街）名称相同或相近，没有合并",
        6: (
            "“翠湖花园1期”与翠湖花园一期（东街）、翠湖1期（东街）、翠湖小区（第一期）（西街）"
            "名称相同或相近，没有合并"
        ),
    }
    pairs = {(one.first.name, one.second.name) for one in doubles.propose(session)}
    assert {("翠湖花园一期", "翠湖1期"), ("翠湖二期", "翠湖Ⅱ期"), ("翠湖花园一期", "翠湖花园1期")} <= pairs
    again = load(session, cipher, *rows)
    assert (again.new, again.touched) == (0, set()) and "near_names" not in again.found


def test_look_alike_characters_are_the_same_name(
    session: Session, town: dict[str, int], cipher: Cipher
) -> None:
    load(session, cipher, {"source_key": "1", "name": "长青苑(A区)", "street": "东街"})
    frame = frame_of(COMMUNITIES, [{"source_key": "1", "name": "\u2ed3青苑【Ａ区】", "street": "东街"}])
    loaded = communities.load(session, frame, source="other", cipher=cipher)
    assert (loaded.new, loaded.found["linked_by_name_and_street"]) == (0, 1)
    assert "near_names" not in loaded.found and doubles.propose(session) == []


NAMES = st.builds(
    "{}{}{}".format,
    st.sampled_from(("翠湖", "阳光", "和平路")),
    st.sampled_from(("", "花园", "小区", "家园")),
    st.sampled_from(("", "一期", "1期", "第１期", "Ⅱ期", "二期", "一号院", "1号院")),
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(NAMES, min_size=2, max_size=7, unique_by=name_key))
def test_nothing_is_merged_and_no_twin_comes_in_silence(
    session: Session, town: dict[str, int], cipher: Cipher, names: list[str]
) -> None:
    with session.begin_nested() as savepoint:
        rows = [{"source_key": str(n), "name": name, "street": "东街"} for n, name in enumerate(names)]
        load(session, cipher, *rows[: len(rows) // 2])
        loaded = load(session, cipher, *rows[len(rows) // 2 :])
        assert loaded.new == len(rows) - len(rows) // 2
        found = {frozenset((one.first.name, one.second.name)) for one in doubles.propose(session)}
        told = {str(item.value) for item in loaded.remarks if "没有合并" in item.reason}
        twins = {frozenset(pair) for pair in combinations(names, 2) if len({*map(core_name, pair)}) == 1}
        assert found == twins
        later = names[len(rows) // 2 :]
        assert told == {
            name
            for n, name in enumerate(names)
            if name in later and any(core_name(name) == core_name(earlier) for earlier in names[:n])
        }
        savepoint.rollback()
