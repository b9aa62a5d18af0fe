"""Page to lines: what is printed on each line, in the order of the columns.

A page's text is lines of a column (or whole paragraphs), with blank lines that may or may not mean anything.
One printed line becomes one :class:`~rag.ingest.line.Line`, or several where it holds two things, such as the end of a caption
and its photo credit. No character but white space, Markdown marks and what nobody sees (:func:`rag.zh.seen`) is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest

from rag.ingest.bylines import over_lines
from rag.ingest.furniture import of_the_page
from rag.ingest.gutter import apart
from rag.ingest.line import Line, aired, clean, measure
from rag.ingest.marks import Mark, apart_from_text, is_credit, set_off, signature
from rag.types import Page
from rag.zh import seen

_HEADING_MARK = re.compile(r"^(#{1,6})\s+")
_BOLD = re.compile(r"^\*\*(.+)\*\*$")
_LEAD_IN = re.compile(r"^\*\*(.{1,24}?)\*\*(?=.)")
_ITEM = re.compile(r"^(?:[-*+•●▪]\s+|\|)")
_RULE = re.compile(r"^[\s|:*_=-]+$")
_UNBROKEN = re.compile(r"^(?:[0-9A-Za-z.%,]+|[“‘《（(]+)")

MOST_FOLLOW = 3.0
"""Characters by which a line stops short at most because what follows cannot be broken."""


def lines(page: Page) -> tuple[Line, ...]:
    """The printed lines of a page in the order they stand, blank ones counted as gaps; columns side by side one after the other."""
    found: list[Line] = []
    gap = 0
    raw = list(apart(seen(page.text).splitlines()))
    printed = [number for number, text in raw if text.strip()]
    edges = {printed[0], printed[-1]} if printed else set()
    for number, line in raw:
        text, level, bold, item = _undressed(line.strip())
        if not text:
            gap += 1
            continue
        if of_the_page(text, edge=number in edges):
            parts = [(" ".join(line.split()), Mark.FURNITURE)]
        elif (around := set_off(" ".join(line.split()))) and of_the_page(f"{around[0]} {around[2]}", edge=False):
            marks = (Mark.FURNITURE, Mark.BYLINE, Mark.FURNITURE)
            parts = [(part, mark) for part, mark in zip(around, marks, strict=True) if part]
        elif (byline := signature(line)) and not is_credit(text):
            text = _undressed(line[: -len(byline)].strip())[0]
            parts = [*apart_from_text(text), (clean(byline), Mark.BYLINE)]
        else:
            parts = [(text, Mark.NONE)] if item else apart_from_text(text)
        for i, (part, mark) in enumerate(parts):
            indent = i == 0 and line[:1].isspace()
            air = aired(line) if len(parts) == 1 else 0.0
            found.append(Line(number, part, gap if i == 0 else 0, mark, level, bold, indent, item, aired=air))
        gap = 0
    return tuple(_followed(list(over_lines(found))))


def _followed(found: Sequence[Line]) -> Iterator[Line]:
    """``found``, each with the room that the next line's beginning would have taken."""
    for line, after in zip_longest(found, found[1:]):
        assert line is not None
        unit = _UNBROKEN.match(after.text) if after is not None else None
        room = measure(unit.group())[0] if unit else 0.0
        yield replace(line, follow=min(MOST_FOLLOW, room)) if room >= 1.0 else line


def _undressed(text: str) -> tuple[str, int, bool, bool]:
    """A line without its Markdown marks: text, rank of the heading, whether it is bold, whether an item of a list or table."""
    level, bold, item = 0, False, False
    if m := _HEADING_MARK.match(text):
        level, text = len(m[1]), text[m.end() :]
    elif m := _ITEM.match(text):
        item = not m.group().startswith("|") or text.count("|") > 1
        if item and m.group() == "|":
            cells = [] if _RULE.match(text) else [clean(cell) for cell in text.split("|")]
            return " ".join(filter(None, cells)), level, bold, item
        if item and m.group()[0] in "-*+":
            text = text[m.end() :]
    if m := _BOLD.match(text):
        bold, text = True, m[1]
    elif m := _LEAD_IN.match(text):
        text = m[1] + text[m.end() :]
    return clean(text), level, bold, item
