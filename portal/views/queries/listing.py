"""The result of a spatial query as a list: rows, headings that sort, pages, downloads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for

from portal.as_of import AsOf
from portal.community_names import tell_apart
from portal.documents.queries import Column, later_visit
from portal.query import PAGE_ROWS, CommunityQuery, spell_ring
from portal.store.queries.results import Coverage, Matches
from portal.web.paging import Paging

DOWNLOADS = (("csv", "CSV"), ("xlsx", "Excel"), ("geojson", "GeoJSON"))
# Biggest or latest first is what a first click on these headings wants.
_DESCENDING_FIRST = ("complaints", "overdue", "households")


@dataclass(frozen=True)
class Heading:
    """A column's heading: where its click leads, and how the list is sorted by it now."""

    column: Column
    address: str
    direction: str  # "ascending", "descending" or ""


@dataclass(frozen=True)
class Row:
    """One community of the list."""

    id: int
    located: bool
    band: str
    cells: dict[str, Any]
    later: date | None  # of the last inspection after the day, which is not counted


@dataclass(frozen=True)
class PagingOfQuery(Paging):
    """Pages whose addresses spell the query as it was understood, not as the browser wrote it."""

    query: CommunityQuery

    def address(self, number: int) -> str:
        """Return the address of another page of the query."""
        return address("queries.page", replace(self.query, page=number))


@dataclass(frozen=True)
class Listing:
    """Everything the list's template needs.

    Parameters
    ----------
    page, coverage
        What was found, and what its complaints do not say.
    cells
        Its rows as they are shown.
    columns
        The columns, the same as in the files.
    query, words
        What was asked for, and the same as a sentence.
    as_of, period
        The day that everything counts to, and the quarter of the scores.
    """

    page: Matches
    coverage: Coverage
    cells: list[dict[str, Any]]
    columns: tuple[Column, ...]
    query: CommunityQuery
    words: str
    as_of: AsOf
    period: str

    @property
    def held(self) -> str:
        """How many of the communities have no name or no place; "" where all have both."""
        return tell_apart(self.page.unnamed, self.page.unlocated)

    @property
    def rows(self) -> list[Row]:
        """The rows of this page."""
        return [
            Row(row["id"], row["lon"] is not None, row["band"], cells, later_visit(row, self.as_of))
            for row, cells in zip(self.page.rows, self.cells, strict=True)
        ]

    @property
    def headings(self) -> Iterator[Heading]:
        """The columns, each with the order that a click on it asks for."""
        sorted_by: str | None = self.query.sort
        for column in self.columns:
            mine = column.sort == sorted_by
            now = ("descending" if self.query.descending else "ascending") if mine else ""
            if mine:
                sorted_by = None  # two columns may sort alike; only the first says so
            down = not self.query.descending if mine else column.sort in _DESCENDING_FIRST
            asked = replace(self.query, sort=column.sort, descending=down, page=1)
            yield Heading(column, address("queries.page", asked), now)

    @property
    def paging(self) -> Paging:
        """Which page this is, and the addresses of the others."""
        return PagingOfQuery(url_for("queries.page"), self.query.page, PAGE_ROWS, self.page.total, self.query)

    @property
    def downloads(self) -> list[tuple[str, str]]:
        """Addresses of the files, each with the name of its kind."""
        whole = replace(self.query, page=1)
        return [(address("queries.export", whole, kind=kind), name) for kind, name in DOWNLOADS]

    @property
    def matches_address(self) -> str:
        """Address of the ids of all matches, for the map."""
        return address("queries.matches", replace(self.query, page=1))

    @property
    def ring(self) -> str:
        """The area's corners as text, for the map; "" without an area."""
        return spell_ring(self.query.area) if self.query.area else ""


def address(endpoint: str, query: CommunityQuery, **values: Any) -> str:
    """Return the address of a query, with the quarter and the day where the URL names them."""
    arguments = query.to_arguments()
    for name in ("period", "as_of"):
        if request.args.get(name):
            arguments[name] = request.args[name]
    spelled = urlencode(arguments, safe=",;")
    return url_for(endpoint, **values) + ("?" + spelled if spelled else "")
