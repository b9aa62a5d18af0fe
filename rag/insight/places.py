"""Where there is a practice: one row for each report, and for one set nowhere in particular one for each place it names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rag.answer import counted
from rag.answer.alike import known
from rag.ingest.places import Region, mentions
from rag.insight import cells
from rag.insight.reports import Report, Said
from rag.types import Cell, Column, Row

if TYPE_CHECKING:
    from rag.answer.cite import Numberer
    from rag.answer.sought import Sought
    from rag.insight.reports import Term

COLUMNS = (Column.PLACE, Column.UNIT, Column.PRACTICE, Column.EFFECT, Column.DATE)


def rows(
    found: Sequence[Report], terms: Sequence[Term], number: Numberer, sought: Sought | None = None
) -> Iterator[Row]:
    """The rows of ``found``, in their order; where a figure is ``sought`` too (各有多少), what came of it is told by that."""
    for report in found:
        if report.article.province:
            said = cells.practice(report.sentences)
            effect = _counted(report, sought, said) or cells.outcome(report, report.sentences, (said,))
            yield _row(report, said, cells.place(report.article, said, number), effect, terms, number)
            continue
        for name, said, practice in _named(report):
            yield _row(report, practice, cells.quoted(name, said, number), None, terms, number)


def _counted(report: Report, sought: Sought | None, told: Said) -> Said | None:
    """The sentence on the practice, or right behind one, that best gives the figure ``sought``; none if ``told`` gives it or none does."""
    if sought is None:
        return None
    alike = known().cosine
    fits = [(counted.fit(sought, said.text, alike), said) for said, _ in cells.on_it(report)]
    best, said = max(fits, key=lambda fit: (fit[0], fit[1].around), default=(counted.NONE, told))
    return said if best >= counted.FITS / 2 and said is not told else None


def _row(  # noqa: PLR0913, PLR0917 - the cells of a row and what they are made of
    report: Report, said: Said, place: Cell, effect: Said | None, terms: Sequence[Term], number: Numberer
) -> Row:
    sentences = report.sentences if report.article.province else ()
    return Row(
        (
            place,
            cells.unit(said, sentences, number),
            cells.sentence(said, terms, number),
            cells.sentence(effect, terms, number),
            cells.date(report.article, said, number),
        )
    )


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
