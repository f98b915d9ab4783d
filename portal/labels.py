"""What bands, categories and types of communities are called in the reader's language."""

from __future__ import annotations

from geo.policy.city import City
from geo.texts import N_, Say

NO_BAND = "none"  # the code of what has no score
KINDS = {
    "commodity": N_("商品房"),
    "affordable": N_("保障性住房"),
    "reform": N_("房改房"),
    "old": N_("老旧小区"),
    "mixed": N_("混合"),
}


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
