"""Names a question uses that the reports do not: the words to search for as well.

Sentence vectors carry the meaning of an English question across; they are weak at names. Places are spelt in pinyin
(``regions.tsv``), union terms stand in ``terms.tsv``: both are looked up and searched for as Chinese words. A Chinese question may
call a city by its nickname (榕城) and a federation of unions for short (福建省总).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from rag.ingest.places import Region, mentions, nicknames, spellings

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_FEDERATION = re.compile(
    "总(?!工会|[部计体量数值额共结长裁监馆院队站局则纲]|人[口数]|面积|产[值量]|投[资入]|收入|支出|公司|经理|工程|里程|装机|规模|资产|成本|书记|社|的来[说看])"
)
"""What is left of 总工会 behind a place: 福建省总, 百色市总, but not 福建省总人口."""

LONGEST = 5
"""Words in the longest English term."""


@dataclass(frozen=True, slots=True)
class Bridged:
    """The Chinese for an English question: ``terms`` to search for and the ``places`` named; ``senses`` are the terms by what they stand for."""

    terms: tuple[str, ...]
    places: tuple[Region, ...]
    senses: tuple[tuple[str, ...], ...] = ()


@cache
def _terms() -> dict[str, tuple[str, ...]]:
    text = resources.files("rag.search").joinpath("terms.tsv").read_text("utf-8")
    pairs = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return {english: tuple(chinese.split()) for english, chinese in pairs}


def _plain(word: str) -> str:
    """``word`` without apostrophes, hyphens and accents but the ü of pinyin, in lower case (Xi'an: xian)."""
    word = re.sub(r"['’]s$", "", word.lower())
    return re.sub(r"['’-]", "", unicodedata.normalize("NFC", word))


def official(text: str) -> tuple[str, ...]:
    """The full names of what a Chinese ``text`` calls by a nickname or for short: 福州 for 榕城, 福建省总工会 for 福建省总."""
    found: list[str] = []
    for m in mentions(text, strict=False):
        name = text[m.start : m.end]
        if name in nicknames() and len(m.regions) == 1:
            found.append(m.regions[0].city or m.regions[0].province)
        if _FEDERATION.match(text, m.end):
            found.append(f"{name}总工会")
    return tuple(dict.fromkeys(found))


def spelt(text: str) -> list[tuple[int, int]]:
    """Where an English ``text`` names places, longest names first found, as ``[start, end)``."""
    found = list(_WORD.finditer(text))
    spots: list[tuple[int, int]] = []
    at = 0
    while at < len(found):
        sizes = (n for n in range(min(LONGEST, len(found) - at), 0, -1) if _placed([m[0] for m in found[at : at + n]]))
        size = next(sizes, 0)
        if size:
            spots.append(
                (
                    found[at].start(),
                    found[at].start()
                    + len(re.sub(r"['’]s$", "", text[found[at].start() : found[at + size - 1].end()])),
                )
            )
        at += size or 1
    return spots


def _placed(phrase: Sequence[str]) -> tuple[tuple[str, Region], ...] | None:
    """The places that the words ``phrase`` may name: a place counts only where it is capitalised, as names are."""
    return spellings().get(" ".join(map(_plain, phrase))) if all(w[0].isupper() for w in phrase) else None


def bridge(text: str) -> Bridged:
    """The Chinese words for the places and union terms of an English ``text``; the longest term at each place counts."""
    words = _WORD.findall(text)
    terms: list[str] = []
    places: list[Region] = []
    senses: list[tuple[str, ...]] = []
    at = 0
    while at < len(words):
        for size in range(min(LONGEST, len(words) - at), 0, -1):
            phrase = words[at : at + size]
            if (chinese := _terms().get(" ".join(phrase).lower().replace("’", "'"))) is not None:
                terms += chinese
                senses.append(chinese)
                at += size
                break
            named = _placed(phrase)
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
    return Bridged(tuple(dict.fromkeys(terms)), tuple(dict.fromkeys(places)), tuple(senses))
