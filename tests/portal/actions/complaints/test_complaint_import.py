from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import orjson
import pytest
import shapely
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from geo.datums.crs import Datum
from geo.frames import COMPLAINTS
from geo.policy.city import City
from portal.actions.complaints import complaint_import as complaints
from portal.actions.transactions.import_run import Loaded
from portal.models import Complaint, WorkOrder
from portal.privacy import Cipher
from portal.terms import Subject
from tests.portal.actions.conftest import frame_of

Load = Callable[..., Loaded]
CALL = {
    "source_key": "1",
    "received_at": "2025-03-01 08:00+08:00",
    "channel": "12345",
    "request_kind": "投诉",
    "event_type": "社区管理",
    "main_type": "物业服务管理监督",
    "sub_type": "电梯困人",
    "street": "西街街道",
    "address": "西街 1 号 3 栋 1201 室",
}


@pytest.fixture
def load(session: Session, city: City, cipher: Cipher, town: dict[str, int]) -> Load:
    def load(*rows: dict[str, object], source: str = "hotline", datum: Datum = Datum.WGS84) -> Loaded:
        frame = frame_of(COMPLAINTS, rows)
        return complaints.load(session, frame, source=source, city=city, cipher=cipher, datum=datum)

    return load


def only(session: Session) -> Complaint:
    session.expire_all()
    return session.scalars(select(Complaint)).one()


def repeats(session: Session) -> dict[str, str | None]:
    """Return the key of the complaint that each repeats."""
    session.expire_all()
    found = {row.id: row for row in session.scalars(select(Complaint))}
    return {
        f"{row.source}/{row.source_key}": row.repeat_of_id and found[row.repeat_of_id].source_key
        for row in found.values()
    }


def test_new_changed_and_unchanged_rows_are_told_apart(session: Session, load: Load) -> None:
    two = {**CALL, "source_key": "2"}
    load(CALL, two)
    again = load(CALL, {**two, "address": "西街 2 号"}, {**CALL, "source_key": "3"})
    assert (again.new, again.changed, again.unchanged) == (1, 1, 1)


def test_a_load_says_what_has_no_place(session: Session, load: Load) -> None:
    loaded = load({**CALL, "street": "无此街道"}, {**CALL, "source_key": "2"})
    assert [(remark.field, remark.value) for remark in loaded.remarks] == [("street", "无此街道")]
    assert loaded.found["matched_to_a_street"] == 1


def test_a_complaint_is_stored_with_category_and_cause(session: Session, load: Load) -> None:
    loaded = load(CALL)
    assert (loaded.new, loaded.touched) == (1, {Subject.COMPLAINTS})
    found = only(session)
    assert found.received_at == datetime(2025, 3, 1, tzinfo=UTC)
    assert (found.property_related, found.category, found.cause) == (True, "lift", "incomplete_repair")
    assert (found.channel, found.request_kind) == ("12345", "投诉")
    assert (found.place_level, found.reported_street) == ("street", "西街街道")
    again = load(CALL)
    assert (again.unchanged, again.touched) == (1, set())


def test_a_file_of_which_no_row_is_left_loads_nothing(load: Load) -> None:
    loaded = load()
    assert (loaded.new, loaded.changed, loaded.unchanged) == (0, 0, 0)


def test_what_no_category_knows_is_no_property_matter(session: Session, load: Load) -> None:
    load({**CALL, "main_type": "道路保洁", "sub_type": "道路保洁", "event_type": "市容环卫"})
    found = only(session)
    assert (found.property_related, found.category, found.cause) == (False, None, None)


def test_an_address_is_encrypted_and_stays_as_it_is_while_it_does_not_change(
    session: Session, load: Load, cipher: Cipher
) -> None:
    load(CALL)
    token = only(session).address_encrypted
    assert token is not None
    assert "西街".encode() not in token
    assert cipher.decrypt(token) == CALL["address"]
    load(CALL)
    assert only(session).address_encrypted == token
    load({**CALL, "address": "西街 2 号"})
    changed = only(session).address_encrypted
    assert changed is not None and cipher.decrypt(changed) == "西街 2 号"
    load({**CALL, "address": None})
    assert only(session).address_encrypted is None


def test_no_column_holds_the_address_in_the_clear(session: Session, load: Load) -> None:
    load(CALL)
    row = session.execute(text("SELECT complaint::text FROM complaint")).scalar_one()
    assert "西街街道" in row
    assert "1201" not in row


