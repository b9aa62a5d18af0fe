"""What speaks for and against each role of a printed line: named cues, each worth the points in ``roles.tsv``.

The roles are DISPLAY (titles, headings), OPENS (first line of a paragraph) and RUNS (a further line of one). The cues:

- width: a line of a paragraph fills its column (:mod:`rag.ingest.columns`), the first one two characters less, since its
  indent is lost; a line that stops short or outruns it without ending a sentence is no body line;
- ends: a paragraph's last line ends a sentence and is usually short of the column; one that ends in ； goes on, and so
  does a quote with who said it on the next line;
- seams: a word or a number that goes on from one line into the next;
- titles do not end in 。 or ，, hold no 。, leave no quotation mark or bracket open; kickers like to end in ——;
- Markdown marks and bold are display;
- wording: 据悉, 此外, “ and the like open paragraphs; 本报讯 and dates (12月2日，) open reports and captions;
- lines that begin alike (《通知》…, 《通知》…) begin paragraphs;
- air: a blank line where the lines around have none; an indent, on a page that has kept its indents;
- place: below a by-line stands text; below a title stands more than one line of a column.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path
from statistics import median_high

from rag.ingest.columns import Column, begins
from rag.ingest.line import Line
from rag.ingest.marks import Mark
from rag.ingest.points import read
from rag.zh import is_word

POINTS = Path(__file__).with_name("roles.tsv")

SHORT = 1.2
"""Characters by which a line must stop short of its column to be a paragraph's last one, by its width alone."""

FAR = 2.0
"""Characters beyond which a line surely stops short."""

MOST = 3.0
"""Characters beyond which a line misses its column no more."""

WIDE = 36.0
"""Characters of the longest title on a page of whole paragraphs."""

HALF = 24.0
"""Characters of the shortest line of such a page that may be half a paragraph."""

LATIN = 40
"""Latin letters from which a line is seldom a title."""

MANY = 0.08
"""Share of indented lines from which a page has kept its indents."""

DASHES = ("——", "—", "──", "─")

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
_UNIT = re.compile(r"^(?:[0-9%.]|余|多|万|亿|个|名|家|年|月|日|元|人|次|场|项|件|岁|时|分|平方|公里|米)")
_LATIN_STOP = re.compile(r"[a-z]\. [A-Z]")
_SMALL = re.compile(r"[a-z]")
_PAIRS = (("“", "”"), ("《", "》"), ("（", "）"), ("(", ")"), ("‘", "’"))
_COMMAS = ("，", "、", ",", "；", ";")


class Role(IntEnum):
    """What a line does on the page."""

    DISPLAY = 0
    OPENS = 1
    RUNS = 2


ROLES = tuple(Role)


