"""English questions over Chinese reports: the Chinese words for what can be known by name.

Sentence vectors carry the meaning of a question across; they are weak at names. Places are spelt in pinyin
(``regions.tsv``), union terms stand in ``terms.tsv``: both are looked up and searched for as Chinese words.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources

from rag.ingest.places import Region, spellings

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
LONGEST = 5
"""Words in the longest English term."""


@dataclass(frozen=True, slots=True)
class Bridged:
    """The Chinese for an English question: ``terms`` to search for and the ``places`` named."""

    terms: tuple[str, ...]
    places: tuple[Region, ...]


@cache
def _terms() -> dict[str, tuple[str, ...]]:
    text = resources.files("rag.search").joinpath("terms.tsv").read_text("utf-8")
    pairs = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return {english: tuple(chinese.split()) for english, chinese in pairs}


def _plain(word: str) -> str:
    """``word`` without apostrophes, hyphens and accents but the ü of pinyin, in lower case (Xi'an: xian)."""
    word = re.sub(r"['’]s$", "", word.lower())
    return re.sub(r"['’-]", "", unicodedata.normalize("NFC", word))


def bridge(text: str) -> Bridged:
    """The Chinese words for the places and union terms of an English ``text``; the longest term at each place counts.

    A place counts only where it is capitalised, as names are.
    """
    words = _WORD.findall(text)
    terms: list[str] = []
    places: list[Region] = []
    at = 0
    while at < len(words):
        for size in range(min(LONGEST, len(words) - at), 0, -1):
            phrase = words[at : at + size]
            if (chinese := _terms().get(" ".join(phrase).lower().replace("’", "'"))) is not None:
                terms += chinese
                at += size
                break
            named = spellings().get(" ".join(map(_plain, phrase))) if all(w[0].isupper() for w in phrase) else None
            if named and words[at + size : at + size + 1] in (["Road"], ["Street"]):
                terms += [f"{name}路" for name, _ in named]
                at += size + 1
                break
            if named:
                terms += [name for name, _ in named]
                places += [region for _, region in named] if len({r.province for _, r in named}) == 1 else []
                at += size
                break
        else:
            at += 1
    return Bridged(tuple(dict.fromkeys(terms)), tuple(dict.fromkeys(places)))
