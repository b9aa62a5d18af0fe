"""Every text for people, in Chinese and in English: one module a page, those of the chat at hand here."""

from ui.texts.chat import (
    EN,
    EXAMPLES,
    LONGEST_TITLE,
    MOST_EXAMPLES,
    QUESTION_LIMIT,
    TEXTS,
    ZH,
    Example,
    Language,
    Texts,
    answered_by,
    dateline,
    examples,
    objection,
    span,
)

__all__ = [
    "EN",
    "EXAMPLES",
    "LONGEST_TITLE",
    "MOST_EXAMPLES",
    "QUESTION_LIMIT",
    "TEXTS",
    "ZH",
    "Example",
    "Language",
    "Texts",
    "answered_by",
    "dateline",
    "examples",
    "objection",
    "span",
]
