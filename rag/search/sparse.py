r"""Search by words: BM25. Home of bm25s.

The score of document :math:`d` for query :math:`q` is, in Lucene's variant without its constant factor (k1 + 1),

.. math::

    \sum_{t \in q} \ln\left(1 + \frac{N - n_t + 0.5}{n_t + 0.5}\right) \cdot
    \frac{f_{t,d}}{f_{t,d} + k_1 (1 - b + b\, |d| / \overline{|d|})}

where :math:`f_{t,d}` counts the term in the document, :math:`n_t` the documents that hold it, :math:`N` all documents,
and :math:`|d|` the document's tokens. A token that stands twice in the query counts twice.

Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009, doi:10.1561/1500000019; the
variant: Kamphuis, de Vries, Boytsov and Lin, Which BM25 Do You Mean?, ECIR 2020, doi:10.1007/978-3-030-45442-5_4.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import bm25s

    Index: TypeAlias = bm25s.BM25
    """A built index; row numbers are those of the token lists it was built from."""

METHOD = "lucene"
K1 = 0.9
B = 0.5


def _library() -> Any:
    import bm25s

    # Importing it sets its logger to DEBUG and gives it a handler of its own.
    logging.getLogger("bm25s").setLevel(logging.WARNING)
    return bm25s


def build(documents: Iterable[Sequence[str]], k1: float = K1, b: float = B) -> Index:
    """An index of ``documents``, each a list of tokens, which may be empty. The same documents give the same files.

    Raises ``ValueError`` if there is no token in any of them.
    """
    bm25s = _library()
    vocabulary: dict[str, int] = {}  # numbered in order of appearance; bm25s itself numbers a set, in any order
    ids = [[vocabulary.setdefault(token, len(vocabulary)) for token in tokens] for tokens in documents]
    if not vocabulary:
        raise ValueError(f"BM25 needs at least one token, got {len(ids)} documents without any")
    vocabulary.setdefault("", len(vocabulary))
    index = bm25s.BM25(method=METHOD, k1=k1, b=b)
    index.index((ids, vocabulary), show_progress=False)
    return index


def save(index: Index, folder: Path) -> None:
    """Write ``index`` into ``folder``: three arrays (.npy), and the vocabulary and parameters (.json)."""
    index.save(folder, show_progress=False, allow_pickle=False)


def load(folder: Path) -> Index:
    """The index in ``folder``. Raises ``OSError`` or ``ValueError`` if it is not whole."""
    found: Index = _library().BM25.load(folder, allow_pickle=False, load_corpus=False)
    return found


def search(index: Index, query: Sequence[str], k: int) -> list[tuple[int, float]]:
    """The rows that hold tokens of ``query`` as (row, score), best first, at most ``k``; equals in order of row.

    A query without known tokens finds nothing.
    """
    known = index.get_tokens_ids(list(query))
    if not known or k < 1:
        return []
    scores = index.get_scores_from_ids(known)
    if k < len(scores):
        least = np.partition(scores, -k)[-k]
        rows = np.flatnonzero((scores >= least) & (scores > 0))
    else:
        rows = np.flatnonzero(scores > 0)
    best = rows[np.argsort(-scores[rows], kind="stable")][:k]
    return [(int(row), float(scores[row])) for row in best]


def frequencies(index: Index, tokens: Iterable[str]) -> dict[str, int]:
    """In how many documents each of ``tokens`` occurs; those that occur in none are left out."""
    ends = index.scores["indptr"]
    known = ((token, index.vocab_dict.get(token)) for token in tokens)
    return {token: int(ends[row + 1] - ends[row]) for token, row in known if row is not None}
