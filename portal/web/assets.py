"""Addresses of our own ES modules: each carries its version, so browsers may keep it for a year."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, current_app, url_for

FOLDER = "app"
# What draws the map: a browser fetches these side by side instead of one after the other.
MAP_MODULES = (
    "atlas.js",
    *(
        f"maps/{name}.js"
        for name in ("map", "canvas", "fit", "grid", "overlay", "labels", "sources", "mvt", "style")
    ),
)


def install(app: Flask) -> None:
    """Give templates the import map and the modules of the map page."""
    app.jinja_env.globals.update(import_map=import_map, map_modules=map_modules)


def import_map() -> dict[str, str]:
    """Return the address of every module under its import name, ``app/NOUN/NAME.js``."""
    folder = Path(str(current_app.static_folder)) / FOLDER
    names = sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*.js"))
    return {f"{FOLDER}/{name}": _address(name) for name in names}


def map_modules() -> list[str]:
    """Return the addresses of the modules that draw the map."""
    return [_address(name) for name in MAP_MODULES]


def _address(name: str) -> str:
    return url_for("static", filename=f"{FOLDER}/{name}")
