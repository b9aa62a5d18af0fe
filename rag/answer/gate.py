"""Is there an answer at all: what the question insists on must be met, and enough of it must be spoken of.

Constraints come first (:mod:`rag.answer.lacks`); what is left is judged by a logistic regression (``rag/models/evidence.json``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp

from rag.answer import lacks
from rag.answer.asked.intent import Intent, intent
from rag.answer.asked.kind import Asks
from rag.answer.asked.question import Question
from rag.answer.bearing import NEAR, bearing
from rag.answer.evidence import Evidence, learned
from rag.answer.lacks import DETAILS, Lack
from rag.types import Article
from rag.zh import is_english, tokens

SPOKEN_OF = 0.3
"""Share of the question's words that the best passage must have for a report on its subject."""


THRESHOLD = 0.03
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


def judge(question: Question, ranked: Sequence[Evidence], articles: Mapping[str, Article]) -> Verdict:
    """Whether the best of ``ranked`` is evidence for ``question``; ``articles`` by id."""
    meant = intent(question)
    if meant in (Intent.CHAT, Intent.HOLDINGS):
        return Verdict(Lack.CHAT if meant is Intent.CHAT else Lack.HOLDINGS)
    if not ranked:
        return Verdict(Lack.SUBJECT)
    best = ranked[0]
    near = best.passage.article_id
    lack, missing = lacks.unmet(question, ranked, articles[near])
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
