"""How wide the column is around each line of a page, told from the lines themselves.

A justified line fills its column, less two characters if it opens a paragraph, and give or take what punctuation can
be squeezed and spaces stretched. Every line that does not end a sentence votes for the widths it can fill so; the
width with most votes in the lines before, and behind, is the column's. Width is counted in Chinese characters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt

from rag.ingest.page import Line, Mark

WINDOW = 8
"""How many lines on each side tell a line its column's width."""

FLOWED = 42.0
"""Lines wider than this are whole paragraphs: no newspaper column holds so many characters."""

CAPTION_LINES = 24
"""The most lines a photo's caption holds."""

STEP = 0.5
"""Column widths are told apart to half a character."""

ENOUGH = 3
"""Lines that must vote for a width to be known."""

INDENTED = 0.6
"""Vote for a width that the line fills when indented; a width it fills as it is has 1."""

SQUEEZED = 0.15
"""Lost of a vote for each character by which punctuation must be squeezed."""

Floats = npt.NDArray[np.float64]
_WIDTHS = np.arange(4.0, FLOWED + 4.0, STEP)
DATED = re.compile(r"^[0-9]{1,2}月[0-9]{1,2}日[，,]")
"""How captions begin (12月2日，在…), and no title does."""


@dataclass(frozen=True, slots=True)
class Column:
    """The column around a line: its width in characters, or ``flowed`` where lines are whole paragraphs."""

    widths: tuple[float, ...]
    flowed: bool

    def misfit(self, line: Line, indent: float) -> float:
        """By how many characters ``line`` misses filling the column less ``indent``; 0 when it can fill it."""
        if self.flowed or not self.widths:
            return 0.0
        return min(self._miss(line, w - indent) for w in self.widths)

    def strain(self, line: Line, indent: float, after: Line) -> float:
        """How many characters more the two lines miss when both must fill one and the same column."""
        if self.flowed or not self.widths or line.ended or after.ended:
            return 0.0
        together = min(self._miss(line, w - indent) + self._miss(after, w) for w in self.widths)
        return together - self.misfit(line, indent) - self.misfit(after, 0.0)

    def distance(self, line: Line) -> float:
        """How far the line's width is from that of a full line and of an indented one."""
        return min((abs(line.width - w + d) for w in self.widths for d in (0.0, 2.0)), default=0.0)

    @staticmethod
    def _miss(line: Line, room: float) -> float:
        return max(0.0, line.least - room, room - line.width - line.stretch)

    def slack(self, line: Line) -> float:
        """How many characters ``line`` stops short of the column at its widest setting, at least 0."""
        if self.flowed or not self.widths:
            return 0.0
        return max(0.0, min(w - line.width for w in self.widths))


def columns(lines: Sequence[Line], body: Sequence[bool] = ()) -> list[Column]:
    """The column around each line: the width that most lines before it, and most lines behind it, can fill.

    Each line votes for the widths it fills, and more weakly for those two characters wider: it may be indented.
    Where a first reading has told which lines are ``body`` text, only those of the same stretch vote, if there are
    enough of them: a caption is often set wider or narrower than the report above it.
    """
    votes, counts = _votes(lines)
    captions = _captions(lines)
    found = []
    for i, stretch in enumerate(_stretches(lines, body)):
        low, high = max(0, i - WINDOW), min(len(lines), i + WINDOW + 1)
        flowed = max((x.width for x in lines[low:high] if not x.mark), default=0.0) > FLOWED
        caption = i in captions
        first, end = captions[i] if caption else stretch
        if caption or counts[end] - counts[first] >= ENOUGH:
            low, high = max(low, first), min(high, end)
        sides = [(start, stop) for start, stop in ((low, i + 1), (i, high)) if counts[stop] - counts[start] >= ENOUGH]
        if not sides and counts[high] - counts[low] >= (1 if caption else ENOUGH):
            sides = [(low, high)]
        widths = [float(_WIDTHS[int(np.argmax(votes[stop] - votes[start]))]) for start, stop in sides]
        found.append(Column(tuple(dict.fromkeys(widths)), flowed))
    return found


def _captions(lines: Sequence[Line]) -> dict[int, tuple[int, int]]:
    """For each line of what must be a photo's caption, the lines ``[first, end)`` of it: a dated line, up to a credit."""
    found: dict[int, tuple[int, int]] = {}
    begin = None
    for i, line in enumerate(lines):
        if line.mark is Mark.CREDIT and begin is not None and i - begin <= CAPTION_LINES:
            found |= dict.fromkeys(range(begin, i), (begin, i))
        if line.mark or line.opening:
            begin = None
        elif DATED.match(line.text):
            begin = i
    return found


def _votes(lines: Sequence[Line]) -> tuple[Floats, Floats]:
    """Votes for each width, and the number of lines that vote, summed over the lines before each: ``(n + 1, widths)``, ``(n + 1)``.

    A line says 1 where it fills the width as it is, less the more its punctuation is squeezed.
    """
    asked = np.array([not (x.ended or x.mark or x.level or x.bold) for x in lines], dtype=float)
    first = np.array([begins(x) for x in lines], dtype=bool)[:, None]
    width = np.array([x.width for x in lines])[:, None]
    least = np.array([x.least for x in lines])[:, None]
    most = width + np.array([x.stretch for x in lines])[:, None]

    def fills(room: Floats) -> Floats:
        fits = (room >= least) & (room <= most)
        return np.where(fits, 1.0 - SQUEEZED * np.maximum(0.0, width - room), 0.0)

    indented = fills(_WIDTHS[None, :] - 2.0)
    votes = np.where(first, indented, np.maximum(fills(_WIDTHS[None, :]), INDENTED * indented)) * asked[:, None]
    return np.vstack([np.zeros(len(_WIDTHS)), votes.cumsum(axis=0)]), np.concatenate([[0.0], asked.cumsum()])


def _stretches(lines: Sequence[Line], body: Sequence[bool]) -> list[tuple[int, int]]:
    """For each line the stretch ``[first, end)`` of body lines it stands in; the whole page for the others."""
    if not body:
        return [(0, len(lines))] * len(lines)
    out: list[tuple[int, int]] = []
    for inside, group in groupby(body):
        first, size = len(out), len(list(group))
        out += [(first, first + size) if inside else (0, len(lines))] * size
    return out


def begins(line: Line) -> bool:
    """Whether a report or a caption begins with this line, by its wording."""
    return line.opening or bool(DATED.match(line.text))
