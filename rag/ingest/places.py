"""Where an article is set: province and city from its title and opening.

Names come from ``regions.tsv`` (source stated there). A county counts for its prefecture; a county-level city for
itself. Short names (福建, 吕梁, 峨眉山) are known for provinces, prefectures and cities of three characters; the others must be
written out (金乡县), since their short names are everyday words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise

_LEVELS = ("province", "city", "county_city", "county")
SHORTEST = 5
"""Letters of a county's spelling below which English words are too likely to be meant."""

_DATELINE = re.compile(r"^(?:据)?(?:新华社|中新社)[^日]{1,16}日电")
_NOT_A_PLACE = "杯路街派菜"
"""A short name before one of these is part of another name (安康杯, 南京路)."""

_BEHIND = "市州盟总工职站："
_SET_OFF = re.compile(r"(?:^|[\W_]|在|赴|到|抵|由|亮相)$")


@dataclass(frozen=True, slots=True)
class Region:
    """A place: short names of its province and city; ``city`` is empty for a province."""

    province: str
    city: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A place named in a text, at ``[start, end)``; ``regions`` are all it may be."""

    start: int
    end: int
    regions: tuple[Region, ...]


def _table() -> Iterator[list[str]]:
    """The rows of regions.tsv: full name, level, province, city, English spelling; provinces first, then cities."""
    text = resources.files("rag.ingest").joinpath("regions.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    yield from sorted(rows, key=lambda row: _LEVELS.index(row[1]))


@cache
def _gazetteer() -> tuple[dict[str, tuple[int, ...]], dict[str, tuple[Region, ...]]]:
    """The lengths of the names that begin with two given characters, longest first; and the regions of each name."""
    names: dict[str, list[Region]] = {}
    provinces: set[str] = set()
    for full, level, province, city, _ in _table():
        region = Region(province, city)
        names.setdefault(full, []).append(region)
        if level == "province":
            provinces.add(province)
        short = province if level == "province" else city
        # 吉林 and 海南 are provinces before they are anything else.
        known_short = level in ("province", "city") or (level == "county_city" and len(short) > 2)
        if known_short and len(short) > 1 and (level == "province" or short not in provinces):
            names.setdefault(short, []).append(region)
    known = {name: tuple(dict.fromkeys(regions)) for name, regions in names.items()}
    lengths: dict[str, set[int]] = {}
    for name in known:
        lengths.setdefault(name[:2], set()).add(len(name))
    return {start: tuple(sorted(sizes, reverse=True)) for start, sizes in lengths.items()}, known


def _named(text: str) -> Iterator[tuple[int, int, tuple[Region, ...]]]:
    """The names in ``text`` from left to right, the longest at each place, without overlap."""
    lengths, known = _gazetteer()
    free = 0
    for at in range(len(text) - 1):
        if at < free or not (sizes := lengths.get(text[at : at + 2])):
            continue
        for size in sizes:
            name = text[at : at + size]
            if len(name) == size and name in known:
                free = at + size
                yield at, free, known[name]
                break


@cache
def spellings() -> dict[str, tuple[tuple[str, Region], ...]]:
    """English spelling (lüliang and luliang, inner mongolia) to the short names and regions it may stand for.

    Of places spelt alike, provinces come before prefectures, and these before counties.
    """
    found: dict[str, dict[str, Region]] = {}
    rank: dict[str, int] = {}
    for full, level, province, city, spelling in _table():
        short = {"province": province, "county": re.sub("(?:自治)?[县区旗]$", "", full)}.get(level, city)
        own = min(_LEVELS.index(level), 2)
        for key in {spelling, spelling.replace("ü", "u"), spelling.replace("ü", "v")}:
            if rank.setdefault(key, own) == own and (own < 2 or len(key) >= SHORTEST):
                found.setdefault(key, {})[short] = Region(province, city)
    return {key: tuple(names.items()) for key, names in found.items()}


def mentions(text: str, *, strict: bool = True) -> list[Mention]:
    """The places named in ``text``, in order, the longest name at each place.

    Two characters may be part of other words (重大理论 holds 大理), so with ``strict`` a city's short name counts only
    where its neighbours set it off.
    """
    found: list[Mention] = []
    for start, end, regions in _named(text):
        short_city = end - start == 2 and all(r.city for r in regions)
        before, after = text[max(0, start - 2) : start], text[end : end + 1]
        behind_another = bool(found) and found[-1].end == start
        if after in _NOT_A_PLACE and after:
            continue
        if strict and short_city and not (behind_another or _SET_OFF.search(before) or after in _BEHIND):
            continue
        found.append(Mention(start, end, regions))
    return found


def place(head: str, paragraphs: Sequence[str]) -> tuple[str, str]:
    """``(province, city)`` of an article, short names, empty where it is about no one place.

    The title decides; if it names no place, the first of the paragraphs given that does. A city stands if it is
    named there first or right behind its province (山东省济宁市), a province alone means all of it.
    """
    opening = [_DATELINE.sub("", p) for p in paragraphs]
    for text in (head, *opening):
        found = mentions(text)
        if not found:
            continue
        first = _resolve(found[0], mentions(" ".join([head, *opening])))
        if first is None:
            continue
        chain = [first]
        for before, after in pairwise(found):
            if after.start > before.end and text is not head:
                break
            inner = next((r for r in after.regions if r.province == first.province and r.city), None)
            if inner is not None:
                chain.append(inner)
            elif after.start > before.end:
                break
        return first.province, _deepest(chain)
    return "", ""


def _resolve(mention: Mention, around: Sequence[Mention]) -> Region | None:
    """Which of its regions a name means: the only one, or the one whose province or city is named nearby."""
    if len(mention.regions) == 1:
        return mention.regions[0]
    sure = {m.regions[0] for m in around if len(m.regions) == 1}
    fitting = [
        r for r in mention.regions if any(s.province == r.province and (not s.city or s.city == r.city) for s in sure)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _deepest(chain: Sequence[Region]) -> str:
    return next((r.city for r in reversed(chain) if r.city), "")
