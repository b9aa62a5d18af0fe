"""Who holds an office, and who came first: whether a text says so."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.ingest.names import COMPOUND, SURNAMES
from rag.zh import HAN

OFFICES = "主席|书记|主任|经理|院长|校长|会长|理事长|董事长|局长|处长|厅长|部长|省长|市长|县长|区长|乡长|镇长|厂长|组长|班长|队长|馆长|所长|站长|秘书长|教授|负责人"
CHIEF = "ceo|首席执行官|总裁|行政总裁"
"""What the head of a company abroad is called."""

_BEHIND = 16
_BODIES = "总工会|工会联合会|联合工会|工会委员会|工会|公司|集团|大学|学院|医院|法院|检察院|协会|联盟|委员会|研究院|银行|局|厅|部|办"
_FIRST = r"第一名|第1名|冠军|一等奖|头奖|头名|榜首|夺冠|金奖|金牌|首位|桂冠|折桂|状元|摘得|夺魁|拔得头筹|第一(?![届次期批个线课季产责时站轮书位手步十])"
_RANKS = {
    "第一": _FIRST,
    "第二": r"第二名|第2名|亚军|二等奖|银奖|银牌|第二(?![届次期批个线课季产步轮十])",
    "第三": r"第三名|第3名|季军|三等奖|铜奖|铜牌|第三(?![届次期批个线课季产方步轮十])",
}
_ASKED = {
    "第一": r"第一名|冠军|头奖|头名|榜首|夺冠|(?:拿|得|获|排|列)了?第一",
    "第二": r"第二名|亚军|(?:拿|得|获|排|列)了?第二",
    "第三": r"第三名|季军|(?:拿|得|获|排|列)了?第三",
}


def asked(question: str) -> str:
    """The rank whose holder ``question`` (normal form) is after: 第一 for 冠军 or 拿了第一; empty for none."""
    return next((rank for rank, pattern in _ASKED.items() if re.search(pattern, question)), "")


_PRIZES = {"第一": "一等奖|金奖|金牌|赢了|谁赢|胜出|获胜|得胜", "第二": "二等奖|银奖|银牌", "第三": "三等奖|铜奖|铜牌"}


def ranks_asked(question: str) -> list[str]:
    """The ranks that ``question`` (normal form) speaks of, by prize, medal or victory, too; those of which somebody is asked for."""
    return [
        rank
        for rank, prizes in _PRIZES.items()
        if re.search(f"{_ASKED[rank]}|{prizes}|{rank}(?=[让被由归是谁])", question)
    ]


def rank_in(sentence: str, rank: str) -> Iterator[re.Match[str]]:
    """Where ``sentence`` (normal form) speaks of ``rank``, in any words."""
    return re.finditer(_RANKS[rank], sentence)


def ranks(text: str, rank: str) -> bool:
    """Whether ``text`` (normal form) speaks of who was first, second or third at all."""
    return re.search(_RANKS[rank], text) is not None


def placed(text: str) -> bool:
    """Whether ``text`` (normal form) says how somebody came off: a rank, a prize or a medal."""
    return (
        re.search(
            rf"{'|'.join(_RANKS.values())}|第[0-9四五六七八九十]+名|名次|排名|[金银铜]奖|[特优]等奖|优[秀胜]奖", text
        )
        is not None
    )


def body(question: str, office: str) -> str:
    """What kind of body ``question`` (normal form) asks the ``office`` of: 省总工会 of 山东省总工会的主席; empty if it says none."""
    m = re.search(rf"(?P<before>[{HAN}]+?)(?:现在|现任|当时|目前)?的?{re.escape(office)}", question)
    return _kind(m["before"]) if m else ""


def _kind(text: str) -> str:
    """The kind of body that ``text`` ends with, with its level."""
    m = re.search(rf"(?:[省市县区州](?=总工会))?(?:{_BODIES})$", text)
    return m.group() if m else ""


def holds(text: str, office: str, of: str = "") -> bool:
    """Whether ``text`` (normal form) names somebody as ``office`` of a body of the kind ``of``: a 副主席 is no 主席.

    The name stands right behind the office, other offices of the same person aside (主席、党组书记某某), or before it
    (某某当选主席). What is no office need only be spoken of, a 冠军 as any first prize.
    """
    if rank := asked(office):
        return ranks(text, rank)
    if not re.fullmatch(OFFICES, _bare(office)):
        return re.search(_own(office), text) is not None
    kinds = (_kind(text[max(0, at - _BEHIND) : at]) for at in held(text, office))
    # A report of one county says 总工会主席, of whatever level that is.
    return any(not of or kind in ("", of) or (kind == "总工会" and of.endswith(kind)) for kind in kinds)


def held(text: str, office: str) -> list[int]:
    """Where ``text`` (normal form) has ``office`` with the name of its holder beside it."""
    return [m.start() for m in re.finditer(_own(office), text) if _named(text, m.start(), m.end())]


def _bare(office: str) -> str:
    return office.removeprefix("常务").removeprefix("副")


def _own(office: str) -> str:
    """A pattern for ``office`` and no other: 主席 is no 副主席."""
    return re.escape(office) if office != _bare(office) else f"(?<!副){re.escape(office)}"


def _named(text: str, start: int, end: int) -> bool:
    """Whether the office at ``[start, end)`` has a name beside it."""
    behind = re.match(
        rf"(?:[、兼][{HAN}]{{2,10}}?(?:{OFFICES}))*[、:： ]?(?P<name>[{HAN}]{{2,4}})", text[end : end + 24]
    )
    foreign = re.match(
        rf"[为是由:：（(]?(?:[{HAN}]{{1,8}}[·・]|[a-z]{{2,}})|[为是由:：][{HAN}]{{2,}}", text[end : end + 12]
    )
    if (behind and _person(behind["name"])) or foreign:
        return True
    named = re.search(
        rf"(?:^|[^{HAN}])(?P<name>[{HAN}]{{2,4}}?)(?:当选|担任|出任|接任|任|是)[{HAN}]{{0,12}}$",
        text[max(0, start - _BEHIND) : start],
    )
    return named is not None and _person(named["name"])


_NO_NAME = frozenset("会工市县区省要和对于的在了说为团委机单企职常关公安方应")


MINORITIES = (
    "卓玛|才让|扎西|次仁|次旦|多吉|丹增|旦增|尼玛|拉姆|平措|顿珠|央金|罗布|白玛|加措|卓嘎|德吉|巴桑|边巴|索朗|洛桑|仁青|巴图|巴特尔"
    "|其其格|乌兰|格日勒|斯琴|娜仁|苏日|买买提|麦麦提|古丽|阿不|阿卜|艾尔|艾力|吐尔|热依"
)
"""What names of Tibetans, Mongols and Uygurs are made of, which have no surname."""


def _person(text: str) -> bool:
    if re.search(MINORITIES, text):
        return True
    # 于 is a preposition where it stands first (主席于今年), and part of a name behind a surname (席于洋).
    return text.startswith(COMPOUND) or (
        text[0] in SURNAMES and text[0] not in _NO_NAME and text[1] not in _NO_NAME - {"于"}
    )
