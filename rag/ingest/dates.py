"""When a page was published: from what is printed at its head, what its file says, or else what its articles say.

In this order, the first that is there decides:

1. the masthead, a line that is nothing but the date and what papers print beside it (2025年8月28日 星期四 第3版);
2. ``given``, what the reader of a format found (a web page's meta element);
3. the file's name and folders (2025-08/28/…, 20250828_03.txt), unless the text speaks of a later day;
4. a wire dateline (新华社北京8月27日电): a morning paper prints it on the next day;
5. the latest day the page reports on gives a day before which it cannot have been printed.

The year of 4 and 5 is the latest that the text speaks of as present or past, and one later where it shows that year to be
over: 截至2022年底, or 2024年 set against 今年 in one sentence. Days of the lunar calendar are no dates here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rag.numbers import chinese_value
from rag.types import Precision, Published
from rag.zh import sentences

_WIRE = re.compile(r"(?:新华社|中新社)[^\d（）()]{1,8}([0-9]{1,2})月([0-9]{1,2})日电")
_YEAR = re.compile(r"(?<![0-9])(20[0-9]{2}|19[0-9]{2})(?=年(?!前|代|计划|规划)|届|级)")
_FULL = re.compile(r"((?:20|19)[0-9]{2})年[0-9]{1,2}月(?:[0-9]{1,2}日)?")
_DAY = re.compile(r"(?<![0-9年])([0-9]{1,2})月([0-9]{1,2})日")
_AHEAD = re.compile(r"(?:力争|预计|计划|将于|将在|持续到|延续到|(?<!截)至|到|明年|直至|目标|截止到?|农历)$")
_OVER = re.compile(r"截至((?:20|19)[0-9]{2})年(?![0-9])")

_CN = "〇○零一二三四五六七八九十"
_PRINTED = re.compile(
    rf"(?P<y>(?<![0-9])(?:19|20)[0-9]{{2}}|[{_CN}]{{4}})\s*年\s*(?P<m>[0-9]{{1,2}}|[{_CN}]{{1,3}})\s*月\s*(?P<d>[0-9]{{1,2}}|[{_CN}]{{1,3}})\s*日"
    r"|(?<![0-9])(?P<y2>(?:19|20)[0-9]{2})(?P<by>[-/.—–])(?P<m2>[0-9]{1,2})(?P=by)(?P<d2>[0-9]{1,2})(?![0-9])"
)
"""A full date as printed: 2025年8月28日, 二〇二五年八月二十八日, 2025-08-28, 2025.8.28."""

_COMPACT = re.compile(r"(?<![0-9])(?P<y>(?:19|20)[0-9]{2})(?P<m>[01][0-9])(?P<d>[0-3][0-9])(?![0-9])")
_ENGLISH_MONTHS = "January February March April May June July August September October November December".split()
_ENGLISH = re.compile(
    rf"(?P<m>{'|'.join(f'{m[:3]}(?:{m[3:]})?' for m in _ENGLISH_MONTHS)})\.?\s+(?P<d>[0-9]{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>(?:19|20)[0-9]{{2}})(?![0-9])",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(r"(?:星期|周|礼拜)(?P<day>[一二三四五六日天])")
_LUNAR = re.compile(
    r"(?:农历|夏历|旧历)?(?:[甲乙丙丁戊己庚辛壬癸][子丑寅卯辰巳午未申酉戌亥]年)?(?:[鼠牛虎兔龙蛇马羊猴鸡狗猪]年)?"
    r"闰?(?:正|冬|腊|[一二三四五六七八九十]{1,2})月(?:初[一二三四五六七八九十]|[十廿卅二三][一二三四五六七八九十]{0,2})日?"
    r"|[甲乙丙丁戊己庚辛壬癸][子丑寅卯辰巳午未申酉戌亥]年"
)
_BESIDE = re.compile(
    r"第?\s*[A-Z]?[0-9一二三四五六七八九十]{1,3}\s*版(?:面)?|今日\S{0,6}版|(?:总第?|第)\s*[0-9]+\s*期|星期|版次|农历|国内统一|邮发代号|CN\s?[0-9]|ISSN"
    r"|[^，。：“]{0,6}(?:日报|晚报|晨报|早报|时报|周报|工人报|都市报)(?=\s|$|\|)|责任?编[辑：:]|值班|主编|版式|校对|电话|邮箱|E-?mail"
    r"|(?:^|\s)(?:稿件|文章|信息|新闻)?来源\s*[：:]|(?:发布|发表|更新|发稿|刊发|录入)(?:时间|日期)?\s*[：:]",
    re.IGNORECASE,
)
"""What papers and web sites print beside the date at the head of a page."""

_TIME = re.compile(r"(?<![0-9])[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?![0-9])")
"""The time of day, which web sites print behind the date."""

_DATED = re.compile(r"(?:19|20)[0-9]{2}|[〇○零]")
"""What every full date has in it, to pass over the other lines quickly."""

_MARKS = re.compile(r"^[#*\s]+|[*\s]+$")

MOST_MASTHEAD = 90
"""Characters of the longest line that is taken for a masthead."""

NEAR_EDGE = 12
"""Printed lines from the top or the foot of a page within which a date alone on its line is its masthead."""

LONG_AFTER = 62
"""Days after the latest day reported on from which the date in a file's name is rather that of the file."""


