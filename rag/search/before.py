"""The build in use, as far as the next one can take from it, and what a build keeps for that.

::

    readings.jsonl    what reading each file gave; articles that are in the index just so are named by their ids
    signatures.npy    what tells articles that repeat others, see rag/ingest/duplicates.py
    report.json       what was told of the build
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.errors import BrokenIndexError, NoIndexError
from rag.ingest import duplicates, workers
from rag.ingest.corpus import Reading
from rag.search import dense, folder, parts, sparse, store, words, work
from rag.search.records import article_from_json, article_json, passage_from_json, read_lines
from rag.types import Article

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rag.ingest.read import Progress
    from rag.search.encode import Encoder
    from rag.search.store import Manifest

_BATCH = 256  # articles sent to a process at a time
_WORTH_IT = 20_000  # articles from which the second it takes to start processes pays

READINGS, SIGNATURES, REPORT = "readings.jsonl", "signatures.npy", "report.json"


@dataclass(frozen=True)
class Before:
    """The build in use: its folder, or ``None`` if nothing can be taken from it, its manifest, and what is ``wrong`` with it."""

    path: Path | None = None
    manifest: Manifest | None = None
    wrong: str = ""

    @property
    def files(self) -> Mapping[str, str]:
        """SHA-256 of the files it was built from, by name."""
        found: Mapping[str, str] = self.manifest.made["files"] if self.manifest else {}
        return found

    @cached_property
    def articles(self) -> Mapping[str, Article]:
        """Its articles, by id and in order."""
        if self.path is None:
            return {}
        return {data["id"]: article_from_json(data) for data in read_lines(self.path / store.ARTICLES)}

    @cached_property
    def told(self) -> Mapping[str, Any]:
        """What was told of it, see :func:`keep`; nothing if it kept none."""
        if self.path is None or not (self.path / REPORT).is_file():
            return {"twins": [], "notes": [], "errors": {}, "unreadable": {}, "signatures": 0}
        found: dict[str, Any] = json.loads((self.path / REPORT).read_text("utf-8"))
        return found

    @cached_property
    def readings(self) -> Mapping[str, Reading]:
        """What reading its files gave, by name and in order."""
        found = {}
        for data in read_lines(self.path / READINGS) if self.path is not None else ():
            given = [self.articles[a] if isinstance(a, str) else article_from_json(a) for a in data["articles"]]
            found[data["source"]] = replace(work.reading_from_json({**data, "articles": []}), articles=tuple(given))
        return found

    def has(self, key: str, recipe: Mapping[str, Any]) -> bool:
        """Whether it was made with what ``recipe`` says under ``key``, and that can be taken from it."""
        return self.path is not None and self.manifest is not None and self.manifest.made.get(key) == recipe[key]

    def known(self, recipe: Mapping[str, Any], hashes: Mapping[str, str]) -> set[str]:
        """The files that are as they were when they were read, and would be read as they were."""
        if not (self.has("formats", recipe) and self.has("parser", recipe)):
            return set()
        return {name for name, sha256 in self.files.items() if hashes.get(name) == sha256}

    def parts(self, recipe: Mapping[str, Any], encoder: Encoder) -> parts.Earlier:
        """Its parts that still hold."""
        if self.path is None or self.manifest is None:
            return parts.Earlier()
        whole = self.articles if self.has("splitter", recipe) else {}
        same_words, same_encoder = self.has("words", recipe), self.manifest.encoder["name"] == encoder.name
        if not (whole or same_words or same_encoder):
            return parts.Earlier()
        passages = tuple(map(passage_from_json, read_lines(self.path / store.PASSAGES)))
        tokens, vectors = words.EMPTY, None
        if same_words:
            tokens = words.load(self.path / store.WORDS, sparse.load(self.path / store.SPARSE).vocabulary.in_memory())
        if same_encoder:
            vectors = dense.load(self.path / store.DENSE)
        return parts.Earlier(whole, passages, tokens, vectors)

    def signatures(self, articles: Sequence[Article], report: Progress, jobs: int) -> NDArray[np.uint32]:
        """The signatures of ``articles``, shape (articles, 130), taken from it for those it has."""
        old: dict[str, NDArray[np.uint32]] = {}
        if self.path is not None and self.told["signatures"] == duplicates.VERSION:
            old = dict(zip(self.articles, np.load(self.path / SIGNATURES, allow_pickle=False), strict=True))
        out = np.zeros((len(articles), duplicates.WIDTH), np.uint32)
        anew = []
        for n, article in enumerate(articles):
            if article.id in old and self.articles[article.id] == article:
                out[n] = old[article.id]
            else:
                anew.append(n)
        report("twins", 0, len(anew))
        some = [articles[n].text for n in anew]
        jobs = jobs if len(some) >= _WORTH_IT else 1
        for at, (found,) in workers.in_batches(_signatures, some, jobs, _BATCH):
            out[anew[at : at + len(found)]] = found
            report("twins", at, len(anew))
        report("twins", len(anew), len(anew))
        return out


def _signatures(texts: Sequence[str]) -> tuple[NDArray[np.uint32]]:
    return (duplicates.signatures(texts),)


def in_use(root: Path) -> Before:
    """The build in use in the folder ``root``, if it is whole."""
    try:
        path, manifest = store.find(root)
    except NoIndexError:
        return Before(wrong="there was none")
    except BrokenIndexError as error:
        return Before(wrong=str(error).split("; rebuild")[0])
    if damage := folder.damage(path, manifest.files):
        return Before(None, manifest, f"the index in {root} is damaged ({damage})")
    if READINGS not in manifest.files:
        return Before(None, manifest, f"the index in {root} does not say what its files hold")
    return Before(path, manifest)


def keep(
    path: Path,
    readings: Iterable[Reading],
    articles: Iterable[Article],
    signatures: NDArray[np.uint32],
    told: Mapping[str, Any],
) -> None:
    """Write into the build in ``path`` what the next one needs."""
    kept = {article.id: article for article in articles}
    with (path / READINGS).open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(_line(reading, kept) for reading in readings if not reading.error)
    np.save(path / SIGNATURES, signatures, allow_pickle=False)
    (path / REPORT).write_text(json.dumps(told, ensure_ascii=False, indent=1), "utf-8")


def _line(reading: Reading, kept: Mapping[str, Article]) -> str:
    data = work.reading_json(replace(reading, articles=()))
    data["articles"] = [a.id if kept.get(a.id) == a else article_json(a) for a in reading.articles]
    return json.dumps(data, ensure_ascii=False) + "\n"
