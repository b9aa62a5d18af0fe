from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pages
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from page_report import bare

from rag.config import ROOT
from rag.ingest import people
from rag.ingest.article import articles
from rag.ingest.blocks import join
from rag.ingest.line import clean
from rag.ingest.page import lines
from rag.types import Page, to_json

SEEDS = sorted((ROOT / "seeds").glob("*.txt"))
GOLDEN = Path(__file__).parent / "golden" / "articles"
FIELDS = (
    "kind title kicker subtitle banner bylines credits jumps reporters correspondents photographers province city "
    "headings paragraphs lines"
).split()

each_seed = pytest.mark.parametrize("seed", SEEDS, ids=lambda path: path.stem[:3])


def parsed(path):
    """The articles of a file as they are in the golden files: JSON types, dates without their cue."""
    found = json.loads(json.dumps([to_json(a) for a in articles(Page.of(path.name, path.read_text("utf-8")))]))
    return [{**a, "published": {k: a["published"][k] for k in ("date", "precision")}} for a in found]


def golden(path):
    return json.loads((GOLDEN / f"{path.stem}.json").read_text("utf-8"))


def differences(found, wanted):
    """One line for each field that differs."""
    told = [] if len(found) == len(wanted) else [f"{len(found)} articles, wanted {len(wanted)}"]
    for n, (here, there) in enumerate(zip(found, wanted, strict=False), start=1):
        told += [
            f"article {n} ({there['title']}), {name}: got {here[name]!r}, wanted {there[name]!r}"
            for name in (*FIELDS, "published")
            if here[name] != there[name]
        ]
    return told


@each_seed
def test_the_seed_pages_become_exactly_the_hand_made_articles(seed):
    assert "\n".join(differences(parsed(seed), golden(seed))) == ""


def test_there_are_forty_one_of_them_and_every_field_is_compared():
    wanted = [article for seed in SEEDS for article in golden(seed)]
    assert len(wanted) == 41
    assert {name for article in wanted for name in article} == {*FIELDS, "published"}


# --- made-up pages ------------------------------------------------------------------------------


def parts_of(article):
    """Every printed part of an article."""
    parts = [article.title, article.kicker, article.subtitle, article.banner]
    parts += [*article.bylines, *article.credits, *article.jumps, *article.paragraphs]
    return [*parts, *(heading.text for heading in article.headings)]


FAST = range(60)


@pytest.fixture(scope="module")
def made_up():
    """The pages of the fast seeds with their articles."""
    return {seed: articles(Page.of(f"made-{seed}.txt", pages.page(seed).text)) for seed in FAST}


def lost_and_doubled(text, found):
    """Characters of a page that no field holds, and those that more than one does."""
    held, printed = Counter(bare("".join(part for a in found for part in parts_of(a)))), Counter(bare(text))
    return printed - held, held - printed


def test_every_printed_character_is_in_exactly_one_field_of_one_article(made_up):
    for seed, found in made_up.items():
        assert lost_and_doubled(pages.page(seed).text, found) == (Counter(), Counter()), f"page {seed}"


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.integers(0, 19_999))
def test_no_seed_gives_a_page_of_which_a_character_is_lost_or_doubled(seed):
    text = pages.page(seed).text
    assert lost_and_doubled(text, articles(Page.of(f"made-{seed}", text))) == (Counter(), Counter())


def test_every_printed_line_is_named_by_an_article_and_its_text_is_there(made_up):
    for seed, found in made_up.items():
        lines = pages.page(seed).text.split("\n")
        # The line under the head of a Markdown table is nothing but marks.
        assert {n for a in found for n in a.lines} == {n for n, line in enumerate(lines, 1) if line.strip(" |-")}
        for article in found:
            read = Counter(bare("".join(lines[n - 1] for n in article.lines)))
            assert not Counter(bare("".join(parts_of(article)))) - read


def test_paragraphs_are_single_lines_and_ids_are_unique(made_up):
    for found in made_up.values():
        assert all(p and p == p.strip() and not re.search(r"[\n\r\t]|  ", p) for a in found for p in a.paragraphs)
    ids = [a.id for found in made_up.values() for a in found]
    assert len(ids) == len(set(ids))


def test_articles_come_in_the_order_of_their_first_lines(made_up):
    for found in made_up.values():
        firsts = [min(a.lines) for a in found]
        assert firsts == sorted(firsts)


def test_the_same_page_gives_the_same_articles(made_up):
    for seed in (0, 7, 23):
        assert articles(Page.of(f"made-{seed}.txt", pages.page(seed).text)) == made_up[seed]


