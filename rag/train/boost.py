"""Trees to add to the weighted sum by which sentences are ranked, by gradient boosting (home of LightGBM).

What is minimised is that of the sum: the negative logarithm of the probability that a sentence with the answer has by the softmax of the scores of
all sentences (ListNet's top-one loss, Cao et al. 2007, doi:10.1145/1273496.1273513), with the sum's scores to begin from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.answer.trees import Tree

ROUNDS, LEAVES, RATE = 200, 8, 0.05
"""Trees, leaves of each, and how much of what a tree says is added."""

LEAST, SHRINK = 100, 20.0
"""Sentences in a leaf at least, and what draws its value to 0. With fewer and less, the own cases are learned by heart (eval/LOG.md)."""

AMONG = 30
"""Sentences of a question that are learned from, the best by the sum: the others are not in question."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A question to learn from: the features of its sentences, their scores so far, which hold the answer, and what it weighs."""

    table: NDArray[np.float32]
    scores: NDArray[np.float64]
    gold: NDArray[np.bool_]
    weight: float = 1.0

    def foremost(self) -> Lesson:
        """The same with the best :data:`AMONG` sentences only."""
        best = np.argsort(-self.scores, kind="stable")[:AMONG]
        return Lesson(self.table[best], self.scores[best], self.gold[best], self.weight)


def slopes(
    scores: NDArray[np.float64], gold: NDArray[np.bool_], sizes: Sequence[int], weights: Sequence[float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """First and second derivative (of the latter the positive part) of the loss after each score; questions one behind the other, of ``sizes`` sentences."""
    starts = np.cumsum([0, *sizes[:-1]])
    of = np.repeat(np.arange(len(sizes)), sizes)
    raised = np.exp(scores - np.maximum.reduceat(scores, starts)[of])
    p = raised / np.add.reduceat(raised, starts)[of]
    held = raised * gold
    q = held / np.add.reduceat(held, starts)[of]
    weight = np.asarray(weights)[of]
    return weight * (p - q), weight * np.maximum(p * (1 - p), 1e-4)


def grow(lessons: Sequence[Lesson], names: Sequence[str], rounds: int = ROUNDS) -> list[Tree]:
    """The trees, over the features ``names``; the same for the same lessons."""
    import lightgbm

    used = [near for one in lessons if (near := one.foremost()).gold.any() and not near.gold.all()]
    sizes, weights = [len(one.gold) for one in used], [one.weight for one in used]
    gold = np.concatenate([one.gold for one in used])

    def objective(scores: NDArray[np.float64], _: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return slopes(scores, gold, sizes, weights)

    data = lightgbm.Dataset(
        np.concatenate([one.table for one in used]),
        label=gold.astype(float),
        init_score=np.concatenate([one.scores for one in used]),
        feature_name=list(names),
    )
    settings = {
        "objective": objective,
        "num_leaves": LEAVES,
        "learning_rate": RATE,
        "min_data_in_leaf": LEAST,
        "lambda_l2": SHRINK,
        "feature_fraction": 0.5,
        "bagging_fraction": 0.7,
        "bagging_freq": 1,
        "max_bin": 63,
        "seed": 0,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "verbose": -1,
    }
    model = lightgbm.train(settings, data, rounds).dump_model()
    return [_tree(tree["tree_structure"], names) for tree in model["tree_info"]]


def _tree(node: Mapping[str, Any], names: Sequence[str]) -> Tree:
    """A node of LightGBM's as :data:`rag.answer.trees.Tree`, in figures of a readable length."""
    if "leaf_value" in node:
        return round(float(node["leaf_value"]), 5)
    limit = float(f"{node['threshold']:.6g}")
    return [names[node["split_feature"]], limit, _tree(node["left_child"], names), _tree(node["right_child"], names)]
