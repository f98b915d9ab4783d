"""The queue of complaints whose places contradict: what it shows, and the forms that rule on them."""

from __future__ import annotations

import pytest
import shapely
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.frames import COMPLAINTS
from geo.policy.city import City
from portal.actions.complaints import complaint_import as complaints
from portal.models import Complaint
from portal.terms import Role
from tests.conftest import LogIn
from tests.portal import waiting_city
from tests.portal.actions.conftest import frame_of
from tests.portal.views.pages import read, send, text_of

QUEUE = "/data/doubtful-complaints"
BACK_AGAIN = f"{QUEUE}/take-back"
RULE, ASIDE, BACK = f"{QUEUE}/rule", f"{QUEUE}/set-aside", f"{QUEUE}/bring-back"
EAST, CORNER = shapely.Point(114.01, 22.45), shapely.Point(114.15, 22.55)


@pytest.fixture
def ids(seeded: Session, city: City) -> dict[str, int]:
    waiting_city.build(seeded)
    rows = [
        {"source_key": "a", "geometry": EAST, "street": "西", "address": "西一路2号3栋1205室"},
        {"source_key": "b", "geometry": EAST, "street": "西"},
        *({"source_key": f"s{n}", "geometry": CORNER} for n in range(12)),
    ]
    full = [
        {"received_at": f"2025-03-05 10:{n:02}", "event_type": "物业", **row} for n, row in enumerate(rows)
    ]
    complaints.load(seeded, frame_of(COMPLAINTS, full), source="h", city=city, cipher=waiting_city.CIPHER)
    return dict(seeded.execute(select(Complaint.source_key, Complaint.id)).tuples().all())


@pytest.fixture
def clerk(log_in: LogIn, ids: dict[str, int]) -> FlaskClient:
    return log_in(Role.CLERK)


def keys(page: BeautifulSoup) -> list[str]:
    return [cell.get_text(strip=True) for cell in page.select(".data-key")]


def level(session: Session, key: str) -> str | None:
    return session.scalar(
        select(Complaint.place_level).where(Complaint.source_key == key, Complaint.source == "h")
    )


def test_both_places_stand_beside_each_other(clerk: FlaskClient) -> None:
    page = read(clerk, f"{QUEUE}?doubt=other_street")
    assert keys(page) == ["b", "a"]
    row = page.select("tbody tr")[1].get_text(" ", strip=True)
    assert "西一路2号3栋" in row
    assert "中区 东" in row
    assert "1205" not in row
    assert "街道与坐标不符" in row
    assert len(keys(read(clerk, QUEUE))) == 14
    assert "位置存疑" in read(clerk, "/data").get_text()


def test_the_coordinate_holds_and_is_taken_back(
    clerk: FlaskClient, ids: dict[str, int], seeded: Session
) -> None:
    page = send(clerk, RULE, complaint=ids["a"], ruling="coordinate")
    assert page.select_one(".data-done[data-told][tabindex]") is not None  # where the keyboard goes on
    assert "1 件已核定：采用坐标" in text_of(page, ".data-done")
    assert (level(seeded, "a"), "a" in keys(page)) == ("point", False)
    undo = page.select_one(".data-done [name=deed]")
    assert undo is not None
    page = send(clerk, BACK_AGAIN, deed=undo["value"])
    assert (level(seeded, "a"), "a" in keys(page)) == ("street", True)
    assert send(clerk, BACK_AGAIN, 409, deed=undo["value"]).select(".form-mistake")
    assert send(clerk, BACK_AGAIN, 422, deed="x").select(".form-mistake")


