"""Slips of the pen in a question: a word that no report has, and one that sounds the same or differs in one character.

An index holds every pair of neighbouring Chinese characters of its reports, so a string with a pair that it does not hold stands
in none of them. Only such strings are looked at, only where the word cutter found no word there that is known, and only to put
a word of the reports in their place.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from rag import zh
from rag.ingest.places import mentions
from rag.search.sounds import by_sound, sound

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from rag.search.searchable import Searchable

SHORTEST, LONGEST = 3, 8
"""Characters of the words that are looked for by sound; words of two characters have to share one and be in the dictionary."""

ONE_WRONG = 5
"""Characters of a word from which one inside it may be another that does not sound the same; terms of the glossary may be shorter by
one, and have it anywhere. Others are too often another thing: 群呼行为 is no 群体行为, 做保证人 no 被保证人."""

COMMON, USUAL = 0.02, 0.05
"""Share of the passages in which a character stands as a word by itself: from the first on it is none to take a short word for (会娶 is
no slip for 会去), from the second on none to put another in its place (一个只 is no slip for 一个纸)."""

_TELLING = frozenset(
    "〇零一二三四五六七八九十百千万亿两几东南西北上下左右前后内外大小多少高低长短新旧老男女父母子公私省市县区乡镇村年月日不未非无"
)
"""Characters that make another thing of a word: 男职工委员会 is no slip for 女职工委员会."""

_GRAMMAR = frozenset("了着过还个到得把被让给就都也又才很再只")
"""Characters that are in no short slip, however rare they are in the reports: statutes hardly use them, questions do."""

_RUN = re.compile(f"[{zh.HAN}]{{2,}}")


@dataclass(frozen=True, slots=True)
class Slip:
    """``wrong``, as the question has it, was taken for ``right``, which the reports have."""

    wrong: str
    right: str

    def __str__(self) -> str:
        return f"{self.wrong} → {self.right}"


@dataclass(frozen=True)
class _Words:
    """The words of an index, of :data:`SHORTEST` to :data:`LONGEST` characters, by sound and by all characters but one."""

    by_sound: Mapping[tuple[str, ...], list[str]]
    by_rest: Mapping[tuple[str, int, str], list[str]] = field(default_factory=dict)


def mend(text: str, store: Searchable, right: Container[str] = ()) -> tuple[str, tuple[Slip, ...]]:
    """``text``, in normal form, with its slips mended, and what they were. The words in ``right`` are none."""
    known = store.vocabulary
    mended, slips, at = [], [], 0
    for run in _RUN.finditer(text):
        if all(a + b in known for a, b in pairwise(run.group())):
            continue
        for start, end, meant in _mended(run.group(), store, right):
            mended += [text[at : run.start() + start], meant]
            slips.append(Slip(run.group()[start:end], meant))
            at = run.start() + end
    return "".join((*mended, text[at:])), tuple(slips)


def _mended(run: str, store: Searchable, right: Container[str]) -> Iterator[tuple[int, int, str]]:
    """The slips of a run of Chinese characters, from left to right: where one begins and ends, and what is meant."""
    pieces = zh.pieces(run)
    odd = _odd(pieces, store)
    for m in mentions(run, strict=False):
        odd.difference_update(range(m.start, m.end))
    ends = list(accumulate(map(len, pieces)))
    at = 0
    for end in ends:  # a slip is looked for in whole words of the cutter's, the longest stretch of them first
        start = end - len(pieces[ends.index(end)])
        if start < at:
            continue
        for stop in reversed(ends[bisect_left(ends, end) : bisect_right(ends, start + LONGEST)]):
            places = [n for n in range(stop - start) if start + n in odd]
            here = run[start:stop]
            if places and len(here) > 1 and here not in right and (meant := _meant(here, places, store)):
                yield start, stop, meant
                at = stop
                break


def _odd(pieces: Sequence[str], store: Searchable) -> set[int]:
    """The places in ``pieces`` of what is no word of the reports: single characters, and longer words that none of them has."""
    found: set[int] = set()
    at = 0
    for piece in pieces:
        if piece not in zh.STOP_WORDS and (len(piece) == 1 or piece not in store.vocabulary):
            found.update(range(at, at + len(piece)))
        at += len(piece)
    return found


def _meant(here: str, odd: list[int], store: Searchable) -> str:
    """The word of the reports that is meant by ``here``, which may differ from it at ``odd`` alone; empty if there is none."""
    known = store.vocabulary
    if all(a + b in known for a, b in pairwise(here)):
        return ""
    if len(here) < SHORTEST:
        candidates = _short(here, odd, store)
    else:
        words = _words(store)
        candidates = [w for w in words.by_sound.get(tuple(map(sound, here)), ()) if _fits(here, w, odd, store)]
        if not candidates and len(here) >= ONE_WRONG - 1:
            like = (w for n in odd for w in words.by_rest.get((here[:n], n, here[n + 1 :]), ()))
            candidates = [w for w in like if _fits(here, w, odd, store)]
    return max(candidates, key=lambda c: _share(c, store), default="")


def _short(here: str, odd: list[int], store: Searchable) -> list[str]:
    """The words of the dictionary for which ``here``, two characters that are none, may stand."""
    if (
        (_TELLING | _GRAMMAR) & set(here)
        or any(_share(character, store) >= COMMON for character in here)
        or zh.is_word(here)
    ):
        return []
    made = (here[:n] + other + here[n + 1 :] for n in odd for other in _alike(here[n]))
    return [c for c in made if c != here and c in store.vocabulary and zh.is_word(c)]


def _fits(here: str, candidate: str, odd: list[int], store: Searchable) -> bool:
    """Whether ``candidate`` differs from ``here`` at ``odd`` alone, and in characters that can be slips."""
    changed = [n for n, (a, b) in enumerate(zip(here, candidate, strict=True)) if a != b]
    return (
        bool(changed)
        and set(changed) <= set(odd)
        and not any(here[n] in _TELLING or candidate[n] in _TELLING for n in changed)
        and (len(here) > SHORTEST or not any(_share(here[n], store) >= USUAL for n in changed))
    )


def _share(word: str, store: Searchable) -> float:
    """The share of passages that hold ``word`` as a word."""
    return store.frequencies([word]).get(word, 0) / max(1, len(store.passages))


# --- sounds ---------------------------------------------------------------------------------------


def _alike(character: str) -> str:
    """The characters that sound like ``character``, itself among them."""
    return by_sound().get(sound(character), "")


_KNOWN: dict[str, _Words] = {}


def _words(store: Searchable) -> _Words:
    """The words of ``store``; worked out once for the index in use, when the first slip is looked for.

    Threads may ask for those of an index and of the one that it was exchanged for at the same time.
    """
    found = _KNOWN.get(store.index_id)
    if found is None:
        by_sound: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
        by_rest: defaultdict[tuple[str, int, str], list[str]] = defaultdict(list)
        terms = zh.glossary()
        for word in store.vocabulary:
            if SHORTEST <= len(word) <= LONGEST and _RUN.fullmatch(word):
                by_sound[tuple(map(sound, word))].append(word)
                for n in _replaceable(word, terms):
                    by_rest[word[:n], n, word[n + 1 :]].append(word)
        found = _Words(by_sound, by_rest)
        _KNOWN.clear()
        _KNOWN[store.index_id] = found
    return found


def _replaceable(word: str, terms: Container[str]) -> range:
    """The places of ``word`` at which one wrong character is forgiven whatever it sounds like."""
    if word in terms and len(word) >= ONE_WRONG - 1:
        return range(len(word))
    return range(1, len(word) - 1) if len(word) >= ONE_WRONG else range(0)
