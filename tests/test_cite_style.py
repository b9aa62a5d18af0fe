"""References after GB/T 7714: golden strings, whole and with each part missing."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.insight.cite_style import Standard, newspaper
from rag.types import Article, Kind, Precision, Published

DAY = Published("2025-08-28", Precision.DAY)
WHOLE = Article(
    "a", "000.txt", Kind.NEWS, "数字婚恋服务助职工“脱单”", ("正文。",),
    reporters=("田国垒",), correspondents=("杜凯",), published=DAY,
)  # fmt: skip


def changed(**fields):
    return replace(WHOLE, **fields)


@pytest.mark.parametrize(
    ("article", "more", "y2015", "y2025"),
    [
        (
            WHOLE, {"edition": "3"},
            "田国垒, 杜凯. 数字婚恋服务助职工“脱单”[N]. 工人日报, 2025-08-28(3).",
            "田国垒，杜凯. 数字婚恋服务助职工“脱单”[N]. 工人日报，2025-08-28（3）.",
        ),
        (
            WHOLE, {"edition": "3", "accessed": "2026-01-02"},
            "田国垒, 杜凯. 数字婚恋服务助职工“脱单”[N]. 工人日报, 2025-08-28(3)[2026-01-02].",
            "田国垒，杜凯. 数字婚恋服务助职工“脱单”[N]. 工人日报，2025-08-28（3）.",
        ),
        # no number of the page
        (
            WHOLE, {},
            "田国垒, 杜凯. 数字婚恋服务助职工“脱单”[N]. 工人日报, 2025-08-28.",
            "田国垒，杜凯. 数字婚恋服务助职工“脱单”[N]. 工人日报，2025-08-28.",
        ),
        # nobody named
        (
            changed(reporters=(), correspondents=()), {},
            "数字婚恋服务助职工“脱单”[N]. 工人日报, 2025-08-28.",
            "数字婚恋服务助职工“脱单”[N]. 工人日报，2025-08-28.",
        ),
        # more than three
        (
            changed(reporters=("甲一", "乙二"), correspondents=("丙三", "丁四", "甲一")), {},
            "甲一, 乙二, 丙三, 等. 数字婚恋服务助职工“脱单”[N]. 工人日报, 2025-08-28.",
            "甲一，乙二，丙三，等. 数字婚恋服务助职工“脱单”[N]. 工人日报，2025-08-28.",
        ),
        # a picture; who took it counts only where nobody wrote
        (
            changed(reporters=(), correspondents=(), photographers=("王伟伟",)), {},
            "王伟伟. 数字婚恋服务助职工“脱单”[N]. 工人日报, 2025-08-28.",
            "王伟伟. 数字婚恋服务助职工“脱单”[N]. 工人日报，2025-08-28.",
        ),
        # no title: what it opens with, in brackets
        (
            changed(title="", paragraphs=("上海市职工参加运动会。",)), {},
            "田国垒, 杜凯. [上海市职工参加运动会。][N]. 工人日报, 2025-08-28.",
            "田国垒，杜凯. [上海市职工参加运动会。][N]. 工人日报，2025-08-28.",
        ),
        (
            changed(subtitle="济南的做法"), {},
            "田国垒, 杜凯. 数字婚恋服务助职工“脱单”: 济南的做法[N]. 工人日报, 2025-08-28.",
            "田国垒，杜凯. 数字婚恋服务助职工“脱单”：济南的做法[N]. 工人日报，2025-08-28.",
        ),
        # a year only; a day that is near; a day before which it was not; none
        (
            changed(published=Published("2025", Precision.YEAR)), {},
            "田国垒, 杜凯. 数字婚恋服务助职工“脱单”[N]. 工人日报, 2025.",
            "田国垒，杜凯. 数字婚恋服务助职工“脱单”[N]. 工人日报，2025.",
        ),
        (
            changed(published=Published("2025-12-04", Precision.ABOUT)), {},
            "田国垒, 杜凯. 数字婚恋服务助职工“脱单”[N]. 工人日报, [2025].",
            "田国垒，杜凯. 数字婚恋服务助职工“脱单”[N]. 工人日报，[2025].",
        ),
        (
            changed(published=Published("2025-12-04", Precision.NOT_BEFORE)), {"edition": "2"},
            "田国垒, 杜凯. 数字婚恋服务助职工“脱单”[N]. 工人日报(2).",
            "田国垒，杜凯. 数字婚恋服务助职工“脱单”[N]. 工人日报（2）.",
        ),
        (
            changed(published=Published()), {},
            "田国垒, 杜凯. 数字婚恋服务助职工“脱单”[N]. 工人日报.",
            "田国垒，杜凯. 数字婚恋服务助职工“脱单”[N]. 工人日报.",
        ),
        # a title over two lines
        (
            changed(title="乐了职工\n富了村民"), {},
            "田国垒, 杜凯. 乐了职工 富了村民[N]. 工人日报, 2025-08-28.",
            "田国垒，杜凯. 乐了职工 富了村民[N]. 工人日报，2025-08-28.",
        ),
    ],
)  # fmt: skip
def test_a_reference_is_the_golden_one(article, more, y2015, y2025):
    assert newspaper(article, "工人日报", Standard.Y2015, **more) == y2015
    assert newspaper(article, "工人日报", Standard.Y2025, **more) == y2025


def test_without_the_name_of_a_paper_it_is_left_out():
    assert newspaper(WHOLE, "").endswith("[N]. 2025-08-28.")
    assert newspaper(changed(published=Published()), "").endswith("“脱单”[N].")


def test_what_is_not_chinese_has_western_punctuation_in_both():
    english = changed(title="Rooms", reporters=("A B", "C D"), correspondents=())
    assert newspaper(english, "Daily", Standard.Y2025) == "A B, C D. Rooms[N]. Daily, 2025-08-28."


ODD = st.text(max_size=30)


@given(ODD, ODD, st.lists(ODD, max_size=5), ODD, st.sampled_from(Standard))
def test_whatever_is_printed_makes_one_line_without_hidden_characters(title, subtitle, names, paper, standard):
    article = changed(title=title, subtitle=subtitle, reporters=tuple(names), correspondents=())
    line = newspaper(article, paper, standard)
    assert line.endswith(".")
    assert line.count("[N]") >= 1
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in line)
    assert not re.search(r"  |N/OL", line.replace(title, ""))
