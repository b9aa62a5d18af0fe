"""How well documents are found in a public collection, beside what each list of the search finds alone.

A collection is a folder of one of two forms, plain or gzipped (``.gz``), one JSON object a line:

- that of BEIR: ``corpus.jsonl`` (``_id``, ``title``, ``text``), ``queries.jsonl`` (``_id``, ``text``), and graded
  judgments in ``qrels/*.tsv`` or ``qrels.tsv``: query, document, grade, or query, anything, document, grade as trec_eval
  has them. Thakur and others, BEIR, NeurIPS Datasets and Benchmarks 2021, arXiv:2104.08663.
- ``corpus.jsonl`` (``id``, ``title``, ``text``) and ``queries.jsonl`` (``id``, ``query``, ``positive_ids``, and
  ``answerable``, true if left out), without qrels.

Documents are split and indexed like the articles of a page; a document is found at the rank of its first passage.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.ask import Progress
from eval.metrics import DEPTH, retrieval
from eval.records import Figure
from eval.stats import Paired, interval, middle, paired
from rag.errors import InputError
from rag.search import store
from rag.search.retrieve import Searcher, fused, search
from rag.types import Article, Kind

if TYPE_CHECKING:
    from rag.config import Settings
    from rag.search.encode import Encoder
    from rag.search.store import Store

CUTS = (1, 5, 10)
MEASURES = {"recall@1": "R@1", "recall@5": "R@5", "recall@10": "R@10", "mrr@10": "RR@10", "ndcg@10": "nDCG@10"}
"""The measures by name, each as ir_measures calls it."""

LISTS = {"BM25": "sparse", "dense": "dense"}
"""The single lists by name, each as :mod:`rag.search.retrieve` calls it."""

FUSED = "fused"
_HEADER = frozenset(("query-id", "query_id", "qid", "query"))


@dataclass(frozen=True, slots=True)
class Query:
    """A query and the gain, above 0, of each document that is relevant to it."""

    id: str
    text: str
    gains: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents and queries to search them with.

    ``judged`` says where the gains come from, ``left_out`` counts queries to which nothing is relevant, and ``unknown``
    the relevant documents that the corpus does not hold: they stay misses, as in trec_eval.
    """

    documents: tuple[Article, ...]
    queries: tuple[Query, ...]
    judged: str
    left_out: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Difference:
    """What the fused list has of ``measure`` more than the list ``over``, query by query."""

    over: str
    measure: str
    test: Paired


@dataclass(frozen=True, slots=True)
class Bench:
    """How well a collection was searched; see :class:`Collection` for what is counted.

    The ``group`` of a figure is the list it is of: BM25, dense or fused. ``build_seconds`` is the time to split and index
    all documents, ``milliseconds`` the median time a query takes for both lists and their fusion.
    """

    name: str
    encoder: str
    max_passage: int
    half: bool
    judged: str
    queries: int
    left_out: int
    unknown: int
    documents: int
    passages: int
    build_seconds: float
    milliseconds: float
    figures: tuple[Figure, ...]
    differences: tuple[Difference, ...]

    def to_json(self) -> dict[str, Any]:
        """A dict of JSON types."""
        return asdict(self)


def _silent(_step: str, _done: int, _total: int) -> None:
    pass


