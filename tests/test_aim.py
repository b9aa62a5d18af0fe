"""The form of a sentence that answers, and which sentence of a made-up report comes first by it."""

import pytest

from rag.answer.aim import aimed, points
from rag.answer.asked.kind import Asks
from rag.answer.asked.question import read
from rag.answer.evidence import Evidence, Span
from rag.answer.features import FEATURES
from rag.types import Passage


@pytest.mark.parametrize(
    ("question", "answers", "other"),
    [
        ("画展办到什么时候结束？", "画展将持续到10月底。", "画展每天9点到17点开放。"),
        ("报名什么时候截止？", "报名截止时间为3月8日。", "截至3月1日，已有20人报名。"),
        ("夜校从什么时候开的？", "从5月起，夜校每周两课。", "夜校5月有12门课。"),
        ("划船比赛是哪天开始的？", "6月22日，鼓声响起。", "6月的比赛引来不少人。"),
        ("骑手们从哪出发？", "骑手们从河阳码头出发，沿江而下。", "骑手们从容应对。"),
        ("书画课设在什么地方？", "书画课在文化宫3号楼举行。", "书画课受到文化宫欢迎。"),
        ("为什么停了早班船？", "由于江面起雾，早班船停航。", "早班船停航，乘客改乘班车。"),
        ("凭什么说秤不准？", "称重时差了二两，这是他的理由。", "秤由市场提供。"),
        ("怎么防止漏水？", "可以用加垫圈、换阀门等办法防止漏水。", "漏水的水管换了新的。"),
        ("书屋设了哪些区？", "书屋设有阅读区、自习区、借还区。", "书屋里有阅读区和自习区。"),
        ("夜校教什么？", "夜校设有书法、茶艺、剪纸等课。", "夜校的学员很多。"),
        ("体检查了哪些东西？", "项目包括视力、听力、血压。", "医生、护士、志愿者都来了。"),
        ("给船工送了啥解暑的？", "为船工送上绿豆、凉茶等慰问品。", "河阳慰问一线船工，送去清凉。"),
        ("船票钱按啥定的？", "船票依据是座位远近。", "船票按要求实名购买。"),
        ("乱收费的码头怎么罚的？", "涉事码头被停业整顿三十天。", "码头乱收费引来不少人。"),
        ("读书节的口号是啥？", "读书节以“书香河阳”为主题。", "读书节在河阳举行。"),
        ("头一批船票先给了谁？", "船票首先分给了学生。", "船票很快分完了。"),
        ("歇脚的那个站叫什么名？", "在“小舟”站里能喝水。", "在站里能喝水。"),
        ("为什么找村里买瓜？", "这一做法既保证新鲜，又带动增收。", "村里的瓜卖得很好。"),
        ("What date will the two sides meet?", "双方将于8月4日谈判。", "据日报8月1日报道，谈判有望举行。"),
        ("When would the ceremony be held?", "颁奖礼推迟至明年1月。", "颁奖礼每年都受关注。"),
        ("Where in Heyang is the night school?", "夜校位于河阳江岸路20号。", "夜校在河阳很受欢迎。"),
        ("Why did the boats stop?", "由于江面起雾，早班船停航。", "早班船停航，乘客改乘班车。"),
        ("夜校在几楼？", "夜校设在文化宫三楼东侧。", "夜校设在文化宫东侧，学员很多。"),
        ("抢的是哪个牌子的表店？", "劫匪进入钟表品牌河阳店内。", "劫匪进入一家钟表店内。"),
        ("哪家馆子给守堤的人送早饭？", "江岸鲜鱼馆为守堤的人送早餐。", "守堤的人早上吃到了早餐。"),
        ("夜校在哪个社区？", "夜校办在江岸社区。", "夜校办在学校里。"),
        ("几年来加起来种了多少棵树？", "累计种树900棵。", "今年种树90棵。"),
        ("划船比赛的冠军是谁？", "周建华获得一等奖。", "周建华介绍了比赛。"),
    ],
)
def test_the_form_of_an_answer_is_worth_something(question, answers, other):
    assert points(read(question), answers) > points(read(question), other)


