from __future__ import annotations

import math
import random

import pytest

from eval.metrics import attributed, holding, holds_key, keys_held, normalise, overlap, printed, ranks, retrieval


def test_print_forms_of_one_text_are_equal_once_normalised():
    assert normalise("４０％， 由 工会 付 LED") == normalise("40%,由工会付led")
    assert normalise("40%") != normalise("41%")


@pytest.mark.parametrize(
    ("text", "key", "held"),
    [
        ("共28786人", "28786", True),
        ("共28786人", "786", False),
        ("共28786人", "287", False),
        ("28,786人", "28", False),
        ("5.5万元", "5万元", False),
        ("18万元", "8万元", False),
        ("今年，8 万元。", "8万元", True),
        ("占95.21%", "95.21%", True),
        ("In 2014, the", "2014", True),
        ("2014.", "2014", True),
        ("2 8786人", "28786", True),
        ("300万元", "300", False),
        ("300万元", "300万", True),
        ("十三个", "三个", False),
        ("共三个", "三个", True),
    ],
)
def test_a_number_is_held_only_whole(text, key, held):
    assert holds_key(text, key) is held


@pytest.mark.parametrize(
    ("text", "key", "held"),
    [
        ("a man called Li  Ning", "Li Ning", True),
        ("outlining", "Li Ning", False),
        ("a silver lining", "Li Ning", False),
        ("within 2hours", "2 hours", True),
        ("the skills", "skill", True),
        ("of Li Ning's", "Li Ning", True),
        ("Li Ningbo", "Li Ning", False),
        ("deskilled", "skill", False),
        ("ＬＥＤ 屏", "led屏", True),
    ],
)
def test_words_of_latin_letters_begin_where_a_word_begins_and_stay_apart(text, key, held):
    assert holds_key(text, key) is held


def test_an_empty_key_is_an_error_since_every_text_holds_it():
    with pytest.raises(ValueError, match="empty"):
        holds_key("任何", " ")


def test_one_alternative_of_every_list_is_needed():
    assert keys_held("苏州1143名，广东79名", [["1143"], ["80名", "79名"]]) == (True, True)
    assert keys_held("苏州1143名", [["1143"], ["80名", "79名"]]) == (True, False)


def test_a_quote_has_the_rank_of_the_first_passage_that_holds_it():
    passages = {"a": normalise("无关"), "b": normalise("共有 １６ 个驿站"), "c": normalise("共有16个驿站，另有")}
    held = holding(["共有16个", "另有", "没有"], passages)
    assert held == [{"b", "c"}, {"c"}, set()]
    assert ranks(held, ["a", "b", "c"]) == (2, 3, None)


def test_quotes_overlap_when_one_holds_the_other():
    assert overlap("共有 16 个", "全市共有16个驿站")
    assert overlap("全市共有16个驿站", "共有16个")
    assert not overlap("共有16个", "共有17个")
    assert not overlap("", "共有17个")


PAGE = "# 题目\n共有１２ 个\n\n站点，建在\n乙栏开头。\n**甲栏**\n县里和镇上。\n"


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("共有12个站点", True),  # over a line break
        ("建在县里", True),  # over columns in the wrong order
        ("建在里和", False),  # the second part does not start a line
        ("站点县里", False),  # the first does not end one
        ("共有13个站点", False),
        ("题目", True),
    ],
)
def test_a_quote_is_printed_when_whole_lines_of_the_page_make_it(quote, found):
    assert printed(quote, PAGE) is found


# --- retrieval: trec_eval's values beside the definitions written out -------------------------------


def by_definition(relevant, found):
    places = {id_: n for n, id_ in enumerate(found, 1)}
    recall = {k: sum(places.get(d, math.inf) <= k for d in relevant) / len(relevant) for k in (1, 5)}
    first = min((places[d] for d in relevant if places.get(d, math.inf) <= 10), default=math.inf)
    gain = sum(g / math.log2(1 + places[d]) for d, g in relevant.items() if places.get(d, math.inf) <= 10)
    ideal = sum(g / math.log2(1 + n) for n, g in enumerate(sorted(relevant.values(), reverse=True)[:10], 1))
    return {"R@1": recall[1], "R@5": recall[5], "RR@10": 1 / first, "nDCG@10": gain / ideal}


def test_retrieval_agrees_with_the_definitions():
    chance = random.Random(7)
    for _ in range(100):
        found = [f"d{i}" for i in chance.sample(range(40), 12)]
        relevant = {f"d{i}": chance.randint(1, 3) for i in chance.sample(range(40), chance.randint(1, 5))}
        values = retrieval(relevant, found)
        for name, value in by_definition(relevant, found).items():
            assert values[name] == pytest.approx(value), name


def test_finding_nothing_is_worth_nothing():
    assert set(retrieval({"a": 1}, []).values()) == {0.0}


def test_retrieval_without_anything_relevant_is_an_error():
    with pytest.raises(ValueError, match="nothing is relevant"):
        retrieval({}, ["a"])


# --- attribution ------------------------------------------------------------------------------------


def test_a_sentence_from_a_page_must_stand_in_its_quote_as_it_is():
    assert attributed("青海建了 400 个。", ["去年，青海建了400个。今年更多。"], verbatim=True)
    assert not attributed("青海建了400个。", ["海建了400个。"], verbatim=True)
    assert not attributed("青海建了400个。", [], verbatim=True)


def test_a_sentence_in_other_words_needs_its_figures_and_most_of_its_words_in_one_source():
    source = "截至去年底，青海省已建成户外劳动者服务站点400个。"
    assert attributed("青海省建成户外劳动者服务站点400个", [source], verbatim=False)
    assert not attributed("青海省建成户外劳动者服务站点401个", [source], verbatim=False)
    assert not attributed("福建的联席会议制度400年来不变", [source], verbatim=False)
    assert not attributed("青海省建成户外劳动者服务站点400个", ["青海省有400个", "户外劳动者服务站点"], verbatim=False)
    assert not attributed("青海省", [], verbatim=False)
