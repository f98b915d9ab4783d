"""The error family of ``geo``: everything it raises on purpose is a `GeoError`."""

from __future__ import annotations


class GeoError(Exception):
    """Base of every error that ``geo`` raises on purpose.

    Parameters
    ----------
    message
        What happened, in one sentence that a clerk can read.
    remedy
        What to do about it; empty when there is nothing to do.
    """

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class FrameError(GeoError):
    """A frame does not keep its column contract."""


class PolicyError(GeoError):
    """A city policy is incomplete or contradicts itself."""


class DatumError(GeoError):
    """A datum is unknown, or a coordinate cannot belong to it."""


class RoadError(GeoError):
    """A road file cannot be read as a road graph."""


class NetworkError(GeoError):
    """A place is not on the network, or there is no way between two places."""


class PlanError(GeoError):
    """A day plan cannot be made, or the one made does not hold."""
