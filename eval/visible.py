"""Text from elsewhere that is to be shown in a terminal or kept in a line."""

from __future__ import annotations

import unicodedata


def unprintable(text: str) -> bool:
    """Whether ``text`` holds control characters, line breaks among them, or ones that turn the direction of writing."""
    return any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for char in text)


def visible(text: str) -> str:
    """``text`` with control characters written out as in Python, so that nothing in it can steer the terminal."""
    return "".join(char.encode("unicode_escape").decode() if unprintable(char) else char for char in text)
