"""Page to lines: what is printed on each line, cleaned of the typesetter's spaces, with its measures and sure marks.

A page's text is lines of a column (or whole paragraphs), with blank lines that may or may not mean anything.
One printed line becomes one :class:`Line`, or several where it holds two things, such as the end of a caption
and its photo credit. No character but white space and Markdown marks is dropped.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from rag.types import Page

HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff〇々"
NAME = rf"[{HAN}]{{1,4}}(?:·[{HAN}]{{1,6}})?"
"""A printed name, or one half of a name of two characters set apart (王 伟)."""

_ROLE = r"(?:(?:本报|新华社|中新社|人民网)?(?:首席|见习|特约)?(?:记者|通讯员|实习生|摄影记者|摄影))"
_NAMES = rf"[：:]?\s*{NAME}(?:[\s、]+(?:{_ROLE}[：:]?\s*)?{NAME})*"
_COLUMN = "(?:观察|调查|手记|来信|述评|视角|视线|见闻|札记|随笔|感言|连线|走基层|在现场|在一线)"
"""With 记者 before it, the name of a column, not of a person."""

_PEOPLE = rf"{_ROLE}{_NAMES}"
_BYLINE = re.compile(rf"^(?!记者{_COLUMN}$){_PEOPLE}(?:\s*(?:文|报道))?$")
_CREDIT = re.compile(
    rf"(?:^|(?<=[。！？”）])\s*)[（(]?(?P<credit>(?:{_PEOPLE}|{NAME})\s*[/／]?(?:摄影报道|摄|供图))[）)]?$"
)
_TRAILING_BYLINE = re.compile(
    rf"^(?P<title>.*?[^。！？；，、：\s（(])\s+(?P<byline>本报(?:首席|见习|特约)?(?:记者|通讯员){_NAMES})$"
)
_JUMP = re.compile(r"[（(]\s*(?P<way>下转|上接|紧接)\s*第?\s*[0-9０-９一二三四五六七八九十]+\s*版[^）)]{0,12}[）)]")
_WIRE = re.compile(r"^[（(](?:据)?(?:新华社|中新社|人民网)[^（）()]{0,24}[电讯][）)]$")
_OPENING = re.compile(
    rf"^(?:本报(?!通讯员)[{HAN}]{{0,6}}(?:[0-9]{{1,2}}月[0-9]{{1,2}}日)?(?:讯|电)|(?:据)?(?:新华社|中新社|人民网)[{HAN}]{{1,8}}(?:[0-9]{{1,2}}月[0-9]{{1,2}}日电|[0-9]{{1,2}}(?:月(?:[0-9]{{1,2}}日?)?)?$)|[（(](?:本报)?记者)"
)
_HEADING_MARK = re.compile(r"^(#{1,6})\s+")
_ONE_HAN = re.compile(f"[{HAN}]")
_EDGE = re.compile(rf"(?<=[{HAN}])[0-9A-Za-z]|[0-9A-Za-z](?=[{HAN}])")
_BOLD = re.compile(r"^\*\*(.+)\*\*$")

TERMINAL = "。！？…；!?;"
CLOSING = "”’』」）)》】\"'"


class Mark(StrEnum):
    """What a line certainly is, by its wording alone."""

    NONE = ""
    BYLINE = "byline"
    CREDIT = "credit"
    JUMP_TO = "jump_to"
    JUMP_FROM = "jump_from"
    WIRE = "wire"


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line, or a part of one.

    ``number`` is 1-based; ``gap`` counts the blank lines before it; ``width`` and ``least`` are its width in
    characters with punctuation set full and set half, as a justified column may; ``level`` is the Markdown
    heading level (0: none), ``bold`` Markdown bold; ``indent`` whether it starts with white space; ``ended`` whether a
    sentence ends with it; ``opening`` whether a report certainly opens here (本报讯, 新华社北京8月27日电); ``stretch`` how
    much wider a justified line may be set: about half a character, a quarter where Chinese meets figures or Latin
    letters, half at each space.
    """

    number: int
    text: str
    gap: int
    mark: Mark = Mark.NONE
    level: int = 0
    bold: bool = False
    indent: bool = False
    width: float = field(init=False)
    least: float = field(init=False)
    stretch: float = field(init=False)
    ended: bool = field(init=False)
    opening: bool = field(init=False)

    def __post_init__(self) -> None:
        width, least = measure(self.text)
        stretch = 0.6 + 0.25 * len(_EDGE.findall(self.text)) + 0.5 * self.text.count(" ")
        opening = self.mark is Mark.NONE and bool(_OPENING.match(self.text))
        measures = {"width": width, "least": least, "stretch": stretch}
        for name, value in {**measures, "ended": _ended(self.text), "opening": opening}.items():
            object.__setattr__(self, name, value)


