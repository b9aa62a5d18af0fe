"""``POST /api/feedback``: an opinion on an answer that this server gave.

It is named by its token, which cannot be guessed: whoever has it was given the answer, on the chat page or by the API, and no key
is asked for besides.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, model_validator

from rag.errors import InputError
from ui.door import ApiError
from ui.feedback.records import LONGEST_COMMENT, Opinion, Reason, Verdict, id_of
from ui.texts import Language

if TYPE_CHECKING:
    from fastapi import FastAPI

    from rag.types import Answer
    from ui.feedback.store import Feedbacks
    from ui.shelf import Shelf
    from ui.turns import Slots, Turn

log = logging.getLogger(__name__)


class Given(BaseModel):
    """An opinion on an answer."""

    model_config = ConfigDict(extra="forbid")

    token: str = Field(description="That of the answer, as it was given with it.", pattern="^[A-Za-z0-9_-]{22}$")
    verdict: Verdict | None = Field(description="Whether the answer helped; null takes back what was said.")
    reasons: list[Reason] = Field(default_factory=list, max_length=len(Reason), description="What is wrong with it.")
    comment: str = Field("", max_length=LONGEST_COMMENT, description="In the reader's own words.")
    language: Language = Field("zh", description="Language of the page that the answer was read on.")

    @model_validator(mode="after")
    def _sound(self) -> Given:
        self.opinion()
        return self

    def opinion(self) -> Opinion | None:
        """The same as a record. Raises ``ValueError`` for reasons against an answer that helped."""
        return Opinion(self.verdict, tuple(self.reasons), self.comment) if self.verdict else None


class Kept(BaseModel):
    """Under which id it is kept, or was."""

    id: str


def add(app: FastAPI, feedbacks: Feedbacks, shelf: Shelf) -> None:
    """Add the route to ``app``."""

    def feedback(given: Given) -> Kept:
        """Keep an opinion on an answer, instead of an earlier one on it; the question and the answer are kept with it. Or forget it."""
        answer = shelf.get(given.token)
        if answer is None:
            raise ApiError(404, "not_found", "no answer under this token any more; ask again, and send the new one's")
        try:
            if opinion := given.opinion():
                feedbacks.put(answer, given.token, opinion, given.language)
            else:
                feedbacks.drop(id_of(given.token))
            return Kept(id=id_of(given.token))
        except InputError as problem:
            log.error("feedback was not kept: %s", problem)  # noqa: TRY400  the line says it all
            raise ApiError(503, "not_kept", "the feedback could not be kept; tell whoever runs the server") from None

    router = APIRouter()
    router.add_api_route(
        "/api/feedback",
        feedback,
        methods=["POST"],
        response_model=Kept,
    )
    app.include_router(router)


def count_refused(feedbacks: Feedbacks, slots: Slots) -> None:
    """Have refused questions counted as ``slots`` sees them end, beside whoever else is told."""
    told = slots.ended

    def count(answer: Answer) -> None:
        try:
            feedbacks.refused(answer)
        except InputError as problem:
            log.error("a refused question was not counted: %s", problem)  # noqa: TRY400

    def ended(turn: Turn) -> None:
        told(turn)
        if turn.answer is not None and turn.answer.refused:
            # Not in the server's own thread, which would wait for the disk.
            threading.Thread(target=count, args=(turn.answer,), name="refused").start()

    slots.ended = ended
