"""By-lines that go over several lines: 本报记者 alone, names below names, brackets that open on one line and close on another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest

from rag.ingest.line import Line
from rag.ingest.marks import FIRST_ROLE, POST, Mark, is_byline
from rag.ingest.names import HAN, are_names

MOST = 3
"""Lines that a by-line in brackets takes at most."""

_OPENS = re.compile(r"(?:^|(?<=[。！？”]))[（(]本[^（()）]{0,60}$")
_BEHIND = re.compile(rf"[（(](?:记者|通讯员)[：:]?\s*[{HAN}·、\s]{{2,40}}[）)]")
"""A by-line without 本报, which behind the end of a text is one; in a narrow column 本报讯 may stand on the line before."""

_WHOLE = re.compile(rf"[（(]本报(?:首席|见习|特约)?(?:记者|通讯员)[{HAN}·、\s]{{2,80}}[）)]")


def over_lines(found: Sequence[Line]) -> Iterator[Line]:
    """``found``, with the lines of such by-lines marked; one that opens behind the end of a text is set off from it."""
    return _below(list(_in_brackets(found)))


def _in_brackets(found: Sequence[Line]) -> Iterator[Line]:
    done = 0
    for i, line in enumerate(found):
        opens = _OPENS.search(line.text) if line.mark is Mark.NONE else None
        if i < done:
            yield replace(line, mark=Mark.BYLINE)
        elif opens and (size := _closes(opens.group(), found[i + 1 : i + MOST])):
            done = i + 1 + size
            if opens.start():
                yield replace(line, text=line.text[: opens.start()].rstrip())
                yield Line(line.number, opens.group(), 0, Mark.BYLINE)
            else:
                yield replace(line, mark=Mark.BYLINE)
        else:
            yield line


def _closes(text: str, after: Sequence[Line]) -> int:
    """How many lines ``after`` an open bracket it takes to make a by-line of it; 0 if it is none."""
    for size, line in enumerate(after, start=1):
        if line.mark is not Mark.NONE and not is_byline(line.text):
            return 0
        text += line.text
        if line.text.endswith(("）", ")")):
            return size if _WHOLE.fullmatch(text) else 0
    return 0


def _below(found: Sequence[Line]) -> Iterator[Line]:
    before: Line | None = None
    for line, after in zip_longest(found, found[1:]):
        assert line is not None
        if line.mark is Mark.NONE and not line.level and not line.bold:
            names = _names(line)
            below = before is not None and before.mark is Mark.BYLINE and before.number != line.number
            post = bool(POST.match(line.text)) and after is not None and are_names(_names(after))
            rest = line.text[len(names) :].strip()
            ended = before is not None and before.mark is Mark.NONE and before.text.endswith(("。", "！", "？", "”"))
            if (
                post
                or (ended and _BEHIND.fullmatch(line.text))
                or (below and are_names(names) and (not rest or is_byline(rest)))
            ):
                line = replace(line, mark=Mark.BYLINE)  # noqa: PLW2901
        yield line
        before = line


def _names(line: Line) -> str:
    """What stands before the first post on a line."""
    return FIRST_ROLE.split(line.text, maxsplit=1)[0].strip()
