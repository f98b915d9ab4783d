"""The part of a city's policy that complaints follow: categories, causes, density, small numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geo.errors import PolicyError
from geo.texts import N_


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
        raise PolicyError(N_("min_known_share 须在 0 到 1 之间"))
    causes = {cause.code for cause in policy.causes}
    for category in policy.categories:
        if category.cause not in causes:
            raise PolicyError(
                N_("投诉类别 {category} 所属的原因 {cause} 不存在"),
                category=category.code,
                cause=category.cause,
            )