def _ended(text: str) -> bool:
    bare = text.rstrip(CLOSING)
    if text.endswith(("：", ":")):
        return True
    return bool(bare) and (bare[-1] in TERMINAL or (bare[-1] == "." and not bare[-2:-1].isdigit()))


@cache
def _wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WFA"


@cache
def _squeezable(char: str) -> bool:
    return _wide(char) and unicodedata.category(char).startswith("P")


def _is_han(char: str) -> bool:
    return _ONE_HAN.match(char) is not None


def _keeps_space(before: str, after: str) -> bool:
    """Whether a space between these two characters parts phrases rather than fills the line."""
    latin = before.isascii() and after.isascii()
    han = _is_han(before) or before in "”》』！？"
    return latin or (han and (_is_han(after) or after in "“《『"))


def clean(text: str) -> str:
    """``text`` without the spaces that only fill a justified line.

    Spaces between phrases (凝心聚力 启新程) stay, as one space. A line whose letters are set apart one by one (召 开 的)
    loses all of them: there, nearly all that stands between spaces is single characters. A list of names has longer ones among them.
    """
    text = re.sub(r"[\s\u3000\u200b\ufeff]+", " ", text).strip()
    pieces = [re.sub(r"[^\w]", "", piece) for piece in text.split(" ")]
    pieces = [piece for piece in pieces if piece and not piece.isascii()]
    spaced = len(pieces) > 3 and sum(len(piece) == 1 for piece in pieces) > 0.85 * len(pieces)
    out: list[str] = []
    for i, char in enumerate(text):
        if char == " ":
            before, after = text[i - 1], text[i + 1]
            if (spaced and not (before.isascii() and after.isascii())) or not _keeps_space(before, after):
                continue
        out.append(char)
    return "".join(out)


def measure(text: str) -> tuple[float, float]:
    """``(width, least)``: width in full characters, with punctuation full and with punctuation half."""
    bare = text.replace(" ", "")
    width = sum(1.0 if _wide(c) else 0.5 for c in bare)
    marks = sum(1 for c in bare if _squeezable(c))
    return width, width - marks / 2


def _parts(text: str) -> list[tuple[str, Mark]]:
    """One printed line as its parts: jump marks, credits and bylines set off from what they stand behind."""
    parts: list[tuple[str, Mark]] = []
    rest = text
    tail: list[tuple[str, Mark]] = []
    if m := _JUMP.search(rest):
        mark = Mark.JUMP_TO if m["way"] == "下转" else Mark.JUMP_FROM
        if m.start() == 0:
            parts.append((m.group(), mark))
            rest = rest[m.end() :].strip()
        elif m.end() == len(rest):
            tail.append((m.group(), mark))
            rest = rest[: m.start()].strip()
    if rest and (m := _CREDIT.search(rest)):
        if before := rest[: m.start()].strip():
            parts.append((before, Mark.NONE))
        parts.append((rest[m.start() :].strip(), Mark.CREDIT))
    elif rest and _BYLINE.match(rest):
        parts.append((rest, Mark.BYLINE))
    elif rest and _WIRE.match(rest):
        parts.append((rest, Mark.WIRE))
    elif rest and (m := _TRAILING_BYLINE.match(rest)):
        parts += [(m["title"], Mark.NONE), (m["byline"], Mark.BYLINE)]
    elif rest:
        parts.append((rest, Mark.NONE))
    return parts + tail


def lines(page: Page) -> tuple[Line, ...]:
    """The printed lines of a page in the order they stand, blank ones counted as gaps."""
    found: list[Line] = []
    gap = 0
    for number, raw in enumerate(page.text.splitlines(), start=1):
        stripped = raw.strip()
        level, bold = 0, False
        if m := _HEADING_MARK.match(stripped):
            level, stripped = len(m[1]), stripped[m.end() :]
        if m := _BOLD.match(stripped):
            bold, stripped = True, m[1]
        text = clean(stripped)
        if not text:
            gap += 1
            continue
        for i, (part, mark) in enumerate(_parts(text)):
            indent = i == 0 and raw[:1].isspace()
            found.append(Line(number, part, gap if i == 0 else 0, mark, level, bold, indent))
        gap = 0
    return tuple(found)
