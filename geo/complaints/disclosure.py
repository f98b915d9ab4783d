"""Which small counts are withheld, so that nobody can tell them from what is shown.

Primary and complementary suppression of a table with told totals: Hundepool et al. 2012,
Statistical Disclosure Control, chapter 4.
"""

from __future__ import annotations

from collections.abc import Mapping


def withheld(parts: Mapping[str, int], fewest: int) -> frozenset[str]:
    """Return the parts of a told total that are not shown.

    Parameters
    ----------
    parts
        Count of every part, also of those that count nothing.
    fewest
        Smallest count that is shown.

    Returns
    -------
    frozenset of str
        Parts below ``fewest``. Where subtraction would give them away, since they are one alone, all 0
        or all as large as a small part can be, then the smallest of the others is withheld with
        them, the first by name among equals.
    """
    small = {name for name, n in parts.items() if n < fewest}
    others = [(n, name) for name, n in parts.items() if name not in small]
    together = sum(parts[name] for name in small)
    if small and others and (len(small) == 1 or together in (0, len(small) * (fewest - 1))):
        small.add(min(others)[1])
    return frozenset(small)
