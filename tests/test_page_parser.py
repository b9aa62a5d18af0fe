"""The parts of the page parser: furniture, gutters, columns in turn, by-lines over lines, the cut of a page, its order, its doubts."""

from __future__ import annotations

import random
from collections import Counter
from itertools import pairwise
from math import exp, isclose, log

import pages
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.ingest import cues, line_cues
from rag.ingest.article import articles
from rag.ingest.blocks import Block, Shape, blocks
from rag.ingest.furniture import of_the_page
from rag.ingest.gutter import _cells, apart
from rag.ingest.line_cues import opener
from rag.ingest.marks import Mark
from rag.ingest.order import joins, mend
from rag.ingest.page import lines
from rag.ingest.pieces import pieces
from rag.ingest.points import read
from rag.ingest.sections import Ways
from rag.ingest.weave import unwoven
from rag.types import Doubtful, Kind, Page


def text_of(*rows):
    return Page.of("x", "\n".join(rows) + "\n")


# --- what is of the page ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "工人日报 2025年8月28日 星期四",
        "2025年8月28日 农历乙巳年七月初六 星期四",
        "第3版 工会新闻",
        "责任编辑：王明 李红 版式设计：赵刚",
        "新闻热线：（010）84151234",
        "E-mail：grrb@example.cn",
        "国内统一刊号CN11-0002 邮发代号1-5",
    ],
)
def test_the_papers_own_lines_are_known(text):
    assert of_the_page(text, edge=False)


@pytest.mark.parametrize(
    "text",
    [
        "2025年8月28日，工会召开会议。",
        "本报记者 王明",
        "第二版图书出版",
        "电话费补贴发给骑手",
        "12月2日，四川省峨眉山市",
    ],
)
def test_lines_of_articles_are_not_taken_for_the_papers_own(text):
    assert not of_the_page(text, edge=True)


def test_a_number_alone_is_the_pages_at_its_edge_only():
    assert of_the_page("— 3 —", edge=True)
    assert not of_the_page("3", edge=False)


def test_the_papers_own_lines_are_kept_apart_and_their_date_is_read():
    found = articles(
        text_of(
            "工人日报 2025年8月28日 星期四",
            "",
            "职工夜校办到家门口",
            "",
            "本报讯（记者王明）近日，衡阳市总工会开设职工夜校。",
            "",
            "2",
        )
    )
    assert [a.kind for a in found] == [Kind.FURNITURE, Kind.NEWS]
    assert found[0].banner == "工人日报 2025年8月28日 星期四 2"
    assert found[0].paragraphs == ()
    assert found[1].published.date == "2025-08-28"
    assert found[1].banner == ""


# --- columns side by side, and line by line in turn ---------------------------------------------


def plain_lines(seed, width=48):
    return [line for line in pages.page(seed).text.splitlines() if line.strip() and _cells(line) <= width]


@settings(max_examples=60, deadline=None)
@given(st.integers(1000, 1400), st.integers(4, 9), st.integers(6, 14))
def test_columns_side_by_side_come_one_below_the_other(seed, gutter, size):
    found = [line.strip() for line in plain_lines(seed)]
    left, right = found[:size], found[size : 2 * size]
    if (
        len(right) < size
        or any(len(line) < 7 for line in (*left, *right))
        or any("    " in x or "\u3000" in x for x in found)
    ):
        return
    wide = max(map(_cells, left)) + gutter
    rows = [a + " " * (wide - _cells(a)) + b for a, b in zip(left, right, strict=True)]
    assert [text.strip() for _, text in apart(rows)] == [*left, *right]


def test_a_table_of_names_is_no_text_in_columns():
    rows = [
        "王明      李红      赵刚",
        "张强      刘洋      陈静",
        "孙伟      周敏      吴军",
        "郑华      冯雪      褚亮",
    ]
    assert [text for _, text in apart(rows)] == rows


@settings(max_examples=60, deadline=None)
@given(st.integers(1000, 1999))
def test_no_line_is_lost_whatever_is_put_in_order(seed):
    text = pages.page(seed).text
    found = lines(Page.of("x", text))
    assert Counter(id(line) for line in unwoven(found)) == Counter(map(id, found))
    raw = text.splitlines()
    assert Counter("".join("".join(line.split()) for _, line in apart(raw))) == Counter("".join(text.split()))


LEFT = """甘肃省经贸工会创新建立联席会
议制度，构建多元联动服务模
式，形成了产业工会和行业主
管部门两种主要协作模式，推
动服务资源向新就业群体高效
聚合，惠及群众三百余人，既
传递了社会温暖，也增强了从
业者的归属感。""".splitlines()
RIGHT = """今年以来，当地职工服务中心
聚焦职工群众实际需求，通过
开展志愿服务活动，打造身边
的志愿金字招牌。其中，志愿
服务大篷车作为工会组织流动
的爱心驿站，是打通服务职工
最后一公里的重要举措，受到
企业和职工欢迎。""".splitlines()


