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
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import quote

from rag.insight import export
from ui import tables, word
from ui.texts import TEXTS

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.responses import Response

    from rag.types import Answer, Filters
    from ui.render import Archive
    from ui.texts import Language, Texts

KEPT_SECONDS = 3600.0
"""How long an answer can be fetched: as long as somebody is likely to sit before the page."""

MOST = 512
"""Answers kept at a time; beyond that the oldest goes."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer, which reports it might rest on, and the seconds it took."""

    answer: Answer
    filters: Filters | None = None
    seconds: float = 0.0


class Shelf:
    """Answers by token; each is gone after :data:`KEPT_SECONDS`. Safe to use from several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[float, Kept]] = OrderedDict()

    def put(self, answer: Answer, filters: Filters | None = None, seconds: float = 0.0) -> str:
        """A token by which ``answer`` can be fetched: 128 random bits."""
        token = secrets.token_urlsafe(16)
        with self._lock:
            self._forget()
            self._kept[token] = (self._clock(), Kept(answer, filters, seconds))
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return token

    def get(self, token: str) -> Answer | None:
        """The answer, if it is still there."""
        found = self.kept(token)
        return found.answer if found else None

    def kept(self, token: str) -> Kept | None:
        """The answer with what else is known of it, if it is still there."""
        with self._lock:
            self._forget()
            found = self._kept.get(token)
        return found[1] if found else None

    def _forget(self) -> None:
        while self._kept and self._clock() - next(iter(self._kept.values()))[0] > KEPT_SECONDS:
            self._kept.popitem(last=False)


def add(app: FastAPI, shelf: Shelf, archive: Archive, default: Language) -> None:
    """``/word/TOKEN?lang=``: an answer of ``shelf`` as a Word file, ``/table/TOKEN?lang=`` its table as CSV; 404 with one line once it is
    gone.
    """
    from fastapi.responses import PlainTextResponse, Response

    def texts_of(lang: str) -> Texts:
        return TEXTS["en" if lang == "en" else "zh" if lang == "zh" else default]

    def gone(texts: Texts) -> Response:
        return PlainTextResponse(texts.word_gone, 404, {"cache-control": "no-store"})

    def kept(token: str) -> Answer | None:
        return shelf.get(token) if _TOKEN.fullmatch(token) else None

    def file(answer: Answer, made: bytes, kind: str, ending: str) -> Response:
        name = quote(word.filename(answer.question, _today(), ending))
        headers = {"content-disposition": f"attachment; filename*=UTF-8''{name}", "cache-control": "no-store"}
        return Response(made, media_type=kind, headers=headers)

    def fetch(token: str, lang: str = "") -> Response:
        texts, answer = texts_of(lang), kept(token)
        if answer is None:
            return gone(texts)
        return file(answer, word.document(answer, archive, texts, _today()), word.MEDIA_TYPE, "docx")

    def table(token: str, lang: str = "") -> Response:
        texts, answer = texts_of(lang), kept(token)
        if answer is None or answer.table is None:
            return gone(texts)
        grid = tables.drawn(answer.table, archive.lookup, texts).grid()
        return file(answer, export.comma_separated(grid).encode(), "text/csv; charset=utf-8", "csv")

    app.add_api_route("/word/{token}", fetch, methods=["GET"], response_model=None)
    app.add_api_route("/table/{token}", table, methods=["GET"], response_model=None)


def _today() -> date:
    """The day where the server stands, as a person there would write it."""
    return date.today()  # noqa: DTZ011
