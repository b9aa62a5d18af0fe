"""What a question asks for and what it insists on: the kind of answer, the places, years and names it names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from rag.ingest.places import Region, mentions
from rag.numbers import chinese_value
from rag.search.bridge import bridge
from rag.zh import STOP_WORDS, is_english, normalise, tokens, words


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


# In this order: the first that matches decides. Patterns run over the normal form (lower case, simplified).
_KINDS = (
    (Asks.REASON, r"为什么|为何|为啥|原因|何以|怎么会|缘何|图的是什么|图啥|\bwhy\b"),
    (Asks.YEAR, r"哪一?年|几几年|哪年|(?:what|which) year"),
    (Asks.DATE, r"什么时候|何时|哪一?天|哪一?月|几月|几号|多久|\bwhen\b|(?:what|which) (?:date|day)"),
    (Asks.PERSON, r"谁|哪位|哪一位|叫什么名|姓名|\bwho\b|\bwhom\b|name of the (?:person|worker|winner)"),
    (
        Asks.DEFINITION,
        r"是什么意思|什么叫|指什么|指的是什么|指的是啥|^什么是|怎么讲|怎么个.{0,3}法|什么含义|是指|\bwhat does .* mean",
    ),
    (Asks.LIST, r"哪[几些]|[分有]哪|几样|几朵|几部分|哪[一二三四五六七八九十]|都有什么|些什么|些啥"),
    (
        Asks.NUMBER,
        (
            r"多少|(?<![拉好])几(?=[个家人名位次项届期年天元万亿支场户所部份条件种成类台辆座级倍%])|第几|几成|多大|多长|多高|多远|占比|比例|百分之几"
            r"|how (?:many|much|long|large|big|often)|what (?:share|percentage|proportion|number)|by how much|total (?:number|amount)"
        ),
    ),
    (Asks.NUMBER, r"(?:哪个|哪家|哪边|谁).{0,12}更?(?:多|少|高|低|大|小)[？?]?$"),
    (Asks.PLACE, r"哪里|哪儿|在哪|何处|什么地方|哪个(?:省|市|县|区|地方|城市|学校|单位)|\bwhere\b"),
    (Asks.LIST, r"什么(?:措施|做法|内容|环节|功能|方式|条件|服务)|\bwhich\b|\blist\b|what are"),
    (Asks.MEANS, r"怎么|怎样|如何|咋|\bhow\b"),
)
_UNIT = re.compile(
    r"(?:多少|几|第几)多?(?P<unit>亿元|万元|元|钱|资金|经费|费用|奖金|补助|补贴|学费|救助金|慰问金|人次|人|名|位|家|个|户|次|场|项|届|期|年|天|支|所|部|份|条|件|种|成|类|台|辆|座|级|倍|平方米|站|例|起|回)?"
)
_MONEY = re.compile(r"how much (?:money|funding)|how much .{0,60}\b(?:spen[dt]|cost|pa(?:y|id)|invest|put into)")
_QUOTED = re.compile(r"[“\"「『《]([^”\"」』》]{2,30})[”\"」』》]")
_YEAR = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})(?![0-9])")
_FUNCTION = re.compile(
    "|".join(sorted((re.escape(w) for w in STOP_WORDS if not w.isascii()), key=len, reverse=True)) + r"|[^\w]+"
)
_ORDINAL = re.compile(r"第(?P<n>[0-9]+|[一二三四五六七八九十百]+)(?P<of>[届次期站轮批号])")
_ROLE = re.compile(
    r"谁(?:是|当|任).{0,24}?(?P<other>主席|书记|主任|经理|院长|校长|会长|理事长|董事长|局长)[？?]?$|(?P<role>[一-龥]{0,4}(?:长|主席|书记|主任|经理|教授|师傅|院长|校长|冠军|亚军|季军|第[一二三]名|[一二三]等奖))(?:是|叫|给了|由)(?:谁|哪|什么)"
)
_COUNTERS = frozenset("个家名位人户座处支所部份条件种")
_CLAUSE = re.compile(r"[^，。、；：！？,.;:!?“”（）()]{0,16}")

MOST_PARTS = 5
"""Places or names beyond which a question is not taken apart."""

_SHAPES = {
    **dict.fromkeys(("钱", "资金", "经费", "费用", "奖金", "补助", "补贴", "学费", "救助金", "慰问金"), ("元",)),
    "人": ("人", "名", "位", "员", "户"),
    "名": ("人", "名", "位"),
    "位": ("人", "名", "位"),
    "回": ("次", "回", "场"),
    "成": ("成", "%"),
    "个": ("个", "处", "座", "家"),
}
"""What a unit asked for may be called in the text."""

_ANSWERS = {
    Asks.NUMBER: re.compile(
        r"[0-9一二三四五六七八九十两百千万]+(?:\.[0-9]+)?\s*[%余多万亿个家人名位次项届期年天元支场户所部份条件种类台辆座级倍千]|%|[0-9]"
    ),
    Asks.YEAR: re.compile(r"(?:19|20)[0-9]{2}"),
    Asks.DATE: re.compile(r"(?:19|20)[0-9]{2}年?|[0-9]{1,2}月(?:[0-9]{1,2}日)?|[0-9]{1,2}日"),
    Asks.REASON: re.compile(
        r"因为|由于|因此|为了|旨在|为[^。，]{2,20}，|以便|原因|是因|所以|缺乏|缺少|不足|面临|针对|难题|导致|使得|才能"
    ),
    Asks.DEFINITION: re.compile(r"即|是指|指的是|是一|是[^。]{0,20}的|包括|分别|以[^，。]{2,20}为|：|（"),
    Asks.LIST: re.compile(r"、.*、|包括|分别|分为|设置|“[^”]+”[“、和]"),
    Asks.MEANS: re.compile(r"通过|建立|采取|推出|实施|制定|依托|创新|联合|开展|打造|探索|组织|整合"),
    Asks.PLACE: re.compile(
        r"[省市县区镇乡村街道路]|学院|大学|学校|公司|中心|在[^，。]{2,12}(?:举行|举办|召开|开展|启动)"
    ),
    Asks.PERSON: re.compile(
        r"主席|书记|主任|经理|局长|院长|负责人|教授|工人|职工|队员|选手|记者|说|表示|介绍|的[一-龥]{2,3}(?:[，。]|说|荣获|获得)"
    ),
}


@dataclass(frozen=True, slots=True)
class Question:
    """A question taken apart.

    ``words`` and ``tokens`` are without function words; ``units`` is what a number asked for counts, ``role`` the office
    or rank whose holder is asked for. ``places``, ``years``, ``quoted`` and ``ordinals`` are what it insists on.
    """

    text: str
    asks: Asks
    words: tuple[str, ...]
    tokens: tuple[str, ...]
    places: tuple[Region, ...]
    years: tuple[str, ...]
    quoted: tuple[str, ...]
    units: tuple[str, ...]
    ordinals: tuple[str, ...] = ()
    role: str = ""

    def answered_by(self, sentence: str) -> bool:
        """Whether ``sentence`` (normal form) holds the kind of thing asked for; true when nothing in particular is."""
        pattern = _ANSWERS.get(self.asks)
        return pattern is None or bool(pattern.search(sentence))

    def figures(self, sentence: str) -> list[tuple[int, int]]:
        """Where ``sentence`` (simplified characters) gives a number of what is asked for, as ``(start, end)``.

        Units that count things (家, 个, 名) must stand with a thing asked for: 17家…企业 and 站点580多个 count companies
        and stations, 6个市 counts neither.
        """
        return [
            m.span()
            for m in self._with_unit(sentence)
            if m["unit"] not in _COUNTERS or self._stands_with(sentence, *m.span())
        ]

    def _with_unit(self, sentence: str) -> list[re.Match[str]]:
        """The numbers in ``sentence`` that have a unit asked for, whatever they count."""
        if not self.units:
            return []
        unit = "|".join(sorted(map(re.escape, self.units), key=len, reverse=True))
        number = r"[0-9一二两三四五六七八九十百千][0-9,.一二三四五六七八九十百千万亿余多]*"
        return list(re.finditer(rf"{number}(?P<unit>{unit})", sentence))

    def _stands_with(self, sentence: str, start: int, end: int) -> bool:
        """Whether a thing asked for follows the figure in its clause or, if nothing follows, comes before it."""
        things = [w for w in self.words if len(w) > 1 and not w.isascii()]
        behind = _CLAUSE.match(sentence, end)
        near = behind.group() if behind and behind.group() else sentence[max(0, start - 16) : start]
        return not things or any(word in near for word in things)

    def counts(self, sentence: str) -> float:
        """How far ``sentence`` (normal form) gives a number of what is asked for.

        1 if it does, 0 if it has a number with the unit and may mean the thing by another word or if no unit is asked
        for, -1 if not.
        """
        if not self.units:
            return 0.0
        if self.figures(sentence):
            return 1.0
        return 0.0 if self._with_unit(sentence) else -1.0


def read(text: str) -> Question:
    """``text`` taken apart. An English question is given the Chinese words and places it names."""
    plain = normalise(text)
    asks = next((kind for kind, pattern in _KINDS if re.search(pattern, plain)), Asks.OTHER)
    places = tuple(dict.fromkeys(r for m in mentions(plain, strict=False) if len(m.regions) == 1 for r in m.regions))
    spoken = text
    if is_english(text):
        bridged = bridge(text)
        spoken, places = f"{text} {' '.join(bridged.terms)}", places + bridged.places
    units: tuple[str, ...] = ()
    if asks is Asks.NUMBER and (m := _UNIT.search(plain)) and m["unit"]:
        units = _SHAPES.get(m["unit"], (m["unit"],))
    elif asks is Asks.NUMBER and _MONEY.search(plain):
        units = ("元",)
    role = _ROLE.search(plain)
    own = tuple(dict.fromkeys(w for w in words(spoken) if w not in STOP_WORDS))
    # Character pairs within content words only: 的理 or 是谁 would be the rarest tokens of all, and mean nothing.
    pairs = (t for run in _FUNCTION.split(normalise(spoken)) for t in tokens(run) if len(t) == 2)
    return Question(
        text,
        asks,
        own,
        tuple(dict.fromkeys((*own, *(t for t in pairs if t not in STOP_WORDS)))),
        places,
        tuple(dict.fromkeys(_YEAR.findall(plain))),
        tuple(dict.fromkeys(normalise(q) for q in _QUOTED.findall(text))),
        units,
        tuple(dict.fromkeys(_ordinal(m) for m in _ORDINAL.finditer(plain))),
        words(role["role"] or role["other"])[-1] if role else "",
    )


def parts(text: str) -> list[tuple[str, str]]:
    """A question about several places or named things as one question about each: ``(name, question)``.

    Empty when it is about one thing. Each part is the question without the names of the others; what is left of
    ``和`` and the like does no harm to a search.
    """
    spots: list[tuple[int, int]] = []
    for m in mentions(text, strict=False):
        if spots and spots[-1][1] == m.start:
            spots[-1] = (spots[-1][0], m.end)
        else:
            spots.append((m.start, m.end))
    if len({text[a:b] for a, b in spots}) < 2:
        spots = [m.span(1) for m in _QUOTED.finditer(text)]
    names = list(dict.fromkeys(text[a:b] for a, b in spots))
    if not 2 <= len(names) <= MOST_PARTS:
        return []
    found = []
    for name in names:
        kept = text
        for a, b in reversed(spots):
            if text[a:b] != name:
                kept = kept[:a] + kept[b:]
        found.append((name, kept))
    return found


def _ordinal(match: re.Match[str]) -> str:
    """第一届 as 第1届, so that both ways of writing it are one."""
    value = chinese_value(match["n"]) if not match["n"].isdigit() else int(match["n"])
    return f"第{value if value is not None else match['n']}{match['of']}"


def ordinals(text: str) -> frozenset[str]:
    """The ordinals in a text in normal form (第1届)."""
    return frozenset(_ordinal(m) for m in _ORDINAL.finditer(text))
