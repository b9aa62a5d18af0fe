"""The API in the form of OpenAI's chat completions, for chat front ends that speak nothing else.

The last message of the user is the question, those before it the history; messages of others, the system's too, are passed over:
nothing that a caller writes becomes part of a prompt. Such front ends show Markdown, so what could be a link or an element in a
report is escaped, and so is what such front ends make a link of by themselves.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from rag.insight import export
from rag.types import Answer, Sentence
from ui import render, schemas, tables
from ui.api import NO_CACHE, Service, failure, spoken
from ui.door import BEARER, ApiError
from ui.growth import Restart, news
from ui.texts import QUESTION_LIMIT, TEXTS, Language, Texts, objection
from ui.turns import Turn

if TYPE_CHECKING:
    from rag.types import Citation

MODEL = "union-rag"
"""The one model there is to ask for."""

_MARKUP = re.compile(r"[\\`\[\]<@]|:(?=//)|(?<=[A-Za-z0-9])\.(?=[A-Za-z])")


def text(plain: str) -> str:
    """``plain`` as Markdown that shows it as it is."""
    return _MARKUP.sub(r"\\\g<0>", plain)


def said(sentence: Sentence, texts: Texts) -> str:
    """A sentence with the numbers of its sources, and how little it is borne out where it is not."""
    # A space behind the numbers: "[1](" would begin a link.
    return f"{render.numbered(sentence, texts, text).rstrip()} "


def asked(messages: list[schemas.Message]) -> tuple[str, list[str]]:
    """The question and the earlier ones. Raises :class:`ApiError` where there is none, or one that cannot be asked."""
    own = [found for message in messages if message.role == "user" and (found := message.text.strip())]
    if messages[-1].role != "user" or not messages[-1].text.strip():
        raise ApiError(
            422, "invalid_request", "messages: the last one must be the user's, with the question as its text"
        )
    if problem := objection(own[-1], TEXTS[spoken(own[-1])]):
        raise ApiError(422, "invalid_request", f"messages: {problem}")
    earlier = [question for question in own[:-1] if len(question) <= QUESTION_LIMIT]
    return own[-1], earlier[-schemas.MOST_EARLIER :]


@dataclass(frozen=True)
class Completions:
    """The routes below ``/v1``."""

    service: Service

    async def complete(self, wanted: schemas.Completion, request: Request) -> Response:
        """Answer the last message of the user, in the form of OpenAI's chat completions.

        ``citations`` is beside what OpenAI's own has; the text ends with the numbered sources. ``model`` must be the one that
        ``/v1/models`` names.
        """
        if wanted.model != MODEL:
            raise ApiError(404, "not_found", f"no model {wanted.model[:60]!r} here; the one there is is {MODEL!r}")
        question, history = asked(wanted.messages)
        language = spoken(question)
        growing = await self.service.begin(question, history, language)
        made = {"id": f"chatcmpl-{secrets.token_hex(12)}", "created": int(time.time()), "model": MODEL}
        if wanted.stream:
            chunks = self._chunks(growing, {**made, "object": "chat.completion.chunk"}, request, language)
            return StreamingResponse(chunks, media_type="text/event-stream", headers=NO_CACHE)
        answer, _ = await self.service.answer(growing, language)
        texts = TEXTS[language]
        body = "".join(said(s, texts) for s in answer.sentences)
        cited = self.service.citations(answer, request, language)
        content = (body + self._rest(answer, cited, texts, bool(body))).strip()
        choice = {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"}
        reply = {**made, "object": "chat.completion", "choices": [choice], "citations": cited}
        return JSONResponse(reply, headers=NO_CACHE)

    async def _chunks(
        self, growing: AsyncGenerator[Turn, None], made: Mapping[str, object], request: Request, language: Language
    ) -> AsyncIterator[str]:
        texts = TEXTS[language]

        def chunk(delta: Mapping[str, str], finish: str | None = None, **more: object) -> str:
            choice = {"index": 0, "delta": delta, "finish_reason": finish}
            return _data({**made, "choices": [choice], **more})

        yield chunk({"role": "assistant", "content": ""})
        spoke = False
        async for new in news(growing):
            match new:
                case Sentence():
                    spoke = True
                    yield chunk({"content": said(new, texts)})
                case Restart():
                    yield chunk({"content": f"\n\n{texts.restart}\n\n"})
                case Turn(answer=None):
                    yield _data(failure(new, language).body)
                case Turn(answer=answer):
                    assert answer is not None
                    cited = self.service.citations(answer, request, language)
                    rest = self._rest(answer, cited, texts, spoke)
                    yield chunk({"content": rest if spoke else rest.lstrip()})
                    yield chunk({}, "stop", citations=cited)
        yield "data: [DONE]\n\n"

    def _rest(self, answer: Answer, cited: list[dict[str, object]], texts: Texts, spoke: bool) -> str:
        """What stands below the sentences of ``answer``: that there is none, what must be known beside it, its sources."""
        parts = [texts.refusal + texts.full_stop] if answer.refused else []
        parts += [text(answer.notice)] if answer.notice else []
        if answer.table:
            shown = tables.drawn(answer.table, self.service.asker.article, texts)
            parts += [text(shown.caption), export.markdown(shown.grid(), text), *map(text, shown.notes)]
        if answer.citations:
            rows = [self._source(c, str(row["read"]), texts) for c, row in zip(answer.citations, cited, strict=True)]
            parts.append("\n".join([f"**{texts.sources}**", "", *rows]))
        return ("\n\n" if spoke and parts else "") + "\n\n".join(parts)

    def _source(self, citation: Citation, address: str, texts: Texts) -> str:
        article = self.service.asker.article(citation.passage.article_id)
        head = render.head(article, self.service.settings.paper, texts)
        return f"{citation.number}. {text(head)}  \n   “{text(' '.join(citation.quote.split()))}”  \n   <{address}>"

    def models(self) -> Mapping[str, object]:
        """Name the one model there is."""
        return {"object": "list", "data": [self.model(MODEL)]}

    def model(self, model: str) -> Mapping[str, object]:
        """Tell of a model."""
        if model != MODEL:
            raise ApiError(404, "not_found", f"no model {model[:60]!r} here; the one there is is {MODEL!r}")
        return {"id": MODEL, "object": "model", "created": 0, "owned_by": "union-rag"}

    def join(self, router: APIRouter) -> None:
        """Add these routes to ``router``."""
        enter, ask = ([Depends(BEARER), Depends(check)] for check in (self.service.door.enter, self.service.door.ask))
        router.add_api_route("/v1/chat/completions", self.complete, methods=["POST"], dependencies=ask)
        router.add_api_route("/v1/models", self.models, dependencies=enter)
        router.add_api_route("/v1/models/{model}", self.model, dependencies=enter)


def _data(data: object) -> str:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n"
