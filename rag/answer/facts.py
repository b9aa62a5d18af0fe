"""What a sentence states that can be looked up, and whether a source bears it out.

Three answers for each fact: the source holds it; it does not (``missing``); or it holds it in other terms, which a
reader should see before relying on it (``doubtful``): 约2.9万 for 28786, 200个 for 200多个.

Numbers are compared in the canonical form of :mod:`rag.numbers`. A number that stands in the source may still be said
of something else there, so its unit, its direction (增长 or 下降), its hedge (近 or 超过) and the words around it are
compared with those of the same number in the source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby, pairwise

from rag import zh
from rag.ingest.people import COMPOUND, SURNAMES
from rag.ingest.places import Mention, Region, mentions, spellings
from rag.types import Published


@dataclass(frozen=True, slots=True)
class Findings:
    """The facts of a sentence by how its source bears them out; ``held`` counts those that it does."""

    missing: tuple[str, ...]
    doubtful: tuple[str, ...]
    held: int


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


def compare(claim: str, source: Source) -> Findings:
    """Every fact of ``claim`` looked up in ``source``."""
    claim = _ITEM.sub("", claim)
    missing: list[str] = []
    doubtful: list[str] = []
    held = 0
    checks = (_numbers, _figures, _dates, _places, _people, _titles, _quoted, _bodies, _chinese_in_english, _denials)
    for check in checks:
        for fact, verdict in check(claim, source):
            held += verdict == "held"
            missing += [fact] * (verdict == "missing")
            doubtful += [fact] * (verdict == "doubtful")
    return Findings(tuple(dict.fromkeys(missing)), tuple(dict.fromkeys(doubtful)), held)


_ITEM = re.compile(r"(?:^|(?<=[；;：:，,、。\s]))(?:[(（][0-9]{1,2}[)）]|[0-9]{1,2}[.．、](?![0-9]))\s*")
"""The number of an item in an enumeration, which states nothing."""

_Verdicts = Iterator[tuple[str, str]]


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


def _numbers(claim: str, source: Source) -> _Verdicts:
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
    r"(?P<unit>人次|千瓦时|千瓦|平方米|小时|分钟|公里|[个名人位员户家所站支项件条场次届期回元岁天年月日号%米吨亩块台辆套倍级成部份]|例|起|对)?"
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
        "area": "平方米 亩",
        "length": "米 公里",
        "hours": "小时 分钟",
        "days": "天",
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


def _figures(claim: str, source: Source) -> _Verdicts:
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


def _dates(claim: str, source: Source) -> _Verdicts:
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


# --- places, people, names ----------------------------------------------------------------------


def _places(claim: str, source: Source) -> _Verdicts:
    """Each place must be named, or, for a province, a place in it."""
    everything = zh.normalise(f"{source.text}\n{source.beside}")
    there = {region for m in mentions(everything, strict=False) for region in m.regions}

    def named(region: Region) -> bool:
        return region in there or (not region.city and any(r.province == region.province for r in there))

    plain = zh.normalise(claim)
    for m in mentions(plain):
        yield plain[m.start : m.end], "held" if any(map(named, m.regions)) else "missing"
    if zh.is_english(claim):
        for m in english_places(claim):
            yield claim[m.start : m.end], "held" if any(map(named, m.regions)) else "missing"


def english_places(text: str) -> list[Mention]:
    """The places an English text names in capitals, in order, each with all it may be: Suzhou is 苏州 or 宿州."""
    found: list[Mention] = []
    words = list(re.finditer(r"[A-Z][a-zü]+(?:['’][a-z]+)?", text))
    at = 0
    while at < len(words):
        for size in (2, 1):
            run = words[at : at + size]
            phrase = re.sub(r"['’]", "", " ".join(re.sub(r"['’]s$", "", m.group()) for m in run))
            if known := spellings().get(phrase.lower()):
                end = run[-1].end() - (2 if re.search(r"['’]s$", run[-1].group()) else 0)
                found.append(Mention(run[0].start(), end, tuple(region for _, region in known)))
                at += size
                break
        else:
            at += 1
    return found


_OFFICE = r"副?(?:主席|主任|书记|院长|局长|处长|厅长|部长|省长|市长|县长|乡长|镇长|会长|校长|厂长|总经理|经理|董事长|组长|班长|教授)"
_SPEAKER = r"(?:说|表示|介绍|指出|认为|强调|告诉|要求|坦言|回忆|称|荣获|获得|夺得|担任|撰文)"
_NAME = f"[{zh.HAN}]{{2,4}}"
_BY_OFFICE = re.compile(
    rf"(?:{_OFFICE}|记者|通讯员|劳模|工匠|选手|快递员|司机|师傅|网友)(?P<name>{_NAME}?)(?={_SPEAKER}|[,，、。)）]|$)"
)
_BY_SPEECH = re.compile(rf"(?:^|[,，。、”的])(?P<name>{_NAME}?)(?={_SPEAKER})")
_NOT_NAMES = frozenset("的了在和有都于时高成长同方平安全相关过年后生明后正")


def people(text: str) -> list[str]:
    """What looks like a person's name.

    That is two or three characters that make no word, the first of them a surname; or, beside an office or a word of
    speaking, two to four characters that begin with a surname and are no word (李建国, of which 建国 is one).
    """
    found = []
    for single, group in groupby(zh.words(text), key=lambda w: len(w) == 1 and not w.isascii()):
        run = "".join(group)
        if single and 2 <= len(run) <= 3 and run[0] in SURNAMES and not set(run) & _NOT_NAMES:
            found += re.findall(rf"(?<![0-9]){run}", text)  # 2.9万人 is no 万人
    for pattern in (_BY_OFFICE, _BY_SPEECH):
        for m in pattern.finditer(text):
            name = m["name"]
            fits = (len(name) <= 3 and name[0] in SURNAMES and name[0] not in _NOT_NAMES) or name.startswith(COMPOUND)
            # 李建国 is in the dictionary as a word; behind an office it is a name all the same, unless it is everyday.
            if fits and (pattern is _BY_OFFICE or name not in zh.words(name)):
                found.append(name)
    return list(dict.fromkeys(found))


def _people(claim: str, source: Source) -> _Verdicts:
    plain = zh.normalise(f"{source.text}\n{source.beside}")
    for name in people(claim):
        yield name, "held" if zh.normalise(name) in plain else "missing"


def _titles(claim: str, source: Source) -> _Verdicts:
    """An office named right before a person must stand before that person in the source: 副主席 is not 主席."""
    plain = zh.normalise(source.text)
    for m in re.finditer(rf"(?P<office>{_OFFICE})(?P<name>{_NAME})", zh.normalise(claim)):
        for size in (2, 3, 4):
            name = m["name"][:size]
            at = plain.find(name)
            if name[0] not in SURNAMES or at < 0:
                continue
            if not any(office == m["office"] for office in re.findall(_OFFICE, plain[max(0, at - 24) : at])):
                yield m["office"] + name, "missing"
            break


_QUOTED = re.compile(r"[“「『《\"]([^”」』》\"]{2,200})[”」』》\"]")
_PUNCTUATION = re.compile(r"[\s，。、；：！？,.;:!?“”‘’\"'「」『』《》（）()—…-]+")


def _quoted(claim: str, source: Source) -> _Verdicts:
    """What stands in quotation marks must stand so in the source; in English, where it is Chinese."""
    plain = _PUNCTUATION.sub("", zh.normalise(f"{source.text}\n{source.beside}"))
    for quote in _QUOTED.findall(claim):
        if zh.has_chinese(quote) or not zh.is_english(claim):
            bare = _PUNCTUATION.sub("", zh.normalise(quote))
            yield quote, "held" if bare in plain else "missing"


_BODY = re.compile(
    rf"(?:(?P<full>[{zh.HAN}]{{4}})有限公司|(?P<own>[{zh.HAN}]{{2}})(?:集团|大学|学院|医院|法院|银行|协会|中学|小学|纪念馆|研究院))"
)
_NO_OWN_NAME = re.compile("[这那该此某各等所家个的名些类座批级与和及或了着过在为从到向对由把被]|人民|中级|高级")


def _bodies(claim: str, source: Source) -> _Verdicts:
    """The name of a company, school or court: what stands right before such a word must stand there too."""
    plain = zh.normalise(f"{source.text}\n{source.beside}")
    for m in _BODY.finditer(zh.normalise(claim)):
        own = m["full"] or m["own"]
        if not _NO_OWN_NAME.search(own) and own not in plain:
            # A verb may stand there (支持银行); of a name the words are unknown, or there are several.
            yield m.group(), "doubtful" if own in zh.words(own) else "missing"


_IN_ENGLISH = re.compile(f"[{zh.HAN}][{zh.HAN}“”·+]*[{zh.HAN}]")


def _chinese_in_english(claim: str, source: Source) -> _Verdicts:
    """Chinese in an English sentence is a name given beside its translation, and copied from the source."""
    if not zh.is_english(claim):
        return
    plain = _PUNCTUATION.sub("", zh.normalise(f"{source.text}\n{source.beside}"))
    for run in _IN_ENGLISH.findall(claim):
        yield run, "held" if _PUNCTUATION.sub("", zh.normalise(run)) in plain else "missing"


_DENIAL = re.compile(
    "没有|并未|尚未|从未|未能|未(?!来)|并非|不得(?!不)|不再|不能|不必|无需|不可|停止|取消|禁止|拒绝|不[要会是应需]"
)


def _denials(claim: str, source: Source) -> _Verdicts:
    """A denial in a sentence whose source denies nothing."""
    near = zh.normalise(source.near)
    if (m := _DENIAL.search(zh.normalise(claim))) and not re.search("[没无未非不]|停止|取消|禁止|拒绝", near):
        yield m.group(), "doubtful"
