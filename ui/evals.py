"""``rag eval``: measure the answers, keep the runs, compare them, and say whether a change may go in."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from eval.visible import visible
from rag.errors import EndpointError, InputError, SettingsError
from ui import figures
from ui.terminal import AsJson, StoreFolder, errors, open_assistant, progress, refresh_index, settings_for

if TYPE_CHECKING:
    from eval.cases import Case
    from eval.records import Run
    from rag.assistant import Assistant
    from rag.config import Settings

Progress = Callable[[str, int, int], None]

app = typer.Typer(
    name="eval",
    help="Measure the answers: ask cases, keep runs, compare them. Without a command: run.",
    invoke_without_command=True,
    no_args_is_help=False,
)


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

    done, settings = _asked(cases, split, store, runs, name, judge=judge)
    folder = kept.keep(done, runs or settings.runs)
    report.write(done, folder, settings.language)
    told = kept.read_summary(folder)
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        figures.figures(kept.figures_of(told), settings.language)
        typer.echo(folder / "report.html")
    crashed = [row for row in done.rows if row.crash]
    for row in crashed:
        errors.print(visible(f"crashed: {row.qid} {row.query} {row.crash}"))
    if crashed:
        raise typer.Exit(1)


def _asked(  # noqa: PLR0913 - what the command was given
    cases: Path | None, split: Split, store: str | None, runs: Path | None, name: str = "", *, judge: bool = False
) -> tuple[Run, Settings]:
    """A run over an index that is built first if it is missing or out of date."""
    _needs("ir_measures", "scipy", "matplotlib", extra="eval")
    settings = settings_for(store)
    if judge:
        _needs("ragas", extra="judge")
        if not settings.llm:
            raise SettingsError("judging needs a language model; set RAG_LLM_BASE_URL and RAG_LLM_MODEL")
    from eval import runs as kept
    from eval.cases import CASES

    kept.prepare(runs or settings.runs)  # before the minutes it may take to ask
    assistant = _assistant(store)
    with progress() as step:
        done = kept.run(assistant, cases or CASES, split.value, name, step)
        lacking: Mapping[tuple[str, str], int] = {}
        if judge:
            done, lacking = _judged(done, assistant, step)
    if judge:
        from eval.judge import agreement

        figures.agreements(agreement(done.rows), lacking)
    return done, assistant.settings


def _judged(done: Run, assistant: Assistant, step: Progress) -> tuple[Run, Mapping[tuple[str, str], int]]:
    """``done`` with the language model's marks, and how many are lacking; without any, and said so, when it fails."""
    from eval.judge import judge, marked, missing

    settings = assistant.settings
    model = settings.judge_model or settings.llm_model
    passages = {p.id: p.text for p in assistant.store.passages}
    try:
        found = judge(done.rows, settings.model_copy(update={"llm_model": model}), assistant.encoder, passages, step)
    except EndpointError as error:
        errors.print(f"rag: {error}; the run is kept without the judge's marks")
        return done, {}
    made = replace(done.made, models={**done.made.models, "judge": model})
    return replace(done, rows=marked(done.rows, found), made=made), missing(found)


def _assistant(store: str | None, **more: object) -> Assistant:
    settings = settings_for(store, None, **more)
    refresh_index(settings)
    return open_assistant(settings)


def _needs(*packages: str, extra: str) -> None:
    missing = [package for package in packages if find_spec(package) is None]
    if missing:
        raise InputError(f"{', '.join(missing)} not installed; run make {extra}, or: pip install -e '.[{extra}]'")


@app.command("list")
def list_(runs: Runs = None) -> None:
    """List the runs that are kept, oldest first."""
    from eval import runs as kept

    figures.summaries({folder.name: kept.read_summary(folder) for folder in kept.kept(runs or settings_for().runs)})


