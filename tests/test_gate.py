"""What a question insists on, beyond its words: offices, ranks, names, modifiers; and what asks nothing of an archive."""

import pytest

from rag.answer import extract, refusal
from rag.answer.asked.intent import Intent, intent
from rag.answer.asked.kind import Asks
from rag.answer.asked.question import read
from rag.answer.evidence import Evidence, Span
from rag.answer.features import FEATURES
from rag.answer.find import LONG, MOST_BESIDE, _deep
from rag.answer.gate import Verdict
from rag.answer.lacks import Lack
from rag.answer.rules import modifiers, spelling
from rag.answer.stated import offices
from rag.assistant import Assistant
from rag.config import Settings
from rag.search import encode
from rag.search.retrieve import Searcher, retrieve
from rag.search.store import assemble
from rag.types import Article, Kind, Passage


@pytest.mark.parametrize(
    ("text", "office", "of", "held"),
    [
        ("河阳市总工会主席张建国说", "主席", "", True),
        ("河阳市总工会副主席张建国说", "主席", "", False),
        ("河阳市总工会副主席张建国说", "副主席", "", True),
        ("河阳市总工会党组书记、主席张建国出席", "主席", "", True),
        ("会上，张建国当选河阳市总工会主席", "主席", "", True),
        ("河阳市总工会主席会议研究了方案", "主席", "", False),
        ("河阳县总工会主席张建国说", "主席", "省总工会", False),
        ("县委常委、总工会主席欧智卓玛参加", "主席", "县总工会", True),
        ("光威集团工会主席席于洋说", "主席", "", True),
        ("总工会主席于今年到任", "主席", "", False),
        ("河阳市园区工会联合会主席张建国说", "主席", "总工会", False),
        ("李明夺得冠军", "冠军", "", True),
        ("李明获一等奖", "冠军", "", True),
        ("李明获二等奖", "冠军", "", False),
    ],
)
def test_an_office_is_held_by_somebody_named(text, office, of, held):
    assert offices.holds(text, office, of) is held


def test_the_body_whose_office_is_asked_for_is_read():
    assert offices.body("河阳省总工会的主席是谁", "主席") == "省总工会"
    assert offices.body("主席是谁", "主席") == ""


def test_a_rank_must_be_spoken_of():
    assert read("哪支队伍拿了第一？").ranked == "第一"
    assert offices.ranks("张建国获一等奖", "第一")
    assert not offices.ranks("第一届大赛有5支队伍", "第一")
    assert not offices.ranks("第二十二届大赛有5支队伍", "第二")
    assert read("第一期课程是谁讲的？").ranked == ""


def test_one_character_of_a_name_may_be_wrong_if_it_makes_no_other_word():
    assert spelling.holds("河阳惠工券", "发放“河阳惠工券”")
    assert spelling.holds("暖边绿竟", "“暖边绿境”行动")
    assert not spelling.holds("春雨行动", "“春风行动”招聘会")
    assert not spelling.holds("惠工", "惠民")


