"""References to newspaper articles after GB/T 7714, by number (顺序编码制).

The form is ``作者. 题名[N]. 报纸名, 日期(版次).`` Newspaper articles are cited by the rule for parts of serials: GB/T 7714-2015, 4.4, and GB/T 7714-2025 (in force since
2026-07-01), 8.5.3. What differs here: in 2025 the punctuation of a Chinese reference is Chinese but for the full stop, and a day
of access is given for online resources only. An archive of printed pages is none, so ``[N/OL]`` is never written.

What is not known is left out, as both say (有则必备): a reference names nothing that the page does not. Two things may stand
in brackets, which mean that the page does not say so itself: the opening of a text without a title, and a year that is only
near.
"""

from __future__ import annotations

from enum import StrEnum

from rag.insight.footnotes import clean
from rag.types import Article, Precision
from rag.zh import has_chinese

MOST_NAMED = 3
"""Of more people than that the first three are named, followed by 等."""


class Standard(StrEnum):
    """The edition of GB/T 7714."""

    Y2015 = "2015"
    Y2025 = "2025"


def newspaper(
    article: Article, paper: str, standard: Standard = Standard.Y2015, *, edition: str = "", accessed: str = ""
) -> str:
    """The reference to ``article`` of ``paper``.

    ``edition`` is the number of the page in its issue (版次), where that is known; ``accessed`` (ISO) the day it was looked up,
    which the edition of 2025 has no place for.
    """
    title = _plain(article.title) or f"[{_plain(article.name)}]"
    chinese = standard is Standard.Y2025 and has_chinese(f"{title}{paper}")
    comma, colon, opening, closing = ("，", "：", "（", "）") if chinese else (", ", ": ", "(", ")")
    if article.title and (subtitle := _plain(article.subtitle)):
        title += colon + subtitle
    issue = comma.join(part for part in (_plain(paper), date(article)) if part)
    if edition := _plain(edition):
        issue += f"{opening}{edition}{closing}"
    if standard is Standard.Y2015 and accessed:
        issue += f"[{_plain(accessed)}]"
    return ". ".join(part for part in (authors(article, comma), f"{title}[N]", issue) if part) + "."


def authors(article: Article, comma: str) -> str:
    """Who wrote it: reporters and correspondents, or who took the picture; empty if the page names nobody."""
    wrote = (*article.reporters, *article.correspondents) or article.photographers
    names = list(dict.fromkeys(filter(None, map(_plain, wrote))))
    return comma.join([*names[:MOST_NAMED], *(["等"] if len(names) > MOST_NAMED else [])])


def date(article: Article) -> str:
    """When it was printed, as far as that is known: a day, a year, or ``[2025]`` for a year that is near; else empty.

    That a page is not older than some day says nothing of its year.
    """
    published = article.published
    if published.precision is Precision.ABOUT:
        return f"[{published.date[:4]}]" if published.date else ""
    return published.date if published.precision in (Precision.DAY, Precision.YEAR) else ""


def _plain(text: str) -> str:
    """``text`` on one line, without control and formatting characters."""
    return " ".join(clean(text).split())
