"""What a report says further on of each thing in a list it gives: “四动” are four, and each has a paragraph of its own."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING

from rag.zh import normalise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rag.answer.evidence import Evidence

_HEADING = 20
"""Characters of a sentence that may be a heading within a report (调研督查促动。)."""


def unfolded(listing: Evidence, ranked: Sequence[Evidence]) -> list[Evidence]:
    """The sentences of its report that say more of what ``listing`` lists, where two or more do: they begin with it, or stand behind it as a heading."""
    own = [e for e in ranked if e.passage.article_id == listing.passage.article_id and e is not listing]
    own.sort(key=lambda e: e.passage.start + e.span.start)
    items = _items(listing.text)
    opened: dict[str, Evidence] = {}
    for sentence, after in zip_longest(own, own[1:]):
        text = _MARKED.sub("", normalise(sentence.text))
        bare = text.rstrip("。")
        for item in items:
            # Before the first of them stands what is done with all: 提出建立示范企业带动、…
            if len(bare) <= _HEADING and len(bare) > 1 and item.endswith(bare) and after is not None:
                opened.setdefault(item, after)
            elif text.startswith(item):
                opened.setdefault(item, sentence)
    return list(opened.values()) if len(opened) > 1 else []


_MARKED = re.compile("^[“\"'一二三四五六七八九十0-9、.．（）()是在 ]+")
"""What may stand before a thing that is told of: 一是, “, 2."""

_ENDS = re.compile('[，,：:；;。“”"]')


def _items(text: str) -> list[str]:
    """The things that ``text`` lists, in normal form, the first with what stands before it in its clause."""
    first, *others = normalise(text).split("、")
    listed = [_ENDS.split(first)[-1], *(_ENDS.split(other)[0].split("等")[0] for other in others)]
    return [item for item in listed if len(item) > 1]
