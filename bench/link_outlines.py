"""Outlines with one named point each: linked in one action with its preview, and taken back in one.

    python -m bench.link_outlines [--outlines 2000] [--complaints 20000]

Fills a database of its own on the tests' cluster and drops it. Some complaints have a point in an
outline, some name a community, some only its street. The last line is the figures as JSON, in
seconds; "same" says whether every row is as before after taking back.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import geopandas as gpd
import pandas as pd
import psycopg
import shapely
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.frames import COMMUNITIES, COMPLAINTS, STREETS
from geo.frames.contract import Contract
from geo.policy.city import City, parse_city_toml
from portal import cluster
from portal.access import Viewer
from portal.actions import accounts
from portal.actions.communities import linking, register_import, undo
from portal.actions.complaints import complaint_import
from portal.actions.places import street_import
from portal.config import ROOT
from portal.db import make_engine, upgrade_schema
from portal.privacy import Cipher
from portal.store.communities import links
from portal.terms import Role

NAME = "bench_linking"
STEP = 0.002
TARGET_S = 30.0
KEPT = ("community", "community_alias", "community_history", "community_identity", "complaint")
CIPHER = Cipher.from_secret("only for this measurement" * 2)
_T = TypeVar("_T")


def main() -> int:
    """Measure and print; 1 where it takes too long or is not taken back whole."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--outlines", type=int, default=2_000)
    parser.add_argument("--complaints", type=int, default=20_000)
    options = parser.parse_args()
    with own_session() as session:
        fill(session, options.outlines, options.complaints)
        viewer = clerk(session)
        before = dump(session)
        proposal, preview_s = timed(lambda: links.propose(session))
        done, link_s = timed(lambda: linking.link_all(session, viewer, cipher=CIPHER, seen=proposal.digest))
        _, undo_s = timed(lambda: undo.undo_change(session, viewer, done.deed_id, cipher=CIPHER))
        same = dump(session) == before
    figures = {
        "outlines": options.outlines,
        "linked": done.n,
        "complaints_moved": done.complaints,
        "preview_s": preview_s,
        "link_s": link_s,
        "undo_s": undo_s,
        "same": same,
    }
    print(json.dumps(figures))
    return 0 if same and done.n == options.outlines and preview_s + link_s <= TARGET_S else 1


def timed(act: Callable[[], _T]) -> tuple[_T, float]:
    """Return what came of it, and how many seconds it took."""
    began = time.perf_counter()
    result = act()
    return result, round(time.perf_counter() - began, 2)


@contextmanager
def own_session() -> Iterator[Session]:
    """Yield a session on a database of its own; drop the database."""
    place = cluster.test_place(ROOT / "instance")
    cluster.start(place)
    drop(place)
    cluster.ensure_database(place, NAME)
    try:
        upgrade_schema(cluster.owner_url(place, NAME), "atlas_portal")
        engine = make_engine(cluster.portal_url(place, NAME))
        with Session(engine) as session:
            yield session
        engine.dispose()
    finally:
        drop(place)


def drop(place: cluster.Place) -> None:
    """Drop the database of this measurement, where it is left over."""
    with psycopg.connect(cluster.admin_url(place), autocommit=True) as admin:
        name = sql.Identifier(cluster.database_of(NAME))
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


def clerk(session: Session) -> Viewer:
    """Return a clerk with an account."""
    account = accounts.create(session, "clerk", "clerk", Role.CLERK, "correct horse battery")
    return Viewer(account.id, account.username, Role.CLERK)


def dump(session: Session) -> list[str]:
    """Return a digest of every table that a linking may write."""
    rows = "SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM {} t"
    return [str(session.scalar(text(rows.format(table)))) for table in KEPT]


def fill(session: Session, outlines: int, complaints: int) -> None:
    """Write ten streets, the outlines, a register with a point in each, and the complaints."""
    city: City = parse_city_toml((ROOT / "data" / "city.toml").read_text("utf-8"))
    side = 50
    cells = [(114 + (n % side) * STEP, 22.5 + (n // side) * STEP) for n in range(outlines)]
    rows, width = 10, side * STEP / 10
    top = 22.5 + (outlines // side + 1) * STEP
    strips = [
        {
            "source_key": str(n),
            "name": f"{n}号街道",
            "district": "南山区",
            "geometry": shapely.box(114 + n * width, 22.5, 114 + (n + 1) * width, top),
        }
        for n in range(rows)
    ]
    street_import.load(session, frame(STREETS, strips), city=city, cipher=CIPHER)
    shapes = [
        {"source_key": str(n), "geometry": shapely.box(x, y, x + STEP * 0.8, y + STEP * 0.8)}
        for n, (x, y) in enumerate(cells)
    ]
    register_import.load(session, frame(COMMUNITIES, shapes), source="outlines", cipher=CIPHER)
    points = [
        {"source_key": str(n), "name": f"花园{n}苑", "geometry": shapely.Point(x + STEP / 3, y + STEP / 3)}
        for n, (x, y) in enumerate(cells)
    ]
    register_import.load(session, frame(COMMUNITIES, points), source="register", cipher=CIPHER)
    said: list[dict[str, object]] = []
    for n in range(complaints):
        x, y = cells[n % outlines]
        place: dict[str, object] = (
            {"geometry": shapely.Point(x + STEP / 2, y + STEP / 2)},
            {"community": f"花园{n % outlines}苑"},
            {"street": f"{n % rows}号街道", "address": f"某路{n}号"},
        )[n % 3]
        said.append({"source_key": str(n), "received_at": "2025-03-01 08:00", **place})
    complaint_import.load(session, frame(COMPLAINTS, said), source="hotline", city=city, cipher=CIPHER)
    session.commit()


def frame(contract: Contract, rows: list[dict[str, object]]) -> gpd.GeoDataFrame:
    """Return a frame that keeps ``contract``."""
    columns = {column.name: [row.get(column.name) for row in rows] for column in contract.columns}
    made = pd.DataFrame(columns, dtype=object)
    for column in contract.columns:
        if column.kind in ("number", "integer"):
            made[column.name] = made[column.name].astype(float)
        if column.kind == "time":
            made[column.name] = pd.to_datetime(made[column.name], utc=True)
    return gpd.GeoDataFrame(made, geometry=[row.get("geometry") for row in rows], crs=4326)


if __name__ == "__main__":
    sys.exit(main())
