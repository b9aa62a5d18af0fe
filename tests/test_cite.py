"""The check of generated text: planted faults over the seed pages, and the cutting of streams into sentences."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.answer import cite
from rag.answer.drafts import Draft, drafts
from rag.answer.stated import facts, figures
from rag.answer.stated.grave import grave
from rag.ingest.read import read, sources
from rag.ingest.split import split
from rag.search import encode
from rag.types import Precision, Published, Support
from rag.zh import sentences

SEEDS = Path(__file__).resolve().parent.parent / "seeds"


class Case(NamedTuple):
    """``sentence`` as a model might write it, citing the passage with the words ``at``, and what is to come of it."""

    at: str
    sentence: str
    expected: str
    why: str


# What each sentence says against the passage named in the first column: "no" must come out unsupported, "weak" weakly
# supported, "yes" supported.
FAULTS = [
    # numbers
    Case("773.02万元", "今年暑期，常州市共有121家单位举办了“工会暑托班”。", "no", "112 turned into 121"),
    Case("773.02万元", "常州工会暑托班累计投入资金773.02亿元。", "no", "万 became 亿"),
    Case("773.02万元", "常州工会暑托班累计投入资金77.302万元。", "no", "the point moved"),
    Case("773.02万元", "常州工会暑托班累计投入资金773万元。", "no", "digits cut off without 约"),
    Case("773.02万元", "112家单位共服务5519万名职工子女。", "no", "万 added"),
    Case("95.21%", "福建工会参与调解的成功率达95.12%。", "no", "two digits changed places"),
    Case("95.21%", "福建工会为职工挽回经济损失2.23万元。", "no", "亿 became 万"),
    Case("95.21%", "105名调解员被委派参与488件纠纷的调解工作。", "no", "a number of something else: 105 parks"),
    Case(
        "28786人", "2024年，吕梁市制造业企业自主认定“新八级工”2.8万人。", "no", "28786 cut to 2.8万 and given as exact"
    ),
    Case("28786人", "吕梁市自主认定“新八级工”约2.9万人。", "weak", "28786 rounded, and said to be"),
    Case("28786人", "吕梁市自主认定“新八级工”28786人，同比下降29.6%。", "no", "up became down"),
    Case("5635.8万", "山东各级工会投入奖补资金不到5635.8万元建设“工会妈妈小屋”。", "no", "more than became less than"),
    Case("200多个问题", "福建通过联席会议研究议定并解决了200个问题。", "weak", "200多个 given as exact"),
    Case("446家", "黑龙江组织446个劳模工匠服务队深入边境企业158家。", "no", "two numbers changed places"),
    Case("132名", "黑龙江表彰边境地区省级以上劳模193名、先进单位和集体132个。", "no", "two numbers changed places"),
    Case(
        "学费的40%", "苏州市总按学费的20%给予资助奖励，市、区县两级工会各承担40%。", "no", "two shares changed places"
    ),
    Case(
        "一次性补助8万元",
        "百色给予每个边境乡镇工会一次性补助八十万元。",
        "no",
        "in Chinese numerals, ten times too much",
    ),
    Case("1802万人次", "中秋假期首日全国公路水路预计发送旅客1802万元。", "no", "journeys became money"),
    # dates
    Case("28786人", "2025年，吕梁市制造业企业自主认定“新八级工”28786人。", "no", "a year off by one"),
    Case("1989年", "福建自1998年建立政府与工会联席会议制度。", "no", "a year with two digits exchanged"),
    Case("11月4日", "中老口语巡回赛今年11月4日至8日在万象站举办。", "no", "the end of a range"),
    Case(
        "11月4日",
        "2024年11月31日，云南省总工会与老挝万象市工会联合会签署框架协议。",
        "no",
        "day of one date, month of another",
    ),
    Case("46对新人", "4月20日，46对新人在淮北市杜集区喜结良缘。", "no", "a day off by one"),
    Case("2026年底", "福建力争2026年12月实现3个“全覆盖”。", "no", "a month that is not given"),
    # places
    Case("773.02万元", "今年暑期，江苏省苏州市共有112家单位举办了“工会暑托班”。", "no", "another city"),
    Case("95.21%", "浙江全省共有18家调解组织入驻人民法院调解平台。", "no", "another province"),
    Case(
        "高级人民法院联席会议",
        "10月31日，福建省总工会与省高级人民法院联席会议在厦门召开。",
        "no",
        "another city of the same province",
    ),
    Case("40名快递员", "40名快递员走进四川甘孜草原，享受了为期6天的免费疗休养。", "no", "another grassland"),
    # people and offices
    Case(
        "祝荣亮",
        "福建省总工会副主席祝荣光表示，联席会议制度焕发更强生命力。",
        "no",
        "a name with one character changed",
    ),
    Case("祝荣亮", "福建省总工会主席祝荣亮表示，联席会议制度从“议”向“行”深化。", "no", "副主席 became 主席"),
    Case(
        "贾智峰",
        "山西峰凡科技物流股份有限公司总经理李建国说，集体合同约定的权益保障要落实。",
        "no",
        "a name made of everyday words",
    ),
    Case(
        "苏鹏程", "来自云南建投集团国际部工会的马丽娜荣获本次竞赛一等奖。", "no", "a person who is not in this passage"
    ),
    Case("席于洋", "威海光威集团工会主席王强拿出《厂务公开操作指引》。", "no", "an invented name"),
    # programmes and organisations
    Case("暖边绿境", "黑龙江省总工会开展“暖边蓝境”关爱职工专项行动。", "no", "the name of a programme"),
    Case("厂务公开操作指引", "威海光威集团工会主席席于洋拿出《厂务公开实施办法》。", "no", "the name of a document"),
    Case("请工会组织放心", "贾智峰说：“集体合同约定的权益，企业一定全部兑现。”", "no", "a quotation that nobody said"),
    Case("苏州大学联合", "苏州市总工会与南京大学联合举办专升本学历教育班。", "weak", "another university"),
    Case("中铁大桥局", "联盟初期成员单位包括中铁隧道集团有限公司等单位。", "no", "another company"),
    # what is said of them
    Case("每年至少召开一次", "市、县层面不得召开联席会议。", "weak", "a denial"),
    Case(
        "为期6天",
        "快递员王师傅对疗休养的伙食和住宿十分不满，要求退还全部费用。",
        "no",
        "no fact, but nothing of it is there",
    ),
    Case("773.02万元", "常州市112家单位举办“工会暑托班”，贪污资金773.02万元。", "no", "投入 became 贪污"),
    Case("773.02万元", "常州市共有112家单位关闭了“工会暑托班”。", "no", "举办 became 关闭"),
    Case("773.02万元", "Changzhou's 112 units stole 7.7302 million yuan meant for workers' children.", "no", "theft"),
    # where a reader is sent
    Case("773.02万元", "常州市共有112家单位举办了“工会暑托班”，报名见www.evil.example。", "no", "an address"),
    Case("773.02万元", "常州市共有112家单位举办了“工会暑托班”，报名见https://evil.example/?q=1。", "no", "an address"),
    Case("773.02万元", "常州市共有112家单位举办了“工会暑托班”，意见请发a.b@evil.cn。", "no", "an e-mail address"),
    Case("773.02万元", "常州市112家单位举办“工会暑托班”c2VjcmV0LWRhdGEtZXhmaWwtMTIz。", "no", "something in code"),
    # right facts, wrong passage
    Case("2964名高技能人才", "常州市共有112家单位举办了“工会暑托班”。", "no", "the right fact at the wrong source"),
    Case("学费的40%", "山东各级工会建设“工会妈妈小屋”5167个。", "no", "the right fact at the wrong source"),
    # English
    Case(
        "773.02万元", "In Changzhou, 121 units ran summer classes for workers' children.", "no", "a number, in English"
    ),
    Case("773.02万元", "In Suzhou, 112 units ran summer classes for workers' children.", "no", "a city, in English"),
    Case("95.21%", "The mediation success rate reached 92.51%.", "no", "a share, in English"),
    Case("祝荣亮", "Li Ming (李明) of the Fujian trade union said the system would go on.", "no", "a name, in English"),
    Case("46对新人", "On April 9, 46 couples were married in Huaibei.", "no", "a date, in English"),
    # written after the check, and right or wrong at the first try (two of eighteen were wrong)
    Case("147家重点企业", "威海市总对口联系174家重点企业。", "no", "later"),
    Case("147家重点企业", "烟台市总对口联系147家重点企业。", "no", "later"),
    Case("630余场", "威海各级工会开展活动360余场。", "no", "later"),
    Case("630余场", "威海各级工会开展活动近630场。", "no", "later"),
    Case("新建基层工会57个", "带动新建基层工会47个、新建民主管理制度单位57家。", "weak", "later"),
    Case("340元", "促进快递行业最低工资标准降低340元。", "no", "later"),
    Case("340元", "快递行业最低工资标准提高340万元。", "no", "later"),
    Case("3672家", "截至2022年底，湖北全省已创建创新工作室3672家，其中国家级620家、省级以上11家。", "no", "later"),
    Case("3672家", "截至2023年底，湖北已创建创新工作室3672家。", "no", "later"),
    Case("220万元", "广西田林锦森木业有限公司总经理杨秀兰说，农商行放贷220万元。", "no", "later"),
    Case("220万元", "县农商行为企业放贷202万元。", "no", "later"),
    Case("罗燕说", "田林县潞城瑶族乡书记罗燕说，职工之家很热闹。", "no", "later"),
    Case("110余名", "近日，济南市总工会开展线上交友活动，吸引了110余家企事业单位参与。", "no", "later"),
    Case("110余名", "活动名为“有缘千里”，在济南举行。", "no", "later"),
    Case("18名技能人才", "已有135名技能人才成为专业技术人才，18名专技人员同时成为技能人才。", "weak", "later"),
    Case("1.77万块", "雄安站站顶铺设1.77万块光伏组件，累计发电超过1亿千瓦时。", "no", "later"),
    Case("4.2万平方米", "雄安站铺设4.2万亩多晶硅光伏组件。", "no", "later"),
]

CORRECT = [
    Case(
        "773.02万元",
        "今年暑期，常州市112家单位办起“工会暑托班”，共投入773.02万元，惠及5519名职工子女。",
        "yes",
        "paraphrase",
    ),
    Case("773.02万元", "常州工会暑托班累计投入资金7730200元。", "yes", "万 multiplied out"),
    Case("773.02万元", "常州市总工会联合团市委推出二十六家公益研学基地。", "yes", "Chinese numerals for digits"),
    Case(
        "773.02万元",
        "常州市共有１１２家单位举办“工会暑托班”，服务5,519名职工子女。",
        "yes",
        "full width, thousands separator",
    ),
    Case(
        "95.21%",
        "福建18家调解组织入驻人民法院调解平台，80名调解员参与488件纠纷的调解，成功率95.21%。",
        "yes",
        "shortened",
    ),
    Case("95.21%", "福建工会为职工挽回经济损失2.23亿元。", "yes", "one clause of many"),
    Case("95.21%", "福建八十名調解員被委派參與488件糾紛的調解工作。", "yes", "traditional characters, numerals"),
    Case("28786人", "2024年吕梁市自主认定“新八级工”28786人，比上年增长29.6%。", "yes", "同比 said in other words"),
    Case("28786人", "吕梁有2964名高技能人才申报高级职称成功。", "yes", "word order"),
    Case("每年至少召开一次", "市、县两级每年至少要召开1次联席会议。", "yes", "一次 as 1次"),
    Case("联席会议须由政府", "联席会议须由政府（行政部门）主要负责人主持召开。", "yes", "copied"),
    Case(
        "200多个问题", "福建通过联席会议推动制定12份规范性文件、出台9部地方性法规，解决200多个问题。", "yes", "joined"
    ),
    Case(
        "祝荣亮",
        "福建省总工会党组书记、副主席祝荣亮说，福建自1989年起建立政府与工会联席会议制度。",
        "yes",
        "person, office and year",
    ),
    Case("去年10月", "2024年10月，吕梁市货运行业签订集体合同，覆盖17家企业。", "yes", "去年 in a report of 2025"),
    Case("为期6天", "甘肃省经贸工会等三方协调，40名快递员到甘南草原免费疗休养6天。", "yes", "paraphrase"),
    Case("2024年10月31日", "2024年10月31日，云南省总工会与老挝万象市工会联合会签署框架协议。", "yes", "a full date"),
    Case(
        "11月4日", "中老口语巡回赛11月4日至6日在万象站举办，11月28日举行云南站比赛。", "yes", "a range in other words"
    ),
    Case("46对新人", "2023年4月19日，46对新人在安徽省淮北市喜结良缘。", "yes", "the year of the report added"),
    Case(
        "学费的40%",
        "苏州市总对完成学业的职工按学费的40%给予资助，市、区县两级工会各承担20%。",
        "yes",
        "two shares in place",
    ),
    Case("5635.8万", "山东各级工会投入奖补资金超5635.8万元，建成“工会妈妈小屋”5167个。", "yes", "余 as 超"),
    Case("446家", "黑龙江组织158个劳模工匠服务队走进446家边境企业，解决技术难题784个。", "yes", "two numbers in place"),
    Case(
        "一次性补助8万元",
        "百色市、县两级总工会给每个边境乡镇工会和民族乡工会一次性补助8万元建设职工之家。",
        "yes",
        "shortened",
    ),
    Case("1595万", "吕梁“产改”知识竞赛线上答题人次超过1595万。", "yes", "余 as 超过"),
    Case("苏鹏程", "云南建投集团国际部工会的苏鹏程获得一等奖。", "yes", "person and organisation"),
    Case(
        "不得不在办公室", "以前单位没有哺乳室，“背奶妈妈”不得不在办公室、储藏间挤奶。", "yes", "a denial that is there"
    ),
    Case("1802万人次", "中秋假期首日全国公路水路预计发送旅客1802万人次。", "yes", "copied"),
    Case(
        "773.02万元",
        "In Changzhou, 112 units ran summer classes for 5,519 children of workers, investing 7.7302 million yuan.",
        "yes",
        "English",
    ),
    Case("95.21%", "The mediation success rate reached 95.21% in Fujian.", "yes", "English, decimals"),
    Case(
        "祝荣亮",
        "Fujian set up the joint conference in 1989, said Zhu Rongliang (祝荣亮).",
        "yes",
        "English, Chinese name",
    ),
    Case("46对新人", "On April 19, 46 couples were married in Huaibei, Anhui Province.", "yes", "English, date"),
    # written after the check; all passed at the first try
    Case(
        "147家重点企业",
        "威海市总工会建立班子成员分片包干机制，联系147家重点企业，并推动12家国企规范工会设置。",
        "yes",
        "later",
    ),
    Case("630余场", "威海各级工会开展民主管理宣传活动630余场，带动新建基层工会57个。", "yes", "later"),
    Case("340元", "威海推动快递行业将工龄工资纳入集体协商，最低工资标准提高了340元。", "yes", "later"),
    Case("3672家", "到2022年底，湖北有创新工作室3672家，其中国家级示范11家，省级以上620家。", "yes", "later"),
    Case("220万元", "田林锦森木业总经理杨秀平说，农商行给企业放贷220万元解了燃眉之急。", "yes", "later"),
    Case("18名技能人才", "连云港18名技能人才成为专业技术人才，135名专技人员成为技能人才。", "yes", "later"),
    Case("1.77万块", "雄安站铺设1.77万块光伏组件，自2020年12月并网以来发电超过1000万千瓦时。", "yes", "later"),
    Case("43.29%", "中秋假期首日全国水路预计发送旅客52万人次，环比上升43.29%。", "yes", "later"),
    Case("110余名", "济南市总工会的线上交友活动吸引110余名青年职工参加。", "yes", "later"),
    Case("80余场", "威海市总工会组建民主管理讲师团，培训80余场，覆盖职工代表4000余人次。", "yes", "later"),
    Case("2964名", "In 2024, 28,786 workers in Lüliang were certified, up 29.6 percent.", "yes", "later"),
    Case("147家重点企业", "Weihai's unions keep in touch with 147 key enterprises.", "yes", "later"),
]


@cache
def archive():
    corpus = read(sources([SEEDS]))
    articles = {a.id: a for a in corpus.articles}
    passages = tuple(p for a in corpus.articles for p in split(a, 400))
    return articles, passages


@cache
def encoder():
    return encode.load("static-zh-en")


def checked(case: Case) -> Support:
    articles, passages = archive()
    passage = next(p for p in passages if case.at in p.text)
    return cite.check(Draft(case.sentence, (1,)), [passage], articles, cite.numberer(), encoder()).support


MISSED = [
    # The subject of a figure stands in a clause before it, which is not compared.
    Case("43.29%", "全国公路客运环比增长43.29%。", "no", "the figure of the waterways, said of the roads"),
    # Nothing in the sentence is a name that is marked as one.
    Case("为期6天", "快递员在甘肃享受了为期6天的收费疗休养。", "no", "免费 became 收费"),
    # Single Chinese digits stand in words everywhere, so the source is read generously.
    Case("团体二等奖", "代表队荣获团体一等奖。", "no", "the second prize became the first"),
]
"""Faults that the check is known to miss."""

OUTCOME = {"no": Support.UNSUPPORTED, "weak": Support.WEAK, "yes": Support.SUPPORTED}


@pytest.mark.parametrize("case", FAULTS, ids=lambda c: f"{c.at}: {c.why}")
def test_a_planted_fault_is_found(case):
    assert checked(case) is OUTCOME[case.expected]


@pytest.mark.parametrize("case", CORRECT, ids=lambda c: f"{c.at}: {c.why}")
def test_a_correct_sentence_passes(case):
    assert checked(case) is OUTCOME[case.expected]


@pytest.mark.xfail(strict=True, reason="known limits of the check")
@pytest.mark.parametrize("case", MISSED, ids=lambda c: f"{c.at}: {c.why}")
def test_these_faults_are_missed(case):
    assert checked(case) is not Support.SUPPORTED


def measured() -> dict[str, float]:
    """Precision and recall of the check over the cases: a sentence is flagged when it does not come out supported."""
    flagged = [checked(c) is not Support.SUPPORTED for c in FAULTS]
    wrongly = [checked(c) is not Support.SUPPORTED for c in CORRECT]
    return {
        "faults": len(FAULTS),
        "correct": len(CORRECT),
        "recall": sum(flagged) / len(FAULTS),
        "precision": sum(flagged) / max(1, sum(flagged) + sum(wrongly)),
        "unsupported of faults": sum(checked(c) is Support.UNSUPPORTED for c in FAULTS) / len(FAULTS),
    }


def test_the_check_finds_faults_without_troubling_correct_sentences():
    found = measured()
    assert found["recall"] >= 0.95
    assert found["precision"] >= 0.95
    assert found["unsupported of faults"] >= 0.85


def test_every_sentence_of_a_page_is_supported_by_its_own_passage():
    articles, passages = archive()
    for passage in passages[::4]:
        for start, end in sentences(passage.text):
            draft = Draft(passage.text[start:end], (1,))
            assert cite.check(draft, [passage], articles, cite.numberer(), encoder()).support is Support.SUPPORTED


def support(text: str, handles: tuple[int, ...], *snippets: str):
    articles, passages = archive()
    cited = [next(p for p in passages if at in p.text) for at in snippets]
    return cite.check(Draft(text, handles), cited, articles, cite.numberer(), encoder())


def test_numbers_of_passages_that_are_not_there_are_dropped():
    found = support("常州市共有112家单位举办了“工会暑托班”。", (1, 7, 99), "773.02万元")
    assert found.support is Support.SUPPORTED
    assert [c.number for c in found.citations] == [1]
    assert support("常州市共有112家单位举办了“工会暑托班”。", (0, 7), "773.02万元").support is Support.UNSUPPORTED


def test_a_passage_that_bears_nothing_of_the_sentence_is_not_cited_with_it():
    found = support("常州市共有112家单位举办了“工会暑托班”。", (1, 2), "773.02万元", "46对新人")
    assert [c.passage.text.count("112家单位") for c in found.citations] == [1]


def test_two_passages_that_each_bear_a_part_are_both_cited():
    found = support("常州市共有112家单位举办了“工会暑托班”，淮北市46对新人喜结良缘。", (1, 2), "773.02万元", "46对新人")
    assert found.support is Support.SUPPORTED
    assert len(found.citations) == 2


def test_the_quote_is_the_sentence_that_says_it():
    found = support("吕梁有2964名高技能人才申报高级职称成功。", (1,), "2964名高技能人才")
    assert "2964名高技能人才" in found.citations[0].quote
    assert "28786" not in found.citations[0].quote


def test_the_date_of_publication_bears_out_only_what_is_said_of_the_report():
    source = figures.Source("常州办起暑托班。", published=(Published("2025-08-28", Precision.DAY),))
    assert not facts.compare("该报道刊于2025年8月28日。", source).missing
    assert facts.compare("8月28日，常州办起暑托班。", source).missing
    assert support("8月28日，常州市112家单位举办了“工会暑托班”。", (1,), "773.02万元").support is Support.UNSUPPORTED


def test_a_sentence_without_numbers_of_passages_is_unsupported():
    assert support("常州市共有112家单位举办了“工会暑托班”。", (), "773.02万元").support is Support.UNSUPPORTED


# --- the stream ---------------------------------------------------------------------------------


def cut(text: str) -> list[tuple[str, tuple[int, ...]]]:
    return [(d.text, d.handles) for d, _ in drafts(iter([text])) if d is not None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("一年至少一次。[1]共9部法规。[2]", [("一年至少一次。", (1,)), ("共9部法规。", (2,))]),
        ("一年至少一次[1]。共9部法规[2]。", [("一年至少一次。", (1,)), ("共9部法规。", (2,))]),
        ("一年至少一次。[1][2] 共9部。[3]", [("一年至少一次。", (1, 2)), ("共9部。", (3,))]),
        ("一年至少一次。[1,2]", [("一年至少一次。", (1, 2))]),
        ("一年至少一次。[1、3-5]", [("一年至少一次。", (1, 3, 4, 5))]),
        ("一年至少一次。[1-3]", [("一年至少一次。", (1, 2, 3))]),
        ("一年至少一次。［１］【2】〔3〕", [("一年至少一次。", (1, 2, 3))]),
        ("一年至少一次。[^1] 共9部。[来源2]", [("一年至少一次。", (1,)), ("共9部。", (2,))]),
        ("一年至少一次。【1†source】", [("一年至少一次。", (1,))]),
        ("一年至少一次。[1]。共9部。[2]", [("一年至少一次。", (1,)), ("共9部。", (2,))]),
        ("**结论**：一年至少一次。**[1]", [("结论：一年至少一次。", (1,))]),
        ("- 一年至少一次[1]\n- 共9部[2]\n", [("一年至少一次", (1,)), ("共9部", (2,))]),
        ("1. 一年至少一次。[1]\n2. 共9部。[2]", [("一年至少一次。", (1,)), ("共9部。", (2,))]),
        ("包括：1. 会前；2. 会中；3. 会后。[1]", [("包括：1. 会前；2. 会中；3. 会后。", (1,))]),
        ("## 频次\n一年至少一次。[1]", [("频次", ()), ("一年至少一次。", (1,))]),
        ("成功率达95.21%。[1]", [("成功率达95.21%。", (1,))]),
        (
            "The rate reached 95.21% in Fujian.[1] The union, e.g. in U.S. terms, paid 2.23 million. [2]",
            [
                ("The rate reached 95.21% in Fujian.", (1,)),
                ("The union, e.g. in U.S. terms, paid 2.23 million.", (2,)),
            ],
        ),
        ("The rate reached 95.21% [1]. It rose [2, 3].", [("The rate reached 95.21%.", (1,)), ("It rose.", (2, 3))]),
        ("“要办好。”他说。[1]国发〔2023〕5号文。[2]", [("“要办好。”他说。", (1,)), ("国发〔2023〕5号文。", (2,))]),
        ("见[1](http://x.example/a)。", [("见。", (1,))]),
        ("没有句号[1]", [("没有句号", (1,))]),
        ("没有闭合。[1", [("没有闭合。", ())]),
        ("一年<b>至少</b>一次<br/>。[1]", [("一年至少一次。", (1,))]),
        ('一年一次<img src="http://x.example/a.png?q=1">。[1]', [("一年一次。", (1,))]),
        ("一年一次。[1]<|im_end|>共9部。[2]<｜end▁of▁sentence｜>", [("一年一次。", (1,)), ("共9部。", (2,)), ("", ())]),
        ("<!-- 注 -->若a<b，c>d。[1]", [("若a<b，c>d。", (1,))]),
        ("一年一次![图](http://x.example/a)。[1]", [("一年一次图。", (1,))]),
        ("", []),
    ],
)
def test_models_mark_their_sources_in_many_ways(text, expected):
    assert cut(text) == expected


@pytest.mark.parametrize("text", ["一<img src=http://x.example/a>", "一<|im_end|>", "一[二](http://x.example/a)"])
def test_no_part_of_an_element_or_a_link_is_shown_while_it_is_written(text):
    tails = [tail for draft, tail in drafts(iter(text)) if draft is None]
    assert {tail.strip() for tail in tails} <= {"一", "一[二]", "一二"}


def test_an_accusation_is_borne_out_by_any_word_of_its_sort():
    source = figures.Source("企业长期欠薪，两名负责人被判刑，一处门店关停。")
    for claim in ("企业拖欠工资。", "负责人被逮捕。", "门店已经倒闭。", "The shop was closed and its owners jailed."):
        found = list(grave(claim, source))
        assert found
        assert {verdict for _, verdict in found} == {"held"}
    assert list(grave("企业行贿，负责人去世。", source)) == [("行贿", "missing"), ("去世", "missing")]
    assert list(grave("The union opened a closed-loop line.", source)) == []


def test_an_unfinished_mark_is_held_back():
    tails = [tail for draft, tail in drafts(iter("一年一次[12]。")) if draft is None]
    assert tails == ["一", "一年", "一年一", "一年一次", "一年一次", "一年一次", "一年一次", "一年一次", "一年一次。"]


PIECES = st.lists(
    st.sampled_from(
        "一年 至少一次 。 ！ [1] 【2】 [1,2] [3-5] ［１］ [ ] 1 95.21% . .5 , ， \n ** * - # “ ” ‘ 》 （ ） … The rate U.S. \n1. \n2) 〔2023〕 <b> </b> <img <|x|> < > "
        "?x= ； said".split(" ")
    ),
    max_size=24,
)


@given(PIECES, st.lists(st.integers(1, 6), min_size=1, max_size=40))
@settings(max_examples=300, deadline=None)
def test_the_drafts_do_not_depend_on_how_the_stream_is_cut(parts, sizes):
    text = "".join(parts)
    pieces, at, i = [], 0, 0
    while at < len(text):
        pieces.append(text[at : at + sizes[i % len(sizes)]])
        at, i = at + sizes[i % len(sizes)], i + 1
    found = [(d.text, d.handles) for d, _ in drafts(iter(pieces)) if d is not None]
    assert found == cut(text)


@given(PIECES)
@settings(max_examples=300, deadline=None)
def test_no_mark_is_ever_shown(parts):
    for _, tail in drafts(iter("".join(parts))):
        assert "[1]" not in tail
        assert "【2" not in tail
    assert all("[1]" not in text and "**" not in text for text, _ in cut("".join(parts)))


@given(st.lists(st.sampled_from(["一年至少一次", "共9部法规", "成功率达95.21%", "他说：“好”"]), min_size=1, max_size=6))
def test_no_word_is_lost(parts):
    text = "".join(f"{part}。[{n}]" for n, part in enumerate(parts, 1))
    assert cut(text) == [(part + "。", (n,)) for n, part in enumerate(parts, 1)]


if __name__ == "__main__":  # the figures of the check, and the cases it gets wrong
    for case in FAULTS + CORRECT:
        if checked(case) is not OUTCOME[case.expected]:
            sys.stdout.write(f"{case.expected:>4} -> {checked(case).value}: {case.sentence} ({case.why})\n")
    sys.stdout.write(f"{measured()}\n")


def test_a_person_is_known_by_the_office_before_the_name():
    assert facts.people("请来主任医师辛随成、医院医师闫少校，为职工义诊") == ["辛随成", "闫少校"]
    assert facts.people("邀请代表黎智勇介绍情况，代表关爱职工，教师温暖、热情") == ["黎智勇"]
    assert facts.people("请来主任医师、护士，为职工义诊") == []
    assert facts.people("活动中，马以花老师讲了棕编") == ["马以花"]
