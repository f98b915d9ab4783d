"""Registers of a city without streets: the same community twice is one, two that differ stay two."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.frames import COMMUNITIES
from portal.actions.communities import register_import as communities
from portal.actions.transactions.import_run import Loaded
from portal.models import Community
from portal.privacy import Cipher
from tests.portal.actions.conftest import frame_of

Load = Callable[..., Loaded]


@pytest.fixture
def load(session: Session, cipher: Cipher) -> Load:
    def load(source: str, *rows: dict[str, Any]) -> Loaded:
        return communities.load(session, frame_of(COMMUNITIES, rows), source=source, cipher=cipher)

    return load


def row(key: str, name: str | None, district: str | None = "东城", **more: Any) -> dict[str, Any]:
    return {"source_key": key, "name": name, "district": district, **more}


def count(session: Session) -> int | None:
    return session.scalar(select(func.count()).select_from(Community))


def test_the_same_rows_of_another_source_are_the_same_communities(session: Session, load: Load) -> None:
    load("a", row("A1", "测试子苑"), row("A2", "测试丑苑"))
    loaded = load("b", row("A1", "测试子苑", households=100.0), row("A2", "测试丑苑", households=200.0))
    assert (loaded.new, loaded.changed, count(session)) == (0, 2, 2)
    assert loaded.found["linked_by_name_and_street"] == 2
    assert set(session.scalars(select(Community.households))) == {100, 200}
    again = load("b", row("A1", "测试子苑", households=100.0), row("A2", "测试丑苑", households=200.0))
    assert (again.unchanged, again.touched) == (2, set())


@pytest.mark.parametrize(
    ("other", "communities_then"),
    [
        (row("B7", "测试子苑", "东城区"), 1),
        (row("B7", "测试 子苑"), 1),
        (row("A1", "测试子苑", None), 1),
        (row("B7", "测试子苑", None), 2),
        (row("B7", "测试子苑", "西城"), 2),
        (row("A1", "测试子苑", "西城"), 2),
        (row("A1", "别的苑"), 2),
    ],
)
def test_key_or_name_and_district(
    session: Session, load: Load, other: dict[str, Any], communities_then: int
) -> None:
    load("a", row("A1", "测试子苑"))
    load("b", other)
    assert count(session) == communities_then


def test_what_fits_several_joins_none(session: Session, load: Load) -> None:
    load("a", row("A1", "测试子苑"), row("A2", "测试子苑"))
    loaded = load("b", row("B1", "测试子苑"))
    assert (loaded.new, count(session)) == (1, 3)
    assert "本区有多个同名小区，没有自动关联" in [item.reason for item in loaded.remarks]


def test_two_rows_of_one_source_stay_two(session: Session, load: Load) -> None:
    load("a", row("A1", "测试子苑"))
    assert load("b", row("B1", "测试子苑"), row("B2", "测试子苑")).new == 2
    assert count(session) == 3


def test_where_there_are_streets_the_district_is_not_enough(
    session: Session, town: dict[str, int], load: Load
) -> None:
    load("a", row("A1", "测试子苑", "南山区"))
    assert load("b", row("B1", "测试子苑", "南山区")).new == 1
