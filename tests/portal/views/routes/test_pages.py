"""Route screens: planned through the form, seen by their owner only, taken along as files."""

from __future__ import annotations

import csv
import io
import uuid
import xml.etree.ElementTree as ET
from uuid import UUID

import openpyxl
import orjson
import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.models import Route, Street, UserAccount
from portal.terms import Role
from tests.conftest import LogIn
from tests.portal import route_days
from tests.portal.route_days import DAY, NAMES

FRAGMENT = {"HX-Request": "true"}
LABEL = "直线估算，非路网"


@pytest.fixture
def ids(seeded: Session) -> list[int]:
    return route_days.add_communities(seeded)


@pytest.fixture
def inspector(log_in: LogIn) -> FlaskClient:
    return log_in(Role.INSPECTOR)


def soup(client: FlaskClient, address: str, status: int = 200) -> BeautifulSoup:
    answer = client.get(address, headers=FRAGMENT)
    assert answer.status_code == status
    return BeautifulSoup(answer.text, "html.parser")


def text_of(page: BeautifulSoup, selector: str) -> str:
    found = page.select_one(selector)
    assert found is not None, selector
    return " ".join(found.get_text(" ", strip=True).split())


def send(client: FlaskClient, ids: list[int], **values: str) -> str:
    """Plan a day through the form and return the address of the route."""
    fields = {"day": DAY.isoformat(), "visit_minutes": "30", "start": str(ids[0]), "back": "1"} | values
    answer = client.post("/routes", data={"stops": list(map(str, ids)), **fields}, headers=FRAGMENT)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def test_the_form_lists_what_was_chosen(inspector: FlaskClient, ids: list[int]) -> None:
    page = soup(inspector, "/routes/new?stops=" + ",".join(map(str, ids)))
    rows = [" ".join(row.get_text(" ", strip=True).split()) for row in page.select(".route-chosen li")]
    assert rows == ["安华苑 云岭 · 南门", "百花里 云岭", "<b>春晖园</b> 云岭"]
    assert page.select(".route-chosen b") == []
    assert [box["value"] for box in page.select("[name=stops]")] == list(map(str, ids))
    without_first = page.select(".route-remove")[0]["href"]
    left = soup(inspector, str(without_first))
    assert [box["value"] for box in left.select("[name=stops]")] == list(map(str, ids[1:]))


def test_a_form_without_communities_says_where_to_get_them(inspector: FlaskClient, seeded: Session) -> None:
    page = soup(inspector, "/routes/new")
    assert "还没有选择小区" in page.get_text()
    assert page.select_one("a[href='/query']") is not None
    assert page.select("form") == []


def test_a_route_is_planned_and_shown_with_its_label_everywhere(
    inspector: FlaskClient, ids: list[int]
) -> None:
    address = send(inspector, ids)
    page = soup(inspector, address)
    assert text_of(page, "h2") == "2099年6月3日 星期三"
    assert text_of(page, ".route-totals div:first-child") == "站点 3"
    assert text_of(page, ".route-label") == LABEL
    assert text_of(page, ".route-of-totals") == f"里程与时间：{LABEL}；时刻取整到 15 分钟"
    assert text_of(page, ".route-head") == f"预计到达时刻 {LABEL}"
    assert page.select_one("[data-route]")["data-note"] == LABEL  # type: ignore[index]
    stops = page.select(".route-stop")
    assert [stop["data-order"] for stop in stops] == ["1", "2", "3"]
    assert {stop["data-hover"] for stop in stops} == set(map(str, ids))
    assert page.select(".route b") == []
    assert "虚构示例数据" in text_of(page, ".badges")


def test_every_stop_can_be_navigated_to(inspector: FlaskClient, ids: list[int]) -> None:
    stops = soup(inspector, send(inspector, ids)).select(".route-stop")
    assert len(stops) == len(ids)
    for stop in stops:
        links = [str(link["href"]) for link in stop.select(".route-navigation a")]
        assert [link.partition(":")[0] for link in links] == ["https", "baidumap", "qqmap"]
        assert all(link["rel"] == ["noopener", "noreferrer"] for link in stop.select(".route-navigation a"))


