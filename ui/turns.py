"""A conversation as turns, and how one question runs: in its own thread, bounded, stoppable, never raising.

Nothing here knows about the web: what a turn looks like is :mod:`ui.render`'s, where it is shown :mod:`ui.chat`'s.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import threading
import time
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TypeVar

from rag.errors import ModelError, StoreError
from rag.types import Answer, Asked, Partial, Progress

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator, Sequence

    from rag.types import Article, Event, Filters, Hit

log = logging.getLogger(__name__)

Told = TypeVar("Told")

PACE = 0.15
"""Seconds between two drawings of a growing answer: most are there sooner, and drawing one costs more than finding it."""


class Asker(Protocol):
    """What the web application needs of an assistant."""

    @property
    def index_id(self) -> str:
        """Which index answers."""

    @property
    def articles(self) -> Sequence[Article]:
        """Every article of the archive."""

    def article(self, article_id: str) -> Article:
        """One article by its id. Raises ``KeyError`` for one that is not there."""

    def stream(
        self, question: str, history: Sequence[str | Asked] = (), filters: Filters | None = None
    ) -> Iterator[Event]:
        """Progress and partial answers, then the answer. ``history`` holds what was asked before, oldest first."""

    def onward(self, answer: Answer, filters: Filters | None = None) -> Sequence[str]:
        """Questions to ask after ``answer`` that are known to be answered."""

    def search(self, query: str, k: int | None = None, filters: Filters | None = None) -> Sequence[Hit]:
        """The best ``k`` passages for ``query`` that ``filters`` let pass, best first."""

    def listed(self, filters: Filters, offset: int, limit: int) -> tuple[int, Sequence[Article]]:
        """How many articles ``filters`` let pass, and at most ``limit`` of them from number ``offset`` (0-based) on."""


class Problem(StrEnum):
    """Why a turn has no finished answer; each is the name of its text in :class:`ui.texts.Texts`."""

    STOPPED = "stopped"
    BUSY = "busy"
    FAILED = "failed"
    MODEL_FAILED = "model_failed"
    INDEX_FAILED = "index_failed"
    EXPIRED = "expired"


@dataclass(frozen=True, eq=False)
class Turn:
    """One question and what has become of it so far. Compared by identity: an answer's trace cannot be hashed.

    ``number`` is unique in its conversation and part of element ids. ``ahead`` is the number of questions waiting
    before this one, ``seconds`` how long the answer took, ``reference`` what to look for in the log after an error, ``word`` the token under which the answer can be
    fetched as a Word file (:mod:`ui.shelf`), ``onward`` are questions that may be asked next, ``filters`` say which reports it may rest on.
    """

    number: int
    question: str
    filters: Filters | None = None
    ahead: int = 0
    progress: Progress | None = None
    partial: Partial | None = None
    answer: Answer | None = None
    problem: Problem | None = None
    reference: str = ""
    seconds: float = 0.0
    word: str = ""
    onward: tuple[str, ...] = ()

    @property
    def pending(self) -> bool:
        """Whether it is still being answered."""
        return self.answer is None and self.problem is None


Turns = tuple[Turn, ...]


def follows(turns: Turns) -> int:
    """The number of the turn after these: never one that was used, though its turn be replaced."""
    return turns[-1].number + 1 if turns else 1


def begin(turns: Turns, question: str, filters: Filters | None = None, *, replaces: bool = False) -> Turns:
    """The conversation with a new, pending turn at its end, instead of the last one if it ``replaces`` that, and of any whose answer to
    the same question has expired.
    """
    staying = [t for t in (turns[:-1] if replaces else turns) if (t.problem, t.question) != (Problem.EXPIRED, question)]
    return (*staying, Turn(follows(turns), question, filters))


def settle(turns: Turns) -> Turns:
    """The conversation with a pending last turn marked as stopped; what it has stays."""
    if turns and turns[-1].pending:
        return (*turns[:-1], replace(turns[-1], problem=Problem.STOPPED))
    return turns


def history(turns: Turns) -> tuple[Asked, ...]:
    """What was asked and answered, oldest first: what a follow-up is understood by."""
    return tuple(Asked.of(t.answer) for t in turns if t.answer is not None)


# --- running ------------------------------------------------------------------------------------


class Busy(Exception):  # noqa: N818  a state of the service, not an error in it
    """All places, running and waiting, are taken."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """All running places are taken; ``ahead`` questions come first."""

    ahead: int


class Slots:
    """At most ``running`` questions are answered at once and ``waiting`` more stand in line; then :class:`Busy`.

    A place is given back when the question's thread ends, not when its reader leaves: stopping and asking again
    cannot pile up work. ``ended`` is told of every turn that has come to its end, for whoever counts them.
    """

    def __init__(self, running: int = 4, waiting: int = 60) -> None:
        self.ended: Callable[[Turn], None] = lambda _turn: None
        self.running = running
        self.places = running + waiting
        self.taken = 0
        self._free = asyncio.Semaphore(running)

    @property
    def crowded(self) -> bool:
        """Whether a question that came now would have to wait."""
        return self.taken >= self.running

    async def events(self, start: Callable[[], Iterator[Told]]) -> AsyncGenerator[Told | Waiting, None]:
        """The events of ``start()``, which runs in a thread; partial answers overtaken by later events are skipped.

        Raises
        ------
        Busy
            when no place is left.
        Exception
            whatever ``start()`` or its iterator raises.
        """
        if self.taken >= self.places:
            raise Busy
        self.taken += 1
        try:
            if self._free.locked():
                yield Waiting(max(1, self.taken - self.running))
            await self._free.acquire()
        except BaseException:  # the reader left the line: CancelledError or GeneratorExit
            self.taken -= 1
            raise
        arrived: asyncio.Queue[Told | Exception | None] = asyncio.Queue()
        left = threading.Event()
        self._work(start, arrived, left)
        try:
            while (event := await arrived.get()) is not None:
                while isinstance(event, Partial) and not arrived.empty():
                    event = arrived.get_nowait()
                if event is None:
                    return
                if isinstance(event, Exception):
                    raise event
                yield event
        finally:
            left.set()

    def _work(
        self,
        start: Callable[[], Iterator[Told]],
        arrived: asyncio.Queue[Told | Exception | None],
        left: threading.Event,
    ) -> None:
        """Run ``start()`` in a thread: its events, or what it raises, go to ``arrived``, then None; until ``left``."""
        loop = asyncio.get_running_loop()

        def tell(call: Callable[..., object], *args: object) -> None:
            with suppress(RuntimeError):  # the loop was closed meanwhile: the server is going down
                loop.call_soon_threadsafe(call, *args)

        def give_back() -> None:
            self.taken -= 1
            self._free.release()
            arrived.put_nowait(None)

        def work() -> None:
            try:
                for event in start():
                    if left.is_set():
                        break
                    tell(arrived.put_nowait, event)
            except Exception as error:  # noqa: BLE001  handed to the reader, who raises it
                tell(arrived.put_nowait, error)
            finally:
                tell(give_back)

        threading.Thread(target=work, name="question", daemon=True).start()


async def run(asker: Asker, turn: Turn, earlier: Sequence[str | Asked], slots: Slots) -> AsyncGenerator[Turn, None]:
    """``turn`` as it grows, until it has an answer or a problem. Errors become problems, logged with a reference."""
    try:
        async with aclosing(_grow(asker, turn, earlier, slots)) as growing:
            async for turn in growing:  # noqa: PLR1704  the same turn, grown
                yield turn
    finally:
        slots.ended(settle((turn,))[-1])


async def _grow(asker: Asker, turn: Turn, earlier: Sequence[str | Asked], slots: Slots) -> AsyncGenerator[Turn, None]:
    began = time.monotonic()
    try:
        async with aclosing(slots.events(lambda: asker.stream(turn.question, earlier, turn.filters))) as events:
            async for event in events:
                match event:
                    case Waiting():
                        turn = replace(turn, ahead=event.ahead)
                    case Progress():
                        turn = replace(turn, ahead=0, progress=event)
                    case Partial():
                        turn = replace(turn, ahead=0, partial=event)
                    case Answer():
                        turn = replace(turn, ahead=0, answer=event, seconds=time.monotonic() - began)
                yield turn
        if turn.answer is None:
            log.error("the stream of events ended without an answer")
            yield replace(turn, problem=Problem.FAILED, reference="-")
    except Busy:
        yield replace(turn, problem=Problem.BUSY)
    except Exception as error:
        reference = secrets.token_hex(3)
        log.exception("question failed, reference %s", reference)
        kind = (
            Problem.MODEL_FAILED
            if isinstance(error, ModelError)
            else Problem.INDEX_FAILED
            if isinstance(error, StoreError)
            else Problem.FAILED
        )
        yield replace(turn, problem=kind, reference=reference)


async def onward(asker: Asker, turn: Turn, slots: Slots) -> tuple[str, ...]:
    """Questions to ask after ``turn``, which has its answer; none while others wait for theirs, or where looking for them fails."""
    answer = turn.answer
    if answer is None or slots.crowded:
        return ()
    found: tuple[str, ...] = ()
    try:
        async with aclosing(slots.events(lambda: iter([tuple(asker.onward(answer, turn.filters))]))) as events:
            async for event in events:
                if not isinstance(event, Waiting):
                    found = event
    except Busy:
        return ()
    except Exception:
        log.exception("no questions to ask next were found")
    return found


async def with_onward(growing: AsyncGenerator[Turn, None], asker: Asker, slots: Slots) -> AsyncGenerator[Turn, None]:
    """``growing``, whose answer is held back until what may be asked next is known."""
    async with aclosing(growing):
        async for turn in growing:
            yield replace(turn, onward=await onward(asker, turn, slots)) if turn.answer else turn


async def paced(growing: AsyncGenerator[Turn, None], least: float = PACE) -> AsyncGenerator[Turn, None]:
    """``growing`` for who draws it at some cost: the newest turn, at most once in ``least`` seconds.

    Nothing that stands still goes unseen: what was held back comes when the time is up. What ends a turn, and a place in the line, come
    at once.
    """
    held: Turn | None = None
    given = time.monotonic()
    async with aclosing(growing):
        coming = asyncio.ensure_future(anext(growing, None))
        try:
            while True:
                rest = given + least - time.monotonic()
                done, _ = await asyncio.wait({coming}, timeout=None if held is None else max(0.0, rest))
                if done:
                    if (newest := coming.result()) is None:
                        break
                    held = newest
                    coming = asyncio.ensure_future(anext(growing, None))
                    if held.pending and not held.ahead and rest > 0:
                        continue
                assert held is not None  # else there is nothing to wait for but the next
                yield held
                held, given = None, time.monotonic()
        finally:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)
    if held is not None:
        yield held
