"""Lines to blocks: which lines stand alone (titles, headings) and which run on as paragraphs.

Every line gets one of three roles: DISPLAY (a title or heading line), OPENS (first line of a paragraph) or RUNS (a
further line of it). The most probable sequence is found over the whole page at once (Viterbi, 1967), from these
cues, each worth the points beside it in the code:

- a paragraph's last line ends a sentence and is usually short of the column; its first line is indented by two
  characters, so it holds two fewer than the column does (the indent itself is lost in the text);
- a line that stops short of the column, or outruns it, without ending a sentence, is no body line;
- titles do not end in 。 or ，; kickers like to end in ——; Markdown marks and bold are display;
- wording: 据悉, 此外, “ and the like open paragraphs.

Where lines are whole paragraphs (no column to measure), width says only short or long.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

from rag.ingest.page import HAN, Line, Mark

WINDOW = 8
"""How many lines on each side tell a line its column's width."""

FIT = 1.7
"""Points lost for each character by which a line misses filling its column."""

FLOWED = 42.0
"""Lines wider than this are whole paragraphs: no newspaper column holds so many characters."""

_QUESTION = re.compile(r"^[问答][：:]")
_STRONG = re.compile(
    r"^(?:据悉|据了解|据介绍|据统计|据不完全统计|与此同时|此外|另外|近年来|近日|日前|记者了解到|[一二三四五六七八九十]是)"
)
_WEAK = re.compile(
    r"^(?:“|《|同时|目前|今年|去年|近两年|截至|为此|当天|当日|随后|记者|活动中|会上|下一步|接下来|对此|针对|为了|作为|"
    r"第[一二三四五六七八九十]|[0-9]{4}年|[0-9]{1,2}月)"
)
_SPEAKER = re.compile(r"^[^，。“]{6,28}(?:告诉记者|介绍|表示|认为)")
_REST = re.compile(r"^(?:[，。、；：！？”’）》,;:)]|.{1,3}[。！？])")
_PAIRS = (("“", "”"), ("《", "》"), ("（", "）"), ("(", ")"), ("‘", "’"))


class Role(IntEnum):
    """What a line does on the page."""

    DISPLAY = 0
    OPENS = 1
    RUNS = 2


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
        # A justified line is stretched around figures and Latin letters, by up to a quarter at each edge.
        edges = len(re.findall(rf"(?<=[{HAN}])[0-9A-Za-z]|[0-9A-Za-z](?=[{HAN}])", line.text))
        stretch = 0.6 + 0.25 * edges
        return max(0.0, line.least - room, room - line.width - stretch)

    def slack(self, line: Line) -> float:
        """How many characters ``line`` stops short of the column at its widest setting, at least 0."""
        if self.flowed or not self.widths:
            return 0.0
        return max(0.0, min(w - line.width for w in self.widths))


def columns(lines: Sequence[Line]) -> list[Column]:
    """The column around each line, from the unended body-like lines before and after it."""
    found = []
    for i in range(len(lines)):
        sides = []
        for near in (lines[max(0, i - WINDOW) : i + 1], lines[i : i + WINDOW + 1]):
            full = [x.width for x in near if not x.ended and not x.mark and not x.level and not x.bold]
            if len(full) >= 3:
                # First lines are two short and titles are anything, so the column's width lies above the median.
                sides.append(sorted(full)[int(0.6 * len(full))])
        around = [x.width for x in lines[max(0, i - WINDOW) : i + WINDOW + 1] if not x.mark]
        flowed = bool(around) and max(around) > FLOWED
        found.append(Column(tuple(sides), flowed))
    return found


def _display(line: Line, column: Column) -> float:
    """Points for a title or heading line."""
    points = -1.5
    if line.level or line.bold:
        points += 6.0
    if any(line.text.count(a) != line.text.count(b) for a, b in _PAIRS):
        points -= 4.0
    if line.text.endswith(("——", "—", "─")):
        return points + 3.0
    if line.text.endswith(("，", "、", ",", "；", ";")):
        points -= 5.0
    elif line.ended:
        points -= 1.0 if line.text.endswith(("！", "？", "!", "?")) else 4.0
    if column.flowed or not column.widths:
        return points + (4.0 if line.width <= 36 else -6.0)
    if not line.ended:
        points += min(4.0, 1.5 * max(0.0, column.distance(line) - 0.5))
        if len(re.findall(" ", line.text)) >= 2:
            points += 1.0
    return points


