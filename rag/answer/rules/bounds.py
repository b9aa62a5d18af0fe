"""What bounds a question that its words alone do not tell from a report's: the year before, the sixth of several, the one city."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rag.ingest.places import mentions
from rag.numbers import whole
from rag.zh import HAN, normalise

if TYPE_CHECKING:
    from rag.answer.asked.question import Question
    from rag.types import Article

_NTH = re.compile(rf"第(?P<n>[0-9]+|[一二三四五六七八九十百]+)(?![轮次回步])(?P<of>[{HAN}]{{0,2}})")
"""A second round may go by other names (新一轮)."""

_BEFORE = re.compile(
    r"去年|前年|上一年|往年|前一年|\blast (?:year|spring|summer|autumn|winter)\b|\b(?:the )?(?:previous|preceding) year\b|\bthe year before\b"
)
_TOLD_BEFORE = re.compile("去年|前年|上一?年|往年|前一年|一年前|同期|同比|比上年|(?:19|20)[0-9]{2}年?")


def nth(question: str, text: str) -> str:
    """The 第N of ``question`` if ``text`` (normal form) speaks of no Nth thing at all; empty for none."""
    given = {whole(m["n"]) for m in _NTH.finditer(text)}
    for m in _NTH.finditer(normalise(question)):
        value = whole(m["n"])
        if value is not None and value not in given and not (value == 1 and re.search("首|头一|最先|最早", text)):
            return f"第{m['n']}{m['of'][:1]}"
    return ""


def before(question: str, text: str) -> str:
    """The word by which ``question`` asks for the year before, if ``text`` (the evidence) speaks of this year alone; else empty."""
    m = _BEFORE.search(normalise(question))
    return m.group() if m and not _TOLD_BEFORE.search(normalise(text)) else ""


_ALL = re.compile("(?<![与跟和同向])(?:全国|全省|各省|各地|各级|全区各|各市|全自治区)")
"""Counts all of a province; 与各级机关合作 does not."""

_COUNTY = re.compile("[区县旗]$")


def wider(question: Question, sentence: str, article: Article) -> str:
    """The city of ``question`` where ``sentence`` counts all of the province (全省, 山东各级工会) and ``article`` is not of that city; else empty."""
    cities = [p for p in question.places if p.city]
    if not cities or len(cities) < len(question.places) or any(article.city == p.city for p in cities):
        return ""
    named = {r for m in mentions(sentence, strict=False) for r in m.regions}
    return "" if named & set(cities) or not _ALL.search(normalise(sentence)) else "、".join(p.city for p in cities)


def sibling(question: str, sentence: str) -> str:
    """The district or county of ``question`` in whose stead ``sentence`` names another (湖里区 for 思明区); else empty."""
    asked, given = counties(question), counties(sentence)
    plain = normalise(sentence)
    if not asked or not given or any(name[:-1] in plain for name in asked):
        return ""
    return "、".join(asked)


def counties(text: str) -> list[str]:
    """The counties and districts that ``text`` names in full, in order and in normal form."""
    plain = normalise(text)
    return [name for m in mentions(plain, strict=False) if _COUNTY.search(name := plain[m.start : m.end])]
