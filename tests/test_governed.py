"""Figures and dates of another thing than the one asked after."""

from __future__ import annotations

import pytest

from rag.answer.asked.question import read
from rag.answer.bearing import FAR_BELOW, left, of_it
from rag.answer.evidence import Evidence, Span
from rag.answer.features import FEATURES
from rag.answer.rules import contrasts
from rag.answer.rules.governed import counted
from rag.answer.rules.governed.against import against
from rag.assistant import Assistant
from rag.types import Passage
from rag.zh import normalise


def _passage(text: str, head: str = "") -> Passage:
    return Passage("p", "a", text, 0, len(text), 0, text.count("\n"), head)


def _against(question: str, sentence: str, before: str = "", head: str = "") -> str:
    passage = _passage(before + sentence, head)
    return against(read(question), passage, len(before), len(before) + len(sentence))


_STRIKE = "本市工会今年投入经费200万元，预算安排50万元微疗养专项资金。"
_MEETINGS = "省海员工会今年与省船东协会召开座谈会3次；与省港口协会召开座谈会2次。"
_STATIONS = "截至去年底，全省建成驿站3672家，其中国家级示范驿站11家、省级示范驿站620家。"


@pytest.mark.parametrize(
    ("wrong", "right", "sentence"),
    [
        pytest.param(
            "500名学员里有多少是外卖小哥？", "有多少名学员通过考试？", "已有500名学员通过考试，其中有外卖小哥。", id="known already"
        ),
        pytest.param("500名学员里，货车司机有多少？", "500名学员里，女职工有多少？", "500名学员中有女职工120名。", id="part of the whole"),
        pytest.param("市级驿站有多少家？", "省级驿站有多少家？", _STATIONS, id="level"),
        pytest.param("决赛有多少名选手参加？", "初赛有多少名选手参加？", "初赛有300名选手参加。", id="stage of a contest"),
        pytest.param("下半年发放补贴多少元？", "上半年发放补贴多少元？", "上半年发放补贴80万元。", id="half of the year"),
        pytest.param("二等奖奖金多少元？", "一等奖奖金多少元？", "一等奖奖金5000元。", id="prize"),
        pytest.param("每名职工能补多少钱？", "专项资金安排了多少钱？", _STRIKE, id="rate"),
        pytest.param("一斤西瓜多少钱？", "西瓜一共花了多少钱？", "工会花2万元购买西瓜。", id="price of a pound"),
        pytest.param("职工最高能报销多少元？", "职工共报销多少元？", "全年为职工报销医疗费30万元。", id="most"),
        pytest.param("去年安排了多少专项资金？", "今年安排了多少专项资金？", _STRIKE, id="year before"),
        pytest.param("今年录取了多少人？", "到2021年录取了多少人？", "截至2021年，项目已录取2043人。", id="this year"),
        pytest.param("去年送出多少瓶水？", "今年送出多少瓶水？", "8月，工会派送100瓶水。", id="last year, of no year"),
        pytest.param("主任是哪年从位子上下来的？", "哪天接受调查的？", "7月19日，主任接受调查。", id="leaving"),
        pytest.param("响应是几号降成三级的？", "响应是几号启动的？", "9日18时启动四级响应。", id="lowered"),
        pytest.param("哪天交房？", "银行哪天回应的？", "7月24日，银行回应，房子至今没有交付。", id="handed over"),
        pytest.param("On what date did the firm file for bankruptcy?", "When did the strike end?", "截至8月1日，公司尚未申请破产，罢工结束。", id="not yet"),
        pytest.param("签了几年的合同？", "罢工多少年没有过了？", "这是60年来首次罢工。", id="span of a contract"),
        pytest.param("塌了多少间房？", "有几个县受灾？", "有98个县受灾。", id="measure word"),
        pytest.param("收了几个孩子？", "配有几名老师？", "班上配有2名老师和1名保育员，从六个方面设计活动，带好孩子。", id="those who look after them"),
        pytest.param("困了多少名旅客？", "多少名工作人员被提拔？", "服务旅客的3名操作技能岗位工作人员被提拔。", id="staff"),
        pytest.param("活动到哪年结束？", "活动从哪年开始？", "活动自2023年7月启动以来，覆盖8个市。", id="end for a beginning"),
        pytest.param("文化宫什么时候能建成？", "慰问组什么时候去的文化宫？", "7月24日，慰问组来到文化宫项目建设现场。", id="completion"),
        pytest.param("基地于哪一年挂牌？", "哪年实现组织全覆盖？", "力争2026年底实现组织全覆盖。", id="hoped for"),
        pytest.param(
            "协作机制哪年建立的？", "会议哪天召开的？", "10月31日，双方在福州开会，推动建立协作机制。", id="no beginning"
        ),
        pytest.param("对企业建小屋补多少钱？", "对机关建小屋补多少钱？", "给机关工会的小屋补助2万元。", id="to whom"),
        pytest.param("民营企业有多少家？", "国有企业有多少家？", "全市有国有企业12家。", id="kind of enterprise"),
        pytest.param("产值环比增长多少？", "产值同比增长多少？", "产值同比增长3%。", id="compared with when"),
        pytest.param("投诉增加了多少？", "投诉减少了多少？", "投诉减少20件。", id="up for down"),
        pytest.param("明年要建多少个驿站？", "今年建了多少个驿站？", "今年建了16个驿站。", id="next year"),
        pytest.param("崂山区建了多少个驿站？", "城阳区建了多少个驿站？", "青岛市城阳区建成46个驿站。", id="county"),
        pytest.param("跟港务协会开了几次座谈会？", "跟船东协会开了几次座谈会？", _MEETINGS, id="partner"),
        pytest.param("龙盛钊今年多大年纪？", "吴海丹今年多大年纪？", "51岁的环卫工人吴海丹收到了礼包。", id="age"),
        pytest.param("聘了几个创业导师？", "培训了多少农民工？", "联盟已培训农民工1200余名。", id="people of another sort"),
        pytest.param("学费一年是多少？", "学费资助一共多少？", "8600人获得学费资助约550万元。", id="gift towards a fee"),
        pytest.param("拿到奖金的企业有多少家？", "试点企业有多少家？", "试点企业扩大到74家。", id="who got it"),
        pytest.param(
            "香奈儿店被抢损失多少欧元？", "宝格丽店被抢损失多少欧元？", "4月，宝格丽店被抢，损失300万欧元；5月，香奈儿店被抢。", id="item"
        ),
        pytest.param("这488件纠纷追回多少万元？", "这6500件纠纷追回多少万元？", "调处纠纷6500件，追回2230万元。", id="number of them"),
        pytest.param("提价之前票价多少元？", "现在票价多少元？", "票价为30元。", id="former"),
        pytest.param("多少人没通过考试？", "多少人通过考试？", "共有80人通过考试。", id="denied"),
        pytest.param("女的平均几岁结婚？", "平均几岁结婚？", "平均初婚年龄为28岁。", id="women"),
        pytest.param("How much is paid per person?", "How much was spent in total?", _STRIKE, id="rate in English"),
        pytest.param("On what date does the campaign end?", "On what date did the campaign start?", "活动自7月1日启动。", id="end in English"),
        pytest.param(
            "How many Lao contestants took part?", "How many contestants took part?", "30名选手参加，用老挝语演讲。", id="country"
        ),
        pytest.param(
            "How many craftsmen were named in the second batch?",
            "How many craftsmen were named in the third batch?",
            "28位工匠在第三届大会上受表彰。",
            id="second batch",
        ),
    ],
)  # fmt: skip
def test_another_thing_is_turned_down_and_the_nearest_question_is_not(wrong: str, right: str, sentence: str) -> None:
    assert _against(wrong, sentence)
    assert not _against(right, sentence)


