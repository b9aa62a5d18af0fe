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
from itertools import groupby, pairwise

import numpy as np

from rag.ingest.page import HAN, Line, Mark

WINDOW = 8
"""How many lines on each side tell a line its column's width."""

FIT = 1.7
"""Points lost for each character by which a line misses filling its column."""

FLOWED = 42.0
"""Lines wider than this are whole paragraphs: no newspaper column holds so many characters."""

READINGS = 3
"""The columns are measured anew, and the roles read again, once it is known which lines belong together."""

STEP = 0.5
"""Column widths are told apart to half a character."""

ENOUGH = 3
"""Lines that must vote for a width to be known."""

INDENTED = 0.6
"""Vote for a width that the line fills when indented; a width it fills as it is has 1."""

SQUEEZED = 0.15
"""Lost of a vote for each character by which punctuation must be squeezed."""

_WIDTHS = np.arange(4.0, FLOWED + 4.0, STEP)
_QUESTION = re.compile(r"^[问答][：:]")
_STRONG = re.compile(
    r"^(?:[0-9]{1,2}月[0-9]{1,2}日[，,]|走进|图为|据悉|据了解|据介绍|据统计|据不完全统计|与此同时|此外|另外|近年来|近日|日前|记者了解到|[一二三四五六七八九十]是)"
)
_DATED = re.compile(r"^[0-9]{1,2}月[0-9]{1,2}日[，,]")
_WEAK = re.compile(
    r"^(?:“|《|同时|目前|今年|去年|近两年|截至|为此|当天|当日|随后|记者|活动中|会上|下一步|接下来|对此|针对|为了|作为|"
    r"第[一二三四五六七八九十]|[0-9]{4}年|[0-9]{1,2}月)"
)
_SPEAKER = re.compile(r"^[^，。“]{6,28}(?:告诉记者|介绍|表示|认为)")
_REST = re.compile(r"^(?:[，。、；：！？”’）》,;:)]|.{1,3}[。！？])")
_EDGE = re.compile(rf"(?<=[{HAN}])[0-9A-Za-z]|[0-9A-Za-z](?=[{HAN}])")
_PAIRS = (("“", "”"), ("《", "》"), ("（", "）"), ("(", ")"), ("‘", "’"))


class Role(IntEnum):
    """What a line does on the page."""

    DISPLAY = 0
    OPENS = 1
    RUNS = 2


def _stretch(line: Line) -> float:
    """How much wider a justified line may be set: half a character, and a quarter at each edge of figures or Latin."""
    return 0.6 + 0.25 * len(_EDGE.findall(line.text)) + 0.5 * line.text.count(" ")


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
        return max(0.0, line.least - room, room - line.width - _stretch(line))

    def slack(self, line: Line) -> float:
        """How many characters ``line`` stops short of the column at its widest setting, at least 0."""
        if self.flowed or not self.widths:
            return 0.0
        return max(0.0, min(w - line.width for w in self.widths))


def columns(lines: Sequence[Line], known: Sequence[Role | None] = ()) -> list[Column]:
    """The column around each line: the width that most lines before it, and most lines behind it, can fill.

    Each line votes for the widths it fills, and more weakly for those two characters wider: it may be indented.
    With the roles ``known`` from a first reading, only lines of the same stretch of body text vote, where there are
    enough of them: a caption is often set wider or narrower than the report above it.
    """
    votes = np.zeros((len(lines) + 1, len(_WIDTHS)))
    counts = np.zeros(len(lines) + 1, dtype=int)
    for i, x in enumerate(lines, start=1):
        if not (x.ended or x.mark or x.level or x.bold):
            counts[i] = 1
            votes[i] = np.maximum(_vote(x, 0.0), INDENTED * _vote(x, 2.0))
    votes, counts = votes.cumsum(axis=0), counts.cumsum()
    found = []
    for i, (first, end) in enumerate(_stretches(lines, known)):
        low, high = max(0, i - WINDOW), min(len(lines), i + WINDOW + 1)
        flowed = max((x.width for x in lines[low:high] if not x.mark), default=0.0) > FLOWED
        if counts[end] - counts[first] >= ENOUGH:
            low, high = max(low, first), min(high, end)
        sides = [(start, stop) for start, stop in ((low, i + 1), (i, high)) if counts[stop] - counts[start] >= ENOUGH]
        if not sides and counts[high] - counts[low] >= ENOUGH:
            sides = [(low, high)]
        widths = [float(_WIDTHS[int(np.argmax(votes[stop] - votes[start]))]) for start, stop in sides]
        found.append(Column(tuple(dict.fromkeys(widths)), flowed))
    return found


def _vote(line: Line, indent: float) -> np.ndarray:
    """What ``line`` says for each width: 1 where it fills it as it is, less the more its punctuation is squeezed."""
    room = _WIDTHS - indent
    fits = (room >= line.least) & (room <= line.width + _stretch(line))
    return np.where(fits, 1.0 - SQUEEZED * np.maximum(0.0, line.width - room), 0.0)


def _stretches(lines: Sequence[Line], known: Sequence[Role | None]) -> list[tuple[int, int]]:
    """For each line the stretch ``[first, end)`` of body lines it stands in; the whole page where roles are not known."""
    if not known:
        return [(0, len(lines))] * len(lines)
    out: list[tuple[int, int]] = []
    for body, group in groupby(known, key=lambda role: role in (Role.OPENS, Role.RUNS)):
        first, size = len(out), len(list(group))
        out += [(first, first + size) if body else (0, len(lines))] * size
    return out


def _display(line: Line, column: Column) -> float:
    """Points for a title or heading line."""
    points = -1.5
    if line.level or line.bold:
        points += 6.0
    if line.opening or _DATED.match(line.text):
        points -= 6.0
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
    if before.text.endswith(("；", ";")) and after is not Role.RUNS:
        return -3.0
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
    found: list[Role | None] = []
    for _ in range(READINGS):
        found = _read(lines, columns(lines, found))
    return found


def _read(lines: Sequence[Line], around: Sequence[Column]) -> list[Role | None]:
    """The most probable roles, given the columns."""
    refrains = _refrains(lines)
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
        if i and lines[i - 1].mark is Mark.BYLINE and not (line.level or line.bold):
            # What follows a by-line is the report, on pages of either kind.
            own[Role.DISPLAY] -= 2.0
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