@dataclass(frozen=True, slots=True)
class _Year:
    """A year the page was printed in or after; ``bound`` if it is only worked out that the one before is over."""

    value: int
    why: str
    bound: bool = False


@dataclass(frozen=True, slots=True)
class _Day:
    """A day read from somewhere, and the words it was read from."""

    value: date
    cue: str


def published(
    texts: Sequence[str], *, source: str = "", printed: str = "", given: Published | None = None
) -> Published:
    """The publication date of a page whose articles' full texts are ``texts``, with its cue in ``why``.

    ``source`` is the page's path, ``printed`` its text line by line as received, where the masthead may stand alone, and
    ``given`` the date that came with the file; each may be left out.
    """
    if masthead := _masthead(texts, printed):
        return masthead
    if given is not None and given.precision is not Precision.UNKNOWN:
        return given
    told = _told(texts)
    name = _in_name(source)
    if name is None:
        return told
    return _weighed(name, told)


def read_date(text: str) -> date | None:
    """The first full date in ``text``, however it is written; ``None`` if it holds none.

    2025年8月28日, 二〇二五年八月二十八日, 2025-08-28T06:12, 2025/8/28, 20250828, August 28, 2025. Lunar dates are none.
    """
    day = _first_day(text)
    return day.value if day else None


def _first_day(text: str) -> _Day | None:
    found = [
        (m.start(), _Day(day, m.group()))
        for m in _PRINTED.finditer(text)
        if not text[: m.start()].endswith(("农历", "夏历"))
        and (day := _date(_number(m["y"] or m["y2"]), _number(m["m"] or m["m2"]), _number(m["d"] or m["d2"])))
    ]
    found += [
        (m.start(), _Day(day, m.group()))
        for m in _COMPACT.finditer(text)
        if (day := _date(int(m["y"]), int(m["m"]), int(m["d"])))
    ]
    found += [
        (m.start(), _Day(day, m.group()))
        for m in _ENGLISH.finditer(text)
        if (day := _date(int(m["y"]), _month(m["m"]), int(m["d"])))
    ]
    return min(found, key=lambda pair: pair[0])[1] if found else None


def _month(name: str) -> int:
    return [m[:3].lower() for m in _ENGLISH_MONTHS].index(name[:3].lower()) + 1


def _number(digits: str) -> int:
    """8, 八, 二十八 and 二〇二五 as numbers; 0 if they spell none."""
    return int(digits) if digits.isdecimal() else chinese_value(digits.replace("○", "〇")) or 0


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


# --- the masthead and the file ------------------------------------------------------------------


def _masthead(texts: Sequence[str], printed: str) -> Published | None:
    """The date printed at the head of the page, beside the day of the week, the number of the page and the like."""
    lines = [line for raw in printed.splitlines() if (line := _bare(raw))]
    edge = {*lines[:NEAR_EDGE]}
    inside = [line for text in texts for line in text.split("\n")]
    for line in dict.fromkeys([*lines, *inside]):
        if len(line) > MOST_MASTHEAD or _DATED.search(line) is None:
            continue
        if found := _of_masthead(line, alone=line in edge):
            return found
    # Set in large type, the date's parts stand on lines of their own: 2025年8月 / 28 / 星期四.
    for start in (0, max(0, len(lines) - NEAR_EDGE)):
        near = lines[start : start + NEAR_EDGE]
        for size in (2, 3, 4):
            for at in range(len(near) - size + 1):
                parts = near[at : at + size]
                if all(len(part) <= 16 for part in parts) and (found := _of_masthead(" ".join(parts), alone=False)):
                    return found
    return None


def _bare(raw: str) -> str:
    """A line without the marks of Markdown and spaces around it."""
    line = raw.strip()
    return _MARKS.sub("", line) if line.startswith(("#", "*")) or line.endswith("*") else line


