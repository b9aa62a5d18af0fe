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
def _css(sheet: str = "") -> str:
    """The report's colours and type, what the reader adds, and what ``sheet`` of ``ui/assets`` does."""
    return report.asset("report.css") + "".join(
        (render.ASSETS / name).read_text("utf-8") for name in ("reader.css", sheet) if name
    )


@cache
def policy(sheet: str = "") -> str:
    """The content-security policy of these pages; they may be framed by pages of the same host.

    Only pages with a ``sheet`` of their own have forms, which are sent to this host alone.
    """
    digest = base64.b64encode(hashlib.sha256(_css(sheet).encode()).digest()).decode("ascii")
    target = "'self'" if sheet else "'none'"
    rules = ("default-src 'none'", f"style-src 'sha256-{digest}'", "img-src 'self'", "base-uri 'none'")
    return "; ".join((*rules, f"form-action {target}", "frame-ancestors 'self'"))


def language(request: Request, settings: Settings) -> Language:
    """The language of ``?lang=`` if that is one, else that of the first screen."""
    asked = request.query_params.get("lang", "")
    return asked if asked in TEXTS else settings.language


def page(template: str, status: int = 200, sheet: str = "", /, **values: object) -> Response:
    """``template`` of ``ui/assets`` as a response, with a further style ``sheet`` if one is named."""
    from fastapi.responses import HTMLResponse

    text = report.printable(render.fill(template, css=_css(sheet), **values))
    headers = {"content-security-policy": policy(sheet), "cache-control": "no-cache"}
    return HTMLResponse(text, status, headers)
