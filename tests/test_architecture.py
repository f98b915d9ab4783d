"""What import contracts cannot say: who commits, who writes SQL, which module has its test."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from portal.config import ROOT
from portal.views import registry

MODULES = sorted(
    path
    for package in ("geo", "portal")
    for path in (ROOT / package).rglob("*.py")
    if "migrations" not in path.parts
)
# Vocabulary and wiring without behaviour of their own; the tests of what uses them fail with them.
WITHOUT_OWN_TEST = re.compile(
    r"__init__|__main__|portal/models/.*|portal/terms|portal/services|portal/cli/wiring|portal/views/registry"
    r"|portal/layers/base"
)
# Scripts of static/app that compute nothing worth asking without a browser, each with what drives it there.
SCRIPTS_IN_THE_BROWSER = {
    "maps/as_of": "wires a form: tests/browser/test_query.py",
    "maps/basemap": "loads pictures and PMTiles: tests/browser/test_view.py",
    "queries/basket": "ticks of a list: tests/browser/test_query.py",
    "imports/upload": "sends a file in pieces: tests/browser/test_imports.py",
    "imports/progress": "a page that refreshes itself: tests/browser/test_imports.py",
    "complaints/unplaced": "ticks of a list: tests/browser/test_data.py",
    "maps/controls": "wires two selects and two buttons: tests/browser/test_map.py",
    "maps/layers": "draws a form: tests/browser/test_map.py",
    "maps/map": "imports",
    "maps/panels": "imports",
    "communities/placing": "edits an outline with Geoman: tests/browser/test_data.py",
    "routes/route": "draws markers and their legend: tests/browser/test_route.py",
    "routes/form": "wires a form: tests/browser/test_route.py",
    "queries/search": "a list box by keyboard: tests/browser/test_map.py",
    "routes/sheet": "one button: tests/browser/test_route.py",
    "shell": "adds a token to requests: every browser test that posts",
    "places/territory": "draws outlines with Geoman: tests/browser/test_data.py",
}
LONG_MODULE = 310
LONG_LINE_OF_TEMPLATE = 160


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def calls(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr, node.lineno


def test_only_actions_commit() -> None:
    guilty = [
        f"{relative(path)}:{line}"
        for path in MODULES
        if not relative(path).startswith(("portal/actions/", "portal/cluster/"))
        for name, line in calls(path)
        if name in ("commit", "begin_nested")
    ]
    assert guilty == []


# What others may take of SQLAlchemy beside its errors: what they hand on, which makes no statement.
HANDED_ON = {"sqlalchemy.Engine", "sqlalchemy.event", "sqlalchemy.orm.Session"}


def imported(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from (f"{node.module}.{name.name}" for name in node.names)


def of_sql(module: ast.Module) -> list[str]:
    makers = (name for name in imported(module) if re.match(r"(sqlalchemy|geoalchemy2)\b(?!\.exc\b)", name))
    return sorted(set(makers) - HANDED_ON)


def test_sql_lives_in_store_and_actions() -> None:
    allowed = ("portal/store/", "portal/actions/", "portal/models/", "portal/db.py", "portal/cluster/")
    guilty = {
        relative(path): found
        for path in MODULES
        if not relative(path).startswith(allowed) and (found := of_sql(ast.parse(path.read_text("utf-8"))))
    }
    assert guilty == {}


def test_sql_is_found_however_it_is_imported() -> None:
    code = """
