"""Build an index on Milvus: made in a folder that is thrown away, loaded aside, and put in use by an alias."""

from __future__ import annotations

import base64
import json
import secrets
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.config import Server
from rag.errors import BrokenIndexError, StoreError
from rag.ingest.read import sources
from rag.search import dense, folder, library, store
from rag.search.before import REPORT
from rag.search.facets import FIELDS
from rag.search.milvus.filters import Expressions
from rag.search.milvus.index import FREQUENCIES, MOST, WORDS, open_
from rag.search.milvus.server import ABOUT, ARTICLES, PASSAGES, Connection, connected, stamp
from rag.search.names import Names
from rag.search.records import article_line, passage_line

if TYPE_CHECKING:
    from rag.config import Settings
    from rag.ingest.read import Progress
    from rag.search.encode import Encoder
    from rag.search.library import Report
    from rag.search.milvus.index import Index
    from rag.search.store import Store

_ROWS = 500  # sent at a time
_BYTES = 48_000  # of a file in one part: 64,000 characters in base 64
_PIECE = 16_000  # characters of an article in one piece: 64,000 bytes at most
_LONGEST = 65_535  # bytes that a VARCHAR holds
_GRAPH = {"M": 32, "efConstruction": 256}


def update(
    settings: Settings, encoder: Encoder, report: Progress, *, jobs: int | None = None, again: bool = False
) -> Report:
    """Build the index on a server anew if it is not what a build now would give; as :func:`rag.search.library.update`.

    Nothing is taken from the build before: all files are read.
    """
    assert isinstance(settings.store, Server)
    began = time.perf_counter()
    before: Index | None = None
    with connected(
        settings, settings.store
    ) as connection:  # so that a server that is not there is told before the work
        if connection.in_use() and not again:
            try:
                before = open_(settings, as_it_is=True)
            except BrokenIndexError:
                before = None  # built anew
    if before is not None and not _differs(before, settings, encoder, report):
        return replace(library.report_of(before.told, settings), seconds=time.perf_counter() - began)
    with TemporaryDirectory() as made:
        aside = settings.model_copy(update={"store": Path(made)})
        done = library.update(aside, encoder, report, jobs=jobs)
        built = store.open_(aside, encoder)
        with connected(settings, settings.store) as connection:
            load(connection, built, store.find(Path(made))[0], report)
    files = store.compare(before.manifest.made["files"] if before else {}, built.manifest.made["files"])
    return replace(done, differences=files, seconds=time.perf_counter() - began)


def _differs(before: Index, settings: Settings, encoder: Encoder, report: Progress) -> bool:
    """Whether a build now would give something else, or files that could not be read have changed or gone."""
    files, unreadable = before.manifest.made["files"], before.told["unreadable"]
    now = {
        n: sha
        for n, sha in library.digests(sources(settings.pages), report).items()
        if n in files or n not in unreadable
    }
    paths = [str(path.resolve()) for path in settings.pages]
    return list(before.manifest.paths) != paths or any(store.differences(before.manifest, settings, encoder, now))


def load(connection: Connection, built: Store, path: Path, report: Progress) -> None:
    """Send the index ``built`` in the folder ``path`` and put it in use; nothing is left of it if that fails.

    The build in use until then is kept for those who have it open, and older ones are dropped.
    """
    before = connection.in_use()
    build = f"{connection.server.name}_{datetime.now(UTC):%Y%m%d%H%M%S%f}_{secrets.token_hex(4)}"
    try:
        _send(connection, build, built, path, report)
        point = connection.client.alter_alias if before else connection.client.create_alias
        point(f"{build}_{ABOUT}", connection.server.name, timeout=connection.timeout)
    except BaseException:
        _drop(connection, [name for name in connection.collections() if name.startswith(build)])
        raise
    _drop(connection, [name for name in connection.collections() if before and stamp(name) < stamp(before)])


def _drop(connection: Connection, names: Sequence[str]) -> None:
    for name in names:
        connection.client.drop_collection(name, timeout=connection.timeout)


def _send(connection: Connection, build: str, built: Store, path: Path, report: Progress) -> None:
    """Write the collections of ``build``, ready to be searched."""
    client, timeout, total = connection.client, connection.timeout, len(built.passages)
    rows = {PASSAGES: _passages(built), ARTICLES: _articles(built), ABOUT: _about(built, path)}
    for kind, every in rows.items():
        name, sent = f"{build}_{kind}", 0
        schema, indexes = _schema(client, kind, built)
        client.create_collection(name, schema=schema, consistency_level="Bounded", timeout=timeout)
        client.create_index(name, indexes, sync=False, timeout=timeout)  # loading waits for it
        while some := list(islice(every, _ROWS)):
            client.insert(name, some, timeout=timeout)
            sent += len(some)
            if kind == PASSAGES:  # nearly all of the work
                report("load", sent, total)
        client.flush(name)  # however long that, and making the graph, takes
        client.load_collection(name)
        if (held := connection.count(name)) != sent:
            raise StoreError(f"{connection.server}: {sent} rows were sent to {name}, and it holds {held}; try again")


