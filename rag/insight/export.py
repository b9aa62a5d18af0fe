"""A table as text to be taken away: for a spreadsheet, for Markdown, for a terminal. The first row holds the headings."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from io import StringIO

Grid = Sequence[Sequence[str]]

_FORMULA = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠]")
"""How a cell begins that a spreadsheet may take for a formula; those set up for Chinese or Japanese take full-width signs, too."""
_BREAKS = re.compile(r"\s+")


def comma_separated(grid: Grid) -> str:
    """``grid`` as CSV that Excel and WPS open as it is: with a byte order mark, and nothing in it a formula."""
    out = StringIO()
    csv.writer(out).writerows([[_inert(cell) for cell in row] for row in grid])
    return f"\ufeff{out.getvalue()}"


def tab_separated(grid: Grid) -> str:
    """``grid`` as lines to be pasted into a sheet, where nothing in it is a formula, or a document."""
    return "\n".join("\t".join(_BREAKS.sub(" ", _inert(cell)) for cell in row) for row in grid)


def _inert(cell: str) -> str:
    """A cell that begins like a formula with an apostrophe before it (OWASP, CSV injection), others as they are."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def markdown(grid: Grid, spell: Callable[[str], str] = str) -> str:
    """``grid`` as a Markdown table, its cells put through ``spell``."""
    rows = ["| " + " | ".join(_BREAKS.sub(" ", spell(cell)).replace("|", r"\|") for cell in row) + " |" for row in grid]
    return "\n".join([rows[0], "|" + " --- |" * len(grid[0]), *rows[1:]])


def records(grid: Grid, colon: str) -> str:
    """``grid`` for a terminal: each row a block, the first cell on a line of its own, the others below with their headings."""
    blocks = []
    for number, (first, *rest) in enumerate(grid[1:], 1):
        told = [f"   {name}{colon}{cell}" for name, cell in zip(grid[0][1:], rest, strict=True) if cell]
        blocks.append("\n".join([f"{number}. {first}", *told]))
    return "\n".join(blocks)
