"""Where there is a practice: one row for each report, and for one set nowhere in particular one for each place it names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

from rag.answer.rules.alike import known
from rag.answer.rules.governed import counted
from rag.ingest.names import SURNAMES, are_names
from rag.ingest.places import Region, mentions
from rag.insight import cells
from rag.insight.reports import ITSELF, Report, Said
from rag.types import Cell, Column, Row
from rag.zh import HAN, pieces

if TYPE_CHECKING:
    from rag.answer.asked.sought import Sought
    from rag.answer.cite import Numberer
    from rag.insight.reports import Term

LIKE_BEST = 0.85
"""Share of what the best sentence of a report has of the practice from which another is a row of its own."""


COLUMNS = (Column.PLACE, Column.UNIT, Column.PRACTICE, Column.EFFECT, Column.DATE)


def rows(
    found: Sequence[Report],
    terms: Sequence[Term],
    number: Numberer,
    sought: Sought | None = None,
    *,
    things: bool = False,
) -> Iterator[Row]:
    """The rows of ``found``, in their order; where a figure is ``sought`` too (各有多少), what came of it is told by that.

    Where ``things`` are listed, a report gives a row for each of a few sentences that tell of one, and so does a report of no place.
    """
    for report in found:
        if report.article.province:
            said = cells.practice(report.sentences)
            effect = _counted(report, sought, said) or cells.outcome(report, report.sentences, (said,))
            yield _row(report, said, cells.place(report.article, said, number), effect, terms, number)
            for other in _others(report, (said, effect)) if things else ():
                yield _row(report, other, cells.place(report.article, other, number), None, terms, number)
        else:
            named = list(_named(report))
            for name, said, practice in named:
                yield _row(report, practice, cells.quoted(name, said, number), None, terms, number)
            if things and not named:
                said = cells.practice(report.sentences)
                for one in (said, *_others(report, (said,))):
                    yield _row(report, one, Cell(), None, terms, number)


def people(found: Sequence[Report], terms: Sequence[Term], number: Numberer) -> Iterator[Row]:
    """A row for each of a few sentences of ``found`` on what is asked about that name somebody."""
    for report in found:
        for said in _naming(report):
            yield _row(report, said, cells.place(report.article, said, number), None, terms, number)


def _naming(report: Report) -> list[Said]:
    """The sentences of ``report`` on what is asked about that name somebody."""
    return [said for said in report.sentences if said.itself >= ITSELF and _names(said.text)][:MOST_OF_ONE]


_BESIDE = re.compile(
    f"(?<=[模匠人员手师长理记席授者司工部])(?P<name>[{HAN}]{{2,3}}?)(?=[在和与说表介代荣获是为正将坚带教，、。）]|$)"
)


def _names(text: str) -> bool:
    """Whether ``text`` names a person right behind what he or she is: 传承人刘更生, 经理贾智峰; where no word is cut."""
    ends = {0, *accumulate(map(len, pieces(text)))}
    return any(
        m["name"][0] in SURNAMES and {m.start("name"), m.end("name")} <= ends and are_names(m["name"])
        for m in _BESIDE.finditer(text)
    )


MOST_OF_ONE = 3
"""Rows of one report, where things are listed."""


def _others(report: Report, told: Sequence[Said | None]) -> list[Said]:
    """Further sentences of ``report`` that have as much of what is asked about as its best, but for those ``told``."""
    best = max(s.itself for s in report.sentences)
    if best <= min(s.itself for s in report.sentences):
        return []  # all of them do: what is reported of a place
    own = [s for s in report.sentences if s.itself >= LIKE_BEST * best and s not in told and cells.tells(s.text)]
    return own[: MOST_OF_ONE - 1]


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
