"""What a question insists on that the nearest report does not have: a place, a year, a name, a figure, or what a rule looks for.

A place, a year, a name in quotation marks, a 第一届, an office or a figure that the evidence does not give is not made up for by
other words. The rules are those of :mod:`rag.answer.rules`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum

from rag.answer.asked import english
from rag.answer.asked.kind import Asks
from rag.answer.asked.question import Question, sentences_of
from rag.answer.bearing import bearing
from rag.answer.evidence import Evidence
from rag.answer.rules import alike, bounds, contrasts, modifiers, relations, slots
from rag.answer.rules.naming import siblings, told_of
from rag.answer.rules.naming.unnamed import unnamed
from rag.answer.rules.spelling import holds
from rag.answer.stated import mentioned, offices
from rag.answer.stated.sentences import form
from rag.search.sounds import stands
from rag.types import Article
from rag.zh import is_english, normalise, words


class Lack(StrEnum):
    """What the archive does not have, or that nothing was asked of its reports (CHAT, HOLDINGS, ADVICE)."""

    NOTHING = "nothing"
    PLACE = "place"
    YEAR = "year"
    NAME = "name"
    ORDINAL = "ordinal"
    ROLE = "role"
    RANK = "rank"
    FIGURE = "figure"
    DATE = "date"
    ASPECT = "aspect"
    LISTED = "listed"
    SUBJECT = "subject"
    SIDE = "side"
    CHAT = "chat"
    HOLDINGS = "holdings"
    ADVICE = "advice"


UNASKED = frozenset((Lack.CHAT, Lack.HOLDINGS))
"""Where no report is near, for nothing was asked that one could tell."""

DETAILS = frozenset((Lack.FIGURE, Lack.DATE, Lack.ROLE, Lack.RANK))
"""What a report on the subject may lack."""


def unmet(question: Question, ranked: Sequence[Evidence], article: Article) -> tuple[Lack, str]:
    """The first thing the question insists on that the best sentence's ``article`` does not know, and its name."""
    return next(_lacks(question, ranked, article), (Lack.NOTHING, ""))


def _lacks(question: Question, ranked: Sequence[Evidence], article: Article) -> Iterator[tuple[Lack, str]]:
    own = [e for e in ranked if e.passage.article_id == article.id]
    best, text = ranked[0], normalise(f"{article.head}\n{article.text}")
    yield from _unmentioned(question, ranked, text)
    yield from ((Lack.ROLE, role) for role in _unfilled(question, text))
    if question.ranked and not offices.ranks(text, question.ranked):
        yield Lack.RANK, question.ranked
    yield from ((Lack.SUBJECT, subject) for subject in _other_subjects(question, text))
    yield from ((Lack.ORDINAL, ordinal) for ordinal in bounds.others(question.ordinals, text))
    may = bearing(question, ranked)
    if question.sought and not any(_named(question, e, article) for e in may):
        yield Lack.FIGURE, question.sought.named
    elif question.sought and question.years and not any(e.feature("year") == 0 for e in may):
        yield Lack.YEAR, _named_years(question)
    elif question.asks in (Asks.YEAR, Asks.DATE) and not may and not _LOOSELY.search(best.text):
        yield Lack.DATE, ""
    elif question.which and question.which not in text and not any(e.feature("person") > 0 for e in may):
        yield Lack.ROLE, question.which
    elif question.named and not any(
        question.named in e.text and (e.feature("person") > 0 or mentioned.foreign(e.text)) for e in may
    ):
        yield Lack.ROLE, question.named
    if is_english(question.text):
        yield from _in_english(question, may, ranked, text)
    yield from ((Lack.ASPECT, word) for word in contrasts.missing(question.text, text))
    told = [e.text for e in own[:AT_HAND]]
    if untold := relations.missing(question.text, told, text) or told_of.untold(question.text, text):
        yield Lack.ASPECT, untold
    near = [*may, *own][:AS_EVIDENCE]
    told = [e.text for e in near]
    yield from ((Lack(lack), missing) for lack, missing in unnamed(question.text, text, told))
    yield from _out_of_bounds(question, near, article, text)
    others = [form(e.text) for e in ranked if e.passage.article_id != article.id]
    if name := siblings.elsewhere(form(question.text), form(text), others):
        yield Lack.ASPECT, name  # the archive has it, and this report does not


def _in_english(
    question: Question, may: Sequence[Evidence], ranked: Sequence[Evidence], text: str
) -> Iterator[tuple[Lack, str]]:
    """What an English question asks for by its own words that neither the sentences that ``may`` answer nor the report's ``text`` has."""
    asked = normalise(sentences_of(question.text)[-1])
    if (named := english.offices(asked)) and not any(offices.holds(text, office) for office in named):
        yield Lack.ROLE, named[0]
    if not question.ranked and (whose := english.names(asked)) and not any(_is(whose, e) for e in may):
        yield Lack.ROLE, f"the {whose}"
    if (rank := english.placed(asked)) and not any(
        offices.placed(normalise(e.text)) for e in [*may, *ranked][:AS_EVIDENCE]
    ):
        yield Lack.ASPECT, rank
    if aspect := english.untold(asked, text):
        yield Lack.ASPECT, aspect
    count, things = english.listed(asked)
    if count and not slots.lists(text, count):
        yield Lack.LISTED, things
    if ordinal := english.ordinal(normalise(question.text), text):
        yield Lack.ORDINAL, ordinal


