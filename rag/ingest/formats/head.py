"""What the head of an HTML page says of it: title, date, source."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from rag.types import Precision, Published

_DATE = re.compile(r"((?:19|20)[0-9]{2})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})")
_DATES = (
    "article:published_time datepublished publishdate pubdate publish_time publishtime dc.date date og:release_date"
).split()
_SOURCES = "source mediaid og:site_name dc.source publisher".split()


def stated(root: Any) -> dict[str, str]:
    """The page's meta data by lower-case name, the first of each."""
    found: dict[str, str] = {}
    for node in root.iter("meta"):
        name = (node.get("name") or node.get("property") or node.get("itemprop") or "").strip().lower()
        value = " ".join((node.get("content") or "").split())
        if name and value:
            found.setdefault(name, value)
    return found


def title(root: Any, meta: Mapping[str, str]) -> str:
    """The title the head gives, which often ends in the name of the site."""
    given = meta.get("og:title") or "".join(text for node in root.iter("title") for text in node.itertext())
    return " ".join(given.split())[:200]


def published(root: Any, meta: Mapping[str, str]) -> Published | None:
    """The day the page's meta data state, with what stated it and the source they name."""
    dates = [(name, meta[name]) for name in _DATES if name in meta]
    dates += [("datePublished", value) for value in _linked(root)]
    dates += [("time", node.get("datetime", "")) for node in root.iter("time")][:1]
    source = next((meta[name] for name in _SOURCES if name in meta), "")
    for name, value in dates:
        if day := iso_date(value):
            return Published(day, Precision.DAY, f"{name}: {value[:40]}" + (f" ({source[:40]})" if source else ""))
    return None


def _linked(root: Any) -> list[str]:
    """The dates in the page's JSON-LD (schema.org)."""
    found: list[str] = []
    for node in root.iter("script"):
        if node.get("type", "").lower() != "application/ld+json":
            continue
        try:
            data = json.loads(node.text or "")
        except (ValueError, RecursionError):
            continue
        if isinstance(data, dict):
            data = data.get("@graph", data)
        for item in data if isinstance(data, list) else [data]:
            value = item.get("datePublished") if isinstance(item, dict) else None
            found += [value] if isinstance(value, str) else []
    return found


def iso_date(value: str) -> str:
    """The first date in ``value`` (2025-08-28, 2025/8/28, 2025年8月28日) in ISO form; empty if there is none."""
    if m := _DATE.search(value):
        try:
            return date(int(m[1]), int(m[2]), int(m[3])).isoformat()
        except ValueError:
            return ""
    return ""
