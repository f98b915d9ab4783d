"""The part of a city's policy that scores follow: bands, weights, what each dimension is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geo.errors import PolicyError
from geo.texts import N_


@dataclass(frozen=True)
class Band:
    """One grade (等级) of the service score.

    Parameters
    ----------
    code, name, name_en
        Key and labels.
    at_least
        Lowest score of the band, in points of 100.
    colour
        Fill colour, ``#rrggbb``.
    """

    code: str
    name: str
    name_en: str
    at_least: float
    colour: str


@dataclass(frozen=True)
class ScorePolicy:
    """Bands (best first), weights of the dimensions and what each is made of.

    Indicators are maxima in points; a dimension's indicators share its weight in
    proportion to them, so that a weight can change without touching them.
    `handling_shares` split the indicator ``handling`` of complaints.
    """

    bands: tuple[Band, ...]
    weights: Mapping[str, float]
    bonus_max: float
    finding_deductions: tuple[float, ...]
    inspection_indicators: Mapping[str, float]
    street_indicators: Mapping[str, float]
    complaint_indicators: Mapping[str, float]
    handling_shares: Mapping[str, float]
    survey_min_responses: int
    survey_min_share_of_households: float


def read_score_policy(scores: Mapping[str, Any]) -> ScorePolicy:
    """Read ``scores`` of a policy document; KeyError, TypeError or ValueError where it is faulty."""
    return ScorePolicy(
        bands=tuple(Band(**band) for band in scores["bands"]),
        weights=_numbers(scores["weights"]),
        bonus_max=float(scores["bonus_max"]),
        finding_deductions=tuple(map(float, scores["finding_deductions"])),
        inspection_indicators=_numbers(scores["inspection_indicators"]),
        street_indicators=_numbers(scores["street_indicators"]),
        complaint_indicators=_numbers(scores["complaint_indicators"]),
        handling_shares=_numbers(scores["handling_shares"]),
        survey_min_responses=int(scores["survey"]["min_responses"]),
        survey_min_share_of_households=float(scores["survey"]["min_share_of_households"]),
    )


def check_score_policy(scores: ScorePolicy) -> None:
    """Refuse what no score could follow.

    Raises
    ------
    PolicyError
        The weights do not sum to 100, the bands are not ordered best first, or a dimension or an
        indicator is not one that scores are made of.
    """
    if abs(sum(scores.weights.values()) - 100) > 1e-9:
        raise PolicyError(N_("评分各维度的权重之和须为 100"))
    floors = [band.at_least for band in scores.bands]
    if floors != sorted(floors, reverse=True) or not floors or floors[-1] != 0:
        raise PolicyError(N_("等级须从高到低排列，最低一级从 0 分起"))
    if set(scores.weights) != {"inspection", "street", "residents", "complaints"}:
        raise PolicyError(N_("评分的维度须为 inspection、street、residents、complaints"))
    if set(scores.complaint_indicators) != {"rate", "handling"}:
        raise PolicyError(N_("投诉办理的指标须为 rate、handling"))
    if set(scores.handling_shares) != {"response", "resolution", "satisfaction"}:
        raise PolicyError(N_("handling 须分为 response、resolution、satisfaction"))
    if abs(sum(scores.handling_shares.values()) - 1) > 1e-9:
        raise PolicyError(N_("response、resolution、satisfaction 的占比之和须为 1"))
    maxima = [*scores.inspection_indicators.values(), *scores.street_indicators.values()]
    if not scores.inspection_indicators or not scores.street_indicators or min(maxima) <= 0:
        raise PolicyError(N_("每个指标的满分须大于 0"))


def _numbers(table: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(number) for name, number in table.items()}
