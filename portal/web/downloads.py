"""Files to save: answers whose Chinese names survive the header, and that no cache keeps."""

from __future__ import annotations

from pathlib import PurePath
from urllib.parse import quote

from flask import Response


def offer(content: bytes, content_type: str, name: str) -> Response:
    """Answer with a file called ``name``.

    A header holds Latin letters only, so the name is percent-encoded (RFC 6266);
    the plain one beside it is for programs that do not know that form.
    """
    plain = "".join(c for c in name if c.isascii() and (c.isalnum() or c in "._-")).strip("._-")
    if not plain or plain == PurePath(name).suffix.lstrip("."):
        plain = "file" + PurePath(name).suffix
    response = Response(content, content_type=content_type)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    return response
