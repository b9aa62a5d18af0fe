"""Feedback as records: what a person says about an answer, and what of the answer is kept with it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from rag.types import Status

if TYPE_CHECKING:
    from rag.types import Answer
    from ui.texts import Language

LONGEST_COMMENT = 500
"""Characters of a comment."""


class Verdict(StrEnum):
    """Whether an answer helped: 赞 or 踩."""

    UP = "up"
    DOWN = "down"


class Reason(StrEnum):
    """What is wrong with an answer: 引用不符, 答非所问, 过时, 有遗漏, 应答未答."""

    WRONG_QUOTE = "wrong_quote"
    BESIDE = "beside"
    OUTDATED = "outdated"
    INCOMPLETE = "incomplete"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a person says. Reasons go with :attr:`Verdict.DOWN` alone; each counts once, in the order of :class:`Reason`."""

    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    comment: str = ""

    def __post_init__(self) -> None:
        if self.reasons and self.verdict is Verdict.UP:
            raise ValueError("reasons go with the verdict down; leave them out, or say down")
        if len(self.comment) > LONGEST_COMMENT:
            raise ValueError(f"the comment has {len(self.comment)} characters; give at most {LONGEST_COMMENT}")
        object.__setattr__(self, "reasons", tuple(reason for reason in Reason if reason in self.reasons))


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation of the answer: ``quote`` stands at ``start`` (0-based) of the text of ``article``."""

    number: int
    article: str
    quote: str
    start: int


@dataclass(frozen=True, slots=True)
class Feedback:
    """An opinion with the answer that it is about, as it was given; ``when`` is UTC, to the second."""

    id: str
    when: str
    question: str
    understood_as: str
    answer: str
    citations: tuple[Cited, ...]
    status: Status
    verdict: Verdict
    reasons: tuple[Reason, ...]
    comment: str
    language: Language
    index_id: str

    @classmethod
    def of(cls, answer: Answer, token: str, opinion: Opinion, language: Language) -> Feedback:
        """Feedback on ``answer``, kept under ``token``: one for each."""
        return cls(
            id=id_of(token),
            when=now(),
            question=answer.question,
            understood_as=answer.understood_as,
            answer=answer.text,
            citations=tuple(
                Cited(c.number, c.passage.article_id, c.quote, c.passage.start + c.start) for c in answer.citations
            ),
            status=answer.status,
            verdict=opinion.verdict,
            reasons=opinion.reasons,
            comment=opinion.comment.strip(),
            language=language,
            index_id=answer.trace.index_id,
        )


def id_of(token: str) -> str:
    """The id of the feedback on the answer kept under ``token``; it does not give the token away."""
    return hashlib.sha256(token.encode()).hexdigest()[:16]


def now() -> str:
    """The time, UTC, to the second, as ISO has it."""
    return datetime.now(UTC).isoformat(timespec="seconds")
