"""Blocks to articles: where one ends and the next begins, and which titles belong to which.

1. The page is cut into *bodies* (paragraphs with their bylines and credits) and *runs* of display lines. A run is a
   heading inside an article unless something says that a new article begins there: more lines than one, an opening
   (本报讯), a byline, a photo credit, a jump mark, a wide gap.
2. A stretch without display lines is cut where a byline, an opening or 上接 follows text, and behind a credit, 下转 or
   an agency's closing line. A photo's caption under another article is told by its date (12月2日，), or by lines indented
   or spaced otherwise.
3. Pages set all their titles either before or after the body. Both readings are scored over the whole page by how
   many of each title's character pairs its body holds; the better one is taken, and a line that clearly speaks of
   another body without a title goes there.
4. A body without a title is joined to its neighbour where one runs on in the other, or repeats its byline and breaks
   off; then columns are put back in order (:mod:`rag.ingest.order`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import PurePosixPath

from rag.ingest import people, title
from rag.ingest.blocks import Block, Shape, blocks
from rag.ingest.columns import DATED
from rag.ingest.dates import published
from rag.ingest.order import fits, mend
from rag.ingest.page import lines
from rag.ingest.places import place
from rag.types import Article, Heading, Kind, Page

PARSER = 3
"""Raised whenever the same page gives other articles, so that indexes are rebuilt."""

CAPTION_PARAGRAPHS = 4
CAPTION_CHARACTERS = 600
"""The most a photo's caption holds."""

CLEAR = 0.4
"""Share of a title's character pairs found in a body from which it clearly speaks of it."""

_ENDS = (Shape.CREDIT, Shape.JUMP_TO, Shape.WIRE)


@dataclass(slots=True)
class _Body:
    """One article in the making: its blocks in order and the display lines given to it as its title."""

    blocks: list[Block]
    titles: list[Block] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(b.text for b in self.blocks)


def articles(page: Page) -> tuple[Article, ...]:
    """The articles of a page, in the order of their first lines; every printed character is in one of them."""
    printed = blocks(lines(page))
    usual = _usual_gap(printed)
    bodies = _reunite(_assign(_sections(printed, usual)))
    found = [_article(page, n, body, usual) for n, body in enumerate(sorted(bodies, key=_first_line), start=1)]
    texts = ["\n".join((a.banner, a.head, *a.bylines, a.text)) for a in found]
    when = published(texts, source=page.source, printed=page.text)
    return tuple(replace(article, published=when) for article in found)


# --- bodies and runs ----------------------------------------------------------------------------


def _sections(page: Sequence[Block], usual: int) -> list[_Body | list[Block]]:
    """Bodies and runs of title lines, in the order printed; headings are inside the bodies."""
    stretches: list[list[Block]] = []
    for block in page:
        display = block.shape is Shape.DISPLAY
        if stretches and (stretches[-1][0].shape is Shape.DISPLAY) == display:
            stretches[-1].append(block)
        else:
            stretches.append([block])
    out: list[_Body | list[Block]] = []
    for i, stretch in enumerate(stretches):
        if stretch[0].shape is not Shape.DISPLAY:
            parts = _cut(stretch)
            if out and isinstance(out[-1], _Body):
                out[-1].blocks += parts.pop(0)
            out += [_Body(part) for part in parts]
            continue
        before = stretches[i - 1] if i else None
        after = stretches[i + 1] if i + 1 < len(stretches) else None
        titles = [b for b in stretch if b.text not in title.HEADINGS]
        headings = [b for b in stretch if b.text in title.HEADINGS]
        if titles and not _starts(before, titles, after, usual):
            titles, headings = [], stretch
        if titles:
            out.append(titles)
        if headings:
            if out and isinstance(out[-1], _Body):
                out[-1].blocks += headings
            else:
                out.append(_Body(headings))
    return out


