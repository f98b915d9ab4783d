"""A plain seeded city for figures about SQL: many rows, plausible spread, no story.

Streets are a grid, communities squares of some 200 m scattered over it; complaints
are heavy-tailed. The sample city has the roads and the history; this one loads in seconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

import psycopg
import shapely
from psycopg import sql

WEST, SOUTH, EAST, NORTH = 113.8, 22.45, 114.4, 22.85
PERIOD = "2025-Q4"
LAST_DAY = date(2025, 12, 31)
CATEGORIES = ("repair", "lift", "parking", "cleaning", "noise")
CAUSE = "slow_response"
BANDS = ((90, "excellent"), (80, "good"), (60, "pass"), (0, "fail"))
KINDS = ("commodity", "affordable", "reform", "old")


@dataclass(frozen=True)
class Size:
    """How many rows of each kind."""

    streets_per_side: int = 10
    communities: int = 3_000
    firms: int = 700
    complaints: int = 80_000


def seed_city(owner_url: str, size: Size = Size(), seed: int = 1) -> None:
    """Fill a migrated, empty database and analyse it."""
    random = Random(seed)
    with psycopg.connect(owner_url, autocommit=True) as connection:
        with connection.transaction():
            _copy(connection, "street", _STREET, _streets(size))
            communities = list(_communities(size, random))
            _copy(connection, "community", _COMMUNITY, communities)
            _copy(
                connection, "firm", _FIRM, ((at, "seed", f"f{at}", f"第{at}物业") for at in _ids(size.firms))
            )
            _copy(connection, "contract", _CONTRACT, _contracts(size, random))
            _copy(connection, "service_score", _SCORE, _scores(size, random))
            _copy(connection, "inspection", _INSPECTION, _inspections(size, random))
            _copy(connection, "complaint", _COMPLAINT, _complaints(size, communities, random))
        connection.execute("VACUUM ANALYZE")


_STREET = ("id", "source_key", "name", "district", "outline", "area_m2", "source_datum")
_COMMUNITY = (
    "id",
    "name",
    "pinyin",
    "street_id",
    "street_how",
    "kind",
    "households",
    "outline",
)
_FIRM = ("id", "source", "source_key", "name")
_CONTRACT = ("source", "source_key", "firm_id", "community_id", "period")
_SCORE = ("community_id", "period", "points", "band", "dimensions")
_INSPECTION = ("source", "source_key", "community_id", "inspected_at")
_COMPLAINT = (
    "source",
    "source_key",
    "received_at",
    "category",
    "cause",
    "property_related",
    "place_level",
    "place_how",
    "community_id",
    "street_id",
    "content_hash",
)


def _ids(count: int) -> range:
    return range(1, count + 1)


def _copy(
    connection: psycopg.Connection[tuple[object, ...]],
    table: str,
    columns: tuple[str, ...],
    rows: Iterable[tuple[object, ...]],
) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor().copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _streets(size: Size) -> Iterable[tuple[object, ...]]:
    side = size.streets_per_side
    width, height = (EAST - WEST) / side, (NORTH - SOUTH) / side
    for at in range(side * side):
        west, south = WEST + at % side * width, SOUTH + at // side * height
        cell = shapely.MultiPolygon([shapely.box(west, south, west + width, south + height)])
        yield at + 1, f"s{at}", f"街{at}", f"区{at // (side * side // 5)}", _ewkb(cell), 25e6, "wgs84"


def _communities(size: Size, random: Random) -> Iterable[tuple[object, ...]]:
    side = size.streets_per_side
    for at in _ids(size.communities):
        lon, lat = random.uniform(WEST, EAST), random.uniform(SOUTH, NORTH)
        column = min(int((lon - WEST) / (EAST - WEST) * side), side - 1)
        row = min(int((lat - SOUTH) / (NORTH - SOUTH) * side), side - 1)
        outline = shapely.MultiPolygon([shapely.Point(lon, lat).buffer(0.001)])
        households = int(random.lognormvariate(6.5, 0.8)) + 1
        kind, name = random.choice(KINDS), f"小区{at:04}"
        street = row * side + column + 1
        yield at, name, f"{at:04}", street, "overlap", kind, households, _ewkb(outline)


def _contracts(size: Size, random: Random) -> Iterable[tuple[object, ...]]:
    for at in _ids(size.communities):
        yield "seed", f"c{at}", random.randint(1, size.firms), at, "[2024-01-01,2099-01-01)"


def _scores(size: Size, random: Random) -> Iterable[tuple[object, ...]]:
    for at in _ids(size.communities):
        if random.random() < 0.95:
            points = round(min(100, max(20, random.gauss(75, 12))), 2)
            yield at, PERIOD, points, next(code for floor, code in BANDS if points >= floor), "{}"


def _inspections(size: Size, random: Random) -> Iterable[tuple[object, ...]]:
    for at in range(2 * size.communities):
        day = LAST_DAY - timedelta(days=random.randint(0, 360))
        yield "seed", f"i{at}", random.randint(1, size.communities), _noon(day)


def _complaints(
    size: Size, communities: list[tuple[object, ...]], random: Random
) -> Iterable[tuple[object, ...]]:
    for at in range(size.complaints):
        community_id = min(int(random.paretovariate(0.9) * 20), size.communities)
        street_id = communities[community_id - 1][_COMMUNITY.index("street_id")]
        day = LAST_DAY - timedelta(days=random.randint(0, 729))
        about_service = random.random() < 0.8
        category = random.choice(CATEGORIES) if about_service else None
        cause = CAUSE if about_service else None
        placed = random.random() < 0.85
        level, how = ("community", "name") if placed else ("street", "street")
        yield (
            "seed",
            f"{at}",
            _noon(day),
            category,
            cause,
            about_service,
            level,
            how,
            community_id if placed else None,
            street_id,
            at.to_bytes(8, "big"),
        )


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def _ewkb(shape: shapely.MultiPolygon) -> str:
    return shapely.to_wkb(shapely.set_srid(shape, 4326), hex=True, include_srid=True)
