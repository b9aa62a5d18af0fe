"""An index on Milvus, opened and searched."""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

import numpy as np

from rag.config import Server
from rag.errors import BrokenIndexError, NoIndexError, StaleIndexError
from rag.search import facets, folder, names, store
from rag.search.milvus.filters import Expressions
from rag.search.milvus.server import ABOUT, ARTICLES, PASSAGES, Connection, connected, told
from rag.search.records import ById, article_from_json, passage_from_json

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rag.config import Settings
    from rag.search.encode import Encoder
    from rag.search.store import Manifest
    from rag.types import Article, Filters, Passage

WORDS, FREQUENCIES, MOST = "words", "frequencies.npy", "most.npy"
"""Files of ``about``: the vocabulary, and for each token how many passages hold it (uint32) and its best score (float32)."""

EF = 256
"""How hard the graph of many vectors is searched."""

_Record = TypeVar("_Record")
_BATCH = 256  # records read at a time
_PARTS = 64  # parts of files read at a time, 4 MB


class Records(Sequence[_Record], Generic[_Record]):
    """The ``count`` records of a collection, read by their rows with ``fetch``."""

    def __init__(self, count: int, fetch: Callable[[Sequence[int]], list[_Record]]) -> None:
        self._count, self.fetch = count, fetch

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, row: int) -> _Record: ...

    @overload
    def __getitem__(self, row: slice) -> tuple[_Record, ...]: ...

    def __getitem__(self, row: int | slice) -> _Record | tuple[_Record, ...]:
        wanted = range(self._count)[row]
        return self.fetch([wanted])[0] if isinstance(wanted, int) else tuple(self._several(wanted))

    def __iter__(self) -> Iterator[_Record]:
        return self._several(range(self._count))

    def _several(self, rows: range) -> Iterator[_Record]:
        for at in range(0, len(rows), _BATCH):
            yield from self.fetch(rows[at : at + _BATCH])


@dataclass(frozen=True, eq=False)
class Index:
    """What :class:`rag.search.searchable.Searchable` asks for, of one build on a server."""

    manifest: Manifest
    connection: Connection
    build: str
    vocabulary: names.Names
    articles: ById
    passages: Records[Passage]
    facets: facets.Facets
    ids: names.Names
    expressions: Expressions
    held_by: NDArray[np.uint32]
    best: NDArray[np.float32]
    told: Mapping[str, Any]

    @property
    def index_id(self) -> str:
        """Names the content: the same pages, settings and encoder give the same id, on every machine."""
        return self.manifest.index_id

    def article(self, passage: Passage) -> Article:
        """The article ``passage`` is a slice of."""
        return self.articles[passage.article_id]

    def read(self, rows: Sequence[int]) -> tuple[Passage, ...]:
        """The passages in ``rows``, in that order."""
        return tuple(self.passages.fetch(rows))

    def rows_of(self, article_id: str) -> range:
        """The rows of the passages of an article; none if it is not in the index."""
        return self.facets.rows_of(self.ids[article_id]) if article_id in self.ids else range(0)

    def by_meaning(self, query: NDArray[np.float32], k: int, filters: Filters | None) -> list[tuple[int, float]]:
        """The rows most like ``query``; exact below :data:`rag.search.dense.MANY` passages, by a graph above."""
        return self._search("dense", query.tolist(), k, filters, {"ef": max(EF, 2 * k)}) if query.any() else []

    def by_words(self, tokens: Mapping[str, float], k: int, filters: Filters | None) -> list[tuple[int, float]]:
        """The rows with the highest BM25 for ``tokens``: the weights of the build, added up by the server."""
        known = self._known(tokens)
        return self._search("words", {n: float(tokens[t]) for t, n in known.items()}, k, filters, {}) if known else []

    def most(self, tokens: Mapping[str, float]) -> float:
        """The best scores that any passage has for each of ``tokens``, added up."""
        return sum((tokens[token] * float(self.best[n]) for token, n in self._known(tokens).items()), 0.0)

    def frequencies(self, tokens: Iterable[str]) -> dict[str, int]:
        """In how many passages each of ``tokens`` occurs; those that occur in none are left out."""
        return {token: int(self.held_by[n]) for token, n in self._known(tokens).items()}

    def passing(self, filters: Filters) -> NDArray[np.intp]:
        """The places in ``articles`` of those that ``filters`` let pass."""
        return self.facets.passing(filters).nonzero()[0]

    def _known(self, tokens: Iterable[str]) -> dict[str, int]:
        return {token: n for token in tokens if (n := self.vocabulary.get(token)) is not None}

    def _search(
        self, field: str, query: Any, k: int, filters: Filters | None, how: Mapping[str, int]
    ) -> list[tuple[int, float]]:
        with told(self.connection.server):
            (found,) = self.connection.client.search(
                f"{self.build}_{PASSAGES}",
                data=[query],
                anns_field=field,
                limit=min(k, len(self.passages)),
                filter=self.expressions.of(filters) if filters else "",
                search_params={"metric_type": "IP", "params": dict(how)},
                output_fields=["row"],
                timeout=self.connection.timeout,
            )
        scored = [(int(hit["row"]), float(hit["distance"])) for hit in found if hit["distance"] > 0]
        return sorted(scored, key=lambda one: (-one[1], one[0]))  # equals in the order of rows, as in the folder


# --- open ---------------------------------------------------------------------------------------


def manifest(settings: Settings) -> Manifest | None:
    """The manifest of the index in use; ``None`` if there is none. Raises :class:`StoreError` as :func:`open_` does."""
    server = _server(settings)
    with connected(settings, server) as connection:
        build = connection.in_use()
        return _manifest(connection, build) if build else None


