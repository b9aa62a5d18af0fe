"""Learn the weights by which sentences are ranked, and the gate that tells whether there is an answer.

    python -m rag.train.evidence --answered SET_DIR ... --removed SET_DIR ... --out rag/models

A set is a folder with ``corpus.jsonl.gz`` ({"id", "title", "text"}) and ``queries.jsonl.gz`` ({"id", "query",
"answers", "positive_ids", "answerable"}). ``--answered`` sets teach the ranking. The gate learns from ``--removed`` sets, some of
whose questions have lost their paragraph (``answerable`` false), and from the ``--answered`` ones clipped: the sentences that
answer a third of the questions are taken out and what stands around them is left, which makes near misses.
Of every set only the questions whose id hashes to an even number are used; the others are left for measuring. Where the
encoder was trained on a set too, only ``--measure`` sets are wholly untouched.

Ranking: the probability that a sentence is the one holding the answer is the softmax of its score among all
sentences of the passages found; its mean negative logarithm is minimised (ListNet's top-one loss, Cao et al. 2007,
doi:10.1145/1273496.1273513). Trees over the same features are then added (:mod:`rag.train.boost`). Gate: logistic regression on the features of the best sentence that may hold the answer, over
the questions that no constraint refuses.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rag.answer import aim, bearing, gate
from rag.answer.asked.question import Question, read
from rag.answer.evidence import TREES, WEIGHTS, Span, order, score, spans
from rag.answer.features import FEATURES, features
from rag.answer.trees import Tree, plant
from rag.config import Settings
from rag.ingest.article import articles
from rag.ingest.read import read_page, sources
from rag.search import encode
from rag.search.retrieve import Searcher, retrieve
from rag.search.store import Store, assemble
from rag.train import boost
from rag.types import Article, Kind
from rag.zh import normalise, sentences

FIXED = {"place": 4.0, "year": 2.0, "quoted": 0.5}
"""Weights set by hand: hardly any question of the training sets insists on a place, a year or a name in quotes."""

OWN = 0.5
"""How much the cases of our own weigh in the ranking: they are few, and worded unlike their answers, as questions here are."""

OWN_TREES = 3.0
"""How many questions of others one of our own counts for where trees are learned; from 5 on they are learned by heart."""

TOP = 8
"""Passages a question's sentences are taken from, as in the product."""


Scorer: TypeAlias = Callable[[NDArray[np.float32]], NDArray[np.floating[Any]]]
"""From a table of features, shape (sentences, features), to the scores, shape (sentences,)."""


@dataclass(frozen=True, slots=True)
class Example:
    """One question: the features of its candidate sentences and which of them hold an answer."""

    question: Question
    table: NDArray[np.float32]
    gold: NDArray[np.bool_]
    spans: Sequence[Span]
    answerable: bool


@dataclass(frozen=True, slots=True)
class Set:
    """A set to learn from or to measure on; ``clipped``, without the sentences that answer a third of its questions."""

    folder: Path
    clipped: bool = False

    @property
    def name(self) -> str:
        """What reports call it."""
        return f"{self.folder.name}{' clipped' if self.clipped else ''}"


def kept(query_id: str) -> bool:
    """Whether a question is for training (even hash) rather than for measuring."""
    return hashlib.sha256(query_id.encode()).digest()[0] % 2 == 0


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from (json.loads(line) for line in file)


def cut(query_id: str) -> bool:
    """Whether the sentences that answer a question are taken out where a set is clipped: one in three."""
    return hashlib.sha256(query_id.encode()).digest()[1] % 3 == 0


def clip(text: str, answers: Sequence[str]) -> str:
    """``text`` without the sentences that hold one of ``answers`` (normal form); what stands around them stays."""
    left = [(a, b) for a, b in sentences(text) if not any(x in normalise(text[a:b]) for x in answers)]
    return "\n".join(text[a:b] for a, b in left)


