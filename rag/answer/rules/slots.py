"""What the thing asked for must look like where it stands: a hospital's name ends in 医院, eight cities are a list of eight.

A report that says the most on the subject need not have it. The kinds of thing are those whose names are known by their form, in
Chinese and in English questions; of all others nothing is said here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.numbers import whole
from rag.zh import HAN, is_english, normalise


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of thing: how it is asked for in Chinese and in English, and how it stands in a report (normal form)."""

    chinese: str
    english: str
    looks: str


_KINDS = (
    _Kind("大学|学校|院校|高校|学院|中学|小学", "university|college|school", rf"[{HAN}]{{2}}(?<![上读考念入进的所个在去谢给让和与向对到回离由])(?:大学|学院|学校|中学|小学|幼儿园|党校)(?!生)"),
    _Kind("医院", "hospital", rf"[{HAN}]{{2}}(?:医院|卫生院|卫生服务中心|保健院)"),
    _Kind("公司|代理商|供应商|厂(?=的|$)", "company|firm|manufacturer|contractor", rf"[{HAN}a-z]{{2}}(?:公司|集团|厂(?!务)|银行|合作社)"),
    _Kind("软件|app|小程序", "app|software", "软件|app|小程序|微信|腾讯|钉钉|公众号|平台"),
    _Kind("消防站", "fire station", rf"[{HAN}]{{2}}消防(?:救援)?站"),
    _Kind("派出所", "police station", rf"[{HAN}]{{2}}派出所"),
    _Kind("颜色", "colou?r", "[红橙黄绿青蓝紫黑白灰]"),
    _Kind("证书", "certificate|diploma", "证书|[一-龥]{2}证(?![明实据])"),
    _Kind("(?:疾|重|怪|绝)?(?<![毛心弊通])病(?![人房床因区情])|癌症?", "(?:disease|illness|cancer)", rf"(?![重大疾因患生看慢癌肿][大病疾性症瘤])[{HAN}](?:癌(?!瘤|症)|炎|瘤|症(?!状)|病(?![人房床因区情魔毒菌害灶例历案症痛逝退弱愈员号者假休残重急程根理变原]))|霍乱|天花|鼠疫|结核|中风|骨折|梗[塞死]|[脑心]梗|溃疡|疟"),
    _Kind("银行", "bank", rf"[{HAN}]{{2}}银行|农商行|信用社|农信社"),
    _Kind("品种", "variety", "[a-z]{2}|[0-9一二三四五六七八九十]号|品种[是为有“:：]|“[^”]{2,8}”(?:品种|[种谷稻麦薯豆棉])|(?:名|叫|称)[为做作]?"),
    _Kind("单位|部门|机构", "employer|organi[sz]ation|department", rf"[{HAN}]{{2}}(?:公司|集团|局|院|校|大学|学院|中心|厂|站|所|队|部|处|科|办|委|银行|协会|工会|社区|街道|商会|联合会)(?![长员一二三四五六七八九十议])"),
    _Kind("专业", "major", rf"[{HAN}]{{2}}(?:专业(?![人技知素水能服性化的队从岗机组])|工程(?!师))|[{HAN}]学(?=[硕学博]士)|[{HAN}]系(?![统列])|主修|攻读"),
    _Kind("科室|科(?=的|[医大])", "ward", rf"[{HAN}](?:科(?![学技研目普教员])|门诊)"),
    _Kind("办公室|处室|(?<![好用坏害益长短之到])[司处](?=[的工上当？?，])", "office", rf"[{HAN}]{{2}}(?:办(?![理事法证起学班好])|科(?![学技研目普教])|处(?![理置于罚])|司(?![机法])|部(?![分门队署])|局|中心)"),
    _Kind("号线", "(?:metro|subway) line", r"[0-9一二三四五六七八九十]+号线"),
)  # fmt: skip
_BEFORE = r"(?:哪一?[家所个座种项支]?(?:什么)?|什么|何种|啥|几(?=号线))"
_ENGLISH = r"\b(?:which|what|whose)\s+(?:\w+\s){{0,2}}?(?:{kind})\b"


@dataclass(frozen=True, slots=True)
class Slot:
    """What ``question`` (normal form) asks for: a thing of a ``kind`` known by its form, by the word ``called``, or ``several`` things."""

    question: str
    kind: _Kind | None
    called: str
    several: bool

    def fit(self, plain: str) -> float:
        """1 where ``plain`` (normal form) names a thing of the kind that the question does not name itself, -1 where not, 0 for no kind."""
        if self.kind is None:
            return 0.0
        return 1.0 if any(m.group() not in self.question for m in re.finditer(self.kind.looks, plain)) else -1.0

    def listed(self, plain: str) -> float:
        """How long the longest list of ``plain`` is, over :data:`MANY` and at most 1, if several things are asked for; else 0."""
        return min(longest(plain), MANY) / MANY if self.several else 0.0


