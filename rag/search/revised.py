"""What people have put right about articles: a title, a date, a place. Laid over what the parser read, whenever an index is built.

::

    index/default.revised.jsonl    beside the folder of the index, so that it outlives it; one revision a line, none ever changed

The text of an article is never touched, so that every passage and every quote stays as it is printed. Taking a revision back is a
revision, too: ``new`` is null, and what the parser read holds again.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

from rag.errors import StoreError
from rag.types import Article, Precision, Published

FIELDS = ("title", "date", "province", "city")
FIRST_YEAR, LAST_YEAR = 1900, 2100
LONGEST = 200
"""Characters of a value."""

_ISO = re.compile(r"[0-9]{4}(-[0-9]{2}-[0-9]{2})?")
_writing = threading.Lock()


@dataclass(frozen=True, slots=True)
class Revision:
    """``field`` of ``article`` is ``new`` and no longer ``old``, says ``by``; as the parser read it where ``new`` is ``None``.

    ``when`` is UTC, to the second.
    """

    when: str
    by: str
    article: str
    field: str
    old: str
    new: str | None

    def __post_init__(self) -> None:
        if self.field not in FIELDS:
            raise ValueError(f"{self.field!r} cannot be revised; only {', '.join(FIELDS)} can")
        if self.new is not None:
            _check(self.field, self.new)


def _check(field: str, value: str) -> None:
    """Raises ``ValueError`` for what cannot be the value of ``field``."""
    if len(value) > LONGEST or not (value.isprintable() or not value):
        raise ValueError(f"{field}: give one line of at most {LONGEST} characters")
    if field == "date" and value:
        if not _ISO.fullmatch(value) or not FIRST_YEAR <= int(value[:4]) <= LAST_YEAR:
            raise ValueError(
                f"date: {value!r} is no date from {FIRST_YEAR} to {LAST_YEAR}; give a day or a year, as in 2025-08-28, 2025"
            )
        try:
            date.fromisoformat((value + "-01-01")[:10])
        except ValueError:
            raise ValueError(f"date: there is no day {value}") from None


def log(root: Path) -> Path:
    """Where the revisions of the index in ``root`` are kept."""
    return root.with_name(f"{root.name}.revised.jsonl")


def read(root: Path) -> tuple[Revision, ...]:
    """The revisions of the index in ``root``, oldest first. Raises :class:`StoreError` if they cannot be read.

    A last line that a crash cut short was never said to be kept, and is passed over.
    """
    path = log(root)
    try:
        lines = path.read_bytes().rpartition(b"\n")[0].decode().split("\n")
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{path}: cannot be read ({error}); it holds revisions, one a line") from error
    try:
        return tuple(Revision(**json.loads(line)) for line in lines if line)
    except (ValueError, TypeError) as error:
        raise StoreError(f"{path}: holds a line that is no revision ({error}); put it right or take it out") from error


def add(root: Path, revisions: Iterable[Revision]) -> None:
    """Append to the log; it is on the disk when this returns. Raises :class:`StoreError` if it cannot be written."""
    path = log(root)
    lines = "".join(json.dumps(asdict(revision), ensure_ascii=False) + "\n" for revision in revisions)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _writing, path.open("ab+") as file:
            size = file.seek(0, os.SEEK_END)
            if size:
                file.seek(size - 1)
                if file.read(1) != b"\n":  # a crash cut the last line short
                    whole = path.read_bytes().rpartition(b"\n")[0]
                    file.truncate(len(whole) + 1 if whole else 0)
            file.write(lines.encode())
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise StoreError(f"{path}: cannot be written ({error.strerror}); check its permissions") from error


def overlay(revisions: Iterable[Revision]) -> Mapping[str, Mapping[str, str]]:
    """What holds now: by article, the value of each field that was put right."""
    found: dict[str, dict[str, str]] = {}
    for revision in revisions:
        of = found.setdefault(revision.article, {})
        if revision.new is None:
            of.pop(revision.field, None)
        else:
            of[revision.field] = revision.new
    return {article: of for article, of in found.items() if of}


def version(root: Path) -> str:
    """Changes with what holds; empty where nothing was put right."""
    holds = overlay(read(root))
    return hashlib.sha256(json.dumps(holds, sort_keys=True).encode()).hexdigest()[:12] if holds else ""


def revised(article: Article, values: Mapping[str, str]) -> Article:
    """``article`` with ``values`` by field; its text, and with that every quote from it, is the same."""
    plain = {field: value for field, value in values.items() if field != "date"}
    if "date" in values:
        return replace(article, **plain, published=published(values["date"]))  # type: ignore[arg-type]
    return replace(article, **plain)  # type: ignore[arg-type]


def published(value: str) -> Published:
    """The date that a person gave."""
    precision = {0: Precision.UNKNOWN, 4: Precision.YEAR, 10: Precision.DAY}[len(value)]
    return Published(value, precision, "人工更正" if value else "")


def applied(articles: Sequence[Article], root: Path) -> tuple[Article, ...]:
    """``articles`` as the revisions of the index in ``root`` have them."""
    holds = overlay(read(root))
    return tuple(revised(a, holds[a.id]) if a.id in holds else a for a in articles) if holds else tuple(articles)


def value(article: Article, field: str) -> str:
    """What ``field`` of ``article`` is now."""
    found = article.published.date if field == "date" else getattr(article, field)
    assert isinstance(found, str)
    return found
