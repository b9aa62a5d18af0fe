"""What an English question asks for, told by its noun: of what a number is, in which unit a measure, whose name.

The noun stays English. A report's word is compared with it by its vector (:mod:`rag.answer.alike`), which knows 劫匪 for robbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rag.answer.plainly import compares
from rag.answer.sought import Sort, Sought
from rag.answer.units import MONEY, PEOPLE, SHARE, SPAN, TIMES
from rag.numbers import whole
from rag.search.bridge import bridge

MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_AUXILIARY = (
    "has|have|had|did|do|does|are|were|was|is|be|been|can|could|will|would|may|might|must|should|in|for|of|at|on|to|from|by|with|per|who|that"
    "|which|during|under|after|before|between|among|each|or|than|there|because"
)
_MANY = re.compile(
    rf"\b(?:how many|number of)\s+(?:of (?:the |these |those |its )?)?(?P<np>(?:(?!(?:{_AUXILIARY})\b)[\w'’.-]+\s*){{1,7}})(?P<of>of (?!the\b)(?:(?!(?:{_AUXILIARY})\b)[\w'’-]+\s*){{1,4}})?"
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

SHORTEST = 3
"""Letters of a word beyond which it may tell what is counted."""

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

_PERSONS = (
    "people|persons?|workers?|employees?|members?|students?|teachers?|couples?|couriers?|drivers?|riders?|women|woman|men|man|children|child|participants?"
    "|contestants?|competitors?|graduates?|staff|trainees?|passengers?|farmers?|engineers?|technicians?|instructors?|volunteers?|citizens?|residents?|doctors?|nurses?"
    "|lawyers?|judges?|mediators?|robbers?|performers?|athletes?|players?|runners?|winners?|experts?|officials?|officers?|cadres?|leaders?|guests?|visitors?"
    "|speakers?|models? workers?|model workers?|craftsm[ae]n|artists?|painters?|dancers?|actors?|singers?|writers?|authors?|founders?|victims?|patients?|soldiers?"
    "|firefighters?|pilots?|conductors?|cleaners?|cooks?|chefs?|owners?|bosses|boss|applicants?|delegates?|representatives?|scholars?|professors?|researchers?|scientists?|boys?|girls?|parents?"
)
_PERSON = re.compile(rf"(?:{_PERSONS})")

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
    return _Noun(words[head].strip("'’"), (*words, *behind))


def _plural(word: str) -> bool:
    return word in _IRREGULAR or (
        len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "'s", "’s")) and word not in _NO_PLURAL
    )


def singular(word: str) -> str:
    """``word`` in the singular, as far as its ending tells."""
    if word in _IRREGULAR:
        return _IRREGULAR[word] or word
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
        return Sought(Sort.MEASURE, MONEY | SHARE, (), "", change=True)
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
        units = PEOPLE | {"人次"}
        return Sought(
            Sort.PEOPLE,
            units,
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
    """What the money is for that ``plain`` asks after, as a name of :data:`rag.answer.units.DEED`; empty where it does not tell."""
    return next((deed for deed, pattern in _DEEDS if re.search(pattern, plain)), "")


def _measure(plain: str, *, change: bool) -> Sought | None:
    for names, units in _MEASURES:
        if m := re.search(rf"{_WHAT}(?P<it>{names})\b", plain):
            return Sought(Sort.MEASURE, frozenset(units.split()), (), m["it"], change=change)
    for pattern, units in (
        (r"how much (?:floor |office |farm)?(?:area|space|land)", "平方米 平方公里 亩 公顷"),
        (r"how (?:far|long (?:is|was|are|were) the (?:[\w-]+ ){0,4}?(?:route|road|bridge|line|tunnel|river|wall|railway|track|trail|cable|pipe))\b", "公里 千米 米"),
        (r"how (?:tall|high|wide|deep)\b", "米 厘米 层 元 %"),
        (r"how (?:large|big) (?:is|was|are|were) (?:the |its )?(?!(?:[\w-]+ ){0,2}(?:fund|budget|donation|investment|loan|team|group|crowd|audience))", "平方米 平方公里 亩 公顷 千瓦 兆瓦 人 名 家 个"),
        (r"how heavy\b", "吨 公斤 千克 克"),
    ):  # fmt: skip
        if re.search(pattern, plain):
            return Sought(Sort.MEASURE, frozenset(units.split()), (), "", change=change)
    return None


def _span(plain: str) -> Sought | None:
    return Sought(Sort.SPAN, SPAN, ()) if re.search(r"how (?:long|often)", plain) else None


def _mass(plain: str) -> Sought | None:
    """How much garlic, blood, land."""
    m = _MUCH.search(plain)
    if m is None or re.fullmatch(rf"{_AUXILIARY}|more|less|time|the|it|they|money|higher|lower|faster", m["noun"]):
        return None
    return Sought(Sort.COUNT, frozenset(), (*bridge(m["noun"]).terms, m["noun"]), m["noun"], said=True)


_DOES = (
    "won|wins|paints?|painted|wrote|writes|directs|directed|dances|danced|sings|sang|composed|designed|invented|founded|heads|leads|led|chairs|chaired|coached"
    "|killed|scored|plays|played|presided|hosted|delivered|taught|spoke|spoken?"
)
"""What a person does, and no body: a union may join, pay and look after."""

_NAMES = re.compile(
    rf"\bwho (?:also |first |originally )?(?:{_DOES})\b|\bnames? of (?:the |all |any |these |those |each )?(?:[\w'’-]+ ){{0,3}}?(?P<of>{_PERSONS})\b"
    rf"|\b(?P<whose>{_PERSONS})['’]s? (?:full |given |first |sur)?names?\b|\b(?:given|first|full|family) name\b"
    rf"|^(?:which|what) (?:(?!(?:{_AUXILIARY})\b)[\w'’-]+ ){{0,2}}?(?P<which>{_PERSONS})\b(?! (?:unions?|federations?|groups?|firms?|compan|serv|train|stations?|cent|houses?|associations?|homes?))"
)


def names(plain: str) -> str:
    """Whose name ``plain`` (normal form) asks for, a person's and no body's; empty where it asks for none."""
    m = _NAMES.search(plain)
    return (m["of"] or m["whose"] or m["which"] or m.group()) if m else ""


_RANKS = (
    (r"\bsecond (?:place|prize)\b|\brunners?-up\b|\bsilver\b|\bcame second\b", "第二"),
    (r"\bthird (?:place|prize)\b|\bbronze\b|\bcame third\b", "第三"),
    (
        r"\bwho won\b|\bwinners? of\b|\bfirst (?:place|prize)\b|\bchampions?\b|\bgold medal|\bcame first\b|\bfastest\b",
        "第一",
    ),
)


def rank(plain: str) -> str:
    """The rank whose holder ``plain`` (normal form) asks for, as :func:`rag.answer.offices.asked` gives it; empty for none."""
    if not re.search(
        r"\bwho\b|\bwhich (?:[\w-]+ )?(?:team|firm|company|unit|union|contestant|runner|city)\b|\bnames?\b", plain
    ):
        return ""
    return next((chinese for pattern, chinese in _RANKS if re.search(pattern, plain)), "")


_PLACED = re.compile(
    r"\b(?:which|what) (?:rank|place|position) did\b|\bhow did .{3,60} (?:place|rank|finish)\b|\bwhere did .{3,60} (?:place|rank|finish)\b"
)


def placed(plain: str) -> str:
    """The word by which ``plain`` (normal form) asks how somebody came off (rank); empty where it does not."""
    return "rank" if _PLACED.search(plain) else ""


_HOLDS = r"(?:\bwho (?:(?:is|was|are|were|serves as|served as|became) )?(?:\w+ )?(?:the |its |their )?|\bnames? of (?:the |its |their )?)(?:(?!of\b)[\w'’-]+ ){0,4}?"
_OFFICES = (
    (r"(?:vice|deputy)[ -](?:chair(?:man|woman|person)?|president)", "副主席 副会长 副院长 副校长 副总裁 副董事长"),
    (r"chair(?:s|man|woman|person)?", "主席 董事长"),
    (r"party secretary", "书记"),
    (r"general manager", "总经理"),
    (r"(?:team|group) leader", "组长 队长"),
    (r"president\b.*\bcourt|court president", "院长"),
    (r"president\b.*\b(?:university|college|school|institute|hospital|academy)|(?:university|college|hospital) president", "校长 院长"),
    (r"president\b.*(?:\b(?:company|corporation|group|firm|corp)\b|bank\b)|(?:company|bank) president", "总裁 董事长 总经理 行长"),
    (r"president", "主席 会长 总统 院长 校长 总裁 董事长 行长"),
    (r"mayor", "市长"),
    (r"governor", "省长 行长"),
    (r"(?:principal|headmaster|headmistress)", "校长 园长"),
    (r"(?:ceo|chief executive)", "总裁 总经理 首席执行官 ceo"),
    (r"captain", "队长 船长 机长"),
    (r"(?:minister)", "部长"),
    (r"secretary-general", "秘书长"),
)  # fmt: skip


def offices(plain: str) -> tuple[str, ...]:
    """The Chinese offices of which ``plain`` (normal form) asks for the holder of one; none where it asks for none."""
    return next(
        (tuple(chinese.split()) for english, chinese in _OFFICES if re.search(rf"{_HOLDS}(?:{english})\b", plain)), ()
    )


_ASPECTS = (
    ("women", r"\b(?:wom[ae]n|female|girls?|m[ae]n|males?|boys?)\b(?! of\b)", r"[男女]|妈妈|她们|姐妹|巾帼|母亲|宝妈"),
    ("when it ends", r"\b(?:when|what (?:day|date|time|month|year)|which (?:day|date|month)|until)\b.*\b(?:ends?|close[sd]?|finish(?:es)?|expires?|conclude[sd]?)\b", r"结束|闭幕|闭展|截止|截至[0-9]|为期|落幕|到期|[日号月][至到—-]|[至到][0-9]+月|持续|关闭|谢幕|收官"),
    ("price", r"\b(?:ticket )?prices?\b|\bticket cost|\bentrance fee|\badmission\b|\b(?:does|do|did|will) (?:it|the|a|an|each) .{0,60}\bcost\b", r"元|免费|票价|价格|收费|费用|[欧美日镑]"),
    ("magnitude", r"\bmagnitude\b", r"[0-9]级|震级|[一二三四五六七八九]级"),
    ("temperature", r"\b(?:temperature|how hot|how cold)\b", r"℃|[0-9]度|摄氏|[零一二三四五六七八九十]度"),
    ("address", r"\baddress\b", r"[路街巷道][0-9]+号|地址|位于"),
    ("website", r"\bweb ?site\b|\burl\b", r"www|http|网址|网站|官网"),
    ("licence plate", r"\b(?:licen[cs]e|number) plate|\bplate number", r"车牌|[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-z]"),
    ("blood type", r"\bblood (?:type|group)", r"血型|[abo]型"),
    ("deaths", r"\b(?:die[sd]?|dead|deaths?|killed)\b", r"死|遇难|丧生|身亡|牺牲|殉|去世|逝|亡|罹难"),
    ("injuries", r"\b(?:injured|wounded|hurt)\b", r"伤"),
    ("arrests", r"\barrest(?:s|ed)?\b", r"抓|逮捕|拘|落网|归案|捕"),
    ("exports", r"\bexport(?:s|ed)?\b", r"出口|外销|海外|国外|外贸"),
    ("imports", r"\bimport(?:s|ed)?\b", r"进口"),
    ("divorces", r"\bdivorce[sd]?\b", r"离婚|离异"),
    ("fines", r"\b(?:fined|maximum fine|fines?)\b(?! arts?| details?)", r"罚"),
    ("arson", r"\bcaught fire\b", r"火"),
    ("sponsors", r"\bsponsor(?:s|ed)?\b", r"赞助|冠名|资助|支持"),
)  # fmt: skip
"""What may be asked of a thing: how it is called, how it is asked for, and what a report has (normal form) that tells it."""


def untold(plain: str, text: str) -> str:
    """What ``plain`` (normal form) asks of a thing and ``text`` (normal form) has no word of; empty for none."""
    return next((name for name, asks, tells in _ASPECTS if re.search(asks, plain) and not re.search(tells, text)), "")


_NUMBERS = {name: n for n, name in enumerate("three four five six seven eight nine ten eleven twelve".split(), 3)}
_LISTED = re.compile(
    rf"\b(?:which|what (?:are|were) the|names? the|names of the|list the)\b (?:[\w'’-]+ )??(?P<n>{'|'.join(_NUMBERS)}|[3-9]|1[0-9])\b (?P<what>[\w'’-]+(?: [\w'’-]+){{0,3}})"
    rf"|\b(?:which|what) (?!is|was)[\w'’-]+ (?:did|do|does|were|are) the (?P<m>{'|'.join(_NUMBERS)}|[3-9]|1[0-9])\b (?P<of>[\w'’-]+)"
)


def listed(plain: str) -> tuple[int, str]:
    """How many things ``plain`` (normal form) asks to be named one by one (which eight border cities), and which; 0 for none."""
    m = _LISTED.search(plain)
    if m is None:
        return 0, ""
    number = m["n"] or m["m"]
    return _NUMBERS.get(number) or int(number), f"{number} {m['what'] or m['of']}"


_ORDINALS = {
    name: n for n, name in enumerate("third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), 3)
}
_ORDINAL = re.compile(
    rf"\b(?P<n>[0-9]{{1,3}})(?:st|nd|rd|th)\b(?! of\b| (?:{MONTHS})| century)|\b(?P<name>{'|'.join(_ORDINALS)})\b(?! of\b| (?:{MONTHS}))"
)


def ordinal(plain: str, text: str) -> str:
    """The Nth thing that ``plain`` (normal form) speaks of (the 12th stop) where ``text`` (normal form) has no number N; empty for none."""
    for m in _ORDINAL.finditer(plain):
        if re.search(rf"(?:{MONTHS}) (?:the )?$|\bon (?:the )?$", plain[: m.start()]):
            continue  # a day
        n = _ORDINALS.get(m["name"] or "") or int(m["n"])
        if n not in _numbers(text):
            return m.group()
    return ""


@lru_cache(64)
def _numbers(text: str) -> frozenset[int]:
    found = (whole(n) for n in re.findall("[0-9]+|[一二三四五六七八九十百]+", text))
    return frozenset(n for n in found if n is not None)


_COUNTRIES = tuple(
    (re.compile(rf"\b(?:{english})\b"), chinese)
    for english, chinese in (
        ("france|french", "法国"), ("germany|germans?", "德国"), ("japan|japanese", "日本"), ("south koreans?", "韩国"), ("united states|americans?|u\\.s\\.", "美国"),
        ("britain|british|united kingdom|uk", "英国"), ("russians?|russia", "俄"), ("india|indians?", "印度"), ("canada|canadians?", "加拿大"),
        ("australians?|australia", "澳大利亚"), ("brazil|brazilians?", "巴西"), ("italy|italians?", "意大利"), ("spain|spanish", "西班牙"), ("laos|lao|laotians?", "老挝"),
        ("vietnam|vietnamese", "越南"), ("thailand|thai", "泰国"), ("ukraine|ukrainians?", "乌克兰"), ("taiwan|taiwanese", "台湾"), ("singapore", "新加坡"),
        ("malaysians?|malaysia", "马来西亚"), ("myanmar|burmese", "缅甸"), ("(?<!inner )mongolia", "蒙古"), ("mexico|mexicans?", "墨西哥"), ("egypt|egyptians?", "埃及"),
    )
)  # fmt: skip


def countries(plain: str) -> tuple[str, ...]:
    """What the countries in ``plain`` (normal form) are called in Chinese; none where it compares them."""
    return () if compares(plain) else tuple(chinese for english, chinese in _COUNTRIES if english.search(plain))


_ASKING = re.compile(r"\b(?:how|what|which|who|whom|whose|when|where|why)\b")


def several(plain: str) -> bool:
    """Whether ``plain`` (normal form) asks several things (how many, and until when)."""
    m = _ASKING.search(plain)
    return m is not None and re.search(rf"\band\b[^,]{{0,12}}{_ASKING.pattern}", plain[m.end() :]) is not None


_EMPTY = frozenset(
    "about above according across after again against ahead along also among amount another around asked away been before began behind being "
    "below besides between both came carry carried come cover covered does doing done down during each either ever every exactly five four from gave get give "
    "given goes going have having held here hold into involved just kind last least less list made make many mentioned more most much "
    "named nearly number only other over overall part place planned plans previous report reported reports roughly said same says several "
    "since some still take taken than that their them then there these they third this those three through time times took total toward "
    "under until used using very want wants went were what when where which while whole whom whose will with within would year years your".split()
)
"""Words of a question that tell nothing of what it is about."""


def content(plain: str, besides: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The words of ``plain`` (normal form) that tell what it is about; ``besides`` are names in it, which have no vectors."""
    names = {word for name in besides for word in name.lower().split()}
    found = (re.sub(r"['’]s?$", "", word) for word in re.findall(r"[a-z][a-z'’-]+", plain))
    return tuple(dict.fromkeys(w for w in found if len(w) > SHORTEST and w not in _EMPTY and w not in names))