def test_the_stop_in_hand_comes_from_the_address(inspector: FlaskClient, ids: list[int]) -> None:
    address = send(inspector, ids)
    first, third = soup(inspector, address), soup(inspector, f"{address}?stop=3")
    assert text_of(first, "#route-next-title") == "下一站 1 / 3"
    assert text_of(third, "#route-next-title") == "下一站 3 / 3"
    assert text_of(third, ".route-next-name") == text_of(third, ".is-in-hand .route-name")
    assert LABEL in text_of(third, ".route-next-time")


def test_what_does_not_fit_is_named_and_can_be_planned_apart(inspector: FlaskClient, ids: list[int]) -> None:
    page = soup(inspector, send(inspector, ids, visit_minutes="150"))
    assert text_of(page, "#route-dropped-title") == "1 个小区未排入"
    assert text_of(page, ".route-dropped li").endswith("当日班次内排不下")
    rest = page.select_one(".route-dropped .btn")
    assert rest is not None
    assert rest.get_text(strip=True) == "用其余小区另排一天"
    again = soup(inspector, str(rest["href"]))
    assert len(again.select(".route-chosen li")) == 1


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"day": "2001-01-01"}, "day", "日期：2001-01-01 已经过去"),
        ({"day": " "}, "day", "日期：没有填写"),
        ({"day": "6月3日"}, "day", "日期：6月3日 不是日期"),
        ({"visit_minutes": ""}, "visit_minutes", "每站现场时间：没有填写"),
        ({"visit_minutes": "abc"}, "visit_minutes", "每站现场时间：应为 1 到 210 之间的整数分钟"),
        ({"start": "point", "start_at": "x"}, "start_at", "起点坐标：x 不是 经度,纬度"),
    ],
)
def test_an_error_stands_beside_its_field_and_nothing_is_stored(
    inspector: FlaskClient,
    ids: list[int],
    session: Session,
    values: dict[str, str],
    field: str,
    words: str,
) -> None:
    fields = {"day": DAY.isoformat(), "visit_minutes": "37", "start": str(ids[0]), "start_name": "住建局"}
    answer = inspector.post("/routes", data={"stops": ids, **fields, **values}, headers=FRAGMENT)
    assert answer.status_code == 422
    assert answer.headers["HX-Replace-Url"] == "false"
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.select("form[data-unsent]") != []
    assert text_of(page, "#route-error p") == words
    assert text_of(page, f"#route-error-{field}") == words
    wrong = page.select_one("[aria-invalid]")
    assert wrong is not None
    assert wrong["name"] == field
    assert wrong["value"] == (fields | values)[field]
    assert [box["value"] for box in page.select("[name=stops]")] == list(map(str, ids))
    assert page.select_one("[name=start_name]")["value"] == "住建局"  # type: ignore[index]
    assert page.select_one("[name=back][checked]") is None
    assert session.scalar(select(func.count()).select_from(Route)) == 0


def test_files_carry_label_and_number(inspector: FlaskClient, ids: list[int]) -> None:
    address = send(inspector, ids)
    number = f"{DAY:%Y%m%d}-{UUID(address.rpartition('/')[2]).hex[:6].upper()}"
    answers = {kind: inspector.get(f"{address}.{kind}") for kind in ("csv", "xlsx", "geojson", "gpx")}
    for kind, answer in answers.items():
        assert answer.status_code == 200
        assert f'filename="{number}.{kind}"' in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answers["csv"].data.decode("utf-8-sig"))))
    assert f"预计到达（{LABEL}）" in rows[0]
    assert {row[3] for row in rows[1:]} >= set(NAMES)
    book = openpyxl.load_workbook(io.BytesIO(answers["xlsx"].data))
    assert f"预计到达（{LABEL}）" in [cell.value for cell in book.worksheets[0][1]]
    assert orjson.loads(answers["geojson"].data)["note"] == LABEL
    gpx = ET.fromstring(answers["gpx"].text)
    names = [element.text or "" for element in gpx.iter("{http://www.topografix.com/GPX/1/1}name")]
    assert {name.partition(" ")[2] for name in names} >= set(NAMES)
    assert LABEL in answers["gpx"].text