def test_blank_lines_at_its_ends_do_not_change_a_page(made_up):
    for seed in (1, 5, 30):
        again = articles(Page.of("x", "\n\n" + pages.page(seed).text + "\n \n"))
        assert [(a.title, a.paragraphs) for a in again] == [(a.title, a.paragraphs) for a in made_up[seed]]


def test_a_credit_in_brackets_stays_with_its_caption():
    text = "12月2日，工人在车间检修设备，确保机器正常运转。（本报记者 王明 摄）\n\n车间里的好风景\n"
    (article,) = articles(Page.of("x", text))
    assert (article.kind, article.photographers, article.title) == ("photo", ("王明",), "车间里的好风景")


# --- cues ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bylines", "openings", "credits_", "wanted"),
    [
        (["本报记者 王明 李小红"], [], [], (("王明", "李小红"), (), ())),
        (["本报记者 王 明 李小红"], [], [], (("王明", "李小红"), (), ())),
        (["本报记者 李小红 王 明 赵 强"], [], [], (("李小红", "王明", "赵强"), (), ())),
        (["本报记者 王明 本报通讯员 李红"], [], [], (("王明",), ("李红",), ())),
        ([], ["本报讯（记者王明 通讯员李红 实习生赵强）近日"], [], (("王明",), ("李红", "赵强"), ())),
        ([], ["本报讯(记者阿卜杜·热合曼)近日"], [], (("阿卜杜·热合曼",), (), ())),
        ([], ["本报讯（记者黄洪涛通讯员唐秋冰陈雨迪）近日"], [], (("黄洪涛",), ("唐秋冰", "陈雨迪"), ())),
        ([], [], ["新华社记者 王明 摄", "（本报记者 李红 摄）"], ((), (), ("王明", "李红"))),
        ([], ["（王明）近日"], [], ((), (), ())),
    ],
)
def test_who_wrote_it(bylines, openings, credits_, wanted):
    found = people.people(bylines, openings, credits_)
    assert (found.reporters, found.correspondents, found.photographers) == wanted


@pytest.mark.parametrize(
    ("before", "after", "parts"),
    [
        ("本报讯（记者黄洪涛 通讯员唐秋冰", "陈雨迪）近日", True),
        ("本报讯（记者叶小钟 通讯员伍", "月桥 张上雄）近日", False),
        ("本报讯（记者王", "明）近日", False),
        ("本报讯（记者王明）近日，李红", "王强说", False),
        ("近日（会员王明", "李红）", False),
    ],
)
def test_a_line_that_breaks_between_two_names_is_told_from_one_that_breaks_a_name(before, after, parts):
    assert people.parted(before, after) is parts


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("本报记者 王明", ["byline"]),
        ("记者观察", [""]),
        ("记者手记", [""]),
        ("小驿站温暖一座城 本报记者 王明", ["", "byline"]),
        ("小驿站温暖一座城 本报记者 王明 本报通讯员 李红", ["", "byline"]),
        ("工人在检修设备。 本报记者 王明 摄", ["", "credit"]),
        ("有待进一步落实。（下转第2版）", ["", "jump_to"]),
        ("工人在检修设备。（本报记者 王明 摄）", ["", "credit"]),
        ("（上接第1版）", ["jump_from"]),
        ("（新华社北京8月27日电）", ["wire"]),
        ("记者王明表示，", [""]),
    ],
)
def test_what_a_line_certainly_is(text, marks):
    assert [line.mark.value for line in lines(Page.of("x", text))] == marks


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("召 开 的“ 暖 边 绿 境 ”关 爱 职 工", "召开的“暖边绿境”关爱职工"),
        ("文艺轻骑进企业 凝心聚力启新程", "文艺轻骑进企业 凝心聚力启新程"),
        ("到 7 月初，组建工会的不到 3 家", "到7月初，组建工会的不到3家"),
        ("本报讯 （记者李丰）", "本报讯（记者李丰）"),
        ("a night school", "a night school"),
    ],
)
def test_spaces_that_fill_a_line_go_and_those_between_phrases_stay(text, cleaned):
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    ("before", "after", "joined"),
    [
        ("投入", "经费", "投入经费"),
        ("至9", "部法规", "至9部法规"),
        ("投入1", "000元", "投入1000元"),
        ("Night", "school", "Night school"),
        ("signed up.", "Teachers come", "signed up. Teachers come"),
        ("there are", "20 classes", "there are 20 classes"),
        ("打造为抓手,", "主动服务", "打造为抓手,主动服务"),
    ],
)
def test_two_lines_are_joined_as_the_language_wants(before, after, joined):
    assert join(before, after) == joined
