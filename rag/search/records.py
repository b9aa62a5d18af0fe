"""Articles and passages as lines of JSON, and back; files of them are mapped and read line by line, as they are asked for."""

from __future__ import annotations

import json
import mmap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from rag.search.names import Names, mapped
from rag.types import Article, Doubt, Doubtful, Heading, Kind, Origin, Passage, Precision, Published, to_json

if TYPE_CHECKING:
    from pathlib import Path

_Record = TypeVar("_Record")

_KEPT = 512  # articles kept once they were read: a question looks several times into each of the few that it finds

_PASSAGE = tuple(field.name for field in fields(Passage))
_ARTICLE = tuple(field.name for field in fields(Article))
_PASSAGE_VALUES, _ARTICLE_VALUES = attrgetter(*_PASSAGE), attrgetter(*_ARTICLE)
_encode = json.JSONEncoder(ensure_ascii=False).encode


def article_json(article: Article) -> dict[str, object]:
    """What :func:`rag.types.to_json` gives, ten times as fast: only the records inside are taken apart."""
    found: dict[str, object] = dict(zip(_ARTICLE, _ARTICLE_VALUES(article), strict=True))
    published = article.published
    found["published"] = {"date": published.date, "precision": published.precision, "why": published.why}
    for name in ("headings", "doubts", "continued"):
        found[name] = [to_json(part) for part in getattr(article, name)]
    return found


def article_line(article: Article) -> str:
    """One line of ``articles.jsonl``, with its line break."""
    return _encode(article_json(article)) + "\n"


def passage_line(passage: Passage) -> str:
    """One line of ``passages.jsonl``, with its line break."""
    return _encode(dict(zip(_PASSAGE, _PASSAGE_VALUES(passage), strict=True))) + "\n"


def article_from_json(data: Mapping[str, Any]) -> Article:
    """The inverse of :func:`rag.types.to_json`. Raises ``KeyError``, ``TypeError`` or ``ValueError`` on other data."""
    given: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
    published = data["published"]
    given["kind"] = Kind(data["kind"])
    given["headings"] = tuple(Heading(**heading) for heading in data["headings"])
    given["published"] = Published(**{**published, "precision": Precision(published["precision"])})
    given["doubts"] = tuple(Doubt(**{**doubt, "what": Doubtful(doubt["what"])}) for doubt in data["doubts"])
    given["continued"] = tuple(Origin(**{**part, "lines": tuple(part["lines"])}) for part in data["continued"])
    return Article(**given)


def passage_from_json(data: Mapping[str, Any]) -> Passage:
    """The inverse of :func:`rag.types.to_json`. Raises ``TypeError`` or ``ValueError`` on other data."""
    return Passage(**data)


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file of JSON lines. Raises ``OSError`` or ``ValueError``."""
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            yield json.loads(line)


class Lines(Sequence[_Record], Generic[_Record]):
    """The records of a file of JSON lines, each read when it is asked for; ``ends`` is where each line ends (int64).

    The file is mapped, so that it can be read even when it has been deleted since. Raises ``OSError`` or ``ValueError``.
    """

    def __init__(self, path: Path, ends: Path, record: Callable[[Mapping[str, Any]], _Record]) -> None:
        with path.open("rb") as file:
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._ends, self._record = mapped(ends), record
        if not len(self._ends) or self._ends[-1] != len(self._data):
            raise ValueError(f"{ends.name}: does not fit {path.name}")

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, row: int) -> _Record: ...

    @overload
    def __getitem__(self, row: slice) -> tuple[_Record, ...]: ...

    def __getitem__(self, row: int | slice) -> _Record | tuple[_Record, ...]:
        if isinstance(row, slice):
            return tuple(self[n] for n in range(*row.indices(len(self))))
        row = range(len(self))[row]  # as tuples take negative numbers, and say what is out of range
        start = int(self._ends[row - 1]) if row else 0
        return self._record(json.loads(self._data[start : int(self._ends[row])]))

    def __iter__(self) -> Iterator[_Record]:
        start = 0
        for end in self._ends.tolist():
            yield self._record(json.loads(self._data[start:end]))
            start = end

    def __eq__(self, other: object) -> bool:
        """Whether ``other`` holds the same records in the same order."""
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]


class ById(Mapping[str, Article]):
    """Articles by their ids, in the order of ``lines``; ``ids`` gives the row of each. The last few are kept in memory."""

    def __init__(self, lines: Sequence[Article], ids: Names) -> None:
        if len(lines) != len(ids):
            raise ValueError(f"{len(lines)} articles have {len(ids)} ids")
        self._lines, self._ids = lines, ids
        self._article = lru_cache(_KEPT)(lines.__getitem__)

    def __getitem__(self, article_id: str) -> Article:
        return self._article(self._ids[article_id])

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)

    def values(self) -> Sequence[Article]:  # type: ignore[override]
        """All articles in order, each read when it is asked for."""
        return self._lines
