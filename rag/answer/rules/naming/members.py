"""The members of a group that a question counts or names some of: whether a report lists them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import zip_longest

from rag.answer.asked import english
from rag.answer.rules import slots
from rag.answer.stated.mentioned import SENTENCE, clauses
from rag.numbers import whole
from rag.search.sounds import spelt, stands
from rag.zh import HAN, words

_BESIDES = re.compile(rf"除了?(?P<x>[“”{HAN}a-z0-9、]{{2,30}}?)(?:[，,]|以外|之外|外[，,]?|还|另)")


_OTHERS = re.compile("还有?哪[几两三四五六七八九0-9一]?[家个所位支座名项省市县]|另[外一几两三四五六0-9]|其[余他它]")


_BESIDES_ENGLISH = re.compile(r"\b(?:besides|other than|apart from|aside from|in addition to)\b(?P<x>[^，？]*)")


def besides(asked: str, text: str) -> str:
    """What ``asked`` names of a group and wants the others of, where ``text`` names but those: 北京、浙江等6省市."""
    m = _BESIDES.search(asked)
    if (
        m is None
        or not _OTHERS.search(asked)
        or not re.search("[0-9几两三四五六七八九十][家个所位支座名项省市]", asked)
    ):
        return ""
    names = [n for n in re.split("、|和|与|以及|及", m["x"]) if len(n) > 1]
    spans = [(c, at.start(), at.end()) for c in clauses(text) for n in names for at in re.finditer(re.escape(n), c)]
    return m["x"] if spans and not any(_has_other(*span, names) for span in spans) else ""


def _has_other(clause: str, start: int, end: int, names: Iterable[str]) -> bool:
    """Whether the name at ``[start, end)`` of ``clause`` has another beside it in a list, and none of ``names``."""
    behind = re.match(rf"[{HAN}a-z（）()]{{0,12}}?(?:、|和|与|及|以及)(?P<n>[{HAN}a-z]+)", clause[end:])
    before = re.search(rf"(?P<n>[{HAN}a-z]+)(?:、|和|与|及|以及)[{HAN}]{{0,4}}$", clause[:start])
    ended = re.match(rf"[{HAN}]{{0,8}}?等", clause[end:])
    return bool(behind and not ended and not behind["n"].startswith(tuple(names))) or bool(
        before and not before["n"].endswith(tuple(names))
    )


_KINDS_OF_MEMBER = re.compile(
    "公司|集团|企业|厂|工会|学校|大学|学院|医院|中心|协会|局|[市县区](?!总)|队|银行|物流|[“》]"
)


def besides_english(asked: str, text: str) -> str:
    """:func:`besides` of an English question, whose names are spelt."""
    m = _BESIDES_ENGLISH.search(asked)
    # The names are capitalised for the reading of them; the normal form has none.
    names = spelt(m["x"].title()) if m else ()
    with_one = [c for c in clauses(text) if any(stands(n, c) for n in names)]
    for clause in with_one:
        parts = re.split("、|以及", clause)
        if any(_KINDS_OF_MEMBER.search(p) and not any(stands(n, p) for n in names) for p in parts):
            return ""
    return m["x"].strip() if m and with_one else ""


def _with_next(text: str) -> Iterator[tuple[str, str]]:
    """Each sentence of ``text`` and the one behind it in its paragraph; behind the last one of a paragraph, that which opens a list."""
    for paragraph in text.split("\n"):
        said = SENTENCE.findall(paragraph)
        yield from zip_longest(said, said[1:], fillvalue="")


_MEASURE = "个|家|项|份|种|类|所|支|处|位|名|座|条|大|省|市|县|级"


_DIGITS = "[0-9]{1,3}|[三四五六七八九十]{1,3}"


_LIST_OF = re.compile(
    rf"(?P<what>[{HAN}“”]{{2,14}}?)(?:的?(?:名称|名字|名单))?(?:分别|各自|都|具体)(?:都?[是叫有为])?(?:(?:什么|啥)(?!时)|哪[些几一三四五六七八九十0-9](?!时|年|[天日])|何(?!时)|谁)"
    rf"|(?P<named>[{HAN}“”]{{2,14}}?)的?(?:名单|名称)(?:都?是(?:什么|啥|哪些)|有哪些|都?有谁)?[？?。]?$"
)


_SAME = ("公司|企业|单位", "工人|职工|员工", "学校|院校|高校")


LEAST = 3
"""Things of which a report may be expected to name some; fewer are told in many ways."""


def members(asked: str, text: str) -> str:
    """The group whose members ``asked`` wants, where ``text`` counts it (工匠学院9家) and has no list beside the count."""
    m = _LIST_OF.search(asked)
    if m is None:
        return ""
    what = re.sub("的?(?:名称|名字|名单)$", "", m["what"] or m["named"]).rstrip("的")
    last = words(what)[-1] if what else ""
    head = last if len(last) > 1 else what[-2:]
    noun = next((same for same in _SAME if re.fullmatch(same, head)), re.escape(head))
    own = re.search(rf"(?P<n>{_DIGITS})(?:{_MEASURE})", asked)
    found = [*_counted(text, rf"[{HAN}“”]{{0,8}}?(?:{noun})", noun)]
    if not found or any(_listed(n if own else min(n, LEAST + 1), *place) for n, *place in found):
        return ""
    return what


def _counted(text: str, behind: str, noun: str) -> Iterator[tuple[int, str, str]]:
    """Each count of :data:`LEAST` or more of a thing in ``text``: the count, what stands before it, and what behind with the next sentence."""
    for sentence, after in _with_next(text):
        for m in re.finditer(
            rf"(?<![0-9.])(?P<n>{_DIGITS})(?:多|余)?(?:{_MEASURE})?{behind}|(?:{noun})(?P<m>[0-9]{{1,3}})(?:{_MEASURE})",
            sentence,
        ):
            count = whole(m["n"] or m["m"])
            if count is not None and count >= LEAST:
                yield count, sentence[: m.start()], f"{sentence[m.end() :]}\n{after}"


def _listed(count: int, before: str, behind: str) -> bool:
    """Whether ``count`` things, or one fewer, are listed right before their count or behind it."""
    clause = re.split("[，。；：]", before)[-1]
    rest, _, after = behind.partition("\n")
    cue = re.search("[，：（—(:,]|包括|分别|[是有为即如指含]", rest)
    told = rest[cue.end() :] if cue else ""
    return max(slots.longest(clause), slots.longest(told), slots.longest(after)) >= count - 1


def numbered(asked: str, text: str) -> str:
    """The group whose members ``asked`` wants by their count (那7大服务体系), where no such count in ``text`` has a list beside it."""
    group = slots.group(asked)
    if group is None or group.count < LEAST or not group.what:
        return ""
    found = [
        place
        for n, *place in _counted(text, rf"[{HAN}“”]{{0,8}}?{re.escape(group.what[-2:])}", "(?!)")
        if n == group.count
    ]
    return group.called if found and not any(_listed(group.count, *place) for place in found) else ""


def eight(asked: str, text: str) -> str:
    """The counted things that an English question wants named (which eight cities), where no count so high in ``text`` has a list beside it."""
    count, things = english.listed(asked)
    if count < LEAST:
        return ""
    found = [place for n, *place in _counted(text, f"[{HAN}“”]", "(?!)") if n == count]
    return things if found and not any(_listed(count, *place) for place in found) else ""
