"""Columns back in order: a paragraph broken off at the foot of a column is joined to its rest.

Text taken from a page may give the columns of an article in the wrong order. Then one paragraph breaks off without
ending its sentence and another begins in the middle of one. Every break is matched with the piece that best
continues it, and the columns change places:

    a  [rest ... b]  [c ... broken]  d   ->   a  [c ... broken+rest ... b]  d
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.ingest.blocks import Block, Shape, extend
from rag.ingest.roles import opener
from rag.zh import words

GOOD = 1.0
"""The least score at which two pieces are held to be one sentence."""


def fits(before: str, after: str) -> float:
    """How well ``after`` continues ``before`` in the middle of a sentence; above 0 is more likely than not.

    A word that straddles the seam is the best sign (加之受|到疫情影响); wording that opens paragraphs speaks against it.
    """
    tail, head = before[-4:], after[:4]
    straddled = any(
        tail.endswith(word[:k]) and head.startswith(word[k:])
        for word in words(tail + head)
        for k in range(1, len(word))
    )
    return 1.0 - 2.0 * max(0.0, opener(after)) + (2.0 if straddled else 0.0)


def mend(blocks: Sequence[Block]) -> list[Block]:
    """The blocks of one article with broken paragraphs made whole."""
    out = list(blocks)
    for _ in range(len(out)):
        broken = next((i for i, b in enumerate(out) if _is_broken(out, i)), None)
        if broken is None:
            return out
        rest = _rest(out, broken)
        if rest is None:
            # Nothing continues it: it stays as printed.
            return out
        if rest == broken + 1:
            out[broken : rest + 1] = [extend(out[broken], out[rest])]
        else:
            out = _swap(out, rest, broken)
    return out


def _is_broken(blocks: Sequence[Block], i: int) -> bool:
    if blocks[i].shape is not Shape.PARAGRAPH or blocks[i].ended:
        return False
    return not (i + 1 < len(blocks) and blocks[i + 1].shape is Shape.JUMP_TO)


def _rest(blocks: Sequence[Block], broken: int) -> int | None:
    """Where the rest of a broken paragraph stands: right behind it, or best of those above it."""
    if broken + 1 < len(blocks) and blocks[broken + 1].shape is Shape.PARAGRAPH:
        score = fits(blocks[broken].text, blocks[broken + 1].text)
        if score > 0:
            return broken + 1
    scored = [
        (fits(blocks[broken].text, b.text), -i)
        for i, b in enumerate(blocks[:broken])
        if b.shape is Shape.PARAGRAPH and (i == 0 or blocks[i - 1].shape is Shape.BYLINE or blocks[i - 1].ended)
    ]
    if not scored:
        return None
    score, minus = max(scored)
    return -minus if score >= GOOD else None


def _swap(blocks: list[Block], rest: int, broken: int) -> list[Block]:
    """Change the places of the columns ``[rest, cut)`` and ``[cut, broken]``, joining the broken paragraph."""
    cuts = range(rest + 1, broken + 1)
    # A column begins at a byline or heading if there is one; otherwise at the broken paragraph itself.
    cut = next((i for i in cuts if blocks[i].shape in (Shape.BYLINE, Shape.DISPLAY)), broken)
    moved = [*blocks[cut:broken], extend(blocks[broken], blocks[rest])]
    return blocks[:rest] + moved + blocks[rest + 1 : cut] + blocks[broken + 1 :]
