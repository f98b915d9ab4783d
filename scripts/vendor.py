"""Copy the front-end files that the portal serves from node_modules to static/vendor.

Only what is listed here is copied, each file under its package's npm name without
the leading ``dist/``, beside the package's licence. The icons named in
``icons.txt`` become one sprite, ``icons.svg``.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

FILES: dict[str, tuple[str, ...]] = {
    "leaflet": (
        "LICENSE",
        "dist/leaflet.js",
        "dist/leaflet.css",
        "dist/images/layers.png",
        "dist/images/layers-2x.png",
        "dist/images/marker-icon.png",
        "dist/images/marker-icon-2x.png",
        "dist/images/marker-shadow.png",
    ),
    "protomaps-leaflet": ("LICENSE", "dist/protomaps-leaflet.js"),
    "@geoman-io/leaflet-geoman-free": (
        "LICENSE",
        "dist/leaflet-geoman.min.js",
        "dist/leaflet-geoman.css",
    ),
    # The package has no licence file: its files carry the notice, the icons the same authors' MIT text.
    "@tabler/core": ("dist/css/tabler.min.css", "dist/js/tabler.min.js"),
    "@tabler/icons": ("LICENSE",),
    "htmx.org": ("LICENSE", "dist/htmx.min.js"),
    "tom-select": (
        "LICENSE",
        "dist/js/tom-select.complete.min.js",
        "dist/css/tom-select.bootstrap5.min.css",
    ),
}

SYMBOL_ATTRIBUTES = {
    # The width of strokes is left to the page: Tabler's .icon class sets it.
    "outline": 'fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"',
    "filled": 'fill="currentColor"',
}


class VendorError(Exception):
    """A listed file or icon is not in the installed packages."""


def copy_files(node_modules: Path, target: Path) -> int:
    """Copy every listed file to ``target`` and return how many were copied.

    Raises
    ------
    VendorError
        A listed file is not installed.
    """
    copied = 0
    for package, names in FILES.items():
        for name in names:
            source = node_modules / package / name
            if not source.is_file():
                raise VendorError(f"{package} has no file {name}: run npm ci, or mend scripts/vendor.py")
            destination = target / package / name.removeprefix("dist/")
            destination.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, destination)
            copied += 1
    return copied


def read_icon_names(text: str) -> list[str]:
    """Return the names in an icon list, in order, without comments and blank lines."""
    lines = (line.split("#", 1)[0].strip() for line in text.splitlines())
    return [line for line in lines if line]


def build_sprite(icons: Path, names: list[str]) -> str:
    """Return one SVG document with a ``<symbol>`` for each name.

    Parameters
    ----------
    icons
        The folder that holds ``outline/`` and ``filled/``.
    names
        ``map`` for the outline variant (id ``map``), ``filled/star`` for the
        filled one (id ``filled-star``).

    Raises
    ------
    VendorError
        There is no such icon.
    """
    return "\n".join(
        ['<svg xmlns="http://www.w3.org/2000/svg">', *(_symbol(icons, name) for name in names), "</svg>", ""]
    )


def _symbol(icons: Path, name: str) -> str:
    variant, _, base = name.rpartition("/")
    variant = variant or "outline"
    source = icons / variant / f"{base}.svg"
    if not source.is_file():
        raise VendorError(f"there is no icon {name} in @tabler/icons: mend scripts/icons.txt")
    body = re.sub(r"^.*?<svg[^>]*>|</svg>\s*$", "", source.read_text("utf-8"), flags=re.DOTALL)
    # Each icon begins with an invisible square that only drawing programs need.
    paths = [line.strip() for line in body.splitlines() if line.strip() and "M0 0h24v24H0z" not in line]
    identifier = name.replace("/", "-")
    attributes = SYMBOL_ATTRIBUTES[variant]
    return f'<symbol id="{identifier}" viewBox="0 0 24 24" {attributes}>{"".join(paths)}</symbol>'


def main(root: Path) -> int:
    """Fill ``static/vendor`` of the project at ``root`` anew; 0 when it went well."""
    node_modules, target = root / "node_modules", root / "static" / "vendor"
    partial = target.with_name("vendor.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        copy_files(node_modules, partial)
        names = read_icon_names((root / "scripts" / "icons.txt").read_text("utf-8"))
        sprite = build_sprite(node_modules / "@tabler" / "icons" / "icons", names)
    except VendorError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    (partial / "icons.svg").write_text(sprite, "utf-8")
    shutil.rmtree(target, ignore_errors=True)
    partial.rename(target)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(__file__).resolve().parents[1]))