def test_what_asks_for_no_form_gains_none():
    assert points(read("讲讲河阳的书屋"), "由于下雨，书屋设有伞架、鞋套、毛巾等。") == 0


def ranked(*sentences, article="a"):
    """The ``sentences`` of an article, as (text, score), side by side in one passage, best first."""
    text = "".join(s for s, _ in sentences)
    passage = Passage(f"{article}/0", article, text, 0, len(text), 0, 0)
    found, at = [], 0
    for sentence, score in sentences:
        found.append(Evidence(Span(passage, at, at + len(sentence), 0), score, (0.0,) * len(FEATURES)))
        at += len(sentence)
    return sorted(found, key=lambda e: -e.score)


def test_a_list_counts_for_the_sentence_it_goes_on_with():
    listed = "包括总纲、职责、奖惩。"
    report = ranked(("办法共三章。", 9.0), (listed, 1.0), ("办法已经公布。", 8.0))
    assert aimed(read("办法三章分别是什么？"), report)[1].text == listed
    examples = ranked(("孩子能去不少地方。", 9.0), ("如纪念馆、气象馆、消防队等。", 1.0), ("办班的地方很多。", 8.0))
    assert aimed(read("孩子能去的地方举几个"), examples)[1].text.startswith("如")
    apart = ranked(("办法共三章。", 9.0), ("办法已经公布。", 8.0), (listed, 1.0), ("办法明年施行。", 9.5))
    assert aimed(read("办法三章分别是什么？"), apart)[0].text == "办法明年施行。"


def test_a_reason_counts_for_the_sentence_that_follows_from_it():
    why, question = "渡口没有路灯。", read("为什么请居民一起巡查渡口？")
    report = ranked((why, 1.0), ("为此，居民一起巡查渡口。", 9.0), ("渡口有两条船。", 5.0))
    assert why in [e.text for e in aimed(question, report)][:2]
    told = ranked((why, 1.0), ("居民一起巡查渡口。", 9.0), ("渡口有两条船。", 5.0))
    assert aimed(question, told)[-1].text == why


def test_only_the_report_that_came_nearest_is_looked_at():
    question = read("为什么停了早班船？")
    near = ranked(("早班船停航。", 9.0), ("早班船改到九点。", 7.0))
    other = ranked(("由于没有煤，工厂停工。", 8.0), article="b")
    assert [e.score for e in aimed(question, [*near, *other])] == [9.0, 8.0, 7.0]
    assert aimed(question, []) == []


def test_an_english_question_is_left_as_it_is():
    report = ranked(("Because of fog, no boat left.", 1.0), ("No boat left.", 2.0))
    assert aimed(read("Why did no boat leave?"), report) == report


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("三个班分别教什么？", Asks.LIST),
        ("办法三章分别是什么？", Asks.LIST),
        ("剪纸班能学啥", Asks.LIST),
        ("比赛在哪一个城市举行？", Asks.PLACE),
        ("是哪一家书店？", Asks.OTHER),
        ("骑手们从哪出发？", Asks.PLACE),
        ("凭啥说秤不准", Asks.REASON),
        ("这座桥被称为什么？", Asks.OTHER),
        ("歇脚的那个站叫什么名？", Asks.OTHER),
        ("那几条船叫什么名字？", Asks.LIST),
        ("谁没上岗由哪个部门去问责？", Asks.OTHER),
        ("谁给哪个班上课？", Asks.PERSON),
        ("领读的那位叫什么名字？", Asks.PERSON),
        ("渡船不让几岁以下的孩子上？", Asks.NUMBER),
    ],
)
def test_what_is_asked_in_everyday_words(text, asks):
    assert read(text).asks is asks
