"""Names as a hurried hand writes them: one character wrong is forgiven where it makes no other word."""

from __future__ import annotations

import re

from rag.zh import normalise, words

_MARKS = re.compile(r"[\W_]+")
SHORTEST = 4
"""Characters of a name in which one may be wrong."""


def holds(name: str, text: str) -> bool:
    """Whether ``text`` has ``name`` (normal form), be it with one character written wrong in ``name``.

    暖边绿竟 is 暖边绿境, for 竟 makes no word there; 春雨行动 is not 春风行动.
    """
    plain, name = (_MARKS.sub("", t) for t in (normalise(text), name))
    return name in plain or (
        len(name) >= SHORTEST and (any(_slip(name, plain, n) for n in range(len(name))) or _shortened(name, plain))
    )


LONG, LEFT_OUT = 9, 3
"""Characters of a name of which a few may be left out in one place, and how many: 万名新人读书计划 for 万名新人读书三年计划."""


def _shortened(name: str, plain: str) -> bool:
    if len(name) < LONG:
        return False
    return any(
        re.search(f"{re.escape(name[:n])}.{{1,{LEFT_OUT}}}{re.escape(name[n:])}", plain)
        for n in range(LEFT_OUT, len(name) - 1)
        if name[:n] in plain
    )


def _slip(name: str, plain: str, n: int) -> bool:
    before, after = name[:n], name[n + 1 :]
    at = plain.find(before) if before else plain.find(after) - 1
    while at >= 0:
        if plain.startswith(after, at + n + 1) and plain[at + n : at + n + 1].isalnum():
            return not any(len(w) > 1 and name[n] in w for w in words(name))
        at = plain.find(before, at + 1) if before else -1
    return False
