"""Passages put in order by a model that reads each one beside the question: a cross-encoder of sentence-transformers, also as ONNX.

Nogueira and Cho, Passage Re-ranking with BERT, 2019, arXiv:1901.04085. Off unless the setting ``reranker`` names a model: it reads
every candidate anew for each question. It has no part in the index. The one home of CrossEncoder.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from rag.errors import NoModelError
from rag.search import hub, onnx
from rag.types import Hit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

BATCH = 16
"""Pairs that torch reads at a time."""

_OTHERWISE = "unset RAG_RERANKER"


@dataclass(frozen=True)
class Reranker:
    """A cross-encoder. ``read`` gives a number for each pair of texts; more is better."""

    name: str
    read: Callable[[Sequence[tuple[str, str]]], NDArray[np.float32]]

    def scores(self, query: str, texts: Sequence[str]) -> list[float]:
        """How well each of ``texts`` answers ``query``; more is better, and there is no common scale."""
        if not texts:
            return []
        return [float(score) for score in self.read([(query, text) for text in texts])]

    def reorder(self, query: str, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        """``hits`` by the model's scores, which become theirs; equals stay in order."""
        scores = self.scores(query, [f"{hit.passage.head}\n{hit.passage.text}".strip() for hit in hits])
        order = sorted(range(len(hits)), key=lambda n: -scores[n])
        return tuple(Hit(hits[n].passage, scores[n], hits[n].ranks) for n in order)


@lru_cache(1)
def load(name: str) -> Reranker:
    """The reranker called ``name``, a folder or hub name, with ``#FILE`` for one of its ONNX files; read once.

    Raises
    ------
    NoModelError
        What runs it is not installed, the model is neither here nor to be had, or it gives more than one number a pair.
    """
    if graph := onnx.source(name, "reranker"):
        return _by_onnx(name, graph)
    return _by_torch(name)


def _by_onnx(name: str, graph: onnx.Source) -> Reranker:
    model = onnx.Scores(graph, _OTHERWISE)
    _one_a_pair(name, model.width)
    return Reranker(model.name, lambda pairs: model.of(pairs)[:, 0])


def _by_torch(name: str) -> Reranker:
    try:
        from sentence_transformers import CrossEncoder
    except ImportError:
        raise hub.not_installed("reranker", name, _OTHERWISE) from None
    model = hub.opened(CrossEncoder, "reranker", name, _OTHERWISE)
    _one_a_pair(name, model.num_labels)

    def read(pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        return np.asarray(model.predict(list(pairs), batch_size=BATCH, show_progress_bar=False), np.float32)

    return Reranker(name, read)


def _one_a_pair(name: str, width: int) -> None:
    if width != 1:
        raise NoModelError(
            f"reranker {name!r} gives {width} numbers a pair, not one score; name a model made for ranking, "
            f"such as BAAI/bge-reranker-v2-m3, or {_OTHERWISE}"
        )
