"""The main job on real input: west Futian asked by polygon, its list beside its files."""

from __future__ import annotations

import csv
import io
import re

import openpyxl
import orjson
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.policy.city import City
from portal.actions import accounts, policy
from portal.actions.imports.files import FileImport, Means, import_file
from portal.config import ROOT
from portal.db import make_engine
from portal.models import Community
from portal.privacy import Cipher
from portal.readers.limits import ReadLimits
from portal.terms import Role, Subject
from tests.browser.conftest import PASSWORD, Enter, Serve
from tests.conftest import MakeDatabase

pytestmark = [pytest.mark.browser, pytest.mark.realdata]

FILES = (
    (Subject.ROADS, "futian_roads.osm.pbf"),
    (Subject.STREETS, "streets_gcj02.geojson"),
    (Subject.COMMUNITIES, "community_outlines_bd09.geojson"),
    (Subject.COMMUNITIES, "communities_official_2021.csv"),
    (Subject.COMMUNITIES, "futian_communities_bd09.csv"),
    (Subject.COMPLAINTS, "hotline_pingshan_2018.csv"),
)
# Around Shangmeilin, Lianhua and Xiangmihu; more than three corners, none of them a rectangle's.
WEST_FUTIAN = ((114.02, 22.53), (114.075, 22.525), (114.08, 22.56), (114.05, 22.575), (114.015, 22.565))


NAMED = 20  # of the 42 named communities of the district, at least so many lie there
READ_ROWS = """() => [...document.querySelectorAll(".query-table tbody tr")].map((row) =>
    [...row.querySelectorAll("th, td:not(.pick)")].map((cell) => cell.innerText.trim()))"""


@pytest.fixture(scope="module")
def shenzhen(
    real_data: object,
    make_database: MakeDatabase,
    serve: Serve,
    city: City,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[str, int]:
    """Address of a portal with the city's real data, and the number of communities in the polygon."""
    database = make_database()
    means = Means(
        city,
        Cipher.from_secret("x" * 48),
        ReadLimits(max_upload_mb=200, reader_memory_mb=2048, reader_cpu_seconds=120),
        tmp_path_factory.mktemp("imports"),
    )
    engine = make_engine(database.portal_url)
    with Session(engine) as session:
        policy.seed(session, ROOT / "data" / "city.toml")
        accounts.create(session, "inspector", "巡查员", Role.INSPECTOR, PASSWORD)
        for subject, name in FILES:
            path = ROOT.parent / "shared" / "data" / "shenzhen" / name
            import_file(session, FileImport(subject=subject, path=path), means)
        corners = ",".join(f"{lon} {lat}" for lon, lat in (*WEST_FUTIAN, WEST_FUTIAN[0]))
        inside = func.ST_Intersects(func.ST_GeomFromText(f"POLYGON(({corners}))", 4326), Community.location)
        n = session.scalar(select(func.count()).where(inside, Community.status == "active"))
    engine.dispose()
    assert n is not None
    assert n > 100
    return serve(database), n


def read_list(page: Page) -> list[list[str]]:
    """Return the rows of all pages as they are shown."""
    rows: list[list[str]] = []
    while True:
        rows += page.evaluate(READ_ROWS)
        last = page.get_by_role("link", name="下一页")
        if not last.count():
            return rows
        before = page.url
        last.click()
        page.wait_for_url(lambda url, before=before: url != before)
        expect(page.locator(".query-range")).to_contain_text(f"第 {len(rows) + 1:,}–")


def test_three_files_equal_the_screen(enter: Enter, shenzhen: tuple[str, int]) -> None:
    address, n = shenzhen
    page = enter(address, "inspector")
    page.goto("/query")
    page.click("#query-coordinates > summary")
    page.fill("#query-area", "\n".join(f"{lon},{lat}" for lon, lat in WEST_FUTIAN))
    page.click("#query-form .btn-primary")
    expect(page.locator("#query-words")).to_have_text(f"所画范围内：共 {n:,} 个小区")
    page.wait_for_function("n => import('app/atlas.js').then(({ marks }) => marks.result.size === n)", arg=n)
    links = [str(link.get_attribute("href")) for link in page.locator("[download]").all()]
    headings = [text.strip() for text in page.locator("thead th:not(.pick)").all_inner_texts()]

    shown = [[plain(cell) for cell in row] for row in read_list(page)]
    assert len(shown) == n
    assert sum(not row[0].startswith("未命名小区") for row in shown) >= NAMED

    files = {link: page.request.get(link).body() for link in links}
    by_csv, by_xlsx, by_geojson = files.values()
    table = list(csv.reader(io.StringIO(by_csv.decode("utf-8-sig"))))
    # Files say beside what the list shows what is not located, and the id.
    own = slice(len(headings))
    assert table[0][own] == headings
    assert [[plain(cell) for cell in row[own]] for row in table[1:]] == shown
    sheet = list(openpyxl.load_workbook(io.BytesIO(by_xlsx)).worksheets[0].values)
    assert [list(map(str, sheet[0][own])), [[plain(cell) for cell in row[own]] for row in sheet[1:]]] == [
        headings,
        shown,
    ]
    collection = orjson.loads(by_geojson)
    properties = [list(feature["properties"].values()) for feature in collection["features"]]
    assert [[plain(cell) for cell in row[own]] for row in properties] == shown
    assert all(feature["geometry"] for feature in collection["features"])
    assert (collection["n"], collection["query"]) == (n, "所画范围内")


def plain(value: object) -> str:
    """Return a cell's content whatever dress it wears: 1,234.0 and 1234, — and nothing, a day with hours."""
    text = "" if value in (None, "—") else str(value).lstrip("'")
    if re.fullmatch(r"[\d,]+(\.\d+)?", text):
        return f"{float(text.replace(',', '')):g}"
    return text.removesuffix(" 00:00:00")
