"""How middleware refuses a request: in the form of the API's errors, before any application has seen it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Send


async def refuse(send: Send, status: int, kind: str, message: str, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
    """Answer with ``status`` and an error of a ``kind`` that says ``message``, and with further ``headers``."""
    own = [(b"content-type", b"application/json"), *headers]
    body = json.dumps({"error": {"message": message, "type": kind}}).encode()
    await send({"type": "http.response.start", "status": status, "headers": own})
    await send({"type": "http.response.body", "body": body})
