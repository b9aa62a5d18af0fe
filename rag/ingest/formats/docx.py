"""Word documents (.docx) to text: paragraphs, headings, tables, text boxes and footnotes, in the order they stand.

python-docx (MIT) opens the package and knows the styles; what it calls a paragraph's text leaves out text boxes, content controls
and tracked insertions, so the text is read from the XML here. Its XML parser resolves no entities. The package is a zip and is
checked as one first (:mod:`rag.ingest.formats.archive`).
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

from rag.errors import ReadError
from rag.ingest.formats import archive
from rag.ingest.formats.content import LARGEST, Content, Text
from rag.ingest.formats.marked import BAR, article_lines, render

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_GONE = frozenset((f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}delText", _FALLBACK))
"""What was deleted, or says the same twice."""

_BREAKS = frozenset((f"{_W}br", f"{_W}cr", f"{_W}tab"))
_HEADING = re.compile(r"^(?:heading|标题)\s*([1-6])$", re.IGNORECASE)
_TITLE = re.compile(r"^(?:title|标题|文章标题|大标题)$", re.IGNORECASE)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_P, _ROW, _CELL, _BOX, _PROPERTIES = f"{_W}p", f"{_W}tr", f"{_W}tc", f"{_W}txbxContent", f"{_W}pPr"
_NOTES = ("footnotes", "endnotes")


def text(data: bytes) -> Content:
    """The text of a Word document. Raises :class:`ReadError` (without the file's name) if it cannot be opened."""
    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from lxml import etree

    if data.startswith(_OLE):
        if _LOCKED in data:
            raise ReadError("protected by a password; save it without one")
        raise ReadError("an old Word file (.doc) under another name; save it as .docx")
    file = io.BytesIO(data)
    unpacked = archive.check(archive.infolist(file), len(data))
    if sum(info.file_size for info in unpacked.values()) > max(LARGEST, 20 * len(data)):
        raise ReadError("unfolds to far more than a document holds, as a zip bomb does; not read")
    for info in unpacked.values():
        if info.filename.endswith((".xml", ".rels")):
            archive.unfold(file, info)
    try:
        document = docx.Document(file)
        lines = _lines(document)
    except (
        PackageNotFoundError,
        etree.XMLSyntaxError,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        AttributeError,
    ) as error:
        raise ReadError(f"not a whole Word document ({type(error).__name__}); save it again as .docx") from None
    if not lines:
        return Content(())
    starts = tuple(2 * i + 1 for i in article_lines([level for level, _ in lines]))
    return Content((Text(render(lines), starts=starts, whole=True),))


def _lines(document: Any) -> list[tuple[int, str]]:
    levels = {style.style_id: level for style in document.styles if (level := _level(style.name or ""))}
    found = _read(document.element.body, levels)
    for relation in document.part.rels.values():
        if not relation.is_external and relation.reltype.rsplit("/", 1)[-1] in _NOTES:
            found += _footnotes(relation.target_part.blob)
    return found


def _footnotes(blob: bytes) -> list[tuple[int, str]]:
    from lxml import etree

    root = etree.fromstring(blob, etree.XMLParser(resolve_entities=False, no_network=True))
    notes = [note for note in root if note.get(f"{_W}type") is None]
    return [line for note in notes for line in _read(note, {})]


def _level(style: str) -> int:
    """1 to 6 for the name of a heading's style, else 0. A document's title stands above its headings."""
    if m := _HEADING.match(style):
        return min(6, int(m[1]) + 1)
    return 1 if _TITLE.match(style) else 0


def _read(root: Any, levels: dict[str, int]) -> list[tuple[int, str]]:
    """The lines below ``root``; one a paragraph, and one a row of a table, its cells parted by bars."""
    out: list[tuple[int, str]] = []
    for node in root.iter(_P, _ROW):
        # libxml2 admits no nesting deeper than 256, so asking for ancestors is cheap.
        above = {ancestor.tag for ancestor in node.iterancestors()}
        if above & _GONE or (_ROW in above and _BOX not in above):
            continue
        if node.tag == _ROW:
            cells = [" ".join(_own(p) for p in cell.iter(_P)) for cell in node.iterchildren(_CELL)]
            told = [text for cell in cells if (text := " ".join(cell.split()))]
            level, line = 0, f"| {BAR.join(told)} |" if len(told) > 1 else "".join(told)
        else:
            level, line = _paragraph_level(node, levels), " ".join(_own(node).split())
        if line:
            out.append((level, line))
    return out


def _own(paragraph: Any) -> str:
    """The text of a paragraph without that of paragraphs inside it (text boxes), which are lines of their own."""
    pieces: list[str] = []
    todo = list(reversed(paragraph))
    while todo:
        node = todo.pop()
        if node.tag == f"{_W}t":
            pieces.append(node.text or "")
        elif node.tag in _BREAKS:
            pieces.append(" ")
        elif node.tag not in _GONE and node.tag not in (_P, _PROPERTIES):
            todo += reversed(node)
    return "".join(pieces)


def _paragraph_level(paragraph: Any, levels: dict[str, int]) -> int:
    style = paragraph.find(f"{_PROPERTIES}/{_W}pStyle")
    return levels.get(style.get(f"{_W}val", ""), 0) if style is not None else 0
