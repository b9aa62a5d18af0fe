"""What figure a question is after, and which numbers of made-up sentences answer it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.asked import english_figures
from rag.answer.asked.sought import Sort, sought
from rag.answer.rules.alike import meanings
from rag.answer.rules.governed.counted import EXACT, NONE, figures, fit
from rag.search import encode
from rag.zh import normalise


@pytest.fixture(scope="module")
def alike():
    return meanings(encode.load(encode.BUNDLED)).cosine


@pytest.mark.parametrize(
    ("question", "sort", "things", "deed"),
    [
        ("河阳总工会慰问了多少名环卫工人？", Sort.PEOPLE, ("环卫工人",), ""),
        ("全县有多少家爱心书屋？", Sort.COUNT, ("书屋", "爱心"), ""),
        ("爱心书屋有多少家？", Sort.COUNT, ("书屋",), ""),
        ("河阳今年上榜了多少个？", Sort.COUNT, (), ""),
        ("驿站一共投入了多少钱？", Sort.MONEY, (), "spend"),
        ("培训班每人收多少钱？", Sort.MONEY, (), "charge"),
        ("今年发放了多少元助学金？", Sort.MONEY, ("助学金",), "give"),
        ("环卫工人的工资是多少？", Sort.MONEY, ("工资",), "earn"),
        ("活动总共花了多少？", Sort.MONEY, (), "spend"),
        ("船工的月收入涨到多少了？", Sort.MONEY, ("收入",), "earn"),
        ("船工一个月拿多少钱？", Sort.MONEY, (), "earn"),
        ("建会率是多少？", Sort.SHARE, ("建会率",), ""),
        ("渡口要求误点率压到多少以下？", Sort.SHARE, ("误点率",), ""),
        ("招来的人里学医的占多少？", Sort.SHARE, (), ""),
        ("有多少年轻人当了班长？", Sort.PEOPLE, ("年轻人",), ""),
        ("有多少家长来听课？", Sort.PEOPLE, ("家长",), ""),
        ("联席会多久开一次？", Sort.EVERY, (), ""),
        ("船员隔几天换一回班？", Sort.EVERY, (), ""),
        ("联席会一次开多久？", Sort.MEASURE, (), ""),
        ("渡船不让几岁以下的孩子上？", Sort.MEASURE, (), ""),
        ("今年给书屋排了多少专款？", Sort.MONEY, (), "give"),
        ("女职工占几成？", Sort.SHARE, (), ""),
        ("培训几天？", Sort.SPAN, (), ""),
        ("这是第几届技能大赛？", Sort.ORDINAL, (), ""),
        ("书屋的面积是多少？", Sort.MEASURE, ("面积",), ""),
    ],
)
def test_what_is_asked_for_is_read_from_the_question(question, sort, things, deed):
    asked = sought(normalise(question))
    assert (asked.sort, asked.deed) == (sort, deed)
    assert asked.things[: len(things)] == things


def test_a_question_after_no_figure_seeks_none():
    assert sought("书屋在哪里") is None
    assert english_figures.sought("who opened the library?") is None


@pytest.mark.parametrize(
    ("question", "sentence", "answers"),
    [
        ("慰问了多少名环卫工人？", "共慰问环卫工人120名", ["120名"]),
        ("慰问了多少名环卫工人？", "慰问组走访了6个乡镇", []),
        ("有多少家企业签约？", "17家运输企业和3个街道签约", ["17家"]),
        ("参加的企业有多少家？", "参加的企业147家", ["147家"]),
        ("投入了多少钱？", "各级工会投入资金30万元，受益职工500名", ["30万元"]),
        ("书屋有多少本书？", "书屋藏书3200册，桌椅40套", ["3200册"]),
        ("剪纸班要上几个星期？", "剪纸班为期4周，学员30人", ["4周"]),
        ("食堂这几年省下的油一共有多少升？", "食堂连续5年节油，共省下800升", ["800升"]),
        ("每个孩子收多少钱？", "工会投入资金30万元举办托管班", []),
        ("一个月工资是多少？", "工会补助8万元用于建房，工资由县里分担", []),
        ("最低工资标准是多少？", "最低工资标准提高了340元", []),
        ("船工要涨多少工资？", "船工要求加薪35%，工资三年没变", ["35%"]),
        ("船工的工资是多少？", "船工要求加薪35%，工资三年没变", []),
        ("最低工资标准提高了多少？", "最低工资标准提高340元", ["340元"]),
        ("每年给多少水电补贴？", "每年给予建设补贴2万元", []),
        ("参赛人数占几成？", "参赛人数同比增长30%", []),
        ("建会率是多少？", "全市建会率达92.5%", ["92.5%"]),
        ("有多少人次参加？", "共有300名职工参加", []),
        ("有多少人次参加？", "共有3.2万人次参加", ["3.2万人次"]),
        ("联席会多久开一次？", "联席会每半年对各县工作评议一次", ["每半年对各县工作评议一次"]),
        ("联席会多久开一次？", "联席会每年给书屋2万元", []),
        ("小组多久学一回？", "小组坚持一周一学习", ["一周一学"]),
        ("有多少人次看直播？", "河阳分会场直播观看量110万", ["110万"]),
        ("有多少人次看直播？", "河阳分会场直播设备投入110万", []),
        ("孩子上几年级？", "孩子今年读三年级，爱读书", ["三年级"]),
        ("孩子上几年级？", "孩子今年10岁，爱读书", []),
        ("要办几场竞赛？", "全市将举办4项竞赛", ["4项"]),
        ("渡船不让几岁以下的孩子上？", "未满8周岁的孩子不得上船", ["8周岁"]),
        ("招来的人里学医的占多少？", "新招的人中1/4学医", ["1/4"]),
        ("办到第几届了？", "第十二届职工运动会开幕，共有12支队伍", ["第十二届"]),
        ("这项活动哪一年办，办了几届？", "2019年以来共办5届", ["5届"]),
        ("建了多少个“暖心驿站”？", "全区建成90个“暖心驿站”", ["90个"]),
        ("多少家合作社入了会？", "在30家捕捞、运输合作社中建会", ["30家"]),
        ("多少名学员考上了？", "12名教师、300名学员参加", ["300名"]),
    ],
)
def test_a_number_answers_if_it_counts_what_is_asked_for(question, sentence, answers, alike):
    asked = sought(normalise(question))
    given = figures(asked, sentence, alike)
    best = max((value for _, value in given), default=0.0)
    assert [sentence[a:b] for (a, b), value in given if value == best > 0] == answers


def test_words_like_the_one_asked_for_count_and_others_do_not(alike):
    asked = sought("有多少员工参加")
    assert fit(asked, "500名工人参加", alike) > fit(asked, "500场活动参加", alike)


def test_a_number_of_the_thing_itself_fits_best(alike):
    asked = sought("建成多少个书屋")
    assert (
        fit(asked, "建成书屋25个", alike) == EXACT > fit(asked, "建成广场25个", alike) > fit(asked, "建成书屋", alike)
    )
    assert fit(asked, "建成书屋", alike) == NONE


def test_years_and_days_are_no_figures():
    asked = sought("干了几年")
    assert figures(asked, "2019年3月5日起") == []


@pytest.mark.parametrize(
    ("question", "sort", "things"),
    [
        ("how much prize money did the team get?", Sort.MONEY, ("奖金",)),
        ("how much money was put into the library?", Sort.MONEY, ()),
        ("what percentage of members took part?", Sort.SHARE, ()),
        ("how many workers were trained?", Sort.PEOPLE, ()),
        ("how long does the course last?", Sort.SPAN, ()),
        ("how many libraries are there?", Sort.COUNT, ("libraries", "library")),
        ("how many kinds of shells were found?", Sort.COUNT, ("shells", "shell")),
        ("how many divers came?", Sort.COUNT, ("divers", "diver")),
        ("how much salt did the island dig out?", Sort.COUNT, ("salt",)),
        ("what was the revenue of the lighthouse?", Sort.MONEY, ()),
        ("how old is the keeper?", Sort.MEASURE, ()),
        ("how long is the new tunnel?", Sort.MEASURE, ()),
    ],
)
def test_english_questions_after_figures_are_read_too(question, sort, things):
    asked = english_figures.sought(question)
    assert (asked.sort, asked.things) == (sort, things)


@given(st.text(alphabet="多少几名家元工资职工书屋第届0123456789%万，。的了是有", max_size=30), st.text(max_size=40))
def test_every_figure_lies_in_its_sentence_and_has_a_value(question, sentence):
    asked = sought(normalise(question))
    if asked is not None:
        for (start, end), value in figures(asked, sentence):
            assert 0 <= start < end <= len(sentence)
            assert NONE < value <= EXACT
        assert NONE <= fit(asked, sentence) <= EXACT
