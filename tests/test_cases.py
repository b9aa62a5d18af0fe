from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import replace

import pytest

from eval.cases import CASES, LACKS, TYPES, Made, by_page, load, split_of, to_json, validate
from eval.metrics import holds_key, printed
from rag.config import ROOT
from rag.errors import InputError
from rag.types import Article, Kind, Precision

PAGES = sorted((ROOT / "seeds").glob("*.txt"))
GOLDEN = ROOT / "tests" / "golden" / "articles"
COUNTS = {"000": 9, "001": 8, "002": 8, "003": 8, "004": 8}


def bare(text):
    """Text without white space and Markdown marks."""
    return re.sub(r"[\s#*]+", "", text)


def articles(page):
    return json.loads((GOLDEN / f"{page.stem}.json").read_text(encoding="utf-8"))


def parts_of(article):
    """Every printed part of an article."""
    parts = [article[name] for name in ("title", "kicker", "subtitle", "banner")]
    parts += [text for name in ("bylines", "credits", "jumps", "paragraphs") for text in article[name]]
    return [*parts, *(heading["text"] for heading in article["headings"])]


def golden():
    """Paragraphs by article of the hand-made articles."""
    return {f"{page.stem}#{n}": tuple(a["paragraphs"]) for page in PAGES for n, a in enumerate(articles(page), 1)}


each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


def test_there_are_five_pages():
    assert len(PAGES) == 5


@each_page
def test_the_readme_of_the_pages_gives_the_hash_and_the_number_of_items(page):
    readme = (ROOT / "seeds" / "README.md").read_text(encoding="utf-8")
    section = readme.split(f"## {page.name}\n")[1].split("\n## ")[0]
    assert hashlib.sha256(page.read_bytes()).hexdigest() in section
    assert f"- Items: {COUNTS[page.stem[:3]]}\n" in section
    assert f"- Date: {articles(page)[0]['published']['date']} " in section


@each_page
def test_the_hand_made_articles_hold_every_printed_character_once(page):
    held = Counter(bare("".join(text for article in articles(page) for text in parts_of(article))))
    assert held == Counter(bare(page.read_text(encoding="utf-8")))


@each_page
def test_every_printed_part_is_made_of_the_lines_the_article_names(page):
    lines = page.read_text(encoding="utf-8").split("\n")
    for article in articles(page):
        read = bare("".join(lines[n - 1] for n in article["lines"]))
        for text in parts_of(article):
            assert bare(text) in read


@each_page
def test_every_line_of_a_page_is_named_and_only_one_is_shared(page):
    lines = page.read_text(encoding="utf-8").split("\n")
    named = Counter(n for article in articles(page) for n in article["lines"])
    assert set(named) == {n for n, line in enumerate(lines, 1) if line.strip()}
    assert [n for n, times in named.items() if times > 1] == ([114] if page.stem.startswith("001") else [])


@each_page
def test_the_hand_made_articles_are_articles(page):
    made = articles(page)
    assert len(made) == COUNTS[page.stem[:3]]
    assert len({article["published"]["date"] for article in made}) == 1
    for article in made:
        Kind(article["kind"])
        Precision(article["published"]["precision"])
        assert article["paragraphs"]
        assert all(text and text == text.strip() and "\n" not in text for text in article["paragraphs"])
        assert all(0 <= heading["before"] < len(article["paragraphs"]) for heading in article["headings"])
        where = bare("".join([*article["bylines"], *article["credits"], article["paragraphs"][0]]))
        for name in [*article["reporters"], *article["correspondents"], *article["photographers"]]:
            assert name in where


def test_they_come_in_the_order_of_their_first_lines():
    for page in PAGES:
        firsts = [min(article["lines"]) for article in articles(page)]
        assert firsts == sorted(firsts)


# --- cases --------------------------------------------------------------------------------------


def test_the_cases_are_sound():
    assert validate(load(CASES), golden()) == []


