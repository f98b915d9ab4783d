"""Chromium and a portal served as ./run serves it, for journeys through the whole of it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from portal.cluster.place import free_port
from portal.config import ROOT
from tests.conftest import Database

DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
PASSWORD = "correct horse battery"
CHROMIUM = "/usr/bin/chromium"
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--disable-sync",
)

Serve = Callable[..., str]
Enter = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium without a window."""
    if not Path(CHROMIUM).exists():
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=list(SWITCHES))
        yield made
        made.close()


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Serves the portal on a database, with further settings, and returns its address; stops it later."""
    with ExitStack() as stack:

        def start(database: Database, **settings: str) -> str:
            bind = f"127.0.0.1:{free_port()}"
            instance = tmp_path_factory.mktemp("instance")
            server = stack.enter_context(_gunicorn(bind, database, instance, settings))
            stack.callback(server.terminate)
            _wait_for(f"http://{bind}/healthz", server)
            return f"http://{bind}"

        yield start


@pytest.fixture
def enter(browser: Browser) -> Iterator[Enter]:
    """Logs an account in and returns its page.

    The test fails on an error of a script, on a breach of the content policy, on a
    missing file and on any request to another host; not on an answer of the status
    ``failing``.
    """
    wrong: list[str] = []
    with ExitStack() as stack:

        def open_page(address: str, username: str, size: ViewportSize = DESK, *, failing: str = "") -> Page:
            phone = size["width"] < 600
            context = browser.new_context(
                base_url=address, viewport=size, has_touch=phone, is_mobile=phone, locale="zh-CN"
            )
            stack.callback(context.close)
            page = context.new_page()
            _watch(page, address, wrong, "|".join(filter(None, ("409", "422", failing))))
            page.goto("/login")
            page.fill("#username", username)
            page.fill("#password", PASSWORD)
            page.click("form button.btn-primary")
            page.wait_for_url(lambda url: "/login" not in url)
            return page

        yield open_page
    assert wrong == []


def _gunicorn(
    bind: str, database: Database, instance: Path, settings: dict[str, str]
) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "gunicorn", "--bind", bind, "--threads", "4", "portal.app:create_app()"]
    environ = {
        **os.environ,
        "PORTAL_DATABASE_URL": database.portal_url,
        "PORTAL_OWNER_DATABASE_URL": database.owner_url,
        "PORTAL_SECRET_KEY": "x" * 48,
        "PORTAL_INSTANCE": str(instance),
        "PORTAL_LOG_LEVEL": "ERROR",
        **settings,
    }
    return subprocess.Popen(command, cwd=ROOT, env=environ, stderr=subprocess.DEVNULL)


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the portal did not start")


def _watch(page: Page, address: str, wrong: list[str], expected: str) -> None:
    def note_console(message: Any) -> None:
        # A form that comes back is an answer of 422, or 409 in a conflict, which Chromium reports here too.
        if message.type == "error" and not re.search(expected, message.text):
            wrong.append(message.text)

    def note_request(request: Any) -> None:
        if not request.url.startswith((address, "data:", "blob:")):
            wrong.append(f"another host: {request.url}")

    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", note_console)
    page.on("request", note_request)
