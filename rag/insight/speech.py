"""What part of speech a word is: a thing that is asked about has a name, while to do it may be put in any words."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib import resources

_NAMES_NOTHING = frozenset("vadfucprmz")
"""How the marks of parts of speech begin, in jieba's dictionary, whose words name nothing."""


def names(word: str) -> bool:
    """Whether ``word`` names a thing, a person or a place, as far as jieba's dictionary knows; one that it lacks may be a new name."""
    return part_of_speech(word)[:1] not in _NAMES_NOTHING


@lru_cache(4096)
def part_of_speech(word: str) -> str:
    """What jieba's dictionary takes ``word`` for (``n``, ``v``, ``ns``, …); empty for a word that is not in it."""
    found = re.search(rb"\n" + re.escape(word).encode() + rb" [0-9]+ ([a-z]+)", _entries())
    return found[1].decode() if found else ""


@cache
def _entries() -> bytes:
    """The dictionary as it lies on disk: to look up a few words needs no table of all of them."""
    return resources.files("jieba").joinpath("dict.txt").read_bytes()