def test_a_thing_with_another_modifier_is_another_thing():
    text = "河阳成立铁路交通职工创新工作室联盟。"
    ask = "河阳成立的航空航天职工创新工作室联盟有谁？"
    assert "航空航天" in modifiers.other(ask, text, read(ask).words)
    same = "河阳成立的铁路交通职工创新工作室联盟有谁？"
    assert modifiers.other(same, text, read(same).words) == []
    bare = "河阳成立的全市职工创新工作室联盟有谁？"
    assert modifiers.other(bare, f"{text}职工创新工作室联盟有9家单位。", read(bare).words) == []


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("你好！", Intent.CHAT),
        ("谢谢", Intent.CHAT),
        ("hello", Intent.CHAT),
        ("？？", Intent.CHAT),
        ("你是谁", Intent.CHAT),
        ("帮我写一份年终总结", Intent.CHAT),
        ("明天天气怎么样", Intent.CHAT),
        ("Excel怎么合并单元格", Intent.CHAT),
        ("这只股票能买吗", Intent.CHAT),
        ("蓝鲸船厂停工，股价怎么反而涨了", Intent.ARCHIVE),
        ("公司不给加班费，违法吗？", Intent.ADVICE),
        ("没签劳动合同拿什么作证？", Intent.ADVICE),
        ("没签劳动合同拿什么作证？律师举了哪些例子？", Intent.ARCHIVE),
        ("被单位辞退能要多少赔偿？", Intent.ADVICE),
        ("会员证怎么补办", Intent.ADVICE),
        ("Can my boss fire me without notice?", Intent.ADVICE),
        ("河阳的驿站有多少个？", Intent.ARCHIVE),
        ("工会怎么帮职工追回欠薪？", Intent.ARCHIVE),
        ("山东的职工被拖欠工资后工会做了什么？", Intent.ARCHIVE),
        ("法院和工会怎么调解劳动纠纷", Intent.ARCHIVE),
    ],
)
def test_what_asks_nothing_of_an_archive_is_recognised(text, meant):
    assert intent(read(text)) is meant


def test_the_last_of_several_questions_says_what_is_asked_for():
    assert read("书屋是谁办的？一共有多少本书？").asks is Asks.NUMBER
    assert read("书屋是谁办的？那怎么样").asks is not Asks.NUMBER


def test_a_province_beside_its_city_only_says_where_that_lies():
    assert [p.city for p in read("山西临汾有多少家企业？").places] == ["临汾"]


def test_a_town_by_its_short_name_may_be_a_place():
    assert read("平度全市有多少名劳模？").spots == ("平度",)
    assert read("据兴化“一站式”的报道，有多少件？").spots == ("兴化",)
    assert read("书屋有多少家？").spots == ()


ARTICLE = Article(
    "a",
    "page",
    Kind.NEWS,
    "河阳市总工会建成“书香驿站”",
    (
        "河阳市总工会近日建成“书香驿站”36个，投入资金80万元。驿站里有图书、饮水机和急救箱。",
        "河阳市总工会副主席张建国说，驿站今年服务环卫工人5200人次。",
        "河阳市第三届职工读书节同时开幕，12支队伍参加。河阳市还评选了快递行业集体合同示范企业9家。",
    ),
    province="山东",
    city="青岛",
)


@pytest.fixture(scope="module")
def small():
    settings = Settings()
    encoder = encode.load(settings.encoder)
    others = [
        Article(f"b{n}", "page", Kind.NEWS, title, (f"{title}。{more}",))
        for n, (title, more) in enumerate(
            [
                ("长岭县举办职工篮球赛", "比赛在县体育馆举行，吸引观众800余人。"),
                ("青河区为货车司机体检", "体检车开进物流园，司机们排队量血压。"),
                ("云溪市开展消防演练", "演练模拟仓库起火，员工有序撤离。"),
                ("南陵县表彰优秀教师", "县里希望教师安心从教。"),
                ("东港镇渔民喜获丰收", "今年的对虾个头大，价格好。"),
                ("北川县举行春耕仪式", "农机手驾驶拖拉机下田。"),
            ]
        )
    ]
    return Assistant(settings, assemble([ARTICLE, *others], settings, encoder), encoder)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("河阳建了多少个书香驿站？", "36个"),
        ("书香驿站投入了多少钱？", "80万元"),
        ("书香驿站里有哪些东西？", "急救箱"),
        ("第三届职工读书节有几支队伍参加？", "12支"),
        ("河阳市总工会的副主席是谁？", "张建国"),
    ],
)
def test_what_is_reported_is_answered(small, question, answer):
    assert answer in small.ask(question).text


