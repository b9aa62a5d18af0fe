"""What is in the archive, counted once for each index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.search.library import is_doubtful
from rag.types import Kind, Precision
from ui.texts import LONGEST_TITLE, MOST_EXAMPLES, Example, answered_by, examples

if TYPE_CHECKING:
    from rag.types import Article, Published

MOST_BARS = 40
"""Bars of a chart; months beyond that are counted by year."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: what it counts, how many, its share of the longest (0 to 100), and the filters that list what it counts."""

    name: str
    count: int
    share: float
    wanted: Mapping[str, str]


@dataclass(frozen=True)
class Census:
    """Counts of the articles of an index; the banners of pages are none, but in what is ``held`` altogether. ``doubtful`` are ids.

    ``days`` are the first and the last that is known, ``examples`` questions for those who do not know what to ask.
    """

    held: int
    articles: int
    sources: int
    months: tuple[tuple[str, int], ...]
    undated: int
    provinces: tuple[tuple[str, int], ...]
    unplaced: int
    kinds: tuple[tuple[Kind, int], ...]
    doubtful: tuple[str, ...]
    days: tuple[Published, Published] | None
    examples: tuple[str, ...]

    @classmethod
    def of(cls, articles: Iterable[Article]) -> Census:
        """The census of ``articles``, each of which is read once."""
        kinds: Counter[Kind] = Counter()
        months: Counter[str] = Counter()
        provinces: Counter[str] = Counter()
        sources, doubtful = set(), []
        titles: list[str] = []
        answered: set[Example] = set()
        days: tuple[Published, Published] | None = None
        for article in articles:
            kinds[article.kind] += 1
            sources.add(article.source)
            days = _further(days, article.published)
            answered.update(answered_by(article))
            if 0 < len(article.title) <= LONGEST_TITLE and len(titles) < MOST_EXAMPLES:
                titles.append(article.title)
            if article.kind is Kind.FURNITURE:
                continue
            months[article.published.date[:7]] += 1
            provinces[article.province] += 1
            if is_doubtful(article):
                doubtful.append(article.id)
        held = kinds.total()
        kinds.pop(Kind.FURNITURE, None)
        undated, unplaced = months.pop("", 0), provinces.pop("", 0)
        if len(months) > MOST_BARS:
            years: Counter[str] = Counter()
            for month, count in months.items():
                years[month[:4]] += count
            months = years
        return cls(
            held,
            kinds.total(),
            len(sources),
            tuple(sorted(months.items())),
            undated,
            tuple(provinces.most_common()),
            unplaced,
            tuple(kinds.most_common()),
            tuple(doubtful),
            days,
            examples(answered, titles),
        )


def _further(days: tuple[Published, Published] | None, day: Published) -> tuple[Published, Published] | None:
    """``days`` from the first to the last, with a further ``day`` if it is known."""
    if day.precision is Precision.UNKNOWN:
        return days
    first, last = days or (day, day)
    return (day if day.date < first.date else first, day if day.date >= last.date else last)


def bars(counts: Iterable[tuple[str, int]], *names: str) -> tuple[Bar, ...]:
    """``counts`` as bars, each of which sets the filters ``names`` to what it counts."""
    rows = tuple(counts)
    most = max((count for _, count in rows), default=1)
    return tuple(Bar(name, count, round(100 * count / most, 1), dict.fromkeys(names, name)) for name, count in rows)
