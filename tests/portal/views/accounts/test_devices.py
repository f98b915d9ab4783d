from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask, Response

from portal.config import Config
from portal.views.accounts import devices


def kept(app: Flask, config: Config, username: str, cookie: str = "") -> str:
    """Return the cookie that a browser has after it opened an account."""
    with app.test_request_context(headers=sent(cookie)):
        answer = Response()
        devices.remember(config, username, answer)
    return answer.headers["Set-Cookie"].partition(";")[0].partition("=")[2]


def sent(cookie: str) -> dict[str, str]:
    return {"Cookie": f"{devices.COOKIE}={cookie}"} if cookie else {}


def device(app: Flask, config: Config, username: str, cookie: str) -> str:
    with app.test_request_context(headers=sent(cookie)):
        return devices.device_of(config, username)


def test_a_browser_is_known_for_the_accounts_it_opened(app: Flask, config: Config) -> None:
    one = kept(app, config, "one")
    both = kept(app, config, " two ", one)
    assert device(app, config, "one", one) == device(app, config, "two", both) != ""
    assert device(app, config, "two", one) == device(app, config, "one", "") == ""
    assert "one" not in one and "two" not in both


def test_only_the_last_accounts_of_many_are_kept(app: Flask, config: Config) -> None:
    cookie = ""
    for n in range(9):
        cookie = kept(app, config, f"name{n}", cookie)
    assert device(app, config, "name0", cookie) == ""
    assert device(app, config, "name1", cookie) != ""
    assert len(cookie) < 1000


def test_what_another_key_signed_or_nobody_is_no_device(
    app: Flask, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = kept(app, replace(config, secret_key="f" * 48), "one")
    for cookie in (foreign, "x", "x.y.z"):
        assert device(app, config, "one", cookie) == ""
    old = kept(app, config, "one")
    monkeypatch.setattr(devices, "AGE", -devices.AGE)
    assert device(app, config, "one", old) == ""
