"""The error family of the portal, and the one table from class to HTTP status."""

from __future__ import annotations

from collections.abc import Mapping

from geo.errors import DatumError, FrameError, GeoError, PlanError, PolicyError, RoadError


class PortalError(Exception):
    """Base of every error that the portal raises on purpose.

    Parameters
    ----------
    message
        What happened, in one sentence a user can read: Chinese, with
        ``{placeholders}``; the edges translate it (see `N_`).
    remedy
        What to do about it, likewise; empty when there is nothing to do.
    params
        Values of the placeholders.
    """

    def __init__(self, message: str, *, remedy: str = "", **params: object) -> None:
        self.msgid, self.remedy_msgid, self.params = message, remedy, params
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """The message as written, placeholders filled."""
        return fill(self.msgid, self.params)

    @property
    def remedy(self) -> str:
        """The remedy as written, placeholders filled."""
        return fill(self.remedy_msgid, self.params)


def fill(text: str, params: Mapping[str, object]) -> str:
    """Return ``text`` with its placeholders filled; text without parameters stays as it is."""
    return text.format_map(params) if params else text


def N_(text: str) -> str:
    """Mark ``text`` for translation; it is translated where it is shown."""
    return text


class ConfigError(PortalError):
    """A setting is missing or wrong."""


class BadRequest(PortalError):
    """What the user asked for cannot be understood; the message names the field."""


class NotAllowed(PortalError):
    """The user's role does not allow this."""


class NotFound(PortalError):
    """There is no such thing, or the user may not know of it."""


class Conflict(PortalError):
    """The state of the record does not allow this step."""


class FileRefused(PortalError):
    """A user's file cannot be read safely, or does not hold what it should."""


class FileTooLarge(FileRefused):
    """A user's file, or what it unpacks to, is larger than the limits allow."""


class Throttled(PortalError):
    """Too many attempts; wait."""


class Unavailable(PortalError):
    """Something the portal needs (database, tile source) does not answer."""


# First match along the class hierarchy wins; what is not listed is a 500.
STATUS: dict[type[Exception], int] = {
    BadRequest: 400,
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    FileTooLarge: 413,
    FileRefused: 422,
    Throttled: 429,
    Unavailable: 503,
    FrameError: 422,
    DatumError: 422,
    RoadError: 422,
    PolicyError: 422,
    PlanError: 422,
    GeoError: 422,
    PortalError: 500,
}


def status_of(error: Exception) -> int:
    """Return the HTTP status of ``error`` by its nearest listed class, 500 when none is."""
    for cls in type(error).__mro__:
        if cls in STATUS:
            return STATUS[cls]
    return 500
