"""Query to passages: by meaning and by words at once, fused into one ranking."""

from __future__ import annotations

from dataclasses import dataclass
from math import log1p
from typing import TYPE_CHECKING

import numpy as np

from rag import zh
from rag.search import rerank, synonyms
from rag.search.fuse import Fused, Scored, fuse
from rag.search.synonyms import NONE, Synonyms
from rag.search.wanted import wanted
from rag.types import Filters, Hit

if TYPE_CHECKING:
    from rag.config import Settings
    from rag.search.encode import Encoder
    from rag.search.rerank import Reranker
    from rag.search.searchable import Searchable
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


@dataclass(frozen=True, slots=True)
class Searcher:
    """Where a question is looked for, and how: an index, the encoder that it was built with, and what helps beside them.

    ``candidates`` is how many passages each list puts forward.
    """

    store: Searchable
    encoder: Encoder
    aids: Aids = PLAIN
    candidates: int = 50

    @classmethod
    def of(cls, store: Searchable, encoder: Encoder, settings: Settings) -> Searcher:
        """As ``settings`` want it. Raises what :meth:`Aids.of` does."""
        return cls(store, encoder, Aids.of(settings), settings.candidates)

    def wanted(self, query: str) -> Wanted:
        """What is looked for, given ``query``."""
        return wanted(query, self.store, self.aids.synonyms)


def search(searcher: Searcher, query: str, filters: Filters | None = None) -> Lists:
    """What each list puts forward for ``query``: rows of the store's passages, best first, of those that ``filters`` let pass."""
    return _search(searcher, searcher.wanted(query), filters)


def _search(searcher: Searcher, want: Wanted, filters: Filters | None) -> Lists:
    store, candidates = searcher.store, searcher.candidates
    by_meaning = store.by_meaning(searcher.encoder.encode_queries([want.meaning])[0], candidates, filters)
    by_words = store.by_words(want.tokens, candidates, filters)
    # All that have a word in common are in a list that is not full, so that the rest scores nothing.
    lowest = by_words[-1][1] if len(by_words) == candidates else 0.0
    most = store.most(want.own)
    best = by_words[0][1] if by_words else 0.0
    return Lists(
        Scored(by_meaning, by_meaning[-1][1] if by_meaning else 0.0),
        Scored(by_words, lowest),
        min(1.0, best / most) if most else 0.0,
        best / log1p(len(store.passages)),
    )


def fused(query: str, lists: Lists) -> list[Fused]:
    """One ranking of ``lists``, those of ``query``."""
    return fuse(lists.by_name(), weights(query, lists))


def retrieve(searcher: Searcher, query: str, k: int, filters: Filters | None = None) -> tuple[Hit, ...]:
    """The best ``k`` passages for ``query`` that ``filters`` let pass, best first; none if it shares nothing with any of them.

    ``Hit.ranks`` tells where the lists ``dense`` and ``sparse`` had the passage; ``Hit.score`` is their fused score, or the
    reranker's where there is one, fit for ordering the hits of one query and for nothing else.
    """
    return fetch(searcher, searcher.wanted(query), k, filters)


def fetch(searcher: Searcher, want: Wanted, k: int, filters: Filters | None = None) -> tuple[Hit, ...]:
    """:func:`retrieve`, where what is wanted is known already."""
    reranker = searcher.aids.reranker
    found = fused(want.text, _search(searcher, want, filters))[: searcher.candidates if reranker else k]
    passages = searcher.store.read([one.row for one in found])
    hits = tuple(Hit(passage, one.score, one.ranks) for passage, one in zip(passages, found, strict=True))
    return reranker.reorder(want.text, hits)[:k] if reranker else hits


def rows(searcher: Searcher, query: str, filters: Filters | None = None) -> list[Fused]:
    """The rows of the store's passages for ``query``, best first; no passage is read."""
    return fused(query, search(searcher, query, filters))