def _is(whose: str, evidence: Evidence) -> bool:
    """Whether a sentence names a person and tells that it is ``whose`` name is asked for.

    It has a word like that for the person (drivers), or some of the rest of the question.
    """
    if evidence.feature("person") <= 0:
        return False
    like = alike.known().cosine
    return evidence.feature("ask") >= TOLD or any(
        like(whose, word) >= alike.LEAST for word in words(evidence.text) if len(word) > 1
    )


TOLD = 0.3
"""Share of an English question's words that a sentence must have, or have words like, to tell who is asked for."""


def _unmentioned(question: Question, ranked: Sequence[Evidence], text: str) -> Iterator[tuple[Lack, str]]:
    """The place, year or name in quotation marks that the best sentence's article does not know, whose ``text`` is in normal form."""
    best = ranked[0]
    lacks = []
    if best.feature("place") < 0:
        unnamed = next((name.name for name in question.spelt if not stands(name.name, text) and not name.regions), "")
        places = (*question.spots, *(p.city or p.province for p in question.places))
        heard = any(stands(unnamed, f"{e.passage.head}{e.text}") for e in ranked) if unnamed else False
        lacks.append((Lack.NAME, unnamed) if unnamed and not heard else (Lack.PLACE, "、".join(places) or unnamed))
    if best.feature("year") <= -1:
        lacks.append((Lack.YEAR, _named_years(question)))
    if question.quoted and not any(holds(name, text) for name in question.quoted):
        unheard = not any(holds(name, e.text) for name in question.quoted for e in ranked)
        # A name that stands nowhere says more than a place or year that other reports would have.
        lacks.insert(0 if unheard else len(lacks), (Lack.NAME, question.quoted[0]))
    yield from lacks


def _named_years(question: Question) -> str:
    return "、".join(f"{year}年" for year in question.years)


def _out_of_bounds(
    question: Question, evidence: Sequence[Evidence], article: Article, text: str
) -> Iterator[tuple[Lack, str]]:
    """What the question asks to be named or listed and is not, and the bounds it sets that ``evidence``, best first, is not within.

    ``text`` is that of ``article`` in normal form.
    """
    asked, told = question.text, [e.text for e in evidence]
    if kind := slots.looks(asked, told):
        yield Lack.ASPECT, kind
    if things := slots.unlisted(asked, text):
        yield Lack.LISTED, things
    if ordinal := bounds.nth(asked, text):
        yield Lack.ORDINAL, ordinal
    if year := bounds.before(asked, "\n".join(told)):
        yield Lack.YEAR, year
    if question.sought and evidence[0].passage.article_id == article.id:
        place = bounds.wider(question, told[0], article) or bounds.sibling(asked, told[0])
        if place:
            yield Lack.PLACE, place


def _other_subjects(question: Question, text: str) -> list[str]:
    """What the question is about, in its words, that ``text`` does not speak of."""
    if is_english(question.text):
        return []
    topic = modifiers.topic(question.text, text, alike.known().cosine, alike.LEAST)
    # Names in quotation marks that the report has tell what is meant, whatever stands before them.
    named = bool(question.quoted) and all(holds(name, text) for name in question.quoted)
    others = [] if named else modifiers.other(question.text, text, question.words)
    return [*others, *([topic] if topic else [])]


def _unfilled(question: Question, text: str) -> list[str]:
    """The office asked for that ``text`` does not fill."""
    body = offices.body(normalise(question.text), question.role) if question.role else ""
    office = question.role if question.role and not offices.holds(text, question.role, body) else ""
    return [office] if office else []


_LOOSELY = re.compile("世纪|时期|年代|[朝唐宋元明清][初末中]|岁|早上|晚上|[一二三四五六七八九十正腊]月")
"""When something was, in other words than a date."""


AS_EVIDENCE = 3
"""Sentences of which one must name what is asked for."""


AT_HAND = 5
"""Sentences of which one, or one beside it, must tell the relation asked for."""


def _named(question: Question, evidence: Evidence, article: Article) -> bool:
    """Whether ``evidence`` is about a name in quotation marks: it holds it, or its article spoke of it before.

    580 stations are no 580 stations up to the “六有” standard where that is spoken of only behind them.
    """
    other = evidence.passage.article_id != article.id
    spoken = "" if other else f"{article.head}{article.text[: evidence.passage.start + evidence.span.end]}"
    last = normalise(sentences_of(question.text)[-1])
    names = [name for name in question.quoted if name in last]
    return all(holds(name, f"{spoken}{evidence.passage.head}{evidence.text}") for name in names)
