"""Ordinals, the year before, the one city: what bounds a question."""

import pytest

from rag.answer.asked.question import read
from rag.answer.rules import bounds
from rag.types import Article, Kind


def article(text, city=""):
    return Article("a", "a", Kind.NEWS, "标题", (text,), province="山东", city=city)


@pytest.mark.parametrize(
    ("question", "text", "lacks"),
    [
        ("第六检查组的组长是谁？", "第七检查组组长王明出席。", "第六检"),
        ("第七检查组的组长是谁？", "第七检查组组长王明出席。", ""),
        ("第12场在哪办的？", "第十三场走进工地。", "第12场"),
        ("第十二场在哪办的？", "第12场走进工地。", ""),
        ("第一次大会是哪年开的？", "首次大会于2010年召开。", ""),
        ("第二轮行动有什么变化？", "新一轮行动增加了专业。", ""),  # a second round goes by other names
    ],
)
def test_the_nth_of_several_must_be_spoken_of(question, text, lacks):
    assert bounds.nth(question, text) == lacks


@pytest.mark.parametrize(
    ("question", "text", "lacks"),
    [
        ("去年建了多少家驿站？", "目前全市已有700多家驿站。", "去年"),
        ("去年建了多少家驿站？", "驿站数量比去年多100家。", ""),
        ("驿站比前一年多了多少？", "驿站数量比一年前多100家。", ""),
        ("去年建了多少家驿站？", "2024年建了50家驿站。", ""),
        ("How many stations were built last year?", "目前全市已有700多家驿站。", "last year"),
        ("今年建了多少家驿站？", "目前全市已有700多家驿站。", ""),
    ],
)
def test_the_year_before_must_be_told_of(question, text, lacks):
    assert bounds.before(question, text) == lacks


def test_the_sum_of_a_province_is_not_that_of_its_city():
    told = "截至目前，山东各级工会建设小屋5167个。"
    assert bounds.wider(read("菏泽一共建了多少个小屋？"), told, article(told)) == "菏泽"
    assert not bounds.wider(read("山东一共建了多少个小屋？"), told, article(told))
    assert not bounds.wider(read("菏泽一共建了多少个小屋？"), "菏泽各级工会建设小屋20个。", article(told))
    assert not bounds.wider(read("菏泽一共建了多少个小屋？"), told, article(told, city="菏泽"))
    together = "与各级机关和企业共建小屋20个。"
    assert not bounds.wider(read("菏泽一共建了多少个小屋？"), together, article(together))


def test_one_district_does_not_answer_for_another():
    told = "在湖里区共有9家平台公司。"
    assert bounds.sibling("厦门思明区有几家平台公司？", told) == "思明区"
    assert not bounds.sibling("厦门湖里区有几家平台公司？", told)
    assert not bounds.sibling("厦门有几家平台公司？", told)
