"""Numbers and dates: whether a source gives them, and says them of the same thing.

Numbers are compared in the canonical form of :mod:`rag.numbers`. A number that stands in the source may still be said
of something else there, so its unit, its direction (增长 or 下降), its hedge (近 or 超过) and the words around it are
compared with those of the same number in the source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from rag import zh
from rag.types import Published

Verdicts = Iterator[tuple[str, str]]
"""Each fact with ``held``, ``missing`` or ``doubtful``."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a sentence is held against.

    ``text`` is that of the passages, ``beside`` what is known of their articles besides (title, place, reporters),
    ``near`` the sentences of the passages that say most of it, and ``published`` when the articles appeared.
    """

    text: str
    beside: str = ""
    near: str = ""
    published: tuple[Published, ...] = ()


# --- numbers ------------------------------------------------------------------------------------

_HEDGE = re.compile("约|近|左右|上下|多|余|超|逾|大概|nearly|about|around|over|more than|almost|roughly|some")
_YEAR = re.compile("^[0-9]{4}年$")
_DATE_PART = re.compile("^[0-9]+[年月日]$")
_RELATIVE = {"今年": 0, "本年": 0, "去年": -1, "前年": -2, "明年": 1, "今后": 0, "日前": 0, "近日": 0, "目前": 0}
_ABOUT_THE_REPORT = re.compile("报道|刊|发表|见报|日期|report|publish|issue|date", re.IGNORECASE)


def _years(source: Source) -> frozenset[str]:
    """The years that the passage means without writing them: 去年 in a report of 2025 is 2024年."""
    text = zh.normalise(source.text)
    known = [int(p.date[:4]) for p in source.published if p.date]
    undated = re.search("(?<![年0-9])[0-9]{1,2}月", text) is not None
    shifts = {shift for word, shift in _RELATIVE.items() if word in text} | ({0} if undated else set())
    return frozenset(f"{year + shift}年" for year in known for shift in shifts)


def _given(source: Source, claim: str) -> frozenset[str]:
    """Every number the source gives; the date of publication only to a sentence about the report itself."""
    given = zh.numbers(f"{source.text}\n{source.beside}", generous=True) | _years(source)
    if _ABOUT_THE_REPORT.search(claim):
        given |= zh.numbers("\n".join(p.date for p in source.published))
    return given


def numbers(claim: str, source: Source) -> Verdicts:
    """Each number must be given; a year must not contradict the sentence it comes from; 约 allows for rounding."""
    given = _given(source, claim)
    stated = zh.numbers(claim)
    near = {n for n in zh.numbers(source.near) if _YEAR.match(n)}
    years = {n for n in stated if _YEAR.match(n)}
    relative = any(word in zh.normalise(source.near) for word in _RELATIVE)
    for number in sorted(stated):
        other_year = number in years and near and not years & near and not relative
        if number in given and not other_year:
            yield number, "held"
        elif not other_year and _HEDGE.search(zh.normalise(claim)) and any(_rounded(number, n) for n in given):
            yield number, "doubtful"
        else:
            yield number, "missing"


def _rounded(number: str, exact: str) -> bool:
    """Whether ``number`` is ``exact`` with fewer digits, rounded or cut off: 29000 or 28000 for 28786."""
    if number[-1:].isdigit() != exact[-1:].isdigit() or not re.fullmatch(
        r"[0-9.]+%?", number + exact[-1:].strip("%0123456789")
    ):
        return False
    try:
        short, full = Decimal(number.rstrip("%")), Decimal(exact.rstrip("%"))
    except ArithmeticError:
        return False
    digits = len(short.normalize().as_tuple().digits)
    if not full or digits >= len(full.normalize().as_tuple().digits):
        return False
    step = Decimal(1).scaleb(full.adjusted() - digits + 1)
    return abs(short - full) < step


_FIGURE = re.compile(
    r"(?<![0-9.a-z])(?P<n>[0-9]+(?:\.[0-9]+)?)"
    r"(?P<mid>\s?[余多]?\s?(?:百?[万亿]+|千[万亿]+|[百千](?![瓦米克]))?\s?[余多]?)"
    r"(?P<unit>人次|个月|千瓦时|千瓦|平方米|小时|分钟|公里|[个名人位员户家所站支项件条场次届期回元岁天年月日号%米吨亩块台辆套倍级成部份]|例|起|对)?"
)
_BEFORE = re.compile(r"[^,。;!?、:\n]{0,14}$")
_AFTER = re.compile(r"[^,。;!?、:\n0-9]{0,14}")
_OVER = re.compile("(?:超过?|逾|高达|多于|不低于|不少于|至少)$")
_UNDER = re.compile("(?:近|不到|不足|低于|少于|至多|不超过|最多)$")
_ABOUT = re.compile("(?:约|大约|左右|大概)$")
_UP = re.compile("增长|上升|提高|增加|上涨|增幅|扩大|提升")
_DOWN = re.compile("下降|减少|降低|下跌|降幅|缩小|下滑|回落")
_KINDS = {
    unit: kind
    for kind, units in {
        "money": "元",
        "people": "人 名 位 员",
        "visits": "人次",
        "bodies": "家 所 户",
        "energy": "千瓦时",
        "power": "千瓦",
        "area": "平方米",
        "land": "亩",
        "metres": "米",
        "kilometres": "公里",
        "minutes": "分钟",
        "hours": "小时",
        "days": "天",
        "months": "个月",
        "age": "岁",
        "share": "%",
        "pairs": "对",
    }.items()
    for unit in units.split()
}
"""Units that cannot stand for one another. 个 and the other measure words may."""


@dataclass(frozen=True, slots=True)
class _Figure:
    """A number in its surroundings: ``around`` are the character pairs of its clause before (<) and behind it (>)."""

    printed: str
    value: str
    unit: str
    hedge: str
    direction: str
    around: frozenset[str]


def _read_figures(text: str) -> list[_Figure]:
    """The figures of ``text``, dates aside."""
    plain = zh.normalise(re.sub(r"(?<=[0-9０-９])，", "；", text)).replace("，", ",")
    plain = re.sub(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))", "", plain)
    found = []
    for m in _FIGURE.finditer(plain):
        unit = m["unit"] or ""
        if unit in ("年", "月", "日", "号"):
            continue
        scale = re.sub(r"[余多\s]", "", m["mid"])
        value = next(iter(zh.numbers(m["n"] + scale + ("%" if unit == "%" else ""))), "")
        behind = _AFTER.match(plain, m.end())
        ahead = _BEFORE.search(plain[max(0, m.start() - 14) : m.start()])
        before, after = ahead.group() if ahead else "", behind.group() if behind else ""
        hedge = ""
        if _OVER.search(before.rstrip()) or re.search("[余多]", m["mid"]) or after.startswith(("以上", "多", "余")):
            hedge = "over"
        if _UNDER.search(before.rstrip()):
            hedge = "under"
        elif _ABOUT.search(before.rstrip()) or after.startswith(("左右", "上下")):
            hedge = "about"
        # The change stands before the figure (同比增长29.6%); behind it only in 29.6%的增长.
        beside = before[-6:] + (after[:4] if after.startswith("的") else "")
        direction = "up" if _UP.search(beside) else "down" if _DOWN.search(beside) else ""
        around = frozenset(
            side + a + b
            for side, words in (("<", before), (">", unit + after))
            for run in re.findall(f"[{zh.HAN}]+", words)
            for a, b in pairwise(run)
        )
        printed = plain[m.start("n") : m.end("unit") if m["unit"] else m.end("mid")].strip()
        found.append(_Figure(printed, value, unit, hedge, direction, around))
    return found


def figures(claim: str, source: Source) -> Verdicts:
    """Each figure of a Chinese sentence must be said there of the same thing, in the same unit and direction."""
    if zh.is_english(claim):
        return
    there = _read_figures(source.text)
    for figure in _read_figures(claim):
        same = [other for other in there if other.value == figure.value]
        if not same:
            continue  # written in Chinese numerals there, or missing, which has been said already
        worst = max(min(_differs(figure, other) for other in same), _swapped(figure, same, there))
        if worst:
            yield figure.printed, "missing" if worst == 2 else "doubtful"


def _differs(claimed: _Figure, given: _Figure) -> int:
    """0 if two figures of one value agree in what they say of it, 1 if not quite, 2 if they contradict each other."""
    kinds = {_KINDS.get(claimed.unit, ""), _KINDS.get(given.unit, "")}
    if len(kinds - {""}) > 1:
        return 2
    if {claimed.direction, given.direction} == {"up", "down"} or {claimed.hedge, given.hedge} == {"over", "under"}:
        return 2
    return int(claimed.hedge != given.hedge)


SWAPPED = 0.3
"""By how much the words around a figure must be more like those of another one to make it doubtful."""

ELSEWHERE = (0.1, 0.5)
"""Its own words are shared by less than the first, and another's by more than the second: it is said of that one."""


