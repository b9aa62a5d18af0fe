"""An English question that compares two things, as one question about each.

``parts`` does so for Chinese, where words stand otherwise.
"""

from __future__ import annotations

import re

from rag.search.bridge import spelt

_EACH = r"(?:,? (?:of|in|by|for|at|from)? ?(?:each|both)(?: of them| one)?\b|\beach\b|\brespectively\b)"
_COLON = re.compile(
    r"^(?P<one>[^:?!;]+?),? (?:vs\.?|versus|against|compared (?:to|with)) (?P<other>[^:?!;]+?)[:,;] ?(?P<asked>.+)$",
    re.IGNORECASE,
)
_EITHER = re.compile(
    r"^(?:(?P<frame>[^:?]+): )?(?P<asked>(?:which|what|who)\b[^?]*?)[,:;–—-]+ ?(?P<one>[^,?]+?),? or (?P<other>[^,?]+?)\??$",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"^(?:which|what|who)(?: (?:of the two|one|city|province|county|place|region|union|unions|side|campaign|programme|project|contest))? (?P<verb>\w+) (?:more|fewer|most|the most|less) (?P<what>.+)$",
    re.IGNORECASE,
)
_COMPARE = re.compile(
    r"^(?:please )?(?:compare|how (?:do|does|did)|what(?:'s| is| are) the differences? (?:between|in)) +(?P<rest>.+?)[?.]*$",
    re.IGNORECASE,
)
_COMPARES = re.compile(
    r"^(?:please )?compare\b|\bcompare[sd]?\b|\bdiffer(?:s|ent|ence|ences)?\b|\beach\b|\bboth\b", re.IGNORECASE
)
_HALVES = re.compile(r",? (?:with|to|and|against|versus|vs\.?|from) ", re.IGNORECASE)
_WHICH = re.compile(r"^(?:which|what|who)(?: one| of (?:them|the two))?\b ?", re.IGNORECASE)


def versus(text: str) -> list[tuple[str, str]]:
    """The two things that ``text`` compares, each with the question about it alone; empty where it compares none."""
    text = text.strip()
    if m := _COLON.match(text):
        asked = re.sub(_EACH, "", m["asked"]).strip()
        return [(name.strip(), f"{name.strip()}: {asked}") for name in (m["one"], m["other"])]
    if m := _EITHER.match(text):
        return [(name, _either(m, name)) for name in (m["one"].strip(), m["other"].strip())]
    return _by_place(text)


def _either(m: re.Match[str], name: str) -> str:
    """Which has more of something, of one: how many it has."""
    frame = f"{m['frame']}: " if m["frame"] else ""
    if more := _MORE.match(m["asked"]):
        return f"{frame}{name}: how many {more['what']}?"
    return f"{frame}{name}: how much {_WHICH.sub('', m['asked'])}?"


def _by_place(text: str) -> list[tuple[str, str]]:
    """By the two places named: joined (Shandong and Jiangsu unions), or in two halves (the grant of Baise with the reward of Lüliang)."""
    spots = spelt(text)
    if len(spots) != 2 or not _COMPARES.search(text):
        return []
    (a, b), (c, d) = spots
    one, other = text[a:b], text[c:d]
    if re.fullmatch(r",? (?:and|or|with|to|versus|vs\.?)(?: in)? ", text[b:c]):
        begin = len(opens[0]) if (opens := re.match("(?:please )?compare ", text, re.IGNORECASE)) else 0
        return [(name, re.sub(_EACH, "", f"{text[begin:a]}{name}{text[d:]}")) for name in (one, other)]
    joins = list(_HALVES.finditer(text, b, c))
    if joins and (m := _COMPARE.match(text)):
        begin = m.start("rest")
        halves = text[begin : joins[-1].start()], text[joins[-1].end() : m.end("rest")]
        return [
            (name, f"What is {re.sub(' differ(?:s|ent)?$', '', half)}?")
            for name, half in zip((one, other), halves, strict=True)
        ]
    return []
