"""The index: build it, open it, tell when it is out of date. See index/README.md for the files."""

from __future__ import annotations

import hashlib
import json
import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import rag
from rag import zh
from rag.config import Settings
from rag.errors import BrokenIndexError, InputError, NoIndexError, StaleIndexError, StoreError
from rag.ingest import split
from rag.ingest.article import PARSER
from rag.ingest.read import Progress
from rag.search import dense, folder, sparse
from rag.types import Article, Doubt, Doubtful, Heading, Kind, Origin, Page, Passage, Precision, Published, to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from rag.search.encode import Encoder

FORMAT = 3
"""Version of the files. No other is read: an index is quickly rebuilt from its pages."""

HEAD_WEIGHT = 2
"""How often the words of a passage's head count in BM25; those of its text count once."""

_TRIES = 3  # to open an index while others are being built; one is enough but for the rarest of moments
_BATCH = 1024  # passages encoded between two reports of progress
_ARTICLES, _PASSAGES, _DENSE, _SPARSE, _MANIFEST = (
    "articles.jsonl",
    "passages.jsonl",
    "dense.faiss",
    "bm25",
    "manifest.json",
)


@dataclass(frozen=True)
class Manifest:
    """What an index holds, and what it was ``made`` from, which decides whether it is up to date; all JSON types.

    ``paths`` are the files and folders its pages were read from, so that they can be read again.
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


@dataclass(frozen=True)
class Store:
    """An open index. The rows of ``dense`` and ``sparse`` are places in ``passages``."""

    manifest: Manifest
    articles: Mapping[str, Article]
    passages: tuple[Passage, ...]
    dense: dense.Index
    sparse: sparse.Index

    @property
    def index_id(self) -> str:
        """Names the content: the same pages, settings and encoder give the same id, on every machine."""
        return self.manifest.index_id

    def article(self, passage: Passage) -> Article:
        """The article ``passage`` is a slice of."""
        return self.articles[passage.article_id]


# --- records to JSON and back -------------------------------------------------------------------


def article_from_json(data: Mapping[str, Any]) -> Article:
    """The inverse of :func:`rag.types.to_json`. Raises ``KeyError``, ``TypeError`` or ``ValueError`` on other data."""
    given: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
    published = data["published"]
    given["kind"] = Kind(data["kind"])
    given["headings"] = tuple(Heading(**heading) for heading in data["headings"])
    given["published"] = Published(**{**published, "precision": Precision(published["precision"])})
    given["doubts"] = tuple(Doubt(**{**doubt, "what": Doubtful(doubt["what"])}) for doubt in data["doubts"])
    given["continued"] = tuple(Origin(**{**part, "lines": tuple(part["lines"])}) for part in data["continued"])
    return Article(**given)


def passage_from_json(data: Mapping[str, Any]) -> Passage:
    """The inverse of :func:`rag.types.to_json`. Raises ``TypeError`` or ``ValueError`` on other data."""
    return Passage(**data)


def _lines(records: Iterable[Article | Passage]) -> str:
    return "".join(json.dumps(to_json(record), ensure_ascii=False) + "\n" for record in records)


def _records(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            yield json.loads(line)


# --- build --------------------------------------------------------------------------------------


def dense_text(passage: Passage) -> str:
    """What the encoder is given of a passage."""
    return zh.normalise(f"{passage.head}\n{passage.text}" if passage.head else passage.text)


def sparse_tokens(passage: Passage) -> list[str]:
    """What BM25 is given of a passage."""
    return zh.tokens(passage.text) + HEAD_WEIGHT * zh.tokens(passage.head)


def _made(settings: Settings) -> dict[str, Any]:
    """What an index depends on besides its pages and the encoder's weights."""
    return {
        "encoder": settings.encoder,
        "parser": PARSER,
        "splitter": {"version": split.VERSION, "max_passage": settings.max_passage},
        "words": {"version": zh.tokenizer_version(), "head_weight": HEAD_WEIGHT},
        "bm25": {"method": sparse.METHOD, "k1": sparse.K1, "b": sparse.B},
    }


def _sources(pages: Iterable[Page]) -> dict[str, str]:
    return {page.source: page.sha256 for page in pages}


def _silent(_step: str, _done: int, _total: int) -> None:
    pass


