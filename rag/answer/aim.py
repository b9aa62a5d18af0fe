"""How far a sentence has the form of what is asked for: a list behind 包括 where 哪些 is asked, 由于 where 为什么 is.

The words of a question stand in the opening of a report, which says what it is about; what is asked for stands further on,
in other words. Among the sentences of the report that came nearest, the form tells which.

Sentences come in normal form, with half-width commas, so that what is between commas on paper ([^，。；]) runs on to the full stop here. With
full-width marks 36 of 1,807 answers are others, as many better as worse (eval/LOG.md).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rag.answer.asked.kind import Asks
from rag.answer.asked.question import Question
from rag.answer.evidence import Evidence
from rag.answer.rules import slots
from rag.answer.rules.naming import kinds
from rag.answer.stated import offices
from rag.zh import HAN, is_english, normalise

_DATE = r"(?:(?:19|20)[0-9]{2}年|今年|明年|当年|次年|同年)?(?:[0-9]{1,2}月|年)?(?:[0-9]{1,2}[日号]|[底初末]|[上中下]旬)|(?:19|20)[0-9]{2}年|[0-9]{1,2}月"
_WHEN = "(?:[什啥]么?时[候间]|何[时日]|几时|哪一?[天年月日]|几[月号点])"
_SAID_ON = "[^，。；]{0,6}(?:报道|电|讯|消息|表示|称|说)"
"""What makes a date that of the news and not of what it tells."""

_SPOT = "[楼室厅馆堂园院校站店街路村区口处省市县镇乡]|中心|广场|基地|大厦|工地|工厂|车间"
_TAKES_PLACE = "举行|举办|召开|启动|开始|开幕|开展|进行|揭牌|成立|落成|投用|开班|开工|发生"


@dataclass(frozen=True, slots=True)
class _Form:
    """What ``asked`` (a pattern over the question) is answered by: a sentence with ``told``, which is worth ``points``."""

    asked: str
    told: str
    points: float


_FORMS = (
    _Form(
        rf"(?:到|至|截[至止]){_WHEN}|{_WHEN}(?:结束|截止|为止|到期|关闭)",
        # 截至8月1日 says how things stood on that day.
        rf"(?:(?<!截)[到至]|截止(?:时间|日期)?[到至为是：:]?)[^，。0-9]{{0,4}}(?:{_DATE})",
        4.0,
    ),
    _Form(rf"[从自打]{_WHEN}", rf"(?:从|自|始于)(?:{_DATE})|(?:{_DATE})(?:起|以来|开始)", 2.0),
    _Form("哪一?[天日]|几月几|几号(?!线|楼|馆|厅|院)", "[0-9]{1,2}[日号]", 2.0),
    _Form(
        "从哪(?![些个家年天项方])|哪里?出发|来自哪",
        rf"从[^，。；]{{2,12}}(?:出发|启程|赶|来|前往)|来自[{HAN}]{{2}}",
        3.0,
    ),
    _Form(
        "(?:送|发|给|慰问)[^，。？?]{0,16}(?:啥|什么)|(?:啥|什么)(?:样的)?(?:礼|慰问品|物资|东西)",
        r"(?:[赠派]?送[上去来出]?|发[放了]|捐赠|递上|带[来去]|准备|购买|配[备发])了?[^，。；、]{1,20}(?:、[^，。；]{1,16}|等)",
        2.5,
    ),
    _Form(
        "按(?:照)?(?:啥|什么)|(?:根据|依据|参照)(?:是|的是)?(?:啥|什么)|凭(?:啥|什么)(?:来)?(?:定|算|分|评|选)",
        r"依据(?:是|为)|根据[^，。；]{2,20}?(?:定|算|分|缴|发|评|选|核)|按照?[^，。；]{2,12}?(?:定|分|计|算|缴|发|划|核|评)|取决于|视[^，。]{2,12}而定",
        3.0,
    ),
    _Form(
        "(?:怎么|咋|如何)(?:处?罚|处[理置分]|判)|(?:什么|啥)(?:样的)?(?:处罚|处分|惩罚)|[罚判]了(?:什么|啥|几|多少)",
        "罚款|处罚金|停业|停产|吊销|没收|责令|拘留|警告|记过|免职|撤职|解聘|判处|立案|约谈|处[以分]",
        3.0,
    ),
    _Form(
        "(?:口号|主题|标语|宗旨|理念)(?:是|叫)|(?:什么|啥)(?:口号|主题|标语|宗旨|理念)",
        "以[“《][^”》]+[”》]为(?:活动)?(?:口号|主题|宗旨|理念|题)|(?:口号|主题|标语|宗旨|理念)(?:[为是：:]|[“《])",
        4.0,
    ),
    _Form(
        "(?:头一|第一|最先|最早|首先|先)[^，。？?]{0,12}(?:谁|哪)",
        "首先|优先|率先|最先|第一[个批时]|首[个批位]",
        2.0,
    ),
    _Form(
        "叫(?:什么|啥)(?:名|[？?]?$)|(?:什么|啥)名",
        "(?:名为|名叫|叫做?|取名|命名为|称为)[“《]?[一-龥]|[“‘《][^”’》]{2,12}[”’》]",
        1.0,
    ),
    _Form("几[楼层]", "[0-9一二三四五六七八九十][楼层]", 2.5),
    _Form("(?:哪|什么|啥)[个家种]?(?:牌子|品牌)", "(?:品牌|牌子)[“《]?[一-龥a-z]|[一-龥a-z]{2}牌(?!子|照|匾|坊)", 2.5),
    _Form(
        r"\b(?:what|which) (?:date|day)\b",
        rf"[0-9]{{1,2}}[日号](?!{_SAID_ON})",
        2.0,
    ),
    _Form(
        r"\bwhen (?:will|would|is|are|was|were)\b",
        rf"(?:推迟|改期|延期?|提前|定|将|拟|计划|于|在)[于在至到]?(?:[今明次去]年)?(?:{_DATE})(?!{_SAID_ON})",
        1.5,
    ),
    _Form(r"\bwhere\b", "位于|坐落|地址|设在|地点", 1.5),
    _Form("(?:[几历多]年|以来).{0,12}(?:加起来|总|一共|累计|合计)", "累计|历年", 2.0),
)
"""Forms asked for by a few words of the question."""

_KINDS = {
    Asks.PLACE: _Form(
        "",
        rf"(?:[在于]|设在|地[点址][为是：:]?|走进|来到|落户|位于)[^，。；、]{{2,24}}?(?:{_SPOT})[内里前上]?[^，。；]{{0,4}}(?:{_TAKES_PLACE}|。)",
        1.0,
    ),
    Asks.REASON: _Form(
        "",
        r"由于|因为|因(?!此|而|素|地|人|材|时)[^，。]{2,20}而|原因|理由|为由|是因|[是都]为了?|为的是|以防|防止|避免|以免|导致|引发|引起|鉴于|出于|源于|这一(?:举措|做法|措施)[^，。]{0,2}既",
        2.5,
    ),
    Asks.MEANS: _Form(
        "", r"(?:通过|采取|采用|可以?|以)[^。]{4,60}?[等的](?:方式|形式|措施|办法|方法|途径|手段|渠道)", 2.0
    ),
}
"""Forms of the kinds of things asked for."""

OF_KIND = 1.5
"""Worth of a name of the kind of thing asked for (哪家饭店)."""

OF_RANK = 6.0
"""For a sentence that tells of the rank whose holder is asked for, by any name (冠军, 一等奖)."""

MAYBE = 0.6
"""How much a list counts where one thing may be asked for as well as several (送了啥)."""

_WHAT = re.compile(
    "(?:了|的|着|过|的是|给|讲|送|装|备|发|买|教|学|吃|卖|种|比|考|管|搞)(?:的?是)?(?:啥|什么)(?:东西|解[暑渴]|内容)?[？?。]?$"
)
"""Asks for things at its end: 送了啥."""

LENGTH, INTRODUCED = 0.25, 2.0
"""Worth of each thing in a list where several are asked for, :data:`rag.answer.rules.slots.MANY` at most, and of words that say a list comes."""

_INTRODUCED = re.compile(
    r"(?:包括|包含|涵盖|分[为成]|分别[是为有]|设[有置立]|内容[为有是]|项目[为有是]|开设|开展|配[备有]|兼容|具体[为是有]|[还里内中上]有|主要[是有])了?[“《]?[^，。；、：]{1,16}(?:、|”“)"
    r"|、[^，。；、]{1,16}等"
)
_GOES_ON = re.compile("包括|包含|涵盖|分别|其中|具体|即|一是|[例譬比]如|如(?!今|果|何|此|期|愿|火|约|同|是|不|数|实)")
"""What begins so lists what the sentence before named: 条例共五章。包括总则、……"""

_FOLLOWS = re.compile("为此|因此|于是|对此|由此|基于此|鉴于此|[面针]对(?:这|上述|以上)")
"""What begins so follows from the sentence before, which is why."""

APART = 2
"""Characters there may be between two sentences side by side."""


def points(question: Question, sentence: str) -> float:
    """How much better ``sentence`` (normal form) fits for its form, on the scale of the scores of sentences; 0 at least."""
    found = sum(form.points for form in _forms(question) if re.search(form.told, sentence))
    if kinds.of_kind(normalise(question.text), sentence):
        found += OF_KIND
    rank = offices.asked(normalise(question.text)) if question.asks is Asks.PERSON else ""
    if rank and offices.ranks(sentence, rank):
        found += OF_RANK
    if is_english(question.text):
        return found
    if question.asks is Asks.LIST:
        return found + _listed(sentence)
    return found + (MAYBE * _listed(sentence) if question.asks is Asks.OTHER and _things(question) else 0.0)


@lru_cache(64)  # the same for all sentences of an answer
def _forms(question: Question) -> tuple[_Form, ...]:
    """The forms that an answer to ``question`` may have."""
    plain = normalise(question.text)
    kind = _KINDS.get(question.asks)
    return (*(form for form in _FORMS if re.search(form.asked, plain)), *([kind] if kind else []))


def _things(question: Question) -> bool:
    return _WHAT.search(normalise(question.text)) is not None


def _listed(sentence: str) -> float:
    many = slots.longest(sentence)
    if many < slots.LEAST:
        return 0.0
    return LENGTH * min(many, slots.MANY) + (INTRODUCED if _INTRODUCED.search(sentence) else 0.0)


def aimed(question: Question, ranked: Sequence[Evidence]) -> list[Evidence]:
    """``ranked``, best first, with the sentences of the best one's article scored by their form, too, and in order again."""
    if not ranked:
        return []
    article = ranked[0].passage.article_id
    own = [
        replace(e, score=e.score + points(question, normalise(e.text)))
        for e in ranked
        if e.passage.article_id == article
    ]
    others = [e for e in ranked if e.passage.article_id != article]
    return sorted([*_in_context(question, own), *others], key=lambda e: -e.score)


def _in_context(question: Question, own: Sequence[Evidence]) -> list[Evidence]:
    """The sentences ``own`` of one article, with the score of a neighbour for those that say what it leaves to them.

    A list counts for the sentence that it goes on with, and a reason for the sentence that follows from it.
    """
    found = sorted(own, key=_starts)
    if question.asks is Asks.LIST:
        for n in range(1, len(found)):
            if _beside(*found[n - 1 : n + 1]) and _GOES_ON.match(found[n].text) and _listed(normalise(found[n].text)):
                found[n] = _at_least(found[n], found[n - 1])
    elif question.asks is Asks.REASON:
        for n in range(len(found) - 1, 0, -1):
            if _beside(*found[n - 1 : n + 1]) and _FOLLOWS.match(found[n].text):
                found[n - 1] = _at_least(found[n - 1], found[n])
    return found


def _starts(evidence: Evidence) -> int:
    return evidence.passage.start + evidence.span.start


def _beside(before: Evidence, behind: Evidence) -> bool:
    return 0 <= _starts(behind) - (before.passage.start + before.span.end) <= APART


def _at_least(evidence: Evidence, other: Evidence) -> Evidence:
    return replace(evidence, score=max(evidence.score, other.score))
