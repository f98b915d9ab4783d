"""Take the pictures in docs/screenshots of a running portal with the sample city.

Usage: ./run in one terminal, then .venv/bin/python -m scripts.screenshots [ADDRESS]

Map, query and route as an inspector sees them; the preview of a file, the result of its import
and the queue of unplaced complaints as a clerk does; in both languages, on a desk (1440×900)
and on a phone (390×844). Each page is driven as a person would; a page whose console reports
an error ends the run.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from portal.actions.accounts import demo_password
from portal.config import ROOT, Config

TARGET = ROOT / "docs" / "screenshots"
SIZES = {"1440": (1440, 900), "390": (390, 844)}
QUERY = "/query?points_below=70&complaints_at_least=5&complaint_days=90&sort=-complaints"
STOPS = 10
WORK_MS = 60_000
# A total, a broken date, a damaged number and a community that is written otherwise, as a hotline has them.
HOTLINE = """2025年3月 物业类工单
工单编号,受理时间,一级分类,二级分类,三级分类,所属街道,小区名称,内容
GD202503001,2025-03-02 08:15,住房建设,小区管理,物业问题,龙村街道,云林国际,一号梯停运两天
GD202503002,2025/3/4 下午2:05,住房建设,小区管理,物业问题,龙村街道,嘉岛名苑,收支未公示
GD202503003,二月三十,住房建设,小区管理,物业问题,龙村街道,盛岛名邸,地库被堵
3.41501E+16,2025-03-05 10:00,住房建设,小区管理,物业问题,龙村街道,嘉谷国际,垃圾未清
GD202503005,2025-03-06,住房建设,小区管理,物业问题,龙村街,景河小镇,喷淋无水
GD202503006,2025-03-07 19:40,住房建设,小区管理,物业问题,龙村街道,嘉岛名苑三期二组团,楼道灯不亮
合计,6,,,,,,
"""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-sync",
]


def log_in(page: Page, address: str, language: str, user: str = "inspector") -> None:
    """Open the portal as a demo user, in a language."""
    secret = Config.from_environ({}).secret_key
    page.goto(f"{address}/login")
    page.fill("#username", user)
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


def bring_file(page: Page, address: str) -> str:
    """Have a small register of the hotline looked into, and return the path of its preview."""
    page.goto(f"{address}/data/import")
    page.set_input_files(
        "#file", {"name": "热线三月.csv", "mimeType": "text/csv", "buffer": HOTLINE.encode("utf-8-sig")}
    )
    page.locator("#read-as").wait_for(timeout=WORK_MS)
    settle(page)
    return path_of(page)


def confirm(page: Page, address: str, preview: str) -> str:
    """Import what the preview shows, and return the path of the result."""
    page.goto(f"{address}{preview}")
    page.locator("form:has(button.btn-primary) button.btn-primary").last.click()
    page.wait_for_url("**/data/imports/**", timeout=WORK_MS)
    return path_of(page)


def path_of(page: Page) -> str:
    """Return the path of the page that is open."""
    return re.sub(r"^https?://[^/]+", "", page.url).partition("?")[0]


def open_pages(browser: Browser, address: str, user: str) -> Iterator[tuple[str, Page]]:
    """Yield a page of each size and language, logged in."""
    for language in ("zh", "en"):
        for size, (width, height) in SIZES.items():
            context = browser.new_context(
                viewport={"width": width, "height": height}, locale="zh-CN" if language == "zh" else "en-GB"
            )
            page = context.new_page()
            page.on("pageerror", lambda error: sys.exit(f"the page failed: {error}"))
            log_in(page, address, language, user)
            yield f"{size}-{language}", page
            context.close()


def take(page: Page, address: str, name: str, path: str) -> Path:
    """Take one picture."""
    page.goto(f"{address}{path}")
    settle(page)
    file = TARGET / f"{name}.png"
    page.screenshot(path=file)
    return file


def take_all(address: str) -> list[Path]:
    """Take every picture; return the files."""
    taken: list[Path] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        route = ""
        for kind, page in open_pages(browser, address, "inspector"):
            route = route or plan_route(page, address)
            for name, path in (("map", "/"), ("query", QUERY), ("route", route)):
                taken.append(take(page, address, f"{name}-{kind}", path))
        preview = result = ""
        for kind, page in open_pages(browser, address, "clerk"):
            preview = preview or bring_file(page, address)
            taken.append(take(page, address, f"preview-{kind}", preview))
        for kind, page in open_pages(browser, address, "clerk"):
            result = result or confirm(page, address, preview)
            for name, path in (("result", result), ("queue", "/data/unplaced-complaints")):
                taken.append(take(page, address, f"{name}-{kind}", path))
        browser.close()
    return taken


if __name__ == "__main__":
    for made in take_all(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"):
        sys.stdout.write(f"{made.relative_to(ROOT)}  {made.stat().st_size / 1000:.0f} kB\n")