def _encode(encoder: Encoder, passages: Sequence[Passage], report: Progress) -> NDArray[np.float32]:
    batches = []
    for at in range(0, len(passages), _BATCH):
        report("encode", at, len(passages))
        batches.append(encoder.encode_passages([dense_text(passage) for passage in passages[at : at + _BATCH]]))
    report("encode", len(passages), len(passages))
    return np.concatenate(batches)


def _words(passages: Sequence[Passage], report: Progress) -> Iterator[list[str]]:
    for done, passage in enumerate(passages):
        report("words", done, len(passages))
        yield sparse_tokens(passage)
    report("words", len(passages), len(passages))


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
    report = progress or _silent
    by_id: dict[str, Article] = {}
    passages: list[Passage] = []
    for done, article in enumerate(articles):
        report("split", done, done + 1)
        if (other := by_id.setdefault(article.id, article)) is not article:
            raise InputError(f"two articles have the id {article.id!r}: from {other.source!r} and {article.source!r}")
        passages.extend(split.split(article, settings.max_passage))
    report("split", len(by_id), len(by_id))
    if not any(map(sparse_tokens, passages)):
        raise InputError(f"nothing to index: {len(by_id)} articles without a word were given; check the setting pages")
    by_words = sparse.build(_words(passages, report))
    by_meaning = dense.build(_encode(encoder, passages, report))
    made = {**_made(settings), "pages": _sources(pages)}
    content = json.dumps([FORMAT, made, encoder.name], sort_keys=True) + _lines(by_id.values()) + _lines(passages)
    manifest = Manifest(
        format=FORMAT,
        index_id=hashlib.sha256(content.encode()).hexdigest()[:16],
        made=made,
        encoder={"name": encoder.name, "dim": encoder.dim},
        counts={"pages": len(made["pages"]), "articles": len(by_id), "passages": len(passages)},
        files={},
        paths=(),
        built=datetime.now(UTC).isoformat(timespec="seconds"),
        project=rag.__version__,
    )
    return Store(manifest, by_id, tuple(passages), by_meaning, by_words)


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
    store = assemble(articles, settings, encoder, pages=pages, progress=progress)
    out = settings.store if out is None else out
    report = progress or _silent
    try:
        with folder.new_build(out) as path:
            report("write", 0, 4)
            (path / _ARTICLES).write_text(_lines(store.articles.values()), "utf-8", newline="\n")
            (path / _PASSAGES).write_text(_lines(store.passages), "utf-8", newline="\n")
            report("write", 1, 4)
            dense.save(store.dense, path / _DENSE)
            report("write", 2, 4)
            sparse.save(store.sparse, path / _SPARSE)
            report("write", 3, 4)
            read_from = [str(p.resolve()) for p in paths]
            manifest = replace(store.manifest, files=folder.digests(path), paths=read_from)
            (path / _MANIFEST).write_text(json.dumps(asdict(manifest), ensure_ascii=False, indent=1), "utf-8")
    except OSError as error:
        raise StoreError(
            f"the index cannot be written to {out}: {error.strerror or error}; set RAG_STORE to another folder"
        ) from error
    report("write", 4, 4)
    return replace(store, manifest=manifest)


# --- open ---------------------------------------------------------------------------------------


def _command(path: Path) -> str:
    default = Settings.model_fields["store"].default
    return "rag index" if path == default else f"rag index --store {shlex.quote(str(path))}"


def _read_manifest(path: Path) -> Manifest:
    data = json.loads((path / _MANIFEST).read_text("utf-8"))
    if data["format"] != FORMAT:
        raise ValueError(f"it has format {data['format']!r}, and this version reads {FORMAT}")
    return Manifest(**data)


def _find(root: Path) -> tuple[Path, Manifest]:
    """The build in use and its manifest."""
    again = f"rebuild it with `{_command(root)}`"
    try:
        path = folder.in_use(root)
        if path is None:
            raise NoIndexError(f"there is no index in {root}; build it with `{_command(root)}`")
        return path, _read_manifest(path)
    except (OSError, ValueError, TypeError, KeyError) as error:
        reason = f"{_MANIFEST} is missing" if isinstance(error, FileNotFoundError) else str(error)
        raise BrokenIndexError(f"the index in {root} cannot be used: {reason}; {again}") from error


