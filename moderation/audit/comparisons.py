"""Whether two shares differ beyond chance, exactly, and what many such questions cost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_REACH = 40.0
"""Standard deviations beyond which no table's probability counts: it is below 1e-300."""
_AS_LIKELY = 1e-7
"""Tables whose probabilities differ by less are as likely: what is left is rounding."""


def fisher(hits: int, of: int, rest_hits: int, rest_of: int) -> float:
    """Fisher's exact test of two shares, two-sided: R. A. Fisher, JRSS 98, 1935.

    The probability, given the sums, of all tables that are no likelier than this one. Tables far
    out are left out, so a million items cost what a few thousand tables do.

    Args:
        hits: in one group.
        of: items of it.
        rest_hits: in the other.
        rest_of: items of it.
    """
    both, whole = hits + rest_hits, of + rest_of
    least, most = max(0, both - rest_of), min(both, of)
    if least == most:
        return 1.0
    mean = of * both / whole
    spread = np.sqrt(mean * (1 - both / whole) * (rest_of / max(whole - 1, 1))) + 1.0
    low, high = (int(np.clip(mean + side * _REACH * spread, least, most)) for side in (-1, 1))
    if not low <= hits <= high:
        return 0.0
    steps = np.arange(low, high, dtype=np.float64)
    ratios = np.log((of - steps) * (both - steps)) - np.log(
        (steps + 1) * (rest_of - both + steps + 1)
    )
    logs = np.concatenate(([0.0], np.cumsum(ratios)))
    logs -= logs.max()
    tables = np.exp(logs)
    no_likelier = tables <= tables[hits - low] * (1 + _AS_LIKELY)
    return float(min(1.0, tables[no_likelier].sum() / tables.sum()))


def holm(p_values: Sequence[float]) -> list[float]:
    """P values corrected for their number: S. Holm, Scand. J. Statist. 6, 1979.

    Whatever hangs together among them, calling those at most 0.05 different is wrong about any of
    them in 1 of 20 runs at most.
    """
    adjusted, highest, many = [0.0] * len(p_values), 0.0, len(p_values)
    for rank, at in enumerate(sorted(range(many), key=lambda place: p_values[place])):
        highest = max(highest, min(1.0, (many - rank) * p_values[at]))
        adjusted[at] = highest
    return adjusted
