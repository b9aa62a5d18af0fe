from __future__ import annotations

import random
import time
import warnings

import pytest

from eval.cases import Case, Evidence
from eval.metrics import (
    all_at,
    any_at,
    holds_key,
    holds_keys,
    interval,
    normalise,
    printed,
    quote_ranks,
    recall_at,
    reciprocal_rank,
)
from eval.run import baseline, figures, page_texts, run_case, table
from rag.errors import InputError
from rag.types import Answer, Citation, Hit, Passage, Sentence, Status, Support, Trace


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
    ],
)
def test_a_number_is_held_only_whole(text, key, held):
    assert holds_key(text, key) is held


def test_an_empty_key_is_an_error_since_every_text_holds_it():
    with pytest.raises(ValueError, match="empty"):
        holds_key("任何", " ")


def test_one_alternative_of_every_list_is_needed():
    assert holds_keys("苏州1143名，广东79名", [["1143"], ["80名", "79名"]])
    assert not holds_keys("苏州1143名", [["1143"], ["80名", "79名"]])


def test_a_quote_has_the_rank_of_the_first_passage_that_holds_it():
    passages = ["无关", "共有 １６ 个驿站", "共有16个驿站，另有"]
    assert quote_ranks(["共有16个", "另有", "没有"], passages) == (2, 3, None)


def test_some_all_and_recall_differ_when_half_the_evidence_is_found():
    ranks = (2, None)
    assert any_at(ranks, 2)
    assert not any_at(ranks, 1)
    assert not all_at(ranks, 10)
    assert all_at((2, 5), 5)
    assert recall_at(ranks, 5) == 0.5
    assert reciprocal_rank(ranks) == 0.5
    assert reciprocal_rank((None,)) == 0.0


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
    assert printed(quote, ["别的页", PAGE]) is found


@pytest.mark.slow
def test_recall_and_reciprocal_rank_agree_with_ranx():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # ranx and numba warn of their own future
        from ranx import Qrels, Run, evaluate
    chance = random.Random(7)
    qrels, run, mine = {}, {}, []
    for n in range(200):
        passages = [f"段落{i}。" for i in chance.sample(range(40), 10)]
        quotes = [f"段落{i}。" for i in chance.sample(range(40), chance.randint(1, 4))]
        qrels[f"q{n}"] = dict.fromkeys(quotes, 1)
        run[f"q{n}"] = {text: 1.0 / rank for rank, text in enumerate(passages, 1)}
        mine.append(quote_ranks(quotes, passages))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = evaluate(Qrels(qrels), Run(run), ["recall@1", "recall@5", "mrr@10"])
    assert sum(recall_at(r, 1) for r in mine) / 200 == pytest.approx(theirs["recall@1"])
    assert sum(recall_at(r, 5) for r in mine) / 200 == pytest.approx(theirs["recall@5"])
    assert sum(reciprocal_rank(r) for r in mine) / 200 == pytest.approx(theirs["mrr@10"])


def test_the_interval_is_repeatable_holds_the_mean_and_narrows_with_more_cases():
    few, many = [1.0, 0.0] * 10, [1.0, 0.0] * 500
    assert interval(few) == interval(few)
    low, high = interval(few)
    assert low < 0.5 < high
    assert interval(many)[1] - interval(many)[0] < (high - low) / 4
    assert interval([1.0] * 5) == (1.0, 1.0)


def test_the_interval_covers_the_truth_about_95_times_in_100():
    chance = random.Random(3)
    samples = [[float(chance.random() < 0.6) for _ in range(80)] for _ in range(300)]
    covered = sum(low <= 0.6 <= high for low, high in (interval(s, rounds=400) for s in samples)) / 300
    assert 0.90 <= covered <= 0.985


def test_an_interval_of_nothing_is_an_error():
    with pytest.raises(ValueError, match="at least one"):
        interval([])


# --- the run over an assistant ------------------------------------------------------------------


def hit(text, score, **ranks):
    return Hit(Passage(text, "a", text, 0, len(text), 0, 0), score, ranks)


HITS = (
    hit("甲地建了5个站。", 0.9, dense=2),
    hit("乙地建了6个站。", 0.8, dense=1, sparse=2),
    hit("丙地。", 0.7, sparse=1),
)


PAGES = ("甲地建了\n5个站。",)


class Scripted:
    """Answers with the first passage; refuses what names 丁, breaks on what names 戊."""

    def ask(self, question, history=()):
        if "戊" in question:
            raise RuntimeError("out of order")
        if "丁" in question:
            return Answer(question, question, Status.NO_EVIDENCE, (), HITS, Trace("t"))
        passage = HITS[0].passage
        cited = Citation(1, passage, passage.text, 0, passage.end)
        said = Sentence(passage.text, Support.SUPPORTED, (cited,))
        return Answer(question, " ".join([*history, question]), Status.ANSWERED, (said,), HITS, Trace("t"))

    def search(self, query, k):
        return HITS[:k]


