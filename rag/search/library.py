"""A library that grows: bring the index up to date with its files.

An update gives the index that building everything anew would give. What the index in use has already is taken from it:
readings of files by the hash of their bytes, passages of articles that are the same, words and vectors of passages that are
the same, each as long as it was made in the way it would be made now.
"""

from __future__ import annotations

import gc
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.config import Server
from rag.errors import InputError, ReadError
from rag.ingest import corpus, duplicates, workers
from rag.ingest.corpus import Merged, Reading
from rag.ingest.duplicates import Twin
from rag.ingest.read import Progress, Source, digest, passed_over, sources
from rag.search import before, parts, removed, revised, store, work
from rag.search.before import Before
from rag.types import Article

if TYPE_CHECKING:
    from rag.config import Settings
    from rag.search.encode import Encoder
    from rag.search.store import Differences


DOUBTFUL = 0.8
"""Below this confidence an article is doubtful."""


@dataclass(frozen=True)
class Report:
    """What an update came to.

    ``articles`` are counted by kind, ``joined`` are those that go on on another page, ``differences`` are those of the files to the index before. ``errors`` say by name why a
    file could not be read. ``why`` is what made a build necessary, empty if there was no need of one. ``read`` files with
    ``pages_read`` pages were read now, ``resumed`` ones had been by a run that was killed.
    """

    files: int
    pages: int
    articles: Mapping[str, int]
    passages: int
    doubtful: int
    joined: int
    twins: tuple[Twin, ...]
    notes: tuple[str, ...]
    errors: Mapping[str, str]
    differences: Differences
    why: tuple[str, ...] = ()
    read: int = 0
    pages_read: int = 0
    resumed: int = 0
    fresh: Mapping[str, int] | None = None
    seconds: float = 0.0

    @property
    def exact(self) -> int:
        """How many articles repeat an earlier one but for punctuation."""
        return sum(twin.likeness == 1 for twin in self.twins)

    @property
    def near(self) -> int:
        """How many articles nearly repeat an earlier one."""
        return len(self.twins) - self.exact


def is_doubtful(article: Article) -> bool:
    """Whether the parser was not sure of ``article``, or doubts something about it."""
    return bool(article.doubts) or article.confidence < DOUBTFUL


def update(
    settings: Settings, encoder: Encoder, report: Progress, *, jobs: int | None = None, again: bool = False
) -> Report:
    """Bring the index in ``settings.store`` up to date with the files in ``settings.pages``.

    Parameters
    ----------
    settings, encoder
        As for :func:`rag.search.store.build`.
    report
        Called with what is being done, how much of it is done, and how much there is.
    jobs
        How many processes read and cut into words; as many as there are cores if not given. It changes nothing else.
    again
        Read, split, cut and encode everything anew.

    Raises
    ------
    ReadError
        If a path is not there, holds nothing to read, or nothing in it could be read.
    InputError
        If there is nothing to index.
    StoreError
        If the folder cannot be written.
    """
    if isinstance(settings.store, Server):
        from rag.search import milvus

        return milvus.update(settings, encoder, report, jobs=jobs, again=again)
    began = time.perf_counter()
    with _no_collection():
        done = _update(settings, encoder, report, workers.cores() if jobs is None else jobs, again)
    return replace(done, seconds=time.perf_counter() - began)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Without the search for circular garbage, which goes through millions of records that hold none: a fifth of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _update(settings: Settings, encoder: Encoder, report: Progress, jobs: int, again: bool) -> Report:
    root, recipe = settings.folder, store.recipe(settings)
    was = before.in_use(root)
    if again:
        was = replace(was, path=None, wrong="everything was asked for anew")
    found = remaining(settings)
    hashes = digests(found, report)
    known = was.known(recipe, hashes)
    left = work.left(root)
    resumed = {} if again else work.taken_up(left, read_with(recipe))
    todo = [s for s in found if s.name not in known and (s.name, hashes[s.name]) not in resumed]
    with work.recording(root, read_with(recipe)) as keep:
        fresh = {
            reading.source: reading for reading in corpus.gather(todo, jobs, report, keep, patience=settings.patience)
        }
        # A file may have been replaced between its hash and its reading; what was read counts.
        now = {**hashes, **{name: reading.sha256 for name, reading in fresh.items() if not reading.error}}
        errors = {name: reading.error for name, reading in fresh.items() if reading.error}
        changed = store.compare(was.files, {name: sha256 for name, sha256 in now.items() if name not in errors})
        why = _why(was, settings, encoder, changed, errors)
        if why:
            old = was.readings if known else {}
            readings = [
                fresh.get(s.name) or (old[s.name] if s.name in known else resumed[s.name, hashes[s.name]])
                for s in found
            ]
            done = put_in_use(settings, encoder, readings, was, report, jobs)
        else:
            done = told_again(was, settings)
    work.remove(left)
    return replace(
        done,
        differences=changed,
        why=why,
        read=len(todo),
        pages_read=sum(len(reading.pages) for reading in fresh.values()),
        resumed=sum(s.name not in known and s.name not in fresh for s in found),
    )


