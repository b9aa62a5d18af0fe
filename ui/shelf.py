"""Answers waiting to be fetched as Word files: in memory, for a while, under names that cannot be guessed.

Nothing is written to disk: a file is made when it is asked for, and forgotten.
"""

from __future__ import annotations

import re
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import quote

from ui import word
from ui.texts import TEXTS

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.responses import Response

    from rag.types import Answer
    from ui.render import Archive
    from ui.texts import Language

KEPT_SECONDS = 3600.0
"""How long an answer can be fetched: as long as somebody is likely to sit before the page."""

MOST = 512
"""Answers kept at a time; beyond that the oldest goes."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


class Shelf:
    """Answers by token; each is gone after :data:`KEPT_SECONDS`. Safe to use from several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[float, Answer]] = OrderedDict()

    def put(self, answer: Answer) -> str:
        """A token by which ``answer`` can be fetched: 128 random bits."""
        token = secrets.token_urlsafe(16)
        with self._lock:
            self._forget()
            self._kept[token] = (self._clock(), answer)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return token

    def get(self, token: str) -> Answer | None:
        """The answer, if it is still there."""
        with self._lock:
            self._forget()
            found = self._kept.get(token)
        return found[1] if found else None

    def _forget(self) -> None:
        while self._kept and self._clock() - next(iter(self._kept.values()))[0] > KEPT_SECONDS:
            self._kept.popitem(last=False)


def add(app: FastAPI, shelf: Shelf, archive: Archive, default: Language) -> None:
    """``/word/TOKEN?lang=``: an answer of ``shelf`` as a Word file; 404 with one line once it is gone."""
    from fastapi.responses import PlainTextResponse, Response

    def fetch(token: str, lang: str = "") -> Response:
        texts = TEXTS["en" if lang == "en" else "zh" if lang == "zh" else default]
        answer = shelf.get(token) if _TOKEN.fullmatch(token) else None
        if answer is None:
            return PlainTextResponse(texts.word_gone, 404, {"cache-control": "no-store"})
        day = date.today()  # noqa: DTZ011  the day where the server stands, as a person there would write it
        name = quote(word.filename(answer.question, day))
        headers = {"content-disposition": f"attachment; filename*=UTF-8''{name}", "cache-control": "no-store"}
        return Response(word.document(answer, archive, texts, day), media_type=word.MEDIA_TYPE, headers=headers)

    app.add_api_route("/word/{token}", fetch, methods=["GET"], response_model=None)
