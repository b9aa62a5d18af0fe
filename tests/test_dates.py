"""The day of publication: mastheads, the file's own date, its name, and what the articles say."""

from __future__ import annotations

from datetime import date

import pytest

from rag.ingest.dates import published, read_date
from rag.types import Precision, Published

STORY = "市总工会昨日举办职工夜校开班仪式。"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025年8月28日", "2025-08-28"),
        ("2025 年 8 月 28 日", "2025-08-28"),
        ("二〇二五年八月二十八日", "2025-08-28"),
        ("二○二五年十月一日", "2025-10-01"),
        ("二零二四年十二月三十一日", "2024-12-31"),
        ("2025-08-28T06:12:00+08:00", "2025-08-28"),
        ("2025/8/28 06:12", "2025-08-28"),
        ("2025.8.28", "2025-08-28"),
        ("20250828", "2025-08-28"),
        ("Thursday, August 28, 2025", "2025-08-28"),
        ("发布于 2025年2月30日", ""),
        ("农历二〇二五年七月初六", ""),
        ("农历2025年7月6日", ""),
        ("12025082899", ""),
        ("8月28日", ""),
        ("", ""),
    ],
)
def test_a_full_date_is_read_however_it_is_written(text: str, expected: str) -> None:
    assert read_date(text) == (date.fromisoformat(expected) if expected else None)


@pytest.mark.parametrize(
    "printed",
    [
        "2025年8月28日 星期四",
        "星期四 2025年8月28日 第3版",
        "2025年8月28日　第03版：要闻",
        "工人日报 2025年8月28日 农历乙巳年七月初六 星期四",
        "二〇二五年八月二十八日　星期四　农历乙巳年七月初六",
        "2025-08-28 星期四 A02",
        "2025.8.28 星期四 | 责编：甲乙 | 版式：丙丁",
        "## 2025年8月28日 星期四",
        "2025年8月\n28\n星期四",
        "星期四\n2025年8月28日",
        "2025年8月28日",
        "THURSDAY, AUGUST 28, 2025  今日4版  第21342期",
        "今日8版 总第9876期 2025年8月28日",
    ],
)
def test_a_masthead_is_known_in_whatever_way_it_is_set(printed: str) -> None:
    found = published([STORY], printed=f"{printed}\n\n职工夜校开班\n\n{STORY}")
    assert (found.date, found.precision) == ("2025-08-28", Precision.DAY)
    assert found.why.startswith("版面印有“")


@pytest.mark.parametrize(
    "line",
    [
        "2025年8月28日，市总工会召开会议。",
        "截至2025年8月28日星期四，已有三千人报名。",
        "农历乙巳年七月初六 星期四",
        "第3版 要闻 责编：甲乙",
    ],
)
def test_a_sentence_with_a_date_and_a_line_without_one_are_no_mastheads(line: str) -> None:
    assert not published([STORY], printed=f"{line}\n{STORY}").why.startswith("版面印有")


def test_a_date_alone_counts_at_the_top_of_a_page_only() -> None:
    signed = "\n".join([STORY] * 20 + ["2025年8月28日"])
    assert published([STORY], printed=signed).precision is Precision.UNKNOWN


def test_a_masthead_whose_day_of_the_week_is_wrong_is_not_taken_at_its_word() -> None:
    found = published([STORY], printed=f"2025年8月28日 星期五\n{STORY}")
    assert (found.date, found.precision) == ("2025-08-28", Precision.ABOUT)
    assert "不是星期五" in found.why


@pytest.mark.parametrize(
    "source",
    [
        "20250828_03.txt",
        "paper/2025-08/28/node_2.html",
        "2025/08/28/02.txt",
        "工人日报2025年8月28日第3版.md",
        "nw.D110000grrb_20250828_1-02.htm",
        "grrb20250828.pdf#2",
        "二〇二五年八月二十八日 第3版.txt",
        "archive.zip/2025-08-28/A1.txt",
        "2024-12-31补录/2025-08-28.txt",
    ],
)
def test_the_date_in_a_file_name_is_taken_with_its_reason(source: str) -> None:
    found = published([STORY], source=source)
    assert (found.date, found.precision) == ("2025-08-28", Precision.DAY)
    assert found.why.startswith("文件名中有“")


@pytest.mark.parametrize(
    "source", ["000_064c003684c1c508.txt", "20251399.txt", "a20250828ff91c2.txt", "1202508280.txt", "page-3.txt", ""]
)
def test_digits_that_are_no_date_are_not_taken_for_one(source: str) -> None:
    assert published([STORY], source=source).precision is Precision.UNKNOWN


def test_the_text_is_believed_over_a_name_that_is_earlier_and_the_reason_says_so() -> None:
    texts = ["新华社北京8月27日电 2025年以来，各地举办夜校。"]
    found = published(texts, source="20240101.txt")
    assert (found.date, found.precision) == ("2025-08-28", Precision.DAY)
    assert "20240101" in found.why
    assert published(texts, source="20250828.txt").why == "文件名中有“20250828”"


def test_a_name_long_after_all_that_is_reported_is_perhaps_the_day_of_scanning() -> None:
    found = published(["新华社北京8月27日电 2022年以来，各地举办夜校。"], source="scan_20251119.txt")
    assert (found.date, found.precision) == ("2025-11-19", Precision.ABOUT)


def test_a_masthead_comes_before_the_files_own_date_and_that_before_its_name() -> None:
    given = Published("2025-08-29", Precision.DAY, "publishdate: 2025-08-29")
    head = f"2025年8月28日 星期四\n{STORY}"
    assert published([STORY], printed=head, given=given, source="20250830.txt").date == "2025-08-28"
    assert published([STORY], given=given, source="20250830.txt") == given
    assert published([STORY], given=Published(), source="20250830.txt").date == "2025-08-30"


def test_the_text_alone_gives_a_day_a_bound_a_year_or_nothing() -> None:
    day = published(["新华社北京8月27日电 2025年以来，各地举办夜校。"])
    assert (day.date, day.precision) == ("2025-08-28", Precision.DAY)
    bound = published(["9月10日，夜校开班。2022年以来，已办十期。"])
    assert (bound.date, bound.precision) == ("2022-09-11", Precision.NOT_BEFORE)
    over = published(["截至2022年底，已办十期。"])
    assert (over.date, over.precision) == ("2023", Precision.NOT_BEFORE)
    assert published([STORY]).precision is Precision.UNKNOWN


def test_lunar_days_move_nothing() -> None:
    plain = published(["2025年夜校开班，8月2日首课。"])
    assert published(["2025年夜校开班，8月2日首课。农历7月15日、八月十五都有课。"]).date == plain.date
