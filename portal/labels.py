"""What bands, categories, types of communities, levels of places and ways of placing are called."""

from __future__ import annotations

from geo.policy.city import City
from geo.texts import N_, Say
from portal.terms import Doubt, PlaceHow, PlaceLevel, Role, Ruling

NO_BAND = "none"  # the code of what has no score
KINDS = {
    "commodity": N_("商品房"),
    "affordable": N_("保障性住房"),
    "reform": N_("房改房"),
    "old": N_("老旧小区"),
    "mixed": N_("混合"),
}
LEVELS: dict[str, str] = {
    PlaceLevel.POINT: N_("坐标"),
    PlaceLevel.COMMUNITY: N_("小区"),
    PlaceLevel.NEIGHBOURHOOD: N_("社区"),
    PlaceLevel.STREET: N_("街道"),
    PlaceLevel.NONE: N_("未知"),
}
HOWS: dict[str, str] = {
    PlaceHow.COORDINATE: N_("按坐标"),
    PlaceHow.NAME: N_("按小区名称"),
    PlaceHow.ALIAS: N_("按小区别名"),
    PlaceHow.ADDRESS: N_("按地址"),
    PlaceHow.NEIGHBOURHOOD: N_("按社区"),
    PlaceHow.STREET: N_("按街道"),
    PlaceHow.OVERLAP: N_("按轮廓重叠"),
    PlaceHow.MANUAL: N_("人工指定"),
    PlaceHow.OUTSIDE: N_("在本市之外"),
    PlaceHow.NOT_FOUND: N_("没有找到"),
}

DOUBTS: dict[Doubt, str] = {
    Doubt.FAR_OFF: N_("坐标离本市街道过远"),
    Doubt.SHARED: N_("多个地点共用坐标"),
    Doubt.OTHER_STREET: N_("街道与坐标不符"),
    Doubt.OTHER_DISTRICT: N_("区与街道不符"),
}
RULINGS: dict[Ruling, str] = {Ruling.COORDINATE: N_("采用坐标"), Ruling.NAMED: N_("采用登记的位置")}

# What the demo accounts are called, by role; kept as their names.
DEMO_NAMES = {
    Role.LEADER: N_("演示·局领导"),
    Role.INSPECTOR: N_("演示·巡查员"),
    Role.STREET: N_("演示·街道干部"),
    Role.CLERK: N_("演示·业务员"),
    Role.REGULATOR: N_("演示·市场监管"),
    Role.ADMINISTRATOR: N_("演示·管理员"),
}


def account_name(name: str, say: Say) -> str:
    """Return the name of an account; only those of the demo accounts are translated."""
    return say(name) if name in DEMO_NAMES.values() else name


def city_name(city: City, language: str) -> str:
    """Return the city's name."""
    return city.name_en if language == "en" else city.name


def band_name(code: str, city: City, language: str, say: Say) -> str:
    """Return the label of a band; a code that the policy no longer knows stays as it is."""
    if code == NO_BAND:
        return say(N_("无评分"))
    band = next((band for band in city.scores.bands if band.code == code), None)
    if band is None:
        return code
    return band.name_en if language == "en" else band.name


def category_name(code: str, city: City, language: str) -> str:
    """Return the label of a category of complaints."""
    category = next((category for category in city.complaints.categories if category.code == code), None)
    if category is None:
        return code
    return category.name_en if language == "en" else category.name


def kind_name(kind: str | None, say: Say) -> str | None:
    """Return the label of a type of community; a register's own word stays as it is."""
    return None if kind is None else say(KINDS[kind]) if kind in KINDS else kind
