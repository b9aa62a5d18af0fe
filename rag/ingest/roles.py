"""What each line of a page does: stand alone (titles, headings), open a paragraph, or run on in one.

Every line gets one of three roles: DISPLAY, OPENS or RUNS. The most probable sequence is found over the whole page at
once (Viterbi, 1967), from these cues, each worth the points beside it in the code (set by hand on the five seed
pages and on made-up ones, not learned):

- width: a line of a paragraph fills its column (:mod:`rag.ingest.columns`), the first one two characters less, since its
  indent is lost; a line that stops short or outruns it without ending a sentence is no body line;
- ends: a paragraph's last line ends a sentence and is usually short of the column; one that ends in ； goes on, and so
  does a quote with who said it on the next line;
- titles do not end in 。 or ，, hold no 。, leave no quotation mark or bracket open; kickers like to end in ——;
- Markdown marks and bold are display;
- wording: 据悉, 此外, “ and the like open paragraphs; 本报讯 and dates (12月2日，) open reports and captions;
- lines that begin alike (《通知》…, 《通知》…) begin paragraphs;
- air: a blank line where the lines around have none; an indent, on a page that has kept its indents;
- place: below a by-line stands text; below a title stands more than one line of a column.

The page is read twice: once it is known which lines are body text, their columns are measured again without the titles
and captions between them. Where lines are whole paragraphs (no column to measure), width says only short or long.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from enum import IntEnum
from itertools import pairwise
from statistics import median_high

from rag.ingest.columns import Column, begins, columns
from rag.ingest.page import Line, Mark

FIT = 1.7
"""Points lost for each character by which a line misses filling its column."""

SHORT = 1.2
"""Characters by which a line must stop short of its column to be a paragraph's last one, by its width alone."""

READINGS = 2
"""The columns are measured anew, and the roles read again, once it is known which lines belong together."""

AIR = 3.0
"""Points lost by a line that runs on though it stands off from the one before it."""

MANY = 0.08
"""Share of indented lines from which a page has kept its indents."""

UNINDENTED = 2.5
"""Points lost on such a page by the first line of a paragraph that is not indented."""

_QUESTION = re.compile(r"^[问答][：:]")
_STRONG = re.compile(
    r"^(?:[0-9]{1,2}月[0-9]{1,2}日[，,]|走进|图为|据悉|据了解|据介绍|据统计|据不完全统计|与此同时|此外|另外|近年来|近日|日前|记者了解到|[一二三四五六七八九十]是)"
)
_WEAK = re.compile(
    r"^(?:“|《|同时|目前|今年|去年|近两年|截至|为此|当天|当日|随后|记者|活动中|会上|下一步|接下来|对此|针对|为了|作为|"
    r"第[一二三四五六七八九十]|[0-9]{4}年|[0-9]{1,2}月)"
)
_SPEAKER = re.compile(r"^[^，。“]{6,28}(?:告诉记者|介绍|表示|认为)")
_ATTRIBUTION = re.compile(r"^[^，。“”：]{2,16}(?:[笑]着|高兴地|激动地)?(?:说|坦言|感慨)[。，]")
_REST = re.compile(r"^(?:[，。、；：！？”’）》,;:)]|.{1,3}[。！？])")
_PAIRS = (("“", "”"), ("《", "》"), ("（", "）"), ("(", ")"), ("‘", "’"))


DASHES = ("——", "—", "──", "─")


class Role(IntEnum):
    """What a line does on the page."""

    DISPLAY = 0
    OPENS = 1
    RUNS = 2


