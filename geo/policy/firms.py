"""The part of a city's policy that fees of firms are held against: guide prices and least scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class FeePolicy:
    """Guide prices in yuan per m² and month, by grade 1 to 5, and what is tolerated."""

    allowed_float: float
    lift_yuan_m2_month: float
    fire_yuan_m2_month: float
    guide_yuan_m2_month: tuple[float, ...]
    minimum_score: tuple[float, ...]


def read_fee_policy(fees: Mapping[str, Any]) -> FeePolicy:
    """Read ``fees`` of a policy document; KeyError, TypeError or ValueError where it is faulty."""
    return FeePolicy(
        allowed_float=float(fees["allowed_float"]),
        lift_yuan_m2_month=float(fees["lift_yuan_m2_month"]),
        fire_yuan_m2_month=float(fees["fire_yuan_m2_month"]),
        guide_yuan_m2_month=tuple(map(float, fees["guide_yuan_m2_month"])),
        minimum_score=tuple(map(float, fees["minimum_score"])),
    )
