"""One day: list, card, files, map and search agree on firm and overdue rectifications, whatever day it is."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any

import openpyxl
import orjson
import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.models import Finding, Inspection, Rectification
from portal.terms import Role
from portal.web import context
from tests.conftest import LogIn
from tests.portal import map_city
from tests.portal.small_city import TODAY, ZONE, SmallCity
from tests.portal.views.pages import read

GREAT_WALL, SUM = "长城物业", "=SUM(A1)物业"


@pytest.fixture(autouse=True)
def _fixed_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "now", lambda: datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=ZONE))


@pytest.fixture
def town(seeded: Session) -> SmallCity:
    """`map_city`; of what 安华苑 owed since 1 July, the settled part was settled on 2 August."""
    town = map_city.build(seeded)
    settled = datetime(2025, 8, 2, 12, tzinfo=ZONE)
    seeded.execute(
        update(Rectification)
        .values(closed_at=settled)
        .where(Rectification.state == "passed", Rectification.finding_id == Finding.id)
        .where(Finding.inspection_id == Inspection.id, Inspection.community_id == town.communities["安华苑"])
    )
    seeded.commit()
    return town


@pytest.fixture
def inspector(log_in: LogIn, town: SmallCity) -> FlaskClient:
    return log_in(Role.INSPECTOR)


def listed(page: BeautifulSoup, name: str, column: str) -> str:
    """Return a cell of the list by the class of its column's heading."""
    heads = [cell["class"][0] for cell in page.select(".query-table thead th")]
    row = next(row for row in page.select(".query-table tbody tr") if name in row.get_text())
    return row.select("th, td")[heads.index(f"col-{column}")].get_text(" ", strip=True)


def filed(browser: FlaskClient, arguments: str, name: str) -> list[dict[str, Any]]:
    """Return the row of a community in each kind of file, by the heading up to its bracket."""
    text = browser.get(f"/query.csv?{arguments}").data.decode("utf-8-sig")
    book = openpyxl.load_workbook(io.BytesIO(browser.get(f"/query.xlsx?{arguments}").data))
    head, *body = book.worksheets[0].values
    tables = [list(csv.DictReader(io.StringIO(text))), [dict(zip(head, row, strict=True)) for row in body]]
    rows = [next(row for row in table if row["小区"] == name) for table in tables]
    found = [{str(key).partition("（")[0]: value for key, value in row.items()} for row in rows]
    collection = orjson.loads(browser.get(f"/query.geojson?{arguments}").data)
    features = [feature["properties"] for feature in collection["features"]]
    of_map = next(feature for feature in features if feature["name"] == name)
    return [*found, {"物业服务企业": of_map["firm"], "逾期整改": of_map["overdue"]}]


@pytest.mark.parametrize(
    ("arguments", "day", "firm"),
    [
        ("", "2025-10-10", SUM),
        ("as_of=2024-12-31", "2024-12-31", GREAT_WALL),  # the last day of its contract
        ("as_of=2025-01-01", "2025-01-01", SUM),
        ("period=2024-Q4", "2024-12-31", GREAT_WALL),
        ("period=2024-Q4&as_of=2025-06-01", "2024-12-31", GREAT_WALL),  # the quarter that was chosen
        ("period=2025-Q1&as_of=2024-06-01", "2025-03-31", SUM),
    ],
)
def test_the_firm_is_everywhere_the_one_of_the_day(
    inspector: FlaskClient, town: SmallCity, arguments: str, day: str, firm: str
) -> None:
    number, name = town.communities["百花里"], "百花里"
    page = read(inspector, f"/query?{arguments}")
    assert listed(page, name, "firm") == firm
    assert f"物业服务企业（{day}）" in page.get_text()
    card = read(inspector, f"/communities/{number}?{arguments}").get_text(" ", strip=True)
    assert f"合同与收费 {day} 物业服务企业 {firm}" in card
    for row in filed(inspector, arguments, name):
        assert row["物业服务企业"].lstrip("'") == firm
    for known, firm_id in town.firms.items():
        matches = orjson.loads(inspector.get(f"/query/matches.json?{arguments}&firm_id={firm_id}").data)
        assert (number in matches["ids"]) is (known == firm)
        own = read(inspector, f"/firms/{firm_id}?{arguments}")
        assert (name in own.get_text()) is (known == firm)
        assert day in own.get_text()
        found = inspector.get(f"/search.json?q={known}&{arguments}").get_json()["results"]
        assert (name in [result["name"] for result in found]) is (known == firm)


@pytest.mark.parametrize(
    ("day", "overdue", "listing"),
    [
        ("2025-07-01", 0, "2025-06-01"),
        ("2025-07-02", 4, "2025-06-01"),
        ("2025-08-01", 4, "2025-06-01"),
        ("2025-08-02", 2, "2025-06-01"),
        ("2025-05-31", 0, "2025-05-01 其后 2025-06-01 检查过"),
    ],
)
def test_what_is_overdue_is_everywhere_as_known_on_the_day(
    inspector: FlaskClient, town: SmallCity, day: str, overdue: int, listing: str
) -> None:
    number, name = town.communities["安华苑"], "安华苑"
    page = read(inspector, f"/query?as_of={day}")
    assert listed(page, name, "overdue") == str(overdue)
    assert listed(page, name, "inspected") == listing
    assert f"截至 {day} 所知" in page.get_text() and f"截至 {day}（所选日期）" in page.get_text()
    card = read(inspector, f"/communities/{number}?as_of={day}").get_text(" ", strip=True)
    assert (f"截至 {day} 所知逾期 {overdue} 项" in card) is (overdue > 0)
    assert card.count("逾期 条款") == overdue
    assert [row["逾期整改"] for row in filed(inspector, f"as_of={day}", name)] in (
        [str(overdue), overdue, overdue],
    )
    matches = orjson.loads(inspector.get(f"/query/matches.json?as_of={day}&overdue=1").data)
    assert (number in matches["ids"]) is (overdue > 0)


