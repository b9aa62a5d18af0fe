"""The command line: a thin layer over the library. Output for people on stdout, progress and errors on stderr."""

from __future__ import annotations

import io
import json
import logging
import os
import sys
import time
from collections.abc import Iterable
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag.errors import InputError, RagError
from rag.types import Answer, Kind
from rag.zh import is_english
from ui import evals, lines
from ui.terminal import (
    AsJson,
    Jobs,
    StoreFolder,
    as_built,
    build_index,
    errors,
    open_assistant,
    progress,
    read_pages,
    refresh_index,
    settings_for,
    tell,
)
from ui.texts import TEXTS, Texts
from ui.widget import commands as channel

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.config import Settings
    from ui.live import Live

log = logging.getLogger(__name__)

app = typer.Typer(
    name="rag",
    help="Cited answers from an archive of newspaper pages. Settings: RAG_* variables or rag.toml.",
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(evals.app)
app.add_typer(channel.app)
STOPPED = 130
"""Exit code after Ctrl-C, by convention 128 and the signal's number."""

Paths = Annotated[
    list[Path] | None, typer.Argument(help="Pages, corpora (.jsonl) and folders; the setting `pages` if left out.")
]
Place = Annotated[str | None, typer.Option("--place", help="Only of this province or city.")]
OfKind = Annotated[Kind | None, typer.Option("--kind", help="Only of this kind.")]
Since = Annotated[str | None, typer.Option("--since", help="Only from this day, month or year on: 2025-08.")]
Until = Annotated[str | None, typer.Option("--until", help="Only up to this day, month or year.")]
Reporter = Annotated[str | None, typer.Option("--reporter", help="Only by this reporter, by the whole name.")]
From = Annotated[
    str | None, typer.Option("--source", help="Only from this file, folder or archive, as rag list names it.")
]
K = Annotated[int, typer.Option("--k", min=1, max=1000, help="How many passages.")]
Batch = Annotated[Path | None, typer.Option("--batch", help="JSON lines to read questions from; - for standard input.")]
Out = Annotated[Path | None, typer.Option("--out", help="Where to write JSON lines; standard output if left out.")]


@app.command()
def index(
    paths: Paths = None,
    store: StoreFolder = None,
    jobs: Jobs = None,
    again: Annotated[bool, typer.Option("--again", help="Read, split and encode everything anew.")] = False,
) -> None:
    """Build the index, or bring it up to date: only files that are new or have changed are read.

    The old one stays in use until the new one is whole. Without PATHS it is built from what it was built from before. Exit
    code 2 when files, or parts of them, could not be read; the rest is indexed.
    """
    settings = as_built(settings_for(store, paths))
    if build_index(settings, jobs, again=again).errors:
        raise typer.Exit(InputError.exit_code)


@app.command()
def articles(paths: Paths = None, as_json: AsJson = False, jobs: Jobs = None) -> None:
    """List the articles of pages: how they are read, without building anything.

    What goes on on another of the pages is one article, as in the index. Exit code 2 when something could not be read.
    """
    from rag.search.library import is_doubtful

    corpus = read_pages(settings_for(None, paths), jobs)
    for note in (*corpus.notes, *corpus.errors.values()):
        errors.print(note)
    for article in corpus.articles:
        told = lines.article_text(article, is_doubtful(article))
        typer.echo(json.dumps(lines.article(article), ensure_ascii=False) if as_json else told)
    if corpus.errors:
        raise typer.Exit(InputError.exit_code)


@app.command("list")
def list_(  # noqa: PLR0913, PLR0917 - the options of a command
    place: Place = None,
    kind: OfKind = None,
    since: Since = None,
    until: Until = None,
    reporter: Reporter = None,
    source: From = None,
    doubtful: Annotated[
        bool, typer.Option("--doubtful", help="Only those that may be read wrong, the least sure first.")
    ] = False,
    store: StoreFolder = None,
    as_json: AsJson = False,
) -> None:
    """List the articles of the index; --json for all fields."""
    from rag.search.facets import takes
    from rag.search.library import is_doubtful
    from rag.search.upkeep import listing

    wanted = lines.filters(place=place, kind=kind, since=since, until=until, reporter=reporter, source=source)
    found, twins = listing(settings_for(store))
    # The least sure first, where those are asked for; else in the order of the pages.
    order = sorted(found.values(), key=lambda a: (a.confidence, -len(a.doubts))) if doubtful else found.values()
    for article in order:
        unsure = is_doubtful(article)
        if (doubtful and not unsure) or not takes(wanted, article):
            continue
        twin = twins.get(article.id)
        row = lines.listed_json(article, unsure, twin) if as_json else lines.listed(article, unsure, twin)
        typer.echo(row)


@app.command()
def show(
    article: Annotated[str, typer.Argument(help="Its id, or as much of the beginning as tells it from others.")],
    store: StoreFolder = None,
    as_json: AsJson = False,
) -> None:
    """Show an article of the index whole: as it is printed, where, when, and what is doubtful about it."""
    from rag.search.upkeep import listing

    settings = settings_for(store)
    found, twins = listing(settings)
    ids = [article] if article in found else [known for known in found if known.startswith(article)]
    if len(ids) != 1:
        some = f"{len(ids)} articles begin so: {', '.join(ids[:3])} …" if ids else "no such article in the index"
        raise InputError(f"{article}: {some}; rag list tells the ids")
    one = found[ids[0]]
    if as_json:
        typer.echo(json.dumps(lines.article(one), ensure_ascii=False, indent=2))
    else:
        typer.echo(lines.whole(one, settings.paper, twins.get(one.id)))


@app.command()
def remove(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="SOURCE...", help="Pages as rag list names them.")
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Bring back SOURCE, or all that was taken out.")] = False,
    store: StoreFolder = None,
) -> None:
    """Take pages out of the index; rag index leaves them out until --undo. Files, folders, archives; none is deleted."""
    from rag.search import encode, upkeep

    settings = as_built(settings_for(store))
    if undo:
        errors.print(f"brought back: {', '.join(upkeep.bring_back(settings, names or []))}")
        build_index(settings)
        return
    if not names:
        raise InputError("remove: name pages to take out, as rag list names them, or give --undo")
    with progress() as step:
        gone, done = upkeep.remove(settings, encode.load(settings.encoder), names, step)
    errors.print(f"taken out: {', '.join(gone)}")
    tell(done, settings, brief=True)


