"""What a deed adds and changes, told before it is kept."""

from __future__ import annotations

import uuid

import shapely
from geoalchemy2.shape import from_shape
from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.actions.transactions.deed_rows import (
    SHAPE_CHANGED,
    Change,
    count_moved,
    count_written,
    list_added,
    list_changed,
)
from portal.actions.transactions.undo import begin_deed
from portal.models import Community, Firm


def test_examples_tell_names_values_and_changes(session: Session) -> None:
    known = Firm(source="a", source_key="1", name="安居物业")
    place = Community(name="晨光苑", street_how="not_found", households=900)
    session.add_all([known, place])
    session.commit()
    deed = uuid.uuid4()
    begin_deed(session, deed, None)
    session.add_all([Firm(source="a", source_key=str(n), name=f"{n} 号物业") for n in range(2, 20)])
    session.flush()
    session.execute(update(Firm).where(Firm.id == known.id).values(name="安居"))
    session.execute(update(Firm).where(Firm.id == known.id).values(name="安居服务"))
    pin = from_shape(shapely.Point(114, 22.5), srid=4326)
    session.execute(update(Community).values(households=905, pin=pin))
    session.execute(update(Firm).where(Firm.source_key == "3").values(credit_code=None))  # changes nothing

    added = list_added(session, deed, Firm, most=3)
    assert [one.name for one in added] == ["2 号物业", "3 号物业", "4 号物业"]
    assert added[0].values["source_key"] == "2" and "credit_code" not in added[0].values
    (firm,) = list_changed(session, deed, Firm)
    assert (firm.name, list(firm.changes)) == ("安居服务", [Change("name", "安居物业", "安居服务")])
    (community,) = list_changed(session, deed, Community)
    assert list(community.changes) == [
        Change("households", 900, 905),
        Change("pin", None, SHAPE_CHANGED),
    ]
    assert count_written(session, deed) == {"community": 1, "firm": 19}


def test_outside_of_a_deed_nothing_is_kept(session: Session) -> None:
    session.add(Firm(source="a", source_key="1", name="安居物业"))
    session.flush()
    assert count_written(session, uuid.uuid4()) == {}


def test_moves_are_counted_from_the_first_value_to_the_last(session: Session) -> None:
    session.add_all(Firm(source="a", source_key=str(n), name="甲" if n < 3 else "乙") for n in range(5))
    session.commit()
    deed = uuid.uuid4()
    begin_deed(session, deed, None)
    session.execute(update(Firm).where(Firm.name == "甲").values(name="丙"))
    session.execute(update(Firm).where(Firm.source_key != "0").values(name="丁"))
    session.execute(update(Firm).where(Firm.source_key == "4").values(name="乙"))
    assert count_moved(session, deed, Firm, "name") == {
        ("甲", "丁"): 2,
        ("甲", "丙"): 1,
        ("乙", "丁"): 1,
    }
