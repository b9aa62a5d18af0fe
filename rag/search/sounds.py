"""How Chinese characters are read: the sound of one, and whether a text has a name that is spelt in pinyin.

A spelling tells no characters: Taoyuan is 桃园, 桃源 or 陶园, and a name given in an English question stands in a report if any
characters there are read so. Home of pypinyin, which is imported when there is something to look up.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from rag.ingest.names import COMPOUND, SURNAMES
from rag.zh import HAN

if TYPE_CHECKING:
    from collections.abc import Sequence

_CAPITAL = re.compile(r"[A-ZÜ][a-zü]+(?:['’][a-zü]+)*")
_QUOTED = re.compile(r"[“\"‘「『《][^”\"’」』》]*[”\"’」』》]|(?<!\w)'[^']+'(?!\w)")
_RUN = re.compile(f"[{HAN}]+")

SHORTEST = 4
"""Letters of a spelling that is looked for by itself; shorter ones (Long, Ma) are everyday English words or in every report."""

MOST_GIVEN = 2
"""Syllables of a given name."""

ENGLISH = frozenset(
    "anna annie balance base canada canadian candidate care career case chance change chile china chinese cinema citizen courier cuba "
    "cuban dance data database date defence defense delegate dubai engage game gate guide haiti heritage hongkong house human "
    "hungarian julia june kenya lake lane language lenin license linda line luke machine magazine male mali manage manila marine "
    "maritime medicare medicine menu mexican mike milan mine mobile monica more name nature nile nina nine palace panama panda pierre "
    "police range renminbi rice rule safari sale same santa sean secure senate side site size sudan suite sunshine sunrise susan taipei "
    "taiwanese time tina tuna wage woman women yale yemen".split()
)
"""English words, and names that are not spelt in pinyin, which may be capitalised and could be read as pinyin (dan ce)."""


@cache
def sound(character: str) -> str:
    """The commonest reading of ``character`` without its tone; itself if it has none."""
    from pypinyin import lazy_pinyin

    return str(lazy_pinyin(character)[0])


@cache
def by_sound() -> dict[str, str]:
    """The common characters of each reading, those of GB 2312."""
    found: defaultdict[str, str] = defaultdict(str)
    for high in range(0xB0, 0xF8):
        for low in range(0xA1, 0xFF):
            character = bytes((high, low)).decode("gb2312", errors="ignore")
            if character:
                found[sound(character)] += character
    return dict(found)


# --- spellings ------------------------------------------------------------------------------------


def spelt(text: str) -> tuple[str, ...]:
    """The names that an English ``text`` spells in pinyin, as it writes them: Wang Zhun, Jiangxia, each of two syllables at least.

    They are capitalised. Words side by side are one name where the first is a surname or all are single syllables. What stands in
    quotation marks is a translation more often.
    """
    bare = _QUOTED.sub(lambda quote: "." * len(quote.group()), text)
    runs: list[list[str]] = []
    end = -1
    for m in _CAPITAL.finditer(bare):
        word = re.sub(r"['’]s$", "", m.group())
        if _cuts(word):
            joined = runs and bare[end : m.start()] == " "
            runs = [*runs[:-1], [*runs[-1], word]] if joined else [*runs, [word]]
            end = m.end()
    return tuple(dict.fromkeys(name for run in runs for name in _names(run)))


def _names(run: Sequence[str]) -> list[str]:
    """The names of capitalised words side by side that can be read as pinyin."""
    single = [len(_cuts(word)[0]) == 1 for word in run]
    if len(run) > 1 and (all(single) or _person(run)):
        return [" ".join(run)]
    return [word for word, alone in zip(run, single, strict=True) if not alone and len(word) >= SHORTEST]


def _person(words: Sequence[str]) -> bool:
    """Whether ``words`` are a surname and what may be a given name."""
    return (
        len(words) in (2, 3)
        and _plain(words[0]) in _surnames()
        and sum(len(_cuts(w)[0]) for w in words[1:]) <= MOST_GIVEN
    )


def stands(name: str, text: str) -> bool:
    """Whether ``text`` has ``name``, one of :func:`spelt`, in characters that are read so, in either order, or as it is spelt."""
    words = [_plain(word) for word in name.split()]
    return name.lower() in text.lower() or any(_has("".join(order), text) for order in (words, [*words[1:], words[0]]))


def _plain(word: str) -> str:
    """``word`` as it is looked for: lüliang, lvliang and Luliang are one."""
    plain = unicodedata.normalize("NFC", word.lower()).replace("ü", "u").replace("v", "u")
    return re.sub(r"['’-]", "", plain)


@lru_cache(4096)
def _cuts(word: str) -> tuple[tuple[str, ...], ...]:
    """All ways to cut ``word`` into syllables; none for an English one."""
    return () if _plain(word) in ENGLISH else tuple(_syllables(_plain(word)))


def _syllables(plain: str) -> list[tuple[str, ...]]:
    if not plain:
        return [()]
    known = _known()
    return [
        (plain[:n], *rest)
        for n in range(min(LONGEST, len(plain)), 0, -1)
        if plain[:n] in known
        for rest in _syllables(plain[n:])
    ]


LONGEST = 6
"""Letters of the longest syllables."""


@cache
def _known() -> frozenset[str]:
    """The syllables of Mandarin; of single letters, which English words are full of, none."""
    return frozenset(s for each in by_sound() if len(s := _plain(each)) > 1 and s.isascii() and s.isalpha())


@cache
def _surnames() -> frozenset[str]:
    return frozenset(_plain("".join(map(sound, name))) for name in (*SURNAMES, *COMPOUND))


def _has(plain: str, text: str) -> bool:
    """Whether ``text`` has characters in a row that are read as ``plain``."""
    heard = _heard(text)
    for cut in _syllables(plain):
        for at in heard.get(cut[0], ()):
            if all(at + n in heard.get(syllable, ()) for n, syllable in enumerate(cut)):
                return True
    return False


@lru_cache(128)
def _heard(text: str) -> dict[str, frozenset[int]]:
    """Where each syllable stands in ``text``, for all the readings of its characters."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for run in _RUN.finditer(text):
        for at, character in enumerate(run.group(), run.start()):
            for reading in _readings(character):
                found[reading].add(at)
    return {reading: frozenset(places) for reading, places in found.items()}


@cache
def _readings(character: str) -> frozenset[str]:
    from pypinyin import Style, pinyin

    return frozenset(_plain(reading) for reading in pinyin(character, style=Style.NORMAL, heteronym=True)[0])
