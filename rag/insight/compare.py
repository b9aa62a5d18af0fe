"""Places side by side: one column a place, one row an aspect, from all reports on the practice there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rag.insight import cells
from rag.types import Cell, Column, Row

if TYPE_CHECKING:
    from rag.answer.cite import Numberer
    from rag.ingest.places import Region
    from rag.insight.reports import Report, Said, Term

ASPECTS = (Column.UNIT, Column.PRACTICE, Column.NUMBER, Column.EFFECT, Column.DATE)


def rows(
    found: Sequence[Report], places: Sequence[tuple[str, Region]], terms: Sequence[Term], number: Numberer
) -> Iterator[Row]:
    """A row for each of :data:`ASPECTS` that a report tells of."""
    columns = [_column(found, region, terms, number) for _, region in places]
    for aspect in ASPECTS:
        row = tuple(column.get(aspect, Cell()) for column in columns)
        if any(cell.text for cell in row):
            yield Row(row, aspect)


def _column(found: Sequence[Report], region: Region, terms: Sequence[Term], number: Numberer) -> dict[Column, Cell]:
    """What the report most to the point tells of ``region``, and what else the others do."""
    column: dict[Column, Cell] = {}
    for report in found:
        if not (own := cells.within(report, region)):
            continue
        said = cells.practice(own)
        counted = cells.outcome(report, own, (said,))
        told: tuple[Said, ...] = (said, counted) if counted else (said,)
        made = {
            Column.UNIT: cells.unit(said, own, number),
            Column.PRACTICE: cells.sentence(said, terms, number),
            Column.NUMBER: cells.sentence(counted, terms, number),
            Column.EFFECT: cells.sentence(cells.outcome(report, own, told, counted=False), terms, number),
            Column.DATE: cells.date(report.article, said, number),
        }
        column |= {aspect: cell for aspect, cell in made.items() if cell.text and aspect not in column}
    return column
