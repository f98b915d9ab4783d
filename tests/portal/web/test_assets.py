"""Addresses of modules: every import can be resolved, every address carries a version."""

from __future__ import annotations

import re

from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.config import ROOT
from portal.web import assets

FOLDER = ROOT / "static" / "app"


def test_every_module_is_in_the_import_map_with_its_version(app: Flask, seeded: Session) -> None:
    with app.test_request_context("/"):
        addresses = assets.import_map()
    assert set(addresses) == {f"app/{file.relative_to(FOLDER).as_posix()}" for file in FOLDER.rglob("*.js")}
    assert all(
        re.fullmatch(rf"/static/{name}\?v=[0-9a-f]{{12}}", address) for name, address in addresses.items()
    )


def test_every_import_of_a_module_can_be_resolved() -> None:
    known = {f"app/{file.relative_to(FOLDER).as_posix()}" for file in FOLDER.rglob("*.js")}
    for file in FOLDER.rglob("*.js"):
        imports = re.findall(r"""(?:from|import|import\()\s*["']([^"']+)["']""", file.read_text("utf-8"))
        assert set(imports) <= known, file.name


def test_what_draws_the_map_is_preloaded_whole(app: Flask, seeded: Session) -> None:
    with app.test_request_context("/"):
        preloaded = {re.sub(r"/static/|\?.*", "", address) for address in assets.map_modules()}
    needed, waiting = set(), ["app/maps/map.js"]
    while waiting:
        name = waiting.pop()
        needed.add(name)
        text = (ROOT / "static" / name).read_text("utf-8")
        imports = re.findall(r"""^import [^;(]*?["']([^"']+)["'];""", text, re.M | re.S)
        waiting += [found for found in imports if found not in needed]
    assert preloaded == needed


def test_static_files_carry_their_content_in_the_address(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context():
        address = url_for("static", filename="app/app.css")
    assert "?v=" in address
    with client.get(address) as answer:
        assert answer.status_code == 200
        assert "max-age=31536000" in answer.headers["Cache-Control"]
