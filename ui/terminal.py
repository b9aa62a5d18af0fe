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

from rag.config import Server, Settings, load
from rag.errors import ReadError

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.ingest.corpus import Merged
    from rag.search.library import Report

errors = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)

StoreFolder = Annotated[
    str | None,
    typer.Option("--store", help="Folder of the index, or milvus://HOST:PORT/NAME.", show_default="index/default"),
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of text.")]

Jobs = Annotated[int | None, typer.Option("--jobs", min=1, max=256, help="Processes.", show_default="all cores")]

LABELS = {
    "compare": "comparing",
    "read": "reading",
    "split": "splitting",
    "words": "words",
    "encode": "meaning",
    "twins": "repeats",
    "write": "writing",
    "load": "loading",
}
_REDRAW = 0.1
"""Seconds between two looks at a count that grows, of which there may be hundreds of thousands."""


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
        drawn = 0.0

        def step(what: str, done: int, total: int) -> None:
            nonlocal drawn
            now = time.monotonic()
            if what in tasks and done < total and now - drawn < _REDRAW:
                return
            drawn = now
            if what not in tasks:
                tasks[what] = bar.add_task(LABELS.get(what, what), total=total or None)
            bar.update(tasks[what], completed=done, total=total or None)

        yield step


def settings_for(store: Path | str | None = None, paths: list[Path] | None = None, **more: object) -> Settings:
    """The settings with what the command was given on top."""
    return load(store=store, pages=tuple(paths) if paths else None, **more)


def read_pages(settings: Settings, jobs: int | None = None) -> Merged:
    """What is on the pages of ``settings``, with progress; as in the index, but nothing is kept.

    Raises :class:`ReadError` if no file could be read.
    """
    from rag.ingest import corpus, workers
    from rag.ingest.read import sources

    found = sources(settings.pages)
    with progress() as step:
        readings = corpus.gather(
            found, jobs or workers.cores(), step, lambda _reading: None, patience=settings.patience
        )
    merged = corpus.merge(readings)
    if merged.errors and not merged.files:
        raise ReadError(corpus.first(merged.errors))
    return merged


def build_index(settings: Settings, jobs: int | None = None, *, again: bool = False) -> Report:
    """Bring the index of ``settings`` up to date with its files and say what came of it."""
    from rag.search import encode, library

    encoder = encode.load(settings.encoder)
    with progress() as step:
        done = library.update(settings, encoder, step, jobs=jobs, again=again)
    tell(done, settings)
    return done


def tell(done: Report, settings: Settings, *, brief: bool = False) -> None:
    """Print the report of a build to stderr, ``brief`` without what it says of single files."""
    from ui.lines import report

    for line in report(done, settings.store, brief=brief):
        errors.print(line)


def as_built(settings: Settings) -> Settings:
    """``settings`` with the pages that the index there was built from, unless pages are set, and those uploaded to it."""
    from rag.search.store import built_from

    found = settings.pages if "pages" in settings.model_fields_set else built_from(settings) or settings.pages
    uploaded = settings.uploaded.resolve()
    found = tuple(path for path in found if path.resolve() != uploaded)
    if any(path.is_file() for path in uploaded.glob("uploaded/*")):
        found = (*found, uploaded)
    return settings.model_copy(update={"pages": found})


def open_assistant(settings: Settings) -> Assistant:
    """The assistant over the index of ``settings``."""
    from rag.assistant import Assistant

    return Assistant.open(settings)


def refresh_index(settings: Settings) -> None:
    """Bring the index up to date, from the pages it was built from unless others are set, and say so if that took a build.

    Where the pages are gone the index is served as it is, and one on a server always is.
    """
    from rag.search import before, encode, library
    from rag.search.store import is_stale

    if isinstance(settings.store, Server):
        return  # several processes serve it; one of them is not to build it
    settings = as_built(settings)
    encoder = encode.load(settings.encoder)
    damaged = before.in_use(settings.folder).wrong if settings.folder.is_dir() else ""
    if "damaged" in damaged or "cannot be used" in damaged:
        errors.print(f"rag: {damaged}; building it anew")
    try:
        with progress() as step:
            done = library.update(settings, encoder, step)
    except ReadError as error:
        if is_stale(settings, encoder=encoder):
            raise
        errors.print(f"rag: {error}; serving the index as it is")
        return
    if done.why:
        tell(done, settings)
