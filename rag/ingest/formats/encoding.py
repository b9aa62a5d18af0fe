"""Bytes to text: UTF-8, GB18030 (and GBK and GB2312, which it contains), Big5, UTF-16, told apart.

UTF-8 and byte order marks are certain. Otherwise charset-normalizer (MIT; what pip and requests use) ranks the encodings that
Chinese newspapers come in. It compares letter frequencies, and a few words of Chinese are too little for that: left to itself
it takes four characters of GBK for Big5 or Korean. Where it does not say GB18030, the reading with more of the common Chinese
characters is taken, which for texts of that size is nearly always the right one.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence

from rag.errors import ReadError

CHINESE = ("gb18030", "big5", "utf_16_le", "utf_16_be")
"""The encodings tried on what is not UTF-8."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
"""Byte order marks; that of UTF-32 begins like that of UTF-16, so it comes first."""

_NAMES = {
    "gb18030": "GB18030",
    "big5": "Big5",
    "utf_16_le": "UTF-16",
    "utf_16_be": "UTF-16",
    "cp1252": "Windows-1252",
    "utf-8": "UTF-8",
}

COMMON = 0.6
"""Share of common characters from which a reading is taken for Chinese."""

CLEARLY = 0.15
"""By how much more common the characters of another reading must be than those of GB18030, by far the likelier."""

DAMAGED = 0.05
"""Share of characters that may be broken in a file that is otherwise text."""

WESTERN = 0.1
"""Share of bytes outside ASCII up to which a file may be English with typographic quotes."""

_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")
_RARE = {"gb2312": 0xD8, "big5": 0xC9}  # first byte of the rarer half
_SAMPLE = 200_000  # bytes shown to charset-normalizer; more tell it nothing new


def common(text: str, encoding: str = "gb18030") -> float:
    """Share of the characters outside ASCII that are punctuation or in the common half of the national table, 0 to 1.

    GB 2312 and Big5 list their characters in two halves, the 3,755 (5,401) common ones first. Text in a reading that is not
    its own has many from the second half, or from neither.
    """
    wide = [char for char in text if ord(char) > 127]
    tables = {"gb18030": ("gb2312",), "big5": ("big5",)}.get(encoding, ("gb2312", "big5"))
    return max((_share(wide, table) for table in tables), default=0.0)


def _share(wide: Sequence[str], table: str) -> float:
    known = 0
    for char in wide:
        try:
            known += char.encode(table)[0] < _RARE[table]
        except UnicodeEncodeError:
            continue
    return known / len(wide) if wide else 0.0


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _likely(data: bytes) -> tuple[str, str] | None:
    """``(text, encoding)`` of bytes that are not UTF-8, or ``None``."""
    from charset_normalizer import from_bytes

    # A cut sample may end within a character; whole files are the rule.
    best = from_bytes(data[:_SAMPLE], cp_isolation=list(CHINESE)).best()
    readings = {}
    for encoding in dict.fromkeys((*([best.encoding] if best else []), *CHINESE)):
        text = _strict(data, encoding)
        if text is not None and not _is_binary(text):
            readings[encoding] = text
    scores = {encoding: common(text[:_SAMPLE], encoding) for encoding, text in readings.items()}
    if "gb18030" in scores:
        scores["gb18030"] += CLEARLY
    chosen = max(scores, key=lambda encoding: scores[encoding], default="")
    if chosen and scores[chosen] >= COMMON:
        return readings[chosen], chosen
    if sum(byte > 127 for byte in data[:_SAMPLE]) <= WESTERN * len(data[:_SAMPLE]):
        text = _strict(data, "cp1252")
        if text is not None and not _is_binary(text):
            return text, "cp1252"
    return None


def _is_binary(text: str) -> bool:
    return "\0" in text or len(_CONTROLS.findall(text[:_SAMPLE])) > DAMAGED * len(text[:_SAMPLE])


def decode(data: bytes, hint: str = "") -> tuple[str, tuple[str, ...]]:
    """The text of ``data`` without its byte order mark, and a remark where that was not plain UTF-8.

    ``hint`` is an encoding the file names itself; it is taken if the bytes fit it. Raises :class:`ReadError` (without the
    file's name) for what is no text.
    """
    found = _marked(data) or _plain(data) or _hinted(data, hint) or _damaged(data, "utf-8")
    # A damaged UTF-8 file still has mostly valid sequences, which are rare in other encodings; so it comes first.
    if found is None and (likely := _likely(data)):
        found = likely[0], f"read as {_NAMES[likely[1]]}"
    if found is None and (found := _damaged(data, "gb18030")) and common(found[0][:_SAMPLE]) < COMMON:
        found = None
    if found is None:
        raise ReadError(_no_text(data))
    text, note = found
    return text, (note,) if note else ()


def _marked(data: bytes) -> tuple[str, str] | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            text = _strict(data[len(mark) :], encoding)
            if text is not None and "\0" not in text:
                return text, ""
            return _damaged(data[len(mark) :], encoding)
    return None


def _plain(data: bytes) -> tuple[str, str] | None:
    text = _strict(data, "utf-8")
    return None if text is None or _is_binary(text) else (text, "")


def _hinted(data: bytes, hint: str) -> tuple[str, str] | None:
    text = _strict(data, hint) if hint else None
    return None if text is None or _is_binary(text) else (text, f"read as {_NAMES[hint]}, as it says itself")


def _damaged(data: bytes, encoding: str) -> tuple[str, str] | None:
    r"""Text with ``\ufffd`` for each broken character, if there are only a few."""
    text = data.decode(encoding, errors="replace")
    broken = text.count("\ufffd")
    wide = sum(ord(char) > 127 for char in text)
    if not broken or broken > max(1, DAMAGED * len(text)) or broken * 3 > wide or _is_binary(text):
        return None
    name = _NAMES.get(encoding, encoding.upper())
    return text, f"read as {name}; {broken} broken character{'s' if broken > 1 else ''} in it, shown as \ufffd"


def _no_text(data: bytes) -> str:
    if b"\0" in data:
        return "holds zero bytes, so it is no text; export the page as text"
    return "not text in UTF-8, GB18030, Big5 or UTF-16; export the page as UTF-8 text"
