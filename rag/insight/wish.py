"""Whether a question asks for more than one article can give, and for what: where there is a practice, how places compare, what
came when, figures of many places.

哪些地方办了疗休养 asks for places and 常州的研学基地都选在哪些地方 does not: words alone do not tell, so a question that names a place asks
for others only right behind it (福建哪些地方).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.answer.asked import towns
from rag.answer.asked.kind import Asks
from rag.answer.asked.plainly import IN_ALL
from rag.answer.asked.question import QUOTED, Question, sentences_of
from rag.ingest.places import Region, mentions
from rag.search.bridge import bridge
from rag.types import TableKind
from rag.zh import STOP_WORDS, is_english, normalise, pieces

_SORTS = "地方|省份?|省市|市|城市|地区|县|区县|市县|(?:省|市|县|区|地方|基层)?(?:总?工会)"
_EVERYWHERE = re.compile(
    rf"(?P<where>(?:哪[些几]|几)[个家]?(?:{_SORTS})|各家(?:总?工会|单位|企业)|各(?:省区市|省市|省份|地区?|省|市|区县|市县|个(?:{_SORTS})))(?:的?(?:总?工会))?(?:都|分别|各自|各)?"
    r"|^(?:请问|全国)?(?P<simply>哪里|哪儿)(?=办|开展|建|有|推|组织|搞|给|设|举|实)"
)
_AROUND = r"(?:这边|那边|这里|那里|省内|境内|全省|全市|一带|各地)?(?:的|里|有|都)?"
"""What may stand between a place and 哪几个市: 江苏这边哪几个市."""

_LOCATES = re.compile(r"[在到从往于向去]$")
"""What stands before 哪些地方 where one thing is asked to be located (选在哪些地方)."""

_DOERS = "单位|企业|公司|部门|机构|行业|学校|社区|园区|集团|队伍|志愿队|服务队"
_WHO = re.compile(
    rf"(?:^|[，,、；;\s]|有)(?:哪[些几][个家]?(?:{_DOERS})|哪[些几]篇?(?:文章|报道|新闻|稿子?))(?:都|分别|各自|各)?"
)
"""Who did a thing, where the question begins with it: 由哪些部门主办 asks it of one event."""

_LISTS = re.compile(
    "除了.{1,14}(?:还有|以外|之外)|^(?:请问|都)*有(?:哪些|什么)|(?:有哪些|有什么|有谁)[？?。]?$|挨个|逐个|逐一|一个个|统统|通通|汇总|梳理|盘点|罗列|归总|归纳|列[出举]|列[个一张](?:表|份|下|列)|[给列出][个出份张](?:清单|名单|列表)|一览|找出来|找全|越全越好|都有谁|都有哪些|哪些例子|哪些案例"
)
_MANY = re.compile("多少|几|多[大高长久]|数量|人数")

_MOST = re.compile("(?:哪个|哪家|哪一家|哪一个|谁|哪里).{0,14}最[多大早好高]")
"""What asks which is first, for which all must be known."""

_IN_PAPER = re.compile(
    "报道[中里过]|报[上纸刊]|(?:文章|新闻|页面|版面|资料|库)[里中上]|(?:上|见)过?报|登过|提[到及]过?|点[了过]?名|被报道"
)
_WHICH = re.compile("哪[些几]|有谁|都?有什么|谁(?![的能])")
_UNIONS = re.compile("^(?:请问)?(?:各地|各级|全国|基层|报道中?|这些|各个)*的?工会.{0,8}哪[些几]")
"""What unions in general did: 工会上线了哪些小程序."""

_ELSEWHERE = re.compile(
    "除了|(?:别的|其他|其它|另外的?|其余的?)(?:一些|几个)?(?:地方|省份?|省市|城市|地区|单位|地|市|县)|别处|外地|兄弟省"
)
"""Other places than the one named."""

_PEOPLE = re.compile(
    "有谁|哪[些几][个位名]?(?:人(?!群)|(?:劳模|工匠|模范)(?!精神|创新|工作室|学院|讲堂|本科|班)|人物|同志|干部)|谁[？?]?$"
)

_WHERE = re.compile("^(?:请问)?(?:哪里|哪儿|何处)(?:都|还)?(?:在|有|正在)?")
_AT_WORK = re.compile(
    "(?:干|做|搞|忙|讲|说|写)[了过的]?(?:些)?(?:啥|什么|哪些)|忙(?:活|着)|特色|(?:哪些|什么)(?:新|好)?(?:动作|做法|举措|经验|招数?|办法|事|工作)|动态|(?:哪些|什么)(?:报道|新闻|消息)|(?:汇总|梳理|盘点|归纳|总结|整理).{0,16}(?:工作|做法|举措|经验)"
)
"""What asks for all that a place does."""

_AREAS = {
    "西南": "四川 重庆 贵州 云南 西藏",
    "西北": "陕西 甘肃 青海 宁夏 新疆",
    "东北": "辽宁 吉林 黑龙江",
    "华北": "北京 天津 河北 山西 内蒙古",
    "华东": "上海 江苏 浙江 安徽 福建 江西 山东",
    "华中": "河南 湖北 湖南",
    "中部": "山西 安徽 江西 河南 湖北 湖南",
    "华南": "广东 广西 海南",
    "长三角": "上海 江苏 浙江 安徽",
    "京津冀": "北京 天津 河北",
}
_AREA = re.compile(
    rf"(?P<area>{'|'.join(_AREAS)})(?!大学|角|航空|政法)(?:地区|地方|各省|各地|几省|省份|一带|[三四五六七]省)?"
)
"""Parts of the country, and the provinces of each."""

_ORDERS = re.compile(r"^(?:请|麻烦|帮[我忙]|一句话|从|结合|要|列|按|简要|简单|概括|综述|都)")
"""How a sentence behind the question begins that only says how to answer it (请结合各地作综述, 一句话概括)."""

_ADDS = re.compile(r"(?:都|也|全)(?:算|要|行|可以|包括|列)(?:上|在内|进去|进来)?[。！!]?$")
"""How a sentence behind the question ends that only says what counts, too."""

_TAIL = 14
"""Characters that a sentence behind the question has at most that only says more of it (谈成了啥, 给个清单, 云南的也算上)."""

_COMPARES = re.compile(
    r"对比|比较(?![好多大高])|相比|[有的](?:什么|何|哪些)(?:不同|区别|差别|差异|异同)|(?:不同|区别|差别|差异|异同)(?:点|之处)?(?:在哪|是什么|有哪些|[？?。]?$)|不一样"
)
_APART = re.compile(r"分别|各自|各(?=[是有用采怎如])")
"""What may ask for a comparison of two places, or for two facts."""

_HISTORY = re.compile(
    r"历年|逐年|历程|发展过程|发展变化|演变|沿革|来龙去脉|时间线|大事记|一步步|(?:这些年|这几年|多年来?|近几年).{0,12}(?:变化|发展)"
)
_TOTAL = re.compile(rf"{IN_ALL}|加起来|总数|总和|\b(?:in total|altogether|in all|overall)\b")

_EVERYWHERE_EN = re.compile(
    r"\b(?:which|what) (?:\w+ ){0,2}?(?:places|provinces|cities|regions|counties|unions|federations)\b"
    r"|\b(?:different|various|each|all|every) (?:places?|provinces?|cit(?:y|ies)|regions?|unions?)\b|\bacross (?:the country|china|provinces|regions)\b"
)
_COMPARES_EN = re.compile(r"\bcompare|\bcomparison\b|\bdifferen(?:t|ces?)\b|\bdiffer\b|\bversus\b|\bvs\b")
_LISTS_EN = re.compile(
    r"^(?:please |can you |could you )?(?:list|name|summari[sz]e|round up|show me|give me)\b.*\b(?:all|every|each)\b|\b(?:in|by|across) (?:the|these|all) (?:reports?|articles?|news|archive|papers?)\b"
    r"|^(?:which|what) (?:companies|enterprises|employers|organi[sz]ations|groups|contests|competitions|apps?)\b"
)
"""What lists things from many reports, though one may be meant."""

_OF_SORTS_EN = re.compile(
    r"^(?:which|what) (?:(?!is |was |did |does )[\w-]+ ){0,5}?(?!is\b|was\b|does\b|has\b|this\b)[\w-]+s\b"
    r"|\b(?:list|name) (?:them|some|the)\b|\bexamples of\b|^who (?:has|have|are|else)\b|^where (?:have|are|else)\b"
)
"""What asks for more than one of a sort, as far as English plurals tell."""

_ANY_EN = re.compile(r"\w, (?:an? |the )?\w+(?: \w+)? or ")
"""Several things joined of which one is enough."""

_SAID_EN = frozenset(("合作", "联合"))
"""What is done with them, which must be there."""

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
    "扶持 资助 培育 选树 搭建 拥有 办过 搞过 创办 开办 兴办 大家 人们 已有 数字 "
    "制度 机制 这个 这项 那个 怎么样 报纸 新闻 特点 他们 我们 里面 其中 以及 或者 还有 或是 都有 有没有 "
    "汇总 盘点 罗列 清单 找出来 麻烦 例子 实例 案例 事例 提及 提到 报上 文章 点名 点了名 见报 登过 上过报 各类 各级 各种 这类 这种 这些 那些 这样 相关 有关 主办方 举办地 "
    "部门 机构 行业 行当 规模 覆盖 怎样 如何 怎么 哪一级 哪级 特色 越全越好 上线 推出 公布 自己 别的 其他 其它 老板 例如 都是 能找 顺带 动作 上面 方面 "
    "及其 一级 出去 工会工作 都能 好事 一把 帮人 帮着 工会能 是谁 谁的 有谁 哪种 一块 这一块 在建 实体 手机上 都算 分别是 具体 省份 省市 地区 名字 名单 一览 归纳 整理 全部 所有 列一列 介绍过 写过 说过 讲过 "
    "法子 沾边 主角 身份 出现 出现过 几篇 讲了 讲的 讲到 说了 做的 干的 干过活 下一步 上了报 照顾 东西 叫啥 啥名字 北方 南方 讲的是 新玩意儿 新模式 招数 妙招 招 花样 名堂 套路 门道 弄了 弄 屋子 情况 工会组织 理一理 所有 各家 一块儿 一起 帮忙 "
    "搞了 做了 干了 办了 用了 送过 带职工 拉一把 "
    "名称 校名 店名 全称 简称 数目 数额 数据 综述 简述 概述 简要 概括 结合 部署 出面 出自 给出 写到 写的 的话 碰上 遇上 忙活 身上 做文章 下功夫 动脑筋 想办法 出过力 出力 搭伙 联起手来 好法子 好办法 好做法 好招 "
    "实惠 好处 甜头 沾光 沾边 沾上 真金白银 得了 拿到 享受 具体 典型 动静 动向 近况 处理 应对 解决 面向 针对 关心 扎根 落地 生根 落户 合伙 动态 伸手 出手 因为 由于 成果 动作 帮助 贴心 送了 给我 各处 一遍 抱团 办事 办好 出过 做出 说出 归类 归个 一句话 一句 底下 最底下 里头 各地 全国层面 层面 讲一讲 说一说 说说看 看看 算上 都算 都要 别漏 "
    "有无 能否 是否 是不是 开头 开始 先后 年份 几年 时间 时候 顺序 做过 办过 教什么 咋样 咋 怎么弄 怎么搞 弄的 搞的 叫什么 干事 事儿".split()
)
"""Words that say nothing of what a practice is, so that a report need not have them."""

_JOINS = frozenset("或 或者 或是 还是 和 与 及 以及 跟 、".split())
_LIKE = re.compile("这[类种]|这样的|之类的?|诸如此类的?")
"""Between examples and what they are of."""

_WITH = frozenset("和 与 跟".split())
_BREAKS = frozenset("行当 老板 行业 企业 单位 工会".split())
_PAUSES = frozenset("，,。.；;？?！!")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a question over many articles asks for.

    ``subject`` is what it is about, in its words: of each group one is enough (站点或者驿站). ``places`` are those that it names, as printed and as
    regions: the columns of a comparison, for other kinds what the answer keeps to. Without a subject it is all that is reported of
    the places. ``sure`` is false where the words may ask for two facts instead (分别); with ``several`` one article may be meant
    after all, so that there must be two, and with ``people`` it asks who; ``broad`` where nothing but the sort of thing asked for says so. ``summed`` where a sum is asked for. ``plain`` is the question in normal form.
    """

    kind: TableKind
    subject: tuple[tuple[str, ...], ...]
    places: tuple[tuple[str, Region], ...] = ()
    sure: bool = True
    summed: bool = False
    plain: str = ""
    several: bool = False
    people: bool = False
    broad: bool = False


