"""Which sentence is about which of several things asked about: each is known by the words that the others do not have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.answer.asked.units import content
from rag.answer.bearing import bearing
from rag.answer.reached import before
from rag.zh import normalise

if TYPE_CHECKING:
    from rag.answer.asked.question import Question
    from rag.answer.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Side:
    """One of the things: its ``own`` words and those of the ``others``, in normal form."""

    own: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    def strange(self, text: str) -> bool:
        """Whether ``text`` (normal form) speaks of another by a word of its own, and by none of this one's."""
        return any(word in text for word in self.others) and not any(word in text for word in self.own)


def sides(names: Sequence[str]) -> list[Side]:
    """What sets each of ``names`` apart, in their order: words that stand in no other name."""
    plain = [normalise(name) for name in names]
    own = [
        tuple(
            w for w in dict.fromkeys((*content(name), name)) if not any(w in other for other in plain if other != name)
        )
        for name in plain
    ]
    return [Side(words, tuple(w for other in own for w in other if other is not words)) for words in own]


def lead(question: Question, ranked: Sequence[Evidence], side: Side) -> list[Evidence]:
    """``ranked``, which begins with what answers, without sentences about another side; unchanged where all that bear on it are."""
    kept = [e for e in ranked if not side.strange(normalise(e.text))]
    may = [e for e in bearing(question, ranked) if e in kept]
    first = next(iter(before(question, may, total=True)), None)
    return [first, *(e for e in kept if e is not first)] if first is not None else list(ranked)
