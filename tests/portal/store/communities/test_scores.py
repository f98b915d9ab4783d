"""The score of one quarter beside its community."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.labels import NO_BAND
from portal.models import Community, ServiceScore
from portal.store.communities.scores import band, scored
from tests.portal import small_city
from tests.portal.small_city import PERIOD


def test_the_score_is_that_of_the_quarter_and_its_lack_is_a_band(session: Session) -> None:
    small_city.build(session)
    of_quarter = (
        select(Community.name, ServiceScore.points, band())
        .outerjoin(ServiceScore, scored(PERIOD))
        .where(Community.name.in_(["安华苑", "春晖园"]))
        .order_by(Community.name)
    )
    assert [tuple(row) for row in session.execute(of_quarter)] == [
        ("安华苑", 55.04, "fail"),
        ("春晖园", None, NO_BAND),
    ]
