"""May this change go in: a run beside a baseline, case by case.

A baseline keeps the value of every gated measure for every case of a run that was looked at and found good. A later
run passes unless a measure got worse by more than a tolerance, or got worse and the paired randomisation test says it
is not chance; unless a case of the baseline was not asked; and unless something failed that may never fail.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.compare import SURE, together
from eval.measures import BY_NAME, MEASURES, Measure, values
from eval.records import Run
from eval.stats import paired
from rag.config import ROOT
from rag.errors import InputError

BASELINE = ROOT / "eval" / "baseline.json"
FORMAT = 1

TOLERANCE = 0.02
"""How much of a share may be lost before a run fails: with 150 cases, three of them."""

DIGITS = 4
"""Decimals of a value kept; a run is compared at the same precision, or a third would be less than it was."""

NEVER = {"crashed": 0.0, "degraded": 0.0, "quotes_exact": 1.0, "attributed": 1.0}
"""What holds of every case without a language model, whatever the baseline was."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a good run came to: ``values`` by measure and case; ``path`` and ``split`` say which cases were asked."""

    run: str
    index: str
    path: str
    split: str
    values: Mapping[str, Mapping[str, float]]

    @property
    def cases(self) -> frozenset[str]:
        """The ids of all cases asked."""
        return frozenset(self.values["right"])


@dataclass(frozen=True, slots=True)
class Verdict:
    """One measure beside the baseline over ``n`` cases; ``why`` says what is wrong, empty where nothing is."""

    measure: str
    n: int
    before: float
    after: float
    p: float
    why: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a run passes, measure by measure; ``problems`` are those of the run as a whole."""

    verdicts: tuple[Verdict, ...]
    problems: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems and not any(v.why for v in self.verdicts)


def of(run: Run) -> Baseline:
    """The baseline that ``run`` makes."""
    gated = {m.name: found for m in MEASURES if m.gated and (found := _values(run, m))}
    return Baseline(run.made.id, str(run.made.index["id"]), run.made.cases["path"], run.made.cases["split"], gated)


def _values(run: Run, measure: Measure) -> dict[str, float]:
    return {qid: round(value, DIGITS) for qid, value in values(run.rows, measure).items()}


def write(baseline: Baseline, path: Path) -> None:
    """Write ``baseline`` with one case a line, so that a difference of two is read case by case."""
    rows = [
        json.dumps(qid, ensure_ascii=False)
        + ": "
        + json.dumps({m: v[qid] for m, v in baseline.values.items() if qid in v})
        for qid in sorted(baseline.cases)
    ]
    head = {"format": FORMAT, "run": baseline.run, "index": baseline.index}
    head |= {"path": baseline.path, "split": baseline.split}
    text = json.dumps(head, ensure_ascii=False, indent=1)[:-2] + ',\n "cases": {\n  ' + ",\n  ".join(rows) + "\n }\n}\n"
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"baseline {path}: cannot be written ({error.strerror}); check the path") from None


def read(path: Path) -> Baseline:
    """The baseline in ``path``. Raises :class:`InputError` when there is none of this format."""
    remedy = "make one of a run that you looked at: rag eval gate --update"
    try:
        told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if told["format"] != FORMAT:
            raise InputError(f"baseline {path}: format {told['format']}, this version reads {FORMAT}; {remedy}")
        table: dict[str, dict[str, float]] = {}
        for qid, row in told["cases"].items():
            for name, value in row.items():
                table.setdefault(name, {})[qid] = float(value)
        if not table.get("right"):
            raise InputError(f"baseline {path}: holds no case; {remedy}")
        return Baseline(told["run"], told["index"], told["path"], told["split"], table)
    except OSError as error:
        raise InputError(f"baseline {path}: {error.strerror}; {remedy}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"baseline {path}: not a baseline ({type(error).__name__}: {error}); {remedy}") from None


def judge(run: Run, baseline: Baseline, tolerance: float = TOLERANCE) -> Judgement:
    """``run`` beside ``baseline``. A share may fall by ``tolerance`` where that may be chance."""
    asked = {row.qid for row in run.rows}
    problems = []
    if gone := sorted(baseline.cases - asked):
        problems.append(f"{len(gone)} cases of the baseline were not asked, such as {', '.join(gone[:3])}")
    verdicts = []
    for name, before in baseline.values.items():
        measure = BY_NAME.get(name)
        if measure is None:
            problems.append(f"the baseline has a measure {name!r} that this version does not; write a new one")
            continue
        verdicts.append(_verdict(measure, before, _values(run, measure), tolerance))
    if "llm" not in run.made.models:
        for name, must in NEVER.items():
            bad = [qid for qid, value in values(run.rows, BY_NAME[name]).items() if value != must]
            if bad:
                problems.append(f"{name} must be {must:g} in every case, is not in {len(bad)}: {', '.join(bad[:3])}")
    return Judgement(tuple(verdicts), tuple(problems))


def _verdict(measure: Measure, before: Mapping[str, float], after: Mapping[str, float], tolerance: float) -> Verdict:
    old, new = together(before, after)
    if not old:
        return Verdict(measure.name, 0, 0.0, 0.0, 1.0, "no case has this measure any more")
    test = paired(old, new)
    worse = test.difference * measure.better < 0
    why = ""
    if worse and abs(test.difference) > tolerance:
        why = f"worse by more than {tolerance:g}"
    elif worse and test.p < SURE:
        why = "worse, and not by chance"
    return Verdict(measure.name, test.n, sum(old) / len(old), sum(new) / len(new), test.p, why)
