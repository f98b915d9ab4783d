"""The error family of the portal, and the one table from class to HTTP status."""

from __future__ import annotations

from geo.errors import DatumError, FrameError, GeoError, PlanError, PolicyError, RoadError, SpokenError
from geo.texts import N_, P_

__all__ = ["N_", "P_", "SpokenError"]


class PortalError(SpokenError):
    """Base of every error that the portal raises on purpose."""


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