def bench(  # noqa: PLR0913, PLR0917 - what is measured, with what, and how
    name: str,
    path: Path,
    settings: Settings,
    encoder: Encoder,
    half: bool = False,
    progress: Progress = _silent,
) -> Bench:
    """Index the collection in the folder ``path`` in memory, put its queries and measure what each list finds.

    ``name`` is what to call it in tables. With ``half``, only the queries of a fixed half are put, so that what is
    tuned on them can be judged by the others. Raises :class:`InputError` for a folder that is not a collection, naming
    the line that is wrong.
    """
    collection = load(path, half=half)
    start = time.perf_counter()
    index = store.assemble(collection.documents, settings, encoder, progress=progress)
    built = time.perf_counter() - start
    searcher = Searcher.of(index, encoder, settings)
    values: dict[str, dict[str, list[float]]] = {n: {m: [] for m in MEASURES} for n in (*LISTS, FUSED)}
    seconds = []
    for done, query in enumerate(collection.queries, 1):
        start = time.perf_counter()
        found = search(searcher, query.text)
        best = fused(query.text, found)
        seconds.append(time.perf_counter() - start)
        single = found.by_name()
        lists: dict[str, Iterable[int]] = {n: (row for row, _ in single[of].rows) for n, of in LISTS.items()}
        lists[FUSED] = (f.row for f in best)
        for one, places in lists.items():
            gained = retrieval(query.gains, documents(index, places), CUTS)
            for measure, called in MEASURES.items():
                values[one][measure].append(gained[called])
        progress("asking", done, len(collection.queries))
    return Bench(
        name=name,
        encoder=encoder.name,
        max_passage=settings.max_passage,
        half=half,
        judged=collection.judged,
        queries=len(collection.queries),
        left_out=collection.left_out,
        unknown=collection.unknown,
        documents=index.manifest.counts["articles"],
        passages=index.manifest.counts["passages"],
        build_seconds=round(built, 2),
        milliseconds=round(1000 * middle(seconds, "median"), 3),
        figures=tuple(
            Figure(measure, one, len(of), middle(of), *interval(of))
            for one, by_measure in values.items()
            for measure, of in by_measure.items()
        ),
        differences=tuple(
            Difference(one, measure, paired(values[one][measure], values[FUSED][measure]))
            for one in LISTS
            for measure in MEASURES
        ),
    )


def documents(index: Store, rows: Iterable[int]) -> list[str]:
    """The distinct documents of the passages ``rows``, best first, each at its first passage; at most :data:`DEPTH`."""
    return list(dict.fromkeys(index.passages[row].article_id for row in rows))[:DEPTH]


def table(result: Bench) -> str:
    """``result`` as text: a line a list with its 95 % intervals, and what fusion adds to each single list with its p."""
    told = {(f.group, f.measure): f for f in result.figures}
    gained = {(d.over, d.measure): d.test for d in result.differences}
    asked = f"{result.queries} queries{' (half of them)' if result.half else ''}"
    lines = [
        f"{result.name}: {asked}, {result.documents} documents, {result.passages} passages; judged by {result.judged}",
        f"encoder {result.encoder}, passages of at most {result.max_passage} characters",
        f"built in {result.build_seconds:.1f} s, {result.milliseconds:.1f} ms a query",
        *([f"left out: {result.left_out} queries to which nothing is relevant"] if result.left_out else []),
        *([f"{result.unknown} relevant documents are not in the corpus: misses"] if result.unknown else []),
        _columns("", MEASURES),
    ]
    for one in (*LISTS, FUSED):
        figures = (told[one, m] for m in MEASURES)
        lines.append(_columns(one, (f"{f.value:.3f} ({f.low:.3f}-{f.high:.3f})" for f in figures)))
    for one in LISTS:
        tests = (gained[one, m] for m in MEASURES)
        lines.append(_columns(f"{FUSED} - {one}", (f"{t.difference:+.3f} (p {t.p:.4f})" for t in tests)))
    return "\n".join(lines)


def _columns(name: str, cells: Iterable[str]) -> str:
    return (f"{name:15}" + "".join(f"{cell:21}" for cell in cells)).rstrip()


# --- reading --------------------------------------------------------------------------------------


def in_half(query_id: str) -> bool:
    """Whether a query is of the half to tune on: its id has an even SHA-256."""
    return hashlib.sha256(query_id.encode()).digest()[-1] % 2 == 0


