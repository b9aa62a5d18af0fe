"""Who may use the HTTP API, how often, and how it says no: one JSON error for everything that can go wrong.

A key is compared by its hash and in constant time, and neither kept in plain text nor logged. Where no key is set the API is open
to this machine alone and not to what a proxy on it passes on, unless ``api_anonymous`` opens it wherever it listens.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from math import ceil
from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBearer
from starlette.exceptions import HTTPException

from ui import pages
from ui.hosts import is_here, this_machine_alone
from ui.texts import TEXTS

if TYPE_CHECKING:
    from fastapi import FastAPI

    from rag.config import Settings

MINUTE = 60.0
MOST_CALLERS = 4096
"""Callers remembered before those that have been quiet for a minute are forgotten."""

MOST_WRONG = 10
"""Wrong keys that may come from an address in a minute."""

TYPES = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "too_large", 422: "invalid_request"}
"""Types of errors that come with no type of their own."""


class ApiError(Exception):
    """An answer that is an error: ``status``, a message of one line, and a type for programs."""

    def __init__(self, status: int, kind: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.kind, self.message, self.headers = status, kind, message, dict(headers or {})

    @property
    def body(self) -> dict[str, object]:
        """What is sent, as OpenAI's own API has it."""
        return error(self.kind, self.message)


def error(kind: str, message: str) -> dict[str, object]:
    """The JSON of an error."""
    return {"error": {"message": message, "type": kind}}


def explain(app: FastAPI) -> None:
    """Let ``app`` answer all errors of its own routes as :class:`ApiError` does."""

    async def refused(_request: Request, raised: Exception) -> JSONResponse:
        assert isinstance(raised, ApiError)
        return JSONResponse(raised.body, raised.status, raised.headers)

    async def invalid(_request: Request, raised: Exception) -> JSONResponse:
        assert isinstance(raised, RequestValidationError)
        first = raised.errors()[0]
        if first["type"] == "json_invalid":
            return JSONResponse(error(TYPES[400], "the body is no JSON; send one JSON object"), 400)
        where = ".".join(str(part) for part in first["loc"][1:])
        message = str(first["msg"]).removeprefix("Value error, ")
        return JSONResponse(error(TYPES[422], f"{where}: {message}" if where else message), 422)

    async def other(_request: Request, raised: Exception) -> JSONResponse:
        assert isinstance(raised, HTTPException)
        kind = TYPES.get(raised.status_code, "error")
        return JSONResponse(error(kind, str(raised.detail)), raised.status_code, raised.headers)

    app.add_exception_handler(ApiError, refused)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, other)


class Limit:
    """At most ``per_minute`` calls of one caller in any minute. ``clock`` gives seconds that never go back."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_minute = per_minute
        self.clock = clock
        self._calls: dict[str, deque[float]] = {}

    def take(self, caller: str) -> float:
        """Count a call of ``caller``. 0 if it may go on; else it is not counted, and the seconds to wait."""
        if wait := self.left(caller):
            return wait
        now = self.clock()
        if caller not in self._calls and len(self._calls) >= MOST_CALLERS:
            self._calls = {known: calls for known, calls in self._calls.items() if calls[-1] > now - MINUTE}
        self._calls.setdefault(caller, deque()).append(now)
        return 0.0

    def left(self, caller: str) -> float:
        """The seconds until ``caller`` may go on, 0 if that is now; not counted."""
        now = self.clock()
        calls = self._calls.get(caller, deque())
        while calls and calls[0] <= now - MINUTE:
            calls.popleft()
        return calls[0] + MINUTE - now if len(calls) >= self.per_minute else 0.0


class Guesses:
    """Keeps keys from being tried one after the other: after :data:`MOST_WRONG` wrong ones in a minute an address is told neither yes nor no.

    A key that let somebody in from there before still does, so that who guesses does not lock out others behind the same proxy.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._wrong = Limit(MOST_WRONG, clock)
        self._known: OrderedDict[tuple[str, str], None] = OrderedDict()

    def wait(self, caller: str, given: str, *, right: bool) -> float:
        """0 if ``caller``, who gave a key of the hash ``given``, may be told whether it is ``right``; else the seconds to wait."""
        if right and (caller, given) in self._known:
            self._known.move_to_end((caller, given))
            return 0.0
        if wait := self._wrong.left(caller):
            return wait
        if right:
            self._known[caller, given] = None
            while len(self._known) > MOST_CALLERS:
                self._known.popitem(last=False)
        else:
            self._wrong.take(caller)
        return 0.0


