from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.frames import NEIGHBOURHOODS
from portal.actions.places import neighbourhood_import as neighbourhoods
from portal.actions.transactions.import_run import Loaded
from portal.models import Neighbourhood
from portal.terms import Subject
from tests.portal.actions.conftest import box, frame_of

SOUTH = {"source_key": "1", "name": "南布社区", "street": "西街", "district": "南山区"}
NORTH = {"source_key": "2", "name": "北布社区", "street": "西街街道", "geometry": box(114.0, 22.51)}


def load(session: Session, *rows: dict[str, object]) -> Loaded:
    return neighbourhoods.load(session, frame_of(NEIGHBOURHOODS, rows))


def test_neighbourhoods_are_stored_under_their_street(session: Session, town: dict[str, int]) -> None:
    loaded = load(session, SOUTH, NORTH)
    assert (loaded.new, loaded.touched) == (2, {Subject.NEIGHBOURHOODS})
    rows = session.execute(
        select(Neighbourhood.name, Neighbourhood.street_id, Neighbourhood.outline.is_not(None)).order_by(
            Neighbourhood.name
        )
    ).all()
    assert set(rows) == {("南布社区", town["西街"], False), ("北布社区", town["西街"], True)}
    again = load(session, SOUTH, NORTH)
    assert (again.unchanged, again.touched) == (2, set())


def test_a_spelling_is_corrected_and_an_outline_stays(session: Session, town: dict[str, int]) -> None:
    load(session, NORTH)
    loaded = load(session, {**NORTH, "name": "北布", "geometry": None})
    assert (loaded.new, loaded.changed) == (0, 1)
    row = session.execute(select(Neighbourhood.name, func.ST_NPoints(Neighbourhood.outline))).one()
    assert tuple(row) == ("北布", 5)


def test_rows_without_a_street_and_repeated_ones_are_rejected(session: Session, town: dict[str, int]) -> None:
    repeated = {**SOUTH, "source_key": "4", "name": "南布居委会"}
    loaded = load(session, SOUTH, {**SOUTH, "source_key": "3", "street": "北街"}, repeated)
    assert loaded.new == 1
    assert [(item.row, item.field, item.value) for item in loaded.remarks] == [
        (2, "street", "北街"),
        (3, "name", "南布居委会"),
    ]
    assert all(item.remedy for item in loaded.remarks)
