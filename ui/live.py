"""The assistant in use, which can be exchanged for one over a newer index while questions are being answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, overload

from rag.types import Article

if TYPE_CHECKING:
    from rag.types import Answer, Asked, Event, Filters, Hit
    from ui.turns import Asker


class Live:
    """An asker that hands everything on to the one in use. A question goes on with the index that it was begun with.

    ``fault`` is what is wrong with the index in use although it could be opened; nothing where it passed its self-test.
    """

    def __init__(self, asker: Asker, fault: str = "") -> None:
        self._now = self._before = asker
        self.fault = fault
        self.articles: Sequence[Article] = _Articles(self)

    @property
    def now(self) -> Asker:
        """The one in use."""
        return self._now

    def use(self, asker: Asker) -> None:
        """Put ``asker`` in use, which has passed its self-test.

        Articles that only the one before has can still be read: answers on the screen cite them.
        """
        self._before, self._now, self.fault = self._now, asker, ""

    @property
    def index_id(self) -> str:
        """Which index answers."""
        return self._now.index_id

    def article(self, article_id: str) -> Article:
        """One article by its id. Raises ``KeyError`` for one that is not there."""
        try:
            return self._now.article(article_id)
        except KeyError:
            return self._before.article(article_id)

    def stream(
        self, question: str, history: Sequence[str | Asked] = (), filters: Filters | None = None
    ) -> Iterator[Event]:
        """Progress and partial answers, then the answer."""
        return self._now.stream(question, history, filters)

    def onward(self, answer: Answer, filters: Filters | None = None) -> Sequence[str]:
        """Questions to ask after ``answer``, which may be from the index before and cite what only that one has."""
        asker = self._before if answer.trace.index_id == self._before.index_id else self._now
        return asker.onward(answer, filters)

    def search(self, query: str, k: int | None = None, filters: Filters | None = None) -> Sequence[Hit]:
        """The best ``k`` passages for ``query``, best first."""
        return self._now.search(query, k, filters)

    def listed(self, filters: Filters, offset: int, limit: int) -> tuple[int, Sequence[Article]]:
        """How many articles ``filters`` let pass, and some of them."""
        return self._now.listed(filters, offset, limit)


class _Articles(Sequence[Article]):
    """The articles of whichever index is in use."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def __len__(self) -> int:
        return len(self._live.now.articles)

    @overload
    def __getitem__(self, at: int) -> Article: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Article]: ...
    def __getitem__(self, at: int | slice) -> Article | Sequence[Article]:
        return self._live.now.articles[at]

    def __iter__(self) -> Iterator[Article]:
        return iter(self._live.now.articles)
