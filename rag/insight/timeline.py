"""What came when: every dated sentence on a practice, in the order of the dates.

A date is written out (2014年) or worked out from the day of publication (去年, see :mod:`rag.ingest.relative`); beside it stands
what is printed. Of several in a sentence the first counts, which is when what follows began.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.ingest.relative import resolve
from rag.insight import cells
from rag.insight.reports import ITSELF, Report, Said
from rag.types import Cell, Column, Row

if TYPE_CHECKING:
    from rag.answer.cite import Numberer
    from rag.insight.reports import Term
    from rag.types import Published

COLUMNS = (Column.DATE, Column.SAID, Column.PLACE, Column.EVENT)

ON_IT = 0.6
"""Share of what the practice is called by that a sentence must have, with its neighbours and titles."""

_WRITTEN = re.compile(
    r"(?<![0-9])(?P<y>(?:19|20)[0-9]{2})年(?:(?P<m>1[0-2]|0?[1-9])月(?:(?P<d>[12][0-9]|3[01]|0?[1-9])日)?)?"
)

_LOOSE = re.compile("近日|日前|连日来|最?近.*年|过去.*年|这.*年")
_AGE = re.compile(r"\s*[0-9]{1,2}岁")


@dataclass(frozen=True, slots=True)
class _When:
    """A date in a sentence: as printed at ``start``, and as ISO 8601; not ``sure`` where it is a guess or meant loosely."""

    start: int
    text: str
    value: str
    sure: bool


def rows(found: Sequence[Report], terms: Sequence[Term], number: Numberer) -> list[Row]:
    """The rows of ``found`` by date, earliest first."""
    dated = [(when.value, row) for report in found for when, row in _rows(report, terms, number)]
    return [row for _, row in sorted(dated, key=lambda pair: pair[0])]


def _rows(report: Report, terms: Sequence[Term], number: Numberer) -> Iterator[tuple[_When, Row]]:
    for said in report.sentences:
        on_it = said.around >= ON_IT or said.itself >= ITSELF
        if on_it and (when := first(said, report.article.published)) is not None:
            date = Cell(when.value, (number.cite(said.passage, said.start, said.end),), own=True, rough=not when.sure)
            printed = cells.quoted(when.text, said, number)
            place = cells.place(report.article, said, number)
            yield when, Row((date, printed, place, cells.sentence(said, terms, number)))


def first(said: Said, published: Published) -> _When | None:
    """The first date of ``said`` that says when, or else one that says so loosely (近日); ``None`` if it has none."""
    text = said.text
    found = [_When(r.start, r.text, r.value, r.sure) for r in resolve(text, published) if not _AGE.match(text, r.end)]
    for m in _WRITTEN.finditer(text):
        parts = [m["y"], *(f"{int(m[part]):02d}" for part in ("m", "d") if m[part])]
        if not any(w.start <= m.start() < w.start + len(w.text) for w in found):
            found.append(_When(m.start(), m.group(), "-".join(parts), sure=True))
    return min(found, key=lambda when: (_LOOSE.match(when.text) is not None, when.start), default=None)
