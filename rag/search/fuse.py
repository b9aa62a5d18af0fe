r"""One ranking out of several: a weighted sum of scores, each list's brought to 0 to 1.

.. math:: s(d) = \sum_{l \in L} w_l \, \frac{\max(s_l(d), m_l) - m_l}{M_l - m_l}

where :math:`M_l` is the best score of list :math:`l` and :math:`m_l` its floor, which no row that it does not hold exceeds; such rows
get 0 from it. Bruch, Gai and Ingber, An Analysis of Fusion Functions for Hybrid Retrieval, ACM TOIS 42, 2023, doi:10.1145/3596512:
"convex combination", there too better than reciprocal rank fusion, which forgets by how much the first is ahead of the second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Scored:
    """A list: its rows, best first and none twice, with their scores, and what rows that it does not hold score at most."""

    rows: Sequence[tuple[int, float]]
    floor: float

    def shares(self) -> list[float]:
        """The scores of the rows, from 0 at the floor to 1 at the best; 1 for all where there is nothing between these."""
        if not self.rows:
            return []
        span = self.rows[0][1] - self.floor
        return [max(0.0, (score - self.floor) / span) if span > 0 else 1.0 for _, score in self.rows]


@dataclass(frozen=True, slots=True)
class Fused:
    """A row, its fused score, and its 1-based rank in each list that holds it."""

    row: int
    score: float
    ranks: Mapping[str, int]


def fuse(lists: Mapping[str, Scored], weights: Mapping[str, float]) -> list[Fused]:
    """All rows of ``lists``, best first.

    Equal scores are ordered by best rank, then by row. A list of weight 0 takes no part, nor does an empty one.
    Raises ``KeyError`` for a list without a weight.
    """
    ranks: dict[int, dict[str, int]] = {}
    scores: dict[int, float] = {}
    for name in sorted(lists):
        if weights[name]:
            for rank, ((row, _), share) in enumerate(zip(lists[name].rows, lists[name].shares(), strict=True), 1):
                ranks.setdefault(row, {})[name] = rank
                scores[row] = scores.get(row, 0.0) + weights[name] * share
    fused = [Fused(row, scores[row], of) for row, of in ranks.items()]
    return sorted(fused, key=lambda f: (-f.score, min(f.ranks.values()), f.row))
