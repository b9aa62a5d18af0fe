"""Relations that a report may leave untold: who pays, for what reason, of what material, to whom, at which level.

A report on the subject has most words of such a question. What answers it is known by words of its own, which must stand in the
report, or near the sentences that come nearest; what is known so is told here, and of all else nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.answer.stated.sentences import SENTENCE
from rag.zh import HAN, is_english, normalise


@dataclass(frozen=True, slots=True)
class _Relation:
    """A relation by its names, how it is asked for, and what tells it (patterns over the normal form)."""

    zh: str
    en: str
    asked: str
    told: str

    def named(self, *, english: bool) -> str:
        """Its name in Chinese or in English."""
        return self.en if english else self.zh


_PAYS = (
    "出资|出钱|掏钱|掏腰包|买单|埋单|财政|拨付|拨款|拨出|列支|(?:承担|负担|分担)[^，。]{0,8}(?:费|资金|[0-9])|(?:费|资金|经费|成本)[^，。]{0,12}(?:承担|负担|分担)|(?:承担|负担|分担)(?:一半|[一二三四五六七八九]成)|由[^，。,]{2,20}(?:负担|分担)|自费|自掏|免费|赞助|冠名|募|众筹|筹集|自筹|投资|垫付|报销"
    "|捐|贷款|经费(?!从)|专项资金|投入[^，。]{0,10}(?:元|资金)|资助|补助|补贴|赔|本级预算"
)

_IN_REPORT = (
    _Relation("判决", "verdict", r"怎么判|判了|判决|判几年|\bverdict|\bsentenced\b|\bdid the court rule", r"(?<![审谈研评裁])判(?![断定])|裁定|裁决|驳回|刑期|缓刑|宣告"),
    _Relation("处罚", "penalty", r"罚了|处罚|被罚|怎么(?:个)?罚|[会要得]罚|罚(?:多少|款)|怎么处[理分]|什么处分|\bpenalt|\bpunish", r"罚|处分|拘留|开除|免职|撤职|记过|警告|问责|整改|约谈|吊销|追究|刑"),
    _Relation("赔偿", "compensation", r"谁赔|赔了|赔偿|怎么赔|\bcompensat", r"赔|补偿|偿付"),
    _Relation("所需材料", "documents needed", r"(?:提交|递交|准备|携带|带|交|需要?|要|凭)(?:什么|啥|哪些|何种)(?:样的)?(?:材料|证件|证明|手续|资料)|\b(?:what|which) (?:documents|papers|paperwork)\b.{0,40}\b(?:submit|hand in|need|require|bring|provide)", r"材料[:：包]|证明(?!了)|身份证|户口|申请[表书]|复印件|证件|凭证|发票|病历|扫码|会员[卡证]|提交|填[写报]"),
    _Relation("主营业务", "line of business", r"主营|什么业务|哪个行业|什么行当|做(?:什么|啥)(?:生意|买卖)|\bline of business\b|\bwhat business\b|\bwhat industry\b", r"主营|经营|业务|从事|生产|制造|销售|专业从|行业|主要做"),
    _Relation("寓意", "meaning", r"寓意|象征(?:什么|着什么)|代表什么含义|取(?:这个)?名|为(?:什么|啥|何)(?:要)?(?:叫|取名|命名|起名)|\bsymboli[sz]|\bnamed after\b", r"寓意|象征|意为|意味|意指|暗示|表示|纪念|取自|得名|取名|谐音|代表着|意即|因为|由于|命名|故名|因[^，。]{1,20}而|称为|称作|叫"),
    _Relation("师傅", "master", r"拜谁为师|师从谁|师傅(?:是|叫)|师承|跟谁学|\bapprentice[d]? (?:to|under)\b", r"师从|拜[^，。]{1,12}为师|师傅|师父|徒弟|师承|恩师|跟着|导师|老师"),
    _Relation("民族", "ethnic group", r"(?:什么|哪个|啥)民?族(?!群)|\bethnic", r"[一-龥]族(?!群|谱|人)"),
    _Relation("奖品", "prize", r"奖品|奖(?:励)?(?:的)?(?:是)?(?:什么|啥)(?:东西)?[？?]|\bwhat (?:did|do|does|was|were) .*\bprizes?\b", r"奖[金品牌杯状章励]|证书|称号|荣誉|元|晋升|奖"),
    _Relation("观看方式", "how to watch", r"(?:哪个|什么|哪)(?:台|频道|平台)(?:播|直播|能看|看)|在哪(?:里|儿)?(?:能|可以)?看(?:直播|转播|到)", r"直播|频道|电视|转播|平台|抖音|快手|微博|视频号|app"),
    _Relation("下一次", "the next one", r"下一?(?:站|届|期|场|季|轮|次)|\bnext (?:stop|edition|round|session|leg)\b", r"下一?(?:[个]|站|届|期|场|季|轮|次|步|阶段)|将(?:于|在|继续|陆续|走)|明年|后续|接下来|届时|计划|预计"),
    _Relation("楼层", "floor", r"几[楼层](?!高)|哪[一]?层|\bwhich floor\b", r"[0-9一二三四五六七八九十底顶][楼层]|楼上|楼下|楼顶|首层"),
    _Relation("遣散费", "severance", r"遣散费|经济补偿金?|离职补偿|\bseverance\b", r"遣散|补偿|离职金|赔偿"),
    _Relation("病房", "ward", r"什么科(?=[的？?，]|$)", rf"[{HAN}]{{1,6}}(?<![学本专学文理教社百内])科(?![学技研目普教员长])"),
    _Relation("工资", "pay", r"\b(?:salary|salaries|wages?|hourly pay|monthly pay|take-home)\b", r"薪|工资|(?<!营业)(?<!业务)收入|月入|报酬|待遇|时薪|加薪|元/[时月天]"),
    _Relation("津贴", "allowance", r"津贴|\b(?:allowance|per diem|subsistence)s?\b", r"津贴|补贴|补助|补偿|餐补|差旅"),
    _Relation("授予的荣誉", "honours", r"(?:授予?|评[为上]|拿|得|给)[^，。？?]{0,6}(?:劳动奖章|劳动奖状|先锋号|技术能手|荣誉称号)", r"授予|奖章|奖状|先锋号|技术能手|称号|表彰"),
    _Relation("倒塌房屋", "collapsed houses", r"[塌倒]了?(?:多少|几)(?:间|栋|户|座)|(?:房屋|房子)倒塌|\bhouses? (?:collapsed?|destroyed)\b|\bcollapsed houses\b", r"塌|倒(?![计是也映])|损毁|损坏|毁"),
    _Relation("开发商", "developer", r"开发商|盖的?(?:房子|楼)的?(?:公司|企业|单位)|\bproperty developer\b", r"开发商|地产|置业|房产公司|开发(?:建设|公司|单位)|承建"),
    _Relation("参观人数", "visitors", r"(?:多少|几)(?:名|位|个)?(?:游客|参观者|观众)|(?:参观|游客|客流)(?:人数|量)|\bhow many (?:\w+ )?(?:visitors|tourists)\b", r"[0-9万余多]人次|游客[^，。]{0,8}[0-9]|[0-9万余多](?:名|位|人)?[^，。0-9]{0,6}(?:游客|参观|观众|市民|访客)|(?:接待|参观|入园|到访)[^，。]{0,12}[0-9]"),
    _Relation("死亡人数", "deaths", r"死了?(?:多少|几)|(?:多少|几)(?:个|名|位)?人(?:死|遇难|丧生)|死亡人数|遇难人数", r"死|遇难|丧生|身亡|亡|牺牲|罹难|殉"),
    _Relation("受伤人数", "injuries", r"伤了?(?:多少|几)|(?:多少|几)(?:个|名|位)?人(?:受伤|负伤)|受伤人数", r"伤(?![心感害])"),
    _Relation("抓捕", "arrests", r"抓了?(?:多少|几|谁)|(?:多少|几)(?:个|名|位)?人被(?:抓|捕|拘)|抓获(?:多少|几)", r"抓|捕|拘|落网|归案"),
    _Relation("裁员", "lay-offs", r"裁[员掉减]?了?(?:多少|几)|\b(?:laid off|lay off|layoffs?|job cuts)\b", r"裁|解雇|辞退|失业|下岗|遣散|减员|岗位|丢(?:掉|了)?工作"),
    _Relation("地址", "address", r"具体地址|地址是|哪条(?:路|街)|门牌号?", r"[路街巷道](?:[0-9]|[与和口旁上])|[0-9]+号|地址|位于|坐落"),
    _Relation("气温", "temperature", r"(?:多少|几)度(?!电)|最高气温|(?:气温|温度)(?:是|有|达|高达)?多", r"℃|[0-9]度|摄氏|[零一二三四五六七八九十]度"),
    _Relation("网址", "website", r"网址|官网(?:是|地址)", r"www|http|网址|网站|官网|公众号|app|小程序|平台"),
    _Relation("出版者", "publisher", r"出版社|谁出版|\bpublisher\b", r"出版|印行|发行"),
)  # fmt: skip
"""What the report as a whole must have a word of."""

_AT_HAND = (
    _Relation(
        "经费来源",
        "who pays",
        r"(?:谁|哪[家个级儿里]|何处|哪)(?:个)?(?:单位|部门|财政|方|企业|机构|公司)?(?:来)?(?:出的?(?:钱|资)?(?=[？?，。 ]|$)|出(?:钱|资)|掏的?(?=[？?，。 ]|$)|掏(?:的)?(?:钱|腰包)|买单|埋单|承担|负担|列支|拨款|拨付|支付|赞助)"
        r"|(?:经费|资金|费用|钱)(?:是|又|都)?(?:从何|从哪|哪[里儿]?来|由谁|由哪|来源|打哪|由[^，。]{2,8}还是|的来源|谁)|(?:经费|资金|费用|开销|花销)[^，。]{0,6}(?:还是)"
        r"|\bwho (?:paid|pays|funded|funds|financed|finances|bore|sponsored)\b|\b(?:where|how) (?:did|does|was|is|were) .{0,40}\b(?:money|funds?|funding|funded|financed)\b(?=.{0,12}$)|\bsource of (?:the )?(?:fund|money)",
        _PAYS,
    ),
    _Relation(
        "原因",
        "reason",
        r"(?:为什么|为啥|为何|怎么|干嘛|干吗|缘何)[^，。？?]{0,8}?(?:偏|非|要|单|专|独|只)?(?:要|偏|得)?(?:选|挑|用|定|取|刷|涂|漆|染|叫|是)(?:择|中|成|为|了|的是|用)?(?:的是)?(?:这个|这种|这|那个|那种|[一-龥]{0,3})(?:颜色|色|名字?|数字|日子|日期|时间|形状|样式|造型|图案)(?![列])"
        r"|\bwhy (?:was|were|is|are|did|do|does) .{0,40}\b(?:colou?r(?:ed)?|orange|red|blue|green|yellow|white|name|named|date|shape|logo|painted)\b",
        r"由于|因为|因(?!此|而|素|地|人|材)[^，。]{2,20}[，而]|原因|理由|是因|为了|为的是|以便|寓意|象征|意味|代表着?|醒目|呼应|契合|取自|源[于自]|考虑到|出于|鉴于",
    ),
    _Relation(
        "解决办法",
        "means",
        r"(?:用|靠|拿)的?(?:是)?(?:[一-龥]{2,6}还是(?:啥|什么|别的)|(?:啥|什么)(?:法子|办法|手段|方法|材料|设备|技术)[^，。]{0,6}[？?]?$)",
        r"通过|采[取用]|利用|运用|使用|借助|依托|以[^，。]{2,14}(?:方式|形式|手段|办法)|安装|架设|搭建|推出|制定|出台|建立|开展|印发|编写|[用靠](?!户|工|人|电|前|近)",
    ),
    _Relation(
        "法律依据",
        "legal basis",
        r"法律依据|(?:依据|根据|按照|按)(?:的是)?(?:什么|啥|哪[条部个项])(?:的)?(?:法|条例|规定|文件|条款|政策)|哪[条部]法|\blegal basis\b|\bunder which law\b",
        r"《[^》]*(?:法|条例|规定|办法|通知|意见|决定|规划|纲要|方案)[^》]*》|依法|(?:依据|根据|按照)[^，。]{0,20}(?:法|条例|规定|办法|文件|政策|标准)",
    ),
    _Relation(
        "谈判结果",
        "outcome of the talks",
        r"谈(?:成|拢|妥)了?(?:没|吗|什么)|谈判[^，。？?]{0,8}(?:结果|成功)|达成(?:协议|一致)了?(?:没|吗)|谈得(?:怎么|如何)|\b(?:outcome|result) of the (?:talks|negotiation)|\bdid the (?:talks|negotiations) (?:succeed|fail|end)",
        r"达成|谈[成妥拢崩]|破裂|签[订署了]|通过了|批准|未能|失败|无果|僵局|不欢而散|没有(?:结果|进展)|结束了?罢工|结果",
    ),
    _Relation(
        "品牌",
        "brand",
        r"(?:什么|啥|哪[个种家])(?:牌子|品牌|牌(?!子))(?![^，。？?]{0,4}[赞捐送给])|牌子(?:是|叫)(?:什么|啥|哪)|\b(?:what|which) brand\b",
        r"(?<!工作)(?<!服务)(?<!公益)(?<!慈善)(?<!知名)(?<!活动)(?<!文化)品牌|[一-龥](?<!品)牌(?![坊照匾匠子楼仪化场])|“[^”]{2,6}”(?:牌|水|茶|酒|奶|饮|雪糕)|旗下|商标",
    ),
    _Relation(
        "标准",
        "by what standard",
        r"按(?:照)?(?:什么|啥|何种|哪种)(?:样的)?(?:标准|规矩|比例|口径)|\b(?:by|on) what (?:standard|scale|formula)",
        r"标准|按(?![摩时期])|依据|根据|每[人月年天户小]|比例|倍|基数",
    ),
    _Relation(
        "工龄",
        "years in the job",
        r"(?:干|做|从事)(?:了)?(?:这[行个一份]|那[行个])[^，。？?]{0,6}(?:多少|几|多久)|工龄|从业(?:了)?(?:多少|几|多久)|入行(?:了)?(?:多少|几|多久)",
        r"从业|入行|工龄|从事|干了|做了|当了|干这行|[0-9一二三四五六七八九十多余]年[的来]?[^，。]{0,8}(?:老|经验|生涯|如一日)|年前",
    ),
    _Relation(
        "捐赠",
        "donations",
        r"捐了?(?:多少|什么|啥|哪)|谁捐的?|\b(?:who|what|how much) [^?]{0,24}\bdonat(?:e|ed|ion)",
        r"捐(?!赠仪式)|赠送|善款|资助|援助",
    ),
    _Relation(
        "造价",
        "cost of building",
        r"(?:建|盖|修|造)[^，。？?]{0,8}(?:花|要|用|投)[^，。？?]{0,4}(?:多少|几)[^，。？?]{0,2}[钱万亿元]|造价",
        r"投资|投入|造价|耗资|斥资|总投|[建修造][^，。]{0,20}元|经费|拨款",
    ),
    _Relation(
        "最",
        "which had the most",
        r"哪一?[家个省市县国][^，。？?]{0,14}?(?<!大)最(?:多|少|高|低)(?!限)|\b(?:which|who)\b [^?]{0,40}\bthe (?:most|least|largest|highest|biggest|lowest|longest)\b",
        r"最[多少高低大小]|第一|首[位个次]|居首|领先|超过|高于|多于|冠|之首|榜|[一二三]位|头名|排名|拔得",
    ),
    _Relation(
        "资助人数",
        "those supported",
        r"(?:资助|捐助|帮扶|救助|结对)(?:过|了)?(?:多少|几)(?:名|位|个)?(?![家万亿元钱])",
        r"资助|捐助|帮扶|救助|结对|助养|帮助|援助|受助|受益|惠及",
    ),
    _Relation(
        "胜负",
        "who won",
        r"谁[^，。？?]{0,8}得最|谁赢|谁(?:获|取)?胜|哪[个支家]?队?[^，。？?]{0,4}(?:赢|获胜|取胜|胜出|夺冠)|比分|几比几|\b(?:who|which team) won\b|\bfinal score\b",
        r"冠军|夺冠|获胜|取胜|胜出|胜者|优胜|[赢负败]|战胜|击败|第[一1][名,，。]|名列|一等奖|金[牌奖]|[摘夺]|头筹|最终|[0-9]+[:：比][0-9]+|领先|最[快多好高强](?!的?地)",
    ),
)  # fmt: skip
"""What must stand in the sentences that may answer or in those beside them."""

_TURNS = (
    ("下调|调低|降低|调降|削减|缩减|减少到|降到|砍|\\bcut\\b|\\breduc|\\blower", "下调|调低|降|削减|缩|减|砍|跌|下滑|回落|走低"),
    ("上调|调高|提高到|涨到|提升到|翻番|\\brais(?:e|ed|ing)\\b|\\bincreas", "上调|调高|提高|涨|提升|增|翻|升|加|扩|多"),
    ("离开|离职|辞去|辞职|调离|退出|退休|跳槽|\\bleave\\b|\\bleft\\b|\\bresign|\\bquit\\b|\\bretire", "离|辞|调任|退|跳槽|转行|前往|走出|原[一-龥]{0,6}(?:主席|书记|主任|经理)|调到"),
    ("推迟|延期|延后|改期|延迟|\\bpostpone|\\bdelay", "推迟|延|改期|后移|滞后|暂缓|顺延"),
    ("搬[到走出离迁]|迁[到走出]|\\bmoved? (?:out|away|from|to)\\b|\\brelocat", "搬|迁|移|转到|入驻|落户"),
    ("否决|驳回|拒绝|回绝|\\breject|\\brefus", "否|驳|拒|不予|不同意|反对|没有同意|未同意|未通过|不肯|不愿"),
    ("改名|更名|\\brenamed?\\b", "名|改称|原称|改为|升级为"),
    ("输[了给]|失利|落败|败[给北]|\\blose\\b|\\blost to\\b", "输|负|败|失利|不敌|惜败"),
)  # fmt: skip
"""What a question that asks why takes for granted to have come about, and what a report must have of that sort."""
_WHY = re.compile(r"为什么|为啥|为何|缘何|何以|什么原因|原因|怎么(?:会|就|突然|反而)|\bwhy\b")

_GIVES = "送|赠|发[放给]|准备|配[备发送]|捐|给予|提供|慰问|定制|拨|补[助贴]|奖|帮[扶助]|资助|服务"
_ARGUMENT = re.compile(
    rf"(?P<by>给|为|向|跟|与|和|同)(?P<whom>[{HAN}]{{2,9}}?)(?P<verb>准备|备|配|发(?!展|生|现)|送|捐|拨|买|购|提供|召开|开(?!展)|举行|签|贷|借|租|订)(?P<rest>[{HAN}“”]{{0,14}})"
)
_QUOTED = re.compile("“[^”]{1,20}”")
_CLAUSE_OF = re.compile("[^。！？；\n]+")
_ASKING = re.compile("[了过的里中内装有都是]|多少|几[次个回场份]?|什么|啥|哪[些个]?|谁|怎")

_LEVEL = "国家|省|地市|市州|市|区县|县区|县|区|乡镇|镇|街道|社区|村|班组"
_LEVELS = re.compile(
    rf"(?P<them>(?:{_LEVEL})(?:(?:[、和及与]|[（(][{HAN}][)）])*(?:{_LEVEL}))*)(?:一?级|层面|[（(][{HAN}][)）]层面)(?!别|联)"
)
_ONE_LEVEL = re.compile(_LEVEL)

_EITHER = re.compile(
    rf"(?:是|用的?是?|靠的?是?|由|走|归|属于?|算)(?P<one>(?!的)[{HAN}]{{2,8}}?)(?<![却但仍可])还是(?P<other>[{HAN}]{{1,8}}?)(?=[？?，。]|$|承担|负担|出|管|负责|来)"
)


def missing(question: str, told: Sequence[str], text: str) -> str:
    """The relation that ``question`` asks for and its report does not tell, named in the language of the question; empty for none.

    ``told`` are the sentences that may answer, best first, ``text`` is that of the report in normal form.
    """
    return next(_untold(question, told, text), "")


def _untold(question: str, told: Sequence[str], text: str) -> Iterator[str]:
    asked, english = normalise(question), is_english(question)
    wanted = [relation for relation in _AT_HAND if re.search(relation.asked, asked)]
    compared = not english and (_LEVELS.search(asked) or _EITHER.search(asked))
    near = _around([normalise(t) for t in told], text) if wanted or compared else ""
    yield from (
        r.named(english=english) for r in _IN_REPORT if re.search(r.asked, asked) and not re.search(r.told, text)
    )
    yield from (r.named(english=english) for r in wanted if not re.search(r.told, near))
    yield from _turned(asked, text)
    if not english:
        yield from _given(asked, text)
        yield from _levels(asked, near)
        yield from _alternatives(asked, near)


def _around(told: Sequence[str], text: str) -> str:
    """The sentences ``told`` and those right before and behind them in ``text``."""
    said = SENTENCE.findall(text)
    held = {
        j
        for i, sentence in enumerate(said)
        for t in told
        if sentence.strip() in t or t in sentence
        for j in (i - 1, i, i + 1)
        if 0 <= j < len(said)
    }
    return "\n".join([*told, *(said[i] for i in sorted(held))])


def _turned(asked: str, text: str) -> Iterator[str]:
    """The turn of events whose reason is asked for and of which ``text`` has no word."""
    if _WHY.search(asked):
        for turn, tells in _TURNS:
            if (m := re.search(turn, asked)) and not re.search(tells, text):
                yield m.group()


def _given(asked: str, text: str) -> Iterator[str]:
    """To whom, or with whom, something is said to be done, if ``text`` says it of others and names them for something else alone."""
    m = _ARGUMENT.search(asked)
    if m is None:
        return
    whom = m["whom"]
    clauses = [_QUOTED.sub("", c) for c in _CLAUSE_OF.findall(text)]
    with_whom = [c for c in clauses if whom in c]
    if not with_whom:
        return
    things = [w for w in _ASKING.split(m["rest"]) if len(w) > 1]
    ends = {t[-2:] for t in things}
    does = re.compile("|".join([*map(re.escape, ends)] or ["(?!)"]))
    gives = _GIVES if m["by"] in "给为" else re.escape(m["verb"])
    if any(does.search(c) or m["verb"] in c or re.search(gives, c) for c in with_whom):
        return
    if any(does.search(c) or m["verb"] in c for c in clauses):
        yield f"{m['by']}{whom}{m['verb']}"


def _levels(asked: str, near: str) -> Iterator[str]:
    """The level of government asked about where ``near`` tells of others alone (市、县层面 for 省一级)."""
    wanted, given = _named_levels(asked), _named_levels(near)
    if len(wanted) == 1 and given and not wanted & given and not any(w in g or g in w for w in wanted for g in given):
        yield f"{next(iter(wanted))}级"


def _named_levels(plain: str) -> set[str]:
    return {level for m in _LEVELS.finditer(plain) for level in _ONE_LEVEL.findall(m["them"])}


def _alternatives(asked: str, near: str) -> Iterator[str]:
    """The two things of which one is asked for where ``near`` has neither."""
    if (m := _EITHER.search(asked)) and not any(word in near for word in (m["one"], m["other"].split("的")[0])):
        yield f"{m['one']}还是{m['other']}"