def index(source: Set, settings: Settings, encoder: encode.Encoder) -> Store:
    """The corpus of a set, indexed in memory."""
    folder, gone = source.folder, defaultdict[str, list[str]](list)
    if source.clipped:
        for row in _rows(folder / "queries.jsonl.gz"):
            for id_ in row["positive_ids"] if cut(row["id"]) else ():
                gone[id_] += [normalise(a) for a in row["answers"] if a.strip()]
    documents = []
    for row in _rows(folder / "corpus.jsonl.gz"):
        text = clip(row["text"], gone[row["id"]]) if row["id"] in gone else row["text"]
        paragraphs = tuple(p for p in text.split("\n") if p.strip())
        documents.append(Article(row["id"], row["id"], Kind.DOCUMENT, row["title"], paragraphs or ("……",)))
    return assemble(documents, settings, encoder)


def examples(
    source: Set, limit: int, settings: Settings, encoder: encode.Encoder, *, train: bool | None
) -> list[Example]:
    """At most ``limit`` questions of a set with their candidate sentences; ``train`` says from which half, or both.

    In a clipped set a question is answerable if its answer is still there.
    """
    store, folder = index(source, settings, encoder), source.folder
    searcher = Searcher(store, encoder, candidates=settings.candidates)
    rows = [row for row in _rows(folder / "queries.jsonl.gz") if train is None or kept(row["id"]) is train]
    random.Random(0).shuffle(rows)
    found = []
    for row in rows[:limit]:
        question = read(row["query"])
        hits = retrieve(searcher, row["query"], TOP)
        candidates = spans(hits)
        if not candidates:
            continue
        table = features(question, hits, candidates, store, encoder)
        answers = [normalise(a) for a in row["answers"]]
        positive = set(row["positive_ids"])
        gold = np.array(
            [s.passage.article_id in positive and any(a in normalise(s.text) for a in answers) for s in candidates]
        )
        there = bool(row.get("answerable", True))
        if source.clipped:
            there = any(a in normalise(store.articles[id_].text) for id_ in positive for a in answers)
        found.append(Example(question, table, gold, candidates, there))
    return found


def own_examples(files: Sequence[Path], pages: Path, settings: Settings, encoder: encode.Encoder) -> list[Example]:
    """The answerable questions of ``files`` (form of eval/cases) set apart for development, over ``pages``, which hold their quotes."""
    read_pages = (read_page(source) for source in sources([pages]))
    store = assemble([article for page in read_pages for article in articles(page)], settings, encoder)
    searcher = Searcher(store, encoder, candidates=settings.candidates)
    found = []
    for row in (json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()):
        if not row["answerable"] or row.get("split") != "dev" or row.get("history"):
            continue
        question, quotes = read(row["query"]), [_unspaced(e["quote"]) for e in row["evidence"]]
        hits = retrieve(searcher, row["query"], TOP)
        candidates = spans(hits)
        texts = [_unspaced(s.text) for s in candidates]
        quoted = np.array([any(q in t or t in q for q in quotes) for t in texts])
        # Of a quote of several sentences those count that hold a fact.
        facts = [_unspaced(fact) for one_of in row["answer_keys"] for fact in one_of]
        held = quoted & np.array([any(fact in t for fact in facts) for t in texts])
        gold = held if held.any() else quoted
        found.append(
            Example(question, features(question, hits, candidates, store, encoder), gold, candidates, answerable=True)
        )
    return found


def _unspaced(text: str) -> str:
    """``text`` in normal form without spaces; its marks stay, for a sentence of nothing else would stand in every quote."""
    return re.sub(r"\s", "", normalise(text))


def fit_ranking(
    data: Sequence[Example], own: Sequence[Example] = (), steps: int = 400, rate: float = 0.05, decay: float = 1e-3
) -> NDArray[np.float64]:
    """Weights of :data:`FEATURES` by gradient descent (Adam) on the top-one loss; ``own`` counts for :data:`OWN` of it."""
    share = OWN if own else 0.0
    used = [
        (e, part / len(sound))
        for examples, part in ((data, 1 - share), (own, share))
        if (sound := [e for e in examples if e.gold.any() and not e.gold.all()])
        for e in sound
    ]
    weights = np.array([FIXED.get(name, 0.0) for name in FEATURES])
    free = np.array([name not in FIXED for name in FEATURES])
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, steps + 1):
        slope = decay * weights
        for e, part in used:
            scores = e.table @ weights
            p = np.exp(scores - scores.max())
            p /= p.sum()
            inside = p * e.gold
            slope = slope + part * ((p - inside / inside.sum()) @ e.table)
        mean, square = 0.9 * mean + 0.1 * slope, 0.999 * square + 0.001 * slope**2
        weights -= free * rate * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return weights


