"""Pages of a long list, and their addresses."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException

from portal.web.paging import MOST_PAGES, Paging, address, asked_page


@pytest.mark.parametrize(("total", "last"), [(0, 1), (1, 1), (50, 1), (51, 2), (149, 3)])
def test_the_last_page_holds_the_rest(total: int, last: int) -> None:
    assert Paging("/x", 1, 50, total).last_page == last


def test_rows_are_numbered_through_the_list() -> None:
    paging = Paging("/x", 3, 50, 120)
    assert (paging.first_row, paging.last_row) == (101, 120)


@pytest.mark.parametrize(
    ("asked", "page"), [("", 1), ("0", 1), ("-3", 1), ("x", 1), ("7", 7), ("9" * 9, MOST_PAGES)]
)
def test_a_page_that_cannot_be_is_the_first(app: Flask, asked: str, page: int) -> None:
    with app.test_request_context(f"/x?page={asked}"):
        assert asked_page() == page


def test_a_page_beyond_the_last_leads_to_the_last(app: Flask) -> None:
    with app.test_request_context("/list?page=9&street=3"):
        last = Paging("/list", 3, 50, 120)
        assert last.or_last() is last
        with pytest.raises(HTTPException) as led:
            Paging("/list", 9, 50, 120).or_last()
        answer = led.value.get_response()
        assert (answer.status_code, answer.headers["Location"]) == (303, "/list?street=3&page=3")
    with app.test_request_context("/list?page=9", method="POST"):  # a form that comes back
        assert Paging("/list", 9, 50, 120).or_last().page == 9


def test_addresses_keep_the_filters_and_leave_out_what_is_empty(app: Flask) -> None:
    with app.test_request_context("/x?street=3&text=%E5%9B%AD&level=&page=9"):
        paging = Paging("/list", 9, 50, 1000)
        assert paging.address(2) == "/list?street=3&text=%E5%9B%AD&page=2"
        assert paging.address(1) == "/list?street=3&text=%E5%9B%AD"
        assert address("/list", page="", street="") == "/list?text=%E5%9B%AD"


def test_arguments_from_the_browser_never_choose_another_host(app: Flask) -> None:
    with app.test_request_context("/x?_external=1&_scheme=javascript&_anchor=a"):
        assert address("/list") == "/list?_external=1&_scheme=javascript&_anchor=a"
