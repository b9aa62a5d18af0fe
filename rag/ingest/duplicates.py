"""The same report on two pages: exactly, but for punctuation and spaces, or nearly. They are told, never dropped.

The likeness of two texts is the share of their five-character pieces that both have (Jaccard's coefficient; Broder, On the
Resemblance and Containment of Documents, 1997, doi:10.1109/SEQUEN.1997.666900). Each text gets a signature of the least
values of 128 random functions of its pieces (MinHash, same paper); the share of places in which two signatures agree is their
likeness give or take .04 (one standard deviation). All pairs cannot be compared, so signatures are cut into 32 bands of 4, and
texts that agree in a whole band are (Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, 2nd edition 2014, section
3.4): with probability 1 - (1 - s^4)^32, .99 for a likeness s of .6.
The functions are multiply-shift (Dietzfelbinger and others, A Reliable Randomized Algorithm for the Closest-Pair Problem,
1997, doi:10.1006/jagm.1997.0873).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rag import zh

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rag.types import Article

VERSION = 1
"""Raised whenever other signatures may come out; they are kept in the index."""

NEAR = 0.6
"""Likeness from which two articles are told as nearly the same."""

LEAST = 60
"""Shortest text compared, in characters that count: shorter ones, captions above all, are alike by chance."""

PERMUTATIONS, BANDS = 128, 32
WIDTH = PERMUTATIONS + 2
"""Numbers in a signature: the least values, and a hash of the whole text in two."""

_PIECE = 5
_DROPPED = re.compile(r"[\W_]+")
_STEP = 1 << 16  # pairs of signatures compared at a time


def _odd(seed: int, count: int) -> NDArray[np.uint64]:
    return np.random.default_rng(seed).integers(0, 2**64, count, np.uint64) | np.uint64(1)


_FACTORS = _odd(5, PERMUTATIONS)
_OFFSETS = np.random.default_rng(6).integers(0, 2**64, PERMUTATIONS, np.uint64)
_POWERS = _odd(7, _PIECE)


@dataclass(frozen=True, slots=True)
class Twin:
    """An article that repeats an earlier one: ``likeness`` is 1 where only punctuation and spaces differ."""

    article: str
    earlier: str
    likeness: float


def bare(text: str) -> str:
    """What is compared of an article's body: its letters and digits in normal form."""
    return _DROPPED.sub("", zh.normalise(text))


def pieces(text: str) -> NDArray[np.uint64]:
    """The distinct five-character pieces of ``text`` as numbers of 64 bits, sorted; none of a text too short to compare."""
    return np.unique(_pieces(text))


def _pieces(text: str) -> NDArray[np.uint64]:
    """The five-character pieces of ``text`` as they come."""
    if len(text) < LEAST:
        return np.zeros(0, np.uint64)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    count = len(codes) - _PIECE + 1
    numbers = np.zeros(count, np.uint64)
    for at, power in enumerate(_POWERS):
        numbers += codes[at : at + count] * power
    # Spread the bits (the finish of SplitMix64), for the sums of like characters are alike.
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def signature(text: str) -> NDArray[np.uint32]:
    """The signature of a text (see :func:`bare`), shape (130,), all zero for one too short to compare."""
    numbers = _pieces(text)  # those that come twice change no least value
    if not len(numbers):
        return np.zeros(WIDTH, np.uint32)
    values = numbers[None, :] * _FACTORS[:, None]
    values += _OFFSETS[:, None]
    least = (values.min(axis=1) >> np.uint64(32)).astype(np.uint32)
    whole = np.frombuffer(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), np.uint32)
    return np.concatenate([least, whole])


def signatures(texts: Sequence[str]) -> NDArray[np.uint32]:
    """The :func:`signature` of each article's body, shape (texts, 130)."""
    return np.stack([signature(bare(text)) for text in texts])


def likeness(a: NDArray[np.uint64], b: NDArray[np.uint64]) -> float:
    """Jaccard's coefficient of two sets of pieces, 0 to 1."""
    common = len(np.intersect1d(a, b, assume_unique=True))
    return common / (len(a) + len(b) - common) if common else 0.0


def twins(articles: Sequence[Article], signatures: NDArray[np.uint32]) -> tuple[Twin, ...]:
    """Each article that repeats an earlier one, with the earlier one most like it, in the order of ``articles``.

    ``signatures`` has shape (articles, 130), see :func:`signature`. Compared are, in each band, an article and the first and
    the last before it, so that the work grows with the articles and not with their square, however often a report is printed.
    """
    pairs = _candidates(signatures)
    alike = np.zeros(len(pairs), np.float32)
    for at in range(0, len(pairs), _STEP):
        later, before = signatures[pairs[at : at + _STEP, 0]], signatures[pairs[at : at + _STEP, 1]]
        same = (later[:, PERMUTATIONS:] == before[:, PERMUTATIONS:]).all(axis=1)
        share = (later[:, :PERMUTATIONS] == before[:, :PERMUTATIONS]).mean(axis=1)
        alike[at : at + _STEP] = np.where(same, 1.0, np.minimum(share, 0.99))
    near = np.flatnonzero(alike >= NEAR)
    order = near[np.lexsort((pairs[near, 1], -alike[near], pairs[near, 0]))]
    _, best = np.unique(pairs[order, 0], return_index=True)
    return tuple(
        Twin(articles[pairs[n, 0]].id, articles[pairs[n, 1]].id, round(float(alike[n]), 2)) for n in order[best]
    )


def _candidates(signatures: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Pairs (later, earlier) of rows that agree in a whole band, shape (n, 2), each once."""
    rows = np.flatnonzero(signatures.any(axis=1))
    width = PERMUTATIONS // BANDS
    found = [np.zeros(0, np.uint64)]
    for band in range(BANDS):
        keys = (signatures[rows, band * width : (band + 1) * width].astype(np.uint64) * _POWERS[:width]).sum(axis=1)
        order = np.argsort(keys, kind="stable")
        fresh = np.concatenate([[True], keys[order[1:]] != keys[order[:-1]]]) if len(order) else np.zeros(0, np.bool_)
        first = np.flatnonzero(fresh)[np.cumsum(fresh) - 1]  # where each one's group begins
        follows = np.flatnonzero(~fresh)
        members = rows[order].astype(np.uint64)
        found += [members[follows] << np.uint64(32) | members[before] for before in (follows - 1, first[follows])]
    both = np.unique(np.concatenate(found))
    return np.column_stack([both >> np.uint64(32), both & np.uint64(0xFFFFFFFF)]).astype(np.int64)
