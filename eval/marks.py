"""Two marks for an answer as ragas computes them, faithfulness and answer relevance. Home of ragas, imported with this module.

Es, James, Espinosa-Anke and Schockaert, RAGAS: Automated Evaluation of Retrieval Augmented Generation, EACL 2024
(demonstrations), arXiv:2309.15217. ragas does the asking in turn and the arithmetic. The words are those of prompts/, the
model is reached as for answers (:mod:`rag.answer.llm`), vectors come from the project's encoder. Nothing but the endpoint
is ever called.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from unittest.mock import patch

import numpy as np
from langchain_core.embeddings import Embeddings
from langchain_core.outputs import Generation, LLMResult
from langsmith import tracing_context

from rag.answer import llm
from rag.config import Settings
from rag.errors import EndpointError
from rag.search.encode import Encoder
from rag.zh import normalise

# ragas tells its makers how it is used, unless this is set before it is loaded; and for notebooks it has nest_asyncio rewrite
# the event loops of the whole process, which is not wanted here.
os.environ["RAGAS_DO_NOT_TRACK"] = "true"
with patch("nest_asyncio.apply"):
    from ragas.dataset_schema import SingleTurnSample
    from ragas.exceptions import RagasOutputParserException
    from ragas.llms.base import BaseRagasLLM
    from ragas.metrics import Faithfulness, ResponseRelevancy
    from ragas.metrics._answer_relevance import ResponseRelevancePrompt
    from ragas.metrics._faithfulness import NLIStatementPrompt, StatementGeneratorPrompt
    from ragas.prompt import PydanticPrompt
    from ragas.run_config import RunConfig

# It reports to its log what is counted here anyway; without a handler that would end up on the terminal.
logging.getLogger("ragas").addHandler(logging.NullHandler())

LONGEST = 20_000
"""Characters after which a reply that does not end is cut off; it then cannot be read."""

PATIENCE = 8
"""After as many failures of the endpoint in a row it is not asked any more."""

QUESTIONS = 1
"""Questions made up for each answer. The paper takes the mean of several, drawn at a temperature; at 0 all would be alike."""


class ReplyError(Exception):
    """The language model's reply is not what it was asked for."""


class NothingError(Exception):
    """There is nothing to take a share or a cosine of: an answer that states nothing, a text without a vector."""


Mark = Callable[[str, str, Sequence[str]], float]
"""Question, answer and sources in, a mark from 0 to 1 out."""


