"""Roads as the frame that geo builds its network from."""

from __future__ import annotations

from sqlalchemy.orm import Session

from geo.frames import ROADS, check
from portal.models import Road
from portal.store.places import roads


def test_no_roads_no_frame(session: Session) -> None:
    assert roads.frame(session) is None


def test_frame_keeps_the_contract_across_sources(session: Session) -> None:
    for source in ("east", "west"):
        session.add(
            Road(
                source=source,
                source_key="1-0",
                way_id=1,
                from_node=1,
                to_node=2,
                name=None if source == "east" else "滨河大道",
                highway="primary",
                oneway="forward",
                speed_kmh=50,
                line="SRID=4326;LINESTRING(118 26, 118.01 26)",
            )
        )
    session.flush()
    frame = roads.frame(session)
    assert frame is not None
    check(frame, ROADS)
    assert list(frame["source_key"]) == ["east:1-0", "west:1-0"]
    assert list(frame["name"]) == [None, "滨河大道"]
    assert frame.geometry.iloc[0].wkt == "LINESTRING (118 26, 118.01 26)"
