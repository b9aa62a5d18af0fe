"""The HTTP API: asking, searching, reading, and how the server does. ``/v1`` in OpenAI's form is :mod:`ui.completions`'."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.routing import Match

from rag.errors import RagError
from rag.types import Answer, Article, Filters, Hit, Progress, Sentence
from rag.zh import is_english
from ui import lines, pages, ranges, render, schemas, turns
from ui.calls import calls
from ui.door import BEARER, ApiError, Door, error
from ui.growth import Ahead, Restart, news
from ui.shelf import Shelf
from ui.texts import TEXTS, Language
from ui.turns import Problem, Turn

if TYPE_CHECKING:
    from fastapi import FastAPI

    from rag.config import Settings
    from ui.counters import Counters
    from ui.turns import Asker, Slots

RETRY = 5
"""Seconds after which one who found all places taken should come again."""

STATUS = {Problem.BUSY: 503, Problem.MODEL_FAILED: 503, Problem.INDEX_FAILED: 503, Problem.FAILED: 500}
NO_CACHE = {"cache-control": "no-store", "x-accel-buffering": "no"}  # nginx would hold a stream back
ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": schemas.Failed, "description": HTTPStatus(status).phrase}
    for status in (400, 401, 403, 404, 413, 422, 429, 503)
}


def spoken(question: str, wanted: Language | None = None) -> Language:
    """The language to answer ``question`` in."""
    return wanted or ("en" if is_english(question) else "zh")


def failure(turn: Turn, language: Language) -> ApiError:
    """The error that a turn without an answer comes to."""
    assert turn.problem is not None
    message = getattr(TEXTS[language], turn.problem.value).format(reference=turn.reference)
    headers = {"Retry-After": str(RETRY)} if turn.problem is Problem.BUSY else {}
    return ApiError(STATUS[turn.problem], turn.problem.value, message, headers)


def event(name: str, data: object) -> str:
    """A server-sent event; JSON has no line breaks of its own."""
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


@dataclass(frozen=True)
class Service:
    """What the API is made of, and what both of its forms do."""

    asker: Asker
    settings: Settings
    slots: Slots
    door: Door
    counters: Counters
    shelf: Shelf = field(default_factory=Shelf)
    fault: Callable[[], str] = lambda: ""
    """What is wrong with the index in use although it could be opened; told to the log, and here only that there is something."""

    async def begin(
        self, question: str, history: list[str], language: Language, filters: Filters | None = None
    ) -> AsyncGenerator[Turn, None]:
        """A question that has been begun: the turn as it grows. Raises :class:`ApiError` when there is no place for it."""
        growing = turns.run(self.asker, Turn(1, question, filters), history, self.slots)
        first = await anext(growing)
        if first.problem is not None:
            await growing.aclose()
            raise failure(first, language)
        return _from(first, growing)

    async def answer(self, growing: AsyncGenerator[Turn, None], language: Language) -> tuple[Answer, Turn]:
        """The answer that ``growing`` ends with, and its turn. Raises :class:`ApiError` when it ends otherwise."""
        async with aclosing(growing):
            async for turn in growing:
                last = turn
        if last.answer is None:
            raise failure(last, language)
        return last.answer, last

    def address(self, request: Request, link: str) -> str:
        """Where ``link`` leads to, for one who is not on a page of ours."""
        return f"{str(request.base_url).rstrip('/')}/{link}"

    def citations(self, answer: Answer, request: Request, language: Language) -> list[dict[str, object]]:
        """The citations of ``answer``, each with its place in the reader, the others of its article behind it."""
        cited = [(c, render.place(c)) for c in answer.citations]
        made = []
        for c, place in cited:
            article = self.asker.article(c.passage.article_id)
            beside = [other for o, other in cited if o.passage.article_id == article.id]
            link = ranges.link(article.id, ranges.first(place, beside), language)
            made.append({**lines.citation(c, article), "read": self.address(request, link)})
        return made

    def passage(self, hit: Hit, request: Request, language: Language) -> dict[str, object]:
        """A passage with its place in the reader."""
        p = hit.passage
        link = ranges.link(p.article_id, [(p.start, p.end)], language)
        return {**lines.passage(hit, self.asker.article), "read": self.address(request, link)}

    def answered(self, answer: Answer, turn: Turn, request: Request, language: Language) -> dict[str, object]:
        """An answer as the command line gives it, with places in the reader, and the token by which it is kept for a while."""
        return {
            "token": self.shelf.put(answer),
            **{k: v for k, v in lines.answer("", answer, self.asker.article, turn.seconds).items() if k != "id"},
            "citations": self.citations(answer, request, language),
            "passages": [self.passage(hit, request, language) for hit in answer.hits],
            "followups": turn.onward,
        }


async def _from(first: Turn, growing: AsyncGenerator[Turn, None]) -> AsyncGenerator[Turn, None]:
    async with aclosing(growing):
        yield first
        async for turn in growing:
            yield turn


@dataclass(frozen=True)
class Api:
    """The routes below ``/api``, and those that say how the server does."""

    service: Service

    async def ask(self, asked: schemas.Ask, request: Request) -> Response:
        """Answer a question. With ``Accept: text/event-stream`` step by step, as the events status, references, sentence,
        restart (what was sent before does not count), followups and done, which holds the whole answer; or error.
        """
        service = self.service
        language = spoken(asked.question, asked.language)
        filters = asked.filters.filters() or None
        growing = await service.begin(asked.question, asked.history, language, filters)
        if asked.followups:
            growing = turns.with_onward(growing, service.asker, service.slots)
        if "text/event-stream" in request.headers.get("accept", ""):
            sent = self._events(growing, request, language)
            return StreamingResponse(sent, media_type="text/event-stream", headers=NO_CACHE)
        answer, turn = await service.answer(growing, language)
        return JSONResponse(service.answered(answer, turn, request, language), headers=NO_CACHE)

    async def _events(
        self, growing: AsyncGenerator[Turn, None], request: Request, language: Language
    ) -> AsyncIterator[str]:
        service = self.service
        known: set[int] = set()
        async for new in news(growing):
            match new:
                case Ahead():
                    yield event("status", {"step": "waiting", "ahead": new.questions})
                case Progress():
                    yield event("status", {"step": new.step.value, "seconds": round(new.seconds, 4)})
                case Restart():
                    known.clear()
                    yield event("restart", {})
                case Sentence():
                    fresh = [c for c in new.citations if c.number not in known]
                    known.update(c.number for c in fresh)
                    if fresh:
                        listed = [lines.citation(c, service.asker.article(c.passage.article_id)) for c in fresh]
                        links = [ranges.link(c.passage.article_id, [render.place(c)], language) for c in fresh]
                        at = [service.address(request, link) for link in links]
                        cited = [{**c, "read": to} for c, to in zip(listed, at, strict=True)]
                        yield event("references", {"citations": cited})
                    yield event("sentence", lines.sentence(new))
                case Turn(answer=None):
                    yield event("error", failure(new, language).body)
                case Turn(answer=answer):
                    assert answer is not None
                    if new.onward:
                        yield event("followups", {"questions": new.onward})
                    yield event("done", service.answered(answer, new, request, language))

    def search(self, wanted: Annotated[schemas.Search, Query()], request: Request) -> Mapping[str, object]:
        """Find passages, best first."""
        hits = self.service.asker.search(wanted.q, wanted.k, wanted.filters() or None)
        return {"passages": [self.service.passage(hit, request, spoken(wanted.q)) for hit in hits]}

    def articles(self, wanted: Annotated[schemas.Listing, Query()], request: Request) -> Mapping[str, object]:
        """List the articles of the archive."""
        total, found = self.service.asker.listed(wanted.filters(), wanted.offset, wanted.limit)
        kept = schemas.Entry.model_fields
        rows = [{**self._whole(a, request), "title": a.name} for a in found]
        listed = [{name: value for name, value in row.items() if name in kept} for row in rows]
        return {"total": total, "offset": wanted.offset, "articles": listed}

    def article(self, article_id: str, request: Request) -> Mapping[str, object]:
        """Give one article whole."""
        try:
            return self._whole(self.service.asker.article(article_id), request)
        except KeyError:
            raise ApiError(404, "not_found", f"no article {article_id[:60]!r}; GET /api/articles lists them") from None

    def _whole(self, article: Article, request: Request) -> dict[str, object]:
        link = ranges.link(article.id)
        return {**lines.article(article), "read": self.service.address(request, link)}

    def alive(self) -> Mapping[str, str]:
        """Say that the server runs."""
        return {"status": "alive"}

    def ready(self) -> Response:
        """Say whether the index is open, can be read, and has passed its self-test."""
        if self.service.fault():
            return JSONResponse(error("index_failed", "the index failed its self-test; the server's log says how"), 503)
        try:
            asker = self.service.asker
            found = asker.articles
            count = len(found)
            if count:
                found[count - 1]
        except (RagError, OSError, ValueError) as problem:
            return JSONResponse(error("index_failed", f"the index cannot be read: {type(problem).__name__}"), 503)
        return JSONResponse({"status": "ready", "index": asker.index_id, "articles": count})

    def metrics(self) -> Response:
        """Give counts of questions by status, refusals and seconds, for Prometheus."""
        from ui.counters import CONTENT_TYPE

        return Response(self.service.counters.text(), headers={"content-type": CONTENT_TYPE})

    def document(self, request: Request) -> Response:
        """Show this list of what can be called."""
        language = pages.language(request, self.service.settings)
        return pages.page(
            "api.html.jinja",
            texts=TEXTS[language],
            language=language,
            calls=calls(request.app.openapi()),
            terms=self.service.door.terms(request),
        )

    def router(self) -> APIRouter:
        """All of these routes."""
        found = APIRouter(responses=ERRORS)
        enter, ask = ([Depends(BEARER), Depends(check)] for check in (self.service.door.enter, self.service.door.ask))
        streamed: dict[int | str, dict[str, Any]] = {
            200: {"model": schemas.Answered, "content": {"text/event-stream": {}}}
        }
        add = found.add_api_route
        add("/api/ask", self.ask, methods=["POST"], dependencies=ask, responses=streamed)
        add("/api/search", self.search, dependencies=ask, response_model=schemas.Passages)
        add("/api/articles", self.articles, dependencies=enter, response_model=schemas.Articles)
        add("/api/articles/{article_id}", self.article, dependencies=enter, response_model=schemas.Whole)
        add("/healthz", self.alive, responses={})
        add("/readyz", self.ready)
        add("/metrics", self.metrics, dependencies=enter, response_class=Response)
        add("/api", self.document, include_in_schema=False)
        return found


def astray(router: APIRouter) -> APIRouter:
    """Routes for what lies below ``/api`` and ``/v1`` and is none of ``router``'s: else the chat would be shown there."""
    rest = APIRouter()

    def nothing(request: Request) -> None:
        if any(route.matches(request.scope)[0] is Match.PARTIAL for route in router.routes):
            raise ApiError(
                405, "method_not_allowed", f"{request.method} is not for this address; GET /api lists what is"
            )
        raise ApiError(404, "not_found", "there is nothing at this address; GET /api lists what there is")

    every = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    for at in ("/api/{rest:path}", "/v1/{rest:path}", "/healthz", "/readyz", "/metrics"):
        rest.add_api_route(at, nothing, methods=every, include_in_schema=False)
    return rest


def add(app: FastAPI, service: Service) -> None:
    """Add the API to ``app``."""
    from ui import completions, door

    door.explain(app)
    router = Api(service).router()
    completions.Completions(service).join(router)
    app.include_router(router)
    app.include_router(astray(router))
