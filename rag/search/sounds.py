"""How Chinese characters are read: the sound of one, and whether a text has a name that is spelt in pinyin.

A spelling tells no characters: Taoyuan is 桃园, 桃源 or 陶园, and a name given in an English question stands in a report if any
characters there are read so. Home of pypinyin, which is imported when there is something to look up.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from functools import cache, lru_cache

from rag.ingest.names import COMPOUND, SURNAMES
from rag.zh import HAN

_CAPITAL = re.compile(r"[A-ZÜ][a-zü]+(?:['’][a-zü]+)*")
_QUOTED = re.compile(r"[“\"‘「『《][^”\"’」』》]*[”\"’」』》]|(?<!\w)'[^']+'(?!\w)")
_RUN = re.compile(f"[{HAN}]+")

SHORTEST = 4
"""Letters of a spelling that is looked for by itself; shorter ones (Long, Ma) are everyday English words or in every report."""

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
    """The names that an English ``text`` spells in pinyin, as it writes them: Wang Zhun, Jiangxia.

    They are capitalised and of two syllables at least. What stands in quotation marks is a translation more often.
    """
    found: list[str] = []
    run: list[str] = []
    end = -1
    for m in _CAPITAL.finditer(_QUOTED.sub(lambda quote: " " * len(quote.group()), text)):
        word = re.sub(r"['’]s$", "", m.group())
        if run and text[end : m.start()] != " ":
            found.append(" ".join(run))
            run = []
        if _cuts(word):
            run.append(word)
            end = m.end()
        elif run:
            found.append(" ".join(run))
            run = []
    return tuple(dict.fromkeys(name for name in (*found, " ".join(run)) if name and _is_name(name)))


def stands(name: str, text: str) -> bool:
    """Whether ``text`` has ``name``, one of :func:`spelt`, in characters that are read so or as it is spelt.

    Of a name of several words each may stand by itself (a park and its city), but those of a person, whose first is a surname.
    """
    words = name.split()
    if name.lower() in text.lower() or _has("".join(map(_plain, words)), text):
        return True
    if len(words) == 1:
        return False
    if _plain(words[0]) in _surnames():
        return _has("".join(map(_plain, (*words[1:], words[0]))), text)
    return all(_has(_plain(word), text) for word in words)


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


def _is_name(name: str) -> bool:
    words = name.split()
    if len(words) == 1:
        return len(name) >= SHORTEST and all(len(cut) > 1 for cut in _cuts(name))
    if all(len(_cuts(word)[0]) == 1 for word in words):
        return _plain(words[0]) in _surnames()
    return True


def _has(plain: str, text: str) -> bool:
    """Whether ``text`` has characters in a row that are read as ``plain``."""
    heard = _heard(text)
    for cut in _syllables(plain):
        for at in heard.get(cut[0], ()):
            if all(at + n in heard.get(syllable, ()) for n, syllable in enumerate(cut)):
                return True
    return False


@lru_cache(64)
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
