"""What is looked at in a sentence: plain features of how it meets a question, each between -1 and 1 or near it.

The weights over them (:mod:`rag.answer.evidence`) can therefore be read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from math import log
from typing import TYPE_CHECKING

import numpy as np

from rag.answer.asked.plainly import compares
from rag.answer.asked.question import Asks, Question
from rag.answer.rules import slots
from rag.answer.rules.alike import LEAST, meanings, sentences
from rag.answer.rules.governed import counted
from rag.answer.stated.facts import people
from rag.ingest.places import Mention, Region, mentions
from rag.ingest.relative import speaks_of, years
from rag.search.sounds import stands
from rag.zh import STOP_WORDS, normalise, tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rag.answer.evidence import Span
    from rag.search.encode import Encoder
    from rag.search.searchable import Searchable
    from rag.types import Article, Hit

FEATURES = (
    "cover",  # share of the question's tokens, by rarity, that the sentence holds
    "cover_rest",  # the same of those tokens that the article's head does not hold: what sets this sentence apart
    "cover_near",  # the same for the sentence with its neighbours
    "cover_passage",  # the same for the whole passage with its article's head
    "core",  # the same of the tokens next to the question word
    "ask",  # share of the words nearest to the question word that the sentence holds or has a word like
    "run",  # the longest run of the question's characters that the sentence holds, over 8, at most 1
    "soft",  # share of the question's words, by rarity, that the sentence holds or has a word like
    "soft_rest",  # the same of those words that the article's head does not hold
    "soft_passage",  # the same for the whole passage with its article's head
    "lost",  # how rare the rarest of those words is that neither passage nor head have or have a word like, negative
    "density",  # share of the sentence's tokens that the question holds
    "similar",  # cosine of question and sentence
    "similar_head",  # cosine of question and the sentence behind its article's head
    "similar_passage",  # cosine of question and passage with head
    "rank",  # 1 / (1 + place of the passage in the list of hits)
    "kind",  # 1 if it holds the kind of thing asked for, -1 if not
    "unit",  # how well a number of it counts what is asked for, -1 to 1; 0 if no figure is asked for
    "figure",  # 1 if a number is asked for and it gives one that is not in the question
    "person",  # 1 if a person is asked for and it names one that is not in the question, -1 if it names none
    "listed",  # how long its longest list is, 5 things or more being 1, if several are asked for
    "slot",  # 1 if it names a thing of the kind asked for (a hospital), -1 if not, 0 if no such kind is asked for
    "place",  # -1 if a place is asked for that neither passage, head nor article knows
    "year",  # -1 if a year is asked for that the article does not speak of, be it as 去年; -.5 if only the sentence speaks of others
    "quoted",  # share of the names in quotation marks that it holds, 0 if the question has none
    "length",  # log of its length over 40 characters, -1 to 1
    "first",  # 1 for the first sentence of its article
)

_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?=年)")
BYLINE = re.compile(r"[（(][^（()）]*(?:记者|通讯员|[摄图])[^（()）]*[）)]")
LONGEST_RUN = 8
"""Characters in a row beyond which a longer run says no more."""


def features(
    question: Question, hits: Sequence[Hit], found: Sequence[Span], store: Searchable, encoder: Encoder
) -> NDArray[np.float32]:
    """The features of each of ``found``, the sentences of ``hits``; shape (len(found), len(FEATURES))."""
    rare = rarity(question.tokens, store)
    total = sum(rare.values()) or 1.0
    texts = [span.text for span in found]
    plains = [normalise(text) for text in texts]
    held = [_tokens(text) for text in texts]
    titles = {hit.passage.id: _tokens(hit.passage.head) for hit in hits}
    heads = dict(titles)
    for span, have in zip(found, held, strict=True):
        heads[span.passage.id] |= have
    asked = encoder.encode_queries([normalise(question.text)])[0]
    vectors = sentences(encoder)
    similar = vectors(plains) @ asked
    headed = vectors([normalise(f"{s.passage.head}\n{s.text}") for s in found]) @ asked
    whole = vectors([normalise(f"{h.passage.head}\n{h.passage.text}") for h in hits]) @ asked
    meant = Soft(question, rare, log(2 * len(store.passages) + 2), encoder)
    slot, nearest = slots.slot(question.text), Near(question.nearest, encoder)
    inside = {hit.passage.id: meant.cover(heads[hit.passage.id]) for hit in hits}
    softly = [meant.cover(h) for h in held]
    titled = {id_: meant.cover(have)[1] for id_, have in titles.items()}
    # Several hits are often of one article, and all of its text is looked through.
    known = {id_: _knows(question, store.articles[id_]) for id_ in {hit.passage.article_id for hit in hits}}
    given = set(re.findall(r"[0-9]+", normalise(question.text)))
    wants = frozenset(question.tokens)
    core = sum(rare.get(t, 0.0) for t in question.core)
    alike = meanings(encoder).cosine

    def cover(have: frozenset[str], besides: frozenset[str] = frozenset()) -> float:
        asked_for = sum(r for t, r in rare.items() if t not in besides) if besides else total
        return sum(r for t, r in rare.items() if t in have and t not in besides) / (asked_for or 1.0)

    rows = []
    for i, span in enumerate(found):
        passage, plain = span.passage, plains[i]
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
                sum(rare.get(t, 0.0) for t in question.core if t in held[i]) / core if core else 0.0,
                nearest.cover(held[i], plain),
                _run(question, plain),
                softly[i][0],
                meant.rest(softly[i][1], titled[passage.id]),
                inside[passage.id][0],
                -meant.lost(inside[passage.id][1]),
                len(held[i] & wants) / max(1, len(held[i])),
                float(similar[i]),
                float(headed[i]),
                float(whole[span.place]),
                1 / (1 + span.place),
                1.0 if question.answered_by(plain) else -1.0,
                counted.fit(question.sought, plain, alike) if question.sought else 0.0,
                1.0 if new and question.asks in (Asks.NUMBER, Asks.YEAR, Asks.DATE) else 0.0,
                _person(question, texts[i]),
                slot.listed(plain),
                slot.fit(plain),
                place,
                year or _other_year(question, plain, store.articles[passage.article_id]),
                sum(q in plain for q in question.quoted) / max(1, len(question.quoted)),
                max(-1.0, min(1.0, log(max(1, len(plain)) / 40))),
                1.0 if passage.start + span.start == 0 else 0.0,
            )
        )
    return np.asarray(rows, np.float32)


@lru_cache(4096)
def _tokens(text: str) -> frozenset[str]:
    """The tokens of a sentence or a head; the same come up again from question to question."""
    return frozenset(tokens(text))


def rarity(wanted: Sequence[str], store: Searchable) -> dict[str, float]:
    """How rare each token is among the passages, as BM25 has it."""
    frequency, passages = store.frequencies(wanted), len(store.passages)
    return {t: log(1 + (passages + 0.5) / (frequency.get(t, 0) + 0.5)) for t in wanted}


def spoken(text: str) -> bool:
    """Whether a token is a word with a meaning of its own: two characters, or three Latin letters."""
    return len(text) > (2 if text.isascii() else 1) and text not in STOP_WORDS and not text.isdigit()


class Soft:
    """The words of a question, and how far a text has them or others like them."""

    def __init__(self, question: Question, rare: Mapping[str, float], most: float, encoder: Encoder) -> None:
        pairs = set(question.tokens) - set(question.words)
        self.words = tuple(w for w in question.words if spoken(w) and w not in pairs)
        self._weights = np.array([rare[w] for w in self.words], np.float32)
        self._most = most
        self._meanings = meanings(encoder)
        self._asked = self._meanings.vectors(self.words)
        self._near: dict[str, NDArray[np.float32]] = {}

    def cover(self, have: frozenset[str]) -> tuple[float, NDArray[np.float32]]:
        """The share of the words, by rarity, that the tokens ``have`` hold or have one like; and how far each."""
        if not self.words:
            return 0.0, np.zeros(0, np.float32)
        held = np.array([w in have for w in self.words], np.float32)
        others = [w for w in have if spoken(w)]
        self._learn(others)
        if others:
            best = np.max([self._near[w] for w in others], axis=0)
            held = np.maximum(held, np.where(best >= LEAST, best, 0.0))
        return float(held @ self._weights / (self._weights.sum() or 1.0)), held

    def rest(self, held: NDArray[np.float32], besides: NDArray[np.float32]) -> float:
        """The share of the words ``held`` among those that are not held ``besides`` as they stand."""
        weights = self._weights * (besides < 0.99)
        return float(held @ weights / weights.sum()) if len(held) and weights.sum() else 0.0

    def lost(self, held: NDArray[np.float32]) -> float:
        """How rare the rarest word not held is, 0 to 1: 1 for one that stands nowhere in the archive."""
        return float(np.max(self._weights * (1 - held), initial=0.0) / self._most)

    def _learn(self, others: Sequence[str]) -> None:
        fresh = [w for w in others if w not in self._near]
        if fresh:
            self._near.update(zip(fresh, self._meanings.vectors(fresh) @ self._asked.T, strict=True))


class Near:
    """A few words, and how far a sentence has them or others like them, each word weighing the same."""

    def __init__(self, words: Sequence[str], encoder: Encoder) -> None:
        self._words, self._meanings = words, meanings(encoder)
        self._asked = self._meanings.vectors(words)

    def cover(self, have: frozenset[str], plain: str) -> float:
        """The share of the words that ``plain`` holds or its tokens ``have`` have one like; 0 for no words."""
        others = [w for w in have if len(w) > 1]
        if not self._words or not others:
            return 0.0
        best = (self._asked @ self._meanings.vectors(others).T).max(axis=1)
        held = [1.0 if w in plain else float(b) if b >= ALIKE else 0.0 for w, b in zip(self._words, best, strict=True)]
        return sum(held) / len(held)


ALIKE = 0.5
"""Cosine from which a word of a sentence counts for one next to the question word."""


def _run(question: Question, plain: str) -> float:
    """The longest run of the question's characters that ``plain`` holds, in character pairs."""
    held, longest, run = set(pairwise(plain)), 0, 0
    for pair in pairwise(normalise(question.text)):
        run = run + 1 if pair in held and pair[0].isalnum() and pair[1].isalnum() else 0
        longest = max(longest, run)
    return min(1.0, longest / LONGEST_RUN)


