"""Pages of our own without scripts: one style sheet, named by its hash in a policy that lets nothing else in."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import TYPE_CHECKING

from eval import report
from ui import render
from ui.texts import TEXTS, Language

if TYPE_CHECKING:
    from fastapi import Request, Response

    from rag.config import Settings


@cache
def _css() -> str:
    """The report's colours and type, and what the reader adds."""
    return report.asset("report.css") + (render.ASSETS / "reader.css").read_text("utf-8")


@cache
def policy() -> str:
    """The content-security policy of these pages; they may be framed by pages of the same host."""
    digest = base64.b64encode(hashlib.sha256(_css().encode()).digest()).decode("ascii")
    rules = ("default-src 'none'", f"style-src 'sha256-{digest}'", "img-src 'self'", "base-uri 'none'")
    return "; ".join((*rules, "form-action 'none'", "frame-ancestors 'self'"))


def language(request: Request, settings: Settings) -> Language:
    """The language of ``?lang=`` if that is one, else that of the first screen."""
    asked = request.query_params.get("lang", "")
    return asked if asked in TEXTS else settings.language


def page(template: str, status: int = 200, **values: object) -> Response:
    """``template`` of ``ui/assets`` as a response."""
    from fastapi.responses import HTMLResponse

    text = report.printable(render.fill(template, css=_css(), **values))
    headers = {"content-security-policy": policy(), "cache-control": "no-cache"}
    return HTMLResponse(text, status, headers)
