"""Columns of one story as they come out of a PDF: pieces out of order, line by line in turn, or side by side on one line."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field, replace

from newspaper.lines import Line, cells, mid_clause


@dataclass
class Columns:
    """Rearranges the lines of a body; ``width`` and ``gap`` are those of its lines, ``traps`` what was done.

    Each way takes the lines of the text and the by-lines above it, and gives both as they are printed.
    """

    rng: random.Random
    width: int
    gap: int
    traps: set[str] = field(default_factory=set)

    def out_of_order(self, block: list[Line], top: list[Line]) -> tuple[list[Line], list[Line]]:
        """Pieces, each broken off in mid-sentence, in another order; the by-line stands above one of them or two."""
        rng, count = self.rng, self.rng.choice((2, 2, 3))
        cuts: list[int] = []
        for i in range(1, count):
            block, cut = self._cut_whole(block, i / count) if not self.width else (block, self._cut(block, i / count))
            if cut > (cuts[-1] + 2 * bool(self.width) if cuts else 0):
                cuts.append(cut)
        if not cuts:
            return block, top
        pieces = [block[a:b] for a, b in zip([0, *cuts], [*cuts, len(block)], strict=True)]
        pieces = [[replace(p[0], gap=self.gap), *p[1:]] for p in pieces]
        order = list(range(len(pieces)))
        while order == sorted(order):
            rng.shuffle(order)
        self.traps |= {"columns out of order", f"{len(pieces)} columns out of order"}
        where = rng.choice(("twice", "above the first", "on top")) if top else ""
        if where == "twice" and order[0] != 0:
            self.traps.add("by-line repeated")
            pieces[0] = [*top, *pieces[0]]
        elif where == "above the first":
            pieces[0], top = [*top, *pieces[0]], []
        return [line for n in order for line in pieces[n]], top

    def _cut(self, block: list[Line], share: float) -> int:
        """The line nearest to ``share`` of ``block`` that goes on with a sentence; 0: none."""
        near = sorted(range(3, len(block) - 1), key=lambda n: abs(n - share * len(block)))
        open_ = (n for n in near if not block[n - 1].ends and not re.search(r"[。；？！”：;?!:]$", block[n - 1].text))
        return next(open_, 0)

    def _cut_whole(self, block: list[Line], share: float) -> tuple[list[Line], int]:
        """``block`` with a line near ``share`` of it cut in mid-clause, and the number of the second half."""
        for n in sorted(range(1, len(block)), key=lambda n: abs(n - share * len(block))):
            if halves := cut_in_two(block[n], 0.5):
                return [*block[:n], *halves, *block[n + 1 :]], n + 1
        return block, 0

    def _stretch(self, block: list[Line]) -> tuple[list[Line], list[Line], list[Line]]:
        """Lines before a stretch of two columns (often none), its left column and its right one."""
        start = 0 if self.rng.random() < 0.5 else self.rng.randrange(1, len(block) // 3 + 1)
        high = -(-(len(block) - start) // 2)
        return block[:start], block[start : start + high], block[start + high :]

    def alternating(self, block: list[Line], top: list[Line]) -> tuple[list[Line], list[Line]]:
        """Two columns read line by line: left, right, left, right."""
        before, left, right = self._stretch(block)
        self.traps.add("columns alternate by line")
        mixed = [line for pair in zip(left, right, strict=False) for line in pair] + left[len(right) :]
        return [*before, *(replace(line, gap=self.gap) for line in mixed)], top

    def read_across(self, block: list[Line], top: list[Line]) -> tuple[list[Line], list[Line]]:
        """Two columns on the same printed lines, a gutter of spaces between them, as ``pdftotext -layout`` gives them."""
        before, left, right = self._stretch(block)
        self.traps.add("columns read across")
        gutter, inset = self.rng.randint(4, 9), self.rng.random() < 0.5

        def shown(line: Line) -> str:
            return ("    " if inset and line.begins else "") + line.text.strip("\u3000")

        wide = max(cells(shown(line)) for line in left)
        rows = []
        for one, other in zip(left, [*right, None][: len(left)], strict=True):
            text = shown(one)
            text += " " * (wide - cells(text) + gutter) + shown(other) if other else ""
            rows.append(Line(self.gap, text, body=True))
        return [*before, *rows], top


def cut_in_two(line: Line, share: float) -> list[Line]:
    """A whole paragraph in two lines, parted in mid-clause some way behind ``share`` of it; nothing where it cannot be."""
    cut = mid_clause(line.text, int(len(line.text) * share), len(line.text) - 8)
    if not (line.body and line.begins and line.ends and len(line.text) > 30 and cut):
        return []
    return [replace(line, text=line.text[:cut], ends=False), Line(1, line.text[cut:], begins=False, body=True)]
