"""Pictures of pages to lines, by optical character recognition: the optional extra ``ocr``, imported only here.

RapidOCR (Apache-2.0) runs PaddleOCR's Chinese models on onnxruntime; they come in its wheel, so nothing is fetched. It reads lines
with their boxes, and :mod:`rag.ingest.formats.layout` puts them in order.
"""

from __future__ import annotations

import io
import warnings
from functools import lru_cache
from importlib.util import find_spec
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.errors import ReadError
from rag.ingest.formats import layout
from rag.ingest.formats.content import Content, Text

MISSING = "to read it by OCR install the extra ocr: make ocr"

LONG_SIDE = 4000
"""Pixels of a picture's longer side: body text of a broadsheet is then 20 pixels high. Smaller is faster and worse."""

SCALE = 4.0
"""Most pixels a point; a sheet's own 72 points an inch times this are 288 dots an inch."""

PIXELS = 80_000_000
"""Pixels of the largest picture that is opened; a tabloid page scanned at 600 dots an inch has 60 million."""

BOX = 0.8
"""How high the letters are in the box of a line."""

ALIKE = 1.25
"""Boxes within this ratio of the usual height hold letters of the body's size."""

SURE = 0.5
"""Confidence below which a line is no text."""


def is_there() -> bool:
    """Whether the extra is installed."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


def scale(width: float, height: float) -> float:
    """Pixels a point at which to render a sheet of so many points."""
    return min(SCALE, LONG_SIDE / max(width, height, 1.0))


def text(data: bytes) -> Content:
    """The text in a picture (.png, .jpg).

    Raises :class:`ReadError` (without the file's name) if the extra is not installed, or the picture damaged or too large.
    """
    if not is_there():
        raise ReadError(f"a picture; {MISSING}")
    from PIL import Image, ImageOps

    try:
        with warnings.catch_warnings(action="error"), Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as picture:
            if picture.width * picture.height > PIXELS:
                raise ReadError(f"a picture of {picture.width} by {picture.height} points; reduce it")
            upright = ImageOps.exif_transpose(picture).convert("RGB")
            upright.thumbnail((LONG_SIDE, LONG_SIDE))
            image = np.asarray(upright)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Warning):
        raise ReadError("not a whole picture (PNG or JPEG), or far too large; save it again") from None
    found = layout.text(pieces(image[:, :, ::-1]))
    return Content((Text(found),), ("read by OCR, so look it over",)) if found else Content(())


def pieces(image: npt.NDArray[np.uint8]) -> list[layout.Piece]:
    """The lines in a picture ``(height, width, 3)``, blue first, as pieces; lengths are in pixels."""
    read = _engine()(np.ascontiguousarray(image[:, :, :3]))
    if read.boxes is None or read.txts is None:
        return []
    sure = [
        (box, line.strip())
        for box, line, score in zip(read.boxes, read.txts, read.scores, strict=True)
        if score >= SURE
    ]
    places = [(line, *map(float, (*box.min(axis=0), *box.max(axis=0)))) for box, line in sure if line]
    usual = median(bottom - top for _, _, top, _, bottom in places) if places else 0.0
    found = []
    for line, left, top, right, bottom in places:
        # Boxes are a little higher than their letters, and those of one size differ.
        high = usual if 1 / ALIKE < (bottom - top) / usual < ALIKE else bottom - top
        if right > left and high > 0:
            found.append(layout.Piece(line, left, right, bottom, BOX * high))
    return found


@lru_cache(maxsize=1)
def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(params={"Global.log_level": "critical", "Global.max_side_len": LONG_SIDE, "Global.use_cls": False})