def test_columns_printed_line_by_line_in_turn_are_parted():
    woven = [line for pair in zip(LEFT, RIGHT, strict=True) for line in pair]
    assert [line.text for line in unwoven(lines(text_of(*woven)))] == [*LEFT, *RIGHT]


def test_a_column_is_no_two_columns_in_turn():
    assert [line.text for line in unwoven(lines(text_of(*LEFT, *RIGHT)))] == [*LEFT, *RIGHT]


# --- by-lines over several lines ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "people"),
    [
        (["本报记者", "王明 李红"], ("王明", "李红")),
        (["本报记者 王明", "李红"], ("王明", "李红")),
        (["本报记者 王明 文/图"], ("王明",)),
        (["□本报记者 王明"], ("王明",)),
        (["本报记者 程敏文"], ("程敏文",)),
    ],
)
def test_by_lines_in_all_their_forms(rows, people):
    (article,) = articles(
        text_of("职工夜校办到家门口", "", *rows, "", "近日，衡阳市总工会开设职工夜校，课程由职工点单。")
    )
    assert article.reporters == people
    assert article.bylines == tuple(rows)
    assert article.title == "职工夜校办到家门口"


@pytest.mark.parametrize(
    ("rows", "reporters", "correspondents"),
    [
        (["工会还送去了慰问品。（本报记者 王明 李红）"], ("王明", "李红"), ()),
        (["工会还送去了慰问品。（本报", "记者 王明 通讯员 江刚芳", "范素）"], ("王明",), ("江刚芳", "范素")),
        (["工会还送去了慰问品。（本报记者 王明 通讯员 江刚", "芳）"], ("王明",), ("江刚芳",)),
    ],
)
def test_a_by_line_in_brackets_behind_the_text_is_set_off_over_as_many_lines_as_it_takes(
    rows, reporters, correspondents
):
    found = lines(text_of("当天，", *rows))
    assert [line.mark for line in found][2:] == [Mark.BYLINE] * len(rows)
    assert found[1].text == "工会还送去了慰问品。"
    (article,) = articles(text_of("职工夜校办到家门口", "", "近日，衡阳市总工会开设职工夜校。", *rows))
    assert (article.reporters, article.correspondents) == (reporters, correspondents)


# --- the cut of a page --------------------------------------------------------------------------


def all_ways(found, size):
    """Every way to put pieces together to a page, by brute force."""
    ways = [[]]
    whole = []
    while ways:
        way = ways.pop()
        at = found[way[-1]].stop if way else 0
        if at == size:
            whole.append(way)
            continue
        ways += [[*way, n] for n, piece in enumerate(found) if piece.start == at]
    return whole


SMALL = text_of(
    "职工夜校办到家门口",
    "",
    "本报讯（记者王明）近日，衡阳市总工会开设职工夜校。",
    "",
    "课程怎么排",
    "",
    "夜校每周二晚上7点开课。",
    "",
    "12月2日，工人在车间检修设备。",
    "",
    "本报记者 李红 摄",
    "",
    "骑手有了自己的家",
    "",
    "骑手入会忙",
    "",
    "扫码就能入会，骑手很高兴。",
)


def test_the_best_way_and_the_probabilities_are_those_of_all_ways_counted_one_by_one():
    page = [block for block in blocks(lines(SMALL)) if block.shape is not Shape.FURNITURE]
    found = pieces(page)
    ways = Ways(found, len(page), cues.points())
    each = all_ways(found, len(page))
    scored = [(sum(ways.scores[side][n] for n in way), side, way) for way in each for side in (False, True)]
    assert len(scored) > 50
    _, _, way = max(scored)
    assert [found[n] for n in way] == ways.best()
    total = sum(exp(score) for score, _, _ in scored)
    assert isclose(ways.total, log(total), rel_tol=1e-9)
    for piece in ways.best():
        here = sum(exp(s) for s, _, w in scored if any(found[n] == piece for n in w))
        begins = sum(exp(s) for s, _, w in scored if any(found[n].body == piece.body for n in w))
        assert isclose(ways.certainty(piece)[3], here / total, rel_tol=1e-6)
        assert isclose(ways.certainty(piece)[0], begins / total, rel_tol=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.integers(1000, 1999))
def test_probabilities_lie_between_0_and_1_and_whole_articles_are_no_surer_than_their_parts(seed):
    page = [b for b in blocks(lines(Page.of("x", pages.page(seed).text))) if b.shape is not Shape.FURNITURE]
    ways = Ways(pieces(page), len(page), cues.points())
    best = ways.best()
    assert [p.start for p in best] == [0, *(p.stop for p in best[:-1])]
    assert best[-1].stop == len(page)
    for piece in best:
        begins, ends, titled, whole = ways.certainty(piece)
        assert 0 <= whole <= min(begins, ends, titled) + 1e-9
        assert max(begins, ends, titled) <= 1


