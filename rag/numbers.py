"""The numbers a text states, in canonical form, so that what a claim says can be looked for in its source.

A number is written as a plain decimal (``12345``, ``1.5``), with its unit only where the unit says what it is: percentages
(``95.21%``), per mille (``5‰``), fractions (``1/3``), clock times (``9:30``), and the parts of a date, each for itself
(``2024年``, ``10月``, ``31日``), so that 10月31日 bears out 10月. Measure words are left out: 580个 and 580 stations are both
``580``, and a duration of 10年 is ``10``.

Chinese writes small numbers into words (统一, 三亚, 一起), so a claim and its source are not read alike. Strictly, a single
Chinese digit counts before a measure word only, and 一 not at all: what is read is surely a number, and nothing is demanded
of the source that the claim did not say. Generously, every Chinese numeral counts, and a year also without 年, so that
1次 is borne out by 一次, and "2024" by 2024年. The generous reading always includes the strict one.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_DIGIT = {c: value for value, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNIT = {"十": 10, "百": 100, "千": 1000}
_MYRIAD = {"万": 10**4, "亿": 10**8}
_SCALE = {"百": 100, "千": 1000, "hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9} | _MYRIAD
_FIRST_HALF = ("january", "february", "march", "april", "may", "june")
_MONTHS = (*_FIRST_HALF, "july", "august", "september", "october", "november", "december")
_MONTH = {name[:n]: number for number, name in enumerate(_MONTHS, 1) for n in {3, len(name)}} | {"sept": 9}
_ENGLISH = {
    word: value
    for values, names in (
        (range(2, 13), "two three four five six seven eight nine ten eleven twelve"),
        (range(20, 100, 10), "twenty thirty forty fifty sixty seventy eighty ninety"),
    )
    for value, word in zip(values, names.split(), strict=True)
}

# --- Chinese numerals to digits -----------------------------------------------------------------

_NUMERAL = re.compile("(?<![0-9.])[零〇一二两三四五六七八九十百千万亿]+")
_MEASURE = re.compile(
    r"\s?(?:个|项|次|人|名|家|件|条|位|天|岁|元|部|座|处|届|批|场|种|类|级|期|倍|亩|吨|米|公里|公斤|小时|分钟|周年|年|月|日|号"
    r"|户|辆|台|套|张|支|所|间|册|本|篇|笔|起|例|门|轮|步|方面|分之|成)"
)


def chinese_value(numeral: str) -> int | None:
    """Return what Chinese numerals spell: 三十二 is 32, 两千零五 is 2005, 三百五 is 350, 二〇二四 is 2024.

    ``None`` if they spell none: 十四五, 七八十, 千万.
    """
    if all(c in _DIGIT for c in numeral):
        return int("".join(str(_DIGIT[c]) for c in numeral)) if len(numeral) in {1, 4} else None
    total = section = 0
    digit: int | None = None
    after_zero = False
    unit = 10**4  # the last one: units fall from left to right within a section
    for c in numeral:
        if c in _DIGIT:
            if digit:
                return None
            after_zero = digit == 0
            digit = _DIGIT[c]
        elif c in _UNIT:
            bare = digit is None and c == "十"  # 十二
            if _UNIT[c] >= unit or not (digit or bare):
                return None
            section += (digit or 1) * _UNIT[c]
            digit, unit = None, _UNIT[c]
        else:
            section += digit or 0
            total, section = (total, section) if c == "万" else (0, total + section)  # 亿 takes all before it
            if not section:
                return None
            total += section * _MYRIAD[c]
            section, digit, unit = 0, None, _MYRIAD[c]
    if digit and total + section and unit > 10 and not after_zero:
        digit *= unit // 10  # 一百五 is 150, 一百零五 is 105
    return total + section + (digit or 0)


def whole(numeral: str) -> int | None:
    """The same for digits or Chinese numerals; ``None`` if they spell no number."""
    return int(numeral) if numeral.isdigit() else chinese_value(numeral)


def _to_digits(text: str, *, generous: bool) -> str:
    """``text`` with the numerals that are numbers written in digits."""

    def digits(match: re.Match[str]) -> str:
        numeral, value = match.group(), chinese_value(match.group())
        before, after = text[max(0, match.start() - 2) : match.start()], text[match.end() : match.end() + 4]
        if value is None:
            return numeral
        if len(numeral) == 4 and all(c in _DIGIT for c in numeral):
            sure = after.startswith("年")
        elif len(numeral) == 1:
            sure = numeral != "一" and bool(_MEASURE.match(after)) and before[-1:] not in tuple("几数")
            sure |= before.endswith("分之")
        else:
            sure = True
        return str(value) if sure or generous else numeral

    text = text.replace("百分之百", "100%")
    text = _NUMERAL.sub(digits, text)
    return re.sub(rf"\b(?:{'|'.join(_ENGLISH)})\b", lambda m: str(_ENGLISH[m.group()]), text)


# --- digits to canonical forms ------------------------------------------------------------------

_N = r"\d++(?:\.\d++)?"
_A = r"(?<![a-z0-9.])"  # not inside a number, nor in a name such as g60
_Y = r"(?P<y>(?:1[5-9]|20)\d\d)(?!\d)"
_M = rf"(?P<m>{'|'.join(sorted(_MONTH, key=len, reverse=True))})\b\.?"
_D = r"(?P<d>\d{1,2})(?:st|nd|rd|th)?(?![\d%]|[.:]\d)"
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_A}{_Y}\s?年(?:\s?(?P<m>\d{{1,2}})\s?月(?!\d*个)(?:\s?(?P<d>\d{{1,2}})\s?[日号])?)?",
        r"(?<!\d)(?<!\d\.)(?P<m>\d{1,2})\s?月(?:份)?(?:\s?(?P<d>\d{1,2})\s?[日号])?",
        r"(?<!\d)(?<!\d\.)(?P<d>\d{1,2})\s?日",
        rf"{_A}{_Y}(?P<s>[-/.])(?P<m>\d{{1,2}})(?P=s)(?P<d>\d{{1,2}})(?!\d)",
        rf"\b{_M}\s+{_D}(?:,?\s+{_Y})?",
        rf"{_A}{_D}\s+(?:of\s+)?{_M}(?:,?\s+{_Y})?",
        rf"\b{_M},?\s+(?:of\s+)?{_Y}",
        rf"\b(?:in|since|by|during|from|of|until|before|after|year)\s+{_Y}(?!\s*[%万亿])",
    )
)
_SHARED_UNIT = re.compile(
    rf"{_A}({_N})(\s?(?:[-–—~～至到或]|to)+\s?(?={_N}\s?(年|月|日|%|‰|[万亿]|million|billion|thousand)))"
)
_CLOCK = re.compile(rf"{_A}(\d{{1,2}})(?::|[点时])(\d{{2}})(?!\d)分?")
_PERCENT = re.compile(rf"百分之\s?({_N})|{_A}({_N})\s?(?:%|percent\b|per cent\b)")
_PER_MILLE = re.compile(rf"千分之\s?({_N})|{_A}({_N})\s?‰")
_FRACTION = re.compile(rf"(?P<below>\d+)分之(?P<above>{_N})|{_A}(?P<above2>\d{{1,3}})/(?P<below2>\d{{1,3}})(?!\d)")
_TENTHS = re.compile(rf"{_A}([1-9])成(?![立为功果员都了年长])")
_VALUE = re.compile(rf"{_A}({_N})(?![a-z](?![a-z]))((?:\s?(?:hundred|thousand|million|billion)\b|[百千万亿])*)")
_LOWER_PART = re.compile(rf"({_N})([百千万])")


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def _either(match: re.Match[str]) -> Decimal:
    return Decimal(next(group for group in match.groups() if group))


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], list[str]]], ...] = (
    (_CLOCK, lambda m: [f"{int(m[1])}:{m[2]}"]),
    (_PERCENT, lambda m: [_plain(_either(m)) + "%"]),
    (_PER_MILLE, lambda m: [_plain(_either(m)) + "‰"]),
    (_FRACTION, lambda m: [f"{m['above'] or m['above2']}/{m['below'] or m['below2']}"]),
    (_TENTHS, lambda m: [f"{m[1]}0%"]),
)


def _date(match: re.Match[str]) -> list[str]:
    part = match.groupdict()
    found = [part["y"] + "年"] if part.get("y") else []
    if month := part.get("m"):
        found.append(f"{_MONTH.get(month) or int(month)}月")
    if part.get("d"):
        found.append(f"{int(part['d'])}日")
    return found


def _values(text: str) -> Iterator[str]:
    """The plain numbers of ``text``, 万 and the like multiplied out."""
    at = 0
    while match := _VALUE.search(text, at):
        at = match.end()
        value = _scaled(match)
        while match[2].strip() and (lower := _LOWER_PART.match(text, at)):  # 1亿2000万
            value += _scaled(lower)
            at = lower.end()
        yield _plain(value)


def _read(text: str) -> frozenset[str]:
    """The canonical numbers of ``text`` whose numerals are digits: each form is taken out before the next is read."""
    found: set[str] = set()
    text = re.sub(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?!\d)", lambda m: m.group().replace(",", ""), text)
    text = _SHARED_UNIT.sub(lambda m: m[1] + m[3] + m[2], text)
    for pattern, form in (*((p, _date) for p in _DATES), *_FORMS):
        for match in pattern.finditer(text):
            found.update(form(match))
        text = pattern.sub(" ", text)
    return frozenset(found.union(_values(text)))


def _scaled(match: re.Match[str]) -> Decimal:
    value = Decimal(match[1])
    for scale in re.findall("[a-z]+|[百千万亿]", match[2]):
        value *= _SCALE[scale]
    return value


def read(text: str, *, generous: bool = False) -> frozenset[str]:
    """The numbers of ``text``, which must be in normal form (:func:`rag.zh.normalise`).

    Use :func:`rag.zh.numbers`, which normalises. ``generous`` is for sources; see the top of this module.
    """
    strict = _read(_to_digits(text, generous=False))
    if not generous:
        return strict
    years = {n[:-1] for n in strict if n.endswith("年")}
    return strict | years | _read(_to_digits(text, generous=True))
