"""Whether what a sentence says can be understood without the sentences around it, and what to put before it if not.

Everything here is a list of what to stay clear of. Each entry stands for questions that were read and thrown away.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from rag.ingest.places import mentions, place
from rag.types import Article, Precision
from rag.zh import HAN, normalise

SHORTEST, LONGEST = 12, 56
"""Characters of a question: below it says too little, above nobody would type it."""

FEWEST = 8
"""Chinese characters that must be left of a question without its place."""


@dataclass(frozen=True, slots=True)
class Clause:
    """``sentence[start:end]``, without the comma behind it."""

    text: str
    start: int
    end: int


# --- what a sentence may look like --------------------------------------------------------------

_OPENING = re.compile(
    r"^(?:[（(][^）)]{0,8}[）)]|[一二三四五六七八九十]+是|[0-9]{1,2}[.、．]|"
    r"(?:据(?:悉|了解|介绍|统计|不完全统计|初步统计|报道|[^，,。]{2,12}(?:介绍|统计|透露))|目前|截至目前|截至发稿|近日|日前|近期"
    r"|同时|此外|另外|与此同时|今年以来|近年来|近年|多年来|连日来|如今|当天|当日|去年|今年|为此|现在|其间|期间|活动中|会上|据悉|随后"
    r"|下一步|接下来|而且|并且|因此|所以|但是|然而|不仅如此|值得一提的是|数据显示|记者了解到|记者获悉|截至今年[^，,。]{0,6})[，,：:])\s*"
)
_DATELINE = re.compile(
    r"^(?:本报|新华社|中新社|人民网)[^（(，,。]{0,16}[讯电]\s*[（(][^）)]{0,60}[）)]\s*|^[^（(，,。]{0,12}[（(][^）)]{0,40}记者[^）)]{0,40}[）)]\s*"
)
_POINTING = re.compile(
    r"我|咱|你|您|他(?!们的)|他们|她|它|(?<!应)该(?!当)|(?<![因])此|这|那|其(?![他中余])|其中|双方|上述|前者|后者|某|大家|本(?:次|届|报|市|省|县|区|地|月|年|场|期)"
    r"|去年|前年|明年|今年|同期|当[天日年月晚]|昨|上月|下月|近[日年]|日前|目前|如今|现在|至今|截至发稿|以下简称|今[天日晚晨]|明[天日]|以下|之一|记者|供图|合影|图为|原标题|同年|每[^年月天]"
)
VERB_FIRST = re.compile(
    r"^(?:就|既|不仅|不但|更|并|也|还|又|均|都|已|将|让|使|其|被|把|给|有|无|为|对|向|与|和|及|以|按|用|从|由|经|可|能|会|要|应|需|共|约|累计|总计|合计|平均|最高|最低|同比|环比|分别"
    r"|投入|服务|组织|开展|推动|建立|建成|提升|解决|表彰|发放|慰问|帮助|帮扶|推出|实现|成立|培训|培育|举办|选树|打造|设立|新增|完成|覆盖|吸引|通过|惠及|占|达|涉及|涵盖|包括|其他"
    r"|调处|挽回|受理|化解|走访|筹集|带动|创建|征集|评选|命名|授予|奖励|资助|救助|补贴|支持|安排|安置|提供|签订|签约|参与|参加|获得|荣获|入选|纳入|制定|出台|发布|印发|召开|举行|启动|实施|进行|进入"
    r"|形成|构建|搭建|整合|联合|协调|指导|督促|引导|动员|发动|依托|围绕|聚焦|坚持|力争|预计|计划|确保|直接|间接|先后|陆续|共计|历时|是|作为|来自|得到|送|推选|推进|联系|优选|精选|助力|利用|拿出|止于|位于|主动|挂牌|迄今|创新|规划|保护|优化|加强|完善|打通|落实|改造|评出|选出|选派|发现|排查|检查|调研|带领|指派|下发|转入|受|获|拟|正|再|仅|总|全年|每年|每月|每天|其|如|在|到|自|截至|截止|至)"
)
"""What opens a clause whose subject stands before it; 在, 自 and 截至 are taken off before this is asked."""
_ADVERBIAL = re.compile(r"^(?:(?:在|自|截至|截止|从|到)[^，,]{2,20}[，,]|(?:19|20)[0-9]{2}年[^，,]{0,8}[，,])")
_UNSURE = re.compile(
    "^(?:所以|刚好|因为|但|而|于是|虽然|由于|如果|若|原来|后来|其实|尤其|特别是|例如|比如|如今)|如果|可能|假如|假设|想为|没有|并不|不到|不足|原定|据说|或|根据.*等?$"
)
"""What is said with ifs and buts, or leans on the sentence before."""

_TORN = re.compile("(?:下|后|时|中|等.{0,5}|的|之际|以来|起|时候|来看|基础上|同时|其中|过程|重点|会|和|与|并|及)$")
"""How a clause ends that goes on behind its comma."""

_VAGUE = re.compile(
    "^(?:公司|企业|单位|学校|医院|项目|活动|会议|大会|会上|比赛|大赛|竞赛|展览|论坛|现场|开幕式|首批|首届|参赛|[省市州县区镇](?:总工会|委|政府|总)|全[镇县区村州院厂]|各|县|市|区|镇|专项行动|工会|职工|会员|党员|新增|年)"
)
BODY = re.compile(
    rf"[{HAN}]{{2,16}}?(?:总工会|工会|市总|省总|县总|区总|公司|集团|学院|大学|医院|法院|检察院|中心|协会|研究院|煤矿|油田|铁路局?|电厂|工厂|局|厅|委员会|街道|社区|镇|乡|村|园区)"
)
NAMED = re.compile(r"[“《][^“”《》]{2,24}[”》]")
_NAME = re.compile(r"[“]([^“”，。！？]{3,14})”")
_PAIRS = tuple((pair[0], pair[1]) for pair in ("“”", "《》", "（）", "()", "【】", "‘’", "「」"))
DIGITS = r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?"


def clauses(sentence: str) -> list[Clause]:
    """The clauses of ``sentence``: parted at ，；： and the like, but not within quotation marks or brackets."""
    found, begin, depth = [], 0, 0
    for at, char in enumerate(sentence):
        if char in "“《（(【「":
            depth += 1
        elif char in "”》）)】」":
            depth = max(0, depth - 1)
        elif depth == 0 and (char in "，；：。！？;!?:" or (char == "," and not sentence[at + 1 : at + 2].isdigit())):
            if at > begin:
                found.append(Clause(sentence[begin:at], begin, at))
            begin = at + 1
    if begin < len(sentence):
        found.append(Clause(sentence[begin:], begin, len(sentence)))
    return found


def balanced(text: str) -> bool:
    """Whether every quotation mark and bracket has its other half."""
    return all(text.count(a) == text.count(b) for a, b in _PAIRS) and text.count('"') % 2 == 0


def inside(text: str, at: int) -> bool:
    """Whether ``text[at]`` stands within quotation marks or brackets."""
    before = text[:at]
    return any(before.count(a) > before.count(b) for a, b in _PAIRS) or before.count('"') % 2 == 1


def bare(text: str) -> str:
    """``text`` without the words that only open a report or a sentence."""
    text = _DATELINE.sub("", text)
    while (shorter := _OPENING.sub("", text)) != text:
        text = shorter
    return text


# --- enough to be understood alone --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Setting:
    """What an article is about, to be said where a sentence does not say it.

    Short names of its ``province`` and ``city``, its ``year``, and ``topic``, the name in quotation marks that it is about;
    each empty where it is not known.
    """

    province: str
    city: str
    year: str
    topic: str

    @classmethod
    def of(cls, article: Article) -> Setting:
        """Read off an article; one without a place gets that of its title and opening."""
        at = (article.province, article.city)
        if not article.province:
            at = place(article.title, article.paragraphs[:1])
        sure = article.published.precision in (Precision.DAY, Precision.ABOUT)
        heads = f"{article.title}{article.kicker}{article.subtitle}"
        names = Counter(_NAME.findall(article.text))
        # A name that the article only mentions is not what it is about.
        often = [name for name, n in names.most_common() if n > 2 or name in heads]
        return cls(*at, article.published.date[:4] if sure else "", often[0] if often else "")

    @property
    def name(self) -> str:
        """The city, or else the province; empty when neither is known."""
        return self.city or self.province


def _whole(text: str, setting: Setting) -> str:
    """``text`` with 今年, 全市 and the like spelt out where the article tells what they mean; without 目前 and 日前."""
    if setting.year:
        text = re.sub("今年(?!以来)", f"{setting.year}年", text)
        text = re.sub("去年", f"{int(setting.year) - 1}年", text)
    text = re.sub("(?:截至)?目前[，,]?|近日[，,]?|日前[，,]?", "", text)
    text = re.sub(f"(?<=[{HAN}])还(?=[{HAN}])", "", text)  # it goes on from a sentence that is not asked about
    for level, name in (("省", setting.province), ("市", setting.city)):
        if name and name not in text:
            text = re.sub(f"(?<![{HAN}])(?:全{level}|该{level})", f"{name}全{level}", text, count=1)
            text = re.sub(f"(?<![{HAN}]){level}(?=总工会|总(?![{HAN}]?计))", f"{name}{level}", text, count=1)
    return text


def alone(text: str, setting: Setting) -> str:
    """``text`` as something that says what it is about, with the article's place and topic before it if it does not.

    Empty when that does not help: it points elsewhere, begins with a verb, or names nothing in particular.
    """
    text = _whole(bare(text), setting).strip("，,、 ")
    core = text
    while (shorter := _ADVERBIAL.sub("", core)) != core:
        core = shorter
    found = mentions(text)
    opens = bool(found) and found[0].start == 0 and core == text
    enough = len(re.findall(f"[{HAN}]", core)) - sum(m.end - m.start for m in found) >= FEWEST
    if _leans(text) or not enough or (VERB_FIRST.match(core) and not opens):
        return ""
    placed = bool(found) or bool(setting.name and setting.name in text)
    own_name = re.search(rf"[{HAN}]{{4}}(?:公司|集团|大学|学院|医院|铁路局)", core) is not None
    if (placed or own_name) and not _VAGUE.match(core):
        return text
    if setting.name and core == text:
        if setting.topic and setting.topic not in text:
            return f"据{setting.name}“{setting.topic}”的报道，{text}"
        if not _VAGUE.match(core) and not placed and (NAMED.search(core) or BODY.search(core)):
            return f"在{setting.name}，{text}"
    return ""


def _leans(text: str) -> bool:
    """Whether ``text`` points elsewhere, is said with ifs and buts, or is not whole."""
    return bool(
        _POINTING.search(NAMED.sub("", text))
        or _UNSURE.search(text)
        or _TORN.search(text)
        or not balanced(text)
        or re.search("[。！？!?…;；：:—]", text)
    )


def good(query: str, keys: tuple[str, ...]) -> bool:
    """Whether a question is of a length to be asked, whole, and does not give its own answer away."""
    plain = normalise(query)
    return (
        SHORTEST <= len(query) <= LONGEST
        and balanced(query)
        and not any(normalise(key) in plain for key in keys)
        and len(re.findall(DIGITS, re.sub(r"(?:19|20)[0-9]{2}年", "", query))) <= 1
        and query.count("，") <= 2
        and query.count("、") <= 3
        # Two runs with a space between them: a headline run into the text.
        and not re.search(rf"[\x00-\x1f]|http|www|[{HAN}]\s+[{HAN}]", NAMED.sub("", query))
    )
