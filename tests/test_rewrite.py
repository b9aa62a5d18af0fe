"""Follow-up questions: what is made whole from the questions before, and what stays as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.rewrite import leans, rewrite

FUJIAN = "福建省总工会对联席会议的会前准备有什么要求？"
SUZHOU = "截至2021年苏州“一线职工上大学”项目录取了多少人？"
CHANGZHOU = "常州市今年暑期办了多少个工会暑托班？"
MOTHERS = "山东各级工会建了多少个“工会妈妈小屋”？"
BAISE = "百色市总工会的“家+站+点”工作模式是怎么做的？"
GANSU = "甘肃省经贸工会组织快递员疗休养的情况如何？"
LULIANG = "2024年吕梁市认定的“新八级工”有多少人？"
ENGLISH = "How many mothers' rooms have unions in Shandong built?"

STAYS = [
    # standalone questions after other ones
    ([FUJIAN], "常州市今年暑期办了多少个工会暑托班？"),
    ([FUJIAN], "百色市给每个边境乡镇工会补助多少钱？"),
    ([BAISE], "“工会妈妈小屋”的建设标准是什么？"),
    ([CHANGZHOU], "新能源汽车安全驾驶志愿服务队是哪家单位组建的？"),
    ([SUZHOU], "中老口语巡回赛的一等奖获得者是谁？"),
    ([GANSU], "沈阳和平新村社区工会怎样发挥劳模的作用？"),
    ([MOTHERS, CHANGZHOU], "中秋假期首日全国公路水路预计发送多少旅客？"),
    ([FUJIAN], "How many couples were married in the group wedding in Huaibei?"),
    ([ENGLISH], "What did the Gansu trade union do for couriers in 2025?"),
    ([ENGLISH], "苏州一线职工上大学项目资助了多少学费？"),
    # nothing before
    ([], "那山东呢？"),
    ([], "他是谁？"),
    ([], "What about Suzhou?"),
]

# history, question, words that the question as understood must hold, words it must not
WHOLE = [
    # place swapped
    ([FUJIAN], "那山东呢？", ["山东", "联席会议", "会前准备"], ["福建", "那"]),
    ([FUJIAN], "甘肃省呢", ["甘肃省", "联席会议"], ["福建", "省总工会对" * 2, "甘肃省省"]),
    ([CHANGZHOU], "苏州呢？", ["苏州", "暑托班"], ["常州", "苏州市市"]),
    ([MOTHERS], "威海市的呢？", ["威海", "妈妈小屋"], ["山东", "的呢", "的各级"]),
    ([CHANGZHOU], "那么无锡的情况怎么样？", ["无锡", "暑托班"], ["常州"]),
    ([MOTHERS], "换成江苏呢？", ["江苏", "妈妈小屋"], ["山东", "换成"]),
    # year swapped
    ([SUZHOU], "2018年呢？", ["2018年", "一线职工上大学"], ["2021"]),
    ([LULIANG], "那2023年呢？", ["2023年", "吕梁", "新八级工"], ["2024"]),
    ([LULIANG], "前一年呢？", ["吕梁", "新八级工"], []),
    # pronouns
    ([BAISE], "这个模式效果怎么样？", ["百色", "家+站+点"], []),
    ([MOTHERS], "它们由谁来管理？", ["山东", "妈妈小屋"], []),
    (["福建省总工会副主席祝荣亮说了什么？"], "他还担任什么职务？", ["祝荣亮"], []),
    ([CHANGZHOU], "其中投入了多少资金？", ["常州", "暑托班", "资金"], []),
    ([GANSU], "该活动持续了几天？", ["甘肃", "快递员"], []),
    # elliptical
    ([CHANGZHOU], "投入多少？", ["常州", "暑托班", "投入"], []),
    ([BAISE], "补助多少钱？", ["百色", "补助"], []),
    ([FUJIAN], "会后呢？", ["福建", "联席会议", "会后"], ["会前"]),
    ([SUZHOU], "为什么？", ["苏州", "为什么"], []),
    ([GANSU], "多少人参加？", ["甘肃", "疗休养"], []),
    ([FUJIAN], "具体有哪些？", ["福建", "联席会议"], []),
    # several turns: back to the last question that stood alone
    ([FUJIAN, CHANGZHOU, "投入多少？"], "服务了多少孩子？", ["常州", "孩子"], ["福建"]),
    ([FUJIAN, "那山东呢？"], "会后又怎么做？", ["山东", "会后"], ["福建"]),
    ([LULIANG, "2023年呢？"], "那太原呢？", ["太原", "2023年", "新八级工"], ["吕梁", "2024"]),
    ([BAISE, "谢谢", "好的"], "补助多少钱？", ["百色", "补助"], ["谢谢"]),
    (["湖北省截至2022年底有多少家创新工作室？"], "2021年呢", ["湖北省", "2021年底", "创新工作室"], ["2022"]),
    (["淮北第七届职工集体婚礼有多少对新人？"], "第六届呢？", ["淮北第六届", "新人"], ["第七届"]),
    (["济南的线上交友活动有多少人参加？"], "青岛有类似的吗？", ["青岛", "交友活动"], []),
    (["威海市总工会怎样推动企业民主管理？", "培训了多少场？"], "覆盖多少职工代表？", ["威海", "职工代表"], []),
    # English
    ([ENGLISH], "What about Suzhou?", ["Suzhou", "mothers' rooms"], ["Shandong", "What about"]),
    ([ENGLISH], "And in Jiangsu?", ["Jiangsu", "mothers' rooms"], ["Shandong", "in in"]),
    ([ENGLISH], "How much did they cost?", ["Shandong", "cost"], []),
    (["How many couriers went on the trip in Gansu in 2025?"], "And in 2024?", ["2024", "Gansu"], ["2025", "in in"]),
    ([ENGLISH], "Why?", ["mothers' rooms", "Why"], []),
    ([ENGLISH], "Who pays for them?", ["mothers' rooms", "pays"], []),
    # across languages
    ([MOTHERS], "How much money was spent on it?", ["妈妈小屋", "money"], []),
]


@pytest.mark.parametrize(("history", "question"), STAYS)
def test_a_question_that_stands_alone_stays_as_it_is(history, question):
    assert rewrite(question, history).shown == question


@pytest.mark.parametrize(("history", "question", "holds", "lacks"), WHOLE)
def test_a_follow_up_is_made_whole(history, question, holds, lacks):
    shown = rewrite(question, history).shown
    assert [words for words in holds if words not in shown] == [], shown
    assert [words for words in lacks if words in shown] == [], shown


@given(st.text(max_size=40), st.lists(st.text(max_size=40), max_size=4))
def test_whatever_is_typed_keeps_its_words(question, history):
    assert rewrite(question, ()).shown == question
    if not leans(question):
        assert rewrite(question, history).shown == question


def test_a_whole_question_does_not_lean():
    assert not leans(FUJIAN)
    assert leans("那山东呢？")
