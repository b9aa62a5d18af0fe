"""Which of several sentences that answer says what has come about: not what is expected, in all and not of one year, and since when."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rag.answer.asked.question import Asks
from rag.zh import is_english, normalise

if TYPE_CHECKING:
    from rag.answer.asked.question import Question
    from rag.answer.evidence import Evidence

_EXPECTED = re.compile(
    "预计|预期|有望|力争|争取|计划|目标|拟[^定订]|将(?:有|达|超|突破|新|建|增|实现)|今后|下一步|到20[0-9]{2}年底?[，,]?(?:实现|达到|将)"
)
_ALL = re.compile("累计|一共|总共|总的|至今|到现在|迄今|[总合]计|总人数|总数")
_SO_FAR = re.compile("累计|截至|截止|至今|迄今|(?<![今去本]年)以来|[总合]计|目前[^，。]{0,6}已")
_YEARLY = re.compile("[今去前当本]年|上半年|(?:19|20)[0-9]{2}年")
_BEGINS = re.compile(
    "成立|创立|创办|开办|组建|开始|起步|启动|起头|搞起来|办起来|推行|实行|实施|开展|建立|(?:什么时候|哪年|哪一年)起"
)
_SINCE = re.compile(
    "(?:自|从)?(?:19|20)[0-9]{2}年(?:[0-9]{1,2}月)?(?:起|以来|开始|至今|成立|创立|创办|开办|组建|启动|建立|推行|实施|开展|,[^，。]{0,12}(?:成立|创立|启动|组建|建立))"
)

FAR = 4.0
"""How far below the first in score a sentence of its article may be that says so better."""


def before(question: Question, may: Sequence[Evidence], *, total: bool = False) -> Sequence[Evidence]:
    """``may``, sentences that answer ``question`` and best first, with the one first that says what has come about, if the first does not.

    With ``total`` a figure of this year comes behind that of all years, even where not asked for in so many words.
    """
    if not may or is_english(question.text):
        return may
    asked = normalise(question.text)
    first = may[0]
    total = (total and _YEARLY.search(normalise(first.text)) is not None and not _YEARLY.search(asked)) or _ALL.search(
        asked
    ) is not None
    near = [e for e in may if e.passage.article_id == first.passage.article_id and e.score >= first.score - FAR]
    fit, text = first.feature("unit"), normalise(first.text)
    better: list[Evidence] = []
    if question.sought and not _EXPECTED.search(asked):
        if _EXPECTED.search(text):
            better = [e for e in near if not _EXPECTED.search(normalise(e.text)) and e.feature("unit") >= fit]
        elif total and not _SO_FAR.search(text):
            better = [e for e in near if _SO_FAR.search(normalise(e.text)) and e.feature("unit") >= fit]
    elif question.asks in (Asks.YEAR, Asks.DATE) and _BEGINS.search(asked) and not _SINCE.search(text):
        better = [e for e in near if _SINCE.search(normalise(e.text))]
    best = max(better, key=lambda e: e.feature("cover"), default=first)
    return [best, *(e for e in may if e is not best)]
