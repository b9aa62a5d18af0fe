"""Characters with their places on a sheet to lines in reading order, as the page parser takes them.

1. Characters on one baseline are a row. A row is cut at a gap that goes on through most rows above and below it: a gutter
   between columns. Other gaps are spaces.
2. Lines right below each other, of one size, with nothing beside them in between, are a block: a column, a title.
3. The sheet is cut where white space runs through all of it, across above a title or below one, else down, and so are its
   parts (XY cut: Nagy and Seth, 1984). Blocks that no white space parts are read in the order of Breuel (High Performance
   Document Layout Analysis, 2003): a before b if a stands above b and they share some width, or if a stands left of b and
   nothing that lies between them in height spans both.
4. Lines larger than the body text are marked as headings, indents become two spaces; a blank line stands where blocks stand
   off from each other, none where one column runs on in the next.

Lengths are in points, y grows downwards. ``em`` is a character's size.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from statistics import median

GAP = 0.8
"""Ems of white space within a row that may be a gutter."""

READ = 0.4
"""The same between two lines read from a picture, whose boxes are wider than their letters."""

STRIP = 0.6
"""Ems of the strip of a gap that must go on."""

WIDE = 2.0
"""Ems of white space that part two columns where no rows around tell."""

AROUND = 3
"""How many rows on each side tell whether a gap is a gutter."""

LEADING = 2.2
"""Most ems from one baseline of a block to the next."""

ALIKE = 1.15
"""Sizes within this ratio are one size."""

DISPLAY = 1.25
"""How many times the body size a heading is set in at least."""

SPACE = 0.6
"""Ems of white space between two Chinese characters that are a space; justified lines are stretched by up to a third."""

LATIN_SPACE = 0.2
"""The same between Latin letters and figures, and where the file itself has a space."""

MOST_LINES = 6000
"""Lines up to which blocks are looked for; a broadsheet has 1,500. A sheet of more, a chart or a table, is read row by row."""

MOST_BLOCKS = 150
"""Blocks no white space parts up to which their order is worked out; more are read row by row."""

_HEADING = re.compile(r"[\u3400-\u9fffA-Za-z]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A character, or several on one line: its text, from ``left`` to ``right``, its baseline ``y``, its size ``em``.

    ``spaced`` is set where the file has a space right before it.
    """

    text: str
    left: float
    right: float
    y: float
    em: float
    spaced: bool = False


@dataclass(slots=True)
class _Line:
    """Pieces on one baseline, from left to right; ``lefts`` are their left edges, ``rights`` how far those so far reach."""

    pieces: list[Piece]
    left: float
    right: float
    y: float
    em: float
    lefts: list[float] = field(default_factory=list)
    rights: list[float] = field(default_factory=list)

    @classmethod
    def of(cls, pieces: list[Piece]) -> _Line:
        lefts, rights = [p.left for p in pieces], list(accumulate((p.right for p in pieces), max))
        return cls(
            pieces, lefts[0], rights[-1], median(p.y for p in pieces), median(p.em for p in pieces), lefts, rights
        )

    def covers(self, low: float, high: float) -> bool:
        """Whether a piece stands between ``low`` and ``high``."""
        before = bisect_left(self.lefts, high)
        return before > 0 and self.rights[before - 1] > low

    @property
    def text(self) -> str:
        out = [self.pieces[0].text]
        for before, piece in pairwise(self.pieces):
            gap = (piece.left - before.right) / self.em
            latin = before.text[-1:].isascii() and piece.text[:1].isascii()
            if gap > (LATIN_SPACE if latin or piece.spaced else SPACE):
                out.append(" ")
            out.append(piece.text)
        return "".join(out)


@dataclass(slots=True)
class _Block:
    lines: list[_Line]
    left: float
    right: float
    top: float
    bottom: float
    em: float

    @classmethod
    def of(cls, lines: list[_Line]) -> _Block:
        em = median(line.em for line in lines)
        left, right = min(line.left for line in lines), max(line.right for line in lines)
        return cls(lines, left, right, lines[0].y - em, lines[-1].y, em)


