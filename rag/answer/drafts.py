"""What a model writes, cut into sentences with the numbers of the passages each one names, while it is being written.

Models write these numbers in many ways: [1], [1][2], [1,2], [1-3], ［１］, 【1】, [^1], [来源1]; before or behind the full
stop; and dress their text with Markdown or HTML, of which only the words are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag import zh
from rag.errors import CutOffError

_SEPARATOR = r"\s*[,，、;；\-–—~～和]\s*"
_LABEL = r"(?:段落|来源|资料|文献|报道|passages?|sources?)"
_ONE = rf"\^?(?:{_LABEL}\s*)?[0-9０-９]{{1,3}}"
HANDLE = re.compile(
    rf"[\[［【〔]\s*({_ONE}(?:{_SEPARATOR}{_ONE})*)\s*(?:†[^\]］】〕\n]{{0,30}})?[\]］】〕]", re.IGNORECASE
)
"""A mark as models write it, in half- or full-width brackets, one number or several."""

_OPEN = re.compile(r"[\[［【〔][^\]］】〕\n]{0,40}$")
_BROKEN = re.compile(r"[\[［【〔][0-9０-９\s,，、;；\-–—~～^]*$")
_DRESS = re.compile(r"(?:\*\*|__|~~|[*`])+")
_BEHIND = re.compile(rf"(?:[*_~`]+|\s*{HANDLE.pattern})*", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9-]*(?:\s[^<>\n]*)?/?>|<[|｜][^<>|｜\n]{0,40}[|｜]>|<!--[^\n]*?-->")
"""An element of HTML, or a token of a chat template. Behind < a letter alone makes none: a<b, c>d."""
_BEGUN = re.compile(r"<[/!|｜A-Za-z][^<>\n]*$|<$|!?\[[^\]\n]*\]\([^)\n]*$")
"""An element or a link that is not finished."""
_LINK = re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)")
_ITEM = re.compile(
    r"^\s*(?:#{1,6}\s+|>\s*|[-*+•·●▪–—]\s+)*(?:(?:[0-9]{1,2}[.、．)）]|[（(][0-9]{1,2}[)）]|[①-⑳])\s*(?![0-9]))?"
)
"""What stands before the words of a line: heading, quotation and list marks."""
_STOPPED = re.compile(r"(?:[。！？!?…]|(?<![0-9])\.)[”’」』）)】》〉\"']*$")
"""What ends a sentence that is whole; behind a digit a point may be a decimal one."""
_NUMBERED = re.compile(r"((?:^|(?<=[；;：:，,、。！？\s(（]))[0-9]{1,2})[.．](?![0-9])")


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence as written, without its marks, and the numbers of the passages it names."""

    text: str
    handles: tuple[int, ...]


def drafts(pieces: Iterator[str]) -> Iterator[tuple[Draft | None, str]]:
    """Cut a stream of words into sentences with their marks.

    Yields ``(draft, "")`` for each finished sentence and, after each piece, ``(None, tail)`` for the part being
    written, from which marks are left out, finished or not. The drafts are the same however the text comes in pieces:
    it is read character by character. Where the stream is cut off (:class:`CutOffError`), the sentence it was in is left out:
    half of one may say the opposite of the whole. The error is raised when the sentences before have been yielded.
    """
    text = ""
    cut_off: CutOffError | None = None
    try:
        for piece in pieces:
            for character in piece:
                text += character
                if (cut := _finished(text)) is not None:
                    yield _draft(text[:cut]), ""
                    text = text[cut:]
            yield None, _bare(_OPEN.sub("", _BEGUN.sub("", text)))
    except CutOffError as error:
        cut_off = error
    text = _BROKEN.sub("", text)
    while text.strip():
        cut = _ends(text)
        draft = _draft(text[:cut])
        if cut_off is None or (draft.handles and _STOPPED.search(draft.text)):
            yield draft, ""
        text = text[cut:]
    if cut_off is not None:
        raise cut_off


def _ends(text: str) -> int:
    """Where the first sentence of ``text`` ends, with the marks behind it."""
    # Marks are no part of a sentence: behind ".[1] The" a sentence begins. Nor does the number of an item end one.
    plain = HANDLE.sub(lambda m: " " * len(m.group()), text)
    plain = plain.replace("![", "、[").replace("<!", "<、")  # a picture, a comment
    spans = zh.sentences(_NUMBERED.sub(lambda m: m[1] + "、", plain))
    if not spans:
        return len(text)
    at = spans[0][1]
    behind = _BEHIND.match(text, at)
    assert behind is not None  # it matches nothing as well
    marked = HANDLE.search(behind.group()) is not None
    return behind.end() + (marked and text[behind.end() : behind.end() + 1] in ("。", "."))


def _finished(text: str) -> int | None:
    """Where the first sentence with its marks ends, once something else follows it."""
    at = _ends(text)
    rest = text[at:].lstrip()
    # A mark may still be on its way, and so may the rest of an emphasis.
    return at if rest and not _OPEN.fullmatch(rest) and not _DRESS.fullmatch(rest) else None


def _draft(text: str) -> Draft:
    text = _LINK.sub(lambda m: f"[{m[1]}]" if m[1].isdigit() else m[1], text)
    handles = [n for m in HANDLE.finditer(text) for n in _numbers(m[1])]
    return Draft(_bare(text).strip(), tuple(dict.fromkeys(handles)))


def _bare(text: str) -> str:
    """``text`` without marks and Markdown."""
    text = HANDLE.sub("", _LINK.sub(r"\1", _TAG.sub("", text)))
    text = _DRESS.sub("", _ITEM.sub("", text))
    # Marks leave a space before a full stop in English, and two full stops where a sentence had one on each side.
    text = re.sub(r"(?<=[。！？])[。.]+$", "", text)
    return re.sub(r"(?<=\S)\s+(?=[.,;:!?。，；：！？](?:\s|$))", "", re.sub(r"\s+", " ", text))


def _numbers(inside: str) -> list[int]:
    """The numbers of a mark: ``1,3-5`` is 1, 3, 4, 5."""
    found: list[int] = []
    for part in re.split("[,、;和]", zh.normalise(inside)):
        numbers = [int(n) for n in re.findall("[0-9]+", part)]
        low, high = (numbers[0], numbers[-1]) if numbers else (0, -1)
        found += range(low, high + 1) if low <= high <= low + 20 else numbers
    return found