def load(folder: Path, *, half: bool = False) -> Collection:
    """The collection in ``folder``, of the form that it has: BEIR's where there are qrels.

    Raises :class:`InputError` for a file that is missing or empty, a line that is not what it should be, judgments of
    which none is of a document in the corpus, and when no query is left to put.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; give one with corpus.jsonl and queries.jsonl, plain or .gz")
    qrels = _qrels(folder)
    known, articles = _corpus(_file(folder, "corpus.jsonl"), folder.name, "_id" if qrels else "id")
    asked = _file(folder, "queries.jsonl")
    found = _judged_apart(asked, _judgments(qrels)) if qrels else _judged_inside(asked)
    if not found:
        raise InputError(f"{asked}: holds no query; nothing would be measured")
    chosen = [query for query in found if in_half(query.id) or not half]
    queries = [query for query in chosen if query.gains]
    if not queries:
        which = f"the {len(chosen)} queries of the half to tune on" if half else "any query"
        raise InputError(f"{folder}: nothing is relevant to {which}; nothing would be measured")
    relevant = [document for query in queries for document in query.gains]
    unknown = sum(document not in known for document in relevant)
    if unknown == len(relevant):
        raise InputError(
            f"{qrels or asked}: none of the {unknown} relevant documents, such as {relevant[0]!r}, is in the corpus; "
            "check that both are of one collection"
        )
    left_out = len(chosen) - len(queries)
    return Collection(tuple(articles), tuple(queries), qrels.name if qrels else "positive_ids", left_out, unknown)


def _file(folder: Path, name: str) -> Path:
    """``name`` in ``folder``, plain or gzipped."""
    found = [path for path in (folder / name, folder / f"{name}.gz") if path.is_file()]
    if not found:
        raise InputError(f"{folder}: has no {name} or {name}.gz; give a folder with a corpus and its queries")
    if len(found) > 1:
        raise InputError(f"{folder}: has both {name} and {name}.gz; keep one of them")
    return found[0]


def _qrels(folder: Path) -> Path | None:
    """The file of judgments, ``None`` if there is none; of several in ``qrels`` the one of the test split."""
    found = sorted(p for at in ("qrels.tsv*", "qrels/*.tsv*") for p in folder.glob(at) if _is_table(p.name))
    # Figures over BEIR are by custom those of its test split.
    chosen = [p for p in found if p.name.partition(".")[0] == "test"] or found
    if len(chosen) > 1:
        raise InputError(f"{folder}: has several files of qrels and none is test.tsv; keep one of them")
    if not chosen and (folder / "qrels").exists():
        raise InputError(f"{folder / 'qrels'}: holds no .tsv file; put the judgments there")
    return chosen[0] if chosen else None


def _is_table(name: str) -> bool:
    return name.endswith((".tsv", ".tsv.gz"))


def _lines(file: Path) -> Iterator[tuple[str, str]]:
    """The lines of a file that are not empty, each with where it stands, for messages."""
    number = 0
    try:
        with (
            gzip.open(file) if file.suffix == ".gz" else file.open("rb") as raw,
            TextIOWrapper(raw, "utf-8-sig") as lines,
        ):
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield f"{file}, line {number}", line
    except UnicodeDecodeError:
        raise InputError(f"{file}, line {number + 1} or soon after: not UTF-8 text; convert it") from None
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{file}: cannot be read ({error}); fetch it again") from None


def _records(file: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for at, line in _lines(file):
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            raise InputError(f"{at}: not JSON; each line must be one JSON object") from None
        if not isinstance(record, dict):
            raise InputError(f"{at}: not a JSON object, got {line.strip()[:60]!r}")
        yield at, record


def _id(at: str, value: Any) -> str:
    """An id as text; some collections number theirs."""
    if isinstance(value, bool) or not isinstance(value, (str, int)) or value == "":
        raise InputError(f"{at}: needs an id, got {value!r}")
    return _text(at, str(value))


def _text(at: str, value: Any) -> str:
    if not isinstance(value, str):
        raise InputError(f"{at}: needs text, got {str(value)[:60]!r}")
    try:
        value.encode()
    except UnicodeEncodeError:  # half a surrogate pair can be in JSON, but in no index
        raise InputError(f"{at}: not UTF-8 text; convert it") from None
    return value


def _has(at: str, record: Mapping[str, Any], *names: str) -> None:
    if missing := [name for name in names if name not in record]:
        raise InputError(f"{at}: needs {', '.join(map(repr, missing))}, got {', '.join(map(repr, record))}")


def _corpus(file: Path, source: str, key: str) -> tuple[set[str], list[Article]]:
    """The ids of all documents, and those that have text as articles; one with a title alone has that for text."""
    known: set[str] = set()
    articles = []
    for at, record in _records(file):
        _has(at, record, key, "text")
        id_, title = _id(at, record[key]), _text(at, record.get("title") or "").strip()
        if id_ in known:
            raise InputError(f"{at}: there is a document {id_!r} before it; give each its own id")
        known.add(id_)
        text = _text(at, record["text"]).strip() or title
        if paragraphs := tuple(p for line in text.splitlines() if (p := line.strip())):
            articles.append(
                Article(id_, source, Kind.DOCUMENT, " ".join(title.split()), paragraphs, document_id=id_),
            )
    if not articles:
        raise InputError(f"{file}: holds no document with text; nothing could be found")
    return known, articles


def _query(at: str, record: Mapping[str, Any], key: str, text: str, seen: set[str]) -> tuple[str, str]:
    """The id and text of a query. ``seen`` are the ids before it, to which its own is added."""
    _has(at, record, key, text)
    # An empty query stays: public sets have some, and finding nothing for it is a miss there too.
    id_, asked = _id(at, record[key]), _text(at, record[text]).strip()
    if id_ in seen:
        raise InputError(f"{at}: there is a query {id_!r} before it; give each its own id")
    seen.add(id_)
    return id_, asked


def _judged_inside(file: Path) -> list[Query]:
    """Queries that name what is relevant to them, each with a gain of 1."""
    found: list[Query] = []
    seen: set[str] = set()
    for at, record in _records(file):
        if "positive_ids" not in record:
            raise InputError(f'{at}: needs "positive_ids", or the folder qrels/*.tsv with judgments')
        id_, asked = _query(at, record, "id", "query", seen)
        positive, answerable = record["positive_ids"], record.get("answerable", True)
        if not isinstance(positive, list) or not isinstance(answerable, bool):
            raise InputError(f'{at}: "positive_ids" must be a list and "answerable" true or false')
        found.append(Query(id_, asked, {_id(at, document): 1 for document in positive} if answerable else {}))
    return found


def _judged_apart(file: Path, gains: Mapping[str, Mapping[str, int]]) -> list[Query]:
    found: list[Query] = []
    seen: set[str] = set()
    for at, record in _records(file):
        id_, asked = _query(at, record, "_id", "text", seen)
        found.append(Query(id_, asked, gains.get(id_, {})))
    return found


def _judgments(file: Path) -> dict[str, dict[str, int]]:
    """The gain of each relevant document by query; a grade of 0 or less is not relevant."""
    graded: dict[tuple[str, str], int] = {}
    for at, line in _lines(file):
        cells: Sequence[str] = [c.strip() for c in line.split("\t")] if "\t" in line else line.split()
        if not graded and cells[0].lower() in _HEADER:
            continue
        try:
            query, document, grade = cells[0], cells[-2], int(cells[-1])
        except (ValueError, IndexError):
            query = ""
        if not query or len(cells) not in (3, 4):
            raise InputError(f"{at}: not a judgment (query, document, grade), got {line.strip()[:60]!r}")
        if graded.setdefault((query, document), grade) != grade:
            raise InputError(f"{at}: {document!r} has another grade for {query!r} before it; keep one of them")
    gains: dict[str, dict[str, int]] = {}
    for (query, document), grade in graded.items():
        if grade > 0:
            gains.setdefault(query, {})[document] = grade
    if not gains:
        raise InputError(f"{file}: judges no document relevant; nothing would be measured")
    return gains