def _swapped(figure: _Figure, same: Sequence[_Figure], there: Sequence[_Figure]) -> int:
    """2 if the words around ``figure`` are those of another figure in the source and not its own, 1 if they seem so."""

    def shared(other: _Figure) -> float:
        return len(figure.around & other.around) / max(1, len(figure.around))

    own = max(shared(other) for other in same)
    others = [shared(o) for o in there if o.value != figure.value and (o.unit == "%") == (figure.unit == "%")]
    best = max(others, default=0.0)
    if own < ELSEWHERE[0] and best > ELSEWHERE[1]:
        return 2
    return int(best >= own + SWAPPED)


# --- dates --------------------------------------------------------------------------------------

_MONTH = "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
_DATE = re.compile(
    r"(?:(?:1[5-9]|20)[0-9]{2}\s?年\s?)?[0-9]{1,2}\s?月(?:份)?(?:\s?[0-9]{1,2}\s?[日号])?|(?:1[5-9]|20)[0-9]{2}\s?年|(?<![0-9])[0-9]{1,2}\s?日"
    r"|(?:19|20)[0-9]{2}-[0-9]{1,2}-[0-9]{1,2}"
    rf"|\b(?:{_MONTH})\.?\s+[0-9]{{1,2}}(?:,?\s+(?:19|20)[0-9]{{2}})?(?![0-9])|\b(?:{_MONTH})\.?,?\s+(?:19|20)[0-9]{{2}}"
    rf"|\b[0-9]{{1,2}}\s+(?:{_MONTH})(?:\s+(?:19|20)[0-9]{{2}})?"
)


