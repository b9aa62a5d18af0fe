"""Which sentences may hold the answer: those of the nearest report, and of others near it, that have the kind of thing asked for.

Of a figure or a date they must say it of what is asked after (:mod:`rag.answer.rules.governed`).
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.answer import reached
from rag.answer.asked.kind import Asks
from rag.answer.asked.question import Question
from rag.answer.evidence import Evidence
from rag.answer.rules.governed.against import against
from rag.answer.rules.governed.counted import NONE
from rag.zh import is_english

NEAR = 2.5
"""How far below the best sentence's score one of another article may be and still hold the figure or date asked for."""

MOST_OF_IT = 0.5
"""Share of the words beside the question word that a sentence must have for its number to be taken on trust."""


def bearing(question: Question, ranked: Sequence[Evidence]) -> list[Evidence]:
    """The sentences that may hold what is asked for, best first: those of the best one's article and others near it in score.

    Of these, those with a figure of what is counted, a date or a person where that is asked for; where none has, all. What
    speaks of the figures of something else (:mod:`rag.answer.rules.governed`) is left out.
    """
    return left(question, _formed(question, ranked))


_ASKED = frozenset((Asks.NUMBER, Asks.YEAR, Asks.DATE))

FAR_BELOW = 4.0
"""How far below the best in score another sentence may be, where the best is of something else."""


def of_it(question: Question, evidence: Evidence) -> bool:
    """Whether nothing in ``evidence`` says that its figures and dates are of another thing than ``question`` asks after.

    True where the question asks for neither.
    """
    if question.sought is None and question.asks not in _ASKED:
        return True
    return not against(question, evidence.passage, evidence.span.start, evidence.span.end)


def left(question: Question, may: Sequence[Evidence]) -> list[Evidence]:
    """Those of ``may``, best first, that are :func:`of_it`.

    Where the best is not, it is another thing that the report speaks of most, and what is left must be of that report, not
    :data:`FAR_BELOW` below it, and have a figure that fits as well.
    """
    kept = [e for e in may if of_it(question, e)]
    if not kept or kept[0] is may[0]:
        return kept
    first = may[0]
    return [
        e
        for e in kept
        if e.passage.article_id == first.passage.article_id
        and e.score >= first.score - FAR_BELOW
        and e.feature("unit") >= first.feature("unit")
    ]


def _formed(question: Question, ranked: Sequence[Evidence]) -> list[Evidence]:
    """The sentences near the best one that hold the kind of thing asked for, best first."""
    if not ranked:
        return []
    best = ranked[0]
    in_english = is_english(question.text)
    may = [e for e in ranked if e.passage.article_id == best.passage.article_id or _rivals(e, best, english=in_english)]
    if question.sought:
        return [e for e in may if e.feature("unit") > 0] or [
            # It has a number in a fitting unit, and says all else that is asked: the thing may go by another word there.
            e
            for e in may[:1]
            if e.feature("unit") > NONE and e.feature("ask" if in_english else "core") >= MOST_OF_IT
        ]
    if question.asks in (Asks.YEAR, Asks.DATE):
        return [e for e in may if e.feature("kind") > 0]
    if question.asks is Asks.PERSON:
        return [e for e in may if e.feature("person") > 0] or may
    if question.asks is Asks.LIST:
        own = [e for e in may if e.passage.article_id == best.passage.article_id]
        return [e for e in own if e.feature("kind") > 0] or may
    return may


ALIKE = 0.8
"""Share of what the best sentence's passage has of the question that another article must have to be asked too."""


def _rivals(other: Evidence, best: Evidence, *, english: bool) -> bool:
    """Whether a sentence of another article may answer as well: near in score, of the right place and year, on the subject."""
    # Of an English question a passage has but names and terms; there its meaning tells whether it is on the subject.
    by = ("soft_passage", "similar_passage") if english else ("cover_passage",)
    return (
        other.score >= best.score - NEAR
        and other.feature("place") == 0
        and other.feature("year") > -1
        and all(other.feature(name) >= ALIKE * best.feature(name) for name in by)
    )


def first(question: Question, ranked: Sequence[Evidence]) -> list[Evidence]:
    """``ranked`` with the sentence first that has the figure or the year asked for: the fact before what else is said of it.

    Persons, dates and lists come in forms that are not all known, so that there the best sentence stays first.
    """
    may = bearing(question, ranked) if question.sought or question.asks is Asks.YEAR else ranked
    if question.sought:
        may = _fittest_first(may)
    lead = list(reached.before(question, may)[:1])
    return [*lead, *(e for e in ranked if e not in lead)]


CLOSE, CLEARLY = 1.0, 0.5
"""How far below the best in score a sentence may be that goes first, and by how much more its figure must be of what is counted."""


def _fittest_first(may: Sequence[Evidence]) -> Sequence[Evidence]:
    """``may`` with the sentence first whose figure fits clearly better than that of the best one, if it is as good as that otherwise.

    580 stations are what is counted, and not the stations of 6 provinces.
    """
    near = [e for e in may if e.score >= may[0].score - CLOSE and e.passage.article_id == may[0].passage.article_id]
    best = max(near, key=lambda e: e.feature("unit"), default=None)
    if best is None or best.feature("unit") < may[0].feature("unit") + CLEARLY:
        return may
    return [best, *(e for e in may if e is not best)]
