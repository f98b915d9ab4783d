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
        Parts below ``fewest``. Where that is one alone, subtraction would give it away: then the
        smallest of the others is withheld with it, the first by name among equals.
    """
    small = {name for name, n in parts.items() if n < fewest}
    if len(small) == 1 and len(parts) > 1:
        small.add(min((n, name) for name, n in parts.items() if name not in small)[1])
    return frozenset(small)
