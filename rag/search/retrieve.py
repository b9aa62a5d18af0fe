"""Query to passages: by meaning and by words at once, fused into one ranking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rag import zh
from rag.search import dense, sparse
from rag.search.bridge import bridge
from rag.search.fuse import fuse
from rag.types import Hit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rag.search.encode import Encoder
    from rag.search.store import Store

CHINESE: Mapping[str, float] = {"dense": 0.5, "sparse": 1.0}
"""How much each list counts when the query has Chinese words to look for. Words are the better guide to news, meaning
to questions put in other words than their answers; at this weight neither loses."""

ENGLISH: Mapping[str, float] = {"dense": 1.0, "sparse": 0.5}
"""How much each list counts without: by words are found the Chinese names of places and terms (rag.search.bridge)."""


def weights(query: str) -> Mapping[str, float]:
    """The weights of the lists for ``query``: what matters is whether it has Chinese characters, not its grammar."""
    return CHINESE if zh.has_chinese(query) else ENGLISH


def search(store: Store, encoder: Encoder, query: str, candidates: int) -> dict[str, list[int]]:
    """What each list puts forward for ``query``: at most ``candidates`` rows of ``store.passages``, best first."""
    text = zh.normalise(query)
    words = text if zh.has_chinese(query) else f"{text} {' '.join(bridge(query).terms)}"
    by_meaning = dense.search(store.dense, encoder.encode_queries([text])[0], candidates)
    by_words = sparse.search(store.sparse, zh.query_tokens(words), candidates)
    return {"dense": [row for row, _ in by_meaning], "sparse": [row for row, _ in by_words]}


def retrieve(store: Store, encoder: Encoder, query: str, k: int, candidates: int) -> tuple[Hit, ...]:
    """The best ``k`` passages for ``query``, best first; none if it shares nothing with any of them.

    Each list puts forward ``candidates`` passages. ``Hit.ranks`` tells where the lists ``dense`` and ``sparse`` had the
    passage; ``Hit.score`` is their fused score, fit for ordering the hits of one query and for nothing else.
    """
    fused = fuse(search(store, encoder, query, candidates), weights(query))
    return tuple(Hit(store.passages[found.row], found.score, found.ranks) for found in fused[:k])