@pytest.mark.parametrize(
    ("question", "lack", "named"),
    [
        ("书香驿站每月的电费是多少？", Lack.FIGURE, "电费"),
        ("书香驿站给每人收多少钱？", Lack.FIGURE, ""),
        ("书香驿站有多少名志愿者服务环卫工人？", Lack.FIGURE, "志愿者"),
        ("第五届职工读书节有几支队伍参加？", Lack.ORDINAL, "第5届"),
        ("河阳市总工会的主席是谁？", Lack.ROLE, "主席"),
        ("职工读书节哪支队伍拿了第一？", Lack.RANK, "第一"),
        ("书香驿站2019年建了多少个？", Lack.YEAR, "2019年"),
        ("西藏建了多少个书香驿站？", Lack.PLACE, "西藏"),
        ("“墨香计划”投入了多少钱？", Lack.NAME, "墨香计划"),
        ("电商行业集体合同示范企业有几家？", Lack.SUBJECT, "电商"),
        ("你好", Lack.CHAT, ""),
        ("在书香驿站借书须提交什么材料？", Lack.ASPECT, "所需材料"),
        ("公司拖欠工资怎么办？", Lack.ADVICE, ""),
        ("库里一共有多少篇报道？", Lack.HOLDINGS, "/library"),
        ("最新的报道是什么", Lack.HOLDINGS, "/library"),
        ("把报纸上的记者名单列一下", Lack.HOLDINGS, "/library"),
        ("2025年8月28日的报纸都有哪些内容？", Lack.HOLDINGS, "/library"),
        ("How many reports are there in the archive?", Lack.HOLDINGS, "/library"),
    ],
)
def test_what_is_not_reported_is_refused_and_named(small, question, lack, named):
    answer = small.ask(question)
    assert answer.refused
    assert answer.trace.notes[-1] == f"no evidence: {lack.value}"
    assert all(note.startswith("synonym: ") for note in answer.trace.notes[:-1])
    assert answer.notice
    assert named in answer.notice


@pytest.mark.parametrize("question", ["你好", "有哪些报道？"])
def test_beside_what_asks_nothing_of_the_reports_none_is_near(small, question):
    assert small.ask(question).hits == ()
    assert small.ask("书香驿站每月的电费是多少？").hits


@pytest.mark.parametrize(
    "question",
    [
        "有哪些报道讲书香驿站？",
        "报道里书香驿站有多少个？",
        "What reports are there of reading stations?",
        "发布会上为啥说讨工钱光打官司没用？",
        "渡轮公司关门时欠了多少工钱，丢了饭碗的有多少人，后来股价涨到多少？",
    ],
)
def test_a_question_with_a_subject_asks_for_reports(question):
    assert intent(read(question)) is Intent.ARCHIVE


def test_a_city_whose_name_runs_into_another_is_known_by_its_full_name():
    settings = Settings()
    encoder = encode.load(settings.encoder)
    text = "湖北孝感应城市总工会办夜校，学员60人。"
    report = Article("y", "page", Kind.NEWS, "工会夜校开课", (text,), province="湖北", city="孝感")
    assistant = Assistant(settings, assemble([report, ARTICLE], settings, encoder), encoder)
    assert "60人" in assistant.ask("湖北应城的夜校有多少名学员？").text
    assert assistant.ask("湖北大冶的夜校有多少名学员？").refused


def test_an_answer_begins_with_what_is_told_and_not_with_the_by_line():
    settings = Settings()
    encoder = encode.load(settings.encoder)
    text = "本报讯（记者王明 通讯员李丽）近日，应城市总工会办起职工夜校，招收学员60人。"
    report = Article("y", "page", Kind.NEWS, "应城办起职工夜校", (text,), province="湖北", city="孝感")
    assistant = Assistant(settings, assemble([report, ARTICLE], settings, encoder), encoder)
    told = assistant.ask("应城的职工夜校招收多少名学员？").sentences[0]
    assert told.text == "近日，应城市总工会办起职工夜校，招收学员60人。"
    assert told.citations[0].quote == told.text
    assert told.text[slice(*told.lead)] == "60人"
    assert "记者王明" in assistant.ask("应城职工夜校的报道是哪个记者写的？").text


