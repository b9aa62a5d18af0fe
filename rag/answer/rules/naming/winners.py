"""Who came first, second or third: whether a report names the holder of the rank that a question asks for."""

from __future__ import annotations

import re

from rag.answer.asked import english
from rag.answer.stated import offices
from rag.answer.stated.mentioned import BODIES, SENTENCE, someone
from rag.zh import HAN

_WHO = "谁|哪一?[家个支位所名些队]|何人|叫(?:什么|啥)|得主|获得者|获奖者|花落|[什何]么?队"


_COUNTS = r"[^，。0-9]{0,2}[0-9一二三四五六七八九十两]+[个名项支家等]"


_WINS = re.compile(r"[夺获得摘捧赢斩][^，。；]{0,14}$|[是为由被给让归][^，。；]{0,8}$")


_IS = re.compile(r"[的]?(?:得主|获得者)?(?:是|为|[:：由被归])")


def holder(asked: str, text: str) -> str:
    """The rank of which ``asked`` is after the holder, where ``text`` names none for it: 一等奖1个 is no name."""
    if not re.search(_WHO, asked):
        return ""
    ranks = offices.ranks_asked(asked)
    begun = _OPENED.search(text) is not None and not _ENDED.search(text) and not _FORMERLY.search(asked)
    now = [s for s in SENTENCE.findall(text) if not (begun and _FORMERLY.search(s))]
    if any(held(sentence, rank) for rank in ranks for sentence in now):
        return ""
    if "第一" in ranks and _VERB.search(asked) and _WON.search(text):
        return ""
    return ranks[0] if ranks else ""


def holder_english(asked: str, text: str) -> str:
    """:func:`holder` of an English question."""
    rank = english.rank(asked)
    return "" if not rank or any(held(sentence, rank) for sentence in SENTENCE.findall(text)) else rank


_FORMERLY = re.compile("连续[两二三四五六七八九十0-9]+[年届]|往届|上届|历届")
"""What was won before the contest asked about."""
_OPENED = re.compile("开幕|拉开(?:帷幕|序幕|大幕)|开赛|打响|启动")
_ENDED = re.compile("闭幕|落幕|收官|结束|圆满|决出|揭晓|颁奖")

_VERB = re.compile("赢|胜")


_WON = re.compile("赢|胜(?!任|利|地|景)|击败|夺")


def held(sentence: str, rank: str) -> bool:
    """Whether ``sentence`` gives ``rank`` to somebody, and does not only say how many there are (一等奖1个)."""
    for m in offices.rank_in(sentence, rank):
        if re.match(_COUNTS, sentence[m.end() :]):
            continue
        if _WINS.search(sentence[: m.start()]) or _IS.match(sentence[m.end() :]) or someone(sentence):
            return True
        if BODIES.search(sentence) or re.search("[》”]", sentence):
            return True
    return False


_MOST = re.compile(rf"谁[{HAN}]{{0,6}}(?:得最|最)(?P<how>[快慢多少高远好长大])")


def most(asked: str, text: str) -> str:
    """How ``asked`` wants somebody to be beyond all others (谁划得最快), where ``text`` tells of nobody who came first."""
    m = _MOST.search(asked)
    if m is None or re.search(rf"最{m['how']}|首位|居首|领先|排名|名列", text) or offices.ranks(text, "第一"):
        return ""
    return f"最{m['how']}"


_TOP = re.compile(
    rf"最(?P<how>[高低多少大小快慢好长短年])[{HAN}]{{0,2}}的(?:[{HAN}a-z]{{0,6}}(?:公司|企业|单位|队伍?|工会)是哪[家支个]|[^，。？]{{0,14}}(?:是谁|是哪位|叫(?:谁|什么|啥)))"
)


def top(asked: str, text: str) -> str:
    """What is beyond all others in ``asked`` (薪酬最高的公司是哪家), where no sentence of ``text`` with such a word has a name."""
    m = _TOP.search(asked)
    if m is None:
        return ""
    how = "[年大小高]" if m["how"] == "年" else m["how"]
    said = [s for s in SENTENCE.findall(text) if re.search(rf"最{how}|之最|首位|居首|第一|冠军", s)]
    named = any(someone(s, asked) or BODIES.search(s) or re.search("[《“]", s) for s in said)
    return "" if named else f"最{m['how']}"
