"""Tools for programs that speak MCP: search, ask and read, at ``/mcp`` and, for one program on this machine, ``rag mcp``.

Made with MCP's own SDK and not by Gradio's ``mcp_server``: that offers the chat's event handlers, which give HTML and a browser tab's
state, knows neither keys nor limits, would load Gradio for every ``rag mcp``, and wants older releases of mcp and pydantic than
the ones tested here. These tools go through the API's own doors: the same keys, limits, places and checks of what comes in.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import ToolAnnotations
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.routing import Route

from rag.types import Answer, Article
from ui import ranges, render, schemas
from ui.api import Service, spoken
from ui.door import ApiError
from ui.hosts import this_machine_alone
from ui.texts import TEXTS, Language

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import Receive, Scope, Send

PATH = "/mcp"
MOST_READ = 20_000
"""Most characters of an article that one call gives; a further one goes on."""

HERE = ("127.0.0.1", "localhost", "[::1]")
READS = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
ABOUT = (
    "An archive of Chinese trade-union news reports. ask gives a short answer of sentences, each with the numbers of the printed "
    "sentences it rests on, or says that the archive holds none; search finds passages; read gives an article. Quote with "
    "title and date, and take no figure that has no citation."
)

Question = Annotated[schemas.Question, Field(description="In Chinese or English, 500 characters at most.")]
Filters = Annotated[schemas.Wanted | None, Field(description="Which articles may be used; all that is set must hold.")]


class Place(BaseModel):
    """A range of an article's text; ``read`` is its address in the reader, empty where no server runs."""

    article_id: str
    title: str
    byline: str = Field(description="The paper, the date and the people.")
    start: int
    end: int
    text: str
    read: str


class Cited(Place):
    """What a sentence of an answer rests on, word for word."""

    n: int


class Found(Place):
    """A passage found."""

    score: float


class Passages(BaseModel):
    """Passages, best first."""

    passages: list[Found]


class Reply(BaseModel):
    """An answer: ``answer`` has the numbers of ``citations`` behind each sentence; ``refused`` where the archive holds none."""

    question: str
    understood_as: str
    refused: bool
    answer: str
    notice: str
    citations: list[Cited]


class Report(Place):
    """A part of an article's text, and the article's whole ``length``; where ``end`` is less, read on from there."""

    place: str
    published: str
    published_why: str
    length: int


