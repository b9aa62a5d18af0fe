"""The texts by which a person says which reports an answer may rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rag.types import Filters, Kind
from ui.texts.chat import Language

KINDS: Mapping[Language, Mapping[Kind, str]] = {
    "zh": {
        Kind.NEWS: "报道",
        Kind.PHOTO: "图片",
        Kind.CONTINUATION: "转版",
        Kind.DOCUMENT: "文档",
        Kind.FURNITURE: "版头",
    },
    "en": {
        Kind.NEWS: "Reports",
        Kind.PHOTO: "Photos",
        Kind.CONTINUATION: "Continuations",
        Kind.DOCUMENT: "Documents",
        Kind.FURNITURE: "Banners",
    },
}


@dataclass(frozen=True, slots=True)
class ScopeTexts:
    """Labels of the fields, and how what is set is told, in one language."""

    open: str
    place: str
    kind: str
    since: str
    until: str
    date: str
    anywhere: str
    any_kind: str
    since_told: str
    until_told: str
    told: str
    between: str
    bad_date: str
    backwards: str


SCOPES: Mapping[Language, ScopeTexts] = {
    "zh": ScopeTexts(
        open="限定范围",
        place="地区",
        kind="类别",
        since="从",
        until="到",
        date="2025-08",
        anywhere="不限地区",
        any_kind="不限类别",
        since_told="{date} 起",
        until_told="到 {date}",
        told="只看：",
        between="、",
        bad_date="“{given}”不是日期，请写成 2025、2025-08 或 2025-08-28。",
        backwards="起始日期在截止日期之后，请改一个。",
    ),
    "en": ScopeTexts(
        open="Narrow down",
        place="Place",
        kind="Kind",
        since="From",
        until="To",
        date="2025-08",
        anywhere="Any place",
        any_kind="Any kind",
        since_told="since {date}",
        until_told="until {date}",
        told="Only: ",
        between=", ",
        bad_date="“{given}” is no date; write 2025, 2025-08 or 2025-08-28.",
        backwards="The first date is after the last; change one.",
    ),
}

FIELDS = ("place", "kind", "since", "until")
"""What can be set, in the order of the fields and of their labels."""


def told(filters: Filters, language: Language) -> tuple[str, ...]:
    """What is set, each of :data:`FIELDS` in words, or empty."""
    texts = SCOPES[language]
    return (
        filters.place,
        KINDS[language][filters.kind] if filters.kind else "",
        texts.since_told.format(date=filters.since) if filters.since else "",
        texts.until_told.format(date=filters.until) if filters.until else "",
    )


def whole(filters: Filters | None, language: Language) -> str:
    """What is set, on one line; empty if nothing is."""
    named = [word for word in told(filters or Filters(), language) if word]
    return SCOPES[language].told + SCOPES[language].between.join(named) if named else ""
