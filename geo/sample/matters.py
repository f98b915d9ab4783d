"""What complaints are about: property matters in the policy's words, and matters of other offices."""

from __future__ import annotations

import numpy as np

from geo.errors import PolicyError
from geo.policy.city import City
from geo.sample.arrays import Cells, Floats, Ints
from geo.texts import N_

PROPERTY_EVENT, PROPERTY_MAIN = "住房建设", "小区管理"
_TAILS = ("问题", "不到位", "投诉", "久未处理", "")
# Share of each category, and its season: how far it swings and the month (0 = January) of its peak.
_CATEGORIES = {
    "owners_committee": (0.03, 0.0, 0),
    "maintenance_fund": (0.04, 0.1, 5),
    "public_revenue": (0.03, 0.1, 11),
    "fee_disclosure": (0.07, 0.4, 0),
    "lift": (0.11, 0.2, 7),
    "fire_lane": (0.05, 0.15, 11),
    "flying_wire": (0.05, 0.25, 6),
    "parking": (0.12, 0.2, 1),
    "repair": (0.16, 0.35, 5),
    "cleaning": (0.13, 0.35, 7),
    "greening": (0.04, 0.3, 4),
    "security": (0.05, 0.1, 1),
    "illegal_building": (0.04, 0.1, 9),
    "noise": (0.05, 0.2, 6),
    "attitude": (0.03, 0.0, 0),
    "other": (0.05, 0.0, 0),
}
_UNKNOWN_CATEGORY = (0.04, 0.0, 0)
LEADING_SHARE = 0.5  # of complaints in a hot spot that are about its leading category
# Event type, main type, sub type, unit: matters that no property firm answers for.
OTHER_MATTERS = (
    ("市容环卫", "占道经营", "无照经营游商", "城市管理局"),
    ("市容环卫", "占道经营", "店外经营", "城市管理局"),
    ("市容环卫", "废弃物堆放", "积存渣土", "城市管理局"),
    ("市容环卫", "道路清扫", "道路积水", "城市管理局"),
    ("市政设施", "公用部件", "下水井盖破损", "市政服务中心"),
    ("市政设施", "道路设施", "道路破损", "市政服务中心"),
    ("市政设施", "公用部件", "路灯不亮", "市政服务中心"),
    ("环保水务", "建筑施工噪声", "夜间施工", "生态环境局"),
    ("环保水务", "工业噪声", "厂界噪声", "生态环境局"),
    ("环保水务", "供水", "停水", "水务局"),
    ("交通运输", "公共交通管理", "公交线路", "交通运输局"),
    ("交通运输", "道路交通", "违章停放", "交警大队"),
    ("教育卫生", "义务教育", "学位申请", "教育局"),
    ("劳动社保", "劳动关系", "拖欠工资", "人力资源和社会保障局"),
    ("食药市监", "消费维权", "退费纠纷", "市场监督管理局"),
    ("社区管理", "户籍居住", "居住登记", "政务服务中心"),
)


def phrase_categories(city: City) -> dict[str, list[str]]:
    """Return, by category, sub types that `City.category_of` maps onto it, alone and with the other types.

    Raises
    ------
    PolicyError
        A category has no words of its own: every word belongs to an earlier one.
    """
    phrases: dict[str, list[str]] = {}
    for category in city.complaints.categories:
        texts = [word + tail for word in category.match for tail in _TAILS]
        fitting = [
            t for t in texts if all(city.complaints.category_of(w) is category for w in (t, words_of(t)))
        ]
        if not fitting:
            raise PolicyError(N_("没有投诉能归入类别 {category}"), category=category.code)
        phrases[category.code] = fitting
    return phrases


def words_of(sub_type: str) -> str:
    """Return a property matter's types as one text."""
    return f"{PROPERTY_EVENT} {PROPERTY_MAIN} {sub_type}"


def draw_property_matters(months: Ints, leading: Cells, city: City, rng: np.random.Generator) -> Cells:
    """Draw the sub type of each property matter.

    Parameters
    ----------
    months
        Calendar month of each, 0 is January.
    leading
        Code of the category that leads at its place and time, or None.
    """
    codes = [category.code for category in city.complaints.categories]
    share, swing, peak = np.array([_CATEGORIES.get(code, _UNKNOWN_CATEGORY) for code in codes]).T
    season = 1 + swing * np.cos(2 * np.pi * (np.arange(12)[:, None] - peak) / 12)
    limits = np.cumsum(share * season, axis=1)
    drawn = _pick_by_limits(limits[months] / limits[months, -1:], rng)
    chosen = np.array(codes, dtype=object)[drawn]
    follow = (leading != None) & (rng.random(len(months)) < LEADING_SHARE)  # noqa: E711 (element-wise)
    chosen[follow] = leading[follow]
    phrases = phrase_categories(city)
    luck = rng.random(len(months))
    return np.array(
        [phrases[c][int(u * len(phrases[c]))] for c, u in zip(chosen, luck, strict=True)], dtype=object
    )


def draw_other_matters(count: int, city: City, rng: np.random.Generator) -> Cells:
    """Draw event type, main type, sub type and unit (columns) of matters that are no property matters."""
    fitting = [m for m in OTHER_MATTERS if city.complaints.category_of(" ".join(m[:3])) is None]
    return np.array(fitting, dtype=object)[rng.integers(0, len(fitting), count)]


def _pick_by_limits(limits: Floats, rng: np.random.Generator) -> Ints:
    return np.asarray((rng.random((len(limits), 1)) > limits).sum(axis=1).clip(max=limits.shape[1] - 1))
