"""Relative dates: what they mean on a page of a known day, how sure that is, and what looks like one and is none."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.ingest.relative import Resolved, marked, resolve, speaks_of, spelt, years
from rag.ingest.split import split
from rag.types import Article, Kind, Precision, Published

DAY = Published("2025-08-28", Precision.DAY, "版面印有日期")


def values(text: str, published: Published = DAY) -> list[tuple[str, str]]:
    return [(r.text, r.value) for r in resolve(text, published)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("今年投入80万元", [("今年", "2025")]),
        ("去年和前年", [("去年", "2024"), ("前年", "2023")]),
        ("大前年起步，明年建成", [("大前年", "2022"), ("明年", "2026")]),
        ("今年上半年", [("今年上半年", "2025-01/2025-06")]),
        ("去年下半年", [("去年下半年", "2024-07/2024-12")]),
        ("去年10月，工会成立", [("去年10月", "2024-10")]),
        ("去年十二月", [("去年十二月", "2024-12")]),
        ("今年8月27日", [("今年8月27日", "2025-08-27")]),
        ("今年11月4日~6日", [("今年11月4日~6日", "2025-11-04/2025-11-06")]),
        ("今年1～7月", [("今年1～7月", "2025-01/2025-07")]),
        ("今年前7个月", [("今年前7个月", "2025-01/2025-07")]),
        ("今年第二季度和去年前三季度", [("今年第二季度", "2025-04/2025-06"), ("去年前三季度", "2024-01/2024-09")]),
        ("今年初夏", [("今年", "2025")]),
        ("去年底", [("去年底", "2024-12")]),
        ("上年度议定的事项", [("上年度", "2024")]),
        ("本月起，上月27日止", [("本月", "2025-08"), ("上月27日", "2025-07-27")]),
        ("下个月", [("下个月", "2025-09")]),
        ("上周三，下周一", [("上周三", "2025-08-20"), ("下周一", "2025-09-01")]),
        ("本周", [("本周", "2025-08-25/2025-08-31")]),
        ("近日，会议召开", [("近日", "2025-08-28")]),
        ("记者日前获悉", [("日前", "2025-08-28")]),
        ("8月27日，会议召开", [("8月27日", "2025-08-27")]),
        ("9月5日将开班", [("9月5日", "2025-09-05")]),
        ("10月31日，会议召开", [("10月31日", "2024-10-31")]),
        ("7月下旬", [("7月", "2025-07")]),
        ("10月27日至28日", [("10月27日至28日", "2024-10-27/2024-10-28")]),
        ("12月28日至1月3日", [("12月28日至1月3日", "")]),
        ("2023年5月立项，6月12日开工", [("6月12日", "2023-06-12")]),
        ("去年5月立项，12月12日开工", [("去年5月", "2024-05"), ("12月12日", "2024-12-12")]),
        ("2023年立项。6月12日开工", [("6月12日", "2025-06-12")]),
        ("2021年成立，同年10月挂牌，次年扩建", [("同年10月", "2021-10"), ("次年", "2022")]),
        ("“十四五”期间", [("“十四五”期间", "2021/2025")]),
        ("十三五末", [("十三五末", "2020")]),
        ("“十五五”规划", [("“十五五”", "2026/2030")]),
        ("“一五”时期", [("“一五”时期", "1953/1957")]),
        ("上世纪90年代", [("上世纪90年代", "1990/1999")]),
        ("近三年来", [("近三年来", "2022/2025")]),
        ("昨日，活动启动", [("昨日", "2025-08-27")]),
        ("新华社北京8月27日电 记者今天获悉", [("8月27日", "2025-08-27"), ("今天", "2025-08-27")]),
    ],
)
def test_what_is_said_relative_to_the_page_gets_its_day(text: str, expected: list[tuple[str, str]]) -> None:
    assert values(text) == [pair for pair in expected if pair[1]]


@pytest.mark.parametrize(
    "text",
    [
        "过去年代的记忆",
        "如今年轻人爱学习",
        "如今年纪大了",
        "两年前年产千吨",
        "建设文明年货市场",
        "三日前完成",
        "节日前慰问职工",
        "他今日前往车间",
        "今天，我们要建设什么样的工会",
        "历时3个月",
        "日本月均加班",
        "日本周边",
        "马上月底了",
        "农历七月初六",
        "最近日子好过了",
        "二五一十",
        "五一劳动奖章",
        "13月40日",
        "2月30日",
    ],
)
def test_what_only_looks_like_a_date_is_none(text: str) -> None:
    assert values(text) == []


def test_how_sure_a_year_is_follows_how_the_day_of_publication_is_known() -> None:
    def sure(precision: Precision, day: str = "2025-08-28") -> list[bool]:
        return [r.sure for r in resolve("今年", Published(day, precision, ""))]

    assert sure(Precision.DAY) == sure(Precision.ABOUT) == [True]
    assert sure(Precision.NOT_BEFORE) == sure(Precision.NOT_BEFORE, "2025") == sure(Precision.YEAR, "2025") == [False]
    assert sure(Precision.UNKNOWN, "") == []


def test_without_a_day_of_publication_only_what_needs_none_is_resolved() -> None:
    text = "去年，“十四五”期间，2023年5月，6月12日，近日，本月，昨日。8月1日"
    assert values(text, Published()) == [
        ("“十四五”期间", "2021/2025"),
        ("6月12日", "2023-06-12"),
        ("8月1日", "2023-08-01"),
    ]
    assert values("8月1日", Published()) == []


def test_with_only_a_year_no_month_is_made_up() -> None:
    year = Published("2025", Precision.YEAR, "")
    assert values("今年，本月，近日，上周，昨日", year) == [("今年", "2025")]
    assert [(r.value, r.sure) for r in resolve("12月2日", year)] == [("2025-12-02", False)]


def test_a_reason_is_given_and_loose_words_are_never_sure() -> None:
    found = {r.text: r for r in resolve("近日，去年", DAY)}
    assert found["去年"].why == "见报于2025-08-28"
    assert found["去年"].sure
    assert not found["近日"].sure


def test_the_years_for_search_are_those_not_printed_and_no_long_spans() -> None:
    assert years("去年投入80万元，今年100万元", DAY) == ("2024", "2025")
    assert years("2024年投入80万元，比去年多", DAY) == ()
    assert years("“十四五”期间，近三年", DAY) == ()
    assert years("今年1～7月", DAY) == ("2025",)


def test_an_article_speaks_of_a_year_by_name_by_its_day_or_by_last_year() -> None:
    article = Article("a", "p", Kind.NEWS, "夜校", ("去年办了十期，始于2019年。",), published=DAY)
    assert [year for year in ("2018", "2019", "2023", "2024", "2025") if speaks_of(article, year)] == [
        "2019",
        "2024",
        "2025",
    ]


def test_the_meaning_is_shown_behind_the_words_and_the_words_stay() -> None:
    assert marked("去年10月开班，近日结业。", DAY) == "去年10月（2024年10月）开班，近日（约2025年8月28日）结业。"
    assert marked("今年上半年", DAY) == "今年上半年（2025年1月至6月）"
    assert marked("没有日期", DAY) == "没有日期"
    assert spelt(resolve("“十四五”期间", DAY)[0]) == "2021年至2025年"


def test_a_record_must_span_its_words() -> None:
    with pytest.raises(ValueError, match="does not span"):
        Resolved(0, 3, "去年", "2024", "")


def test_a_misprinted_day_of_a_dateline_is_none() -> None:
    assert resolve("新华社北京9月0日电（记者王明）昨日，工会开会。", DAY)[0].why.startswith("见报")


PIECES = st.lists(
    st.sampled_from(
        "去年 今年 10月 8月27日 上半年 “十四五” 期间 近日 ， 。 \n 2023年 同年 上月 至 28日 本周 三 前 年 近 5 年 昨日 个月 初 第二季度 9月0日电 2月31日 13月".split(
            " "
        )
    ),
    max_size=14,
).map("".join)


@given(PIECES, st.dates(date(1990, 1, 1), date(2035, 12, 31)), st.sampled_from(Precision))
def test_records_are_slices_in_order_with_real_dates(text: str, day: date, precision: Precision) -> None:
    shown = {Precision.UNKNOWN: "", Precision.YEAR: str(day.year)}.get(precision, day.isoformat())
    found = resolve(text, Published(shown, precision, ""))
    at = 0
    for r in found:
        assert at <= r.start
        assert text[r.start : r.end] == r.text
        at = r.end
        ends = r.value.split("/")
        assert ends == sorted(ends)
        for end in ends:
            date.fromisoformat(f"{end}-01-01"[:10] if len(end) == 4 else f"{end}-01"[:10])
    assert marked(text, Published(shown, precision, "")).startswith(text[: found[0].start] if found else text)


def test_a_passage_carries_the_year_of_last_year_in_its_head_and_never_in_its_text() -> None:
    text = "去年，市总工会为八百名职工办理互助保障。"
    article = Article("a", "p", Kind.NEWS, "互助保障", (text,), published=DAY)
    (passage,) = split(article, 400)
    assert passage.head == "互助保障 2024年"
    assert passage.text == text


def test_the_pages_own_year_and_years_printed_stay_out_of_the_head() -> None:
    article = Article("a", "p", Kind.NEWS, "互助保障", ("今年比去年多。2024年有八百名。",), published=DAY)
    assert [passage.head for passage in split(article, 400)] == ["互助保障"]