def test_both_of_two_questions_are_answered_from_one_report(small):
    text = small.ask("河阳的书香驿站里有哪些东西？投入了多少钱？").text
    assert "急救箱" in text
    assert "80万元" in text
    assert small.ask("河阳的书香驿站里有哪些东西？每月的电费是多少？").refused


def test_every_lack_is_put_in_words():
    for texts in refusal.TEXTS.values():
        assert set(texts) == set(Lack) - {Lack.NOTHING}


def test_a_refusal_names_the_nearest_report_in_the_language_of_the_question(small):
    verdict = Verdict(Lack.FIGURE, 0.0, "电费", "a")
    assert refusal.say(read("电费是多少"), verdict, small.store, "zh").count("《河阳市总工会建成“书香驿站”》") == 1
    assert "“书香驿站”" in refusal.say(read("How much?"), verdict, small.store, "en")


def test_words_that_stand_nowhere_in_the_archive_are_named(small):
    said = refusal.say(read("火星基地的电影节"), Verdict(Lack.SUBJECT), small.store, "zh")
    assert "火星" in said
    assert refusal.say(read("书香驿站"), Verdict(Lack.SUBJECT), small.store, "zh") == ""


def test_a_question_that_opens_with_a_name_nobody_speaks_of_is_about_something_else(small):
    answer = small.ask("月球基地的工会建了多少个书香驿站？")
    assert answer.refused
    assert "月球基地" in answer.notice


def test_a_name_that_is_like_one_of_the_report_opens_no_other_subject():
    def alike(one, other):
        return 0.9 if {one, other} == {"宿舍", "寓所"} else 0.0

    assert modifiers.topic("青年寓所的工会在哪里", "职工宿舍建成", alike, 0.5) == ""
    assert modifiers.topic("青年寓所的工会在哪里", "职工书屋建成", alike, 0.5) == "青年寓所"
    assert modifiers.topic("当时是谁", "职工书屋建成", alike, 0.5) == ""
    assert modifiers.topic("职工食堂投了多少钱", "职工疗养投入300万元", alike, 0.5) == "职工食堂"
    assert modifiers.topic("工会篮球联赛总共投入多少钱", "工会投入300万元", alike, 0.5) == "工会篮球联赛"
    assert modifiers.topic("工会组织的演出有哪些", "工会办了演出", alike, 0.5) == ""


def test_what_the_nearest_report_says_in_a_passage_not_found_is_found(small):
    long = Article(
        "c",
        "page",
        Kind.NEWS,
        "云岭市建设“暖心驿站”",
        (
            *(
                f"云岭市总工会推进“暖心驿站”建设，第{n}批驿站选在商圈和广场，方便快递员和环卫工人歇脚喝水。" * 4
                for n in range(2, 14)
            ),
            "目前已投入使用驿站137座。",
        ),
        province="湖北",
        city="武汉",
    )
    store = assemble([long], small.settings, small.encoder)
    answer = Assistant(small.settings, store, small.encoder).ask("云岭市总工会有多少座“暖心驿站”？")
    assert "137座" in answer.text
    assert {c.passage.id for c in answer.citations} <= {hit.passage.id for hit in answer.hits}


@pytest.mark.parametrize(("batches", "looked_at"), [(5, 2), (20, 2 + MOST_BESIDE)])
def test_of_a_long_report_more_is_looked_at_than_was_found(small, batches, looked_at):
    paragraphs = tuple(
        f"云岭市总工会第{n}批“暖心驿站”选在商圈和广场，方便快递员歇脚喝水。" * 6 for n in range(1, batches + 1)
    )
    store = assemble(
        [Article("c", "page", Kind.NEWS, "云岭市建设“暖心驿站”", paragraphs)], small.settings, small.encoder
    )
    assert (len(store.passages) > LONG) == (batches == 20)
    hits = retrieve(Searcher.of(store, small.encoder, small.settings), "暖心驿站选在哪里？", 2)
    assert len({hit.passage.id for hit in _deep(store, hits)}) == looked_at


