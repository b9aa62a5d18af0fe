"""How well one piece of text goes on with another that breaks off in mid-sentence."""

from __future__ import annotations

import re

from rag.ingest.line_cues import opener
from rag.zh import straddles

_UNIT = re.compile(r"^(?:[0-9%.]|余|多|万|亿|个|名|家|年|月|日|元|人|次|场|项|件|岁|时|分|平方|公里|米)")
_MARKS = (("“", "”"), ("（", "）"), ("(", ")"), ("《", "》"))
_ANY_MARK = re.compile("[“”（）()《》]")


def crosses(before: str, after: str) -> float:
    """How well two lines go on with one another in the middle of a sentence, as a log-odds in nats.

    The points are log-ratios of how often each sign is seen at true seams and at random ones of the five pages: a
    dictionary word that is cut, a number and its unit, words that open paragraphs.
    """
    if not before or not after:
        return -1.0
    points = -2.0 * max(0.0, opener(after))
    last = before[-1]
    if last in "0123456789":
        points += 2.0 if _UNIT.match(after) else -1.0
    elif last.isalnum() and after[0].isalnum():
        gain = straddles(before, after)
        points += 2.5 if gain > 4 else 0.6 if gain > 0 else -1.0
    return points


def joins(before: str, after: str) -> float:
    """:func:`crosses`, and how clearly ``after`` is the rest of a sentence, whatever the beginning."""
    return crosses(before, after) + (0.75 * max(0.0, -opener(after)) if after else 0.0)


def fits(before: str, after: str, page: str = "") -> float:
    """How well one paragraph goes on with another that breaks off: :func:`joins`, and what the paragraphs as a whole say.

    Character pairs at the seam that stand in ``page``, where the two paragraphs are apart, speak for it, and so does a
    quotation mark or bracket left open here and closed there; one without the other speaks against it.
    """
    points = joins(before, after)
    if not before or not after:
        return points
    seam = before[-1] + after[0]
    if seam.isalpha() and seam in page:
        both = before[-2:] + after[0] in page and before[-1] + after[:2] in page
        points += 3.0 if both else 1.5
    if not _ANY_MARK.search(before) and not _ANY_MARK.search(after):
        return points
    for left, right in _MARKS:
        is_open = before.count(left) > before.count(right)
        begins, ends = after.find(left), after.find(right)
        closes = ends >= 0 and (begins < 0 or ends < begins)
        if is_open:
            points += 1.5 if closes else -2.5
        elif closes:
            points -= 3.0
    return points
