"""Texts that must stay text wherever they come from, each with how a careless page would bring it to life.

A browser test calls :func:`watched` on a page before and :func:`traces` after it has shown them.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt

AS_MARKUP = (
    "<script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    "<svg/onload=window.pwned=1>",
    '"><iframe srcdoc="<script>parent.pwned=1</script>"></iframe>',
    "<a href='javascript:window.pwned=1'>x</a>",
    "<a href=java&#115;cript:window.pwned=1>x</a>",
    "<a href=data:text/html;base64,PHNjcmlwdD5wd25lZDwvc2NyaXB0Pg>x</a>",
    "<ScRiPt>alert(1)</sCrIpT>",
    "<style>*{display:none}</style>",
    "<p style='background:url(//evil.example/x.png)'>x</p>",
    "<details open ontoggle=window.pwned=1><math><mtext></mtext></math></details>",
    "<input autofocus onfocus=window.pwned=1>",
    "<video><source onerror=window.pwned=1></video>",
    "<svg><animate onbegin=window.pwned=1 attributeName=x dur=1s></svg>",
    '<svg><script href="data:,window.pwned=1"/></svg>',
    "<math><mtext href=javascript:window.pwned=1>x</mtext></math>",
    "<iframe src=javascript:parent.pwned=1></iframe>",
    "<object data='data:text/html,x'></object>",
    "<embed src=//evil.example/x.swf>",
    "<form action=//evil.example/><button formaction=javascript:window.pwned=1>x</button></form>",
    "<meta http-equiv=refresh content='0;url=//evil.example/'>",
    "<base href=//evil.example/>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    # what a sanitizer takes for harmless and the browser, reading it again, does not
    "<math><mtext><table><mglyph><style><!--</style><img title='--><img src=1 onerror=window.pwned=1>'>",
    "<noscript><p title='</noscript><img src=x onerror=window.pwned=1>'></noscript>",
    "\u202e\u200b<svg onload=window.pwned=1>\u202c",
)
AS_ATTRIBUTE = ('" autofocus onfocus=window.pwned=1 x="',)
AS_VALUE_OF_A_SCRIPT = ('"-(window.pwned=1)-"', "</script><script>window.pwned=1</script>")
AS_TITLE = ("</title><svg onload=window.pwned=1>",)
AS_TEXTAREA = ("</textarea><img src=x onerror=window.pwned=1>",)
AS_COMMENT = ("--><script>window.pwned=1</script>",)
AS_MARKDOWN = (
    "[x](javascript:window.pwned=1)",
    "![x](http://evil.example/x.png)",
    "<http://evil.example/x>",
)
AS_TEMPLATE = ("{{7*7}}{%raw%}${window.pwned=1}",)
AS_ENTITIES = ("&lt;img src=x onerror=window.pwned=1&gt;",)
AS_ADDRESS = ("%3Csvg%20onload=window.pwned=1%3E",)
AS_FULL_WIDTH = ("＜svg onload＝window．pwned＝1＞",)

WAYS: Mapping[Sequence[str], Callable[[str], str]] = {
    AS_MARKUP: str,
    AS_ATTRIBUTE: '<input value="{}">'.format,
    AS_VALUE_OF_A_SCRIPT: '<script>const said = "{}"</script>'.format,
    AS_TITLE: "<title>{}</title>".format,
    AS_TEXTAREA: "<textarea>{}</textarea>".format,
    AS_COMMENT: "<!-- {} -->".format,
    AS_MARKDOWN: lambda text: _reckless().render(text),
    AS_TEMPLATE: "<script>document.title = `{}`</script>".format,
    AS_ENTITIES: html.unescape,
    AS_ADDRESS: unquote,
    AS_FULL_WIDTH: lambda text: unicodedata.normalize("NFKC", text),
}
"""How a page that does not escape, or undoes what was escaped, shows the texts of each kind."""

ATTACKS = tuple(text for kind in WAYS for text in kind)

WIDTHS = (360, 768, 1440)
"""Those of a phone, a tablet and a desk at which pages with hostile texts are looked at; a page is loaded once for all of them."""

_OWN_TAGS = {"a", "button", "details", "form", "input", "p", "table", "http"}
_TAGS = {tag.lower() for text in ATTACKS for tag in re.findall(r"<(\w+)", text)} - _OWN_TAGS
_EVENTS = {name for text in ATTACKS for name in re.findall(r"\bon[a-z]+(?==)", text)}
_ADDRESSES = ("href", "src", "action", "formaction", "data")
_ELSEWHERE = ("javascript:", "data:text", "data:,window", "//evil.example", "http://evil.example")

ARMED = ", ".join(
    [f"[{event}*='pwned']" for event in sorted(_EVENTS)]
    + [f"[{name}^='{start}']" for name in _ADDRESSES for start in _ELSEWHERE]
    + ["[srcdoc*='pwned']:not([sandbox='allow-same-origin allow-popups'])", "[style*='evil.example']"]
)
"""Selects elements that one of the texts armed: with a handler, a script, or an address of its own. The widget's
reader is a sandboxed srcdoc frame in which nothing runs."""

STRANGE = f"{', '.join(sorted(_TAGS - {'svg'}))}, svg:not(.bar), {ARMED}"
"""Selects these, and elements of kinds that no text of ours is shown in; the library draws its bars in SVG."""


def _reckless() -> MarkdownIt:
    """Markdown that lets every link through."""
    markdown = MarkdownIt("commonmark")
    markdown.validateLink = lambda _address: True
    return markdown


def groups(most: int) -> list[str]:
    """All :data:`ATTACKS` one behind the other, in texts of at most ``most`` characters."""
    made = [""]
    for attack in ATTACKS:
        if len(made[-1]) + len(attack) > most:
            made.append("")
        made[-1] += attack
    return made


def watched(page) -> list[str]:
    """What ``page`` does from now on that only a script or markup of the texts would make it do, as it happens."""
    seen: list[str] = []

    def dialog(shown) -> None:
        seen.append(f"dialog: {shown.message}")
        shown.dismiss()

    page.on("dialog", dialog)
    page.on("request", lambda r: seen.append(r.url) if urlsplit(r.url).hostname == "evil.example" else None)
    return seen


def traces(page, seen: list[str], *areas) -> list[str]:
    """What shows that one of the texts came to life: ``seen`` by :func:`watched`, the mark that their scripts leave in any frame,
    armed elements anywhere, and strange ones in ``areas`` (locators).
    """
    found = list(seen)
    for frame in page.frames:
        ran, armed = frame.evaluate(_IN_FRAME, ARMED)
        if ran and frame.url != "about:srcdoc":  # where scripts are off
            found.append(f"a script ran in {frame.url}")
        found += armed
    for area in areas:
        count, strange = area.evaluate_all(_IN_AREA, STRANGE)
        assert count, f"there is no {area}"
        found += strange
    return found


_DEEP = """const outer = e => e.outerHTML.slice(0, 200);
const deep = (root, wanted) => [...root.querySelectorAll(wanted), ...[...root.querySelectorAll('*')]
  .filter(e => e.shadowRoot).flatMap(e => deep(e.shadowRoot, wanted))];"""
"""Elements below a root that a selector finds, in shadow trees, too: one call to the browser and its own selectors, which are quick."""

_IN_FRAME = f"wanted => {{ {_DEEP} return [window.pwned !== undefined, deep(document, wanted).map(outer)] }}"
_IN_AREA = f"(all, wanted) => {{ {_DEEP} return [all.length, all.flatMap(e => deep(e, wanted)).map(outer)] }}"


def lost(locator) -> list[str]:
    """Those of :data:`ATTACKS` that do not stand in the text of an element as they were written, shown or not."""
    text = locator.evaluate("n => n.textContent")
    return [attack for attack in ATTACKS if attack not in text]
