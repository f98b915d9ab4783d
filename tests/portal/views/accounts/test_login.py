"""Login, logout, language, own password: as a browser sees them."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.actions import accounts
from portal.app import create_app
from portal.config import Config
from portal.db import SessionFactory
from portal.models import Audit
from portal.terms import Role
from tests.conftest import LogIn, make_street

PASSWORD = "correct horse battery"


@pytest.fixture
def clerk(seeded: Session) -> int:
    return accounts.create(seeded, "clerk1", "业务员", Role.CLERK, PASSWORD).id


def enter(client: FlaskClient, password: str = PASSWORD, **form: str) -> int:
    return client.post("/login", data={"username": "clerk1", "password": password, **form}).status_code


def test_wrong_password_says_so_and_keeps_the_form(client: FlaskClient, clerk: int) -> None:
    answer = client.post("/login", data={"username": "clerk1", "password": "wrong password"})
    assert answer.status_code == 401
    assert "用户名或密码不正确" in answer.text
    assert 'role="alert"' in answer.text


def test_too_many_failures_are_429(client: FlaskClient, clerk: int) -> None:
    for _ in range(accounts.FREE_FAILURES):
        enter(client, "wrong password")
    assert enter(client) == 429


def test_what_others_guess_does_not_hold_up_a_browser_that_opened_the_account(app: Flask, clerk: int) -> None:
    mine, other = app.test_client(), app.test_client()
    enter(mine)
    mine.post("/logout")
    while enter(other, "wrong password") != 429:
        pass
    assert enter(other) == 429
    assert enter(mine) == 302


@pytest.mark.parametrize(
    ("target", "lands"),
    [
        ("/administration?x=1", "/administration?x=1"),
        ("//evil.example/x", "/"),
        ("https://evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("/ok\r\nSet-Cookie: x=y", "/"),
        ("/x\\..\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_next_never_leaves_the_site(client: FlaskClient, clerk: int, target: str, lands: str) -> None:
    answer = client.post("/login", data={"username": "clerk1", "password": PASSWORD, "next": target})
    assert answer.headers["Location"] == lands


def test_cookie_is_http_only_same_site_and_secure_behind_tls(
    config: Config, app: Flask, client: FlaskClient, sessions: SessionFactory, clerk: int
) -> None:
    answer = client.post("/login", data={"username": "clerk1", "password": PASSWORD})
    cookies = answer.headers.getlist("Set-Cookie")
    assert {cookie.partition("=")[0] for cookie in cookies} == {"atlas", "atlas_device"}
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Secure" not in cookie
    behind = create_app(
        replace(config, behind_tls=True), engine=app.extensions["atlas"].engine, sessions=sessions
    )
    assert behind.config["SESSION_COOKIE_SECURE"]


def test_post_without_token_is_refused(
    config: Config, app: Flask, sessions: SessionFactory, clerk: int
) -> None:
    guarded = create_app(config, engine=app.extensions["atlas"].engine, sessions=sessions)
    browser = guarded.test_client()
    assert enter(browser) == 400
    page = browser.get("/login").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    assert enter(browser, csrf_token=token[1]) == 302


def test_no_form_is_taken_without_token(config: Config, app: Flask, sessions: SessionFactory) -> None:
    guarded = create_app(config, engine=app.extensions["atlas"].engine, sessions=sessions)
    rules = [rule.rule for rule in guarded.url_map.iter_rules() if "POST" in (rule.methods or ())]
    assert len(rules) > 15
    for rule in rules:
        address = re.sub(
            "<uuid:[^>]*>", "00000000-0000-0000-0000-000000000000", re.sub("<int:[^>]*>", "1", rule)
        )
        answer = guarded.test_client().post(address, data={"x": "y"})
        assert (answer.status_code, "页面已过期" in answer.get_data(as_text=True)) == (400, True), rule


def test_a_login_begins_a_new_session(client: FlaskClient, clerk: int) -> None:
    with client.session_transaction() as before:
        before["csrf_token"] = "known to somebody else"
        before["planted"] = "x"
    enter(client)
    with client.session_transaction() as after:
        assert "planted" not in after
        assert after.get("csrf_token") != "known to somebody else"


@pytest.mark.parametrize(("minutes_more", "status"), [(-1, 200), (1, 401)])
def test_a_login_lasts_as_long_as_it_is_said(
    client: FlaskClient, clerk: int, monkeypatch: pytest.MonkeyPatch, minutes_more: int, status: int
) -> None:
    enter(client)
    later = time.time() + (accounts.LOGIN_LASTS + timedelta(minutes=minutes_more)).total_seconds()
    monkeypatch.setattr("itsdangerous.timed.time", SimpleNamespace(time=lambda: later))
    assert client.get("/account").status_code == status


def test_logout_ends_the_session(log_in: LogIn) -> None:
    browser = log_in(Role.LEADER)
    assert browser.get("/account").status_code == 200
    browser.post("/logout")
    assert browser.get("/account").status_code == 401


def test_logout_voids_every_copy_of_the_cookie_and_no_other_login(app: Flask, clerk: int) -> None:
    here, there, thief = app.test_client(), app.test_client(), app.test_client()
    enter(here)
    enter(there)
    with here.session_transaction() as mine, thief.session_transaction() as stolen:
        stolen.update(mine)
    assert thief.get("/account").status_code == 200
    here.post("/logout")
    assert thief.get("/account").status_code == 401
    assert there.get("/account").status_code == 200


def test_a_cookie_of_an_earlier_version_asks_for_a_login(app: Flask, clerk: int) -> None:
    browser = app.test_client()
    enter(browser)
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = cookie["_user_id"].rpartition(":")[0]
    assert browser.get("/account").status_code == 401


def test_password_change_ends_other_sessions_and_keeps_this_one(
    app: Flask, seeded: Session, clerk: int
) -> None:
    here, there = app.test_client(), app.test_client()
    enter(here)
    enter(there)
    answer = here.post("/account", data={"old": PASSWORD, "new": "another long password"})
    assert "密码已修改" in answer.text
    written = seeded.scalars(select(Audit.action).where(Audit.user_id == clerk).order_by(Audit.id)).all()
    assert written == ["log_in", "log_in", "set_password"]  # the old password was no third login
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 401


def test_password_change_needs_the_old_one(client: FlaskClient, clerk: int) -> None:
    enter(client)
    answer = client.post("/account", data={"old": "wrong password", "new": "another long password"})
    assert answer.status_code == 422


def test_demo_accounts_do_not_open_where_they_are_disabled(
    config: Config, app: Flask, sessions: SessionFactory, seeded: Session
) -> None:
    accounts.ensure_demo(seeded, config.secret_key)
    form = {"username": "leader", "password": accounts.demo_password(config.secret_key)}
    assert app.test_client().post("/login", data=form).status_code == 302
    public = create_app(
        replace(config, demo_accounts=False), engine=app.extensions["atlas"].engine, sessions=sessions
    )
    public.config["WTF_CSRF_ENABLED"] = False
    assert public.test_client().post("/login", data=form).status_code == 401
    assert seeded.scalars(select(Audit.action).where(Audit.action == "log_in")).all() == ["log_in"]


def test_language_is_remembered_and_shown(client: FlaskClient, clerk: int) -> None:
    assert '<html lang="zh-CN">' in client.get("/login").text
    client.post("/language", data={"language": "en", "next": "/login"})
    page = client.get("/login").text
    assert '<html lang="en">' in page
    assert "Log in" in page
    assert client.post("/language", data={"language": "xx"}).status_code == 400


def test_the_own_account_names_role_and_street(log_in: LogIn, seeded: Session) -> None:
    street = make_street(seeded, "云岭")
    said = log_in(Role.STREET, street_id=street.id).get("/account").text
    assert "· 街道干部 · 云岭</p>" in said
    assert "· 局领导</p>" in log_in(Role.LEADER).get("/account").text