import sqlalchemy as sa
from sqlalchemy import (
    Engine,
    select,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, aliased
def late():
    from sqlalchemy import text
"""
    assert of_sql(ast.parse(code)) == [
        "sqlalchemy",
        "sqlalchemy.dialects.postgresql.insert",
        "sqlalchemy.orm.aliased",
        "sqlalchemy.select",
        "sqlalchemy.text",
    ]


def test_every_module_has_its_mirrored_test() -> None:
    missing = []
    for path in MODULES:
        name = relative(path).removesuffix(".py")
        if WITHOUT_OWN_TEST.search(name):
            continue
        mirrored = ROOT / "tests" / Path(name).parent / f"test_{path.stem}.py"
        if not mirrored.exists():
            missing.append(name)
    assert sorted(set(missing)) == []


def test_every_script_has_its_mirrored_test() -> None:
    app, tests = ROOT / "static" / "app", ROOT / "tests" / "static"
    scripts = {path.relative_to(app).as_posix().removesuffix(".js") for path in app.rglob("*.js")}
    tested = {
        path.relative_to(tests).as_posix().removesuffix(".test.js") for path in tests.rglob("*.test.js")
    }
    assert scripts - tested == set(SCRIPTS_IN_THE_BROWSER)
    assert tested <= scripts


def test_modules_stay_short() -> None:
    long = [
        f"{relative(path)}: {lines} lines"
        for path in MODULES
        if (lines := path.read_text("utf-8").count("\n")) > LONG_MODULE
    ]
    assert long == []


def test_templates_have_no_inline_code_or_style() -> None:
    guilty = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = path.read_text("utf-8")
        guilty += [
            f"{relative(path)}: {found[0]}"
            for pattern in (
                r"\son[a-z]+=",
                r"\sstyle=",
                r"<style",
                r"<script(?![^>]*(src=|nonce=|type=\"application/json\"))",
            )
            if (found := re.search(pattern, text))
        ]
    assert guilty == []


def test_templates_have_short_lines() -> None:
    long = {
        relative(path)
        for path in (ROOT / "templates").rglob("*.html")
        if any(len(line) > LONG_LINE_OF_TEMPLATE for line in path.read_text("utf-8").splitlines())
    }
    assert long == set()


def test_nothing_is_loaded_from_another_host() -> None:
    pages = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static" / "app").rglob("*.*")]
    loads = re.compile(
        r"""(src|href)=["']https?://|url\(["']?https?://|from\s+["']https?://|fetch\(["']https?://"""
    )
    guilty = [relative(page) for page in pages if loads.search(page.read_text("utf-8", errors="ignore"))]
    assert guilty == []


def test_every_folder_is_a_noun_or_a_part_of_its_floor() -> None:
    nouns = {
        *("places", "communities", "complaints", "firms", "governance", "scores", "hotspots", "inspections"),
        *("routes", "queries", "maps", "imports", "accounts", "policy", "operations"),
    }
    parts = {
        *("datums", "outlines", "roads", "frames", "sample", "transactions"),  # geo, actions
        *("child", "formats", "sheets", "rows"),  # of the readers
        *("web", "views", "cli", "jobs", "documents", "layers", "actions", "store", "readers"),
        *("models", "cluster", "query", "personal_numbers"),
    }
    folders = {path.parent.name for path in MODULES} - {"geo", "portal"}
    assert folders - nouns == parts


MOST_MODULES = 14
# Rooms that are larger, none of which may grow further.
LARGER_ROOMS = {
    "portal": 22,  # what every floor speaks of: a folder would only be named "common"
    "portal/web": 16,  # to be parted: what answers are made of from what watches over them
    "geo/sample": 17,  # one module for each thing that the fictional city is made of
}


def test_no_room_holds_more_modules_than_it_may() -> None:
    rooms = Counter(relative(path.parent) for path in MODULES if path.stem != "__init__")
    assert {room: n for room, n in rooms.items() if n > LARGER_ROOMS.get(room, MOST_MODULES)} == {}
    assert {room for room in LARGER_ROOMS if rooms[room] <= MOST_MODULES} == set()


def test_every_module_with_routes_is_registered() -> None:
    with_routes = {
        relative(path).removesuffix(".py").replace("/", ".")
        for path in MODULES
        if relative(path).startswith("portal/views/") and "\n@blueprint." in path.read_text("utf-8")
    }
    assert {module.__name__ for module in registry.MODULES} == with_routes
