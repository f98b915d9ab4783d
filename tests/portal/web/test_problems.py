"""Errors: problem+json for data, a page for people, never the inside of the portal."""

from __future__ import annotations

import errno

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import RoadError
from portal.app import create_app
from portal.config import Config
from portal.db import make_engine, make_session_factory
from portal.errors import N_, Conflict
from portal.terms import Role
from portal.web import context
from portal.web.guard import public
from tests.conftest import LogIn


def test_data_route_answers_with_a_problem_document(log_in: LogIn) -> None:
    answer = log_in(Role.LEADER).get("/layers/communities.geojson?period=nonsense")
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    problem = answer.get_json(force=True)
    assert problem["detail"] == "period：nonsense 不是季度"
    assert problem["remedy"] == "请写成 2025-Q3"
    assert problem["request_id"] == answer.headers["X-Request-ID"]


def test_person_gets_a_page(log_in: LogIn) -> None:
    answer = log_in(Role.LEADER).get("/nowhere", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "找不到" in answer.text


def test_a_page_calls_what_is_wrong_by_its_name_and_a_script_by_what_it_writes(log_in: LogIn) -> None:
    browser = log_in(Role.LEADER)
    page = browser.get("/?period=nonsense", headers={"Accept": "text/html"})
    assert "时段：nonsense 不是季度" in page.text
    assert "period：" not in page.text
    said = browser.get("/layers/communities.geojson?period=nonsense").get_json(force=True)["detail"]
    assert said == "period：nonsense 不是季度"


def test_an_empty_text_stays_empty_in_english(log_in: LogIn) -> None:
    browser = log_in(Role.LEADER)
    browser.post("/language", data={"language": "en"})
    page = browser.get("/nowhere", headers={"Accept": "text/html"}).text
    assert "Not found" in page
    assert "Project-Id-Version" not in page


def test_problem_is_told_in_english_to_who_reads_english(log_in: LogIn) -> None:
    browser = log_in(Role.LEADER)
    browser.post("/language", data={"language": "en"})
    problem = browser.get("/layers/communities.geojson?period=nonsense").get_json(force=True)
    assert problem["detail"] == "period: nonsense is not a quarter"


@pytest.mark.parametrize(
    ("language", "said"), [("zh", "没有道路文件 a.pbf"), ("en", "There is no road file a.pbf")]
)
def test_errors_of_geo_are_told_in_both_languages(
    app: Flask, seeded: Session, log_in: LogIn, language: str, said: str
) -> None:
    @public
    def fail() -> str:
        raise RoadError(N_("没有道路文件 {file}"), file="a.pbf")

    app.add_url_rule("/fail.json", view_func=fail)
    browser = log_in(Role.LEADER)
    browser.post("/language", data={"language": language})
    answer = browser.get("/fail.json")
    assert (answer.status_code, answer.get_json(force=True)["detail"]) == (422, said)


@pytest.mark.parametrize(("error", "status"), [(Conflict("已存在"), 409), (KeyError("geheim"), 500)])
def test_errors_of_a_view_become_answers(app: Flask, seeded: Session, error: Exception, status: int) -> None:
    @public
    def fail() -> str:
        raise error

    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.add_url_rule("/fail.json", view_func=fail)
    answer = app.test_client().get("/fail.json")
    assert answer.status_code == status
    assert "geheim" not in answer.text


def test_foreign_request_id_is_taken_only_when_harmless(client: FlaskClient) -> None:
    good = client.get("/healthz", headers={"X-Request-ID": "abcdef-123456"})
    assert good.headers["X-Request-ID"] == "abcdef-123456"
    bad = client.get("/healthz", headers={"X-Request-ID": '"}{evil'})
    assert bad.headers["X-Request-ID"] != '"}{evil'


def test_a_value_that_no_column_holds_is_the_askers_mistake(app: Flask, log_in: LogIn) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    browser = log_in(Role.LEADER)
    for address in ("/communities/9223372036854775808", "/search.json?q=%00"):
        answer = browser.get(address)
        assert answer.status_code == 400
        assert answer.get_json(force=True)["detail"] == "请求中有无法使用的数字或文字"


@pytest.mark.parametrize(
    ("statement", "status"),
    [
        ("SET LOCAL statement_timeout = 1; SELECT pg_sleep(1)", 503),
        ("SELECT 99999999999999999999::bigint", 400),
        ("SELECT nothing FROM nowhere", 500),
    ],
)
def test_an_aborted_transaction_still_gets_its_page(
    app: Flask, log_in: LogIn, statement: str, status: int
) -> None:
    @public
    def fail() -> str:
        context.session().execute(text(statement))
        return ""

    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.add_url_rule("/fail", view_func=fail)
    answer = log_in(Role.LEADER).get("/fail", headers={"Accept": "text/html"})
    assert answer.status_code == status
    assert "编号" in answer.text
    assert "虚构示例数据" in answer.text


def test_a_database_that_says_it_cannot_is_not_said_to_be_away(app: Flask, log_in: LogIn) -> None:
    @public
    def wait() -> str:
        context.session().execute(text("SET LOCAL statement_timeout = 20"))
        context.session().execute(text("SELECT pg_sleep(5)"))
        return ""

    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.add_url_rule("/wait", view_func=wait)
    answer = log_in(Role.LEADER).get("/wait", headers={"Accept": "text/html"})
    assert answer.status_code == 503
    assert "数据库没有完成这项操作" in answer.text
    assert "没有应答" not in answer.text


@pytest.mark.parametrize(
    ("number", "status", "words"), [(errno.ENOSPC, 503, "门户所在的磁盘已满"), (errno.EACCES, 500, "编号")]
)
def test_a_full_disk_is_named(app: Flask, log_in: LogIn, number: int, status: int, words: str) -> None:
    @public
    def save() -> str:
        raise OSError(number, "cannot")

    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.add_url_rule("/save", view_func=save)
    answer = log_in(Role.LEADER).get("/save", headers={"Accept": "text/html"})
    assert answer.status_code == status and words in answer.text


@pytest.mark.parametrize("address", ["/", "/readyz", "/login", "/search.json", "/nowhere"])
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_without_database_who_has_a_login_is_told_so(config: Config, address: str, accept: str) -> None:
    engine = make_engine("postgresql://nobody@127.0.0.1:1/none", pooled=False)
    app = create_app(config, engine=engine, sessions=make_session_factory(engine))
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = "1:key:login"
    answer = browser.get(address, headers={"Accept": accept})
    engine.dispose()
    assert answer.status_code == 503
    assert "数据库没有应答" in answer.text
