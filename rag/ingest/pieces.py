"""Every part of a page that could be an article, with the cues that speak for and against it.

An article is, in the order printed, title lines, a body, and title lines again, any of which but the body may be missing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from math import fsum, log

from rag.ingest.blocks import Block, Shape
from rag.ingest.cues import CAPTION_CHARACTERS, CAPTION_PARAGRAPHS, Cue, Place, places, titular
from rag.ingest.line_cues import opener
from rag.ingest.pairs import pairs

BY_CHANCE = 0.25
"""The share of a title's character pairs that any body holds."""

USUAL, MOST = 0.07, 0.1
"""The share of rare character pairs that the texts on both sides of a place have in common, and the most that is counted
above or below it."""

FEW = 90
"""Characters of the shortest report that is not short."""

AHEAD = 14
"""Places looked ahead for the end of an article."""

FOUR = 4
"""The most lines a title has."""

PARTED = 4
"""Lines from either end of a run of display lines within which it may be parted between two articles."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One way to read ``page[start:stop]`` as an article: title lines, ``page[body:tail]``, title lines.

    ``cues`` says how often, or how strongly, each cue is there; those of the place where the body ends are among them.
    """

    start: int
    body: int
    tail: int
    stop: int
    cues: Mapping[Cue, float]

    @property
    def titles_before(self) -> bool:
        """Whether it has title lines before its body."""
        return self.start < self.body

    @property
    def titles_behind(self) -> bool:
        """Whether it has title lines behind its body."""
        return self.tail < self.stop


def pieces(page: Sequence[Block]) -> list[Piece]:
    """Everything on ``page`` that could be an article, by where it begins; they make up whole pages in at least one way."""
    return list(_Reader(page).pieces()) if page else []