@pytest.mark.parametrize(("path", "kind"), [(cues.POINTS, cues.Cue), (line_cues.POINTS, line_cues.LineCue)])
def test_every_cue_has_points_and_a_table_that_lacks_one_is_refused(tmp_path, path, kind):
    assert set(read(path, kind)) == set(kind)
    rows = path.read_text("utf-8").splitlines()
    short = tmp_path / "short.tsv"
    short.write_text("\n".join(rows[:-1]), "utf-8")
    with pytest.raises(ValueError, match="cues and points differ"):
        read(short, kind)


# --- order --------------------------------------------------------------------------------------


def paragraphs(*texts):
    return [
        Block(Shape.PARAGRAPH, text, (n,), 1, ended=text[-1] in "。”", resumed=opener(text) < 0)
        for n, text in enumerate(texts, start=1)
    ]


FIRST = "近日，山东省威海市总工会召开联席会议，就推进企业民主管理工作进行部署。"
HALF, REST = "市总从顶层设计、协同联动、职代会质效评", "估3方面着手，凝聚共识、形成合力。"
LAST = "据悉，全市已有630余场活动落地。"


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ((FIRST, HALF, REST, LAST), (FIRST, HALF + REST, LAST)),
        ((REST, LAST, FIRST, HALF), (FIRST, HALF + REST, LAST)),
        ((FIRST, HALF, LAST), (FIRST, HALF, LAST)),
    ],
)
def test_a_broken_paragraph_is_joined_to_its_rest_wherever_that_is_printed(printed, read):
    assert tuple(block.text for block in mend(paragraphs(*printed)).blocks) == read


def test_a_break_that_nothing_goes_on_with_is_a_doubt_and_stays_where_it_is():
    told = mend(paragraphs(FIRST, "这项工作由全市各级工会组织共同参", LAST, "“没想到不花一分钱。”他说。"))
    assert [(what, at) for what, _, at in told.doubts] == [(Doubtful.ORDER, 1)]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([FIRST, HALF, REST, LAST, "增设", "，再落实。", "在衡阳"]), min_size=1, max_size=12))
def test_no_character_is_lost_by_putting_in_order_and_matches_are_one_to_one(texts):
    printed = paragraphs(*texts)
    found = joins(printed)
    assert len({j.broken for j in found}) == len({j.rest for j in found}) == len(found)
    read = mend(printed).blocks
    assert Counter("".join(b.text for b in read)) == Counter("".join(texts))
    assert sorted(n for b in read for n in b.lines) == list(range(1, len(texts) + 1))


def test_columns_cut_anywhere_are_put_back():
    rng = random.Random(5)
    right = 0
    for seed in range(1000, 1060):
        for story in pages.page(seed).stories:
            if (
                len(story.paragraphs) < 5
                or story.headings
                or story.rows
                or any(p[-1] not in "。”" for p in story.paragraphs)
            ):
                continue
            whole = list(story.paragraphs)
            n = rng.randrange(1, len(whole) - 1)
            cut = len(whole[n]) // 2
            printed = [whole[n][cut:], *whole[n + 1 :], *whole[:n], whole[n][:cut]]
            read = mend(paragraphs(*printed)).blocks
            right += Counter(b.text for b in read)[whole[n]]
            break
    assert right >= 30


# --- doubts -------------------------------------------------------------------------------------


def test_a_clear_page_gives_no_doubts_and_high_confidence():
    for article in articles(SMALL):
        assert article.confidence > 0.5
    (clear, *_) = articles(SMALL)
    assert clear.doubts == ()


WHOLE = "产业联动是疗休养模式成功的关键，工会创新构建机制，把疗休养同消费帮扶结合起来，职工和村民都从中受益。"


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        (("，有更灵活的时间安排，也有更多的路线。", "", WHOLE), {Doubtful.BEGINNING, Doubtful.TITLE}),
        (
            (WHOLE, "", "今年以来，当地已组织2000余名职工参加疗休养，带动乡村农产品消费300余万元，下一步还将在全市各"),
            {Doubtful.END},
        ),
    ],
)
def test_a_text_that_begins_or_breaks_off_in_mid_sentence_is_doubted_and_kept(rows, what):
    (article,) = articles(text_of(*rows))
    assert {doubt.what for doubt in article.doubts} >= what
    assert article.confidence < 0.8
    assert "".join(article.paragraphs) == "".join(rows)


def test_the_rest_of_another_page_may_begin_and_end_as_it_does():
    (article,) = articles(text_of("（上接第1版）", "", "，有更灵活的时间安排，职工都说好。"))
    assert not any(doubt.what in (Doubtful.BEGINNING, Doubtful.TITLE) for doubt in article.doubts)


def test_neighbours_in_order_of_the_page_are_numbered_so():
    for seed in (1003, 1050):
        found = articles(Page.of("x", pages.page(seed).text))
        assert all(min(a.lines) < min(b.lines) for a, b in pairwise(found))
