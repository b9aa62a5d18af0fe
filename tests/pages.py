"""Made-up newspaper pages with known articles, laid out as such pages come out of a PDF.

``page(seed)`` gives a page's text and the stories on it. Everything on it is invented; the same seed gives the same
page on every machine. A story's ``traps`` name what makes it hard to read back; scores are told by trap.

What a line break swallows cannot be known from the page: a space between two phrases is then left out of the true
text as well, but not one between two names.
"""

from __future__ import annotations

import random
import re
import unicodedata
from dataclasses import dataclass, field, replace

PLACES = """江苏 南通|湖南 衡阳|四川 绵阳|山西 临汾|河南 洛阳|安徽 滁州|福建 龙岩|广西 柳州|陕西 宝鸡|辽宁 鞍山|湖北 襄阳|浙江 嘉兴
江西 赣州|甘肃 天水|贵州 遵义|河北 沧州|山东 潍坊|吉林 通化|广东 惠州|云南 曲靖|黑龙江 大庆|内蒙古 赤峰|新疆 哈密|宁夏 石嘴山"""
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红建国志文海燕春梅玲晓东林辉鹏浩宇欣怡子涵雨泽思雅俊博睿佳琪梦洁婷雪琳峰凯斌旭晨阳帆航振邦永康家宁瑞祥彦青云素兰淑贞秋月立新"
ROLES = "车间主任|工会主席|班组长|职工|焊工|分拣员|快递员|质检员|项目经理|调度员|安全员|外卖骑手|护士长|纺织工"
UNITS = "恒远机械有限公司|鑫泰物流园|东岭钢铁公司|华宇纺织集团|宏达建筑公司|绿源食品有限公司|安顺汽车配件厂|广利新材料公司|长风重工|顺捷快递公司"

