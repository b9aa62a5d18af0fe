"""Whether a sentence gives a number of the very thing a question asks for.

A number answers only if its unit can be the one asked for and it stands with the thing asked for: 17家企业 answers 多少家企业
and 6个市 does not answer 多少个站点. Of money, what it is for must agree too (投入 is not 收费), and a change (提高340元) is
no level. Two words are taken for one thing when their vectors are near (职工 and 员工).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rag.answer.asked.sought import Sort, Sought
from rag.answer.asked.units import AGREE, DATES, DEED, LOOSE, MONEY, NUMBER, SHARE, SPAN, UNIT, content
from rag.answer.rules.alike import LEAST

Alike = Callable[[str, str], float]
"""How near two words are in meaning, a cosine."""


ALIKE = 0.55
"""Nearness from which two Chinese words may be one thing; 职工 and 员工 have .65, 企业 and 工会 .08. Words of two languages are less near."""

EXACT, NEAR, FITS, DOUBTFUL, NONE = 1.0, 0.8, 0.4, -0.4, -1.0
"""How well a number answers: it counts the thing named; one like it; something that may be it; something else by the
same measure word; or there is no such number."""

NO_COUNT = SPAN | MONEY | SHARE
"""Units of what is measured: 24小时智能化工会驿站 are no 24 stations."""

_FIGURE = re.compile(
    rf"(?P<part>[一二三四五六七八九十百0-9]+分之[一二三四五六七八九十百零点0-9]+|[0-9]+/[0-9]+(?![0-9]))|(?P<ordinal>第)?(?P<n>(?<![0-9.])(?<![0-9],){NUMBER})\s*(?P<unit>{UNIT})?"
)
_CHANGE = re.compile(
    r"(?:增长|增加|上升|提高|提升|增幅|下降|减少|降低|下跌|降幅|涨|上涨|上调|下调|回落|[加涨提降]薪|多出|少了)(?:了|约|近|超过?|逾|达|幅度?|也)*$"
)
_PLENARY = tuple(f"{n}中全会" for n in "一二三四五六七")
"""What follows the number of a congress: 二十届三中全会 counts nothing."""

_SPAN_OF_TIME = "(?:[0-9一两二三四五六半]?个?(?:年|季度?|月|旬|周|星期|天|日|小时))"
_EVERY = re.compile(
    rf"每隔?{_SPAN_OF_TIME}(?:至少|最少|不少于|定期|都|要|会|将|各)*(?:[^，。；]{{0,16}}?[0-9一两二三四五六][次回场期轮]|[“联合共同组织集中]{{0,6}}”?(?:召开|举办|举行|开展|组织|评[价比选]|调度|研究|检查|轮换|更[新换]|体检|碰头|通报|开会|巡))"
    rf"|{_SPAN_OF_TIME}(?:[^，。；]{{0,6}}[一1][次回度轮]|一(?![日号个般直些定])[一-龥])|按[月季年周]度?(?:召开|举办|开展|组织|调度|通报)|定期(?:召开|举办|举行|开展|组织|研究|检查|通报)"
)
"""How often something is done: 每月召开, 每年至少召开一次, 半年一次."""

_AUDIENCE = re.compile(
    "(?:观看|点击|浏览|阅读|播放|访问|下载|收听|点播|客流|接待|参观)量?(?:累计|总计|共)?(?:已经?)?(?:达到?|超过?|为|有|破|突破|近|约|逾)*$"
)
"""What stands before a figure without a unit that counts how often people came or looked: 直播观看量110万."""

_CLAUSE = re.compile(r"(?:[一-龥]{2,4}、(?![0-9第]))?[^，。、；：！？,;:!?（）()\n将把被]{0,18}")
"""What a figure counts, of two sorts of it both: 20家种植、养殖合作社."""


@dataclass(frozen=True, slots=True)
class _Given:
    """A number in a sentence at ``[start, end)`` with its unit and its clause on both sides."""

    start: int
    end: int
    unit: str
    before: str
    behind: str


def _given(sentence: str, *, ordinal: bool) -> Iterator[_Given]:
    for m in _FIGURE.finditer(sentence):
        if bool(m["ordinal"]) != ordinal or m.group() == "一":
            continue
        unit = "%" if m["part"] else {"周岁": "岁"}.get(m["unit"], m["unit"] or "")
        digits = (m["n"] or "").replace(",", "")
        dated = (
            unit in DATES and ((unit == "年" and re.fullmatch("(?:1[5-9]|20)[0-9]{2}", digits)) or unit in ("月", "日"))
        ) or (unit == "届" and (len(digits) == 4 or sentence.startswith(_PLENARY, m.end())))
        if dated or (re.fullmatch("[一两]|[百千十]+万?", digits) and not unit):
            continue
        behind = _CLAUSE.match(sentence, m.end())
        start = max(0, m.start() - 20)
        before = re.split(r"[。！？；;\n]", sentence[start : m.start()])[-1]
        yield _Given(m.start(), m.end(), unit, before, behind.group() if behind else "")


def figures(asked: Sought, sentence: str, alike: Alike | None = None) -> list[tuple[tuple[int, int], float]]:
    """The numbers of ``sentence`` that may be what is asked for: their place and how well they fit, above :data:`NONE`."""
    if asked.sort is Sort.EVERY:
        return [(m.span(), FITS) for m in _EVERY.finditer(sentence)]
    found = []
    for given in _given(sentence, ordinal=asked.sort is Sort.ORDINAL):
        if asked.sort is Sort.COUNT and asked.things and given.unit in NO_COUNT - asked.units:
            continue
        if not given.unit and "人次" in asked.units and _AUDIENCE.search(given.before):
            found.append(((given.start, given.end), NEAR))
            continue
        if asked.units and given.unit not in asked.units:
            # A measure may be in a unit that is not known here: 容量为101发.
            if asked.sort is Sort.MEASURE and asked.named in given.before:
                found.append(((given.start, given.end), FITS / 2))
            continue
        fit = _fit(asked, given, sentence, alike)
        if fit > NONE:
            found.append(((given.start, given.end), fit))
    return found


def fit(asked: Sought, sentence: str, alike: Alike | None = None) -> float:
    """How well the best number of ``sentence`` (simplified characters) answers: from :data:`NONE` to :data:`EXACT`."""
    return max((f for _, f in figures(asked, sentence, alike)), default=NONE)


def _fit(asked: Sought, given: _Given, sentence: str, alike: Alike | None) -> float:
    changed = bool(_CHANGE.search(given.before[-8:])) or given.unit in ("百分点", "个百分点")
    if changed and not asked.change:
        return NONE
    if asked.sort is Sort.MONEY:
        value = _money_fit(asked, given, sentence, alike)
    elif asked.sort in (Sort.ORDINAL, Sort.SPAN):
        value = FITS
    elif asked.sort in (Sort.SHARE, Sort.MEASURE):
        value = _beside(asked.things, given, alike) if asked.things else FITS
        value = max(value, FITS)
    elif not asked.things:
        value = FITS
    else:
        value = _beside(asked.things, given, alike, LEAST if asked.said else ALIKE)
        if (asked.sort is Sort.PEOPLE and given.unit in ("人", "名", "位", "人次") and value < FITS) or (
            value < FITS and given.unit in asked.units and given.unit not in LOOSE
        ):
            value = FITS / 2
    if asked.said and value < NEAR:
        value = _said(asked, given, sentence, alike)
    if changed != asked.change and asked.change:
        value = min(value, FITS)
    return value


def _beside(things: tuple[str, ...], given: _Given, alike: Alike | None, near_from: float = ALIKE) -> float:
    """Whether a thing asked for follows the number in its clause or stands right before it; words are one ``near_from`` that nearness on."""
    ahead = re.sub(
        r"(?:达到?|共有?|约|近|超过?|逾|为|了|有|等|数量?|已|计|总数|总量|问题|多|高达|突破|分别|就|新增|累计)+$",
        "",
        given.before,
    )
    room = 0 if re.search("[一-龥]", given.behind) else 4
    held = [thing in given.behind or thing in ahead[-len(thing) - room :] for thing in things]
    if any(held):
        # Of 企业签约 and 新业态企业 the first word or all must be there: it is not known which is the thing itself.
        return EXACT if held[-1] or all(held) or len(held) == 1 else FITS
    if alike is None:
        return DOUBTFUL
    # 服务旅客的3名工作人员 counts those who serve.
    own = [] if ahead.endswith("的") and room == 0 else content(ahead[-8:])[-1:]
    near = [*content(given.behind)[:3], *own]
    if any(alike(thing, word) >= near_from for thing in things for word in near):
        return NEAR
    return DOUBTFUL


def _said(asked: Sought, given: _Given, sentence: str, alike: Alike | None) -> float:
    """Half a fit where a further word for what is counted stands beside the number, or people are, and the sentence speaks of them."""
    if alike is None:
        return DOUBTFUL
    people = asked.sort is Sort.PEOPLE
    near = content(sentence if people else f"{given.before[-12:]} {given.behind}")
    words = (*asked.things, *asked.whose) if not people else asked.things
    return FITS / 2 if any(word == w or alike(word, w) >= LEAST for word in words for w in near) else DOUBTFUL


def _money_fit(asked: Sought, given: _Given, sentence: str, alike: Alike | None) -> float:
    """Whether the money is of the kind asked for, or for what it is asked for."""
    near = given.before + given.behind
    if asked.things:
        around = content(near) if alike is not None else []
        # 工资 in a clause behind the figure is not what the figure is.
        said = sentence[: given.start] + given.behind

        def held(thing: str) -> bool:
            return thing in said or (alike is not None and any(alike(thing, word) >= ALIKE for word in around))

        if not all(map(held, (*asked.things, *asked.whose))):
            return DOUBTFUL
        return EXACT if asked.things[0] in near else FITS
    if not asked.deed:
        return FITS
    deeds = {name for name, pattern in DEED.items() if pattern.search(near)}
    if asked.deed in deeds:
        return EXACT
    if not deeds or any(asked.deed in pair and pair & deeds for pair in AGREE):
        return FITS
    return DOUBTFUL
