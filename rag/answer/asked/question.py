"""What a question asks for and what it insists on: the kind of answer, the places, years and names it names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from rag.answer.asked import english, english_figures
from rag.answer.asked.sought import Sought, sought
from rag.answer.asked.units import HOW_MANY, content
from rag.answer.stated import offices
from rag.ingest.places import Region, mentions, spellings
from rag.numbers import whole
from rag.search import sounds
from rag.search.bridge import bridge
from rag.zh import STOP_WORDS, has_chinese, is_english, normalise, tokens, words


class Asks(StrEnum):
    """The kind of thing a question asks for."""

    NUMBER = "number"
    YEAR = "year"
    DATE = "date"
    PERSON = "person"
    PLACE = "place"
    REASON = "reason"
    DEFINITION = "definition"
    LIST = "list"
    MEANS = "means"
    OTHER = "other"


_NO_THING = "(?<![站点店馆云园所楼室厅品牌动目划程地卡桥船号歌书片剧节赛奖社院厂])"
"""Not behind a thing: 那个站叫什么名 asks after no person."""

# In this order: the first that matches decides. Patterns run over the normal form (lower case, simplified).
_KINDS = (
    (
        Asks.REASON,
        r"(?<!称之)(?<!被称)(?<!表现)为什么|为何|为啥|因何|原因|何以|怎么(?:会|反而|反倒|突然)|缘何|凭(?:什么|啥)|图的是什么|图啥|\bwhy\b",
    ),
    (Asks.YEAR, r"哪一?年|几几年|哪年|[西公]元几年|(?:what|which) year"),
    (
        Asks.DATE,
        r"[什啥]么?时[候间]|何[时日]|几时|哪一?天|哪一?月|几月|几号(?!线|楼|馆|厅|院)|几点|哪日|(?:^|[,.;?] ?)(?:and |so |but )?when (?:was|were|is|are|did|do|does|will|would|should|has|have|had|can|could)\b|since when|(?:what|which) (?:date|day)",
    ),
    (Asks.LIST, r"[那这哪]几[朵座条支类种项款本部][^，。？?]{0,8}叫(?:什么|啥)"),
    (
        Asks.PERSON,
        rf"谁(?![^，。？?]{{0,16}}哪一?个?(?:部门|单位|机构|公司|科室))|哪[一几两二三四五六]?位|何人|{_NO_THING}叫什么名|姓名|全名|姓(?:啥|什么)|(?:主席|书记|主任|[一-龥]长|经理|老师|教师|医生|大夫|司机|骑手|组长|负责人|代表|选手|作者|传承人|冠军|得主|带队的)叫(?:啥|什么)|\bwho\b|\bwhom\b|name of the (?:person|worker|winner)",
    ),
    (
        Asks.DEFINITION,
        r"是什么意思|什么叫|指什么|指的是什么|指的是啥|^什么是|怎么讲|怎么个.{0,3}法|什么含义|是指|\bwhat does .* mean",
    ),
    (
        Asks.LIST,
        r"哪(?:[几些]|一些)|[分有]哪(?!一)|分别[是为有指]?(?:什么|啥)|(?:能|可以|都|还|具体|各|分别)[^，。]{0,8}?(?<![是为叫凭因])(?:什么|啥)(?:东西)?[？?。]?$|几样|几朵|几部分|哪[二两三四五六七八九十2-9]|都有什么|些什么|些啥|举几|列举|例举",
    ),
    (
        Asks.NUMBER,
        (
            rf"多少|{HOW_MANY}(?=[个家人名位次回项届期年天元块万亿岁支场户所处部份条件种成类台辆座级倍对只瓶本册间轮批组队班门节趟%])|第几|几成|多久|多大|多长|多高|多远|占比|比例|百分之几"
            r"|how (?:many|much|long|large|big|often)|what (?:share|percentage|proportion|number)|by how much|total (?:number|amount)"
        ),
    ),
    (Asks.NUMBER, r"(?:哪个|哪家|哪边|谁).{0,12}更?(?:多|少|高|低|大|小)[？?]?$"),
    (
        Asks.PLACE,
        r"哪里|哪儿|[在从]哪(?![些个家年天项方])|何处|什么地方|哪一?个(?:省|市|县|区|地方|城市|学校|单位)|\bwhere\b",
    ),
    (Asks.LIST, r"什么(?:措施|做法|内容|环节|功能|方式|条件|服务)|\bwhich\b|\blist\b|what are"),
    (Asks.MEANS, r"怎么|怎样|如何|咋|\bhow\b"),
)
_WORD = re.compile(
    rf"为什么|为何|多少|第几|{HOW_MANY}(?!何)|谁|哪[一些个位里儿家种项年天月]?|什么(?:时候|地方|样)?|何[时地处]|怎么?样?|如何|多[大长高远久]|是否|有没有|啥|咋"
)
_HEADINGS = tuple(
    (re.compile(rf"(?P<it>.*(?:{nouns}))(?:为?几何|如何|呢)?[？?。]?$"), word)
    for nouns, word in (
        ("造价|单价|数额|金额|额度|人数|次数|数量|总数|数目|花费|费用|比例|面积|年龄|产量|[一-龥]率", "是多少"),
        ("日期|时间", "是哪天"),
        ("地点|地址", "在哪里"),
        ("名单", "有哪些"),
    )
)
"""What a heading ends with, and what is asked by it."""

_NAMED = re.compile(
    r"(?P<it>[一-龥][人员工生手者师友长]|(?:老师|师傅|司机|骑手|代表|劳模|工匠|教练|医生|护士|先生|女士))(?:的名字|的姓名|的?全名)?(?:叫什么名?字?|叫啥|姓什么|姓啥|名叫什么|姓甚名谁)[？?]?$"
)
_WHICH = re.compile(r"哪一?[位名](?P<it>[一-龥]{2})")
_EVERYWHERE = re.compile(
    r"哪[些几][个家]?(?:地方|省|市|城市|地区|县|工会|区县|省份)|(?:which|what) (?:\w+ ){0,2}(?:places|cities|provinces|regions|unions)"
)
_OPENS = re.compile(r"(?:(?:^|(?<=[，。？！；、,;?! ]))(?:请问)?(?:据|在)?|在)(?P<name>[一-龥]{2,3})")
QUOTED = re.compile(r"[“\"「『《]([^”\"」』》]{2,30})[”\"」』》]")
_YEAR = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})(?![0-9])")
_FUNCTION = re.compile(
    "|".join(sorted((re.escape(w) for w in STOP_WORDS if not w.isascii()), key=len, reverse=True)) + r"|[^\w]+"
)
_ORDINAL = re.compile(r"(?:第(?P<n>[0-9]+|[一二三四五六七八九十百]+)|(?P<one>首))(?P<of>[届次期站轮批号](?!都))")
_ROLE = re.compile(
    r"谁(?:是|当|任).{0,24}?(?P<other>主席|书记|主任|经理|院长|校长|会长|理事长|董事长|局长)[？?]?$|(?P<role>[一-龥]{0,4}(?:长|主席|书记|主任|经理|教授|师傅|院长|校长|冠军|亚军|季军|第[一二三]名|[一二三]等奖))(?:(?:现在|目前|如今|现任?)?(?:是|叫|给了|由|为)(?:谁|哪|什么|啥|何人)|的?(?:姓名|名字))"
)
CORE = 8
"""Characters on each side of a question word that say most closely what is asked."""

_ANSWERS = {
    Asks.NUMBER: re.compile(
        r"[0-9一二三四五六七八九十两百千万]+(?:\.[0-9]+)?\s*[%余多万亿个家人名位次项届期年天元支场户所部份条件种类台辆座级倍千]|%|[0-9]"
    ),
    Asks.YEAR: re.compile(
        r"(?:1[0-9]|20)[0-9]{2}|[0-9]{3}年|元年|(?:民国|光绪|康熙|乾隆|雍正|嘉庆|道光|咸丰|同治|宣统|万历|昭和|大正|明治)[0-9一二三四五六七八九十]+年|年间"
    ),
    Asks.DATE: re.compile(
        r"(?:1[0-9]|20)[0-9]{2}年?|[0-9]{3}年|[0-9]{1,2}月(?:[0-9]{1,2}日)?|[0-9]{1,2}日|元年|(?:民国|光绪|康熙|乾隆|雍正|嘉庆|道光|咸丰|同治|宣统|万历|昭和|大正|明治)[0-9一二三四五六七八九十]+年|年间|[0-9]{1,2}[时点]"
    ),
    Asks.REASON: re.compile(
        r"因为|由于|因此|为了|旨在|为[^。，]{2,20}，|以便|原因|是因|所以|缺乏|缺少|不足|面临|针对|难题|导致|使得|才能"
    ),
    Asks.DEFINITION: re.compile(r"即|是指|指的是|是一|是[^。]{0,20}的|包括|分别|以[^，。]{2,20}为|：|（"),
    Asks.LIST: re.compile(r"、.*、|、[^。，、]{1,12}[和及与]|、[^。，、]{1,14}等|包括|分别|分为|设置|“[^”]+”[“、和]"),
    Asks.MEANS: re.compile(r"通过|建立|采取|推出|实施|制定|依托|创新|联合|开展|打造|探索|组织|整合"),
    Asks.PLACE: re.compile(
        r"[省市县区镇乡村街道路]|学院|大学|学校|公司|中心|在[^，。]{2,12}(?:举行|举办|召开|开展|启动)"
    ),
    Asks.PERSON: re.compile(
        r"主席|书记|主任|经理|局长|院长|负责人|教授|工人|职工|队员|选手|记者|说|表示|介绍|的[一-龥]{2,3}(?:[，。]|说|荣获|获得)"
    ),
}


@dataclass(frozen=True, slots=True)
class Spelt:
    """A ``name`` that a question spells in pinyin, the provinces and cities that it may be, and those of the counties that it may be."""

    name: str
    regions: tuple[Region, ...] = ()
    around: tuple[Region, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question taken apart.

    ``words`` and ``tokens`` are without function words, ``core`` are the tokens near the question word, ``nearest`` the two words
    on each side of it; ``sought`` is the figure
    asked for, ``role`` the office whose holder is, ``ranked`` the rank. ``spots`` may be places: a town by its short name, which may be a word too;
    ``named`` is the person whose name is asked for (老师), ``which`` the sort of person (哪位院士);
    ``everywhere`` asks for all the places there are. ``places``, ``years``, ``quoted`` and ``ordinals`` are what it
    insists on, and so are the names ``spelt`` in pinyin.
    """

    text: str
    asks: Asks
    words: tuple[str, ...]
    tokens: tuple[str, ...]
    places: tuple[Region, ...]
    years: tuple[str, ...]
    quoted: tuple[str, ...]
    sought: Sought | None = None
    ordinals: tuple[str, ...] = ()
    role: str = ""
    ranked: str = ""
    spots: tuple[str, ...] = ()
    everywhere: bool = False
    named: str = ""
    which: str = ""
    core: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()
    spelt: tuple[Spelt, ...] = ()

    def answered_by(self, sentence: str) -> bool:
        """Whether ``sentence`` (normal form) holds the kind of thing asked for; true when nothing in particular is."""
        pattern = _ANSWERS.get(self.asks)
        return pattern is None or bool(pattern.search(sentence))


