"""What has been asked, counted for Prometheus. Home of prometheus_client, which keeps the text format and its escaping right.

Each application has a registry of its own. Only counts are kept: no question, no caller.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

if TYPE_CHECKING:
    from ui.turns import Slots, Turn

CONTENT_TYPE = CONTENT_TYPE_LATEST

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""Upper edges of the classes of answering times: from an answer of the archive's own words to a slow model's."""


class Counters:
    """Counts the turns that ``slots`` has seen to their end, by chat and API alike."""

    def __init__(self, slots: Slots) -> None:
        self.registry = CollectorRegistry()
        self._questions = Counter(
            "rag_questions", "Questions by what became of them.", ["status"], registry=self.registry
        )
        self._refusals = Counter("rag_refusals", "Questions that the archive does not answer.", registry=self.registry)
        self._seconds = Histogram(
            "rag_answer_seconds", "Seconds from question to answer.", registry=self.registry, buckets=SECONDS
        )
        taken = Gauge("rag_questions_in_work", "Questions being answered or waiting.", registry=self.registry)
        taken.set_function(lambda: slots.taken)
        slots.ended = self.count

    def count(self, turn: Turn) -> None:
        """Count a turn that has ended."""
        if turn.answer is not None:
            self._questions.labels(turn.answer.status.value).inc()
            self._seconds.observe(turn.seconds)
            if turn.answer.refused:
                self._refusals.inc()
        elif turn.problem is not None:
            self._questions.labels(turn.problem.value).inc()

    def text(self) -> bytes:
        """All counts in Prometheus' text format."""
        return generate_latest(self.registry)