def test_their_quotes_are_printed_on_the_pages():
    pages = [page.read_text(encoding="utf-8") for page in PAGES]
    assert [
        e.quote for case in load(CASES) for e in case.evidence if not any(printed(e.quote, page) for page in pages)
    ] == []


def test_they_ask_about_every_article_in_every_way():
    cases = load(CASES)
    assert len(cases) >= 250
    types = Counter(case.type for case in cases)
    assert set(types) == set(TYPES)
    assert min(types.values()) >= 10
    assert {e.article for case in cases for e in case.evidence} == set(golden())


def test_there_are_near_misses_of_every_kind():
    unanswerable = [case for case in load(CASES) if not case.answerable]
    assert len(unanswerable) >= 50
    assert {case.lack for case in unanswerable} == set(LACKS)


def test_no_question_is_asked_twice():
    asked = Counter((case.query, case.history) for case in load(CASES))
    assert [question for question, times in asked.items() if times > 1] == []


def test_a_question_does_not_hold_what_is_to_be_found():
    def told(case):
        return [keys for keys in case.answer_keys if any(holds_key(case.query, key) for key in keys)]

    # One side of 哪个更多 stands in the question; the other keys of such a case do not.
    assert [case.qid for case in load(CASES) if case.answer_keys and len(told(case)) == len(case.answer_keys)] == []


def test_cases_once_looked_at_stay_with_those_to_look_at():
    assert {case.split for case in load(CASES / "first.jsonl")} == {"dev"}
    splits = Counter(case.split for case in load(CASES))
    assert min(splits.values()) > 0.3 * splits.total()