@app.command()
def check(store: StoreFolder = None) -> None:
    """Compare the index with its files, byte for byte, and search it; exit code 1 when something is wrong, with what to do."""
    from rag.search import encode, upkeep

    settings = as_built(settings_for(store))
    with progress() as step:
        found = upkeep.check(settings, encode.load(settings.encoder), step)
    for line in lines.checked(found):
        typer.echo(line)
    if not found.ok:
        raise typer.Exit(1)


@app.command()
def search(  # noqa: PLR0913, PLR0917 - the options of a command
    query: Annotated[str | None, typer.Argument(help="What to look for.")] = None,
    k: K = 8,
    place: Place = None,
    kind: OfKind = None,
    since: Since = None,
    until: Until = None,
    reporter: Reporter = None,
    source: From = None,
    store: StoreFolder = None,
    as_json: AsJson = False,
    batch: Batch = None,
    out: Out = None,
) -> None:
    """Find passages, best first; --batch FILE --out FILE for many queries ({"id", "question"} or {"id", "query"})."""
    rows = _questions(query, batch, out, "search")
    wanted = lines.filters(place=place, kind=kind, since=since, until=until, reporter=reporter, source=source)
    assistant = open_assistant(settings_for(store))

    def found(row: dict[str, Any]) -> dict[str, object]:
        hits, notes = assistant.search(row["question"], k, wanted), assistant.wanted(row["question"]).notes
        passages = [lines.passage(hit, assistant.article, notes) for hit in hits]
        return {"id": row["id"], "notes": list(notes), "passages": passages}

    if batch is not None:
        _write(out, map(found, rows), len(rows))
    elif as_json:
        typer.echo(json.dumps(found(rows[0])["passages"], ensure_ascii=False, indent=2))
    else:
        for note in assistant.wanted(rows[0]["question"]).notes:
            errors.print(note, markup=False, highlight=False)
        hits = assistant.search(rows[0]["question"], k, wanted)
        for hit in hits:
            typer.echo(lines.passage_text(hit, assistant.article))
        if not hits:
            errors.print("nothing found")