def test_earlier_rulings_are_found_again_and_taken_back(
    log_in: LogIn, clerk: FlaskClient, ids: dict[str, int], seeded: Session
) -> None:
    assert not read(clerk, QUEUE).select("#ruled")
    send(clerk, RULE, complaint=ids["a"], ruling="coordinate")
    send(clerk, RULE, complaint=[ids[f"s{n}"] for n in range(6)], ruling="coordinate")
    latest, first = read(clerk, QUEUE).select("#ruled tbody tr")
    assert text_of(latest, '[data-label="投诉编号"]') == "s0, s1, s2, s3, s4 等"
    told = [text_of(first, f'[data-label="{name}"]') for name in ("核定", "投诉", "投诉编号")]
    assert told == ["采用坐标", "1", "a"]
    official = log_in(
        Role.STREET, street_id=seeded.scalar(select(Complaint.street_id).where(Complaint.id == ids["b"]))
    )
    assert not read(official, QUEUE).select("#ruled")
    page = send(clerk, BACK_AGAIN, deed=first.select_one("[name=deed]")["value"])  # type: ignore[index]
    assert (level(seeded, "a"), "a" in keys(page)) == ("street", True)
    latest, first = page.select("#ruled tbody tr")
    assert (len(latest.select("form")), text_of(first, '[data-label="撤销"]')) == (1, "已撤销")


def test_the_audit_says_which_ruling_and_takes_it_back(
    log_in: LogIn, clerk: FlaskClient, ids: dict[str, int]
) -> None:
    send(clerk, RULE, complaint=ids["a"], ruling="coordinate")
    administrator = log_in(Role.ADMINISTRATOR)
    row = read(administrator, "/administration/audit").select("tbody tr:has(form)")[0]
    assert "投诉编号：a" in text_of(row, ".detail")
    page = send(administrator, row.select("form")[0]["action"], back="audit")
    assert text_of(page, ".alert") == "已撤销，一切如前，1 件投诉回到原处"
    cells = [cell.get_text(strip=True) for cell in page.select("tbody tr")[0].select("td")]
    assert (cells[2], cells[3].split()[0], cells[4]) == ("撤销", "投诉", "投诉：1")


def test_a_shared_coordinate_is_decided_at_once(clerk: FlaskClient, seeded: Session) -> None:
    group = f"?doubt=shared&lon={CORNER.x}&lat={CORNER.y}"
    assert read(clerk, QUEUE).select(f'a[href="{QUEUE}{group}"]')
    assert "刚刚有变化" in send(clerk, RULE + group, 409, group="1", n=3, ruling="coordinate").get_text()
    page = send(clerk, RULE + group, group="1", n=12, ruling="coordinate")
    assert (level(seeded, "s5"), len(keys(read(clerk, QUEUE)))) == ("point", 2)
    assert "12 件已核定" in page.get_text()


def test_what_settles_nothing_comes_back_with_its_ticks(clerk: FlaskClient, ids: dict[str, int]) -> None:
    page = send(clerk, RULE, 409, complaint=ids["s1"], ruling="named")
    assert "没有登记认得的" in text_of(page, ".form-mistake")
    assert [tick["value"] for tick in page.select('[name="complaint"][checked]')] == [str(ids["s1"])]
    assert send(clerk, RULE, 422, complaint=ids["s1"], ruling="x").select(".form-mistake")
    assert send(clerk, RULE, 422, ruling="named").select(".form-mistake")


def test_set_aside_and_brought_back(clerk: FlaskClient, ids: dict[str, int]) -> None:
    assert send(clerk, ASIDE, 422, complaint=ids["a"]).select(".field-error")
    assert keys(send(clerk, ASIDE, complaint=ids["a"], reason="查不到"))[-1] == "b"
    page = read(clerk, f"{QUEUE}?aside=1")
    assert (keys(page), "查不到" in page.get_text()) == (["a"], True)
    assert keys(send(clerk, f"{BACK}?aside=1", complaint=ids["a"]))[-1] == "a"


def test_a_street_sees_its_own(log_in: LogIn, ids: dict[str, int], seeded: Session) -> None:
    street_id = seeded.scalar(select(Complaint.street_id).where(Complaint.source_key == "a"))
    official = log_in(Role.STREET, street_id=street_id)
    page = read(official, QUEUE)
    assert (keys(page), page.select("[name=ruling]")) == (["b", "a"], [])
    assert official.post(RULE, data={"complaint": ids["a"], "ruling": "named"}).status_code == 403
