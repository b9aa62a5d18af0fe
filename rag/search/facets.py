"""What articles can be filtered by, beside the index: dates, places, kinds, reporters, sources.

::

    articles.npy    for each passage the row of its article (uint32)
    values.npy      for each article the numbers of its values, a column for each of FIELDS (uint32)
    values.json     the values by field, as numbered

A filter is put to each value that occurs and not to each article, and then to all passages at once, as a mask over their rows.
Search takes the mask in, so that of the passages it lets pass the best are found, however few they are.
"""

from __future__ import annotations

import json
import mmap
import re
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from rag import zh
from rag.search import removed
from rag.search.names import mapped
from rag.types import Article, Filters, Passage

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_ARTICLES, _VALUES, _NAMES = "articles.npy", "values.npy", "values.json"


def _dated(date: str, wanted: Filters) -> bool:
    """A date known to the year may be any day of it; one not known at all is never wanted."""
    if not (wanted.since or wanted.until):
        return True
    # "~" is behind all digits and hyphens: 2025 is as late as its last day.
    return bool(date) and f"{date}~" >= wanted.since and (not wanted.until or date <= f"{wanted.until}~")


def _placed(where: Sequence[str], wanted: Filters) -> bool:
    """福建 and 福建省 are one; 赣州 is found under 江西 and under 赣州."""
    if not wanted.place:
        return True
    place = _place(wanted.place)
    province, city = where
    return any(place in _place(name) for name in (province, city, province + city))


@lru_cache(4096)
def _place(name: str) -> str:
    return re.sub(r"(?<=..)[省市]$", "", zh.normalise(name).strip())


def _of_kind(kind: str, wanted: Filters) -> bool:
    return wanted.kind is None or kind == wanted.kind


def _reported(reporters: Sequence[str], wanted: Filters) -> bool:
    """By the whole name, in either script."""
    return not wanted.reporter or zh.normalise(wanted.reporter).strip() in map(zh.normalise, reporters)


def _from(source: str, wanted: Filters) -> bool:
    return not wanted.source or removed.covers([wanted.source], source)


FIELDS: Mapping[str, tuple[Callable[[Article], Any], Callable[[Any, Filters], bool]]] = {
    "date": (lambda a: a.published.date, _dated),
    "place": (lambda a: (a.province, a.city), _placed),
    "kind": (lambda a: a.kind.value, _of_kind),
    "reporters": (lambda a: a.reporters, _reported),
    "source": (lambda a: a.source, _from),
}
"""By name: what is read off an article, and whether a filter lets it pass."""


def takes(wanted: Filters, article: Article) -> bool:
    """Whether ``wanted`` lets ``article`` pass."""
    return all(passes(read(article), wanted) for read, passes in FIELDS.values())


class Facets:
    """The values of the articles of an index, arrays as in the module's docstring; ``names`` is the JSON text of the last."""

    def __init__(self, articles: NDArray[np.uint32], values: NDArray[np.uint32], names: bytes | mmap.mmap) -> None:
        self._articles, self._values, self._names = articles, values, names
        bound = weakref.WeakMethod(self._allowed)

        def allowed(wanted: Filters) -> NDArray[np.bool_]:
            method = bound()
            assert method is not None  # who calls has the facets
            return method(wanted)

        # Not of the method itself: the two would hold each other, and the maps of an index that was exchanged stay open.
        self.allowed = lru_cache(16)(allowed)

    @classmethod
    def of(cls, articles: Iterable[Article], passages: Iterable[Passage]) -> Facets:
        """Those of ``articles`` and their ``passages``, in the order of the index."""
        numbers: dict[str, dict[Any, int]] = {name: {} for name in FIELDS}
        rows: dict[str, int] = {}
        values = []
        for article in articles:
            rows[article.id] = len(rows)
            for name, (read, _) in FIELDS.items():
                known = numbers[name]
                values.append(known.setdefault(read(article), len(known)))
        names = json.dumps({name: list(known) for name, known in numbers.items()}, ensure_ascii=False)
        return cls(
            np.fromiter((rows[p.article_id] for p in passages), np.uint32),
            np.array(values, np.uint32).reshape(-1, len(FIELDS)),
            names.encode(),
        )

    def __len__(self) -> int:
        return len(self._articles)

    @cached_property
    def by_name(self) -> Mapping[str, Sequence[Any]]:
        """The values of each field, as numbered."""
        found: Mapping[str, Sequence[Any]] = json.loads(self._names[:])
        return found

    def _allowed(self, wanted: Filters) -> NDArray[np.bool_]:
        """Which passages ``wanted`` lets pass, shape (passages,); the last few answers are kept."""
        found: NDArray[np.bool_] = self.passing(wanted)[self._articles]
        return found

    def passing(self, wanted: Filters) -> NDArray[np.bool_]:
        """Which articles ``wanted`` lets pass, shape (articles,), in the order of the index."""
        pass_ = np.ones(len(self._values), np.bool_)
        columns = list(FIELDS)
        for name, of in self.letting(wanted):
            pass_ &= of[self._values[:, columns.index(name)]]
        return pass_

    def letting(self, wanted: Filters) -> Iterator[tuple[str, NDArray[np.bool_]]]:
        """For each field by which ``wanted`` keeps articles out, which of its values it lets pass."""
        for name, (_, passes) in FIELDS.items():
            of = np.fromiter((passes(value, wanted) for value in self.by_name[name]), np.bool_)
            if not of.all():
                yield name, of

    def numbers(self) -> NDArray[np.uint32]:
        """For each passage the numbers of the values of its article, shape (passages, FIELDS)."""
        found: NDArray[np.uint32] = self._values[self._articles]
        return found

    def rows_of(self, article: int) -> range:
        """The rows of the passages of the article with that number; they are neighbours, in the order of the articles."""
        start, end = np.searchsorted(self._articles, np.array([article, article + 1], self._articles.dtype))
        return range(int(start), int(end))

    def save(self, folder: Path) -> None:
        """Write them into ``folder``, which is made."""
        folder.mkdir()
        np.save(folder / _ARTICLES, self._articles, allow_pickle=False)
        np.save(folder / _VALUES, self._values, allow_pickle=False)
        (folder / _NAMES).write_bytes(self._names[:])


def load(folder: Path) -> Facets:
    """The facets in ``folder``, mapped and not read. Raises ``OSError`` or ``ValueError``."""
    with (folder / _NAMES).open("rb") as file:
        names = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return Facets(mapped(folder / _ARTICLES), mapped(folder / _VALUES), names)
