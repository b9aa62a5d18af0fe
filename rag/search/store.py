"""The index: build it, open it, tell when it is out of date. See index/README.md for the files."""

from __future__ import annotations

import hashlib
import json
import shlex
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import rag
from rag import zh
from rag.config import Server, Settings
from rag.errors import BrokenIndexError, NoIndexError, StaleIndexError, StoreError
from rag.ingest.versions import version
from rag.search import dense, facets, folder, parts, sparse, words
from rag.search.names import Names
from rag.search.names import load as load_names
from rag.search.records import ById, Lines, article_from_json, article_line, passage_from_json, passage_line
from rag.types import Article, Filters, Page, Passage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from rag.ingest.read import Progress
    from rag.search.encode import Encoder
    from rag.search.searchable import Searchable

FORMAT = 5
"""Version of the files. No other is read: an index is quickly rebuilt from its pages."""

ARTICLES, PASSAGES, DENSE, SPARSE, WORDS, FACETS, IDS, MANIFEST = (
    "articles.jsonl",
    "passages.jsonl",
    "dense.faiss",
    "bm25",
    "words",
    "facets",
    "ids",
    "manifest.json",
)

_STEPS = 5  # of writing


@dataclass(frozen=True)
class Manifest:
    """What an index holds, and what it was ``made`` from, which decides whether it is up to date; all JSON types.

    ``paths`` are the files and folders its pages were read from, so that they can be read again. ``written`` tells when the
    ``files`` were, see :func:`rag.search.folder.damage`.
    """

    format: int
    index_id: str
    made: Mapping[str, Any]
    encoder: Mapping[str, Any]
    counts: Mapping[str, int]
    files: Mapping[str, Mapping[str, int | str]]
    paths: Sequence[str]
    built: str
    project: str
    written: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Store:
    """An open index. The rows of ``dense``, ``sparse`` and ``facets`` are places in ``passages``.

    One that was opened from a folder reads articles and passages as they are asked for.
    """

    manifest: Manifest
    articles: Mapping[str, Article]
    passages: Sequence[Passage]
    dense: dense.Index
    sparse: sparse.Index
    facets: facets.Facets

    @property
    def index_id(self) -> str:
        """Names the content: the same pages, settings and encoder give the same id, on every machine."""
        return self.manifest.index_id

    @property
    def vocabulary(self) -> Mapping[str, int]:
        """All tokens of the passages."""
        return self.sparse.vocabulary

    def article(self, passage: Passage) -> Article:
        """The article ``passage`` is a slice of."""
        return self.articles[passage.article_id]

    def read(self, rows: Sequence[int]) -> tuple[Passage, ...]:
        """The passages in ``rows``, in that order."""
        return tuple(self.passages[row] for row in rows)

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        return {article_id: number for number, article_id in enumerate(self.articles)}

    def rows_of(self, article_id: str) -> range:
        """The rows of the passages of an article; none if it is not in the index."""
        number = self._numbers.get(article_id)
        return range(0) if number is None else self.facets.rows_of(number)

    def by_meaning(self, query: NDArray[np.float32], k: int, filters: Filters | None) -> list[tuple[int, float]]:
        """See :func:`rag.search.dense.search`."""
        return dense.search(self.dense, query, k, self._allowed(filters))

    def by_words(self, tokens: Mapping[str, float], k: int, filters: Filters | None) -> list[tuple[int, float]]:
        """See :func:`rag.search.sparse.search`."""
        return sparse.search(self.sparse, tokens, k, self._allowed(filters))

    def _allowed(self, filters: Filters | None) -> NDArray[np.bool_] | None:
        return self.facets.allowed(filters) if filters else None

    def most(self, tokens: Mapping[str, float]) -> float:
        """See :func:`rag.search.sparse.most`."""
        return sparse.most(self.sparse, tokens)

    def frequencies(self, tokens: Iterable[str]) -> dict[str, int]:
        """See :func:`rag.search.sparse.frequencies`."""
        return sparse.frequencies(self.sparse, tokens)

    def passing(self, filters: Filters) -> NDArray[np.intp]:
        """The places in ``articles`` of those that ``filters`` let pass."""
        return self.facets.passing(filters).nonzero()[0]


# --- build --------------------------------------------------------------------------------------


def recipe(settings: Settings) -> dict[str, Any]:
    """What an index depends on besides its files and the encoder's weights."""
    return {
        "encoder": settings.encoder,
        "formats": version("formats"),
        "parser": version("parser"),
        "merging": version("merging"),
        "splitter": {"version": version("splitter"), "max_passage": settings.max_passage},
        "words": {"version": zh.tokenizer_version(), "head_weight": words.HEAD_WEIGHT},
        "bm25": {"method": sparse.METHOD, "k1": sparse.K1, "b": sparse.B},
    }


