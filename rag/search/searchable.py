"""What finding needs of an index, wherever it lies: in a folder (:mod:`rag.search.store`) or on Milvus (:mod:`rag.search.milvus`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rag.search.store import Manifest
    from rag.types import Article, Filters, Passage


class Searchable(Protocol):
    """An open index. Rows are places in ``passages``, the same on every kind of index of the same pages."""

    @property
    def manifest(self) -> Manifest:
        """What it holds, and what it was made from."""
        ...

    @property
    def index_id(self) -> str:
        """Names the content: the same pages, settings and encoder give the same id, on every machine."""
        ...

    @property
    def articles(self) -> Mapping[str, Article]:
        """All articles by id, in the order of their pages; each may be read when it is asked for."""
        ...

    @property
    def passages(self) -> Sequence[Passage]:
        """All passages, likewise. For several that are known, :meth:`read` is quicker."""
        ...

    @property
    def vocabulary(self) -> Collection[str]:
        """All tokens of the passages."""
        ...

    def article(self, passage: Passage) -> Article:
        """The article ``passage`` is a slice of."""
        ...

    def read(self, rows: Sequence[int]) -> tuple[Passage, ...]:
        """The passages in ``rows``, in that order."""
        ...

    def rows_of(self, article_id: str) -> range:
        """The rows of the passages of an article; none if it is not in the index."""
        ...

    def by_meaning(self, query: NDArray[np.float32], k: int, filters: Filters | None) -> list[tuple[int, float]]:
        """The rows most like ``query`` as (row, cosine), best first, at most ``k``; only cosines above 0."""
        ...

    def by_words(self, tokens: Mapping[str, float], k: int, filters: Filters | None) -> list[tuple[int, float]]:
        """The rows with the highest BM25 for ``tokens``, given with their weights, as (row, score); only scores above 0."""
        ...

    def most(self, tokens: Mapping[str, float]) -> float:
        """The best scores that any passage has for each of ``tokens``, added up; see :func:`rag.search.sparse.most`."""
        ...

    def frequencies(self, tokens: Iterable[str]) -> dict[str, int]:
        """In how many passages each of ``tokens`` occurs; those that occur in none are left out."""
        ...

    def passing(self, filters: Filters) -> NDArray[np.intp]:
        """The places in ``articles`` of those that ``filters`` let pass."""
        ...
