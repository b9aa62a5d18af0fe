"""What each line of a page does: stand alone (titles, headings), open a paragraph, or run on in one.

The most probable sequence of roles is found over the whole page at once (Viterbi, 1967) from the cues of
:mod:`rag.ingest.line_cues`; their points were learned as those of a conditional random field (Lafferty, McCallum and
Pereira, ICML 2001; the recipe is :mod:`rag.train.roles`). The page is read twice: once it is known which lines are body text, their
columns are measured again without the titles and captions between them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rag.ingest.columns import Column, columns
from rag.ingest.line import Line
from rag.ingest.line_cues import ROLES, Cues, LineCue, Reading, Role, points
from rag.ingest.marks import Mark

READINGS = 2
"""The columns are measured anew, and the roles read again, once it is known which lines belong together."""


def roles(lines: Sequence[Line], *, whole: bool = False) -> list[Role | None]:
    """The role of each line; ``None`` for lines whose wording already says what they are (``Line.mark``).

    ``whole`` says that in pages of this format a line is a paragraph.
    """
    found: list[Role | None] = []
    known: _Known = {}
    for _ in range(READINGS if lines else 0):
        body = [role in (Role.OPENS, Role.RUNS) for role in found]
        found = best(Reading(lines, columns(lines, body, whole=whole)), points(), known)
    return found


def worth(cues: Cues, points: Mapping[LineCue, float]) -> float:
    """What ``cues`` are worth together."""
    total = 0.0
    for cue, value in cues.items():
        total += points[cue] * value
    return total


_Known = dict[tuple[int, Column, Column | None], tuple[list[float], dict[tuple[Role, Role], float]]]
"""What a line's cues, and those of its following the one before it, are worth, by the columns around the two."""


def _worths(
    reading: Reading, i: int, points: Mapping[LineCue, float], known: _Known
) -> tuple[list[float], dict[tuple[Role, Role], float]]:
    follows = i > 0 and reading.lines[i - 1].mark is Mark.NONE
    key = (i, reading.around[i], reading.around[i - 1] if follows else None)
    if key not in known:
        steps = {roles: worth(cues, points) for roles, cues in reading.steps(i).items()} if follows else {}
        known[key] = [worth(cues, points) for cues in reading.own(i)], steps
    return known[key]


def best(reading: Reading, points: Mapping[LineCue, float], known: _Known) -> list[Role | None]:
    """The most probable roles, given the columns; ``known`` keeps what need not be worked out again with others."""
    table: list[dict[Role, tuple[float, Role | None]]] = []
    for i, line in enumerate(reading.lines):
        if line.mark is not Mark.NONE:
            table.append({})
            continue
        own, steps = _worths(reading, i, points, known)
        previous = table[i - 1] if i else {}
        if not previous:
            # At the top of a page and behind a byline, credit or jump mark something new begins.
            table.append({role: (own[role] + worth(reading.start(role), points), None) for role in ROLES})
            continue
        table.append(
            {
                role: max(
                    [(score + steps[before, role] + own[role], before) for before, (score, _) in previous.items()]
                )
                for role in ROLES
            }
        )
    return _trace(reading, table, points)


def _trace(
    reading: Reading, table: Sequence[dict[Role, tuple[float, Role | None]]], points: Mapping[LineCue, float]
) -> list[Role | None]:
    """The best path, read backwards; each stretch between marked lines ends in its own best role."""
    found: list[Role | None] = [None] * len(table)
    follow: Role | None = None
    for i in range(len(table) - 1, -1, -1):
        row = table[i]
        if not row:
            follow = None
            continue
        if follow is None:
            ends = {role: score + worth(reading.stop(i, role), points) for role, (score, _) in row.items()}
            follow = max(ends, key=lambda role: ends[role])
        found[i] = follow
        follow = row[follow][1]
    return found
