"""Is there an answer at all: what the question insists on must be met, and enough of it must be spoken of.

Constraints come first. A place, a year, a name in quotation marks, a 第一届, an office or a figure that the evidence does not
give is not made up for by other words. What is left is judged by a logistic regression (``rag/models/evidence.json``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp

from rag.answer import (
    alike,
    bounds,
    contrasts,
    english,
    governed,
    mentioned,
    modifiers,
    naming,
    offices,
    reached,
    relations,
    siblings,
    slots,
)
from rag.answer.counted import NONE
from rag.answer.evidence import Evidence, learned
from rag.answer.intent import Intent, intent
from rag.answer.question import Asks, Question, ordinals, sentences_of
from rag.answer.spelling import holds
from rag.search.sounds import stands
from rag.types import Article
from rag.zh import is_english, normalise, tokens, words


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

SPOKEN_OF = 0.3
"""Share of the question's words that the best passage must have for a report on its subject."""

THRESHOLD = 0.035
"""Least probability of an answer, by the logistic regression, at which one is given."""

REASONED = 0.02
"""The same where a reason is asked for, which is put in everyday words that the report has others for (日子难过)."""

SURE = 0.6
"""The same where advice is asked for (能要多少补偿), which reports seldom give."""

ENGLISH = 0.31
"""Least score of an English question, which shares few words with the reports: the mean of the similarities to the best
sentence's passage and to the most similar sentence, and half of the share of its names that the passage holds."""

NAMED = 0.05
"""Added to that score where the names that the question spells in pinyin stand in the report."""

NEAR = 2.5
"""How far below the best sentence's score one of another article may be and still hold the figure or date asked for."""

MOST_GREETING = 2
"""English questions of fewer words, none of them a place or a term that is known here, ask nothing (help, test)."""

SIGNALS = (
    "cover",
    "cover_rest",
    "cover_near",
    "cover_passage",
    "cover_all",
    "core",
    "run",
    "soft",
    "soft_rest",
    "soft_passage",
    "lost",
    "similar",
    "similar_passage",
    "best_similar",
    "kind",
    "unit",
    "person",
    "gap",
)
"""What the regression looks at: features of the best sentence that may hold the answer (:func:`bearing`), ``cover`` of the best
three together (cover_all), the highest similarity of any (best_similar), and how far below the best it is (gap)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether there is evidence, how probable an answer is (0 to 1), and if there is none, what is lacking.

    ``missing`` is the part of the question that is not met, in its own words where it has any; ``near`` is the article that
    came nearest, by id.
    """

    lack: Lack
    probability: float = 0.0
    missing: str = ""
    near: str = ""

    @property
    def found(self) -> bool:
        """Whether the question can be answered."""
        return self.lack is Lack.NOTHING


def signals(question: Question, ranked: Sequence[Evidence]) -> list[float]:
    """The values of :data:`SIGNALS`."""
    first = next(iter(bearing(question, ranked)), ranked[0])
    wanted = set(question.tokens)
    held = set().union(*(set(tokens(e.text)) for e in ranked[:3]))
    own = {
        "cover_all": len(wanted & held) / max(1, len(wanted)),
        "best_similar": max(e.feature("similar") for e in ranked),
        "gap": (first.score - ranked[0].score) / NEAR,
    }
    return [own[name] if name in own else first.feature(name) for name in SIGNALS]


def bearing(question: Question, ranked: Sequence[Evidence]) -> list[Evidence]:
    """The sentences that may hold what is asked for, best first: those of the best one's article and others near it in score.

    Of these, those with a figure of what is counted, a date or a person where that is asked for; where none has, all. What
    speaks of the figures of something else (:mod:`rag.answer.governed`) is left out.
    """
    return governed.left(question, _formed(question, ranked))


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