def test_a_visit_after_the_day_is_beside_the_row_and_counts_nowhere(
    inspector: FlaskClient, town: SmallCity
) -> None:
    number, day = town.communities["百花里"], "2025-09-30"  # inspected on 1 October
    page = read(inspector, f"/query?as_of={day}")
    assert listed(page, "百花里", "inspected") == "— 其后 2025-10-01 检查过"
    assert listed(page, "百花里", "overdue") == "—"  # nothing was known yet
    never = orjson.loads(inspector.get(f"/query/matches.json?as_of={day}&not_inspected_days=3000").data)
    assert number in never["ids"]
    card = read(inspector, f"/communities/{number}?as_of={day}").get_text(" ", strip=True)
    assert "其后 2025-10-01 01:00 检查过，不计入 没有检查记录" in card
    assert "未销项问题" not in card
    text = inspector.get(f"/query.csv?as_of={day}").data.decode("utf-8-sig")
    row = next(row for row in csv.DictReader(io.StringIO(text)) if row["小区"] == "百花里")
    assert (row["最近巡查"], row["其后的检查，不计入"]) == ("", "2025-10-01")
    collection = orjson.loads(inspector.get(f"/query.geojson?as_of={day}").data)
    (feature,) = [f for f in collection["features"] if f["id"] == number]
    assert (feature["properties"]["inspected"], feature["properties"]["later"]) == (None, "2025-10-01")


def test_old_data_move_the_day_for_everybody(
    inspector: FlaskClient, log_in: LogIn, town: SmallCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Complaints end on 3 October, inspections on 1 October: 31 days later that is the day."""
    official = log_in(Role.STREET, street_id=town.streets["西"])
    for now, said in (
        ("2025-10-31", "截至 2025-10-31（今日）"),
        ("2025-11-01", "截至 2025-10-01（检查数据止于该日）"),
        ("2026-05-05", "截至 2025-10-01（检查数据止于该日）"),
    ):
        moment = datetime.fromisoformat(f"{now}T09:00+08:00")
        monkeypatch.setattr(context, "now", lambda moment=moment: moment)
        for browser in (inspector, official):
            assert said in read(browser, "/query").get_text()
        whole = BeautifulSoup(inspector.get("/").text, "html.parser")
        assert said in str(whole.select_one("#as-of"))


@pytest.mark.parametrize("address", ["/", "/query", "/query.csv", "/communities/{number}", "/firms/{firm}"])
def test_a_quarter_to_come_is_refused(inspector: FlaskClient, town: SmallCity, address: str) -> None:
    number, firm = town.communities["安华苑"], town.firms[GREAT_WALL]
    path = address.format(number=number, firm=firm)
    assert inspector.get(f"{path}?period=2025-Q4").status_code == 200  # begun, and not over
    answer = inspector.get(f"{path}?period=2030-Q1")
    assert answer.status_code == 400
    assert "2030-Q1 还没有开始" in answer.text


@pytest.mark.parametrize("address", ["/", "/query", "/query.csv", "/communities/{number}", "/firms/{firm}"])
@pytest.mark.parametrize(("day", "told"), [("2025-10-11", "还没有到"), ("2025-02-30", "不是日期")])
def test_a_day_that_is_none_or_to_come_is_refused(
    inspector: FlaskClient, town: SmallCity, address: str, day: str, told: str
) -> None:
    path = address.format(number=town.communities["安华苑"], firm=town.firms[GREAT_WALL])
    answer = inspector.get(f"{path}?as_of={day}")
    assert answer.status_code == 400
    assert f"{day} {told}" in answer.text


def test_files_name_the_day_and_why(inspector: FlaskClient) -> None:
    address = "/query.xlsx?overdue=1&as_of=2025-08-01&period=2025-Q1"
    book = openpyxl.load_workbook(io.BytesIO(inspector.get(address).data))
    said = {str(key): value for key, value in book["说明"].values}
    assert said["截至"] == "2025-08-01（所选日期）"
    assert said["各类数据"] == "投诉数据止于 2025-10-03，检查数据止于 2025-10-01"
    assert said["查询地址"].endswith("/query?overdue=1&period=2025-Q1&as_of=2025-08-01")
    found = orjson.loads(inspector.get(address.replace("xlsx", "geojson")).data)
    assert (found["as_of"], found["as_of_reason"], found["firms_on"]) == (
        "2025-08-01", "chosen", "2025-03-31",
    )  # fmt: skip
    assert found["data_until"] == {"complaints": "2025-10-03", "inspections": "2025-10-01"}


def test_a_street_official_learns_no_later_visit_of_another_street(log_in: LogIn, town: SmallCity) -> None:
    official = log_in(Role.STREET, street_id=town.streets["西"])
    number = town.communities["百花里"]
    assert "检查过" not in read(official, f"/communities/{number}?as_of=2025-09-30").get_text()
    assert "百花里" not in read(official, "/query?as_of=2025-09-30").get_text()