def wish(question: Question) -> Wish | None:
    """What ``question`` wishes for if it takes many articles to answer; ``None`` for all other questions."""
    plain = normalise(question.text)
    if is_english(question.text):
        return _in_english(question, plain)
    *before, last = sentences_of(plain) or [plain]
    if before and _ORDERS.match(last) and not re.search("[?？]", last) and not QUOTED.search(last) and not _named(last):
        found = _in_chinese(question, before[-1], "".join(before[:-1]))
        if found is not None:
            return replace(found, plain=plain)
    found = _in_chinese(question, last, "".join(before))
    if found is None and before and (len(last) <= _TAIL or _ADDS.search(last)) and not QUOTED.search(last):
        more = _also(last)
        if not _named(last) or more:
            found = _in_chinese(question, before[-1], "".join(before[:-1]), more)
            found = replace(found, plain=plain) if found is not None else None
    return found


def _also(last: str) -> tuple[tuple[str, Region], ...]:
    """The places that a sentence behind the question adds: 云南的也算上."""
    return tuple((name, region) for name, region, _ in _named(last)) if re.search("也算|算上|算进|加上", last) else ()


def _in_chinese(question: Question, plain: str, before: str, more: tuple[tuple[str, Region], ...] = ()) -> Wish | None:
    named = _named(plain)
    kind, sure = _kind(question, plain, named)
    several, broad = kind is None, False
    if several:
        kind, sure = _widely(plain), True
        broad = kind is None and _of_sorts(question, plain, named)
        kind = TableKind.PLACES if broad else kind
    if kind is None:
        return None
    # A follow-up (那哪些地方办了) is about what the question before it was.
    subject = _subject(_without(plain, named), kind, question)
    if not subject and before:
        subject, plain = _subject(_without(before, _named(before)), kind, question), before + plain
    places = (*((name, region) for name, region, _ in named), *more)
    whole = kind is TableKind.PLACES and bool(places)
    if (not subject and not whole) or (kind is TableKind.COMPARE and len(named) < 2):
        return None
    if _ELSEWHERE.search(plain):
        places = ()
    return Wish(
        kind,
        subject,
        places,
        sure,
        _TOTAL.search(plain) is not None,
        plain,
        several,
        several and _PEOPLE.search(plain) is not None,
        broad,
    )


