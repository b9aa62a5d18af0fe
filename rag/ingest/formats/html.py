"""HTML to text: title and paragraphs, without scripts, styles and navigation.

lxml (BSD; python-docx needs it too) parses what browsers parse, in C, loads nothing from anywhere and expands no entities of the
page's own. Extractors such as trafilatura (Apache-2.0) or readability guess which part is the article and drop the rest: good for
the open web, but an archive must lose nothing. So only what is certainly no text of the page is left out, and what is left
is marked up as a page: headings with ``#``, one paragraph a line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from rag.ingest.formats import head
from rag.ingest.formats.content import Content, Text
from rag.ingest.formats.encoding import decode
from rag.ingest.formats.marked import BAR, article_lines, render

_SILENT = frozenset(
    "head script style template noscript nav svg math iframe object canvas audio video select button datalist textarea map".split()
)
"""Elements without text of the page."""

_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img input ins kbd label mark q rp rt ruby s samp small span "
    "strike strong sub sup time tt u var wbr".split()
)
"""Elements that break no line."""

_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_MENU = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|breadcrumbs?|crumbs?|pagination|pager|share|toolbar)(?:$|[\s_-])",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]{1,40})|encoding=[\"']([\w-]{1,40})", re.IGNORECASE)
_CHARSETS = {"gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5"}
_SUFFIX = re.compile(r"\s*[_|\-—–]+\s*[^_|\-—–]{2,20}$")
"""The site's name behind a title."""

MENU_LINKS = 0.8
"""Share of its text in links from which a list is a menu."""

MENU_LENGTH = 16
"""Most characters of an entry of a menu; longer ones are headlines, which stay."""

NESTED = 6
"""Lists nested deeper than this are not looked at as menus: each look reads all that is in one."""


def text(data: bytes) -> Content:
    """The text of an HTML page, its articles marked, and the date its head states.

    No text comes out of a page without a word. Raises :class:`~rag.errors.ReadError` (without the file's name) if the bytes are
    no text.
    """
    from lxml import etree, html

    named = _CHARSET.search(data[:4096])
    hint = _CHARSETS.get((named[1] or named[2]).decode("ascii", "replace").lower(), "") if named else ""
    page, notes = decode(data, hint)
    # huge_tree: without it libxml2 drops what is nested deeper than 256.
    parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root = html.document_fromstring(page.encode("utf-8", "replace"), parser=parser, ensure_head_body=True)
    except (etree.ParserError, etree.XMLSyntaxError):
        return Content((), notes)
    if any("Excessive depth" in error.message for error in parser.error_log):
        bare = [(0, line) for line in (" ".join(line.split()) for line in _unnested(page)) if line]
        return Content((Text(render(bare)),) if bare else (), (*notes, "nested so deeply that only its text is read"))
    meta = head.stated(root)
    lines = _lines(root, menus=False) or _lines(root, menus=True)
    lines = _titled(lines, head.title(root, meta))
    if not lines:
        return Content((), notes)
    starts = tuple(2 * i + 1 for i in article_lines([level for level, _ in lines]))
    return Content((Text(render(lines), starts=starts, published=head.published(root, meta), whole=True),), notes)


@dataclass(slots=True)
class _Lines:
    """Lines in the making, each with its heading level."""

    lines: list[tuple[int, str]] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    level: int = 0
    rows: list[int] = field(default_factory=list)

    def add(self, piece: str | None) -> None:
        if piece:
            self.pieces.append(piece)

    def end(self) -> None:
        """Close the line."""
        line = " ".join("".join(self.pieces).split())
        self.pieces.clear()
        if line:
            self.lines.append((self.level, line))

    def begin_row(self) -> None:
        """Note where a row of a table begins."""
        self.rows.append(len(self.lines))

    def end_row(self) -> None:
        """Set bars around a row whose cells are one line; what a table only lays out has lines of its own in its cells."""
        if self.rows.pop() == len(self.lines) and BAR in "".join(self.pieces).strip():
            self.pieces[:] = ["| ", *self.pieces, " |"]


def _lines(root: Any, *, menus: bool) -> list[tuple[int, str]]:
    """All text below ``root``; no recursion, for pages are nested as deep as they like."""
    out = _Lines()
    todo: list[tuple[Any, bool, int]] = [(root, False, 0)]
    while todo:
        node, left, lists = todo.pop()
        tag = node.tag if isinstance(node.tag, str) else ""
        if left:
            _leave(node, tag, out)
            continue
        listed = lists < NESTED and _may_be_menu(node, tag)
        if not tag or _is_silent(node, tag) or (listed and not menus and _is_menu(node)):
            out.add(node.tail)
        else:
            if tag not in _INLINE and tag not in ("td", "th"):
                out.end()
            if tag == "tr":
                out.begin_row()
            out.level = _HEADINGS.get(tag, out.level)
            out.add(node.text)
            todo.append((node, True, lists))
            todo += [(child, False, lists + listed) for child in reversed(node)]
    out.end()
    return out.lines


def _leave(node: Any, tag: str, out: _Lines) -> None:
    if tag in ("td", "th"):
        out.add(BAR if node.getnext() is not None else None)
    elif tag not in _INLINE:
        if tag == "tr":
            out.end_row()
        out.end()
        if tag in _HEADINGS:
            out.level = 0
    out.add(node.tail)


def _is_silent(node: Any, tag: str) -> bool:
    if tag in _SILENT or node.get("hidden") is not None or _HIDDEN.search(node.get("style", "")):
        return True
    return node.get("role", "").lower() in ("navigation", "menu", "menubar", "search")


def _may_be_menu(node: Any, tag: str) -> bool:
    return tag in ("ul", "ol") or bool(_MENU.search(f"{node.get('class', '')} {node.get('id', '')}"))


def _is_menu(node: Any) -> bool:
    """Whether nearly all text of a list, or of what is called a menu, is in short links."""
    links = [len("".join("".join(link.itertext()).split())) for link in node.iter("a")]
    everything = len("".join("".join(node.itertext()).split()))
    return bool(everything) and sum(links) >= MENU_LINKS * everything and max(links) <= MENU_LENGTH


def _unnested(page: str) -> list[str]:
    """The text between the tags of a page that libxml2 gives up on, at 2,048 elements inside each other."""
    found: list[str] = []
    silent: list[str] = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, _attributes: object) -> None:
            if tag in ("script", "style"):
                silent.append(tag)

        def handle_endtag(self, tag: str) -> None:
            if silent and tag == silent[-1]:
                silent.pop()

        def handle_data(self, data: str) -> None:
            if not silent:
                found.append(data)

    reader = Tags()
    reader.feed(page)
    reader.close()
    return found


def _titled(lines: list[tuple[int, str]], title: str) -> list[tuple[int, str]]:
    """``lines`` with the page's title as a heading, if there is none: the line that says it, or else a new one."""
    if not title or any(level for level, _ in lines):
        return lines
    shorter = _SUFFIX.sub("", title)
    for i, (_, line) in enumerate(lines):
        if line in (title, shorter):
            return [*lines[:i], (1, line), *lines[i + 1 :]]
    return [(1, shorter), *lines]