def _silent(_step: str, _done: int, _total: int) -> None:
    pass


class _Identity:
    """The id of an index, worked out while its lines go by."""

    def __init__(self, made: Mapping[str, Any], encoder: str) -> None:
        self._hash = hashlib.sha256(json.dumps([FORMAT, made, encoder], sort_keys=True).encode())

    def passing(self, lines: Iterable[str]) -> Iterator[bytes]:
        """``lines`` as UTF-8; all of them must be taken."""
        for line in lines:
            data = line.encode()
            self._hash.update(data)
            yield data

    def __str__(self) -> str:
        return self._hash.hexdigest()[:16]


def _manifest(made: Mapping[str, Any], index_id: str, encoder: Encoder, counts: Mapping[str, int]) -> Manifest:
    return Manifest(
        format=FORMAT,
        index_id=index_id,
        made=made,
        encoder={"name": encoder.name, "dim": encoder.dim},
        counts=counts,
        files={},
        paths=(),
        built=datetime.now(UTC).isoformat(timespec="seconds"),
        project=rag.__version__,
    )


def _counts(made: Mapping[str, Any], found: parts.Parts) -> dict[str, int]:
    return {"pages": len(made["files"]), "articles": len(found.articles), "passages": len(found.passages)}


def _files(pages: Iterable[Page]) -> dict[str, str]:
    return {page.source: page.sha256 for page in pages}


def assemble(
    articles: Iterable[Article],
    settings: Settings,
    encoder: Encoder,
    *,
    pages: Iterable[Page] = (),
    progress: Progress | None = None,
) -> Store:
    """The index of ``articles`` in memory; nothing is written, and its manifest names no files.

    ``pages`` are those the articles were read from; the manifest keeps their hashes, for :func:`changes`.

    Raises
    ------
    InputError
        If the articles hold not a word, or two of them have the same id.
    """
    found = parts.make(articles, settings, encoder, progress or _silent)
    made = {**recipe(settings), "files": _files(pages)}
    identity = _Identity(made, encoder.name)
    for lines in (map(article_line, found.articles.values()), map(passage_line, found.passages)):
        for _ in identity.passing(lines):
            pass
    manifest = _manifest(made, str(identity), encoder, _counts(made, found))
    return _in_memory(manifest, found)


def _in_memory(manifest: Manifest, found: parts.Parts) -> Store:
    by_value = facets.Facets.of(found.articles.values(), found.passages)
    return Store(manifest, found.articles, found.passages, found.dense, found.sparse, by_value)


def build(  # noqa: PLR0913 - what a build is made of, and where it goes
    articles: Iterable[Article],
    settings: Settings,
    encoder: Encoder,
    out: Path | None = None,
    progress: Progress | None = None,
    *,
    pages: Iterable[Page] = (),
    paths: Iterable[Path] = (),
) -> Store:
    """Build the index of ``articles`` and put it in use in the folder ``out`` (``settings.store`` if not given).

    ``paths`` are the files and folders the pages were read from; the manifest keeps them, for :func:`built_from`.

    An index that is there already stays in use until the new one is complete, and if anything fails.
    Arguments and errors as for :func:`assemble`, and

    Raises
    ------
    StoreError
        If the folder cannot be written.
    """
    found = parts.make(articles, settings, encoder, progress or _silent)
    made = {**recipe(settings), "files": _files(pages)}
    out = settings.folder if out is None else out
    return write(found, made, encoder, out, progress or _silent, paths=paths)