@app.command()
def report(
    run: Annotated[str, typer.Argument(help="A run: its id, name or folder, or last.")] = "last",
    runs: Runs = None,
) -> None:
    """Write the report of a kept run anew (report.html, summary.md, junit.xml) and say where it is."""
    _needs("ir_measures", "scipy", "matplotlib", extra="eval")
    from eval import report as reports
    from eval import runs as kept

    folder = kept.find(run, runs or settings_for().runs)
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

    folder = runs or settings_for().runs
    found = compared(kept.read(kept.find(before, folder)), kept.read(kept.find(after, folder)))
    if as_json:
        typer.echo(json.dumps(asdict(found), ensure_ascii=False, indent=1))
    else:
        figures.comparison(found)


@app.command()
def gate(  # noqa: PLR0913, PLR0917
    baseline: Annotated[
        Path | None, typer.Option("--baseline", help="The baseline.", show_default="eval/baseline.json")
    ] = None,
    run: Annotated[str, typer.Option("--run", help="Judge this kept run instead of asking now.")] = "",
    tolerance: Annotated[
        float | None, typer.Option("--tolerance", min=0, max=1, help="How much a share may fall.", show_default="0.02")
    ] = None,
    update: Annotated[
        bool, typer.Option("--update", help="Make the baseline of the run instead of judging it.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="With --update: over a baseline of other cases too.")] = False,
    cases: Cases = None,
    split: Annotated[
        Split | None, typer.Option("--split", help="Of which cases; those of the baseline, else all.")
    ] = None,
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
        done = kept.read(kept.find(run, runs or settings_for().runs))
    else:
        asked = cases or (ROOT / before.path if before else None)
        done, settings = _asked(asked, split or Split(before.split if before else "all"), store, runs)
        folder = kept.keep(done, runs or settings.runs)
        errors.print(f"kept as {folder}")
    if before is None:
        gates.write(gates.of(done), path, over=force)
        typer.echo(f"{path}: {len(done.rows)} cases of the split {done.made.cases['split']}")
        return
    if done.made.index["id"] != before.index:
        errors.print(f"the index is another one than that of the baseline: {before.index}, now {done.made.index['id']}")
    found = gates.judge(done, before, gates.TOLERANCE if tolerance is None else tolerance)
    figures.judgement(found)
    if not found.passed:
        raise typer.Exit(1)


@app.command()
def ablate(
    part: Annotated[
        list[str] | None, typer.Argument(help="Parts to switch off, one at a time; all if left out.")
    ] = None,
    cases: Cases = None,
    split: OfSplit = Split.DEV,
    store: StoreFolder = None,
    as_json: AsJson = False,
) -> None:
    """Ask the cases with one part switched off at a time: what each part is worth."""
    _needs("ir_measures", "scipy", extra="eval")
    from eval.ablate import ablate as ablated
    from eval.ablate import table
    from eval.cases import CASES

    # What a language model adds is another question, and one that takes its time a dozen times over.
    assistant = _assistant(store, llm_base_url="", llm_model="")
    with progress() as step:
        found = ablated(assistant, cases or CASES, split.value, part or (), step)
    typer.echo(json.dumps([one.to_json() for one in found], ensure_ascii=False, indent=1) if as_json else table(found))


@app.command()
def bench(
    name: Annotated[str, typer.Argument(help="What to call the collection.")],
    path: Annotated[Path, typer.Argument(help="A folder in BEIR's form, or corpus.jsonl.gz and queries.jsonl.gz.")],
    half: Annotated[bool, typer.Option("--half", help="Only a fixed half of the queries, to tune on.")] = False,
    encoder: Annotated[str | None, typer.Option("--encoder", help="Another encoder than the one configured.")] = None,
    as_json: AsJson = False,
) -> None:
    """Measure the search on a collection of your own or a public one: by words, by meaning, and both fused."""
    _needs("ir_measures", "scipy", extra="eval")
    from eval.bench import bench as measured
    from eval.bench import table
    from rag.search import encode

    settings = settings_for(encoder=encoder)
    with progress() as step:
        found = measured(name, path, settings, encode.load(settings.encoder), half, step)
    typer.echo(json.dumps(found.to_json(), ensure_ascii=False, indent=1) if as_json else table(found))


@app.command()
def make(  # noqa: PLR0913, PLR0917
    out: Annotated[Path, typer.Argument(help="File to write the cases to; those in it already are kept.")],
    n: Annotated[int, typer.Option("--n", min=1, max=100_000, help="How many.")] = 50,
    seed: Annotated[int, typer.Option("--seed", help="The same seed draws the same cases.")] = 0,
    model: Annotated[
        bool, typer.Option("--model", help="Let the language model write them; they wait for a yes.")
    ] = False,
    english: Annotated[bool, typer.Option("--english", help="With --model: English questions.")] = False,
    store: StoreFolder = None,
) -> None:
    """Make cases from the sentences of an archive: figures, names and dates, and near misses without an answer."""
    from eval.cases import load, to_json

    assistant = _assistant(store)
    before = load(out) if out.exists() and out.stat().st_size else ()
    known = {case.qid for case in before}
    reasons: Counter[str] = Counter()
    written = 0
    with progress() as step:
        for case in _made(assistant, n, seed, before, step, language=("en" if english else "zh") if model else ""):
            if isinstance(case, str):
                reasons[case] += 1
            elif case.qid not in known:
                _append(out, json.dumps(to_json(case), ensure_ascii=False))
                written += 1
                step("cases", written, n)
    for reason, times in reasons.most_common():
        errors.print(f"left out {times}: {reason}")
    if written < n:
        errors.print(f"asked for {n}: the archive gave {written} that were not there and passed the checks")
    typer.echo(f"{out}: {written} new cases")
    if model and written:
        typer.echo(f"they wait for a yes: rag eval confirm {out}")


def _made(  # noqa: PLR0913 - what the command was given
    assistant: Assistant, n: int, seed: int, before: Sequence[Case], step: Progress, *, language: str
) -> Iterator[Case | str]:
    """Cases as they come, or why there is none: by the language model in ``language``, by rule for none."""
    if not language:
        from eval.make import make as by_rule

        yield from by_rule(assistant.store, n, seed, progress=step)
        return
    from eval.cases import CASES, load
    from eval.propose import propose

    existing = (*before, *load(CASES))
    spoken: Literal["zh", "en"] = "en" if language == "en" else "zh"
    for proposal in propose(assistant.store, assistant.settings, n, seed, existing=existing, language=spoken):
        yield proposal.case or proposal.reason


def _append(path: Path, line: str) -> None:
    """``line`` at the end of the file, on a line of its own whatever the file ended in."""
    try:
        with path.open("a+b") as file:
            if file.tell():
                file.seek(-1, 2)
                if file.read(1) != b"\n":
                    file.write(b"\n")
            file.write(line.encode() + b"\n")
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}); check the path") from None


@app.command()
def confirm(
    path: Annotated[Path, typer.Argument(help="A file of cases.")],
    rules: Annotated[bool, typer.Option("--rules", help="Go through those made by rule too.")] = False,
    store: StoreFolder = None,
) -> None:
    """Go through generated cases in the terminal and say yes or no; each decision is saved at once and can be undone."""
    from rich.console import Console

    from eval.cases import by_page
    from eval.confirm import confirm as ask_person
    from rag.search.store import open_

    settings = settings_for(store)
    articles = by_page(open_(settings).articles.values())
    ask_person(path, articles, Console(highlight=False, markup=False), input, language=settings.language, rules=rules)


@app.command()
def check(
    path: Annotated[Path | None, typer.Argument(help="Cases to check.", show_default="eval/cases")] = None,
    store: StoreFolder = None,
) -> None:
    """Check cases against the articles of an index: ids, kinds, quotes, keys; exit code 1 when something is wrong."""
    from eval.cases import CASES, by_page, load, validate
    from rag.search.store import open_

    settings = settings_for(store)
    cases = load(path or CASES)
    problems = validate(cases, by_page(open_(settings).articles.values()))
    for problem in problems:
        typer.echo(visible(problem))
    told = [*sorted(Counter(c.type for c in cases).items()), *sorted(Counter(c.split for c in cases).items())]
    typer.echo(f"{len(cases)} cases, {len(problems)} problems: " + ", ".join(f"{name} {n}" for name, n in told))
    if problems:
        raise typer.Exit(1)
