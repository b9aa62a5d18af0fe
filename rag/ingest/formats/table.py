"""Tables of documents (.csv), one a row, as lines of a corpus: columns id, title, text, date, source, in English or Chinese."""

from __future__ import annotations

import csv
import hashlib
import io
import json

from rag.errors import ReadError
from rag.ingest.formats.content import LARGEST, Content, Text
from rag.ingest.formats.encoding import decode

COLUMNS = {
    "id": ("id", "编号", "序号", "文章编号", "document_id", "doc_id"),
    "title": ("title", "标题", "题目", "主标题", "headline"),
    "text": ("text", "正文", "内容", "全文", "文章内容", "body", "content"),
    "date": ("date", "日期", "发布日期", "发布时间", "出版日期", "刊发日期", "时间", "published"),
    "source": ("source", "来源", "媒体", "报纸", "出处", "版面"),
}
"""What the columns may be called."""

DELIMITERS = ",\t;|，"


def text(data: bytes) -> Content:
    """The rows as JSON lines, one a row, blank where a row holds nothing.

    Rows without an id get one from the file and their number. Raises :class:`ReadError` (without the file's name) if no column
    is called like one of text.
    """
    table, notes = decode(data)
    if not table.strip():
        return Content((), notes)
    csv.field_size_limit(LARGEST)
    rows = csv.reader(io.StringIO(table, newline=""), delimiter=_delimiter(table))
    try:
        header = [" ".join(name.split()).lower() for name in next((row for row in rows if any(row)), [])]
        places = {
            name: next((header.index(called) for called in known if called in header), -1)
            for name, known in COLUMNS.items()
        }
        if places["text"] < 0:
            names = ", ".join(header)[:80]
            raise ReadError(f"no column is called text (正文, 内容), got: {names}; name one so in the first line")
        found = [_row(row, places) for row in rows]
    except csv.Error as error:
        raise ReadError(f"not a table of values ({error}); save it again as CSV") from None
    made = hashlib.sha256(data).hexdigest()[:8]
    lines = [
        json.dumps({"id": f"{made}-{number}", **row}, ensure_ascii=False) if row else ""
        for number, row in enumerate(found, start=1)
    ]
    others = [name for at, name in enumerate(header) if at not in places.values() and name]
    if others:
        notes = (*notes, f"columns passed over: {', '.join(others)[:120]}")
    return Content((Text("\n".join(lines)),) if any(lines) else (), notes)


def _delimiter(table: str) -> str:
    """The one that parts the header's names best: which makes most of them known, then which occurs most."""
    first = table.lstrip().split("\n", 1)[0].lower()
    known = {name for names in COLUMNS.values() for name in names}

    def names(delimiter: str) -> int:
        return sum(part.strip(' \r"') in known for part in first.split(delimiter))

    return max(DELIMITERS, key=lambda delimiter: (names(delimiter), first.count(delimiter)))


def _row(row: list[str], places: dict[str, int]) -> dict[str, str]:
    """The named cells of a row, or nothing if it has neither text nor title."""
    cells = {name: row[at].strip() for name, at in places.items() if 0 <= at < len(row) and row[at].strip()}
    if "text" not in cells and "title" not in cells:
        return {}
    return {"text": "", **cells}
