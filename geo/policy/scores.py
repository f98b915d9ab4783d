"""The part of a city's policy that scores follow: bands, weights, what each dimension is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geo.errors import PolicyError
from geo.policy.keys import CODE, SHARE, Column, Group, Items, Key, Number, Rows, Table, Text, spell_number
from geo.texts import N_

_POINTS = Number(0, 100)
_MAXIMUM = Number(0.1, 100)
GROUP = Group(
    "scores",
    N_("服务评分"),
    (
        Key(
            "scores.bands",
            N_("等级"),
            N_("得分达到“最低分”的小区评为这一等级；从高到低排列，最低一级从 0 分起。"),
            Rows(
                (
                    Column("code", N_("代码"), CODE),
                    Column("name", N_("中文名"), Text()),
                    Column("name_en", N_("英文名"), Text()),
                    Column("at_least", N_("最低分"), _POINTS),
                    Column("colour", N_("颜色"), Text(7, 7, "#[0-9a-fA-F]{6}", N_("# 加六位十六进制数"))),
                ),
                most=9,
            ),
        ),
        Key(
            "scores.weights.inspection",
            N_("权重：主管部门现场检查"),
            N_("现场检查在总分中占多少；四项权重之和须为 100。"),
            _POINTS,
            N_("分"),
        ),
        Key(
            "scores.weights.street",
            N_("权重：街道社区评价"),
            N_("街道社区评价在总分中占多少；四项权重之和须为 100。"),
            _POINTS,
            N_("分"),
        ),
        Key(
            "scores.weights.residents",
            N_("权重：业主满意度"),
            N_("业主满意度在总分中占多少；四项权重之和须为 100。"),
            _POINTS,
            N_("分"),
        ),
        Key(
            "scores.weights.complaints",
            N_("权重：投诉办理"),
            N_("投诉办理在总分中占多少；四项权重之和须为 100。"),
            _POINTS,
            N_("分"),
        ),
        Key(
            "scores.bonus_max",
            N_("加分上限"),
            N_("党建示范、表彰等加分合计最多加多少。"),
            Number(0, 5),
            N_("分"),
        ),
        Key(
            "scores.finding_deductions",
            N_("检查问题扣分档"),
            N_("一个检查问题可以扣的分数；导入的问题各带自己的扣分，这里只决定示例数据。"),
            Items(_MAXIMUM, most=10),
            N_("分"),
        ),
        Key(
            "scores.inspection_indicators",
            N_("现场检查的指标"),
            N_("每个指标的满分，问题从中扣除，最低 0 分；各指标按满分之比分享这一维度的权重。"),
            Table(_MAXIMUM),
            N_("分"),
        ),
        Key(
            "scores.street_indicators",
            N_("街道社区评价的指标"),
            N_("每个指标的满分；各指标按满分之比分享这一维度的权重。"),
            Table(_MAXIMUM),
            N_("分"),
        ),
        Key(
            "scores.complaint_indicators.rate",
            N_("投诉指标：投诉率"),
            N_("每千户投诉量按全市排位得分，这里是满分。"),
            _MAXIMUM,
            N_("分"),
        ),
        Key(
            "scores.complaint_indicators.handling",
            N_("投诉指标：办理"),
            N_("响应、解决、满意三率合成的得分，这里是满分。"),
            _MAXIMUM,
            N_("分"),
        ),
        Key(
            "scores.handling_shares.response",
            N_("办理：响应率占比"),
            N_("响应率在办理得分中占多少；三项占比之和须为 1。"),
            SHARE,
        ),
        Key(
            "scores.handling_shares.resolution",
            N_("办理：解决率占比"),
            N_("解决率在办理得分中占多少；三项占比之和须为 1。"),
            SHARE,
        ),
        Key(
            "scores.handling_shares.satisfaction",
            N_("办理：满意率占比"),
            N_("满意率在办理得分中占多少；三项占比之和须为 1。"),
            SHARE,
        ),
        Key(
            "scores.survey.min_responses",
            N_("满意度调查：最少份数"),
            N_("有效答卷少于这个数的调查不计分，注明“样本不足”。"),
            Number(1, 10_000, whole=True),
            N_("份"),
        ),
        Key(
            "scores.survey.min_share_of_households",
            N_("满意度调查：最少占户数"),
            N_("有效答卷占总户数不足这个比例的调查不计分，注明“样本不足”。"),
            SHARE,
        ),
    ),
)


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
        raise PolicyError(
            N_("评分各维度的权重之和须为 100，现在是 {total}"),
            remedy=N_("请调整各项权重，使其和为 100"),
            field="scores.weights.inspection",
            total=spell_number(round(sum(scores.weights.values()), 9)),
        )
    floors = [band.at_least for band in scores.bands]
    if floors != sorted(floors, reverse=True) or not floors or floors[-1] != 0:
        raise PolicyError(
            N_("等级须从高到低排列，最低一级从 0 分起"),
            remedy=N_("请核对各等级的最低分"),
            field="scores.bands",
        )
    if set(scores.weights) != {"inspection", "street", "residents", "complaints"}:
        raise PolicyError(
            N_("评分的维度须为 inspection、street、residents、complaints"), field="scores.weights.inspection"
        )
    if set(scores.complaint_indicators) != {"rate", "handling"}:
        raise PolicyError(N_("投诉办理的指标须为 rate、handling"), field="scores.complaint_indicators.rate")
    if set(scores.handling_shares) != {"response", "resolution", "satisfaction"}:
        raise PolicyError(
            N_("handling 须分为 response、resolution、satisfaction"), field="scores.handling_shares.response"
        )
    if abs(sum(scores.handling_shares.values()) - 1) > 1e-9:
        raise PolicyError(
            N_("response、resolution、satisfaction 的占比之和须为 1，现在是 {total}"),
            remedy=N_("请调整三项占比，使其和为 1"),
            field="scores.handling_shares.response",
            total=spell_number(round(sum(scores.handling_shares.values()), 9)),
        )
    maxima = [*scores.inspection_indicators.values(), *scores.street_indicators.values()]
    if not scores.inspection_indicators or not scores.street_indicators or min(maxima) <= 0:
        raise PolicyError(
            N_("每个指标的满分须大于 0"),
            remedy=N_("不用的指标请删去"),
            field="scores.inspection_indicators",
        )


def _numbers(table: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(number) for name, number in table.items()}
