"""What figure a question asks for: of what, in which units, and for what the money was."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from rag.answer.asked.taken_apart import MONEY_NOUN, TakenApart, noun_before, take_apart
from rag.answer.asked.units import ALLOWED, DEED, HEADS, HOW_MANY, MONEY, PEOPLE, SHARE, SPAN, content


class Sort(StrEnum):
    """What sort of figure is asked for."""

    MONEY = "money"
    PEOPLE = "people"
    SHARE = "share"
    SPAN = "span"
    ORDINAL = "ordinal"
    COUNT = "count"
    MEASURE = "measure"
    EVERY = "every"


_PLAIN_MONEY = frozenset("钱 资金 专款 经费 费用 花费 开支 支出 金额 投资 多钱".split())
"""Words that say no more than that money is meant."""

_PERSON = re.compile(
    "[人工员生手者师友子孩众姓]$|孩子|子女|职工|群众|百姓|家长|会员|学员|学生|教师|老师|家属|新人|选手|队员|同志|代表|徒弟|弟子|司机|骑手|小哥|小朋友|村民|居民|旅客|劳模|工匠|人才|干部|观众"
)
_PAYS = re.compile("钱|[花收交缴付补涨给奖罚赔卖赚挣省捐投]|标准|费|薪|价|工资|奖金|补贴|报销")
"""What is said of money: 底薪涨了几块 asks for it, 铺了多少块 does not."""

_GENERIC = frozenset(
    "数量 人数 总数 规模 数字 情况 数 总量 数目 总人数 方面 左右 全国 全省 全市 时间 现在 目前 报道 一共 总共 地方 大概 大约 分别 东西".split()
)
_REFUNDED = re.compile(r"(?:(?<![申汇上预举填])报销?|补贴|奖励|减免|返还|退还|补偿)(?:了|出|过)?$")
"""What asks for money, or for so much of what was paid: 学费能报多少."""
_GIVEN = re.compile("救助|资助|奖励|赔偿|补偿|赞助|救济")
"""What is money where it is asked how much of it: 拿到多少救助."""
_HOW = {
    "多久": SPAN,
    "多长": SPAN | frozenset("米 公里 千米 厘米".split()),
    "多大": frozenset("平方米 平方公里 亩 公顷 % 成 岁 级 个 千瓦 兆瓦 人".split()),
    "多高": frozenset("米 厘米 % 成 元 度".split()),
    "多远": frozenset("米 公里 千米 海里".split()),
    "多重": frozenset("吨 公斤 千克 克".split()),
    "多深": frozenset("米 厘米".split()),
    "多宽": frozenset("米 厘米".split()),
    "多快": SPAN | frozenset("公里 米".split()),
    "多厚": frozenset("米 厘米 毫米".split()),
}
_RATE = re.compile("率$|比例$|比重$|占比$|百分比$|幅度?$")
_RATE_TO = re.compile(r"(?P<rate>[一-龥]{1,2}率)(?:[要得须应被再]?[一-龥]{0,2}?[到在至])?了?$")
"""A rate that is brought to a figure: 超载率压到多少."""

_SIZED = re.compile(
    "(?P<who>[一-龥]{0,2}(?:选手|人员|队伍|参赛|参与|职工|学员|会员|听众|观众)(?:[一-龥]{0,3}[养训赛动])?)的?规模$"
)
"""How many people there are, asked as 选手规模多大 or 选手规模是多少."""

_MEASURED = {
    "面积": "平方米 平方公里 亩 公顷",
    "功率": "千瓦 兆瓦",
    "容量": "千瓦 兆瓦",
    "电量": "千瓦时 度",
    "年龄": "岁",
    "产量": "吨 公斤 千克 万吨",
    "重量": "吨 公斤 千克 克",
    "长度": "米 公里 千米",
    "高度": "米",
    "里程": "公里 千米",
    "时长": "小时 分钟 天 个小时",
    "温度": "度",
}
OFTEN = re.compile(
    rf"(?:多久|多长时间|隔多久|每?隔?{HOW_MANY}(?:天|年|周|个?月|个?星期|个?小时))[^，。？?]{{0,8}}?一[次回趟轮]"
)
"""Asks how often something is done, not how long it takes."""


@dataclass(frozen=True, slots=True)
class Sought:
    """A figure asked for.

    ``units`` are the units it may have, none where any may be; ``things`` what is counted, the head first; ``whose`` words that
    must stand with a kind of money (水电 of 水电补贴); ``deed`` is what money is for; ``change`` is true if a change is asked for,
    ``each`` if so much a head or a month; ``named`` is how the question calls it. ``said`` if a sentence must have a word for the
    thing: 27名 are no 27 women; ``whose`` are then further words for it.
    """

    sort: Sort
    units: frozenset[str]
    things: tuple[str, ...]
    named: str = ""
    whose: tuple[str, ...] = ()
    deed: str = ""
    change: bool = False
    each: bool = False
    said: bool = False


def sought(plain: str) -> Sought | None:
    """What figure ``plain``, a question in Chinese and in normal form, asks for; ``None`` where none can be told."""
    asked = take_apart(plain)
    if asked is None:
        return None
    if OFTEN.search(plain):
        return Sought(Sort.EVERY, frozenset(), (), "多久一次")
    readings: tuple[Callable[[TakenApart], Sought | None], ...] = (
        _ordinal,
        _share,
        _how,
        _rate,
        _of_something,
        _money,
        _span,
        _measured,
        _count,
    )
    return next((found for reading in readings if (found := reading(asked))), None)


def _ordinal(asked: TakenApart) -> Sought | None:
    """第几届."""
    if not asked.plain.startswith("第几", asked.match.start()):
        return None
    nth = asked.match["nth"]
    return Sought(Sort.ORDINAL, frozenset([nth] if nth else ()), (), asked.match.group())


def _share(asked: TakenApart) -> Sought | None:
    """几成, 百分之几, 占比."""
    m = asked.match
    plainly = (
        m["share"]
        or m["how"] in ("占比", "比例", "比重")
        or asked.behind.startswith(("百分比", "比例", "比重"))
        or (asked.alone and not asked.unit and re.search("占[了到比]?$", asked.plain[: m.start()]))
    )
    if not plainly and not (asked.unit in ("成", "%") and not m["scale"]):
        return None
    units = SHARE - {"倍"} if m.group().startswith("百分之") else SHARE
    return Sought(Sort.SHARE, units, (), m.group(), change=asked.change)


def _how(asked: TakenApart) -> Sought | None:
    """多高, 多久: of a rate, or in the units of such a measure."""
    how = asked.match["how"]
    if not how:
        return None
    if how == "多大" and (m := _SIZED.search(asked.before)):
        return Sought(Sort.PEOPLE, HEADS, (), m["who"], change=asked.change)
    if how == "多大" and re.match("的?(?:年纪|岁数|年龄)", asked.plain[asked.match.end() :]):
        return Sought(Sort.MEASURE, frozenset(("岁",)), (), "年龄")
    head = noun_before(re.sub("(?:的?盘子|的?总?规模|的?池子)$", "", asked.before) if how == "多大" else asked.before)
    if how == "多大" and MONEY_NOUN.search(head):  # 损失有多大
        return Sought(Sort.MONEY, MONEY, (head[-2:],), head, change=asked.change)
    if _RATE.search(head):
        return Sought(Sort.SHARE, SHARE, (head,), head, change=asked.change)
    return Sought(Sort.MEASURE, _HOW.get(how, frozenset()), (), head or how, change=asked.change)


def _of_something(asked: TakenApart) -> Sought | None:
    """各铺开了多少: of what, it does not say."""
    if not asked.alone or asked.unit or asked.head in _GENERIC or MONEY_NOUN.search(asked.head):
        return None
    if _REFUNDED.search(asked.before):
        return Sought(Sort.MONEY, MONEY | {"%"}, (), asked.head, change=asked.change, each=asked.each)
    if re.search(r"[是为达占有]了?$", asked.plain[: asked.match.start()]):
        return None
    if re.search("的人(?:里面?|当中|之?中)[，,]", asked.plain[: asked.match.start()]):
        return Sought(Sort.PEOPLE, PEOPLE, (), "人数", change=asked.change)
    return Sought(Sort.COUNT, frozenset(), (), asked.head, change=asked.change, each=asked.each)


def _rate(asked: TakenApart) -> Sought | None:
    """调成率是多少, 超载率压到多少."""
    to = _RATE_TO.search(asked.plain[: asked.match.start()]) if asked.alone and not asked.unit else None
    head = to["rate"] if to and not _RATE.search(asked.head) else asked.head
    return Sought(Sort.SHARE, SHARE, (head,), head, change=asked.change) if _RATE.search(head) else None


def _span(asked: TakenApart) -> Sought | None:
    """几天."""
    if asked.unit not in SPAN or asked.unit in ("月", "岁"):
        return None
    return Sought(Sort.SPAN, ALLOWED.get(asked.unit, frozenset((asked.unit,))), (), asked.unit, each=asked.each)


def _measured(asked: TakenApart) -> Sought | None:
    """面积是多少, 几岁."""
    if asked.unit == "岁":
        return Sought(Sort.MEASURE, frozenset(("岁",)), (), "年龄")
    key = next((k for k in _MEASURED if asked.head.endswith(k)), "")
    if not key:
        return None
    return Sought(Sort.MEASURE, frozenset(_MEASURED[key].split()), (asked.head,), asked.head, change=asked.change)


_DONE = re.compile("[了过](?:一共|总共|共|大概|大约|约)?$")
"""Behind a word for what was done, which counts nothing: 上榜了多少个."""


def _count(asked: TakenApart) -> Sought:
    """多少家企业, 多少职工, 站点有多少个."""
    named, head, unit = asked.named, asked.head, asked.unit
    if not unit and asked.alone and re.search("人口(?:数量?|总数)?的?$", asked.before):
        return Sought(Sort.PEOPLE, PEOPLE, (), "人口", change=asked.change)
    if not unit and asked.alone and (head.endswith("人数") or _SIZED.search(asked.before)):
        return Sought(Sort.PEOPLE, HEADS, (), "人数", change=asked.change, each=asked.each)
    if _DONE.search(asked.plain[: asked.match.start()]):
        head = ""
    noun = (head,) if len(head) > 1 and head not in _GENERIC else ()
    things = tuple(w for w in named[:1] if w not in _GENERIC) or noun
    if unit in ("个", "") and asked.behind.startswith("".join(named[:2])) and any(map(_PERSON.search, named[1:2])):
        things = (named[1],)  # 创业导师
    person = bool(things and _PERSON.search(things[0]))
    if unit in ("人", "名", "位", "人次") or (person and unit in ("", "个", "户")):
        units = ALLOWED.get(unit, PEOPLE) if unit not in ("个", "") else PEOPLE
        called = "".join(named[:2]) if person else "人数"
        return Sought(Sort.PEOPLE, units, things if person else (), called, change=asked.change, each=asked.each)
    if things and named:  # 多少家职工书屋: what is counted is said by the last word
        things = tuple(w for w in reversed(named) if w not in _GENERIC)
    if not things and not unit and asked.alone and head not in _GENERIC:
        things = tuple(w for w in reversed(content(asked.before)[-2:]) if w not in _GENERIC)
    called = "".join(named[:2]) or head or (things[0] if things else "")
    units = ALLOWED.get(unit, frozenset((unit, "个"))) if unit else frozenset()
    return Sought(Sort.COUNT, units, things, called, change=asked.change, each=asked.each)


def _money_words(asked: TakenApart) -> list[str]:
    """The words by which money is asked for, the head last; none if it is not."""
    unit, named, behind = asked.unit, asked.named, asked.behind
    if not unit and len(named) == 1 and _GIVEN.fullmatch(named[0]):
        return named
    head = asked.head or noun_before(asked.before)
    by_noun = [head] if MONEY_NOUN.search(head) else []
    for n, word in enumerate(named if unit in {*MONEY, "", "笔", "份"} else ()):
        if MONEY_NOUN.search(word):
            return named[: n + 1]
    if (
        unit in MONEY
        or (unit == "块" and not named and _PAYS.search(asked.before[-12:]))
        or behind.startswith("钱")
        or head == "钱"
    ):
        return by_noun or ["钱"]
    if unit and unit not in ("笔", "份"):
        return []
    if behind.startswith("款"):
        return ["款"]
    return by_noun if asked.alone else []


def _money(asked: TakenApart) -> Sought | None:
    """多少钱, 多少补贴, 工资是多少."""
    named = _money_words(asked)
    if not named:
        return None
    head = named[-1]
    things = () if head in _PLAIN_MONEY or len(head) < 2 else (head,)
    noun = noun_before(asked.before)
    if not things and MONEY_NOUN.search(noun) and noun not in _PLAIN_MONEY:
        things, named = (noun,), [noun]
    lead = re.split(r"[。！？?!；;]", asked.plain[: asked.match.start()])[-1][-14:]
    found = [(m.end(), name) for name, p in DEED.items() for m in p.finditer(lead)]
    if not found:
        found = [(-m.start(), name) for name, p in DEED.items() for m in p.finditer(asked.behind)]
    deed = "cost" if DEED["cost"].search(lead) else max(found)[1] if found else ""
    whose = tuple(w for w in named[:-1] if len(w) > 1)
    # A rise is told as a share as well: 涨多少工资 by 加薪35%.
    return Sought(
        Sort.MONEY,
        MONEY | {"%"} if asked.change else MONEY,
        things,
        "".join(named),
        whose,
        deed,
        asked.change,
        asked.each,
    )
