"""What is measured: a table of measures, each a reading of one row, and figures over many rows.

A measure gives a value for the rows it applies to and ``None`` for others; its figure is the mean, median or 95th
percentile of those values. Everything that compares runs works on these values, case by case.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from eval.metrics import CUTS
from eval.records import Figure, Row
from eval.stats import Curve, interval, middle, risk_coverage
from rag.types import Support


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing measured.

    ``better`` is 1 where more is better, -1 where less is, 0 where neither. ``gated`` ones may not get worse (eval.gate).
    ``unit`` is ``share`` (0 to 1), ``characters`` or ``seconds``.
    """

    name: str
    of: Callable[[Row], float | None]
    better: int = 1
    gated: bool = False
    middle: str = "mean"
    unit: str = "share"


def _retrieved(name: str) -> Callable[[Row], float | None]:
    return lambda row: row.retrieval.get(name)


def _all_at(k: int) -> Callable[[Row], float | None]:
    def of(row: Row) -> float | None:
        if not row.evidence:
            return None
        return float(all(e.rank is not None and e.rank <= k for e in row.evidence))

    return of


def _answered(row: Row) -> bool:
    return row.answerable and not row.refused and not row.crash


def _share(values: Iterable[bool]) -> float | None:
    listed = list(values)
    return sum(listed) / len(listed) if listed else None


def _facts(row: Row) -> float | None:
    """The share of the required facts; none where the question was refused or crashed."""
    if not row.answerable:
        return None
    return (_share(row.held) or 0.0) if _answered(row) else 0.0


def _of_cited(row: Row, what: Callable[[Row], Iterable[bool]]) -> float | None:
    return _share(what(row)) if _answered(row) else None


def _stage(name: str) -> Callable[[Row], float | None]:
    return lambda row: None if row.crash else row.stages.get(name)


MEASURES = (
    Measure("right", lambda r: float(r.right), gated=True),
    Measure("facts_all", lambda r: float(r.right) if r.answerable else None, gated=True),
    Measure("facts_share", _facts),
    Measure("evidence_any@5", _retrieved("Success@5"), gated=True),
    Measure("evidence_all@5", _all_at(5), gated=True),
    Measure("evidence_all@10", _all_at(10)),
    Measure("recall@1", _retrieved("R@1"), gated=True),
    Measure("recall@5", _retrieved("R@5"), gated=True),
    Measure("recall@10", _retrieved("R@10")),
    Measure("mrr@10", _retrieved("RR@10"), gated=True),
    Measure("ndcg@10", _retrieved("nDCG@10"), gated=True),
    Measure("evidence_given", lambda r: _share(e.given for e in r.evidence), gated=True),
    Measure("quotes_exact", lambda r: _share(c.exact for s in r.sentences for c in s.cited), gated=True),
    Measure("attributed", lambda r: _share(s.attributed for s in r.sentences), gated=True),
    Measure("supported", lambda r: _share(s.support == Support.SUPPORTED for s in r.sentences)),
    Measure(
        "citation_precision",
        lambda r: _of_cited(r, lambda row: (c.wanted for s in row.sentences for c in s.cited)),
        gated=True,
    ),
    Measure("citation_recall", lambda r: _of_cited(r, lambda row: (e.cited for e in row.evidence)), gated=True),
    Measure("refusal_recall", lambda r: None if r.answerable else float(r.refused), gated=True),
    Measure("refusal_precision", lambda r: float(not r.answerable) if r.refused else None),
    Measure("wrongly_refused", lambda r: float(r.refused) if r.answerable else None, better=-1, gated=True),
    Measure("answered_right", lambda r: None if r.refused or r.crash else float(r.right)),
    Measure("degraded", lambda r: float(r.status == "degraded"), better=-1, gated=True),
    Measure("crashed", lambda r: float(bool(r.crash)), better=-1, gated=True),
    Measure(
        "length", lambda r: float(len(r.text)) if r.sentences else None, better=0, middle="median", unit="characters"
    ),
    Measure("seconds", lambda r: r.seconds, better=-1, middle="median", unit="seconds"),
    Measure("seconds_p95", lambda r: r.seconds, better=-1, middle="p95", unit="seconds"),
    *(
        Measure(f"seconds_{step}", _stage(step), better=-1, middle="median", unit="seconds")
        for step in ("understand", "search", "write")
    ),
)

JUDGED = tuple(Measure(name, lambda r, n=name: r.judged.get(n)) for name in ("faithfulness", "relevance"))  # type: ignore[misc]
"""A language model's marks (eval.judge); there only where one was asked."""

BY_NAME = {m.name: m for m in (*MEASURES, *JUDGED)}

CURVE = tuple(f"R@{k}" for k in CUTS)

GROUPS: Mapping[str, Callable[[Row], str]] = {
    "type": lambda r: r.type,
    "lang": lambda r: r.lang,
    "split": lambda r: r.split,
    "lack": lambda r: r.lack,
}
"""How rows are grouped; a row is in no group whose name is empty."""


def values(rows: Iterable[Row], measure: Measure) -> dict[str, float]:
    """The values of ``measure`` by case id, for the rows it applies to."""
    return {row.qid: float(value) for row in rows if (value := measure.of(row)) is not None}


def figure(rows: Sequence[Row], measure: Measure, group: str = "all") -> Figure | None:
    """``measure`` over ``rows``; ``None`` when it applies to none of them."""
    found = list(values(rows, measure).values())
    if not found:
        return None
    return Figure(measure.name, group, len(found), middle(found, measure.middle), *interval(found, measure.middle))


def figures(rows: Sequence[Row]) -> list[Figure]:
    """Every measure over all rows and over every group of them; those that would rest on no case are left out."""
    measures = (*MEASURES, *JUDGED)
    found = [figure(rows, m) for m in measures]
    for group, members in groups(rows).items():
        found += [figure(members, m, group) for m in measures]
    return [f for f in found if f is not None]


def groups(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Rows by group (``type:list``), groups of one kind in order of first appearance."""
    found: dict[str, list[Row]] = defaultdict(list)
    listed = list(rows)
    for kind, name in GROUPS.items():
        for row in listed:
            if name(row):
                found[f"{kind}:{name(row)}"].append(row)
    return dict(found)


def recall_curve(rows: Sequence[Row]) -> list[Figure]:
    """Recall at each of the cuts, over all rows and by language."""
    found = []
    for group, members in {"all": list(rows), **groups(rows)}.items():
        if group == "all" or group.startswith("lang:"):
            found += [figure(members, Measure(name, _retrieved(name)), group) for name in CURVE]
    return [f for f in found if f is not None]


def risk(rows: Sequence[Row]) -> Curve | None:
    """Wrong answers over the share of questions answered, surest first; ``None`` when nothing was answered."""
    given = [row for row in rows if not row.refused and not row.crash]
    if not given:
        return None
    return risk_coverage([row.confidence for row in given], [not row.right for row in given], len(rows))


def calibration(rows: Sequence[Row], *, english: bool = False) -> tuple[list[float], list[bool]]:
    """How sure the gate was that there is an answer, and whether there is: Chinese questions, or English ones."""
    asked = [row for row in rows if not row.crash and (row.lang == "en") == english]
    return [row.confidence for row in asked], [row.answerable for row in asked]
