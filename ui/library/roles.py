"""Who may look after the archive: readers and administrators, sessions, and the token that each form carries.

Without keys, whoever sits at a server on 127.0.0.1 is an administrator, and nobody else is. With keys an administrator signs in
with one and is known by a cookie for an hour; or a reverse proxy signs people in, and says in a header who they are.
"""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ui.door import Limit, address, hashed
from ui.hosts import PEER, is_here, this_machine_alone

if TYPE_CHECKING:
    from fastapi import Request

    from rag.config import Settings

COOKIE = "rag_admin"
LASTS = 3600.0
"""Seconds after the last request in which a session ends."""
MOST = 64
"""Sessions at a time; beyond that the oldest ends."""
TRIES = 10
"""Keys that one address may try in a minute."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks. ``csrf`` is what a form of theirs must carry; ``session`` is true for who can sign out."""

    name: str
    admin: bool
    csrf: str = ""
    session: bool = False


READER = Person("", admin=False)


@dataclass
class _Session:
    name: str
    csrf: str
    seen: float


@dataclass
class Roles:
    """Tells who is an administrator. Safe to use from several threads."""

    settings: Settings
    clock: Callable[[], float] = time.monotonic
    _sessions: dict[str, _Session] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def __post_init__(self) -> None:
        self._keys = [hashed(key.get_secret_value()) for key in self.settings.admin_keys]
        self._tries = Limit(TRIES, self.clock)
        self._trusts_here = this_machine_alone(self.settings) and not self._keys

    @property
    def keyed(self) -> bool:
        """Whether one can sign in with a key."""
        return bool(self._keys)

    def of(self, request: Request) -> Person:
        """Who sent ``request``."""
        name = self._by_proxy(request)
        if name:
            admin = name in self.settings.proxy_admins
            return Person(name, admin, self._token(name) if admin else "")
        if self._trusts_here and is_here(request):
            return Person("local", admin=True, csrf=self._token("local"))
        session = self._session(request.cookies.get(COOKIE, ""))
        return Person(session.name, admin=True, csrf=session.csrf, session=True) if session else READER

    def sign_in(self, key: str, request: Request) -> tuple[str, float]:
        """The token of a new session, or an empty one for a wrong key; and the seconds to wait after too many tries."""
        wait = self._tries.take(address(request))
        if wait:
            return "", wait
        found = hashed(key.strip())
        if not sum(hmac.compare_digest(found, known) for known in self._keys):
            return "", 0.0
        token = secrets.token_urlsafe(32)
        with self._lock:
            while len(self._sessions) >= MOST:
                del self._sessions[min(self._sessions, key=lambda t: self._sessions[t].seen)]
            self._sessions[hashed(token)] = _Session(f"key {found[:8]}", secrets.token_urlsafe(32), self.clock())
        return token, 0.0

    def sign_out(self, request: Request) -> None:
        """End the session of who sent ``request``."""
        with self._lock:
            self._sessions.pop(hashed(request.cookies.get(COOKIE, "")), None)

    def _session(self, token: str) -> _Session | None:
        now = self.clock()
        with self._lock:
            for old in [t for t, session in self._sessions.items() if now - session.seen > LASTS]:
                del self._sessions[old]
            found = self._sessions.get(hashed(token)) if token else None
            if found:
                found.seen = now
            return found

    def _by_proxy(self, request: Request) -> str:
        peer = request.scope.get(PEER) or (request.client.host if request.client else "")
        if not self.settings.proxy_user_header or peer != self.settings.proxy_address:
            return ""
        return request.headers.get(self.settings.proxy_user_header, "").strip()

    def _token(self, name: str) -> str:
        return hmac.new(self._secret, name.encode(), "sha256").hexdigest()


def from_here(request: Request) -> bool:
    """Whether a form was sent from a page of this server, as far as the browser tells."""
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host", "")
