"""Whether a report tells what somebody said, gave or proposed, and not only that they did (提出意见建议, 送上关爱礼物).

Each function here reads one form of such a question and what tells it. All take the question ``asked`` and the ``text`` of the report in
the form of :func:`rag.answer.stated.sentences.form`, and give what is not told, in words of the question; empty for nothing.
"""

from __future__ import annotations

import re

from rag.answer.asked.units import content
from rag.answer.rules import alike
from rag.answer.stated import offices
from rag.answer.stated.mentioned import persons
from rag.answer.stated.sentences import SENTENCE
from rag.search.sounds import spelt, stands
from rag.zh import HAN

_SPEAKING = "说|讲|表示|介绍|指出|强调|认为|要求|称|道：|回应|回复|答复|声明|告诉|坦言|透露|呼吁|希望|提到|感慨|谈|指控|批评|否认|承认|宣布|反驳|驳斥|发文|致辞|“"
_WHAT_SAID = re.compile(
    rf"(?P<who>[{HAN}a-z·]{{2,20}}?)(?:在[^，。？]{{2,20}})?(?:都|又|还|具体)?(?P<act>讲|说|谈|致辞|发言|讲话|表示|强调)(?:了|的|到|过)*(?:些|点)?(?:什么|啥)(?:话|内容)?(?=[，。？呢呀]|$)"
)
_REACTS = re.compile(
    rf"(?P<who>[{HAN}a-z]{{2,20}}?)(?:对(?:于|此)?[^？。]{{0,30}}?)?(?:是)?(?:怎么|如何|怎样|有没有|有何|有什么|做[了出]什么|做[了出]何)?(?:做[了出])?(?P<act>回应|表态|答复|反应)(?:的|了没有?|没有?|过吗|了吗|吗|过没有?)*(?=[？。，]|$)"
)
_SPOKEN_OF = frozenset("公司 企业 官方 政府 工会 方面 单位 集团 部门 现场 记者 活动 会上 代表".split())


def said(asked: str, text: str) -> str:
    """The person of whom ``asked`` wants to know what they said, where no sentence of ``text`` that names them has a word of speaking."""
    m = _WHAT_SAID.search(asked)
    if m is None:
        return ""
    names = _named(m["who"], text)
    if not names or any(_speaks(name, s) for name in names for s in SENTENCE.findall(text)):
        return ""
    return names[0]


_WITH_WORDS = rf"(?:{_SPEAKING})(?:[^，。；]{{0,6}}[，：“]|[^，。；]{{6,}})"
"""Speaking, with what was said behind it: 出席并讲话。 tells nothing of that."""


def _named(who: str, text: str) -> list[str]:
    """The persons whom ``who``, a part of a question, names and ``text`` does, too."""
    return [name for s in SENTENCE.findall(text) for name in persons(s) if name in who]


def _speaks(name: str, sentence: str) -> bool:
    """Whether ``sentence`` tells what ``name`` said, with no end of a list between them."""
    return any(
        re.match(rf"[^，。；、]{{0,24}}(?:，[^，。；、]{{0,24}})?{_WITH_WORDS}", sentence[at.end() :])
        for at in re.finditer(re.escape(name), sentence)
    )


def reaction(asked: str, text: str) -> str:
    """By what word ``asked`` wants a reaction (回应), where no sentence of ``text`` that names the one who should react tells of one."""
    m = _REACTS.search(asked)
    if m is None:
        return ""
    whose = _named(m["who"], text) or [w for w in content(m["who"]) if w not in _SPOKEN_OF]
    if not whose:
        return ""
    last = re.compile(offices.CHIEF if whose[-1] == "ceo" else re.escape(whose[-1]))
    if any(last.search(s) and re.search(_SPEAKING, s) for s in SENTENCE.findall(text)):
        return ""
    return m["act"]


_SAID_ENGLISH = re.compile(r"\bwhat did (?P<who>[a-z][\w'’.-]+ [a-z][\w'’.-]+) (?:say|tell|claim|argue|demand|write)\b")
_FOREIGN_SPEAKS = re.compile(rf"[{HAN}][·・•?.][{HAN}]{{1,6}}[^。]{{0,30}}?(?:{_SPEAKING})")


def said_english(asked: str, text: str) -> str:
    """The person of two names of whom an English ``asked`` wants to know what they said, where nobody speaks in ``text`` who may be that.

    A name in pinyin stands in it, any other is written with a point (米克·林奇).
    """
    m = _SAID_ENGLISH.search(asked)
    if m is None or re.match(r"(?:the|a|an|its|their|his|her|some|many|local|union|studio)\b|.*s$", m["who"]):
        return ""
    names = spelt(m["who"].title())
    if any(stands(name, text) for name in names) or _FOREIGN_SPEAKS.search(text):
        return ""
    return m["who"].title()


