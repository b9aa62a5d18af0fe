"""Places in an article as its address in the reader names them, and a text cut where they begin and end.

A place is a character range ``(start, end)`` of ``article.text``, the end not included. ``?s=20-40,1-5`` names two, and the first
is the one asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import quote, urlencode

Range = tuple[int, int]

MOST_RANGES = 50
"""Places an address may name; no answer cites as many of one article."""

_RANGE = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")


def parse(given: str, length: int) -> tuple[tuple[Range, ...], tuple[str, ...]]:
    """The places named in ``given`` that lie within a text of ``length`` characters, and the parts that name none."""
    good: dict[Range, None] = {}
    bad: list[str] = []
    for n, part in enumerate(given.split(",") if given else ()):
        found = _RANGE.fullmatch(part.strip())
        place = (int(found[1]), int(found[2])) if found else (0, 0)
        if n < MOST_RANGES and place[0] < place[1] <= length:
            good[place] = None
        else:
            bad.append(part)
    return tuple(good), tuple(bad)


def link(article_id: str, places: Iterable[Range] = (), language: str = "", *, pane: bool = False) -> str:
    """The address of an article in the reader, below that of the application, with ``places`` to mark there.

    With ``pane`` as it is shown beside the chat.
    """
    named = ",".join(f"{start}-{end}" for start, end in dict.fromkeys(places))
    asked = {name: value for name, value in (("s", named), ("lang", language), ("pane", "1" * pane)) if value}
    query = f"?{urlencode(asked, safe=',')}" if asked else ""
    return f"read/{quote(article_id, safe='')}{query}{'#mark' if named else ''}"


def first(place: Range, places: Iterable[Range]) -> tuple[Range, ...]:
    """``places`` with ``place``, the one asked for, before the others."""
    return tuple(dict.fromkeys((place, *places)))


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a paragraph: in the place asked for, in one of the others (``cited``), or in none.

    ``begins`` is true where the place asked for begins.
    """

    text: str
    asked: bool = False
    cited: bool = False
    begins: bool = False


def pieces(text: str, at: int, places: Sequence[Range]) -> tuple[Piece, ...]:
    """``text``, which stands at ``at`` in its article, cut where ``places`` begin and end; the first is the one asked for."""
    cuts = {0, len(text), *(min(max(edge - at, 0), len(text)) for place in places for edge in place)}
    edges = sorted(cuts)
    made: list[Piece] = []
    for begin, end in pairwise(edges):
        inside = [n for n, (start, stop) in enumerate(places) if start < at + end and stop > at + begin]
        asked = 0 in inside
        made.append(
            Piece(
                text[begin:end],
                asked=asked,
                cited=bool(inside) and not asked,
                # Where it starts with the line break before this paragraph, its first character is here.
                begins=asked and places[0][0] >= at - 1 and not any(p.asked for p in made),
            )
        )
    return tuple(made)