def text(pieces: Sequence[Piece]) -> str:
    """The lines of a sheet in reading order, one a line; empty for no pieces."""
    pieces = _once([p for p in pieces if p.text.strip() and p.em > 0])
    if not pieces:
        return ""
    lines = _lines(pieces)
    if len(lines) > MOST_LINES:
        return "\n".join(line.text for line in lines) + "\n"
    blocks = [_upright(_Block.of(block)) for block in _blocks(lines)]
    sizes = sorted(p.em for p in pieces for _ in p.text)
    body = sizes[len(sizes) // 2]
    return _render(_merged(_ordered(blocks, body)), body)


def _once(pieces: Sequence[Piece]) -> list[Piece]:
    """Each piece once: bold letters are often printed twice, a hair apart."""
    seen: set[tuple[str, int, int]] = set()
    out = []
    for p in pieces:
        step = max(p.em * 0.2, 0.01)
        x, y = round(p.left / step), round(p.y / step)
        if not any((p.text, x + dx, y + dy) in seen for dx in (-1, 0, 1) for dy in (-1, 0, 1)):
            out.append(p)
        seen.add((p.text, x, y))
    return out


# --- rows and lines -----------------------------------------------------------------------------


def _rows(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Pieces on one baseline and of about one size, from left to right; rows from top to bottom."""
    rows: list[list[Piece]] = []
    open_: list[list[Piece]] = []
    for p in sorted(pieces, key=lambda p: (p.y, p.left)):
        open_ = [row for row in open_ if p.y - row[0].y <= 0.3 * max(p.em, row[0].em)]
        near = [row for row in open_ if p.y - row[0].y <= 0.3 * min(p.em, row[0].em) and _alike(p.em, row[0].em, 1.6)]
        if near:
            near[-1].append(p)
        else:
            rows.append([p])
            open_.append(rows[-1])
    return [sorted(row, key=lambda p: p.left) for row in rows]


def _alike(a: float, b: float, ratio: float = ALIKE) -> bool:
    return max(a, b) <= ratio * min(a, b)


def _lines(pieces: Sequence[Piece]) -> list[_Line]:
    """Rows cut at gutters."""
    rows = [_Line.of(row) for row in _rows(pieces)]
    out: list[_Line] = []
    for i, row in enumerate(rows):
        part = [row.pieces[0]]
        for before, piece in pairwise(row.pieces):
            gap = (before.right, piece.left)
            # Who read whole lines from a picture has parted columns already.
            read = len(before.text) > 1 or len(piece.text) > 1
            white = (gap[1] - gap[0]) / row.em
            if white > READ if read else white > GAP and _is_gutter(*gap, row.em, _around(rows, i, *gap)):
                out.append(_Line.of(part))
                part = []
            part.append(piece)
        out.append(_Line.of(part))
    return out


def _around(rows: Sequence[_Line], i: int, left: float, right: float) -> list[_Line]:
    """The rows of the same size next to row ``i`` on each side, one below the other, that reach across the gap."""
    found = []
    for step in (-1, 1):
        last, j, size = rows[i], i + step, 0
        while 0 <= j < len(rows) and abs(rows[j].y - last.y) <= LEADING * last.em and size < AROUND:
            row = rows[j]
            if row.left < left and row.right > right and _alike(row.em, last.em):
                found.append(row)
                last, size = row, size + 1
            j += step
    return found


def _is_gutter(left: float, right: float, em: float, around: Sequence[_Line]) -> bool:
    """Whether some strip of the white space from ``left`` to ``right`` goes on through most rows around it."""
    if not around:
        return right - left > WIDE * em
    strip = STRIP * em
    steps = max(1, min(40, int((right - left - strip) / (strip / 2))))
    best = 0
    for k in range(steps + 1):
        low = left + (right - left - strip) * k / steps
        best = max(best, sum(not row.covers(low, low + strip) for row in around))
    return best > 0.6 * len(around)


# --- blocks -------------------------------------------------------------------------------------


def _share(a: _Line | _Block, b: _Line | _Block) -> float:
    return min(a.right, b.right) - max(a.left, b.left)


def _blocks(lines: Sequence[_Line]) -> list[list[_Line]]:
    """Lines that follow each other downwards, each the only one above the next and the only one below the last."""
    lines = sorted(lines, key=lambda line: line.y)
    below: dict[int, list[int]] = defaultdict(list)
    above: dict[int, list[int]] = defaultdict(list)
    for i, line in enumerate(lines):
        first = None
        for j in range(i + 1, len(lines)):
            other = lines[j]
            if other.y - line.y > LEADING * max(line.em, other.em) or (
                first is not None and other.y - lines[first].y > 0.5 * other.em
            ):
                break
            if other.y - line.y > 0.5 * line.em and _share(line, other) > 0:
                first = j if first is None else first
                below[i].append(j)
                above[j].append(i)
    out: list[list[_Line]] = []
    taken: set[int] = set()
    for i in range(len(lines)):
        if i in taken:
            continue
        block = [i]
        while len(after := below[block[-1]]) == 1 and _joins(lines, block[-1], after[0], above[after[0]]):
            block.append(after[0])
        taken.update(block)
        out.append([lines[k] for k in block])
    return out


def _joins(lines: Sequence[_Line], i: int, j: int, above: Sequence[int]) -> bool:
    # Of what stands above j, only what is nearest counts.
    nearest = max(lines[k].y for k in above)
    near = [k for k in above if nearest - lines[k].y < 0.5 * lines[k].em]
    return near == [i] and _alike(lines[i].em, lines[j].em)


def _upright(block: _Block) -> _Block:
    """A block of single characters below each other is a line set downwards (a vertical title)."""
    if len(block.lines) < 3 or any(line.right - line.left > 1.3 * line.em for line in block.lines):
        return block
    if any(b.y - a.y > 1.6 * block.em for a, b in pairwise(block.lines)):
        return block
    pieces = [p for line in block.lines for p in line.pieces]
    set_out = [
        Piece(p.text, i * block.em, (i + 1) * block.em, block.lines[0].y, block.em) for i, p in enumerate(pieces)
    ]
    line = _Line(set_out, block.left, block.right, block.lines[0].y, block.em)
    return _Block([line], block.left, block.right, block.top, block.bottom, block.em)


def _ordered(blocks: Sequence[_Block], body: float) -> list[_Block]:
    """The blocks as they are read; ``body`` is the size of the body text."""
    blocks = sorted(blocks, key=lambda b: (b.top, b.left))
    out: list[_Block] = []
    todo = [blocks]
    while todo:
        region = todo.pop()
        parts = _parts(region, body)
        if len(parts) > 1:
            todo += reversed(parts)
        else:
            out += region if len(region) > MOST_BLOCKS else _by_neighbours(region)
    return out


def _parts(region: list[_Block], body: float) -> list[list[_Block]]:
    """A region cut where white space runs through all of it, in the order its parts are read."""
    if len(region) < 2:
        return [region]
    bands = _cut(region, lambda b: (b.top, b.bottom))
    whole: list[list[_Block]] = []
    for band in bands:
        # White space that runs across is the end of a story only if another begins below it, or what is above is a title.
        titles = bool(whole) and all(_is_display(b, body) for b in whole[-1])
        if not whole or (len(whole[-1]) == 1 if titles else _is_head(band, body)):
            whole.append([])
        whole[-1] += band
    return whole if len(whole) > 1 else _cut(region, lambda b: (b.left, b.right))


def _cut(region: Sequence[_Block], span: Callable[[_Block], tuple[float, float]]) -> list[list[_Block]]:
    """The region in the pieces that its projection on one side falls into."""
    out: list[list[_Block]] = []
    end = -math.inf
    for block in sorted(region, key=lambda b: span(b)[0]):
        low, high = span(block)
        if low >= end:
            out.append([])
        out[-1].append(block)
        end = max(end, high)
    return out


def _is_display(block: _Block, body: float) -> bool:
    return block.em >= DISPLAY * body


def _is_head(band: Sequence[_Block], body: float) -> bool:
    """Whether a band of a region opens with a title, and nothing but titles stands beside it."""
    titles = [b for b in band if _is_display(b, body)]
    first = min(titles, key=lambda b: b.top, default=None)
    return first is not None and all(_is_display(b, body) for b in band if b.top < first.bottom)


def _by_neighbours(blocks: Sequence[_Block]) -> list[_Block]:
    """Blocks no white space parts, by Breuel's rules."""
    before: list[set[int]] = [set() for _ in blocks]
    for i, a in enumerate(blocks):
        for j, b in enumerate(blocks):
            if _share(a, b) > 0:
                if (a.top + a.bottom, i) < (b.top + b.bottom, j):
                    before[j].add(i)
            elif a.right <= b.left and not _parted(blocks, a, b):
                before[j].add(i)
    out: list[_Block] = []
    left = set(range(len(blocks)))
    while left:
        ready = [i for i in left if not before[i] & left]
        # A circle (overlapping boxes) is opened at what has least before it.
        chosen = min(ready) if ready else min(left, key=lambda i: (len(before[i] & left), i))
        if ready and out:
            # What was just freed by the last block goes on from it.
            chosen = min(ready, key=lambda i: (_distance(out[-1], blocks[i]), i))
        out.append(blocks[chosen])
        left.remove(chosen)
    return out


def _distance(a: _Block, b: _Block) -> tuple[bool, bool, float, float]:
    """What is read on after ``a``: first what is below it, then what is beside it, then the topmost of the rest."""
    below = _share(a, b) > 0 and b.top >= a.bottom - a.em
    return (not below, b.left < a.right, b.top, b.left)


def _parted(blocks: Sequence[_Block], a: _Block, b: _Block) -> bool:
    """Whether something between ``a`` and ``b`` in height spans both."""
    top, bottom = min(a.bottom, b.bottom), max(a.top, b.top)
    low, high = min(top, bottom), max(top, bottom)
    for c in blocks:
        if c is a or c is b:
            continue
        middle = (c.top + c.bottom) / 2
        if low <= middle <= high and _share(c, a) > 0 and _share(c, b) > 0:
            return True
    return False


def _merged(blocks: Sequence[_Block]) -> list[_Block]:
    """Blocks that are read one after the other and stand right below each other as one: a short line parted them."""
    out = [blocks[0]]
    for block in blocks[1:]:
        last = out[-1]
        close = 0.5 * last.em < block.lines[0].y - last.lines[-1].y <= LEADING * last.em
        if close and _alike(last.em, block.em) and abs(block.left - last.left) <= 2.5 * last.em:
            out[-1] = _Block.of([*last.lines, *block.lines])
        else:
            out.append(block)
    return out


# --- text ---------------------------------------------------------------------------------------


def _render(blocks: Sequence[_Block], body: float) -> str:
    out: list[str] = []
    for i, block in enumerate(blocks):
        display = block.em >= DISPLAY * body and any(_HEADING.search(line.text) for line in block.lines)
        if i and not _runs_on(blocks[i - 1], block):
            out.append("")
        edge = sorted(line.left for line in block.lines)[len(block.lines) // 3]
        for line in block.lines:
            if display:
                out.append(f"{'#' * _level(blocks, i, body)} {line.text}")
            else:
                indented = len(block.lines) > 1 and 1.2 <= (line.left - edge) / line.em <= 3.5
                out.append(("\u3000\u3000" if indented else "") + line.text)
    return "\n".join(out) + "\n"


def _runs_on(before: _Block, block: _Block) -> bool:
    """Whether ``block`` is the next column of the same text."""
    return _alike(before.em, block.em) and block.top < before.bottom and block.left > before.left


def _level(blocks: Sequence[_Block], i: int, body: float) -> int:
    """1 for the largest of the headings that stand together, 2 for the others."""
    first = last = i
    while first and blocks[first - 1].em >= DISPLAY * body:
        first -= 1
    while last + 1 < len(blocks) and blocks[last + 1].em >= DISPLAY * body:
        last += 1
    return 1 if _alike(blocks[i].em, max(block.em for block in blocks[first : last + 1])) else 2