def write(  # noqa: PLR0913 - what a build is made of, and where it goes
    found: parts.Parts,
    made: Mapping[str, Any],
    encoder: Encoder,
    out: Path,
    report: Progress,
    *,
    paths: Iterable[Path] = (),
    counts: Mapping[str, int] | None = None,
    more: Callable[[Path], None] | None = None,
) -> Store:
    """Write the index of ``found`` parts into the folder ``out`` and put it in use.

    ``made`` is the :func:`recipe` and the hashes of the ``files``; ``counts`` are told beside those of articles and passages;
    ``more`` writes further files into the folder it is given. Raises :class:`StoreError` if the folder cannot be written.
    """
    identity = _Identity(made, encoder.name)
    store = _in_memory(_manifest(made, "", encoder, {**_counts(made, found), **(counts or {})}), found)
    try:
        with folder.new_build(out) as path:
            report("write", 0, _STEPS)
            _write_lines(path / ARTICLES, identity.passing(map(article_line, found.articles.values())))
            _write_lines(path / PASSAGES, identity.passing(map(passage_line, found.passages)))
            Names.of(found.articles).save(path / IDS)
            store.facets.save(path / FACETS)
            report("write", 1, _STEPS)
            dense.save(found.dense, path / DENSE)
            report("write", 2, _STEPS)
            sparse.save(found.sparse, path / SPARSE)
            words.save(found.tokens, path / WORDS)
            report("write", 3, _STEPS)
            if more is not None:
                more(path)
            files = folder.digests(path)
            manifest = replace(
                store.manifest,
                index_id=str(identity),
                files=files,
                paths=[str(p.resolve()) for p in paths],
                written=folder.times(path, files),
            )
            (path / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1), "utf-8")
            report("write", 4, _STEPS)
    except OSError as error:
        raise StoreError(
            f"the index cannot be written to {out}: {error.strerror or error}; set RAG_STORE to another folder"
        ) from error
    report("write", _STEPS, _STEPS)
    return replace(store, manifest=manifest)


def _ends(path: Path) -> Path:
    """Where it is told where the lines of the file ``path`` end."""
    return path.with_suffix(".ends.npy")


def _write_lines(path: Path, lines: Iterable[bytes]) -> None:
    with path.open("wb") as file:
        ends = np.fromiter(map(file.write, lines), np.int64).cumsum()
    np.save(_ends(path), ends, allow_pickle=False)


# --- open ---------------------------------------------------------------------------------------


def command(path: Path | Server) -> str:
    """What to type to build the index in ``path``."""
    default = Settings.model_fields["store"].default
    return "rag index" if path == default else f"rag index --store {shlex.quote(str(path))}"


def _read_manifest(path: Path) -> Manifest:
    return manifest_from_json(json.loads((path / MANIFEST).read_text("utf-8")))


def manifest_from_json(data: Mapping[str, Any]) -> Manifest:
    """The manifest in ``data``. Raises ``ValueError``, ``TypeError`` or ``KeyError`` for one of another format."""
    if data["format"] != FORMAT:
        raise ValueError(f"it has format {data['format']!r}, and this version reads {FORMAT}")
    return Manifest(**data)


def find(root: Path) -> tuple[Path, Manifest]:
    """The build in use in the folder ``root``, and its manifest.

    Raises :class:`NoIndexError` if there is none and :class:`BrokenIndexError` if its manifest cannot be read.
    """
    again = f"rebuild it with `{command(root)}`"
    try:
        path = folder.in_use(root)
        if path is None:
            raise NoIndexError(f"there is no index in {root}; build it with `{command(root)}`")
        while True:
            try:
                return path, _read_manifest(path)
            except FileNotFoundError:
                if (now := folder.in_use(root)) in {path, None}:
                    raise
                path = now  # the other was replaced and removed meanwhile
    except (OSError, ValueError, TypeError, KeyError) as error:
        reason = f"{MANIFEST} is missing" if isinstance(error, FileNotFoundError) else str(error)
        raise BrokenIndexError(f"the index in {root} cannot be used: {reason}; {again}") from error


def differences(
    manifest: Manifest, settings: Settings, encoder: Encoder | None = None, files: Mapping[str, str] | None = None
) -> Iterator[str]:
    """What an index differs in from one built now, a line each; encoder and files are compared where they are given."""
    now = recipe(settings)
    names = {
        "encoder": "encoder",
        "formats": "file formats",
        "parser": "parser",
        "merging": "merging of pages",
        "splitter": "passages",
        "words": "words",
        "bm25": "BM25",
    }
    for key, what in names.items():
        if manifest.made.get(key) != now[key]:
            yield f"{what}: built with {manifest.made.get(key)!r}, now {now[key]!r}"
    if encoder is not None and manifest.encoder["name"] != encoder.name:
        yield f"encoder: built with {manifest.encoder['name']!r}, now {encoder.name!r}"
    if files is not None:
        for kind, sources in vars(compare(manifest.made["files"], files)).items():
            if sources:
                some = ", ".join(sources[:3]) + (", …" if len(sources) > 3 else "")
                yield f"files: {len(sources)} {kind} ({some})"


@dataclass(frozen=True)
class Differences:
    """Files that are ``new``, ``gone`` and ``changed``, by name and in the order of their names."""

    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.new or self.gone or self.changed)