def _widely(plain: str) -> TableKind | None:
    """The kind of table for a question that may ask over many articles by other words than 哪些地方."""
    which = _WHICH.search(plain) is not None
    asks = (
        _LISTS.search(plain)
        or _MOST.search(plain)
        or _WHO.search(plain)
        or (which and _IN_PAPER.search(plain))
        or _UNIONS.search(plain)
        or _ELSEWHERE.search(plain)
        or _WHERE.search(plain)
        or (_AT_WORK.search(plain) and (_AREA.search(plain) or re.search("工会|各地|各市|各县", plain)))
    )
    return TableKind.PLACES if asks else None


_PLURAL = re.compile(
    r"哪[些几]|(?:都|分别|各自|各)(?:有|是|叫|送|做|干|搞|讲|说|办|拿)?[了过]?(?:谁|些什么|些啥|什么|啥)|有些(?:什么|啥)"
    r"|[有是]几[条篇个家处地座支项种次]|各(?:是|有|为|发|给|奖|投|花|占)?多少|几个(?:地方|省|市|县|城市|单位|企业|工会)|谁家|(?:^|[，,；;。？?中里上])谁(?!的|能|来|是)"
    r"|有没有(?:别的|其他|哪个|哪家|什么|类似|工会|地方|单位|企业)|各(?:处|家|地|级|省|市|县|区|行各业|个)(?!总工会|工会主席)"
    r"|(?:哪里|哪儿|何处|哪个地方)(?:也|都|还)?(?:有|办|搞|开|建|做|推|试|用)(?:过|了|着|的|[？?，,。]|$)"
    r"|(?:例子|案例|情况|典型|做法|经验|实例|报道|新闻|消息|文章)(?:都|全|请|给我|一并)?(?:找|列|讲|说|汇|归|理|整|数|挑|举)"
    r"|的(?:例子|案例|典型|实例|做法|新闻|报道|消息)[？?。]?$|归个?类|理[一个]?[下遍份]|数一?数|(?:说|讲|数|列)一(?:遍|说|讲|数|列)"
)
"""What asks for more than one place, body, person, practice or report: a plural question word, or an order to collect."""

