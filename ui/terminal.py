"""What the commands share: errors on stderr, progress, options, and an index that is there and up to date."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from rag.config import Settings, load
from rag.errors import ReadError

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.ingest.read import Corpus

errors = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)

StoreFolder = Annotated[Path | None, typer.Option("--store", help="Folder of the index.", show_default="index/default")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of text.")]

LABELS = {"read": "reading", "split": "splitting", "words": "words", "encode": "meaning", "write": "writing"}


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on stderr, one row a step; nothing is drawn where stderr is no terminal."""
    with Progress(
        TextColumn("{task.description:>9}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=errors,
        disable=not errors.is_terminal,
    ) as bar:
        tasks: dict[str, Any] = {}

        def step(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(LABELS.get(what, what), total=total or None)
            bar.update(tasks[what], completed=done, total=total or None)

        yield step


def settings_for(store: Path | None = None, paths: list[Path] | None = None, **more: object) -> Settings:
    """The settings with what the command was given on top."""
    return load(store=store, pages=tuple(paths) if paths else None, **more)


def read_pages(settings: Settings) -> Corpus:
    """The pages of ``settings``, with progress."""
    from rag.ingest.read import read, sources

    with progress() as step:
        return read(sources(settings.pages), step)


def build_index(settings: Settings) -> None:
    """Build the index of ``settings`` and say what it holds."""
    from rag.search import encode, store

    start = time.perf_counter()
    corpus = read_pages(settings)
    for note in corpus.notes:
        errors.print(note)
    with progress() as step:
        built = store.build(
            corpus.articles,
            settings,
            encode.load(settings.encoder),
            progress=step,
            pages=corpus.pages,
            paths=settings.pages,
        )
    counts = built.manifest.counts
    errors.print(
        f"indexed {counts['pages']} files, {counts['articles']} articles, {counts['passages']} passages "
        f"in {time.perf_counter() - start:.1f} s: {settings.store}"
    )


def as_built(settings: Settings) -> Settings:
    """``settings`` with the pages that the index there was built from, unless pages are set."""
    from rag.search.store import built_from

    if "pages" in settings.model_fields_set:
        return settings
    before = built_from(settings)
    return settings.model_copy(update={"pages": before}) if before else settings


def open_assistant(settings: Settings) -> Assistant:
    """The assistant over the index of ``settings``."""
    from rag.assistant import Assistant

    return Assistant.open(settings)


def refresh_index(settings: Settings) -> None:
    """Build the index if it is missing or out of date, from the pages it was built from unless others are set."""
    from rag.ingest.read import pages
    from rag.search import encode
    from rag.search.store import is_stale

    settings = as_built(settings)
    encoder = encode.load(settings.encoder)
    try:
        current = list(pages(settings.pages))
    except ReadError as error:
        if not is_stale(settings, encoder=encoder):
            errors.print(f"rag: {error}; serving the index as it is")
            return
        raise
    if is_stale(settings, encoder=encoder, pages=current):
        build_index(settings)
