"""How near words are in meaning: the cosine of their vectors in the bundled encoder, kept from question to question; and those of sentences.

Single words are compared by a static encoder even where passages are searched with another: it takes microseconds a word.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from rag.answer.asked.units import content
from rag.search import encode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from rag.search.encode import Encoder

MOST = 20_000
"""Words kept at most: 40 MB."""

MOST_SENTENCES = 8_000
"""Sentences kept at most, each with its article's head and without: 20 MB. Some two hundred are looked at for a question."""

LEAST = 0.45
"""Cosines below this say nothing of two words: 企业 and 行业 have .37, 孩子 and 子女 .51."""


class Meanings:
    """The vectors of at most ``most`` words, each worked out once. Threads may share one: at worst two work out the same word."""

    def __init__(self, encoder: Encoder, most: int = MOST) -> None:
        self._encoder, self._most = encoder, most
        self._known: dict[str, NDArray[np.float32]] = {}

    def vectors(self, words: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (len(words), dim)."""
        known = self._known
        fresh = [w for w in dict.fromkeys(words) if w not in known]
        if len(known) + len(fresh) > self._most:
            known = self._known = {}
            fresh = list(dict.fromkeys(words))
        if fresh:
            known.update(zip(fresh, self._encoder.encode_passages(fresh), strict=True))
        return np.array([known[w] for w in words]) if words else np.zeros((0, self._encoder.dim), np.float32)

    def cosine(self, one: str, other: str) -> float:
        """How near two words are, -1 to 1."""
        a, b = self.vectors((one, other))
        return float(a @ b)


@cache
def _bundled() -> encode.Encoder:
    return encode.load(encode.BUNDLED)


_MEANINGS: dict[str, Meanings] = {}


def meanings(encoder: Encoder) -> Meanings:
    """The words known so far to ``encoder`` if it is static, and else to the bundled one."""
    by = encoder if isinstance(encoder, encode.StaticEncoder) else _bundled()
    return _MEANINGS.setdefault(by.name, Meanings(by))


_SENTENCES: dict[str, Meanings] = {}


def sentences(encoder: Encoder) -> Callable[[Sequence[str]], NDArray[np.float32]]:
    """What gives the vectors of passages and of their sentences: those of a static encoder are kept, for the same come up again and again.

    Other encoders work out anew what they are asked: what they make of a text may depend on the texts beside it.
    """
    if not isinstance(encoder, encode.StaticEncoder):
        return encoder.encode_passages
    return _SENTENCES.setdefault(encoder.name, Meanings(encoder, MOST_SENTENCES)).vectors


def known() -> Meanings:
    """The words known to the encoder last used, or to the bundled one."""
    return next(reversed(_MEANINGS.values()), None) or meanings(_bundled())


def spoken_of(word: str, text: str) -> bool:
    """Whether ``text`` has ``word`` or one like it."""
    like = known().cosine
    return word in text or any(like(word, other) >= LEAST for other in content(text))
