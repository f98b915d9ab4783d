"""The part of a city's policy that fees of firms are held against: guide prices and least scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geo.policy.keys import SHARE, Group, Items, Key, Number
from geo.texts import N_

_PRICE = Number(0, 100)
_YUAN = N_("元/㎡·月")
GROUP = Group(
    "fees",
    N_("收费"),
    (
        Key(
            "fees.guide_yuan_m2_month",
            N_("政府指导价"),
            N_("一至五级服务各自的指导价，从一级写起；自生效之日起用于小区卡片。"),
            Items(_PRICE, most=5),
            _YUAN,
        ),
        Key(
            "fees.lift_yuan_m2_month",
            N_("电梯加价"),
            N_("有电梯的小区在指导价上可以加收多少。"),
            _PRICE,
            _YUAN,
        ),
        Key(
            "fees.fire_yuan_m2_month",
            N_("消防加价"),
            N_("有消防设施的小区在指导价上可以加收多少。"),
            _PRICE,
            _YUAN,
        ),
        Key(
            "fees.allowed_float",
            N_("允许上浮"),
            N_("收费高出指导价多大比例还不算质价不符；供质价不符清单使用，清单尚未提供。"),
            SHARE,
        ),
        Key(
            "fees.minimum_score",
            N_("各级最低评分"),
            N_("一至五级服务各自至少应得的评分；供质价不符清单使用，清单尚未提供。"),
            Items(Number(0, 100), most=5),
            N_("分"),
        ),
    ),
)


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