_OF_ONE = re.compile(
    "[0-9]+[月日号]|(?:这|该|此|本|那|上述)(?:个|次|场|项|家|位|篇|届|份|条|件)|第[一二三四五六七八九十0-9]+[届次期批]|[由经被是]哪[些几]|[在从到往于向]哪[些几]"
)
"""What points to one event or report."""


def _of_sorts(question: Question, plain: str, named: Sequence[_Named]) -> bool:
    """Whether ``plain`` asks for several of a sort, and names nothing that only one report is of: no town, title, office or year."""
    one = (
        any(region.city for _, region, _ in named)
        or question.role
        or question.ordinals
        or question.years
        or question.spots
    )
    return _PLURAL.search(plain) is not None and not one and not question.quoted and not _OF_ONE.search(plain)


_OPENS = re.compile(
    r"^(?:我们?)?(?:想|要|需要)?(?:请问?|请你|帮我|帮忙|麻烦)?(?:找|查|看|了解|知道|问|搜|数)(?:找|查|看|问|搜)?(?:看|一下|一找|下)?"
)
"""How a wish opens that is no question: 想找找看."""

_ASKED = re.compile(
    r"哪[些几](?:[个家位种类项篇起次场条支所座款份批样]|方面)?|(?:有|是)?些什么|有些|有没有(?:别的|其他|哪个|哪家|什么|类似)?|(?:^|(?<=[，,；;。？?]))谁(?:家|在|都|给|帮|为|替)*"
    r"|(?:哪里|哪儿|何处)(?:也|都|还)*(?:有|办|搞|开|建|做|推)?[过了]?|(?:好)?(?:法子|办法|做法)|也?算(?:上|进去)?[。！!]?$|说说看?|讲讲|看看"
)
"""Words that ask and say nothing of what is asked about."""

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
    else:
        found += [
            (m["area"], Region(province, ""), m.start(), m.end())
            for m in _AREA.finditer(plain)
            for province in _AREAS[m["area"]].split()
        ]
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
            r"(?:^|[，。？,;；：:\s]|请问|全国|目前|现在|近年来?|最近|[今去]年|[0-9]年|有|盘点|汇总|梳理|一[下理看]|看看|说说|讲讲|列[出举])$",
            plain[: m.start()],
        )
        behind = any(re.fullmatch(_AROUND, plain[end : m.start()]) for _, _, end in named if end <= m.start())
        if behind or (not named and (begins or not _LOCATES.search(plain[: m.start()]))):
            # 几个地方 counts the rows; where the sentence behind asks how many (各多少), places are asked for first.
            counted = question.asks is Asks.NUMBER and _MANY.search(plain.replace(m.group(), " ")) is not None
            return (TableKind.FIGURES if counted else TableKind.PLACES), True
    if len(named) > 1 and _APART.search(plain) and question.asks in (Asks.MEANS, Asks.OTHER):
        return TableKind.COMPARE, False
    return None, False


