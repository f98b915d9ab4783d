"""Addresses of static files, our ES modules among them: each carries its version, to be kept a year."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

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
    """Give static files versioned addresses, and templates the modules' and the icons'."""
    app.url_defaults(_version_static)
    app.jinja_env.globals.update(import_map=import_map, map_modules=map_modules, icon_sprite=_icon_sprite)


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


def _icon_sprite() -> str:
    return url_for("static", filename="vendor/icons.svg")


def _version_static(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static" and "v" not in values and "filename" in values:
        path = Path(str(current_app.static_folder)) / values["filename"]
        if path.is_file():
            values["v"] = _digest(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=512)
def _digest(path: Path, mtime_ns: int) -> str:
    return blake2b(path.read_bytes(), digest_size=6).hexdigest()
