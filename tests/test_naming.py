"""What a question asks to be named must be named: the nearest question that the report does answer is let through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.lacks import Lack
from rag.answer.rules import slots
from rag.answer.rules.naming import siblings
from rag.answer.rules.naming.unnamed import unnamed
from rag.answer.stated import mentioned
from rag.answer.stated.mentioned import persons


def lacks(question: str, text: str, told: tuple[str, ...] = ()) -> list[str]:
    return [missing for _, missing in unnamed(question, text, told)]


CONTEST = "河阳举行技能大赛。评选出一等奖1个、二等奖2个。"


@pytest.mark.parametrize(
    ("question", "not_told", "told"),
    [
        # who won
        ("河阳技能大赛一等奖让哪个队拿走了？", CONTEST, f"{CONTEST}市建筑公司代表队荣获一等奖。"),
        ("技能大赛最后哪个队赢了？", "技能大赛决赛举行，12支队伍参加。", "技能大赛决赛举行，市建筑公司代表队获胜。"),
        ("技能大赛二等奖得主是谁？", "第二十届大赛上，王建国获一等奖。", "第二十届大赛上，王建国获二等奖。"),
        ("Who took second prize in the contest?", "第二十届大赛上，王建国获一等奖。", "大赛上，王建国获二等奖。"),
        ("比赛里谁划得最快？", "近600名选手参加划船比赛。", "划船比赛中王建国划得最快。"),
        # the others of a group
        ("河阳的6个市除了甲市、乙市还有哪四个？", "河阳协调甲市、乙市等6市。", "河阳协调甲市、乙市、丙市、丁市、戊市、己市。"),
        ("三所合作学院除了河阳学院，另外两所叫什么？", "河阳学院有些课程由企业教授。", "企业与河阳学院、江北学院、山口学院合作。"),
        (
            "Besides Heyang Group, which firms took part?",
            "活动推动河阳集团等12家国企规范建会。",
            "活动推动河阳集团、江北公司规范建会。",
        ),
        # a group that is counted
        ("挂牌的工匠学院名称分别是什么？", "全市挂牌成立工匠学院9家，投入20万元。", "全市挂牌成立工匠学院9家，包括甲学院、乙学院、丙学院、丁学院。"),
        ("那7大服务体系是哪七个？", "园区打造7大服务体系。工会办实事。", "园区打造7大服务体系，包括培训、维权、帮扶、阅读、健身、法律、心理。"),
        ("Which five teams took part in the contest?", "5支代表队在化验、维修、操作等项目中比赛。", "甲队、乙队、丙队、丁队、戊队等5支代表队比赛。"),
        # the person behind a word
        ("签约的那两个准大学生叫啥名？", "2名准大学生签订了意向书。王建国讲话。", "准大学生李小明签订了意向书。"),
        ("居中调解的那位叫什么名字？", "双方都不接受调解员的建议。", "双方都不接受调解员李明的建议。"),
        ("供水公司工会主席贵姓？", "公司工会主席及相关负责人慰问职工。", "公司工会主席王建国慰问职工。"),
        ("研讨会上发言的专家都有谁？", "研讨会上，专家学者建言献策。", "研讨会上，专家李明发言。"),
        ("What is the name of the mediator?", "双方都不接受调解员的建议。", "双方都不接受调解员李明的建议。"),
        ("公司的财务总监叫什么？", "董事长王建国捐了款。", "财务总监王建国捐了款。"),
        ("吴静之后，公司工会主席换成谁了？", "公司工会主席吴静接受审查。", "公司工会主席吴静接受审查，王建国接任工会主席。"),
        ("刘更生当年拜谁为师？", "传承人刘更生展示技艺。", "传承人刘更生师从王建国。"),
        ("年轻技工是谁带的？", "技工王建国手艺好。", "技工王建国师从李明。"),
        ("那篇社论执笔的是谁？", "日报刊登题为《论劳动》的社论。", "日报刊登社论，作者是王建国。"),
        ("开幕式上是谁宣读的倡议书？", "开幕式上发布了倡议书。", "开幕式上，王建国宣读了倡议书。"),
        ("鲜汤店的老板姓啥？", "鲜汤店送来早餐，王建国道了谢。", "鲜汤店老板李明送来早餐。"),
        ("许建武的两个孩子叫什么？", "许建武把两个孩子交给老人照看。", "许建武把孩子许小明交给老人照看。"),
        ("快递员王师傅的全名叫什么？", "快递员王师傅去了草原。", "快递员王师傅去了草原。王建国说，风景很好。"),
        ("薪酬最高的企业是哪家？", "薪酬最高的是去年。", "薪酬最高的是河阳公司。"),
        ("Who presented the awards?", "大赛结束后举行颁奖典礼。", "王建国为选手颁奖。"),
        ("Which team won the contest?", "12支队伍参加决赛。", "市建筑公司代表队获一等奖。"),
        # what is said of a person
        ("受资助的彭雪松被哪所大学录取？", "学生彭雪松说：“谢谢。”学生宋小飘说：“我考取了河阳大学。”", "学生彭雪松说：“我考取了河阳大学。”"),
        ("讲课的黎智勇在哪个单位上班？", "活动邀请代表黎智勇分享感受。", "活动邀请河阳建工集团职工黎智勇分享感受。"),
        ("程云起得的是哪种病？", "程云起查出患有重大疾病。", "程云起查出患有肺癌。"),
        ("黄国玉念的啥专业？", "黄国玉代表毕业生发言。", "黄国玉学的是机械专业。"),
        ("李颖是啥职务？", "李颖表示，要做好防汛。", "公路局副局长李颖表示，要做好防汛。"),
        ("李颖升了啥职务？", "工人李颖拿到证书，收入提高了。", "工人李颖拿到证书，升任班长。"),
        ("What is Li Ying's job title?", "“要做好防汛。”李颖表示。", "公路局副局长李颖表示，要做好防汛。"),
        ("李颖是哪里人？", "李颖表示，要做好防汛。", "李颖老家在河阳。"),
        ("闫少校毕业于哪所学校？", "河阳大学主任医师王建国、河阳医院医师闫少校义诊。", "闫少校毕业于河阳大学。"),
        ("李永娟在哪个科室工作？", "妻子李永娟在市立医院担任护士长。", "妻子李永娟在市立医院骨科担任护士长。"),
        ("现场表演的乐队叫什么？", "现场还有乐队表演。", "现场有红山果乐队表演。"),
        ("制冰师刘博强的徒弟叫什么？", "制冰师刘博强作了发言。", "制冰师刘博强和徒弟李明作了发言。"),
        ("驿站的饮水机是哪家厂生产的？", "驿站配备了饮水机。", "驿站的饮水机由河阳电器公司生产。"),
        ("蛋糕是哪家店做的？", "老人们分享了蛋糕。", "老人们分享了红梅蛋糕店做的蛋糕。"),
        ("年龄最大的那位工匠是谁？", "工匠中年龄最大的57岁。", "工匠中年龄最大的是王建国，57岁。"),
        # a thing by its kind, a title
        ("驿站在哪个社区？", "驿站设在商圈里。", "驿站设在和平社区。"),
        ("短片叫什么名字？", "活动上播放了短片。", "活动上播放了短片《劳动者之歌》。"),
        ("餐车先开进哪个园区？", "餐车将开进园区、开进楼宇。", "餐车将开进江北园区。"),
        # what was said, given or proposed
        ("王建国在开幕式上讲了些什么？", "李明、王建国，副市长赵刚出席并讲话。李明指出，要练好本领。", "王建国指出，要练好本领。"),
        ("教育部对教师集会怎么回应的？", "3万名教师集会。工会表示不满。", "3万名教师集会。教育部表示，将修改规定。"),
        ("航运公司的CEO对工会的指责表态了没有？", "航运公司停运。工会主席说，这是悲伤的一天。", "航运公司首席执行官说，工会该负责。"),
        ("What did Mick Lynch say about the strike?", "铁路工会罢工。运输大臣批评罢工。", "工会秘书长米克·林奇说，罢工还将继续。"),
        ("How did the ministry respond to the protest?", "3万名教师集会。工会表示不满。", "3万名教师集会。教育部表示，将修改规定。"),
        ("What gifts did the children get?", "工友为孩子们送上了关爱礼物。", "工友为孩子们送上了书包、文具等礼物。"),
        ("What suggestions did the firms make?", "座谈会听取企业意见建议。", "企业提出建议：多办培训。"),
        ("送给孩子们的礼物是啥？", "工友为孩子们送上了关爱礼物。", "工友为孩子们送上了书包、文具等礼物。"),
        ("企业都提了哪些意见？", "座谈会听取企业意见建议，并提醒企业：一要防暑。", "企业提出意见：一是减少检查，二是多办培训。"),
        ("厂里提了哪几条整改意见？", "慰问组提出指导性意见。大家表示感谢。", "慰问组提出意见建议。“小屋里要装空调，还要有冰箱。”赵刚说。"),
        ("护士这一行会不会被机器取代？", "机器将取代驾驶员。", "机器难以取代护士。"),
        # who holds an office, and two or more
        ("河阳镇总工会主席哪位？", "河阳镇总工会慰问工人。", "河阳镇总工会主席王建国慰问工人。"),
        ("河阳轮船公司最后一任CEO叫什么？", "河阳轮船公司倒闭。工会主席王建国说。", "河阳轮船公司倒闭。首席执行官王建国说。"),
        ("年度人物是哪两个人？", "两人当选年度人物。王建国介绍，大会为期三天。", "王建国、李明当选年度人物。"),
        ("讲防溺水的救援队教练叫什么？", "救援队教练讲解安全知识。", "救援队教练赵小川讲解安全知识。"),
        ("河阳镇总工会主席哪位？去没去现场", "河阳镇总工会慰问工人。", "河阳镇总工会主席王建国慰问工人。"),
        ("掏钱建博览馆的爱心企业是哪家？", "爱心企业与民间组织合作建起博览馆。", "爱心企业江河集团与民间组织合作建起博览馆。"),
        ("比武最后哪个市拿了第一？", "比武开幕。执法队连续两年夺得全国第一。", "比武闭幕。河阳市获得第一名。"),
        # another one of the kind
        ("威高集团的工会主席叫啥？", "威高集团的管理者到场。光威集团工会主席王建国说。", "威高集团工会主席王建国说。"),
        ("合水县总工会发了多少慰问品？", "华池县总工会发放慰问品。", "合水县总工会发放慰问品。"),
    ],
)  # fmt: skip
def test_a_name_that_the_report_does_not_give_is_missing(question, not_told, told):
    assert lacks(question, f"标题\n{not_told}")
    assert lacks(question, f"标题\n{told}") == []


STOPS = "口语赛（云南站）举行\n口语赛（云南站）在昆明举办。30名选手参加。王建国获一等奖。口语赛曾在万象站举办。下一步再总结。"


def test_what_is_only_mentioned_beside_another_is_not_told_of():
    assert lacks("万象站谁拿的一等奖？", STOPS) == ["万象站"]
    assert lacks("云南站谁拿的一等奖？", STOPS) == []
    assert lacks("万象站来了多少选手？", STOPS, ("30名选手参加。",)) == ["万象站"]
    assert lacks("云南站来了多少选手？", STOPS, ("30名选手参加。",)) == []


def test_what_is_asked_otherwise_needs_no_name():
    assert lacks("一等奖奖金多少？", CONTEST) == []  # asks for no holder
    assert lacks("工匠学院名称的由来是什么？", "全市有工匠学院9家。") == []
    assert lacks("下级联席会有哪几种毛病？", "有的会议不定期召开。") == []  # no illness
    assert slots.slot("建驿站有什么好处？").kind is None  # no office


def test_what_is_issued_as_opinions_is_a_document():
    assert lacks("区里出台了什么意见？", "区里印发意见支持创业。") == []
    assert lacks("一期有哪些建议站名？", "一期建议站名有三个。") == []


def test_a_name_that_another_report_alone_has_is_not_of_this_one():
    other = "名医专家刘小斌开展健康授课。"
    assert siblings.elsewhere("刘小斌是哪家医院的？", "市中心医院主任江广斌接受调查。", [other]) == "刘小斌"
    assert siblings.elsewhere("刘小斌是哪家医院的？", "市中心医院主任刘小斌讲课。", [other]) == ""
    assert siblings.elsewhere("照片里的人在干什么？", "职工展示健身操。", ["不知警官干什么。"]) == ""  # no name
    assert siblings.elsewhere("刘小宾是哪家医院的？", "市中心医院主任刘小斌讲课。", [other]) == ""  # a slip
    assert siblings.elsewhere("王女士的孩子多大？", "劳模给孩子讲课。", ["参加活动的王女士说。"]) == "王女士"
    assert siblings.elsewhere("星湾社区的讲师是谁？", "医院义诊。", ["星湾社区举行讲座。"]) == "星湾社区"
    assert siblings.elsewhere("星湾社区的讲师是谁？", "星湾举行讲座。", ["星湾社区举行讲座。"]) == ""


def test_persons_of_other_reports_are_read_only_where_the_question_may_name_one(monkeypatch):
    read = []
    monkeypatch.setattr(siblings, "persons", lambda sentence: read.append(sentence) or persons(sentence))
    others = ["名医专家刘小斌开展健康授课。", "劳模王建国讲课。"]
    assert siblings.elsewhere("刘小斌是哪家医院的？", "市中心医院义诊。", others) == "刘小斌"
    assert read == others[:1]


def test_a_foreign_name_is_a_name():
    assert mentioned.foreign("发言人安东尼·古列尔米称")
    assert not mentioned.foreign("发言人称")


def test_the_reporter_is_no_answer():
    asked, rest = "谈到的那个老板叫啥？", "近日，有的老板随意违约。"
    assert lacks(asked, f"标题\n本报讯（记者王建国）{rest}") == ["老板", "姓名"]
    assert lacks(asked, f"标题\n本报讯（记者王建国）{rest}老板李明说。") == []


@given(
    st.text(alphabet="王建国哪个学校叫什么谁一等奖除了、还有分别是名称职务病的？", max_size=40),
    st.text(alphabet="王建国一等奖1名，、。“”《》学校主席等3家\n", max_size=80),
)
def test_any_text_can_be_asked_about(question, text):
    for lack, missing in unnamed(question, text, [text]):
        assert Lack(lack)
        assert missing


def test_a_refusal_names_what_is_not_named(assistant):
    answer = assistant.ask("吕梁产改知识竞赛决赛，最后哪个队赢了？")
    assert answer.refused
    assert "第一" in answer.notice
    assert not assistant.ask("中老口语巡回赛云南站谁拿了一等奖？").refused


def test_what_goes_by_a_coined_name_is_asked_of_the_report_that_has_it() -> None:
    others = ["河阳启动“清波护岸”专项行动，服务职工300人。"]
    assert siblings.elsewhere("清波护岸一共投入多少钱？", "江北工会共投入40万元送清凉。", others) == "清波护岸"
    assert not siblings.elsewhere("清波护岸一共投入多少钱？", "河阳开展清波专项行动，投入40万元。", others)
    assert not siblings.elsewhere("送清凉一共投入多少钱？", "江北工会共投入40万元送清凉。", others)
    assert not siblings.elsewhere("送清凉、清波护岸各是哪年办的？", "江北工会2020年起送清凉。", others)
