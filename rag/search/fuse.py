r"""One ranking out of several: weighted reciprocal rank fusion.

.. math:: s(d) = \sum_{l \in L} \frac{w_l}{k + r_l(d)}

where :math:`r_l(d)` is the 1-based rank of :math:`d` in list :math:`l`; a list that does not hold it adds nothing.
Cormack, Clarke and Büttcher, Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning Methods,
SIGIR 2009, doi:10.1145/1571941.1572114, where all weights are 1 and k = 60.

That k makes the first places of a list nearly equal, which suits many lists of like quality. Of two unlike lists the
worse then reorders the better, so k is small here: the first places of each list count for much, the rest for little.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

K = 2


@dataclass(frozen=True, slots=True)
class Fused:
    """A row, its fused score, and its 1-based rank in each list that holds it."""

    row: int
    score: float
    ranks: Mapping[str, int]


def fuse(lists: Mapping[str, Sequence[int]], weights: Mapping[str, float], k: int = K) -> list[Fused]:
    """All rows of ``lists`` (each best first, no row twice), best first.

    Equal scores are ordered by best rank, then by row. A list of weight 0 takes no part, nor does an empty one.
    Raises ``KeyError`` for a list without a weight.
    """
    ranks: dict[int, dict[str, int]] = {}
    for name in sorted(lists):
        if weights[name]:
            for rank, row in enumerate(lists[name], 1):
                ranks.setdefault(row, {})[name] = rank
    fused = [Fused(row, sum(weights[n] / (k + r) for n, r in of.items()), of) for row, of in ranks.items()]
    return sorted(fused, key=lambda f: (-f.score, min(f.ranks.values()), f.row))
