"""What a map layer is: it loads features, cuts tiles, and explains itself in a legend."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar

from sqlalchemy.orm import Session

from geo.city import City
from portal.access import Viewer
from portal.scope import Scope
from portal.terms import Subject


@dataclass(frozen=True)
class LegendClass:
    """One line of a legend: what it means, its colour, how many there are.

    ``pattern`` is ``fill``, ``hatch`` (no value), ``outline`` or ``line``.
    """

    code: str
    label: str
    colour: str
    n: int | None = None
    pattern: str = "fill"


@dataclass(frozen=True)
class Legend:
    """How to read a layer. Labels are marked texts; views translate them.

    Parameters
    ----------
    title, unit, note
        What is shown, in which unit, and what it is not (density is no significance).
    period
        The time it is about.
    n
        How many things are counted.
    source
        Where the data come from.
    changed_at
        ISO time of the data.
    """

    title: str
    classes: tuple[LegendClass, ...]
    unit: str = ""
    period: str = ""
    n: int | None = None
    note: str = ""
    source: str = ""
    changed_at: str = ""
    params: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class LayerRequest:
    """Everything a layer may use to answer: never a Flask global."""

    session: Session
    scope: Scope
    viewer: Viewer
    city: City


class Layer(ABC):
    """One layer of the map. A new one is a module and a line in ``LAYERS``.

    Attributes
    ----------
    name
        Key in URLs, fixed.
    title
        Marked text for the layer control.
    subjects
        What it is made of; its ETag hangs on their versions.
    thematic
        A thematic layer colours areas; one speaks at a time. Others are outlines.
    tiled
        Whether the map fetches vector tiles (`tile`) rather than features.
    shown
        Whether it is on at first.
    personal
        Whether it differs from user to user, beyond role and street.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    subjects: ClassVar[tuple[Subject, ...]]
    thematic: ClassVar[bool] = False
    tiled: ClassVar[bool] = False
    shown: ClassVar[bool] = False
    personal: ClassVar[bool] = False

    @abstractmethod
    def load(self, request: LayerRequest) -> bytes:
        """Return the layer as a GeoJSON FeatureCollection in WGS 84."""

    @abstractmethod
    def legend(self, request: LayerRequest) -> Legend:
        """Return how to read the layer in this scope."""


class TiledLayer(Layer):
    """A layer that the map fetches as vector tiles."""

    tiled: ClassVar[bool] = True

    @abstractmethod
    def tile(self, request: LayerRequest, z: int, x: int, y: int) -> bytes:
        """Return one Mapbox vector tile; its one layer carries the layer's name."""