# Titles, kickers, headings, then sentences; a blank line parts the topics.
TOPICS = """把夜校办到职工身边|职工夜校点亮“八小时以外”|下班上夜校 技能有提高
{s}开设{n}个教学点，课程由职工点单|{s}推动职工夜校进园区
课程怎么排，职工说了算|夜校越办越有滋味
夜校第一期开设了钳工、短视频剪辑、中医推拿等{n}门课程，报名通道开放当天名额就被抢光|“白天在流水线上忙，晚上到夜校学一门手艺，日子过得很充实。”{u}{r}{p}说
夜校的老师有一半是企业里的技术能手，他们把车间里的难题搬进课堂，边讲边练|每周二、周四晚上7点，夜校的教室总是坐得满满当当
为了照顾倒班职工，夜校还把课程录成视频，方便他们随时补课|目前，{c}已有{n}家企业设立了夜校教学点，累计培训职工{m}人次

小驿站温暖一座城|户外劳动者有了歇脚的地方|{n}座驿站全天不打烊
{s}建好管好户外劳动者驿站|{s}整合资源推进驿站建设，让歇脚有去处——
建得起，更要管得好|一张地图找驿站
驿站里微波炉、饮水机、充电插座一应俱全，外卖骑手和环卫工人随时可以进来歇脚|“夏天有凉茶，冬天有热水，手机没电了还能充电。”{r}{p}指着驿站里的设施告诉记者
驿站的位置全部标注在电子地图上，户外劳动者打开手机就能找到最近的一处|今年以来，{s}投入资金{m}万元，对{n}座老旧驿站进行了改造
在选址上，工会先请骑手和环卫工人投票，再同沿街的银行、药店、加油站商量|每座驿站都有一名站长，负责设施检修和物资补充

货车司机签下集体合同|运价协商有了规矩|坐下来谈 谈出新气象
{s}指导货运行业开展集体协商|{c}把货运行业协商做实做细
面对面谈运价|合同签了更要管用
这份集体合同对运价结算、装卸等候、休息时间等作出约定，覆盖{n}家货运企业和{m}名货车司机|“以前运费拖上两三个月是常事，现在合同写得清清楚楚，{n}天内必须结清。”货车司机{p}说
协商会开了{k}轮，职工方代表带着厚厚一叠调查表，逐条说明司机的诉求|企业方代表表示，油价和过路费都在涨，大家应当把账算在明处
合同签订后，{s}每季度组织一次回访，看约定有没有落到实处|下一步，协商的经验将推广到快递、网约车等行业

焊花飞溅比高低|{n}名选手同台竞技|以赛促训 匠心闪光
{c}举办焊工职业技能竞赛|{s}以竞赛锤炼产业工人
赛场就在车间里|奖牌之外的收获
竞赛设理论考试和实际操作两个环节，选手要在{k}小时内完成立焊、仰焊等项目|“手要稳，心要静，差一毫米都不行。”从业{k}年的{r}{p}走下赛场时，工服已经湿透
裁判组由{k}名高级技师组成，评分全程录像，成绩当场公布|获得前三名的选手将被授予五一劳动奖章，并晋升一级职业技能等级
参赛选手中，年龄最大的{k}0岁，最小的刚刚走出技工学校|竞赛期间，工会还请来老技师为年轻选手现场点评

孩子有人管 上班更安心|暑期托管班解了双职工的难题|工会办起爱心托管班
{s}开办{n}个职工子女托管班|{s}让职工子女过好假期
把托管班办在厂区边上|课表里藏着心思
托管班设在厂区附近的职工之家，早上7点半开门，晚上6点半放学，时间同职工的班次对得上|“孩子放假没人看，以前只好带到厂里来。现在送到托管班，我干活踏实多了。”{u}{r}{p}说
课表上除了作业辅导，还有剪纸、武术、航模和防溺水知识|托管班的老师由退休教师和大学生志愿者担任，师生比不低于1∶8
今年暑假，全市共开班{n}个，接收职工子女{m}名|托管班不收学费，午餐按成本价供应

欠薪要回来了|法律援助跑在前头|一条维权热线 一颗为民之心
{s}联合多部门为农民工追回欠薪{m}万元|{s}打通维权服务链条
一口受理，多家联办|把矛盾化解在工地上
接到求助后，工会律师当天赶到工地，核对考勤表和工资条，帮助{n}名农民工整理证据|“没想到不花一分钱，工资就要回来了。”来自外地的{p}握着律师的手说
{s}同法院、人社局、司法局签订合作协议，设立一站式调解室|调解不成的案件，由工会垫付费用，律师代理仲裁和诉讼
截至目前，调解室共受理案件{n}件，为职工挽回损失{m}万元|律师团还到{n}个工地开展普法宣讲，发放手册{m}本

劳模带队解难题|工匠进企 问诊把脉|{n}支服务队走进中小企业
{s}组建劳模工匠服务队|{c}让好手艺在企业间流动
企业出题，工匠答题|传下去的不只是手艺
服务队由{n}名劳模和工匠组成，涵盖机械、化工、电气等专业|“困扰我们半年的漏油问题，{p}师傅来了两趟就解决了。”{u}负责人说
服务队采用企业出题、工匠答题的办法，先收集清单，再按专业派单|今年前三季度，服务队走访企业{n}家，解决技术难题{k}6个，节约成本{m}万元
年轻技工跟着师傅跑现场，见识了不同的设备和工艺|每次服务结束，都要写一份记录，存进共享的案例库

一线职工去疗养|山水之间卸下疲惫|疗休养路线任你挑
{s}把疗休养名额向一线倾斜|{c}疗休养带旺乡村
名额给谁，一线优先|住进村里，吃住都放心
今年的疗休养名额中，一线职工占到八成以上，{n}名货车司机和环卫工人第一次参加|“住在山里的民宿，早上听着鸟叫醒来，腰也不疼了。”{r}{p}笑着说
疗休养路线共有{k}条，职工可以选择爬山、采茶、学做点心|村民{p}家的民宿一个月接待了{n}名职工，土鸡蛋和干货卖出{m}元
工会同医院合作，为每名参加者做一次健康检查，并建立档案|路线沿途的农家乐都签了服务公约，价格公开

帮扶送到心坎上|建档立卡 一户一策|困难职工有了新盼头
{s}开展结对帮扶活动|{s}帮扶困难职工不落一户——
先把情况摸清楚|帮一时，更要扶长远
工会干部逐户走访，把致困原因、家庭收入、子女上学等情况记在帮扶手册上|“丈夫生病后家里一下子垮了，是工会帮我找了份离家近的活。”困难职工{p}说
对患病的困难职工，落实医疗救助；对子女上学的，发放助学金|今年以来，共发放救助金{m}万元，惠及困难职工{n}户
结对的工会干部每月至少上门一次，了解家庭变化|有劳动能力的，由工会联系培训和岗位，目前已有{n}人重新就业

书香飘进车间|职工书屋开到班组|捧起书来 静下心来
{s}新建{n}家职工书屋|{s}建强职工读书阵地
书架摆在机床边|读书会里话成长
书屋里有技术手册、文学作品和历史读物，职工刷工牌就能借阅|“午休时翻几页书，下午干活都有精神。”{r}{p}说，他一年读了{n}本书
工会每月举办一次读书会，请职工讲自己的读书故事|书屋的图书每季度更换一批，由职工在网上投票选书
在{u}，书架就摆在机床旁边的休息室里|全市职工书屋藏书达到{m}册，其中电子书占三成

骑手有了自己的“家”|新就业群体入会忙|扫码入会 服务到站
{s}集中推进新就业形态劳动者入会|{c}联手平台企业建工会
难在哪里，就从哪里破题|入会之后有什么
骑手只要扫一扫二维码，填写姓名和手机号，{k}分钟就能完成入会|“入会以后，送了保险，还能免费体检，心里热乎乎的。”外卖骑手{p}说
针对平台企业站点分散、人员流动大的特点，工会按片区组建联合工会|目前，全市已有{n}家平台企业建立工会，发展会员{m}人
工会同平台商定，骑手在恶劣天气里接单超时不扣钱|站点里设了议事角，骑手的意见由站长记录，{k}天内答复

隐患随手拍 班组更平安|{m}名职工当起安全监督员|小隐患大奖励
{s}发动职工查找身边的隐患|{c}群众性安全生产活动见实效
拍下来，传上去|奖励当月兑现
职工发现隐患后用手机拍照上传，安全部门{k}小时内派人处理|“上个月我拍到一处护栏松动，第二天就焊好了，还奖励了我200元。”{u}{r}{p}说
活动开展以来，共收到隐患线索{m}条，整改率达到{k}8.6%|各班组每天上岗前用{k}分钟讲一个事故案例，提醒大家按规程操作
工会还制作了口袋书，图文并茂地讲解各工种的危险源|被采纳的建议当月兑现奖励，年底评选金点子"""
GENERAL = """{s}有关负责人表示，将继续倾听职工呼声，把实事办好、把好事办实|据悉，这项工作已纳入{y}年度为职工办实事清单|与此同时，各级工会加强督促检查，推动措施落地见效
据介绍，活动启动以来，受到企业和职工的普遍欢迎|此外，{s}还印发通知，明确了时间表和责任人|近年来，{c}各级工会围绕中心、服务大局，不断拓宽服务领域
{k}月{n}日，{s}召开推进会，对下一阶段工作作出部署|记者了解到，今年全市共有{n}个基层工会参与其中|“职工需要什么，我们就做什么。”{s}{t}{p}说
截至{y}年底，全市已建成示范点{n}个，覆盖职工{m}人|为了把工作做细，工会干部走访了{n}家企业，收集意见{k}2条|同时，鼓励有条件的企业给予经费支持，形成上下联动的工作格局
在{u}，这样的变化看得见、摸得着|{r}{p}告诉记者，单位还为大家准备了补贴|去年，全市共有{m}名职工从中受益，满意率达9{k}.4%
目前，这一做法已在{c}{n}个乡镇（街道）推开|有了制度保障，干部职工的劲头更足了|下一步，{s}将总结经验，把成熟的做法上升为制度
如何让服务更贴心？{s}的办法是先调研、后决策|《实施方案》提出，力争用{k}年时间实现园区全覆盖|针对中小企业力量薄弱的问题，工会采取上级代管、片区共建的办法
“一人入会，全家受益。”这是{p}常挂在嘴边的话|会上，{n}家单位交流了经验|当天，工会还为到场的职工送去了慰问品"""
OPENINGS = (
    "近日，{prov}省{s}传来消息，全市{n}个工会组织共同参与这项工作，受益职工达到{m}人",
    "{k}月{n}日，{prov}省{s}在{u}举行启动仪式，来自全市各条战线的{m}名职工参加",
    "记者日前从{prov}省{s}获悉，今年以来，该市工会投入{m}万元，把这件实事办到了职工心坎上",
    "走进{prov}省{c}{u}，干净整洁的车间里一派忙碌景象",
)
CAPTIONS = (
    "{k}月{n}日，在{prov}省{c}{u}车间内，职工正在赶制一批订单产品。",
    "{k}月{n}日，{prov}省{c}总工会组织志愿者来到建筑工地，为农民工理发、量血压、修理小家电。",
    "近年来，当地工会引导企业改善生产条件，为职工配备降噪耳塞和防护服，开展健康检查{m}人次。",
    "图为一名职工在检查设备的运行情况。",
    "据了解，当地已建成标准化厂房{n}栋，吸纳周边{m}人在家门口就业。",
    "初秋时节，{prov}省{c}{u}的工人师傅们正冒着细雨抢修供电线路，保障沿线居民用电。",
    "在{prov}省{c}一处建筑工地的职工课堂上，农民工跟着老师学习识图和测量。",
    "{c}快递员{p}利用午休时间在驿站里看书。该市工会为驿站配备了图书{m}册。",
)
CAPTION_TITLES = "赶制订单生产忙|志愿服务进工地|家门口就业 稳稳的幸福|车间里的好风景|清凉送到作业点"
BANNERS = ("新闻特写", "图片新闻", "一线", "记者观察")