def _display(line: Line, column: Column) -> float:
    """Points for a title or heading line."""
    points = -1.5
    if line.level or line.bold:
        points += 6.0
    points -= 6.0 if begins(line) else max(0.0, 1.5 * opener(line.text) - 1.0)
    if any(line.text.count(a) != line.text.count(b) for a, b in _PAIRS):
        points -= 4.0
    if "。" in line.text[:-1]:
        points -= 6.0
    if line.text.endswith(DASHES):
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
    points = 3.0 if line.opening else opener(line.text)
    if line.text.endswith(DASHES):
        points -= 1.5
    if line.indent:
        points += 2.0
    if line.level or line.bold:
        points -= 4.0
    if column.flowed:
        return points - (2.0 if line.width < 24 and not line.ended else 0.0)
    # A caption begins in a column of its own width.
    most = 1.0 if begins(line) else 5.0
    return points - (min(most, FIT * column.misfit(line, 2.0)) if not line.ended else 0.0)


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
        points = {Role.DISPLAY: -0.5, Role.OPENS: 0.0, Role.RUNS: -50.0}
    elif not before.ended:
        strain = min(3.0, FIT * column.strain(before, 2.0 if role is Role.OPENS else 0.0, line))
        points = {Role.DISPLAY: -3.0 if column.flowed else -6.0, Role.OPENS: -7.0, Role.RUNS: 1.0 - strain}
    elif before.text.endswith(("；", ";")) or (before.text.endswith("”") and _ATTRIBUTION.match(line.text)):
        points = {Role.DISPLAY: -3.0, Role.OPENS: -3.0, Role.RUNS: 0.0}
    elif column.flowed:
        points = {Role.DISPLAY: -0.5, Role.OPENS: 1.0, Role.RUNS: -4.0}
    elif (slack := column.slack(before)) > SHORT:
        points = {Role.DISPLAY: 1.0, Role.OPENS: 1.5, Role.RUNS: -1.5 * slack}
    else:
        points = {Role.DISPLAY: -1.5, Role.OPENS: -1.2, Role.RUNS: 0.0}
    return points[after]


def _stop(line: Line, role: Role) -> float:
    """Points for a stretch of lines ending here, before a byline, a credit or the end of the page."""
    return -6.0 if role is not Role.DISPLAY and not line.ended else 0.0


def _refrains(lines: Sequence[Line]) -> list[float]:
    """Points for each line that opens like another one does: 《通知》聚焦 …, 《通知》还首次 …."""
    starts = [line.text[:4] if before.ended and line.text[:1] in "《“" else "" for before, line in pairwise(lines)]
    times = Counter(starts)
    return [0.0, *(2.5 if start and times[start] > 1 else 0.0 for start in starts)]


def _lone(lines: Sequence[Line], around: Sequence[Column]) -> list[float]:
    """Points lost where below a title one line of a column would be a paragraph, or even all of a photo's caption."""
    found = []
    for i, line in enumerate(lines):
        credit = i + 1 < len(lines) and lines[i + 1].mark is Mark.CREDIT
        column = not around[i].flowed and bool(around[i].widths)
        found.append((5.0 if credit else 2.0) if line.ended and column else 0.0)
    return found


def _airy(lines: Sequence[Line]) -> list[bool]:
    """Whether a line stands off from the one before it by more than the lines around it do."""
    gaps = [line.gap for line in lines]
    return [
        i > 0 and gap > median_high([*gaps[max(1, i - 4) : i], *gaps[i + 1 : i + 5], gap]) for i, gap in enumerate(gaps)
    ]


def roles(lines: Sequence[Line]) -> list[Role | None]:
    """The role of each line; ``None`` for lines whose wording already says what they are (``Line.mark``)."""
    found: list[Role | None] = []
    for _ in range(READINGS if lines else 0):
        found = _read(lines, columns(lines, [role in (Role.OPENS, Role.RUNS) for role in found]))
    return found


def _read(lines: Sequence[Line], around: Sequence[Column]) -> list[Role | None]:
    """The most probable roles, given the columns."""
    indents = sum(line.indent for line in lines) > MANY * len(lines)
    refrains, airy, lone = _refrains(lines), _airy(lines), _lone(lines, around)
    best: list[dict[Role, tuple[float, Role | None]]] = []
    for i, line in enumerate(lines):
        if line.mark is not Mark.NONE:
            best.append({})
            continue
        own = {
            Role.DISPLAY: _display(line, around[i]),
            Role.OPENS: _opens(line, around[i]) + refrains[i] - (UNINDENTED if indents and not line.indent else 0.0),
            Role.RUNS: _runs(line, around[i]) - AIR * airy[i],
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
                (
                    score
                    + _step(lines[i - 1], before, around[i - 1], line, role)
                    + points
                    - (lone[i] if (before, role) == (Role.DISPLAY, Role.OPENS) else 0.0),
                    before,
                )
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
        role = follow if follow is not None else max(row, key=lambda r: row[r][0] + _stop(lines[i], r))
        found[i] = role
        follow = row[role][1]
    return found