def compare(before: Mapping[str, str], now: Mapping[str, str]) -> Differences:
    """What became of files, given as SHA-256 by name."""
    return Differences(
        tuple(sorted(now.keys() - before.keys())),
        tuple(sorted(before.keys() - now.keys())),
        tuple(sorted(name for name in now.keys() & before.keys() if now[name] != before[name])),
    )


def changes(
    settings: Settings, *, encoder: Encoder | None = None, files: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """What has changed since the index in ``settings.store`` was built; nothing if it is up to date.

    Settings are always compared, the encoder's weights and the files (SHA-256 by name) if they are given.
    Raises :class:`NoIndexError` if there is no index and :class:`BrokenIndexError` if its manifest cannot be read.
    """
    _, manifest = find(settings.folder)
    return tuple(differences(manifest, settings, encoder, files))


def built_from(settings: Settings) -> tuple[Path, ...]:
    """The files and folders that the index in ``settings.store`` was read from; none if there is no index.

    They are read from a manifest of any format. Raises :class:`BrokenIndexError` where there is an index that does not
    say: building it anew from other pages would lose what is in it.
    """
    root = settings.store
    try:
        if isinstance(root, Server):
            from rag.search import milvus

            found = milvus.manifest(settings)
            return tuple(map(Path, found.paths)) if found else ()
        path = folder.in_use(root)
        if path is None:
            return ()
        given = json.loads((path / MANIFEST).read_text("utf-8"))["paths"]
        return tuple(Path(str(p)) for p in given)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise BrokenIndexError(
            f"the index in {root} does not say which pages it was built from; "
            f"name them: rag index PAGES --store {shlex.quote(str(root))}"
        ) from error


def is_stale(settings: Settings, *, encoder: Encoder | None = None, files: Mapping[str, str] | None = None) -> bool:
    """Whether the index should be built before it is used: there is none, it is damaged, or :func:`changes`."""
    try:
        path, manifest = find(settings.folder)
    except (NoIndexError, BrokenIndexError):
        return True
    return bool(folder.damage(path, manifest.files, manifest.written)) or any(
        differences(manifest, settings, encoder, files)
    )


def open_any(settings: Settings, encoder: Encoder | None = None) -> Searchable:
    """The index ``settings.store``, in a folder or on a server. Raises what :func:`open_` does.

    Raises
    ------
    StoreError
        Also if the server cannot be reached, or its client is not installed.
    """
    if isinstance(settings.store, Server):
        from rag.search import milvus

        return milvus.open_(settings, encoder)
    return open_(settings, encoder)


def open_(settings: Settings, encoder: Encoder | None = None, files: Mapping[str, str] | None = None) -> Store:
    """The index in the folder ``settings.store``, checked against its manifest as far as :func:`rag.search.folder.damage` says.

    Its files are mapped and not read, so that opening takes as long for many passages as for few; `rag check` and `rag index`
    read all of it.

    Raises
    ------
    NoIndexError
        If there is none.
    StaleIndexError
        If it was built with other settings, or, where they are given, another encoder or other files (SHA-256 by name).
    BrokenIndexError
        If it is damaged or of another version. Each message names the command that helps.
    """
    root = settings.folder
    while True:
        path, manifest = find(root)
        if stale := "; ".join(differences(manifest, settings, encoder, files)):
            raise StaleIndexError(f"the index in {root} is out of date ({stale}); rebuild it with `{command(root)}`")
        try:
            return _load(path, manifest)
        except ValueError as error:
            if folder.in_use(root) == path:  # else it was replaced and removed while we were reading
                again = f"rebuild it with `{command(root)}`"
                raise BrokenIndexError(f"the index in {root} is damaged: {error}; {again}") from error


def _load(path: Path, manifest: Manifest) -> Store:
    """The index in the folder ``path``. Raises ``ValueError`` if it is damaged."""
    try:
        if damage := folder.damage(path, manifest.files, manifest.written):
            raise ValueError(damage)
        store = Store(
            manifest,
            ById(Lines(path / ARTICLES, _ends(path / ARTICLES), article_from_json), load_names(path / IDS)),
            Lines(path / PASSAGES, _ends(path / PASSAGES), passage_from_json),
            dense.load(path / DENSE),
            sparse.load(path / SPARSE),
            facets.load(path / FACETS),
        )
    except (OSError, TypeError, KeyError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error
    passages = {len(store.passages), store.dense.ntotal, store.sparse.documents, len(store.facets)}
    if passages != {manifest.counts["passages"]}:
        raise ValueError(f"its files do not fit together: {sorted(passages)} passages")
    if len(store.articles) != manifest.counts["articles"]:
        raise ValueError(f"its files do not fit together: {len(store.articles)} articles")
    return store
