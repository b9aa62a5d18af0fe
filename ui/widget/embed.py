"""The panel at ``/embed/CHANNEL``, what it asks for, and the script that puts it into other pages, ``/widget.js``.

The panel is a page of its own without Gradio. It draws nothing itself: each step of an answer comes as the HTML that the chat
shows, so that chips, tables and refusals look the same in both. What the page around it says can narrow what is searched, never
become part of a prompt or choose a model.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from fastapi.security import HTTPBearer
from pydantic import BaseModel, ConfigDict, Field

from rag.types import Filters
from ui import pages, reader, render, schemas, turns
from ui.api import ERRORS, NO_CACHE, event
from ui.door import ApiError
from ui.render import Archive
from ui.texts import QUESTION_LIMIT, TEXTS, Language, Texts
from ui.texts.widget import TEXTS as WORDS
from ui.turns import Turn
from ui.widget import demo
from ui.widget.channels import OWN, Channel, Channels
from ui.widget.entrance import Entrance
from ui.widget.tokens import LASTS, LONGEST_SUBJECT

if TYPE_CHECKING:
    from fastapi import FastAPI

    from rag.config import Settings
    from ui.live import Live
    from ui.turns import Slots

HERE = render.ASSETS / "widget"
ASSETS = {
    "chat.css": render.ASSETS / "chat.css",
    "embed.css": HERE / "embed.css",
    "embed.js": HERE / "embed.js",
    "demo.css": HERE / "demo.css",
}
"""What the panel and the demonstration load, below ``/widget/``."""

TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
SECRET = HTTPBearer(auto_error=False, description="The secret of the channel, which rag channel add showed.")


class Context(schemas.Wanted):
    """What the page around the panel is about: it narrows which articles the answer may rest on."""

    article_id: str = Field("", description="An article whose page alone is searched.", max_length=100)


class Question(BaseModel):
    """A question from the panel. ``number`` is the turn's in the conversation there."""

    model_config = ConfigDict(extra="forbid")

    question: schemas.Question
    history: list[schemas.Question] = Field(default_factory=list, max_length=schemas.MOST_EARLIER)
    number: int = Field(1, ge=1, le=9999)
    language: Language = "zh"
    context: Context = Field(default_factory=Context)


class Exchange(BaseModel):
    """For whom a token is wanted."""

    model_config = ConfigDict(extra="forbid")

    subject: str = Field(
        "", max_length=LONGEST_SUBJECT, description="Who the user is to the host; limits are then counted by it."
    )
    language: Language = Field("zh", description="The language of what goes wrong.")


class Token(BaseModel):
    """A token, to be handed to the widget by ``UnionRag.setToken``, and the seconds it is good for."""

    token: str
    expires_in: int


def policy(channel: Channel) -> str:
    """The content-security policy of the panel of ``channel``: our files, our host, and the pages that may frame it.

    The reader's one style sheet is let in by its hash, since the panel shows the reader's page inside itself.
    """
    styles = next(rule for rule in pages.policy().split("; ") if rule.startswith("style-src "))
    own = ("default-src 'none'", "script-src 'self'", f"{styles} 'self'", "img-src 'self'", "connect-src 'self'")
    return "; ".join((*own, "base-uri 'self'", "form-action 'none'", f"frame-ancestors {channel.ancestors}"))


@cache
def _read(path: Path) -> tuple[bytes, str]:
    """A file of ours and its tag."""
    data = path.read_bytes()
    return data, f'"{hashlib.sha256(data).hexdigest()[:32]}"'


