"""Pages of a list: each row on one of them."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.store.paging import page_of


@pytest.mark.parametrize(("page", "rows"), [(1, [1, 2]), (2, [3, 4]), (3, [5]), (4, [])])
def test_each_row_is_on_one_page(session: Session, page: int, rows: list[int]) -> None:
    number = func.generate_series(1, 5).column_valued("number")
    assert session.scalars(page_of(select(number).order_by(number), page, 2)).all() == rows