def read(text: str) -> Question:
    """``text`` taken apart. An English question is given the Chinese words and places it names."""
    plain, foreign = normalise(text), is_english(text)
    last = _completed(_last(plain))
    asks = _kind(last)
    places = tuple(dict.fromkeys(r for m in mentions(plain, strict=False) if len(m.regions) == 1 for r in m.regions))
    spoken, names = text, tuple[str, ...]()
    if foreign:
        bridged = bridge(text)
        spoken, places = f"{text} {' '.join(bridged.terms)}", places + bridged.places
        names = sounds.spelt(text)
    figure = None
    if foreign and english.names(last):
        asks = Asks.PERSON
    elif foreign and asks in (Asks.NUMBER, Asks.MEANS, Asks.OTHER):
        figure = None if english.several(last) else english_figures.sought(last)
        asks = Asks.NUMBER if figure else asks
    elif asks is Asks.NUMBER:
        figure = sought(last)
    # 山西临汾 is 临汾: the province says only where that lies.
    places = tuple(p for p in places if p.city or not any(o.city and o.province == p.province for o in places))
    role = _ROLE.search(plain)
    own = tuple(dict.fromkeys(w for w in words(spoken) if w not in STOP_WORDS))
    # Character pairs within content words only: 的理 or 是谁 would be the rarest tokens of all, and mean nothing.
    pairs = _pairs(normalise(spoken))
    core = _core(last) if not foreign else ""
    office = _office(role["role"] or role["other"]) if role else ""
    return Question(
        text,
        asks,
        own,
        tuple(dict.fromkeys((*own, *(t for t in pairs if t not in STOP_WORDS)))),
        places,
        tuple(dict.fromkeys(_YEAR.findall(plain))),
        tuple(dict.fromkeys(_names(text))),
        figure,
        tuple(dict.fromkeys(_ordinal(m) for m in _ORDINAL.finditer(plain))),
        office,
        english.rank(last) if foreign else offices.asked(plain),
        english.countries(plain) if foreign else _spots(plain),
        _EVERYWHERE.search(last) is not None,
        _group(_NAMED, last),
        _group(_WHICH, last),
        tuple(dict.fromkeys(t for t in (*words(core), *_pairs(core)) if t not in STOP_WORDS)),
        english.content(last, names) if foreign else _nearest(last),
        tuple(map(_spelt, names)),
    )