def test_a_fee_with_its_own_sum_and_union_funds_are_told_beside_a_gift() -> None:
    assert not _against("学费多少钱？", "每门课学费仅50元，余下部分由工会补贴。")
    assert not _against("花了多少工会经费？", "投入工会经费200万元，对企业给予奖励补助。")
    assert _against("学费多少钱？", "8600人获得学费资助约550万元。") == "gift_towards_it"


def test_a_stop_is_that_of_the_report_unless_the_sentence_names_another() -> None:
    sentence, head = "30名选手参加决赛。", "口语巡回赛(云南站)举行"
    assert _against("万象站的比赛有多少名选手？", sentence, head=head) == "other_stop"
    assert not _against("云南站的比赛有多少名选手？", sentence, head=head)
    assert not _against("万象站的比赛有多少名选手？", sentence, before="万象站比赛上月举行。", head=head)
    assert _against("How many contestants were at the Vientiane stop?", sentence, head=head) == "other_stop"
    assert not _against("How many contestants were at the Yunnan stop?", sentence, head=head)


def test_questions_for_neither_figure_nor_date_are_left_alone() -> None:
    passage = _passage("一等奖由苏鹏程获得。")
    evidence = Evidence(Span(passage, 0, len(passage.text), 0), 1.0, (0.0,) * len(FEATURES))
    assert of_it(read("二等奖得主是谁？"), evidence)


def _evidence(passage: Passage, start: int, end: int, score: float, unit: float) -> Evidence:
    values = tuple(unit if name == "unit" else 0.0 for name in FEATURES)
    return Evidence(Span(passage, start, end, 0), score, values)


def test_what_is_left_must_be_near_the_best_and_fit_as_well() -> None:
    first, second = "“办得好。”一名家长说。", "活动吸引了110余名职工参与。"
    passage = _passage(first + second)
    best = _evidence(passage, 0, len(first), 8.0, 0.4)
    question = read("活动去了多少人？")

    def kept(score: float, unit: float) -> int:
        other = _evidence(passage, len(first), len(passage.text), score, unit)
        return len(left(question, [best, other]))

    assert kept(7.0, 0.4) == 1
    assert kept(8.0 - FAR_BELOW - 0.1, 0.4) == 0
    assert kept(7.0, 0.2) == 0


