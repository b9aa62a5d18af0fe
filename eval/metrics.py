"""Readings of one answer: which required facts it holds, where a quote stands, whether a sentence is in what it cites.

Pure functions of texts; nothing here uses the program's own checks, which are among the things measured.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise

CUTS = tuple(range(1, 11))
"""The k of recall@k."""

DEPTH = max(CUTS)
"""How many passages of a search are looked at."""

SHARED = 0.6
"""A sentence in words of its own is taken to be borne out when this share of its character pairs stands in its sources."""


def normalise(text: str) -> str:
    """``text`` in NFKC, lower case, without any white space, so that print forms of one thing compare equal."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def holds_key(text: str, key: str) -> bool:
    """Whether ``text`` holds ``key``, white space aside.

    A number must be whole: neither ``28786`` nor ``300万`` holds ``300`` or ``786``, and ``十三个`` does not hold ``三个``. Words of
    Latin letters must be whole but for a plural, and stay apart: neither ``lining`` nor ``Li Ningbo`` holds ``Li Ning``.

    Raises ``ValueError`` for an empty key, which every text would hold.
    """
    return re.search(_pattern(key), unicodedata.normalize("NFKC", text).casefold()) is not None


_NUMERALS = "零〇一二三四五六七八九十百千万亿两"
_BEFORE = ((r"\d", r"(?<!\d)(?<!\d[.,])"), ("[a-z]", "(?<![a-z])"), (f"[{_NUMERALS}]", f"(?<![{_NUMERALS}第\\d])"))
_AFTER = ((r"\.\d+$", r"(?!\d)"), (r"\d$", r"(?![.,]?\d|\s*[万亿])"), ("[a-z]$", "(?:'s|e?s)?(?![a-z])"))
"""What may not stand before a key that begins so, and after one that ends so."""


@cache
def _pattern(key: str) -> str:
    wanted = " ".join(unicodedata.normalize("NFKC", key).casefold().split())
    if not wanted:
        raise ValueError("a key must not be empty")
    pattern = next((guard for kind, guard in _BEFORE if re.match(kind, wanted)), "")
    before, gap = "", False
    for character in wanted:
        if character == " ":
            gap = True
            continue
        letters = "a" <= before <= "z" and "a" <= character <= "z"
        between = (r"\s+" if gap else "") if letters else r"\s*" if before else ""
        pattern += between + re.escape(character)
        before, gap = character, False
    return pattern + next((guard for kind, guard in _AFTER if re.search(kind, wanted)), "")


def keys_held(text: str, keys: Sequence[Sequence[str]]) -> tuple[bool, ...]:
    """For each of ``keys`` whether ``text`` holds at least one of its alternatives."""
    return tuple(any(holds_key(text, key) for key in alternatives) for alternatives in keys)


def overlap(one: str, other: str) -> bool:
    """Whether one of two quotes holds the other, normalised."""
    a, b = normalise(one), normalise(other)
    return bool(a and b) and (a in b or b in a)


def holding(quotes: Sequence[str], passages: Mapping[str, str]) -> list[set[str]]:
    """For each quote the ids of ``passages`` (normalised text by id) that hold it."""
    return [{id_ for id_, text in passages.items() if wanted in text} for wanted in map(normalise, quotes)]


def ranks(holders: Sequence[set[str]], found: Sequence[str]) -> tuple[int | None, ...]:
    """For each quote the 1-based place in ``found`` (best first) of the first passage among its holders."""
    return tuple(next((n for n, id_ in enumerate(found, 1) if id_ in held), None) for held in holders)


def retrieval(relevant: Mapping[str, int], found: Sequence[str], cuts: Sequence[int] = CUTS) -> dict[str, float]:
    """Recall, reciprocal rank and nDCG of ``found`` (ids, best first) where ``relevant`` gives the gain by id.

    Keys are those of ir_measures: ``R@k`` for each of ``cuts``, ``RR@10``, ``nDCG@10``, ``Success@5``.
    Computed by trec_eval through ir_measures. Raises ``ValueError`` when nothing is relevant.
    """
    if not relevant:
        raise ValueError("retrieval cannot be measured where nothing is relevant")
    from ir_measures import RR, Qrel, R, ScoredDoc, Success, iter_calc, nDCG

    measures = [*(R @ k for k in cuts), RR @ 10, nDCG @ 10, Success @ 5]
    qrels = [Qrel("q", id_, gain) for id_, gain in relevant.items()]
    # trec_eval orders by score; a run without any document would be left out, so that one nobody wants is added.
    scored = [ScoredDoc("q", id_, 1.0 / n) for n, id_ in enumerate(dict.fromkeys(found), 1)]
    return {
        str(m.measure): float(m.value) for m in iter_calc(measures, qrels, [*scored, ScoredDoc("q", "<none>", -1.0)])
    }


def attributed(sentence: str, sources: Sequence[str], *, verbatim: bool) -> bool:
    """Whether what ``sentence`` says stands in one of ``sources``, the quotes or passages that it cites.

    ``verbatim`` for sentences taken from the pages: the sentence itself must stand there. For sentences in other words
    every figure of it must, and :data:`SHARED` of its pairs of characters. A sentence without sources says nothing that
    could be looked up, so it is not attributed.
    """
    wanted = normalise(sentence)
    if verbatim:
        return any(wanted in normalise(source) for source in sources)
    pairs, numbers = set(pairwise(wanted)), re.findall(r"\d+(?:[.,]\d+)*", wanted)
    return any(
        all(holds_key(source, number) for number in numbers)
        and len(pairs & set(pairwise(normalise(source)))) >= SHARED * len(pairs)
        for source in sources
    )


def printed(quote: str, page: str) -> bool:
    """Whether ``quote`` is in the words of ``page`` (raw text), line breaks and Markdown marks aside.

    A quote may be broken once, from the end of one line to the start of another that stands elsewhere on the page:
    columns are not always in the order they are read.
    """
    wanted = normalise(quote)
    lines = [bare for line in page.splitlines() if (bare := normalise(re.sub(r"^\s*#+\s|\*\*", "", line)))]
    joined = "\n".join(["", *lines, ""])
    flat = joined.replace("\n", "")
    if wanted in flat:
        return True
    # Only line breaks of the page may lie between the characters of either part.
    for cut in range(1, len(wanted)):
        if wanted[:cut] not in flat or wanted[cut:] not in flat:
            continue
        first, second = (r"\n?".join(map(re.escape, part)) for part in (wanted[:cut], wanted[cut:]))
        if re.search(first + r"\n", joined) and re.search(r"\n" + second, joined):
            return True
    return False
