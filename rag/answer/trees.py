"""Small decision trees over the features of a sentence, whose values add up: what features say together and their weighted sum does not.

That a sentence has a number counts for more where its passage is on the subject; a sum of weights cannot say so.
A tree is, in the file and in :data:`Tree`, a number, or ``[feature, limit, low, high]``: ``low`` (a tree) where the feature is at most the limit, else
``high``. They are learned by gradient boosting (Friedman 2001, doi:10.1214/aos/1013203451) in :mod:`rag.train.evidence`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Tree: TypeAlias = float | Sequence[Any]
"""A value, or ``[feature, limit, low, high]``."""


@dataclass(frozen=True, slots=True)
class Forest:
    """Trees side by side; all arrays have shape (trees, nodes), a leaf being a node that leads to itself.

    ``column`` is the feature looked at, ``limit`` its limit, ``low`` and ``high`` the nodes to go on with, ``value`` what a leaf is worth;
    ``depth`` steps lead from the first node of any tree to a leaf.
    """

    column: NDArray[np.intp]
    limit: NDArray[np.float32]
    low: NDArray[np.intp]
    high: NDArray[np.intp]
    value: NDArray[np.float64]
    depth: int

    def total(self, table: NDArray[np.float32]) -> NDArray[np.float64]:
        """The sum of what the trees say of each row of ``table``, shape (rows, features); shape (rows,)."""
        tree = np.arange(len(self.column))
        row = np.arange(len(table))[:, None]
        at = np.zeros((len(table), len(tree)), np.intp)
        for _ in range(self.depth):
            goes_low = table[row, self.column[tree, at]] <= self.limit[tree, at]
            at = np.where(goes_low, self.low[tree, at], self.high[tree, at])
        return np.asarray(self.value[tree, at].sum(axis=1))


def plant(trees: Sequence[Tree], names: Sequence[str]) -> Forest:
    """The forest of ``trees`` over the features ``names``, in the order of a table's columns.

    Raises ``ValueError`` for a feature that is not among them.
    """
    grown = [_nodes(tree, names) for tree in trees]
    most = max((len(nodes) for nodes in grown), default=1)
    shape = len(grown), most
    forest = Forest(
        np.zeros(shape, np.intp),
        np.zeros(shape, np.float32),
        np.zeros(shape, np.intp),
        np.zeros(shape, np.intp),
        np.zeros(shape),
        max((_depth(tree) for tree in trees), default=0),
    )
    for n, nodes in enumerate(grown):
        for k, node in enumerate(nodes):
            forest.column[n, k], forest.limit[n, k], forest.low[n, k], forest.high[n, k], forest.value[n, k] = node
    return forest


def _nodes(tree: Tree, names: Sequence[str]) -> list[tuple[int, float, int, int, float]]:
    """The nodes of ``tree``, its first one first: column, limit, the nodes that follow, value."""
    found: list[tuple[int, float, int, int, float]] = []

    def add(part: Tree) -> int:
        at = len(found)
        found.append((0, 0.0, at, at, 0.0))
        if isinstance(part, Sequence):
            name, limit, low, high = part
            column = list(names).index(name)
            found[at] = (column, float(limit), add(low), add(high), 0.0)
        else:
            found[at] = (0, 0.0, at, at, float(part))
        return at

    add(tree)
    return found


def _depth(tree: Tree) -> int:
    return 1 + max(_depth(tree[2]), _depth(tree[3])) if isinstance(tree, Sequence) else 0
