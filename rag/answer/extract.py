"""An answer in the archive's own words: the best sentences, each with its citation."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answer.cite import Numberer
from rag.answer.evidence import Evidence, redundant
from rag.answer.question import Asks, Question
from rag.types import Sentence, Support
from rag.zh import is_english, normalise

_SHORT = (Asks.NUMBER, Asks.YEAR, Asks.DATE, Asks.PERSON, Asks.PLACE)
SENTENCES = {True: 3, False: 4}
CHARACTERS = {True: 180, False: 220}
"""The most an answer holds, for questions after a single fact (True) and for others."""

CLOSE = {True: 3.5, False: 4.0}
"""How far below the best sentence's score a further one may be."""

_MEASURES = "%|万元|亿元|元|人次|人|名|位|家|个|户|次|场|项|届|期|年|天|支|所|部|份|条|件|种|成|类|台|辆|座|级|倍|亩|吨|千瓦时|千瓦|平方米|小时|分钟|岁|套|例|万亩|万吨"
_SPANS = {
    Asks.NUMBER: re.compile(rf"[0-9][0-9,.]*[万亿余多]*(?:{_MEASURES})?"),
    Asks.YEAR: re.compile(r"(?:19|20)[0-9]{2}年?"),
    Asks.DATE: re.compile(r"(?:(?:19|20)[0-9]{2}年)?(?:[0-9]{1,2}月)?(?:[0-9]{1,2}日)?"),
}


def choose(question: Question, ranked: Sequence[Evidence]) -> list[Evidence]:
    """The sentences to show, best first; at least one if there is any."""
    short = question.asks in _SHORT
    close = [e for e in ranked[1:] if e.score >= ranked[0].score - CLOSE[short]]
    if short and question.units:
        # Asked how many or how much, a further sentence is worth reading only if it counts the same thing.
        close = [e for e in close if e.feature("unit") >= 0]
    return fill(list(ranked[:1]), close, short=short)


def fill(chosen: list[Evidence], further: Sequence[Evidence], *, short: bool) -> list[Evidence]:
    """``chosen`` and as many of ``further`` as there is room for, without saying anything twice."""
    for evidence in further:
        size = sum(len(e.text) for e in chosen) + len(evidence.text)
        room = len(chosen) < SENTENCES[short] and size <= CHARACTERS[short]
        if room and evidence not in chosen and not redundant(evidence, chosen):
            chosen = [*chosen, evidence]
    return chosen


def compose(question: Question, chosen: Sequence[Evidence], number: Numberer) -> tuple[Sentence, ...]:
    """``chosen`` as the sentences of an answer; what answers a question after a figure is marked in the first."""
    return tuple(
        Sentence(
            e.text,
            Support.SUPPORTED,
            (number.cite(e.passage, e.span.start, e.span.end),),
            _lead(question, e.text) if n == 0 else None,
        )
        for n, e in enumerate(chosen)
    )


def _lead(question: Question, text: str) -> tuple[int, int] | None:
    """The figure or date in ``text`` that answers ``question``: one that the question does not give itself.

    Where a unit is asked for, only a figure that counts it; among several the one nearest to the question's words.
    """
    pattern = _SPANS.get(question.asks)
    if pattern is None or is_english(question.text):
        return None
    asked = normalise(question.text)
    counting = question.figures(text)
    held = [m.start() for w in question.words if len(w) > 1 for m in re.finditer(re.escape(w), text)]
    fitting = [
        m.span()
        for m in pattern.finditer(text)
        if m.group()
        and normalise(m.group()) not in asked
        and (not question.units or any(a <= m.start() < b for a, b in counting))
    ]
    return min(fitting, key=lambda span: min((abs(at - span[0]) for at in held), default=0), default=None)
