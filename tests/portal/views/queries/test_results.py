"""The spatial query as the browser sees it: page, files, stored areas, each cut to what a role may see."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote

import openpyxl
import orjson
import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.models import StoredArea
from portal.query import spell_ring
from portal.terms import Role
from portal.web import context
from tests.conftest import LogIn, Statements
from tests.portal import map_city, small_city
from tests.portal.small_city import LAST_COMPLAINT_DAY, ZONE, SmallCity

FRAGMENT = {"HX-Request": "true"}
AREA = "114.04,22.4;114.115,22.4;114.115,22.6;114.04,22.6"


@pytest.fixture(autouse=True)
def _fixed_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "now", lambda: datetime(*LAST_COMPLAINT_DAY.timetuple()[:3], 9, tzinfo=ZONE))


@pytest.fixture
def town(seeded: Session) -> SmallCity:
    return small_city.build(seeded)


@pytest.fixture
def inspector(log_in: LogIn, town: SmallCity) -> FlaskClient:
    return log_in(Role.INSPECTOR)


def soup(client: FlaskClient, address: str, status: int = 200) -> BeautifulSoup:
    answer = client.get(address, headers=FRAGMENT)
    assert answer.status_code == status
    return BeautifulSoup(answer.text, "html.parser")


def shown(page: BeautifulSoup) -> list[list[str]]:
    """Return the table of a page: headings, then rows, without the checkboxes."""
    return [
        [
            cell.get_text().strip() if cell.get("scope") == "col" else cell.get_text(" ", strip=True)
            for cell in row.select("th:not(.pick), td:not(.pick)")
        ]
        for row in page.select("tr")
    ]


def text_of(page: BeautifulSoup, selector: str) -> str:
    found = page.select_one(selector)
    assert found is not None
    return found.get_text(" ", strip=True)


def test_the_result_says_in_words_what_was_asked(inspector: FlaskClient) -> None:
    page = soup(inspector, f"/query?area={AREA}&points_below=80&complaints_at_least=1")
    assert text_of(page, ".query-words") == "所画范围内，评分低于 80，近 30 天投诉 ≥ 1 件：共 2 个小区"
    note = text_of(page, ".query-note:not(form *)")
    assert "评分 2025年第3季度" in note
    assert "其余截至 2025-10-03（今日）" in note
    assert "检查数据止于 2025-10-01" in note


def test_the_result_says_what_its_complaints_do_not(
    inspector: FlaskClient, seeded: Session, town: SmallCity
) -> None:
    """The community without a street has no data; two complaints of 东 lie in no community."""
    for number in range(2):
        map_city.add_complaint(seeded, LAST_COMPLAINT_DAY, street_id=town.streets["东"], number=number)
    page = soup(inspector, "/query")
    notes = [note.get_text(" ", strip=True) for note in page.select(".query-note:not(form *)")]
    assert (
        notes[1]
        == "投诉只计已落到小区的；所涉街道另有 2 件未落到小区；1 个小区所在街道没有投诉数据，件数未知"
    )
    rows = {row[0]: row for row in shown(page)[1:]}
    at = shown(page)[0].index("投诉（近 30 天，件）")
    assert rows["春晖园"][at] == "0"
    assert next(row for name, row in rows.items() if name.startswith("未命名"))[at] == "—"
    # Nothing meets the condition: the page says that more is known of the street than of its communities.
    page = soup(inspector, f"/query?streets={town.streets['东']}&complaints_at_least=9")
    assert text_of(page, ".query-words").endswith("共 0 个小区")
    assert "所涉街道另有 2 件未落到小区" in page.get_text()
    west = soup(inspector, f"/query?streets={town.streets['西']}")
    assert len(west.select(".query-note:not(form *)")) == 1
    answer = inspector.get("/query.geojson")
    found = orjson.loads(answer.data)
    assert found["complaints_in_no_community"] == 2
    assert found["communities_without_complaint_data"] == 1


def test_a_page_beyond_the_last_leads_there(inspector: FlaskClient) -> None:
    for asked, led in (
        ("?page=99&sort=-points", "/query?sort=-points"),
        ("?page=2&text=nobody", "/query?text=nobody"),
    ):
        answer = inspector.get(f"/query{asked}", headers=FRAGMENT)
        assert (answer.status_code, answer.headers["Location"]) == (303, led)
        assert "这一页没有内容" not in soup(inspector, led).get_text()


def test_rows_carry_what_map_and_basket_need(inspector: FlaskClient, town: SmallCity) -> None:
    page = soup(inspector, "/query?streets=" + ",".join(map(str, town.streets.values())))
    ids = [row["data-hover"] for row in page.select("tbody tr")]
    assert ids == [
        str(town.communities[name]) for name in ("安华苑", "百花里", "春晖园", "德政楼", "未定位园")
    ]
    ticks = page.select("[data-stop]")
    assert [tick["data-stop"] for tick in ticks] == ids
    assert [tick.has_attr("disabled") for tick in ticks] == [False, False, False, False, True]
    assert "其中未定位 1" in page.get_text()


def test_every_file_equals_the_screen(inspector: FlaskClient) -> None:
    arguments = "?near=114.05,22.5&radius_m=9000&sort=-distance&complaint_days=90"
    page = soup(inspector, "/query" + arguments)
    screen = [["" if cell == "—" else cell for cell in row] for row in shown(page)]
    screen[1:] = [[cell.replace(",", "") for cell in row] for row in screen[1:]]
    assert len(screen) == 5
    links = {link.get_text(): link["href"] for link in page.select("[download]")}

    read = csv.reader(io.StringIO(inspector.get(str(links["CSV"])).data.decode("utf-8-sig")))
    table = [[number(cell) for cell in row[:-3]] for row in read]
    assert [[number(cell).lstrip("'") for cell in row] for row in table] == [
        [number(cell) for cell in row] for row in screen
    ]

    book = openpyxl.load_workbook(io.BytesIO(inspector.get(str(links["Excel"])).data))
    cells = [["" if value is None else value for value in row[:-3]] for row in book.worksheets[0].values]
    assert [[number(str(value).removesuffix(" 00:00:00")) for value in row] for row in cells] == [
        [number(cell) for cell in row] for row in screen
    ]

    collection = orjson.loads(inspector.get(str(links["GeoJSON"])).data)
    assert list(collection["columns"].values()) == [*screen[0], "其后的检查，不计入"]
    rows = [list(feature["properties"].values())[:-1] for feature in collection["features"]]
    assert [[number("" if value is None else str(value)) for value in row] for row in rows] == [
        [number(cell) for cell in row] for row in screen[1:]
    ]


def number(text: str) -> str:
    """Return a number without trailing zeros, any other text as it is."""
    try:
        return f"{float(text):g}"
    except ValueError:
        return text


def test_formulas_in_files_cannot_run(inspector: FlaskClient) -> None:
    table = list(csv.reader(io.StringIO(inspector.get("/query.csv?firm==SUM").data.decode("utf-8-sig"))))
    assert "'=SUM(A1)物业" in table[1]
    book = openpyxl.load_workbook(io.BytesIO(inspector.get("/query.xlsx?firm==SUM").data))
    cell = next(cell for cell in book.worksheets[0][2] if cell.value == "=SUM(A1)物业")
    assert cell.data_type == "s"


def test_files_say_what_they_are(inspector: FlaskClient) -> None:
    answer = inspector.get("/query.csv?overdue=1")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert answer.headers["Content-Disposition"].isascii()  # as servers require of headers
    name = unquote(answer.headers["Content-Disposition"])
    assert "云岭市（虚构）_有逾期整改_1个小区_截至2025-10-03.csv" in name

    book = openpyxl.load_workbook(io.BytesIO(inspector.get("/query.xlsx?overdue=1").data))
    assert book.sheetnames == ["小区", "说明"]
    said = {str(key): value for key, value in book["说明"].values}
    assert said["城市"] == "云岭市"
    assert said["数据性质"] == "虚构示例数据"
    assert said["查询条件"] == "有逾期整改"
    assert (said["小区数"], said["截至"], said["评分季度"]) == (1, "2025-10-03（今日）", "2025-Q3")
    assert said["查询地址"] == "http://localhost/query?overdue=1"

    said = orjson.loads(inspector.get("/query.geojson?overdue=1").data)
    assert said["fictional"] is True
    assert (said["n"], said["query"], said["as_of"]) == (1, "有逾期整改", "2025-10-03")


def test_a_street_official_gets_the_own_street_only(log_in: LogIn, town: SmallCity) -> None:
    official = log_in(Role.STREET, street_id=town.streets["西"])
    page = soup(official, "/query")
    assert "仅本街道" in page.get_text()
    assert page.select_one("#query-streets") is None
    assert [row[0] for row in shown(page)[1:]] == ["春晖园", "德政楼"]
    everything = orjson.loads(official.get("/query.geojson").data)
    assert [feature["properties"]["name"] for feature in everything["features"]] == ["春晖园", "德政楼"]
    assert orjson.loads(official.get("/query/matches.json").data)["ids"] == [
        town.communities[name] for name in ("春晖园", "德政楼")
    ]
    # Another street is not theirs to ask for, by no address.
    other = soup(official, f"/query?streets={town.streets['东']}")
    assert "共 0 个小区" in other.get_text()
    link = soup(official, f"/query?streets={town.streets['东']}&sort=points").select_one("thead a")
    assert link is None  # nothing found, nothing to sort
    for kind in ("csv", "xlsx", "geojson"):
        assert "安华苑".encode() not in official.get(f"/query.{kind}?streets={town.streets['东']}").data


def test_the_page_keeps_the_cut_in_its_links(log_in: LogIn, town: SmallCity) -> None:
    official = log_in(Role.STREET, street_id=town.streets["西"])
    page = soup(official, "/query?kind=old")
    links = [str(link["href"]) for link in page.select("[download], thead a")]
    assert links
    assert all(f"streets={town.streets['西']}" in link for link in links)


@pytest.mark.parametrize(
    ("arguments", "field", "message"),
    [
        ("points_below=abc", "points_below", "评分低于：abc 应为 0 到 105 之间的数"),
        ("radius_m=500", "near", "中心点：缺少中心点"),
        ("near=114.05&radius_m=500", "near", "中心点：114.05 不是 经度,纬度"),
        ("area=0,0;1,1;0,1;1,0", "area", "范围：边界自相交，在 0.50000,0.50000 附近"),
        ("area_key=gone", "area", "没有已存的范围 gone"),
    ],
)
def test_an_error_names_its_field_and_keeps_what_was_typed(
    inspector: FlaskClient, arguments: str, field: str, message: str
) -> None:
    page = soup(inspector, f"/query?{arguments}&text=保留", 422)
    assert text_of(page, "[role=alert]").startswith(message)
    wrong = page.select_one("[aria-invalid]")
    assert wrong is not None
    assert wrong["name"] == field
    kept = page.select_one("[name=text]")
    assert kept is not None
    assert kept["value"] == "保留"
    assert page.select_one("table") is None


def test_there_are_three_kinds_of_files(inspector: FlaskClient) -> None:
    assert inspector.get("/query.pdf").status_code == 404


def test_an_unknown_code_is_refused(inspector: FlaskClient) -> None:
    assert "等级：没有 superb" in soup(inspector, "/query?bands=superb", 422).get_text()
    assert inspector.get("/query.csv?bands=superb").status_code == 400


def test_nothing_found_says_why_and_what_to_do(inspector: FlaskClient) -> None:
    page = soup(inspector, "/query?points_below=20&complaints_at_least=5")
    assert "共 0 个小区" in page.get_text()
    assert "评分条件不含无评分的小区" in text_of(page, ".query-empty")
    assert page.select_one("[download]") is None


def test_a_list_form_and_a_link_spell_alike(inspector: FlaskClient, town: SmallCity) -> None:
    ids = list(town.streets.values())
    repeated = soup(
        inspector, f"/query?streets={ids[0]}&streets={ids[1]}&bands=fail&bands=none&points_below="
    )
    joined = soup(inspector, f"/query?streets={ids[0]},{ids[1]}&bands=fail,none")
    assert shown(repeated) == shown(joined)
    assert len(shown(joined)) == 3


def test_a_long_area_becomes_a_key_once(inspector: FlaskClient, session: Session) -> None:
    fetch = {"X-Requested-With": "fetch"}
    first = inspector.post("/query/areas", data={"area": AREA}, headers=fetch).json
    again = inspector.post("/query/areas", data={"area": AREA}, headers=fetch).json
    assert first == again
    assert first is not None
    assert session.scalar(select(func.count()).select_from(StoredArea)) == 1
    key = first["area_key"]
    by_key = soup(inspector, f"/query?area_key={key}")
    assert [row[0] for row in shown(by_key)[1:]] == ["安华苑", "百花里", "春晖园"]
    assert all(f"area_key={key}" in str(link["href"]) for link in by_key.select("[download]"))
    drawn = by_key.select_one("[data-area]")
    assert drawn is not None
    assert len(str(drawn["data-area"]).split(";")) == 4


def test_an_area_without_script_leads_to_its_result(inspector: FlaskClient) -> None:
    answer = inspector.post("/query/areas", data={"area": AREA})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/query?area_key=")


@pytest.mark.parametrize("area", ["", "0,0;1,1;0,1;1,0", "0,0;1,1", spell_ring(((1, 1),) * 2001)])
def test_what_is_no_area_is_not_kept(inspector: FlaskClient, session: Session, area: str) -> None:
    answer = inspector.post("/query/areas", data={"area": area}, headers={"Accept": "application/json"})
    assert answer.status_code == 400
    assert answer.json["detail"].startswith("范围：")  # type: ignore[index]
    assert session.scalar(select(func.count()).select_from(StoredArea)) == 0


def test_only_planners_have_a_basket(log_in: LogIn, town: SmallCity) -> None:
    assert soup(log_in(Role.LEADER), "/query").select_one("[data-stop], #query-basket") is None
    assert soup(log_in(Role.INSPECTOR), "/query").select_one("#query-basket") is not None


def test_english_speaks_english(log_in: LogIn, town: SmallCity) -> None:
    client = log_in(Role.INSPECTOR)
    client.post("/language", data={"language": "en"})
    page = soup(client, "/query?points_below=60&complaints_at_least=1")
    words = text_of(page, ".query-words")
    assert words == "Score below 60, complaints ≥ 1 in 30 days: 1 found"
    headings: list[Any] = shown(page)[0]
    assert not any("\u4e00" <= character <= "\u9fff" for character in "".join(headings))


def test_a_page_takes_few_statements(inspector: FlaskClient, statements: Statements) -> None:
    inspector.get(f"/query?area={AREA}&points_below=80", headers=FRAGMENT)
    # account, policy, newest days, quarter, streets, types, districts, the result, what complaints do not say
    assert len(statements) == 9


def test_the_day_is_the_city_s(inspector: FlaskClient) -> None:
    today = LAST_COMPLAINT_DAY
    assert str(today) in soup(inspector, "/query?not_inspected_days=9").get_text()
    assert str(today + timedelta(days=1)) not in soup(inspector, "/query").get_text()
