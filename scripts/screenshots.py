"""Take the pictures in docs/screenshots of a running portal with the sample city.

Usage: ./run in one terminal, then .venv/bin/python scripts/screenshots.py [ADDRESS]

Map, query and route, in both languages, on a desk (1440×900) and on a phone
(390×844). Each page is driven as a person would; a page whose console reports an
error ends the run.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from portal.actions.accounts import demo_password
from portal.config import ROOT, Config

TARGET = ROOT / "docs" / "screenshots"
SIZES = {"1440": (1440, 900), "390": (390, 844)}
QUERY = "/query?points_below=70&complaints_at_least=5&complaint_days=90&sort=-complaints"
STOPS = 10
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-sync",
]


def log_in(page: Page, address: str, language: str) -> None:
    """Open the portal as the demo inspector, in a language."""
    secret = Config.from_environ({}).secret_key
    page.goto(f"{address}/login")
    page.fill("#username", "inspector")
    page.fill("#password", demo_password(secret))
    page.click("button.btn-primary")
    page.wait_for_load_state("networkidle")
    token = page.get_attribute('meta[name="csrf-token"]', "content") or ""
    page.request.post(
        f"{address}/language", form={"language": language, "csrf_token": token}, headers={"Referer": address}
    )


def settle(page: Page) -> None:
    """Wait until data and map have arrived."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1500)


def plan_route(page: Page, address: str) -> str:
    """Plan a route over the first results of the query and return its path."""
    page.goto(f"{address}{QUERY}")
    settle(page)
    ids = page.evaluate("[...document.querySelectorAll('[data-hover]')].map((row) => row.dataset.hover)")
    stops = ",".join(dict.fromkeys(ids[:STOPS]))
    page.goto(f"{address}/routes/new?stops={stops}")
    settle(page)
    page.click("#route-plan-button")
    page.wait_for_url(re.compile(r"/routes/[0-9a-f-]{36}"))
    return re.sub(r"^https?://[^/]+", "", page.url).partition("?")[0]


def take_all(address: str) -> list[Path]:
    """Take every picture; return the files."""
    taken: list[Path] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        route = ""
        for language in ("zh", "en"):
            for size, (width, height) in SIZES.items():
                locale = "zh-CN" if language == "zh" else "en-GB"
                page = browser.new_context(
                    viewport={"width": width, "height": height}, locale=locale
                ).new_page()
                page.on("pageerror", lambda error: sys.exit(f"the page failed: {error}"))
                log_in(page, address, language)
                route = route or plan_route(page, address)
                for name, path in (("map", "/"), ("query", QUERY), ("route", route)):
                    page.goto(f"{address}{path}")
                    settle(page)
                    file = TARGET / f"{name}-{size}-{language}.png"
                    page.screenshot(path=file)
                    taken.append(file)
        browser.close()
    return taken


if __name__ == "__main__":
    for made in take_all(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"):
        sys.stdout.write(f"{made.relative_to(ROOT)}  {made.stat().st_size / 1000:.0f} kB\n")