class LineCue(StrEnum):
    """A sign for or against a role, of a line by itself (D_, O_, R_) or of two that follow one another (T_)."""

    D = "display: any display line"
    D_MARKED = "display: Markdown heading or bold"
    D_BEGINS = "display: a report or caption begins with it"
    D_OPENER = "display: its wording opens paragraphs"
    D_REST = "display: its wording is the rest of a sentence"
    D_OPEN = "display: a quotation mark or bracket is left open"
    D_STOP = "display: a full stop inside"
    D_DASHES = "display: ends in ——"
    D_COMMA = "display: ends in a comma"
    D_ENDED = "display: ends a sentence"
    D_EXCLAIMS = "display: ends in ！ or ？"
    D_SHORT = "display: short, where lines are whole paragraphs"
    D_LONG = "display: long, where lines are whole paragraphs"
    D_OFF = "display: characters by which it is off its column"
    D_WIDER = "display: wider than its column"
    D_FILLS = "display: as wide as a body line, and no sentence ends with it"
    D_SPACED = "display: a space between phrases"
    D_SIGNED = "display: below a by-line"
    D_AIRY = "display: stands off from the line before"
    D_SPEAKER = "display: who said something"
    D_SMALL = "display: begins with a small Latin letter"
    D_LATIN = "display: a long line of Latin letters"
    O_OPENING = "opens: 本报讯 and the like"
    O_OPENER = "opens: its wording opens paragraphs"
    O_REST = "opens: its wording is the rest of a sentence"
    O_DASHES = "opens: ends in ——"
    O_INDENT = "opens: is indented"
    O_UNINDENTED = "opens: is not indented on a page that has kept its indents"
    O_MARKED = "opens: Markdown heading or bold"
    O_HALF = "opens: short, where lines are whole paragraphs"
    O_MISFIT = "opens: characters by which it misses the column less its indent"
    O_SQUEEZE = "opens: how much it is squeezed into the column less its indent"
    O_STRETCH = "opens: how much it is stretched to fill it"
    O_BEGINS_MISFIT = "opens: the same, where a report or caption begins"
    O_AGAIN = "opens: begins like other lines"
    O_SMALL = "opens: begins with a small Latin letter"
    O_LONE = "opens: one line of a column, ended, below a title"
    O_LONE_PHOTO = "opens: the same above a photo's credit"
    R_OPENING = "runs on: 本报讯 and the like"
    R_MARKED = "runs on: Markdown heading or bold"
    R_INDENT = "runs on: is indented"
    R_HALF = "runs on: short, where lines are whole paragraphs"
    R_MISFIT = "runs on: characters by which it misses the column"
    R_SQUEEZE = "runs on: how much it is squeezed into the column"
    R_STRETCH = "runs on: how much it is stretched to fill it"
    R_OVERRUN = "runs on: characters by which its end outruns the column"
    R_AIRY = "runs on: stands off from the line before"
    R_DATELINE = "runs on: names in brackets below the dateline of a report"
    T_WORD = "in turn: a word goes on from one line into the next, which runs on"
    T_NUMBER = "in turn: a number and its unit, or a number, go on so"
    T_SPLIT = "in turn: a word or number is cut where no line runs on"
    T_SMALL = "in turn: a small Latin letter below a display line"
    T_D_D = "in turn: display after display"
    T_D_O = "in turn: a paragraph below a title"
    T_D_R = "in turn: the middle of a paragraph below a title"
    T_OPEN_D = "in turn: display after a line that ends no sentence"
    T_OPEN_O = "in turn: a new paragraph after such a line"
    T_OPEN_R = "in turn: such a line runs on"
    T_STRAIN = "in turn: characters that two such lines miss in one column"
    T_FLOWED_OPEN_D = "in turn: the same three, where lines are whole paragraphs"
    T_FLOWED_OPEN_O = "in turn: a new paragraph"
    T_FLOWED_OPEN_R = "in turn: runs on"
    T_SEMI_D = "in turn: display after a line that ends in ；, or in a quote whose speaker follows"
    T_SEMI_O = "in turn: a new paragraph after a line that ends in ；"
    T_SEMI_R = "in turn: a line that ends in ； runs on"
    T_FLOWED_D = "in turn: display after a whole paragraph"
    T_FLOWED_O = "in turn: a paragraph after a whole paragraph"
    T_FLOWED_R = "in turn: a whole paragraph runs on"
    T_SHORT_D = "in turn: display after a line that stops short"
    T_SHORT_O = "in turn: a paragraph after a line that stops short"
    T_SHORT_R = "in turn: characters by which a line that runs on stops short"
    T_FAR_R = "in turn: a line that runs on stops short by more than two characters"
    T_FULL_D = "in turn: display after a full line that ends a sentence"
    T_FULL_O = "in turn: a paragraph after such a line"
    T_FULL_R = "in turn: a full line that ends a sentence runs on"
    T_ITEM_R = "in turn: an item of a list runs on"
    T_START_R = "in turn: the page, or what is below a by-line, begins in the middle of a paragraph"
    T_STOP = "in turn: a text stops without ending a sentence"
    T_CAPTION = "in turn: a caption begins where a sentence breaks off"


@cache
def points() -> Mapping[LineCue, float]:
    """What each cue is worth, in nats of log-odds."""
    return read(POINTS, LineCue)


Cues = dict[LineCue, float]


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


