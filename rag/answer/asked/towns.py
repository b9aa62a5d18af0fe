"""Towns under their names without 县 or 市 (锦屏和中山), which elsewhere may be any words: known where two places are joined."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.ingest.places import Mention, Region, mentions

_JOIN = re.compile(r"[和与跟同、]|\s*vs\.?\s*")
_LEVELS = "市县区"
_BEFORE = re.compile(r"(?:^|[\W_]|对比|比较|一下|今夏|今年|去年)$")
LENGTHS = (4, 3, 2)


def named(name: str) -> tuple[str, Region] | None:
    """The place whose name is all of ``name``, be it without 市, 县 or 区, and its full name; ``None`` where several are called so."""
    for full in (name, *(f"{name}{level}" for level in _LEVELS)):
        found = mentions(full, strict=False)
        if len(found) == 1 and (found[0].start, found[0].end) == (0, len(full)) and len(found[0].regions) == 1:
            return full, found[0].regions[0]
    return None


def joined(plain: str) -> list[Mention]:
    """The places of ``plain`` that stand on both sides of 和, one of them at least a town by its short name; in order."""
    found: dict[int, Mention] = {}
    for join in _JOIN.finditer(plain):
        left = next(_ending(plain, join.start()), None)
        right = next(_beginning(plain, join.end()), None)
        if left and right and left.regions != right.regions:
            found |= {left.start: left, right.start: right}
    return [found[at] for at in sorted(found)]


def _ending(plain: str, end: int) -> Iterator[Mention]:
    for start in (end - size for size in LENGTHS if size <= end):
        if _BEFORE.search(plain[:start]) and (one := named(plain[start:end])):
            yield Mention(start, end, (one[1],))


def _beginning(plain: str, start: int) -> Iterator[Mention]:
    for end in (start + size for size in LENGTHS if start + size <= len(plain)):
        if one := named(plain[start:end]):
            yield Mention(start, end, (one[1],))
