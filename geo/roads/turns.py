"""Turns that a driver must not, or must, take: walks along pieces, and how a piece of road carries them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from geo.errors import RoadError
from geo.texts import N_

_NO, _ONLY = "no", "only"


@dataclass(frozen=True)
class Turn:
    """A turn restriction as a walk of n pieces; the first is driven towards the junction, the last away.

    Parameters
    ----------
    is_only
        Whether the walk is the only way on for who drives its first piece;
        otherwise it is forbidden.
    nodes
        n + 1 node ids, from the far end of the first piece to the far end of the last.
    ways
        n way ids; piece i leads along way i from node i to node i + 1.
    """

    is_only: bool
    nodes: tuple[int, ...]
    ways: tuple[int, ...]

    def __str__(self) -> str:
        """Return the walk as it is stored: ``no``, then node, way, node, way … node."""
        walk = [self.nodes[0]]
        for way, node in zip(self.ways, self.nodes[1:], strict=True):
            walk += [way, node]
        return " ".join([_ONLY if self.is_only else _NO, *map(str, walk)])


def write_turns(turns: Iterable[Turn]) -> str | None:
    """Return the turns that begin on one piece as a text; None where there are none."""
    return "; ".join(sorted(map(str, turns))) or None


def read_turns(text: str | None) -> tuple[Turn, ...]:
    """Return the turns of a text written by `write_turns`.

    Raises
    ------
    RoadError
        The text is not one of these.
    """
    return tuple(_read(part) for part in text.split(";")) if isinstance(text, str) and text else ()


def _read(part: str) -> Turn:
    kind, *walk = part.split() or [""]
    try:
        ids = [int(number) for number in walk]
    except ValueError:
        ids = []
    if kind not in (_NO, _ONLY) or len(ids) < 5 or len(ids) % 2 == 0:  # two pieces and their three nodes
        raise RoadError(N_("转向限制“{turn}”读不懂"), remedy=N_("请重新导入道路"), turn=part.strip())
    return Turn(kind == _ONLY, tuple(ids[::2]), tuple(ids[1::2]))
