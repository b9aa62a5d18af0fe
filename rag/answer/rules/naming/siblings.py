"""Another one of the kind: a report on one stop, county or company, of which a question asks the other."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answer.rules import bounds
from rag.answer.rules.naming.winners import held
from rag.answer.stated import offices
from rag.answer.stated.facts import bodies
from rag.answer.stated.mentioned import COMMON, persons
from rag.answer.stated.sentences import SENTENCE
from rag.ingest.names import SURNAMES
from rag.zh import HAN, STOP_WORDS, words

_INSTANCE = re.compile(rf"(?P<x>[{HAN}]{{2,3}}?)(?:(?P<s>(?<![车网])站|赛区|分会场)|[那这]一?(?:站|场|赛区))")


def passing(asked: str, text: str, told: Sequence[str] = ()) -> str:
    """What ``asked`` names and ``text`` only mentions beside the one it is about (万象站 beside 云南站), where it is not spoken of.

    What is told of it stands in the one sentence that names it or the next; of a rank its holder must, else the first of ``told``,
    the sentences (normal form) that may answer.
    """
    said = SENTENCE.findall(text)
    lead = "".join(said[:2])
    for m in _INSTANCE.finditer(asked):
        suffix = m["s"] or "(?:站|赛区|分会场)"
        full = next((f.group() for n in (3, 2) if (f := re.search(re.escape(m["x"][-n:]) + suffix, text))), "")
        with_it = [n for n, s in enumerate(said) if full and full in s]
        if len(with_it) != 1 or full in lead or not re.search(f"[{HAN}]{{2}}{suffix}", lead):
            continue
        near = said[with_it[0] : with_it[0] + 2]
        ranks = offices.ranks_asked(asked)
        if ranks and not any(held(s, rank) for s in near for rank in ranks):
            return full
        if not ranks and told and told[0].strip() not in "".join(near):
            return full
    return ""


_OWN_NAME = rf"[{HAN}]{{2}}(?:社区|街道|支队|村|镇|乡|中学|小学|大学|医院|集团|景区|园区)"
_NO_NAMES = frozenset("的在该个各这那本所全等某一与和及到对为是我你他她们哪几两有了给从")
_CALLED = "女士|先生|师傅|某某?|阿姨|大爷|大妈|大姐"


def elsewhere(asked: str, text: str, others: Sequence[str]) -> str:
    """The person, body or coined name that ``asked`` has and one of ``others``, the sentences of other reports, has, while ``text`` has not.

    The report that comes out best is then on somebody else. All in the form of :func:`rag.answer.stated.sentences.form`.
    """
    begins = {asked[n : n + LEAST_NAME + 1] for n, c in enumerate(asked[:-LEAST_NAME]) if c in COMMON}
    # Who is named in a sentence is not quickly told, and hardly any has the beginning of a name that the question has.
    known_there = dict.fromkeys(p for other in others if any(b in other for b in begins) for p in persons(other))
    named = [
        *(p for p in known_there if len(p) > LEAST_NAME and p[0] in COMMON and p[1:] not in STOP_WORDS and p in asked),
        *(
            m.group()
            for m in re.finditer(_OWN_NAME, asked)
            if words(m.group()[:2]) != [m.group()[:2]] and not set(m.group()[:2]) & _NO_NAMES
        ),
        *(m.group() for m in re.finditer(f"[{HAN}](?:{_CALLED})", asked) if m.group()[0] in SURNAMES),
    ]
    for name in named:
        known = name[:2] if len(name) > LEAST_NAME + 1 else name
        if known not in text and any(name in other for other in others):
            return name
    coined = (m["it"] for other in others for m in _COINED.finditer(other))
    return next((it for it in coined if _alone(it, asked) and it[:2] not in text and it[-2:] not in text), "")


def _alone(name: str, asked: str) -> bool:
    """Whether ``asked`` is about ``name``, and not about several things that it is one of."""
    return name in asked and re.search(f"[、和与及]{name}|{name}[、和与及]", asked) is None


_COINED = re.compile(rf"[“\"](?P<it>[{HAN}]{{4,8}})[”\"]")
"""What a report calls something, in quotation marks: “暖边绿境”. A report that has neither end of it is on something else."""

LEAST_NAME = 2
"""Characters of a name of which another person may bear the same, or that may be no name."""


def swapped(asked: str, text: str) -> str:
    """The county of ``asked`` where ``text`` has but another one."""
    counties = bounds.counties(asked)
    if counties and not any(c[:-1] in text for c in counties) and bounds.counties(text):
        return "、".join(counties)
    return ""


def other_body(asked: str, text: str) -> str:
    """The company, school or court of ``asked`` in whose place ``text`` has another one of the kind."""
    for body in bodies(asked):
        kind = _KIND_OF_BODY.search(body)
        own = body[: kind.start()] if kind else body
        if re.search("什么|哪", body) or not {own, body} & set(words(asked)):
            continue
        if kind and own[-2:] not in text and any(b.endswith(kind.group()) for b in bodies(text)):
            return body
    return ""


_KIND_OF_BODY = re.compile("有限公司$|集团$|大学$|学院$|医院$|法院$|银行$|协会$|中学$|小学$|纪念馆$|研究院$")