@dataclass(frozen=True)
class Story:
    """One article as it should be read back; spaces and breaks as the reader's rules have them."""

    title: str = ""
    kicker: str = ""
    banner: str = ""
    bylines: tuple[str, ...] = ()
    paragraphs: tuple[str, ...] = ()
    headings: tuple[tuple[int, str], ...] = ()
    credit: str = ""
    jumps: tuple[str, ...] = ()
    reporters: tuple[str, ...] = ()
    correspondents: tuple[str, ...] = ()
    photographers: tuple[str, ...] = ()
    place: tuple[str, str] = ("", "")
    traps: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        return "\n".join(self.paragraphs)


@dataclass(frozen=True)
class Made:
    """A page's text and the stories on it, in the order of their first lines."""

    text: str
    stories: tuple[Story, ...]


@dataclass(frozen=True)
class Style:
    """How a page is set. ``width`` is the column's in characters, 0 where each line is a whole paragraph."""

    width: int
    gap: int
    titles_after: bool = False
    markdown: bool = False
    digits_apart: bool = False
    letters_apart: float = 0.0
    indent: bool = False

    @property
    def traps(self) -> set[str]:
        name = "markdown" if self.markdown else "columns" if self.width else "whole paragraphs"
        told = {name, "titles after" if self.titles_after else "titles before"}
        told |= {"narrow columns"} if 0 < self.width < 14 else set()
        told |= {"digits set apart"} if self.digits_apart else set()
        told |= {"indents kept"} if self.indent else set()
        return told | (set() if self.gap else {"no blank lines"})