def _schema(client: Any, kind: str, built: Store) -> tuple[Any, Any]:
    from pymilvus import DataType

    schema, indexes = client.create_schema(auto_id=False, enable_dynamic_field=False), client.prepare_index_params()
    key, more = {PASSAGES: ("row", FIELDS), ARTICLES: ("piece", ["article"]), ABOUT: ("part", [])}[kind]
    schema.add_field(key, DataType.INT64, is_primary=True)
    schema.add_field("data", DataType.VARCHAR, max_length=_LONGEST)
    for field in more:
        schema.add_field(field, DataType.INT64)
    if kind == ABOUT:
        schema.add_field("file", DataType.VARCHAR, max_length=256)
    # A collection without a vector cannot be made.
    schema.add_field("dense", DataType.FLOAT_VECTOR, dim=built.manifest.encoder["dim"] if kind == PASSAGES else 2)
    if kind == PASSAGES:
        many = len(built.passages) >= dense.MANY
        indexes.add_index(
            "dense", index_type="HNSW" if many else "FLAT", metric_type="IP", params=_GRAPH if many else {}
        )
        schema.add_field("words", DataType.SPARSE_FLOAT_VECTOR)
        indexes.add_index("words", index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
    else:
        indexes.add_index("dense", index_type="FLAT", metric_type="IP")
    return schema, indexes


# --- rows ---------------------------------------------------------------------------------------


def _passages(built: Store) -> Iterator[dict[str, Any]]:
    vectors, values = dense.vectors(built.dense), Expressions(built.facets).rows()
    for row, (passage, weights, fields) in enumerate(zip(built.passages, _weights(built), values, strict=True)):
        vector = vectors[row].astype(np.float32).tolist()
        yield {"row": row, "data": passage_line(passage), "dense": vector, "words": weights, **fields}


def _weights(built: Store) -> Iterator[dict[int, float]]:
    """For each passage its BM25 scores by the numbers of its tokens: the lists of the index, turned round."""
    index, tokens = built.sparse, len(built.sparse.vocabulary)
    order = np.argsort(index.rows, kind="stable")
    ends = np.searchsorted(index.rows[order], np.arange(index.documents), side="right")
    numbers = np.repeat(np.arange(tokens, dtype=np.uint32), np.diff(index.ends))[order]
    scores, start = index.scores[order], 0
    for end in ends.tolist():
        held = dict(zip(numbers[start:end].tolist(), scores[start:end].tolist(), strict=True))
        yield held or {tokens: 1.0}  # an empty vector cannot be sent; nothing asks for this number
        start = end


def _articles(built: Store) -> Iterator[dict[str, Any]]:
    piece = 0
    for number, article in enumerate(built.articles.values()):
        line = article_line(article)
        for start in range(0, len(line), _PIECE):
            yield {"piece": piece, "article": number, "data": line[start : start + _PIECE], "dense": [0.0, 0.0]}
            piece += 1


def _about(built: Store, path: Path) -> Iterator[dict[str, Any]]:
    index, part = built.sparse, 0
    with TemporaryDirectory() as made:
        at = Path(made)
        Names.of(index.vocabulary).save(at / WORDS)
        np.save(at / FREQUENCIES, np.diff(index.ends).astype(np.uint32), allow_pickle=False)
        np.save(at / MOST, np.maximum.reduceat(index.scores, index.ends[:-1]), allow_pickle=False)
        for folder_ in (store.IDS, store.FACETS):
            shutil.copytree(path / folder_, at / folder_)
        shutil.copy(path / REPORT, at)
        manifest = replace(built.manifest, files=folder.digests(at), written={})
        (at / store.MANIFEST).write_text(json.dumps(asdict(manifest)), "utf-8")
        for file in sorted(path for path in at.rglob("*") if path.is_file()):
            data = file.read_bytes()
            for start in range(0, max(1, len(data)), _BYTES):
                text = base64.b64encode(data[start : start + _BYTES]).decode()
                yield {"part": part, "file": file.relative_to(at).as_posix(), "data": text, "dense": [0.0, 0.0]}
                part += 1
