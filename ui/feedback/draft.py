"""From feedback to a case of the evaluation: a draft in the suite's form, which waits until a person says yes to it.

Drafts are kept beside the feedback (``feedback.cases.jsonl``); ``rag eval confirm FILE`` goes through them, and no run asks one before.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from eval.cases import Case, Evidence, Made, load, split_of, to_json
from eval.make import case_id, keys_of
from eval.metrics import holds_key
from rag.errors import InputError

if TYPE_CHECKING:
    from rag.types import Article
    from ui.feedback.records import Cited, Feedback

_LONGEST_KEY = 20
_CLAUSE = re.compile(r"[^，。；：！？、,;:!?\s“”（）()]+")
_FIGURE = re.compile(r"\d[\d.,]*(?:[%％]|[万亿]?[^\W\d_]?)")


def cases_file(feedback: Path) -> Path:
    """Where drafts from the feedback in the file ``feedback`` are kept."""
    return feedback.with_name(f"{feedback.stem}.cases.jsonl")


def draft(one: Feedback, articles: Iterable[Article], article: Callable[[str], Article]) -> Case:
    """The case that ``one`` comes to: what its answer cites is the evidence; a refusal is a question without an answer.

    Raises :class:`InputError` when a quote is in no article any more.
    """
    evidence: list[Evidence] = []
    if one.citations:
        keys = keys_of(articles)
        evidence += (_evidence(cited, keys, article) for cited in one.citations)
    found = tuple(dict.fromkeys(evidence))
    qid = case_id(one.understood_as, found)
    told = " ".join((one.verdict, *one.reasons))
    kind = "unanswerable" if not found else "english" if one.language == "en" else "single_fact"
    return Case(
        qid=qid,
        query=one.understood_as,
        lang=one.language,
        type=kind,
        answer=one.answer if found else "",
        answer_keys=((_key(one.answer, [e.quote for e in found]),),) if found else (),
        evidence=found,
        answerable=bool(found),
        note=f"feedback {one.when}: {told}" + (f" — {one.comment}" if one.comment else ""),
        split=split_of(qid),
        lack="" if found else "subject",
        # What waits for a person is told by its prompt: here a person's opinion.
        made=Made("feedback", "rag", found[0].quote if found else "", 0, prompt=f"feedback {one.id}"),
    )


def keep(path: Path, case: Case) -> bool:
    """Add ``case`` to the file of drafts; false if it is there already. Raises :class:`InputError` if it cannot be written."""
    if path.exists() and path.stat().st_size and any(known.qid == case.qid for known in load(path)):
        return False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(json.dumps(to_json(case), ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}); check its permissions") from error
    return True


def _evidence(cited: Cited, keys: Mapping[str, str], article: Callable[[str], Article]) -> Evidence:
    gone = InputError("what the answer cites is not in the archive any more; write this case by hand")
    if cited.article not in keys:
        raise gone
    text = article(cited.article).text
    if not text[cited.start :].startswith(cited.quote):
        raise gone
    # A quote over several paragraphs is known by what it has of the first.
    return Evidence(keys[cited.article], cited.quote.split("\n", maxsplit=1)[0], text.count("\n", 0, cited.start))


def _key(answer: str, quotes: Sequence[str]) -> str:
    """What a right answer must hold: a figure of the quotes that the answer has too, or else their first clause."""
    for quote in quotes:
        for figure in _FIGURE.findall(quote):
            if holds_key(answer, figure):
                return str(figure)
    clauses: list[str] = [clause for quote in quotes for clause in _CLAUSE.findall(quote)]
    shared = [clause for clause in clauses if len(clause) <= _LONGEST_KEY and holds_key(answer, clause)]
    rest: str = (clauses or list(quotes))[0][:_LONGEST_KEY]
    return max(shared, key=len, default=rest)
