"""What English questions ask for, over made-up reports."""

import pytest

from rag.answer.asked import english, english_figures
from rag.answer.rules import alike
from rag.answer.rules.governed import counted
from rag.zh import normalise


def fits(question: str, sentence: str) -> bool:
    return counted.fit(english_figures.sought(normalise(question)), sentence, alike.known().cosine) > 0


@pytest.mark.parametrize(
    ("question", "sentence", "answers"),
    [
        ("How many lighthouses were built?", "岛上建成了7座灯塔", True),
        ("How many lighthouses were built?", "岛上来了7名学生", False),
        ("How many women joined the choir?", "共有27名志愿者参加", False),
        ("How many women joined the choir?", "共有27名女工参加合唱团", True),
        ("How many people joined the choir?", "共有27名志愿者参加", True),
        ("How many bottles of water were given out?", "送去400箱矿泉水", True),
        ("How many hours does the course last?", "课程为期6天", False),
        ("How many days does the course last?", "课程为期6天", True),
        ("How much salt did the island dig out?", "全年产盐90吨", False),
        ("How old is the keeper?", "守塔人今年53岁", True),
        ("How old is the keeper?", "守塔人守了53年", False),
        ("How much did it cost to mend the tower?", "修好以后节约了86万元", False),
        ("How much did the mending save?", "修好以后节约了86万元", True),
        ("How long is the tunnel?", "工程用了3年", False),
        ("How long is the new tunnel?", "隧道全长3公里", True),
    ],
)
def test_a_figure_must_be_of_what_is_counted(question, sentence, answers):
    assert fits(question, sentence) is answers


def test_of_two_questions_in_one_neither_is_taken_for_all():
    assert english.several("how many towers are there, and until when are they open?")
    assert not english.several("how many towers and bridges are there?")


@pytest.mark.parametrize(
    ("question", "whose"),
    [
        ("who painted the tower?", "one who painted"),
        ("what is the name of the driver?", "driver"),
        ("what are the names of the people who left?", "people"),
        ("which lawyer gave the talk?", "lawyer"),
        ("who paid for the tower?", ""),  # a company may have
        ("which workers' union opened the tower?", ""),
        ("what hotline can workers call?", ""),
        ("what is the name of the island?", ""),
    ],
)
def test_names_of_people_are_asked_for(question, whose):
    assert english.names(question) == whose


def test_offices_and_ranks_have_chinese_names():
    assert english.offices("who is the president of the island court?") == ("院长",)
    assert "行长" in english.offices("who is the president of tide bank?")
    assert english.offices("who chairs the island union?")[0] == "主席"
    assert english.offices("who was the first to see the president?") == ()
    assert english.rank("who won the island run?") == "第一"
    assert english.rank("who took second place?") == "第二"
    assert english.rank("when was first prize given?") == ""


@pytest.mark.parametrize(
    ("question", "text", "lacking"),
    [
        ("when does the show close?", "展览于4月9日开幕", "when it ends"),
        ("when does the show close?", "展览4月9日开幕,为期三天", ""),
        ("how many of the keepers are women?", "岛上有9名守塔人", "women"),
        ("what is the ticket price?", "展览于4月9日开幕", "price"),
        ("what was the magnitude of the quake?", "岛上地震了", "magnitude"),
        ("how many people died?", "8人受伤", "deaths"),
        ("how many people died?", "8人遇难", ""),
        ("what did the keeper say?", "守塔人说", ""),
    ],
)
def test_what_is_asked_of_a_thing_must_be_told(question, text, lacking):
    assert english.untold(question, text) == lacking


def test_ordinals_must_be_told_unless_they_are_days():
    assert english.ordinal("who opened the 12th tower?", "第十二座灯塔") == ""
    assert english.ordinal("who opened the 12th tower?", "第11座灯塔") == "12th"
    assert english.ordinal("who opened the third tower?", "第二座灯塔") == "third"
    assert english.ordinal("who came on may 12th?", "灯塔") == ""


def test_things_asked_for_by_their_number():
    assert english.listed("which eight border towns have towers?") == (8, "eight border towns have towers")
    assert english.listed("which towns have towers?") == (0, "")


def test_countries_are_insisted_on_unless_they_are_compared():
    assert english.countries("how many french sailors came?") == ("法国",)
    assert english.countries("compare the french and the german sailors") == ()