def style(rng: random.Random) -> Style:
    kind = rng.choices(("columns", "whole", "markdown"), (6, 2, 2))[0]
    if kind != "columns":
        indent = kind == "whole" and rng.random() < 0.3
        after = kind == "whole" and rng.random() < 0.3
        return Style(0, 1, titles_after=after, markdown=kind == "markdown", indent=indent)
    width = rng.choice((10, 12, 13, 15, 16, 17, 18, 18, 20, 20, 22, 24, 27, 30))
    return Style(
        width,
        gap=rng.choice((0, 1, 1)),
        titles_after=rng.random() < 0.6,
        digits_apart=rng.random() < 0.6,
        letters_apart=rng.choice((0, 0.1, 0.3)),
        indent=rng.random() < 0.15,
    )


# --- stories ------------------------------------------------------------------------------------


@dataclass
class Writer:
    """Fills templates for one story: place, numbers and people are drawn as they are needed."""

    rng: random.Random
    prov: str = ""
    city: str = ""
    used: set[str] = field(default_factory=set)

    def name(self) -> str:
        name = self.rng.choice(SURNAMES) + "".join(self.rng.sample(GIVEN, self.rng.choice((1, 2, 2, 2))))
        return self.name() if name in self.used else self.used.add(name) or name  # type: ignore[func-returns-value]

    def fill(self, template: str) -> str:
        rng = self.rng
        values = {
            "prov": lambda: self.prov,
            "c": lambda: self.city + "市",
            "s": lambda: self.city + "市总工会",
            "u": lambda: rng.choice(UNITS.split("|")),
            "r": lambda: rng.choice(ROLES.split("|")),
            "t": lambda: rng.choice(("副主席", "党组书记", "权益保障部部长", "二级调研员")),
            "p": self.name,
            "n": lambda: str(rng.randint(2, 28)),
            "k": lambda: str(rng.randint(2, 9)),
            "m": lambda: rng.choice((str(rng.randint(40, 9800)), f"{rng.randint(11, 99) / 10}万".replace(".0", ""))),
            "y": lambda: rng.choice(("2022", "2023", "2024")),
        }
        text = re.sub(r"\{(\w+)\}", lambda m: values[m[1]](), template)
        return re.sub(r"(内蒙古|新疆|宁夏|广西)省", r"\1", text).replace("万万元", "万元").replace("万元元", "万元")


