"""Filters as expressions of Milvus: of numbers alone, whatever was typed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.search.facets import FIELDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rag.search.facets import Facets
    from rag.types import Filters

NOTHING = "row < 0"


class Expressions:
    """What lets articles pass by their values, those of ``facets``.

    Values are numbered in their own order here, so that the days of a month and the files of a folder are one range.
    """

    def __init__(self, facets: Facets) -> None:
        self._facets = facets
        self._ranks = {name: _ranks(values) for name, values in facets.by_name.items()}

    def of(self, wanted: Filters) -> str:
        """The expression for ``wanted``; empty if it lets everything pass."""
        return " and ".join(_within(name, np.sort(self._ranks[name][of])) for name, of in self._facets.letting(wanted))

    def rows(self) -> Iterator[dict[str, int]]:
        """What is kept with each passage, in order, for :meth:`of` to ask for."""
        ranks = [self._ranks[name] for name in FIELDS]
        for numbers in self._facets.numbers().tolist():
            yield {name: int(rank[n]) for name, rank, n in zip(FIELDS, ranks, numbers, strict=True)}


def _ranks(values: Sequence[Any]) -> NDArray[np.int64]:
    """The place of each value in their order."""
    keys = [json.dumps(value, ensure_ascii=False) for value in values]
    ranks = np.empty(len(keys), np.int64)
    ranks[sorted(range(len(keys)), key=keys.__getitem__)] = np.arange(len(keys))
    return ranks


def _within(field: str, ranks: NDArray[np.int64]) -> str:
    if not len(ranks):
        return NOTHING
    runs = np.split(ranks, np.flatnonzero(np.diff(ranks) != 1) + 1)
    alone = [int(run[0]) for run in runs if len(run) == 1]
    parts = [f"({field} >= {run[0]} and {field} <= {run[-1]})" for run in runs if len(run) > 1]
    if alone:
        parts.append(f"{field} in {alone}")
    return f"({' or '.join(parts)})"
