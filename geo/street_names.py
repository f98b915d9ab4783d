"""Streets (街道) and districts by name, however a file spells them."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

# Longest first. Towns (镇) keep their suffix: a district may have a town and a street of one name.
_STREET_SUFFIXES = ("街道办事处", "办事处", "街道办", "街办", "街道")
_DISTRICT_SUFFIXES = ("特别合作区", "合作区", "管理区", "新区", "区", "县", "市")
_LEAST_CHARACTERS = 2
_MISSING = frozenset({"", "-", "—", "/", "无", "nan", "none", "null"})


@dataclass(frozen=True)
class StreetNames:
    """An index of streets by normalised name. Build it with `index_streets`."""

    by_name: Mapping[str, tuple[tuple[str, str], ...]]


def normalise_street_name(text: object) -> str:
    """Return a street's name without suffix, spaces and full-width forms; "" where it is missing.

    A suffix goes only where at least two characters are left.

    Examples
    --------
    >>> [normalise_street_name(name) for name in ("坪山街道", "坪山街道办事处", " 坪山 ", "-", "城关镇")]
    ['坪山', '坪山', '坪山', '', '城关镇']
    """
    return _without_suffix(_clean(text), _STREET_SUFFIXES)


def normalise_district_name(text: object) -> str:
    """Return a district's name without suffix, spaces and full-width forms; "" where it is missing.

    Examples
    --------
    >>> [normalise_district_name(name) for name in ("福田区", "光明新区", "光明区", "光明", "城区")]
    ['福田', '光明', '光明', '光明', '城区']
    """
    return _without_suffix(_clean(text), _DISTRICT_SUFFIXES)


def index_streets(streets: pd.DataFrame) -> StreetNames:
    """Index the streets of a frame by name.

    Parameters
    ----------
    streets
        Columns of `geo.frames.STREETS`; geometry is not needed.
    """
    by_name: dict[str, set[tuple[str, str]]] = defaultdict(set)
    rows: Iterable[tuple[object, object, object]] = zip(
        streets["name"], streets["district"], streets["source_key"], strict=True
    )
    for name, district, key in rows:
        by_name[normalise_street_name(name)].add((normalise_district_name(district), str(key)))
    by_name.pop("", None)
    return StreetNames({name: tuple(sorted(entries)) for name, entries in by_name.items()})


def match_street(name: object, district: object, streets: StreetNames) -> str | None:
    """Return the source_key of the one street that is meant, None where there is none or several.

    Parameters
    ----------
    name, district
        As a file spells them. Without a district, the name must be unique in the city.
        A street whose own district is not known matches any.
    streets
        From `index_streets`.

    Examples
    --------
    >>> streets = pd.DataFrame(
    ...     {"source_key": ["7", "8"], "name": ["坪山", "光明"], "district": ["坪山区", "光明新区"]}
    ... )
    >>> index = index_streets(streets)
    >>> match_street("坪山街道办事处", None, index), match_street("光明", "光明区", index)
    ('7', '8')
    >>> match_street("光明街道", "南山区", index) is None
    True
    """
    entries = streets.by_name.get(normalise_street_name(name), ())
    stated = normalise_district_name(district)
    if stated:
        entries = tuple(entry for entry in entries if entry[0] == stated) or tuple(
            entry for entry in entries if not entry[0]
        )
    return entries[0][1] if len(entries) == 1 else None


def _clean(text: object) -> str:
    if text is None or text is pd.NA or text != text:
        return ""
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(text)))
    return "" if plain.casefold() in _MISSING else plain


def _without_suffix(name: str, suffixes: tuple[str, ...]) -> str:
    for suffix in suffixes:
        if name.endswith(suffix) and len(name) - len(suffix) >= _LEAST_CHARACTERS:
            return name.removesuffix(suffix)
    return name
