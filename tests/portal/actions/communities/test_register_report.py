from __future__ import annotations

from typing import Any

import pytest
import shapely
from sqlalchemy.orm import Session

from geo.frames import COMMUNITIES
from portal.actions.communities import register_import as communities
from portal.actions.transactions.import_run import Loaded
from portal.privacy import Cipher
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