BEARER = HTTPBearer(
    auto_error=False, description="One of the keys in RAG_API_KEYS; see GET /api for whether one is needed."
)
"""Names the header in the OpenAPI document; :class:`Door` reads it."""


class Door:
    """Lets callers of the API in: :meth:`enter` by key, :meth:`ask` as often as the settings allow."""

    def __init__(self, settings: Settings, limit: Limit | None = None) -> None:
        self._settings = settings
        self._keys = [hashed(key.get_secret_value()) for key in settings.api_keys]
        self.limit = limit or Limit(settings.api_per_minute)
        self._guesses = Guesses()

    async def enter(self, request: Request) -> None:
        """Let a caller in. Raises what :meth:`caller` does."""
        self.caller(request)

    async def ask(self, request: Request) -> None:
        """The same for a question or search, which are counted. Raises also 429, when there were too many."""
        if wait := self.limit.take(self.caller(request)):
            raise too_often(
                wait, f"more than {self.limit.per_minute} questions in a minute; try again in {{seconds}} s"
            )

    def caller(self, request: Request) -> str:
        """Who calls: the beginning of a key's hash, or an address.

        Raises :class:`ApiError`: 403 where the API is closed, 401 without a key or with one that is not known, or through a proxy
        where it is open to this machine alone; 429 after too many that are not known.
        """
        terms = self.terms(request)
        if terms == "api_closed":
            raise ApiError(403, "closed", self._told(terms, request))
        if self._keys and (given := bearer(request)):
            found = hashed(given)
            right = sum(hmac.compare_digest(found, key) for key in self._keys) > 0
            if wait := self._guesses.wait(address(request), found, right=right):
                raise too_often(wait, "too many wrong keys; try again in {seconds} s")
            if right:
                return f"key {found[:12]}"
            raise self._unknown("the key is not known")
        if terms != "api_open":
            raise self._unknown(self._told(terms, request))
        return address(request)

    def terms(self, request: Request) -> str:
        """On what terms one who calls like this is let in: the name of the text of :class:`ui.texts.Texts` that says so."""
        if closed(self._settings):
            return "api_closed"
        if self._settings.api_anonymous:
            return "api_open"
        if self._keys:
            return "api_key"
        return "api_open" if is_here(request) else "api_elsewhere"

    def _told(self, terms: str, request: Request) -> str:
        return str(getattr(TEXTS[pages.language(request, self._settings)], terms))

    @staticmethod
    def _unknown(message: str) -> ApiError:
        return ApiError(401, "unauthorized", message, {"WWW-Authenticate": "Bearer"})


def closed(settings: Settings) -> bool:
    """Whether nobody may call the API: others could reach it, and neither keys nor ``api_anonymous`` are set."""
    return not (settings.api_keys or settings.api_anonymous or this_machine_alone(settings))


def too_often(wait: float, said: str) -> ApiError:
    """What one is told who has to ``wait`` some seconds: ``said``, with their number in place of ``{seconds}``."""
    seconds = max(1, ceil(wait))
    return ApiError(429, "rate_limit", said.format(seconds=seconds), {"Retry-After": str(seconds)})


def address(request: Request) -> str:
    """Where ``request`` comes from."""
    return request.client.host if request.client else "-"


def bearer(request: Request) -> str:
    """What stands behind ``Authorization: Bearer``, empty if nothing does; a key in an address is none."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    # Headers are latin-1 on their way here; a key may hold any characters.
    return given.strip().encode("latin-1").decode("utf-8", "replace") if scheme.lower() == "bearer" else ""


def hashed(secret: str) -> str:
    """What is kept of a secret; it is long and random, so that no slow hash is needed."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
