"""Many files to articles: read in several processes, those known already not again, and put together in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rag.ingest import workers
from rag.ingest.formats.content import LARGEST
from rag.ingest.jumps import join
from rag.ingest.read import Loaded, Progress, Source, load, place_of

if TYPE_CHECKING:
    from rag.types import Article

PATIENCE = 60.0
"""Seconds that reading a file may take before it is given up; a page takes a thirtieth. In a PDF they count for each sheet."""

PER_MIB = 10.0
"""Seconds added for each MiB of a file: a large corpus may take a second for that much."""

_WORTH_IT = 1_000_000
"""Bytes of pages to read from which the second it takes to start processes pays; less is read in this one."""

_RECORDS = (".jsonl", ".csv")
"""Kinds that hold documents, which are read in less time than it takes to hand them from one process to another."""

_PLAIN = (".txt", ".md", *_RECORDS)
"""Kinds that Python reads itself; a library in C may take its process with it when it fails."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a file gave: a :class:`~rag.ingest.read.Loaded` without the texts, of which ``pages`` keep name and SHA-256."""

    source: str
    sha256: str
    pages: tuple[tuple[str, str], ...] = ()
    articles: tuple[Article, ...] = ()
    notes: tuple[str, ...] = ()
    error: str = ""
    lost: tuple[str, ...] = ()

    @classmethod
    def of(cls, loaded: Loaded) -> Reading:
        """The same without the texts."""
        pages = tuple((page.source, page.sha256) for page in loaded.pages)
        return cls(loaded.source, loaded.sha256, pages, loaded.articles, loaded.notes, loaded.error, loaded.lost)


@dataclass(frozen=True, slots=True)
class Merged:
    """The articles of many files in the order of the files, how many pages they are on, and remarks.

    ``files`` are the SHA-256 of the bytes of each file that could be read, by name; ``errors`` say by name why one could not
    be read, or what of it was left out.
    """

    articles: tuple[Article, ...]
    files: Mapping[str, str]
    pages: int
    notes: tuple[str, ...]
    errors: Mapping[str, str]


def gather(
    found: Sequence[Source],
    jobs: int,
    report: Progress,
    keep: Callable[[Reading], None],
    *,
    patience: float = PATIENCE,
) -> list[Reading]:
    """What is in the files ``found``, in their order, however many ``jobs`` there are.

    ``keep`` is given each reading as soon as it is there. A file whose process dies, of a fault in a library or for want of
    memory, gets an error of its own; so does one that takes longer than ``patience``, in seconds, and what :data:`PER_MIB` adds
    for its size.
    """
    out: list[Reading | None] = [None] * len(found)
    report("read", 0, len(found))
    limits = [patience + PER_MIB * min(_size(source), LARGEST) / 2**20 for source in found]
    coming = workers.each(_read, found, jobs if _pays(found) else 0, limits)
    for done, (number, reading) in enumerate(coming, start=1):
        if isinstance(reading, workers.Lost):
            why = {
                workers.Lost.DIED: "reading it killed its process",
                workers.Lost.LATE: f"reading it did not end within {limits[number]:.3g} seconds",
            }[reading]
            text = f"{place_of(found[number])}: {why}; leave the file out, or save it anew as plain text"
            out[number] = Reading(found[number].name, "", error=text)
        else:
            out[number] = reading
            keep(reading)
        report("read", done, len(found))
    return [reading for reading in out if reading is not None]


def _read(source: Source) -> Reading:
    """What is in a file; a fault of the program's own in one file must not cost the others."""
    try:
        return Reading.of(load(source))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told with the file's name, and nothing is passed over
        text = f"{place_of(source)}: the program failed on it ({type(error).__name__}: {error}); please report it with the file"
        return Reading(source.name, "", error=" ".join(text.split()))


def _pays(found: Sequence[Source]) -> bool:
    """Whether ``found`` is to be read in other processes: much of it, or some that a library written in C reads."""
    if any(not source.name.lower().endswith(_PLAIN) for source in found):
        return True
    pages = [source for source in found if not source.name.lower().endswith(_RECORDS)]
    return len(pages) > 1 and sum(map(_size, pages)) > _WORTH_IT


def _size(source: Source) -> int:
    """Bytes of a file, for a member of an archive those of all of it; 0 for one that is gone, which says so when it is read."""
    try:
        return source.path.stat().st_size
    except OSError:
        return 0


def merge(readings: Iterable[Reading]) -> Merged:
    """The articles of all ``readings``; one that goes on on another page of its issue becomes one article.

    A page with the same text as an earlier one is passed over, with a remark. A document whose id is taken already is left
    out, with an error; the rest of its file is not.
    """
    articles: dict[str, Article] = {}
    files: dict[str, str] = {}
    notes: list[str] = []
    errors: dict[str, str] = {}
    texts: dict[str, str] = {}
    pages = 0
    for reading in readings:
        notes += reading.notes
        if reading.error:
            errors[reading.source] = reading.error
            continue
        files[reading.source] = reading.sha256
        twice = {name for name, sha256 in reading.pages if texts.setdefault(sha256, name) != name}
        notes += [
            f"{name}: same text as {texts[sha256]}, passed over" for name, sha256 in reading.pages if name in twice
        ]
        pages += len(reading.pages) - len(twice)
        left_out: list[str] = []
        lost = list(reading.lost)
        for article in reading.articles:
            if article.source in twice:
                continue
            ours = _named_apart(article, articles, reading)
            if articles.setdefault(ours.id, ours) is not ours:
                left_out.append(f"{ours.id!r} (also in {articles[ours.id].source})")
        if left_out:
            lost.append(
                f"{reading.source}: {len(left_out)} documents left out whose id another has: {', '.join(left_out[:3])}"
                f"{' …' * (len(left_out) > 3)}; ids must differ"
            )
        if lost:
            errors[reading.source] = "; ".join(
                [lost[0], *(line.removeprefix(f"{reading.source}: ") for line in lost[1:])]
            )
    return Merged(join(articles.values()), files, pages, tuple(notes), errors)


def first(errors: Mapping[str, str]) -> str:
    """The first of some errors, and how many there are besides."""
    others = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return next(iter(errors.values())) + others


def _named_apart(article: Article, others: Mapping[str, Article], reading: Reading) -> Article:
    """``article``, under a longer id if another page's has the same: ids begin with 8 figures of the page's hash."""
    if article.id not in others:
        return article
    page = dict(reading.pages).get(article.source, "")
    if not page or not article.id.startswith(f"{page[:8]}-"):
        return article
    return replace(article, id=f"{page[:16]}-{article.id.rpartition('-')[2]}")