def _spelt(name: str) -> Spelt:
    found = spellings().get(name.lower(), ())
    sure = tuple(region for short, region in found if short == (region.city or region.province))
    return Spelt(name, sure, tuple(region for _, region in found if region not in sure))


def _kind(plain: str) -> Asks:
    return next((kind for kind, pattern in _KINDS if re.search(pattern, plain)), Asks.OTHER)


def sentences_of(text: str) -> list[str]:
    """The sentences of a question, or the questions before a follow-up and itself."""
    return [part for part in re.split(r"(?<=[?？。!！])", text) if part.strip("?？。!！ ")]


def _last(plain: str) -> str:
    """The last of several questions, if by itself it tells what is asked for: a follow-up is read behind what it leans on."""
    asked = sentences_of(plain)
    return asked[-1] if len(asked) > 1 and _kind(asked[-1]) is not Asks.OTHER else plain


def _completed(asked: str) -> str:
    """``asked`` with the question word that a heading leaves out: 驿站造价 asks 驿站造价是多少."""
    if _WORD.search(asked) or is_english(asked):
        return asked
    return next((f"{m['it']}{word}" for pattern, word in _HEADINGS if (m := pattern.search(asked))), asked)


@cache
def _towns() -> frozenset[str]:
    """The short names of cities, of which :func:`mentions` knows those that are surely none but places."""
    return frozenset(
        short for named in spellings().values() for short, region in named if short == region.city and len(short) > 1
    )


