"""Follow-up questions made whole from what was asked before, by rules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.answer.asked.question import Question, read
from rag.answer.asked.topic import topic
from rag.answer.stated.facts import bodies, english_places, people
from rag.ingest.places import Mention, mentions
from rag.zh import is_english, normalise

_POINTS_BACK = re.compile(
    r"^(?:那么?|这|该|其|此|他|她|它|还有|另外|同时|后来|结果|然后|也|受益|具体|当[时年天地场]|[那这][时年天次里])|(?:这|那|该|其|他|她|它)(?:个|些|次|项|里|家|位|份|种|篇|们|的|活动|学校|工会|公司)"
    r"|上面|上述|刚才|前面|\b(?:it|its|they|their|them|that|this|those|these|he|she|his|her|there)\b"
)
_BEGINS_BACK = re.compile(r"^(?:(?:他|她|它)们?|该|此|这|其(?!他|余))")
_ALIKE = re.compile("类似|同样的|一样的|也(?:有|是|这样)吗")
_ABOUT = re.compile(
    r"^(?P<ask>那么?|换成|换做|如果是|要是|至于)?\s*(?P<thing>.{1,12}?)(?:的?(?:话|情况))?的?(?P<tail>呢|怎么样|怎样|如何|又如何|又怎么样)?[？?。.]*$"
)
_ABOUT_ENGLISH = re.compile(
    r"^(?:and|so|but|what about|how about|and what about|and how about)\s+(?:(?:in|for|at|of|by|with|from)\s+)?(?P<thing>.{2,40}?)\s*[?.]*$",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?:年|(?![0-9]))|今年|去年|前年|明年")
_NEXT_YEAR = {"前一年": -1, "上一年": -1, "后一年": 1, "第二年": 1, "下一年": 1, "次年": 1}
_BEHIND_PLACE = re.compile(
    "(?P<own>(?:省|市|县|区|工会|总工会|省总工会|市总工会|省总|市总|经开区|高新区|开发区|新区|园区)?)(?:那边|这边|那里|这里|方面|地区)?$"
)
_OF_A_PLACE = re.compile("^(?:省|市|县|区)?(?:那边|这边|那里|这里|方面|当地)")
_THERE = re.compile("^(?:省|市|县|区)?(?:那边|这边|那里|这里|方面|当地)?呢?[，,]?")
_ANOTHER = re.compile("^那么?(?![个些次项里家位份种篇边时年天])")
_SERIES = ("前中后", "上中下", "一二三四五六七八九十", "1234567890", "省市县", "男女")
"""Characters by which things of one kind differ: 会前, 会中, 会后; 一等奖, 二等奖."""

ENOUGH_WORDS = 6
"""A question with so many content words of its own, or a place or a name, stands alone."""


@dataclass(frozen=True, slots=True)
class Understood:
    """A question as it is understood: ``shown`` to the person, ``query`` for the search."""

    shown: str
    query: str
    follows: bool = False
    """Whether it was read with a question before it."""


def rewrite(question: str, history: Sequence[str]) -> Understood:
    """``question`` made whole from the earlier questions of ``history``, oldest first.

    A question that stands alone stays as it is. 那山东呢？ takes the place or year of the one before out and its own in,
    and the question after it is read against the result. Any other one is read together with what the last that was whole
    is about; what that one asks is left out, for its answer is not wanted again.
    """
    whole, understood = "", Understood(question, question)
    for asked in (*(h for h in history if h.strip()), question):
        whole, understood = _next(asked, whole)
    return understood


def _next(question: str, whole: str) -> tuple[str, Understood]:
    """What the questions after ``question`` are read against, and ``question`` as it is understood after ``whole``."""
    if not whole or not leans(question):
        return question, Understood(question, question)
    if swapped := _swap(question, whole):
        return swapped, Understood(swapped, swapped, follows=True)
    own, before = _places(question), _places(whole)
    if _ANOTHER.match(question) and len(_own(read(question))) >= ENOUGH_WORDS:
        # 那一线职工上大学项目推荐了多少人: another matter, of the same place.
        named = f"{_name(whole, before)}{_ANOTHER.sub('', question)}"
        return named, Understood(named, named, follows=True)
    if own and not own[0].start and _adjacent(before) and not _inside(own, before):
        # 三亚那边停了哪些: the matter is that of before, the place its own.
        whole = whole[: before[0].start] + _name(question, own) + whole[before[-1].end :]
        question = _THERE.sub("", question[own[-1].end :]) or question
    about, mark, comma = whole.rstrip("？?。. "), "？", "，"
    if is_english(whole):
        mark = comma = "? "
    else:
        about = topic(whole) or about
    # The question mark parts what is asked now from what it is about, for whoever takes the query apart.
    return whole, Understood(f"{about}{comma}{question}", f"{about}{mark}{question}", follows=True)


def leans(text: str) -> bool:
    """Whether a question needs the one before it: it points back, asks only 那山东呢？, or names too little of its own."""
    question, plain = read(text), normalise(text).strip()
    if _thing(text):
        return True
    short = len(_own(question)) < ENOUGH_WORDS
    if question.places or question.quoted:
        places = _places(plain)
        beside = bool(places) and not places[0].start and _OF_A_PLACE.match(plain[places[-1].end :]) is not None
        back = _BEGINS_BACK.match(plain) is not None or beside
        return back or (short and _ALIKE.search(plain) is not None)
    if not _BEGINS_BACK.match(plain) and (people(plain) or bodies(plain)):
        return False
    # 从那些专业 is a misspelt 哪些.
    return short or _POINTS_BACK.search(re.sub("(?<=[从有是在])那些", "哪些", plain)) is not None


def _own(question: Question) -> list[str]:
    return [w for w in question.words if len(w) > 1 or w.isascii()]


def _thing(question: str) -> str:
    """What 那山东呢？ or "What about Suzhou?" asks about, if that is all it says: a place, a year, or a few characters."""
    text = question.strip()
    if m := _ABOUT_ENGLISH.match(text):
        return str(m["thing"])
    m = _ABOUT.match(text)
    if not m or not (m["ask"] or m["tail"]):
        return ""
    thing = m["thing"].strip()
    places = _places(thing)
    if places:
        return thing if _BEHIND_PLACE.fullmatch(thing[places[-1].end :]) and not places[0].start else ""
    return thing if m["tail"] == "呢" or _YEAR.fullmatch(thing) or thing in _NEXT_YEAR else ""


def _adjacent(places: list[Mention]) -> bool:
    """Whether there is one place, however many words long (山东省济宁市)."""
    return bool(places) and all(a.end == b.start for a, b in pairwise(places))


def _name(text: str, places: list[Mention]) -> str:
    return text[places[0].start : places[-1].end] if _adjacent(places) else ""


def _inside(inner: list[Mention], outer: list[Mention]) -> bool:
    """Whether a place lies in the other: 三亚 in 海南."""
    provinces = {r.province for m in outer for r in m.regions if not r.city}
    return any(r.province in provinces for m in inner for r in m.regions)


def _places(text: str) -> list[Mention]:
    return english_places(text) if is_english(text) else mentions(text, strict=False)


def _swap(question: str, whole: str) -> str:
    """``whole`` with its place, year or the like replaced by the one that ``question`` asks about, or nothing."""
    thing = _thing(question)
    if not thing:
        return ""
    old, new = _places(whole), _places(thing)
    if new:
        # Only one place, however many words long (山东省济宁市), can be replaced without guessing.
        if _adjacent(old):
            behind = _BEHIND_PLACE.fullmatch(thing[new[-1].end :]) if not is_english(thing) else None
            put = thing[: new[-1].end] + (behind["own"] if len(behind["own"]) > 2 else "") if behind else thing
            return whole[: old[0].start] + put + whole[old[-1].end :]
        return ""
    if year := _YEAR.search(whole):
        number = re.match("[0-9]{4}", year.group())
        if thing in _NEXT_YEAR and number:
            thing = f"{int(number.group()) + _NEXT_YEAR[thing]}年"
        if _YEAR.fullmatch(thing):
            put = thing if thing.endswith("年") or not year.group().endswith("年") else thing + "年"
            return whole[: year.start()] + put + whole[year.end() :]
    return _swap_in_series(thing, whole)


def _swap_in_series(thing: str, whole: str) -> str:
    """``whole`` with 会前 replaced by 会后, if ``thing`` is 会后."""
    if len(thing) < 2:
        return ""
    for at, character in enumerate(thing):
        for series in _SERIES:
            for other in series if character in series else "":
                before = thing[:at] + other + thing[at + 1 :]
                if other != character and whole.count(before) == 1:
                    return whole.replace(before, thing)
    return ""
