"""The policy's page: shown, foreseen, saved; for administrators only."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import orjson
import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.policy.catalogue import KEYS
from portal.actions.policy import versions
from portal.actions.policy.versions import Why
from portal.models import Audit
from portal.store import policy as policy_store
from portal.terms import Role, Subject
from tests.conftest import LogIn, make_street
from tests.geo.policy.documents import changed
from tests.portal.views.pages import read, send, text_of

PAGE = "/administration/policy"


@pytest.fixture
def administrator(log_in: LogIn) -> FlaskClient:
    return log_in(Role.ADMINISTRATOR)


def fields_of(page: BeautifulSoup, form: str = ".policy-form") -> dict[str, str]:
    """Return what a browser would send of a form that nobody has touched."""
    found: dict[str, str] = {}
    for control in page.select(f"{form} [name]"):
        if control.name == "select":
            chosen = control.select_one("[selected]")
            found[str(control["name"])] = str(chosen["value"]) if chosen else ""
        elif control.name == "textarea":
            found[str(control["name"])] = control.get_text().removeprefix("\n")
        else:
            found[str(control["name"])] = str(control.get("value", ""))
    return found


def post(browser: FlaskClient, status: int, data: dict[str, str]) -> BeautifulSoup:
    return send(browser, PAGE, status, **data)


def in_force(session: Session) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(policy_store.current_policy(session))
    return found


def test_every_key_is_there_with_its_words(administrator: FlaskClient) -> None:
    page = read(administrator, PAGE)
    text = page.get_text()
    ids = {element["id"] for element in page.select("[id]")}
    for key in KEYS.values():
        assert key.path in ids and f"about-{key.path}" in ids
        for words in (key.name, key.meaning, str(key.kind.allowed), key.unit):
            assert words in text, key.path
    # Every field has a label, and what it means is read out with it.
    for control in page.select(".policy-form :is(input, select, textarea):not([type=hidden])"):
        labelled = control.get("aria-label") or page.select(f'label[for="{control["id"]}"]')
        assert labelled, control
        for told in str(control.get("aria-describedby", "")).split():
            assert told in ids


def test_a_form_that_nobody_touched_changes_nothing(administrator: FlaskClient, seeded: Session) -> None:
    page = post(administrator, 422, fields_of(read(administrator, PAGE)))
    assert "没有改动任何一项" in text_of(page, "[role=alert]")
    assert policy_store.newest(seeded) == 1


def test_a_change_is_foreseen_then_saved_with_its_reason(administrator: FlaskClient, seeded: Session) -> None:
    make_street(seeded)
    seeded.commit()
    data = fields_of(read(administrator, PAGE)) | {"city.name": "新云市", "city.metric_epsg": "4547"}
    preview = post(administrator, 200, data)
    assert [row.get_text(" ", strip=True) for row in preview.select(".data-stack tbody tr")] == [
        "城市名称 city.name 云岭市 新云市",
        "量算坐标系 city.metric_epsg 32650 4547",
    ]
    assert "1 个街道的面积随保存重新量算" in text_of(preview, ".policy-told")
    assert policy_store.newest(seeded) == 1

    sent = fields_of(preview, ".policy-save")
    refused = post(administrator, 422, sent)
    assert "请写明修改的理由" in text_of(refused, ".field-error")
    assert policy_store.newest(seeded) == 1

    saved = post(administrator, 200, fields_of(refused, ".policy-save") | {"reason": "市政府批复"})
    assert "城市政策第 2 版自" in text_of(saved, ".data-done")
    assert text_of(saved, ".city-name") == "新云市"
    head = in_force(seeded)["city"]
    assert (head["name"], head["metric_epsg"]) == ("新云市", 4547)
    audit = seeded.scalars(
        select(Audit).where(Audit.subject == Subject.POLICY, Audit.subject_id == "2")
    ).one()
    assert audit.user_id is not None
    assert (audit.detail["city"], audit.detail["reason"]) == ("sample", "市政府批复")
    assert set(audit.detail["keys"]) == {"city.name", "city.metric_epsg"}
    log = read(administrator, "/administration/audit").get_text()
    assert "更换城市政策" in log and "理由：市政府批复" in log


def test_back_from_the_preview_the_form_holds_what_was_typed(
    administrator: FlaskClient, seeded: Session
) -> None:
    data = fields_of(read(administrator, PAGE)) | {"routes.visit_minutes": "45"}
    preview = post(administrator, 200, data)
    again = post(administrator, 200, fields_of(preview, ".policy-back"))
    assert fields_of(again)["routes.visit_minutes"] == "45"
    assert policy_store.newest(seeded) == 1


WRONG = (
    ("routes.visit_minutes", "半小时", "每站停留：“半小时” 的类型不对", "1 到 480 的整数"),
    ("complaints.min_known_share", "80", "基数最少占比：80 不在允许的范围内", "0 到 1"),
    ("city.metric_epsg", "4490", "量算坐标系：EPSG:4490 不是以米为单位", "UTM 或 CGCS2000"),
    ("city.timezone", "Asia/Nowhere", "时区：没有 Asia/Nowhere", "Asia/Shanghai"),
    ("scores.bands.2.colour", "blue", "等级 · 2 · 颜色：“blue” 不合要求", "六位十六进制数"),
    ("routes.class_speed_kmh.trunk", "0", "各类道路的车速 · trunk：0 不在", "1 到 150"),
    ("scores.inspection_indicators.order", "much", "现场检查的指标 · order", "0.1 到 100"),
    ("complaint_category", "[[", "投诉类别：不是有效的 TOML", "[[complaint_category]]"),
    ("effective_from", "2020-01-01", "生效日期：2020-01-01 已经过去", "今天或以后"),
    ("effective_from", "soon", "生效日期：请填写日期", "例如"),
)


def test_a_wrong_value_comes_back_with_what_to_do_beside_its_field(
    administrator: FlaskClient, seeded: Session
) -> None:
    untouched = fields_of(read(administrator, PAGE))
    for field, typed, message, remedy in WRONG:
        page = post(administrator, 422, untouched | {"city.name": "新市", field: typed})
        [wrong] = page.select("[aria-invalid]")
        assert wrong["id"] == field
        said = text_of(page, ".field-error")
        assert message in said and remedy in said
        assert [link["href"] for link in page.select("[role=alert] a")] == [f"#{field}"]
        assert str(wrong["aria-describedby"]).split()[0] == page.select(".field-error")[0]["id"]
        shown = fields_of(page)
        assert shown["city.name"] == "新市"
        assert field == "effective_from" or shown[field] == typed
    assert policy_store.newest(seeded) == 1


def test_sums_are_refused_at_their_first_key(administrator: FlaskClient, seeded: Session) -> None:
    data = fields_of(read(administrator, PAGE)) | {"scores.weights.street": "25"}
    page = post(administrator, 422, data)
    assert [one["id"] for one in page.select("[aria-invalid]")] == ["scores.weights.inspection"]
    assert "须为 100，现在是 105" in text_of(page, ".field-error")


def test_the_second_of_two_is_told_and_keeps_both_changes(
    administrator: FlaskClient, seeded: Session
) -> None:
    data = fields_of(read(administrator, PAGE)) | {"routes.visit_minutes": "45"}
    preview = post(administrator, 200, data)
    today = policy_store.today(seeded)
    versions.save(seeded, changed("city.name", "他市"), today, Why(None, "先保存", 1))
    told = post(administrator, 409, fields_of(preview, ".policy-save") | {"reason": "后保存"})
    assert "期间已保存了第 2 版" in text_of(told, "[role=alert]")
    assert policy_store.newest(seeded) == 2
    data = fields_of(told)
    assert (data["city.name"], data["routes.visit_minutes"], data["newest"]) == ("他市", "45", "2")
    preview = post(administrator, 200, data)
    assert "第 3 版" in preview.get_text()
    post(administrator, 200, fields_of(preview, ".policy-save") | {"reason": "后保存"})
    assert (in_force(seeded)["city"]["name"], in_force(seeded)["routes"]["visit_minutes"]) == ("他市", 45)


def test_the_first_step_already_tells_of_a_newer_version(administrator: FlaskClient, seeded: Session) -> None:
    data = fields_of(read(administrator, PAGE)) | {"routes.visit_minutes": "45"}
    versions.save(seeded, changed("city.name", "他市"), policy_store.today(seeded), Why(None, "先", 1))
    told = post(administrator, 409, data)
    assert fields_of(told)["city.name"] == "他市"


def test_a_scheduled_version_is_what_is_shown_and_changed(
    administrator: FlaskClient, seeded: Session
) -> None:
    later = policy_store.today(seeded) + timedelta(days=30)
    versions.save(seeded, changed("city.name", "来日市"), later, Why(None, "改名", 1))
    page = read(administrator, PAGE)
    data = fields_of(page)
    assert (data["city.name"], data["effective_from"]) == ("来日市", later.isoformat())
    assert later.isoformat() in text_of(page, ".notice-box")
    told = post(
        administrator,
        409,
        data | {"fees.fire_yuan_m2_month": "0.3", "effective_from": str(later - timedelta(days=1))},
    )
    assert f"已有一版政策将于 {later} 生效" in text_of(told, "[role=alert]")


def test_a_document_that_is_none_is_refused(administrator: FlaskClient, seeded: Session) -> None:
    for document in ("", "[]", "{}", "not json", json.dumps({"city": 5})):
        sent = {"document": document, "step": "save", "effective_from": "2099-01-01"}
        assert "送来的内容不完整" in text_of(post(administrator, 422, sent), "[role=alert]")
    assert policy_store.newest(seeded) == 1


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_else_sees_or_changes_it(log_in: LogIn, seeded: Session, role: Role) -> None:
    browser = log_in(role, street_id=make_street(seeded).id if role is Role.STREET else None)
    for address in (PAGE, f"{PAGE}/versions", f"{PAGE}.toml"):
        assert browser.get(address).status_code == 403
    for address in (PAGE, f"{PAGE}/versions"):
        answer = browser.post(
            address, data={"city.name": "x", "version": "1", "effective_from": "2099-01-01"}
        )
        assert answer.status_code == 403
    assert policy_store.newest(seeded) == 1
