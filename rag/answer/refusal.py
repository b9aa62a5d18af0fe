"""What a refusal says: which part of the question the archive does not have, and what it can be asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rag.answer.asked.plainly import IN_ALL
from rag.answer.features import spoken
from rag.answer.lacks import Lack
from rag.search import bridge
from rag.zh import has_chinese

if TYPE_CHECKING:
    from rag.answer.asked.question import Question
    from rag.answer.gate import Verdict
    from rag.search.searchable import Searchable

MOST_NAMED = 3
"""Words of a question named as not in the archive."""

TEXTS = {
    "zh": {
        Lack.PLACE: "报道库中没有{missing}在这方面的报道。",
        Lack.YEAR: "最接近的报道{title}没有给出{missing}的情况。",
        Lack.NAME: "相关报道中没有出现“{missing}”。",
        Lack.ORDINAL: "最接近的报道{title}说的不是{missing}。",
        Lack.ROLE: "最接近的报道{title}没有写明{missing}是谁。",
        Lack.RANK: "最接近的报道{title}没有说明谁是{missing}。",
        Lack.FIGURE: "最接近的报道{title}没有给出“{missing}”的数字。",
        Lack.DATE: "最接近的报道{title}没有写明所问的时间。",
        Lack.ASPECT: "最接近的报道{title}没有写到“{missing}”。",
        Lack.LISTED: "最接近的报道{title}没有一一列出“{missing}”。",
        Lack.SUBJECT: "报道库中没有关于“{missing}”的内容。",
        Lack.SIDE: "报道库中没有找到{missing}这一方的情况，无法比较；另一方见{title}。",
        Lack.CHAT: "这里只回答报道库里写到的内容，可以问某地、某单位做了什么，有多少、何时、何人、为什么。",
        Lack.HOLDINGS: "这里按报道写到的内容回答；收了哪些报道、共多少篇，请看报道库（/library，命令行用 rag list），可按地区、日期、记者查找。",
        Lack.ADVICE: "这里只摘录报道原文，不能代替法律或办事咨询；请向当地工会或法律援助机构了解。",
    },
    "en": {
        Lack.PLACE: "The archive has nothing on this about {missing}.",
        Lack.YEAR: "The nearest report, {title}, does not give this for {missing}.",
        Lack.NAME: "The reports found do not mention “{missing}”.",
        Lack.ORDINAL: "The nearest report, {title}, is not about {missing}.",
        Lack.ROLE: "The nearest report, {title}, does not say who is {missing}.",
        Lack.RANK: "The nearest report, {title}, does not say who came {missing}.",
        Lack.FIGURE: "The nearest report, {title}, does not give the figure asked for ({missing}).",
        Lack.DATE: "The nearest report, {title}, does not say when.",
        Lack.ASPECT: "The nearest report, {title}, says nothing of “{missing}”.",
        Lack.LISTED: "The nearest report, {title}, does not list “{missing}” one by one.",
        Lack.SUBJECT: "The archive has nothing about “{missing}”.",
        Lack.SIDE: "The archive has nothing on this about {missing}, so they cannot be compared; for the other see {title}.",
        Lack.CHAT: "Only what the reports say is answered here: what was done somewhere, how many, when, who and why.",
        Lack.HOLDINGS: "What the reports say is answered here; for which reports there are, by place, day and reporter, see the library (/library, or rag list).",
        Lack.ADVICE: "Only the words of the reports are given here, which is no legal advice; please ask a trade union or a legal aid centre.",
    },
}
_ASKS = re.compile(f"[哪谁几]|多少|什么|怎|{IN_ALL}")
"""How a word begins that asks or adds up and is no subject: 哪几个, 总共."""

NO_NAME = {"zh": "所问内容", "en": "what is asked"}


def say(question: Question, verdict: Verdict, store: Searchable, language: str) -> str:
    """One line in ``language`` (zh, en); empty where nothing in particular is lacking."""
    missing = verdict.missing
    if verdict.lack is Lack.SUBJECT and not missing:
        missing = "、".join(_absent(question, store))
        if not missing:
            return ""
    if language == "en" and verdict.lack in (Lack.PLACE, Lack.SIDE):
        missing = ", ".join(_as_asked(name, question.text) for name in missing.split("、"))
    template = TEXTS[language].get(verdict.lack, "")
    title = f"《{store.articles[verdict.near].name}》" if verdict.near in store.articles else ""
    return template.format(missing=missing or NO_NAME[language], title=title)


def _as_asked(place: str, text: str) -> str:
    """``place`` as the English ``text`` spells it (Gansu for 甘肃); itself where it does not."""
    spelt = (text[start:end] for start, end in bridge.spelt(text))
    return next(
        (name for name in spelt if any(place in (r.city, r.province) for r in bridge.bridge(name).places)), place
    )


def _absent(question: Question, store: Searchable) -> list[str]:
    """The words of ``question`` that stand nowhere in the archive, none of them inside another."""
    own = [
        w
        for w in question.words
        if spoken(w) and not _ASKS.match(w) and (has_chinese(w) or not has_chinese(question.text))
    ]
    known = store.frequencies(own)
    lost = [w for w in own if w not in known]
    return [w for w in lost if not any(w != o and w in o for o in lost)][:MOST_NAMED]
