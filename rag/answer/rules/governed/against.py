"""Whether a figure or a date is said of what the question asks after: its subject, year, level, and so much a head or in all.

A report that says the most on the subject has figures of other things as well: of the other stop, of this year, of all of them
together. A sentence is turned down for what speaks against it; of a name, a rate or an end that it must tell, the forms are known.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from rag.answer.rules.governed import amounts, closed_sets, moments, subjects
from rag.answer.rules.governed.said import Asked, Said

if TYPE_CHECKING:
    from rag.answer.asked.question import Question
    from rag.types import Passage

_AGAINST: tuple[Callable[[Asked, Said], bool], ...] = (
    moments.no_end,
    moments.no_beginning,
    moments.still_to_come,
    moments.no_turn,
    closed_sets.other_of_set,
    closed_sets.other_sex,
    subjects.other_stop,
    subjects.other_county,
    subjects.other_nth,
    subjects.other_age,
    amounts.no_rate,
    amounts.no_bound,
    amounts.gift_towards_it,
    # These look for the figures first.
    amounts.known_already,
    amounts.of_the_whole,
    amounts.of_those_who_got,
    amounts.other_item,
    amounts.other_measure,
    amounts.span_of_another,
    amounts.other_number,
    amounts.not_former,
    amounts.not_denied,
    moments.other_year,
    moments.not_last_year,
    moments.not_ahead,
    subjects.other_country,
    subjects.other_people,
    subjects.other_partner,
)
"""What speaks against a sentence; the first that does decides."""


@lru_cache(512)  # the gate looks at the sentences of an answer several times
def against(question: Question, passage: Passage, start: int, end: int) -> str:
    """What speaks against ``passage.text[start:end]``, by the name of its function; empty for nothing."""
    asked = Asked(question)
    said = Said(passage, start, end, asked)
    return next((rule.__name__ for rule in _AGAINST if rule(asked, said)), "")