def slot(question: str) -> Slot:
    """What ``question`` asks for."""
    asked, english = normalise(question), is_english(question)
    several = _SEVERAL.search(asked) is not None
    for kind in _KINDS:
        pattern = _ENGLISH.format(kind=kind.english) if english else rf"{_BEFORE}[{HAN}]{{0,3}}?(?P<it>{kind.chinese})"
        if m := re.search(pattern, asked):
            return Slot(asked, kind, m.group() if english else m["it"], several)
    return Slot(asked, None, "", several)


def looks(question: str, evidence: Sequence[str]) -> str:
    """The kind of thing ``question`` asks to be named and none of ``evidence`` names but those it names itself; empty for none.

    Both in any form; ``evidence`` are the sentences that may answer.
    """
    wanted = slot(question)
    return "" if any(wanted.fit(normalise(text)) > 0 for text in evidence) else wanted.called


_MEASURES = "个|家|项|份|种|类|大|条|部|所|支|处|位|名|座|样|者"
_DIGITS = "[0-9]{1,2}|[三四五六七八九十]{1,2}"
_LISTED = re.compile(
    r"分别|具体(?:是|有|指|为|包括)|名称|名单|都?叫(?:啥|什么)|哪[几三四五六七八九十0-9]|(?:是|有)哪些|指的?是(?:哪|什么|啥)"
)
_EACH = re.compile(rf"哪(?P<n>{_DIGITS})(?:{_MEASURES})?")
_NUMBERED = re.compile(rf"(?P<n>{_DIGITS})(?P<m>多?(?:{_MEASURES}))(?P<what>[“”{HAN}]{{0,8}})")
_JOINS = re.compile("、|和|与|及|以及|(?<=”)(?=“)")
_POINTS = re.compile("[一二三四五六七八九]是|第[一二三四五六七八九]，")
LEAST = 3
"""Things of which a report may be expected to list all or none; two are told in many ways."""


def unlisted(question: str, text: str) -> str:
    """What ``question`` asks to be listed, by how many there are (8个边境市), if ``text`` has no list as long; empty for none.

    One fewer will do, for the first of a list may stand before a verb.
    """
    wanted = group(normalise(question))
    if is_english(question) or wanted is None:
        return ""
    said = normalise(text).split("\n")
    return "" if lists("\n".join(_about(said, wanted.what[-2:])), wanted.count) else wanted.called


@dataclass(frozen=True, slots=True)
class Group:
    """``count`` things, :data:`LEAST` or more, of the name ``what`` (empty if the question has none); ``called`` is both as asked."""

    count: int
    what: str
    called: str


def group(asked: str) -> Group | None:
    """The things that ``asked`` (normal form) wants listed, by how many there are; none where it wants no list or says no number."""
    if not _LISTED.search(asked):
        return None
    numbered = _NUMBERED.search(asked)
    m = _EACH.search(asked) or numbered
    count = whole(m["n"]) if m else None
    if m is None or count is None or count < LEAST:
        return None
    what = re.split("[具分都是叫的哪有，]", numbered["what"])[0] if numbered else ""
    if numbered and (not what or what.startswith("人")):
        return None
    return Group(count, what, f"{numbered['n']}{numbered['m']}{what}" if numbered else m.group())


def lists(text: str, count: int) -> bool:
    """Whether ``text`` (normal form) has a list of ``count`` things, or of one fewer."""
    return longest(text) >= count - 1


def _about(paragraphs: Sequence[str], what: str) -> list[str]:
    """The sentences of ``paragraphs`` with the word ``what`` and those right behind them; all where none has it."""
    found = [
        "".join(pair)
        for paragraph in paragraphs
        for pair in pairwise([*re.findall("[^。！？]+[。！？”]*", paragraph), ""])
        if what and what in pair[0]
    ]
    return found or list(paragraphs)


_SEVERAL = re.compile("哪些|哪[几三四五六七八九]|[些有]什么|些啥|什么东西|装了?[什啥]|分成|分为|有哪")
MANY = 5
"""Things in a list beyond which a longer one is no better."""


def longest(text: str) -> int:
    """How many things the longest list in ``text`` has."""
    clauses = (clause for clause in re.split("[，：。！？\n]", text) if "、" in clause or "”“" in clause)
    joined = max((len([item for item in _JOINS.split(clause) if item.strip()]) for clause in clauses), default=0)
    parted = max((len(sentence.split("；")) for sentence in re.split("[。！？\n]", text)), default=0)
    quoted = max((len(re.findall("“[^”]{2,}”", sentence)) for sentence in re.split("[。！？\n]", text)), default=0)
    points = max((len(_POINTS.findall(paragraph)) for paragraph in text.split("\n")), default=0)
    return max(joined, parted, quoted, points)
