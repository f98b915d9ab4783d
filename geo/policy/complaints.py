"""The part of a city's policy that complaints follow: categories, causes, density, small numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geo.errors import PolicyError
from geo.policy.keys import CODE, SHARE, Column, Group, Items, Key, Number, Rows, Text
from geo.texts import N_

GROUP = Group(
    "complaints",
    N_("投诉"),
    (
        Key(
            "complaints.density_cell_m",
            N_("密度图的格距"),
            N_("投诉密度按这么大的格子估计；越小越细，也越慢。"),
            Number(25, 5_000),
            N_("米"),
        ),
        Key(
            "complaints.density_bandwidth_m",
            N_("密度图的平滑半径"),
            N_("一件投诉对多远的地方还算数；不小于格距。"),
            Number(25, 20_000),
            N_("米"),
        ),
        Key(
            "complaints.density_classes",
            N_("密度图的分级数"),
            N_("图例分成几级，各级面积大致相等。"),
            Number(2, 9, whole=True),
            N_("级"),
        ),
        Key(
            "complaints.suppress_below",
            N_("最少显示件数"),
            N_("投诉少于这个数的街道，地图和比较中不显示数字。"),
            Number(1, 1_000, whole=True),
            N_("件"),
        ),
        Key(
            "complaints.min_known_share",
            N_("基数最少占比"),
            N_("街道里至少这么大比例的小区填了户数（或面积），才显示每千户（或每十万平方米）的投诉率。"),
            SHARE,
        ),
        Key(
            "complaint_category",
            N_("投诉类别"),
            N_("工单的类型名含“match”中任何一个词就归入该类，取第一个符合的；都不符合的不是物业事项。"),
            Rows(
                (
                    Column("code", N_("代码"), CODE),
                    Column("name", N_("中文名"), Text()),
                    Column("name_en", N_("英文名"), Text()),
                    Column("cause", N_("原因"), CODE),
                    Column("match", N_("匹配词"), Items(Text(most=40), most=200)),
                ),
                most=60,
            ),
        ),
        Key(
            "complaint_cause",
            N_("不满原因"),
            N_("每个投诉类别归入其中一个。"),
            Rows(
                (
                    Column("code", N_("代码"), CODE),
                    Column("name", N_("中文名"), Text()),
                    Column("name_en", N_("英文名"), Text()),
                ),
                most=12,
            ),
        ),
    ),
)


@dataclass(frozen=True)
class ComplaintCategory:
    """A category of complaints, mapped to one of the leaders' causes."""

    code: str
    name: str
    name_en: str
    cause: str
    match: tuple[str, ...]


@dataclass(frozen=True)
class ComplaintCause:
    """One of the leaders' four causes of dissatisfaction."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True)
class DensityPolicy:
    """How the density surface of complaints is drawn."""

    cell_m: float
    bandwidth_m: float
    classes: int


@dataclass(frozen=True)
class ComplaintPolicy:
    """How complaints are sorted, drawn and withheld.

    A street with fewer complaints than `suppress_below` shows no figure; one where less than
    `min_known_share` of the communities state what a rate divides by shows no such rate.
    """

    categories: tuple[ComplaintCategory, ...]
    causes: tuple[ComplaintCause, ...]
    suppress_below: int
    min_known_share: float
    density: DensityPolicy

    def category_of(self, words: str) -> ComplaintCategory | None:
        """Return the first category one of whose match words occurs in ``words``."""
        return next((c for c in self.categories if any(word in words for word in c.match)), None)


def read_complaint_policy(document: Mapping[str, Any]) -> ComplaintPolicy:
    """Read ``complaints``, categories and causes; KeyError, TypeError or ValueError where they are faulty.

    Parameters
    ----------
    document
        The whole policy: categories and causes are tables of their own.
    """
    complaints = document["complaints"]
    return ComplaintPolicy(
        categories=tuple(
            ComplaintCategory(c["code"], c["name"], c["name_en"], c["cause"], tuple(c["match"]))
            for c in document["complaint_category"]
        ),
        causes=tuple(ComplaintCause(**cause) for cause in document["complaint_cause"]),
        suppress_below=int(complaints["suppress_below"]),
        min_known_share=float(complaints["min_known_share"]),
        density=DensityPolicy(
            cell_m=float(complaints["density_cell_m"]),
            bandwidth_m=float(complaints["density_bandwidth_m"]),
            classes=int(complaints["density_classes"]),
        ),
    )


def check_complaint_policy(policy: ComplaintPolicy) -> None:
    """Refuse what no complaint could be sorted by.

    Raises
    ------
    PolicyError
        A share is none, or a category names an unknown cause.
    """
    if not 0 <= policy.min_known_share <= 1:
        raise PolicyError(
            N_("min_known_share 须在 0 到 1 之间"),
            remedy=N_("请填写 0 到 1 之间的数"),
            field="complaints.min_known_share",
        )
    causes = {cause.code for cause in policy.causes}
    for category in policy.categories:
        if category.cause not in causes:
            raise PolicyError(
                N_("投诉类别 {category} 所属的原因 {cause} 不存在"),
                remedy=N_("请先在不满原因中写明 {cause}，或改用已有的原因"),
                field="complaint_category",
                category=category.code,
                cause=category.cause,
            )
