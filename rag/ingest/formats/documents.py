"""Corpora of documents, one JSON object a line: ``{"id": ..., "title": ..., "text": ..., "date": ...}``."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator, Sequence

from rag.errors import ReadError
from rag.ingest.formats.content import LARGEST, Content, Text
from rag.ingest.formats.encoding import decode
from rag.ingest.formats.head import iso_date
from rag.types import Article, Kind, Page, Precision, Published
from rag.zh import seen

NAMED = 3
"""How many bad lines of a corpus are named; the rest are counted."""

_LONE = re.compile("[\\ud800-\\udfff]")
_PIECE = 2**20


def text(data: bytes) -> Content:
    """The lines of a corpus. Raises :class:`ReadError` (without the file's name) if they are no text."""
    lines, notes = decode(data)
    return Content((Text(lines),) if lines.strip() else (), notes)


def gunzip(data: bytes) -> tuple[bytes, tuple[str, ...]]:
    """What is in a gzip file, and a remark if it is cut off or damaged further on.

    Raises :class:`ReadError` (without the file's name) if it is none, or holds more than ``LARGEST`` bytes.
    """
    out: list[bytes] = []
    size, rest = 0, data
    while rest:
        engine = zlib.decompressobj(zlib.MAX_WBITS + 16)
        while rest and not engine.eof:
            try:
                piece = engine.decompress(rest, _PIECE)
            except zlib.error:
                return _cut_off(out)
            out.append(piece)
            size += len(piece)
            if size > LARGEST:
                raise ReadError(f"unfolds to more than {LARGEST >> 20} MiB; give it in parts")
            rest = engine.unconsumed_tail
            if not (piece or rest or engine.eof):
                break
        if not engine.eof:
            return _cut_off(out)
        # A gzip file may be several, one behind the other, with zeros for padding.
        rest = engine.unused_data.lstrip(b"\0")
    return b"".join(out), ()


def _cut_off(pieces: Sequence[bytes]) -> tuple[bytes, tuple[str, ...]]:
    whole = b"".join(pieces)
    if not whole:
        raise ReadError("not a gzip file; give it whole or unpacked")
    return whole, ("the gzip file is cut off or damaged; what comes before is read",)


def documents(page: Page) -> tuple[list[Article], tuple[str, ...]]:
    """The documents of a corpus, and remarks on lines that hold none."""
    found: dict[str, Article] = {}
    bad: list[str] = []
    for number, line in _lines(page.text):
        try:
            article = _document(page, number, line)
        except ReadError as error:
            bad.append(f"line {number}: {error}")
            continue
        if (first := found.setdefault(article.id, article)) is not article:
            bad.append(f"line {number}: has the id {article.id!r} of line {first.lines[0]}; ids must differ")
    notes = [f"{problem}; passed over" for problem in bad[:NAMED]]
    if len(bad) > NAMED:
        notes.append(f"{len(bad) - NAMED} more lines that hold no document, passed over")
    return list(found.values()), tuple(notes)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip())


def _document(page: Page, number: int, line: str) -> Article:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise ReadError("not JSON; each line must be one JSON object") from None
    if not isinstance(row, dict) or not isinstance(row.get("id"), str | int) or not isinstance(row.get("text"), str):
        raise ReadError(f'needs "id" and "text", got {line[:60]!r}')
    title = seen(str(row.get("title") or ""))
    if _LONE.search(title + row["text"] + str(row["id"])):
        raise ReadError("holds half a character (a lone surrogate); write it whole")
    paragraphs = [p for p in (" ".join(x.split()) for x in seen(row["text"]).splitlines()) if p]
    day = iso_date(row["date"]) if isinstance(row.get("date"), str) else ""
    return Article(
        id=str(row["id"]),
        source=page.source,
        kind=Kind.DOCUMENT,
        title=" ".join(title.split()),
        paragraphs=tuple(paragraphs or ([title] if title else [])),
        lines=(number,),
        document_id=str(row["id"]),
        published=Published(day, Precision.DAY, f"date: {row['date'][:40]}") if day else Published(),
    )