def test_columns_that_are_no_field_are_kept_encrypted_and_tell_repeats_apart(
    session: Session, city: City, cipher: Cipher
) -> None:
    frame = frame_of(COMPLAINTS, [CALL, {**CALL, "source_key": "2"}, {**CALL, "source_key": "3"}])
    said = ["电梯又停了\n没人管", "电梯又停了\n没人管", "电梯有异响"]
    frame = frame.assign(attributes=[{"诉求内容": words} for words in said])
    complaints.load(session, frame, source="hotline", city=city, cipher=cipher)
    assert repeats(session) == {"hotline/1": None, "hotline/2": "1", "hotline/3": None}
    tokens = session.scalars(select(Complaint.attributes_encrypted).order_by(Complaint.id)).all()
    kept = [orjson.loads(cipher.decrypt(token or b"")) for token in tokens]
    assert [item["诉求内容"] for item in kept] == said


def test_a_changed_complaint_is_written_again(session: Session, load: Load) -> None:
    load(CALL)
    loaded = load({**CALL, "sub_type": "物业费"})
    assert (loaded.new, loaded.changed) == (0, 1)
    assert only(session).category == "fee_disclosure"


def test_a_point_is_kept_raw_and_in_wgs84(session: Session, load: Load, city: City, cipher: Cipher) -> None:
    row = {**CALL, "street": None, "geometry": shapely.Point(114.03, 22.51)}
    frame = frame_of(COMPLAINTS, [row]).assign(raw_lon=[114.0363], raw_lat=[22.5135])
    complaints.load(session, frame, source="s", city=city, cipher=cipher, datum=Datum.BD09)
    found = only(session)
    assert (found.raw_lon, found.raw_lat, found.source_datum) == (114.0363, 22.5135, "bd09")
    assert session.scalar(select(func.ST_X(Complaint.point))) == pytest.approx(114.03)


def test_a_place_outside_is_no_point(session: Session, load: Load) -> None:
    load({**CALL, "street": None, "geometry": shapely.Point(120, 30)}, {**CALL, "source_key": "2"})
    rows = select(Complaint.place_level, Complaint.place_how, Complaint.point, Complaint.raw_lon)
    found = session.execute(rows.order_by(Complaint.source_key)).all()
    assert [tuple(row) for row in found] == [
        ("none", "outside", None, 120.0),
        ("street", "street", None, None),
    ]


def test_what_a_clerk_has_placed_is_not_moved_by_an_import(
    session: Session, load: Load, town: dict[str, int]
) -> None:
    load(CALL)
    session.execute(update(Complaint).values(place_how="manual", street_id=town["东街"]))
    assert load(CALL).touched == set()
    loaded = load({**CALL, "sub_type": "物业费"})
    assert loaded.changed == 1
    assert (only(session).place_how, only(session).street_id) == ("manual", town["东街"])


def test_repeats_point_to_the_earliest(session: Session, load: Load) -> None:
    load(
        CALL,
        {**CALL, "source_key": "2"},
        {**CALL, "source_key": "3"},
        {**CALL, "source_key": "4", "unit": "x"},
    )
    assert repeats(session) == {"hotline/1": None, "hotline/2": "1", "hotline/3": "1", "hotline/4": None}
    load(CALL, source="again")
    assert repeats(session)["again/1"] == "1"


def test_when_the_first_changes_the_next_takes_its_place(session: Session, load: Load) -> None:
    rows = [{**CALL, "source_key": key} for key in "123"]
    load(*rows)
    load({**rows[0], "unit": "x"})
    assert repeats(session) == {"hotline/1": None, "hotline/2": None, "hotline/3": "2"}
    load({**rows[1], "unit": "x"})
    assert repeats(session) == {"hotline/1": None, "hotline/2": "1", "hotline/3": None}


def test_work_orders_hold_what_became_of_a_complaint(session: Session, load: Load) -> None:
    handled = {
        **CALL,
        "unit": "物业科",
        "in_time": True,
        "satisfied": False,
        "closed_at": "2025-03-05 10:00Z",
    }
    load(handled, {**CALL, "source_key": "2"})
    order = session.scalars(select(WorkOrder)).one()
    assert (order.unit, order.in_time, order.satisfied, order.resolved) == ("物业科", True, False, None)
    assert order.closed_at == datetime(2025, 3, 5, 10, tzinfo=UTC)
    loaded = load({**handled, "resolved": True})
    assert loaded.touched == {Subject.COMPLAINTS}
    session.expire_all()
    assert session.scalars(select(WorkOrder.resolved)).one() is True


def test_neighbourhoods_that_complaints_name_are_touched(load: Load) -> None:
    loaded = load({**CALL, "neighbourhood": "南布社区"})
    assert loaded.touched == {Subject.COMPLAINTS, Subject.NEIGHBOURHOODS}
