r"""Search by words: BM25.

The score of document :math:`d` for query :math:`q` is, in Lucene's variant without its constant factor (k1 + 1),

.. math::

    \sum_{t \in q} \ln\left(1 + \frac{N - n_t + 0.5}{n_t + 0.5}\right) \cdot
    \frac{f_{t,d}}{f_{t,d} + k_1 (1 - b + b\, |d| / \overline{|d|})}

where :math:`f_{t,d}` counts the term in the document, :math:`n_t` the documents that hold it, :math:`N` all documents,
and :math:`|d|` the document's tokens. A token that stands twice in the query counts twice.

Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009, doi:10.1561/1500000019; the
variant: Kamphuis, de Vries, Boytsov and Lin, Which BM25 Do You Mean?, ECIR 2020, doi:10.1007/978-3-030-45442-5_4.

All scores are worked out when the index is built, as bm25s does (Lù, BM25S, 2024, arXiv:2407.03618), and are bit for bit the
same (tests/test_library.py); what is different is that the files are mapped and not read, and the search: a query adds up the
scores of its rare tokens, and looks into the long lists of its frequent ones only for documents that can still be among the
best (Turtle and Flood, Query Evaluation: Strategies and Optimizations, 1995, doi:10.1016/0306-4573(95)00020-H, "max score").
What is found is what adding up everything finds.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from rag.search import names, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

METHOD = "lucene"
K1 = 0.9
B = 0.5

_STEP = 1 << 22  # scores worked out at a time, in double precision
_SLACK = 1e-4  # share of a score that single precision may be off by, generously
_TINY = float(np.finfo(np.float32).tiny)  # the least score above 0
_PARAMETERS, _VOCABULARY = "params.json", "vocabulary"


@dataclass(frozen=True, eq=False)
class Index:
    """A built index; row numbers are those of the token lists it was built from.

    Token ``t`` is in the documents ``rows[ends[t]:ends[t + 1]]``, in order, with the ``scores`` at the same places.
    ``most`` keeps the highest score of the tokens that were asked for.
    """

    scores: NDArray[np.float32]
    rows: NDArray[np.int32]
    ends: NDArray[np.int64]
    documents: int
    vocabulary: names.Names
    most: dict[int, float] = field(default_factory=dict)

    def place(self, token: int) -> slice:
        """Where the documents of ``token`` are."""
        return slice(int(self.ends[token]), int(self.ends[token + 1]))


def build(documents: Iterable[Sequence[str]], k1: float = K1, b: float = B) -> Index:
    """An index of ``documents``, each a list of tokens, which may be empty. The same documents give the same files.

    Raises ``ValueError`` if there is no token in any of them.
    """
    return build_from(words.numbered(documents), k1, b)


def build_from(tokens: words.Tokens, k1: float = K1, b: float = B) -> Index:
    """The same of documents that are numbers already: 42 million tokens in seconds. Takes about 24 bytes of memory a token.

    Raises ``ValueError`` if there is no token in any of them.
    """
    if not len(tokens.ids):
        raise ValueError(f"BM25 needs at least one token, got {len(tokens)} documents without any")
    return _scored(tokens, names.Names.of(tokens.vocabulary), k1, b)


def _scored(tokens: words.Tokens, vocabulary: names.Names, k1: float, b: float) -> Index:
    """The scores by token: for each the documents that hold it, in order, and their scores (float32)."""
    lengths = np.diff(tokens.ends, prepend=0)
    documents = len(lengths)
    # One number a token of a document, that sorts by token and then by document.
    keys = tokens.ids.astype(np.uint64)
    keys <<= np.uint64(32)
    keys |= np.repeat(np.arange(documents, dtype=np.uint32), lengths)
    keys.sort()
    fresh = np.empty(len(keys), np.bool_)
    fresh[0] = True
    np.not_equal(keys[1:], keys[:-1], out=fresh[1:])
    places = np.flatnonzero(fresh)
    del fresh
    counts = np.diff(places, append=len(keys)).astype(np.float32)
    keys = keys[places]
    del places
    rows = (keys & np.uint64(0xFFFFFFFF)).astype(np.int32)
    keys >>= np.uint64(32)
    columns = keys.astype(np.uint32)
    del keys
    held = np.bincount(columns, minlength=len(vocabulary))
    rarity = np.log(1 + (documents - held + 0.5) / (held + 0.5)).astype(np.float32)
    norm = k1 * ((1 - b) + b * lengths / lengths.mean())
    data = np.empty(len(rows), np.float32)
    for at in range(0, len(rows), _STEP):
        part = slice(at, at + _STEP)
        data[part] = rarity[columns[part]] * (counts[part] / (norm[rows[part]] + counts[part]))
    ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(held, dtype=np.int64)])
    return Index(data, rows, ends, documents, vocabulary)


def save(index: Index, folder: Path) -> None:
    """Write ``index`` into ``folder``, which is made: three arrays (.npy), how many documents (.json), and the vocabulary."""
    folder.mkdir(exist_ok=True)
    for name, array in (("scores", index.scores), ("rows", index.rows), ("ends", index.ends)):
        np.save(folder / f"{name}.npy", array, allow_pickle=False)
    (folder / _PARAMETERS).write_text(json.dumps({"documents": index.documents}), "utf-8")
    index.vocabulary.save(folder / _VOCABULARY)


def load(folder: Path) -> Index:
    """The index in ``folder``, mapped and not read. Raises ``OSError`` or ``ValueError`` if it is not whole."""
    scores, rows, ends = (names.mapped(folder / f"{name}.npy") for name in ("scores", "rows", "ends"))
    vocabulary = names.load(folder / _VOCABULARY)
    if len(ends) != len(vocabulary) + 1 or not len(scores) == len(rows) == ends[-1]:
        raise ValueError(f"{folder.name}: its arrays do not fit together")
    documents = int(json.loads((folder / _PARAMETERS).read_text("utf-8"))["documents"])
    return Index(scores, rows, ends, documents, vocabulary)


@dataclass(frozen=True, slots=True)
class _List:
    """The documents of one token of a query, and their scores times how often the query has it."""

    rows: NDArray[np.int32]
    scores: NDArray[np.float32]
    most: float


def search(
    index: Index,
    query: Sequence[str] | Mapping[str, float],
    k: int,
    allowed: NDArray[np.bool_] | None = None,
) -> list[tuple[int, float]]:
    """The rows that hold tokens of ``query`` as (row, score), best first, at most ``k``; equals in order of row.

    A token counts as often as it stands in ``query``, or, where that is a mapping, as much as it says (above 0). A query without known tokens finds nothing. ``allowed``, of shape (documents,), tells which rows may be found.
    """
    lists = _lists(index, query)
    if not lists or k < 1:
        return []
    sums = np.zeros(index.documents, np.float32)
    bounds = _bounds(lists)  # what a document can still get from the lists behind each one
    least, added = 0.0, 0  # the k-th best document has at least so much
    for one, bound in zip(lists, bounds, strict=True):
        if least > bound + one.most:
            break  # a document in none of the lists added up cannot be among the best
        sums[one.rows] += one.scores
        added += 1
        rows = one.rows if allowed is None else one.rows[allowed[one.rows]]
        if len(rows) >= k:
            found = sums[rows]
            least = max(least, float(np.partition(found, len(found) - k)[len(found) - k]) * (1 - _SLACK))
    missing = bounds[added - 1]
    # Of the lists' own type: searchsorted would else turn the longest list into another.
    rows = np.flatnonzero(sums >= max(least - missing, _TINY)).astype(np.int32)
    if allowed is not None:
        rows = rows[allowed[rows]]
    scores = sums[rows]
    for one in lists[added:]:
        at = np.searchsorted(one.rows, rows)
        at[at == len(one.rows)] = 0
        scores += np.where(one.rows[at] == rows, one.scores[at], np.float32(0))
    if k < len(scores):
        enough = scores >= np.partition(scores, len(scores) - k)[len(scores) - k]
        rows, scores = rows[enough], scores[enough]
    best = np.argsort(-scores, kind="stable")[:k]
    return list(zip(rows[best].tolist(), scores[best].tolist(), strict=True))


def most(index: Index, query: Mapping[str, float]) -> float:
    """What a document gets at most for ``query``: the best scores that any has for each of its tokens, added up."""
    return sum((one.most for one in _lists(index, query)), 0.0)


def _lists(index: Index, query: Sequence[str] | Mapping[str, float]) -> list[_List]:
    """The lists of the tokens of ``query``, shortest first: always in the same order, so that sums are the same."""
    weights = query if isinstance(query, Mapping) else Counter(query)
    known = {number: times for t, times in weights.items() if (number := index.vocabulary.get(t)) is not None}
    lists = []
    for number, times in sorted(known.items(), key=lambda item: (_length(index, item[0]), item[0])):
        place = index.place(number)
        scores = index.scores[place]
        if number not in index.most:
            index.most[number] = float(scores.max())
        lists.append(
            _List(index.rows[place], scores * np.float32(times) if times != 1 else scores, times * index.most[number])
        )
    return lists


def _length(index: Index, token: int) -> int:
    return int(index.ends[token + 1]) - int(index.ends[token])


def _bounds(lists: Sequence[_List]) -> list[float]:
    """For each list, the most that the lists behind it can add to a document."""
    bounds = [0.0]
    for one in reversed(lists[1:]):
        bounds.append(bounds[-1] + one.most)
    return bounds[::-1]


def frequencies(index: Index, tokens: Iterable[str]) -> dict[str, int]:
    """In how many documents each of ``tokens`` occurs; those that occur in none are left out."""
    known = ((token, index.vocabulary.get(token)) for token in tokens)
    return {token: _length(index, number) for token, number in known if number is not None}


def holds(index: Index, token: str, row: int) -> bool:
    """Whether the document ``row`` is among those of ``token``."""
    number = index.vocabulary.get(token)
    if number is None:
        return False
    rows = index.rows[index.place(number)]
    at = int(np.searchsorted(rows, np.int32(row)))
    return at < len(rows) and int(rows[at]) == row
