"""Let a language model propose questions about passages of the archive, and believe nothing it says.

Every proposal is checked by program: its form, that its quote stands in the passage character by character, that its keys
stand in the quote, and that the question is one. What passes still waits for a person (:mod:`eval.confirm`): a run leaves
it out until then.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, Field, ValidationError

from eval.cases import Case, Evidence, Made, split_of
from eval.make import alike, case_id, keys_of
from eval.metrics import holds_key
from eval.visible import unprintable
from rag import zh
from rag.answer import llm
from rag.errors import InputError, SettingsError

if TYPE_CHECKING:
    from rag.config import Settings
    from rag.search.searchable import Searchable
    from rag.types import Article, Passage

TRIES = 3
"""Passages asked about for each case wanted, at most."""

SHORTEST = 60
"""Characters of a passage below which there is little to ask about."""

LONGEST = {"zh": 80, "en": 220}
"""Characters of a question; above, nobody would type it."""

LONGEST_KEY = 20
_ENOUGH = 2000  # characters of an answer after which the model is cut off
_FENCE = re.compile(r"^```(?:json)?\s*(.*?)\s*```$", re.DOTALL)


class _Reply(BaseModel, strict=True):
    """What the model is asked to write."""

    question: str
    answer: str = Field(min_length=1, max_length=300)
    quote: str
    keys: list[str] = Field(min_length=1, max_length=3)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What came of one passage: a case, or the ``reason`` why there is none."""

    passage: str
    case: Case | None
    reason: str = ""


def propose(  # noqa: PLR0913 - what it is made from, how many, and in which language
    store: Searchable,
    settings: Settings,
    n: int,
    seed: int = 0,
    *,
    existing: Sequence[Case] = (),
    language: Literal["zh", "en"] = "zh",
) -> Iterator[Proposal]:
    """Ask the model of ``settings`` about passages of ``store`` until ``n`` cases have passed, or :data:`TRIES` times ``n`` asked.

    Articles take turns, in an order drawn by ``seed``. Each proposal is given as soon as it is there, so that what has
    been made is not lost when the endpoint fails.

    Raises
    ------
    InputError
        If ``n`` is less than 1.
    SettingsError
        If no model is set, or the prompt cannot be used.
    EndpointError
        If the endpoint fails; one line.
    """
    if n < 1:
        raise InputError(f"cannot propose {n} cases; give a number from 1")
    if not settings.llm:
        raise SettingsError("proposing questions takes a language model; set RAG_LLM_BASE_URL and RAG_LLM_MODEL")
    template = llm.prompt(settings.prompts, language, "question", ("passage",))
    keys = keys_of(store.articles.values())
    known = [case.query for case in existing]
    passed = 0
    for passage in _drawn(store, seed)[: TRIES * n]:
        article = store.article(passage)
        said = llm.reply(settings, template, {"passage": _shown(passage, article)}, _ENOUGH)
        made = Made("model", settings.llm_model, passage.text, seed, llm.prompt_id(template))
        outcome = _checked(said, passage, article, keys[article.id], language)
        if isinstance(outcome, Case) and any(alike(outcome.query, query) for query in known):
            outcome = "like another question"
        if isinstance(outcome, str):
            yield Proposal(passage.id, None, outcome)
            continue
        known.append(outcome.query)
        yield Proposal(passage.id, replace(outcome, made=made))
        passed += 1
        if passed == n:
            return


def _drawn(store: Searchable, seed: int) -> list[Passage]:
    """The passages long enough, in random order, one of each article before the second of any."""
    draw = random.Random(f"{seed}")  # noqa: S311 - a draw to be repeated, not a secret
    passages = [p for p in store.passages if len(p.text) >= SHORTEST]
    draw.shuffle(passages)
    turn: dict[str, int] = {}
    order = []
    for passage in passages:
        turn[passage.article_id] = turn.get(passage.article_id, 0) + 1
        order.append(turn[passage.article_id])
    return [passage for _, passage in sorted(zip(order, passages, strict=True), key=lambda pair: pair[0])]


def _shown(passage: Passage, article: Article) -> str:
    """The passage as the model sees it, under the name, place and date of its article."""
    about = " ".join(filter(None, (f"《{article.name}》", article.province, article.city, article.published.date)))
    return f"{about}\n{passage.text}"


def _checked(said: str, passage: Passage, article: Article, key: str, language: str) -> Case | str:
    """The case that the model proposed, not signed yet, or what is wrong with it."""
    said = said.strip()
    try:
        reply = _Reply.model_validate_json(m[1] if (m := _FENCE.match(said)) else said)
    except ValidationError as error:
        return "not JSON" if error.errors()[0]["type"] == "json_invalid" else "not the JSON asked for"
    question, quote = reply.question.strip(), reply.quote.strip()
    wanted = tuple(dict.fromkeys(k.strip() for k in reply.keys))
    if reason := _fault(question, quote, wanted, passage, language):
        return reason
    # The quote is in one paragraph: it holds no line break, and paragraphs are joined by one.
    paragraph = article.text.count("\n", 0, passage.start + passage.text.index(quote))
    evidence = (Evidence(key, quote, paragraph),)
    qid = case_id(question, evidence)
    return Case(
        qid=qid,
        query=question,
        lang=language,
        type="english" if language == "en" else "single_fact",
        answer=reply.answer.strip(),
        answer_keys=tuple((k,) for k in wanted),
        evidence=evidence,
        answerable=True,
        note="",
        history=(),
        split=split_of(qid),
    )


def _fault(question: str, quote: str, keys: Sequence[str], passage: Passage, language: str) -> str:
    """The first thing wrong with a proposal; empty when it will do."""
    checks = (
        (not question, "nothing to ask"),
        (unprintable(question + quote + "".join(keys)), "control characters"),
        (len(question) > LONGEST[language], "question too long"),
        (zh.script(question) != language, "question in another language"),
        (not quote or quote not in passage.text, "quote not in the passage"),
        (not all(keys) or any(len(key) > LONGEST_KEY for key in keys), "key empty or too long"),
    )
    if fault := next((reason for wrong, reason in checks if wrong), ""):
        return fault
    if not all(holds_key(quote, key) for key in keys):
        return "key not in the quote"
    return "question holds its key" if any(holds_key(question, key) for key in keys) else ""
