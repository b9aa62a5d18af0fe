"""The assistant in use, which can be exchanged for one over a newer index while questions are being answered."""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, overload

from rag.types import Answer, Article
from ui.library.census import Census

if TYPE_CHECKING:
    from rag.types import Asked, Event, Filters, Hit
    from ui.turns import Asker

GRACE = 30.0
"""Seconds for which an assistant that is not in use any more is kept all the same: what was begun with it and asks for articles by their
ids, such as a page of the library, comes to its end.
"""

MOST = 10_000
"""Articles of answers that are remembered, so that those which a newer index lacks can still be read: more than all the answers of
:class:`ui.shelf.Shelf` have, which may be shown for an hour.
"""


class _Used:
    """An assistant that is in use."""

    def __init__(self, asker: Asker) -> None:
        self.asker = asker

    @cached_property
    def census(self) -> Census:
        """What is in its index; a large one takes seconds to count."""
        return Census.of(self.asker.articles)


class Live:
    """An asker that hands everything on to the one in use. A question goes on with the index that it was begun with.

    Nothing here keeps the one before for longer than ``grace`` seconds; questions that it still answers do. ``fault`` is what is wrong with
    the index in use although it could be opened; nothing where it passed its self-test.
    """

    def __init__(self, asker: Asker, fault: str = "", grace: float = GRACE) -> None:
        self._used = _Used(asker)
        self._grace = grace
        self._before: list[weakref.ref[Asker]] = []
        self._told: OrderedDict[str, None] = OrderedDict()
        self._gone: OrderedDict[str, Article] = OrderedDict()
        self._lock = threading.Lock()
        self.fault = fault
        self.articles: Sequence[Article] = _Articles(self)

    @property
    def now(self) -> Asker:
        """The one in use."""
        return self._used.asker

    @property
    def census(self) -> Census:
        """What is in the index in use, counted once."""
        return self._used.census

    def use(self, asker: Asker) -> None:
        """Put ``asker`` in use, which has passed its self-test, and let go of the one before."""
        used = _Used(asker)
        _ = used.census  # counted before anybody waits for it
        with self._lock:
            told = dict(self._told)
        gone = _lacking(asker, self.now, told)  # takes seconds where many answers were given
        with self._lock:
            before = self.now
            self._keep(gone | _lacking(asker, before, self._told.keys() - told.keys()))
            self._before = [weakref.ref(before), *(one for one in self._before if one() is not None)]
            self._used, self.fault = used, ""
        if self._grace:
            waiting = threading.Timer(self._grace, lambda _kept: None, [before])
            waiting.daemon = True
            waiting.start()

    @property
    def index_id(self) -> str:
        """Which index answers."""
        return self.now.index_id

    def article(self, article_id: str) -> Article:
        """One article by its id, which may be one that only an answer of an index before cites. Raises ``KeyError`` for others."""
        for asker in (self.now, *(one() for one in self._before)):
            if asker is not None and (found := _find(asker, article_id)):
                return found
        return self._gone[article_id]

    def stream(
        self, question: str, history: Sequence[str | Asked] = (), filters: Filters | None = None
    ) -> Iterator[Event]:
        """Progress and partial answers, then the answer."""
        return self._remembering(self.now, question, history, filters)

    def _remembering(
        self, asker: Asker, question: str, history: Sequence[str | Asked], filters: Filters | None
    ) -> Iterator[Event]:
        """The events of ``asker``; the articles of its answer can be read for as long as that may stand on a screen."""
        for event in asker.stream(question, history, filters):
            if isinstance(event, Answer):
                self._remember(asker, _named(event))
            yield event

    def _remember(self, asker: Asker, ids: Collection[str]) -> None:
        with self._lock:
            for id_ in ids:
                self._told[id_] = None
                self._told.move_to_end(id_)
            while len(self._told) > MOST:
                self._told.popitem(last=False)
            if asker is not self.now:
                self._keep(_lacking(self.now, asker, ids))

    def _keep(self, articles: Mapping[str, Article]) -> None:
        """Keep articles that the index in use lacks."""
        self._gone.update(articles)
        while len(self._gone) > MOST:
            self._gone.popitem(last=False)

    def onward(self, answer: Answer, filters: Filters | None = None) -> Sequence[str]:
        """Questions to ask after ``answer``; none after one of an index before, with articles that are not in this one."""
        asker = self.now
        if answer.trace.index_id != asker.index_id and not all(_find(asker, id_) for id_ in _named(answer)):
            return ()
        return asker.onward(answer, filters)

    def search(self, query: str, k: int | None = None, filters: Filters | None = None) -> Sequence[Hit]:
        """The best ``k`` passages for ``query``, best first."""
        return self.now.search(query, k, filters)

    def listed(self, filters: Filters, offset: int, limit: int) -> tuple[int, Sequence[Article]]:
        """How many articles ``filters`` let pass, and some of them."""
        return self.now.listed(filters, offset, limit)


def _find(asker: Asker, article_id: str) -> Article | None:
    try:
        return asker.article(article_id)
    except KeyError:
        return None


def _lacking(asker: Asker, before: Asker, ids: Collection[str]) -> dict[str, Article]:
    """Those articles of ``before`` among ``ids`` that ``asker`` lacks."""
    lacking = (id_ for id_ in ids if not _find(asker, id_))
    return {id_: article for id_ in lacking if (article := _find(before, id_))}


def _named(answer: Answer) -> dict[str, None]:
    """The ids of the articles that ``answer`` cites or was made from, each once."""
    passages = (*(c.passage for c in answer.citations), *(hit.passage for hit in answer.hits))
    return dict.fromkeys(passage.article_id for passage in passages)


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
