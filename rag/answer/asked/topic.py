"""What a question is about, without what it asks.

长春投放了多少个集装箱式工会驿站？ is about 长春投放集装箱式工会驿站. A follow-up read behind the whole question before it is drawn to that one's answer, whose words it then holds.
"""

from __future__ import annotations

import re

from rag.answer.asked.question import QUOTED
from rag.zh import is_english, words

_MEASURE = "(?:户(?!外)|等(?=奖)|[个家人名位次项届期年天万亿元支场所部份条件种类台辆座级倍成%处对])?"
_HOW_MANY = re.compile(
    rf"(?P<done>了|过)?(?:一共|总共|总计|共|大概|大约|约|有|到底)*(?:多少|(?<![拉好])几){_MEASURE}(?:人次|人)?"
)
_ASKED = re.compile(
    r"(?:是|在|于|从|自|由|被|叫|都)*"
    r"(?:为什么|什么(?:时候|地方|样)?|哪[一二两三四五六七八九十些几]*[个位名里儿家种项年天月支座条件所]?|何时|何地|何处|谁|为何|怎么样?|怎样|如何|咋|啥|多久|多[大长高远])"
)
_TAIL = re.compile(_ASKED.pattern.replace("(?:是|在|于|从|自|由|被|叫|都)*", "[是在于从由]+", 1) + ".{0,6}$")
"""“四动”是哪四动, 活动是什么时候启动的."""
_ENDS = "？?。.！! "


def topic(question: str) -> str:
    """``question`` without its question word and what goes with it; empty if nothing is left that could be a topic.

    English questions stay whole: their words do not draw to Chinese sentences.
    """
    text = question.strip(_ENDS)
    if is_english(text):
        return text
    if m := _HOW_MANY.search(text):
        before, behind = text[: m.start()], text[m.end() :]
        verb = words(before)[-1:] if m["done"] else []
        if QUOTED.search(before) and verb:
            # What a name in quotation marks stands for is the topic; what it was asked of it is not.
            return before.rstrip().removesuffix(verb[0])
        return before + behind
    return _ASKED.sub("", _TAIL.sub("", text))