@app.command()
def ask(  # noqa: PLR0913, PLR0917 - the options of a command
    question: Annotated[str | None, typer.Argument(help="A question in Chinese or English.")] = None,
    store: StoreFolder = None,
    as_json: AsJson = False,
    batch: Batch = None,
    out: Out = None,
    word: Annotated[Path | None, typer.Option("--word", help="Write the answer as a Word file (.docx), too.")] = None,
) -> None:
    """Answer a question with citations; --batch FILE --out FILE for many ({"id", "question", "history": [...]})."""
    if word is not None and (batch is not None or word.suffix.lower() != ".docx"):
        raise InputError(f"ask: --word takes one question and a file that ends in .docx, got {word}")
    rows = _questions(question, batch, out, "ask")
    assistant = open_assistant(settings_for(store))

    def answered(row: dict[str, Any]) -> tuple[Answer, dict[str, object]]:
        start = time.perf_counter()
        answer = assistant.ask(row["question"], row["history"])
        return answer, lines.answer(row["id"], answer, assistant.article, time.perf_counter() - start)

    if batch is not None:
        _write(out, (answered(row)[1] for row in rows), len(rows))
        return
    texts = TEXTS["en" if is_english(rows[0]["question"]) else "zh"]
    answer, told = answered(rows[0])
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        typer.echo(lines.answer_text(answer, assistant.articles, assistant.article, texts))
    if word is not None:
        _write_word(word, answer, assistant, texts)


@app.command()
def serve(
    store: StoreFolder = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.", show_default="127.0.0.1")] = None,
    port: Annotated[int | None, typer.Option(help="Port.", show_default="7860")] = None,
) -> None:
    """Open the web chat; the index is built first if it is missing or out of date, and tested by searching it."""
    settings = settings_for(store, host=host, port=port)
    refresh_index(settings)
    from ui.app import serve as run

    run(_live(settings), settings)


def _live(settings: Settings) -> Live:
    """The assistant over the index of ``settings``, tested and warm, to be exchanged for a newer one while it serves."""
    from rag.search import selftest
    from rag.search.store import Store, command
    from ui.live import Live

    assistant = open_assistant(settings)
    # One on a server is opened by many processes at once, each of which would put hundreds of searches to it.
    fault = selftest.fault(assistant.store) if isinstance(assistant.store, Store) else ""
    if fault:
        log.error("%s; rebuild the index with `%s --again`", fault, command(settings.store))
    else:
        assistant.warm()
    return Live(assistant, fault)


@app.command()
def mcp(store: StoreFolder = None) -> None:
    """Offer search, ask and read to a program that speaks MCP over standard input and output."""
    if find_spec("mcp") is None:
        raise InputError("mcp is not installed; run: pip install -e '.[mcp]'")
    settings = settings_for(store)
    refresh_index(settings)
    from ui.api import Service
    from ui.counters import Counters
    from ui.door import Door
    from ui.mcp import server
    from ui.turns import Slots

    slots = Slots()
    service = Service(open_assistant(settings), settings, slots, Door(settings), Counters(slots))
    server(service).run("stdio")


def _write_word(path: Path, answer: Answer, assistant: Assistant, texts: Texts) -> None:
    from ui import word
    from ui.library.census import Census
    from ui.render import Archive

    archive = Archive(assistant.article, lambda: Census.of(assistant.articles), assistant.settings.paper)
    made = word.document(answer, archive, texts, date.today())  # noqa: DTZ011  the day as a person here would write it
    try:
        path.write_bytes(made)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}); check the path") from None
    errors.print(f"written: {path}")


