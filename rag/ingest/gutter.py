"""Columns printed side by side, with white space between them, put one below the other.

Programs that keep a page's layout print the columns beside each other: each line then holds a piece of every column, and
the pieces of one column begin at the same place. Lines whose pieces do so are taken apart; a line that runs across
(a title) ends the stretch. Places are counted in half-width characters, of which a Chinese one takes two.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

FEWEST = 4
"""Lines that must have a piece beginning at the same place."""

OFF = 3
"""By how much the pieces of one column may be off their place."""

SHORTEST = 12
"""Half-width characters that the pieces of a column have at least, by the median: a table of names or figures is no text."""

_GAP = re.compile(r"(?:\s{4,}|\u3000{2,})")


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    end: int
    text: str


def apart(raw: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The lines of a page, each with its 1-based number, those of columns side by side column by column."""
    if sum(bool(_GAP.search(line.strip())) for line in raw) < FEWEST:
        yield from enumerate(raw, start=1)
        return
    rows = [_pieces(line) for line in raw]
    at = 0
    for low, high, places in _stretches(rows):
        yield from ((i + 1, raw[i]) for i in range(at, low))
        for column in range(len(places)):
            for i in range(low, high):
                texts = [piece.text for piece in rows[i] if _column(piece, places) == column]
                yield i + 1, " ".join(texts)
        at = high
    yield from ((i + 1, raw[i]) for i in range(at, len(raw)))


def _pieces(line: str) -> list[_Piece]:
    """What stands on a line between wide gaps."""
    bare = line.strip()
    if not bare or not _GAP.search(bare):
        return [_Piece(0, _cells(bare), line)] if bare else []
    out, at = [], 0
    for gap in _GAP.finditer(line):
        if text := line[at : gap.start()]:
            out.append(_Piece(_cells(line[:at]), _cells(line[: gap.start()]), text))
        at = gap.end()
    if text := line[at:].rstrip():
        out.append(_Piece(_cells(line[:at]), _cells(line[:at] + text), text))
    return out


def _cells(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def _column(piece: _Piece, places: Sequence[int]) -> int:
    return max((k for k, place in enumerate(places) if place <= piece.start + OFF), default=0)


def _stretches(rows: Sequence[Sequence[_Piece]]) -> Iterator[tuple[int, int, list[int]]]:
    """The stretches of lines ``[low, high)`` that are columns side by side, and where the columns begin."""
    at = 0
    while at < len(rows):
        if len(rows[at]) < 2:
            at += 1
            continue
        high, last = at + 1, at + 1
        while high < len(rows) and high - last <= OFF:
            if len(rows[high]) >= 2:
                last = high + 1
            elif rows[high] and rows[high][0].end > rows[at][1].start:
                break  # it runs across
            high += 1
        places = _places(rows[at:last])
        if places:
            yield at, last, places
            at = last
        else:
            at += 1


def _places(rows: Sequence[Sequence[_Piece]]) -> list[int]:
    """Where the columns of these lines begin; empty if they are none."""
    starts = sorted(piece.start for row in rows if len(row) > 1 for piece in row[1:])
    groups: list[list[int]] = []
    for start in starts:
        if groups and start - groups[-1][0] <= OFF:
            groups[-1].append(start)
        else:
            groups.append([start])
    many = sum(len(row) > 1 for row in rows)
    places = [0, *(group[0] for group in groups if len(group) >= max(FEWEST, many / 2))]
    if len(places) < 2:
        return []
    for column, place in enumerate(places):
        pieces = [piece for row in rows for piece in row if _column(piece, places) == column]
        after = places[column + 1] if column + 1 < len(places) else None
        if median(piece.end - max(place, piece.start) for piece in pieces) < SHORTEST:
            return []
        if after is not None and any(piece.end >= after for piece in pieces):
            return []
    return places