@dataclass(slots=True)
class Reading:
    """The lines of a page with the columns around them, and the cues for each role of each."""

    lines: Sequence[Line]
    around: Sequence[Column]
    kept: bool = field(init=False)
    again: list[bool] = field(init=False)
    airy: list[bool] = field(init=False)

    def __post_init__(self) -> None:
        self.kept = sum(line.indent for line in self.lines) > MANY * len(self.lines)
        starts = [
            line.text[:4] if before.ended and line.text[:1] == "《" else "" for before, line in pairwise(self.lines)
        ]
        times = Counter(starts)
        self.again = [False, *(bool(start) and times[start] > 1 for start in starts)]
        gaps = [line.gap for line in self.lines]
        self.airy = [
            i > 0 and gap > median_high([*gaps[max(1, i - 4) : i], *gaps[i + 1 : i + 5], gap])
            for i, gap in enumerate(gaps)
        ]

    def own(self, i: int) -> tuple[Cues, Cues, Cues]:
        """The cues of line ``i`` by itself, for each role."""
        line, column = self.lines[i], self.around[i]
        if line.item:
            return {LineCue.D_STOP: 3.0}, {}, {}
        opens = opener(line.text)
        display, first, further = dict(self._display(i, opens)), dict(self._opens(i, opens)), dict(self._runs(i))
        if line.level or line.bold:
            for cues, cue in ((display, LineCue.D_MARKED), (first, LineCue.O_MARKED), (further, LineCue.R_MARKED)):
                cues[cue] = 1.0
        if column.flowed and line.width < HALF and not line.ended:
            first[LineCue.O_HALF] = further[LineCue.R_HALF] = 1.0
        return display, first, further

    def _display(self, i: int, opens: float) -> Iterator[tuple[LineCue, float]]:
        line = self.lines[i]
        yield LineCue.D, 1.0
        if begins(line):
            yield LineCue.D_BEGINS, 1.0
        elif opens:
            yield (LineCue.D_OPENER, opens) if opens > 0 else (LineCue.D_REST, 1.0)
        yield from self._width(line, self.around[i])
        told = (
            (LineCue.D_OPEN, any(line.text.count(a) != line.text.count(b) for a, b in _PAIRS)),
            (LineCue.D_STOP, "。" in line.text[:-1] or bool(_LATIN_STOP.search(line.text))),
            (LineCue.D_SPEAKER, bool(_SPEAKER.match(line.text))),
            (LineCue.D_SPACED, " " in line.text),
            (LineCue.D_SIGNED, i > 0 and self.lines[i - 1].mark is Mark.BYLINE),
            (LineCue.D_AIRY, self.airy[i]),
            (LineCue.D_SMALL, bool(_SMALL.match(line.text))),
            (LineCue.D_LATIN, line.text.isascii() and len(line.text) >= LATIN),
        )
        yield from ((cue, 1.0) for cue, there in told if there)
        if line.text.endswith(DASHES):
            yield LineCue.D_DASHES, 1.0
        elif line.text.endswith(_COMMAS):
            yield LineCue.D_COMMA, 1.0
        elif line.ended:
            yield (LineCue.D_EXCLAIMS if line.text.endswith(("！", "？", "!", "?")) else LineCue.D_ENDED), 1.0

    @staticmethod
    def _width(line: Line, column: Column) -> Iterator[tuple[LineCue, float]]:
        """The cues of a title line's width."""
        if column.flowed or not column.widths:
            yield (LineCue.D_SHORT if line.width <= WIDE else LineCue.D_LONG), 1.0
        elif not (line.ended or line.text.isascii()):
            off = column.distance(line)
            yield LineCue.D_OFF, min(MOST, max(0.0, off - 0.5))
            if off <= 0.5:
                yield LineCue.D_FILLS, 1.0
            if line.least > max(column.widths) + 0.5:
                yield LineCue.D_WIDER, 1.0

    def _opens(self, i: int, opens: float) -> Iterator[tuple[LineCue, float]]:
        line, column = self.lines[i], self.around[i]
        if line.opening:
            yield LineCue.O_OPENING, 1.0
        elif opens:
            yield (LineCue.O_OPENER, opens) if opens > 0 else (LineCue.O_REST, 1.0)
        if line.text.endswith(DASHES):
            yield LineCue.O_DASHES, 1.0
        if line.indent:
            yield LineCue.O_INDENT, 1.0
        elif self.kept:
            yield LineCue.O_UNINDENTED, 1.0
        if not (line.ended or line.text.isascii()):  # Latin text is not justified
            misfit = min(MOST, column.misfit(line, 2.0))
            yield (LineCue.O_BEGINS_MISFIT if begins(line) else LineCue.O_MISFIT), misfit
            squeeze, stretch = column.fill(line, 2.0)
            yield LineCue.O_SQUEEZE, squeeze
            yield LineCue.O_STRETCH, stretch
        if self.again[i]:
            yield LineCue.O_AGAIN, 1.0
        if _SMALL.match(line.text):
            yield LineCue.O_SMALL, 1.0

    def _runs(self, i: int) -> Iterator[tuple[LineCue, float]]:
        line, column = self.lines[i], self.around[i]
        before = self.lines[i - 1] if i else None
        if before is not None and before.opening and not before.ended and line.text.startswith(("（", "(")):
            # 新华社北京8月27日电 and, on the next line, （记者某某）.
            yield LineCue.R_DATELINE, 1.0
        elif line.opening:
            yield LineCue.R_OPENING, 1.0
        if line.indent:
            yield LineCue.R_INDENT, 1.0
        if self.airy[i]:
            yield LineCue.R_AIRY, 1.0
        if column.flowed or line.text.isascii():
            return
        if not line.ended:
            yield LineCue.R_MISFIT, min(MOST, column.misfit(line, 0.0))
            squeeze, stretch = column.fill(line, 0.0)
            yield LineCue.R_SQUEEZE, squeeze
            yield LineCue.R_STRETCH, stretch
        elif column.widths:
            yield LineCue.R_OVERRUN, min(MOST, max(0.0, line.least - max(column.widths)))

    def start(self, role: Role) -> Cues:
        """The cues of a line with nothing before it but a by-line, a credit or the page's edge."""
        return {LineCue.T_START_R: 1.0} if role is Role.RUNS else {}

    def stop(self, i: int, role: Role) -> Cues:
        """The cues of a line with nothing behind it but such a line."""
        return {LineCue.T_STOP: 1.0} if role is not Role.DISPLAY and not self.lines[i].ended else {}

    def steps(self, i: int) -> dict[tuple[Role, Role], Cues]:
        """The cues of line ``i`` following the one before it, for each two roles."""
        before, line, column = self.lines[i - 1], self.lines[i], self.around[i - 1]
        if line.item or before.item:
            return {(a, b): {LineCue.T_ITEM_R: 1.0} if b is Role.RUNS else {} for a in ROLES for b in ROLES}
        seam = self._seam(i)
        found: dict[tuple[Role, Role], Cues] = {}
        lone = self._lone(i)
        for after, cue in zip(ROLES, (LineCue.T_D_D, LineCue.T_D_O, LineCue.T_D_R), strict=True):
            found[Role.DISPLAY, after] = {cue: 1.0, **(lone if after is not Role.DISPLAY else {})}
            if seam and after is not Role.DISPLAY:
                found[Role.DISPLAY, after][LineCue.T_SPLIT] = 1.0
            if _SMALL.match(line.text):
                found[Role.DISPLAY, after][LineCue.T_SMALL] = 1.0
        for after in ROLES:
            cues = self._step(before, column, line, after)
            if seam:
                cues[seam if after is Role.RUNS else LineCue.T_SPLIT] = 1.0
            found[Role.RUNS, after] = found[Role.OPENS, after] = cues
        if LineCue.T_STRAIN in found[Role.RUNS, Role.RUNS]:
            # The one thing that tells the two apart: with its indent a line fills another column.
            strain = min(MOST, column.strain(before, 2.0, line))
            found[Role.OPENS, Role.RUNS] = {**found[Role.RUNS, Role.RUNS], LineCue.T_STRAIN: strain}
        return found

    def _seam(self, i: int) -> LineCue | None:
        """Whether a word or a number goes on from the line before into this one."""
        before, line = self.lines[i - 1], self.lines[i]
        if before.ended:
            return None
        if before.text[-1:].isdigit():
            return LineCue.T_NUMBER if _UNIT.match(line.text) else None
        return LineCue.T_WORD if is_word(before.text[-1:] + line.text[:1]) else None

    def _lone(self, i: int) -> Cues:
        """The cues of one line of a column as a paragraph below a title, or even all of a photo's caption."""
        line, column = self.lines[i], self.around[i]
        if not line.ended or column.flowed or not column.widths:
            return {}
        credit = i + 1 < len(self.lines) and self.lines[i + 1].mark is Mark.CREDIT
        return {LineCue.O_LONE_PHOTO if credit else LineCue.O_LONE: 1.0}

    def _step(self, before: Line, column: Column, line: Line, after: Role) -> Cues:
        """The cues of ``line`` as ``after``, following ``before`` as a further line of a paragraph."""
        if not before.ended:
            return self._open_step(before, column, line, after)
        if before.text.endswith(("；", ";")) or (before.text.endswith("”") and _ATTRIBUTION.match(line.text)):
            return {(LineCue.T_SEMI_D, LineCue.T_SEMI_O, LineCue.T_SEMI_R)[after]: 1.0}
        if column.flowed:
            return {(LineCue.T_FLOWED_D, LineCue.T_FLOWED_O, LineCue.T_FLOWED_R)[after]: 1.0}
        if (slack := max(0.0, column.slack(before) - before.follow)) <= SHORT:
            return {(LineCue.T_FULL_D, LineCue.T_FULL_O, LineCue.T_FULL_R)[after]: 1.0}
        if after is Role.RUNS:
            return {LineCue.T_SHORT_R: min(2 * MOST, slack), LineCue.T_FAR_R: float(slack > FAR)}
        return {(LineCue.T_SHORT_D, LineCue.T_SHORT_O)[after]: 1.0}

    @staticmethod
    def _open_step(before: Line, column: Column, line: Line, after: Role) -> Cues:
        """The cues of what follows a line that ends no sentence."""
        if column.flowed:
            return {(LineCue.T_FLOWED_OPEN_D, LineCue.T_FLOWED_OPEN_O, LineCue.T_FLOWED_OPEN_R)[after]: 1.0}
        cues: Cues = {(LineCue.T_OPEN_D, LineCue.T_OPEN_O, LineCue.T_OPEN_R)[after]: 1.0}
        if after is Role.RUNS:
            cues[LineCue.T_STRAIN] = min(MOST, column.strain(before, 0.0, line))
        elif after is Role.OPENS and begins(line):
            cues[LineCue.T_CAPTION] = 1.0
        return cues
