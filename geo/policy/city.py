"""The city's policy as a whole: what a city may decide differently, as frozen values.

`data/city.toml` is version 1; later versions are documents of the same shape
kept by the portal. Nothing here is a default in code: a missing key is an error.
Each part has a module of its own beside this one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from geo.errors import PolicyError
from geo.policy.complaints import ComplaintPolicy, check_complaint_policy, read_complaint_policy
from geo.policy.firms import FeePolicy, read_fee_policy
from geo.policy.places import (
    CoordinatePolicy,
    DatumPolicy,
    ShapePolicy,
    check_coordinate_policy,
    check_metric_epsg,
    read_coordinate_policy,
    read_datum_policy,
    read_shape_policy,
)
from geo.policy.routes import RoutePolicy, check_route_policy, read_route_policy
from geo.policy.scores import ScorePolicy, check_score_policy, read_score_policy
from geo.texts import N_


@dataclass(frozen=True)
class City:
    """One city's policy. Build it with `parse_city`."""

    code: str
    name: str
    name_en: str
    fictional: bool
    timezone: str
    metric_epsg: int
    map_approval_number: str
    scores: ScorePolicy
    fees: FeePolicy
    routes: RoutePolicy
    complaints: ComplaintPolicy
    datum: DatumPolicy
    coordinates: CoordinatePolicy
    shapes: ShapePolicy

    @property
    def zone(self) -> ZoneInfo:
        """The city's time zone."""
        return ZoneInfo(self.timezone)


def parse_city(document: Mapping[str, Any]) -> City:
    """Read a policy document (parsed TOML or JSON) into a `City`.

    Raises
    ------
    PolicyError
        A key is missing or has the wrong type, the weights do not sum to 100,
        the bands are not ordered best first, or a category names an unknown cause.
    """
    try:
        city = _build(document)
    except KeyError as error:
        raise PolicyError(N_("城市政策缺少 {key}"), key=error.args[0]) from error
    except (TypeError, ValueError) as error:
        raise PolicyError(N_("城市政策中有一个值的类型不对：{error}"), error=str(error)) from error
    _check(city)
    return city


def parse_city_toml(text: str) -> City:
    """Read a policy from TOML text; see `parse_city`."""
    try:
        return parse_city(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(N_("城市政策不是有效的 TOML：{error}"), error=str(error)) from error


def _build(document: Mapping[str, Any]) -> City:
    head = document["city"]
    return City(
        scores=read_score_policy(document["scores"]),
        fees=read_fee_policy(document["fees"]),
        routes=read_route_policy(document["routes"]),
        complaints=read_complaint_policy(document),
        datum=read_datum_policy(document["datum"]),
        coordinates=read_coordinate_policy(document["coordinates"]),
        shapes=read_shape_policy(document["shapes"]),
        code=str(head["code"]),
        name=str(head["name"]),
        name_en=str(head["name_en"]),
        fictional=bool(head["fictional"]),
        timezone=str(head["timezone"]),
        metric_epsg=int(head["metric_epsg"]),
        map_approval_number=str(head["map_approval_number"]),
    )


def _check(city: City) -> None:
    check_score_policy(city.scores)
    check_metric_epsg(city.metric_epsg)
    check_route_policy(city.routes)
    check_complaint_policy(city.complaints)
    check_coordinate_policy(city.coordinates)