def _usual_gap(page: Sequence[Block]) -> int:
    gaps = sorted(b.gap for b in page[1:])
    return gaps[len(gaps) // 2] if gaps else 0


def _starts(before: list[Block] | None, run: list[Block], after: list[Block] | None, usual: int) -> bool:
    """Whether an article ends before this run of display lines, or begins behind it."""
    if before is None or after is None:
        return True
    # A heading inside an article is one line; a kicker with its title is more.
    if before[-1].shape in _ENDS or run[0].gap > usual + 1 or len(run) > 1:
        return True
    first = after[0]
    return first.opening or first.shape in (Shape.BYLINE, Shape.JUMP_FROM) or _caption_ends(after) is not None


def _caption_ends(stretch: Sequence[Block]) -> int | None:
    """Where the credit of a photo stands whose caption opens ``stretch``, if it does."""
    for i, block in enumerate(stretch):
        if block.shape is Shape.CREDIT:
            size = sum(len(b.text) for b in stretch[:i])
            return i if 0 < i <= CAPTION_PARAGRAPHS and size <= CAPTION_CHARACTERS else None
        if block.shape is not Shape.PARAGRAPH or block.opening:
            return None
    return None


def _cut(stretch: list[Block]) -> list[list[Block]]:
    """A stretch without display lines, cut where one article must end and another begin."""
    parts = [[stretch[0]]]
    for before, block in pairwise(stretch):
        new_byline = block.shape is Shape.BYLINE and before.shape is not Shape.BYLINE
        new_opening = block.opening and before.shape is Shape.PARAGRAPH
        if before.shape in _ENDS or block.shape is Shape.JUMP_FROM or new_byline or new_opening:
            parts.append([])
        parts[-1].append(block)
    return [piece for part in parts for piece in _cut_caption(part)]


def _cut_caption(part: list[Block]) -> list[list[Block]]:
    """Set off a photo's caption that stands right under another article: its lines are set or spaced otherwise."""
    if part[-1].shape is not Shape.CREDIT or len(part) < 3:
        return [part]
    paragraphs = part[:-1]
    dated = [i for i, block in enumerate(paragraphs) if DATED.match(block.text)]
    if dated and _caption_ends(part[dated[-1] :]) is not None:
        whole = dated[0] == 0 and _caption_ends(part) is not None
        return [part] if whole or dated[-1] == 0 else [part[: dated[-1]], part[dated[-1] :]]
    for i in range(len(paragraphs) - 1, 0, -1):
        here, above = paragraphs[i], paragraphs[i - 1]
        respaced = here.spacing >= 0 and above.spacing >= 0 and here.spacing != above.spacing
        alone = here.indent and not any(block.indent for block in paragraphs[:i])
        if alone or respaced or (here.spacing >= 0 and here.gap < above.spacing):
            return [part[:i], part[i:]]
    if _caption_ends(part) is not None or part[0].shape is not Shape.PARAGRAPH:
        return [part]
    return [part[:-2], part[-2:]]


# --- titles -------------------------------------------------------------------------------------


def overlap(line: str, text: str) -> float:
    """Share of the character pairs of ``line`` that occur in ``text``, 0 to 1."""
    pairs = {a + b for a, b in pairwise(line) if (a + b).isalnum()}
    return sum(pair in text for pair in pairs) / len(pairs) if pairs else 0.0


def _assign(sections: Sequence[_Body | list[Block]]) -> list[_Body]:
    """Give every run of title lines to a body, and return the bodies in order."""
    bodies = [s for s in sections if isinstance(s, _Body)]
    places = [
        (run, sum(isinstance(s, _Body) for s in sections[:i]))
        for i, run in enumerate(sections)
        if isinstance(run, list)
    ]
    if not bodies:
        # Nothing but display lines: they are all the text there is, so that is what they become.
        return [_Body([replace(b, shape=Shape.PARAGRAPH) for b in run]) for run, _ in places]
    after = _titles_come_after(sections, bodies, places)
    for run, at in places:
        home = at - 1 if after else at
        home = min(max(home, 0), len(bodies) - 1)
        kept = run
        for k in range(len(run)):
            stray = run[k:] if after else run[: len(run) - k]
            other = _stray_home(stray, home, bodies, after=after)
            if other is not None and len(stray) < len(run):
                bodies[other].titles += stray
                kept = run[:k] if after else run[len(run) - k :]
                break
        bodies[home].titles += kept
    return bodies


def _titles_come_after(
    sections: Sequence[_Body | list[Block]], bodies: Sequence[_Body], places: Sequence[tuple[list[Block], int]]
) -> bool:
    """Whether this page sets titles behind their bodies."""
    score = 0.0
    for run, at in places:
        line = "".join(b.text for b in run)
        if at > 0:
            score += overlap(line, bodies[at - 1].text)
        if at < len(bodies):
            score -= overlap(line, bodies[at].text)
    if isinstance(sections[0], list):
        score -= 1.0
    if isinstance(sections[-1], list):
        score += 1.0
    return score > 0


def _stray_home(lines: Sequence[Block], home: int, bodies: Sequence[_Body], *, after: bool) -> int | None:
    """Another body without a title that these lines clearly speak of, while their own place does not hold them."""
    text = "".join(b.text for b in lines)
    if overlap(text, bodies[home].text) > CLEAR / 2:
        return None
    near = range(max(0, home - 3), home) if after else range(home + 1, min(len(bodies), home + 4))
    scored = [(overlap(text, bodies[i].text), i) for i in near if not bodies[i].titles]
    best = max(scored, default=(0.0, 0))
    return best[1] if best[0] >= CLEAR else None


def _reunite(bodies: Sequence[_Body]) -> list[_Body]:
    """Put together what the page sets apart: a body without a title and its other column, with the title."""
    out: list[_Body] = []
    for body in bodies:
        if out and bool(body.titles) != bool(out[-1].titles) and _same(out[-1], body):
            out[-1].blocks += body.blocks
            out[-1].titles += body.titles
        else:
            out.append(body)
    return out


def _same(before: _Body, body: _Body) -> bool:
    """Whether ``body`` runs on from ``before``, or repeats its by-line and breaks off: a column set in the wrong place."""
    bylines = [b.text for b in before.blocks if b.shape is Shape.BYLINE]
    last, first, end = before.blocks[-1], body.blocks[0], body.blocks[-1]
    repeated = bool(bylines) and first.shape is Shape.BYLINE and first.text in bylines
    breaks_off = end.shape is Shape.PARAGRAPH and not end.ended
    runs_on = last.shape is Shape.PARAGRAPH and not last.ended and first.shape is Shape.PARAGRAPH
    return (repeated and breaks_off) or (
        bool(before.titles) and runs_on and not first.opening and fits(last.text, first.text) > 0
    )


# --- the article --------------------------------------------------------------------------------


def _first_line(body: _Body) -> int:
    return min(n for b in (*body.blocks, *body.titles) for n in b.lines)


def _article(page: Page, number: int, body: _Body, usual: int) -> Article:
    parts = mend(body.blocks)
    name = title.read(body.titles, usual) if body.titles else title.Title()
    paragraphs: list[str] = []
    headings: list[Heading] = []
    for block in parts:
        if block.shape is Shape.PARAGRAPH:
            paragraphs.append(people.space(block.text))
        elif block.shape is Shape.DISPLAY:
            headings.append(Heading(len(paragraphs), block.text))
    bylines = [b.text for b in parts if b.shape is Shape.BYLINE]
    credits_ = [b.text for b in parts if b.shape is Shape.CREDIT]
    jumps = [b.text for b in parts if b.shape in (Shape.JUMP_TO, Shape.JUMP_FROM)]
    who = people.people(bylines, paragraphs[:1], credits_)
    head = f"{name.kicker} {name.title} {name.subtitle}"
    kind = Kind.NEWS
    if any(b.shape is Shape.JUMP_FROM for b in parts):
        kind = Kind.CONTINUATION
    elif credits_ and not bylines and not any(b.opening for b in parts):
        kind = Kind.PHOTO
    # A report says where it is set in its first paragraph, a caption somewhere.
    opening = paragraphs if kind is Kind.PHOTO else paragraphs[:1]
    province, city = place(head, opening, rest=paragraphs[len(opening) :])
    used = [n for b in (*body.titles, *parts) for n in b.lines]
    return Article(
        id=f"{page.sha256[:8]}-{number}",
        source=page.source,
        kind=kind,
        title=name.title,
        kicker=name.kicker,
        subtitle=name.subtitle,
        banner=name.banner,
        paragraphs=tuple(paragraphs),
        bylines=(*bylines, *(b.text for b in parts if b.shape is Shape.WIRE)),
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
    )
