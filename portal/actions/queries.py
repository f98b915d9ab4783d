"""Keeping drawn areas that are too long for a URL."""

from __future__ import annotations

from base64 import b32encode
from hashlib import sha256

import shapely
from sqlalchemy import Boolean, func, literal_column
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.actions.transactions.commit import audit, committed
from portal.models import StoredArea
from portal.query import Ring, spell_ring
from portal.terms import Subject

KEY_CHARACTERS = 20


def store(session: Session, ring: Ring, user_id: int) -> str:
    """Keep an area and return its key.

    The key derives from the shape: the same polygon, from whichever corner and in
    whichever direction it was drawn, has one key and is kept once.

    Parameters
    ----------
    ring
        Corners (lon, lat) in WGS 84, as `portal.query.parse_ring` checked them.
    """
    ring = _canonical(ring)
    key = key_of(ring)
    text = shapely.to_wkt(shapely.Polygon(ring), rounding_precision=6)
    statement = insert(StoredArea).values(key=key, area=func.ST_GeomFromText(text, 4326), user_id=user_id)
    with committed(session):
        # Drawn again, it is kept as long as a new one.
        again = statement.on_conflict_do_update(index_elements=["key"], set_={"created_at": func.now()})
        is_new = session.scalar(
            again.returning(literal_column("xmax = 0", Boolean))
        )  # of a row that was not there
        if is_new:
            audit(session, user_id, "create", Subject.AREAS, key, {"corners": len(ring)})
    return key


def key_of(ring: Ring) -> str:
    """Return the key of a polygon: letters and digits of the hash of its shape."""
    digest = sha256(spell_ring(_canonical(ring)).encode()).digest()
    return b32encode(digest).decode().lower()[:KEY_CHARACTERS]


def _canonical(ring: Ring) -> Ring:
    """Return the same ring from its smallest corner on, in the direction of the smaller neighbour."""
    first = ring.index(min(ring))
    ahead = ring[first:] + ring[:first]
    back = (ahead[0], *reversed(ahead[1:]))
    return min(ahead, back)
