"""The error family of ``geo``: everything it raises on purpose is a `GeoError`.

Errors carry texts for people, translated only where they are shown; see `geo.texts`.
"""

from __future__ import annotations

from geo.texts import fill


class SpokenError(Exception):
    """An error whose text people read, in their own language.

    Parameters
    ----------
    message
        What happened, in one sentence that a clerk can read: Chinese, with
        ``{placeholders}``; the edges translate it (see `geo.texts`).
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


class GeoError(SpokenError):
    """Base of every error that ``geo`` raises on purpose."""


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
