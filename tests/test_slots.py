"""What the thing asked for must look like, and how long a list must be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.rules import slots
from rag.zh import normalise


@pytest.mark.parametrize(
    ("question", "evidence", "lacks"),
    [
        ("王师傅的孩子考上了哪所大学？", "王师傅的孩子是大学生志愿者。", "大学"),
        ("王师傅的孩子考上了哪所大学？", "王师傅的孩子考上了河阳师范大学。", ""),
        ("来义诊的是哪家医院的大夫？", "大夫在商圈义诊。", "医院"),
        ("来义诊的是哪家医院的大夫？", "河阳人民医院的大夫在商圈义诊。", ""),
        ("线上交友在哪个软件上办的？", "职工在手机上就能参加。", "软件"),
        ("那天坐的是几号线？", "地铁工作人员巡查时发现了她。", "号线"),
        ("那天坐的是几号线？", "她坐的是3号线。", ""),
        ("Which company built the rest stations?", "驿站由市总工会建设。", "which company"),
        ("Which company built the rest stations?", "驿站由河阳建工集团建设。", ""),
        ("老陈得的是什么病？", "老陈身患重病，住院一个月。", "病"),
        ("老陈得的是什么病？", "老陈身患肺炎，住院一个月。", ""),
        ("会上指出了哪几种毛病？", "会上指出会议拖沓。", ""),  # no illness
        ("厂里向哪家银行贷的款？", "厂里贷款3万元。", "银行"),
        ("厂里向哪家银行贷的款？", "厂里向农商行贷款3万元。", ""),
        ("试种的是什么品种？", "村里试种了6亩新品种谷子。", "品种"),
        ("试种的是什么品种？", "村里试种的谷子品种是“金谷”。", ""),
        ("驿站一共有几家企业参加？", "共有17家。", ""),  # asks how many, not which
        ("书屋是什么颜色？", "书屋外墙以橙色为主。", ""),
    ],
)
def test_a_kind_of_thing_known_by_its_form_must_be_named(question, evidence, lacks):
    assert slots.looks(question, [evidence]) == lacks


def test_what_the_question_itself_names_is_no_answer():
    assert slots.looks("河阳人民医院跟哪家医院结对？", ["河阳人民医院开展结对。"]) == "医院"
    assert slots.slot("河阳人民医院跟哪家医院结对？").fit("河阳人民医院开展结对。") == -1


LISTED = "行动覆盖甲市、乙市、丙市、丁市、戊市、己市、庚市、辛市。"


@pytest.mark.parametrize(
    ("question", "text", "lacks"),
    [
        ("行动覆盖的8个市具体是哪几个？", "行动覆盖8个市、18个县。", "8个市"),
        ("行动覆盖的8个市具体是哪几个？", LISTED, ""),
        ("那12份文件都叫什么？", "先后制定了12份文件，解决200多个问题。", "12份文件"),
        ("行动分哪三步？", "行动先调研，后试点。", "哪三"),
        ("行动分哪三步？", "一是调研。二是试点。三是推广。", ""),
        ("行动覆盖多少个市？", "行动覆盖8个市。", ""),  # asks for the number alone
        ("名单上为什么划掉了7个人？", "有7人已经脱困。", ""),  # asks for the reason
        ("行动有哪两项安排？", "行动有安排。", ""),  # two are told in many ways
    ],
)
def test_as_many_things_must_be_listed_as_the_question_says_there_are(question, text, lacks):
    assert slots.unlisted(question, text) == lacks


@given(st.text(alphabet="8个市、和，。；“”叫什么哪几三分别一是二是", max_size=60), st.text(max_size=80))
def test_any_text_can_be_asked_about(question, text):
    assert -1 <= slots.slot(question).fit(normalise(text)) <= 1
    assert 0 <= slots.slot(question).listed(normalise(text)) <= 1
    slots.unlisted(question, text)
