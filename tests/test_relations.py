"""A relation that is asked for must be told where the report speaks of it, and what is asked of a person where it speaks of them."""

import pytest

from rag.answer.rules.naming.told_of import untold
from rag.answer.rules.relations import missing
from rag.zh import normalise

STATION = "本报讯 河阳市总工会在码头建起驿站。驿站主色调为蓝色。驿站里有饮水机和微波炉。"
GIFTS = "工会与保安、快递员面对面交流，征询他们对“夏送清凉”的建议。工会为快递员准备了清凉礼包，有菊花茶和毛巾。"
PEOPLE = "45岁的环卫工李素芬领到了水杯。“帮我们卖了瓜。”瓜农赵国栋说。他种了十亩瓜。"


def _lacking(question: str, text: str) -> str:
    """What ``text``, the whole report and its only sentence that may answer, does not tell: the gate asks for both."""
    return missing(question, [text], normalise(text)) or untold(question, normalise(text))


@pytest.mark.parametrize(
    ("question", "told", "not_told"),
    [
        ("驿站的水电费由哪个单位承担？", "水电费由区财政承担。", STATION),
        ("老工匠的津贴谁出？", "津贴由市总工会和企业各承担一半。", "老工匠每月有津贴1500元，企业承担培训任务。"),
        ("工作者的工资谁出？", "工资由各级总工会分层共同分担。", "工作者每月有工资，由乡镇管理。"),
        ("建驿站是谁出的钱？", "建驿站由工会出资。", STATION),
        ("奖金由哪级财政列支？", "奖金从市级财政中列支。", "表现好的企业可得奖金5万元。"),
        ("Who paid for the rest station?", "驿站由工会出资建设。", STATION),
        ("驿站为啥偏偏刷成蓝色？", "驿站主色调为蓝色，因为蓝色像江水，醒目。", STATION),
        ("驿站为什么选这个颜色？", "驿站为蓝色，寓意江水。", STATION),
        ("给渡口供电用的是光伏还是啥？", "渡口通过光伏板供电。", "渡口解决了供电问题。"),
        ("申领救助金须提交何种材料？", "申领时凭身份证和病历。", "为职工提供最高3万元的救助金。"),
        ("没调成的案子法院后来怎么判的？", "法院判公司支付工资。", "案子由审判员调解，成功率九成。"),
        ("受伤的乘客谁赔？", "公司赔了医药费。", "乘客受了伤。"),
        ("渡轮公司主营什么业务？", "渡轮公司从事客运。", "渡轮公司捐了物资。"),
        ("划船赛下一站去哪儿？", "下一站在江北举行。", "划船赛在河阳举行。"),
        ("为什么把补贴下调到20%？", "补贴由40%降至20%。", "补贴为40%，市、县各承担20%。"),
        ("Why did Captain Zhao leave his post?", "赵船长辞去职务，因为生病。", "赵船长在码头工作。"),
        ("给保安准备的礼包里装了啥？", "工会给保安准备了礼包，有毛巾。", GIFTS),
        ("给保安发的清凉礼包里有什么？", "保安领到工会送来的清凉礼包。", GIFTS),
        ("工会跟物流协会开了几次联席会？", "工会与物流协会召开联席会2次。", "工会与快递协会召开联席会3次。工会指导物流协会建会。"),
        ("瓜农向河阳银行贷了多少？", "瓜农向河阳银行贷了3万元。", "工会与河阳银行合作。瓜农向农商行贷了3万元。"),
        ("省一级的会议每年至少几次？", "省级层面每年至少一次。", "市、县层面每年至少一次。"),
        ("市级示范工作室有多少家？", "国家级示范工作室1家，市级9家。", "国家级示范工作室1家，省级3家。"),
        ("划船赛谁划得最快？", "老周第一个到终点，夺得冠军，最快。", "划船赛在河阳举行。"),
        ("说起渡口的赵国栋是什么职务？", "船队队长赵国栋说。", "“下雨要停航。”赵国栋说。"),
        ("赵国栋在哪个单位上班？", "河阳航运公司职工赵国栋说。", "职工代表赵国栋说，将把精神送到车间。"),
        ("赵国栋考上了哪所大学？", "赵国栋说，他被河阳大学录取。", "“谢谢学校。”赵国栋说。李素芬说，她考上了河阳大学。"),
        ("倒闭后的遣散费怎么算？", "公司付给员工补偿金。", "公司倒闭，员工失业。"),
        ("最后谈成了没有？", "双方达成协议。", "双方上周开始会谈。"),
        ("矿泉水是什么牌子的？", "矿泉水是“江河”牌的。", "工会派送矿泉水。这是工会服务职工的工作品牌。"),
        ("奖金按什么标准发？", "奖金每人500元。", "公司给员工发了奖金。"),
        ("快递员赵国栋干这行几年了？", "赵国栋干了三年快递。", "快递员赵国栋在送件。"),
        ("开营时捐了多少东西，谁捐的？", "开营时，公司捐了书包。", "开营时举行捐赠仪式和授旗仪式。"),
        ("每个驿站建起来要花多少钱？", "驿站总投资3万元。", "驿站里洗衣收10元。"),
        ("哪家公司买得最多？", "其中河阳公司买得最多。", "河阳公司、江北公司买了10万张。"),
        ("Which firm bought the most chips?", "其中河阳公司买得最多。", "河阳公司、江北公司买了10万张。"),
        ("赵国栋资助过多少个学生？", "赵国栋帮助过20名学生。", "名单：赵国栋等6人。"),
        ("排在最后的会怎么罚？", "排在最后的要罚款。", "办法通过积分、奖惩激励干部。"),
        ("这次洪水塌了多少间房？", "洪水冲塌房屋12间。", "洪水淹了98个县区。"),
        ("台风里死了几个人？", "台风造成3人遇难。", "台风登陆，3万人转移。"),
        ("事故里伤了多少人？", "事故造成5人受伤。", "事故让3条路不通。"),
        ("警察抓了几个人？", "警方抓获3人。", "警察到场劝说3人。"),
        ("Adobe裁了多少设计师？", "Adobe裁员700人。", "Adobe发布新工具，股价上涨。"),
        ("培训班的具体地址是什么？", "培训班设在江滨路18号。", "培训班开班了。"),
        ("工地上有多少度？", "工地上气温达40度。", "工地上有40名工人。"),
        ("平台的网址是什么？", "登录网站www.example.cn报名。", "报名从7月开始。"),
        ("得奖的能不能授五一劳动奖章？", "第一名授予五一劳动奖章。", "得奖的要以赛促学。"),
        ("What is the average salary of testing staff?", "检测人员平均工资5000元。", "检测机构人均产值37万元。"),
        ("What daily allowance do the staff get?", "员工每天领取津贴200元。", "公司派员工去了外地。"),
        ("How many visitors has the museum had?", "博物馆已接待游客2万人次。", "博物馆迎来一位87岁的客人。"),
        ("盖房子的开发商是哪家？", "房子由江河置业开发。", "职工买的房子没有交付。"),
        ("赵国栋提拔前在哪个科室干？", "赵国栋曾在河阳局征收科工作，现为副科长。", "赵国栋说，他得到了提拔。"),
        ("赵国栋的妈妈在哪个单位上班？", "在河阳航运公司上班的赵国栋的妈妈说。", "在河阳总工会的开班仪式上，赵国栋的妈妈激动地说。"),
        ("赵国栋今年多大年纪？", "52岁的瓜农赵国栋说。", PEOPLE),
    ],
)  # fmt: skip
def test_a_relation_is_told_or_not(question, told, not_told):
    assert _lacking(question, told) == ""
    assert _lacking(question, not_told)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("给快递员准备的礼包里装了啥？", GIFTS),
        ("驿站主要是什么颜色？", STATION),
        ("驿站为什么建在码头？", STATION),  # whether a reason is told takes reading
        ("给驾驶员准备的礼包里装了啥？", GIFTS),  # goes by another word there, or is lacked elsewhere
        ("李素芬今年多大年纪？", PEOPLE),
        ("赵国栋去了哪家企业参观？", PEOPLE),  # not at what he works
        ("工会怎样服务职工？", STATION),
        ("", STATION),
    ],
)
def test_of_what_is_not_known_by_its_words_nothing_is_said(question, text):
    assert _lacking(question, text) == ""


def test_what_is_told_far_from_the_sentences_that_answer_is_told_of_something_else():
    text = normalise("驿站建在码头。驿站里有饮水机。驿站里有微波炉。渡口的灯由财政出资。")
    assert missing("建驿站是谁出的钱？", ["驿站建在码头。"], text) == "经费来源"
    assert missing("渡口的灯是谁出的钱？", ["渡口的灯由财政出资。"], text) == ""


def test_what_is_lacked_is_named_in_the_language_of_the_question():
    assert missing("Who funded the rest station?", [STATION], normalise(STATION)) == "who pays"
    assert missing("驿站由谁出资？", [STATION], normalise(STATION)) == "经费来源"
