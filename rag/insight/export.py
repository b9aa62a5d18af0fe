"""A table as text to be taken away: for a spreadsheet, for Markdown, for a terminal. The first row holds the headings."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from io import StringIO

Grid = Sequence[Sequence[str]]

_FORMULA = re.compile(r"\s*[=+\-@]")
_BREAKS = re.compile(r"\s+")


def comma_separated(grid: Grid) -> str:
    """``grid`` as CSV that Excel and WPS open as it is: with a byte order mark, and nothing in it a formula.

    A cell that begins like one gets an apostrophe before it (OWASP, CSV injection).
    """
    out = StringIO()
    csv.writer(out).writerows([[f"'{cell}" if _FORMULA.match(cell) else cell for cell in row] for row in grid])
    return f"\ufeff{out.getvalue()}"


def tab_separated(grid: Grid) -> str:
    """``grid`` as lines to be pasted into a sheet or a document."""
    return "\n".join("\t".join(_BREAKS.sub(" ", cell) for cell in row) for row in grid)


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
