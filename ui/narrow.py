"""Of the many addresses that Gradio serves, those that the chat page uses; and of what may be sent to them, JSON alone.

The others take files (``process_recording``), write conversations down (``deep_link``), answer for an account that there is none of
(``login``, ``logout``) or tell how the page is built. A page of another site can send a form without asking the browser first, but no JSON;
and Gradio's permission to pages of any other port of this machine is taken back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.refuse import refuse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

CALLS = frozenset({"queue/join", "queue/data", "run/predict", "cancel", "reset"})
"""What the page calls below ``/gradio_api/``, beside ``heartbeat/`` with the name of its session."""

CLOSED = frozenset({"deep_link", "login", "logout", "monitoring", "pwa_icon", "runs"})
"""How addresses beside ``/gradio_api/`` begin that nothing here needs."""


def closed(path: str) -> bool:
    """Whether nothing is to be had at ``path``, which is below the root of the application."""
    first, _, rest = path.lstrip("/").partition("/")
    if first != "gradio_api":
        return first in CLOSED
    rest = rest.rstrip("/")
    return rest not in CALLS and not (rest.startswith("heartbeat/") and rest.count("/") == 1)


class Narrow:
    """ASGI middleware: 404 for what is :func:`closed`, 415 for what is sent to Gradio and is no JSON, and no permission for other origins."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if closed(path):
            await refuse(send, 404, "not_found", "there is nothing at this address")
            return
        kind = dict(scope["headers"]).get(b"content-type", b"").partition(b";")[0].strip().lower()
        if path.lstrip("/").startswith("gradio_api/") and scope["method"] == "POST" and kind != b"application/json":
            await refuse(send, 415, "invalid_request", "send JSON, as application/json")
            return

        async def alone(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [pair for pair in message["headers"] if not pair[0].lower().startswith(b"access-control-")]
                message = {**message, "headers": kept}
            await send(message)

        await self.app(scope, receive, alone)
