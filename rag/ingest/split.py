"""Article to passages: whole paragraphs where they fit, whole sentences where they do not.

Every passage is a slice of ``article.text``, and together they are all of it but the line breaks between passages, and what gives orders to
a language model (:mod:`rag.ingest.orders`).
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from itertools import accumulate, pairwise
from math import ceil

from rag.ingest.orders import ordering
from rag.ingest.relative import years
from rag.types import Article, Passage

SHORT = 40
"""Paragraphs of fewer characters are joined to a neighbour: alone they say too little to be found, or to answer."""

SEPARATORS = (
    # The end of a sentence, but not before a closing mark: 。”某某表示 goes on. See rag.zh.sentences.
    r"(?:[。！？!?]|…{2,}|(?<=[a-z]{2})\.(?=\s))(?![。！？!?…”’」』）)】》〉\"])",
    r"[。！？!?…]+[”’」』）)】》〉\"]*",
    "[；;]",
    "[，,：:]",
    "[、 ]",
    "",
)
"""Where to cut, best first. All are kept at the end of the piece before."""


_SLACK = (1.1, 1.25, 1.5)
"""Piece lengths tried, as multiples of the even share: sentences seldom end just there."""


def _pieces(paragraph: str, size: int) -> list[int]:
    """Where the pieces of ``paragraph`` begin when none is to be longer than ``size``."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter  # 0.4 s, so only for paragraphs that need it

    splitter = RecursiveCharacterTextSplitter(
        separators=list(SEPARATORS),
        is_separator_regex=True,
        keep_separator="end",
        strip_whitespace=False,
        chunk_size=size,
        chunk_overlap=0,
        add_start_index=True,
    )
    return [document.metadata["start_index"] for document in splitter.create_documents([paragraph])]


def _cut(paragraph: str, limit: int) -> list[tuple[int, int]]:
    """``paragraph`` in pieces none longer than ``limit``, few, and of about the same length.

    The splitter fills piece after piece, which leaves a scrap at the end, so it is given the smallest size that makes
    no more pieces.
    """
    starts = _pieces(paragraph, limit)
    share = len(paragraph) / len(starts)
    for size in (ceil(slack * share) for slack in _SLACK):
        if size < limit and len(even := _pieces(paragraph, size)) == len(starts):
            starts = even
            break
    return list(zip(starts, [*starts[1:], len(paragraph)], strict=True))


def _join(article: Article, spans: list[tuple[int, int]], limit: int) -> list[tuple[int, int]]:
    """``spans`` with the short ones joined to a neighbour in the same section, where the two fit into ``limit``.

    A statement goes with what stands before it; a question, a salutation or a caption with what comes after.
    """
    starts = [0, *accumulate(len(paragraph) + 1 for paragraph in article.paragraphs)]
    opening = {starts[heading.before] for heading in article.headings}
    joined: list[tuple[int, int]] = []
    for (start, end), (after, _) in pairwise([*spans, (len(article.text), 0)]):
        last = after in opening or after == len(article.text)
        short = end - start < SHORT and (last or article.text[end - 1] in "。！!”」")
        beside = bool(joined) and start - joined[-1][1] <= 1  # nothing was left out between them
        if beside and start not in opening and end - joined[-1][0] <= limit:
            before = joined[-1]
            if short or before[1] - before[0] < SHORT:
                joined[-1] = (before[0], end)
                continue
        joined.append((start, end))
    return joined


def split(article: Article, limit: int) -> list[Passage]:
    """The passages of ``article``, in order, none longer than ``limit`` characters.

    A paragraph longer than ``limit`` is cut at the ends of sentences, a sentence longer than that at its clauses.
    Short paragraphs are joined to their neighbours, but never across a heading. One that gives orders to a language model, or the piece of a
    long one that does, is in no passage, and a title or heading that does is in no ``head``. The ``head`` of a passage is that of
    the article, the heading above, and the years it speaks of by 去年 and the like (:mod:`rag.ingest.relative`).

    Raises
    ------
    ValueError
        If ``limit`` is less than 1.
    """
    if limit < 1:
        raise ValueError(f"the longest passage must have at least 1 character, got {limit}")
    pieces: list[tuple[int, int]] = []
    at = 0
    for paragraph in article.paragraphs:
        cuts = _cut(paragraph, limit) if len(paragraph) > limit else [(0, len(paragraph))]
        pieces.extend((at + start, at + end) for start, end in cuts)
        at += len(paragraph) + 1
    text, headings = article.text, [heading.text for heading in article.headings]
    titles = (article.kicker, article.title, article.subtitle)
    orders = frozenset(ordering([*titles, *headings, *(text[start:end] for start, end in pieces)]))
    spans = [(start, end) for start, end in pieces if text[start:end] not in orders]
    kicker, title, subtitle = ("" if name in orders else name for name in titles)
    own = replace(article, kicker=kicker, title=title, subtitle=subtitle).head
    before = [heading.before for heading in article.headings]
    passages = []
    for start, end in _join(article, spans, limit):
        passage = Passage.of(article, start, end, "")
        above = bisect_right(before, passage.first)
        heading = headings[above - 1] if above and headings[above - 1] not in orders else ""
        # The page's own year would be in most heads and tell nothing apart.
        other = (y for y in years(passage.text, article.published) if not article.published.date.startswith(y))
        spoken_of = " ".join(f"{year}年" for year in other)
        head = " ".join(part for part in (own, heading, spoken_of) if part)
        passages.append(replace(passage, head=head))
    return passages