def case(qid, query, *quotes, keys=(("5个",),), **changes):
    fields = {
        "qid": qid,
        "query": query,
        "lang": "zh",
        "type": "single_fact",
        "answer": "",
        "answer_keys": keys if quotes else (),
        "evidence": tuple(Evidence("p#1", quote, 0) for quote in quotes),
        "answerable": bool(quotes),
        "note": "",
        "history": (),
        "split": "dev",
    }
    return Case(**{**fields, **changes})


def outcomes(*cases):
    assistant = Scripted()
    return [run_case(assistant, assistant.search, c, PAGES) for c in cases]


def test_an_answer_with_its_keys_is_right_and_one_without_is_wrong():
    good, bad = outcomes(case("1", "甲", "建了5个站"), case("2", "乙", "建了6个站", keys=(("6个",),)))
    assert (good.right, good.ranks, good.exact, good.quotes) == (True, (1,), 1, 1)
    assert (bad.right, bad.ranks) == (False, (2,))


def test_a_refusal_is_right_only_where_there_is_no_answer():
    refused, missed, answered = outcomes(case("1", "丁"), case("2", "丁", "建了5个站"), case("3", "甲"))
    assert (refused.right, missed.right, answered.right) == (True, False, False)


def test_a_crash_is_wrong_and_told():
    (crashed,) = outcomes(case("1", "戊", "建了5个站", "丙地"))
    assert crashed.crash == "RuntimeError: out of order"
    assert (crashed.right, crashed.refused, crashed.ranks) == (False, False, (None, None))


def test_the_report_counts_each_figure_over_the_cases_it_rests_on():
    rows = {
        row.name: row
        for row in figures(
            outcomes(
                case("1", "甲", "建了5个站"),
                case("2", "乙", "建了6个站", keys=(("6个",),)),
                case("3", "丁"),
                case("4", "戊", "丙地"),
            )
        )
    }
    assert (rows["zh: recall@1"].n, rows["zh: recall@1"].value) == (3, pytest.approx(1 / 3))
    assert rows["zh: some evidence in first 5"].value == pytest.approx(2 / 3)
    assert rows["single_fact: answer holds all keys"].value == pytest.approx(1 / 3)
    assert (rows["unanswerable: refused"].n, rows["unanswerable: refused"].value) == (1, 1.0)
    assert rows["crashed"].value == 0.25
    assert rows["quotes exact (2 quotes)"].value == 1.0
    assert (rows["length of an answer, median"].n, rows["length of an answer, median"].value) == (2, 8)


def test_the_report_shows_value_interval_and_number_of_cases():
    text = table(figures(outcomes(case("1", "甲", "建了5个站"), case("2", "丁"))))
    line = next(line for line in text.splitlines() if line.startswith("zh: recall@1"))
    assert line.split()[2:] == ["1.000", "1.000", "-", "1.000", "1"]


def test_a_report_on_no_cases_is_empty():
    assert figures([]) == []


def test_a_quote_that_no_page_holds_is_not_exact():
    assistant = Scripted()
    assert run_case(assistant, assistant.search, case("1", "甲", "建了5个站"), ("甲地建了6个站。",)).exact == 0


def test_pages_to_check_against_are_text_files_wherever_they_lie(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.txt").write_text("甲", encoding="utf-8")
    (tmp_path / "README.md").write_text("乙", encoding="utf-8")
    assert page_texts([tmp_path, tmp_path / "deep" / "a.txt"]) == ("甲", "甲")
    with pytest.raises(InputError, match="cannot be read"):
        page_texts([tmp_path / "none.txt"])


def test_a_follow_up_is_searched_for_as_it_was_understood():
    asked = []

    class Noting(Scripted):
        def search(self, query, k):
            asked.append(query)
            return super().search(query, k)

    assistant = Noting()
    run_case(assistant, assistant.search, case("1", "几个？", "建了5个站", history=("甲地建了什么？",)), PAGES)
    assert asked == ["甲地建了什么？ 几个？"]


def test_a_baseline_keeps_the_order_of_its_own_list():
    search = baseline(Scripted().search, "bm25", 50)
    assert [h.passage.text for h in search("甲", 5)] == ["丙地。", "乙地建了6个站。"]
    assert len(baseline(Scripted().search, "dense", 50)("甲", 1)) == 1


def test_seconds_are_those_of_the_answer_alone():
    class Slow(Scripted):
        def search(self, query, k):
            time.sleep(0.2)
            return super().search(query, k)

    slow = Slow()
    assert run_case(slow, slow.search, case("1", "甲", "建了5个站"), PAGES).seconds < 0.15
