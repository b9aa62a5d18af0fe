"""Lines with their roles to blocks: paragraphs made whole, titles and marks each on their own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import median_low

from rag.ingest.line import Line
from rag.ingest.line_cues import Role
from rag.ingest.marks import Mark
from rag.ingest.names import HAN
from rag.ingest.people import parted
from rag.ingest.roles import roles

_HAN, _LATIN = re.compile(f"[{HAN}]"), re.compile("[A-Za-z]")


class Shape(StrEnum):
    """What a block is."""

    PARAGRAPH = "paragraph"
    DISPLAY = "display"
    BYLINE = "byline"
    CREDIT = "credit"
    JUMP_TO = "jump_to"
    JUMP_FROM = "jump_from"
    WIRE = "wire"
    FURNITURE = "furniture"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or one line that stands alone. ``spacing`` is the usual gap between its lines, -1 for one line.

    ``resumed`` says that its first line is set as one that goes on with another: not indented, under a title or by-line.
    """

    shape: Shape
    text: str
    lines: tuple[int, ...]
    gap: int
    spacing: int = -1
    level: int = 0
    bold: bool = False
    opening: bool = False
    indent: bool = False
    ended: bool = True
    resumed: bool = False


def join(before: str, after: str) -> str:
    """Two pieces of one running text; a space only between two Latin words, and in English text.

    A number cut by the end of a Chinese line (9|000) is one number: there, Chinese characters are near.
    """
    near, edges = before[-12:] + after[:12], before[-1:] + after[:1]
    if len(edges) < 2 or not edges.isascii():
        return before + after
    english = not _HAN.search(near) and _LATIN.search(near) and edges[0] != "-" and edges[1].isalnum()
    return f"{before} {after}" if english or edges.isalpha() else before + after


def extend(block: Block, other: Block) -> Block:
    """``block`` with the text of ``other`` run on behind it."""
    return replace(
        block,
        text=join(block.text, other.text),
        lines=tuple(dict.fromkeys(block.lines + other.lines)),
        ended=other.ended,
    )


def blocks(lines: Sequence[Line], *, whole: bool = False) -> list[Block]:
    """The blocks of a page, in the order printed; ``whole`` where a line should be a paragraph."""
    found: list[Block] = []
    for group in _groups(lines, roles(lines, whole=whole)):
        first, last = group[0][0], group[-1][0]
        text = ""
        for line, _ in group:
            text = f"{text} {line.text}" if parted(text, line.text) else join(text, line.text)
        shape = Shape(first.mark.value) if first.mark is not Mark.NONE else Shape.PARAGRAPH
        if group[0][1] is Role.DISPLAY:
            shape = Shape.DISPLAY
        gaps = [line.gap for line, _ in group[1:]]
        found.append(
            Block(
                shape,
                text,
                tuple(dict.fromkeys(line.number for line, _ in group)),
                first.gap,
                median_low(gaps) if gaps else -1,
                first.level,
                first.bold,
                first.opening,
                first.indent,
                last.ended or last.item,
                group[0][1] is Role.RUNS,
            )
        )
    return found


def _groups(lines: Sequence[Line], found: Sequence[Role | None]) -> list[list[tuple[Line, Role | None]]]:
    groups: list[list[tuple[Line, Role | None]]] = []
    for line, role in zip(lines, found, strict=True):
        if role is Role.RUNS and groups and groups[-1][-1][1] in (Role.OPENS, Role.RUNS):
            groups[-1].append((line, role))
        else:
            groups.append([(line, role)])
    return groups
