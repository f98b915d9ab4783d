"""The result that a card was opened from: in the card's address, and the link that leads back to it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, quote

from flask import request

from portal.access import Permission
from portal.errors import BadRequest
from portal.query import CommunityQuery, parse_query
from portal.views.queries.listing import address
from portal.web import context

ARGUMENT = "result"
# What would end a part of the argument. The rest is quoted once, with the address: Chinese stays short.
_RESERVED = str.maketrans({character: quote(character) for character in "%&+?#"})


def spell(query: CommunityQuery) -> dict[str, Any]:
    """Return the argument that tells a card which result it is opened from."""
    parts = (f"{name}={text.translate(_RESERVED)}" for name, text in query.to_arguments().items())
    return {ARGUMENT: "&".join(parts)}


def read() -> str:
    """Return the address of the result that this page was opened from, "" without one.

    It is spelled anew from a query that could be read, so it never leads anywhere else.
    """
    if ARGUMENT not in request.args or not context.viewer().may(Permission.QUERY):
        return ""
    try:
        query = parse_query(dict(parse_qsl(request.args[ARGUMENT])))
    except BadRequest:
        return ""
    return address("queries.page", query)
