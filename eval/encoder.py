"""Measure an encoder alone: ``python -m eval.encoder MODEL SET ...``.

A set is a folder of ``corpus.jsonl.gz`` ({"id", "title", "text"}) and ``queries.jsonl.gz`` ({"id", "query",
"positive_ids"}). Recall@k is the share of questions with at least one of their passages among the k nearest by
cosine, over all passages of the set. Titles are not encoded. ``--held`` asks only the questions that no recipe
of this project was trained on (see :mod:`rag.train.texts`); the passages searched stay all of them.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag import zh
from rag.search import encode
from rag.train.texts import held, rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

CUTS = (1, 5, 10)


@dataclass(frozen=True, slots=True)
class Set:
    """Passages, questions, and for each question the places of its passages."""

    name: str
    passages: tuple[str, ...]
    queries: tuple[str, ...]
    positives: tuple[frozenset[int], ...]


def read(folder: Path, only_held: bool) -> Set:
    """A set from its folder; questions without a passage are left out, and trained-on ones when ``only_held``."""
    corpus = [(str(row["id"]), str(row["text"])) for row in rows(folder / "corpus.jsonl.gz")]
    place = {name: i for i, (name, _) in enumerate(corpus)}
    queries, positives = [], []
    for row in rows(folder / "queries.jsonl.gz"):
        names: Sequence[str] = row["positive_ids"]  # type: ignore[assignment]
        found = frozenset(place[name] for name in names if name in place)
        if found and (not only_held or all(held(corpus[i][1]) for i in found)):
            queries.append(str(row["query"]))
            positives.append(found)
    return Set(folder.name, tuple(text for _, text in corpus), tuple(queries), tuple(positives))


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


def measure(encoder: encode.Encoder, data: Set) -> str:
    """One line of figures: recall at each cut, and passages encoded in a second (their normal form not counted)."""
    texts = [zh.normalise(text) for text in data.passages]
    began = time.perf_counter()
    passages = encoder.encode_passages(texts)
    seconds = time.perf_counter() - began
    ranks = first_ranks(encoder.encode_queries([zh.normalise(text) for text in data.queries]), passages, data.positives)
    recall = "  ".join(f"recall@{k} {float((ranks < k).mean()):.4f}" for k in CUTS)
    speed = f"{len(data.passages) / seconds:,.0f} passages/s of {sum(map(len, texts)) / len(texts):.0f} characters"
    return f"{data.name:24} {len(data.queries):6,} questions  {len(data.passages):7,} passages  {recall}  {speed}"


def main(argv: list[str] | None = None) -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="static-zh-en, or any sentence-transformers model by name or path")
    parser.add_argument("sets", type=Path, nargs="+", help="folders with corpus.jsonl.gz and queries.jsonl.gz")
    parser.add_argument("--held", action="store_true", help="only questions that were never trained on")
    args = parser.parse_args(argv)
    encoder = encode.load(args.model)
    print(f"{encoder.name}, {encoder.dim} dimensions{', held questions only' if args.held else ''}")
    for folder in args.sets:
        print(measure(encoder, read(folder, args.held)), flush=True)


if __name__ == "__main__":
    main()