def remaining(settings: Settings) -> list[Source]:
    """The files of the index, less those taken out of it. Raises :class:`InputError` if there is none."""
    out = removed.read(settings.folder)
    found = [source for source in sources(settings.pages) if not removed.covers(out, source.name)]
    if not found:
        raise InputError(
            f"{settings.folder}: all of its pages were taken out; bring some back with rag remove --undo, or name others"
        )
    return found


def digests(found: Sequence[Source], report: Progress) -> dict[str, str]:
    """SHA-256 of the bytes of each file, by name; empty for one that cannot be had."""
    out = {}
    for done, source in enumerate(found):
        report("compare", done, len(found))
        out[source.name] = digest(source)
    report("compare", len(found), len(found))
    return out


def read_with(recipe: Mapping[str, Any]) -> dict[str, Any]:
    """What readings depend on."""
    return {"format": store.FORMAT, **{key: recipe[key] for key in ("formats", "parser")}}


def _why(
    was: Before, settings: Settings, encoder: Encoder, changed: Differences, errors: Mapping[str, str]
) -> tuple[str, ...]:
    """What makes a build necessary; nothing if the one in use is what would come of it."""
    if was.manifest is None or was.path is None:
        return (was.wrong,)
    why = list(store.differences(was.manifest, settings, encoder))
    why += [f"{len(names)} {kind}" for kind, names in vars(changed).items() if names]
    if errors != was.told["unreadable"]:
        why.append("other files could not be read")
    if list(was.manifest.paths) != [str(path.resolve()) for path in settings.pages]:
        why.append("other paths were given")
    if was.manifest.made.get("revised", "") != revised.version(settings.folder):
        why.append("titles, dates or places were put right")
    return tuple(why)


def put_in_use(  # noqa: PLR0913, PLR0917 - what a build is made of
    settings: Settings, encoder: Encoder, readings: Sequence[Reading], was: Before, report: Progress, jobs: int
) -> Report:
    """Build the index of ``readings`` with what the one that ``was`` has of it, and put it in use."""
    merged = corpus.merge(readings)
    if not merged.articles and merged.errors:
        raise ReadError(corpus.first(merged.errors))
    merged = replace(merged, articles=revised.applied(merged.articles, settings.folder))
    recipe = store.recipe(settings)
    found = parts.make(merged.articles, settings, encoder, report, was.parts(recipe, encoder), jobs)
    signatures = was.signatures(merged.articles, report, jobs)
    twins = duplicates.twins(merged.articles, signatures)
    unreadable = {reading.source: reading.error for reading in readings if reading.error}
    told = _told(merged, len(found.passages), twins, unreadable)

    def more(path: Path) -> None:
        before.keep(path, readings, merged.articles, signatures, told)

    made = {**recipe, "files": dict(sorted(merged.files.items()))}
    if version := revised.version(settings.folder):
        made["revised"] = version
    counts = {"files": len(merged.files), "pages": merged.pages}
    store.write(found, made, encoder, settings.folder, report, paths=settings.pages, counts=counts, more=more)
    return replace(report_of(told, settings), fresh=found.fresh)


# --- the report ---------------------------------------------------------------------------------


def _told(merged: Merged, passages: int, twins: Sequence[Twin], unreadable: Mapping[str, str]) -> dict[str, Any]:
    """What a build keeps of its report, as JSON types."""
    return {
        "files": len(merged.files),
        "pages": merged.pages,
        "articles": dict(Counter(article.kind.value for article in merged.articles)),
        "passages": passages,
        "doubtful": sum(map(is_doubtful, merged.articles)),
        "joined": sum(bool(article.continued) for article in merged.articles),
        "signatures": duplicates.VERSION,
        "twins": [asdict(twin) for twin in twins],
        "notes": list(merged.notes),
        "errors": dict(merged.errors),
        "unreadable": dict(unreadable),
    }


def told_again(was: Before, settings: Settings) -> Report:
    """The report of the build that ``was`` and still is in use."""
    return report_of(was.told, settings)


def report_of(told: Mapping[str, Any], settings: Settings) -> Report:
    """The report of a build that keeps what was ``told`` of it."""
    return Report(
        files=told["files"],
        pages=told["pages"],
        articles=told["articles"],
        passages=told["passages"],
        doubtful=told["doubtful"],
        joined=told["joined"],
        twins=tuple(Twin(**twin) for twin in told["twins"]),
        notes=(*beside(settings), *told["notes"]),
        errors=told["errors"],
        differences=store.Differences(),
    )


def beside(settings: Settings) -> tuple[str, ...]:
    """What lies beside the pages and is none. No part of the index, so it is looked for each time."""
    try:
        return passed_over(settings.pages)
    except ReadError:
        return ()  # the paths are gone, and who needs them says so