def _pick(rng: random.Random, options: str) -> str:
    return rng.choice(options.split("|"))


def news(rng: random.Random, topic: int) -> Story:
    """A report: title, perhaps a kicker, paragraphs with headings, and who wrote it."""
    write = Writer(rng, *rng.choice(PLACES.replace("\n", "|").split("|")).split())
    titles, kickers, headings, *body = TOPICS.split("\n\n")[topic].split("\n")
    own, general = "|".join(body).split("|"), GENERAL.replace("\n", "|").split("|")
    rng.shuffle(own)
    rng.shuffle(general)
    pool = [s for pair in zip(own, general, strict=False) for s in pair] + general[len(own) :]
    paragraphs = [rng.choice(OPENINGS)]
    for _ in range(rng.choice((2, 3, 4, 5, 6, 8))):
        count = rng.choice((1, 1, 2, 2, 3))
        paragraphs.append("。".join(pool[:count]))
        pool = pool[count:]
    if rng.random() < 0.12:
        paragraphs[1] += "。活动以“同心聚力促发展 实干担当谱新篇”为主题，分{k}个阶段推进"
    texts = [re.sub(r"([。？！]”?)。", r"\1", write.fill(p) + "。") for p in paragraphs]
    traps = set()
    if any("促发展 实干" in text for text in texts):
        traps.add("slogan")
    heads: list[tuple[int, str]] = []
    if len(texts) > 4 and rng.random() < 0.35:
        spots = sorted(rng.sample(range(2, len(texts) - 1), min(2, len(texts) - 3)))
        if spots[-1] - spots[0] != 1:
            heads = list(zip(spots, headings.split("|"), strict=False))
            traps.add("headings")
    place = (write.prov, write.city)
    title = write.fill(_pick(rng, titles))
    title = write.city + ("：" if rng.random() < 0.5 else "") + title if rng.random() < 0.3 else title
    story = Story(title, paragraphs=tuple(texts), headings=tuple(heads), place=place, traps=frozenset(traps))
    if rng.random() < 0.6:
        story = replace(story, kicker=write.fill(_pick(rng, kickers)), traps=story.traps | {"kicker"})
        if rng.random() < 0.2 and not story.kicker.endswith("——"):
            story = replace(story, kicker=story.kicker + "——")
    if rng.random() < 0.06:
        story = replace(story, banner=rng.choice(BANNERS), traps=story.traps | {"banner"})
    return signed(rng, story, write)


def signed(rng: random.Random, story: Story, write: Writer) -> Story:
    """``story`` with a by-line of its own, an opening in brackets, or a wire's date line."""
    reporters = [write.name() for _ in range(rng.choice((1, 1, 1, 2, 2)))]
    helpers = [write.name() for _ in range(rng.choice((0, 0, 1, 2)))]
    story = replace(story, reporters=tuple(reporters), correspondents=tuple(helpers))
    draw = rng.random()
    if draw < 0.35:
        shown = [n[0] + " " + n[1] if len(n) == 2 and rng.random() < 0.4 else n for n in reporters]
        lines = ["本报记者 " + " ".join(shown)]
        if helpers:
            lines.append("本报通讯员 " + " ".join(helpers))
        traps = {"stand-alone by-line"} | ({"name set apart"} if shown != reporters else set())
        if len(lines) > 1 and rng.random() < 0.3:
            traps.add("two-line by-line")
        else:
            lines = [" ".join(lines)]
        return replace(story, bylines=tuple(lines), traps=story.traps | traps)
    who = "记者" + " ".join(reporters) + (" 通讯员" + " ".join(helpers) if helpers else "")
    if draw < 0.42:
        story = replace(story, correspondents=(), traps=story.traps | {"wire"})
        date = f"{rng.randint(1, 12)}月{rng.randint(1, 28)}日"
        opening = f"新华社{story.place[1]}{date}电（记者{' '.join(reporters)}）"
    else:
        opening = f"本报讯（{who}）"
    first = opening + story.paragraphs[0]
    return replace(story, paragraphs=(first, *story.paragraphs[1:]), traps=story.traps | {"opening in brackets"})


