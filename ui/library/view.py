"""The library for everybody: what is in the archive, and a list of it by filters and words."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlencode

from pydantic import Field, StringConstraints, ValidationError

from rag.search.facets import takes
from rag.search.library import is_doubtful
from rag.types import Article, Kind
from ui import ranges, render
from ui.door import address
from ui.library.census import bars
from ui.schemas import Wanted
from ui.texts import TEXTS
from ui.texts.remarks import said
from ui.texts.scope import KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi import Response

    from rag.config import Settings
    from ui.door import Limit
    from ui.library.census import Census
    from ui.library.desk import Visit
    from ui.live import Live
    from ui.texts import Language

ROWS = 20
"""Articles on a page of the list."""
MOST_FOUND = 200
"""Passages that a search by words looks for; their articles are listed, best first."""
PROVINCES = 12
"""Provinces shown before those that are folded away."""


class Looked(Wanted):
    """What is looked for on the page."""

    q: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    doubtful: bool = False
    page: int = Field(1, ge=1, le=1_000_000)


@dataclass(frozen=True, slots=True)
class Row:
    """An article in the list."""

    id: str
    title: str
    about: str
    link: str
    doubtful: bool

    @classmethod
    def of(cls, article: Article, paper: str, language: Language) -> Row:
        """The row of ``article``."""
        texts = TEXTS[language]
        place = " · ".join(filter(None, (article.province, article.city)))
        about = (render.byline(article, paper, texts), place, KINDS[language][article.kind], article.source)
        return cls(
            article.id,
            render.title(article, texts),
            texts.separator.join(filter(None, about)),
            ranges.link(article.id, language=language),
            is_doubtful(article),
        )


def _objection(error: ValidationError, visit: Visit) -> str:
    """What is wrong with what is looked for, in one line."""
    first = error.errors()[0]
    if not first["loc"]:  # a date
        return said(str(first["ctx"]["error"]), visit.language)
    return visit.say("bad_filter").format(field=first["loc"][0])


class View:
    """The page over the archive of ``live``; ``limit`` is how often an address may search it by words."""

    def __init__(self, live: Live, settings: Settings, limit: Limit) -> None:
        self.live, self.settings, self.limit = live, settings, limit

    def show(self, visit: Visit) -> Response:
        """Answer one request."""
        language, wrong = visit.language, ""
        given = {name: value for name, value in visit.request.query_params.items() if name in Looked.model_fields}
        try:
            looked = Looked.model_validate(given)
        except ValidationError as error:
            looked, wrong = Looked(), _objection(error, visit)
        wait = 0 if wrong or not looked.q else ceil(self.limit.take(address(visit.request)))
        if wait:
            wrong = visit.say("too_many").format(count=self.limit.per_minute, seconds=wait)
        census = self.live.census
        total, found = (0, ()) if wrong else self.find(looked, census)
        pages = -(-total // ROWS)
        asked = {**given, "lang": language}
        shown = visit.page(
            "index",
            429 if wait else 200,
            paper=self.settings.paper,
            census=census,
            months=bars(census.months, "since", "until"),
            provinces=bars(census.provinces, "place")[:PROVINCES],
            rest=bars(census.provinces, "place")[PROVINCES:],
            kinds=bars(census.kinds, "kind"),
            kind_names={kind: name for kind, name in KINDS[language].items() if kind is not Kind.FURNITURE},
            asked=looked,
            wrong=wrong,
            total=total,
            rows=[Row.of(article, self.settings.paper, language) for article in found],
            first=(looked.page - 1) * ROWS + 1,
            page=looked.page,
            pages=pages,
            before=f"?{urlencode({**asked, 'page': looked.page - 1})}" if looked.page > 1 else "",
            behind=f"?{urlencode({**asked, 'page': looked.page + 1})}" if looked.page < pages else "",
        )
        if wait:
            shown.headers["retry-after"] = str(wait)
        return shown

    def find(self, looked: Looked, census: Census) -> tuple[int, Sequence[Article]]:
        """How many articles are looked for, and those on the page of the list; the least sure first, where only doubtful ones are."""
        filters, start = looked.filters(), (looked.page - 1) * ROWS
        if not (looked.q or looked.doubtful):
            return self.live.listed(filters, start, ROWS)
        if looked.q:
            hits = self.live.search(looked.q, MOST_FOUND, filters or None)
            ids = list(dict.fromkeys(hit.passage.article_id for hit in hits))
            if looked.doubtful:
                known = set(census.doubtful)
                ids = [id_ for id_ in ids if id_ in known]
            return len(ids), [self.live.article(id_) for id_ in ids[start : start + ROWS]]
        doubtful = [a for a in map(self.live.article, census.doubtful) if takes(filters, a)]
        doubtful.sort(key=lambda a: (a.confidence, -len(a.doubts)))  # the least sure first
        return len(doubtful), doubtful[start : start + ROWS]