def _questions(question: str | None, batch: Path | None, out: Path | None, command: str) -> list[dict[str, Any]]:
    """The questions to work on: the one given, or those of a batch file; each with id, question and history."""
    if (question is None) == (batch is None):
        raise InputError(f'{command}: give one question, as in: rag {command} "…", or --batch FILE')
    if batch is None:
        if out is not None:
            raise InputError(f"{command}: --out goes with --batch; for one question use --json")
        if not question or not question.strip():
            raise InputError(f"{command}: the question is empty; put it in quotation marks")
        return [{"id": "1", "question": _text(question, f"{command}: the question"), "history": []}]
    if out is not None and str(batch) != "-" and out.exists() and out.samefile(batch):
        raise InputError(f"{out}: --out would overwrite the --batch file; write somewhere else")
    try:
        text = (sys.stdin.buffer.read() if str(batch) == "-" else batch.read_bytes()).decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{batch}: cannot be read ({error.strerror}); check the path") from None
    except UnicodeDecodeError:
        raise InputError(f"{batch}: not UTF-8 text; convert it") from None
    rows = [_row(f"{batch}, line {n}", n, line) for n, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if not rows:
        raise InputError(f"{batch}: holds no questions; each line must be one JSON object")
    return rows


def _row(at: str, number: int, line: str) -> dict[str, Any]:
    """One line of a batch file. ``history`` holds earlier questions, or messages of which the user's are taken."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise InputError(f"{at}: not JSON; each line must be one JSON object") from None
    question = row.get("question", row.get("query")) if isinstance(row, dict) else None
    if not isinstance(question, str) or not question.strip():
        raise InputError(f'{at}: needs a "question", got {line.strip()[:60]!r}')
    history = row.get("history") or []
    if isinstance(history, list):
        messages = [h for h in history if not isinstance(h, dict) or h.get("role") != "assistant"]
        history = [h.get("content", h.get("question")) if isinstance(h, dict) else h for h in messages]
    if not isinstance(history, list) or not all(isinstance(h, str) for h in history):
        raise InputError(f'{at}: "history" must be a list of earlier questions, got {str(row["history"])[:60]!r}')
    return {
        "id": row.get("id", row.get("qid", str(number))),
        "question": _text(question, at),
        "history": [_text(h, at) for h in history if h.strip()],
    }


def _text(text: str, at: str) -> str:
    """``text``, if it is text: half a surrogate pair can be in arguments and in JSON, but in no answer."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InputError(f"{at}: not UTF-8 text; convert it") from None
    return text


def _write(out: Path | None, rows: Iterable[dict[str, object]], total: int) -> None:
    """Rows as JSON lines, each written as soon as it is there."""
    with progress() as step:
        try:
            file = sys.stdout if out is None else out.open("w", encoding="utf-8")
        except OSError as error:
            raise InputError(f"{out}: cannot be written ({error.strerror}); check the path") from None
        try:
            for done, row in enumerate(rows, start=1):
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
                file.flush()
                step("questions", done, total)
        finally:
            if out is not None:
                file.close()


def main() -> None:
    """Run a command; errors are one line on stderr and an exit code (2 input, 3 index, 4 models)."""
    handler = logging.StreamHandler(sys.stderr)
    # On the handler, not on the root: a library that sets its own logger to DEBUG is not to be heard either.
    handler.setLevel(logging.WARNING)
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s", handlers=[handler])
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # whatever the terminal's locale says
    try:
        code = app(sys.argv[1:] or ["--help"], standalone_mode=False)
        sys.stdout.flush()
    except RagError as error:
        code = _fail(str(error), error.exit_code)
    except typer.TyperException as error:
        # A wrong command or option; typer would print a box of several lines.
        code = _fail(f"{error.format_message().rstrip('.')}; see rag --help", InputError.exit_code)
    except BrokenPipeError:
        # The reader of our output has gone (rag articles | head): nobody is left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 128 + 13
    except KeyboardInterrupt:
        code = STOPPED
    if code == STOPPED:
        errors.print("rag: stopped")
    sys.exit(code)


def _fail(message: str, code: int) -> int:
    errors.print(f"rag: {' '.join(message.split())}")
    return code