def _without(plain: str, named: list[_Named]) -> str:
    """``plain`` less the words that ask and the places it names."""
    for pattern in (
        _EVERYWHERE,
        _COMPARES,
        _HISTORY,
        _TOTAL,
        _WHO,
        _LISTS,
        _IN_PAPER,
        _ELSEWHERE,
        _WHERE,
        _AREA,
        _OPENS,
        _ASKED,
    ):
        plain = pattern.sub(" ", plain)
    for name, _, _ in named:
        plain = plain.replace(name, " ")
    return re.sub(r"(?:多少|几)(?:户(?!外)|[个家人名位次项场所元])?(?:人次|钱)?", " ", plain)


def _subject(text: str, kind: TableKind, question: Question) -> tuple[tuple[str, ...], ...]:
    """The words that ``text`` is about, those together of which one is enough: joined by 或者, 和 or 、."""
    counted = frozenset(question.sought.things if kind is TableKind.FIGURES and question.sought else ())
    groups: list[list[str]] = []
    joined, last, run = False, "", 0
    for quoted, rest in _parted(text):
        for word in [quoted] if quoted else _shared(pieces(_LIKE.sub("\n", rest))):
            if word == "\n":  # 看病体检义诊这类健康服务: examples, and what they are examples of
                groups[run:] = [[w for group in groups[run:] for w in group]] if groups[run:] else []
                joined = len(groups) > run
            elif word in _JOINS:
                # 这些行当跟老板谈 joins nothing; 送温暖活动、送清凉活动 does.
                joined = bool(groups) and (word not in _WITH or last == groups[-1][-1])
            elif word in counted and last in (groups[-1] if groups else ()) and text.find(last + word) >= 0:
                groups[-1][groups[-1].index(last)] = (
                    last + word
                )  # of 创新工作室 the first word alone would be anything new
            elif quoted or tells(word):
                groups[-1:] = [[*groups[-1], word]] if joined else [*groups[-1:], [word]]
                joined = False
            elif word in _PAUSES or word in _BREAKS:
                joined, run = False, len(groups)
            last = word
    found = tuple(dict.fromkeys(tuple(dict.fromkeys(group)) for group in groups))
    # What is counted may go by another name; what it is counted of must be there.
    return tuple(group for group in found if not counted.intersection(group)) or found


