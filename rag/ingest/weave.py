"""Two columns that a page's text gives line by line in turn, put one behind the other.

Some programs read a page across: first line of the left column, first line of the right one, second line of the left one.
Every line that does not end a sentence says how well the next line goes on with it, and how well the one after
that does (:func:`rag.ingest.seam.crosses`). A stretch where the latter is better, by all of its lines together, is taken for two columns
(Viterbi over the two readings, with a price for each change).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from rag.ingest.line import Line
from rag.ingest.line_cues import opener
from rag.ingest.marks import Mark
from rag.ingest.seam import crosses
from rag.zh import is_word

CHANGE = 4.0
"""Points lost where a stretch of lines in turn begins or ends."""

FEWEST = 6
"""Lines that a stretch must have."""

REACH = 4
"""Lines by which the first and last line of a stretch may be off at first."""

PLAIN = -1.4
"""Points of a line for being one of two columns in turn where a word goes on from it into the next line."""


def unwoven(lines: Sequence[Line]) -> tuple[Line, ...]:
    """``lines`` with columns printed in turn put one behind the other."""
    points = _points(lines)
    if not points:
        return tuple(lines)
    out: list[Line] = []
    at = 0
    for first, last in _stretches(points):
        low, high = _edges(lines, first, last, at)
        out += lines[at:low]
        out += [*lines[low:high:2], *lines[low + 1 : high : 2]]
        at = high
    return (*out, *lines[at:])


def _points(lines: Sequence[Line]) -> list[float]:
    """For each line, by how much it goes on better with the line after the next; empty where all lines read on."""
    plain = [_reads_on(line, after) for line, after in pairwise(lines)]
    points = [PLAIN] * len(lines)
    found = False
    run = 0
    for i, fine in enumerate([*plain, True]):
        if not fine:
            run += 1
            continue
        if run >= FEWEST - 1:
            found = True
            for k in range(max(0, i - run - 1), min(len(lines) - 2, i + 1)):
                points[k] = _turn(lines[k], lines[k + 1], lines[k + 2])
        run = 0
    return points if found else []


def _reads_on(line: Line, after: Line) -> bool:
    """Whether it is plain that ``after`` is no line of another column: a word goes on in it, or one of the two is no text."""
    if line.mark is not Mark.NONE or after.mark is not Mark.NONE or line.level or after.level or after.opening:
        return True
    return not line.ended and is_word(line.text[-1:] + after.text[:1])


def _turn(line: Line, after: Line, second: Line) -> float:
    if any(x.mark is not Mark.NONE or x.level for x in (line, after, second)):
        return -CHANGE
    if line.ended:
        return 0.0
    return crosses(line.text, second.text) - crosses(line.text, after.text)


def _stretches(points: Sequence[float]) -> list[tuple[int, int]]:
    """The stretches ``[low, high)`` of lines in turn."""
    back: list[tuple[bool, bool]] = []
    plain, turn = 0.0, -CHANGE
    for gain in points:
        back.append((turn - CHANGE > plain, turn >= plain - CHANGE))
        plain, turn = max(plain, turn - CHANGE), max(turn, plain - CHANGE) + gain
    inside = turn - CHANGE > plain
    found: list[tuple[int, int]] = []
    high = len(points)
    for i in range(len(points) - 1, -1, -1):
        was = back[i][1] if inside else back[i][0]
        if inside and not was:
            found.append((i, high))
        elif not inside and was:
            high = i
        inside = was
    if inside:
        found.append((0, high))
    return [(low, high) for low, high in found[::-1] if high - low >= FEWEST - 2]


def _seam(line: Line, after: Line) -> float:
    """How well a line, or what begins behind it, goes on with another."""
    if line.mark is Mark.NONE and after.mark is Mark.NONE and not line.ended:
        return crosses(line.text, after.text)
    opens = opener(after.text)
    return -2.0 if opens < 0 else 0.7 * opens


def _edges(lines: Sequence[Line], first: int, last: int, least: int) -> tuple[int, int]:
    """Where the stretch ``[first, last)`` begins and ends so that its lines, and those around it, go on best with one another.

    It begins no sooner than at ``least``.
    """
    around = range(max(least, first - REACH), min(len(lines), last + REACH + 2))
    known: dict[tuple[int, int], float] = {}

    def seam(i: int, j: int) -> float:
        if (i, j) not in known:
            known[i, j] = _seam(lines[i], lines[j])
        return known[i, j]

    def total(low: int, high: int) -> float:
        order = [*range(around.start, low), *range(low, high, 2), *range(low + 1, high, 2), *range(high, around.stop)]
        return sum(seam(i, j) for i, j in pairwise(order))

    options = [
        (low, high)
        for low in range(around.start, first + REACH + 1)
        for high in range(last - REACH, min(around.stop, last + REACH + 2) + 1)
        if high - low >= FEWEST
    ]
    return max(options, default=(first, first), key=lambda edges: (total(*edges), edges[0] - edges[1]))
