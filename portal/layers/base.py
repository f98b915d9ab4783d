"""What a map layer is: it loads features, cuts tiles, and explains itself in a legend."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar

from sqlalchemy.orm import Session

from geo.policy.city import City
from portal.access import Permission, Viewer
from portal.errors import N_, BadRequest
from portal.scope import Scope
from portal.terms import Subject


@dataclass(frozen=True)
class LegendClass:
    """One line of a legend: what it means, its colour, how many there are.

    ``label`` is a marked text, or a text in both languages where ``label_en`` is
    given; placeholders are filled from ``params``. ``pattern`` is ``fill``,
    ``hatch`` (no value), ``outline``, ``line`` or ``dashed``.
    """

    code: str
    label: str
    colour: str
    n: int | None = None
    pattern: str = "fill"
    label_en: str = ""
    params: dict[str, object] = field(default_factory=dict)


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
    digits
        Decimals of the layer's values.
    """

    title: str
    classes: tuple[LegendClass, ...]
    unit: str = ""
    period: str = ""
    n: int | None = None
    note: str = ""
    source: str = ""
    changed_at: str = ""
    digits: int = 0
    params: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Measure:
    """One way to measure what a layer shows; its label is a marked text."""

    code: str
    label: str


@dataclass(frozen=True)
class LayerRequest:
    """Everything a layer may use to answer: never a Flask global.

    ``measure`` is one of the layer's own, "" for a layer without.
    """

    session: Session
    scope: Scope
    viewer: Viewer
    city: City
    measure: str = ""


class Layer(ABC):
    """One layer of the map. A new one is a module and a line in ``LAYERS``.

    A feature carries its ``id``, perhaps a ``name``, and the two properties named below.

    Attributes
    ----------
    name
        Key in URLs, fixed.
    title
        Marked text for the layer control.
    subjects
        What it is made of; its ETag hangs on their versions.
    legend_subjects
        What its legend speaks of, where that is more; () for the same.
    thematic
        A thematic layer colours areas; one speaks at a time. Others are outlines.
    tiled
        Whether the map fetches vector tiles (`tile`) rather than features.
    shown
        Whether it is on at first.
    personal
        Whether it differs from user to user, beyond role and street, and from day to day.
    permission
        Who may see it; others are not offered it.
    beneath
        Whether it covers the ground and is drawn beneath the roads.
    scoped_by
        Parts of the scope that change it: ``period``, ``category``.
    measures
        Ways to measure, first is default.
    class_property, value_property
        Properties of a feature that hold the legend's class and the number to show.
    address
        Page that a click opens, with ``{id}``; "" for none.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    subjects: ClassVar[tuple[Subject, ...]]
    legend_subjects: ClassVar[tuple[Subject, ...]] = ()
    thematic: ClassVar[bool] = False
    tiled: ClassVar[bool] = False
    shown: ClassVar[bool] = False
    personal: ClassVar[bool] = False
    permission: ClassVar[Permission] = Permission.SEE_MAP
    beneath: ClassVar[bool] = False
    scoped_by: ClassVar[tuple[str, ...]] = ("period", "category")
    measures: ClassVar[tuple[Measure, ...]] = ()
    class_property: ClassVar[str] = "class"
    value_property: ClassVar[str] = "value"
    address: ClassVar[str] = ""

    @abstractmethod
    def load(self, request: LayerRequest) -> bytes:
        """Return the layer as a GeoJSON FeatureCollection in WGS 84."""

    @abstractmethod
    def legend(self, request: LayerRequest) -> Legend:
        """Return how to read the layer in this scope."""

    @classmethod
    def parse_measure(cls, code: str) -> str:
        """Return ``code``, or the first measure where it is empty.

        Raises
        ------
        BadRequest
            The layer has no such measure.
        """
        codes = [measure.code for measure in cls.measures]
        if not code or not codes:
            return codes[0] if codes else ""
        if code not in codes:
            raise BadRequest(
                N_("measure：{value} 不是此图层的口径"),
                remedy=N_("可选：{choices}"),
                value=code[:40],
                choices=codes,
            )
        return code


class TiledLayer(Layer):
    """A layer that the map fetches as vector tiles."""

    tiled: ClassVar[bool] = True

    @abstractmethod
    def tile(self, request: LayerRequest, z: int, x: int, y: int) -> bytes:
        """Return one Mapbox vector tile; its layer named like this one carries the features."""
