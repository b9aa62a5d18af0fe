"""The parts of an index: passages, their words and their vectors. What an earlier index has of them is taken from there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from rag import zh
from rag.errors import InputError
from rag.ingest import split, workers
from rag.search import dense, sparse, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from rag.config import Settings
    from rag.ingest.read import Progress
    from rag.search.encode import Encoder
    from rag.types import Article, Passage

_BATCH = 2048  # passages encoded between two reports of progress
_ARTICLES = 256  # articles sent to a process at a time
_WORTH_IT = 8000  # articles to cut from which the second it takes to start processes pays


@dataclass(frozen=True)
class Earlier:
    """What an earlier index has that still holds; empty parts are made anew.

    Row ``n`` of ``tokens`` and ``dense`` is that of ``passages[n]``. ``whole`` are the articles whose passages are those
    that splitting them now would give.
    """

    whole: Mapping[str, Article] = field(default_factory=dict)
    passages: Sequence[Passage] = ()
    tokens: words.Tokens = words.EMPTY
    dense: dense.Index | None = None

    @cached_property
    def by_article(self) -> Mapping[str, list[Passage]]:
        """The passages of each article, in order."""
        found: dict[str, list[Passage]] = {}
        for passage in self.passages:
            found.setdefault(passage.article_id, []).append(passage)
        return found

    @cached_property
    def rows(self) -> Mapping[tuple[str, str], int]:
        """The row of each passage by what words and vector depend on: its id, which stands for its text, and its head."""
        return {(passage.id, passage.head): row for row, passage in enumerate(self.passages)}


@dataclass(frozen=True)
class Parts:
    """All an index is made of. The rows of ``tokens``, ``dense`` and ``sparse`` are places in ``passages``.

    ``fresh`` counts the passages that had to be ``split``, cut into ``words`` and ``encoded``.
    """

    articles: Mapping[str, Article]
    passages: tuple[Passage, ...]
    tokens: words.Tokens
    dense: dense.Index
    sparse: sparse.Index
    fresh: Mapping[str, int]


def dense_text(passage: Passage) -> str:
    """What the encoder is given of a passage."""
    return zh.normalise(f"{passage.head}\n{passage.text}" if passage.head else passage.text)


def make(  # noqa: PLR0913, PLR0917 - what an index is made of, and how
    articles: Iterable[Article],
    settings: Settings,
    encoder: Encoder,
    report: Progress,
    earlier: Earlier | None = None,
    jobs: int = 1,
) -> Parts:
    """The parts of the index of ``articles``: the same whether they are made or taken from an ``earlier`` one.

    Raises
    ------
    InputError
        If the articles hold not a word, or two of them have the same id.
    """
    earlier = earlier or Earlier()
    by_id = _by_id(articles)
    passages, split_anew = _passages(by_id, settings.max_passage, earlier, report, jobs)
    rows = np.fromiter((earlier.rows.get((p.id, p.head), -1) for p in passages), np.int64, len(passages))
    cut_anew = rows < 0 if len(earlier.tokens) else np.ones(len(rows), np.bool_)
    tokens = words.cut([passages[n] for n in np.flatnonzero(cut_anew)], jobs, report)
    places = rows.copy()
    places[cut_anew] = len(earlier.tokens) + np.arange(int(cut_anew.sum()))
    tokens = words.chosen(earlier.tokens, tokens, places)
    if not len(tokens.ids):
        raise InputError(f"nothing to index: {len(by_id)} articles without a word were given; check the setting pages")
    encode_anew = np.ones(len(rows), np.bool_)
    vectors = np.empty((len(passages), encoder.dim), np.float32)
    if earlier.dense is not None:
        encode_anew = rows < 0
        vectors[~encode_anew] = dense.vectors(earlier.dense)[rows[~encode_anew]]
    _encode(encoder, passages, np.flatnonzero(encode_anew), vectors, report)
    fresh = {"split": split_anew, "words": int(cut_anew.sum()), "encoded": int(encode_anew.sum())}
    with ThreadPoolExecutor(1) as beside:  # both let go of the interpreter's lock
        by_words = beside.submit(sparse.build_from, tokens)
        by_meaning = dense.build(vectors)
        del vectors
    return Parts(by_id, passages, tokens, by_meaning, by_words.result(), fresh)


def _by_id(articles: Iterable[Article]) -> dict[str, Article]:
    by_id: dict[str, Article] = {}
    for article in articles:
        if (other := by_id.setdefault(article.id, article)) is not article:
            raise InputError(f"two articles have the id {article.id!r}: from {other.source!r} and {article.source!r}")
    return by_id


def _passages(
    articles: Mapping[str, Article], limit: int, earlier: Earlier, report: Progress, jobs: int
) -> tuple[tuple[Passage, ...], int]:
    """The passages of all articles, and how many of them had to be split off now."""
    anew = [article for article in articles.values() if earlier.whole.get(article.id) != article]
    # To hand an article to another process takes longer than to split one whose paragraphs all fit.
    to_cut: list[Article] = []
    fitting: list[Article] = []
    for article in anew:
        (to_cut if any(len(paragraph) > limit for paragraph in article.paragraphs) else fitting).append(article)
    split_off: dict[str, Sequence[Passage]] = {}
    report("split", 0, len(anew))
    function = partial(_split, limit=limit)
    for some, many in ((to_cut, jobs if len(to_cut) >= _WORTH_IT else 1), (fitting, 1)):
        for at, found in workers.in_batches(function, some, many, _ARTICLES):
            split_off |= {a.id: passages for a, passages in zip(some[at : at + _ARTICLES], found, strict=True)}
            report("split", len(split_off), len(anew))
    report("split", len(anew), len(anew))
    every = (split_off[name] if name in split_off else earlier.by_article.get(name, ()) for name in articles)
    return tuple(chain.from_iterable(every)), sum(map(len, split_off.values()))


def _split(articles: Sequence[Article], limit: int) -> list[list[Passage]]:
    return [split.split(article, limit) for article in articles]


def _encode(
    encoder: Encoder, passages: Sequence[Passage], rows: NDArray[np.intp], out: NDArray[np.float32], report: Progress
) -> None:
    """Write the vectors of ``passages[rows]`` into ``out[rows]``."""
    for at in range(0, len(rows), _BATCH):
        report("encode", at, len(rows))
        some = rows[at : at + _BATCH]
        out[some] = encoder.encode_passages([dense_text(passages[n]) for n in some])
    report("encode", len(rows), len(rows))
