"""Whether tables hold the rows they should: ``python -m eval.tables``.

``cases/tables/rows.jsonl`` has questions over many articles with the rows that must come, each a place, an article and the
sentences that bear it out, of which one must be cited. A row of an article in ``also`` is neither asked for nor wrong; every other row
is. Questions of kind ``none`` must get no table. Cases of the split ``held`` were written before any of it was tuned and are not
looked at; their figures alone are printed.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import ConfigDict, TypeAdapter

from eval.alone import by_itself
from eval.cases import CASES, by_page
from eval.metrics import normalise
from rag.assistant import Assistant
from rag.config import load

if TYPE_CHECKING:
    from rag.types import Answer, Citation, Table

ROWS = CASES / "tables" / "rows.jsonl"
_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A row that must come: it names ``place``, cites one of ``quotes`` in ``article``, and gives ``date`` or ``number`` if set."""

    place: str
    article: str
    quotes: tuple[str, ...]
    date: str = ""
    number: str = ""

    __pydantic_config__ = _STRICT


@dataclass(frozen=True, slots=True)
class Case:
    """A question over many articles and the rows it must get."""

    qid: str
    query: str
    lang: Literal["zh", "en"]
    kind: Literal["places", "compare", "timeline", "figures", "none"]
    split: Literal["dev", "held"]
    rows: tuple[Wanted, ...]
    also: tuple[str, ...] = ()
    note: str = ""

    __pydantic_config__ = _STRICT


@dataclass(slots=True)
class Tally:
    """Counts over cases: rows that are right, wrong, and that should have come but did not; and what went wrong, in words."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    told: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Count ``other`` in."""
        self.right, self.wrong, self.missed = (
            self.right + other.right,
            self.wrong + other.wrong,
            self.missed + other.missed,
        )
        self.told += other.told

    def __str__(self) -> str:
        rows, wanted = self.right + self.wrong, self.right + self.missed
        precision = f"{self.right / rows:.2f}" if rows else "   -"
        recall = f"{self.right / wanted:.2f}" if wanted else "   -"
        return f"precision {precision} ({self.right} of {rows})   recall {recall} ({self.right} of {wanted})"


def read(path: Path = ROWS) -> tuple[Case, ...]:
    """The cases of ``path``."""
    reader = TypeAdapter(Case)
    return tuple(reader.validate_json(line) for line in path.read_text("utf-8").splitlines() if line.strip())


@dataclass(frozen=True, slots=True)
class _Shown:
    """A row of a table, or of a comparison what stands in the column of one place."""

    text: str
    citations: tuple[Citation, ...]


def _shown(table: Table) -> Iterator[_Shown]:
    if table.kind == "compare":
        for name, column in zip(table.columns, zip(*(row.cells for row in table.rows), strict=True), strict=True):
            # Each cell is right or wrong by itself, but a place is told of once one of them is right.
            yield _Shown(name, tuple(c for cell in column for c in cell.citations))
        return
    for row in table.rows:
        yield _Shown(" ".join(cell.text for cell in row.cells), tuple(c for cell in row.cells for c in cell.citations))


def _meets(row: _Shown, wanted: Wanted, names: Mapping[str, str]) -> bool:
    said = normalise(row.text)
    named = all(normalise(one) in said for one in (wanted.place, wanted.date, wanted.number))
    quotes = [normalise(q) for q in wanted.quotes]
    cited = [normalise(c.quote) for c in row.citations if names[c.passage.article_id] == wanted.article]
    return named and any(q in c or c in q for q in quotes for c in cited)


def judge(case: Case, answer: Answer, names: Mapping[str, str]) -> Tally:
    """How the table of ``answer`` does; ``names`` are the names of articles in cases by their ids."""
    found = Tally()
    shown = list(_shown(answer.table)) if answer.table else []
    kind = str(answer.table.kind) if answer.table else "none"
    if kind != case.kind:
        found.told.append(f"{case.qid}: a table of kind {kind}, not {case.kind}")
        if case.kind != "none":
            shown = []
    # Of several reports on a place, a comparison need show one.
    wanted = {(w.place if case.kind == "compare" else w): [w] for w in case.rows}
    for w in case.rows if case.kind == "compare" else ():
        wanted[w.place] = [o for o in case.rows if o.place == w.place]
    met = {key for key, ways in wanted.items() if any(_meets(row, w, names) for w in ways for row in shown)}
    found.right, found.missed = len(met), len(wanted) - len(met)
    found.told += [
        f"{case.qid}: missed {key if isinstance(key, str) else f'{key.place} {key.quotes[0]}'}"
        for key in wanted
        if key not in met
    ]
    for row in shown:
        other = {names[c.passage.article_id] for c in row.citations} - set(case.also)
        if row.citations and other and not any(_meets(row, w, names) for w in case.rows):
            found.wrong += 1
            found.told.append(f"{case.qid}: wrong {row.text[:120]}")
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Ask the cases and print precision and recall of rows by split and kind; of ``dev`` also what is wrong."""
    parser = argparse.ArgumentParser(prog="python -m eval.tables", description=__doc__)
    parser.add_argument("--store", type=Path, help="folder of the index")
    parser.add_argument("--json", action="store_true", help="JSON instead of text")
    given = parser.parse_args(arguments)
    assistant = Assistant.open(load(store=given.store))
    names = {a.id: name for a, name in zip(assistant.articles, by_page(assistant.articles), strict=True)}
    tallies: dict[tuple[str, str], Tally] = {}
    for case in read():
        result = judge(case, assistant.ask(case.query), names)
        for kind in (case.kind, "all"):
            tallies.setdefault((case.split, kind), Tally()).add(result)
    if given.json:
        print(json.dumps({f"{s} {k}": [t.right, t.wrong, t.missed] for (s, k), t in tallies.items()}, indent=1))
        return
    for (split, kind), tally in sorted(tallies.items()):
        print(f"{split:5}{kind:10}{tally}")
        if split == "dev" and kind == "all":
            print(*(f"        {line}" for line in tally.told), sep="\n")


if __name__ == "__main__":
    by_itself(main)
