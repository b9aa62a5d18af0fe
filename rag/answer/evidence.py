"""Which sentences answer: every sentence of the passages found is scored by a weighted sum of plain features.

The features are named below; each is between -1 and 1 or near it, so that the weights can be read. The weights are
in ``rag/models/evidence.json``, learned by ``rag.train.evidence``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import log
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.answer.question import Asks, Question
from rag.ingest.places import mentions
from rag.ingest.relative import speaks_of
from rag.search import sparse
from rag.zh import normalise, sentences, tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rag.search.encode import Encoder
    from rag.search.store import Store
    from rag.types import Article, Hit, Passage

WEIGHTS = Path(__file__).resolve().parent.parent / "models" / "evidence.json"

FEATURES = (
    "cover",  # share of the question's tokens, by rarity, that the sentence holds
    "cover_rest",  # the same of those tokens that the article's head does not hold: what sets this sentence apart
    "cover_near",  # the same for the sentence with its neighbours
    "cover_passage",  # the same for the whole passage with its article's head
    "density",  # share of the sentence's tokens that the question holds
    "similar",  # cosine of question and sentence
    "similar_passage",  # cosine of question and passage with head
    "rank",  # 1 / (1 + place of the passage in the list of hits)
    "kind",  # 1 if it holds the kind of thing asked for, -1 if not
    "unit",  # 1 if it counts what is asked for, 0 if it may, -1 if a unit is asked for and not there
    "figure",  # 1 if a number is asked for and it gives one that is not in the question
    "place",  # -1 if a place is asked for that neither passage, head nor article knows
    "year",  # -1 if a year is asked for that the article does not speak of, be it as 去年
    "quoted",  # share of the names in quotation marks that it holds, 0 if the question has none
    "length",  # log of its length over 40 characters, -1 to 1
    "first",  # 1 for the first sentence of its article
)


@dataclass(frozen=True, slots=True)
class Span:
    """A sentence of a passage, ``passage.text[start:end]``; ``place`` is the passage's 0-based place among the hits."""

    passage: Passage
    start: int
    end: int
    place: int

    @property
    def text(self) -> str:
        """The sentence as printed."""
        return self.passage.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence with its score and its features, in the order of :data:`FEATURES`."""

    span: Span
    score: float
    features: tuple[float, ...]

    @property
    def text(self) -> str:
        """The sentence as printed."""
        return self.span.text

    @property
    def passage(self) -> Passage:
        """The passage it is from."""
        return self.span.passage

    def feature(self, name: str) -> float:
        """One of its features by name."""
        return self.features[FEATURES.index(name)]


@cache
def learned() -> Mapping[str, Any]:
    """What was learned: ``weights`` by feature, ``gate`` by signal, ``bias``."""
    table: Mapping[str, Any] = json.loads(WEIGHTS.read_text("utf-8"))
    return table


def weights() -> tuple[float, ...]:
    """The weight of each feature."""
    return tuple(float(learned()["weights"][name]) for name in FEATURES)


def rank(question: Question, hits: Sequence[Hit], store: Store, encoder: Encoder) -> list[Evidence]:
    """Every sentence of ``hits`` (best first, from ``store``), best first."""
    found = spans(hits)
    if not found:
        return []
    table = features(question, hits, found, store, encoder)
    return order(found, table, np.asarray(weights(), np.float32))


def order(found: Sequence[Span], table: NDArray[np.float32], by: NDArray[np.floating[Any]]) -> list[Evidence]:
    """``found`` as evidence, best first; ``table`` has shape (len(found), len(FEATURES)), ``by`` a weight a column."""
    scores = table @ by
    return [
        Evidence(found[i], float(scores[i]), tuple(float(x) for x in table[i]))
        for i in np.argsort(-scores, kind="stable")
    ]


def spans(hits: Sequence[Hit]) -> list[Span]:
    """Every sentence of ``hits``, in order."""
    return [
        Span(hit.passage, start, end, place)
        for place, hit in enumerate(hits)
        for start, end in sentences(hit.passage.text)
    ]


def features(
    question: Question, hits: Sequence[Hit], found: Sequence[Span], store: Store, encoder: Encoder
) -> NDArray[np.float32]:
    """The features of each of ``found``, the sentences of ``hits``; shape (len(found), len(FEATURES))."""
    frequency, passages = sparse.frequencies(store.sparse, question.tokens), len(store.passages)
    rarity = {t: log(1 + (passages + 0.5) / (frequency.get(t, 0) + 0.5)) for t in question.tokens}
    total = sum(rarity.values()) or 1.0
    texts = [span.text for span in found]
    held = [frozenset(tokens(text)) for text in texts]
    heads = {hit.passage.id: frozenset(tokens(f"{hit.passage.head}\n{hit.passage.text}")) for hit in hits}
    asked = encoder.encode_queries([normalise(question.text)])[0]
    similar = encoder.encode_passages([normalise(text) for text in texts]) @ asked
    whole = encoder.encode_passages([normalise(f"{h.passage.head}\n{h.passage.text}") for h in hits]) @ asked
    # Several hits are often of one article, and all of its text is looked through.
    known = {id_: _knows(question, store.articles[id_]) for id_ in {hit.passage.article_id for hit in hits}}
    given = set(re.findall(r"[0-9]+", normalise(question.text)))
    wants = frozenset(question.tokens)

    titles = {hit.passage.id: frozenset(tokens(hit.passage.head)) for hit in hits}

    def cover(have: frozenset[str], besides: frozenset[str] = frozenset()) -> float:
        asked_for = sum(r for t, r in rarity.items() if t not in besides) if besides else total
        return sum(r for t, r in rarity.items() if t in have and t not in besides) / (asked_for or 1.0)

    rows = []
    for i, span in enumerate(found):
        passage, plain = span.passage, normalise(texts[i])
        neighbours = (j for j in (i - 1, i + 1) if 0 <= j < len(found) and found[j].passage is passage)
        near = held[i].union(*(held[j] for j in neighbours))
        new = set(re.findall(r"[0-9]+", plain)) - given
        place, year = known[passage.article_id]
        rows.append(
            (
                cover(held[i]),
                cover(held[i], titles[passage.id]),
                cover(near),
                cover(heads[passage.id]),
                len(held[i] & wants) / max(1, len(held[i])),
                float(similar[i]),
                float(whole[span.place]),
                1 / (1 + span.place),
                1.0 if question.answered_by(plain) else -1.0,
                question.counts(plain),
                1.0 if new and question.asks in (Asks.NUMBER, Asks.YEAR, Asks.DATE) else 0.0,
                place,
                year,
                sum(q in plain for q in question.quoted) / max(1, len(question.quoted)),
                max(-1.0, min(1.0, log(max(1, len(plain)) / 40))),
                1.0 if passage.start + span.start == 0 else 0.0,
            )
        )
    return np.asarray(rows, np.float32)


def _knows(question: Question, article: Article) -> tuple[float, float]:
    """``(place, year)``: 0 where the article meets what the question insists on or it insists on nothing, else -1."""
    text = f"{article.head}\n{article.text}"
    place = 0.0
    if question.places:
        named = {r for m in mentions(text) for r in m.regions}
        own = (article.province, article.city)
        if not any(
            p in named or (p.province, p.city) == own or (not p.city and p.province == own[0]) for p in question.places
        ):
            place = -1.0
    year = 0.0
    if question.years and not any(speaks_of(article, y) for y in question.years):
        year = -1.0
    return place, year


def redundant(evidence: Evidence, chosen: Sequence[Evidence]) -> bool:
    """Whether ``evidence`` says little that the sentences ``chosen`` do not: most of its character pairs are theirs."""
    pairs = set(pairwise(normalise(evidence.text)))
    return any(len(pairs & set(pairwise(normalise(c.text)))) > 0.7 * len(pairs) for c in chosen)
