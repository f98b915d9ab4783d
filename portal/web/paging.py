"""Pages of a long list: which is shown, and the addresses of the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

from flask import abort, redirect, request

MOST_PAGES = 100_000


@dataclass(frozen=True)
class Paging:
    """One page of a list that is too long for one.

    Parameters
    ----------
    path
        Of the list.
    page
        Number of the page, from 1.
    rows_a_page
        Rows on a full page.
    total
        Rows of the whole list.
    """

    path: str
    page: int
    rows_a_page: int
    total: int

    @property
    def last_page(self) -> int:
        """Number of the last page."""
        return max(1, -(-self.total // self.rows_a_page))

    @property
    def first_row(self) -> int:
        """Number of the page's first row, from 1."""
        return (self.page - 1) * self.rows_a_page + 1

    @property
    def last_row(self) -> int:
        """Number of the page's last row."""
        return min(self.page * self.rows_a_page, self.total)

    def or_last(self) -> Self:
        """Return this page; where the list has become shorter, end the request and lead to its last page."""
        if self.page > self.last_page and request.method == "GET":
            abort(redirect(self.address(self.last_page), 303))
        return self

    def address(self, number: int) -> str:
        """Return the address of another page of the list, filtered as this one is."""
        return address(self.path, page=str(number) if number > 1 else "")


def asked_page() -> int:
    """Return the page that the URL names; the first where it names none that there could be."""
    number = request.args.get("page", 1, type=int)
    return min(max(number, 1), MOST_PAGES)


def address(path: str, **changes: str) -> str:
    """Return ``path`` with this request's arguments but for ``changes``; what is empty is left out.

    The arguments come from the browser, so they must never reach `flask.url_for`,
    to which some names (``_external``, ``_scheme``) mean something.
    """
    arguments = {name: value for name, value in request.args.items() if name not in changes}
    arguments |= changes
    spelled = urlencode({name: value for name, value in arguments.items() if value})
    return f"{path}?{spelled}" if spelled else path
