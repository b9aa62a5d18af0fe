"""What a language model is given to answer from: passages, numbered, as many as there is room for, and nothing that is more than text.

Reports may have been written by anyone. In what the model is given of them, no bracket looks like a passage's number, none opens an element or a
token of a chat template, and nothing is there that a reader would not see.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag import zh
from rag.answer.drafts import HANDLE
from rag.ingest.orders import gives_orders
from rag.types import Article, Hit, Precision

LONGEST_TITLE = 80
"""Characters of a title that the model is given."""

_DATED = {Precision.ABOUT: "约", Precision.NOT_BEFORE: "不早于"}
_ANGLES = str.maketrans("<>", "＜＞")
_CONTROL = re.compile(r"\[(/?[A-Z_]{3,20})\]")
"""[INST] and its like, which some models were taught to obey."""


def material(text: str) -> str:
    """``text`` as a model may be given it: letters and figures as they are, signs that mean something to a model as others that do not."""
    text = _CONTROL.sub(r"（\1）", zh.seen(text).translate(_ANGLES))
    return HANDLE.sub(lambda m: f"（{m[1]}）", text)


def one_line(text: str) -> str:
    """The same on one line: a question, behind which nothing can look like a passage."""
    return " ".join(material(text).split())


@dataclass(frozen=True, slots=True)
class Given:
    """What of ``hits`` a model is given: the ``text``, the first ``hits`` that are in it, of which the last may be cut, and a line on
    what was left out for want of room; empty if nothing was.
    """

    text: str
    hits: tuple[Hit, ...]
    left_out: str = ""


def given(hits: Sequence[Hit], articles: Mapping[str, Article], room: int) -> Given:
    """The best of ``hits`` (best first), numbered from 1, in at most ``room`` characters, titles and numbers included.

    What does not fit is cut behind a sentence, never within one, and nothing follows it. The first sentence of the best is always there.
    """
    rows: list[str] = []
    cut = ""
    for n, hit in enumerate(hits, start=1):
        row = "\n\n" * bool(rows) + f"[{n}] {_title(articles[hit.passage.article_id])}\n"
        text = material(hit.passage.text)
        ends = [end for _, end in zh.sentences(text)] or [len(text)]
        fitting = sum(len(row) + end <= room for end in ends) or int(not rows)
        if fitting:
            rows.append(row + text[: ends[fitting - 1]])
            room -= len(rows[-1])
        if fitting < len(ends):
            cut = f"{len(ends) - fitting} of {len(ends)} sentences of passage {n}" if fitting else ""
            break
    whole = range(len(rows) + 1, len(hits) + 1)
    passages = f"{len(whole)} of {len(hits)} passages" if whole else ""
    left_out = " and ".join(filter(None, (cut, passages)))
    return Given("".join(rows), tuple(hits[: len(rows)]), left_out)


def _title(article: Article) -> str:
    name = "" if gives_orders(article.name) else material(article.name)
    name = name if len(name) <= LONGEST_TITLE else f"{name[: LONGEST_TITLE - 1]}…"
    return f"《{name}》{_DATED.get(article.published.precision, '')}{article.published.date}"
