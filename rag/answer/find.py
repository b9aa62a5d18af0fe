"""Evidence for a question: searched for as a whole, or part by part where it asks about several things."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rag.answer import aim, bearing, extract, gate
from rag.answer.asked.parts import Part, one_by_one, parts
from rag.answer.asked.plainly import compares
from rag.answer.asked.question import Question, read
from rag.answer.evidence import Evidence, rank
from rag.answer.lacks import DETAILS, Lack
from rag.answer.sides import Side, lead, sides
from rag.search.fuse import Fused, Scored, fuse
from rag.search.retrieve import retrieve, rows
from rag.search.wanted import NOTHING, Wanted
from rag.types import Filters, Hit, Passage
from rag.zh import normalise

if TYPE_CHECKING:
    from rag.search.retrieve import Searcher
    from rag.search.searchable import Searchable


@dataclass(frozen=True, slots=True)
class Found:
    """What the archive has on a question: passages and the sentences chosen from them, best first.

    ``verdict`` says what is missing where nothing was chosen; ``missing`` names the parts of the question without evidence;
    ``wanted`` tells what was searched for.
    """

    question: Question
    hits: tuple[Hit, ...]
    chosen: tuple[Evidence, ...]
    verdict: gate.Verdict
    missing: tuple[str, ...] = ()
    wanted: Wanted = NOTHING

    @property
    def confidence(self) -> float:
        """The gate's (see :class:`rag.types.Trace`), the least of those of the parts answered."""
        return self.verdict.probability


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question that is read with one before it: as it was put, and the passages that the answer before cited."""

    question: str
    cited: Sequence[Passage] = ()


RANKS = 2
"""Added to the ranks in the two lists of a follow-up, as in reciprocal rank fusion (Cormack and others, SIGIR 2009): the first count for much."""

ALONE = 0.5
"""How much the list for a follow-up as it was put counts beside the one for it made whole (1). A question taken for a follow-up
that is none then keeps what it finds by itself: its first passage comes among the first five."""


def find(
    query: str, searcher: Searcher, k: int, filters: Filters | None = None, follow_up: FollowUp | None = None
) -> Found:
    """The evidence for ``query`` in the best ``k`` passages of articles that ``filters`` let pass; with ``follow_up`` for that made whole.

    A question about several places or several named things (青海的站点和山东的小屋各是多少) is asked of each; the best
    sentence of each comes first. Slips of the pen are mended before anything else is looked at.
    """
    want = searcher.wanted(query)
    return replace(_find(want.text, searcher, k, filters, follow_up), wanted=want)


def search(query: str, searcher: Searcher, k: int, filters: Filters | None = None) -> tuple[Hit, ...]:
    """The best ``k`` passages for ``query``; in turns with those for each of several things, lest one crowd out the others."""
    hits = retrieve(searcher, query, k, filters)
    several = parts(searcher.wanted(query).text)
    if not several or any(part.asks for part in several):
        return hits
    return _interleave([hits, *(retrieve(searcher, part.query, k, filters) for part in several)], k)


ABSENT = frozenset((Lack.PLACE, Lack.YEAR, Lack.NAME))
"""What tells that a side of a comparison is not in the archive at all."""


def _find(query: str, searcher: Searcher, k: int, filters: Filters | None, follow_up: FollowUp | None) -> Found:
    several = parts(query)
    if not several:
        whole = _one(query, searcher, k, filters, follow_up)
        # A follow-up is read behind the question before it, which has been answered.
        both = one_by_one(query) if follow_up is None and whole.chosen else None
        return _and_first(whole, _one(both[0], searcher, k, filters)) if both else whole
    found = [
        (part.name, _one(part.query, searcher, k, filters, side=side))
        for part, side in zip(several, _sides(several), strict=True)
    ]
    answered = [f for _, f in found if f.chosen]
    absent = [
        part.name
        for part, (_, f) in zip(several, found, strict=True)
        if not f.chosen and f.verdict.lack in ABSENT and not part.asks
    ]
    if compares(normalise(query)) and (0 < len(answered) < len(found) or 0 < len(absent) < len(found)):
        return _one_sided(query, found, k)
    if not answered:
        whole = _one(query, searcher, k, filters, follow_up)
        # What none of several questions about one thing has an answer to, all of them together have none to.
        return whole if not whole.chosen or not all(part.asks for part in several) else found[0][1]
    missing = [name for name, f in found if not f.chosen]
    rest = [e for f in answered for e in f.chosen[1:]]
    if missing and not all(part.sure for part in several):
        # The parts may be none, and then the whole question says more than one of them.
        whole = _one(query, searcher, k, filters, follow_up)
        if not whole.chosen:
            return whole
        if missing != absent:
            rest, missing = [*whole.chosen, *rest], []
    firsts = {(e.passage.id, e.span.start): e for f in answered for e in f.chosen[:1]}
    return Found(
        read(query),
        _interleave([f.hits for _, f in found], k),
        tuple(extract.fill(list(firsts.values()), rest)),
        gate.Verdict(Lack.NOTHING, min(f.confidence for f in answered)),
        tuple(missing),
    )


def _and_first(whole: Found, first: Found) -> Found:
    """``whole``, found for two questions by what the second asks for, with the answer to the ``first``, if one report has both."""
    if not first.chosen or first.chosen[0].passage.article_id != whole.chosen[0].passage.article_id:
        return whole
    firsts = {(e.passage.id, e.span.start): e for e in (first.chosen[0], whole.chosen[0])}
    chosen = extract.fill(list(firsts.values()), [*whole.chosen[1:], *first.chosen[1:]], extract.LISTED)
    known = {hit.passage.id for hit in whole.hits}
    more = dict.fromkeys(e.passage for e in chosen if e.passage.id not in known)
    return replace(whole, hits=(*whole.hits, *_after(whole.hits, more)), chosen=tuple(chosen))


def _sides(several: Sequence[Part]) -> list[Side]:
    """What sets the parts apart; nothing where they are several questions about one thing."""
    return [Side()] * len(several) if any(part.asks for part in several) else sides([part.name for part in several])


def _one_sided(query: str, found: Sequence[tuple[str, Found]], k: int) -> Found:
    """Nothing, for a comparison where nothing is known of one of those compared; near is a report on the other."""
    known = [f for _, f in found if f.chosen] or [f for _, f in found if f.verdict.lack not in ABSENT]
    near = known[0].chosen[0].passage.article_id if known[0].chosen else known[0].verdict.near
    missing = "、".join(name for name, f in found if f not in known)
    verdict = gate.Verdict(Lack.SIDE, 0.0, missing, near)
    return Found(read(query), _interleave([f.hits for _, f in found], k), (), verdict)


def _one(  # noqa: PLR0913, PLR0917 - how to search, and what for
    query: str,
    searcher: Searcher,
    k: int,
    filters: Filters | None,
    follow_up: FollowUp | None = None,
    side: Side | None = None,
) -> Found:
    question, store, encoder = read(query), searcher.store, searcher.encoder
    if follow_up is None:
        hits = retrieve(searcher, query, k, filters)
    else:
        hits = _both(query, follow_up.question, searcher, k, filters)
        if filters is None:  # what the answer before cited may be of other places and days
            hits = _with(hits, follow_up.cited)
    looked_at = _deep(store, hits)
    ranked = rank(question, looked_at, store, encoder)
    verdict = gate.judge(question, ranked, store.articles)
    # What the nearest report lacks may stand in a passage of it that was not found.
    if verdict.lack in DETAILS and (wider := (*hits, *_beside(store, hits, verdict.near))) != looked_at:
        ranked = rank(question, wider, store, encoder)
        verdict = gate.judge(question, ranked, store.articles)
    chosen: list[Evidence] = []
    if verdict.found:
        best = bearing.first(question, aim.aimed(question, ranked))
        chosen = extract.choose(question, lead(question, best, side) if side else best)
    found = {hit.passage.id for hit in hits}
    more = dict.fromkeys(e.passage for e in chosen if e.passage.id not in found)
    return Found(question, (*hits, *_after(hits, more)), tuple(chosen), verdict)


def _both(query: str, alone: str, searcher: Searcher, k: int, filters: Filters | None) -> tuple[Hit, ...]:
    """The best ``k`` hits for a follow-up made whole and for it as it was put, in one ranking."""
    known: dict[int, Fused] = {}
    lists = {}
    for name, text in (("alone", alone), ("whole", query)):
        ranked = rows(searcher, text, filters)
        # By reciprocal rank: how sure the two searches are of what they found cannot be compared.
        lists[name] = Scored([(found.row, 1 / (RANKS + rank)) for rank, found in enumerate(ranked, 1)], 0.0)
        known |= {found.row: found for found in ranked}
    best = fuse(lists, {"whole": 1.0, "alone": ALONE})[:k]
    passages = searcher.store.read([found.row for found in best])
    return tuple(Hit(p, found.score, known[found.row].ranks) for p, found in zip(passages, best, strict=True))


def _with(hits: tuple[Hit, ...], cited: Sequence[Passage]) -> tuple[Hit, ...]:
    """``hits``, and the passages ``cited`` that are not among them behind; at most as many more as there are hits."""
    found = {hit.passage.id for hit in hits}
    return (*hits, *_after(hits, [p for p in cited if p.id not in found][: len(hits)]))


def _after(hits: Sequence[Hit], passages: Iterable[Passage]) -> list[Hit]:
    """``passages`` as hits behind ``hits``."""
    return [Hit(passage, hits[-1].score, {}) for passage in passages]


def _deep(store: Searchable, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    """``hits``, and what else the first one's article says if it is :data:`LONG`: further on it calls its subject 该公司, and is not found."""
    if not hits or len(store.rows_of(hits[0].passage.article_id)) <= LONG:
        return hits
    return (*hits, *_beside(store, hits, hits[0].passage.article_id))


def _beside(store: Searchable, hits: Sequence[Hit], article_id: str) -> list[Hit]:
    """The passages of an article that are not among ``hits``, in its order, at most :data:`MOST_BESIDE`."""
    found = {hit.passage.id for hit in hits}
    more = [passage for passage in store.read(store.rows_of(article_id)) if passage.id not in found]
    return _after(hits, more[:MOST_BESIDE])


MOST_BESIDE = 12
"""Passages of an article looked at beside those found."""

LONG = 12
"""Passages from which on an article is looked at beside what was found of it. In shorter ones this finds nothing and misleads now and then
(eval/LOG.md)."""


def _interleave(lists: list[tuple[Hit, ...]], k: int) -> tuple[Hit, ...]:
    """One list in turns from several, each passage once; scores are 1 / rank, since those of different queries do not compare."""
    longest = max(map(len, lists))
    turns = {hit.passage.id: hit for n in range(longest) for hits in lists for hit in hits[n : n + 1]}
    return tuple(Hit(hit.passage, 1 / rank, hit.ranks) for rank, hit in enumerate(list(turns.values())[:k], start=1))
