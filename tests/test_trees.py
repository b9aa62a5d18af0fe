"""Trees over the features of a sentence: what a forest says is the sum of what its trees say one by one."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rag.answer.evidence import TREES, forest
from rag.answer.features import FEATURES
from rag.answer.trees import plant

NAMES = ("near", "rare", "long")
NUMBERS = st.floats(-1, 1, width=32)
ANY_TREE = st.recursive(
    NUMBERS,
    lambda inner: st.tuples(st.sampled_from(NAMES), NUMBERS, inner, inner).map(list),
    max_leaves=8,
)


def said(tree, row):
    """What ``tree`` says of ``row``, read as the form of the file is told."""
    while isinstance(tree, list):
        name, limit, low, high = tree
        tree = low if row[NAMES.index(name)] <= limit else high
    return tree


@given(st.lists(ANY_TREE, max_size=5), arrays(np.float32, (4, len(NAMES)), elements=NUMBERS))
def test_a_forest_says_the_sum_of_what_its_trees_say(trees, table):
    expected = [sum(said(tree, row) for tree in trees) for row in table]
    assert plant(trees, NAMES).total(table) == pytest.approx(expected, abs=1e-9)


def test_no_trees_and_no_rows_say_nothing():
    assert plant([], NAMES).total(np.ones((2, 3), np.float32)).tolist() == [0.0, 0.0]
    assert plant([["near", 0.5, 1.0, 2.0]], NAMES).total(np.zeros((0, 3), np.float32)).tolist() == []


def test_a_tree_over_an_unknown_feature_is_refused():
    with pytest.raises(ValueError, match="far"):
        plant([["far", 0.0, 1.0, 2.0]], NAMES)


def test_the_trees_in_use_are_the_file_s():
    trees = json.loads(TREES.read_text("utf-8"))
    row = np.linspace(-1, 1, len(FEATURES), dtype=np.float32)

    def walk(tree):
        while isinstance(tree, list):
            tree = tree[2] if row[FEATURES.index(tree[0])] <= np.float32(tree[1]) else tree[3]
        return tree

    assert forest().total(row[None])[0] == pytest.approx(sum(map(walk, trees)), abs=1e-6)
