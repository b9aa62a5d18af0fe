"""Query to passages: by meaning and by words at once, fused into one ranking."""

from __future__ import annotations

from dataclasses import dataclass
from math import log1p
from typing import TYPE_CHECKING

import numpy as np

from rag import zh
from rag.search import dense, rerank, sparse, synonyms
from rag.search.fuse import Fused, Scored, fuse
from rag.search.synonyms import NONE, Synonyms
from rag.search.wanted import wanted
from rag.types import Filters, Hit

if TYPE_CHECKING:
    from rag.config import Settings
    from rag.search.encode import Encoder
    from rag.search.rerank import Reranker
    from rag.search.store import Store
    from rag.search.wanted import Wanted

CHINESE = 0.4, 0.9
"""What BM25 counts for a query with Chinese words, where the rest is that of meaning: at a coverage up to the first of
:data:`COVERED`, from the second on, and in between on the line between them."""

COVERED = 0.35, 0.5
"""The best document by words of a question after an event has most of its words (median .6 to .8); the answer to a question in other
words than the reports' (of a layman, over statutes) has not (.4). Chosen on halves of public sets (eval/LOG.md)."""

ENGLISH = 0.2, 0.6
"""What BM25 counts for a query without, likewise by its strength: by words are found the Chinese names of places and terms
(rag.search.bridge), and one of them alone (a place) says little."""

STRONG = 2.0, 3.0


@dataclass(frozen=True, slots=True)
class Lists:
    """What each list puts forward, and how well the best document by words does.

    ``coverage``, 0 to 1, is the share of the query's words that it has, by weight; ``strength`` their weight in words of the rarest
    kind: its score over the logarithm of the number of passages.
    """

    dense: Scored
    sparse: Scored
    coverage: float
    strength: float

    def by_name(self) -> dict[str, Scored]:
        """The lists by name, for :func:`rag.search.fuse.fuse`."""
        return {"dense": self.dense, "sparse": self.sparse}


def weights(query: str, lists: Lists) -> dict[str, float]:
    """The weights of ``lists``, those of ``query``: whether it has Chinese characters, not its grammar, and how well words serve it."""
    if zh.has_chinese(query):
        words = float(np.interp(lists.coverage, COVERED, CHINESE))
    else:
        words = float(np.interp(lists.strength, STRONG, ENGLISH))
    return {"dense": 1 - words, "sparse": words}


@dataclass(frozen=True, slots=True)
class Aids:
    """What helps a search beside the index: other words for those of the question, and a model that puts hits in order."""

    synonyms: Synonyms = NONE
    reranker: Reranker | None = None

    @classmethod
    def of(cls, settings: Settings) -> Aids:
        """Those named in ``settings``. Raises :class:`InputError` or :class:`NoModelError` where one cannot be had."""
        reranker = rerank.load(settings.reranker) if settings.reranker else None
        return cls(synonyms.load(settings.synonyms), reranker)


PLAIN = Aids()


def search(  # noqa: PLR0913, PLR0917 - where to look, for what, how far
    store: Store,
    encoder: Encoder,
    query: str,
    candidates: int,
    filters: Filters | None = None,
    aids: Aids = PLAIN,
) -> Lists:
    """What each list puts forward for ``query``: at most ``candidates`` rows of ``store.passages``, best first.

    With ``filters``, the best of those that they let pass.
    """
    return _search(store, encoder, wanted(query, store, aids.synonyms), candidates, filters)


def _search(store: Store, encoder: Encoder, want: Wanted, candidates: int, filters: Filters | None) -> Lists:
    allowed = store.facets.allowed(filters) if filters else None
    by_meaning = dense.search(store.dense, encoder.encode_queries([want.meaning])[0], candidates, allowed)
    by_words = sparse.search(store.sparse, want.tokens, candidates, allowed)
    # All that have a word in common are in a list that is not full, so that the rest scores nothing.
    lowest = by_words[-1][1] if len(by_words) == candidates else 0.0
    most = sparse.most(store.sparse, want.own)
    best = by_words[0][1] if by_words else 0.0
    return Lists(
        Scored(by_meaning, by_meaning[-1][1] if by_meaning else 0.0),
        Scored(by_words, lowest),
        min(1.0, best / most) if most else 0.0,
        best / log1p(store.sparse.documents),
    )


def fused(query: str, lists: Lists) -> list[Fused]:
    """One ranking of ``lists``, those of ``query``."""
    return fuse(lists.by_name(), weights(query, lists))


def retrieve(  # noqa: PLR0913, PLR0917 - where to look, for what, how far
    store: Store,
    encoder: Encoder,
    query: str,
    k: int,
    candidates: int,
    filters: Filters | None = None,
    aids: Aids = PLAIN,
) -> tuple[Hit, ...]:
    """The best ``k`` passages for ``query``, best first; none if it shares nothing with any of them.

    Each list puts forward ``candidates`` passages, of those that ``filters`` let pass. ``Hit.ranks`` tells where the lists ``dense`` and ``sparse`` had the
    passage; ``Hit.score`` is their fused score, or the reranker's where there is one, fit for ordering the hits of one query
    and for nothing else.
    """
    want = wanted(query, store, aids.synonyms)
    found = fused(query, _search(store, encoder, want, candidates, filters))[: candidates if aids.reranker else k]
    hits = tuple(Hit(store.passages[one.row], one.score, one.ranks) for one in found)
    return aids.reranker.reorder(want.text, hits)[:k] if aids.reranker else hits


def rows(  # noqa: PLR0913, PLR0917
    store: Store,
    encoder: Encoder,
    query: str,
    candidates: int,
    filters: Filters | None = None,
    aids: Aids = PLAIN,
) -> list[Fused]:
    """The rows of ``store.passages`` for ``query``, best first; no passage is read."""
    return fused(query, search(store, encoder, query, candidates, filters, aids))
