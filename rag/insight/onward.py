"""Questions that may be asked next, each of which the archive answers with something that has not been said yet.

They are made of what the reports found call by name (“求学圆梦行动”) and of their titles, and each is asked before it is offered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from rag.answer.asked.question import QUOTED
from rag.ingest.orders import gives_orders
from rag.types import Answer, Article
from rag.zh import bare, is_english

MOST = 3
"""Questions offered."""

TRIED = 8
"""Questions asked at most to find them."""

_NAMES = 2
_TITLES = 3
_SHORTEST, _LONGEST = 4, 16
"""Characters of a name: shorter ones in quotation marks are words set apart, longer ones are speech."""

_OF_NAME = {
    "zh": ("{name}有哪些具体做法？", "{name}取得了哪些成效？", "{name}投入了多少资金？", "{name}惠及多少人？"),
    "en": (
        "What was done under {name}?",
        "What did {name} achieve?",
        "How much money went into {name}?",
        "How many people did {name} reach?",
    ),
}
_OF_TITLE = {"zh": "《{title}》讲了什么？", "en": "What does the report 《{title}》 say?"}


def onward(
    answer: Answer, article: Callable[[str], Article], ask: Callable[[str], Answer], most: int = MOST
) -> tuple[str, ...]:
    """At most ``most`` questions to ask after ``answer``. ``article`` gives one by its id, ``ask`` answers a question.

    A question stays only if its answer is no refusal and cites what neither ``answer`` nor a question before it does.
    """
    found: list[str] = []
    known = _cited(answer)
    for question in islice(_candidates(answer, article), TRIED):
        tried = ask(question)
        if not tried.refused and _cited(tried) - known:
            known |= _cited(tried)
            found.append(question)
        if len(found) == most:
            break
    return tuple(found)


def _cited(answer: Answer) -> set[tuple[str, int]]:
    return {(c.passage.article_id, c.passage.start + c.start) for c in answer.citations}


def _candidates(answer: Answer, article: Callable[[str], Article]) -> Iterator[str]:
    """Questions on what the reports cited call by name, then on the reports that were found beside them."""
    language = "en" if is_english(answer.question) else "zh"
    asked = {bare(answer.question), bare(answer.understood_as)}
    cited = tuple(dict.fromkeys(c.passage.article_id for c in answer.citations))
    found = tuple(dict.fromkeys(h.passage.article_id for h in answer.hits))
    others = [article(id_) for id_ in found if id_ not in cited]
    named = [_named(article(id_), answer) for id_ in (cited or found[:1])]
    made = [pattern.format(name=name) for name in islice(filter(None, named), _NAMES) for pattern in _OF_NAME[language]]
    titled = [_OF_TITLE[language].format(title=a.title) for a in others if a.title][:_TITLES]
    # Turn by turn, so that what is offered is not all of one kind.
    for n in range(max(len(made), len(titled))):
        yield from (q for q in (*made[n : n + 1], *titled[n : n + 1]) if bare(q) not in asked and not gives_orders(q))


def _named(article: Article, answer: Answer) -> str:
    """What ``article`` calls by name in what is cited of it, in its title, or in its text, with its place before it."""
    quotes = [c.quote for c in answer.citations if c.passage.article_id == article.id]
    for text in (*quotes, article.title, article.text):
        for name in QUOTED.findall(text):
            if _SHORTEST <= len(name) <= _LONGEST and not set(name) & set("，。！？；：,.!?;:"):
                place = article.city or article.province
                return f"{place}“{name}”"
    return ""
