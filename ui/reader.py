"""The reader: one article whole at ``/read/ID``, with the places marked that an answer cites.

``?s=START-END`` marks a range of ``article.text``; of several (``?s=20-40,1-5``) the first is the one asked for. Marks are made
here and not in the browser, so that the page needs no script. With ``?pane=1`` it is a part of the chat's page and has no bar.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.types import Article
from ui import pages, ranges, render
from ui.lines import date_known, doubt, goes_on, printed
from ui.ranges import Piece, Range
from ui.texts import TEXTS, Language, Texts

if TYPE_CHECKING:
    from fastapi import FastAPI, Request, Response

    from rag.config import Settings
    from ui.turns import Asker

SHOWN = 60
"""Most characters repeated of an address that makes no sense."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph in its pieces, ``number`` from 1, with the headings above it, where it goes on, and its doubts."""

    number: int
    headings: tuple[str, ...]
    continued: tuple[str, ...]
    pieces: tuple[Piece, ...]
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Steps:
    """Which of the cited places is shown, from 1, and the addresses of the one before and the one behind, if any."""

    number: int
    count: int
    previous: str
    next: str


def paragraphs(article: Article, places: Sequence[Range], texts: Texts) -> tuple[Paragraph, ...]:
    """The body of ``article`` with ``places`` of its text marked."""
    made, at = [], 0
    for n, text in enumerate(article.paragraphs):
        made.append(
            Paragraph(
                n + 1,
                headings(article, n),
                tuple(goes_on(part.source, part.lines, texts) for part in article.continued if part.paragraph == n),
                ranges.pieces(text, at, places),
                tuple(doubt(d, texts) for d in article.doubts if d.paragraph == n),
            )
        )
        at += len(text) + 1  # the line break
    return tuple(made)


def headings(article: Article, before: int) -> tuple[str, ...]:
    """The headings of ``article`` before paragraph number ``before`` (0-based)."""
    return tuple(h.text for h in article.headings if h.before == before)


def steps(article: Article, places: Sequence[Range], language: Language, *, pane: bool = False) -> Steps | None:
    """The way from the first of ``places`` to the others, in the order of the text; none if it is the only one."""
    if len(places) < 2:
        return None
    order = sorted(places)
    here = order.index(places[0])

    def at(number: int) -> str:
        if not 0 <= number < len(order):
            return ""
        return "../" + ranges.link(article.id, ranges.first(order[number], order), language, pane=pane)

    return Steps(here + 1, len(order), at(here - 1), at(here + 1))


def show(article: Article, given: str, paper: str, language: Language, *, pane: bool = False) -> Response:
    """The page of ``article``; ``given`` names places in it, and what of that makes no sense is told and left out."""
    texts = TEXTS[language]
    places, bad = ranges.parse(given, len(article.text))
    other: Language = "zh" if language == "en" else "en"
    return pages.page(
        "reader.html.jinja",
        texts=texts,
        language=language,
        other=other,
        swapped="../" + ranges.link(article.id, places, other),
        article=article,
        name=render.title(article, texts),
        byline=render.byline(article, paper, texts),
        known=date_known(article, texts),
        place=" · ".join(filter(None, (article.province, article.city))),
        ignored=texts.bad_places.format(given=cut(",".join(bad))) if bad else "",
        doubts=[doubt(d, texts) for d in article.doubts if d.paragraph is None],
        confidence=texts.confidence.format(share=article.confidence) if article.confidence < 1 else "",
        paragraphs=paragraphs(article, places, texts),
        trailing=headings(article, len(article.paragraphs)),
        steps=steps(article, places, language, pane=pane),
        pane=pane,
        printed=[
            printed(article.source, article.lines, texts),
            *(printed(part.source, part.lines, texts) for part in article.continued),
        ],
    )


def cut(text: str) -> str:
    """``text`` with no more than :data:`SHOWN` characters."""
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def read(wanted: str, request: Request, asker: Asker, settings: Settings) -> Response:
    """The page of the article ``wanted``, as the query of ``request`` asks for it; 404 with one line where there is none."""
    language = pages.language(request, settings)
    try:
        article = asker.article(wanted)
    except KeyError:
        said = TEXTS[language].no_article.format(id=cut(wanted))
        return pages.page("message.html.jinja", 404, texts=TEXTS[language], language=language, message=said)
    asked = request.query_params
    return show(article, asked.get("s", ""), settings.paper, language, pane=asked.get("pane") == "1")


def add(app: FastAPI, asker: Asker, settings: Settings) -> None:
    """Add the reader to ``app``."""

    def page(request: Request) -> Response:
        return read(request.path_params["article_id"], request, asker, settings)

    app.add_route("/read/{article_id}", page, include_in_schema=False)
