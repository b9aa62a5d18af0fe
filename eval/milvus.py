"""Whether an index on Milvus finds what the same one in a folder finds: ``python -m eval.milvus milvus://HOST:PORT/NAME``.

The two have to be built from the same pages. With ``--pages`` (files, folders and corpora, as for ``rag index``) or ``--made N``
both are built anew of those, or of N made-up pages, as the index NAME on the server and in a folder that is thrown away. ``lite`` in
place of the address starts milvus-lite for the time being. ``--cases`` asks the questions of the development split first.

The overlap is the mean share of the folder's top 10 that are among the server's. ``--jieba`` also measures what Milvus finds where
it cuts the text into words by itself: ``{"tokenizer": "jieba"}`` and BM25 with our k1 and b, in a collection that is dropped
afterwards. That is the list of words alone, beside ours from the server, both against that of the folder.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import mean, median
from typing import TYPE_CHECKING

from eval import pages_made
from eval.alone import by_itself
from eval.cases import CASES
from eval.runs import chosen
from rag.assistant import Assistant
from rag.config import ROOT, Server, Settings, load
from rag.search import encode, library, sparse
from rag.search.milvus.server import connected
from rag.search.parts import dense_text
from rag.types import Article, Filters

if TYPE_CHECKING:
    from rag.search.searchable import Searchable

K = 10
_SENT = 500  # passages at a time


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two indexes agree: the mean share of the first one's hits that the second has, how many queries had any, and seconds."""

    overlap: float
    queries: int
    first: tuple[float, ...]
    second: tuple[float, ...]


@contextmanager
def lite(folder: Path) -> Iterator[str]:
    """``HOST:PORT`` of a milvus-lite that keeps its files in ``folder``, stopped when the block ends."""
    from milvus_lite.adapter.grpc.server import start_server_in_thread

    server, db, port = start_server_in_thread(data_dir=str(folder), host="127.0.0.1", port=0)
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(0).wait()
        db.close()