def fit_gate(
    pairs: Sequence[tuple[Sequence[float], bool]], steps: int = 3000, decay: float = 1e-3
) -> tuple[list[float], float]:
    """``(weights, bias)`` of a logistic regression, both outcomes weighing the same in all."""
    x = np.array([p[0] for p in pairs])
    y = np.array([p[1] for p in pairs], float)
    share = np.where(y == 1, 0.5 / y.mean(), 0.5 / (1 - y.mean()))
    w, b = np.zeros(x.shape[1]), 0.0
    for _ in range(steps):
        p = 1 / (1 + np.exp(-(x @ w + b)))
        miss = share * (p - y)
        w -= 0.5 * (miss @ x / len(y) + decay * w)
        b -= 0.5 * miss.mean()
    return [float(v) for v in w], float(b)


def fit_trees(data: Sequence[Example], own: Sequence[Example], weights: NDArray[np.float64]) -> list[Tree]:
    """The trees to add to the sum by ``weights``; one of ``own`` counts for :data:`OWN_TREES` of ``data``."""
    lessons = [
        boost.Lesson(e.table, np.asarray(score(e.table, weights), np.float64), e.gold, weight)
        for examples, weight in ((data, 1.0), (own, OWN_TREES))
        for e in examples
    ]
    return boost.grow(lessons, FEATURES)


def hit_rates(data: Sequence[Example], by: Scorer) -> tuple[float, float]:
    """Shares of questions whose answer is in the first sentence, and in the first three."""
    return _rates([e.gold[np.argsort(-by(e.table), kind="stable")[:3]].tolist() for e in data if e.answerable])


def shown_rates(data: Sequence[Example], by: Scorer) -> tuple[float, float]:
    """The same in the order in which an answer shows them: by their form too, and the fact asked for first."""
    told = []
    for e in (e for e in data if e.answerable):
        gold = {id(span) for span, is_gold in zip(e.spans, e.gold, strict=True) if is_gold}
        ranked = bearing.first(e.question, aim.aimed(e.question, order(e.spans, e.table, by(e.table))))
        told.append([id(one.span) in gold for one in ranked[:3]])
    return _rates(told)


def _rates(told: Sequence[Sequence[bool]]) -> tuple[float, float]:
    """Of how many questions the first sentence holds an answer, and of how many one of the first three; ``told`` says it of these."""
    return sum(any(held[:1]) for held in told) / len(told), sum(map(any, told)) / len(told)


def area(pairs: Sequence[tuple[float, bool]]) -> float:
    """Area under the ROC curve of (score, answerable) pairs: the chance that an answerable one scores higher."""
    good = np.array([s for s, y in pairs if y])
    bad = np.array([s for s, y in pairs if not y])
    return float(np.mean(good[:, None] > bad[None, :]) + 0.5 * np.mean(good[:, None] == bad[None, :]))


@dataclass(frozen=True, slots=True)
class Judged:
    """A question as the gate saw it: its signals, whether any sentence may hold the answer at all, and whether one does."""

    signals: list[float]
    borne: bool
    answerable: bool


def judged(data: Sequence[Example], by: Scorer) -> list[Judged]:
    """What the gate sees of each of ``data`` ranked ``by`` scores."""
    ranked = [(e, order(e.spans, e.table, by(e.table))) for e in data]
    return [
        Judged(gate.signals(e.question, found), bool(bearing.bearing(e.question, found)), e.answerable)
        for e, found in ranked
    ]


BINS = (0.0, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0)
"""Edges of the reliability table."""


def reliability(told: Sequence[tuple[float, bool]]) -> list[str]:
    """A line for each bin of probability: questions in it, mean probability, share with an answer."""
    lines = []
    for low, high in pairwise(BINS):
        inside = [(p, y) for p, y in told if low <= p < high or (high == 1 and p == 1)]
        if inside:
            mean, share = (float(np.mean(column)) for column in zip(*inside, strict=True))
            lines.append(f"{low:.2f}-{high:.2f} {len(inside):5} {mean:.2f} {share:.2f}")
    return lines


