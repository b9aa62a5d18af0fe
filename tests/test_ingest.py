from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pages
import pytest

from rag.config import ROOT
from rag.ingest import people
from rag.ingest.article import articles
from rag.ingest.blocks import join
from rag.ingest.page import clean, lines
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


def bare(text):
    """Text without white space and Markdown marks."""
    return re.sub(r"[\s#*]+", "", text)


def parts_of(article):
    """Every printed part of an article."""
    parts = [article.title, article.kicker, article.subtitle, article.banner]
    parts += [*article.bylines, *article.credits, *article.jumps, *article.paragraphs]
    return [*parts, *(heading.text for heading in article.headings)]


def pairs(text):
    text = bare(text)
    return Counter(map("".join, pairwise(text)))


def overlap(one, other):
    """F1 of two counters."""
    both = sum((one & other).values())
    return 2 * both / max(1, sum(one.values()) + sum(other.values()))


def matched(story, found):
    """The article that is this story, by its text; none below 0.9."""
    wanted = pairs(story.text)
    best = max(((overlap(wanted, pairs(a.text)), n) for n, a in enumerate(found)), default=(0.0, 0))
    return found[best[1]] if best[0] >= 0.9 else None


def people_of(article):
    return article.reporters, article.correspondents, article.photographers


@dataclass
class Tally:
    """Counts over the stories of one trap; paragraphs count as read when they are the same to the character."""

    stories: int = 0
    found: int = 0
    surplus: int = 0
    title: int = 0
    kicker: int = 0
    people: int = 0
    place: int = 0
    paragraphs: int = 0
    read: int = 0
    given: int = 0

    def row(self):
        share = [n / max(1, self.stories) for n in (self.found, self.title, self.kicker, self.people, self.place)]
        return [self.stories, *share, 2 * self.read / max(1, self.paragraphs + self.given)]

    @property
    def f1(self):
        """Articles found: recall over the stories, precision over what the parser gave."""
        return 2 * self.found / (2 * self.found + (self.stories - self.found) + self.surplus)


def measure(seeds):
    """Tallies by trap, ``all`` first, over the pages of these seeds."""
    tallies = defaultdict(Tally)
    for seed in seeds:
        made = pages.page(seed)
        found = articles(Page.of(f"made-{seed}", made.text))
        hits = [matched(story, found) for story in made.stories]
        tallies["all"].surplus += len(found) - len({a.id for a in hits if a})
        for story, article in zip(made.stories, hits, strict=True):
            for trap in ("all", *sorted(story.traps)):
                tally = tallies[trap]
                tally.stories += 1
                tally.paragraphs += len(story.paragraphs)
                if article is None:
                    continue
                tally.found += 1
                tally.title += article.title == story.title
                tally.kicker += article.kicker == story.kicker
                tally.people += people_of(article) == people_of(story)
                tally.place += (article.province, article.city) == story.place
                tally.given += len(article.paragraphs)
                tally.read += sum((Counter(article.paragraphs) & Counter(story.paragraphs)).values())
    return tallies


def table(tallies):
    head = f"{'':32}{'stories':>8}{'found':>8}{'title':>8}{'kicker':>8}{'people':>8}{'place':>8}{'par. F1':>8}"
    rows = [
        f"{trap:32}{tally.row()[0]:8}" + "".join(f"{share:8.3f}" for share in tally.row()[1:])
        for trap, tally in sorted(tallies.items(), key=lambda item: (item[0] != "all", item[0]))
    ]
    return "\n".join([head, *rows, f"articles F1 {tallies['all'].f1:.3f}"])


FAST = range(60)


@pytest.fixture(scope="module")
def made_up():
    """The pages of the fast seeds with their articles."""
    return {seed: articles(Page.of(f"made-{seed}.txt", pages.page(seed).text)) for seed in FAST}


def test_every_printed_character_is_in_exactly_one_field_of_one_article(made_up):
    for seed, found in made_up.items():
        held = Counter(bare("".join(part for a in found for part in parts_of(a))))
        assert held == Counter(bare(pages.page(seed).text)), f"page {seed}"


def test_every_printed_line_is_named_by_an_article_and_its_text_is_there(made_up):
    for seed, found in made_up.items():
        lines = pages.page(seed).text.split("\n")
        assert {n for a in found for n in a.lines} == {n for n, line in enumerate(lines, 1) if line.strip()}
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


def test_the_pages_made_up_hold_all_their_stories():
    for seed in FAST:
        made = pages.page(seed)
        assert made == pages.page(seed)
        kept = Counter(bare(made.text))
        for story in made.stories:
            assert all(kept[char] >= n for char, n in Counter(bare(story.title + story.text)).items())


# Floors lie a little below what is reached; the figures are told by `pytest -m slow -s tests/test_ingest.py`.
@pytest.mark.slow
def test_made_up_pages_are_read_as_well_as_they_were():
    tallies = measure(range(1000, 1200))
    print("\n" + table(tallies))  # noqa: T201
    everything = dict(
        zip(["stories", "found", "title", "kicker", "people", "place", "paragraphs"], tallies["all"].row(), strict=True)
    )
    assert tallies["all"].f1 >= 0.96
    assert everything["title"] >= 0.95
    assert everything["kicker"] >= 0.95
    assert everything["people"] >= 0.96
    assert everything["place"] >= 0.94
    assert everything["paragraphs"] >= 0.93


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
    assert people_of(people.people(bylines, openings, credits_)) == wanted


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