def _of_masthead(line: str, *, alone: bool) -> Published | None:
    """The date of a line that is a masthead; one that stands ``alone`` at the edge of a page may be but the date."""
    joined = re.sub(r"(?<=月)\s+(?=[0-9]{1,2}(?:\s|$))", "", line)
    joined = re.sub(r"(?<=月)([0-9]{1,2})(?=\s|$)", r"\1日", joined)
    day = _first_day(joined)
    if day is None:
        return None
    rest = _LUNAR.sub(" ", joined.replace(day.cue, " ", 1))
    rest = _TIME.sub(" ", rest)
    weekday = _WEEKDAY.search(rest)
    beside = weekday is not None or _BESIDE.search(rest) is not None
    prose = re.search(r"[，。！？；]", rest)
    if prose or not (beside or (alone and not rest.strip(" |()（）"))):
        return None
    cue = " ".join(line.split())
    if weekday and "一二三四五六日".index(weekday["day"].replace("天", "日")) != day.value.weekday():
        return Published(day.value.isoformat(), Precision.ABOUT, f"版面印有“{cue}”，而那天不是{weekday.group()}")
    return Published(day.value.isoformat(), Precision.DAY, f"版面印有“{cue}”")


_NAME_DAY = re.compile(
    r"(?:^|[^0-9A-Za-z]|[G-Zg-z][A-Za-z]*)(?P<cue>(?P<y>(?:19|20)[0-9]{2})"
    r"(?:(?P<m>[01][0-9])(?P<d>[0-3][0-9])|(?P<by>[-_./ ])(?P<m2>[0-9]{1,2})[-_./ ](?P<d2>[0-9]{1,2})|年(?P<m3>[0-9]{1,2})月[/]?(?P<d3>[0-9]{1,2})日)"
    r"|[〇○零一二三四五六七八九]{4}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日)(?![0-9A-Za-z]*[A-Fa-f0-9]{4})"
)
"""A date in a path: 20250828, 2025-08-28, 2025/08/28, 2025-08/28, 2025年8月28日. Not inside a hash or a longer number."""


def _in_name(source: str) -> _Day | None:
    """The date in a file's path; of several, the last, which is nearest to the page."""
    found = None
    for m in _NAME_DAY.finditer(source):
        if m["y"]:
            day = _date(int(m["y"]), int(m["m"] or m["m2"] or m["m3"]), int(m["d"] or m["d2"] or m["d3"]))
        else:
            day = read_date(m["cue"])
        if day:
            found = _Day(day, m["cue"])
    return found


def _weighed(name: _Day, told: Published) -> Published:
    """The date of the file's name held against what the text says (``told``)."""
    stands = Published(name.value.isoformat(), Precision.DAY, f"文件名中有“{name.cue}”")
    if told.precision is Precision.UNKNOWN:
        return stands
    if told.precision in (Precision.YEAR, Precision.NOT_BEFORE) and len(told.date) == 4:
        year = int(told.date)
        late, early = name.value.year > year + 1, name.value.year < year
    else:
        apart = (name.value - date.fromisoformat(told.date)).days
        late, early = apart > LONG_AFTER, apart < (-1 if told.precision is Precision.DAY else 0)
    if early:
        return Published(told.date, told.precision, f"{told.why}；文件名中的“{name.cue}”早于此，不取")
    if late:
        return Published(name.value.isoformat(), Precision.ABOUT, f"文件名中有“{name.cue}”，而{told.why}")
    return stands


# --- what the articles say ----------------------------------------------------------------------


def _told(texts: Sequence[str]) -> Published:
    """The date worked out from what the articles say."""
    year = _year(texts)
    if year is None:
        return Published()
    wires = [
        (d, m.group()) for text in texts for m in _WIRE.finditer(text) if (d := _date(year.value, int(m[1]), int(m[2])))
    ]
    if wires:
        day, cue = max(wires)
        printed = (day + timedelta(days=1)).isoformat()
        return Published(printed, Precision.DAY, f"“{cue}”，见报在次日；{year.why}")
    days = [
        (d, m.group())
        for text in texts
        for m in _DAY.finditer(text)
        if not _AHEAD.search(text[max(0, m.start() - 6) : m.start()]) and (d := _date(year.value, int(m[1]), int(m[2])))
    ]
    if days:
        day, cue = max(days)
        printed = (day + timedelta(days=1)).isoformat()
        return Published(printed, Precision.NOT_BEFORE, f"本版最晚报道的日期是“{cue}”；{year.why}")
    return Published(str(year.value), Precision.NOT_BEFORE if year.bound else Precision.YEAR, year.why)


def _year(texts: Sequence[str]) -> _Year | None:
    found: list[_Year] = []
    for text in texts:
        for paragraph in text.split("\n"):
            if "20" not in paragraph and "19" not in paragraph:
                continue
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
