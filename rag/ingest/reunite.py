"""Sections that are one article, put together: what a page prints between two parts of an article has cut it in two.

A photo with its caption often stands inside another article's text, and a column may stand on the other side of the title.
Every two sections near each other of which only one has a title, or none, are scored by the signs named below; pairs are taken
best first, until none is above zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rag.ingest.blocks import Block, Shape
from rag.ingest.cues import LAST
from rag.ingest.pairs import overlap
from rag.ingest.seam import fits
from rag.ingest.sections import Section

NEAR = 3
"""Sections between the two parts of an article, at most."""

CLEAR = 0.4
"""Share of a title's character pairs found in a body from which it clearly speaks of it."""


@dataclass(slots=True)
class Part:
    """An article in the making: its blocks as printed, title lines, and the sections it is made of."""

    blocks: list[Block]
    titles: list[Block]
    sections: list[Section] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All of the body in one."""
        return "".join(b.text for b in self.blocks)

    @property
    def caption(self) -> bool:
        """Whether it is a photo's caption."""
        return self.blocks[-1].shape is Shape.CREDIT and not any(
            b.opening or b.shape is Shape.BYLINE for b in self.blocks
        )

    @property
    def first_line(self) -> int:
        """The first line of the page it is printed on."""
        return min(n for b in (*self.blocks, *self.titles) for n in b.lines)


def parts(sections: Sequence[Section]) -> list[Part]:
    """The articles of a page, in the order of their first lines."""
    found = [Part(list(s.body), list(s.titles), [s]) for s in sections]
    give_strays(found)
    while (pair := _best_pair(found)) is not None:
        first, second = found[pair[0]], found[pair[1]]
        first.blocks += second.blocks
        first.titles += second.titles
        first.sections += second.sections
        del found[pair[1]]
    return sorted(found, key=lambda part: part.first_line)


def give_strays(found: Sequence[Part]) -> None:
    """Give title lines that clearly speak of another section, which has no title, to that one."""
    for at, part in enumerate(found):
        for stray, kept in _splits(part.titles):
            text = "".join(b.text for b in stray)
            near = [other for other in found[max(0, at - NEAR) : at + NEAR + 1] if not other.titles]
            best = max(near, key=lambda other: overlap(text, other.text), default=None)
            if best is not None and overlap(text, best.text) >= CLEAR and overlap(text, part.text) <= CLEAR / 2:
                best.titles += stray
                part.titles = kept
                break


def _splits(titles: list[Block]) -> list[tuple[list[Block], list[Block]]]:
    """Every way to take lines off one end, with what is left."""
    return [way for k in range(1, len(titles)) for way in ((titles[k:], titles[:k]), (titles[:k], titles[k:]))]


def _best_pair(found: Sequence[Part]) -> tuple[int, int] | None:
    scored = [
        (score, -i, -j)
        for i, first in enumerate(found)
        for j in range(i + 1, min(len(found), i + NEAR + 2))
        if (score := _one(first, found[j], found[i + 1 : j])) > 0
    ]
    if not scored:
        return None
    _, i, j = max(scored)
    return -i, -j


def _one(first: Part, second: Part, between: Sequence[Part]) -> float:
    """Points for two sections being one article, the first part and the second."""
    if (first.titles and second.titles) or not all(p.caption for p in between) or first.caption or second.caption:
        return -1.0
    last, head = first.blocks[-1], second.blocks[0]
    if last.shape in LAST or head.shape is Shape.JUMP_FROM or head.opening:
        return -1.0
    points = 1.0 if first.titles or second.titles else -1.5
    bylines = [b.text for b in first.blocks if b.shape is Shape.BYLINE]
    end = second.blocks[-1]
    if head.shape is Shape.BYLINE:
        if head.text not in bylines:
            return -1.0
        # The by-line again: the other column, which breaks off or goes on with a text that did.
        points += 2.0 if end.shape is Shape.PARAGRAPH and not end.ended else 0.0
        return points
    if last.shape is Shape.PARAGRAPH and head.shape is Shape.PARAGRAPH and not last.ended:
        return points + 1.0 + fits(last.text, head.text) + (2.0 if head.resumed else 0.0)
    # Both texts are whole; nothing but a caption between them says that they are one.
    return points - 1.0 + 0.5 * bool(between) + (1.0 if head.resumed else 0.0)
