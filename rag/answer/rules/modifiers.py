"""Things of one name that a modifier tells apart: an 航空航天 alliance of workshops is not the 铁路交通 one."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from itertools import pairwise

from rag.answer.asked.plainly import IN_ALL
from rag.ingest.places import mentions
from rag.zh import HAN, STOP_WORDS, normalise, words

LEAST, LEAST_OPENING = 3, 6
"""Characters behind the modifier that a report must have, for it to speak of a thing of that name; and where it opens a clause."""

_OPENS = re.compile("(?:(?<!哪)[那这一该][家个项次场支届份座]|的)$")
_WORD_BEFORE = re.compile(f"[{HAN}]$")
_QUOTES = re.compile('[“”‘’"]')
_POINTING = "这那每各某首几两一第全该此其"
_FUNCTION = re.compile("[的了在是和与及或对为从向到把被给让]")


def other(question: str, text: str, own: Sequence[str]) -> list[str]:
    """The modifiers in ``question`` in whose place ``text`` (normal form) has another one.

    A modifier is a word that opens a noun phrase (behind 的, a measure word or a place), is not in the text, and is followed
    by the name of a thing that the text has, always with something else before it. ``own`` are the words of the question.
    """
    plain, text = normalise(question), _QUOTES.sub("", text)
    ends = {m.end for m in mentions(plain, strict=False)}
    return [word for word in own if _tells_apart(word, plain, text, ends)]


def _tells_apart(word: str, plain: str, text: str, ends: Collection[int]) -> bool:
    """Whether ``word`` modifies a name in ``plain`` that ``text`` has with another modifier in its place."""
    if (
        len(word) < 2
        or word[0] in _POINTING
        or word in text
        or word in STOP_WORDS
        or not re.fullmatch(f"[{HAN}]+", word)
    ):
        return False
    at = plain.find(word)
    if at in ends or _OPENS.search(plain[:at]):
        least = LEAST
    elif at == 0 or plain[at - 1] in "，,。？? ":
        least = LEAST_OPENING  # what opens a clause may be a verb as well
    else:
        return False
    name = _shared(plain[at + len(word) :], text, least)
    return bool(name) and _always_behind(name, text, word)


SHORTEST = 4
"""Characters of a name that opens a question; what is shorter may be anything (当时, 报上登的)."""

_TOPIC = re.compile(
    f"^(?:请问|那么?|关于|在|为什么|为啥|为何|怎么|如何)?(?P<it>[{HAN}]{{2,12}}?)(?=的|有|是|为|在|工会|总工会|什么|怎么|{IN_ALL}|累计|投入|[花投][了过掉费]|砸|今年|去年|每|哪|谁|多少|，)"
)
_GENERAL = re.compile("^(?:总?工会(?:组织)?|职工|员工|工人)")
"""Whose a thing is, which says nothing of what it is."""
_KINDS_OF_BODY = frozenset(
    "公司 企业 集团 单位 基地 平台 项目 园区 街道 社区 工会 部门 学校 医院 中心 协会 机关 行业 地区 职工 员工 工人 全国 国家".split()
)


def topic(question: str, text: str, alike: Callable[[str, str], float], near: float) -> str:
    """What ``question`` opens with (火星基地的工会), if neither ``text`` (normal form) nor anything like it has a word of that.

    Empty if the text has a word of it, one ``near`` to it in meaning, or if it opens with no name.
    """
    m = _TOPIC.match(normalise(question))
    if m is None:
        return ""
    it = _GENERAL.sub("", m["it"]).rstrip("中里上内")
    if re.search("[哪许造会因由最这此想找要问求帮给请]", it):
        return ""
    found = [w for w in words(it) if len(w) > 1 and w not in _KINDS_OF_BODY and w not in STOP_WORDS]
    # 职工食堂 is like 职工, which says nothing of 食堂.
    own = [w for w in found if not any(part in w for part in (*_KINDS_OF_BODY, *found) if part != w)]
    pairs = {a + b for a, b in pairwise(it)} - _KINDS_OF_BODY
    if len(m["it"].rstrip("中里上内")) < SHORTEST or not own or any(w in text for w in (*own, *pairs)):
        return ""
    others = {w for w in words(text) if len(w) > 1}
    return "" if any(alike(w, o) >= near for w in own for o in others) else m["it"]


def _shared(behind: str, text: str, least: int) -> str:
    """The longest beginning of ``behind`` that ``text`` holds, if it is long enough to name a thing."""
    run = re.match(f"[{HAN}]*", behind)[0]  # type: ignore[index]
    size = next((n for n in range(len(run), least - 1, -1) if run[:n] in text), 0)
    name = run[:size]
    return "" if _FUNCTION.match(name) else name


def _always_behind(name: str, text: str, word: str) -> bool:
    """Whether something that may be a modifier, and no form of ``word`` (网上 and 线上), stands before ``name`` wherever it is."""
    before = [text[max(0, m.start() - len(word)) : m.start()] for m in re.finditer(re.escape(name), text)]
    return all(_WORD_BEFORE.search(b) and not _FUNCTION.search(b[-1]) and not set(b) & set(word) for b in before)
