"""Answers that hang on the data's version: 304 where the browser has it, else from memory, else made anew."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable
from hashlib import blake2b

from flask import Response, request

from portal.terms import Subject
from portal.web import context

GZIP_LEVEL = 5
WORTH_PACKING_BYTES = 64


def versioned(
    content_type: str, subjects: Iterable[Subject], key: str, make: Callable[[], bytes]
) -> Response:
    """Answer with what ``make`` makes, unless the browser or this process has it.

    Parameters
    ----------
    content_type
        Of the answer.
    subjects
        What the answer is made of.
    key
        Everything else it depends on: address, scope, whose details it holds.
    make
        Makes the answer; called only when nobody has it.
    """
    # The days, because policies come into force on days, and what a page counts ends with one.
    days = f"{context.today()} {context.chosen_day() or ''}"
    parts = (key, context.version_tag(*subjects), context.language(), days)
    etag = blake2b("|".join(parts).encode(), digest_size=12).hexdigest()
    response = Response(content_type=content_type)
    response.set_etag(etag, weak=True)  # the same content goes out packed and plain
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Cookie, Accept-Encoding"
    if request.if_none_match.contains_weak(etag):
        response.status_code = 304
        return response
    packed = context.services().answers.get(etag)
    if packed is None:
        packed = gzip.compress(make(), GZIP_LEVEL, mtime=0)
        context.services().answers.put(etag, packed)
    _fill(response, packed)
    return response


def _fill(response: Response, packed: bytes) -> None:
    """Send as kept; plain where that is next to nothing, or the browser cannot unpack."""
    if len(packed) > WORTH_PACKING_BYTES and request.accept_encodings["gzip"]:
        response.set_data(packed)
        response.headers["Content-Encoding"] = "gzip"
    else:
        response.set_data(gzip.decompress(packed))
