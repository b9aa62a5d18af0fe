"""Whether a question asks for more than one article can give, and for what: where there is a practice, how places compare, what
came when, figures of many places.

哪些地方办了疗休养 asks for places and 常州的研学基地都选在哪些地方 does not: words alone do not tell, so a question that names a place asks
for others only right behind it (福建哪些地方).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.answer import towns
from rag.answer.question import QUOTED, Asks, Question, sentences_of
from rag.ingest.places import Region, mentions
from rag.search.bridge import bridge
from rag.types import TableKind
from rag.zh import STOP_WORDS, is_english, normalise, pieces

_SORTS = "地方|省份?|省市|市|城市|地区|县|区县|市县|(?:省|市|县|区|地方|基层)?(?:总?工会)"
_EVERYWHERE = re.compile(
    rf"(?P<where>哪[些几][个家]?(?:{_SORTS})|各(?:省区市|省市|省份|地区?|省|市|区县|市县|个(?:{_SORTS})))(?:的?(?:总?工会))?(?:都|分别|各自|各)?"
    r"|^(?:请问|全国)?(?P<simply>哪里|哪儿)(?=办|开展|建|有|推|组织|搞|给|设|举|实)"
)
_LOCATES = re.compile(r"[在到从往于向去]$")
"""What stands before 哪些地方 where one thing is asked to be located (选在哪些地方)."""

_COMPARES = re.compile(
    r"对比|比较(?![好多大高])|相比|[有的](?:什么|何|哪些)(?:不同|区别|差别|差异|异同)|(?:不同|区别|差别|差异|异同)(?:点|之处)?(?:在哪|是什么|有哪些|[？?。]?$)|不一样"
)
_APART = re.compile(r"分别|各自|各(?=[是有用采怎如])")
"""What may ask for a comparison of two places, or for two facts."""

_HISTORY = re.compile(
    r"历年|逐年|历程|发展过程|发展变化|演变|沿革|来龙去脉|时间线|大事记|一步步|(?:这些年|这几年|多年来?|近几年).{0,12}(?:变化|发展)"
)
_TOTAL = re.compile(r"一共|总共|共计|合计|总计|加起来|总数|总和|\b(?:in total|altogether|in all|overall)\b")

_EVERYWHERE_EN = re.compile(
    r"\b(?:which|what) (?:\w+ ){0,2}?(?:places|provinces|cities|regions|counties|unions|federations)\b"
    r"|\b(?:different|various|each|all|every) (?:places?|provinces?|cit(?:y|ies)|regions?|unions?)\b|\bacross (?:the country|china|provinces|regions)\b"
)
_COMPARES_EN = re.compile(r"\bcompare|\bcomparison\b|\bdifferen(?:t|ces?)\b|\bdiffer\b|\bversus\b|\bvs\b")
_HISTORY_EN = re.compile(
    r"\btimeline\b|over the years|\bhistory of\b|year by year|\bhow (?:has|have|did) .*\b(?:evolved?|developed?|changed?)\b"
)

_NAMES_NEXT = re.compile(r"^|对比|比较|一下|[、，]|和|与|跟|同")
"""What a place that is compared stands behind."""

_SAID_OF_ALL = frozenset(
    "工会 总工会 市总 省总 县总 职工 员工 工人 职工群众 群众 单位 企业 地方 各地 全国 活动 工作 情况 做法 措施 经验 办法 方式 模式 方法 项目 事情 方面 问题 "
    "东西 内容 效果 成效 开展 组织 举办 举行 建立 建设 建成 修建 推进 推动 推行 推广 实行 实施 落实 设立 成立 创建 打造 提供 进行 加强 参加 参与 "
    "投入 花费 帮助 支持 推出 探索 报道 发展 过程 历程 变化 历年 逐年 不同 区别 差别 差异 分别 各自 对比 比较 相比 一下 用于 关于 目前 现在 近年 近年来 "
    "今年 去年 哪些地方 哪些 各省 各市 各县 本地 当地 已经 正在 时候 多少 人数 数量 资金 经费 一共 总共 共建 介绍 经费 请问 告诉 列出 列举 总结 梳理 行动 服务 "
    "扶持 资助 培育 选树 搭建 拥有 办过 搞过 创办 开办 兴办 大家 人们 已有 数字"
    "制度 机制 这个 这项 那个 怎么样 报纸 新闻 特点 他们 我们 里面 其中 以及 或者 还有 或是 都有 有没有".split()
)
"""Words that say nothing of what a practice is, so that a report need not have them."""

_JOINS = frozenset("或 或者 或是 还是 和 与 及 以及 跟 、".split())
_PAUSES = frozenset("，,。.；;？?！!")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a question over many articles asks for.

    ``subject`` is what it is about, in its words: of each group one is enough (站点或者驿站). ``places`` are those that it names, as printed and as
    regions: the columns of a comparison, for other kinds what the answer keeps to. ``sure`` is false where the words may ask for
    two facts instead (分别); ``summed`` where a sum is asked for. ``plain`` is the question in normal form.
    """

    kind: TableKind
    subject: tuple[tuple[str, ...], ...]
    places: tuple[tuple[str, Region], ...] = ()
    sure: bool = True
    summed: bool = False
    plain: str = ""


