"""The map page beside a plain Folium page that fetches the same GeoJSON onto a canvas.

    python -m bench.map_page [--rounds 15]

Loads the sample city (3,000 communities) into a PostGIS of its own, serves it as ./run does, and opens the
pages in turn in headless Chromium. Time runs from the start of navigation until everything is drawn:

  portal               roads, streets and their names, communities by band; search, legend and all the rest
  folium               Leaflet and one fetch of the communities' GeoJSON, nothing else
  folium, same layers  the same with the GeoJSON of the streets and of the roads that the portal draws then

The Folium pages get Leaflet from this host and neither jQuery nor Bootstrap, which makes them faster than
Folium's own. "first" is a visit with an empty browser cache, "again" the next one of the same browser, "cold"
a first visit to a server that makes every tile and layer anew. The table gives medians and, for a busy
machine, minima; the last line is the same as JSON.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import folium
import orjson
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, sync_playwright
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from geo.policy.city import parse_city
from portal import cluster
from portal.actions import accounts, policy
from portal.actions.imports import sample
from portal.app import create_app
from portal.byte_cache import ByteCache
from portal.cluster.place import free_port
from portal.config import ROOT, Config
from portal.db import make_engine, upgrade_schema
from portal.models import Road
from portal.privacy import Cipher
from portal.store import policy as policy_store
from portal.store.maps.basemap import DRAWN_FROM, RANKS
from portal.store.maps.features import collection
from portal.terms import Role

NAME, USERNAME, PASSWORD, SECRET = "bench_map", "bench", "only for this measurement", "x" * 48
CHROMIUM = "/usr/bin/chromium"
SWITCHES = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
WORKERS, THREADS = 2, 4  # as ./run serves
PLAIN = "/plain"
SAME = "folium, same layers"
PAGES = {
    "portal": "/",
    "folium": f"{PLAIN}/communities",
    SAME: f"{PLAIN}/communities,streets,roads",
}
ROADS = f"{PLAIN}/roads.geojson"
SETTLED_MS = 1_500
ROADS_AT = 8  # zoom of the tiles that the portal draws at first
LIMIT_HTML, LIMIT_WIRE = 30_000, 1_200_000
DRAWN = "atlas:drawn"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    figures: dict[str, dict[str, dict[str, float]]] = {}
    with TemporaryDirectory() as folder, loaded_city(Path(folder)) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(SWITCHES))
        with served(url, Path(folder), "warm") as address:
            figures |= measure(browser, address, options.rounds, ("first", "again"))
        with served(url, Path(folder), "cold") as address:
            figures |= measure(browser, address, options.rounds, ("cold",))
        browser.close()
    report(options.rounds, figures)


# ---- what is served ----------------------------------------------------------------------------------


@contextmanager
def loaded_city(folder: Path) -> Iterator[str]:
    """Load the sample city into a PostGIS of its own; yield the portal's URL of it; stop it."""
    place = cluster.test_place(folder)
    cluster.start(place)
    try:
        cluster.ensure_database(place, NAME)
        owner, portal = cluster.owner_url(place, NAME), cluster.portal_url(place, NAME)
        upgrade_schema(owner, "atlas_portal")
        engine = make_engine(portal)
        with Session(engine) as session:
            policy.seed(session, ROOT / "data" / "city.toml")
            city = parse_city(orjson.loads(policy_store.current_policy(session)))
            sample.load(session, city, Cipher.from_secret(SECRET), folder)
            accounts.create(session, USERNAME, USERNAME, Role.LEADER, PASSWORD)
        engine.dispose()
        yield portal
    finally:
        cluster.stop(place)
        cluster.forget(place)


def config(url: str, folder: Path) -> Config:
    """Return the settings of the portal that is measured."""
    return replace(
        Config.from_environ({}),
        database_url=url,
        owner_database_url=url,
        instance_dir=folder,
        secret_key=SECRET,
        log_level="ERROR",
    )


