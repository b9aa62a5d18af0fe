"""Columns back in order: a paragraph broken off at the foot of a column is joined to its rest.

Text taken from a page may give the columns of an article in another order than they are read, or with something else between
them. Then a paragraph breaks off without ending its sentence, and elsewhere one begins in the middle of a sentence. Every such
*break* is scored with every paragraph that could be its *rest* (:func:`rag.ingest.seam.fits`, and how near it stands); they are
matched one to one, best pair first. The article is cut before each rest and behind each break, and the pieces are
put together as the matches say:

    a  [rest ... b]  [c ... break]  d   ->   a  [c ... break+rest ... b]  d

What matches nothing stays where it is printed, and is told as a doubt.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.ingest.blocks import Block, Shape, extend
from rag.ingest.line_cues import opener
from rag.ingest.seam import fits
from rag.types import Doubtful

ENOUGH = -0.5
"""The least points at which two pieces are held to be one sentence: one that breaks off has its rest somewhere."""

ENOUGH_LAST = 1.0
"""The same for the last paragraph printed, which may break off because the page does."""

NEXT = 1.5
"""Points for the paragraph printed right behind."""

TOP = 1.0
"""Points for a paragraph at the top of a column: the first one printed, but for a note above the report, or behind a break."""

CLEAR = 1.5
"""By how much a match must exceed the next best one to be beyond doubt."""

RESUMED = 2.0
"""Points for a paragraph whose first line is not indented."""

BEGUN = 2.0
"""Points for a paragraph above the break with an opening or a by-line between the two: the report begins below it."""

MANY = 24
"""Breaks of one article beyond which only what is printed right behind is looked at: such a text is in no columns."""

_LEAD = re.compile(r"近日|日前|记者|今年|去年|[0-9]+月[0-9]+日|在.{2,12}[市县区]")
"""What the first paragraph of a report holds in its first words."""


@dataclass(frozen=True, slots=True)
class Join:
    """Two paragraphs that are one: the numbers of the block that breaks off and of its rest, points, and how clear it is."""

    broken: int
    rest: int
    points: float
    margin: float


@dataclass(frozen=True, slots=True)
class Mended:
    """The blocks of an article in the order they are read, and what is doubtful: what, why, and at which block."""

    blocks: tuple[Block, ...]
    doubts: tuple[tuple[Doubtful, str, int], ...] = ()


def is_broken(blocks: Sequence[Block], i: int) -> bool:
    """Whether paragraph ``i`` breaks off in mid-sentence, and not to go on on another page."""
    if blocks[i].shape is not Shape.PARAGRAPH or blocks[i].ended:
        return False
    return not (i + 1 < len(blocks) and blocks[i + 1].shape is Shape.JUMP_TO)


def joins(blocks: Sequence[Block]) -> list[Join]:
    """Which broken paragraphs go on with which others, one to one."""
    breaks = [i for i in range(len(blocks)) if is_broken(blocks, i)]
    if not breaks:
        return []
    page = "\n".join(b.text for b in blocks) if len(breaks) <= MANY else ""
    heads = [i for i, b in enumerate(blocks) if b.shape is Shape.PARAGRAPH and not b.opening]
    scored = []
    for i in breaks:
        near = heads if page else [j for j in heads if j == i + 1]
        options = [(_points(blocks, i, j, page), j) for j in near if j != i]
        least = ENOUGH_LAST if i == len(blocks) - 1 else ENOUGH
        scored += [(points, i, j) for points, j in options if points >= least]
    taken: set[int] = set()
    given: set[int] = set()
    found = []
    for points, i, j in sorted(scored, key=lambda s: (-s[0], s[1], s[2])):
        if i in taken or j in given:
            continue
        taken.add(i)
        given.add(j)
        rival = max((p for p, a, b in scored if (a == i) != (b == j)), default=0.0)
        found.append(Join(i, j, points, points - rival))
    return found


def _points(blocks: Sequence[Block], broken: int, rest: int, page: str) -> float:
    """How well one paragraph goes on with another; a paragraph that is no rest where it stands is a better one."""
    text = blocks[rest].text
    points = fits(blocks[broken].text, text, page)
    if rest == broken + 1:
        return points + NEXT
    if blocks[rest].resumed:
        points += RESUMED
    before = blocks[rest - 1] if rest else None
    if before is not None and before.shape is Shape.PARAGRAPH and not before.ended:
        # It goes on with what it stands behind, if that is no worse.
        return points + TOP - max(0.0, fits(before.text, text, page) + NEXT)
    if before is not None and before.shape is Shape.DISPLAY and not blocks[rest].resumed:
        return points - TOP
    if rest < broken and any(b.opening or b.shape is Shape.BYLINE for b in blocks[rest + 1 : broken + 1]):
        points += BEGUN
    first = sum(b.shape is Shape.PARAGRAPH for b in blocks[:rest])
    note = any(b.shape is Shape.DISPLAY for b in blocks[:rest])
    return points + (TOP if first <= note else 0.0)


def mend(blocks: Sequence[Block]) -> Mended:
    """The blocks of one article with broken paragraphs made whole and columns in order."""
    found = joins(blocks)
    next_to = {join.broken: join.rest for join in found}
    apart = [join for join in found if join.rest != join.broken + 1]
    doubts: list[tuple[Doubtful, str, int]] = []
    cuts = {0, *(join.rest for join in apart), *(join.broken + 1 for join in apart if join.broken + 1 < len(blocks))}
    for join in apart:
        # A piece that goes on with itself is two columns that have changed places; where the second begins is to be found.
        inside = join.rest < join.broken and not any(join.rest < cut <= join.broken for cut in cuts)
        if inside:
            cut, clear = _second_column(blocks, join)
            cuts.add(cut)
            if not clear:
                doubts.append((Doubtful.ORDER, "where the columns change places is not clear", join.broken))
        if join.margin < CLEAR:
            doubts.append((Doubtful.ORDER, "another paragraph may be the rest of this sentence", join.broken))
    doubts += [
        (Doubtful.ORDER, "a sentence breaks off and nothing goes on with it", i)
        for i in range(len(blocks) - 1)
        if is_broken(blocks, i) and i not in next_to
    ]
    order = _chained(len(blocks), sorted(cuts), {join.broken: join.rest for join in apart})
    out: list[Block] = []
    where: dict[int, int] = {}
    for before, i in zip([-1, *order], order, strict=False):
        if before >= 0 and next_to.get(before) == i:
            out[-1] = extend(out[-1], blocks[i])
        else:
            out.append(blocks[i])
        where[i] = len(out) - 1
    return Mended(tuple(out), tuple((what, why, where[i]) for what, why, i in doubts))


def _second_column(blocks: Sequence[Block], join: Join) -> tuple[int, bool]:
    """Where between a rest and the break above it the column begins that is read first, and whether that is clear."""
    best, at = 0.0, join.broken
    for i in range(join.rest + 1, join.broken + 1):
        block, above = blocks[i], blocks[i - 1]
        points = 0.0
        if block.shape is Shape.BYLINE:
            points = 4.0
        elif above.shape is Shape.BYLINE or (above.shape is Shape.PARAGRAPH and not above.ended):
            continue
        elif block.opening:
            points = 4.0
        elif block.shape is Shape.DISPLAY:
            points = 1.5
        elif join.rest == 0 or blocks[join.rest - 1].shape is not Shape.PARAGRAPH:
            # Nothing is printed before the rest, so that this column has the beginning of the report.
            points = 1.0 * bool(_LEAD.search(block.text[:24])) + 0.5 * (opener(block.text) > 0)
        if points > best:
            best, at = points, i
    return at, best >= 1.5


def _chained(size: int, cuts: Sequence[int], follows: dict[int, int]) -> list[int]:
    """Block numbers in the order read: pieces between ``cuts``, each followed by the one that goes on with its last block."""
    pieces = {low: range(low, high) for low, high in zip(cuts, [*cuts[1:], size], strict=True)}
    after = {low: follows[piece[-1]] for low, piece in pieces.items() if piece[-1] in follows}
    first = {low: low for low in pieces} | {nxt: low for low, nxt in after.items()}
    out: list[int] = []
    done: set[int] = set()
    for low in pieces:
        start, seen = low, {low}
        while first[start] not in seen:
            start = first[start]
            seen.add(start)
        at: int | None = start
        while at is not None and at not in done:
            done.add(at)
            out += pieces[at]
            at = after.get(at)
    return out
