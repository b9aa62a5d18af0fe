"""A page to its articles, the way there in one place.

lines (:mod:`rag.ingest.page`) -> columns printed in turn parted (``weave``) -> roles (``roles``) -> blocks (``blocks``) -> the page cut
into sections (``sections``) -> sections that are one article put together (``reunite``) -> columns back in order (``order``) ->
titles, people, place, date, and what is doubtful (``title``, ``people``, ``places``, ``dates``, ``doubts``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from rag.ingest import people, title
from rag.ingest.blocks import Block, Shape, blocks
from rag.ingest.cues import usual_gap
from rag.ingest.dates import published
from rag.ingest.doubts import judge
from rag.ingest.order import mend
from rag.ingest.page import lines
from rag.ingest.places import place
from rag.ingest.reunite import Part, parts
from rag.ingest.sections import sections
from rag.ingest.weave import unwoven
from rag.types import Article, Heading, Kind, Page


def articles(page: Page, *, whole: bool = False) -> tuple[Article, ...]:
    """The articles of a page, in the order of their first lines; every printed character is in one of them.

    ``whole`` says that a line is a paragraph in pages of its format, as in web pages and Word documents.
    What is of the page and of no article (its date, its number, who edited it) is one of kind FURNITURE.
    """
    printed = blocks(unwoven(lines(page)), whole=whole)
    text = [block for block in printed if block.shape is not Shape.FURNITURE]
    usual = usual_gap(text)
    found = [_article(page, part, usual) for part in parts(sections(text))]
    if len(text) < len(printed):
        found.append(_furniture(page, [block for block in printed if block.shape is Shape.FURNITURE]))
    found.sort(key=lambda article: min(article.lines))
    texts = ["\n".join((a.banner, a.head, *a.bylines, a.text)) for a in found]
    when = published(texts, source=page.source, printed=page.text)
    return tuple(
        replace(article, id=f"{page.sha256[:8]}-{number}", published=when)
        for number, article in enumerate(found, start=1)
    )


def _furniture(page: Page, printed: Sequence[Block]) -> Article:
    return Article(
        id="",
        source=page.source,
        kind=Kind.FURNITURE,
        title="",
        paragraphs=(),
        banner=" ".join(block.text for block in printed),
        lines=tuple(dict.fromkeys(n for block in printed for n in block.lines)),
        document_id=PurePosixPath(page.source).stem,
    )


def _article(page: Page, body: Part, usual: int) -> Article:
    read = mend(body.blocks)
    mended = read.blocks
    if all(b.shape is Shape.DISPLAY for b in mended):
        # Nothing but display lines: they are all the text there is, so that is what they become.
        mended = tuple(replace(b, shape=Shape.PARAGRAPH) for b in mended)
    name = title.read(body.titles, usual, body.text) if body.titles else title.Title()
    paragraphs: list[str] = []
    headings: list[Heading] = []
    for block in mended:
        if block.shape is Shape.PARAGRAPH:
            paragraphs.append(people.space(block.text))
        elif block.shape is Shape.DISPLAY:
            headings.append(Heading(len(paragraphs), block.text))
    bylines = [b.text for b in mended if b.shape is Shape.BYLINE]
    credits_ = [b.text for b in mended if b.shape is Shape.CREDIT]
    jumps = [b.text for b in mended if b.shape in (Shape.JUMP_TO, Shape.JUMP_FROM)]
    openings = [b.text for n, b in enumerate(b for b in mended if b.shape is Shape.PARAGRAPH) if n == 0 or b.opening]
    who = people.people(bylines, openings, credits_)
    head = f"{name.kicker} {name.title} {name.subtitle}"
    kind = Kind.NEWS
    if any(b.shape is Shape.JUMP_FROM for b in mended):
        kind = Kind.CONTINUATION
    elif credits_ and not bylines and not any(b.opening for b in mended):
        kind = Kind.PHOTO
    # A report says where it is set in its first paragraph, a caption somewhere.
    opening = paragraphs if kind is Kind.PHOTO else paragraphs[:1]
    province, city = place(head, opening, rest=paragraphs[len(opening) :])
    confidence, doubts = judge(body, read, kind, (*who.reporters, *who.correspondents, *who.photographers))
    used = [n for b in (*body.titles, *mended) for n in b.lines]
    return Article(
        id="",
        source=page.source,
        kind=kind,
        title=name.title,
        kicker=name.kicker,
        subtitle=name.subtitle,
        banner=name.banner,
        paragraphs=tuple(paragraphs),
        bylines=(*bylines, *(b.text for b in mended if b.shape is Shape.WIRE)),
        credits=tuple(credits_),
        jumps=tuple(jumps),
        headings=tuple(headings),
        reporters=who.reporters,
        correspondents=who.correspondents,
        photographers=who.photographers,
        province=province,
        city=city,
        lines=tuple(dict.fromkeys(used)),
        document_id=PurePosixPath(page.source).stem,
        confidence=confidence,
        doubts=doubts,
    )
