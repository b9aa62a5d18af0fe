"""What ``rag eval`` prints: figures, differences of two runs, verdicts, lists of runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.table import Table

from eval.visible import visible
from ui.terminal import errors

if TYPE_CHECKING:
    from eval.compare import Comparison, Flip
    from eval.gate import Judgement
    from eval.judge import Agreement
    from eval.records import Figure

CHANGED = 0.0005
"""Differences smaller than this are not shown: they would print as nothing."""

SHOWN = ("right", "evidence_all@5", "citation_recall")
"""Measures told of every kind of question."""


def summaries(told: Mapping[str, Mapping[str, Any]]) -> None:
    """Kept runs, a line each: ``told`` are their summaries by the name of their folder."""
    from eval.runs import figures_of

    rows = []
    for name, one in told.items():
        cases = one["made"]["cases"]
        right = next(f for f in figures_of(one) if (f.measure, f.group) == ("right", "all"))
        index = str(one["made"]["index"]["id"])[:12]
        rows.append((name, index, str(cases["path"]), str(cases["split"]), str(right.n), f"{right.value:.3f}"))
    _table(("run", "index", "cases", "split", "n", "right"), rows, right_of=4)


def figures(found: Sequence[Figure], language: str) -> None:
    """What came of a run in sentences, every measure over all cases, and the most telling ones by kind of question."""
    from eval.texts import TEXTS

    texts = TEXTS[language]
    for sentence in texts.headline(found):
        typer.echo(sentence)
    rows = [(texts.measure(f.measure), texts.figure(f), texts.sure(f), str(f.n)) for f in found if f.group == "all"]
    typer.echo()
    _table((texts.measure_label, texts.value, texts.interval, texts.cases), rows)
    by = {(f.measure, f.group): f for f in found}
    groups: dict[str, list[str]] = {}
    for name in dict.fromkeys(f.group for f in found if f.group != "all"):
        groups.setdefault(name.partition(":")[0], []).append(name)
    for kind, names in groups.items():
        kinds = [
            (
                texts.group(name),
                *(texts.figure(by[m, name]) if (m, name) in by else "" for m in SHOWN),
                str(by["right", name].n),
            )
            for name in names
        ]
        _table((texts.kinds[kind], *map(texts.measure, SHOWN), texts.cases), kinds)


def agreements(found: Iterable[Agreement], lacking: Mapping[tuple[str, str], int]) -> None:
    """How far a language model's marks go with the measures, and how many marks are missing, and why."""
    rows = [
        (
            f"{a.mark} / {a.measure}",
            a.method,
            "-" if a.correlation is None else f"{a.correlation:.2f}",
            "-" if a.low is None else f"{a.low:.2f} – {a.high:.2f}",
            str(a.n),
            ", ".join(x.qid for x in a.apart[:5]),
        )
        for a in found
    ]
    if rows:
        _table(("judge / rule", "correlation", "", "95 % interval", "n", "furthest apart"), rows, right_of=2)
    for (mark, why), n in sorted(lacking.items()):
        errors.print(f"no {mark} for {n} answers: {why}")


def comparison(found: Comparison) -> None:
    """Two runs side by side."""
    typer.echo(f"{found.before.id} -> {found.after.id}: {found.n} cases in both")
    for what, old, new in found.differs:
        typer.echo(f"  {what}: {old} -> {new}")
    for name, only in (("before", found.only_before), ("after", found.only_after)):
        if only:
            typer.echo(f"  only {name}: {len(only)} cases, such as {', '.join(only[:3])}")
    marks = {1: "better", -1: "worse", 0: ""}
    rows = [
        (
            c.measure,
            f"{c.before:.3f}",
            f"{c.after:.3f}",
            f"{c.after - c.before:+.3f}",
            f"{c.low:+.3f} – {c.high:+.3f}",
            "-" if c.p is None else _p(c.p),
            marks[c.better] + (", significant" if c.significant else ", may be chance") if c.better else "",
            str(c.n),
        )
        for c in found.changes
        if abs(c.after - c.before) >= CHANGED
    ]
    if rows:
        _table(("measure", "before", "after", "change", "95 % interval of the mean", "p", "", "n"), rows)
    else:
        typer.echo("no measure changed")
    _flips("right now, wrong before", found.gained)
    _flips("wrong now, right before", found.lost)


def _p(value: float) -> str:
    return "<.001" if value < 0.001 else f"{value:.3f}"


def _flips(title: str, flips: Sequence[Flip]) -> None:
    if flips:
        typer.echo(f"{title}: {len(flips)}")
    # Whoever compares runs is changing something, and must not do so by looking at the cases kept to judge by.
    shown = [flip for flip in flips if flip.split != "test"]
    if len(shown) < len(flips):
        typer.echo(f"  {len(flips) - len(shown)} of the split test are not shown; --json holds them")
    for flip in shown:
        for line in (
            f"  {flip.qid} {flip.query}",
            f"    before: {flip.before or '(refused)'}",
            f"    after:  {flip.after or '(refused)'}",
        ):
            typer.echo(visible(line))


def judgement(found: Judgement) -> None:
    """A run beside the baseline."""
    rows = [(v.measure, f"{v.before:.3f}", f"{v.after:.3f}", _p(v.p), str(v.n), v.why or "ok") for v in found.verdicts]
    _table(("measure", "baseline", "now", "p", "n", ""), rows)
    for verdict in found.verdicts:
        if verdict.why:
            errors.print(visible(f"rag: {verdict.measure} fell in {', '.join(verdict.worse)}"))
    for problem in found.problems:
        errors.print(visible(f"rag: {problem}"))
    typer.echo("passed" if found.passed else "failed")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], right_of: int = 1) -> None:
    """Columns as wide as they need; those from ``right_of`` on to the right. An empty line follows."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for n, name in enumerate(head):
        table.add_column(name, justify="right" if n >= right_of else "left", no_wrap=True)
    for row in rows:
        table.add_row(*map(visible, row))
    console = Console(highlight=False, markup=False, soft_wrap=True, width=400)
    with console.capture() as printed:
        console.print(table)
    # Not by the console, which would end the program its own way when nobody reads on (rag eval | head).
    typer.echo("\n".join(line.rstrip() for line in printed.get().splitlines()))
    typer.echo()
