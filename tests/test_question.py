from __future__ import annotations

import pytest

from rag.answer.asked.question import Asks, read
from rag.ingest.places import Region, mentions, place
from rag.search.bridge import bridge


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("一共投入了多少钱？", Asks.NUMBER),
        ("覆盖了几家企业", Asks.NUMBER),
        ("哪一年成立的？", Asks.YEAR),
        ("什么时候开的会", Asks.DATE),
        ("理事长是谁", Asks.PERSON),
        ("为什么要建小屋？", Asks.REASON),
        ("学员因何停课？", Asks.REASON),
        ("来坐诊的是哪两位大夫？", Asks.PERSON),
        ("有哪些措施？", Asks.LIST),
        ("夜校开了哪5门课？", Asks.LIST),
        ("夜校能学的课举几个", Asks.LIST),
        ("分成哪几部分？", Asks.LIST),
        ("“一函两书”是什么意思", Asks.DEFINITION),
        ("在哪里举办的", Asks.PLACE),
        ("怎么推进建会", Asks.MEANS),
        ("How many teams took part?", Asks.NUMBER),
        ("Since what year?", Asks.YEAR),
        ("Who won?", Asks.PERSON),
        ("讲讲福建的联席会议", Asks.OTHER),
    ],
)
def test_the_kind_of_answer_is_told_from_the_question(text: str, asks: Asks) -> None:
    assert read(text).asks is asks


def test_what_a_question_insists_on_is_read_from_it() -> None:
    question = read("2024年威海的“求学圆梦行动”第二届资助了多少名职工？")
    assert question.places == (Region("山东", "威海"),)
    assert question.years == ("2024",)
    assert question.quoted == ("求学圆梦行动",)
    assert question.ordinals == ("第2届",)


def test_a_name_that_itself_asks_is_not_insisted_on() -> None:
    assert read("“送清凉”的“几进”是什么").quoted == ("送清凉",)


def test_few_years_are_no_question_after_their_number() -> None:
    few = read("书屋这几年借出的书合计是多少")
    assert few.asks is Asks.NUMBER
    assert "合计" in few.core
    assert read("目前几家单位有书屋").asks is Asks.NUMBER


def test_who_is_asked_for_is_known_in_either_order() -> None:
    assert read("谁是济南市总工会主席？").role == "主席"
    assert read("第14号台风叫什么名字？").ordinals == ("第14号",)


def test_the_office_asked_for_is_known() -> None:
    assert read("湖北铁路交通创新工作室联盟的理事长是谁？").role == "理事长"
    assert read("谁讲的第一课？").role == ""


def test_pairs_across_function_words_are_no_tokens() -> None:
    assert not {"的理", "是谁"} & set(read("联盟的理事长是谁").tokens)
    assert {"理事", "事长"} <= set(read("联盟的理事长是谁").tokens)


def test_english_places_and_terms_are_put_in_chinese() -> None:
    found = bridge("How much have unions in Xi'an and Inner Mongolia spent on rest stations?")
    assert {"西安", "内蒙古", "驿站"} <= set(found.terms)
    assert set(found.places) == {Region("陕西", "西安"), Region("内蒙古", "")}
    assert bridge("the long road to a just wage").places == ()
    assert "南京路" in bridge("the Nanjing Road games").terms


def test_a_place_inside_another_word_is_none() -> None:
    assert mentions("重大理论问题") == []
    assert [m.regions for m in mentions("峨眉山市人社局")] == [(Region("四川", "峨眉山"),)]


@pytest.mark.parametrize(
    ("head", "paragraphs", "expected"),
    [
        ("贵州锦屏县总推出新模式", ["近日"], ("贵州", "黔东南")),
        ("", ["日前，山东省济宁市金乡县总工会举办培训班"], ("山东", "济宁")),
        ("", ["新华社北京9月10日电（记者某某）记者获悉"], ("", "")),
        ("", ["广东省总工会举办培训，佛山市劳模参加"], ("广东", "")),
        ("北京组建志愿队", ["朝阳区也参加"], ("北京", "")),
    ],
)
def test_an_article_is_set_where_its_title_or_opening_says(
    head: str, paragraphs: list[str], expected: tuple[str, str]
) -> None:
    assert place(head, paragraphs) == expected
