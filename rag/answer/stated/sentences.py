"""A report as rules look at it: in a form with the marks as Chinese prints them, cut into sentences and clauses.

What an answer shows and cites are the printed sentences of :func:`rag.zh.sentences`, by their places in the text; these here are text
alone, and cut more simply.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rag.zh import normalise

SENTENCE = re.compile("[^。！？!?\n]+[。！？!?”]*")
"""A sentence of a text in normal form, be its marks those of :func:`form` or not."""

_MARKS = str.maketrans(",;:?!()", "，；：？！（）")


@lru_cache(2048)  # a report and its sentences are looked at by several rules, and again when more of it is read
def form(text: str) -> str:
    """``text`` in normal form, but with the marks as Chinese prints them, so that 1,500 has the only commas that part nothing."""
    return re.sub("(?<=[0-9])，(?=[0-9]{3})", ",", normalise(text).translate(_MARKS))


def clauses(text: str) -> list[str]:
    """The clauses of ``text`` (form of :func:`form`)."""
    return [c for s in SENTENCE.findall(text) for c in re.split("[，,；;：:]", s)]
