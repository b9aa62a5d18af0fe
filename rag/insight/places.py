"""Where there is a practice: one row for each report, and for one set nowhere in particular one for each place it names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rag.ingest.places import Region, mentions
from rag.insight import cells
from rag.insight.reports import Report, Said
from rag.types import Cell, Column, Row

if TYPE_CHECKING:
    from rag.answer.cite import Numberer
    from rag.insight.reports import Term

COLUMNS = (Column.PLACE, Column.UNIT, Column.PRACTICE, Column.EFFECT, Column.DATE)


def rows(found: Sequence[Report], terms: Sequence[Term], number: Numberer) -> Iterator[Row]:
    """The rows of ``found``, in their order."""
    for report in found:
        if report.article.province:
            said = cells.practice(report.sentences)
            yield _row(report, said, cells.place(report.article, said, number), report.sentences, terms, number)
            continue
        for name, said, practice in _named(report):
            yield _row(report, practice, cells.quoted(name, said, number), (), terms, number)


def _row(  # noqa: PLR0913, PLR0917 - the cells of a row and what they are made of
    report: Report, said: Said, place: Cell, sentences: Sequence[Said], terms: Sequence[Term], number: Numberer
) -> Row:
    practice = cells.sentence(said, terms, number)
    effect = cells.sentence(cells.outcome(report, sentences, (said,)), terms, number)
    unit = cells.unit(said, sentences, number)
    return Row((place, unit, practice, effect, cells.date(report.article, said, number)))


def _named(report: Report) -> Iterator[tuple[str, Said, Said]]:
    """The places that the sentences on the practice name, or those right behind them, each once: as printed, where, and the practice."""
    seen: set[Region] = set()
    practice: Said | None = None
    for said, own in cells.on_it(report):
        practice = said if own else practice
        for m in mentions(said.text):
            if practice is not None and len(m.regions) == 1 and m.regions[0] not in seen:
                seen.add(m.regions[0])
                yield said.text[m.start : m.end], said, practice
