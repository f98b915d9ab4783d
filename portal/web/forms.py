"""Forms that come back: what is wrong in words, and with which status."""

from __future__ import annotations

import re
from collections.abc import Mapping

from portal.errors import BadRequest, PortalError, status_of
from portal.web import context

# Some messages begin with the field as the code calls it.
_FIELD = re.compile(r"^([a-z_]+)(?=：|: )")


def status_of_form(error: PortalError) -> int:
    """Return the status of a form that comes back: 422 for a mistake in it, else the error's own."""
    return 422 if isinstance(error, BadRequest) else status_of(error)


def words_of(error: PortalError, labels: Mapping[str, str] | None = None) -> tuple[str, str]:
    """Return message and remedy of ``error`` in the viewer's language.

    Parameters
    ----------
    labels
        Marked text by field: what the form calls the fields that messages begin with.
    """
    known = labels or {}

    def name(found: re.Match[str]) -> str:
        return context.say(known[found[1]]) if found[1] in known else found[1]

    message = _FIELD.sub(name, context.say(error.msgid, **error.params))
    remedy = context.say(error.remedy_msgid, **error.params) if error.remedy_msgid else ""
    return message, remedy
