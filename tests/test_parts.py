"""Questions about several things, taken apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.asked.parts import MOST_PARTS, one_by_one, parts
from rag.answer.asked.plainly import compares


def told(text):
    return {part.name: part.query for part in parts(text)}


def test_two_things_joined_by_and_are_asked_about_one_by_one():
    found = told("河阳的读书节和长岭的运动会，参加的人数各是多少？")
    assert found == {
        "河阳的读书节": "河阳的读书节，参加的人数各是多少？",
        "长岭的运动会": "长岭的运动会，参加的人数各是多少？",
    }


def test_places_alone_are_taken_out_of_one_question():
    found = told("青海和西藏各建了多少个驿站？")
    assert set(found) == {"青海", "西藏"}
    assert "西藏" not in found["青海"]


def test_names_in_quotation_marks_are_told_apart():
    found = told("“书香行动”和“暖心计划”分别办了几场？")
    assert set(found) == {"“书香行动”", "“暖心计划”"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("办读书节的单位，跟办运动会的单位比，哪个多？", {"办读书节的单位", "办运动会的单位"}),
        ("读书节送书多少册、捐款多少元？", {"读书节送书多少册", "捐款多少元"}),
        ("读书节 运动会 各有多少人参加", {"读书节", "运动会"}),
    ],
)
def test_comparisons_and_several_questions_are_taken_apart(text, names):
    assert set(told(text)) == names


@pytest.mark.parametrize(
    "text",
    [
        "福建省厦门市有多少家网约车平台？",
        "海南海事局做了什么？三亚停了哪些？",
        "政府和工会的联席会是哪年开始的？",
        "书屋有多少家？",
        "为什么办读书节，才想到请几家一起办？",
        "各级工会都做了什么",
    ],
)
def test_questions_about_one_thing_stay_whole(text):
    assert parts(text) == []


@given(st.text(alphabet="青海西藏河阳和与、，各多少几家“”书屋哪个更？。 的", max_size=40))
def test_parts_are_two_or_more_and_never_empty(text):
    found = parts(text)
    assert not found or 2 <= len(found) <= MOST_PARTS
    assert all(part.name.strip() and part.query.strip() for part in found)


@pytest.mark.parametrize(
    ("text", "queries"),
    [
        ("河阳建读书角和长岭建运动场，哪个市工会投的钱多？", {"河阳建读书角，投多少钱？", "长岭建运动场，投多少钱？"}),
        (
            "河阳的读书节和长岭的运动会，哪个先搞起来的？",
            {"河阳的读书节，什么时候搞起来的？", "长岭的运动会，什么时候搞起来的？"},
        ),
        (
            "办读书节的单位，跟办运动会的单位比，哪个多？各有多少家？",
            {"办读书节的单位，各有多少家？", "办运动会的单位，各有多少家？"},
        ),
        ("金乡和兰陵的大蒜产量谁高？", {"金乡县的大蒜产量是多少？", "兰陵县的大蒜产量是多少？"}),
        ("吕梁跟大同比，哪里的试点企业更多", {"吕梁，试点企业有多少", "大同，试点企业有多少"}),
        ("对比一下吕梁和大同的驿站数量", {"吕梁的驿站数量是多少", "大同的驿站数量是多少"}),
        (
            "读书节规模：河阳女工 vs 长岭邮政的快递员",
            {"河阳女工，读书节规模是多少", "长岭邮政的快递员，读书节规模是多少"},
        ),
        (
            "锦屏和中山两地送清凉，人数差得远吧？分别是多少？",
            {"锦屏县送清凉，人数差得远吧？分别是多少？", "中山送清凉，人数差得远吧？分别是多少？"},
        ),
    ],
)
def test_what_is_more_is_asked_of_each_as_how_much(text, queries):
    assert set(told(text).values()) == queries
    assert compares(text) == ("谁" in text or "哪" in text or "vs" in text or "对比" in text)


@pytest.mark.parametrize(
    "text", ["青海和西藏各建了多少个驿站？", "哪些地方办了读书节？", "读书节有多少人参加？", "夏令营河阳分营谁当团长？"]
)
def test_what_asks_for_facts_of_each_is_no_comparison(text):
    assert not compares(text)


@pytest.mark.parametrize(
    ("text", "queries"),
    [
        ("河阳水务比武谁办的 几支队", ["河阳水务比武谁办的？", "河阳水务比武，几支队？"]),
        ("开发区讲堂今年打算办几期 头一期在哪", ["开发区讲堂今年打算办几期？", "开发区讲堂今年打算办，头一期在哪？"]),
        ("货运集体合同啥时候签的 管几家企业", ["货运集体合同啥时候签的？", "货运集体合同，管几家企业？"]),
    ],
)
def test_two_questions_in_one_breath_are_asked_of_one_thing(text, queries):
    assert [part.query for part in parts(text)] == queries


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("夜校在几楼？为啥选那儿？", ("夜校在几楼？", "为啥选那儿？")),
        ("Who teaches the class? Where is it?", ("Who teaches the class?", "Where is it?")),
        ("夜校人数相差很多吧？分别是多少？", None),
        ("夜校在几楼？", None),
        ("夜校在几楼？请问。", None),
    ],
)
def test_two_questions_one_behind_the_other_are_told_apart(text, asked):
    assert one_by_one(text) == asked
