"""Files to save: answers whose Chinese names survive the header, and that no cache keeps."""

from __future__ import annotations

from pathlib import PurePath
from urllib.parse import quote

from flask import Response

from portal.documents import tables
from portal.documents.tables import Table
from portal.errors import N_, NotFound
from portal.web import context

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
    "gpx": "application/gpx+xml; charset=utf-8",
}
TABLE_KINDS = ("csv", "xlsx", "geojson")


def check_kind(kind: str) -> None:
    """Raise `NotFound` unless ``kind`` is one of `TABLE_KINDS`."""
    if kind not in TABLE_KINDS:
        raise NotFound(N_("不能导出为 {kind}"), remedy=N_("可用：csv、xlsx、geojson"), kind=kind[:20])


def offer_table(table: Table, kind: str) -> Response:
    """Answer with a table as a file of one of `TABLE_KINDS`, in the viewer's language."""
    if kind == "csv":
        content = tables.to_csv(table, context.say)
    elif kind == "xlsx":
        content = tables.to_xlsx(table, context.say)
    else:
        content = tables.to_geojson(table)
    return offer_beside(table, content, kind)


def offer_beside(table: Table, content: bytes, kind: str) -> Response:
    """Answer with another file of what a table holds, under its name."""
    name = tables.name_file(table, kind, context.language(), context.say)
    return offer(content, CONTENT_TYPES[kind], name)


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