def test_points_are_told_in_the_order_of_their_article(small):
    answer = small.ask("书香驿站有哪些服务？")
    spots = [(c.passage.start + c.start) for c in answer.citations if c.passage.article_id == "a"]
    assert spots == sorted(spots)


def chosen(question, *sentences, person=()):
    """What is shown of ``sentences`` of one article, best first; those at the places ``person`` name somebody."""
    text = "".join(sentences)
    passage = Passage("a/0", "a", text, 0, len(text), 0, 0)
    found, at = [], 0
    for n, sentence in enumerate(sentences):
        features = [1.0 if name == "person" and n in person else 0.0 for name in FEATURES]
        found.append(Evidence(Span(passage, at, at + len(sentence), 0), 9.0 - n, tuple(features)))
        at += len(sentence)
    return [e.text for e in extract.choose(read(question), found)]


def test_of_two_long_sentences_both_are_shown():
    long, longer, third = "渡口的船晚点。" * 20, "江面起了大雾，航道封闭。" * 13, "旅客改乘班车，平安到家。"
    assert chosen("渡口的船怎么样", long, longer, third)[:2] == [long, longer]
    assert chosen("渡口的船怎么样", longer * 3, long) == [longer * 3]
    assert chosen("渡口的船前后有什么变化", long, longer, third) == [long, third]


def test_two_questions_in_one_have_more_room_than_one():
    told = [
        "讲堂第一期在船厂开课。",
        "学员三十人，来自各车间。",
        "课间有茶水和点心供应。",
        "焊工老周讲了第一课。",
        "厂长也来听讲。",
    ]
    assert chosen("讲堂第一期在哪里开课？", *told) == told[:3]
    assert chosen("讲堂第一期在哪里开课，谁来听讲？", *told) == told


def test_how_a_thing_is_done_is_told_by_one_report():
    """A sentence of another report stands beside it only if it is nearly as good."""
    own, other = (
        Passage(f"{a}/0", a, text, 0, len(text), 0, 0)
        for a, text in (("a", "先登记，再装船。码头有人值守。"), ("b", "车站先验票。"))
    )
    none = tuple(0.0 for _ in FEATURES)
    found = [
        Evidence(Span(own, 0, 8, 0), 9.0, none),
        Evidence(Span(other, 0, 6, 0), 7.5, none),
        Evidence(Span(own, 8, 15, 0), 6.0, none),
    ]
    assert [e.text for e in extract.choose(read("码头怎么装船？"), found)] == [own.text[:8], own.text[8:15]]
    assert [e.text for e in extract.choose(read("码头有哪些规定？"), found)][1] == other.text


def test_of_each_thing_in_a_list_it_is_told_what_the_report_says_of_it():
    listing = "渡口提出建立班前点名、班中巡查、班后登记等制度。"
    told = [
        "渡口在河阳。",
        "班前点名。",
        "船长每日七点点名。",
        "班中巡查。",
        "大副每小时走一遍甲板。",
        "一是班后登记，由水手长负责。",
        "食堂七点开门。",
    ]
    shown = chosen("渡口有哪些制度，各怎么做？", listing, *told)
    assert shown[0] == listing
    assert {told[2], told[4], told[5]} <= set(shown)
    one = (listing, told[0], told[3], told[4], *["食堂七点开门。", "码头有灯。", "江面宽两里。", "船票两元。"])
    assert chosen("渡口有哪些制度，各怎么做？", *one)[1] == told[0]  # one thing alone may be a chance


def test_a_sentence_that_names_somebody_is_shown_where_a_person_is_asked_for():
    told = ["讲堂第一期在船厂开课。", "学员三十人，来自各车间。", "课间有茶水和点心供应。", "焊工老周讲了第一课。"]
    assert told[3] in chosen("讲堂第一期谁讲的？", *told, person=(3,))
    assert told[3] not in chosen("讲堂第一期在哪里开课？", *told, person=(3,))
    assert chosen("讲堂第一期谁讲的？", *told, person=(0,))[0] == told[0]
