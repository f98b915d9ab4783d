"""The overview of the data pages."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from portal.actions.transactions.commit import touch
from portal.terms import Role, Subject
from tests.conftest import LogIn, Statements
from tests.portal import waiting_city
from tests.portal.store.imports.test_runs import add_run
from tests.portal.views.pages import read, text_of
from tests.portal.waiting_city import WaitingCity


@pytest.fixture
def town(seeded: Session) -> WaitingCity:
    return waiting_city.build(seeded)


def tiles(page: object) -> list[tuple[str, str]]:
    return [
        (tile["href"], tile.select_one(".data-tile-n").get_text(" ", strip=True))
        for tile in page.select(".data-tile a")  # type: ignore[attr-defined]
    ]


def test_a_clerk_sees_queues_holdings_and_imports(log_in: LogIn, seeded: Session, town: WaitingCity) -> None:
    run = add_run(seeded)
    touch(seeded, [Subject.COMMUNITIES])
    page = read(log_in(Role.CLERK), "/data")
    assert tiles(page) == [
        ("/data/unlocated", "3 个"),
        ("/data/unnamed", "3 个"),
        ("/data/linking", "1 个"),
        ("/data/unplaced-complaints", "4 件"),
        ("/data/jurisdictions", "1 处"),
    ]
    table = page.select("table")[0]
    rows = {row.select("th")[0].get_text(strip=True): row for row in table.select("tbody tr")}
    assert rows["小区"].select("td")[0].get_text(strip=True) == "7"
    assert "已定位 4 · 未定位 3 · 无名称 3 · 街道不明 1" in rows["小区"].get_text()
    assert "./run portal import firms" in rows["物业服务企业"].get_text()
    assert rows["街道"].get_text(" ", strip=True) == "街道 2 —"
    assert rows["小区"].select("td")[2].get_text(strip=True) != "—"
    assert f"/data/imports/{run.id}" in [link["href"] for link in page.select("tbody th a")]


def test_a_street_official_sees_the_own_street_and_no_imports(
    log_in: LogIn, seeded: Session, town: WaitingCity
) -> None:
    add_run(seeded)
    page = read(log_in(Role.STREET, street_id=town.streets["西"]), "/data")
    assert text_of(page, ".data-own") == "仅本街道：西"
    assert [n for _, n in tiles(page)] == ["1 个", "1 个", "0 件", "1 处"]
    assert "导入" not in text_of(page, "h1")
    assert page.select("#runs") == []
    assert "道路" not in page.get_text()


def test_an_empty_database_says_what_to_do(log_in: LogIn) -> None:
    page = read(log_in(Role.CLERK), "/data")
    assert [n for _, n in tiles(page)] == ["0 个", "0 个", "0 件", "0 处"]
    assert page.select_one("a[href='/data/import']") is not None
    assert "先导入道路和街道" in page.get_text()
    assert "投诉的位置精度" not in page.get_text()


def test_it_takes_a_known_number_of_statements(
    log_in: LogIn, seeded: Session, town: WaitingCity, statements: Statements
) -> None:
    add_run(seeded)
    browser = log_in(Role.CLERK)
    before = len(statements)
    read(browser, "/data")
    first = len(statements) - before
    read(browser, "/data")
    # Account, policy; runs and their number; holdings, levels, versions, changes; age of the scores;
    # once the outlines; of what can be linked places, streets, names, points and contracts; what was
    # linked; of doubles names, three kinds of places, what was told apart, what is called so; doubtful
    assert (first, len(statements) - before - first) == (23, 22)


def test_a_leader_is_refused(log_in: LogIn) -> None:
    assert log_in(Role.LEADER).get("/data").status_code == 403
