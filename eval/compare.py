"""Two runs side by side, case by case: what got better, what worse, which cases flipped, and whether it is chance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from eval.measures import JUDGED, MEASURES, Measure, values
from eval.records import Made, Row, Run
from eval.stats import middle, paired
from rag.errors import InputError

SURE = 0.05
"""Greatest p at which a difference is called significant."""


@dataclass(frozen=True, slots=True)
class Change:
    """A measure before and after, over the ``n`` cases that have it in both runs: mean, or median where that is its figure.

    ``low`` and ``high`` bound the mean difference. ``p`` is that of the paired randomisation test; ``q`` is p adjusted for
    the number of measures tested (Benjamini and Hochberg 1995). Both are ``None`` for times, which differ between two runs of
    the same, so that no test of single cases says anything. ``better`` is 1 where the measure got better, -1 where worse.
    """

    measure: str
    n: int
    before: float
    after: float
    low: float
    high: float
    p: float | None
    q: float | None
    better: int

    @property
    def significant(self) -> bool:
        """Whether the difference is more than chance would make it among so many measures."""
        return self.q is not None and self.q < SURE


@dataclass(frozen=True, slots=True)
class Flip:
    """A case that was right in one of the runs only; what was answered, empty for a refusal."""

    qid: str
    split: str
    query: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that differs between two runs. ``differs`` names settings and the like as ``(what, before, after)``.

    ``only_before`` and ``only_after`` are cases asked in one of the runs only; nothing else rests on them.
    """

    before: Made
    after: Made
    n: int
    changes: tuple[Change, ...]
    gained: tuple[Flip, ...]
    lost: tuple[Flip, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    differs: tuple[tuple[str, str, str], ...]


def compare(before: Run, after: Run) -> Comparison:
    """``after`` beside ``before``, over the cases of both. Raises :class:`InputError` when they have none in common."""
    old, new = {r.qid: r for r in before.rows}, {r.qid: r for r in after.rows}
    both = [qid for qid in old if qid in new]
    if not both:
        raise InputError(
            f"runs {before.made.id} ({len(old)} cases) and {after.made.id} ({len(new)}) have no case in common; "
            "compare runs of the same cases"
        )
    changes = _changes([old[q] for q in both], [new[q] for q in both])
    return Comparison(
        before.made,
        after.made,
        len(both),
        changes,
        tuple(_flip(old[q], new[q]) for q in both if new[q].right and not old[q].right),
        tuple(_flip(old[q], new[q]) for q in both if old[q].right and not new[q].right),
        tuple(q for q in old if q not in new),
        tuple(q for q in new if q not in old),
        tuple(_differs(before.made.to_json(), after.made.to_json())),
    )


def _flip(old: Row, new: Row) -> Flip:
    return Flip(old.qid, old.split, old.query, old.crash or old.text, new.crash or new.text)


def pair(old: Iterable[Row], new: Iterable[Row], measure: Measure) -> tuple[list[float], list[float]]:
    """The values of ``measure`` before and after, for the cases that have one in both."""
    return together(values(old, measure), values(new, measure))


def together(before: Mapping[str, float], after: Mapping[str, float]) -> tuple[list[float], list[float]]:
    """Values by case id as two lists in the same order, of the ids in both."""
    both = [qid for qid in before if qid in after]
    return [before[q] for q in both], [after[q] for q in both]


def _changes(old: list[Row], new: list[Row]) -> tuple[Change, ...]:
    found: list[Change] = []
    for measure in (*MEASURES, *JUDGED):
        before, after = pair(old, new, measure)
        if not before:
            continue
        test = paired(before, after)
        sign = (test.difference > 0) - (test.difference < 0)
        timed = measure.unit == "seconds"
        found.append(
            Change(
                measure.name,
                test.n,
                middle(before, measure.middle),
                middle(after, measure.middle),
                test.low,
                test.high,
                None if timed else test.p,
                None,
                0 if timed else measure.better * sign,
            )
        )
    return tuple(_adjusted(found))


def _adjusted(changes: list[Change]) -> list[Change]:
    """``changes`` with the q of those that were tested."""
    from scipy.stats import false_discovery_control

    tested = [c.p for c in changes if c.p is not None]
    q = iter(false_discovery_control(tested).tolist() if tested else ())
    return [c if c.p is None else replace(c, q=next(q)) for c in changes]


def _differs(before: Mapping[str, Any], after: Mapping[str, Any], at: str = "") -> Iterable[tuple[str, str, str]]:
    """The leaves in which two records differ; when and under which name they ran is no difference."""
    for name in dict.fromkeys((*before, *after)):
        if not at and name in ("id", "name", "began", "seconds"):
            continue
        old, new = before.get(name), after.get(name)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _differs(old, new, f"{at}{name}.")
        elif old != new:
            yield f"{at}{name}", _short(old), _short(new)


def _short(value: object) -> str:
    text = "-" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
