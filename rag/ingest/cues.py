"""Where on a page an article may begin, and what speaks for it: named cues, each worth some points of log-odds.

A place is between two blocks of text, with or without display lines (titles or headings) between them. The points were set
by hand on the five seed pages and on made-up ones. They are added up; which places are taken is decided for the whole page at
once (:mod:`rag.ingest.sections`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path

from rag.ingest.blocks import Block, Shape
from rag.ingest.columns import DATED
from rag.ingest.points import read
from rag.ingest.title import HEADINGS

POINTS = Path(__file__).with_name("sections.tsv")

CAPTION_PARAGRAPHS = 4
CAPTION_CHARACTERS = 600
"""The most a photo's caption holds."""

LAST = frozenset({Shape.CREDIT, Shape.JUMP_TO, Shape.WIRE})
"""What stands at the end of an article."""

_LEAD = re.compile(r"近日|日前|记者|今年|去年|[0-9]+月[0-9]+日|在.{2,12}[市县区]|^[^，。]{2,12}(?:省|市|县|区|自治区)")

_SCENE = re.compile(
    r"^(?:图为|近日，在|初[春夏秋冬]时节)|(?:正在|正忙着|正冒着|忙着|现场[，。]|车间[里内]?[，，]|工地上[，，])"
)
"""What captions say and reports seldom do in their last paragraph."""


LONG = 14
"""Characters of a display line from which it is seldom a heading."""


class Cue(StrEnum):
    """What speaks for or against reading a part of a page as an article."""

    # Of a place between two texts, for an article ending and another beginning there.
    TEXT = "text follows text"
    HEADING = "one display line, which may be a heading"
    LINES = "several display lines"
    LONG = "a display line longer than headings are"
    LEVEL = "rank of the Markdown heading"
    LOWER = "a Markdown heading of lower rank than others"
    GAP = "a wide gap"
    OPENING = "an opening such as 本报讯 follows"
    BYLINE = "a by-line follows"
    AGAIN = "a by-line that was printed before follows"
    SIGNED = "a by-line at the end of a text"
    ENDED = "a credit, a jump mark or an agency's line ends the text before"
    RESUMED = "the rest of another page's article follows"
    CAPTION = "a dated caption with its credit follows"
    PICTURE = "the paragraphs before a photo's credit follow"
    SET = "the lines that follow are set otherwise"
    SCENE = "what follows reads like a caption"
    INSIDE = "a photo stands in the midst of a sentence"
    BROKEN = "the sentence before breaks off"
    MIDWAY = "what follows is set like the middle of a sentence"
    LEAD = "what follows is worded like the beginning of a report"
    KIN = "the texts before and behind share rare character pairs"
    # Of an article.
    SPEAKS = "the body speaks of its title"
    CAPTION_SPEAKS = "a photo's caption speaks of its title"
    MANY_LINES = "more than four title lines"
    OFF_SIDE = "title lines on the other side than the page's"
    TWICE = "title lines on both sides"
    UNTITLED = "no title"
    UNTITLED_PHOTO = "a photo without a title"
    UNTITLED_REST = "the rest of another page's article without a title"
    SUBHEAD = "a heading inside the body"
    SUBHEADS = "a further display line next to a heading"
    HEADED = "a body that begins or ends with a heading"
    NOTHING = "a body without text"
    LONG_PHOTO = "a photo's credit at the end of what is no caption"
    SHORT = "a report of one or two sentences"
    HEADLESS = "a body that begins in the midst of a sentence"
    TAILLESS = "a body that ends in the midst of a sentence"
    ROTATED = "both, with an opening or by-line between them: columns that have changed places"
    TWO_SIGNED = "two different by-lines in one body"


@cache
def points() -> Mapping[Cue, float]:
    """What each cue is worth, in nats of log-odds."""
    return read(POINTS, Cue)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article may begin: text ends before block ``end``, display lines follow up to ``start``, where text goes on.

    ``end == start`` where there are no display lines.
    """

    end: int
    start: int
    cues: tuple[Cue, ...] = field(default=())


def caption_end(page: Sequence[Block], start: int) -> int | None:
    """The block of the photo credit that ends a caption beginning at ``start``, if one does."""
    size = 0
    for i in range(start, min(len(page), start + CAPTION_PARAGRAPHS + 1)):
        block = page[i]
        if block.shape is Shape.CREDIT:
            return i if i > start and size <= CAPTION_CHARACTERS else None
        if block.shape is not Shape.PARAGRAPH or block.opening:
            return None
        size += len(block.text)
    return None


def scene(text: str) -> bool:
    """Whether a paragraph reads like a photo's caption."""
    return bool(DATED.match(text) or _SCENE.search(text[:60]))


def lead(text: str) -> bool:
    """Whether a paragraph is worded like the first one of a report: it says when, where, or who found out."""
    return bool(_LEAD.search(text[:24]))