def served(path: Path, request: Request) -> Response:
    """A file of ours; not sent again to a browser that has it as it is."""
    data, tag = _read(path)
    headers = {"etag": tag, "cache-control": "no-cache", "cross-origin-resource-policy": "cross-origin"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(data, media_type=TYPES[path.suffix], headers=headers)


@dataclass(frozen=True)
class Panel:
    """The routes of the panel."""

    live: Live
    settings: Settings
    slots: Slots
    entrance: Entrance

    @property
    def archive(self) -> Archive:
        """What rendering needs to know of the archive."""
        return Archive.of(self.live, self.settings.paper)

    def page(self, channel: str, request: Request) -> Response:
        """The panel itself, which tells nothing of the archive."""
        language = pages.language(request, self.settings)
        try:
            found = self.entrance.find(channel, request, WORDS[language])
        except ApiError as error:
            values = {"texts": TEXTS[language], "language": language, "message": error.message}
            return pages.page("message.html.jinja", error.status, **values)
        words = {
            name: {
                **asdict(WORDS[name]),
                **{key: getattr(TEXTS[name], key) for key in _SHARED},
                "title": found.title or TEXTS[name].title,
            }
            for name in WORDS
        }
        known = {
            "channel": channel,
            "token": not found.anonymous,
            "origins": [one for one in found.origins if one != OWN],
            "own": OWN in found.origins,
            "language": language,
            "limit": QUESTION_LIMIT,
            "texts": words,
        }
        text = render.fill("widget/embed.html.jinja", channel=channel, known=known, words=words[language])
        headers = {"content-security-policy": policy(found), "cache-control": "no-cache"}
        return Response(text, media_type="text/html; charset=utf-8", headers=headers)

    def welcome(self, channel: str, request: Request) -> Response:
        """The first screen: what is in the archive, and what could be asked."""
        language = pages.language(request, self.settings)
        self.entrance.enter(channel, request, WORDS[language])
        archive = self.archive
        hello = render.welcome(archive, TEXTS[language])
        text = render.fill("widget/offers.html.jinja", offers=archive.counted().examples[:3])
        return JSONResponse({"html": hello + text}, headers=NO_CACHE)

    def read(self, channel: str, article_id: str, request: Request) -> Response:
        """An article in the reader, for those whom the channel lets in."""
        self.entrance.enter(channel, request, WORDS[pages.language(request, self.settings)])
        return reader.read(article_id, request, self.live, self.settings)

    async def ask(self, channel: str, asked: Question, request: Request) -> Response:
        """Answer a question as the events ``turn``, each with the whole turn as HTML; 429 when there are too many."""
        self.entrance.ask(channel, request, WORDS[asked.language])
        filters = self._filters(asked.context, asked.language) or None
        growing = turns.run(self.live, Turn(asked.number, asked.question, filters), asked.history, self.slots)
        growing = turns.with_onward(growing, self.live, self.slots)
        return StreamingResponse(
            self._events(growing, asked.language), media_type="text/event-stream", headers=NO_CACHE
        )

    async def _events(self, growing: AsyncGenerator[Turn, None], language: Language) -> AsyncIterator[str]:
        archive, texts = self.archive, TEXTS[language]
        async with aclosing(growing):
            async for turn in growing:
                told = {
                    "html": render.turn(turn, archive, texts) + self._onward(turn, texts),
                    "pending": turn.pending,
                    "answered": turn.answer is not None,
                    "refused": turn.answer is not None and turn.answer.refused,
                    "citations": len(turn.answer.citations) if turn.answer else 0,
                }
                yield event("turn", told)

    @staticmethod
    def _onward(turn: Turn, texts: Texts) -> str:
        if not turn.onward:
            return ""
        return render.heading(texts.onward) + render.fill("widget/offers.html.jinja", offers=turn.onward)

    async def token(self, channel: str, request: Request, wanted: Exchange | None = None) -> Token:
        """Give the server of a channel's host a token for one of its users, in exchange for the channel's secret."""
        wanted = wanted or Exchange()
        token = self.entrance.exchange(channel, wanted.subject, request, WORDS[wanted.language])
        return Token(token=token, expires_in=LASTS)

    def _filters(self, context: Context, language: Language) -> Filters:
        found = context.filters()
        if not context.article_id:
            return found
        try:
            return replace(found, source=self.live.article(context.article_id).source)
        except KeyError:
            raise ApiError(404, "no_article", WORDS[language].no_article) from None

    def router(self) -> APIRouter:
        """All of these routes."""
        found = APIRouter()
        add = found.add_api_route
        add("/embed/{channel}", self.page, include_in_schema=False)
        add("/embed/{channel}/welcome", self.welcome, include_in_schema=False)
        add("/embed/{channel}/read/{article_id}", self.read, include_in_schema=False)
        add("/embed/{channel}/ask", self.ask, methods=["POST"], include_in_schema=False)
        add(
            "/api/channels/{channel}/token",
            self.token,
            methods=["POST"],
            dependencies=[Depends(SECRET)],
            responses={status: ERRORS[status] for status in (401, 404, 422, 429)},
        )
        add("/widget.js", _script, include_in_schema=False)
        add("/widget/{name}", _asset, include_in_schema=False)
        return found


_SHARED = (
    "html_lang",
    "box_label",
    "box_placeholder",
    "send",
    "stop",
    "footnote",
    "log_label",
    "empty",
    "stopped",
    "open_report",
)
"""Texts of the chat that the panel's script needs, too."""


def _script(request: Request) -> Response:
    return served(HERE / "widget.js", request)


def _asset(name: Annotated[str, Field(max_length=40)], request: Request) -> Response:
    if name not in ASSETS:
        raise ApiError(404, "not_found", f"no file {name!r} here")
    return served(ASSETS[name], request)


def add(app: FastAPI, live: Live, settings: Settings, slots: Slots) -> None:
    """Add the panel to ``app``, its script, and the demonstration."""
    entrance = Entrance(Channels(settings.channels), demo.CHANNELS, demo.near(settings))
    app.include_router(Panel(live, settings, slots, entrance).router())
    demo.add(app, settings)
