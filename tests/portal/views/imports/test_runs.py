"""Imports and their remarks."""

from __future__ import annotations

import csv
import io
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from geo.datums.crs import Datum
from geo.policy.city import City
from geo.texts import Phrase
from portal.models import ImportRun
from portal.terms import Role
from tests.conftest import LogIn, Statements
from tests.portal.store.imports.test_runs import add_run
from tests.portal.views.pages import read, text_of


@pytest.fixture
def run(seeded: Session) -> ImportRun:
    return add_run(seeded)


@pytest.fixture
def clerk(log_in: LogIn) -> FlaskClient:
    return log_in(Role.CLERK)


def test_runs_are_listed_and_filtered_by_what_they_brought(
    clerk: FlaskClient, seeded: Session, run: ImportRun
) -> None:
    add_run(seeded, subject="roads")
    page = read(clerk, "/data/imports")
    assert sorted(row.select("td")[0].get_text(strip=True) for row in page.select("tbody tr")) == [
        "街道",
        "道路",
    ]
    page = read(clerk, "/data/imports?subject=roads")
    cells = [cell.get_text(" ", strip=True) for cell in page.select("tbody tr td")]
    assert cells == ["道路", "街道.geojson", "GCJ-02 97.0 %", "3", "0", "1", "2", "已导入"]
    assert text_of(page, "[aria-current=true]") == "道路"
    assert "还没有导入过" in read(clerk, "/data/imports?subject=firms").get_text()


def test_a_run_says_what_was_detected_counted_and_refused(clerk: FlaskClient, run: ImportRun) -> None:
    page = read(clerk, f"/data/imports/{run.id}")
    assert text_of(page, ".data-datum-name") == "坐标基准 GCJ-02 · 把握 97.0 %"
    assert "坐标基准看起来是 GCJ-02" in text_of(page, ".data-datum")
    assert text_of(page, ".data-counts") == "新增 3 变更 0 未变 1 未导入 2"
    assert text_of(page, ".data-found") == "辖区面积（km²） 12.5 街道之间的空隙 1"
    rows = [[cell.get_text(strip=True) for cell in row.select("td")] for row in page.select("tbody tr")]
    assert rows == [
        ["—", "名称", "提示", "有空隙", "请核对"],
        ["2", "名称", "未导入", "名称为空", "请核对"],
        ["5", "名称", "已修复", "边界自相交", "请核对"],
        ["9", "名称", "未导入", "=1+1 不是数字", "请核对"],
    ]
    assert text_of(page, "#remarks + a") == "下载全部（CSV）"


def test_a_confidence_is_never_rounded_up_to_certainty(
    clerk: FlaskClient, seeded: Session, run: ImportRun
) -> None:
    run.datum_confidence = 2000 / 2001
    seeded.flush()
    for address in (f"/data/imports/{run.id}", "/data/imports", "/data"):
        said = read(clerk, address).get_text()
        assert "99.9 %" in said and "100.0 %" not in said, address


def test_remarks_are_filtered_by_severity(clerk: FlaskClient, run: ImportRun) -> None:
    page = read(clerk, f"/data/imports/{run.id}?severity=rejected")
    assert [row.select_one("td").get_text(strip=True) for row in page.select("tbody tr")] == ["2", "9"]  # type: ignore[union-attr]
    assert len(read(clerk, f"/data/imports/{run.id}?severity=nonsense").select("tbody tr")) == 4
    assert clerk.get(f"/data/imports/{run.id}?page=9").headers["Location"] == f"/data/imports/{run.id}"


def test_the_file_holds_every_remark_and_no_formula(clerk: FlaskClient, run: ImportRun, city: City) -> None:
    answer = clerk.get(f"/data/imports/{run.id}.csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    named = unquote(answer.headers["Content-Disposition"])
    assert "attachment" in named
    assert f"{city.name}（虚构）_导入说明-" in named
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[0] == ["行号", "字段", "结果", "原因", "处理办法"]
    assert rows[1:] == [
        ["", "名称", "提示", "有空隙", "请核对"],
        ["2", "名称", "未导入", "名称为空", "请核对"],
        ["5", "名称", "已修复", "边界自相交", "请核对"],
        ["9", "名称", "未导入", "'=1+1 不是数字", "请核对"],
    ]


def test_a_run_that_is_not_there(clerk: FlaskClient) -> None:
    read(clerk, "/data/imports/00000000-0000-0000-0000-000000000000", 404)


def test_a_page_takes_few_statements(clerk: FlaskClient, run: ImportRun, statements: Statements) -> None:
    before = len(statements)
    read(clerk, f"/data/imports/{run.id}")
    assert len(statements) - before == 5  # account, policy; run, tally, remarks


@pytest.mark.parametrize("role", [Role.STREET, Role.LEADER])
def test_others_see_no_imports(log_in: LogIn, seeded: Session, run: ImportRun, role: Role) -> None:
    from tests.conftest import make_street

    browser = log_in(role, street_id=make_street(seeded).id if role is Role.STREET else None)
    for address in ("/data/imports", f"/data/imports/{run.id}", f"/data/imports/{run.id}.csv"):
        assert browser.get(address).status_code == 403


def test_verdict_and_remarks_are_told_in_english_too(
    clerk: FlaskClient, seeded: Session, run: ImportRun
) -> None:
    run.datum_message = Phrase(
        "坐标基准看起来是 {datum}，把握 {share}。", datum=Datum.GCJ02.label, share="97.0 %"
    )
    seeded.flush()
    clerk.post("/language", data={"language": "en"})
    page = read(clerk, f"/data/imports/{run.id}")
    assert "The datum looks like GCJ-02 (Amap, Tencent), with 97.0 % confidence." in text_of(
        page, ".data-datum"
    )
    assert "the outline crosses itself" in page.get_text()
    assert "the outline crosses itself" in clerk.get(f"/data/imports/{run.id}.csv").text


def test_a_run_says_what_its_columns_were_read_as(clerk: FlaskClient, seeded: Session) -> None:
    run = add_run(seeded, subject="surveys")
    run.columns = [
        ["小区名称", "field", "community"],
        ["编号", "key", "source_key"],
        ["备注", "attribute", ""],
    ]
    seeded.commit()
    page = read(clerk, f"/data/imports/{run.id}")
    (told,) = page.select("details.import-examples")
    assert " ".join(told.summary.get_text().split()) == "文件的列（3） · 1 列没有采用"
    rows = [(row.th.get_text(), row.td.get_text()) for row in told.select("tbody tr")]
    assert rows == [("小区名称", "小区"), ("编号", "主键"), ("备注", "没有采用")]
