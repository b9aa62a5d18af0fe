"""Which sentences answer: every sentence of the passages found is scored by a weighted sum of plain features, and by small trees over them.

The features are those of :mod:`rag.answer.features`; the weights are in ``rag/models/evidence.json``, the trees
(:mod:`rag.answer.trees`) in ``rag/models/trees.json``, both learned by ``rag.train.evidence``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.answer.features import FEATURES, features
from rag.answer.trees import Forest, plant
from rag.zh import normalise, sentences

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rag.answer.asked.question import Question
    from rag.search.encode import Encoder
    from rag.search.searchable import Searchable
    from rag.types import Hit, Passage

_MODELS = Path(__file__).resolve().parent.parent / "models"
WEIGHTS, TREES = _MODELS / "evidence.json", _MODELS / "trees.json"


@dataclass(frozen=True, slots=True)
class Span:
    """A sentence of a passage, ``passage.text[start:end]``; ``place`` is the passage's 0-based place among the hits."""

    passage: Passage
    start: int
    end: int
    place: int

    @property
    def text(self) -> str:
        """The sentence as printed."""
        return self.passage.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence with its score and its features, in the order of :data:`FEATURES`."""

    span: Span
    score: float
    features: tuple[float, ...]

    @property
    def text(self) -> str:
        """The sentence as printed."""
        return self.span.text

    @property
    def passage(self) -> Passage:
        """The passage it is from."""
        return self.span.passage

    def feature(self, name: str) -> float:
        """One of its features by name."""
        return self.features[FEATURES.index(name)]


@cache
def learned() -> Mapping[str, Any]:
    """What was learned: ``weights`` by feature, ``gate`` by signal, ``bias``."""
    table: Mapping[str, Any] = json.loads(WEIGHTS.read_text("utf-8"))
    return table


def weights() -> tuple[float, ...]:
    """The weight of each feature."""
    return tuple(float(learned()["weights"][name]) for name in FEATURES)


@cache
def forest() -> Forest:
    """The trees over the features."""
    return plant(json.loads(TREES.read_text("utf-8")), FEATURES)


def rank(question: Question, hits: Sequence[Hit], store: Searchable, encoder: Encoder) -> list[Evidence]:
    """Every sentence of ``hits`` (best first, from ``store``), best first."""
    found = spans(hits)
    if not found:
        return []
    table = features(question, hits, found, store, encoder)
    return order(found, table, score(table, np.asarray(weights(), np.float32), forest()))


def score(
    table: NDArray[np.float32], by: NDArray[np.floating[Any]], trees: Forest | None = None
) -> NDArray[np.floating[Any]]:
    """The score of each row of ``table``, shape (sentences, len(FEATURES)): its sum weighted ``by`` a weight a column, and what ``trees`` add."""
    weighted: NDArray[np.floating[Any]] = table @ by
    return weighted + trees.total(table) if trees else weighted


def order(found: Sequence[Span], table: NDArray[np.float32], scores: NDArray[np.floating[Any]]) -> list[Evidence]:
    """``found`` as evidence, best first; ``table`` has shape (len(found), len(FEATURES)), ``scores`` shape (len(found),)."""
    return [
        Evidence(found[i], float(scores[i]), tuple(float(x) for x in table[i]))
        for i in np.argsort(-scores, kind="stable")
    ]


def spans(hits: Sequence[Hit]) -> list[Span]:
    """Every sentence of ``hits``, in order."""
    return [
        Span(hit.passage, start, end, place)
        for place, hit in enumerate(hits)
        for start, end in sentences(hit.passage.text)
    ]


def redundant(evidence: Evidence, chosen: Sequence[Evidence]) -> bool:
    """Whether ``evidence`` says little that the sentences ``chosen`` do not: most of its character pairs are theirs."""
    pairs = set(pairwise(normalise(evidence.text)))
    return any(len(pairs & set(pairwise(normalise(c.text)))) > 0.7 * len(pairs) for c in chosen)
