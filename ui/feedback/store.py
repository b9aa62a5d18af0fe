"""Feedback written down and read again; and refused questions counted, if that is wanted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.types import Status
from ui.feedback.database import opened
from ui.feedback.gaps import Gap, Missed, grouped
from ui.feedback.records import Cited, Feedback, Reason, Verdict, now

if TYPE_CHECKING:
    from rag.types import Answer
    from ui.feedback.records import Opinion
    from ui.texts import Language

MOST_REFUSED = 10_000
"""Refused questions kept apart; beyond that those go that were asked longest ago."""


@dataclass(frozen=True, slots=True)
class Feedbacks:
    """All feedback in the file at ``path``, which is made when there is something to keep."""

    path: Path

    def put(self, answer: Answer, token: str, opinion: Opinion, language: Language) -> Feedback:
        """Keep an opinion on the answer that is known under ``token``, instead of an earlier one on it.

        It is on the disk when this returns. Raises :class:`InputError` if it cannot be.
        """
        given = Feedback.of(answer, token, opinion, language)
        with opened(self.path) as file:
            file.execute(
                "INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    given.id,
                    given.when,
                    given.question,
                    given.understood_as,
                    given.answer,
                    json.dumps([asdict(cited) for cited in given.citations], ensure_ascii=False),
                    given.status.value,
                    given.verdict.value,
                    " ".join(given.reasons),
                    given.comment,
                    given.language,
                    given.index_id,
                ),
            )
        return given

    def drop(self, feedback_id: str) -> bool:
        """Forget one; whether it was there."""
        if not self.path.exists():
            return False
        with opened(self.path) as file:
            return file.execute("DELETE FROM feedback WHERE id = ?", (feedback_id,)).rowcount > 0

    def get(self, feedback_id: str) -> Feedback:
        """One by its id. Raises ``KeyError`` if it is not there."""
        found = self._read("SELECT * FROM feedback WHERE id = ?", (feedback_id,))
        if not found:
            raise KeyError(feedback_id)
        return _feedback(found[0])

    def listed(
        self, offset: int = 0, limit: int = -1, verdict: Verdict | None = None
    ) -> tuple[int, tuple[Feedback, ...]]:
        """How many there are, and at most ``limit`` of them (all if negative) from number ``offset`` (0-based) on, newest first."""
        wanted = (verdict,) if verdict else tuple(Verdict)
        marks = ", ".join("?" * len(wanted))
        total = self._read(f"SELECT count(*) FROM feedback WHERE verdict IN ({marks})", wanted)  # noqa: S608  marks alone
        rows = self._read(
            f"SELECT * FROM feedback WHERE verdict IN ({marks}) ORDER BY moment DESC, rowid DESC LIMIT ? OFFSET ?",  # noqa: S608
            (*wanted, limit, offset),
        )
        return total[0][0] if total else 0, tuple(map(_feedback, rows))

    def export(self) -> str:
        """All of them as JSON lines, newest first."""
        return "".join(json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in self.listed()[1])

    def refused(self, answer: Answer) -> None:
        """Count a question that the archive does not answer."""
        at = now()
        with opened(self.path) as file:
            file.execute(
                "INSERT INTO refused VALUES (?, 1, ?, ?) ON CONFLICT DO UPDATE SET count = count + 1, last = excluded.last",
                (answer.understood_as, at, at),
            )
            file.execute(
                "DELETE FROM refused WHERE question NOT IN (SELECT question FROM refused ORDER BY last DESC LIMIT ?)",
                (MOST_REFUSED,),
            )

    def grouped(self) -> tuple[Gap, ...]:
        """The gap log: what was refused or disliked, like questions together, the most frequent first."""
        disliked = (
            Missed(one.understood_as, one.when, disliked=1, reasons=one.reasons, ids=(one.id,))
            for one in self.listed(verdict=Verdict.DOWN)[1]
        )
        counted = (
            Missed(question, last, refused=count)
            for question, count, last in self._read("SELECT question, count, last FROM refused ORDER BY last DESC", ())
        )
        return grouped((*disliked, *counted))

    def _read(self, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        """The rows of a query; none where nothing was ever kept."""
        if not self.path.exists():
            return []
        with opened(self.path) as file:
            return file.execute(query, values).fetchall()


def _feedback(row: tuple[Any, ...]) -> Feedback:
    fields: dict[str, Any] = dict(zip(Feedback.__slots__, row, strict=True))
    return Feedback(
        **{
            **fields,
            "citations": tuple(Cited(**cited) for cited in json.loads(fields["citations"])),
            "status": Status(fields["status"]),
            "verdict": Verdict(fields["verdict"]),
            "reasons": tuple(map(Reason, fields["reasons"].split())),
        }
    )
