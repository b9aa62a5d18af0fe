"""Cases made by rule: every one is right by the archive, can be understood alone, and does not answer itself."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest

from eval.cases import by_page, load, split_of, to_json, validate
from eval.context import Setting, alone, balanced
from eval.make import KINDS, alike, keys_of, make
from eval.metrics import holding, holds_key, normalise
from eval.turn import RULES, drafts
from rag.config import Settings
from rag.errors import InputError
from rag.search.store import assemble
from rag.types import Article, Kind, Precision, Published


def article(*paragraphs, id_="a", **more):
    fields = {"title": "甲地新事", "province": "湖北", "city": ""} | more
    return Article(id_, f"{id_}.txt", Kind.NEWS, paragraphs=paragraphs, **fields)


def asked(sentence, kind="figure", **more):
    found = article(sentence, **more)
    return [(d.query, d.keys[0]) for d in drafts(found, kind, Setting.of(found))]


@pytest.fixture(scope="module")
def made(assistant):
    return make(assistant.store, 50, seed=3)


@pytest.fixture(scope="module")
def built(assistant):
    return lambda *articles: assemble(articles, Settings(), assistant.encoder)


# --- one sentence, one question -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "question", "key"),
    [
        ("截至2022年底，湖北省级以上创新工作室620家。", "湖北省级以上创新工作室有多少家？", "620家"),
        ("据介绍，目前湖北全省已有105个工业园区建立职工法律服务机制。", "湖北全省已有多少个工业园区建立", "105个"),
        ("湖北省总工会累计投入职工帮扶资金773.02万元。", "湖北省总工会累计投入职工帮扶资金多少元？", "773.02万元"),
        ("湖北省职工劳动争议调解成功率达95.21%。", "湖北省职工劳动争议调解成功率达百分之多少？", "95.21%"),
        ("湖北省总工会近日慰问了近2.9万名一线职工。", "湖北省总工会慰问了多少名一线职工？", "2.9万名"),
        ("湖北省总工会成立6家劳模工匠创新工作室。", "湖北省总工会成立几家劳模工匠创新工作室？", "6家"),
        ("湖北省总工会共培训职工5,200人。", "湖北省总工会共培训职工多少人？", "5,200人"),
    ],
)
def test_a_figure_is_asked_for_in_its_place(sentence, question, key):
    (found,) = asked(sentence)
    assert question in found[0]
    assert found[1] == key


@pytest.mark.parametrize(
    "sentence",
    [
        "该市建成工会驿站56个。",  # which?
        "服务职工5519名。",  # who?
        "湖北省工会驿站从36家增加到105家。",  # two figures, and a change
        "湖北省总工会提供24小时不间断的法律咨询服务。",
        "湖北省总工会的“10项实事”已经全部完成。",  # part of a name
        "湖北省职工王某、李某、张某3名选手进入决赛。",  # they are counted before our eyes
        "如果湖北省总工会培训5200名职工就能完成任务。",
        "湖北省总工会联合我们培训5200名职工。",
        "湖北省总工会供图 湖北省总工会培训5200名职工。",  # a caption run into the text
        "2022年湖北省总工会第3次全体会议在武汉召开。",
    ],
)
def test_a_sentence_that_gives_no_good_question_gives_none(sentence):
    assert asked(sentence) == []


def test_a_sentence_without_place_gets_that_of_its_article_and_what_it_is_about():
    sentence = "市、县两级工会投入经费1445.3万元。"
    title = {"title": "“工会二次医保”减轻职工负担", "city": "宜昌"}
    (found,) = asked("“工会二次医保”是件好事。" + sentence, **title)
    assert found[0] == "据宜昌“工会二次医保”的报道，市、县两级工会投入经费多少元？"
    assert asked(sentence, province="", title="") == []


def test_this_year_is_written_out_where_the_day_is_known_and_asked_about_nowhere_else():
    sentence = "今年湖北省总工会共培训职工5200名。"
    day = Published("2025-08-28", Precision.DAY)
    assert asked(sentence, published=day) == [("2025年湖北省总工会共培训职工多少名？", "5200名")]
    assert asked(sentence, published=Published("2025", Precision.NOT_BEFORE)) == []


def test_dates_people_and_names_are_asked_for():
    (year,) = asked("武汉某某家具有限公司在2016年成立了劳模创新工作室。".replace("某某", "龙成"), "date")
    assert year == ("武汉龙成家具有限公司在哪一年成立了劳模创新工作室？", "2016年")
    (day,) = asked("10月31日，湖北省总工会与省高级人民法院联席会议在武汉召开。", "date")
    assert day == ("湖北省总工会与省高级人民法院联席会议在武汉召开，是在哪一天？", "10月31日")
    (person,) = asked("湖北省总工会党组书记、副主席李建国表示，要做好服务。", "person")
    assert person == ("湖北省总工会党组书记、副主席叫什么名字？", "李建国")
    (name,) = asked("武汉市总工会创新推出“田间直采+助农”服务模式。", "name")
    assert name == ("武汉市总工会创新推出了什么服务模式？", "田间直采+助农")


def test_what_leans_on_the_sentence_before_does_not_stand_alone():
    setting = Setting("湖北", "武汉", "", "")
    assert alone("武汉市总工会在全市设立多少个工会驿站", setting)
    assert not alone("其中武汉市总工会设立多少个工会驿站", setting)
    assert not alone("为武汉的一线职工送去多少份防暑礼包后", setting)
    assert balanced("“甲”（乙）")
    assert not balanced("“甲（乙）")


# --- a whole set --------------------------------------------------------------------------------


def test_every_case_is_sound_by_the_archive(made, assistant):
    assert len(made) == 50
    assert validate(made, by_page(assistant.store.articles.values())) == []
    assert all(case.split == split_of(case.qid) and re.fullmatch("g[0-9a-f]{10}", case.qid) for case in made)


def test_every_kind_of_case_is_made_and_says_where_it_is_from(made, assistant):
    assert {case.made.how for case in made} == set(KINDS)
    text = "\n".join(a.text for a in assistant.store.articles.values())
    assert all(case.made.source in text and case.made.seed == 3 and not case.made.prompt for case in made)


def test_cases_survive_their_file(made, tmp_path):
    path = tmp_path / "made.jsonl"
    path.write_text("".join(json.dumps(to_json(c), ensure_ascii=False) + "\n" for c in made), "utf-8")
    assert load(path) == made


def test_no_question_holds_its_key_and_every_quote_is_in_one_passage(made, assistant):
    passages = {p.id: normalise(p.text) for p in assistant.store.passages}
    for case in made:
        assert not any(holds_key(case.query, key) for keys in case.answer_keys for key in keys)
        assert all(holding([e.quote for e in case.evidence], passages))


def test_no_fact_is_asked_for_twice(made):
    facts = [(e.article, e.paragraph, e.quote) for case in made for e in case.evidence]
    assert len(set(facts)) == len(facts)
    queries = [case.query for case in made]
    assert not [(a, b) for i, a in enumerate(queries) for b in queries[:i] if alike(a, b)]


def test_articles_take_turns(made, assistant):
    first = make(assistant.store, 8, seed=1, kinds=("figure",))
    assert max(Counter(case.evidence[0].article for case in first).values()) == 1


def test_what_nothing_answers_names_a_place_or_year_that_is_nowhere(made, assistant):
    everything = "\n".join(f"{a.head}\n{a.text}\n{a.published.date}" for a in assistant.store.articles.values())
    changed = [case for case in made if not case.answerable]
    assert {case.lack for case in changed} == {"place", "year"}
    for case in changed:
        if case.lack == "year":
            years = re.findall("((?:19|20)[0-9]{2})年", case.query)
            assert [year for year in years if year not in everything]
        else:
            (name,) = re.findall("改成了(.+?)；", case.note)
            assert name in case.query
            assert name not in everything


def test_the_same_seed_gives_the_same_cases_and_another_seed_others(assistant):
    one, again, other = (make(assistant.store, 12, seed) for seed in (1, 1, 2))
    assert one == again
    assert {c.qid for c in one} != {c.qid for c in other}


def test_only_the_kinds_asked_for_are_made(assistant):
    assert {case.made.how for case in make(assistant.store, 6, 0, ("person", "other_year"))} == {"person", "other_year"}


def test_an_office_that_two_people_hold_is_not_asked_about(built):
    sentence = "湖北省总工会副主席{}表示，要做好服务工作。"
    one = article(sentence.format("李建国"))
    two = article(sentence.format("王建军"), id_="b")
    assert len(make(built(one), 5, 0, ("person",))) == 1
    with pytest.raises(InputError, match="gives no case"):
        make(built(one, two), 5, 0, ("person",))


def test_the_same_news_on_two_pages_is_asked_about_once(built):
    text = "湖北省总工会累计投入职工帮扶资金773.02万元。"
    assert len(make(built(article(text), article(text, id_="b")), 5, 0, ("figure",))) == 1


def test_corpora_and_pages_have_the_keys_of_the_checker(built):
    twins = (article("一。"), article("二。", id_="b"))
    store = built(*(Article(a.id, "all.jsonl", a.kind, a.title, a.paragraphs) for a in twins))
    assert list(keys_of(store.articles.values()).values()) == list(by_page(store.articles.values()))


@pytest.mark.parametrize(
    ("n", "kinds", "says"), [(0, KINDS, "from 1"), (3, ("figures",), "choose from"), (3, (), "choose")]
)
def test_what_makes_no_sense_is_said(assistant, n, kinds, says):
    with pytest.raises(InputError, match=says) as caught:
        make(assistant.store, n, 0, kinds)
    assert "\n" not in str(caught.value)


def test_an_archive_without_facts_says_so(built):
    with pytest.raises(InputError, match="add pages"):
        make(built(article("今天天气很好。")), 5)


def test_the_rules_are_those_that_can_be_asked_for():
    assert set(RULES) < set(KINDS)