def make_served() -> Callable[..., Any]:
    """Return the portal with the plain pages beside it; gunicorn calls this."""
    app = create_app(config(os.environ["BENCH_URL"], Path(os.environ["BENCH_FOLDER"])))
    if os.environ["BENCH_STATE"] == "cold":
        app.extensions["atlas"] = replace(app.extensions["atlas"], answers=ByteCache(0))
    pages = {path.removeprefix(PLAIN): draw_plain(path) for path in PAGES.values() if PLAIN in path}
    pages[ROADS.removeprefix(PLAIN)] = gzip.compress(read_roads(os.environ["BENCH_URL"]), 5)

    def plain(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        headers = [("Content-Type", "text/html"), ("Content-Length", str(len(pages[path])))]
        if path.endswith(".geojson"):
            headers[0] = ("Content-Type", "application/geo+json")
            headers.append(("Content-Encoding", "gzip"))
        start_response("200 OK", headers)
        return [pages[path]]

    return DispatcherMiddleware(app, {PLAIN: plain})


def read_roads(url: str) -> bytes:
    """Return the roads that the portal draws at first as a FeatureCollection."""
    rank = max(rank for zoom, rank in DRAWN_FROM.items() if zoom <= ROADS_AT)
    classes = [name for names in RANKS[:rank] for name in names]
    statement = select(Road.id).where(Road.highway.in_(classes))
    with Session(make_engine(url)) as session:
        return collection(session, statement, Road.id, {}, Road.line)


def draw_plain(path: str) -> bytes:
    """Return a plain Folium page: a canvas map that fetches the layers named at the end of ``path``."""
    chart = folium.Map(location=(26.08, 118.55), zoom_start=10, tiles=None, prefer_canvas=True)
    vendor = "/static/vendor/leaflet/leaflet"
    chart.default_js, chart.default_css = [("leaflet", f"{vendor}.js")], [("leaflet_css", f"{vendor}.css")]
    names = path.rpartition("/")[2].split(",")
    addresses = [ROADS if name == "roads" else f"/layers/{name}.geojson" for name in names]
    root: Any = chart.get_root()
    root.script.add_child(folium.Element(PLAIN_SCRIPT % (json.dumps(addresses), chart.get_name())))
    return root.render().encode()  # type: ignore[no-any-return]


PLAIN_SCRIPT = """
const addresses = %s;
const colours = {excellent: "#2c7bb6", good: "#abd9e9", pass: "#fdae61", fail: "#d7191c"};
const look = {color: "#333", weight: 0.5, fillOpacity: 0.9};
const style = ({properties}) => ({...look, fillColor: colours[properties.band]});
const pointToLayer = (feature, at) => L.circleMarker(at);
Promise.all(addresses.map((address) => fetch(address).then((answer) => answer.json()))).then((layers) => {
  for (const layer of layers) L.geoJSON(layer, {style, pointToLayer}).addTo(%s);
  // Leaflet asked for this frame before, and draws in it.
  requestAnimationFrame(() => performance.mark("atlas:drawn"));
});
"""


@contextmanager
def served(url: str, folder: Path, state: str) -> Iterator[str]:
    """Serve as ./run does; yield the address."""
    bind = f"127.0.0.1:{free_port()}"
    command = [
        sys.executable, "-m", "gunicorn", "--bind", bind, "--workers", str(WORKERS),
        "--threads", str(THREADS), "--worker-class", "gthread", "--preload", "--no-control-socket",
        "--log-level", "error", "bench.map_page:make_served()",
    ]  # fmt: skip
    environ = {**os.environ, "BENCH_URL": url, "BENCH_FOLDER": str(folder), "BENCH_STATE": state}
    server = subprocess.Popen(command, cwd=ROOT, env=environ)
    try:
        wait_for(f"http://{bind}/healthz", server)
        yield f"http://{bind}"
    finally:
        server.terminate()
        server.wait()


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the portal did not start")


# ---- what is measured --------------------------------------------------------------------------------


def measure(
    browser: Browser, address: str, rounds: int, visits: tuple[str, ...]
) -> dict[str, dict[str, dict[str, float]]]:
    """Open every page in every round, in turn, once for each visit; return figures by visit and page."""
    login = log_in(browser, address)
    seen: dict[str, dict[str, list[dict[str, float]]]] = {
        visit: {name: [] for name in PAGES} for visit in visits
    }
    for number in range(rounds + 1):
        for name, path in PAGES.items():
            context = browser.new_context(viewport={"width": 1440, "height": 900}, storage_state=login)
            for visit in visits:
                found = open_page(context, address + path)
                if number:  # the first round warms up
                    seen[visit][name].append(found)
            context.close()
    return {visit: {name: summarise(rows) for name, rows in pages.items()} for visit, pages in seen.items()}


def summarise(rows: list[dict[str, float]]) -> dict[str, float]:
    """Return the median of each figure, and the least time."""
    figures = {key: median(row[key] for row in rows) for key in rows[0]}
    return figures | {"least_ms": min(row["drawn_ms"] for row in rows)}


def log_in(browser: Browser, address: str) -> StorageState:
    """Return the cookies of somebody who is logged in."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/login")
    page.fill("#username", USERNAME)
    page.fill("#password", PASSWORD)
    page.click("form button.btn-primary")
    page.wait_for_selector("#legend li")
    state = context.storage_state()
    context.close()
    return state


def open_page(context: BrowserContext, address: str) -> dict[str, float]:
    """Open one page; return when it was drawn, and what it fetched."""
    page = context.new_page()
    page.goto(address, wait_until="commit")
    page.evaluate(UNTIL_DRAWN, DRAWN)
    page.wait_for_timeout(SETTLED_MS)  # what comes after belongs to the first view as well
    found = fetched(page, address)
    page.close()
    return found


UNTIL_DRAWN = """(mark) => new Promise((done, fail) => {
  setTimeout(() => fail(new Error("not drawn within 30 s")), 30000);
  const look = () => performance.getEntriesByName(mark).length ? done() : setTimeout(look, 10);
  look();
})"""


def fetched(page: Page, address: str) -> dict[str, float]:
    """Return time until all was drawn (the last mark), bytes over the wire, requests, bytes of HTML."""
    figures: dict[str, float] = page.evaluate(
        """(mark) => {
          const page = performance.getEntriesByType("navigation")[0];
          const parts = performance.getEntriesByType("resource");
          return {
            drawn_ms: performance.getEntriesByName(mark).at(-1).startTime,
            wire_bytes: parts.reduce((sum, part) => sum + part.transferSize, page.transferSize),
            html_bytes: page.decodedBodySize,
            requests: parts.length + 1,
          };
        }""",
        DRAWN,
    )
    hosts = page.evaluate("performance.getEntriesByType('resource').map((part) => new URL(part.name).host)")
    assert all(host in address for host in hosts), hosts
    return figures


def report(rounds: int, figures: dict[str, dict[str, dict[str, float]]]) -> None:
    """Print the table, then one line of JSON."""
    print(f"sample city, 1440 × 900, {rounds} rounds")
    columns = ("median ms", "of same", "of bare", "least ms", "wire kB", "html kB", "requests")
    print(f"{'page':<28}" + "".join(f"{column:>11}" for column in columns))
    for state, rows in figures.items():
        for name, row in rows.items():
            cells = (
                f"{row['drawn_ms']:.0f}",
                f"{row['drawn_ms'] / rows[SAME]['drawn_ms']:.2f}",
                f"{row['drawn_ms'] / rows['folium']['drawn_ms']:.2f}",
                f"{row['least_ms']:.0f}",
                f"{row['wire_bytes'] / 1000:.0f}",
                f"{row['html_bytes'] / 1000:.1f}",
                f"{row['requests']:.0f}",
            )
            print(f"{f'{name}, {state}':<28}" + "".join(f"{cell:>11}" for cell in cells))
    portal, same = figures["first"]["portal"], figures["first"][SAME]
    met = {
        "html": portal["html_bytes"] <= LIMIT_HTML,
        "wire": portal["wire_bytes"] <= LIMIT_WIRE,
        "time": portal["drawn_ms"] <= same["drawn_ms"],
    }
    rounded = {
        f"{name}, {state}": {key: round(value) for key, value in row.items()}
        for state, rows in figures.items()
        for name, row in rows.items()
    }
    print(json.dumps({"rounds": rounds, "met": met, **rounded}, ensure_ascii=False))


if __name__ == "__main__":
    main()
