"""``rag eval``: measure the answers, keep the runs, compare them, and say whether a change may go in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from rag.errors import InputError
from ui.terminal import AsJson, StoreFolder, errors, open_assistant, progress, refresh_index, settings_for

if TYPE_CHECKING:
    from eval.compare import Comparison, Flip
    from eval.gate import Judgement
    from eval.records import Figure, Run
    from rag.assistant import Assistant
    from rag.config import Settings

app = typer.Typer(
    name="eval",
    help="Measure the answers: ask cases, keep runs, compare them. Without a command: run.",
    invoke_without_command=True,
    no_args_is_help=False,
)
CHANGED = 0.0005
"""Differences smaller than this are not shown: they would print as nothing."""


class Split(StrEnum):
    """Which cases: those one may look at and tune on, those kept for judging, or both."""

    DEV = "dev"
    TEST = "test"
    ALL = "all"


Cases = Annotated[
    Path | None,
    typer.Option("--cases", help="A .jsonl file of cases or a folder of them.", show_default="eval/cases"),
]
OfSplit = Annotated[Split, typer.Option("--split", help="dev to look at while changing things, test to judge by.")]
Runs = Annotated[Path | None, typer.Option("--runs", help="Folder where runs are kept.", show_default="eval/runs")]
Name = Annotated[str, typer.Option("--name", help="A name for the run, to find it again.")]
Judge = Annotated[bool, typer.Option("--judge", help="Also let the language model judge the answers (extra [judge]).")]


@app.callback()
def default(context: typer.Context) -> None:
    """Run with the defaults when no command is given."""
    if context.invoked_subcommand is None:
        run()


@app.command()
def run(  # noqa: PLR0913, PLR0917 - the options of a command
    cases: Cases = None,
    split: OfSplit = Split.ALL,
    store: StoreFolder = None,
    name: Name = "",
    judge: Judge = False,
    runs: Runs = None,
    as_json: AsJson = False,
) -> None:
    """Ask every case, keep the run, write its report and print its figures; exit code 1 when a case crashed."""
    from eval import report
    from eval import runs as kept

    done, settings = _asked(cases, split, store, name, judge=judge)
    folder = kept.keep(done, runs or kept.RUNS)
    report.write(done, folder, settings.language)
    told = kept.read_summary(folder)
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        _print_figures(kept.figures_of(told), settings.language)
        typer.echo(folder / "report.html")
    crashed = [row for row in done.rows if row.crash]
    for row in crashed:
        errors.print(f"crashed: {row.qid} {row.query} {row.crash}")
    if crashed:
        raise typer.Exit(1)


def _asked(
    cases: Path | None, split: Split, store: Path | None, name: str = "", *, judge: bool = False
) -> tuple[Run, Settings]:
    """A run over an index that is built first if it is missing or out of date."""
    _needs("ir_measures", "scipy", "matplotlib", extra="eval")
    from eval import runs as kept
    from eval.cases import CASES

    assistant = _assistant(store)
    with progress() as step:
        done = kept.run(assistant, cases or CASES, split.value, name, step)
        if judge:
            done = _judged(done, assistant, step)
    return done, assistant.settings


def _assistant(store: Path | None) -> Assistant:
    settings = settings_for(store)
    refresh_index(settings)
    return open_assistant(settings)


def _needs(*packages: str, extra: str) -> None:
    missing = [package for package in packages if find_spec(package) is None]
    if missing:
        raise InputError(f"{', '.join(missing)} not installed; run make eval, or: pip install -e '.[{extra}]'")


@app.command("list")
def list_(runs: Runs = None) -> None:
    """List the runs that are kept, oldest first."""
    from eval import runs as kept

    rows = []
    for folder in kept.kept(runs or kept.RUNS):
        told = kept.read_summary(folder)
        made, right = told["made"], _one(kept.figures_of(told), "right")
        cases = made["cases"]
        rows.append((folder.name, made["index"]["id"][:12], cases["path"], cases["split"], str(right.n), _value(right)))
    _print_table(("run", "index", "cases", "split", "n", "right"), rows, right_of=4)


@app.command()
def report(
    run: Annotated[str, typer.Argument(help="A run: its id, name or folder, or last.")] = "last",
    runs: Runs = None,
) -> None:
    """Write the report of a kept run anew (report.html, summary.md, junit.xml) and say where it is."""
    _needs("ir_measures", "scipy", "matplotlib", extra="eval")
    from eval import report as reports
    from eval import runs as kept

    folder = kept.find(run, runs or kept.RUNS)
    reports.write(kept.read(folder), folder, settings_for().language)
    typer.echo(folder / "report.html")


@app.command()
def compare(
    before: Annotated[str, typer.Argument(help="The earlier run: its id, name or folder.")],
    after: Annotated[str, typer.Argument(help="The later run.")] = "last",
    runs: Runs = None,
    as_json: AsJson = False,
) -> None:
    """Compare two runs case by case: what got better, what worse, which cases flipped, and whether it is chance."""
    _needs("scipy", extra="eval")
    from eval import runs as kept
    from eval.compare import compare as compared

    folder = runs or kept.RUNS
    found = compared(kept.read(kept.find(before, folder)), kept.read(kept.find(after, folder)))
    if as_json:
        typer.echo(json.dumps(asdict(found), ensure_ascii=False, indent=1))
    else:
        _print_comparison(found)


@app.command()
def gate(  # noqa: PLR0913, PLR0917
    baseline: Annotated[
        Path | None, typer.Option("--baseline", help="The baseline.", show_default="eval/baseline.json")
    ] = None,
    run: Annotated[str, typer.Option("--run", help="Judge this kept run instead of asking now.")] = "",
    tolerance: Annotated[float, typer.Option("--tolerance", min=0, max=1, help="How much a share may fall.")] = 0.02,
    update: Annotated[bool, typer.Option("--update", help="Make the baseline of the run instead of judging it.")] = False,
    cases: Cases = None,
    split: Annotated[Split | None, typer.Option("--split", help="Of which cases; those of the baseline, else test.")] = None,
    store: StoreFolder = None,
    runs: Runs = None,
) -> None:
    """Say whether the answers got worse than the baseline; exit code 1 when they did."""
    _needs("ir_measures", "scipy", extra="eval")
    from eval import gate as gates
    from eval import runs as kept
    from rag.config import ROOT

    path = baseline or gates.BASELINE
    before = None if update else gates.read(path)
    if run:
        done = kept.read(kept.find(run, runs or kept.RUNS))
    else:
        asked = cases or (ROOT / before.path if before else None)
        done, _ = _asked(asked, split or Split(before.split if before else "test"), store)
    if before is None:
        gates.write(gates.of(done), path)
        typer.echo(f"{path}: {len(done.rows)} cases of the split {done.made.cases['split']}")
        return
    found = gates.judge(done, before, tolerance)
    _print_judgement(found)
    if not found.passed:
        raise typer.Exit(1)


def _one(figures: Iterable[Figure], measure: str, group: str = "all") -> Figure:
    return next(f for f in figures if (f.measure, f.group) == (measure, group))


def _value(figure: Figure) -> str:
    from eval.measures import BY_NAME

    return f"{figure.value:.0f}" if BY_NAME[figure.measure].unit == "characters" else f"{figure.value:.3f}"


def _print_figures(figures: Sequence[Figure], language: str) -> None:
    """All cases by measure, then the most telling measures by kind of question."""
    from eval.texts import TEXTS

    texts = TEXTS[language]
    rows = [
        (texts.measure(f.measure), _value(f), f"{f.low:.3f} – {f.high:.3f}", str(f.n)) for f in figures if f.group == "all"
    ]
    _print_table((texts.all_cases, texts.value, texts.interval, texts.cases), rows)
    groups = dict.fromkeys(f.group for f in figures if f.group != "all")
    shown = ("right", "evidence_all@5", "citation_recall")
    by = {(f.measure, f.group): f for f in figures}
    rows = [
        (
            texts.group(group),
            *(_value(by[m, group]) if (m, group) in by else "" for m in shown),
            str(by["right", group].n),
        )
        for group in groups
    ]
    _print_table((texts.by_kind, *map(texts.measure, shown), texts.cases), rows)


def _print_comparison(found: Comparison) -> None:
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
            f"{c.p:.3f}",
            marks[c.better] + (", significant" if c.significant else ", may be chance") if c.better else "",
            str(c.n),
        )
        for c in found.changes
        if abs(c.after - c.before) >= CHANGED
    ]
    if rows:
        _print_table(("measure", "before", "after", "change", "95 % interval", "p", "", "n"), rows)
    else:
        typer.echo("no measure changed")
    _print_flips("right now, wrong before", found.gained)
    _print_flips("wrong now, right before", found.lost)


def _print_flips(title: str, flips: Sequence[Flip]) -> None:
    if flips:
        typer.echo(f"{title}: {len(flips)}")
    for flip in flips:
        typer.echo(f"  {flip.qid} {flip.query}")
        typer.echo(f"    before: {flip.before or '(refused)'}")
        typer.echo(f"    after:  {flip.after or '(refused)'}")


def _print_judgement(found: Judgement) -> None:
    rows = [(v.measure, f"{v.before:.3f}", f"{v.after:.3f}", f"{v.p:.3f}", str(v.n), v.why or "ok") for v in found.verdicts]
    _print_table(("measure", "baseline", "now", "p", "n", ""), rows)
    for problem in found.problems:
        errors.print(f"rag: {problem}")
    typer.echo("passed" if found.passed else "failed")


def _print_table(head: Sequence[str], rows: Sequence[Sequence[str]], right_of: int = 1) -> None:
    """Columns as wide as they need; those from ``right_of`` on to the right."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for n, name in enumerate(head):
        table.add_column(name, justify="right" if n >= right_of else "left", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    console = Console(highlight=False, markup=False, soft_wrap=True)
    console.width = max(console.width, 400)
    console.print(table)


def _judged(done: Run, assistant: Assistant, step: Any) -> Run:
    raise NotImplementedError