def sound():
    return next(case for case in load(CASES) if len(case.evidence) == 1 and case.type == "single_fact")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"answer_keys": (("没有这个",),)}, "none of the keys"),
        ({"type": "riddle"}, "type 'riddle'"),
        ({"lang": "fr"}, "language 'fr'"),
        ({"split": "train"}, "split 'train'"),
        ({"lack": "year"}, "lack 'year'"),
        ({"query": " "}, "query is empty"),
        ({"type": "multi_turn"}, "needs a history"),
        ({"evidence": ()}, "have evidence"),
        ({"answer_keys": ()}, "have answer keys"),
        ({"answerable": False}, "differ"),
    ],
)
def test_an_unsound_case_is_told(changes, problem):
    problems = validate([replace(sound(), **changes)], golden())
    assert any(problem in told for told in problems)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"quote": "捏造的句子"}, "does not hold"),
        ({"quote": ""}, "does not hold"),
        ({"article": "999#1"}, "no article"),
        ({"paragraph": 99}, "no paragraph"),
        ({"paragraph": -1}, "no paragraph"),
    ],
)
def test_a_quote_that_is_not_where_it_should_be_is_told(changes, problem):
    case = sound()
    problems = validate([replace(case, evidence=(replace(case.evidence[0], **changes),))], golden())
    assert any(problem in told for told in problems)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"answer_keys": []}, "have answer keys"),
        ({"answer_keys": ["2023年"]}, "answer_keys.0"),
        ({"answer_keys": [[]]}, "holds an empty one"),
        ({"answer_keys": [[" "]]}, "holds an empty one"),
        ({"answer_keys": [[5]]}, "answer_keys.0.0"),
        ({"answerable": None}, "answerable"),
        ({"answerable": 1}, "answerable"),
        ({"evidence": [{"article": "a", "quote": None, "paragraph": 0}]}, "quote"),
        ({"evidence": [{"article": "a", "quote": " ", "paragraph": 0}]}, "a quote is empty"),
        ({"evidence": [{"article": "a", "quote": "b", "paragraph": "0"}]}, "paragraph"),
        ({"split": "tset"}, "split 'tset'"),
        ({"type": "riddle"}, "type 'riddle'"),
        ({"lang": 5}, "lang"),
        ({"qid": ""}, "the qid is empty"),
        ({"query": " "}, "the query is empty"),
        ({"query": "\x1b]0;title\x07"}, "control characters"),
        ({"query": "\ud800"}, "not a case"),
        ({"history": [5]}, "history.0"),
        ({"made": "by hand"}, "made"),
        ({"made": {"how": "figure"}}, "made"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_line_that_is_not_a_sound_case_is_an_error_that_says_where(tmp_path, changes, problem):
    path = tmp_path / "cases.jsonl"
    lines = (CASES / "first.jsonl").read_text("utf-8").splitlines()
    path.write_text(lines[0] + "\n" + json.dumps(json.loads(lines[1]) | changes), "utf-8")
    with pytest.raises(InputError) as told:
        load(path)
    assert "line 2" in str(told.value)
    assert problem in str(told.value)


def test_cases_are_read_as_they_are_saved_elsewhere(tmp_path):
    line = (CASES / "first.jsonl").read_text("utf-8").splitlines()[0]
    path = tmp_path / "cases.jsonl"
    path.write_text("\ufeff" + line + "\r\n\r\n", "utf-8")
    assert [case.qid for case in load(path)] == ["f01"]


def test_two_cases_of_one_id_are_an_error_that_says_where(tmp_path):
    line = (CASES / "first.jsonl").read_text("utf-8").splitlines()[0]
    for name in ("a", "b"):
        (tmp_path / f"{name}.jsonl").write_text(line, "utf-8")
    with pytest.raises(InputError, match=r"b\.jsonl, line 1: several cases of one id, f01, as in .*a\.jsonl, line 1"):
        load(tmp_path)


def test_two_cases_of_one_id_are_told():
    assert any("several" in told for told in validate([sound(), sound()], golden()))


def test_a_line_that_is_no_case_is_named(tmp_path):
    path = tmp_path / "cases.jsonl"
    path.write_text('\n{"qid": "a"}\n', encoding="utf-8")
    with pytest.raises(InputError, match="line 2"):
        load(path)
    with pytest.raises(InputError, match="give a JSON Lines file"):
        load(tmp_path / "none.jsonl")


def test_a_case_without_split_gets_the_one_of_its_id(tmp_path):
    line = json.loads((CASES / "first.jsonl").read_text(encoding="utf-8").splitlines()[0])
    del line["split"]
    ids = [f"new{n}" for n in range(300)]
    path = tmp_path / "cases.jsonl"
    path.write_text("\n".join(json.dumps(line | {"qid": qid}) for qid in ids), encoding="utf-8")
    splits = [case.split for case in load(path)]
    assert splits == [split_of(qid) for qid in ids]
    assert 0.6 < splits.count("test") / len(splits) < 0.73


def test_a_case_can_only_be_moved_away_from_those_to_judge_by():
    seen, kept = (next(q for q in map(str, range(99)) if split_of(q) == split) for split in ("dev", "test"))
    assert validate([replace(sound(), qid=kept, split="dev")], golden()) == []
    (problem,) = validate([replace(sound(), qid=seen, split="test")], golden())
    assert "should be 'dev'" in problem


def test_a_folder_or_file_without_cases_is_an_error(tmp_path):
    with pytest.raises(InputError, match=r"no \.jsonl file"):
        load(tmp_path)
    (tmp_path / "none.jsonl").write_text("\n", encoding="utf-8")
    with pytest.raises(InputError, match="holds no case"):
        load(tmp_path)


def test_a_case_survives_json(tmp_path):
    made = Made("figure", "rules", "建了5个站。", 7, confirmed="2026-01-02")
    cases = [*load(CASES)[:50], replace(sound(), qid="g1", made=made)]
    path = tmp_path / "cases.jsonl"
    path.write_text("\n".join(json.dumps(to_json(case), ensure_ascii=False) for case in cases), encoding="utf-8")
    assert list(load(path)) == cases


def test_parsed_articles_are_numbered_on_each_page():
    parsed = [Article(str(n), source, Kind.NEWS, "", (str(n),)) for n, source in enumerate(["a.txt", "b.txt", "a.txt"])]
    assert by_page(parsed) == {"a#1": ("0",), "b#1": ("1",), "a#2": ("2",)}