def opener(text: str) -> float:
    """Points for wording that opens paragraphs, up to 3; below 0 for the rest of a sentence begun elsewhere."""
    if _REST.match(text):
        return -4.0
    if _QUESTION.match(text):
        return 3.0
    if _STRONG.match(text):
        return 1.5
    if _SPEAKER.match(text):
        return 1.3
    return 0.7 if _WEAK.match(text) else 0.0


def _opens(line: Line, column: Column) -> float:
    """Points for the first line of a paragraph."""
    points = 0.0
    points += opener(line.text) if not line.opening else 3.0
    if line.indent:
        points += 2.0
    if line.level or line.bold:
        points -= 4.0
    if column.flowed:
        return points - (2.0 if line.width < 24 and not line.ended else 0.0)
    return points - (min(5.0, FIT * column.misfit(line, 2.0)) if not line.ended else 0.0)


def _runs(line: Line, column: Column) -> float:
    """Points for a further line of a paragraph."""
    points = -6.0 if line.opening or line.level or line.bold else 0.0
    if line.indent:
        points -= 2.0
    if column.flowed:
        return points - (4.0 if line.width < 24 and not line.ended else 0.0)
    if line.ended:
        return points - max(0.0, line.least - max(column.widths, default=line.least))
    return points - min(5.0, FIT * column.misfit(line, 0.0))


def _step(before: Line, role: Role, column: Column, line: Line, after: Role) -> float:
    """Points for ``line`` as ``after``, following ``before`` as ``role``."""
    if role is Role.DISPLAY:
        return {Role.DISPLAY: -0.5, Role.OPENS: 0.0, Role.RUNS: -50.0}[after]
    strain = 0.0
    if after is Role.RUNS:
        strain = min(3.0, FIT * column.strain(before, 2.0 if role is Role.OPENS else 0.0, line))
    if not before.ended:
        return -strain + {Role.DISPLAY: -3.0 if column.flowed else -6.0, Role.OPENS: -7.0, Role.RUNS: 1.0}[after]
    slack = column.slack(before)
    if column.flowed:
        return {Role.DISPLAY: -0.5, Role.OPENS: 1.0, Role.RUNS: -4.0}[after]
    if after is Role.RUNS:
        return -1.5 * slack if slack > 1.2 else 0.0
    if after is Role.OPENS:
        return 1.5 if slack > 1.2 else -1.2
    return 1.0 if slack > 1.2 else -1.5


def _stop(line: Line, role: Role) -> float:
    """Points for a stretch of lines ending here, before a byline, a credit or the end of the page."""
    return -6.0 if role is not Role.DISPLAY and not line.ended else 0.0


def _refrains(lines: Sequence[Line]) -> list[float]:
    """Points for each line that opens like another one does: 《通知》聚焦 …, 《通知》还首次 …."""
    starts = [line.text[:4] if before.ended and line.text[:1] in "《“" else "" for before, line in pairwise(lines)]
    times = Counter(starts)
    return [0.0, *(2.5 if start and times[start] > 1 else 0.0 for start in starts)]


def roles(lines: Sequence[Line]) -> list[Role | None]:
    """The role of each line; ``None`` for lines whose wording already says what they are (``Line.mark``)."""
    around, refrains = columns(lines), _refrains(lines)
    best: list[dict[Role, tuple[float, Role | None]]] = []
    for i, line in enumerate(lines):
        if line.mark is not Mark.NONE:
            best.append({})
            continue
        own = {
            Role.DISPLAY: _display(line, around[i]),
            Role.OPENS: _opens(line, around[i]) + refrains[i],
            Role.RUNS: _runs(line, around[i]),
        }
        previous = best[i - 1] if i else {}
        row: dict[Role, tuple[float, Role | None]] = {}
        for role, points in own.items():
            if not previous:
                # At the top of a page and behind a byline, credit or jump mark something new begins.
                row[role] = (points - (50.0 if role is Role.RUNS else 0.0), None)
                continue
            row[role] = max(
                (score + _step(lines[i - 1], before, around[i - 1], line, role) + points, before)
                for before, (score, _) in previous.items()
            )
        best.append(row)
    return _trace(lines, best)


def _trace(lines: Sequence[Line], best: Sequence[dict[Role, tuple[float, Role | None]]]) -> list[Role | None]:
    """The best path, read backwards; each stretch between marked lines ends in its own best role."""
    found: list[Role | None] = [None] * len(best)
    follow: Role | None = None
    for i in range(len(best) - 1, -1, -1):
        row = best[i]
        if not row:
            follow = None
            continue
        role = follow if follow is not None else max(row, key=lambda r: row[r][0] + _stop(lines[i], r))  # noqa: B023
        found[i] = role
        follow = row[role][1]
    return found
