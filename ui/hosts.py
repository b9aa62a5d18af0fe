"""Under which names the server answers, and who is at the other end of the line.

A page of another site can have its own name point to 127.0.0.1 and then talk to a server there as if it were its own (DNS rebinding);
the name that it was reached by gives it away. And behind a proxy on the same machine everybody comes from 127.0.0.1; what the proxy
says of itself gives that away.
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

from ui.refuse import refuse

if TYPE_CHECKING:
    from fastapi import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

    from rag.config import Settings

HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_FORWARDED = frozenset({"forwarded", "via", "x-real-ip"})
"""Headers that only a proxy sets, beside those that begin with ``x-forwarded-``."""

PEER = "rag.peer"
"""Where the address of the other end is kept in a scope, whatever a header says of whom it speaks for."""


_HOST = re.compile(r"(?:\[(?P<six>[^\[\]]+)\]|(?P<name>[^:@/\[\]]+))(?::[0-9]*)?")


def named(host: str) -> str:
    """The name in a Host header, without its port: ``[::1]:7860`` is ``::1``; empty for what is none, as ``localhost:1@evil.example``."""
    found = _HOST.fullmatch(host.strip())
    return (found["six"] or found["name"].lower().rstrip(".")) if found else ""


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach ``host``."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def this_machine_alone(settings: Settings) -> bool:
    """Whether only this machine can reach the server, as far as ``settings`` tell: names for others, a path or a proxy say otherwise."""
    by_proxy = settings.proxy_address or settings.hosts or settings.root_path
    return is_loopback(settings.host) and not by_proxy


def is_here(request: Request) -> bool:
    """Whether ``request``, to a server of :func:`this_machine_alone`, was made on this machine and not passed on by a proxy on it.

    A proxy is known by the headers that tell whom it speaks for, by passing on a name of its own, or by HTTP/1.0, which nginx speaks
    where nothing is set. One that does none of this cannot be told from a browser here.
    """
    forwarded = any(name in _FORWARDED or name.startswith("x-forwarded-") for name in request.headers)
    named_here = is_loopback(named(request.headers.get("host", "")))
    return named_here and not forwarded and request.scope.get("http_version") != "1.0"


def known(settings: Settings, *, local: bool) -> frozenset[str]:
    """The names that the server answers to; none where it answers to all."""
    if not (local or settings.hosts):
        return frozenset()
    return (HERE | {named(settings.host), *map(named, settings.hosts)}) - {""}


class Hosts:
    """ASGI middleware: refuses requests by names that are not ``known``."""

    def __init__(self, app: ASGIApp, known: frozenset[str]) -> None:
        self.app, self.known = app, known

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and self.known:
            host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
            if named(host) not in self.known:
                await refuse(send, 421, "unknown_host", "not a name of this server; name it in RAG_HOSTS")
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
