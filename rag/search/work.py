"""Readings of files written down as they come, so that a build that is killed need not read them again.

::

    unfinished/20251204T093000123456Z-5f0c9a1e.jsonl   what one run has read so far; removed when its build is in use

The first line says with what was read; every other is one file. Each run writes a file of its own, so that two at once do
not get into each other's lines. A line that was cut short by a crash is no JSON, and is passed over.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rag.errors import StoreError
from rag.ingest.corpus import Reading
from rag.search.records import article_from_json, article_json

FOLDER = "unfinished"
_SYNC = 2.0  # seconds between two times of making the system write to the disk: a power cut costs no more than that

Key = tuple[str, str]
"""A file's name and the SHA-256 of its bytes."""


def reading_json(reading: Reading) -> dict[str, Any]:
    """``reading`` as JSON types."""
    return {
        "source": reading.source,
        "sha256": reading.sha256,
        "pages": [list(page) for page in reading.pages],
        "articles": [article_json(article) for article in reading.articles],
        "notes": list(reading.notes),
        "error": reading.error,
        "lost": list(reading.lost),
    }


def reading_from_json(data: Mapping[str, Any]) -> Reading:
    """The inverse of :func:`reading_json`. Raises ``KeyError``, ``TypeError`` or ``ValueError`` on other data."""
    return Reading(
        data["source"],
        data["sha256"],
        tuple((name, sha256) for name, sha256 in data["pages"]),
        tuple(map(article_from_json, data["articles"])),
        tuple(data["notes"]),
        data["error"],
        tuple(data["lost"]),
    )


def left(root: Path) -> list[Path]:
    """The files that earlier runs left, and those of runs under way."""
    return sorted((root / FOLDER).glob("*.jsonl"))


def taken_up(files: list[Path], recipe: Mapping[str, Any]) -> dict[Key, Reading]:
    """What earlier runs have read with the same ``recipe``, by name and hash."""
    found: dict[Key, Reading] = {}
    for path in files:
        try:
            with path.open(encoding="utf-8", errors="replace", newline="\n") as file:
                if _parsed(file.readline()) != recipe:
                    continue
                for reading in filter(None, map(_reading, file)):
                    found[reading.source, reading.sha256] = reading
        except FileNotFoundError:
            continue  # removed by the run that wrote it, whose build is in use now
    return found


def _reading(line: str) -> Reading | None:
    try:
        data = _parsed(line)
        return reading_from_json(data) if data is not None else None
    except (ValueError, TypeError, KeyError):
        return None  # none of ours; all it costs is to read the file itself


def _parsed(line: str) -> dict[str, Any] | None:
    try:
        data = json.loads(line)
    except ValueError:
        return None
    return data if isinstance(data, dict) else None


@contextmanager
def recording(root: Path, recipe: Mapping[str, Any]) -> Iterator[Callable[[Reading], None]]:
    """``keep(reading)`` writes a reading down at once. The file is removed if the block ends without an error.

    Raises :class:`StoreError` if it cannot be written.
    """
    path = root / FOLDER / f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}-{secrets.token_hex(4)}.jsonl"
    encode = json.JSONEncoder(ensure_ascii=False).encode
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("x", encoding="utf-8", newline="\n")
    except OSError as error:
        raise StoreError(f"{path}: cannot be written ({error.strerror}); set RAG_STORE to another folder") from error
    synced = time.monotonic()

    def keep(reading: Reading) -> None:
        nonlocal synced
        if not reading.pages:
            return  # nothing in it, or not readable: looked at again
        write(reading_json(reading))
        if time.monotonic() - synced > _SYNC:
            os.fsync(file.fileno())
            synced = time.monotonic()

    def write(data: Mapping[str, Any]) -> None:
        try:
            file.write(encode(data) + "\n")
            file.flush()  # now the system has it, whatever becomes of this process
        except OSError as error:
            raise StoreError(f"{path}: cannot be written ({error.strerror}); make room or set RAG_STORE") from error

    with file:
        write(recipe)
        yield keep
    path.unlink(missing_ok=True)


def remove(files: list[Path]) -> None:
    """Remove what a build now holds."""
    for path in files:
        path.unlink(missing_ok=True)