def _spots(plain: str) -> tuple[str, ...]:
    """What opens a clause of ``plain`` and may be a city by its short name (平度全市, 据兴化的报道)."""
    found = []
    for m in _OPENS.finditer(plain):
        name = next((m["name"][:n] for n in (3, 2) if m["name"][:n] in _towns()), "")
        if name and not mentions(name, strict=False):
            found.append(name)
    return tuple(dict.fromkeys(found))


def _names(text: str) -> list[str]:
    """What stands in quotation marks in ``text`` and is a name; “几送” asks, and English words are translations."""
    return [
        normalise(name)
        for name in QUOTED.findall(text)
        if (has_chinese(name) or not is_english(text)) and not re.match(r"几|多少|什么|哪", name)
    ]


def _group(pattern: re.Pattern[str], text: str) -> str:
    m = pattern.search(text)
    return m["it"] if m else ""


def _office(text: str) -> str:
    """The office that ``text`` ends with: 副主席 of 常务副主席, and no more than the last word of others."""
    last = words(text)[-1]
    return re.search(rf"(?:常务)?副?{re.escape(last)}$", text)[0]  # type: ignore[index]


def _pairs(plain: str) -> list[str]:
    """The character pairs of the content words of ``plain``."""
    return [t for run in _FUNCTION.split(plain) for t in tokens(run) if len(t) == 2]


def _sides(plain: str) -> tuple[str, str]:
    """What stands before and behind the question word, within its clause; two empty strings where there is none."""
    m = _WORD.search(plain)
    if not m:
        return "", ""
    return re.split(r"[，。！？；：,.?!;:]", plain[: m.start()])[-1], re.split(
        r"[，。！？；：,.?!;:]", plain[m.end() :]
    )[0]


def _core(plain: str) -> str:
    """What stands around the question word, within its clause: 中山夏天慰问，[一共花了]多少[钱]."""
    before, behind = _sides(plain)
    return f"{before[-CORE:]} {behind[:CORE]}" if before or behind else ""


_MEASURE = re.compile(r"^(?:个|家|所|位|名|种|项|类|份|条|件|场|次|届|期|号|部|台|座|支|间|块|样|款|笔|句|人|天|年|月)")
_SAYS_NOTHING = frozenset("名字 时候 地方 东西 情况 内容 具体 一共 总共 共计 今年 去年 目前 现在 分别".split())


def _nearest(plain: str) -> tuple[str, ...]:
    """At most two content words before the question word and two behind it."""
    before, behind = _sides(plain)
    sides = content(before), content(_MEASURE.sub("", behind))
    left, right = ([w for w in side if w not in _SAYS_NOTHING] for side in sides)
    return tuple(dict.fromkeys((*left[-2:], *right[:2])))


def _ordinal(match: re.Match[str]) -> str:
    """第一届 and 首届 as 第1届, so that all ways of writing it are one."""
    if match["one"]:
        return f"第1{match['of']}"
    value = whole(match["n"])
    return f"第{value if value is not None else match['n']}{match['of']}"


def ordinals(text: str) -> frozenset[str]:
    """The ordinals in a text in normal form (第1届)."""
    return frozenset(_ordinal(m) for m in _ORDINAL.finditer(text))
