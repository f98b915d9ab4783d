"""Reading pages in tests."""

from __future__ import annotations

from bs4 import BeautifulSoup
from flask.testing import FlaskClient

FRAGMENT = {"HX-Request": "true"}


def read(client: FlaskClient, address: str, status: int = 200) -> BeautifulSoup:
    """Return a page or, of the map page, its drawer."""
    answer = client.get(address, headers=FRAGMENT)
    assert answer.status_code == status
    return BeautifulSoup(answer.text, "html.parser")


def send(client: FlaskClient, address: str, status: int = 200, /, **fields: object) -> BeautifulSoup:
    """Return what a form is answered with, after the redirect that follows a write."""
    answer = client.post(address, data=fields, headers=FRAGMENT, follow_redirects=True)
    assert answer.status_code == status
    return BeautifulSoup(answer.text, "html.parser")


def text_of(page: BeautifulSoup, selector: str) -> str:
    """Return the words of the only element that ``selector`` finds."""
    found = page.select(selector)
    assert len(found) == 1, f"{len(found)} × {selector}"
    return found[0].get_text(" ", strip=True)
