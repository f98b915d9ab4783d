"""Tags: what OpenStreetMap's words on a road or a node mean for a car."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

Tags = Mapping[str, str]

_MPH_IN_KMH = 1.609344
_LIMIT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(mph)?")
_ONEWAY_TAG = {
    "yes": "forward",
    "true": "forward",
    "1": "forward",
    "-1": "backward",
    "reverse": "backward",
    "no": "both",
    "false": "both",
    "0": "both",
}
# Most specific first: the first of these that is tagged decides.
_ACCESS_KEYS = ("motorcar", "motor_vehicle", "vehicle", "access")
_LIMITED = frozenset(
    {
        *("private", "destination", "delivery", "customers", "residents", "permit"),
        *("agricultural", "forestry", "military"),
    }
)
# What stands in the way of a car. Gates, lift gates, toll booths, kerbs and height limits do not.
_BARRIERS = frozenset(
    {
        *(
            "yes",
            "bollard",
            "block",
            "jersey_barrier",
            "planter",
            "log",
            "debris",
            "chain",
            "rope",
            "guard_rail",
        ),
        *("cycle_barrier", "motorcycle_barrier", "bus_trap", "sump_buster", "tank_trap", "spikes"),
        *("stile", "horse_stile", "turnstile", "full-height_turnstile", "kissing_gate", "wicket_gate"),
        *("wall", "fence", "hedge", "city_wall", "retaining_wall", "ditch", "barrier_board", "delineators"),
    }
)
_NEVER_STOPPED_ON = frozenset({"motorway", "motorway_link"})
# A passage through a building is a tunnel by name only.
_NO_TUNNEL = frozenset({"no", "building_passage"})


class Access(StrEnum):
    """Who may drive on a road."""

    OPEN = "open"
    LIMITED = "limited"  # a drive may begin or end there, and never leads through
    CLOSED = "closed"


def access_of(tags: Tags) -> Access:
    """Return who may drive on a road; of several values the most generous holds."""
    if tags.get("area") == "yes":
        return Access.CLOSED
    rule = _rule(tags)
    if rule <= {"no"}:
        return Access.CLOSED if rule else Access.OPEN
    return Access.LIMITED if rule <= _LIMITED | {"no"} else Access.OPEN


def is_barrier(tags: Tags) -> bool:
    """Whether no car passes a node: something stands there, or cars are told off."""
    kind = tags.get("barrier")
    rule = _rule(tags)
    if kind is None:
        return False
    if rule == {"no"}:
        return True
    if kind == "bollard" and tags.get("bollard") == "rising":
        return False
    # A bollard that cars may pass is one that is taken out for them.
    return kind in _BARRIERS and (not rule or rule <= _LIMITED | {"no"})


def _rule(tags: Tags) -> set[str]:
    value = next((tags[key] for key in _ACCESS_KEYS if key in tags), "")
    return {part.strip() for part in value.split(";")} - {""}


def may_stop(tags: Tags) -> bool:
    """Whether a drive may end beside a road: motorways, their links and tunnels are only driven through."""
    return (
        tags["highway"] not in _NEVER_STOPPED_ON
        and tags.get("motorroad") != "yes"
        and tags.get("tunnel", "no") in _NO_TUNNEL
    )


def direction_of(tags: Tags) -> str | None:
    """Return both, forward or backward; None where the direction changes by the hour."""
    tag = tags.get("oneway")
    if tag in {"reversible", "alternating"}:
        return None
    implied = tags.get("junction") in {"roundabout", "circular"} or tags["highway"] == "motorway"
    return _ONEWAY_TAG.get(tag or "", "forward" if implied else "both")


def speed_kmh_of(tags: Tags, speeds: Mapping[str, float]) -> float:
    """Return the class's speed, or the limit where it is lower: a limit is a ceiling, not a forecast."""
    speed = speeds[tags["highway"]]
    limit = _LIMIT.match(tags.get("maxspeed", ""))
    if limit is None or float(limit[1]) == 0:
        return speed
    return min(speed, float(limit[1]) * (_MPH_IN_KMH if limit[2] else 1.0))
