"""How stories are set: heads and bodies in the page's style.

What a line break swallows cannot be known from the page: a space between two phrases is then left out of the true
text as well, but not one between two names of a report's opening.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from newspaper.columns import Columns
from newspaper.lines import Line, broken, figures_apart, letters_apart, mid_clause
from newspaper.stories import Story

_OPENING = re.compile(r"^(?:本报讯|新华社.{2,9}电)[（(].*?[）)]")


Arrange = Callable[[list[Line], list[Line]], tuple[list[Line], list[Line]]]


@dataclass(frozen=True)
class Style:
    """How a page is set. ``width`` is the column's in characters, 0 where each line is a whole paragraph."""

    width: int
    gap: int
    titles_after: bool = False
    markdown: bool = False
    digits_apart: bool = False
    letters_apart: float = 0.0
    indent: bool = False
    half_width: bool = False
    wide_digits: bool = False

    @classmethod
    def drawn(cls, rng: random.Random) -> Style:
        kind = rng.choices(("columns", "whole", "markdown"), (6, 2, 2))[0]
        half_width = kind == "markdown" or rng.random() < 0.08
        wide = rng.random() < 0.05
        if kind != "columns":
            indent = kind == "whole" and rng.random() < 0.3
            after = kind == "whole" and rng.random() < 0.3
            return cls(0, 1, after, kind == "markdown", indent=indent, half_width=half_width, wide_digits=wide)
        width = rng.choice((10, 12, 13, 15, 16, 17, 18, 18, 20, 20, 22, 24, 27, 30))
        return cls(
            width,
            gap=rng.choice((0, 1, 1)),
            titles_after=rng.random() < 0.6,
            digits_apart=rng.random() < 0.6 and not wide,
            letters_apart=rng.choice((0, 0.1, 0.3)),
            indent=rng.random() < 0.15,
            half_width=half_width,
            wide_digits=wide,
        )

    @property
    def traps(self) -> set[str]:
        name = "markdown" if self.markdown else "columns" if self.width else "whole paragraphs"
        told = {
            "narrow columns": 0 < self.width < 14,
            "digits set apart": self.digits_apart,
            "indents kept": self.indent,
            "half-width punctuation": self.half_width and not self.markdown,
            "full-width digits": self.wide_digits,
            "no blank lines": not self.gap,
        }
        return {name, "titles after" if self.titles_after else "titles before"} | {t for t, yes in told.items() if yes}


@dataclass
class Set:
    """A story as set: its head (banner, kicker, title, subtitle) and its body, and the story as it can be read back."""

    head: list[Line]
    body: list[Line]
    story: Story