_REACTS_ENGLISH = re.compile(
    r"\b(?:how (?:did|has|have|does|do)|did) (?:the )?(?P<who>[\w'’ -]{3,40}?) (?:respond(?:ed)?|react(?:ed)?|reply|replied|comment(?:ed)?)\b|\bwhat (?:was|is) (?:the )?(?P<whose>[\w'’ -]{3,40}?)(?:['’]s?)? (?:response|reaction|reply|comment)\b"
)
_SPEAKERS = (
    ("ceo|chief executive", offices.CHIEF), ("ministry|minister", f"[{HAN}]部(?![分门队])|部长|大臣"), ("government|authorities|officials?", "政府|官方|当局|官员|发言人"),
    ("unions?", "工会"), ("police", "警"), ("courts?", "法院|法官"), ("studios?|producers?", "片方|制片|影视公司|制作公司"), ("employers?|management", "资方|雇主|管理层|公司|企业"),
    ("compan(?:y|ies)|firms?|corporation|corp|airlines?", "公司|企业|集团|航空"), ("school|university", "学校|大学|校方|学院"), ("hospital", "医院|院方"),
)  # fmt: skip


def reaction_english(asked: str, text: str) -> str:
    """:func:`reaction` of an English question, where it tells by a common noun who should react (the ministry)."""
    m = _REACTS_ENGLISH.search(asked)
    who = (m["who"] or m["whose"]) if m else ""
    for english, chinese in _SPEAKERS if who else ():
        if re.search(rf"\b(?:{english})$", who):
            speaks = re.compile(rf"(?:{chinese})[^，。；、]{{0,24}}(?:，[^，。；、]{{0,24}})?{_WITH_WORDS}")
            return "" if any(map(speaks.search, SENTENCE.findall(text))) else "response"
    return ""


_GIFT = "礼物|礼品|礼包|纪念品|小礼"
_ASKS_GIFT = re.compile(
    rf"(?P<it>{_GIFT})(?:都|具体|到底|究竟|里)?(?:是|有|装|包括)?(?:了|的|些|哪)*(?:什么|啥|哪些)|(?:什么|啥|哪些)(?:样的)?(?P<gift>{_GIFT})|\bwhat (?P<present>gifts?|presents?)\b"
)

_NAMES_GIFT = re.compile(
    rf"(?:{_GIFT})[^，。]{{0,8}}(?:[：（—]|是|为|有(?!关)|包括)|(?:送|赠|发|准备|带来|收到|领到|拿到|[以把将])[^。]{{0,40}}(?:[、和及与]|等)[^，。、]{{0,12}}(?:{_GIFT})"
    "|(?:送|赠|发|准备|带来|收到|领到|拿到)[^。；]{0,30}、[^。；]{0,40}等(?:物|慰|用|防|生|学|夏|食|清|书|文)"
)


def gift(asked: str, text: str) -> str:
    """What sort of present ``asked`` wants to know, where ``text`` names nothing in any sentence with such a word, nor lists what was given."""
    m = _ASKS_GIFT.search(asked)
    if m is None:
        return ""
    return "" if any(map(_NAMES_GIFT.search, SENTENCE.findall(text))) else m["it"] or m["gift"] or m["present"]


_VIEWS = "意见|建议|看法|诉求|批评"
_ASKS_VIEWS = re.compile(
    rf"(?:哪些?|哪[几一三四五六]?[条点个项]|什么|啥|几[条点个项])(?:样的)?(?!方面)(?:[{HAN}]{{2}})?(?:的)?(?P<it>{_VIEWS})(?=[，。？]|$|[呢吗呀])|(?P<views>{_VIEWS})(?:都|分别|具体)?(?:是|有)(?:什么|啥|哪)|\bwhat (?P<opinions>opinions|suggestions|comments|complaints)\b"
)
_VIEW_TOLD = re.compile(
    rf"(?:{_VIEWS})[^，。；、]{{0,8}}(?:：|[，：]?(?:[一二][是要]|第一))|建议(?![，。；、和及与并等反征意]|的)[^，。]{{3,}}|“[^”]{{10,}}|(?:希望|反映|认为|提出|呼吁|主张)(?!了?[^，。；]{{0,16}}(?:{_VIEWS}))[^，。；]{{4,}}"
)


def views(asked: str, text: str) -> str:
    """What sort of views ``asked`` wants to know (意见), where ``text`` has no sentence with such a word, nor one beside it, that tells any."""
    m = _ASKS_VIEWS.search(asked)
    if m is None or re.search("出台|印发|发布|公布|制定", asked):
        return ""
    said_so = SENTENCE.findall(text)
    near = {j for i, s in enumerate(said_so) if re.search(_VIEWS, s) for j in (i, i + 1) if j < len(said_so)}
    told = (re.sub("^.*?(?=" + _VIEWS + ")", "", s, count=1) for s in (said_so[j] for j in sorted(near)))
    return "" if any(_VIEW_TOLD.search(s) for s in told) else m["it"] or m["views"] or m["opinions"]


_TRADE = re.compile(rf"(?P<it>[{HAN}]{{2,4}})(?:这|那)(?:一行|个?(?:行业|职业|行当|岗位|工种))")


def trade(asked: str, text: str) -> str:
    """The trade that ``asked`` is about (护士这一行), where ``text`` has neither its word nor one like it."""
    m = _TRADE.search(asked)
    its = content(m["it"])[-1:] if m else []
    return "" if not its or alike.spoken_of(its[0], text) else its[0]
