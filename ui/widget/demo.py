"""``/demo``: a made-up intranet page with the widget in it, and how to put it into one's own.

It works out of the box on the machine that serves it, through a channel that is built in: anonymous, and for pages of the same
origin only. Others see neither page nor channel unless ``RAG_DEMO=true``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from fastapi import Request, Response

from ui import pages, render
from ui.hosts import is_here, this_machine_alone
from ui.texts import TEXTS
from ui.texts.widget import TEXTS as WORDS
from ui.widget.channels import OWN, Channel

if TYPE_CHECKING:
    from fastapi import FastAPI

    from rag.config import Settings

CHANNELS = {"demo": Channel(origins=(OWN,), anonymous=True)}
"""What is there without any file of channels."""

POLICY = "; ".join(  # noqa: FLY002  one rule a line
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "frame-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
"""What the page may do: as strict as an intranet's may be, which the widget must bear."""

VUE = """<script setup>
import { onBeforeUnmount, onMounted } from "vue";

let script;
onMounted(() => {
  script = document.createElement("script");
  script.src = "{host}/widget.js";
  script.dataset.channel = "oa";
  script.async = true;
  script.onload = () => window.UnionRag.setContext({ place: "广西" });
  document.head.append(script);
});
onBeforeUnmount(() => {
  if (window.UnionRag) window.UnionRag.destroy();
  script.remove();
});
</script>

<template><slot /></template>"""

SIGN_IN = """# {server}
curl -X POST -H "Authorization: Bearer $SECRET" {host}/api/channels/oa/token
# {"token": "…", "expires_in": 600}

<!-- {page} -->
<script>
  async function signIn() {
    UnionRag.setToken(await (await fetch("/my/rag-token")).text());
  }
</script>
<script src="{host}/widget.js" data-channel="oa" async
        onload="UnionRag.on('token_expired', signIn); signIn()"></script>"""


def near(settings: Settings) -> Callable[[Request], bool]:
    """Whether one who calls sees the demonstration: on this machine, and not by way of a proxy, or wherever it is switched on."""

    def shown(request: Request) -> bool:
        if settings.demo is not None:
            return settings.demo
        return this_machine_alone(settings) and is_here(request)

    return shown


def add(app: FastAPI, settings: Settings) -> None:
    """Add the page to ``app``."""
    shown = near(settings)

    def demo(request: Request) -> Response:
        language = pages.language(request, settings)
        texts = WORDS[language]
        if not shown(request):
            said = {"texts": TEXTS[language], "language": language, "message": texts.no_demo}
            return pages.page("message.html.jinja", 404, **said)
        host = str(request.base_url).rstrip("/")
        line = f'<script src="{host}/widget.js" data-channel="oa" async></script>'
        placed = line.replace(" async", ' data-target="#rag" async')
        frame = f'<iframe src="{host}/embed/oa" title="{TEXTS[language].title}" width="400" height="600"></iframe>'
        snippets = (
            (texts.how_plain, texts.how_plain_about, line),
            (texts.how_inline, texts.how_inline_about, f'<div id="rag" style="height: 600px"></div>\n{placed}'),
            (texts.how_frame, texts.how_frame_about, frame),
            (texts.how_vue, texts.how_vue_about, VUE.replace("{host}", host)),
            (texts.how_link, texts.how_link_about, f"{host}/embed/oa"),
            (texts.how_token, texts.how_token_about, _token(host, texts.how_server, texts.how_page)),
        )
        text = render.fill(
            "widget/demo.html.jinja", texts=texts, chat=TEXTS[language], language=language, snippets=snippets
        )
        headers = {"content-security-policy": POLICY, "cache-control": "no-cache"}
        return Response(text, media_type="text/html; charset=utf-8", headers=headers)

    app.add_api_route("/demo", demo, include_in_schema=False)


def _token(host: str, server: str, page: str) -> str:
    return SIGN_IN.replace("{host}", host).replace("{server}", server).replace("{page}", page)
