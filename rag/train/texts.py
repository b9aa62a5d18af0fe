"""The texts a recipe learns from, and which of them it must leave alone.

A measurement on what was trained on says nothing, so sets are split once and for all by content: a passage is
*held* when the SHA-256 of its text is odd, and a question is held when all its passages are. Held passages and
their questions never reach a recipe that was told to take half of a set.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple


class Pair(NamedTuple):
    """A question and a passage that answers it, or a sentence and its translation."""

    query: str
    passage: str


def held(text: str) -> bool:
    """Whether ``text`` belongs to the half that is never trained on."""
    return hashlib.sha256(text.encode("utf-8")).digest()[-1] % 2 == 1


def rows(path: Path) -> Iterator[dict[str, object]]:
    """The objects of a JSON-lines file, compressed or not."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def read_pairs(path: Path) -> list[Pair]:
    """Pairs of a set.

    A folder holds ``corpus.jsonl.gz`` (id, text) and ``queries.jsonl.gz`` (query, positive_ids);
    a file holds lines with ``en`` and ``zh``.
    """
    if path.is_file():
        return [Pair(str(row["en"]), str(row["zh"])) for row in rows(path)]
    texts = {row["id"]: str(row["text"]) for row in rows(path / "corpus.jsonl.gz")}
    return [
        Pair(str(row["query"]), texts[name])
        for row in rows(path / "queries.jsonl.gz")
        for name in row["positive_ids"]  # type: ignore[attr-defined]
        if name in texts
    ]


def training_half(pairs: list[Pair]) -> list[Pair]:
    """The pairs that may be trained on: no held passage, and no question that a held passage answers too."""
    kept_back = {pair.query for pair in pairs if held(pair.passage)}
    return [pair for pair in pairs if not held(pair.passage) and pair.query not in kept_back]


def sentences(text: str) -> list[str]:
    """Sentences of 6 to 120 characters; what is longer is cut at commas."""
    found = []
    for sentence in re.split(r"(?<=[。！？；\n])", text):
        parts = [sentence] if len(sentence) <= 120 else re.findall(r"[^，,]{1,119}(?:[，,]|.|$)", sentence)
        found += [part.strip() for part in parts if 6 <= len(part.strip()) <= 120]
    return found


def read_texts(path: Path, limit: int, rng: random.Random) -> list[str]:
    """At most ``limit`` sentences of a file, drawn at random.

    Parameters
    ----------
    path : Path
        ``.txt``: one sentence a line. JSON lines: every ``text``, ``zh`` and ``en``. A folder: its corpus.jsonl.gz.
    limit : int
        How many to keep.
    rng : random.Random
        Draws them.
    """
    if path.is_dir():
        path = path / "corpus.jsonl.gz"
    if path.suffix == ".txt":
        found = [line.strip()[:300] for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    else:
        found = []
        for row in rows(path):
            found += [str(row[key])[:300] for key in ("en", "zh") if key in row]
            found += sentences(str(row.get("text", "")))
    found = list(dict.fromkeys(found))
    return rng.sample(found, min(limit, len(found)))


def unique(texts: Iterable[str], without: set[str]) -> list[str]:
    """``texts`` in their order, once each, without those in ``without``."""
    return [text for text in dict.fromkeys(texts) if text not in without]
