"""Short-lived tokens: who holds one was sent by a channel's host.

A token names its channel, whom it was given to and when it ends, signed with HMAC-SHA-256. The key is made when the server starts and
mixed with the channel's own hash, so nothing that signs is on disk, and a new secret ends the tokens of the old one.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable

from ui.widget.channels import Channel

LASTS = 600
"""Seconds a token is good for."""

LONGEST_SUBJECT = 100


class Expired(Exception):  # noqa: N818  a token is fetched anew, nothing went wrong
    """The token was good once."""


class Unknown(Exception):  # noqa: N818
    """Nobody here made this token, or for another channel, or the server has been started anew since."""


class Tokens:
    """Makes tokens and reads them. ``clock`` gives seconds since 1970."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._key = secrets.token_bytes(32)

    def issue(self, name: str, channel: Channel, subject: str = "") -> str:
        """A token for ``channel``, called ``name``."""
        told = {"c": name, "s": subject, "e": int(self._clock()) + LASTS}
        body = _text(json.dumps(told, ensure_ascii=False).encode())
        return f"{body}.{_text(self._sign(body, channel))}"

    def subject(self, name: str, channel: Channel, token: str) -> str:
        """Whom ``token`` was given to. Raises :class:`Expired` or :class:`Unknown`."""
        body, _, signature = token.partition(".")
        try:
            given = base64.urlsafe_b64decode(f"{signature}==")
        except (binascii.Error, ValueError):
            raise Unknown from None
        if not hmac.compare_digest(given, self._sign(body, channel)):
            raise Unknown
        told = json.loads(base64.urlsafe_b64decode(f"{body}=="))  # signed, so made here
        if told["c"] != name:
            raise Unknown
        if told["e"] <= self._clock():
            raise Expired
        return str(told["s"])

    def _sign(self, body: str, channel: Channel) -> bytes:
        key = hmac.digest(self._key, channel.secret_sha256.encode(), hashlib.sha256)
        return hmac.digest(key, body.encode("utf-8", "replace"), hashlib.sha256)


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")
