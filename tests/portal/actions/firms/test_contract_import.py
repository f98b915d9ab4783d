from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.frames import COMMUNITIES, CONTRACTS, FIRMS
from portal.actions.communities import register_import as communities
from portal.actions.firms import contract_import as contracts
from portal.actions.firms import firm_import as firms
from portal.actions.transactions.import_run import Loaded
from portal.models import Contract
from portal.privacy import Cipher
from portal.terms import Subject
from tests.portal.actions.conftest import frame_of

BASE = {
    "source_key": "c1",
    "firm": "安居物业",
    "community": "k1",
    "starts_on": date(2023, 1, 1),
    "ends_on": date(2023, 12, 31),
    "fee_yuan_m2_month": 2.5,
    "grade": 3.0,
}


@pytest.fixture(autouse=True)
def known(session: Session, town: dict[str, int], cipher: Cipher) -> None:
    names = [
        {"source_key": "k1", "name": "阳光花园", "aliases": "阳光里", "street": "西街"},
        {"source_key": "k2", "name": "阳光花园", "street": "东街"},
        {"source_key": "k3", "name": "月光花园", "street": "东街"},
    ]
    communities.load(session, frame_of(COMMUNITIES, names), source="register", cipher=cipher)
    rows = [
        {"source_key": "1", "name": "安居物业", "credit_code": "91440300A"},
        {"source_key": "2", "name": "同名物业"},
        {"source_key": "3", "name": "同名物业"},
    ]
    firms.load(session, frame_of(FIRMS, rows), source="register")


def load(session: Session, *rows: dict[str, object]) -> Loaded:
    return contracts.load(session, frame_of(CONTRACTS, rows), source="register")


def periods(session: Session) -> dict[str, tuple[date, date | None]]:
    rows = select(Contract.source_key, func.lower(Contract.period), func.upper(Contract.period))
    return {key: (first, after) for key, first, after in session.execute(rows).tuples()}


def test_a_contract_ends_with_its_last_day(session: Session) -> None:
    loaded = load(session, BASE, {**BASE, "source_key": "c2", "community": "k3", "ends_on": None})
    assert (loaded.new, loaded.touched) == (2, {Subject.CONTRACTS})
    assert periods(session) == {
        "c1": (date(2023, 1, 1), date(2024, 1, 1)),
        "c2": (date(2023, 1, 1), None),
    }
    contract = session.scalars(select(Contract).where(Contract.source_key == "c1")).one()
    assert (contract.fee_yuan_m2_month, contract.grade) == (2.5, 3)
    assert load(session, BASE).touched == set()


def test_both_ends_of_a_fee_are_kept(session: Session) -> None:
    ends = {"fee_yuan_m2_month": 0.5, "fee_high_yuan_m2_month": 1.0, "posted_fee_high_yuan_m2_month": 2.0}
    assert load(session, {**BASE, **ends}).new == 1
    contract = session.scalars(select(Contract)).one()
    assert (contract.fee_yuan_m2_month, contract.fee_high_yuan_m2_month) == (0.5, 1.0)
    assert contract.posted_fee_high_yuan_m2_month == 2.0


@pytest.mark.parametrize(
    "named",
    [
        {"firm": "91440300A", "community": "k1"},
        {"firm": "安居物业", "community": "阳光花园", "street": "西街街道"},
        {"firm": "安居物业", "community": "阳光里"},
        {"firm": "安居物业", "community": "月光花园"},
    ],
)
def test_firm_and_community_are_found_by_code_key_name_or_alias(
    session: Session, named: dict[str, object]
) -> None:
    assert load(session, {**BASE, **named}).new == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"firm": "没有的物业"}, "firm"),
        ({"firm": "同名物业"}, "firm"),
        ({"community": "阳光花园"}, "community"),
        ({"community": "月光花园", "street": "西街"}, "community"),
        ({"community": "月光花园", "street": "北街"}, "community"),
        ({"ends_on": date(2022, 12, 31)}, "ends_on"),
        ({"grade": 6.0}, "grade"),
    ],
)
def test_what_cannot_be_is_rejected_with_a_remedy(
    session: Session, wrong: dict[str, object], field: str
) -> None:
    loaded = load(session, {**BASE, **wrong}, {**BASE, "source_key": "ok"})
    assert (loaded.new, loaded.counts()["rejected"]) == (1, 1)
    assert [(item.row, item.field) for item in loaded.remarks] == [(1, field)]
    assert loaded.remarks[0].remedy