def test_the_sheet_prints_what_an_inspector_needs(inspector: FlaskClient, ids: list[int]) -> None:
    page = soup(
        inspector, send(inspector, ids, start="point", start_name="住建局", start_at="118.001,26.001")
    )
    address = str(page.select_one(".route-files a")["href"])  # type: ignore[index]
    sheet = soup(inspector, address)
    said = text_of(sheet, "main")
    for expected in ("编号", "住建局", LABEL, "检查人员签字", "规划于", "虚构示例数据", "南门", "云岭"):
        assert expected in said
    assert len(sheet.select("tbody th")) == 4  # three stops and the end
    assert sheet.select_one("table b") is None
    headings = [heading.get_text(" ", strip=True) for heading in sheet.select("thead th")]
    assert headings[1] == f"预计到达 {LABEL}"
    assert headings[-1] == "实到时间与签字"


def test_the_list_holds_ones_own_routes(log_in: LogIn, ids: list[int]) -> None:
    mine, other = log_in(Role.INSPECTOR), log_in(Role.INSPECTOR)
    assert "还没有路线" in soup(mine, "/routes").get_text()
    address = send(mine, ids)
    assert [link["href"] for link in soup(mine, "/routes").select(".lines a")] == [address]
    assert soup(other, "/routes").select(".lines a") == []
    everyone = soup(log_in(Role.ADMINISTRATOR), "/routes")
    assert [link["href"] for link in everyone.select(".lines a")] == [address]
    assert "全部用户的路线" in everyone.get_text()


@pytest.mark.parametrize("tail", ["", "/sheet", ".gpx", ".geojson", ".csv", ".xlsx"])
def test_only_owner_and_administrator_see_a_route(
    log_in: LogIn, ids: list[int], session: Session, tail: str
) -> None:
    address = send(log_in(Role.INSPECTOR), ids) + tail
    assert log_in(Role.INSPECTOR).get(address).status_code == 404
    assert log_in(Role.ADMINISTRATOR).get(address).status_code == 200
    assert log_in(Role.LEADER).get(address).status_code == 403
    assert log_in(Role.STREET, street_id=session.scalar(select(Street.id))).get(address).status_code == 403


def test_a_route_is_deleted_by_its_owner(log_in: LogIn, ids: list[int], session: Session) -> None:
    mine, other = log_in(Role.INSPECTOR), log_in(Role.INSPECTOR)
    address = send(mine, ids)
    assert other.post(f"{address}/delete").status_code == 404
    answer = mine.post(f"{address}/delete")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/routes")
    assert mine.get(address).status_code == 404
    assert session.scalar(select(func.count()).select_from(Route)) == 0


def test_a_route_that_is_not_there(inspector: FlaskClient) -> None:
    assert inspector.get(f"/routes/{uuid.uuid4()}").status_code == 404
    assert inspector.get("/routes/7").status_code == 404


def test_english_says_the_same(inspector: FlaskClient, ids: list[int], session: Session) -> None:
    address = send(inspector, ids)
    for account in session.scalars(select(UserAccount)):
        account.language = "en"
    session.flush()
    page = soup(inspector, address)
    assert text_of(page, ".route-label") == "Straight-line estimate, not by road"
    assert text_of(page, "h2") == "Wed 3 Jun 2099"
    assert "站" not in text_of(page, ".route-totals")
    rows = csv.DictReader(io.StringIO(inspector.get(f"{address}.csv").data.decode("utf-8-sig")))
    assert [row["Kind"] for row in rows] == ["Start", "Stop", "Stop", "Stop", "End"]


def test_a_visit_that_waits_for_lunch_says_so(inspector: FlaskClient, ids: list[int]) -> None:
    page = soup(inspector, send(inspector, ids, visit_minutes="100"))
    lines = [text_of(page, f"#stop-{n} .route-what") for n in (1, 2, 3)]
    assert ["午休" in line for line in lines] == [False, True, False]
    assert "现场 14:00–15:45 · 等候 1 小时 15 分 · 午休 12:00–14:00" in lines[1]


def test_the_planned_route_is_on_the_map_of_its_owner(log_in: LogIn, ids: list[int]) -> None:
    mine, other = log_in(Role.INSPECTOR), log_in(Role.INSPECTOR)
    send(mine, ids)
    assert len(orjson.loads(mine.get("/layers/routes.geojson").data)["features"]) == 4
    assert orjson.loads(other.get("/layers/routes.geojson").data)["features"] == []
    assert log_in(Role.LEADER).get("/layers/routes.geojson").status_code == 403
