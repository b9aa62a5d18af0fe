"""Follow-up questions made whole from what was asked before, by rules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answer.question import Question, read
from rag.ingest.places import mentions
from rag.zh import is_english, normalise

_POINTS_BACK = re.compile(
    r"^(?:那么?|这|该|其|此|他|她|它|还有|另外|同时|后来|结果|然后|也|受益|具体)|(?:这|那|该|其|他|她|它)(?:个|些|次|项|里|家|位|份|种|篇|们|的|活动|学校|工会|公司)"
    r"|上面|上述|刚才|前面|\b(?:it|its|they|their|them|that|this|those|these|he|she|his|her|there)\b"
)
_WHAT_ABOUT = re.compile(
    r"^(?:那么?|那)?\s*(?P<thing>.{1,12}?)呢[？?。]?$|^(?:and|what about|how about)\s+(?P<en>.{2,40}?)\??$",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}年?")

ENOUGH_WORDS = 6
"""A question with so many content words of its own, or a place or a name, stands alone."""


@dataclass(frozen=True, slots=True)
class Understood:
    """A question as it is understood: ``shown`` to the person, ``query`` for the search."""

    shown: str
    query: str


def rewrite(question: str, history: Sequence[str]) -> Understood:
    """``question`` made whole from the earlier questions of ``history``, oldest first.

    A question that stands alone stays as it is. 那山东呢？ takes the last question's place or year out and its own in.
    Any other one is read together with the last question that stood alone.
    """
    whole = next((q for q in reversed(history) if not leans(q)), history[0] if history else "")
    if not whole or not leans(question):
        return Understood(question, question)
    if swapped := _swap(question, whole):
        return Understood(swapped, swapped)
    joined = f"{whole.rstrip('？?。. ')}{'? ' if is_english(whole) else '？'}{question}"
    return Understood(joined, joined)


def leans(text: str) -> bool:
    """Whether a question needs the one before it: it points back, or names too little of its own."""
    question = read(text)
    if question.places or question.quoted:
        return bool(re.match(r"^那.{1,12}呢[？?]?$", normalise(text)))
    if _POINTS_BACK.search(normalise(text)) or _WHAT_ABOUT.match(normalise(text)):
        return True
    return len(_own(question)) < ENOUGH_WORDS


def _own(question: Question) -> list[str]:
    return [w for w in question.words if len(w) > 1 or w.isascii()]


def _swap(question: str, whole: str) -> str:
    """``whole`` with its place or year replaced by the one that ``question`` asks about (那山东呢？), or nothing."""
    match = _WHAT_ABOUT.match(question.strip())
    if not match:
        return ""
    thing = (match["thing"] or match["en"]).strip()
    old, new = mentions(whole, strict=False), mentions(thing, strict=False)
    if old and new:
        return whole[: old[0].start] + thing + whole[old[-1].end if old[-1].start == old[0].end else old[0].end :]
    if _YEAR.fullmatch(thing) and (year := _YEAR.search(whole)):
        return whole[: year.start()] + thing + whole[year.end() :]
    return ""
