"""A query as a sentence that a mayor reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geo.policy.city import City
from geo.texts import Phrase, Say
from portal.errors import N_, P_
from portal.labels import NO_BAND, band_name, category_name, kind_name
from portal.query import CommunityQuery, Near

NAMED_STREETS = 3


@dataclass(frozen=True)
class Speaker:
    """What a sentence needs beside the query.

    Parameters
    ----------
    city, language, say
        Names of bands and categories, ``zh`` or ``en``, the translator.
    streets
        Names by id.
    firm
        Name of the firm that the query names by id.
    """

    city: City
    language: str
    say: Say
    streets: Mapping[int, str]
    firm: str | None = None

    def join(self, parts: list[str]) -> str:
        """Return parts of a sentence, separated as the language does."""
        return self.say(N_("，")).join(parts)

    def enumerate(self, names: list[str]) -> str:
        """Return a list of names, separated as the language does."""
        return self.say(N_("、")).join(names)


def describe(query: CommunityQuery, speaker: Speaker) -> str:
    """Return the conditions of ``query`` in words, without the number of results."""
    parts = [*_where(query, speaker), *_score(query, speaker), *_record(query, speaker)]
    words = speaker.join(parts) if parts else speaker.say(N_("全市"))
    return words[:1].upper() + words[1:]


def metres(value: float, say: Say) -> str:
    """Return a distance as people say it: ``500 米``, ``2.5 公里``."""
    if value < 1_000:
        return say(N_("{metres} 米"), metres=f"{value:g}")
    return say(N_("{kilometres} 公里"), kilometres=f"{value / 1_000:g}")


def _where(query: CommunityQuery, speaker: Speaker) -> list[str]:
    found = []
    if query.districts:
        found.append(speaker.say(N_("{districts}内"), districts=speaker.enumerate(list(query.districts))))
    if query.street_ids is not None:
        found.append(_streets(query.street_ids, speaker))
    if query.area is not None or query.area_key is not None:
        found.append(speaker.say(N_("所画范围内")))
    if query.near is not None:
        found.append(_near(query.near, speaker.say))
    return found


def _streets(street_ids: frozenset[int], speaker: Speaker) -> str:
    names = sorted(speaker.streets[street] for street in street_ids if street in speaker.streets)
    if not names:
        return speaker.say(N_("不在任何可查看的街道内"))
    if len(names) > NAMED_STREETS:
        shown = speaker.enumerate(names[:NAMED_STREETS])
        return speaker.say(N_("{streets}等 {n} 个街道内"), streets=shown, n=len(names))
    return speaker.say(N_("{streets}街道内"), streets=speaker.enumerate(names))


def _near(near: Near, say: Say) -> str:
    place = f"{near.lon:.5f},{near.lat:.5f}"
    if near.radius_m is None:
        return say(N_("距 {place} 最近的 {k} 个"), place=place, k=near.nearest)
    reach = metres(near.radius_m, say)
    if near.nearest is None:
        return say(N_("距 {place} {reach}以内"), place=place, reach=reach)
    return say(N_("距 {place} {reach}以内最近的 {k} 个"), place=place, reach=reach, k=near.nearest)


def _score(query: CommunityQuery, speaker: Speaker) -> list[str]:
    say, found = speaker.say, []
    if query.points_at_least is not None:
        found.append(say(N_("评分不低于 {points}"), points=f"{query.points_at_least:g}"))
    if query.points_below is not None:
        found.append(say(N_("评分低于 {points}"), points=f"{query.points_below:g}"))
    if query.bands:
        order = [*(band.code for band in speaker.city.scores.bands), NO_BAND]
        bands = sorted(query.bands, key=lambda code: order.index(code) if code in order else len(order))
        names = [band_name(code, speaker.city, speaker.language, say) for code in bands]
        found.append(say(N_("等级为{bands}"), bands=speaker.enumerate(names)))
    return found


def _record(query: CommunityQuery, speaker: Speaker) -> list[str]:
    say, found = speaker.say, []
    if query.complaints_at_least is not None:
        found.append(_complaints(query, speaker))
    if query.not_inspected_days is not None:
        found.append(say(P_("超过 {n} 天未巡查"), n=query.not_inspected_days))
    if query.overdue:
        found.append(say(N_("有逾期整改")))
    if query.kind is not None:
        found.append(say(N_("类型为{kind}"), kind=kind_name(query.kind, say)))
    if query.firm_id is not None:
        found.append(say(N_("由{firm}服务"), firm=speaker.firm or f"#{query.firm_id}"))
    if query.firm is not None:
        found.append(say(N_("企业名称含“{text}”"), text=query.firm))
    if query.text is not None:
        found.append(say(N_("名称含“{text}”"), text=query.text))
    return found


def _complaints(query: CommunityQuery, speaker: Speaker) -> str:
    n, days = query.complaints_at_least, Phrase(P_("{n} 天"), n=query.complaint_days)
    if query.category is None:
        return speaker.say(N_("近 {days}投诉 ≥ {n} 件"), days=days, n=n)
    category = category_name(query.category, speaker.city, speaker.language)
    return speaker.say(N_("近 {days}“{category}”投诉 ≥ {n} 件"), days=days, category=category, n=n)
