"""What is asked for by a word of its own is not answered from a report that has another in its place."""

from __future__ import annotations

import pytest

from rag.answer.rules.contrasts import unlike, untold

TRAFFIC = "国庆假期首日,全国公路水路预计发送旅客1802万人次,其中公路客运1750万人次"


@pytest.mark.parametrize(
    ("question", "text", "word"),
    [
        ("国庆首日铁路发送旅客多少？", TRAFFIC, "铁路"),
        ("国庆首日公路发送旅客多少？", TRAFFIC, ""),
        ("How many passengers went by rail?", TRAFFIC, "rail"),
        ("元旦首日公路发送旅客多少？", TRAFFIC, "元旦"),
        ("国庆首日公路和铁路一共发送旅客多少？", TRAFFIC, ""),
        ("工会和检察院的协作机制建制率是多少？", "“法院+工会”联席会议机制县级建制率达96.7%", "检察"),
        ("给保安备了什么？", "为快递员备了水", "保安"),
        ("给保安备了什么？", "为快递员、保安备了水", ""),
        ("听课的有几个美团的？", "给饿了么骑手讲课", "美团"),
        ("听课的有几个饿了么的？", "给饿了么骑手讲课", ""),
        ("对退休职工要做什么？", "对农民工做好讨薪", "退休"),
        ("工会怎样服务职工？", TRAFFIC, ""),
        ("", TRAFFIC, ""),
    ],
)
def test_a_word_is_missing_where_the_report_has_another_of_its_kind(question, text, word):
    assert unlike(question, text) == word


@pytest.mark.parametrize(
    ("question", "told", "not_told"),
    [
        ("参加疗休养的工人平均年龄多少？", "他们平均52岁", "40名工人参加了疗休养"),
        ("家长一天要交多少钱？", "每人每天30元", "累计投入资金773.02万元"),
        ("法律援助的电话是多少？", "拨打12351热线", "提供法律援助"),
        ("Why did the county stop the allowance?", "去年停发了补助", "每月给予100元的补助"),
        ("新馆有多大面积？", "占地300平方米", "新馆投入资金30万元"),
        ("谈防汛的李颖担任什么职务？", "公路局副局长李颖说", "“做好防汛工作。”李颖表示"),
    ],
)
def test_an_aspect_is_told_or_not(question, told, not_told):
    assert untold(question, told) == ""
    assert untold(question, not_told)


def test_an_aspect_is_named_in_the_language_of_the_question():
    assert untold("参加疗休养的工人平均年龄多少？", "40名工人") == "年龄"
    assert untold("What is the average age of the workers?", "40名工人") == "age"


def test_a_refusal_names_what_the_report_does_not_tell(assistant):
    answer = assistant.ask("福建工会和检察院协作机制的县级建制率是多少？")
    assert answer.refused
    assert "“检察”" in answer.notice
    assert not assistant.ask("福建工会和法院联席会议机制的县级建制率是多少？").refused
