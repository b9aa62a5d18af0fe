"""Ask the assistant every case and print how it did: ``python -m eval.run --help``.

A case that crashes counts as wrong everywhere and is printed; a refusal counts as wrong where there is an answer.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from eval.cases import FIRST, Case, load
from eval.metrics import Rank, all_at, any_at, holds_keys, interval, printed, quote_ranks, recall_at, reciprocal_rank
from rag import config
from rag.errors import InputError, RagError
from rag.types import Answer, Hit, Status

DEPTH = 10
"""How many passages of a search are looked at; the mean reciprocal rank is cut there."""

LISTS = {"bm25": "sparse", "dense": "dense"}
"""The list in ``Hit.ranks`` that each ``--baseline`` stands for."""


class Asked(Protocol):
    """What the evaluation needs of an assistant; ``rag.assistant.Assistant`` is one."""

    def ask(self, question: str, history: Sequence[str] = ()) -> Answer:
        """Answer ``question``, put after the questions in ``history``."""
        ...

    def search(self, query: str, k: int) -> tuple[Hit, ...]:
        """The best ``k`` passages."""
        ...


Search = Callable[[str, int], Sequence[Hit]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one case.

    ``ranks`` are those of its quotes among the first ``DEPTH`` passages. ``quotes`` counts the citations, ``exact``
    those whose quote is the slice of the passage they name and is printed on a page. ``crash`` is the error, empty when there was none.
    """

    qid: str
    lang: str
    type: str
    answerable: bool
    ranks: tuple[Rank, ...]
    refused: bool
    right: bool
    degraded: bool
    text: str
    quotes: int
    exact: int
    seconds: float
    crash: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the report: ``value`` rests on ``n`` cases; ``low`` and ``high`` bound it with 95 % confidence."""

    name: str
    n: int
    value: float
    low: float | None = None
    high: float | None = None
    unit: str = "share"


def baseline(search: Search, name: str, candidates: int) -> Search:
    """``search`` with its hits put in the order of one list alone: ``bm25`` or ``dense``; others are left out."""
    rank_name = LISTS[name]

    def alone(query: str, k: int) -> tuple[Hit, ...]:
        hits = [hit for hit in search(query, 2 * candidates) if rank_name in hit.ranks]
        return tuple(sorted(hits, key=lambda hit: hit.ranks[rank_name])[:k])

    return alone


def page_texts(paths: Iterable[Path]) -> tuple[str, ...]:
    """Raw text of the pages: files, and the ``.txt`` files in and below folders.

    Read here and not by the library, so that quotes are checked against what was received, not what was parsed.
    Raises :class:`InputError` for a file that cannot be read as UTF-8.
    """
    files = [file for path in paths for file in (sorted(path.rglob("*.txt")) if path.is_dir() else [path])]
    try:
        return tuple(file.read_text(encoding="utf-8") for file in files)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"a page cannot be read to check quotes against: {error}; set pages to UTF-8 text") from None


def run_case(assistant: Asked, search: Search, case: Case, pages: Sequence[str]) -> Outcome:
    """Ask one case. Passages are searched for with the question as the assistant understood it.

    ``pages`` are the raw texts that quotes are checked against.
    """
    begun = time.perf_counter()
    try:
        answer = assistant.ask(case.query, case.history)
        seconds = time.perf_counter() - begun
        hits = search(answer.understood_as or case.query, DEPTH)
    except Exception as error:  # noqa: BLE001 - whatever goes wrong is what is being measured
        return Outcome(
            qid=case.qid,
            lang=case.lang,
            type=case.type,
            answerable=case.answerable,
            ranks=(None,) * len(case.evidence),
            refused=False,
            right=False,
            degraded=False,
            text="",
            quotes=0,
            exact=0,
            seconds=time.perf_counter() - begun,
            crash=f"{type(error).__name__}: {error}",
        )
    return Outcome(
        qid=case.qid,
        lang=case.lang,
        type=case.type,
        answerable=case.answerable,
        ranks=quote_ranks([e.quote for e in case.evidence], [hit.passage.text for hit in hits]),
        refused=answer.refused,
        right=answer.refused != case.answerable and holds_keys(answer.text, case.answer_keys),
        degraded=answer.status is Status.DEGRADED,
        text=answer.text,
        quotes=len(answer.citations),
        exact=sum(c.passage.text[c.start : c.end] == c.quote and printed(c.quote, pages) for c in answer.citations),
        seconds=seconds,
        crash="",
    )


def _share(name: str, values: Iterable[float]) -> list[Figure]:
    listed = [float(value) for value in values]
    return [Figure(name, len(listed), statistics.fmean(listed), *interval(listed))] if listed else []


def _groups(outcomes: Sequence[Outcome], field: str) -> list[tuple[str, list[Outcome]]]:
    names = dict.fromkeys(getattr(o, field) for o in outcomes)
    groups = [(name, [o for o in outcomes if getattr(o, field) == name]) for name in names]
    return groups if len(groups) == 1 else [*groups, ("all", list(outcomes))]


def figures(outcomes: Sequence[Outcome]) -> list[Figure]:
    """The report. Figures that would rest on no case are left out."""
    rows: list[Figure] = []
    answerable = [o for o in outcomes if o.answerable]
    for lang, group in _groups([o for o in answerable if o.ranks], "lang"):
        ranks = [o.ranks for o in group]
        rows += _share(f"{lang}: some evidence in first 5", (any_at(r, 5) for r in ranks))
        rows += _share(f"{lang}: all evidence in first 5", (all_at(r, 5) for r in ranks))
        rows += _share(f"{lang}: recall@1", (recall_at(r, 1) for r in ranks))
        rows += _share(f"{lang}: reciprocal rank (first {DEPTH})", (reciprocal_rank(r) for r in ranks))
    for kind, group in _groups(answerable, "type"):
        rows += _share(f"{kind}: answer holds all keys", (o.right for o in group))
    rows += _share("answerable: wrongly refused", (o.refused for o in answerable))
    rows += _share("unanswerable: refused", (o.refused for o in outcomes if not o.answerable))
    rows += _share("degraded", (o.degraded for o in outcomes))
    rows += _share("crashed", (bool(o.crash) for o in outcomes))
    quotes = sum(o.quotes for o in outcomes)
    if quotes:
        cited = sum(o.quotes > 0 for o in outcomes)
        rows.append(Figure(f"quotes exact ({quotes} quotes)", cited, sum(o.exact for o in outcomes) / quotes))
    lengths = [len(o.text) for o in outcomes if not o.refused and not o.crash]
    if lengths:
        rows.append(Figure("length of an answer, median", len(lengths), statistics.median(lengths), unit="characters"))
    if outcomes:
        seconds = statistics.median(o.seconds for o in outcomes)
        rows.append(Figure("time to answer, median", len(outcomes), seconds, unit="seconds"))
    return rows


def table(rows: Sequence[Figure]) -> str:
    """The report as text in columns: what, value, 95 % interval, number of cases."""
    width = max((len(row.name) for row in rows), default=0)
    lines = [f"{'':{width}}  {'value':>9}  {'95 % interval':13}  cases"]
    for row in rows:
        value = f"{row.value:9.3f}" if row.unit != "characters" else f"{row.value:9.0f}"
        bounds = f"{row.low:.3f} - {row.high:.3f}" if row.low is not None and row.high is not None else row.unit
        lines.append(f"{row.name:{width}}  {value}  {bounds:13}  {row.n:5}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and print. 0 when nothing crashed and every quote is exact, 1 when not, more for a wrong call."""
    parser = argparse.ArgumentParser(prog="python -m eval.run", description="Ask every case and print how it went.")
    parser.add_argument("--cases", type=Path, default=FIRST, help="JSON Lines file of cases")
    parser.add_argument("--store", type=Path, help="folder of the built index; its pages are those of the settings")
    parser.add_argument("--split", choices=("dev", "test", "all"), default="all")
    parser.add_argument("--json", type=Path, help="also write figures and outcomes to this file")
    parser.add_argument("--baseline", choices=tuple(LISTS), help="search figures of one list alone")
    parser.add_argument("--wrong", action="store_true", help="also print each case answered wrongly")
    options = parser.parse_args(arguments)
    try:
        cases = [case for case in load(options.cases) if options.split in ("all", case.split)]
        settings = config.load(store=options.store)
        pages = page_texts(settings.pages)
        from rag.assistant import Assistant

        assistant = Assistant.open(settings)
    except RagError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    search: Search = assistant.search
    if options.baseline:
        search = baseline(search, options.baseline, settings.candidates)
    outcomes = [run_case(assistant, search, case, pages) for case in cases]
    rows = figures(outcomes)
    print(table(rows))
    for case, outcome in zip(cases, outcomes, strict=True):
        if outcome.crash:
            print(f"crashed: {outcome.qid} {case.query} {outcome.crash}")
        elif options.wrong and not outcome.right:
            print(f"wrong: {outcome.qid} {case.query} | wanted {case.answer} | got {outcome.text or 'a refusal'}")
    if options.json:
        report = {"figures": [asdict(row) for row in rows], "outcomes": [asdict(o) for o in outcomes]}
        options.json.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return int(any(o.crash or o.exact != o.quotes for o in outcomes))


if __name__ == "__main__":
    sys.exit(main())
