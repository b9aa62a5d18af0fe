"""Look after an index: list its articles, take pages out and bring them back, compare it with its files."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from rag.config import Server
from rag.errors import BrokenIndexError, InputError, StaleIndexError
from rag.ingest.corpus import Reading
from rag.ingest.duplicates import Twin
from rag.ingest.read import Progress
from rag.search import before, folder, library, removed, selftest, store, work
from rag.search.before import REPORT, Before
from rag.types import Article

if TYPE_CHECKING:
    from rag.config import Settings
    from rag.search.encode import Encoder
    from rag.search.library import Report
    from rag.search.store import Differences


def listing(settings: Settings) -> tuple[Mapping[str, Article], Mapping[str, Twin]]:
    """The articles of the index by id, in order, and those among them that repeat an earlier one.

    Only the files needed for that are read, and compared with their hashes. An index that is out of date is listed as it is.
    Raises :class:`NoIndexError` if there is none and :class:`BrokenIndexError` if it is damaged.
    """
    if isinstance(settings.store, Server):
        from rag.search import milvus

        return milvus.listing(settings)
    root = settings.folder
    path, manifest = store.find(root)
    needed = {name: manifest.files[name] for name in (store.ARTICLES, REPORT) if name in manifest.files}
    if damage := folder.damage(path, needed):
        raise BrokenIndexError(f"the index in {root} is damaged: {damage}; rebuild it with `{store.command(root)}`")
    index = Before(path, manifest)
    twins = [Twin(**twin) for twin in index.told["twins"]]
    return index.articles, {twin.article: twin for twin in twins}


# --- take out, bring back -----------------------------------------------------------------------


def remove(
    settings: Settings, encoder: Encoder, names: Sequence[str], report: Progress
) -> tuple[tuple[str, ...], Report]:
    """Take files out of the index, and keep it so: their names, and the report of the build without them.

    A name is that of a file in the index, of a folder or archive above it, or a path to one. No other file is looked at.

    Raises
    ------
    InputError
        If a name covers no file of the index, or nothing would be left.
    StoreError
        If there is no index, or it is not made as it would be made now.
    """
    began = time.perf_counter()
    root = settings.folder
    was = _up_to_date(settings, encoder)
    paths = was.manifest.paths if was.manifest else ()
    unreadable: Mapping[str, str] = was.told["unreadable"]
    known = [*was.files, *unreadable]
    entries = [_entry(name, known, paths) for name in names]
    gone = tuple(file for file in known if removed.covers(entries, file))
    kept = [reading for name, reading in was.readings.items() if name not in gone]
    if not any(reading.articles for reading in kept):
        raise InputError(f"{root}: nothing would be left in the index; delete the folder to be rid of all of it")
    kept += [Reading(name, "", error=error) for name, error in unreadable.items() if name not in gone]
    removed.write(root, [*removed.read(root), *entries])
    same = settings.model_copy(update={"pages": tuple(map(Path, paths))})
    done = library.put_in_use(same, encoder, kept, was, report, 1)
    return gone, replace(
        done, differences=store.Differences(gone=gone), why=("taken out",), seconds=time.perf_counter() - began
    )


def _up_to_date(settings: Settings, encoder: Encoder) -> Before:
    """The build in use. Raises :class:`StoreError` if it is damaged or not made as it would be made now."""
    root = settings.folder
    _, manifest = store.find(root)
    was = before.in_use(root)
    wrong = was.wrong or "; ".join(store.differences(manifest, settings, encoder))
    if wrong:
        raise StaleIndexError(f"{wrong}; bring it up to date first with `{store.command(root)}`")
    return was


def _entry(name: str, known: Sequence[str], paths: Sequence[str]) -> str:
    """What to put on the list for what the user called ``name``."""
    path = Path(name).resolve()
    below = [path.relative_to(base).as_posix() for base in paths if path.is_relative_to(base)]
    for candidate in (name.rstrip("/"), *below, *([path.name] if str(path) in paths else [])):
        if any(removed.covers([candidate], file) for file in known):
            return candidate
    near = get_close_matches(name, known, 1, 0.5)
    raise InputError(f"{name}: no such file in the index; {f'did you mean {near[0]}?' if near else 'see rag list'}")


def bring_back(settings: Settings, names: Sequence[str]) -> tuple[str, ...]:
    """Take ``names`` off the list of what was taken out, all if there are none; the next update reads them again.

    Raises :class:`InputError` for one that is not on the list, and if there is nothing on it.
    """
    listed = removed.read(settings.folder)
    told = ", ".join(listed) or "nothing"
    for name in names:
        if name not in listed:
            raise InputError(f"{name}: was not taken out; taken out: {told}")
    if not listed:
        raise InputError(f"{settings.folder}: nothing was taken out of this index; see rag check")
    removed.write(settings.folder, set(listed) - set(names) if names else ())
    return tuple(names) or listed


# --- check --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Check:
    """How an index stands to its files.

    ``wrong`` are reasons to build it anew, ``articles`` those of files that are gone or changed, ``unread`` says why files
    could not be read, ``notes`` what was passed over, ``unfinished`` counts files read by a run that did not end, ``removed``
    is what was taken out, ``encoder`` is the one it was built with.
    """

    encoder: str
    wrong: tuple[str, ...]
    files: Differences
    articles: tuple[Article, ...]
    unread: Mapping[str, str]
    notes: tuple[str, ...]
    unfinished: int
    removed: tuple[str, ...]
    command: str

    @property
    def ok(self) -> bool:
        """Whether the index is what a build now would give."""
        return not (self.wrong or self.files or self.unfinished)


def check(settings: Settings, encoder: Encoder, report: Progress) -> Check:
    """Compare the index in ``settings.store`` with its files, byte for byte, and test it; nothing is changed.

    Raises :class:`NoIndexError` if there is none, and :class:`BrokenIndexError` if its manifest cannot be read.
    """
    root = settings.folder
    _, manifest = store.find(root)
    was = before.in_use(root)
    wrong = [was.wrong] if was.wrong else []
    wrong += store.differences(manifest, settings, encoder)
    command = store.command(root)
    if not wrong and (fault := selftest.fault(store.open_(settings, encoder))):
        wrong.append(fault)
        command += " --again"  # its files are whole, and nothing else would be done anew
    unread: Mapping[str, str] = was.told["errors"]
    try:
        hashes = library.digests(library.remaining(settings), report)
    except InputError as error:
        wrong.append(str(error))
        hashes = dict(was.files)
    # A file that could not be read is in no build; whether it can be now, the next one tells.
    files = store.compare(was.files, {n: sha for n, sha in hashes.items() if n in was.files or n not in unread})
    touched = {*files.gone, *files.changed}
    articles = [a for a in was.articles.values() if a.source in touched or a.source.rpartition("#")[0] in touched]
    unfinished = work.taken_up(work.left(root), library.read_with(store.recipe(settings)))
    return Check(
        str(manifest.encoder["name"]),
        tuple(wrong),
        files,
        tuple(articles),
        unread,
        (*library.beside(settings), *was.told["notes"]),
        len(unfinished),
        removed.read(root),
        command,
    )
