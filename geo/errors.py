"""The error family of ``geo``: everything it raises on purpose is a `GeoError`.

Errors carry texts for people: Chinese, with ``{placeholders}``, marked by `N_` so that
a catalogue can list them, and translated only where they are shown.
"""

from __future__ import annotations

from collections.abc import Mapping


def N_(text: str) -> str:
    """Mark ``text`` for translation; it is translated where it is shown."""
    return text


def fill(text: str, params: Mapping[str, object], separator: str = "、") -> str:
    """Return ``text`` with its placeholders filled; text without parameters stays as it is.

    A list or tuple is enumerated with ``separator``, which differs between languages.
    """
    if not params:
        return text
    return text.format_map({name: _enumerate(value, separator) for name, value in params.items()})


def _enumerate(value: object, separator: str) -> object:
    return separator.join(map(str, value)) if isinstance(value, (list, tuple)) else value


class SpokenError(Exception):
    """An error whose text people read, in their own language.

    Parameters
    ----------
    message
        What happened, in one sentence that a clerk can read: Chinese, with
        ``{placeholders}``; the edges translate it (see `N_`).
    remedy
        What to do about it, likewise; empty when there is nothing to do.
    params
        Values of the placeholders; a list is enumerated.
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
