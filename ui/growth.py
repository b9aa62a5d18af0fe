"""An answer as it grows, told as what is new in it, for those who cannot draw it anew each time."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.types import Progress, Sentence

if TYPE_CHECKING:
    from ui.turns import Turn


@dataclass(frozen=True, slots=True)
class Ahead:
    """The question waits, ``questions`` come first."""

    questions: int


@dataclass(frozen=True, slots=True)
class Restart:
    """What was told before does not count: it did not stand the check, or the model broke off."""


async def news(growing: AsyncGenerator[Turn, None]) -> AsyncIterator[Ahead | Progress | Restart | Sentence | Turn]:
    """What each step of ``growing`` adds, and at last the turn with its answer or problem. ``growing`` is closed."""
    said: tuple[Sentence, ...] = ()
    step: Progress | None = None
    async with aclosing(growing):
        async for turn in growing:
            if turn.ahead:
                yield Ahead(turn.ahead)
            elif turn.progress is not None and turn.progress is not step:
                step = turn.progress
                yield step
            shown = turn.answer or turn.partial
            if shown is not None:
                if shown.sentences[: len(said)] != said:
                    yield Restart()
                    said = ()
                for sentence in shown.sentences[len(said) :]:
                    yield sentence
                said = shown.sentences
            if not turn.pending:
                yield turn
