"""A table of an answer as people see it: headings and cells in their language, and which of its citations each cell shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.types import Cell, Column, Row, TableKind
from ui.texts import Texts, dateline
from ui.texts.tables import TABLES, TableTexts

if TYPE_CHECKING:
    from rag.types import Article, Table

NOTHING = "—"
"""What an empty cell shows; in a comparison it says that the reports do not mention it."""

SHORT = 7
"""Characters up to which a cell is not broken: 江苏·苏州, 2018-03."""

MOST_PLACES = 12
"""Places that a caption names; of more the table tells."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell as it is shown, with the numbers of the citations that stand beside it."""

    text: str
    numbers: tuple[int, ...] = ()
    empty: bool = False

    @property
    def short(self) -> bool:
        """Whether it is to stay on one line."""
        return len(self.text) <= SHORT


@dataclass(frozen=True, slots=True)
class Drawn:
    """A table as it is shown; the first cell of each row names it. ``notes`` stand below."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Shown, ...], ...]
    notes: tuple[str, ...]

    def grid(self) -> list[list[str]]:
        """Headings and rows as texts, each with its [numbers]."""
        body = [[c.text + "".join(f"[{n}]" for n in c.numbers) for c in row] for row in self.rows]
        return [list(self.headings), *body]


def drawn(table: Table, lookup: Callable[[str], Article], texts: Texts) -> Drawn:
    """``table`` as people see it. Raises ``KeyError`` where the archive no longer holds an article that it cites."""
    own = TABLES[texts.language]
    compares = table.kind is TableKind.COMPARE
    headings = tuple(str(own.columns.get(name, name)) for name in table.columns)
    numbers = _numbers(table)
    rows = []
    for n, row in enumerate(table.rows):
        cells = [
            Shown(_text(cell, _column(table, row, at), lookup, texts, own, differs=row.differs), numbers[n][at])
            if cell.text
            else Shown(own.not_mentioned if compares else NOTHING, empty=True)
            for at, cell in enumerate(row.cells)
        ]
        rows.append((*((Shown(own.columns[row.aspect]),) if row.aspect else ()), *cells))
    return Drawn(
        _caption(table, own), (own.aspect, *headings) if compares else headings, tuple(rows), _notes(table, own)
    )


def _column(table: Table, row: Row, at: int) -> str:
    return row.aspect or table.columns[at]


def _numbers(table: Table) -> list[list[tuple[int, ...]]]:
    """Which numbers each cell shows: each once in a row, or in a column of a comparison, beside the most that is quoted from there."""
    found: list[list[tuple[int, ...]]] = [[() for _ in row.cells] for row in table.rows]
    places = [[(n, at) for at in range(len(table.columns))] for n in range(len(table.rows))]
    if table.kind is TableKind.COMPARE:
        places = [list(column) for column in zip(*places, strict=True)]
    for group in places:
        seen: set[int] = set()
        cells = {(n, at): table.rows[n].cells[at] for n, at in group}
        for n, at in sorted(group, key=lambda place: (cells[place].own, -len(cells[place].text))):
            cited = tuple(c.number for c in cells[n, at].citations if c.number not in seen)
            seen.update(cited)
            found[n][at] = cited
    return found


def _text(  # noqa: PLR0913 - a cell, where it stands, and what it is said with
    cell: Cell, column: str, lookup: Callable[[str], Article], texts: Texts, own: TableTexts, *, differs: bool
) -> str:
    if column == Column.NUMBER and differs:
        return own.differ.format(number=cell.text)
    if not cell.own or column not in (Column.DATE, Column.PERIOD):
        return cell.text
    published = lookup(cell.citations[0].passage.article_id).published
    if cell.text == published.date:
        return dateline(published, texts)
    first, _, last = cell.text.partition("/")
    date = own.to.format(first=first, last=last) if last else first
    return texts.date_about.format(date=date) if cell.rough else date


def _caption(table: Table, own: TableTexts) -> str:
    scope = own.scope if table.provinces else own.scope_nowhere
    return scope.format(articles=table.articles, provinces=table.provinces, places=_places(table, own))


def _places(table: Table, own: TableTexts) -> str:
    """Where it was, where places are asked for: the short answer, before what was done there."""
    if table.kind is not TableKind.PLACES or Column.PLACE not in table.columns:
        return ""
    at = table.columns.index(Column.PLACE)
    found = dict.fromkeys(row.cells[at].text for row in table.rows if row.cells[at].text)
    return own.among.format(places=own.next_place.join(found)) if 1 < len(found) <= MOST_PLACES else ""


def _notes(table: Table, own: TableTexts) -> tuple[str, ...]:
    told = (
        (table.found > table.articles, own.listed.format(found=table.found, articles=table.articles)),
        (table.more, own.more),
        (table.summed, own.summed),
        (any(row.differs for row in table.rows), own.differs),
    )
    return tuple(note for holds, note in told if holds)