def queries(articles: Sequence[Article], count: int) -> list[tuple[str, Filters]]:
    """Titles, first and last words of ``articles``, and a filter that lets each of them pass: its day, its place or its file."""
    found: dict[str, Filters] = {}
    for n, article in enumerate(articles[:: max(1, len(articles) // count)]):
        text = article.text.strip().replace("\n", " ")
        date, place = article.published.date, article.city or article.province
        kinds = [Filters(since=date, until=date)] if date else []
        kinds += [Filters(place=place)] if place else []
        kinds.append(Filters(source=article.source))
        found |= {said: kinds[n % len(kinds)] for said in (article.title, text[:24], text[-24:]) if said}
    by = random.Random(count)  # noqa: S311 - no secret
    return by.sample(list(found.items()), min(count, len(found)))


def questions() -> list[str]:
    """The development cases that need no question before them."""
    return [case.query for case in chosen(CASES, "dev").cases if not case.history]


def agreement(
    first: Callable[[str, Filters | None], list[str]],
    second: Callable[[str, Filters | None], list[str]],
    asked: Sequence[tuple[str, Filters | None]],
) -> Agreement:
    """How what ``second`` finds agrees with what ``first`` finds; queries for which neither finds anything do not count."""
    shares, times = [], ([], [])  # type: tuple[list[float], tuple[list[float], list[float]]]
    for text, filters in asked:
        sets = []
        for find, took in zip((first, second), times, strict=True):
            began = time.perf_counter()
            sets.append(set(find(text, filters)))
            took.append(time.perf_counter() - began)
        if sets[0] or sets[1]:
            shares.append(len(sets[0] & sets[1]) / max(map(len, sets)))
    return Agreement(mean(shares) if shares else 0.0, len(shares), tuple(times[0]), tuple(times[1]))


def hits(assistant: Assistant) -> Callable[[str, Filters | None], list[str]]:
    """What finds the ids of the first :data:`K` passages."""
    return lambda text, filters: [hit.passage.id for hit in assistant.search(text, K, filters)]


def by_words(assistant: Assistant) -> Callable[[str, Filters | None], list[str]]:
    """The same by words alone."""
    store = assistant.store
    return lambda text, filters: _ids(store, store.by_words(assistant.wanted(text).tokens, K, filters))


def _ids(store: Searchable, found: Sequence[tuple[int, float]]) -> list[str]:
    return [passage.id for passage in store.read([row for row, _ in found])]


@contextmanager
def by_jieba(assistant: Assistant, settings: Settings) -> Iterator[Callable[[str, Filters | None], list[str]]]:
    """The same where the server cuts the passages of ``assistant`` and the question into words; filters are not looked at."""
    from pymilvus import DataType, Function, FunctionType

    assert isinstance(settings.store, Server)
    name, store = f"{settings.store.name}_jieba", assistant.store
    with connected(settings, settings.store) as connection:
        client = connection.client
        schema, indexes = client.create_schema(auto_id=False), client.prepare_index_params()
        schema.add_field("row", DataType.INT64, is_primary=True)
        analyzer = {"tokenizer": "jieba"}
        schema.add_field("text", DataType.VARCHAR, max_length=65_535, enable_analyzer=True, analyzer_params=analyzer)
        schema.add_field("words", DataType.SPARSE_FLOAT_VECTOR)
        schema.add_function(Function("bm25", FunctionType.BM25, input_field_names="text", output_field_names="words"))
        params = {"bm25_k1": sparse.K1, "bm25_b": sparse.B}
        indexes.add_index("words", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25", params=params)
        client.create_collection(name, schema=schema, index_params=indexes)
        try:
            rows = ({"row": row, "text": dense_text(passage)} for row, passage in enumerate(store.passages))
            while some := list(islice(rows, _SENT)):
                client.insert(name, some)
            client.flush(name)
            client.load_collection(name)

            def find(text: str, _filters: Filters | None) -> list[str]:
                wanted = assistant.wanted(text).meaning
                how = {"metric_type": "BM25"}
                (found,) = client.search(
                    name, data=[wanted], anns_field="words", limit=K, search_params=how, output_fields=["row"]
                )
                return _ids(store, [(hit["row"], hit["distance"]) for hit in found])

            yield find
        finally:
            client.drop_collection(name)


def _tell(what: str, found: Agreement) -> None:
    told = [
        f"{1000 * median(t):.1f} / {1000 * sorted(t)[int(0.95 * len(t))]:.1f} ms" for t in (found.first, found.second)
    ]
    print(f"{what:<22} overlap {found.overlap:.4f} over {found.queries}; folder {told[0]}, server {told[1]}")


def _silent(_what: str, _done: int, _total: int) -> None:
    pass


def compare(in_folder: Settings, on_server: Settings, count: int, *, cases: bool, jieba: bool) -> None:
    """Print how the two agree."""
    one, other = Assistant.open(in_folder), Assistant.open(on_server)
    asked = queries(one.articles, count)
    plain: list[tuple[str, Filters | None]] = [(text, None) for text, _ in asked]
    if cases:
        plain = [*((text, None) for text in questions()), *plain][:count]
    print(f"{len(one.store.passages)} passages; time a query: median / 95th percentile")
    _tell("both lists", agreement(hits(one), hits(other), plain))
    _tell("both lists, filtered", agreement(hits(one), hits(other), list(asked)))
    _tell("words", agreement(by_words(one), by_words(other), plain))
    if jieba:
        with by_jieba(other, on_server) as find:
            _tell("words, server's jieba", agreement(by_words(one), find, plain))


def main() -> None:
    """Build what is asked for and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("server", help="milvus://HOST:PORT/NAME, or lite")
    parser.add_argument("--store", type=Path, help="the folder of the same index")
    parser.add_argument("--pages", type=Path, nargs="+", help="build both of these first")
    parser.add_argument("--made", type=int, metavar="N", help="build both of N made-up pages first")
    parser.add_argument("--cases", action="store_true", help="ask the questions of the development split first")
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--jieba", action="store_true", help="also measure the server's own words")
    args = parser.parse_args()
    if args.server == "lite" and not (args.made or args.pages):
        parser.error("lite holds nothing; add --pages PATH or --made N")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        if args.server != "lite":
            _run(args, home, args.server)
            return
        with lite(home / "lite") as address:
            _run(args, home, f"milvus://{address}/made")


def _run(args: argparse.Namespace, home: Path, address: str) -> None:
    in_folder, on_server = load(store=args.store), load(store=address)
    pages = tuple(args.pages or ())
    if args.made:
        pages = (home / "pages",)
        pages_made.make(pages[0], args.made, "txt", ROOT / "seeds")
    if pages:
        in_folder, on_server = load(store=home / "index", pages=pages), load(store=address, pages=pages)
        for where, settings in (("folder", in_folder), ("server", on_server)):
            done = library.update(settings, encode.load(settings.encoder), _silent)
            print(f"{where}: {done.passages} passages built in {done.seconds:.1f} s")
    compare(in_folder, on_server, args.queries, cases=args.cases, jieba=args.jieba)


if __name__ == "__main__":
    by_itself(main)
