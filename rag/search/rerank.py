"""Passages put in order by a model that reads each one beside the question: a cross-encoder of sentence-transformers.

Nogueira and Cho, Passage Re-ranking with BERT, 2019, arXiv:1901.04085. Off unless the setting ``reranker`` names a model: it reads
every candidate anew for each question. It has no part in the index. The one home of CrossEncoder.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from rag.errors import NoModelError
from rag.search import hub
from rag.types import Hit

if TYPE_CHECKING:
    from collections.abc import Sequence

BATCH = 16
"""Pairs read at a time."""


class Reranker:
    """A cross-encoder by name or folder.

    Raises
    ------
    NoModelError
        sentence-transformers is not installed, the model is neither here nor to be had, or it gives more than one number a pair.
    """

    def __init__(self, name: str) -> None:
        try:
            from sentence_transformers import CrossEncoder
        except ImportError:
            raise NoModelError(
                f'reranker {name!r} needs sentence-transformers: pip install -e ".[transformers]", or unset RAG_RERANKER'
            ) from None
        self._model = hub.opened(CrossEncoder, "reranker", name, "unset RAG_RERANKER")
        if self._model.num_labels != 1:
            raise NoModelError(
                f"reranker {name!r} gives {self._model.num_labels} numbers a pair, not one score; name a model made for ranking, "
                "such as BAAI/bge-reranker-v2-m3, or unset RAG_RERANKER"
            )
        self.name = name

    def scores(self, query: str, texts: Sequence[str]) -> list[float]:
        """How well each of ``texts`` answers ``query``; more is better, and there is no common scale."""
        if not texts:
            return []
        found = self._model.predict([(query, text) for text in texts], batch_size=BATCH, show_progress_bar=False)
        return [float(score) for score in np.asarray(found, np.float32)]

    def reorder(self, query: str, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        """``hits`` by the model's scores, which become theirs; equals stay in order."""
        scores = self.scores(query, [f"{hit.passage.head}\n{hit.passage.text}".strip() for hit in hits])
        order = sorted(range(len(hits)), key=lambda n: -scores[n])
        return tuple(Hit(hits[n].passage, scores[n], hits[n].ranks) for n in order)


@lru_cache(1)
def load(name: str) -> Reranker:
    """The reranker called ``name``, read once."""
    return Reranker(name)
