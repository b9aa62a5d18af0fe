"""What the reader of a format gives: texts the page parser takes, and what it had to decide."""

from __future__ import annotations

from dataclasses import dataclass

from rag.types import Published

LARGEST = 64 * 2**20
"""Bytes of the largest file that is read, and of the largest text in one. A newspaper page has 30 kB as text and a few MB as
PDF; a file a thousand times that is something else, and would take the memory of the machine."""

LONGEST = 300_000
"""Characters of the longest text that is taken for a newspaper page; a page holds some 10,000. The parser takes 2 s for so many."""


@dataclass(frozen=True, slots=True)
class Text:
    """One page's text.

    ``part`` is added to the file's name (``#2``). ``starts`` are the lines (1-based) where an article begins, if the file says so;
    it may be read article by article then. ``published`` is the date the file states for all of it, and ``whole`` says that in files of
    its format a line is a paragraph.
    """

    text: str
    part: str = ""
    starts: tuple[int, ...] = ()
    published: Published | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """The texts of a file, and remarks on what was decided. ``lost`` says what of it could not be read and is left out, and why.

    The file's name is put before each.
    """

    texts: tuple[Text, ...]
    notes: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
