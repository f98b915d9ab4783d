"""For every key the shipped policy with another allowed value of it, and of what must change with it."""

from __future__ import annotations

import tomllib
from typing import Any

from geo.policy.catalogue import KEYS, value_at
from geo.policy.keys import Flag, Items, Number
from tests.geo.policy.documents import TEXT, changed

SHIPPED = tomllib.loads(TEXT)
# Keys of one sum: what one gets, another gives.
PAIRS = {
    "scores.weights.inspection": "scores.weights.street",
    "scores.weights.street": "scores.weights.residents",
    "scores.weights.residents": "scores.weights.complaints",
    "scores.weights.complaints": "scores.weights.inspection",
    "scores.handling_shares.response": "scores.handling_shares.resolution",
    "scores.handling_shares.resolution": "scores.handling_shares.satisfaction",
    "scores.handling_shares.satisfaction": "scores.handling_shares.response",
}
_OWN: dict[str, Any] = {
    "city.name": "深圳市",
    "city.name_en": "Shenzhen",
    "city.code": "shenzhen",
    "city.timezone": "Asia/Urumqi",
    "city.metric_epsg": 4547,
    "city.map_approval_number": "粤S(2025)001号",
    "scores.bands": [
        {"code": "a", "name": "甲", "name_en": "A", "at_least": 70.0, "colour": "#2c7bb6"},
        {"code": "b", "name": "乙", "name_en": "B", "at_least": 0, "colour": "#d7191c"},
    ],
    "scores.bonus_max": 3.0,
    "scores.inspection_indicators": {
        "management": 1.5,
        "order": 2.0,
        "cleaning": 3.0,
        "greening": 5.0,
        "equipment": 9.0,
    },
    "scores.street_indicators": {
        "cooperation": 1.0,
        "meetings": 2.0,
        "rectification": 3.0,
        "disclosure": 4.0,
    },
    "routes.class_speed_kmh": {
        name: speed + 1 for name, speed in SHIPPED["routes"]["class_speed_kmh"].items()
    },
    "routes.shift": [{"start": "08:30", "end": "11:30"}, {"start": "13:00", "end": "16:00"}],
    "complaint_category": SHIPPED["complaint_category"][:3],
    "complaint_cause": [*SHIPPED["complaint_cause"], {"code": "new", "name": "新", "name_en": "New"}],
}


def _other(path: str) -> Any:
    if path in _OWN:
        return _OWN[path]
    kind, value = KEYS[path].kind, value_at(SHIPPED, path)
    if isinstance(kind, Flag):
        return not value
    if isinstance(kind, Items):
        return [*value[:-1], value[-1] + 1]
    assert isinstance(kind, Number)
    step = 1 if kind.whole else (kind.most - kind.least) / 1000
    return value + step if value + step <= kind.most else value - step


def _pair(path: str) -> dict[str, Any]:
    """Return the document in which a part of a sum is another one."""
    step = 5.0 if "weights" in path else 0.05
    document = changed(path, round(value_at(SHIPPED, path) + step, 2))
    *parents, last = PAIRS[path].split(".")
    value_at(document, ".".join(parents))[last] = round(value_at(SHIPPED, PAIRS[path]) - step, 2)
    return document


DOCUMENTS = {path: _pair(path) if path in PAIRS else changed(path, _other(path)) for path in KEYS}
