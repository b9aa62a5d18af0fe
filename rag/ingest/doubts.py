"""How sure it is that an article was read from its page as it should be, and what may be wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

from rag.ingest.blocks import Block, Shape
from rag.ingest.line_cues import opener
from rag.ingest.names import COMPOUND
from rag.ingest.order import Mended
from rag.ingest.reunite import Part
from rag.types import Doubt, Doubtful, Kind

SURE = 0.8
"""Probability below which the beginning, the end or the title of an article is told to be doubtful."""

KEPT = {Doubtful.ORDER: 0.95, Doubtful.BEGINNING: 0.85, Doubtful.END: 0.95, Doubtful.TITLE: 0.5}
"""What is left of the confidence where something else than the cut of the page is doubtful, by what it is: the shares of such articles
that are right, set beside those of others (`python tests/page_report.py --sure`)."""


def judge(part: Part, mended: Mended, kind: Kind, names: Sequence[str]) -> tuple[float, tuple[Doubt, ...]]:
    """The confidence (0 to 1) in an article made of ``part``, and its doubts; ``names`` are those of its people."""
    paragraph = _numbers(mended.blocks)
    doubts = [*_cut(part, kind), *_seams(mended.blocks, paragraph)]
    doubts += [Doubt(what, why, paragraph[at]) for what, why, at in mended.doubts]
    if len(part.sections) > 1:
        doubts.append(Doubt(Doubtful.MIXED, "its parts are printed apart, with something else between them"))
    odd = [
        name for name in names if len(name) < 2 or (len(name) > 3 and "·" not in name and not name.startswith(COMPOUND))
    ]
    doubts += [Doubt(Doubtful.PEOPLE, f"{name} may not be one name") for name in odd]
    kept = {doubt.what for doubt in doubts if doubt.what in KEPT and doubt.why not in _CUT}
    confidence = min(section.probability for section in part.sections) * prod(KEPT[what] for what in kept)
    return round(confidence, 3), tuple(dict.fromkeys(doubts))


_ELSEWHERE_BEGINS = "it may begin elsewhere"
_ELSEWHERE_ENDS = "it may end elsewhere"
_UNSURE_TITLE = "its title lines may be a neighbour's, or headings"
_CUT = frozenset({_ELSEWHERE_BEGINS, _ELSEWHERE_ENDS, _UNSURE_TITLE})
"""Doubts that the probability of the cut counts already."""


def _cut(part: Part, kind: Kind) -> Iterator[Doubt]:
    """What is not sure about where the page is cut."""
    first, last = part.sections[0], part.sections[-1]
    if min(section.titled for section in part.sections) < SURE:
        yield Doubt(Doubtful.TITLE, _UNSURE_TITLE)
    elif not part.titles and kind is Kind.NEWS:
        yield Doubt(Doubtful.TITLE, "no title was found for it")
    if first.begins < SURE:
        yield Doubt(Doubtful.BEGINNING, _ELSEWHERE_BEGINS)
    if last.ends < SURE:
        yield Doubt(Doubtful.END, _ELSEWHERE_ENDS)


def _seams(blocks: Sequence[Block], paragraph: Sequence[int]) -> Iterator[Doubt]:
    """Where the text begins or ends in the midst of a sentence."""
    plain = [i for i, block in enumerate(blocks) if block.shape is Shape.PARAGRAPH]
    if not plain or any(block.shape in (Shape.JUMP_FROM, Shape.JUMP_TO) for block in blocks):
        return
    first, last = blocks[plain[0]], blocks[plain[-1]]
    if opener(first.text) < 0 or first.resumed:
        yield Doubt(Doubtful.BEGINNING, "its text begins in the middle of a sentence", paragraph[plain[0]])
    if not last.ended and blocks[-1] is last:
        yield Doubt(Doubtful.END, "its text breaks off in the middle of a sentence", paragraph[plain[-1]])


def _numbers(blocks: Sequence[Block]) -> list[int]:
    """For each block the number of the paragraph it is, or stands behind."""
    found, count = [], 0
    for block in blocks:
        found.append(max(0, count - (block.shape is not Shape.PARAGRAPH)))
        count += block.shape is Shape.PARAGRAPH
    return found