def judge(question: Question, ranked: Sequence[Evidence], articles: Mapping[str, Article]) -> Verdict:
    """Whether the best of ``ranked`` is evidence for ``question``; ``articles`` by id."""
    meant = intent(question)
    if meant in (Intent.CHAT, Intent.HOLDINGS):
        return Verdict(Lack.CHAT if meant is Intent.CHAT else Lack.HOLDINGS)
    if not ranked:
        return Verdict(Lack.SUBJECT)
    best = ranked[0]
    near = best.passage.article_id
    lack, missing = _unmet(question, ranked, articles[near])
    probability, least = _probability(question, ranked)
    if lack is not Lack.NOTHING:
        if meant is Intent.ADVICE:
            lack = Lack.ADVICE
        elif lack in DETAILS and best.feature("soft_passage") < SPOKEN_OF:
            lack, missing = (
                Lack.SUBJECT,
                "",
            )  # nothing near at all: it would be odd to name a report that lacks the figure
        return Verdict(lack, 0.0, missing, near)
    if meant is Intent.ADVICE:
        return Verdict(Lack.NOTHING if probability >= SURE else Lack.ADVICE, probability, "", near)
    return Verdict(Lack.NOTHING if probability >= least else Lack.SUBJECT, probability, "", near)


def _probability(question: Question, ranked: Sequence[Evidence]) -> tuple[float, float]:
    """How probable an answer is, and the least at which one is given."""
    best = ranked[0]
    if is_english(question.text):
        if len(question.words) < MOST_GREETING and all(w.isascii() for w in question.words):
            return 0.0, ENGLISH
        near = (best.feature("similar_passage") + max(e.feature("similar") for e in ranked)) / 2
        near += best.feature("cover_passage") / 2
        if question.spelt and best.feature("place") == 0:
            near += NAMED
        return max(0.0, min(1.0, near)), ENGLISH
    table = learned()
    log_odds = table["bias"] + sum(
        table["gate"][name] * value for name, value in zip(SIGNALS, signals(question, ranked), strict=True)
    )
    return 1 / (1 + exp(-log_odds)), REASONED if question.asks is Asks.REASON else THRESHOLD


def _unmet(question: Question, ranked: Sequence[Evidence], article: Article) -> tuple[Lack, str]:
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
    yield from ((Lack.ORDINAL, ordinal) for ordinal in _other_ordinals(question, text))
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
    if relation := relations.missing(question.text, [e.text for e in own[:AT_HAND]], text):
        yield Lack.ASPECT, relation
    near = [*may, *own][:AS_EVIDENCE]
    told = [e.text for e in near]
    yield from ((Lack(lack), missing) for lack, missing in naming.unnamed(question.text, text, told))
    yield from _out_of_bounds(question, near, article, text)
    others = [mentioned.form(e.text) for e in ranked if e.passage.article_id != article.id]
    if name := siblings.elsewhere(mentioned.form(question.text), mentioned.form(text), others):
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


def _other_ordinals(question: Question, text: str) -> list[str]:
    """The ordinals asked for (第1届) in whose stead ``text`` has others of the kind."""
    given = ordinals(text)
    same = {o: {g for g in given if g[-1] == o[-1]} for o in question.ordinals}
    return [o for o, others in same.items() if others and o not in others]


_LOOSELY = re.compile("世纪|时期|年代|[朝唐宋元明清][初末中]|岁|早上|晚上|[一二三四五六七八九十正腊]月")
"""When something was, in other words than a date."""

AS_EVIDENCE = 3
"""Sentences of which one must name what is asked for."""

AT_HAND = 5
"""Sentences of which one, or one beside it, must tell the relation asked for."""

MOST_OF_IT = 0.5
"""Share of the words beside the question word that a sentence must have for its number to be taken on trust."""


def _named(question: Question, evidence: Evidence, article: Article) -> bool:
    """Whether ``evidence`` is about a name in quotation marks: it holds it, or its article spoke of it before.

    580 stations are no 580 stations up to the “六有” standard where that is spoken of only behind them.
    """
    other = evidence.passage.article_id != article.id
    spoken = "" if other else f"{article.head}{article.text[: evidence.passage.start + evidence.span.end]}"
    last = normalise(sentences_of(question.text)[-1])
    names = [name for name in question.quoted if name in last]
    return all(holds(name, f"{spoken}{evidence.passage.head}{evidence.text}") for name in names)
