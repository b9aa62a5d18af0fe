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

from rag.ingest.line import Line
from rag.ingest.marks import Mark

WINDOW = 8
"""How many lines on each side tell a line its column's width."""

FLOWED = 42.0
"""Lines wider than this are whole paragraphs: no newspaper column holds so many characters."""

ENDED, TOLD = 0.8, 0.45
"""Share of lines that end a sentence from which lines are whole paragraphs; the same where the format says so. In columns it is a third."""

FEW = 12
"""Lines below which a page of such a format is not doubted."""

CAPTION_LINES = 24
"""The most lines a photo's caption holds."""

STEP = 0.5
"""Column widths are told apart to half a character."""

ENOUGH = 3
"""Lines that must vote for a width to be known."""

INDENTED = 0.6
"""Vote for a width that the line fills when indented; a width it fills as it is has 1."""

OUTRUN = 0.7
"""Lost of the votes for a width that the last line of a paragraph outruns."""

SQUEEZED = 0.15
"""Lost of a vote for each character by which a line must be squeezed or stretched."""

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

    def fill(self, line: Line, indent: float) -> tuple[float, float]:
        """How much of what it can be the line is squeezed, and stretched, to fill the column less ``indent``: 0 to 1 each."""
        if self.flowed or not self.widths:
            return 0.0, 0.0
        room = min((w - indent for w in self.widths), key=lambda room: self._miss(line, room))
        squeeze = (line.width - room) / max(0.5, line.width - line.least)
        stretch = (room - line.width - line.follow) / max(0.5, line.stretch - line.follow)
        return min(1.0, max(0.0, squeeze)), min(1.0, max(0.0, stretch))

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


def columns(lines: Sequence[Line], body: Sequence[bool] = (), *, whole: bool = False) -> list[Column]:
    """The column around each line: the width that most lines before it, and most lines behind it, can fill.

    Where nearly every line ends a sentence, lines are paragraphs and there are no columns; fewer will do if the page comes in a
    format whose lines are ``whole`` paragraphs, but people put columns line by line into those, too.

    Each line votes for the widths it fills, and more weakly for those two characters wider: it may be indented.
    Where a first reading has told which lines are ``body`` text, only those of the same stretch vote, if there are
    enough of them: a caption is often set wider or narrower than the report above it.
    """
    if _whole(lines, told=whole):
        return [Column((), flowed=True)] * len(lines)
    votes, counts = _votes(lines)
    captions = _captions(lines)
    wide = [0.0 if line.mark else line.width for line in lines]
    asked: list[tuple[bool, list[tuple[int, int]]]] = []
    for i, stretch in enumerate(_stretches(lines, body)):
        low, high = max(0, i - WINDOW), min(len(lines), i + WINDOW + 1)
        flowed = max(wide[low:high]) > FLOWED
        caption = i in captions
        first, end = captions[i] if caption else stretch
        if caption or counts[end] - counts[first] >= ENOUGH:
            low, high = max(low, first), min(high, end)
        sides = [(start, stop) for start, stop in ((low, i + 1), (i, high)) if counts[stop] - counts[start] >= ENOUGH]
        if not sides and counts[high] - counts[low] >= (1 if caption else ENOUGH):
            sides = [(low, high)]
        asked.append((flowed, sides))
    spans = list(dict.fromkeys(span for _, sides in asked for span in sides))
    starts, stops = (np.array([span[k] for span in spans], dtype=int) for k in (0, 1))
    best = dict(zip(spans, _WIDTHS[np.argmax(votes[stops] - votes[starts], axis=1)].tolist(), strict=True))
    return [Column(tuple(dict.fromkeys(best[span] for span in sides)), flowed) for flowed, sides in asked]


def _whole(lines: Sequence[Line], *, told: bool) -> bool:
    plain = [line.ended for line in lines if not (line.mark or line.level or line.bold or line.item)]
    if told and len(plain) < FEW:
        return True
    return bool(plain) and sum(plain) >= (TOLD if told else ENDED) * len(plain)


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


def _votes(lines: Sequence[Line]) -> tuple[Floats, list[float]]:
    """Votes for each width, and the number of lines that vote, summed over the lines before each: ``(n + 1, widths)``, ``(n + 1)``.

    A line says 1 where it fills the width as it is, less the more it is squeezed or stretched.
    """
    asked = np.array([not (x.ended or x.mark or x.level or x.bold) for x in lines], dtype=float)
    first = np.array([begins(x) for x in lines], dtype=bool)[:, None]
    width = np.array([x.width for x in lines])[:, None]
    least = np.array([x.least for x in lines])[:, None]
    most = width + np.array([x.stretch for x in lines])[:, None]

    def fills(room: Floats) -> Floats:
        fits = (room >= least) & (room <= most)
        return np.where(fits, 1.0 - SQUEEZED * np.abs(width - room), 0.0)

    indented = fills(_WIDTHS[None, :] - 2.0)
    votes = np.where(first, indented, np.maximum(fills(_WIDTHS[None, :]), INDENTED * indented)) * asked[:, None]
    # The last line of a paragraph fills no column, but it goes into it.
    last = np.array([x.ended and not (x.mark or x.level or x.bold) for x in lines], dtype=bool)[:, None]
    votes -= OUTRUN * (last & (least > _WIDTHS[None, :]))
    return np.vstack([np.zeros(len(_WIDTHS)), votes.cumsum(axis=0)]), [0.0, *asked.cumsum().tolist()]


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
