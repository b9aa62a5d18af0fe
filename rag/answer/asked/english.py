"""What an English question asks for by its words, and what a report must have that tells it: a name, an office, a rank, an end."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TypeVar

from rag.answer.asked.plainly import compares
from rag.numbers import whole

_Name = TypeVar("_Name")

MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
AUXILIARY = (
    "has|have|had|did|do|does|are|were|was|is|be|been|can|could|will|would|may|might|must|should|in|for|of|at|on|to|from|by|with|per|who|that"
    "|which|during|under|after|before|between|among|each|or|than|there|because"
)
"""Words that end the name of a thing."""

PERSONS = (
    "people|persons?|workers?|employees?|members?|students?|teachers?|couples?|couriers?|drivers?|riders?|women|woman|men|man|children|child|participants?"
    "|contestants?|competitors?|graduates?|staff|trainees?|passengers?|farmers?|engineers?|technicians?|instructors?|volunteers?|citizens?|residents?|doctors?|nurses?"
    "|lawyers?|judges?|mediators?|robbers?|performers?|athletes?|players?|runners?|winners?|experts?|officials?|officers?|cadres?|leaders?|guests?|visitors?"
    "|speakers?|models? workers?|model workers?|craftsm[ae]n|artists?|painters?|dancers?|actors?|singers?|writers?|authors?|founders?|victims?|patients?|soldiers?"
    "|firefighters?|pilots?|conductors?|cleaners?|cooks?|chefs?|owners?|bosses|boss|applicants?|delegates?|representatives?|scholars?|professors?|researchers?|scientists?|boys?|girls?|parents?"
)
_DOES = (
    "won|wins|paints?|painted|wrote|writes|directs|directed|dances|danced|sings|sang|composed|designed|invented|founded|heads|leads|led|chairs|chaired|coached"
    "|killed|scored|plays|played|presided|hosted|delivered|taught|spoke|spoken?"
)
"""What a person does, and no body: a union may join, pay and look after."""

_NAMES = re.compile(
    rf"\bwho (?:also |first |originally )?(?:{_DOES})\b|\bnames? of (?:the |all |any |these |those |each )?(?:[\w'’-]+ ){{0,3}}?(?P<of>{PERSONS})\b"
    rf"|\b(?P<whose>{PERSONS})['’]s? (?:full |given |first |sur)?names?\b|\b(?:given|first|full|family) name\b"
    rf"|^(?:which|what) (?:(?!(?:{AUXILIARY})\b)[\w'’-]+ ){{0,2}}?(?P<which>{PERSONS})\b(?!['’])(?! (?:unions?|federations?|groups?|firms?|compan|serv|train|stations?|cent|houses?|associations?|homes?))"
)


def names(plain: str) -> str:
    """Whose name ``plain`` (normal form) asks for, a person's and no body's: driver, one who painted; empty where it asks for none."""
    m = _NAMES.search(plain)
    if m is None:
        return ""
    verb = f"one {m.group()}" if m.group().startswith("who ") else "person"
    return m["of"] or m["whose"] or m["which"] or verb


_RANKS = (
    (r"\bsecond (?:place|prize)\b|\brunners?-up\b|\bsilver\b|\bcame second\b", "第二"),
    (r"\bthird (?:place|prize)\b|\bbronze\b|\bcame third\b", "第三"),
    (
        r"\bwho won\b|\bwhich (?:[\w-]+ )?(?:teams?|firms?|company|units?|unions?|school|club|side|city|contestant) (?:\w+ )?(?:won|wins?)\b|\bwinners? of\b|\bfirst (?:place|prize)\b|\bchampions?\b|\bgold medal|\bcame first\b|\bfastest\b",
        "第一",
    ),
)


def rank(plain: str) -> str:
    """The rank whose holder ``plain`` (normal form) asks for, as :func:`rag.answer.stated.offices.asked` gives it; empty for none."""
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


_HOLDS = r"(?:\bwho (?:(?:is|was|are|were|serves as|served as|became) )?(?:\w+ )?(?:the |its |their )?|\bnames? of (?:the |its |their )?)(?:(?!(?:of|to|that|who)\b)[\w'’-]+ ){0,4}?"
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
    ("price", r"\b(?:ticket )?prices?\b|\bticket cost|\bentrance fee|\badmission\b|\b(?:does|do|did|will) (?:it|the|a|an|each) .{0,60}\bcost\b", r"元|免费|票价|价格|收费|费用|英镑"),
    ("grade", r"\b(?:what|which) grade\b", r"年级|初[一二三]|高[一二三]|[大中小]班"),
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
    return lacking(_ASPECTS, plain, text) or ""


def lacking(aspects: Iterable[tuple[_Name, str, str]], plain: str, text: str) -> _Name | None:
    """The first of ``aspects`` (name, how it is asked for, what tells it) that ``plain`` asks for and ``text`` does not tell."""
    return next((name for name, asks, tells in aspects if re.search(asks, plain) and not re.search(tells, text)), None)


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
    r"|\bno\. ?(?P<no>[0-9]{1,3})\b"
)


def ordinal(plain: str, text: str) -> str:
    """The Nth thing that ``plain`` (normal form) speaks of (the 12th stop) where ``text`` (normal form) has no number N; empty for none."""
    for m in _ORDINAL.finditer(plain):
        if re.search(rf"(?:{MONTHS}) (?:the )?$|\bon (?:the )?$", plain[: m.start()]):
            continue  # a day
        n = _ORDINALS.get(m["name"] or "") or int(m["n"] or m["no"])
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


SHORTEST = 3
"""Letters of a word beyond which it may tell what is asked about."""

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
