"""The web server: the chat page behind headers that keep the browser at home, and ``serve``.

``serve`` listens where the settings say, and says in one line what is wrong when it cannot.
"""

from __future__ import annotations

import errno
import importlib.metadata
import importlib.util
import socket
from typing import TYPE_CHECKING

from rag.config import Settings
from rag.errors import SettingsError
from ui.hosts import Hosts, Peers, is_loopback, known
from ui.narrow import Narrow
from ui.refuse import refuse
from ui.texts import TEXTS, Texts

if TYPE_CHECKING:
    from fastapi import FastAPI, Request, Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from ui.live import Live
    from ui.turns import Slots

# Gradio's page needs inline scripts and styles, and builds functions from strings (its HTML component). What this
# does hold: nothing is loaded from, sent to or framed by another host, whatever a text or a library attempts.
SECURITY_POLICY = "; ".join(  # noqa: FLY002  one rule a line
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
HEADERS = (
    (b"content-security-policy", SECURITY_POLICY.encode("ascii")),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)


MOST_BYTES = 256 * 1024
"""The largest body a request may have: a conversation's events are far smaller."""


def too_large(most: int) -> str:
    """What is said of a body of more than ``most`` bytes."""
    return f"the body is larger than {most // 1024} KiB"


LARGER = {"/library/pages": 17 * 2**20}
"""Where a body may be larger: what an administrator uploads, whose own limit is :data:`ui.library.uploads.LARGEST`."""


class Headers:
    """ASGI middleware: adds :data:`HEADERS` to every response, and refuses oversized bodies."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    @staticmethod
    def _limited(receive: Receive, most: int) -> Receive:
        """``receive`` until the body is too large: one sent in chunks has no length to go by."""
        from starlette.exceptions import HTTPException

        got = 0

        async def counted() -> Message:
            nonlocal got
            message = await receive()
            got += len(message.get("body", b""))
            if got > most:
                raise HTTPException(413, too_large(most))
            return message

        return counted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http":
            length = dict(scope["headers"]).get(b"content-length", b"0")
            most = LARGER.get(scope["path"].removeprefix(scope.get("root_path", "")), MOST_BYTES)
            if not length.isdigit() or int(length) > most:
                await refuse(send, 413, "too_large", too_large(most), HEADERS)
                return
            receive = self._limited(receive, most)

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = message["headers"]
                # Who may frame the widget's panel is said there, for each channel; browsers heed every policy they get.
                given = {
                    name for name, rules in sent if name != b"content-security-policy" or b"frame-ancestors" in rules
                }
                # Of two policies on referrers the last would win over a page's own.
                own = given & {b"content-security-policy", b"referrer-policy"}
                message = {**message, "headers": [*sent, *(pair for pair in HEADERS if pair[0] not in own)]}
            await send(message)

        await self.app(scope, receive, add)


def create(live: Live, settings: Settings, slots: Slots | None = None) -> FastAPI:
    """The whole web application: the chat page at ``/``, the reader at ``/read``, the archive at ``/library``, the HTTP API at
    ``/api`` and ``/v1``, and at ``/quality`` the last run of the evaluation. With a fault of the index in use it runs, and ``/readyz``
    says that it is not ready.
    """
    import gradio as gr
    from fastapi import FastAPI

    from ui import api, chat, quality, reader, shelf
    from ui.counters import Counters
    from ui.door import Door
    from ui.feedback import Feedbacks
    from ui.feedback import api as feedback
    from ui.library import routes as library
    from ui.render import Archive
    from ui.turns import Slots
    from ui.widget import embed

    slots = slots or Slots()
    local = is_loopback(settings.host)
    app = FastAPI(
        title=TEXTS["en"].title,
        version=importlib.metadata.version("union-rag"),
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    app.add_middleware(Narrow)
    app.add_middleware(Hosts, known=known(settings, local=local))
    app.add_middleware(Headers)
    app.add_exception_handler(Exception, _failed)  # answers outside of all middleware
    # Before the chat, whose mount takes every path that is left.
    quality.add(app, live, settings)
    reader.add(app, live, settings)
    embed.add(app, live, settings, slots)
    door = Door(settings)
    kept = shelf.Shelf()
    counters = Counters(slots)
    feedbacks = Feedbacks(settings.feedbacks)
    feedback.add(app, feedbacks, kept)
    library.add(app, live, settings, feedbacks, door.limit)
    if settings.keep_refused:
        feedback.count_refused(feedbacks, slots)
    service = api.Service(live, settings, slots, door, counters, kept, lambda: live.fault)
    api.add(app, service)
    if importlib.util.find_spec("mcp"):
        from ui import mcp

        mcp.add(app, service)
    shelf.add(app, kept, Archive.of(live, settings.paper), settings.language)
    gr.mount_gradio_app(
        app,
        chat.build(live, settings, slots, kept),
        path="/",
        root_path=settings.root_path or None,
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
        footer_links=[],
        run_history=False,  # questions must not stay in a shared computer's browser
        allowed_paths=[],
        max_file_size="1kb",  # there is nothing to upload
        show_error=False,
        enable_monitoring=False,
        mcp_server=False,
        pwa=False,
        ssr_mode=False,
        favicon_path=str(chat.FAVICON),
        theme=chat.theme(),
        css_paths=[chat.CSS],
        head=chat.script(),
    )
    return app


async def _failed(_request: Request, _error: Exception) -> Response:
    """What is said of a mistake of the program, which goes on to the log."""
    from starlette.responses import PlainTextResponse

    own = {name.decode(): value.decode() for name, value in HEADERS}
    return PlainTextResponse("Internal Server Error", 500, own)


def listen(host: str, port: int, texts: Texts) -> socket.socket:
    """A socket bound to ``host:port``. Raises :class:`SettingsError`, one line, when it cannot be had."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[
            0
        ]
        bound = socket.socket(family, kind)
        try:
            # A port just left by a stopped server can be taken at once; one in use still cannot.
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind(address)
            bound.listen(128)
        except OSError:
            bound.close()
            raise
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            other = port + 1 if port < 65535 else port - 1
            raise SettingsError(texts.port_busy.format(host=host, port=port, other=other)) from None
        raise SettingsError(texts.cannot_listen.format(host=host, port=port, reason=error.strerror)) from None
    return bound


def address(host: str, port: int) -> str:
    """What to type into a browser on this machine."""
    named = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{named}:{port}"


def serve(live: Live, settings: Settings) -> None:
    """Serve the chat until interrupted.

    Raises :class:`SettingsError` when the address or port cannot be had.
    """
    import uvicorn
    from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

    from ui.door import closed

    texts = TEXTS[settings.language]
    bound = listen(settings.host, settings.port, texts)  # before the seconds it takes to load gradio
    with bound:
        # As uvicorn would itself, but with a note of who is at the other end.
        web = Peers(ProxyHeadersMiddleware(create(live, settings)))  # type: ignore[arg-type]
        config = uvicorn.Config(
            web, log_level="warning", proxy_headers=False, server_header=False, root_path=settings.root_path
        )
        server = uvicorn.Server(config)
        print(texts.serving.format(address=address(settings.host, settings.port)), flush=True)  # noqa: T201
        if not is_loopback(settings.host):
            print(texts.not_loopback.format(host=settings.host), flush=True)  # noqa: T201
        if closed(settings):
            print(texts.api_closed, flush=True)  # noqa: T201
        server.run(sockets=[bound])