def wish(question: Question) -> Wish | None:
    """What ``question`` wishes for if it takes many articles to answer; ``None`` for all other questions."""
    plain = normalise(question.text)
    if is_english(question.text):
        return _in_english(question, plain)
    *before, last = sentences_of(plain) or [plain]
    return _in_chinese(question, last, "".join(before))


def _in_chinese(question: Question, plain: str, before: str) -> Wish | None:
    named = _named(plain)
    kind, sure = _kind(question, plain, named)
    if kind is None:
        return None
    # A follow-up (那哪些地方办了) is about what the question before it was.
    subject = _subject(_without(plain, named), kind, question) or _subject(
        _without(before, _named(before)), kind, question
    )
    if not subject or (kind is TableKind.COMPARE and len(named) < 2):
        return None
    places = tuple((name, region) for name, region, _ in named)
    return Wish(kind, subject, places, sure, _TOTAL.search(plain) is not None, plain)


_Named = tuple[str, Region, int]


def _named(plain: str) -> list[_Named]:
    """The places named, as they are called, and where each name ends; of 山西吕梁 the nearer one."""
    found: list[tuple[str, Region, int, int]] = []
    for m in mentions(plain, strict=False):
        if len(m.regions) != 1 or re.match("路|街", plain[m.end :]):
            continue
        region = m.regions[0]
        inside = found and found[-1][3] == m.start and found[-1][1].province == region.province
        start = found.pop()[2] if inside else m.start
        found.append((plain[m.start : m.end], region, start, m.end))
    if _COMPARES.search(plain) or _APART.search(plain):
        found += _towns(plain, [(start, end) for _, _, start, end in found])
    names = {region: (name, region, end) for name, region, _, end in sorted(found, key=lambda one: -one[2])}
    return list(reversed(names.values()))


def _towns(plain: str, known: list[tuple[int, int]]) -> Iterator[tuple[str, Region, int, int]]:
    """Towns that are compared under their names without 县 or 市 (锦屏和中山), which elsewhere may be any words."""
    for start in {m.end() for m in _NAMES_NEXT.finditer(plain)}:
        if any(a <= start < b for a, b in known):
            continue
        for size in towns.LENGTHS:
            name = plain[start : start + size]
            if len(name) == size and (one := towns.named(name)):
                yield name, one[1], start, start + size
                break


