"""Good files of each kind, and what fuzzing asks of what becomes of them when they are damaged."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from collections.abc import Callable
from unittest.mock import patch

import sheets
from sheets import NIGHT, RIDERS

from rag import zh
from rag.errors import ReadError
from rag.ingest.article import articles
from rag.ingest.formats import documents, docx, encoding, html, ocr, pdf, table
from rag.ingest.formats.content import Content, Text
from rag.types import Page

STORY = f"# {NIGHT.title}\n\n" + "\n\n".join(NIGHT.paragraphs)
WORD = "word/document.xml"


def _plain(data: bytes) -> Content:
    text, notes = encoding.decode(data)
    return Content((Text(text),), notes)


def _corpus(data: bytes) -> Content:
    content = documents.text(data)
    for text in content.texts:
        documents.documents(Page.of("a.jsonl", text.text))
    return content


def _unpacked(data: bytes) -> Content:
    return _corpus(documents.gunzip(data)[0])


def _word(data: bytes) -> Content:
    """Damage done to the text of a Word document, not to its packing, where a checksum finds it."""
    members = {name: _PARTS.read(name) for name in _PARTS.namelist()}
    return docx.text(sheets.zipped({**members, WORD: data}))


def _pdf(data: bytes) -> Content:
    """Without OCR, which takes seconds and is no reader of ours."""
    with patch.object(ocr, "is_there", return_value=False):
        return pdf.text(data)


_PARTS = zipfile.ZipFile(io.BytesIO(sheets.document([("Heading 1", NIGHT.title), ("Normal", NIGHT.paragraphs[0])])))

READERS: dict[str, tuple[Callable[[bytes], Content], tuple[bytes, ...]]] = {
    "text": (_plain, tuple(STORY.encode(name) for name in ("utf-8", "gb18030", "utf-16"))),
    "html": (
        html.text,
        (
            f'<html><head><meta charset="gbk"><title>夜校</title></head><body><h1>{NIGHT.title}</h1><ul><li><a href="/">首页</a>'
            f"</ul><table><tr><td>{NIGHT.paragraphs[0]}<td>60</table></body></html>".encode("gbk"),
        ),
    ),
    "corpus": (
        _corpus,
        (
            '{"id": "1", "title": "夜校", "text": "周二。\\n周三。", "date": "2025-08-28"}\n{"id": 2, "text": ""}'.encode(),
        ),
    ),
    "packed": (_unpacked, (gzip.compress('{"id": "1", "text": "夜校"}\n'.encode() * 50),)),
    "table": (table.text, ('编号,标题,正文\n1,夜校,"周二,\n周三"\n'.encode("gb18030"), b"id;text\n1;x\n")),
    "docx": (docx.text, (sheets.document([("Heading 1", NIGHT.title), ("Normal", NIGHT.paragraphs[0])]),)),
    "word": (_word, (_PARTS.read(WORD),)),
    "pdf": (_pdf, (sheets.pdf([NIGHT, RIDERS], compress=False),)),
}
"""Each reader with good files for it."""


def read(kind: str, data: bytes) -> Content | None:
    """What the reader makes of a file, which must be texts that can be pages, or one line."""
    reader, _ = READERS[kind]
    content, told = None, ""
    try:
        content = reader(data)
    except ReadError as error:
        told = str(error)
    assert (content is None) == bool(told)
    assert "\n" not in told
    assert len(told) < 300
    for text in content.texts if content else ():
        Page.of(f"a{text.part}", text.text)
    assert not any("\n" in note for note in (content.notes if content else ()))
    return content


def printed(text: str) -> list[str]:
    """What is printed in a text: no white space, no Markdown, nothing that nobody sees."""
    return sorted(re.sub(r"[\s#*]+", "", zh.seen(text)))


def parse(text: str) -> None:
    """Every printed character of a page must be in one field of one article, in lines the page has."""
    page = Page.of("a.txt", text)
    found = articles(page)
    held = []
    for a in found:
        held += [a.title, a.kicker, a.subtitle, a.banner, *a.bylines, *a.credits, *a.jumps, *a.paragraphs]
        held += [heading.text for heading in a.headings]
    assert printed("".join(held)) == printed(text)
    assert {n for a in found for n in a.lines} <= set(range(1, len(text.splitlines()) + 1))
