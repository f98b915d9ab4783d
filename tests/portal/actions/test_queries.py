"""Keeping drawn areas."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.actions import accounts
from portal.actions import queries as areas
from portal.models import Audit, StoredArea
from portal.query import Ring
from portal.terms import Role, Subject
from tests.portal.query.strategies import rings

RING = ((114.0, 22.0), (114.1, 22.0), (114.1, 22.1), (114.0, 22.1))


@given(rings(), st.integers(0, 59), st.booleans())
def test_a_shape_has_one_key(ring: Ring, start: int, back: bool) -> None:
    start %= len(ring)
    turned = ring[start:] + ring[:start]
    assert areas.key_of(turned[::-1] if back else turned) == areas.key_of(ring)


def test_different_shapes_have_different_keys() -> None:
    assert areas.key_of(RING) != areas.key_of(RING[:3])


def test_the_same_shape_is_kept_once_with_one_audit_row(session: Session) -> None:
    user = accounts.create(session, "drawer", "", Role.LEADER, "a long password")
    key = areas.store(session, RING, user.id)
    assert areas.store(session, RING[2:] + RING[:2], user.id) == key
    assert session.scalar(select(func.count()).select_from(StoredArea)) == 1
    audited = session.scalars(select(Audit).where(Audit.subject == Subject.AREAS)).all()
    assert [(row.action, row.subject_id, row.user_id) for row in audited] == [("create", key, user.id)]


def test_drawn_again_it_is_kept_as_long_as_a_new_one(session: Session) -> None:
    user = accounts.create(session, "drawer", "", Role.LEADER, "a long password")
    areas.store(session, RING, user.id)
    session.execute(update(StoredArea).values(created_at=datetime(2020, 1, 1, tzinfo=UTC)))
    areas.store(session, RING, user.id)
    assert session.scalars(select(StoredArea.created_at)).one().year > 2020
