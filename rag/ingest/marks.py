"""What a printed line certainly is by its wording alone: by-lines, photo credits, jump marks, agencies' closing lines.

Such things often share a line with something else: the end of a caption and its credit, a title and the next by-line.
"""

from __future__ import annotations

import re
from enum import StrEnum

from rag.ingest.names import HAN, NAME, are_names

_ROLE = r"(?:(?:本报|新华社|中新社|人民网)?(?:首席|见习|特约)?(?:记者|通讯员|实习生|摄影记者|摄影))"
_NAMES = rf"[：:]?\s*{NAME}(?:[\s、]+(?:{_ROLE}[：:]?\s*)?{NAME})*"
_COLUMN = "(?:观察|调查|手记|来信|述评|视角|视线|见闻|札记|随笔|感言|连线|走基层|在现场|在一线)"
"""With 记者 before it, the name of a column, not of a person."""

_PEOPLE = rf"{_ROLE}{_NAMES}"
_BYLINE = re.compile(
    rf"^[□■◆●○▲△★]?\s*(?:[（(](?=本报))?(?!记者{_COLUMN}$){_PEOPLE}(?:\s*(?:文|图|文[/／并]?[图摄]|图文|文字|报道|整理))?[）)]?$"
)
_AUTHOR = rf"作者\s*[：:]\s*(?:{_PEOPLE}|{NAME}(?:[\s、]+{NAME})*)"
_SET_OFF = re.compile(rf"(?:^|(?<=[\s|｜]))(?:{_AUTHOR}|{_PEOPLE})(?=$|\s*[|｜]|\s+\S{{2,6}}[：:]|\s+[0-9])")
LETTER = re.compile(
    rf"^[（(]?(?:北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古"
    rf"|广西|西藏|宁夏|新疆|香港|澳门)(?:[{HAN}]{{2,4}}[市县区])? (?P<name>{NAME})[）)]?$"
)
"""Who wrote a letter to the editor, and where: 山东 王明."""

POST = re.compile(rf"^[□■◆●○▲△★]?\s*{_ROLE}[：:]?$")
"""A post without a name: 本报记者."""

FIRST_ROLE = re.compile(rf"(?={_ROLE})|\s*(?:文[/／并]?[图摄]|图文)$")
"""Where names end and a post begins, or what says that somebody took the pictures, too."""

_CREDIT = re.compile(
    rf"(?:^|(?<=[。！？”）])\s*)[（(]?(?P<credit>(?:{_PEOPLE}|{NAME})\s*[/／]?(?:摄影报道|摄|供图))[）)]?$"
)
_TRAILING_BYLINE = re.compile(
    rf"^(?P<title>.*?[^。；，、：\s（(])\s+(?P<byline>本报(?:首席|见习|特约)?(?:记者|通讯员){_NAMES}(?:\s*(?:文[/／并]?[图摄]|图文))?)$"
)
_JUMP = re.compile(r"[（(]\s*(?P<way>下转|上接|紧接)\s*第?\s*[0-9０-９一二三四五六七八九十]+\s*版[^）)]{0,12}[）)]")
_WIRE = re.compile(r"^[（(](?:据)?(?:新华社|中新社|人民网)[^（）()]{0,24}[电讯][）)]$")
_SIGNED = re.compile(
    rf"(?<=[。！？”])(?:[\s\u3000]+(?P<bare>本报(?:首席|见习|特约)?(?:记者|通讯员){_NAMES})|(?P<set>[（(]\s*(?:本报)?(?:首席|见习|特约)?(?:记者|通讯员){_NAMES}\s*[）)]))\s*$"
)


class Mark(StrEnum):
    """What a line certainly is, by its wording alone."""

    NONE = ""
    BYLINE = "byline"
    CREDIT = "credit"
    JUMP_TO = "jump_to"
    JUMP_FROM = "jump_from"
    WIRE = "wire"
    FURNITURE = "furniture"


def apart_from_text(text: str) -> list[tuple[str, Mark]]:
    """One printed line as its parts: jump marks, credits and bylines set off from what they stand behind."""
    parts: list[tuple[str, Mark]] = []
    rest = text
    tail: list[tuple[str, Mark]] = []
    if "版" in rest and (m := _JUMP.search(rest)):
        mark = Mark.JUMP_TO if m["way"] == "下转" else Mark.JUMP_FROM
        if m.start() == 0:
            parts.append((m.group(), mark))
            rest = rest[m.end() :].strip()
        elif m.end() == len(rest):
            tail.append((m.group(), mark))
            rest = rest[: m.start()].strip()
    if rest and (m := _credit(rest)):
        if before := rest[: m.start()].strip():
            parts.append((before, Mark.NONE))
        parts.append((rest[m.start() :].strip(), Mark.CREDIT))
    elif (rest and _BYLINE.match(rest)) or (rest and (m := LETTER.match(rest)) and are_names(m["name"])):
        parts.append((rest, Mark.BYLINE))
    elif rest and _WIRE.match(rest):
        parts.append((rest, Mark.WIRE))
    elif "本报" in rest and (m := _TRAILING_BYLINE.match(rest)):
        parts += [(m["title"], Mark.NONE), (m["byline"], Mark.BYLINE)]
    elif rest:
        parts.append((rest, Mark.NONE))
    return parts + tail


def set_off(text: str) -> tuple[str, str, str] | None:
    """Who wrote it, and what stands before and behind that, on a line such as 2025-09-12 来源：工人日报 作者：王明."""
    found = _SET_OFF.search(text) if "记者" in text or "作者" in text or "通讯员" in text else None
    return (text[: found.start()].strip(), found.group(), text[found.end() :].strip()) if found else None


def is_byline(text: str) -> bool:
    """Whether a line is nothing but posts and names."""
    return bool(_BYLINE.match(text))


def is_credit(text: str) -> bool:
    """Whether a line ends with a photo's credit."""
    return _credit(text) is not None


def _credit(text: str) -> re.Match[str] | None:
    """The photo's credit that a line ends with. Nearly all lines are told by their last characters."""
    return _CREDIT.search(text) if text.rstrip("）)").endswith(("摄", "供图", "摄影报道")) else None


def signature(line: str) -> str:
    """The by-line at the end of a printed line behind the end of a sentence, with the space before it; empty if there is none.

    Without brackets only where white space sets it apart, for a sentence may begin with 本报记者王明, too.
    """
    found = _SIGNED.search(line) if "记者" in line or "通讯员" in line else None
    return line[found.start() :] if found else ""
