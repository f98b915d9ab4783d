from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.frames import FIRMS
from portal.actions.firms import firm_import as firms
from portal.actions.transactions.import_run import Loaded
from portal.models import Firm
from portal.terms import Subject
from tests.portal.actions.conftest import frame_of

HOME = {"source_key": "1", "name": "安居物业", "credit_code": "91440300A", "registered_on": date(2010, 5, 1)}
NEST = {"source_key": "2", "name": "乐居物业"}


def load(session: Session, *rows: dict[str, object], source: str = "register") -> Loaded:
    return firms.load(session, frame_of(FIRMS, rows), source=source)


def stored(session: Session) -> list[tuple[object, ...]]:
    rows = select(Firm.source, Firm.name, Firm.credit_code, Firm.registered_on).order_by(Firm.id)
    return [tuple(row) for row in session.execute(rows)]


def test_firms_come_and_change_by_their_key(session: Session) -> None:
    loaded = load(session, HOME, NEST)
    assert (loaded.new, loaded.touched) == (2, {Subject.FIRMS})
    assert session.scalars(select(Firm.pinyin_initials).order_by(Firm.id)).all() == ["ajwy", "ljwy"]
    assert load(session, HOME, NEST).touched == set()
    loaded = load(session, {**HOME, "name": "安居物业集团", "registered_on": None}, NEST)
    assert (loaded.changed, loaded.unchanged) == (1, 1)
    assert stored(session)[0] == ("register", "安居物业集团", "91440300A", date(2010, 5, 1))


def test_the_same_credit_code_is_the_same_firm(session: Session) -> None:
    load(session, {**HOME, "registered_on": None})
    other = {**HOME, "source_key": "x", "name": "安居物业有限公司"}
    loaded = load(session, other, source="tax")
    assert (loaded.new, loaded.changed) == (0, 1)
    assert stored(session) == [("register", "安居物业", "91440300A", date(2010, 5, 1))]
    assert load(session, other, source="tax").touched == set()
    assert load(session, {**HOME, "registered_on": None}).touched == set()


def test_a_code_that_repeats_in_the_file_is_rejected(session: Session) -> None:
    loaded = load(session, HOME, {**HOME, "source_key": "9", "name": "另一个"})
    assert (loaded.new, loaded.counts()["rejected"]) == (1, 1)
    assert (loaded.remarks[0].row, loaded.remarks[0].field) == (2, "credit_code")


def test_a_code_that_another_firm_has_is_not_taken_over(session: Session) -> None:
    load(session, NEST)
    load(session, HOME, source="tax")
    late = {**NEST, "credit_code": HOME["credit_code"], "name": "乐居物业公司"}
    for changed in (1, 0):
        loaded = load(session, late)
        assert loaded.changed == changed
        assert [(item.row, item.field, item.severity) for item in loaded.remarks] == [
            (1, "credit_code", "noted")
        ]
    assert [row[1:3] for row in stored(session)] == [("乐居物业公司", None), ("安居物业", "91440300A")]


def test_a_firm_called_nearly_as_another_is_a_firm_of_its_own_and_listed(session: Session) -> None:
    load(session, HOME, NEST)
    loaded = load(
        session,
        {"source_key": "3", "name": "安居物业管理有限公司"},
        {"source_key": "4", "name": "乐居物业服务公司", "credit_code": "91440300B"},
        {"source_key": "5", "name": "安居物业有限公司", "credit_code": "91440300C"},  # another code
        {"source_key": "6", "name": "安家物业"},
        source="other",
    )
    assert (loaded.new, loaded.found["near_names"]) == (4, 3)
    assert [(item.row, str(item.reason)) for item in loaded.remarks] == [
        (1, "“安居物业管理有限公司”与安居物业名称相同或相近，作为另一家企业新增"),
        (2, "“乐居物业服务公司”与乐居物业名称相同或相近，作为另一家企业新增"),
        (3, "“安居物业有限公司”与安居物业管理有限公司名称相同或相近，作为另一家企业新增"),
    ]
