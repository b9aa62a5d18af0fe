"""A printed line, cleaned of the typesetter's spaces, with its measures."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from rag.ingest.marks import Mark
from rag.ingest.names import HAN

_OPENING = re.compile(
    rf"^(?:本报(?!通讯员)[{HAN}]{{0,6}}(?:[0-9]{{1,2}}月[0-9]{{1,2}}日)?(?:讯|电)|(?:据)?(?:新华社|中新社|人民网)[{HAN}]{{1,8}}(?:[0-9]{{1,2}}月[0-9]{{1,2}}日电|[0-9]{{1,2}}(?:月(?:[0-9]{{1,2}}日?)?)?$)|[（(](?:本报)?记者)"
)
_ONE_HAN = re.compile(f"[{HAN}]")
_AIRED = re.compile(rf"(?<=[{HAN}])[ \u3000]+(?=[0-9A-Za-z])|(?<=[0-9A-Za-z%])[ \u3000]+(?=[{HAN}])")
_EDGE = re.compile(rf"(?<=[{HAN}])[0-9A-Za-z]|[0-9A-Za-z](?=[{HAN}])")
_ROLES = re.compile("记者|通讯员|摄影?$|供图$")
_PAIR = re.compile(rf"(?<=[{HAN}])(?=[{HAN}])")
_SPACED_PAIR = re.compile(rf"(?<=[{HAN}]) (?=[{HAN}])")
_SPACED_RUN = re.compile(rf" ?(?<![{HAN}])[{HAN}](?: [{HAN}，。、：；“”（）《》]){{4,}}(?![{HAN}]) ?")

AIR = 0.25
"""Width of such a space in characters, as typesetters have it."""

APART = 0.8
"""Share of neighbouring Chinese characters with a space between them from which a line's letters are set apart."""

TERMINAL = "。！？…；!?;"
CLOSING = "”’』」）)》】\"'"


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line, or a part of one.

    ``number`` is 1-based; ``gap`` counts the blank lines before it; ``width`` and ``least`` are its width in
    characters with punctuation set full and set half, as a justified column may; ``level`` is the Markdown
    heading level (0: none), ``bold`` Markdown bold; ``indent`` whether it starts with white space; ``ended`` whether a
    sentence ends with it; ``opening`` whether a report certainly opens here (本报讯, 新华社北京8月27日电); ``stretch`` how
    much wider a justified line may be set: about half a character, a quarter where Chinese meets figures or Latin
    letters, half at each space. ``item`` says whether it is an item of a Markdown list or a row of a table, ``follow`` how much room
    the next line's first figure or word takes, for want of which this one may stop short, ``aired`` how much the spaces printed
    between Chinese characters and figures take, a quarter of a character each.
    """

    number: int
    text: str
    gap: int
    mark: Mark = Mark.NONE
    level: int = 0
    bold: bool = False
    indent: bool = False
    item: bool = False
    follow: float = 0.0
    aired: float = 0.0
    width: float = field(init=False)
    least: float = field(init=False)
    stretch: float = field(init=False)
    ended: bool = field(init=False)
    opening: bool = field(init=False)

    def __post_init__(self) -> None:
        width, least = (size + self.aired for size in measure(self.text))
        stretch = (
            0.6 + max(0.0, 0.25 * len(_EDGE.findall(self.text)) - self.aired) + 0.5 * self.text.count(" ") + self.follow
        )
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


def aired(text: str) -> float:
    """How many characters the spaces take that are printed between Chinese characters and figures or Latin letters."""
    return AIR * len(_AIRED.findall(text))


def clean(text: str) -> str:
    """``text`` without the spaces that only fill a justified line.

    Spaces between phrases (凝心聚力 启新程) stay, as one space. Letters set apart one by one (召 开 的) lose theirs, be it all of the
    line or a part of it: there, nearly all Chinese characters have a space between them. In a list of names some have none.
    """
    text = re.sub(r"[\s\u3000\u200b\ufeff]+", " ", text).strip()
    if " " not in text:
        return text
    pairs = len(_PAIR.findall(text))
    spaced = len(_SPACED_PAIR.findall(text))
    if spaced > 2 and spaced > APART * (pairs + spaced):
        return "".join(_joined(text, fill=True))
    if not _ROLES.search(text):
        text = _SPACED_RUN.sub(lambda m: m.group().replace(" ", ""), text)
    return "".join(_joined(text, fill=False))


def _joined(text: str, *, fill: bool) -> Iterator[str]:
    """The characters of ``text`` but for the spaces that fill the line; with ``fill`` those between Chinese characters do."""
    for i, char in enumerate(text):
        if char == " ":
            before, after = text[i - 1], text[i + 1]
            if (fill and not (before.isascii() and after.isascii())) or not _keeps_space(before, after):
                continue
        yield char


def measure(text: str) -> tuple[float, float]:
    """``(width, least)``: width in full characters, with punctuation full and with punctuation half."""
    bare = text.replace(" ", "")
    width = sum(1.0 if _wide(c) else 0.5 for c in bare)
    marks = sum(1 for c in bare if _squeezable(c))
    return width, width - marks / 2