def photo(rng: random.Random) -> Story:
    """A picture's caption with its credit."""
    write = Writer(rng, *rng.choice(PLACES.replace("\n", "|").split("|")).split())
    first = rng.choice((0, 0, 1, 1, -1, -2, -3))
    texts = [write.fill(CAPTIONS[first])]
    texts += [write.fill(t) for t in rng.sample(CAPTIONS[2:-3], rng.choice((0, 1, 1, 2)))]
    names = [write.name() for _ in range(rng.choice((1, 1, 1, 2)))]
    who = rng.choice(("本报记者 ", "本报通讯员 ", "新华社记者 ", ""))
    credit = who + ("" if not who else " ").join(names[: 1 if not who else 2]) + " 摄"
    title = _pick(rng, CAPTION_TITLES) if rng.random() < 0.9 else ""
    names = names[: 1 if not who else 2]
    if who and rng.random() < 0.15:
        credit = f"（{credit}）"
    traps = {"photo"} | (set() if title else {"no title"}) | (set() if first >= 0 else {"photo, no date"})
    return Story(
        title,
        paragraphs=tuple(texts),
        credit=credit,
        photographers=tuple(names),
        place=(write.prov, write.city),
        traps=frozenset(traps),
    )


# --- layout -------------------------------------------------------------------------------------

NOT_FIRST, NOT_LAST = "，。、；：！？”’）》—…", "“‘（《"


def _width(char: str) -> float:
    return 1.0 if unicodedata.east_asian_width(char) in "WFA" else 0.5


def _mark(char: str) -> bool:
    return unicodedata.category(char).startswith("P") and _width(char) == 1.0


def broken(text: str, width: int, apart: bool) -> list[str]:
    """``text`` in lines of ``width`` characters, the first indented by two; no mark begins a line that must not."""
    units = re.findall(r"[0-9A-Za-z.%∶]+|——|.", text)
    lines: list[str] = []
    line, used, squeeze, room = "", 0.0, 0.0, width - 2.0

    def size(unit: str) -> float:
        edge = 0.5 if apart and re.match("[0-9A-Za-z]", unit) else 0.0
        return sum(map(_width, unit)) + edge if unit != " " else 0.5

    for i, unit in enumerate(units):
        if used + size(unit) > room:
            fits_squeezed = unit[0] in NOT_FIRST and used + size(unit) - squeeze - 0.5 <= room
            if not fits_squeezed:
                down = ""
                # What must not begin a line takes its neighbour along; what must not end one goes down too.
                if unit[0] in NOT_FIRST:
                    while line and (not down or down[0] in NOT_FIRST):
                        last = re.findall(r"[0-9A-Za-z.%∶]+$|.$", line)[0]
                        line, down = line[: -len(last)], last + down
                while line and line[-1] in NOT_LAST:
                    line, down = line[:-1], line[-1] + down
                lines.append(line)
                line, room = down, float(width)
                used, squeeze = sum(map(size, re.findall(r"[0-9A-Za-z.%∶]+|.", down))), sum(map(_mark, down)) / 2
        line += unit
        used += size(unit)
        squeeze += sum(map(_mark, unit)) / 2
        if _mark(unit[0]) and i and _mark(units[i - 1][0]):
            used -= 0.5
    return [*lines, line] if line else lines


