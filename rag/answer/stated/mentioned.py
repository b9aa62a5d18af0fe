"""Who and what a report mentions: its sentences as they are looked at for names, the persons and the bodies in them."""

from __future__ import annotations

import re
from functools import lru_cache

from rag.answer.stated import offices
from rag.answer.stated.facts import people
from rag.ingest.names import SURNAMES
from rag.zh import HAN, normalise, words

BYLINE = re.compile(
    r"[（(【\[][^（()）】\]]*(?:记者|通讯员|编辑|摄影|[摄图])[^（()）】\]]*[）)】\]]|(?:责任)?编辑[:：]?\S*$",
    re.MULTILINE,
)


SENTENCE = re.compile("[^。！？\n]+[。！？”]*")


FOREIGN = re.compile(f"[{HAN}][·・.][{HAN}]|[a-z]{{3,}}|{offices.MINORITIES}")
"""A name that has no Chinese surname."""


_MARKS = str.maketrans(",;:?!()", "，；：？！（）")


@lru_cache(2048)  # a report and its sentences are looked at by several rules, and again when more of it is read
def form(text: str) -> str:
    """``text`` in normal form, but with the marks as Chinese prints them, so that 1,500 has the only commas that part nothing."""
    return re.sub("(?<=[0-9])，(?=[0-9]{3})", ",", normalise(text).translate(_MARKS))


_BODY = "队|公司|集团|工会|学校|学院|大学|医院|单位|企业|厂|局|站|所|中心|银行|团|市|县|区|省|组|班|处|部|院|社"


def foreign(text: str) -> bool:
    """Whether ``text`` has what may be a name that is not Chinese."""
    return FOREIGN.search(form(text)) is not None


def someone(sentence: str, besides: str = "") -> bool:
    """Whether ``sentence`` names a person that ``besides`` does not."""
    return any(p not in besides for p in persons(sentence)) or FOREIGN.search(sentence) is not None


COMMON = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱林何郭马罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶余潘杜戴夏钟汪田姜范石姚谭廖邹熊陆郝孔崔邱秦江史顾侯邵孟段"
)
"""Surnames with which hardly anything else begins."""


_SET_OFF = re.compile(
    rf"(?:[员师生长家人工手友者民兵医匠模记练警官子儿女妻夫弟妹哥姐]|主席|主任|经理|代表|总监|老板|司机|教授|同志|[让由与是为和、])(?=(?P<n>[{HAN}]{{2,3}}))"
    rf"|(?:^|[，。：；“”（）])(?P<o>[{HAN}]{{2,3}}?)(?=[宣签获夺荣摘当担接出任代为发作主致带领、，（师说称表介指告认强坦感])"
)


NO_NAMES = frozenset("的了在和有都于是个年月日第一二三四五六七八九十方平安全相关过后时高成长会单")


@lru_cache(4096)
def persons(sentence: str) -> tuple[str, ...]:
    """The persons ``sentence`` names, with those that a word for what they are or the end of a clause sets off."""
    found = people(sentence)
    for m in _SET_OFF.finditer(sentence):
        name = m["n"] or m["o"]
        start = m.start("n") if m["n"] else m.start("o")
        across = sentence[max(0, start - 1) : start + 1]
        if name[0] not in SURNAMES or set(name[:2]) & NO_NAMES or (len(across) == 2 and words(across) == [across]):
            continue  # 程 of 工程局 begins no name
        if name[0] in COMMON or len(words(name[:2])) > 1:
            found.append(name)
    return tuple(found)


def clauses(text: str) -> list[str]:
    """The clauses of ``text`` (form of :func:`form`)."""
    return [c for s in SENTENCE.findall(text) for c in re.split("[，,；;：:]", s)]


BODIES = re.compile(f"[{HAN}](?:{_BODY})")
