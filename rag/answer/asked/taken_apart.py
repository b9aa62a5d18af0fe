"""A question after a figure taken apart at its question word: what leads up to it, its unit, and the words that name what is counted."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.answer.asked.units import HOW_MANY, UNIT, content
from rag.zh import words

MONEY_NOUN = re.compile(
    r"[一-龥]{0,4}?(?:[一-龥]费(?!用?于)|[一-龥]金(?!融|属)|[一-龥]款|(?<!工)资金|(?:工资|收费|补助|补贴|缴费|奖励|资助)标准|花费|费用|开支|支出|(?:预算|资金|经费)(?:数额|额度|总额)|工资|薪资|薪酬|月薪|年薪|底薪|补贴|补助|津贴|收入|报酬|待遇|价格|单价|票价|售价|造价|成本|预算|产值|税收|利润|投资额?|损失|学费|销售额|营业额|成交额|金额|余额|钱)$"
)
_VERBS = frozenset(
    "参加 参与 达到 获得 加入 完成 报名 举办 受益 上岗 建会 入会 答题 实现 享受 领取 一起 成立 建立 建成 取得 入选 落户 同时 需要 接受 使用 来自 可以 没有 已经 进入 毕业".split()
)
_ADVERB = re.compile(
    r"(?:一共|总共|共计|共|合计|累计|加起来|现在|目前|当时|大概|大约|约|差不多|将近|各自|各|分别|平均|每个?[月年天期人次]|一个?[月年]|今年|去年|到底|究竟|具体|总|已经?|都|就|又|还|能|会|要|可|是|为|有|达到?|占到?|到|了|的|在|按|，|,|、|：|:)$"
)
_CHANGES = re.compile("(?<=[一-龥]{2})(?:上?涨|提高|提升|增加|上升|下降|降低|减少|升|降)$")
"""What is said of a figure, not its name: 月收入涨到多少."""

_SPENT = re.compile(r"(?:花费?|投入|拨付?|捐|赚|挣|耗资|贷|罚|赔)(?:了|出|过)?$")
_ASKS_CHANGE = re.compile(
    r"[涨加降](?:到|上)?(?:多少|几成|百分)(?!人|名|个|家)|(?:增长|增加|上升|提高|提升|增幅|下降|减少|降低|下跌|降幅|涨|上涨|升|降|多|少)了(?:多少|几|百分)|增幅|降幅|涨幅|(?:增长|增加|提高|提升|上升|下降|减少|降低|上涨|上调|下调|环比|同比)[^，。]{0,8}(?:多少|几|百分之几)|涨得|by how much"
)
_ASK = re.compile(
    rf"第几(?P<nth>{UNIT})?|(?P<share>百分之(?:几|多少)|几成|多大比例|多大比重|几分之几)"
    rf"|(?:多少|{HOW_MANY})(?P<scale>[十百千]?[万亿])?多?(?P<unit>{UNIT})?(?P<behind>[^，。！？；：、,.?!;:]{{0,12}})"
    r"|(?P<how>多[大长高远久重深宽快厚]|占比|比例|比重)"
)
_NO_UNIT = re.compile(
    "户[外籍口]|年[轻货终]|家[长庭属]|部[门队]|门[店票诊]|项目|班[组级]|站点|队[员伍]|组织|场[馆地所]|课[程题]|集[体团]|道路|对[象手]|层级|级别|节目|条[款例]|人才"
)
"""Words that begin like a measure word."""

_BOUND = re.compile("^(?:以[上下内外]|之[内下上]|左右)")
"""What sets a bound to a figure and is nothing counted: 几岁以下, 多少以内."""


@dataclass(frozen=True, slots=True)
class TakenApart:
    """A question after a figure taken apart at its question word (``match``).

    ``before`` leads up to it, without adverbs; ``named`` are the words behind it, ``head`` the last before it where none
    are (``alone``).
    """

    match: re.Match[str]
    plain: str
    before: str
    behind: str
    unit: str
    named: list[str]
    head: str
    alone: bool
    change: bool
    each: bool


def take_apart(plain: str) -> TakenApart | None:
    """``plain``, a question in Chinese and in normal form, taken apart; ``None`` where it has no word that asks for a figure."""
    m = _ASK.search(plain)
    if m is None:
        return None
    unit, behind = m["unit"] or "", _BOUND.sub("", m["behind"] or "", count=1)
    if _NO_UNIT.match(unit + behind):  # 多少户外站点 counts no households, and 多少年轻人 no years
        unit, behind = "", unit + behind
    if unit == "个" and (span := re.match("月|小时|星期|礼拜", behind)):
        unit = "个月" if span.group() == "月" else span.group()
    if unit == "个" and re.match("人(?![员才口])", behind):
        unit, behind = "人", behind[1:]
    before = _before(plain[: m.start()])
    alone = re.fullmatch(r"[了的呢啊呀吗?？]*", behind) is not None
    named = content(re.split(r"[了过去到才就能]|(?<=[一-龥]{2})[在把被给]", behind)[0])[:3]
    each = re.search(r"每|人均|平均|一个(?:月|人|孩子)|一年|造一|一间|一次性", plain) is not None
    return TakenApart(
        m,
        plain,
        before,
        behind,
        unit,
        [w for w in named if w not in _VERBS],
        "钱" if alone and not unit and _SPENT.search(before) else noun_before(before) if alone else "",
        alone,
        _ASKS_CHANGE.search(plain) is not None,
        each,
    )


def _before(text: str) -> str:
    """The clause that leads up to 多少, without adverbs at its end."""
    text = re.split(r"[。！？?!；;]", text)[-1].rstrip()
    while m := _ADVERB.search(text):
        text = text[: m.start()]
    return _CHANGES.sub("", text)


def noun_before(text: str) -> str:
    """The last word of ``text``, with the word before it if they were written together: 最低工资标准, 调成率."""
    found = re.search(r"[一-龥]{1,8}$", text.rsplit("的", 1)[-1])
    run = found.group() if found else ""
    money = re.search(MONEY_NOUN, run)
    if money and money.group() != "钱":
        return _last(money.group())
    if run.endswith("率"):
        return run[-4:] if len(run) > 4 else run
    last = [w for w in words(run) if run.endswith(w)]
    return max(last, key=len, default="")


def _last(text: str) -> str:
    ends = [w for w in words(text) if text.endswith(w) and len(w) > 1]
    return max(ends, key=len, default=text[-3:])