@dataclass(slots=True)
class _Reader:
    page: Sequence[Block]
    found: list[Place] = field(init=False)
    pairs: list[set[str]] = field(init=False)
    rarity: dict[str, float] = field(init=False)
    ends: dict[int, tuple[Place, dict[Cue, float]]] = field(init=False)
    sums: dict[str, list[int]] = field(init=False)
    """For some properties of blocks how many, or how much, there is before each."""
    told: dict[tuple[int, int], dict[str, float]] = field(default_factory=dict)
    opens: list[int] = field(init=False)
    """The first paragraph at or behind each block."""

    def __post_init__(self) -> None:
        self.found = places(self.page)
        self.pairs = [pairs(block.text) for block in self.page]
        self.rarity = self._rarity()
        self.ends = {place.end: (place, cues) for place, cues in zip(self.found, self._cues(), strict=True)}
        self._count()

    def _count(self) -> None:
        page = self.page
        heads = [titular(block) for block in page]
        bylines = [block.shape is Shape.BYLINE for block in page]
        new = {text: i for i, text in reversed([(i, b.text) for i, b in enumerate(page) if bylines[i]])}
        counted: dict[str, Iterable[int]] = {
            "heads": heads,
            "next": [bool(i) and heads[i - 1] and heads[i] for i in range(len(page))],
            "text": [len(b.text) if b.shape is Shape.PARAGRAPH else 0 for b in page],
            "plain": [b.shape is Shape.PARAGRAPH for b in page],
            "opening": [b.opening for b in page],
            "byline": bylines,
            "signed": [bylines[i] and new[page[i].text] == i and not (i and bylines[i - 1]) for i in range(len(page))],
        }
        self.sums = {name: [0, *accumulate(map(int, values))] for name, values in counted.items()}
        self.opens = [len(page)] * (len(page) + 1)
        for i in range(len(page) - 1, -1, -1):
            self.opens[i] = i if page[i].shape is Shape.PARAGRAPH else self.opens[i + 1]

    def _sum(self, name: str, low: int, high: int) -> int:
        return self.sums[name][high] - self.sums[name][low] if low < high else 0

    def _rarity(self) -> dict[str, float]:
        """How much a character pair tells: less the more stretches between two places hold it."""
        cuts = [0, *(p.start for p in self.found), len(self.page)]
        held: Counter[str] = Counter()
        for low, high in pairwise(cuts):
            texts = [self.pairs[i] for i in range(low, high) if not titular(self.page[i])]
            held.update(set().union(*texts) if texts else ())
        return {pair: log(1 + (len(cuts) - 1) / times) for pair, times in held.items()}

    def _cues(self) -> Iterator[dict[Cue, float]]:
        """The cues of each place, with how much the texts before and behind it have in common."""
        edges = [0, *(i for place in self.found for i in (place.end, place.start)), len(self.page)]
        texts: list[set[str]] = [
            set().union(*self.pairs[low:high]) for low, high in zip(edges[::2], edges[1::2], strict=True)
        ]
        told = [fsum(self.rarity.get(pair, 0.0) for pair in text) for text in texts]
        for k, place in enumerate(self.found):
            both = fsum(self.rarity.get(pair, 0.0) for pair in texts[k] & texts[k + 1])
            kin = both / (min(told[k], told[k + 1]) or 1.0) - USUAL
            yield {**dict.fromkeys(place.cues, 1.0), Cue.KIN: max(-MOST, min(MOST, kin))}

    def pieces(self) -> Iterator[Piece]:
        size = len(self.page)
        first = next((i for i, block in enumerate(self.page) if not titular(block)), size)
        last = next((i for i in range(size, 0, -1) if not titular(self.page[i - 1])), size)
        stops = sorted({*self.ends, size, last})
        starts = {0: first}
        for place in self.found:
            starts |= dict.fromkeys(_splits(place), place.start)
        for start, body in sorted(starts.items()):
            for at in {body, start}:
                if at < size:
                    yield from self._from(start, at, stops)

    def _from(self, start: int, body: int, stops: Sequence[int]) -> Iterator[Piece]:
        """The articles that begin at ``start`` with their body at ``body``."""
        title = self._speaks(start, body)
        seen: set[str] = set()
        left, held, at = dict(title), 0.0, body
        for tail in stops[bisect_right(stops, body) :][:AHEAD]:
            for i in range(at, tail):
                if left and not left.keys().isdisjoint(self.pairs[i]):
                    held += fsum([left.pop(pair) for pair in left.keys() & self.pairs[i]])
                seen |= self.pairs[i]
            at = tail
            place, cues = self.ends.get(tail, (None, {}))
            photo = self._photo(body, tail)
            own = self._own(body, tail, photo=photo)
            for stop in _splits(place) if place else [len(self.page)]:
                told = {**cues, **own}
                speaks = held - BY_CHANCE if title else 0.0
                if stop > tail:
                    speaks += self._past(seen, tail, stop) - BY_CHANCE
                if title or stop > tail:
                    told[Cue.CAPTION_SPEAKS if photo else Cue.SPEAKS] = speaks
                if title and stop > tail:
                    told[Cue.TWICE] = 1.0
                elif not title and stop == tail:
                    told[self._untitled(body, photo=photo)] = 1.0
                if lines := max(0, body - start - FOUR) + max(0, stop - tail - FOUR):
                    told[Cue.MANY_LINES] = float(lines)
                yield Piece(start, body, tail, stop, told)

    def _speaks(self, low: int, high: int) -> dict[str, float]:
        """The character pairs of title lines, each with its share of what they tell."""
        if (low, high) not in self.told:
            self.told[low, high] = self._shares(range(low, high))
        return self.told[low, high]

    def _shares(self, run: Sequence[int]) -> dict[str, float]:
        unheard = log(2 + len(self.found))
        told = {pair: self.rarity.get(pair, unheard) for i in run for pair in self.pairs[i]}
        total = fsum(told.values())
        return {pair: weight / total for pair, weight in told.items()}

    def _past(self, text: set[str], tail: int, stop: int) -> float:
        """How much of what the title lines behind a body tell it holds."""
        return fsum(weight for pair, weight in self._speaks(tail, stop).items() if pair in text)

    def _own(self, body: int, tail: int, *, photo: bool) -> dict[Cue, float]:
        """The cues of ``page[body:tail]`` as the body of an article, whatever its title."""
        first, last, opens = self.page[body], self.page[tail - 1], self.opens[body]
        heads, next_to = self._sum("heads", body, tail), self._sum("next", body + 1, tail)
        begins = self.page[opens] if opens < tail else None
        headless = begins is not None and (begins.resumed or opener(begins.text) < 0)
        tailless = last.shape is Shape.PARAGRAPH and not last.ended
        inside = self._sum("opening", opens + 1, tail) + self._sum("byline", body + 1, tail - 1)
        rotated = headless and tailless and inside > 0
        told = [
            (Cue.SUBHEAD, heads - next_to),
            (Cue.SUBHEADS, next_to),
            (Cue.HEADED, titular(first) + titular(last)),
            (Cue.NOTHING, heads == tail - body),
            (Cue.LONG_PHOTO, last.shape is Shape.CREDIT and not photo),
            (Cue.SHORT, self._sum("text", body, tail) < FEW and last.shape is not Shape.CREDIT),
            (Cue.HEADLESS, headless and not rotated),
            (Cue.TAILLESS, tailless and not rotated),
            (Cue.ROTATED, rotated),
            (Cue.TWO_SIGNED, max(0, self._sum("signed", body, tail) - 1)),
        ]
        return {cue: float(value) for cue, value in told if value}

    def _photo(self, body: int, tail: int) -> bool:
        """Whether ``page[body:tail]`` may be a photo's caption with its credit."""
        if self.page[tail - 1].shape is not Shape.CREDIT or tail - 1 - body > CAPTION_PARAGRAPHS:
            return False
        plain = self._sum("plain", body, tail - 1) == tail - 1 - body and not self._sum("opening", body, tail - 1)
        return plain and self._sum("text", body, tail - 1) <= CAPTION_CHARACTERS

    def _untitled(self, body: int, *, photo: bool) -> Cue:
        if self.page[body].shape is Shape.JUMP_FROM:
            return Cue.UNTITLED_REST
        return Cue.UNTITLED_PHOTO if photo else Cue.UNTITLED


def _splits(place: Place) -> list[int]:
    """Where a run of display lines may be parted between the article before and the one behind."""
    run = range(place.end, place.start + 1)
    return [i for i in run if min(i - place.end, place.start - i) < PARTED]