def _person(question: Question, text: str) -> float:
    if question.asks is not Asks.PERSON:
        return 0.0
    # Of the names a question spells in pinyin none is the one that it asks for.
    known = [name.name for name in question.spelt]
    names = [name for name in people(BYLINE.sub("", text)) if name not in question.text]
    return 1.0 if any(not any(stands(own, name) for own in known) for name in names) else -1.0


def _other_year(question: Question, plain: str, article: Article) -> float:
    """-0.5 if a year is asked for and the sentence speaks of others alone, by name or as 去年."""
    if not question.years:
        return 0.0
    named = set(_YEAR.findall(plain)) | set(years(plain, article.published))
    return -0.5 if named and not named & set(question.years) else 0.0


def _among(text: str, mention: Mention) -> bool:
    """Whether a place is one of a list of places that do something for another: 协调北京、浙江、江苏等6省市."""
    before, behind = text[: mention.start][-1:], text[mention.end :][:2]
    return before == "、" and (behind.startswith(("、", "等")) or behind[1:] == "等")


def _in_full(region: Region, text: str) -> bool:
    """Whether ``text`` has the full name of a city, be it run together with others that hide it (湖北孝感应城市)."""
    return bool(region.city) and any(f"{region.city}{kind}" in text for kind in "市县")


def _knows(question: Question, article: Article) -> tuple[float, float]:
    """``(place, year)``: 0 where the article meets what the question insists on or it insists on nothing, else -1."""
    text = f"{article.head}\n{article.text}"
    told = mentions(text) if question.places else []
    named = {r for m in told for r in m.regions if not _among(text, m)}
    heard = {r for m in told for r in m.regions}

    def of(region: Region) -> bool:
        return (
            region in named
            or (region not in heard and _in_full(region, text))
            or (region.province, region.city) == (article.province, article.city)
            or (not region.city and region.province == article.province)
        )

    # A place that is spelt may be another that sounds the same; one of several is enough where they are compared.
    spelt = [any(map(of, name.regions)) or stands(name.name, text) for name in question.spelt]
    own = {region for name in question.spelt for region in (*name.regions, *name.around)}
    others = [place for place in question.places if place not in own]
    enough = any if compares(normalise(question.text)) else all
    place = -1.0 if (others and not any(map(of, others))) or not (enough(spelt) or not spelt) else 0.0
    if not all(spot in text for spot in question.spots):
        place = -1.0
    year = 0.0
    if question.years and not any(speaks_of(article, y) for y in question.years):
        year = -1.0
    return place, year
