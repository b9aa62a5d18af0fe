"""How well documents are found: ``python -m eval.retrieval SET_DIR ...``.

A set is a folder with ``corpus.jsonl.gz`` (id, title, text) and ``queries.jsonl.gz`` (id, query, positive_ids). Its
documents are split and indexed like the articles of a page, and a document counts as found at the rank of its first
passage among the documents. Printed for BM25, the encoder, and both fused: recall at 1, 5 and 10 (the share of queries
with a positive document that far up), and the mean reciprocal rank within the first ten.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from eval.metrics import recall_at, reciprocal_rank
from rag import config
from rag.errors import InputError, RagError
from rag.search import encode, store
from rag.search.fuse import fuse
from rag.search.retrieve import search, weights
from rag.types import Article, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DEPTH = 10
"""How many documents are looked at."""


class Query(NamedTuple):
    """A question and the documents that answer it."""

    text: str
    positive: frozenset[str]


def _records(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)
    except (OSError, EOFError, json.JSONDecodeError) as error:
        raise InputError(
            f"{path}: cannot be read ({error}); give a folder with corpus.jsonl.gz and queries.jsonl.gz"
        ) from error


def documents(folder: Path) -> Iterator[Article]:
    """The corpus of a set, each document as an article of kind ``document``; those without text are left out."""
    for record in _records(folder / "corpus.jsonl.gz"):
        if paragraphs := tuple(p for line in record["text"].splitlines() if (p := line.strip())):
            yield Article(
                record["id"], folder.name, Kind.DOCUMENT, record["title"], paragraphs, document_id=record["id"]
            )


def queries(folder: Path, half: bool = False) -> list[Query]:
    """The answerable queries of a set; with ``half``, those whose id has an even SHA-256, to tune on."""
    return [
        Query(record["query"], frozenset(record["positive_ids"]))
        for record in _records(folder / "queries.jsonl.gz")
        if record["positive_ids"] and not (half and hashlib.sha256(record["id"].encode()).digest()[-1] % 2)
    ]


def first_found(found: Sequence[str], positive: frozenset[str]) -> int | None:
    """The 1-based rank of the first positive among the distinct ``found`` documents, best first."""
    distinct = list(dict.fromkeys(found))[:DEPTH]
    return next((n for n, document in enumerate(distinct, 1) if document in positive), None)


def measure(found: Sequence[Sequence[str]], asked: Sequence[Query]) -> dict[str, float]:
    """Recall at 1, 5 and 10 and the mean reciprocal rank of the documents ``found`` for each query ``asked``."""
    ranks = [first_found(documents, query.positive) for documents, query in zip(found, asked, strict=True)]
    figures = {f"recall@{k}": recall_at(ranks, k) for k in (1, 5, 10)}
    figures["MRR"] = sum(reciprocal_rank([rank]) for rank in ranks) / len(ranks)
    return figures


def run(folder: Path, settings: config.Settings, encoder: encode.Encoder, *, half: bool) -> None:
    """Index the set in ``folder``, ask its queries and print the figures."""
    asked = queries(folder, half)
    if not asked:
        raise InputError(f"{folder}: has no query with positive documents")
    began = time.perf_counter()
    index = store.assemble(documents(folder), settings, encoder)
    built = time.perf_counter() - began
    lists: dict[str, list[list[str]]] = {"BM25": [], "dense": [], "fused": []}
    began = time.perf_counter()
    for query in asked:
        rows = search(index, encoder, query.text, settings.candidates)
        fused = [found.row for found in fuse(rows, weights(query.text))]
        for name, places in (("BM25", rows["sparse"]), ("dense", rows["dense"]), ("fused", fused)):
            lists[name].append([index.passages[row].article_id for row in places])
    milliseconds = 1000 * (time.perf_counter() - began) / len(asked)
    counts = index.manifest.counts
    print(
        f"{folder.name}: {len(asked)} queries, {counts['articles']} documents, {counts['passages']} passages; "
        f"built in {built:.1f} s, {milliseconds:.1f} ms a query"
    )
    for name, found in lists.items():
        figures = "  ".join(f"{what} {value:.4f}" for what, value in measure(found, asked).items())
        print(f"  {name:6} {figures}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m eval.retrieval", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("sets", nargs="+", type=Path, metavar="SET_DIR")
    parser.add_argument("--encoder", help="an encoder other than the one configured")
    parser.add_argument("--half", action="store_true", help="only a fixed half of the queries, to tune on")
    options = parser.parse_args(arguments)
    try:
        settings = config.load(encoder=options.encoder)
        encoder = encode.load(settings.encoder)
        print(f"encoder {encoder.name}, passages of at most {settings.max_passage} characters")
        for folder in options.sets:
            run(folder, settings, encoder, half=options.half)
    except RagError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
