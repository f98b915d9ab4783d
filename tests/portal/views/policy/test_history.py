"""The versions of the policy: told, taken again, taken along."""

from __future__ import annotations

import tomllib
from datetime import date
from urllib.parse import quote

import orjson
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.actions.policy import versions
from portal.actions.policy.versions import Why
from portal.models import CityPolicy
from portal.store import policy as policy_store
from portal.terms import Role
from tests.conftest import LogIn
from tests.geo.policy.documents import changed
from tests.portal.views.pages import read, send, text_of
from tests.portal.views.policy.test_page import fields_of

PAGE = "/administration/policy"


@pytest.fixture
def administrator(log_in: LogIn) -> FlaskClient:
    return log_in(Role.ADMINISTRATOR)


def rename(session: Session, name: str, reason: str = "改名") -> None:
    newest = policy_store.newest(session)
    versions.save(session, changed("city.name", name), policy_store.today(session), Why(None, reason, newest))


def test_each_version_says_when_who_why_and_what(administrator: FlaskClient, seeded: Session) -> None:
    rename(seeded, "新市", "市政府批复")
    rows = read(administrator, f"{PAGE}/versions").select("tbody tr")
    newest, first = (row.get_text(" ", strip=True) for row in rows)
    for told in ("第 2 版", "现在有效", "系统", "市政府批复", "城市名称：云岭市 → 新市"):
        assert told in newest
    assert "第 1 版" in first and "2000-01-01" in first
    assert [len(row.select("button")) for row in rows] == [0, 1]


def test_an_older_version_is_foreseen_then_taken_again(administrator: FlaskClient, seeded: Session) -> None:
    rename(seeded, "新市")
    preview = send(administrator, f"{PAGE}/versions", 200, version="1")
    assert "重新采用第 1 版" in preview.get_text()
    assert "城市名称 city.name 新市 云岭市" in text_of(preview, ".data-stack tbody")
    assert policy_store.newest(seeded) == 2
    saved = send(administrator, PAGE, 200, **fields_of(preview, ".policy-save") | {"reason": "改回"})
    assert text_of(saved, ".city-name") == "云岭市"
    assert "重新采用第 1 版" in read(administrator, f"{PAGE}/versions").get_text()
    assert "重新采用旧版政策" in read(administrator, "/administration/audit").get_text()


def test_a_key_that_only_another_version_knew_goes_with_the_next_change(
    administrator: FlaskClient, seeded: Session
) -> None:
    document = {**changed("city.name", "新市"), "dragons": {"heads": 3}}
    seeded.add(CityPolicy(version=2, effective_from=date(2020, 1, 1), document=document))
    seeded.commit()
    data = fields_of(read(administrator, PAGE)) | {"routes.visit_minutes": "45"}
    preview = send(administrator, PAGE, 200, **data)
    assert "dragons.heads 3 （无）" in text_of(preview, ".data-stack tbody")
    send(administrator, PAGE, 200, **fields_of(preview, ".policy-save") | {"reason": "整理"})
    assert "dragons" not in orjson.loads(policy_store.current_policy(seeded))


def test_the_version_in_force_is_nothing_new(administrator: FlaskClient) -> None:
    assert "没有改动" in text_of(send(administrator, f"{PAGE}/versions", 422, version="1"), "[role=alert]")


def test_a_version_that_there_is_not_is_refused(administrator: FlaskClient) -> None:
    for version, status in (("", 400), ("x", 400), ("9", 404)):
        assert administrator.post(f"{PAGE}/versions", data={"version": version}).status_code == status


def test_the_export_is_a_file_that_the_command_line_takes(
    administrator: FlaskClient, seeded: Session
) -> None:
    rename(seeded, "新市")
    answer = administrator.get(f"{PAGE}.toml")
    assert answer.mimetype == "application/toml"
    assert quote("新市-政策-第2版.toml") in answer.headers["Content-Disposition"]
    assert tomllib.loads(answer.text) == orjson.loads(policy_store.current_policy(seeded))
    assert "metric_epsg = 32650  # 量算坐标系" in answer.text
    first = administrator.get(f"{PAGE}.toml?version=1")
    assert tomllib.loads(first.text)["city"]["name"] == "云岭市"
    assert administrator.get(f"{PAGE}.toml?version=9").status_code == 404


def test_many_versions_have_pages(administrator: FlaskClient, seeded: Session) -> None:
    document = policy_store.version(seeded, 1).document
    for number in range(2, 23):
        seeded.add(CityPolicy(version=number, effective_from=date(2020, 1, 1), document=document))
    seeded.commit()
    page = read(administrator, f"{PAGE}/versions")
    assert len(page.select("tbody tr")) == 20
    assert page.select("[rel=next]")
    assert len(read(administrator, f"{PAGE}/versions?page=2").select("tbody tr")) == 2