def _read_dates(text: str, *, carry: bool) -> list[frozenset[str]]:
    """The dates of ``text``, each as its parts; with ``carry``, what one leaves out is taken from the one before."""
    found: list[frozenset[str]] = []
    last: dict[str, str] = {}
    for m in _DATE.finditer(zh.normalise(text)):
        parts = {n[-1]: n for n in zh.numbers(m.group()) if _DATE_PART.match(n)}
        if carry:
            missing = "年" if "月" in parts else "年月" if "日" in parts else ""
            parts |= {unit: last[unit] for unit in missing if unit in last and unit not in parts}
            last = last | parts
        found.append(frozenset(parts.values()))
    return found


def dates(claim: str, source: Source) -> Verdicts:
    """The parts of a date must belong together in the source: 10月2日 is not borne out by 10月31日 and 11月2日.

    Nor may a date be that of something else: the sentence of the source that says what is said after it must not give
    another.
    """
    there = _read_dates(source.text, carry=True)
    known = _years(source)
    if _ABOUT_THE_REPORT.search(claim):
        there += [zh.numbers(p.date) for p in source.published]
    for date in _read_dates(claim, carry=False):
        if len(date) > 1 and not any(date <= other or date - known <= other for other in there):
            yield _spell(date), "missing"
    sentences = [source.text[s:e] for s, e in zh.sentences(source.text)]
    for segment in _segments(zh.normalise(claim)):
        wanted = set(zh.query_tokens(_DATE.sub("", segment)))
        shares = [len(wanted & set(zh.tokens(sentence))) / max(1, len(wanted)) for sentence in sentences]
        if zh.is_english(claim) or max(shares, default=0.0) < SAME:
            continue
        alike = [s for s, share in zip(sentences, shares, strict=True) if share > max(SAME, max(shares) - 0.25)]
        given = [date for sentence in alike for date in _read_dates(sentence, carry=True)]
        for date in _read_dates(segment, carry=True):
            if given and all(_conflict(date, other) for other in given):
                yield _spell(date), "missing"


SAME = 0.5
"""Share of words from which a sentence of the source is taken to speak of the same event."""


def _spell(date: frozenset[str]) -> str:
    return "".join(sorted(date, key=lambda part: "年月日".index(part[-1])))


def _segments(claim: str) -> list[str]:
    """``claim`` parted so that each date stands with what is said of it: before each clause that holds a date."""
    clauses = re.split("(?<=[,，;；。])", claim)
    parts = [""]
    for clause in clauses:
        if _DATE.search(clause) and _DATE.search(parts[-1]):
            parts.append("")
        parts[-1] += clause
    return [part for part in parts if _DATE.search(part)]


def _conflict(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two dates give the same part differently."""
    mine, theirs = {n[-1]: n for n in one}, {n[-1]: n for n in other}
    return any(mine[unit] != theirs[unit] for unit in mine.keys() & theirs.keys())
