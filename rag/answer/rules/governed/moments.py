"""What tells that a date, or the year that a figure stands under, is not the one asked after: another year, a beginning for an end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rag.answer.asked.question import Asks
from rag.answer.rules.governed.said import NEAR_BY

if TYPE_CHECKING:
    from rag.answer.rules.governed.said import Asked, Said

_TIME = re.compile("(?<![比较])(?:19|20)[0-9]{2}(?=年(?!的?(?:水平|同期)))|[今去前本当]年(?!度?[轻龄均])")
_RELATIVE = {"今年": 0, "本年": 0, "当年": 0, "去年": -1, "前年": -2}


def other_year(asked: Asked, said: Said) -> bool:
    """The year that its figures stand under is another than that asked after: 截至2021年 is not 今年."""
    years = _years(asked)
    if not said.figures or len(years) != 1:
        return False
    year = years.pop()
    under = {_under(said.text, at) for at, _ in said.figures}
    if "" in under or year in under or f"{year}年" in said.text:  # 比2010年的24.89岁推迟
        return False
    if year in _RELATIVE:
        named = {u for u in under if u in _RELATIVE}
        if named:
            return all(_RELATIVE[u] != _RELATIVE[year] for u in named) and len(named) == len(under)
        if year != "今年":
            return True
        # The report of a year may call it by its number: 2023年 is 今年 where it names no later one, but 截至2021年 is over.
        last = max(under)
        later = max(t for t in _TIME.findall(said.passage) if t.isdigit()) > last
        return later or re.search(rf"(?:截[至止]|[到至]){last}年", said.text) is not None
    return not any(u in _RELATIVE for u in under)


_YEARS = {"this": "今年", "last": "去年", "previous": "去年"}


def _years(asked: Asked) -> set[str]:
    """The years that are asked after, as a report calls them."""
    if not asked.english:
        return set(_TIME.findall(asked.text))
    return {_YEARS[word] for word in re.findall(r"\b(this|last|previous) year\b", asked.text)} | set(
        asked.question.years
    )


def _under(text: str, at: int) -> str:
    """The last year named before a place in ``text``; empty if none is."""
    times = list(_TIME.finditer(text, 0, at))
    return times[-1].group() if times else ""


_WHEN = "(?:[什啥]么?时[候间]|何[时日]|几时|哪一?[天年月日]|几[月号])"
_ENDS = "结束|截止|为止|到期|关闭|收尾|收官|完工|竣工|建成|落成|闭幕|[换办做干修建盖]完|[建盖修]好|停止"
_ASKS_END = re.compile(
    rf"(?<![追上回]溯)(?<!追朔)(?:到|至|截[至止]){_WHEN}|{_WHEN}(?:才|能|会|可以?|将|就)*(?:{_ENDS})|(?:{_ENDS})(?:时间|日期)"
    r"|\b(?:when|what (?:date|day|month|year))\b.*\b(?:ends?|finish|close|conclude|expire|be completed)\b"
)
_A_DATE = r"(?:(?:19|20)?[0-9]{2}年|[0-9]{1,2}月|[0-9]{1,2}日|年底|月底|年末)"
_TELLS_END = re.compile(
    rf"(?<!截)(?:到|至|止于|截止|[~～—-])[^,，。0-9]{{0,6}}(?:{_A_DATE}|[^,，。]{{0,6}}(?:{_ENDS}|[末期]))"
    rf"|{_A_DATE}[^;；。]{{0,24}}(?:{_ENDS}|完成|投用|开放|投入使用|[结停歇]业|停[付运]|废[除止]|终止)|(?:{_ENDS})[^,，。;；]{{0,8}}{_A_DATE}|为期"
)


def no_end(asked: Asked, said: Said) -> bool:
    """It tells no end where that is asked for: 自2023年7月启动以来."""
    return (
        asked.question.asks in (Asks.YEAR, Asks.DATE)
        and _ASKS_END.search(asked.text) is not None
        and not _TELLS_END.search(said.text)
    )


_TO_COME = re.compile(
    r"将|要(?=[在到])|打算|计划|预计|目标|力争|才|能|会(?![议员上])|明年|今后|未来|期限|\b(?:will|expect|plan|aim|target|going to|by (?:what|when|which)|ends?|deadline)"
)
_EXPECTED = re.compile(f"(?:力争|预计|计划|目标|争取|确保)(?:在|到|于)?{_A_DATE}")


def still_to_come(asked: Asked, said: Said) -> bool:
    """All its dates are of what is hoped for, where it is asked when something else came about."""
    if asked.question.asks not in (Asks.YEAR, Asks.DATE) or _TO_COME.search(asked.text):
        return False
    plain, n = _EXPECTED.subn("", said.text)
    hoped = "".join(re.split("[,。;]", said.text[m.end() :])[0] for m in _EXPECTED.finditer(said.text))
    return n > 0 and not re.search(_A_DATE, plain) and not any(w in hoped for w in asked.question.nearest)


_ASKS_BEGINNING = re.compile(
    rf"{_WHEN}(?:才|就|被|正式|首次)*(?:成立|创立|创办|创建|设立|建立|组建|开办|启动|挂牌|揭牌|诞生|问世)|(?:成立|创立|创办|创建|设立|建立|组建|开办|启动|挂牌|揭牌|诞生|问世)(?:于|是|在)+{_WHEN}"
    r"|\b(?:when|(?:in|on|since) (?:what|which) (?:year|month|date|day))\b.*\b(?:set up|found(?:ed)?|establish(?:ed)?|launch(?:ed)?|creat(?:e|ed)|start(?:ed)?|begin|began|begun|form(?:ed)?|introduc(?:e|ed))\b"
)
_BEGINS = "成立|创立|创办|创建|创设|创始|建立|设立|组建|开办|启动|挂牌|揭牌|诞生|问世|推出|推行|实施|施行|首创|首次|首届|始|起|以来|至今|建成|落成|开通|出台|发布|上线|开展|开馆|开幕|投用|投入|建[为立了成]|办起|改[名组建称]|入驻|前身|[开创建]于|举行|举办"


def no_beginning(asked: Asked, said: Said) -> bool:
    """Its dates are days of this year on which nothing begins, where it is asked when something did (a meeting on 31 October)."""
    return (
        asked.question.asks in (Asks.YEAR, Asks.DATE)
        and _ASKS_BEGINNING.search(asked.text) is not None
        and re.search("[0-9]日", said.text) is not None
        and not re.search(f"[0-9]年|年代|年间|世纪|(?<!推动)(?<!推进)(?<!促进)(?:{_BEGINS})", said.text)
    )


_LAST_YEAR = re.compile(r"去年|上一年|前一年|\blast year\b|\bthe (?:previous|preceding) year\b")
_TELLS_LAST_YEAR = re.compile("去年|上一?年|前一年|往年|历年|同期|同比|年均|每年|(?:19|20)[0-9]{2}年?|以来|累计")


def not_last_year(asked: Asked, said: Said) -> bool:
    """Neither it nor what stands right before it speaks of a year past where last year's figure is asked after."""
    return (
        bool(said.figures)
        and _LAST_YEAR.search(asked.text) is not None
        and not _TELLS_LAST_YEAR.search(f"{said.before[-NEAR_BY:]}{said.text}")
    )