def test_overlapping_contracts_are_named_both(session: Session) -> None:
    later = {**BASE, "source_key": "c2", "starts_on": date(2023, 12, 31), "ends_on": None}
    loaded = load(session, BASE, later)
    assert loaded.new == 1
    assert [item.reason for item in loaded.remarks] == [
        "合同 c2 (2023-12-31 – …) 与 c1 (2023-01-01 – 2023-12-31) 期间重叠"
    ]
    again = load(session, later)
    assert (again.new, again.counts()["rejected"]) == (0, 1)
    assert load(session, {**later, "starts_on": date(2024, 1, 1)}).new == 1


def test_the_border_between_two_contracts_may_move_in_one_import(session: Session) -> None:
    second = {**BASE, "source_key": "c2", "starts_on": date(2024, 1, 1), "ends_on": date(2024, 12, 31)}
    load(session, BASE, second)
    moved = load(
        session,
        {**second, "starts_on": date(2023, 7, 1)},
        {**BASE, "ends_on": date(2023, 6, 30)},
    )
    assert (moved.changed, moved.remarks) == (2, [])
    assert periods(session)["c1"][1] == periods(session)["c2"][0] == date(2023, 7, 1)


def test_a_rejected_change_leaves_the_old_contract_in_the_way(session: Session) -> None:
    load(session, BASE, {**BASE, "source_key": "c0", "community": "k3"})
    loaded = load(
        session,
        {**BASE, "source_key": "c9", "ends_on": date(2023, 3, 31)},  # would fit if c1 moved away
        {**BASE, "community": "k3"},  # c1 cannot move to k3: c0 is there
    )
    assert (loaded.new, loaded.changed, loaded.counts()["rejected"]) == (0, 0, 2)
    assert set(periods(session)) == {"c0", "c1"}


@pytest.mark.parametrize("border", [date(2023, 7, 1), date(2024, 7, 1)])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_border_may_move_either_way_in_either_order(
    session: Session, border: date, order: tuple[int, int]
) -> None:
    second = {**BASE, "source_key": "c2", "starts_on": date(2024, 1, 1), "ends_on": date(2024, 12, 31)}
    load(session, BASE, second)
    rows = {**BASE, "ends_on": border - timedelta(days=1)}, {**second, "starts_on": border}
    moved = load(session, *(rows[n] for n in order))
    assert (moved.changed, moved.remarks) == (2, [])
    assert periods(session)["c1"][1] == periods(session)["c2"][0] == border


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_contracts_may_change_places_in_one_import(session: Session, order: tuple[int, int]) -> None:
    other = {**BASE, "source_key": "c2", "community": "k3"}
    load(session, BASE, other)
    before = dict(session.execute(select(Contract.source_key, Contract.community_id)).tuples().all())
    rows = {**BASE, "community": "k3"}, {**other, "community": "k1"}
    changed = load(session, *(rows[n] for n in order))
    assert (changed.changed, changed.remarks) == (2, [])
    after = dict(session.execute(select(Contract.source_key, Contract.community_id)).tuples().all())
    assert after == {"c1": before["c2"], "c2": before["c1"]}


@pytest.mark.parametrize(
    ("named", "reason"),
    [
        (
            {"firm": "安居物业管理有限公司"},
            "没有唯一的企业叫“安居物业管理有限公司”，名称相同或相近的有安居物业",
        ),
        (
            {"community": "月光小区", "street": "东街"},
            "没有唯一的小区叫“月光小区”，名称相同或相近的有月光花园（东街）",
        ),
        (
            {"community": "阳光花园"},
            "没有唯一的小区叫“阳光花园”，名称相同或相近的有阳光花园（西街）、阳光花园（东街）",
        ),
    ],
)
def test_what_is_nearly_known_is_refused_with_whom_it_resembles(
    session: Session, named: dict[str, object], reason: str
) -> None:
    loaded = load(session, {**BASE, **named})
    assert [str(item.reason) for item in loaded.remarks] == [reason]
    assert (loaded.counts()["rejected"], loaded.found["near_names"]) == (1, 1)
    assert periods(session) == {}
