"""Addresses of our own ES modules: each carries its version, so browsers may keep it for a year."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, current_app, url_for

FOLDER = "app"
# What draws the map: a browser fetches these side by side instead of one after the other.
MAP_MODULES = ("map", "canvas", "atlas", "fit", "grid", "overlay", "labels", "sources", "mvt", "style")


def install(app: Flask) -> None:
    """Give templates the import map and the modules of the map page."""
    app.jinja_env.globals.update(import_map=import_map, map_modules=map_modules)


def import_map() -> dict[str, str]:
    """Return the address of every module under its import name, ``app/NAME.js``."""
    folder = Path(str(current_app.static_folder)) / FOLDER
    return {f"{FOLDER}/{file.name}": _address(file.name) for file in sorted(folder.glob("*.js"))}


def map_modules() -> list[str]:
    """Return the addresses of the modules that draw the map."""
    return [_address(f"{name}.js") for name in MAP_MODULES]


def _address(file_name: str) -> str:
    return url_for("static", filename=f"{FOLDER}/{file_name}")
