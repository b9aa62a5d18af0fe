"""What figure an English question asks for: of what, in which units, and for what the money was.

The noun stays English. A report's word is compared with it by its vector (:mod:`rag.answer.rules.alike`), which knows 劫匪 for robbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.answer.asked.english import AUXILIARY, PERSONS, SHORTEST
from rag.answer.asked.sought import Sort, Sought
from rag.answer.asked.units import HEADS, MONEY, SHARE, SPAN, TIMES
from rag.search.bridge import bridge

_MANY = re.compile(
    rf"\b(?:how many|number of)\s+(?:of (?:the |these |those |its )?)?(?P<np>(?:(?!(?:{AUXILIARY})\b)[\w'’.-]+\s*){{1,7}})(?P<of>of (?!the\b)(?:(?!(?:{AUXILIARY})\b)[\w'’-]+\s*){{1,4}})?"
)
_MUCH = re.compile(r"\bhow much (?:of (?:the )?)?(?P<noun>[a-z-]+)")
_IRREGULAR = {
    "people": "person",
    "men": "man",
    "women": "woman",
    "children": "child",
    "staff": "",
    "police": "",
    "personnel": "",
    "families": "family",
}
_NO_PLURAL = frozenset(
    "business news this his its previous various across sales gas bus process access success less".split()
)

_KINDS = frozenset("kinds types sorts categories pieces items sets pairs groups copies".split())
"""Words behind which the thing itself comes (kinds of business)."""

_UNITS: dict[str, frozenset[str]] = {
    "kilometres|kilometers|km|miles": frozenset("公里 千米".split()),
    "metres|meters": frozenset("米 公里 千米".split()),
    "square (?:metres|meters)": frozenset("平方米 亩 公顷".split()),
    "hectares|acres|mu": frozenset("亩 公顷 平方公里".split()),
    "tonnes|tons|kilograms|kilos": frozenset("吨 公斤 千克".split()),
    "hours": frozenset("小时 个小时 分钟".split()),
    "minutes": frozenset("分钟 小时 个小时".split()),
    "days|nights": frozenset("天 日 周".split()),
    "weeks": frozenset("周 天".split()),
    "months": frozenset("月 个月".split()),
    "years": frozenset("年".split()),
    "times|sessions|rounds|occasions": TIMES,
    "yuan|dollars|euros": MONEY,
    "degrees": frozenset("度".split()),
    "percent|per cent|percentage points": SHARE,
}  # fmt: skip
_GENERIC = frozenset(
    "people persons workers employees staff participants attendees members individuals citizens personnel visitors residents runners entrants locals".split()
)
"""People whom a report may call by any word."""

_PERSON = re.compile(rf"(?:{PERSONS})")

_MONEY_NOUNS = (
    (r"prize(?: money)?|awards?|bonus(?:es)?|rewards?", "奖金"),
    (r"wages?|salar(?:y|ies)|pay", "工资"),
    (r"tuition", "学费"),
    (r"subsid(?:y|ies)|allowances?", "补贴"),
    (r"loans?", "贷款"),
    (r"compensation|damages|severance", "赔偿"),
    (r"fines?|penalt(?:y|ies)", "罚款"),
    (r"revenues?|income|turnover|sales|earnings", ""),
    (r"budgets?|costs?|price|fees?|funding|funds?|money|investments?|debts?|profits?|losses|donations?|expenses|expenditures?|spending|capital|value|worth|grants?|taxes|tax|assets|aid", ""),
)  # fmt: skip
_MEASURES = (
    (r"length|distance", "公里 千米 米"),
    (r"height|width|depth", "米 厘米"),
    (r"weight", "吨 公斤 千克 克"),
    (r"age", "岁"),
    (r"area|floor space", "平方米 平方公里 亩 公顷"),
    (r"capacity", ""),
    (r"magnitude", "级"),
    (r"speed", "公里 千米 米"),
)  # fmt: skip
_WHAT = r"\bwhat (?:is|was|were|are|will be) (?:\w+['’]s |the |its |their )(?:[\w-]+ ){0,3}?"
_DID_WITH_MONEY = r"(?:spen[dt]|cost|pay|paid|invest|put into|receive|get|got|lose|lost|save|saved|raise|raised|donate|recover|allocate|earn|make|borrow|owe|lend|fine|charge|worth)"


@dataclass(frozen=True, slots=True)
class _Noun:
    """What is counted: ``head``, in the plural, and all the ``words`` of its phrase and those behind."""

    head: str
    words: tuple[str, ...]


def counted(plain: str) -> _Noun | None:
    """What stands behind "how many" in ``plain`` (normal form): the first plural, or that behind "kinds of"; ``None`` where none does."""
    m = _MANY.search(plain)
    if m is None:
        return None
    words = m["np"].split()
    head = next((n for n, word in enumerate(words) if _plural(word)), None)
    if head is None:
        return None
    behind = (m["of"] or "").split()[1:]
    if behind and words[head] in _KINDS:
        return _Noun(next((w for w in behind if _plural(w)), behind[-1]), tuple(behind))
    return _Noun(words[head].strip("'’"), (*words[: head + 1], *behind))


def _plural(word: str) -> bool:
    return (
        word in _IRREGULAR
        or word.endswith(("smen", "kmen", "emen"))
        or (
            len(word) > 3
            and word.endswith("s")
            and not word.endswith(("ss", "us", "'s", "’s"))
            and word not in _NO_PLURAL
        )
    )


def singular(word: str) -> str:
    """``word`` in the singular, as far as its ending tells."""
    if word in _IRREGULAR:
        return _IRREGULAR[word] or word
    if word.endswith("men"):
        return f"{word.removesuffix('men')}man"
    for ending, other in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh"), ("s", "")):
        if word.endswith(ending):
            return word.removesuffix(ending) + other
    return word


def sought(plain: str) -> Sought | None:
    """What figure ``plain``, an English question in normal form, asks for; ``None`` where none can be told."""
    change = bool(re.search(r"by how much|go(?:ne)? up|increase|rise|rose|drop|fell|decrease|grow|grew", plain))
    if re.search(r"\bhow old\b", plain):
        return Sought(Sort.MEASURE, frozenset(("岁",)), (), "age")
    if re.search(r"share|percent|proportion|what rate|success rate|by how much .{0,40}(?:rate|share|percent)", plain):
        return Sought(Sort.SHARE, SHARE, (), "share", change=change)
    if noun := counted(plain):
        return _count(noun, change=change)
    if re.search(r"\bhow (?:much|big|large) (?:of )?(?:an? )?(?:[\w-]+ ){0,4}(?:raise|increase|rise|cut)\b", plain):
        return Sought(Sort.MEASURE, MONEY | SHARE, (), "change", change=True)
    return _measure(plain, change=change) or _money(plain, change=change) or _span(plain) or _mass(plain)


def _count(noun: _Noun, *, change: bool) -> Sought:
    phrase = " ".join(noun.words)
    for names, units in _UNITS.items():
        if re.search(rf"(?:^|\s)(?:{names})$", phrase):
            sort = Sort.MONEY if units is MONEY else Sort.SPAN if units <= SPAN else Sort.MEASURE
            return Sought(sort, units, (), noun.head, change=change)
    things = (*bridge(noun.head).terms, noun.head, singular(noun.head))
    others = (*bridge(phrase).terms, *(w for w in noun.words if len(w) > SHORTEST and w != noun.head))
    if _PERSON.fullmatch(noun.head):
        generic = noun.head in _GENERIC
        return Sought(
            Sort.PEOPLE,
            HEADS,
            () if generic else things,
            phrase,
            () if generic else others,
            change=change,
            said=not generic,
        )
    return Sought(Sort.COUNT, frozenset(), things, phrase, others, change=change, said=True)


def _money(plain: str, *, change: bool) -> Sought | None:
    for names, chinese in _MONEY_NOUNS:
        if m := re.search(rf"(?:\bhow (?:much|large|big|high) (?:[\w-]+ ){{0,3}}?|{_WHAT})(?P<it>{names})\b", plain):
            return Sought(Sort.MONEY, MONEY, (chinese,) if chinese else (), m["it"], deed=_deed(plain), change=change)
    if re.search(rf"how much .{{0,80}}\b{_DID_WITH_MONEY}|\b(?:yuan|rmb)\b|how much (?:is|was|are|were) the", plain):
        kinds = (chinese for names, chinese in _MONEY_NOUNS if chinese and re.search(rf"\b(?:{names})\b", plain))
        kind = next(kinds, "")
        return Sought(Sort.MONEY, MONEY, (kind,) if kind else (), kind or "money", deed=_deed(plain), change=change)
    return None


_DEEDS = (
    ("save", r"\bsav(?:e[ds]?|ings?)\b"),
    ("recover", r"\brecover(?:ed)?\b"),
    ("lend", r"\b(?:len[dt]|borrow(?:ed)?|loans?)\b"),
    ("earn", r"\b(?:earn(?:s|ed)?|revenues?|incomes?|turnover|sales|profits?)\b"),
    ("charge", r"\b(?:charge[ds]?|fees?|tickets?|price)\b"),
    ("spend", r"\b(?:spen[dt]|spending|invest(?:s|ed)?|put into|costs?|budget)\b"),
)


def _deed(plain: str) -> str:
    """What the money is for that ``plain`` asks after, as a name of :data:`rag.answer.asked.units.DEED`; empty where it does not tell."""
    return next((deed for deed, pattern in _DEEDS if re.search(pattern, plain)), "")


def _measure(plain: str, *, change: bool) -> Sought | None:
    for names, units in _MEASURES:
        if m := re.search(rf"{_WHAT}(?P<it>{names})\b", plain):
            return Sought(Sort.MEASURE, frozenset(units.split()), (), m["it"], change=change)
    for pattern, named, units in (
        (r"how much (?:floor |office |farm)?(?:area|space|land)", "area", "平方米 平方公里 亩 公顷"),
        (r"how (?:far|long (?:is|was|are|were) the (?:[\w-]+ ){0,4}?(?:route|road|bridge|line|tunnel|river|wall|railway|track|trail|cable|pipe))\b", "length", "公里 千米 米"),
        (r"how (?:tall|high|wide|deep)\b", "height", "米 厘米 层 元 %"),
        (r"how (?:large|big) (?:is|was|are|were) (?:the |its )?(?!(?:[\w-]+ ){0,2}(?:fund|budget|donation|investment|loan|team|group|crowd|audience))", "size", "平方米 平方公里 亩 公顷 千瓦 兆瓦 人 名 家 个"),
        (r"how heavy\b", "weight", "吨 公斤 千克 克"),
    ):  # fmt: skip
        if re.search(pattern, plain):
            return Sought(Sort.MEASURE, frozenset(units.split()), (), named, change=change)
    return None


def _span(plain: str) -> Sought | None:
    return Sought(Sort.SPAN, SPAN, ()) if re.search(r"how (?:long|often)", plain) else None


def _mass(plain: str) -> Sought | None:
    """How much garlic, blood, land."""
    m = _MUCH.search(plain)
    if m is None or re.fullmatch(rf"{AUXILIARY}|more|less|time|the|it|they|money|higher|lower|faster", m["noun"]):
        return None
    return Sought(Sort.COUNT, frozenset(), (*bridge(m["noun"]).terms, m["noun"]), m["noun"], said=True)
