"""Chinese sentences put into English word by word, for a student that sees words and not their order.

News in both languages is not to be had freely; Chinese news and a dictionary are. The teacher's vector of the Chinese
sentence is what the English words are taught. A sense is drawn anew at each place, an earlier one sooner, since
dictionaries give the usual one first.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence

from rag import zh

_LATIN = re.compile(r"[0-9]+(?:\.[0-9]+)?|[A-Za-z]+")

Senses = Mapping[str, Sequence[str]]


def gloss(text: str, senses: Senses, rng: random.Random) -> str:
    """A sense of each word of ``text``; numbers and Latin words as they are, what the dictionary lacks left out."""
    found: list[str] = []
    for word in zh.pieces(text):
        found += [_drawn(senses[part], rng) if part in senses else part for part in _parts(word, senses)]
    return " ".join(found)


def _parts(word: str, senses: Senses) -> list[str]:
    """``word`` cut from the left into the longest words of the dictionary, numbers and Latin words."""
    parts, at = [], 0
    while at < len(word):
        latin = _LATIN.match(word, at)
        ends = range(len(word), at, -1)
        part = latin[0] if latin else next((word[at:end] for end in ends if word[at:end] in senses), "")
        if part:
            parts.append(part)
        at += len(part) or 1
    return parts


def _drawn(senses: Sequence[str], rng: random.Random) -> str:
    return senses[int(rng.random() ** 2 * len(senses))]
