"""Lines: text broken into them as a column breaks it, and the spaces a justified line gets."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

NOT_FIRST, NOT_LAST = "，。、；：！？”’）》—…,;:!?)", "“‘（《("
_UNIT = r"[0-9A-Za-z.%∶]+|——|."


@dataclass(frozen=True)
class Line:
    """A line to be printed: blank lines above it, and whether its paragraph (if any) begins or ends with it."""

    gap: int
    text: str
    begins: bool = True
    ends: bool = True
    body: bool = False


@cache
def size(char: str) -> float:
    """Width of a character in columns' measure: 1 or a half."""
    return 1.0 if unicodedata.east_asian_width(char) in "WFA" else 0.5


def cells(text: str) -> int:
    """Cells a terminal (and ``pdftotext -layout``) gives ``text``."""
    return int(2 * sum(map(size, text)))


@cache
def _mark(char: str) -> bool:
    return unicodedata.category(char).startswith("P") and size(char) == 1.0


@cache
def _room(unit: str, apart: bool) -> float:
    """What a unit takes on the line; figures half a character more where spaces are set beside them."""
    edge = 0.5 if apart and re.match("[0-9A-Za-z]", unit) else 0.0
    return sum(map(size, unit)) + edge if unit != " " else 0.5


def broken(text: str, width: int, apart: bool, then: tuple[int, int] = (0, 0)) -> list[str]:
    """``text`` in lines of ``width`` characters, the first indented by two; no mark begins a line that must not.

    ``apart`` makes room beside figures; ``then`` is ``(lines, width)``: after so many lines the column has another width.
    """
    units = re.findall(_UNIT, text)
    lines: list[str] = []
    line, used, squeeze, room = "", 0.0, 0.0, width - 2.0

    for i, unit in enumerate(units):
        if used + _room(unit, apart) > room:
            fits_squeezed = unit[0] in NOT_FIRST and used + _room(unit, apart) - squeeze - 0.5 <= room
            if not fits_squeezed:
                down = ""
                # What must not begin a line takes its neighbour along; what must not end one goes down too.
                if unit[0] in NOT_FIRST:
                    while line and (not down or down[0] in NOT_FIRST):
                        last = re.findall(r"[0-9A-Za-z.%∶]+$|.$", line)[0]
                        line, down = line[: -len(last)], last + down
                while line and line[-1] in NOT_LAST:
                    line, down = line[:-1], line[-1] + down
                if line:
                    lines.append(line)
                line, room = down, float(then[1] if 0 < then[0] <= len(lines) else width)
                used, squeeze = sum(_room(u, apart) for u in re.findall(_UNIT, down)), sum(map(_mark, down)) / 2
        line += unit
        used += _room(unit, apart)
        squeeze += _mark(unit[0]) * len(unit) / 2
        if _mark(unit[0]) and i and _mark(units[i - 1][0]):
            used -= 0.5
    return [*lines, line] if line else lines


def figures_apart(text: str) -> str:
    """``text`` with spaces between Chinese and figures, as justified lines have them."""
    text = text.replace("本报讯（", "本报讯 （")
    return re.sub(r"(?<=[\u4e00-\u9fff])(?=[0-9])|(?<=[0-9%])(?=[\u4e00-\u9fff])", " ", text)


def letters_apart(text: str) -> str:
    """``text`` with its letters set apart to fill the line; numbers stay whole, and a mark's own blank half stands for a space."""
    units = re.findall(r"[!-~]+|.", text.replace(" ", ""))
    parted = [
        " "
        if (before[-1] not in "，。、；：！？”’）》“‘（《" and unit not in "”’）》“‘（《")
        or before in "“‘"
        or unit in "”’"
        else ""
        for before, unit in pairwise(units)
    ]
    return units[0] + "".join(gap + unit for gap, unit in zip(parted, units[1:], strict=True))


def mid_clause(text: str, low: int, high: int) -> int:
    """Where in ``text`` a clause can be cut, from ``low`` on: letters on both sides; 0 where there is no such place."""
    spots = (i for i in range(max(2, low), min(high, len(text) - 2)) if text[i - 2 : i + 2].isalpha())
    return next(spots, 0)
