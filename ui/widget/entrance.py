"""Who comes in through a channel, and how often: the secret for a token, the token for answers, and the limits."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rag.errors import InputError
from ui.door import ApiError, Guesses, Limit, address, bearer, hashed, too_often
from ui.texts.widget import WidgetTexts
from ui.widget.channels import Channel, Channels
from ui.widget.tokens import Expired, Tokens, Unknown

if TYPE_CHECKING:
    from fastapi import Request

log = logging.getLogger(__name__)

MOST_EXCHANGES = 600
"""Tokens that the server of a host may ask for in a minute."""


@dataclass
class _Limits:
    """Those of one channel: of each caller, and of all together."""

    each: Limit
    all: Limit


@dataclass
class Entrance:
    """Lets callers into channels; each method raises :class:`ApiError`. ``built_in`` is there for whom ``near`` says so."""

    channels: Channels
    built_in: Mapping[str, Channel] = field(default_factory=dict)
    near: Callable[[Request], bool] = lambda _request: False
    tokens: Tokens = field(default_factory=Tokens)
    exchanges: Limit = field(default_factory=lambda: Limit(MOST_EXCHANGES))
    guesses: Guesses = field(default_factory=Guesses)
    _limits: dict[str, _Limits] = field(default_factory=dict)

    def find(self, name: str, request: Request, texts: WidgetTexts) -> Channel:
        """The channel called ``name``: 404 where there is none, 503 where the file of channels is damaged."""
        try:
            found = self.channels.get(name)
        except InputError as error:
            log.error("no channel can be opened: %s", error)  # noqa: TRY400  the message says it all
            raise ApiError(503, "channels_failed", texts.channels_failed) from None
        if found is None and self.near(request):
            found = self.built_in.get(name)
        if found is None:
            raise ApiError(404, "no_channel", texts.no_channel)
        return found

    def exchange(self, name: str, subject: str, request: Request, texts: WidgetTexts) -> str:
        """A token for the server of a host that knows the channel's secret: 401, or 429 for one that guesses."""
        channel = self.find(name, request, texts)
        given = hashed(bearer(request))
        right = hmac.compare_digest(given, channel.secret_sha256)  # an anonymous one has none
        self._held(self.guesses.wait(address(request), given, right=right), texts)
        if not right:
            raise ApiError(401, "unauthorized", texts.wrong_secret, {"WWW-Authenticate": "Bearer"})
        self._take(self.exchanges, name, texts)
        return self.tokens.issue(name, channel, subject)

    def enter(self, name: str, request: Request, texts: WidgetTexts) -> tuple[Channel, str]:
        """The channel, and who calls: the subject of the token, or an address.

        Raises what :meth:`find` does, and 401 where the channel wants a token and there is no good one.
        """
        channel = self.find(name, request, texts)
        if channel.anonymous:
            return channel, address(request)
        headers = {"WWW-Authenticate": "Bearer"}
        if not (given := bearer(request)):
            raise ApiError(401, "token_needed", texts.token_needed, headers)
        try:
            subject = self.tokens.subject(name, channel, given)
        except Expired:
            raise ApiError(401, "token_expired", texts.token_expired, headers) from None
        except Unknown:
            raise ApiError(401, "token_unknown", texts.token_expired, headers) from None
        return channel, f"subject {subject}" if subject else address(request)

    def ask(self, name: str, request: Request, texts: WidgetTexts) -> None:
        """The same for a question, which is counted: 429 when there were too many, of this caller or on the channel."""
        channel, caller = self.enter(name, request, texts)
        limits = self._limits.get(name)
        numbers = channel.per_minute, channel.channel_per_minute
        if limits is None or (limits.each.per_minute, limits.all.per_minute) != numbers:
            limits = self._limits[name] = _Limits(*map(Limit, numbers))
        self._take(limits.each, caller, texts)
        self._take(limits.all, name, texts)

    def _take(self, limit: Limit, caller: str, texts: WidgetTexts) -> None:
        self._held(limit.take(caller), texts)

    @staticmethod
    def _held(wait: float, texts: WidgetTexts) -> None:
        """429 for one who has to ``wait`` some seconds."""
        if wait:
            raise too_often(wait, texts.too_many)