@pytest.mark.parametrize(
    ("question", "lacking", "told"),
    [
        ("心理热线打哪个号？", "设立心理服务热线，服务1200余名职工。", "拨打热线12355即可。"),
        ("例会定在周几？", "例会每月一次。", "例会每周五召开。"),
        ("驿站几点关门？", "驿站提供3点建议。", "驿站晚上10点关门。"),
        ("What is the phone number of the hotline?", "设立心理服务热线。", "热线电话为0760-88881234。"),
        ("What time does the station close?", "驿站有16个。", "驿站22:00关门。"),
    ],
)
def test_a_number_to_call_a_day_of_the_week_and_a_time_of_day_have_forms_of_their_own(
    question: str, lacking: str, told: str
) -> None:
    assert contrasts.missing(question, normalise(lacking))
    assert not contrasts.missing(question, normalise(told))


def test_somebody_is_no_count() -> None:
    assert _against("活动去了多少人？", "“办得好。”一名参加活动的家长说。")
    assert not _against("活动去了多少人？", "当天到场的只有一人。")


def test_an_age_is_that_of_the_person_named() -> None:
    sentence = "51岁的环卫工人吴海丹收到了礼包。"
    assert _against("锦屏的龙盛钊今年多大年纪？", sentence) == "other_age"
    assert not _against("锦屏的吴海丹今年多大年纪？", sentence)
    assert not _against("收到礼包的环卫工人多大年纪？", sentence)


def test_a_hospital_of_one_kind_is_not_one_of_another() -> None:
    assert contrasts.unlike("县中医院工会哪天打的球赛？", "8月11日,县第一人民医院工会组织球赛。")
    assert not contrasts.unlike("县人民医院工会哪天打的球赛？", "8月11日,县第一人民医院工会组织球赛。")


def test_what_is_asked_tells_the_units() -> None:
    age, loss, share, people = (
        read(q).sought for q in ("他今年多大年纪？", "经济损失有多大？", "按工程款的百分之几交？", "聘了几个创业导师？")
    )
    assert age is not None
    assert age.units == {"岁"}
    assert loss is not None
    assert "万元" in loss.units
    assert share is not None
    assert "倍" not in share.units
    assert people is not None
    assert people.things == ("导师",)


@pytest.mark.parametrize("question", ["专升本学费能报多少？", "职工住院费用报销多少？", "对试点企业奖励多少？"])
def test_what_is_given_back_is_money_or_a_share(question: str) -> None:
    found = read(question).sought
    assert found is not None
    assert {"元", "%"} <= found.units


def test_aid_is_counted_in_money_and_applications_are_not() -> None:
    aid, applied, helped = (read(q).sought for q in ("病人拿到了多少救助？", "今年申报了多少？", "救助了多少职工？"))
    assert aid is not None
    assert "万元" in aid.units
    assert applied is not None
    assert "万元" not in applied.units
    assert helped is not None
    assert "万元" not in helped.units


def test_the_number_of_a_congress_counts_nothing() -> None:
    meetings = read("一共举办了多少场？").sought
    assert meetings is not None
    assert counted.fit(meetings, "党的二十届三中全会召开后举办宣讲") == counted.NONE
    assert counted.fit(meetings, "至今已举办二十届") > counted.NONE


@pytest.mark.parametrize(
    ("near_miss", "answerable", "told"),
    [
        ("646名劳模班学员里有多少是外卖小哥？", "广东劳模工匠本科班累计有多少名学员走进大学课堂？", "646名"),
        ("甘肃经贸工会跟物流行业协会开了几次联席会？", "甘肃经贸工会今年跟快递协会开了几次联席会议？", "3次"),
        ("暖边绿境一共投入多少钱？", "暖边绿境解决了多少技术难题？", "784个"),
        ("暖边绿境行动到哪年收尾？", "暖边绿境行动从哪年开始？", "2023年7月"),
        ("无为市总去年安排的微疗养专项资金是多少？", "无为市总今年安排的微疗养专项资金是多少？", "50万元"),
        ("How many contestants took the stage at the Vientiane stop of the Lao-language contest?", "How many contestants reached the final of the Lao-language contest in Yunnan?", "30名"),
    ],
)  # fmt: skip
def test_near_misses_are_refused_and_what_is_told_is_answered(
    assistant: Assistant, near_miss: str, answerable: str, told: str
) -> None:
    assert assistant.ask(near_miss).refused
    assert told in assistant.ask(answerable).text


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("无为微疗养花了多少工会经费？", "投入工会经费200万元"),
        ("王准帮那个病人拿到了多少救助？", "9000元"),
        ("苏州职工读专升本学费能报多少？", "学费的40%"),
        ("How many service stations for outdoor workers did Qinghai build?", "580多个"),
    ],
)
def test_the_figure_asked_for_is_in_the_first_sentence(assistant: Assistant, question: str, told: str) -> None:
    assert told in assistant.ask(question).sentences[0].text
