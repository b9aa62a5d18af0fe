"""PDF to text: the text layer of each sheet, its columns in reading order; a sheet without one is read by OCR, if that is there.

pypdfium2 (Apache-2.0 or BSD-3-Clause; PDFium is what Chrome shows PDFs with) gives each character with its place, needs nothing
else, and renders sheets for OCR. PyMuPDF does the same but is under the AGPL, which an intranet service would have to pass on;
pypdf is pure Python, ten times slower, and knows no places of single characters; pdfminer.six is slower still.
"""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from rag.errors import ReadError
from rag.ingest import workers
from rag.ingest.formats import layout, ocr
from rag.ingest.formats.content import LONGEST, Content, Text

SHEETS = 2_000
"""Sheets of the longest PDF that is read; an issue of a paper has 4 to 40, its volume of a year more."""

FEW = 8
"""Characters up to which a sheet with a picture on it has no text layer; a page number or a stamp may be."""

STRANGE = 0.3
"""Share of characters without meaning (a font without a table of them) from which the text layer is of no use."""

_UNSEEN = "\xad\u200b\ufffe"
"""Soft hyphens and the like."""


def text(data: bytes) -> Content:
    """The text of each sheet of a PDF, part ``#1`` and so on, with remarks on those that have none.

    Raises :class:`ReadError` (without the file's name) if it cannot be opened, or no sheet has text.
    """
    import pypdfium2 as pdfium

    if b"%PDF-" not in data[:1024]:
        raise ReadError("not a PDF file; give it whole or export it again")
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise ReadError("protected by a password; save it without one") from None
        raise ReadError("a damaged or cut off PDF; get the whole file or export it again") from None
    try:
        return _content(document)
    finally:
        document.close()


def _content(document: Any) -> Content:
    sheets = len(document)
    texts: list[Text] = []
    notes: list[str] = []
    lost: list[str] = []
    blank: list[int] = []
    for number in range(1, min(sheets, SHEETS) + 1):
        workers.beat()
        found, note, whole = _sheet(document, number)
        if found:
            texts.append(Text(found, f"#{number}"))
        elif not note:
            blank.append(number)
        if note:
            (notes if whole else lost).append(f"page {number}: {note}")
    if blank and texts:
        notes.append(f"page{'s' if len(blank) > 1 else ''} {_numbers(blank)}: empty")
    if sheets > SHEETS:
        lost.append(f"has {sheets:,} pages; only the first {SHEETS:,} are read, give it in parts")
    told = lost + notes
    if not texts and told:
        raise ReadError(told[0] if len(told) == 1 else f"no page could be read; {told[0]}")
    return Content(tuple(texts), tuple(notes), tuple(lost))


def _numbers(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers[:8])) + (f" and {len(numbers) - 8} more" if len(numbers) > 8 else "")


def _sheet(document: Any, number: int) -> tuple[str, str, bool]:
    """The text of one sheet, a remark, and whether all of it was read."""
    import pypdfium2 as pdfium

    try:
        page = document[number - 1]
    except pdfium.PdfiumError:
        return "", "damaged, not read", False
    try:
        found, note = _text_layer(page)
        if found or not (note or _has_picture(page)):
            return found, note, not note
        if not ocr.is_there():
            return "", f"{note or 'a picture without a text layer'}; {ocr.MISSING}", False
        try:
            image = page.render(scale=ocr.scale(*page.get_size())).to_numpy()
        except (pdfium.PdfiumError, RuntimeError, ValueError):
            return "", "damaged, cannot be drawn for OCR", False
        read = layout.text(ocr.pieces(image))
        return read, "read by OCR, so look it over" if read else "a picture without text", True
    finally:
        page.close()


def _text_layer(page: Any) -> tuple[str, str]:
    pieces = _pieces(page)
    strange = sum(not _has_meaning(piece.text) for piece in pieces)
    if len(pieces) <= FEW and _has_picture(page):
        return "", ""
    if pieces and strange > STRANGE * len(pieces):
        return "", "its letters have no meaning (a font without a table of them)"
    note = f"more than {LONGEST:,} characters; the rest is not read" if len(pieces) >= LONGEST else ""
    return layout.text(pieces), note


def _has_meaning(char: str) -> bool:
    return char.isprintable() and char != "\ufffd" and not "\ue000" <= char <= "\uf8ff"


def _has_picture(page: Any) -> bool:
    import pypdfium2.raw as c

    return any(True for _ in page.get_objects(filter=[c.FPDF_PAGEOBJ_IMAGE], max_depth=3))


def _pieces(page: Any) -> list[layout.Piece]:
    """The characters of a sheet, turned upright: as most of them stand, for a sheet may lie on its side."""
    layer = page.get_textpage()
    try:
        chars = list(_chars(layer))
    finally:
        layer.close()
    turns = Counter(char.quarter for char in chars)
    turn = _TURNS[turns.most_common(1)[0][0]] if turns else _TURNS[0]
    return [layout.Piece(char.text, *turn(char), char.em, char.spaced) for char in chars]


class _Char(NamedTuple):
    """A character of a text layer: its box and origin in points from below, its size, the quarter turns of its baseline."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    x: float
    y: float
    em: float
    quarter: int
    spaced: bool


_TURNS: dict[int, Callable[[_Char], tuple[float, float, float]]] = {
    0: lambda char: (char.left, char.right, -char.y),
    1: lambda char: (char.bottom, char.top, char.x),
    2: lambda char: (-char.right, -char.left, char.y),
    3: lambda char: (-char.top, -char.bottom, -char.x),
}
"""Left, right and baseline (downwards) of a character, seen with its baseline level."""


def _chars(layer: Any) -> Iterator[_Char]:
    import pypdfium2.raw as c

    box, matrix = c.FS_RECTF(), c.FS_MATRIX()
    x, y = ctypes.c_double(), ctypes.c_double()
    spaced, high = False, 0
    for i in range(min(layer.count_chars(), LONGEST)):
        code = c.FPDFText_GetUnicode(layer, i)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
        high = 0
        char = chr(code) if 0 < code < 0x110000 else "\ufffd"
        generated = c.FPDFText_IsGenerated(layer, i) == 1
        if generated or char.isspace() or char in _UNSEEN:
            # PDFium puts spaces in where letters stand apart; the layout finds those itself.
            spaced = spaced or not generated
            continue
        placed = c.FPDFText_GetLooseCharBox(layer, i, box) and c.FPDFText_GetCharOrigin(layer, i, x, y)
        if not placed or not c.FPDFText_GetMatrix(layer, i, matrix):
            continue
        em = c.FPDFText_GetFontSize(layer, i) * math.sqrt(abs(matrix.a * matrix.d - matrix.b * matrix.c))
        edges = (box.left, box.bottom, box.right, box.top, x.value, y.value, em)
        if all(map(math.isfinite, edges)):
            yield _Char(char, *edges, round(math.atan2(matrix.b, matrix.a) / (math.pi / 2)) % 4, spaced)
        spaced = False
