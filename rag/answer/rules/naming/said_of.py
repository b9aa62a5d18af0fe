"""What is said of a person whom a question names (school, employer, illness, post, origin), and of no other in the report."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from rag.answer.rules import slots
from rag.answer.stated import offices
from rag.answer.stated.facts import people
from rag.answer.stated.mentioned import NO_NAMES, SENTENCE
from rag.ingest.names import SURNAMES
from rag.search.sounds import spelt, stands
from rag.zh import is_english, words

_NO_PERSONS = frozenset(("颜色", "软件", "号线"))


def anchored(asked: str, text: str) -> str:
    """The kind of thing (大学) that ``asked`` wants of a person it names, where nothing that ``text`` says of that person is one.

    Of a person in the title everything is said, often without the name.
    """
    wanted = slots.slot(asked)
    if wanted.kind is None or wanted.called in _NO_PERSONS:
        return ""
    names = _persons(asked, text)
    if not names or _all_about(names, text) or any(wanted.fit(s) > 0 for s in _of(names, text)):
        return ""
    return wanted.called


_STUDIES = re.compile(
    "毕业于?|就读|考[上入取]|录取|上的?(?:是|哪|什么|啥)|读的?(?:是|哪|什么|啥)|念的?(?:是|哪|什么|啥)|母校"
)


_STUDIED = re.compile(
    "毕业|考|就读|读|求学|上学|学习|录取|进修|深造|学历|本科|[硕博学]士|大专|中专|学生|研究生|专业|同学|校友|母校|留学"
)


def studied(asked: str, text: str) -> str:
    """学校 where ``asked`` wants the school that a person it names went to, and ``text`` has no word of study about them."""
    if not _STUDIES.search(asked) or not re.search(
        "(?:哪|什么|啥)[^，。]{0,3}(?:学校|大学|学院|院校|中学)|母校", asked
    ):
        return ""
    return "学校" if _untold(asked, text, _STUDIED) else ""


_FROM = re.compile("籍|老家|来自|出生|家住|家乡|祖籍|生于|从[^，。]{2,8}来|故乡|人(?=[，。、（])|小伙|妹子|姑娘|老乡")


def origin(asked: str, text: str) -> str:
    """籍贯 where ``asked`` wants to know where a person it names is from, and ``text`` tells nothing like it of them."""
    if not re.search("哪里人|哪儿人|籍贯|老家(?:是|在)|何方人", asked):
        return ""
    return "籍贯" if _untold(asked, text, _FROM) else ""


def _untold(asked: str, text: str, tells: re.Pattern[str]) -> bool:
    """Whether ``asked`` names a person of whom ``text`` says things, in sentences of which none ``tells``."""
    names = _persons(asked, text)
    return bool(names) and not _all_about(names, text) and not any(tells.search(s) for s in _of(names, text))


AS_TITLE = 4
"""Characters a title may have besides the name of the one whom all of the text is about."""


def _all_about(names: Iterable[str], text: str) -> bool:
    title = text.split("\n", maxsplit=1)[0]
    return any(n in title and len(title) <= len(n) + AS_TITLE for n in names)


def _persons(asked: str, text: str) -> list[str]:
    """The persons of ``text`` that ``asked`` names."""
    if is_english(asked):
        own = spelt(asked.title())
        return [p for p in people(text) if any(stands(name, p) for name in own)]
    parts = words(asked)
    called = {a + b for a, b in pairwise(parts) if a in SURNAMES and len(b) == 2 and a + b in text}
    called |= {
        a + b + c
        for a, b, c in zip(parts, parts[1:], parts[2:], strict=False)
        if len(a + b + c) == 3 and a in SURNAMES and a + b + c in text
    }
    called |= {
        a + b
        for a, b in pairwise(parts)
        if a in SURNAMES and len(b) == 1 and re.search(rf"(?:{offices.OFFICES}|[员师生工]){a}{b}", text)
    }
    known = [p for p in people(text) if p in asked]
    return list(dict.fromkeys((*known, *(c for c in called if not set(c) & NO_NAMES))))


def _of(names: Iterable[str], text: str) -> Iterator[str]:
    """The sentences of ``text`` that name one of ``names``, and those behind them up to one that names another person."""
    names = tuple(names)
    for paragraph in text.split("\n"):
        left = 0
        for sentence in SENTENCE.findall(paragraph):
            others = [p for p in people(sentence) if not any(n in p or p in n for n in names)]
            if any(n in sentence for n in names):
                left = MOST_BEHIND
                yield _own_part(sentence, names, others)
            elif others or _SPEAKS.search(sentence):
                left = 0
            elif left:
                left -= 1
                yield sentence


_SPEAKS = re.compile("(?<![他她])(?:说|表示|介绍|感慨|坦言|告诉记者)(?:道|，|：)")


MOST_BEHIND = 3
"""Sentences behind one that names a person that may still speak of them."""


NEAR = 8
"""Characters between two persons up to which what is said behind is said of both."""


def _own_part(sentence: str, names: Iterable[str], others: Iterable[str]) -> str:
    """What ``sentence`` says up to the first of ``others`` that stands further on than one of ``names``."""
    at = min(sentence.find(n) for n in names if n in sentence)
    ends = [e for o in others for e in [sentence.find(o, at)] if e > at + NEAR]
    return sentence[: min(ends)] if ends else sentence


_POST = re.compile("(?:什么|啥|何种?)(?:职务|职位|头衔|官职|官|职(?![业工]))|任何职|职务是|职务？")


_IN_OFFICE = "长员师手记任席理授士家工兵人表教医护监事督官裁导匠模者"


_TAKES = re.compile(
    "担任|出任|升任|升为|升到|提拔|晋升为|当上|当选|任命|历任|现任|曾任|接任|兼任|(?<![主责信委])任(?![务何意期])|[封授]"
)


_RISES = re.compile("[升提晋]了?(?:什么|啥|何)|升(?:成|到|为)")


def post(asked: str, text: str) -> str:
    """职务 where ``asked`` wants the post of a person it names and ``text`` has none beside the name."""
    if not _POST.search(asked):
        return ""
    names = _persons(asked, text)
    if not names or any(_TAKES.search(s) for s in _of(names, text)) or _all_about(names, text):
        return ""
    if not _RISES.search(asked) and any(
        re.search(
            rf"[{_IN_OFFICE}、]{re.escape(n)}|{re.escape(n)}(?:是|为|，)[^，。]{{0,20}}[{_IN_OFFICE}][，。]", text
        )
        for n in names
    ):
        return ""
    return "职务"


_POST_ENGLISH = re.compile(
    r"\bwhat (?:is|was) [^?]*\b(?:job title|position|post|job|occupation|profession)\b|\bwhat (?:job|position|post|office|title) (?:does|did|has|is|was)\b"
)


def post_english(asked: str, text: str) -> str:
    """:func:`post` of an English question."""
    m = _POST_ENGLISH.search(asked)
    names = _persons(asked, text) if m else []
    if m is None or not names or any(_TAKES.search(s) for s in _of(names, text)):
        return ""
    told = any(re.search(rf"[{_IN_OFFICE}、]{re.escape(n)}", text) for n in names)
    return "" if told else "post"
