"""Follow-up questions made whole by a language model, checked, within a time limit; by rule where that fails.

The model sees the questions only, never reports. Whether a question is a follow-up at all is told by rule
(:mod:`rag.answer.rewrite`): one that stands alone costs no call and stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rag.answer import llm
from rag.answer.asked.question import QUOTED
from rag.answer.cite import coverage
from rag.answer.material import one_line
from rag.answer.rewrite import Understood
from rag.errors import CutOffError, EndpointError
from rag.ingest.places import mentions
from rag.zh import normalise

if TYPE_CHECKING:
    from rag.config import Settings

WANTED = ("history", "question")
"""The names filled in in the prompt."""

SECONDS = 6.0
"""The longest that making a question whole may take; its answer is still to be written."""

LONGEST = 200
"""Characters of the longest question taken from a model."""

OWN = 0.5
"""Share of the words of a question as reworded that must stand in the questions."""

MOST_BEFORE = 6
"""Earlier questions that the model is shown, the last ones."""


def reword(settings: Settings, template: str, question: str, history: Sequence[str]) -> Understood:
    """``question`` as the model makes it whole. Raises :class:`EndpointError`, one line, if it fails, is too slow, or says
    something that stands in none of the questions.
    """
    limit = min(SECONDS, settings.llm_timeout)
    hurried = settings.model_copy(update={"llm_timeout": limit, "llm_seconds": limit})
    given = {"question": one_line(question), "history": "\n".join(f"- {one_line(h)}" for h in history[-MOST_BEFORE:])}
    try:
        said = "".join(llm.say(hurried, template, given, LONGEST + 1))
    except CutOffError:
        raise EndpointError(
            f"{llm.where(settings)}: no whole question within {limit:g} s, {LONGEST} characters"
        ) from None
    said = said.strip().strip("“”\"'").strip()
    problem = "repeats the prompt" if llm.repeats(template)(said) else objection(said, [*history, question])
    if problem:
        raise EndpointError(f"{llm.where(settings)}: the question as reworded {problem}")
    return Understood(said, said, follows=said != question)


def objection(said: str, asked: Sequence[str]) -> str:
    """What is wrong with ``said`` as a rewording of the last of ``asked``: empty when nothing is.

    Numbers, places and names in quotation marks must stand in one of the questions, and so must most of its words.
    """
    if not said or len(said) > LONGEST or "\n" in said:
        return "is empty, too long, or no single line"
    plain, known = normalise(said), normalise("\n".join(asked))
    made_up = [number for number in re.findall(r"[0-9]+(?:\.[0-9]+)?", plain) if number not in known]
    made_up += [plain[m.start : m.end] for m in mentions(plain) if plain[m.start : m.end] not in known]
    made_up += [name for name in map(normalise, QUOTED.findall(said)) if name not in known]
    if made_up:
        return f"names {made_up[0]}, which nobody asked about"
    return "" if coverage(said, known) >= OWN else "is mostly of words that nobody used"