@dataclass
class Setter:
    """Sets stories line by line; ``lines`` holds each with the blank lines above it."""

    rng: random.Random
    style: Style
    lines: list[tuple[int, str]] = field(default_factory=list)

    def put(self, text: str, gap: int | None = None) -> None:
        gap = self.style.gap if gap is None else gap
        if self.lines and gap == 1 and self.lines[-1][1][-1:].isdigit() and self.rng.random() < 0.8:
            gap = 0
        self.lines.append((gap, text))

    def display(self, text: str, level: int) -> None:
        self.put("#" * level + " " + text if self.style.markdown and level else text)

    def paragraph(self, text: str, width: int, gap: int, tail: str = "") -> tuple[str, set[str]]:
        """Set one paragraph with ``tail`` behind it; its text without what the breaks swallow, and traps met."""
        traps = set()
        start = "\u3000\u3000" if self.style.indent else ""
        if not width:
            self.put(start + text + tail)
            return text, traps
        pieces = broken(text, width, self.style.digits_apart)
        names = re.match(r"^(?:本报讯|新华社.{2,9}电)（.*?）", text)
        swallowed = "".join(p.strip() for p in pieces)
        if names:
            bare = names.group()
            rest = swallowed[len(bare.replace(" ", "")) + swallowed[: len(bare)].count(" ") :]
            at, kept = 0, 0
            while kept < len(bare.replace(" ", "")):
                kept += swallowed[at] != " "
                at += 1
            rest = swallowed[at:]
            if len(pieces[0]) < len(bare):
                traps.add("names across lines")
            swallowed = bare + rest
        for n, piece in enumerate(pieces):
            shown = piece.strip()
            if self.style.digits_apart:
                shown = shown.replace("本报讯（", "本报讯 （")
                shown = re.sub(r"(?<=[\u4e00-\u9fff])(?=[0-9])|(?<=[0-9%])(?=[\u4e00-\u9fff])", " ", shown)
            last = n == len(pieces) - 1
            phrase = " " in piece and not (names and n * width < len(names.group()))
            if not last and not phrase and len(shown) > 7 and self.rng.random() < self.style.letters_apart / 3:
                shown = re.sub(r"(?<=[^\x00-\x7f])(?=.)", " ", shown.replace(" ", ""))
                traps.add("letters set apart")
            shown = start + shown if n == 0 else shown
            self.put(shown + (tail if last else ""), self.style.gap if n == 0 else gap)
        return swallowed, traps

    def body(self, story: Story) -> Story:
        """Set by-lines, paragraphs, headings, jump and credit; the story as it can be read back."""
        rng, width, gap = self.rng, self.style.width, self.style.gap
        traps = set(story.traps) | self.style.traps
        if story.credit and width:
            width, gap = rng.choice((width, 16, 18, 20)), rng.choice((gap, 0))
        for line in story.bylines:
            self.put(line)
        if story.jumps and "上接" in story.jumps[0]:
            self.put(story.jumps[0])
        if story.bylines and not story.headings and len(story.paragraphs) > 4 and rng.random() < 0.1:
            return self.swapped(story, traps | {"columns out of order"})
        heads, texts = dict(story.headings), []
        for n, text in enumerate(story.paragraphs):
            if n in heads:
                self.display(heads[n], 2)
            last = n == len(story.paragraphs) - 1
            tail = story.jumps[0] if last and story.jumps and "下转" in story.jumps[0] else ""
            if last and story.credit and rng.random() < 0.4:
                tail, traps = " " + story.credit, traps | {"credit on the last line"}
            if not width and not tail and len(text) > 90 and rng.random() < 0.1:
                cut = next(
                    i
                    for i in range(40, len(text))
                    if text[i] not in NOT_FIRST and text[i - 1] not in NOT_LAST + NOT_FIRST
                )
                self.put(text[:cut])
                traps |= {"paragraph cut in two"}
                self.put(text[cut:])
                texts.append(text)
                continue
            kept, met = self.paragraph(text, width, gap, tail)
            texts.append(kept)
            traps |= met
        if story.credit and "credit on the last line" not in traps:
            self.put(story.credit)
        return replace(story, paragraphs=tuple(texts), traps=frozenset(traps))

    def swapped(self, story: Story, traps: set[str]) -> Story:
        """Set the right column before the left one, which begins with the by-line again and breaks off in mid-sentence."""
        start, texts = len(self.lines), []
        for text in story.paragraphs:
            kept, met = self.paragraph(text, self.style.width, self.style.gap)
            texts.append(kept)
            traps |= met
        block = self.lines[start:]
        if self.style.width:
            ends = [
                n for n, (_, line) in enumerate(block) if n > len(block) // 3 and not line.endswith(("。", "”", "？"))
            ]
        else:
            n = 2
            cut = len(block[n][1]) // 2
            while (
                block[n][1][cut - 1] in NOT_LAST + NOT_FIRST
                or block[n][1][cut] in NOT_FIRST
                or not block[n][1][cut - 2 : cut + 2].isalpha()
            ):
                cut += 1
            block[n : n + 1] = [(1, block[n][1][:cut]), (1, block[n][1][cut:])]
            ends = [n]
        cut = ends[0] + 1
        again = [(self.style.gap, line) for line in story.bylines]
        self.lines[start:] = block[cut:] + again + block[:cut]
        return replace(story, bylines=story.bylines * 2, paragraphs=tuple(texts), traps=frozenset(traps))

    def titles(self, story: Story) -> Story:
        """Set banner, kicker and title, some of them in two lines."""
        rng, traps = self.rng, set(story.traps)
        if story.banner:
            self.display(story.banner, 2)
        if story.kicker:
            half = len(story.kicker) * 3 // 5
            if story.kicker.endswith("——") and rng.random() < 0.25 and not story.kicker[half - 1 : half + 1].isdigit():
                self.put(story.kicker[:half])
                self.put(story.kicker[half:], 0)
                traps.add("two-line kicker")
            else:
                self.display(story.kicker, 2)
        if story.title:
            first, _, second = story.title.partition(" ")
            if second and not story.kicker and self.style.gap and self.style.width and rng.random() < 0.6:
                self.display(first, 1)
                self.put(second, 0)
                traps.add("two-line title")
            else:
                self.display(story.title, 1)
        return replace(story, traps=frozenset(traps))