def open_(settings: Settings, encoder: Encoder | None = None, *, as_it_is: bool = False) -> Index:
    """The index that ``settings.store`` names on a server; ``as_it_is`` even if it is out of date.

    Raises the errors of :func:`rag.search.store.open_`, and :class:`StoreError` where the server cannot be used.
    """
    server = _server(settings)
    again = f"`{store.command(server)}`"
    with connected(settings, server) as connection:
        build = connection.in_use()
        if not build:
            raise NoIndexError(f"there is no index {server}; build it with {again}")
        found = _manifest(connection, build)
        stale = "" if as_it_is else "; ".join(store.differences(found, settings, encoder))
        if stale:
            raise StaleIndexError(f"the index {server} is out of date ({stale}); rebuild it with {again}")
        try:
            return _opened(connection, build, found)
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise BrokenIndexError(f"the index {server} is damaged: {error}; rebuild it with {again}") from error


def _server(settings: Settings) -> Server:
    assert isinstance(settings.store, Server)  # else it is opened elsewhere
    return settings.store


def _manifest(connection: Connection, build: str) -> Manifest:
    server = connection.server
    try:
        held = _joined(
            connection.client.query(
                f"{build}_{ABOUT}",
                filter=f'file == "{store.MANIFEST}"',
                output_fields=["part", "file", "data"],
                timeout=connection.timeout,
            )
        )
        return store.manifest_from_json(json.loads(held[store.MANIFEST]))
    except (ValueError, TypeError, KeyError) as error:
        raise BrokenIndexError(
            f"the index {server} cannot be used: {error}; rebuild it with `{store.command(server)}`"
        ) from error


def _joined(parts: Iterable[Mapping[str, Any]]) -> dict[str, bytes]:
    """The files whose ``parts`` are given."""
    files: defaultdict[str, list[bytes]] = defaultdict(list)
    for part in sorted(parts, key=lambda p: int(p["part"])):
        files[part["file"]].append(base64.b64decode(part["data"], validate=True))
    return {name: b"".join(pieces) for name, pieces in files.items()}


def _opened(connection: Connection, build: str, found: Manifest) -> Index:
    """Raises ``OSError``, ``ValueError``, ``TypeError`` or ``KeyError`` for what is damaged."""
    held = _files(connection, build)
    with TemporaryDirectory() as made:  # the files are mapped, and read even when they have been deleted since
        at = Path(made)
        for name in found.files:
            (at / name).parent.mkdir(exist_ok=True)
            (at / name).write_bytes(held[name])
        if damage := folder.damage(at, found.files):
            raise ValueError(damage)
        by_value, ids, vocabulary = facets.load(at / store.FACETS), names.load(at / store.IDS), names.load(at / WORDS)
        counts = np.load(at / FREQUENCIES, allow_pickle=False), np.load(at / MOST, allow_pickle=False)
        report = json.loads(held["report.json"])
    passages = Records(len(by_value), _passages(connection, build))
    articles = ById(Records(len(ids), _articles(connection, build)), ids)
    if {len(passages), connection.count(f"{build}_{PASSAGES}")} != {found.counts["passages"]}:
        raise ValueError(f"its collections do not fit together: {len(passages)} passages are told")
    expressions = Expressions(by_value)
    return Index(
        found, connection, build, vocabulary, articles, passages, by_value, ids, expressions, *counts, told=report
    )


def _files(connection: Connection, build: str) -> dict[str, bytes]:
    name = f"{build}_{ABOUT}"
    parts: list[Mapping[str, Any]] = []
    for at in range(0, connection.count(name), _PARTS):
        parts += connection.client.query(
            name,
            filter=f"part >= {at} and part < {at + _PARTS}",
            output_fields=["part", "file", "data"],
            timeout=connection.timeout,
        )
    return _joined(parts)


def _passages(connection: Connection, build: str) -> Callable[[Sequence[int]], list[Passage]]:
    def fetch(rows: Sequence[int]) -> list[Passage]:
        lines = dict(_lines(connection, f"{build}_{PASSAGES}", "row", "row", rows))
        return [passage_from_json(json.loads(lines[row])) for row in rows]

    return fetch


def _articles(connection: Connection, build: str) -> Callable[[Sequence[int]], list[Article]]:
    def fetch(rows: Sequence[int]) -> list[Article]:
        lines: defaultdict[int, str] = defaultdict(str)
        for row, piece in _lines(connection, f"{build}_{ARTICLES}", "article", "piece", rows):
            lines[row] += piece
        return [article_from_json(json.loads(lines[row])) for row in rows]

    return fetch


def _lines(
    connection: Connection, collection: str, key: str, order: str, rows: Sequence[int]
) -> Iterator[tuple[int, str]]:
    """What is held under the ``rows``, in order. Raises :class:`BrokenIndexError` where there is nothing under one."""
    if not rows:
        return
    with told(connection.server):
        found = connection.client.query(
            collection,
            filter=f"{key} in {list(rows)}",
            output_fields=sorted({key, order, "data"}),
            timeout=connection.timeout,
        )
    if lost := set(rows) - {int(one[key]) for one in found}:
        server = connection.server
        raise BrokenIndexError(
            f"the index {server} lacks {key} {min(lost)} in {collection}; open it anew, or rebuild it with `{store.command(server)}`"
        )
    for one in sorted(found, key=lambda one: int(one[order])):
        yield int(one[key]), str(one["data"])
