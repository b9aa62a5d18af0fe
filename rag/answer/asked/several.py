"""Several questions in one: clause by clause (建了多少站点，投了多少钱), or one sentence behind the other."""

from __future__ import annotations

import re

from rag.answer.asked.plainly import ASKS, PAUSE
from rag.ingest.places import mentions
from rag.zh import is_english, words

_ASK = re.compile(ASKS)
_SPACE = re.compile("(?<=[一-龥”]) +(?=[一-龥“])")
"""What a hurried hand writes for a comma (谁办的 几支队)."""

_LEANS = re.compile(r"[才所因就并]|为什么|而且")
LONG_ENOUGH = 5
"""Characters from which a clause is a question by itself all the same (甘瑞霞学的啥: a name may be no word)."""

_OF_ALL = re.compile("各|分别|都|一共|总共|共")
ENOUGH = 1
"""Words of its own that a clause with a question word must have to be a question by itself (各有多少家 has none)."""

_ASK_ENGLISH = re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b", re.IGNORECASE)


def one_by_one(text: str) -> tuple[str, str] | None:
    """Two questions one behind the other (在几楼？为什么选那儿？), of which the second leans on the first; None for anything else."""
    asked = re.findall("[^？?]+[？?]+", text)
    word = _ASK_ENGLISH if is_english(text) else _ASK
    if len(asked) != 2 or "".join(asked) != text.strip() or not all(map(word.search, asked)):
        return None
    return asked[0].strip(), asked[1].strip()


def asks_more(text: str) -> bool:
    """Whether more than one clause of ``text`` asks something (怎么突破的，谁出的钱)."""
    if is_english(text):
        return len(_ASK_ENGLISH.findall(text)) > 1
    return sum(_ASK.search(clause) is not None for clause in re.split(f"[{PAUSE}]", text)) > 1


def _clauses(text: str) -> list[str]:
    """The clauses of ``text``; a list is cut at 、 only where each item asks something."""
    found: list[str] = []
    for clause in re.findall(f"[^{PAUSE}]+[{PAUSE}]*", text):
        items = re.split("(?<=、)", clause)
        found += items if all(map(_ASK.search, items)) else [clause]
    return found


def by_clause(text: str, most: int) -> list[tuple[str, str]]:
    """The clauses of ``text`` that ask something, two to ``most`` of its last sentence, each with a whole question for it; else none.

    What else is said is said of each, and so is its place.
    """
    text = _SPACE.sub("，", text)
    whole = re.match(r"(?s)(?P<before>.*[。？?！!])?(?P<last>[^。？?！!]+[。？?！!]*)$", text)
    if whole is None:
        return []
    clauses = _clauses(whole["last"])
    asks: list[str] = []
    for clause in clauses:
        alone = len(_content(clause)) >= ENOUGH or (
            _OF_ALL.match(clause) is None and (asks or len(clause) > LONG_ENOUGH)
        )
        if _ASK.search(clause) and alone and not _LEANS.match(clause):
            asks.append(clause)
    if not 2 <= len(asks) <= most or sum(bool(_ASK.search(c)) for c in clauses) > len(asks):
        return []
    rest = (whole["before"] or "") + "".join(c for c in clauses if c not in asks)
    first = mentions(asks[0], strict=False)
    shared = asks[0][first[0].start : first[-1].end] if first and first[0].start == 0 else ""
    # 头一期在哪 is asked of what the question before was asked of.
    subject = _ASK.split(asks[0])[0].rstrip(PAUSE) + "，"
    found = []
    for n, clause in enumerate(asks):
        bare = clause.strip(PAUSE + "、 ")
        lead = "" if not n or mentions(clause, strict=False) else shared if len(_content(clause)) > ENOUGH else subject
        found.append((bare, f"{rest}{lead}{bare}？"))
    return found


def _content(text: str) -> list[str]:
    return [w for w in words(_ASK.sub(" ", text)) if len(w) > 1]
