"""Is there an answer at all: what the question insists on must be met, and enough of it must be spoken of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp

from rag.answer.evidence import Evidence, learned
from rag.answer.question import Asks, Question, ordinals
from rag.types import Article
from rag.zh import is_english, normalise, tokens


class Lack(StrEnum):
    """What the archive does not have."""

    NOTHING = "nothing"
    PLACE = "place"
    YEAR = "year"
    NAME = "name"
    ORDINAL = "ordinal"
    ROLE = "role"
    SUBJECT = "subject"


THRESHOLD = 0.04
"""Least probability of an answer, by the logistic regression, at which one is given."""

ENGLISH = 0.31
"""Least score of an English question, which shares few words with the reports: the mean of the similarities to the best
sentence's passage and to the most similar sentence, and half of the share of its names that the passage holds."""

NEAR = 4.0
"""How far below the best sentence's score one may be and still hold the date asked for."""

MOST_GREETING = 2
"""English questions of fewer words, none of them a place or a term that is known here, ask nothing (help, test)."""

SIGNALS = (
    "cover",
    "cover_near",
    "cover_passage",
    "cover_all",
    "similar",
    "similar_passage",
    "best_similar",
    "kind",
    "unit",
)
"""What the regression looks at: features of the best sentence, ``cover`` of the best three together (cover_all) and the
highest similarity of any sentence (best_similar)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether there is evidence, how probable an answer is (0 to 1), and if there is none, what is lacking."""

    lack: Lack
    probability: float = 0.0

    @property
    def found(self) -> bool:
        """Whether the question can be answered."""
        return self.lack is Lack.NOTHING


def signals(question: Question, ranked: Sequence[Evidence]) -> list[float]:
    """The values of :data:`SIGNALS`."""
    best = ranked[0]
    wanted = set(question.tokens)
    held = set().union(*(set(tokens(e.text)) for e in ranked[:3]))
    return [
        best.feature("cover"),
        best.feature("cover_near"),
        best.feature("cover_passage"),
        len(wanted & held) / max(1, len(wanted)),
        best.feature("similar"),
        best.feature("similar_passage"),
        max(e.feature("similar") for e in ranked),
        best.feature("kind"),
        best.feature("unit"),
    ]


def judge(question: Question, ranked: Sequence[Evidence], articles: Mapping[str, Article]) -> Verdict:
    """Whether the best of ``ranked`` is evidence for ``question``; ``articles`` by id.

    What the question insists on comes first: a place, a year, a name in quotation marks, a 第一届 or an office that the
    best sentence's article does not know is not made up for by other words.
    """
    if not ranked:
        return Verdict(Lack.SUBJECT)
    best = ranked[0]
    unmet = _unmet(question, ranked, articles[best.passage.article_id])
    if unmet is not Lack.NOTHING:
        return Verdict(unmet)
    if is_english(question.text):
        if len(question.words) < MOST_GREETING and all(w.isascii() for w in question.words):
            return Verdict(Lack.SUBJECT)
        near = (best.feature("similar_passage") + max(e.feature("similar") for e in ranked)) / 2
        near += best.feature("cover_passage") / 2
        return Verdict(Lack.NOTHING if near >= ENGLISH else Lack.SUBJECT, max(0.0, min(1.0, near)))
    table = learned()
    log_odds = table["bias"] + sum(
        table["gate"][name] * value for name, value in zip(SIGNALS, signals(question, ranked), strict=True)
    )
    probability = 1 / (1 + exp(-log_odds))
    return Verdict(Lack.NOTHING if probability >= THRESHOLD else Lack.SUBJECT, probability)


def _unmet(question: Question, ranked: Sequence[Evidence], article: Article) -> Lack:
    """The first thing the question insists on that the best sentence's ``article`` does not know."""
    best, text = ranked[0], normalise(f"{article.head}\n{article.text}")
    counted = ordinals(text)
    # When something happened is answered by a date or not at all.
    near = [e for e in ranked if e.score >= best.score - NEAR]
    checks = (
        (Lack.PLACE, best.feature("place") < 0),
        (Lack.YEAR, best.feature("year") < 0),
        (Lack.NAME, bool(question.quoted) and not any(e.feature("quoted") for e in ranked[:5])),
        # A vice-chairman (副主席) does not make a chairman.
        (Lack.ROLE, bool(question.role) and not re.search(rf"(?<!副){re.escape(question.role)}", text)),
        (Lack.SUBJECT, question.asks in (Asks.YEAR, Asks.DATE) and not any(e.feature("kind") > 0 for e in near)),
        (Lack.ORDINAL, bool(question.ordinals and counted) and not counted & set(question.ordinals)),
    )
    return next((lack for lack, unmet in checks if unmet), Lack.NOTHING)