@dataclass(frozen=True)
class Tools:
    """The tools, over what the API is made of. Each raises ``ToolError``, one line, for what cannot be done."""

    service: Service

    async def search(
        self,
        query: Question,
        context: Context[Any, Request],
        k: Annotated[int, Field(ge=1, le=50, description="How many passages.")] = 8,
        filters: Filters = None,
    ) -> Passages:
        """Find passages of reports, best first, without answering."""
        await self._enter(context)
        language = spoken(query)
        wanted = filters.filters() if filters else None
        hits = await asyncio.to_thread(self.service.asker.search, query, k, wanted or None)
        found = []
        for hit in hits:
            p = hit.passage
            place = self._place(self._article(p.article_id), p.start, p.end, context, language)
            found.append(Found(**place, score=hit.score))
        return Passages(passages=found)

    async def ask(
        self,
        question: Question,
        context: Context[Any, Request],
        history: Annotated[
            list[schemas.Question],
            Field(
                default_factory=list, max_length=schemas.MOST_EARLIER, description="Earlier questions, oldest first."
            ),
        ],
        filters: Filters = None,
    ) -> Reply:
        """Answer a question from the reports, each sentence with its sources, or say that they hold no answer."""
        await self._enter(context)
        language = spoken(question)
        wanted = filters.filters() if filters else None
        try:
            growing = await self.service.begin(question, history, language, wanted or None)
            answer, _ = await self.service.answer(growing, language)
        except ApiError as error:
            raise ToolError(error.message) from None
        return self._reply(answer, context, language)

    async def read(
        self,
        article_id: Annotated[str, Field(max_length=200, description="As search and ask give it.")],
        context: Context[Any, Request],
        start: Annotated[int, Field(ge=0, description="First character of its text.")] = 0,
        end: Annotated[int | None, Field(ge=1, description="The one behind the last; the end if left out.")] = None,
    ) -> Report:
        """Give the text of an article, 20,000 characters at most in one call."""
        await self._enter(context, counted=False)
        article = self._article(article_id)
        length = len(article.text)
        until = min(length if end is None else end, length, start + MOST_READ)
        if start >= until and length:
            raise ToolError(f"article {article_id} has {length} characters; {start} to {end} is no part of it")
        return Report(
            **self._place(article, start, until, context, "zh"),
            place=" ".join(filter(None, (article.province, article.city))),
            published=article.published.date,
            published_why=article.published.why,
            length=length,
        )

    @staticmethod
    def _request(context: Context[Any, Request]) -> Request | None:
        """The HTTP request behind a call; none over standard input, where whoever calls started this program."""
        return context.request_context.request

    async def _enter(self, context: Context[Any, Request], *, counted: bool = True) -> None:
        request = self._request(context)
        if request is None or not counted:  # the key was looked at before the call was read
            return
        try:
            await self.service.door.ask(request)
        except ApiError as error:
            raise ToolError(error.message) from None

    def _article(self, article_id: str) -> Article:
        try:
            return self.service.asker.article(article_id)
        except KeyError:
            raise ToolError(f"no article {article_id[:60]!r}; search and ask give ids") from None

    def _place(
        self, article: Article, start: int, end: int, context: Context[Any, Request], language: Language
    ) -> dict[str, Any]:
        texts, request = TEXTS[language], self._request(context)
        link = ranges.link(article.id, [(start, end)], language)
        return {
            "article_id": article.id,
            "title": article.name,
            "byline": render.byline(article, self.service.settings.paper, texts),
            "start": start,
            "end": end,
            "text": article.text[start:end],
            "read": self.service.address(request, link) if request else "",
        }

    def _reply(self, answer: Answer, context: Context[Any, Request], language: Language) -> Reply:
        texts = TEXTS[language]
        cited = []
        for citation in answer.citations:
            article = self._article(citation.passage.article_id)
            cited.append(Cited(**self._place(article, *render.place(citation), context, language), n=citation.number))
        said = "".join(render.numbered(sentence, texts) for sentence in answer.sentences)
        return Reply(
            question=answer.question,
            understood_as=answer.understood_as,
            refused=answer.refused,
            answer=said or texts.refusal + texts.full_stop,
            notice=answer.notice,
            citations=cited,
        )


def server(service: Service) -> MCPServer[Any]:
    """The MCP server with its three tools."""
    made: MCPServer[Any] = MCPServer("union-rag", title=TEXTS["en"].title, instructions=ABOUT)
    tools = Tools(service)
    for tool in (tools.search, tools.ask, tools.read):
        made.add_tool(tool, annotations=READS)
    return made


@dataclass(frozen=True)
class Guarded:
    """ASGI: ``app`` behind the door of the API."""

    service: Service
    app: Any

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request. Raises :class:`ApiError` where it may not come in."""
        await self.service.door.enter(Request(scope))
        await self.app(scope, receive, send)


def add(app: FastAPI, service: Service) -> None:
    """Add the tools to ``app`` at :data:`PATH`."""
    made = server(service)
    # Where no key is needed, a page of another site that points its name at this machine must not be let in.
    guard = TransportSecuritySettings(
        enable_dns_rebinding_protection=this_machine_alone(service.settings),
        allowed_hosts=[part for name in HERE for part in (name, f"{name}:*")],
        allowed_origins=[f"http://{name}:*" for name in HERE],
    )
    # Each call stands for itself: no session is kept, so none can be taken over or pile up.
    made.streamable_http_app(stateless_http=True, json_response=True, transport_security=guard)
    manager = made.session_manager
    app.router.routes.append(Route(PATH, Guarded(service, manager.handle_request), include_in_schema=False))
    before = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(inside: Any) -> AsyncIterator[Any]:
        async with before(inside) as state, manager.run():
            yield state

    app.router.lifespan_context = lifespan