def usual_gap(page: Sequence[Block]) -> int:
    """The median number of blank lines between two blocks."""
    gaps = sorted(b.gap for b in page[1:])
    return gaps[len(gaps) // 2] if gaps else 0


_WEAK = frozenset({Cue.BROKEN, Cue.LEAD, Cue.MIDWAY})
"""What is no reason by itself to look for an article's beginning in the midst of a text."""


def titular(block: Block) -> bool:
    """Whether a block may be a line of a title."""
    return block.shape is Shape.DISPLAY and block.text not in HEADINGS


def places(page: Sequence[Block]) -> list[Place]:
    """Every place of ``page`` at which something speaks for an article beginning there, in order."""
    usual = usual_gap(page)
    ranks = {b.level for b in page if b.level}
    printed: set[str] = set()
    found: list[Place] = []
    texts = [i for i, block in enumerate(page) if not titular(block)]
    for before, after in pairwise(texts):
        if page[before].shape is Shape.BYLINE:
            printed.add(page[before].text)
        cues = _cues(page, before, after, printed)
        run = page[before + 1 : after]
        if run:
            cues.append(Cue.LINES if len(run) > 1 else Cue.HEADING)
            if max(len(b.text) for b in run) >= LONG:
                cues.append(Cue.LONG)
            if any(b.level == 1 or (len(ranks) > 1 and b.level == min(ranks)) for b in run):
                cues.append(Cue.LEVEL)
            elif len(ranks) > 1:
                cues.append(Cue.LOWER)
            if run[0].gap > usual + 1:
                cues.append(Cue.GAP)
        else:
            if page[after].gap > usual + 1:
                cues.append(Cue.GAP)
            if not set(cues) - _WEAK:
                continue
            cues.append(Cue.TEXT)
        found.append(Place(before + 1, after, tuple(cues)))
    return found


def _cues(page: Sequence[Block], before: int, after: int, printed: set[str]) -> list[Cue]:
    """What the blocks of text around a place say."""
    cues = [*_ends(page, before), *_begins(page, before, after, printed)]
    if page[after].shape is Shape.PARAGRAPH and (end := caption_end(page, after)) is not None:
        cues += _photo(page, before, after, end, broken=Cue.BROKEN in cues)
    return cues


def _ends(page: Sequence[Block], before: int) -> Iterator[Cue]:
    """What speaks for or against an article ending with block ``before``."""
    last = page[before]
    if last.shape in LAST:
        yield Cue.ENDED
    elif last.shape is Shape.PARAGRAPH and not last.ended:
        yield Cue.BROKEN
    elif last.shape is Shape.BYLINE and _signs(page, before):
        yield Cue.SIGNED


def _begins(page: Sequence[Block], before: int, after: int, printed: set[str]) -> Iterator[Cue]:
    """What speaks for one beginning with block ``after``."""
    last, first = page[before], page[after]
    if first.shape is Shape.JUMP_FROM:
        yield Cue.RESUMED
    elif first.shape is Shape.BYLINE and last.shape is not Shape.BYLINE and not _signs(page, after):
        yield Cue.AGAIN if first.text in printed else Cue.BYLINE
    elif first.shape is Shape.PARAGRAPH:
        if first.opening and last.shape is not Shape.BYLINE:
            yield Cue.OPENING
        if first.resumed:
            yield Cue.MIDWAY
        if lead(first.text):
            yield Cue.LEAD


def _photo(page: Sequence[Block], before: int, after: int, end: int, *, broken: bool) -> Iterator[Cue]:
    """What speaks for a photo's caption from block ``after`` to the credit at ``end``."""
    first = page[after]
    behind = page[end + 1] if end + 1 < len(page) else None
    if broken and behind is not None and behind.shape is Shape.PARAGRAPH and not behind.opening:
        yield Cue.INSIDE
    if DATED.match(first.text):
        yield Cue.CAPTION
        return
    yield Cue.PICTURE
    titled = page[before].shape is not Shape.PARAGRAPH or after > before + 1
    if not titled and _set_otherwise(page, before, after):
        yield Cue.SET
    if titled or scene(first.text):
        yield Cue.SCENE


def _signs(page: Sequence[Block], byline: int) -> bool:
    """Whether a by-line stands at the end of a text rather than at its beginning: nothing follows that it could open."""
    if byline == 0 or page[byline - 1].shape is not Shape.PARAGRAPH:
        return False
    after = page[byline + 1] if byline + 1 < len(page) else None
    return after is None or after.opening or titular(after) or after.shape in (Shape.BYLINE, Shape.JUMP_FROM)


def _set_otherwise(page: Sequence[Block], before: int, after: int) -> bool:
    """Whether the lines of a paragraph are spaced or indented otherwise than those above it."""
    here, above = page[after], page[before]
    if here.spacing >= 0 and (here.spacing != above.spacing >= 0 or here.gap < above.spacing):
        return True
    return here.indent and not any(b.indent for b in page[max(0, after - 4) : after])
