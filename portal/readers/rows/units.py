"""Units as headers and cells write them, and how many of the field's own unit one of them is.

A unit is told by its words: 万平方米, 元/㎡·月, 元每平方米每月. What is a unit and cannot be converted,
such as a fee per household where one per m² is wanted, is told from what is no unit at all.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

MU_M2 = 2000 / 3

_SCALES = {"亿": 1e8, "万": 1e4, "千": 1e3, "百": 1e2}
_MONEY = {"人民币元": 1.0, "元": 1.0, "yuan": 1.0, "rmb": 1.0, "cny": 1.0, "角": 0.1, "分": 0.01}
_AREAS = {
    **dict.fromkeys(("平方公里", "平方千米", "km2", "sqkm"), 1e6),
    **dict.fromkeys(("公顷", "hm2", "ha"), 1e4),
    "亩": MU_M2,
    **dict.fromkeys(("建筑平方米", "平方米", "平方", "平米", "m2", "sqm", "平"), 1.0),
}
# Months of each.
_TIMES = {"月": 1.0, "month": 1.0, "mo": 1.0, "季度": 3.0, "季": 3.0, "年": 12.0, "year": 12.0}
_SHARES = {"%": 0.01, "‰": 0.001}
_OTHERS = (
    *("单元", "车位", "平方英尺", "平方尺", "美元", "港元", "港币", "日元", "欧元"),
    *(
        "户",
        "套",
        "家",
        "间",
        "人",
        "个",
        "台",
        "部",
        "栋",
        "幢",
        "座",
        "次",
        "辆",
        "层",
        "梯",
        "级",
        "星",
        "等",
    ),
    *("日", "天", "%", "‰", "usd", "hkd", "sqft"),
)
_WORDS = sorted((*_SCALES, *_MONEY, *_AREAS, *_TIMES, *_OTHERS), key=len, reverse=True)
_TOKEN = re.compile("|".join(map(re.escape, _WORDS)))
_BETWEEN = re.compile(r"[\s/·.*•、,，每()（）\[\]⋅∙\-—:：]+|单位|计价|按|以|计")
# What units of a field mean by themselves, where they count things.
_COUNTED = {
    "households": frozenset({"户", "套", "家", "个"}),
    "lifts": frozenset({"部", "台", "个", "座", "梯"}),
    "grade": frozenset({"级", "星", "等"}),
}

UNIT_NAMES = {
    "m2": "㎡",
    "households": "户",
    "lifts": "部",
    "grade": "级",
    "years": "年",
    "yuan_m2": "元/㎡",
    "yuan_m2_month": "元/㎡·月",
    "share": "0–1",
}


class Told(Enum):
    """What a text says that is no unit of the field."""

    NOTHING = "nothing"
    ANOTHER = "another"


@dataclass(frozen=True)
class Unit:
    """How many of the field's own unit one is: ``scale`` (万) times ``size`` (公顷)."""

    scale: float = 1.0
    size: float = 1.0

    @property
    def factor(self) -> float:
        """What a number in this unit is multiplied by."""
        return self.scale * self.size


def parse_unit(text: str, wanted: str) -> Unit | Told:
    """Return the unit that ``text`` is, or whether it is another or none.

    Parameters
    ----------
    text
        A text in brackets, or what follows a number.
    wanted
        The field's unit: ``m2``, ``households``, ``lifts``, ``grade``, ``years``, ``yuan_m2``,
        ``yuan_m2_month``, ``share``.

    Examples
    --------
    >>> parse_unit("万平方米", "m2").factor, parse_unit("元/㎡·年", "yuan_m2_month").factor * 12
    (10000.0, 1.0)
    >>> parse_unit("元/户·月", "yuan_m2_month"), parse_unit("含地下", "m2")
    (<Told.ANOTHER: 'another'>, <Told.NOTHING: 'nothing'>)
    """
    plain = unicodedata.normalize("NFKC", text).casefold().replace("²", "2")
    words = _TOKEN.findall(plain)
    rest = _BETWEEN.sub("", _TOKEN.sub("", plain))
    if not words:
        return Told.NOTHING
    if rest and not any(word in _MONEY or word in _AREAS for word in words):
        return Told.NOTHING  # 含人防, 2024年: words that happen to be in it
    return _convert(words, wanted) or Told.ANOTHER


def _convert(words: list[str], wanted: str) -> Unit | None:
    scale = 1.0
    while words and words[0] in _SCALES:
        scale, words = scale * _SCALES[words[0]], words[1:]
    if wanted == "m2":
        return _only(words, _AREAS, scale)
    if wanted == "share":
        return Unit(_SHARES[words[0]]) if len(words) == 1 and words[0] in _SHARES and scale == 1 else None
    if wanted == "years":
        return Unit() if set(words) <= {"年"} and scale == 1 else None
    if wanted in _COUNTED:
        return Unit(scale) if set(words) <= _COUNTED[wanted] else None
    return _price(words, scale, by_month=wanted == "yuan_m2_month")


def _only(words: list[str], sizes: Mapping[str, float], scale: float) -> Unit | None:
    if not words:
        return Unit(scale)
    return Unit(scale, sizes[words[0]]) if len(words) == 1 and words[0] in sizes else None


def _price(words: list[str], scale: float, *, by_month: bool) -> Unit | None:
    """Return the unit of a price for each m²: 元 alone is one, a price for anything else is not."""
    money = [word for word in words if word in _MONEY]
    areas = [word for word in words if word in _AREAS]
    times = [word for word in words if word in _TIMES]
    if len(money) + len(areas) + len(times) < len(words) or len(money) != 1 or words[0] != money[0]:
        return None
    if len(areas) > 1 or len(times) > 1 or (times and not (by_month and areas)):
        return None
    if not areas and (scale != 1 or _MONEY[money[0]] != 1):
        return None
    size = _MONEY[money[0]] / (_AREAS[areas[0]] if areas else 1.0)
    return Unit(scale, size / (_TIMES[times[0]] if times else 1.0))
