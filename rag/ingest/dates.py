"""When a page was published, from what its articles say; most pages carry no date of their own.

- A wire dateline (新华社北京8月27日电) gives the day: a morning paper prints it on the next.
- Otherwise the latest day the page reports on gives a day before which it cannot have been printed.
- The year is the latest that the text speaks of as present or past, and one later where it shows that year to be
  over: 截至2022年底, or 2024年 set against 今年 in one sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rag.types import Precision, Published
from rag.zh import sentences

_WIRE = re.compile(r"(?:新华社|中新社)[^\d（）()]{1,8}([0-9]{1,2})月([0-9]{1,2})日电")
_YEAR = re.compile(r"(?<![0-9])(20[0-9]{2}|19[0-9]{2})(?=年(?!前|代|计划|规划)|届|级)")
_FULL = re.compile(r"((?:20|19)[0-9]{2})年[0-9]{1,2}月(?:[0-9]{1,2}日)?")
_MASTHEAD = re.compile(
    r"((?:20|19)[0-9]{2})年([0-9]{1,2})月([0-9]{1,2})日[\s|]*(?:星期[一二三四五六日天]|第[0-9]{1,2}版)"
)
_DAY = re.compile(r"(?<![0-9年])([0-9]{1,2})月([0-9]{1,2})日")
_AHEAD = re.compile(r"(?:力争|预计|计划|将于|将在|持续到|延续到|(?<!截)至|到|明年|直至|目标|截止到?)$")
_OVER = re.compile(r"截至((?:20|19)[0-9]{2})年(?![0-9])")


@dataclass(frozen=True, slots=True)
class _Year:
    """A year the page was printed in or after; ``bound`` if it is only worked out that the one before is over."""

    value: int
    why: str
    bound: bool = False


def published(texts: Sequence[str]) -> Published:
    """The publication date of a page whose articles' full texts are ``texts``, with its cue in ``why``."""
    if masthead := _masthead(texts):
        return masthead
    year = _year(texts)
    if year is None:
        return Published()
    wires = [(d, m.group()) for text in texts for m in _WIRE.finditer(text) if (d := _date(year.value, m[1], m[2]))]
    if wires:
        day, cue = max(wires)
        printed = (day + timedelta(days=1)).isoformat()
        return Published(printed, Precision.DAY, f"“{cue}”，见报在次日；{year.why}")
    days = [
        (d, m.group())
        for text in texts
        for m in _DAY.finditer(text)
        if not _AHEAD.search(text[max(0, m.start() - 6) : m.start()]) and (d := _date(year.value, m[1], m[2]))
    ]
    if days:
        day, cue = max(days)
        printed = (day + timedelta(days=1)).isoformat()
        return Published(printed, Precision.NOT_BEFORE, f"本版最晚报道的日期是“{cue}”；{year.why}")
    return Published(str(year.value), Precision.NOT_BEFORE if year.bound else Precision.YEAR, year.why)


def _masthead(texts: Sequence[str]) -> Published | None:
    """The date printed at the head of the page, beside the day of the week or the number of the page."""
    for text in texts:
        if m := _MASTHEAD.search(text):
            found = _date(int(m[1]), m[2], m[3])
            if found:
                return Published(found.isoformat(), Precision.DAY, f"版面印有“{m.group().strip()}”")
    return None


def _date(year: int, month: str, day: str) -> date | None:
    try:
        return date(year, int(month), int(day))
    except ValueError:
        return None


def _year(texts: Sequence[str]) -> _Year | None:
    found: list[_Year] = []
    for text in texts:
        for paragraph in text.split("\n"):
            found += _years_set_apart(paragraph)
            for start, end in sentences(paragraph):
                found += _years_of(paragraph[start:end])
    return max(found, key=lambda y: y.value, default=None)


def _years_set_apart(paragraph: str) -> list[_Year]:
    """A full date with its year, and 今年 behind it in the same paragraph: the date's year is over."""
    return [
        _Year(int(m[1]) + 1, f"“{m.group()}”之后又说“今年”，今年当在其后", bound=True)
        for m in _FULL.finditer(paragraph)
        if "今年" in paragraph[m.end() :]
    ]


def _years_of(sentence: str) -> list[_Year]:
    found = []
    for m in _YEAR.finditer(sentence):
        if _AHEAD.search(sentence[max(0, m.start() - 6) : m.start()]):
            continue
        value = int(m[1])
        whole = sentence[m.end() : m.end() + 1] == "年"
        if whole and "今年" in sentence:
            found.append(_Year(value + 1, f"文中{value}年与“今年”并提，今年当在其后", bound=True))
        else:
            found.append(_Year(value, f"文中最晚提到{value}年"))
    found += [_Year(int(m[1]) + 1, f"文中称“{m.group()}”，其年已过", bound=True) for m in _OVER.finditer(sentence)]
    return found