def main() -> None:
    """Train, report on the halves left out, and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answered", type=Path, nargs="+", required=True)
    parser.add_argument("--removed", type=Path, nargs="+", required=True)
    parser.add_argument(
        "--own",
        type=Path,
        nargs="*",
        default=[],
        help="files of cases (eval/cases), of which dev ones are learned from",
    )
    parser.add_argument("--pages", type=Path, default=Path("seeds"), help="the pages these are about")
    parser.add_argument("--measure", type=Path, nargs="*", default=[], help="sets to report on only")
    parser.add_argument("--out", type=Path, required=True, help="the folder for both files")
    parser.add_argument("--encoder", default=encode.BUNDLED)
    parser.add_argument("--limit", type=int, default=1500, help="questions a set")
    parser.add_argument(
        "--keep", action="store_true", help="learn the trees alone, over the weights there are in --out"
    )
    parser.add_argument(
        "--figures", action="store_true", help="learn nothing: print the figures of what there is in --out"
    )
    parser.add_argument("--judged", type=int, default=1000, help="questions a set for the gate, and to report on")
    args = parser.parse_args()
    settings, encoder = Settings(), encode.load(args.encoder)

    def of(sets: Sequence[Set], limit: int, *, train: bool | None) -> list[Example]:
        return [e for s in sets for e in examples(s, limit, settings, encoder, train=train)]

    answered, removed = [Set(f) for f in args.answered], [Set(f) for f in args.removed]
    clipped = [Set(f, clipped=True) for f in args.answered]
    former = json.loads((args.out / WEIGHTS.name).read_text("utf-8")) if args.keep or args.figures else {}
    if args.figures:
        weights = np.array([former["weights"][name] for name in FEATURES])
        trees = json.loads((args.out / TREES.name).read_text("utf-8"))
    else:
        own, asked = own_examples(args.own, args.pages, settings, encoder), of(answered, args.limit, train=True)
        weights = np.array([former["weights"][name] for name in FEATURES]) if former else fit_ranking(asked, own)
        trees = fit_trees(asked, own, weights)
        (args.out / TREES.name).write_text("[\n" + ",\n".join(json.dumps(tree) for tree in trees) + "\n]\n", "utf-8")
        del asked
    for name, weight in zip(FEATURES, weights, strict=True):
        print(f"{name:16} {weight:7.3f}")
    forest = plant(trees, FEATURES)

    def by(table: NDArray[np.float32]) -> NDArray[np.floating[Any]]:
        return score(table, weights, forest)

    if former:
        slopes, bias = [former["gate"][name] for name in gate.SIGNALS], former["bias"]
    else:
        seen = judged(of([*removed, *clipped], args.judged, train=True), by)
        slopes, bias = fit_gate([(j.signals, j.answerable) for j in seen if j.borne])
        table = {
            "weights": {n: round(float(w), 4) for n, w in zip(FEATURES, weights, strict=True)},
            "gate": {n: round(s, 4) for n, s in zip(gate.SIGNALS, slopes, strict=True)},
            "bias": round(bias, 4),
        }
        (args.out / WEIGHTS.name).write_text(json.dumps(table, indent=1) + "\n", "utf-8")
    for name, slope in zip(gate.SIGNALS, slopes, strict=True):
        print(f"gate {name:16} {slope:7.3f}")

    for source, half in [*((s, False) for s in answered), *((Set(f), None) for f in args.measure)]:
        asked = of([source], args.judged, train=half)
        for how, rates in (
            ("by the sum", hit_rates(asked, lambda table: score(table, weights))),
            ("with the trees", hit_rates(asked, by)),
            ("as shown", shown_rates(asked, by)),
        ):
            print(
                f"{source.name} {how}: answer in the first sentence {rates[0]:.3f}, in the first three {rates[1]:.3f}"
            )
    for source in [*removed, *clipped]:
        left = judged(of([source], args.judged, train=False), by)
        told = [(float(1 / (1 + np.exp(-np.dot(j.signals, slopes) - bias))) * j.borne, j.answerable) for j in left]
        print(f"{source.name}: area under the ROC curve {area(told):.3f}; probability, questions, its mean, answerable")
        print("\n".join(reliability(told)))


if __name__ == "__main__":
    main()
