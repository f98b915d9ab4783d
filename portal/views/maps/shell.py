"""The Folium map around which the live page is built: where it opens, with fixed ids and local files only."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import folium

LEAFLET_JS = ("leaflet", "vendor/leaflet/leaflet.js")
LEAFLET_CSS = ("leaflet_css", "vendor/leaflet/leaflet.css")
MAP_ID = "atlas"


@dataclass(frozen=True)
class Frame:
    """Where a map opens: bounds in degrees, WGS 84."""

    west: float
    south: float
    east: float
    north: float

    @property
    def centre(self) -> tuple[float, float]:
        """Latitude and longitude of the middle, as Leaflet orders them."""
        return (self.south + self.north) / 2, (self.west + self.east) / 2


@dataclass(frozen=True)
class Shell:
    """The parts of a Folium map for a page of our own: element, inline script, paths of static files."""

    scripts: tuple[str, ...]
    styles: tuple[str, ...]
    element: str
    script: str


@lru_cache(maxsize=8)
def draw_shell(frame: Frame) -> Shell:
    """Return the live map's shell: no tiles, no features; the page's modules fetch them."""
    chart = folium.Map(
        location=frame.centre,
        zoom_start=11,
        tiles=None,
        prefer_canvas=True,
        zoom_control=False,
        attributionControl=False,
        fadeAnimation=False,  # tiles are told drawn when they are seen
        zoomSnap=0.25,
        minZoom=5,
        maxZoom=19,
    )
    chart._id = MAP_ID  # a fixed id keeps the page's ETag stable
    chart.default_js, chart.default_css = [LEAFLET_JS], [LEAFLET_CSS]
    root: Any = chart.get_root()  # branca types it as a bare element
    root.render()
    return Shell(
        scripts=tuple(path for _, path in chart.default_js),
        styles=tuple(path for _, path in chart.default_css),
        element=root.html.render(),
        script=root.script.render(),
    )