@dataclass
class Setter:
    """Sets one story in the page's style; ``column`` is the width for it, which may differ from the page's."""

    rng: random.Random
    style: Style
    traps: set[str] = field(default_factory=set)
    column: int = 0
    then: tuple[int, int] = (0, 0)
    letters_apart: float = 0.0

    def set(self, story: Story) -> Set:
        self.traps = set(story.traps) | self.style.traps
        self.column, self.letters_apart = self.style.width, self.style.letters_apart
        head = self.head(story)
        body, texts = self.body(story)
        return Set(head, body, replace(story, paragraphs=tuple(texts), traps=frozenset(self.traps)))

    def display(self, text: str, level: int, gap: int | None = None) -> Line:
        marks = "#" * level + " " if self.style.markdown and level else ""
        return Line(self.style.gap if gap is None else gap, marks + text)

    # --- heads --------------------------------------------------------------------------------------

    def head(self, story: Story) -> list[Line]:
        """Banner, kicker, title and subtitle, some of them in two lines."""
        rng, lines = self.rng, []
        if story.banner:
            lines.append(self.display(story.banner, 2))
        if story.kicker:
            half = len(story.kicker) * 3 // 5
            if story.kicker.endswith("——") and rng.random() < 0.25 and story.kicker[half - 1 : half + 1].isalpha():
                lines += [self.display(story.kicker[:half], 0), self.display(story.kicker[half:], 0, 0)]
                self.traps.add("two-line kicker")
            else:
                lines.append(self.display(story.kicker, 2))
        if story.title:
            first, _, second = story.title.partition(" ")
            if second and not story.kicker and self.style.gap and self.style.width and rng.random() < 0.6:
                lines += [self.display(first, 1), self.display(second, 0, 0)]
                self.traps.add("two-line title")
            else:
                lines.append(self.display(story.title, 1))
            if " " in story.title:
                self.traps.add("title with a space")
        if story.subtitle:
            lines.append(self.display(story.subtitle, 0, rng.choice((0, self.style.gap))))
        return lines

    # --- bodies -------------------------------------------------------------------------------------

    def body(self, story: Story) -> tuple[list[Line], list[str]]:
        """By-lines, paragraphs, headings, jump, credit and signature; paragraphs as they can be read back."""
        rng, gap = self.rng, self.style.gap
        if story.credit and self.column:
            self.column, gap = rng.choice((self.column, 16, 18, 20)), rng.choice((gap, 0))
        columns = Columns(rng, self.column, self.style.gap)
        arrange = self.arrangement(story, columns)
        signed = [Line(self.style.gap, line) for line in story.bylines]
        top = signed if story.signed_at == "start" else []
        jump = story.jumps[0] if story.jumps else ""
        jump = figures_apart(jump) if self.style.digits_apart else jump
        above = [Line(self.style.gap, jump)] if "上接" in jump else []
        block, texts = self.paragraphs(story, gap, jump if "下转" in jump else "")
        block, top = arrange(block, top) if arrange else (block, top)
        self.traps |= columns.traps
        below = signed if story.signed_at == "end" else []
        if story.credit and "credit on the last line" not in self.traps:
            below = [*below, Line(self.style.gap, story.credit)]
        if story.signature:
            below = [*below, Line(self.style.gap, story.signature)]
        return [*top, *above, *block, *below], texts

    def arrangement(self, story: Story, columns: Columns) -> Arrange | None:
        """How the columns of ``story`` come out of the PDF; ``None``: as they should. The column may change its width instead."""
        rng, plain = self.rng, not (story.credit or story.printed or story.jumps or story.signature)
        enough = sum(map(len, story.paragraphs)) > 14 * (self.column or 30)
        draw = rng.random()
        if not plain or not enough or "short item" in story.traps:
            return None
        if draw < 0.06:
            return columns.out_of_order
        if self.column and not story.headings:
            if draw < 0.09:
                return columns.alternating
            if draw < 0.12:
                self.letters_apart = 0.0
                return columns.read_across
        if self.column and draw < 0.16:
            self.then = (rng.randint(4, 20), max(10, round(self.column * rng.choice((0.6, 1.5, 1.8)))))
            self.traps.add("column changes width")
        return None

    def paragraphs(self, story: Story, gap: int, jump: str) -> tuple[list[Line], list[str]]:
        rng, heads, printed = self.rng, dict(story.headings), dict(story.printed)
        block: list[Line] = []
        texts = []
        for n, text in enumerate(story.paragraphs):
            if n in heads:
                block.append(self.display(heads[n], 2))
            last = n == len(story.paragraphs) - 1
            if n in printed:
                first, *more = printed[n]
                inside = n in story.rows and n - 1 in story.rows
                first += story.tail + jump if last else ""
                block += [Line(0 if inside else self.style.gap, first, body=True), *(Line(0, line) for line in more)]
                texts.append(text)
                continue
            behind = jump if last else ""
            if last and story.credit and rng.random() < 0.4:
                behind = " " + story.credit
                self.traps.add("credit on the last line")
            set_lines, kept = self.paragraph(text, gap, story.tail if last else "", behind)
            block += set_lines
            texts.append(kept)
        return block, texts

    def paragraph(self, text: str, gap: int, tail: str, behind: str) -> tuple[list[Line], str]:
        """One paragraph, with ``tail`` set as part of it and ``behind`` put after it; its text without what breaks swallow."""
        start = "\u3000\u3000" if self.style.indent else ""
        if not self.column:
            whole = start + text + tail + behind
            cut = mid_clause(whole, 40, len(whole) - 20) if len(text) > 90 and self.rng.random() < 0.1 else 0
            if not cut or behind or tail:
                return [Line(self.style.gap, whole, body=True)], text
            self.traps.add("paragraph cut in two")
            parts = whole[:cut], whole[cut:]
            return [
                Line(self.style.gap, parts[0], ends=False, body=True),
                Line(1, parts[1], begins=False, body=True),
            ], text
        pieces = broken(text + tail, self.column, self.style.digits_apart, self.then)
        self._lines_set(len(pieces))
        opening = len(m.group()) if (m := _OPENING.match(text)) else 0
        lines, kept, at = [], "", 0
        for n, piece in enumerate(pieces):
            own = piece[: max(0, len(text) - at)]
            # A space at a break is lost, unless it parts two names.
            own = own.lstrip(" ") if at >= opening else own
            kept += own.rstrip(" ") if at + len(own) > opening else own
            if opening > 0 and at < opening <= at + len(piece) and n:
                self.traps.add("names across lines")
            shown = piece.strip()
            if self.style.digits_apart:
                shown = figures_apart(shown)
            phrase = re.search(" (?!通讯员)", piece.strip())
            last = n == len(pieces) - 1
            if not last and not phrase and len(shown) > 7 and self.rng.random() < self.letters_apart / 3:
                shown = letters_apart(shown)
                self.traps.add("letters set apart")
            shown = (start if n == 0 else "") + shown + (behind if last else "")
            lines.append(Line(self.style.gap if n == 0 else gap, shown, n == 0, last, body=True))
            at += len(piece)
        return lines, kept.strip()

    def _lines_set(self, count: int) -> None:
        """Let the column change its width once so many lines are set."""
        left, width = self.then
        if left > 0:
            self.then = (left - count, width) if left > count else (0, 0)
            self.column = self.column if left > count else width