class Voice(BaseRagasLLM):
    """The language model, as ragas asks it: one filled-in prompt at a time, without further tries."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(run_config=RunConfig(max_retries=1))
        self._settings = settings
        self._in_a_row = 0
        self.failure = ""
        """What went wrong with the endpoint last, if anything."""

    def generate_text(self, prompt: Any, *_: object, **__: object) -> LLMResult:
        """The reply to ``prompt``. Raises :class:`EndpointError`, after :data:`PATIENCE` of them without asking again."""
        if self._in_a_row >= PATIENCE:
            raise EndpointError(self.failure)
        system, user = prompt.to_string().split(llm.PARTS, 1)
        try:
            template = f"{{system}}{llm.PARTS}{{user}}"
            said = llm.reply(self._settings, template, {"system": system, "user": user}, LONGEST)
        except EndpointError as error:
            self._in_a_row, self.failure = self._in_a_row + 1, str(error)
            raise
        self._in_a_row = 0
        return LLMResult(generations=[[Generation(text=said)]])

    async def agenerate_text(self, prompt: Any, *_: object, **__: object) -> LLMResult:
        """The same; every answer has a thread and an event loop of its own, so that waiting in it holds up no other."""
        return self.generate_text(prompt)

    def is_finished(self, response: LLMResult) -> bool:  # noqa: ARG002 - the signature is ragas's
        """Always: a reply that broke off is an error before it comes here."""
        return True


def _readable(text: str) -> bool:
    """Whether ``text`` says something and can be sent on, which half a surrogate pair cannot."""
    return bool(text.strip()) and not any("\ud800" <= char <= "\udfff" for char in text)


class _Worded(PydanticPrompt):
    """A prompt of ragas in words of ours. A reply of another form is an error, and is not mended by asking again."""

    def __init__(self, template: str) -> None:
        super().__init__()
        self.instruction = template

    def given(self, data: Any) -> dict[str, str]:
        """What is filled in."""
        raise NotImplementedError

    def to_string(self, data: Any = None) -> str:
        return self.instruction.format(**self.given(data))

    async def generate_multiple(self, *arguments: Any, **options: Any) -> Any:
        try:
            return await super().generate_multiple(*arguments, **{**options, "retries_left": 0})
        except (RagasOutputParserException, RecursionError):
            raise ReplyError from None


class _Statements(_Worded, StatementGeneratorPrompt):
    def given(self, data: Any) -> dict[str, str]:
        return {"question": data.question, "answer": data.answer}

    def process_output(self, output: Any, input: Any) -> Any:  # noqa: A002, ARG002 - the signature is ragas's
        if not all(map(_readable, output.statements)):
            raise ReplyError
        return output


class _Verdicts(_Worded, NLIStatementPrompt):
    def given(self, data: Any) -> dict[str, str]:
        return {
            "passages": data.context.strip(),
            "statements": json.dumps(data.statements, ensure_ascii=False, indent=1),
        }

    def process_output(self, output: Any, input: Any) -> Any:  # noqa: A002 - the signature is ragas's
        # ragas would take the share of however many verdicts came, and any number but 0 for a yes.
        if len(output.statements) != len(input.statements) or any(s.verdict not in (0, 1) for s in output.statements):
            raise ReplyError
        return output


class _Question(_Worded, ResponseRelevancePrompt):
    def given(self, data: Any) -> dict[str, str]:
        return {"answer": data.response}

    def process_output(self, output: Any, input: Any) -> Any:  # noqa: A002, ARG002 - the signature is ragas's
        if not _readable(output.question) or output.noncommittal not in (0, 1):
            raise ReplyError
        return output


class _Faithfulness(Faithfulness):
    async def of(self, sample: SingleTurnSample) -> float:
        # Past ragas's public method, which writes a user's id into the home folder and keeps count of its use.
        return float(await self._single_turn_ascore(sample, []))


class _Relevance(ResponseRelevancy):
    async def of(self, sample: SingleTurnSample) -> float:
        return float(await self._single_turn_ascore(sample, []))


class _Vectors(Embeddings):
    """The project's encoder; both texts that are compared are questions, and are encoded as a search encodes them."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [[float(x) for x in row] for row in self._encoder.encode_queries([normalise(t) for t in texts])]


def marks(voice: Voice, encoder: Encoder, templates: Mapping[str, str]) -> dict[str, Mark]:
    """What gives each mark, by its name.

    faithfulness
        The share of an answer's statements that its sources bear out.
    relevance
        The cosine of the question and one made up from the answer alone, not below 0; 0 for an answer that commits itself
        to nothing.

    ``templates`` are the prompts by kind: ``judge_statements``, ``judge_verdicts``, ``judge_question``. A mark raises
    :class:`EndpointError`, :class:`ReplyError` for a reply that is not as asked, and :class:`NothingError`.
    """
    faithfulness = _Faithfulness(
        llm=voice,
        statement_generator_prompt=_Statements(templates["judge_statements"]),
        nli_statements_prompt=_Verdicts(templates["judge_verdicts"]),
    )
    relevance = _Relevance(
        llm=voice,
        embeddings=_Vectors(encoder),
        question_generation=_Question(templates["judge_question"]),
        strictness=QUESTIONS,
    )
    return {"faithfulness": _mark(faithfulness), "relevance": _mark(relevance)}


def _mark(metric: _Faithfulness | _Relevance) -> Mark:
    def mark(question: str, answer: str, sources: Sequence[str]) -> float:
        sample = SingleTurnSample(user_input=question, response=answer, retrieved_contexts=list(sources))
        # A vector of zeros has no cosine; that comes out as not-a-number, which is looked for below.
        with tracing_context(enabled=False), np.errstate(invalid="ignore", divide="ignore"):
            value = asyncio.run(metric.of(sample))
        if math.isnan(value):
            raise NothingError
        return min(1.0, max(0.0, value))

    return mark