def half_width(story: Story) -> Story:
    """``story`` with the half-width punctuation of Markdown pages; 。、“” stay as they are."""
    table = str.maketrans("，；：！？（）", ",;:!?()")

    def half(text: str) -> str:
        return text.translate(table)

    return replace(
        story,
        title=half(story.title),
        kicker=half(story.kicker),
        paragraphs=tuple(map(half, story.paragraphs)),
        headings=tuple((n, half(text)) for n, text in story.headings),
        jumps=tuple(map(half, story.jumps)),
    )


def page(seed: int) -> Made:
    """The page of this seed: four to nine stories in one style."""
    rng = random.Random(seed)
    look = style(rng)
    setter = Setter(rng, look)
    topics = rng.sample(range(TOPICS.count("\n\n") + 1), rng.randint(4, 8))
    stories = [news(rng, topic) for topic in topics]
    for _ in range(rng.choice((0, 1, 1, 2))):
        stories.insert(rng.randrange(1, len(stories)), photo(rng))
    if rng.random() < 0.25:
        n = rng.randrange(len(stories))
        if not stories[n].credit:
            stories[n] = replace(stories[n], jumps=("（下转第2版）",), traps=stories[n].traps | {"jump"})
    if rng.random() < 0.2:
        rest = news(rng, next(t for t in range(TOPICS.count("\n\n") + 1) if t not in topics))
        texts = rest.paragraphs[1:]
        keep = rng.random() < 0.3
        stories.append(
            Story(
                rest.title if keep else "",
                paragraphs=texts,
                jumps=("（上接第1版）",),
                traps=frozenset({"continued from page 1"} | (set() if keep else {"no title"})),
            )
        )
    if look.markdown:
        stories = list(map(half_width, stories))
    made = []
    for n, story in enumerate(stories):
        if n and not look.width and rng.random() < 0.4:
            setter.lines.append((2, ""))
        shared = bool(
            n and look.titles_after and look.width and story.bylines and stories[n - 1].title and rng.random() < 0.06
        )
        if shared:
            # The last title and this by-line stand on one line.
            gap, line = setter.lines.pop()
            setter.lines.append((gap, f"{line} {story.bylines[0]}"))
            told = replace(story, bylines=story.bylines[1:])
            story = replace(setter.body(told), bylines=story.bylines)  # noqa: PLW2901
            story = replace(story, traps=story.traps | {"title and by-line on one line"})  # noqa: PLW2901
            made.append(setter.titles(story))
        elif look.titles_after:
            made.append(setter.titles(setter.body(story)))
        else:
            made.append(setter.body(setter.titles(story)))
    text = "".join("\n" * gap + line + "\n" for gap, line in setter.lines if line or gap)
    return Made(text, tuple(made))
