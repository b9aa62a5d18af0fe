"""Where there is a practice: one row for each report, and for one set nowhere in particular one for each place it names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rag.ingest.places import Region, mentions
from rag.insight import cells
from rag.insight.reports import ITSELF, Report, Said
from rag.types import Cell, Column, Row

if TYPE_CHECKING:
    from rag.answer.cite import Numberer
    from rag.insight.reports import Term

COLUMNS = (Column.PLACE, Column.UNIT, Column.PRACTICE, Column.EFFECT, Column.DATE)


def rows(found: Sequence[Report], terms: Sequence[Term], number: Numberer) -> Iterator[Row]:
    """The rows of ``found``, in their order."""
    for report in found:
        if report.article.province:
            said = cells.practice(report, report.sentences)
            yield _row(report, said, cells.place(report.article, said, number), report.sentences, terms, number)
            continue
        for name, said in _named(report):
            yield _row(report, said, cells.quoted(name, said, number), (), terms, number)


def _row(  # noqa: PLR0913, PLR0917 - the cells of a row and what they are made of
    report: Report, said: Said, place: Cell, sentences: Sequence[Said], terms: Sequence[Term], number: Numberer
) -> Row:
    practice = cells.sentence(said, terms, number)
    effect = cells.sentence(cells.outcome(report, sentences, (said,)), terms, number)
    name = cells.unit_in(said.text) if not sentences else None
    unit = cells.quoted(name or "", said, number) if not sentences else cells.unit(report, said, number)
    return Row((place, unit, practice, effect, cells.date(report.article, said, number)))


def _named(report: Report) -> Iterator[tuple[str, Said]]:
    """The places that the sentences on the practice name, as printed, each once."""
    seen: set[Region] = set()
    for said in report.sentences:
        if said.itself < ITSELF:
            continue
        for m in mentions(said.text):
            if len(m.regions) == 1 and m.regions[0] not in seen:
                seen.add(m.regions[0])
                yield said.text[m.start : m.end], said
