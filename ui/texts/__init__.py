"""Every text for people, in Chinese and in English: one module a page, those of the chat at hand here."""

from ui.texts.chat import (
    EN,
    EXAMPLES,
    MOST_EXAMPLES,
    QUESTION_LIMIT,
    TEXTS,
    ZH,
    Language,
    Texts,
    dateline,
    examples,
    objection,
    span,
    why,
)

__all__ = [
    "EN",
    "EXAMPLES",
    "MOST_EXAMPLES",
    "QUESTION_LIMIT",
    "TEXTS",
    "ZH",
    "Language",
    "Texts",
    "dateline",
    "examples",
    "objection",
    "span",
    "why",
]
