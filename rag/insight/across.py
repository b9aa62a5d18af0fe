"""Answers to questions over many articles: a table of all reports on what is asked, made by rule, every cell cited."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rag.answer import cite
from rag.answer.asked.sought import Sort, Sought, sought
from rag.answer.lacks import UNASKED, Lack
from rag.answer.rules.alike import known
from rag.ingest.places import mentions
from rag.insight import cells, compare, figures, places, timeline
from rag.insight.reports import (
    ABOUT,
    MANY,
    MOST_READ,
    OF_MANY,
    Report,
    Reports,
    Term,
    all_of,
    core,
    loosely,
    reports,
    terms,
    unheard,
)
from rag.insight.speech import names
from rag.insight.wish import Wish, wish
from rag.types import Cell, Column, Row, Table, TableKind
from rag.zh import normalise, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rag.answer.asked.question import Question
    from rag.answer.cite import Numberer
    from rag.answer.evidence import Evidence
    from rag.answer.find import Found
    from rag.search.retrieve import Searcher
    from rag.types import Filters, Sentence

MOST_LISTED = 60
"""Reports that a table tells of; more would not be read by anybody, and are counted."""

MOST_ROWS = 120
"""Rows of a table; several may be of one report."""


@dataclass(frozen=True)
class Gathered:
    """The reports on what a question asks for, to be put into a table; where there are none, words of it that stand nowhere."""

    wish: Wish
    sought: Sought | None
    terms: tuple[Term, ...]
    found: Reports
    unheard: tuple[str, ...] = ()

    @property
    def single(self) -> bool:
        """Whether one report alone has what may be asked of many: its sentences answer, where they are found."""
        return self.wish.several and bool(self.terms) and len({r.article.id for r in self.found.reports}) < TWO

    def stands_for(self, lack: Lack) -> bool:
        """Whether, not sure to be asked for, it may come instead of a refusal: not where it is known what is missing."""
        return lack in (Lack.NOTHING, Lack.SUBJECT) and all(t.heard for t in self.terms if t.names)

    def table(self, number: Numberer) -> Table | None:
        """The table, its citations numbered by ``number``; ``None`` if the reports give no row."""
        listed = self.found.reports[:MOST_LISTED]
        # Some that are quoted on the way are not shown, and numbers have no gaps.
        rows = tuple(_numbered(row, number) for row in self._rows(listed, cite.numberer())[:MOST_ROWS])
        if not rows or (self.wish.kind is TableKind.COMPARE and sum(map(any, zip(*_filled(rows), strict=True))) < TWO):
            return None
        told = {c.passage.article_id for row in rows for cell in row.cells for c in cell.citations}
        provinces = {r.article.province for r in listed if r.article.id in told and r.article.province}
        return Table(
            self.wish.kind,
            self._columns(),
            rows,
            len(told) + len(self.found.reports) - len(listed),
            len(provinces),
            self.found.more,
            self.wish.summed,
        )

    def _rows(self, listed: Sequence[Report], number: Numberer) -> Sequence[Row]:
        match self.wish.kind:
            case TableKind.COMPARE:
                return list(compare.rows(listed, self.wish.places, self.terms, number))
            case TableKind.TIMELINE:
                return timeline.rows(listed, self.terms, number)
            case TableKind.FIGURES:
                assert self.sought is not None
                return figures.rows(listed, self.sought, self.terms, number)
            case TableKind.PLACES:
                if self.wish.people and (named := list(places.people(listed, self.terms, number))):
                    return named
                return list(places.rows(listed, self.terms, number, self.sought, things=self.wish.several))

    def _columns(self) -> tuple[str, ...]:
        of: dict[TableKind, tuple[Column, ...]] = {
            TableKind.PLACES: places.COLUMNS,
            TableKind.TIMELINE: timeline.COLUMNS,
            TableKind.FIGURES: figures.COLUMNS,
        }
        return tuple(of[self.wish.kind]) if self.wish.kind in of else tuple(name for name, _ in self.wish.places)


TWO = 2
"""Places that a comparison must tell of."""


def _numbered(row: Row, number: Numberer) -> Row:
    """``row`` with the numbers that ``number`` gives its citations."""

    def again(cell: Cell) -> Cell:
        return replace(cell, citations=tuple(number.cite(c.passage, c.start, c.end) for c in cell.citations))

    return replace(row, cells=tuple(map(again, row.cells)))


def _filled(rows: Sequence[Row]) -> list[list[bool]]:
    return [[bool(cell.text) for cell in row.cells] for row in rows]


def gather(question: Question, searcher: Searcher, filters: Filters | None = None) -> Gathered | None:
    """All reports on what ``question`` asks for, from articles that ``filters`` let pass; ``None`` if one article would do."""
    wanted = wish(question)
    if wanted is None:
        return None
    if wanted.kind is TableKind.FIGURES and question.sought is None:  # each how many, though it is not said of what
        wanted = replace(wanted, kind=TableKind.PLACES)
    called = terms(wanted, searcher.store, searcher.aids.synonyms) if wanted.subject else ()
    found, called = _on(wanted, called, searcher, filters)
    if not called and question.years:
        found = Reports(tuple(r for r in found.reports if _within(r, question.years)), found.more)
    if wanted.places and wanted.kind is not TableKind.COMPARE:
        own = tuple(r for r in found.reports if any(cells.within(r, region) for _, region in wanted.places))
        found = Reports(own, found.more)
    # What is asked of one place is mostly asked of one article, and found by its sentences.
    one_place = wanted.several and bool(mentions(wanted.plain, strict=False))
    # 哪些地方建了书屋，各有多少 asks for places first.
    figure = _figure(question, wanted)
    return Gathered(wanted, figure, called, found, () if found.reports or one_place else unheard(called))


def _on(
    wanted: Wish, called: tuple[Term, ...], searcher: Searcher, filters: Filters | None
) -> tuple[Reports, tuple[Term, ...]]:
    """The reports on what is ``called`` so, and the terms they were found by: fewer, if not two reports have nearly all."""
    if not called:
        return _of_places(wanted, searcher, filters), called
    if _commonplace(called):
        return Reports(()), called
    found = reports(called, searcher.store, filters, OF_MANY if len(called) >= MANY else ABOUT)
    if len(found.reports) < TWO and wanted.kind in (TableKind.PLACES, TableKind.FIGURES) and (main := core(called)):
        wider = loosely(main, searcher.store, filters)
        return (wider, main) if wider.reports else (found, called)
    return found, called


def _within(report: Report, years: Sequence[str]) -> bool:
    """Whether ``report`` is of one of the ``years``, or speaks of one."""
    return any(report.article.published.date.startswith(y) or any(y in s.text for s in report.sentences) for y in years)


COMMON = 2.0
"""How rare a practice must be, as BM25 has it, that is called by one word: 管理 is in every sixth passage of the papers at hand."""


def _commonplace(called: Sequence[Term]) -> bool:
    return len(called) == 1 and called[0].rare < COMMON


UNLIKE = 0.28
"""Cosine below which two words have nothing to do with each other. From .35 on this refused as many questions that have an answer as
ones that have none.
"""

ALL_OF_IT = 3
"""So many words that stand nowhere are what a question is about, though some other word comes near to each of them."""


def settled(gathered: Gathered | None, found: Found) -> Found:
    """``found`` without its sentences where a question over many articles asks for what is nowhere in the archive, nor in them by another word.

    Sentences about unions come near to any question about unions: 哪些地方办了工会篮球赛.
    """
    if gathered is None or not gathered.unheard or not found.chosen:
        return found
    own = [w for evidence in found.chosen for w in words(normalise(evidence.text)) if len(w) > 1]
    named = [w for w in gathered.unheard if names(w)] if own else []
    nearest = (known().vectors(named) @ known().vectors(own).T).max(axis=1) if named else ()
    lost = [w for w, near in zip(named, nearest, strict=True) if near < UNLIKE]
    if not lost and len(gathered.unheard) < ALL_OF_IT:
        return found
    lost = lost or list(gathered.unheard)
    return replace(found, chosen=(), verdict=replace(found.verdict, lack=Lack.SUBJECT, missing="、".join(lost)))


def _figure(question: Question, wanted: Wish) -> Sought | None:
    """The figure asked for besides: in the question, or in the sentences around it (哪些工会投了经费？各多少万？)."""
    joined = wanted.plain.replace("?", "").replace("？", "").rstrip("。！!")
    figure = question.sought
    if figure is None or (figure.sort is Sort.COUNT and not figure.things):
        figure = sought(joined) or figure
    if figure is None and _SIZE.search(wanted.plain):
        return sought("有多少人参加")
    return figure


_SIZE = re.compile("规模|覆盖面|受益面")
"""What asks how many people something is for, without 多少."""


def _of_places(wanted: Wish, searcher: Searcher, filters: Filters | None) -> Reports:
    """All that is reported of the places named."""
    regions = dict.fromkeys(region for _, region in wanted.places)
    each = [all_of(region, searcher.store, filters, MOST_READ // len(regions)) for region in regions]
    every = {report.article.id: report for found in each for report in found.reports}
    return Reports(tuple(every.values()), any(found.more for found in each))


def about(gathered: Gathered | None, chosen: Sequence[Evidence]) -> Sequence[Evidence]:
    """Those of ``chosen`` that are from reports in the table; all where there is none, or it is about what few reports tell."""
    if (
        gathered is None
        or gathered.single
        or not gathered.wish.sure
        or gathered.wish.broad
        or gathered.wish.kind not in (TableKind.PLACES, TableKind.FIGURES)
    ):
        return chosen
    listed = {report.article.id for report in gathered.found.reports}
    own = [evidence for evidence in chosen if evidence.passage.article_id in listed]
    return own if len(own) == len(chosen) or gathered.table(cite.numberer()) is not None else chosen


def beside(gathered: Gathered | None, found: Found, sentences: Sequence[Sentence]) -> Table | None:
    """The table that goes with ``sentences``, or instead of a refusal: not of one to chat or to advise, nor where two facts may be asked for."""
    if gathered is None or (gathered.single and found.chosen):
        return None
    if (gathered.single or gathered.wish.broad) and not found.chosen and not gathered.stands_for(found.verdict.lack):
        return None
    # 工会能找谁调解？报上有哪些做法？ asks for what was done and not for advice.
    none = UNASKED if gathered.wish.several else UNASKED | {Lack.ADVICE}
    stands = found.chosen or (gathered.wish.sure and found.verdict.lack not in none)
    return gathered.table(cite.numberer(sentences)) if stands else None