_TURNS = tuple(
    (re.compile(asks), re.compile(tells))
    for asks, tells in (
        (rf"(?:{_WHEN})[^，。？?]{{0,16}}(?:(?<![坐停定留活静慢冷平])下来|离任|卸任|离职|辞职|退下|免职|下台|离开)|(?:离任|卸任|离职|辞职|免职|下台)[^，。？?]{{0,4}}{_WHEN}|\bwhen\b.*\b(?:resign|step(?:ped)? down|leave office|left office)", "离|卸|辞|免|退|不再|调任|转任|落选|下台|交棒|[至到—-][0-9]{4}"),
        (rf"{_WHEN}[^，。？?]{{0,8}}(?:降[成到为至低级]|下调|调低|解除)|(?:降级|下调|调低|解除)[^，。？?]{{0,4}}{_WHEN}|\bwhen\b.*\b(?:downgraded|lowered|lifted)", "降|下调|调低|解除|调整|终止|结束"),
        (rf"{_WHEN}[^，。？?]{{0,6}}(?:交房|交付|交楼|入住|拿到房)|(?:交房|交付|交楼|入住)[^，。？?]{{0,4}}{_WHEN}", "(?:交房|交付(?!使用费)|交楼|入住|交钥匙)"),
        (r"\b(?:when|what (?:date|day))\b.*\b(?:fil(?:e|ed|ing)|appl(?:y|ied)) for\b|申请破产", "申请|提交|递交|提起"),
    )
)  # fmt: skip
"""Turns of which a date is asked for, and the words by which one is told."""
_NOT_YET = re.compile("尚未|至今(?:没有?|未|仍未)|还没有?|仍未|未能|一直没|没能")


def no_turn(asked: Asked, said: Said) -> bool:
    """It tells nothing of the turn whose date is asked for (离任), or that it has not come about."""
    if asked.question.asks not in (Asks.YEAR, Asks.DATE):
        return False
    for asks, tells in _TURNS:
        if asks.search(asked.text):
            clauses = [c for c in re.split("[,，;；。]", said.text) if tells.search(c)]
            return not clauses or all(_NOT_YET.search(c) for c in clauses)
    return False


_AHEAD = re.compile(r"明年|后年|下一?步|今后|未来|接下来|\bnext year\b")
_TELLS_AHEAD = re.compile("明年|后年|下一?步|今后|未来|接下来|将|拟|计划|预计|目标|力争|争取|到20[0-9]{2}年|规划")


def not_ahead(asked: Asked, said: Said) -> bool:
    """It tells of nothing to come where that is asked after (明年)."""
    return bool(said.figures) and _AHEAD.search(asked.text) is not None and not _TELLS_AHEAD.search(said.text)
