"""What 去年, 8月27日 and “十四五”期间 mean, given when the page was published.

The text is never rewritten: every expression is a record of where it stands and what it means, for search (a question about
2024 finds 去年 on a page of 2025) and for the reader (去年（2024年）).

How sure that is follows the publication date. Known to the day, years and months are certain; known only as a day before
which the page was not printed, or as a year that its text speaks of, they are guesses and marked so; not known at all,
only what needs no such day is resolved (“十四五”期间, 2023年…同年).

Values are ISO 8601: ``2024``, ``2024-10``, ``2025-08-27``, and intervals with both ends in them, ``2025-01/2025-06``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from rag.numbers import chinese_value
from rag.types import Article, Precision, Published

SOON = 31
"""Days a date without a year may lie after the day of publication and still be of the same year (an event announced)."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """What the expression ``text``, at ``[start, end)``, means.

    ``value`` is ISO 8601, a date or an interval; ``why`` says what it was worked out from; ``sure`` is false for a guess and
    for what is meant loosely (近日).
    """

    start: int
    end: int
    text: str
    value: str
    why: str
    sure: bool = True

    def __post_init__(self) -> None:
        if self.end - self.start != len(self.text):
            raise ValueError(f"{self.text!r} does not span {self.start}-{self.end}")

    @property
    def years(self) -> tuple[int, ...]:
        """The years it lies in, in order."""
        first, _, last = self.value.partition("/")
        return tuple(range(int(first[:4]), int((last or first)[:4]) + 1))


@dataclass(frozen=True, slots=True)
class _Day:
    """The day to count from: what is known of the publication date."""

    year: int
    month: int
    day: int
    sure: bool
    why: str

    @property
    def date(self) -> date | None:
        """The day itself, if it is known."""
        return date(self.year, self.month, self.day) if self.day else None


@lru_cache(1024)
def _day(published: Published) -> _Day | None:
    if published.precision is Precision.UNKNOWN or not published.date:
        return None
    numbers = [int(part) for part in published.date.split("-")]
    year, month, day = (*numbers, 0, 0)[:3]
    sure = published.precision in (Precision.DAY, Precision.ABOUT)
    known = "见报于" if sure else "见报不早于" if published.precision is Precision.NOT_BEFORE else "见报约在"
    return _Day(year, month, day, sure, f"{known}{published.date}")


# --- patterns -----------------------------------------------------------------------------------

_N = "[0-9]{1,2}|[一二三四五六七八九十]{1,3}"
_YEARS = {
    "大前年": -3,
    "前年": -2,
    "去年": -1,
    "上年": -1,
    "上一年": -1,
    "今年": 0,
    "本年": 0,
    "明年": 1,
    "来年": 1,
    "后年": 2,
}
_PART = (
    rf"(?:年?(?P<edge>初(?![春夏秋冬步级次中])|底|末|中(?![秋国央期小]))"
    rf"|(?P<half>上|下)半年|(?:第)?(?P<quarter>[一二三四1-4])季度|前(?P<quarters>[二两三23])个?季度"
    rf"|(?:的)?前(?P<first>[0-9]{{1,2}}|[一二两三四五六七八九十]{{1,2}})个月"
    rf"|(?:的)?(?P<m1>{_N})月?份?[至到—–～~-]+(?P<m2>{_N})月份?(?![0-9日])"
    rf"|(?:的)?(?P<month>{_N})月(?:份|(?P<day>[0-9]{{1,2}}|[一二三]?十?[一二三四五六七八九十])[日号](?:[至到—–～~-]+(?P<day2>[0-9]{{1,2}})[日号])?)?)"
)
_RELATIVE = re.compile(
    r"(?P<word>大前年|(?<![以之此目提空从从年日月午天])前年(?![均产轻龄度内])|(?<![过失逝除减])去年(?![轻迈纪龄])|(?<![以])上一?年度?(?=[初底末上下]|第?[一二三四]季|同期|[，。、）]|全年|度)"
    r"|今年(?![轻迈纪龄])|本年(?=度|[，。、])|(?<![文说证表透声发])明年|(?<![未往])来年(?=[，。、]|[1-9])|(?<![以之此往今])后年(?=[，。、]))"
    rf"(?:度)?{_PART}?"
)
_MONTH = re.compile(
    r"(?<![日基])(?P<this>本月|(?<![早晚马线网路船车山天海以])上个?月|下个?月)(?P<third>上旬|中旬|下旬|初|底|末)?(?:(?P<day>[0-9]{1,2})[日号])?"
)
_WEEK = re.compile(
    r"(?<![日基成])(?:(?P<this>本周)|(?P<last>(?<![早晚马线网路船车山天海以])上周)|(?P<next>(?<!以)下周))(?P<day>[一二三四五六日天])?(?![年边围岁转])"
)
_NEAR = re.compile(
    r"(?:(?<![最附临靠就将渐])近日|连日来|(?:(?<=^)|(?<=[\W_])|(?<=记者)|(?<=于)|(?<=部)|(?<=会)|(?<=工会))日前(?!往))(?!常)"
)
_EVE = re.compile(r"(?<![0-9])(?P<word>昨日|昨天|前天|今日|今天|明天|明日)(?!的?(?:世界|中国|青年))")
_BARE_MONTH = re.compile(
    r"(?<![0-9年.份第至到—–～~-])(?<![0-9]个)(?P<month>[0-9]{1,2})月(?:份|(?P<day>[0-9]{1,2})[日号](?:[至到—–～~-]+(?:(?P<month2>[0-9]{1,2})月)?(?P<day2>[0-9]{1,2})[日号])?)?(?!龄|供|嫂|票|球|[0-9])"
)
_PLAN = re.compile(
    r"(?P<open>[“\"「])?(?P<ten>十?)(?P<n>[一二三四五六七八九])五(?P<close>[”\"」])?(?P<tail>(?:规划)?(?:期间|时期|以来|末期?|开局之年|收官之年))?"
)
_DECADE = re.compile(
    r"(?P<century>上世纪|20世纪|二十世纪|本世纪|21世纪)(?P<tens>[0-9]0|[一二三四五六七八九]十)年代(?P<part>初|末)?"
)
_SAME = re.compile(r"(?P<word>同年|次年|翌年)(?:(?P<month>[0-9]{1,2})月)?")
_LAST_YEARS = re.compile(r"(?:最?近|过去|这|近)(?P<n>[0-9]{1,2}|[两二三四五六七八九十])年(?:来|间|里)?(?![代级])")
_NAMED = re.compile(r"(?<![0-9])(?P<year>(?:19|20)[0-9]{2})年")
_FUTURE_BEFORE = re.compile(r"(?:将|拟|计划|预计|定于|持续到|延续到|截止到?|[至到在自从])于?(?:今年)?$")
_FUTURE_AFTER = re.compile(r"^(?:起|前|之前|以前|止|截止)")
_FISCAL = re.compile("上|本年")
_PARAGRAPH = re.compile("[^\n]+")


def _number(text: str) -> int:
    """2, 二, 两 and 十二 as numbers; 0 if it is none."""
    return int(text) if text.isdecimal() else chinese_value(text) or 0


def _month_end(year: int, month: int) -> int:
    after = date(year + month // 12, month % 12 + 1, 1)
    return (after - timedelta(days=1)).day


def _months(year: int, first: int, last: int) -> str:
    """The months as an interval; empty if there are no such months."""
    if not 1 <= first <= last <= 12:
        return ""
    return f"{year}-{first:02d}" if first == last else f"{year}-{first:02d}/{year}-{last:02d}"


def _iso(year: int, month: int, day: int = 0) -> str:
    """A day, or a month if ``day`` is 0; empty if there is no such day."""
    if not 1 <= month <= 12 or not 0 <= day <= _month_end(year, month):
        return ""
    return f"{year}-{month:02d}-{day:02d}" if day else f"{year}-{month:02d}"


def _within(year: int, part: re.Match[str]) -> str:
    """The part of ``year`` that stands behind 今年 and the like; empty if there is no such part, the year if none is named."""
    group = part.groupdict()
    if group["edge"]:
        value = _months(year, *{"初": (1, 2), "中": (6, 7)}.get(group["edge"], (12, 12)))
    elif group["half"]:
        value = _months(year, *((1, 6) if group["half"] == "上" else (7, 12)))
    elif group["quarter"]:
        n = _number(group["quarter"])
        value = _months(year, 3 * n - 2, 3 * n)
    elif group["quarters"]:
        value = _months(year, 1, 3 * _number(group["quarters"]))
    elif group["first"]:
        value = _months(year, 1, _number(group["first"]))
    elif group["m1"]:
        value = _months(year, _number(group["m1"]), _number(group["m2"]))
    elif group["month"]:
        value = _iso(year, _number(group["month"]), _number(group["day"]) if group["day"] else 0)
        last = _iso(year, _number(group["month"]), int(group["day2"])) if group["day2"] else ""
        value = f"{value}/{last}" if value and last > value else value
    else:
        value = str(year)
    return value


# --- resolving ----------------------------------------------------------------------------------


def resolve(text: str, published: Published) -> tuple[Resolved, ...]:
    """What the relative dates in ``text`` mean on a page published then, in order and without overlap."""
    day = _day(published)
    found: list[Resolved] = []
    for paragraph in _PARAGRAPH.finditer(text):
        own: list[Resolved] = []
        for new in _candidates(paragraph.group(), day):
            if all(new.end <= other.start or other.end <= new.start for other in own):
                own.append(new)
        at = paragraph.start()
        found += [
            Resolved(at + r.start, at + r.end, r.text, r.value, r.why, r.sure)
            for r in sorted(own, key=lambda r: r.start)
        ]
    return tuple(found)


def _candidates(text: str, day: _Day | None) -> Iterator[Resolved]:
    """What each rule reads; what an earlier rule has taken is not read again.

    Most texts hold none of what a rule needs, which is seen far sooner than its pattern has gone through them.
    """
    if "五" in text:
        yield from _plans(text)
    if "年代" in text:
        yield from _decades(text)
    if "同年" in text or "次年" in text or "翌年" in text:
        yield from _same_years(text)
    if day is not None:
        if "年" in text:
            yield from _years(text, day)
            yield from _spans(text, day)
        if "本月" in text or "上月" in text or "下月" in text or "个月" in text:
            yield from _this_month(text, day)
        if "周" in text:
            yield from _weeks(text, day)
        if "日" in text or "天" in text:
            yield from _eves(text, day)
            yield from _recently(text, day)
    if "月" in text:
        yield from _bare(text, day)


def _of(match: re.Match[str], value: str, why: str, *, sure: bool = True) -> Iterator[Resolved]:
    """The record of a match, if there is such a day."""
    if value:
        yield Resolved(match.start(), match.end(), match.group(), value, why, sure)


def _years(text: str, day: _Day) -> Iterator[Resolved]:
    """今年, 去年10月, 今年上半年."""
    for m in _RELATIVE.finditer(text):
        year = day.year + _YEARS[m["word"].removesuffix("度")]
        yield from _of(m, _within(year, m), day.why, sure=day.sure and not _FISCAL.match(m.group()))


def _plans(text: str) -> Iterator[Resolved]:
    """“十四五”期间: five years, counted from 1953 and, from the third plan on, from 1966."""
    for m in _PLAN.finditer(text):
        if not ((m["open"] and m["close"]) or (m["tail"] and m["ten"])):
            continue
        n = (10 if m["ten"] else 0) + _number(m["n"])
        start = 1953 + 5 * (n - 1) if n < 3 else 1966 + 5 * (n - 3)
        tail = m["tail"] or ""
        value = f"{start}/{start + 4}"
        if "开局" in tail:
            value = str(start)
        elif "末" in tail or "收官" in tail:
            value = str(start + 4)
        yield from _of(m, value, "五年规划的起止年份")


def _decades(text: str) -> Iterator[Resolved]:
    """上世纪90年代."""
    for m in _DECADE.finditer(text):
        tens = _number(m["tens"]) if m["tens"].isdecimal() else 10 * _number(m["tens"][0])
        start = (2000 if m["century"] in ("本世纪", "21世纪") else 1900) + tens
        first, last = {"初": (0, 3), "末": (7, 9)}.get(m["part"] or "", (0, 9))
        yield from _of(m, f"{start + first}/{start + last}", "世纪与年代")


def _same_years(text: str) -> Iterator[Resolved]:
    """同年 and 次年, of the year named last."""
    for m in _SAME.finditer(text):
        if named := list(_NAMED.finditer(text, 0, m.start())):
            year = int(named[-1]["year"]) + (m["word"] != "同年")
            value = _iso(year, int(m["month"])) if m["month"] else str(year)
            yield from _of(m, value, f"上文的{named[-1].group()}")


def _spans(text: str, day: _Day) -> Iterator[Resolved]:
    """近三年: up to the year of publication, loosely."""
    for m in _LAST_YEARS.finditer(text):
        if 1 < (n := _number(m["n"])) <= 50:
            yield from _of(m, f"{day.year - n}/{day.year}", day.why, sure=False)


def _this_month(text: str, day: _Day) -> Iterator[Resolved]:
    """本月, 上月, 上月27日."""
    if not day.month:
        return
    for m in _MONTH.finditer(text):
        step = {"本": 0, "上": -1, "下": 1}[m["this"][0]]
        index = 12 * day.year + day.month - 1 + step
        value = _iso(index // 12, index % 12 + 1, int(m["day"]) if m["day"] else 0)
        yield from _of(m, value, day.why, sure=day.sure)


def _weeks(text: str, day: _Day) -> Iterator[Resolved]:
    """上周, 本周三; weeks begin on Monday."""
    if not (today := day.date):
        return
    for m in _WEEK.finditer(text):
        monday = today - timedelta(days=today.weekday()) + timedelta(days=-7 if m["last"] else 7 if m["next"] else 0)
        if m["day"]:
            value = (monday + timedelta(days="一二三四五六日".index(m["day"].replace("天", "日")))).isoformat()
        else:
            value = f"{monday.isoformat()}/{(monday + timedelta(days=6)).isoformat()}"
        yield from _of(m, value, day.why, sure=day.sure)


_DATELINE = re.compile(r"^[^。，]{0,24}?(?P<month>[0-9]{1,2})月(?P<day>[0-9]{1,2})日(?:电|讯)")


def _eves(text: str, day: _Day) -> Iterator[Resolved]:
    """昨日, 今天: told from the day of the dateline, or 昨日 from that of publication. 今天 alone often means nowadays."""
    if not (today := day.date):
        return
    line = _DATELINE.match(text)
    sent = _before(today, int(line["month"]), int(line["day"])) if line else None
    for m in _EVE.finditer(text):
        step = {"昨": -1, "前": -2, "今": 0, "明": 1}[m["word"][0]]
        if sent:
            yield from _of(
                m, (sent + timedelta(days=step)).isoformat(), f"电头{sent.month}月{sent.day}日", sure=day.sure
            )
        elif m["word"] in ("昨日", "昨天"):
            yield from _of(m, (today + timedelta(days=step)).isoformat(), day.why, sure=False)


def _before(today: date, month: int, day: int) -> date | None:
    """The last such day up to a few days after ``today``; a misprint (9月0日) is none."""
    for year in (today.year, today.year - 1):
        if day and (value := _iso(year, month, day)) and date.fromisoformat(value) <= today + timedelta(days=3):
            return date.fromisoformat(value)
    return None


def _recently(text: str, day: _Day) -> Iterator[Resolved]:
    """近日, 日前: about the day of publication."""
    if not day.day:
        return
    for m in _NEAR.finditer(text):
        yield from _of(m, f"{day.year}-{day.month:02d}-{day.day:02d}", f"{day.why}，前后", sure=False)


def _bare(text: str, day: _Day | None) -> Iterator[Resolved]:
    """8月27日, 10月: of the year named before it in its sentence or paragraph, or else the last such day before publication."""
    dates = list(_BARE_MONTH.finditer(text))
    if not dates:
        return
    named = [(m.end(), int(m["year"]), f"上文的{m.group()}", True) for m in _NAMED.finditer(text)]
    if day is not None:
        named += [
            (m.end(), day.year + _YEARS[m["word"].removesuffix("度")], f"上文的“{m.group()}”，{day.why}", day.sure)
            for m in _RELATIVE.finditer(text)
        ]
    named.sort()
    for m in dates:
        before = [n for n in named if n[0] <= m.start()]
        # A year named in an earlier sentence need not govern this one.
        governs = before and (day is None or before[-1][1] == day.year or "。" not in text[before[-1][0] : m.start()])
        if governs:
            _, year, why, sure = before[-1]
        elif day is not None:
            year, sure = _nearest(text, m, day)
            why, sure = day.why, sure and not before
        else:
            continue
        yield from _of(m, _ranged(year, m), why, sure=sure)


def _ranged(year: int, m: re.Match[str]) -> str:
    month = int(m["month"])
    first = _iso(year, month, int(m["day"] or 0))
    if not (first and m["day2"]):
        return first
    last = _iso(year, int(m["month2"] or month), int(m["day2"]))
    return f"{first}/{last}" if last >= first else ""


def _nearest(text: str, m: re.Match[str], day: _Day) -> tuple[int, bool]:
    """The year of a date without one, and whether that is certain."""
    if not day.month:
        return day.year, False
    month, number = int(m["month"]), int(m["day"] or 0)
    ahead = _FUTURE_BEFORE.search(text[max(0, m.start() - 6) : m.start()]) or _FUTURE_AFTER.match(text[m.end() :])
    index, today = 31 * month + number, 31 * day.month + day.day
    if number == 0:
        today = 31 * day.month
    if index <= today:
        return day.year, day.sure
    if ahead or index - today <= SOON:
        return day.year, False
    return day.year - 1, day.sure


# --- for search and for the reader --------------------------------------------------------------


def years(text: str, published: Published) -> tuple[str, ...]:
    """The years that ``text`` speaks of by 去年 and the like without naming them, in order.

    Whole plans and 近三年 are left out: they would make everything of every year. So is 上年度, which is the year before any
    other where the text lays down a procedure.
    """
    if published.precision is Precision.UNKNOWN:
        return ()
    found = {y for r in resolve(text, published) if len(r.years) == 1 and not _FISCAL.match(r.text) for y in r.years}
    return tuple(str(y) for y in sorted(found) if str(y) not in text)


def speaks_of(article: Article, year: str) -> bool:
    """Whether ``article`` speaks of ``year``, by name or by 去年 and the like."""
    text = f"{article.head}\n{article.text}"
    return year in text or article.published.date.startswith(year) or year in years(text, article.published)


def spelt(resolved: Resolved) -> str:
    """The meaning in words: 2024年, 2024年10月, 2025年1月至6月, 约2025年8月28日."""
    first, _, last = resolved.value.partition("/")
    words = _spelt(first)
    if last:
        shared = first[:4] == last[:4] and len(last) > 4
        end = _spelt(last)
        words += "至" + (end[5:] if shared else end)
    return words if resolved.sure else f"约{words}"


def _spelt(value: str) -> str:
    return "".join(f"{int(part)}{unit}" for part, unit in zip(value.split("-"), "年月日", strict=False))


def marked(text: str, published: Published) -> str:
    """``text`` with the meaning behind each expression, for the reader: 去年（2024年）. Never for quotes."""
    out, at = [], 0
    for r in resolve(text, published):
        out.append(f"{text[at : r.end]}（{spelt(r)}）")
        at = r.end
    return "".join([*out, text[at:]])
