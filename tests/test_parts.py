"""Questions about several things, taken apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.parts import MOST_PARTS, parts


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
