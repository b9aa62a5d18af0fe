"""Under which names the server answers, and who is at the other end of the line.

A page of another site can have its own name point to 127.0.0.1 and then talk to a server there as if it were its own (DNS rebinding);
the name that it was reached by gives it away.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from rag.config import Settings

HERE = frozenset({"localhost", "127.0.0.1", "::1"})
PEER = "rag.peer"
"""Where the address of the other end is kept in a scope, whatever a header says of whom it speaks for."""


def named(host: str) -> str:
    """The name in a Host header, without its port: ``[::1]:7860`` is ``::1``."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].lower().rstrip(".")


def known(settings: Settings, *, local: bool) -> frozenset[str]:
    """The names that the server answers to; none where it answers to all."""
    if not (local or settings.hosts):
        return frozenset()
    return HERE | {named(settings.host), *map(named, settings.hosts)}


class Hosts:
    """ASGI middleware: refuses requests by names that are not ``known``."""

    def __init__(self, app: ASGIApp, known: frozenset[str]) -> None:
        self.app, self.known = app, known

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and self.known:
            host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
            if named(host) not in self.known:
                said = {"message": "not a name of this server; name it in RAG_HOSTS", "type": "unknown_host"}
                headers = [(b"content-type", b"application/json")]
                await send({"type": "http.response.start", "status": 421, "headers": headers})
                await send({"type": "http.response.body", "body": json.dumps({"error": said}).encode()})
                return
        await self.app(scope, receive, send)


class Peers:
    """ASGI middleware, the outermost: notes who is at the other end before forwarding headers are believed."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        client = scope.get("client")
        await self.app({**scope, PEER: client[0] if client else ""}, receive, send)
