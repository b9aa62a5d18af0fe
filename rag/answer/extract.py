"""An answer in the archive's own words: the best sentences, each with its citation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

from rag.answer.asked.kind import Asks
from rag.answer.asked.plainly import over_time
from rag.answer.asked.question import Question
from rag.answer.asked.several import asks_more
from rag.answer.cite import Numberer
from rag.answer.evidence import Evidence, redundant
from rag.answer.rules.governed import counted
from rag.answer.unfolded import unfolded
from rag.types import Sentence, Support
from rag.zh import is_english, normalise

_OF_EACH = re.compile("各(?!级|地|类|种|界)[^，。？?]{0,8}(?:多少|几)|(?:都|分别)[^，。？?]{0,8}(?:多少|几)")
"""What asks for more figures than one: 各产业工会都帮了多少人."""

_SHORT = (Asks.NUMBER, Asks.YEAR, Asks.DATE, Asks.PERSON, Asks.PLACE)
_POINTS = (Asks.LIST, Asks.MEANS, Asks.REASON)
"""Questions answered by points, which are told in the order of their article."""

MOST = 5
"""Sentences of an answer to a question after all places there are, one of each article."""


@dataclass(frozen=True, slots=True)
class Size:
    """The most an answer holds, and how far below the best sentence's score a further one may be.

    The best and the next one together may hold ``pair`` characters, where one is long: it would keep out even that. One of another
    report may be ``others`` below.
    """

    sentences: int
    characters: int
    close: float
    pair: int = 330
    others: float = inf


UNFOLDED = 700
"""Characters of an answer that tells more of each thing in a list."""

SHORT, LONG, LISTED, WIDE = Size(3, 180, 3.0), Size(4, 220, 3.0), Size(6, 450, 4.5, 500), Size(MOST, 400, 4.5)
TOLD = Size(6, 450, 4.5, 500, 1.0)
"""For why and how, and where more than one thing is asked: most of what answers them is told by one report, here and there."""


def size(question: Question) -> Size:
    """How long an answer to ``question`` may be."""
    if question.everywhere:
        return WIDE
    if question.asks is Asks.NUMBER and _OF_EACH.search(question.text):
        return LISTED
    if question.asks in (Asks.REASON, Asks.MEANS) or asks_more(question.text):
        return TOLD
    return SHORT if question.asks in _SHORT else LISTED if question.asks is Asks.LIST else LONG


_MEASURES = "%|万元|亿元|元|人次|人|名|位|家|个|户|次|场|项|届|期|年|天|支|所|部|份|条|件|种|成|类|台|辆|座|级|倍|亩|吨|千瓦时|千瓦|平方米|小时|分钟|岁|套|例|万亩|万吨"
_SPANS = {
    Asks.NUMBER: re.compile(rf"[0-9][0-9,.]*[万亿余多]*(?:{_MEASURES})?"),
    Asks.YEAR: re.compile(r"(?:19|20)[0-9]{2}年?"),
    Asks.DATE: re.compile(r"(?:(?:19|20)[0-9]{2}年)?(?:[0-9]{1,2}月)?(?:[0-9]{1,2}日)?"),
}


_BACK = re.compile(
    r"[“\"]?(?:他|她|它|该(?!不)|其(?!实|他|余|次)|这(?!里)|此(?!外|前|次)|对此|为此|同时|两者|二者|双方)"
)
"""What begins so points back to the sentence before."""

_ASKS = re.compile(r"[？?][”\"’』」]?\s*$")


def choose(question: Question, ranked: Sequence[Evidence]) -> list[Evidence]:
    """The sentences to show, the first of ``ranked`` first; at least one if there is any.

    A sentence that points back (该, 他, 同时) brings the one before it, where there is room. One that itself asks (怎么建？) is
    shown only where there is no other.
    """
    if not ranked:
        return []
    ranked = [e for e in ranked if not _ASKS.search(e.text)] or ranked
    room = size(question)
    best = max(e.score for e in ranked)
    own = ranked[0].passage.article_id
    close = [
        e
        for e in ranked[1:]
        if e.score >= best - (room.close if e.passage.article_id == own else min(room.close, room.others))
    ]
    if question.sought:
        # Asked how many or how much, a further sentence is worth reading only if it counts the same thing.
        close = [e for e in close if e.feature("unit") > 0]
    if question.everywhere:
        firsts = {e.passage.article_id: e for e in reversed(ranked) if e.score >= best - room.close}
        close = sorted(firsts.values(), key=lambda e: -e.score)
    if over_time(normalise(question.text)):
        room = replace(room, pair=0)  # what became of it is worth more than the next best
        close = _onward([ranked[0], *close], ranked)
    before = _before(ranked[0], ranked) if _BACK.match(ranked[0].text) else None
    told = unfolded(ranked[0], ranked) if room in (TOLD, LISTED) else []
    if told:
        room = replace(room, sentences=max(room.sentences, 1 + len(told)), characters=UNFOLDED)
    chosen = fill(list(ranked[:1]), [*([before] if before else []), *told, *close], room)
    return chosen if question.everywhere else _with_person(question, chosen, ranked)


def _with_person(question: Question, chosen: list[Evidence], ranked: Sequence[Evidence]) -> list[Evidence]:
    """``chosen``, and the best sentence of its report that names somebody where a person is asked for and none of them does."""
    if question.asks is not Asks.PERSON or any(e.feature("person") > 0 for e in chosen):
        return chosen
    own = (e for e in ranked if e.passage.article_id == chosen[0].passage.article_id and e.feature("person") > 0)
    named = next(own, None)
    return [*chosen[: SHORT.sentences - 1], named] if named else chosen


_LATER = re.compile(r"[而但]?(?:截至|截止|目前|如今|现在|此后|后来|随后|到了?[0-9])|.{0,12}这[一个]?数字")
"""How a sentence begins that says what became of the thing in the one before."""


def _onward(close: Sequence[Evidence], ranked: Sequence[Evidence]) -> list[Evidence]:
    """``close``, each with the sentence before it that it goes on from in time, or the one behind that goes on from it."""
    found: list[Evidence] = []
    for evidence in close:
        earlier = _before(evidence, ranked) if _LATER.match(evidence.text) else None
        later = next((e for e in ranked if _LATER.match(e.text) and _before(e, ranked) is evidence), None)
        found += [e for e in (earlier, evidence, later) if e is not None and e not in found]
    return found


def _before(evidence: Evidence, ranked: Sequence[Evidence]) -> Evidence | None:
    """The sentence before ``evidence`` in its passage."""
    earlier = [e for e in ranked if e.passage is evidence.passage and e.span.end <= evidence.span.start]
    return max(earlier, key=lambda e: e.span.end, default=None)


def fill(chosen: list[Evidence], further: Sequence[Evidence], room: Size = LONG) -> list[Evidence]:
    """``chosen`` and as many of ``further`` as there is room for, without saying anything twice."""
    for evidence in further:
        characters = sum(len(e.text) for e in chosen) + len(evidence.text)
        most = max(room.characters, room.pair) if len(chosen) == 1 else room.characters
        fits = len(chosen) < room.sentences and characters <= most
        if fits and evidence not in chosen and not redundant(evidence, chosen):
            chosen = [*chosen, evidence]
    return chosen


def compose(question: Question, chosen: Sequence[Evidence], number: Numberer) -> tuple[Sentence, ...]:
    """``chosen`` as the sentences of an answer; what answers a question after a figure is marked in the first.

    Points are told article by article, in the order in which they are printed.
    """
    if question.asks in _POINTS:
        articles = list(dict.fromkeys(e.passage.article_id for e in chosen))
        chosen = sorted(chosen, key=lambda e: (articles.index(e.passage.article_id), e.passage.start + e.span.start))
    return tuple(_sentence(question, e, number, first=n == 0) for n, e in enumerate(chosen))


_HEADED = re.compile(r"\s*本报[^（(。，]{0,8}[讯电]\s*[（(][^（()）]{0,80}[）)]\s*")
"""What opens a report and tells nothing of what it is about: 本报讯（记者张世光）."""
_WROTE = re.compile("记者|通讯员|谁写|作者|reporter|wrote|author|journalist|correspondent", re.IGNORECASE)


def _sentence(question: Question, evidence: Evidence, number: Numberer, *, first: bool) -> Sentence:
    """``evidence`` as a sentence of an answer, without the by-line before it where nobody asks who wrote it."""
    head = _HEADED.match(evidence.text) if not _WROTE.search(question.text) else None
    skip = head.end() if head and head.end() < len(evidence.text) else 0
    text = evidence.text[skip:]
    cited = number.cite(evidence.passage, evidence.span.start + skip, evidence.span.end)
    return Sentence(text, Support.SUPPORTED, (cited,), _lead(question, text) if first else None)


def _lead(question: Question, text: str) -> tuple[int, int] | None:
    """The figure or date in ``text`` that answers ``question``: one that the question does not give itself.

    Where a unit is asked for, only a figure that counts it; among several the one nearest to the question's words.
    """
    pattern = _SPANS.get(question.asks)
    if pattern is None or is_english(question.text):
        return None
    asked = normalise(question.text)
    if question.sought:
        given = [(fit, span) for span, fit in counted.figures(question.sought, text) if text[slice(*span)] not in asked]
        return max(given, key=lambda g: g[0])[1] if given else None
    held = [m.start() for w in question.words if len(w) > 1 for m in re.finditer(re.escape(w), text)]
    fitting = [m.span() for m in pattern.finditer(text) if m.group() and normalise(m.group()) not in asked]
    return min(fitting, key=lambda span: min((abs(at - span[0]) for at in held), default=0), default=None)