def _shared(cut: list[str]) -> list[str]:
    """``cut`` with a word that two things joined share said once: 劳模工作室、工匠工作室 are 劳模、工匠工作室."""
    dropped = {
        at - 1
        for at, word in enumerate(cut)
        if word in _JOINS
        and at > 1
        and tells(cut[at - 1])
        and tells(cut[at - 2])
        and cut[at - 1] in cut[at + 2 : at + 4]
    }
    return [word for at, word in enumerate(cut) if at not in dropped]


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
    said = word in STOP_WORDS or word in _SAID_OF_ALL or _ASKS.match(word) is not None
    return len(word) > 1 and not said and not word.isdigit()


_ASKS = re.compile("怎|[哪那这]|什么|多少|刚[成建开]|一[回次些起]")
"""How a word begins that asks or points and names nothing."""


def _in_english(question: Question, plain: str) -> Wish | None:
    bridged = bridge(question.text)
    names = {region: region.city or region.province for region in bridged.places}
    spoken = set(names.values())
    senses = (tuple(t for t in sense if t not in _SAID_OF_ALL and t not in spoken) for sense in bridged.senses)
    subject = tuple(dict.fromkeys(sense for sense in senses if sense))
    if _ANY_EN.search(plain) and len(subject) > 1:  # with a bank, a university or a company
        said, subject = (
            _SAID_EN.intersection(t for sense in subject for t in sense),
            tuple(sense for sense in subject if not _SAID_EN.intersection(sense)),
        )
        subject = (tuple(dict.fromkeys(t for sense in subject for t in sense)), *([tuple(said)] if said else []))
        subject = tuple(group for group in subject if group)
    several = broad = False
    if _HISTORY_EN.search(plain):
        kind = TableKind.TIMELINE
    elif len(names) > 1 and _COMPARES_EN.search(plain):
        kind = TableKind.COMPARE
    elif _EVERYWHERE_EN.search(plain):
        kind = TableKind.FIGURES if question.asks is Asks.NUMBER else TableKind.PLACES
    elif _LISTS_EN.search(plain):
        kind, several = TableKind.PLACES, True
    elif _OF_SORTS_EN.search(plain) and not any(region.city for region in names) and not question.quoted:
        kind, several, broad = TableKind.PLACES, True, True
    else:
        return None
    if not subject and not (broad and names):
        return None
    places = tuple((name, region) for region, name in names.items())
    return Wish(kind, subject, places, summed=_TOTAL.search(plain) is not None, several=several, broad=broad)
