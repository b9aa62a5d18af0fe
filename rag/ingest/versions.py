"""What an index was read with: a hash over the source text of the modules and tables that each part of reading rests on.

Numbers raised by hand are forgotten, and then an index keeps what an older parser made of its pages. A hash never is; the price is that
a mere comment makes the next ``rag index`` read everything anew, after an upgrade and not in between. It takes a millisecond.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Literal

Part = Literal["formats", "parser", "merging", "splitter"]

_HERE = Path(__file__).parent
_FORMATS = ("read.py", "formats/*.py")
_MERGING = ("corpus.py", "jumps.py", "seam.py")
_SPLITTER = ("split.py", "relative.py", "orders.py")
_NEITHER = ("__init__.py", "duplicates.py", "versions.py", "workers.py")
_SHARED = ("../zh.py", "../numbers.py", "../glossary.txt")


def files(part: Part) -> list[Path]:
    """The files that ``part`` rests on, in order. The parser's are all those that no other part names, so none can be forgotten."""
    if part == "formats":
        return _matching(_FORMATS)
    if part == "merging":
        return _matching(_MERGING)
    if part == "splitter":
        return _matching(_SPLITTER)
    others = {"corpus.py", "jumps.py", *_FORMATS, *_SPLITTER, *_NEITHER}
    return [path for path in _matching(("*.py", "*.tsv", *_SHARED)) if path.name not in others]


def _matching(patterns: tuple[str, ...]) -> list[Path]:
    return [path for pattern in patterns for path in sorted(_HERE.glob(pattern))]


@cache
def version(part: Part) -> str:
    """Changes whenever the same bytes may be read otherwise; part of an index's manifest."""
    found = hashlib.sha256()
    for path in files(part):
        text = path.read_bytes().replace(b"\r\n", b"\n")  # the same in a checkout on Windows
        found.update(f"{path.name} {len(text)}\n".encode() + text)
    return found.hexdigest()[:12]