def _kind(question: Question, plain: str, named: list[_Named]) -> tuple[TableKind | None, bool]:
    """Which kind of table, if any, and whether that is sure."""
    if _HISTORY.search(plain):
        return TableKind.TIMELINE, True
    if len(named) > 1 and _COMPARES.search(plain):
        return TableKind.COMPARE, True
    if m := _EVERYWHERE.search(plain):
        begins = re.search(
            r"(?:^|[，。？,;；\s]|请问|全国|目前|现在|近年来?|最近|[今去]年|[0-9]年|有)$", plain[: m.start()]
        )
        behind = any(end == m.start() for _, _, end in named)
        if behind or (not named and (begins or not _LOCATES.search(plain[: m.start()]))):
            return (TableKind.FIGURES if question.asks is Asks.NUMBER else TableKind.PLACES), True
    if len(named) > 1 and _APART.search(plain) and question.asks in (Asks.MEANS, Asks.OTHER):
        return TableKind.COMPARE, False
    return None, False


def _without(plain: str, named: list[_Named]) -> str:
    """``plain`` less the words that ask and the places it names."""
    for pattern in (_EVERYWHERE, _COMPARES, _HISTORY, _TOTAL):
        plain = pattern.sub(" ", plain)
    for name, _, _ in named:
        plain = plain.replace(name, " ")
    return re.sub(r"(?:多少|几)(?:户(?!外)|[个家人名位次项场所元])?(?:人次|钱)?", " ", plain)


def _subject(text: str, kind: TableKind, question: Question) -> tuple[tuple[str, ...], ...]:
    """The words that ``text`` is about, those together of which one is enough: joined by 或者, 和 or 、."""
    counted = frozenset(question.sought.things if kind is TableKind.FIGURES and question.sought else ())
    groups: list[list[str]] = []
    joined, last = False, ""
    for quoted, rest in _parted(text):
        for word in [quoted] if quoted else pieces(rest):
            if word in _JOINS:
                joined = bool(groups)
            elif word in counted and last in (groups[-1] if groups else ()) and text.find(last + word) >= 0:
                groups[-1][groups[-1].index(last)] = (
                    last + word
                )  # of 创新工作室 the first word alone would be anything new
            elif quoted or tells(word):
                groups[-1:] = [[*groups[-1], word]] if joined else [*groups[-1:], [word]]
                joined = False
            elif word in _PAUSES:
                joined = False
            last = word
    found = tuple(dict.fromkeys(tuple(dict.fromkeys(group)) for group in groups))
    # What is counted may go by another name; what it is counted of must be there.
    return tuple(group for group in found if not counted.intersection(group)) or found


def _parted(text: str) -> Iterator[tuple[str, str]]:
    """``text`` in order as names in quotation marks and what stands between them, one of each pair being empty."""
    at = 0
    for m in QUOTED.finditer(text):
        yield "", text[at : m.start()]
        yield m[1], ""
        at = m.end()
    yield "", text[at:]


def tells(word: str) -> bool:
    """Whether ``word`` says something of what a practice is."""
    return len(word) > 1 and word not in STOP_WORDS and word not in _SAID_OF_ALL and not word.isdigit()


def _in_english(question: Question, plain: str) -> Wish | None:
    bridged = bridge(question.text)
    names = {region: region.city or region.province for region in bridged.places}
    spoken = set(names.values())
    senses = (tuple(t for t in sense if t not in _SAID_OF_ALL and t not in spoken) for sense in bridged.senses)
    subject = tuple(dict.fromkeys(sense for sense in senses if sense))
    if _HISTORY_EN.search(plain):
        kind = TableKind.TIMELINE
    elif len(names) > 1 and _COMPARES_EN.search(plain):
        kind = TableKind.COMPARE
    elif _EVERYWHERE_EN.search(plain):
        kind = TableKind.FIGURES if question.asks is Asks.NUMBER else TableKind.PLACES
    else:
        return None
    if not subject:
        return None
    places = tuple((name, region) for region, name in names.items())
    return Wish(kind, subject, places, summed=_TOTAL.search(plain) is not None)