def _differences(
    manifest: Manifest, settings: Settings, encoder: Encoder | None, pages: Iterable[Page] | None
) -> Iterator[str]:
    now = _made(settings)
    names = {"encoder": "encoder", "parser": "parser", "splitter": "passages", "words": "words", "bm25": "BM25"}
    for key, what in names.items():
        if manifest.made.get(key) != now[key]:
            yield f"{what}: built with {manifest.made.get(key)!r}, now {now[key]!r}"
    if encoder is not None and manifest.encoder["name"] != encoder.name:
        yield f"encoder: built with {manifest.encoder['name']!r}, now {encoder.name!r}"
    if pages is not None:
        before, after = manifest.made["pages"], _sources(pages)
        kinds = (
            ("new", after.keys() - before.keys()),
            ("gone", before.keys() - after.keys()),
            ("changed", {source for source in after.keys() & before.keys() if after[source] != before[source]}),
        )
        for kind, sources in kinds:
            if sources:
                some = ", ".join(sorted(sources)[:3]) + (", …" if len(sources) > 3 else "")
                yield f"pages: {len(sources)} {kind} ({some})"


def changes(
    settings: Settings, *, encoder: Encoder | None = None, pages: Iterable[Page] | None = None
) -> tuple[str, ...]:
    """What has changed since the index in ``settings.store`` was built; nothing if it is up to date.

    Settings are always compared, the encoder's weights and the pages if they are given.
    Raises :class:`NoIndexError` if there is no index and :class:`BrokenIndexError` if its manifest cannot be read.
    """
    _, manifest = _find(settings.store)
    return tuple(_differences(manifest, settings, encoder, pages))


def built_from(settings: Settings) -> tuple[Path, ...]:
    """The files and folders that the index in ``settings.store`` was read from; none if there is no index.

    They are read from a manifest of any format. Raises :class:`BrokenIndexError` where there is an index that does not
    say: building it anew from other pages would lose what is in it.
    """
    root = settings.store
    try:
        path = folder.in_use(root)
        if path is None:
            return ()
        given = json.loads((path / _MANIFEST).read_text("utf-8"))["paths"]
        return tuple(Path(str(p)) for p in given)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise BrokenIndexError(
            f"the index in {root} does not say which pages it was built from; "
            f"name them: rag index PAGES --store {shlex.quote(str(root))}"
        ) from error


def is_stale(settings: Settings, *, encoder: Encoder | None = None, pages: Iterable[Page] | None = None) -> bool:
    """Whether the index should be built before it is used: there is none, it is damaged, or :func:`changes`."""
    try:
        path, manifest = _find(settings.store)
    except (NoIndexError, BrokenIndexError):
        return True
    return bool(folder.damage(path, manifest.files)) or any(_differences(manifest, settings, encoder, pages))


def open_(settings: Settings, encoder: Encoder | None = None, pages: Iterable[Page] | None = None) -> Store:
    """The index in ``settings.store``, checked byte for byte against its manifest.

    Raises
    ------
    NoIndexError
        If there is none.
    StaleIndexError
        If it was built with other settings, or, where they are given, another encoder or other pages.
    BrokenIndexError
        If it is damaged or of another version. Each message names the command that helps.
    """
    root = settings.store
    for _ in range(_TRIES):
        path, manifest = _find(root)
        if stale := "; ".join(_differences(manifest, settings, encoder, pages)):
            raise StaleIndexError(f"the index in {root} is out of date ({stale}); rebuild it with `{_command(root)}`")
        try:
            return _load(path, manifest)
        except ValueError as error:
            broken = error
        if folder.in_use(root) == path:  # else it was replaced and removed while we were reading
            break
    raise BrokenIndexError(f"the index in {root} is damaged: {broken}; rebuild it with `{_command(root)}`") from broken


def _load(path: Path, manifest: Manifest) -> Store:
    """The index in the folder ``path``. Raises ``ValueError`` if it is damaged."""
    if damage := folder.damage(path, manifest.files):
        raise ValueError(damage)
    try:
        articles = {article.id: article for article in map(article_from_json, _records(path / _ARTICLES))}
        passages = tuple(map(passage_from_json, _records(path / _PASSAGES)))
        store = Store(manifest, articles, passages, dense.load(path / _DENSE), sparse.load(path / _SPARSE))
        sizes = {len(passages), store.dense.ntotal, store.sparse.scores["num_docs"], manifest.counts["passages"]}
    except (OSError, TypeError, KeyError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error
    if len(sizes) > 1 or any(passage.article_id not in articles for passage in passages):
        raise ValueError(f"its files do not fit together: {sorted(sizes)} passages")
    return store
