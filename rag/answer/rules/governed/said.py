"""A question after a figure or a date, and a sentence that may answer it with what stands around it, as both are compared."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from rag.answer.asked.question import sentences_of
from rag.answer.rules import alike
from rag.answer.rules.governed import counted
from rag.zh import is_english, normalise

if TYPE_CHECKING:
    from rag.answer.asked.question import Question
    from rag.answer.asked.sought import Sought
    from rag.types import Passage

NEAR_BY = 80
"""Characters before a sentence in which its subject may be named."""


@dataclass(frozen=True)
class Asked:
    """A ``question`` and the last sentence of it in normal form (``text``)."""

    question: Question

    @cached_property
    def text(self) -> str:
        """What is asked, in normal form."""
        return normalise(sentences_of(self.question.text)[-1])

    @cached_property
    def english(self) -> bool:
        """Whether it is asked in English."""
        return is_english(self.question.text)

    @property
    def sought(self) -> Sought | None:
        """The figure asked for."""
        return self.question.sought


@dataclass(frozen=True)
class Said:
    """The sentence ``passage.text[start:end]`` and what stands around it, all in normal form."""

    whole: Passage
    start: int
    end: int
    asked: Asked

    @cached_property
    def text(self) -> str:
        """The sentence."""
        return normalise(self.whole.text[self.start : self.end])

    @cached_property
    def head(self) -> str:
        """The head of its article."""
        return normalise(self.whole.head)

    @cached_property
    def before(self) -> str:
        """What its passage says before it."""
        return normalise(self.whole.text[: self.start])

    @cached_property
    def passage(self) -> str:
        """All that is known around it."""
        return f"{self.head}\n{normalise(self.whole.text)}"

    @cached_property
    def near(self) -> str:
        """Where its subject may be named: the head, :data:`NEAR_BY` characters before it, and itself."""
        return f"{self.head}\n{self.before[-NEAR_BY:]}{self.text}"

    @cached_property
    def figures(self) -> list[tuple[int, int]]:
        """Where its figures stand that may be what is asked for; none where no figure is."""
        sought = self.asked.sought
        if sought is None:
            return []
        return [at for at, _ in counted.figures(sought, self.text, alike.known().cosine)]

    def item(self, at: int) -> str:
        """What stands around a place in it, between semicolons."""
        end = self.text.find(";", at)
        return self.text[self.text.rfind(";", 0, at) + 1 : end if end >= 0 else len(self.text)]
