"""Passages as numbers of words: what BM25 is built from, kept in the index so that no passage is cut into words twice."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain, count
from typing import TYPE_CHECKING

import numpy as np

from rag import zh
from rag.ingest import workers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from rag.ingest.read import Progress
    from rag.types import Passage

HEAD_WEIGHT = 2
"""How often the words of a passage's head count in BM25; those of its text count once."""

_BATCH = 512  # passages sent to a process at a time: about a tenth of a second's work
_WORTH_IT = 4000  # passages from which the second it takes to start processes pays
_STEP = 1 << 22  # numbers gone through at a time, so that what is only needed for a moment stays small
_IDS, _ENDS = "ids.npy", "ends.npy"


@dataclass(frozen=True, eq=False)
class Tokens:
    """Documents as numbers of tokens: document ``n`` is ``ids[ends[n - 1]:ends[n]]``, and begins at 0 for the first.

    ``ids`` is uint32, ``ends`` int64; ``vocabulary`` gives each token its number, in the order of the numbers, from 0.
    """

    ids: NDArray[np.uint32]
    ends: NDArray[np.int64]
    vocabulary: Mapping[str, int]

    def __len__(self) -> int:
        return len(self.ends)

    @property
    def starts(self) -> NDArray[np.int64]:
        """Where each document begins."""
        return np.concatenate([np.zeros(1, np.int64), self.ends[:-1]])


EMPTY = Tokens(np.zeros(0, np.uint32), np.zeros(0, np.int64), {})


def numbered(documents: Iterable[Sequence[str]]) -> Tokens:
    """``documents`` as numbers, counted in order of appearance."""
    vocabulary: defaultdict[str, int] = defaultdict(count().__next__)
    number = vocabulary.__getitem__
    lengths: list[int] = []

    def ids() -> Iterator[Iterable[int]]:
        for tokens in documents:
            lengths.append(len(tokens))
            yield map(number, tokens)

    flat = np.fromiter(chain.from_iterable(ids()), np.uint32)
    return Tokens(flat, np.cumsum(lengths, dtype=np.int64), dict(vocabulary))


def _cut(passages: Sequence[tuple[str, str]]) -> tuple[Tokens]:
    """What BM25 is given of passages, each as its head and its text. Those of an article share their head, which is cut once."""
    heads: dict[str, list[str]] = {}

    def tokens(passage: tuple[str, str]) -> list[str]:
        above, text = passage
        head = heads.get(above)
        if head is None:
            head = heads[above] = HEAD_WEIGHT * zh.tokens(above)
        return zh.tokens(text) + head

    return (numbered(map(tokens, passages)),)


def cut(passages: Sequence[Passage], jobs: int, report: Progress) -> Tokens:
    """The tokens of ``passages``. Their numbers depend on nothing but the passages, however many ``jobs`` there are."""
    waiting: dict[int, Tokens] = {}
    whole, done = _Appended(), 0
    report("words", 0, len(passages))
    jobs = jobs if len(passages) >= _WORTH_IT else 1
    needed = [(passage.head, passage.text) for passage in passages]  # a record takes longer to hand over than its words
    for at, (tokens,) in workers.in_batches(_cut, needed, jobs, _BATCH):
        waiting[at] = tokens
        while (ready := waiting.pop(done, None)) is not None:  # in order, and no longer kept than needed
            whole.append(ready)
            done += len(ready)
        report("words", done, len(passages))
    return whole.tokens()


class _Appended:
    """Documents one after the other, numbered anew in one vocabulary."""

    def __init__(self) -> None:
        self._vocabulary: dict[str, int] = {}
        self._ids: list[NDArray[np.uint32]] = []
        self._lengths: list[NDArray[np.int64]] = []

    def append(self, part: Tokens) -> None:
        """Put the documents of ``part`` behind those that are there."""
        if not self._vocabulary:
            self._vocabulary = dict(part.vocabulary)
            self._ids.append(part.ids)
        else:
            known = self._vocabulary
            numbers = [known.setdefault(token, len(known)) for token in part.vocabulary]
            self._ids.append(np.array(numbers, np.uint32)[part.ids])
        self._lengths.append(np.diff(part.ends, prepend=0))

    def tokens(self) -> Tokens:
        """All of them."""
        if not self._ids:
            return EMPTY
        ends = np.cumsum(np.concatenate(self._lengths), dtype=np.int64)
        return Tokens(np.concatenate(self._ids), ends, self._vocabulary)


def _appended(*parts: Tokens) -> Tokens:
    whole = _Appended()
    for part in parts:
        whole.append(part)
    return whole.tokens()


def chosen(before: Tokens, new: Tokens, rows: NDArray[np.int64]) -> Tokens:
    """The documents ``rows`` of those in ``before`` followed by those in ``new``, numbered as if they had just been cut."""
    both = _appended(before, new) if len(before) else new
    if not len(rows):
        return EMPTY
    starts, ends = both.starts, both.ends
    # Most rows follow each other, so whole stretches are copied.
    cuts = np.flatnonzero(np.diff(rows) != 1) + 1
    stretches = zip(np.concatenate([[0], cuts]), np.concatenate([cuts, [len(rows)]]), strict=True)
    ids = np.concatenate([both.ids[starts[rows[a]] : ends[rows[b - 1]]] for a, b in stretches])
    lengths = (ends - starts)[rows]
    return _renumbered(Tokens(ids, np.cumsum(lengths, dtype=np.int64), both.vocabulary))


def _renumbered(tokens: Tokens) -> Tokens:
    """The same with the tokens counted in order of appearance, and without those that do not appear."""
    never = len(tokens.ids)
    first = np.full(len(tokens.vocabulary), never, np.int64)
    for at in range(
        never - never % _STEP, -1, -_STEP
    ):  # from behind: of several values given to one place the last stays
        some = tokens.ids[at : at + _STEP]
        first[some[::-1]] = np.arange(at + len(some) - 1, at - 1, -1)
    order = np.argsort(first, kind="stable")
    order = order[: int((first < never).sum())]
    number = np.zeros(len(first), np.uint32)
    number[order] = np.arange(len(order), dtype=np.uint32)
    words = list(tokens.vocabulary)
    vocabulary = {words[old]: new for new, old in enumerate(order.tolist())}
    return Tokens(number[tokens.ids], tokens.ends, vocabulary)


def save(tokens: Tokens, folder: Path) -> None:
    """Write the numbers into ``folder``; the vocabulary is BM25's, which has the same numbers."""
    folder.mkdir()
    np.save(folder / _IDS, tokens.ids, allow_pickle=False)
    np.save(folder / _ENDS, tokens.ends, allow_pickle=False)


def load(folder: Path, vocabulary: Mapping[str, int]) -> Tokens:
    """The documents in ``folder``. Raises ``OSError`` or ``ValueError``."""
    return Tokens(np.load(folder / _IDS, allow_pickle=False), np.load(folder / _ENDS, allow_pickle=False), vocabulary)
