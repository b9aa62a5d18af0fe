"""May this change go in: a run beside a baseline, case by case.

A baseline keeps the value of every gated measure for every case of a run that was looked at and found good. A later
run passes unless a measure got worse by more than a tolerance, or got worse and the paired randomisation test says it
is not chance; unless a case of the baseline was not asked; and unless something failed that may never fail.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import FiniteFloat

from eval.compare import SURE, together
from eval.measures import BY_NAME, MEASURES, Measure, values
from eval.records import Row, Run, from_json
from eval.stats import paired
from rag.config import ROOT
from rag.errors import InputError
from rag.types import sha256

BASELINE = ROOT / "eval" / "baseline.json"
FORMAT = 2

TOLERANCE = 0.02
"""How much of a share may be lost before a run fails: with 150 cases, three of them."""

DIGITS = 4
"""Decimals of a value kept; a run is compared at the same precision, or a third would be less than it was."""

NEVER = {"crashed": 0.0, "degraded": 0.0, "quotes_exact": 1.0, "attributed": 1.0}
"""What holds of every case without a language model, whatever the baseline was."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a good run came to: ``values`` by measure and case; ``path`` and ``split`` say which cases were asked.

    ``asked`` is a fingerprint of each case, so that another question under the same id is not taken for it.
    """

    run: str
    index: str
    path: str
    split: str
    asked: Mapping[str, str]
    values: Mapping[str, Mapping[str, float]]

    @property
    def cases(self) -> frozenset[str]:
        """The ids of all cases asked."""
        return frozenset(self.asked)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One measure beside the baseline over ``n`` cases; ``why`` says what is wrong, empty where nothing is.

    ``worse`` are the cases in which it is less good than it was.
    """

    measure: str
    n: int
    before: float
    after: float
    p: float
    why: str
    worse: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a run passes, measure by measure; ``problems`` are those of the run as a whole."""

    verdicts: tuple[Verdict, ...]
    problems: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems and not any(v.why for v in self.verdicts)


def fingerprint(row: Row) -> str:
    """What tells one case from another: the question, what a right answer holds, and the evidence; 8 hex digits."""
    parts = (row.query, row.history, row.answerable, row.keys, [(e.article, e.quote) for e in row.evidence])
    return sha256(json.dumps(parts, ensure_ascii=False))[:8]


def of(run: Run) -> Baseline:
    """The baseline that ``run`` makes. Raises :class:`InputError` for a run that no baseline should be made of."""
    if failed := _never(run):
        raise InputError(f"run {run.made.id}: {failed[0]}; no baseline is made of it")
    made = run.made
    gated = {m.name: found for m in MEASURES if m.gated and (found := _values(run, m))}
    asked = {row.qid: fingerprint(row) for row in run.rows}
    return Baseline(made.id, str(made.index["id"]), str(made.cases["path"]), str(made.cases["split"]), asked, gated)


def _values(run: Run, measure: Measure) -> dict[str, float]:
    return {qid: round(value, DIGITS) for qid, value in values(run.rows, measure).items()}


def write(baseline: Baseline, path: Path, *, over: bool = False) -> None:
    """Write ``baseline`` with one case a line, so that a difference of two is read case by case; all of it or nothing.

    A baseline of other cases is not written over unless ``over``. Raises :class:`InputError`.
    """
    if path.exists() and not over:
        before = read(path)
        if (before.path, before.split) != (baseline.path, baseline.split):
            raise InputError(
                f"baseline {path}: is of {before.path} ({before.split}), this run of {baseline.path} ({baseline.split}); "
                "give another --baseline, or --force"
            )
    rows = [
        f"{json.dumps(qid, ensure_ascii=False)}: "
        + json.dumps({"case": baseline.asked[qid]} | {m: v[qid] for m, v in baseline.values.items() if qid in v})
        for qid in sorted(baseline.cases)
    ]
    head = {"format": FORMAT, "run": baseline.run, "index": baseline.index}
    head |= {"path": baseline.path, "split": baseline.split}
    text = json.dumps(head, ensure_ascii=False, indent=1)[:-2] + ',\n "cases": {\n  ' + ",\n  ".join(rows) + "\n }\n}\n"
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        aside.write_text(text, encoding="utf-8")
        aside.replace(path)
    except OSError as error:
        raise InputError(f"baseline {path}: cannot be written ({error.strerror}); check the path") from None


@dataclass(frozen=True, slots=True)
class _File:
    """A baseline as it is written: every number finite, every text a text."""

    format: int
    run: str
    index: str
    path: str
    split: Literal["dev", "test", "all"]
    cases: Mapping[str, Mapping[str, FiniteFloat | str]]


def read(path: Path) -> Baseline:
    """The baseline in ``path``. Raises :class:`InputError` when there is none of this format."""
    remedy = "make one of a run that you looked at: rag eval gate --update"
    try:
        file = from_json(_File, path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"baseline {path}: {error.strerror}; {remedy}") from None
    except ValueError as error:
        raise InputError(f"baseline {path}: not a baseline ({' '.join(str(error).split())[:120]}); {remedy}") from None
    if file.format != FORMAT:
        raise InputError(f"baseline {path}: format {file.format}, this version reads {FORMAT}; {remedy}")
    asked: dict[str, str] = {}
    table: dict[str, dict[str, float]] = {}
    for qid, row in file.cases.items():
        for name, value in row.items():
            if name == "case":
                asked[qid] = str(value)
            elif isinstance(value, float):
                table.setdefault(name, {})[qid] = value
    if not table.get("right"):
        raise InputError(f"baseline {path}: holds no case; {remedy}")
    return Baseline(file.run, file.index, file.path, file.split, asked, table)


def judge(run: Run, baseline: Baseline, tolerance: float = TOLERANCE) -> Judgement:
    """``run`` beside ``baseline``. A share may fall by ``tolerance`` where that may be chance."""
    asked = {row.qid: fingerprint(row) for row in run.rows}
    problems = _never(run)
    if gone := sorted(baseline.cases - asked.keys()):
        problems.append(f"{len(gone)} cases of the baseline were not asked, such as {_some(gone)}")
    if other := sorted(q for q, told in baseline.asked.items() if q in asked and asked[q] != told):
        problems.append(
            f"{len(other)} cases are not what they were when the baseline was made, such as {_some(other)}; "
            "look at them, then write a new one: rag eval gate --update"
        )
    verdicts = []
    for name, before in baseline.values.items():
        measure = BY_NAME.get(name)
        if measure is None:
            problems.append(f"the baseline has a measure {name!r} that this version does not; write a new one")
            continue
        verdicts.append(_verdict(measure, before, _values(run, measure), tolerance))
    return Judgement(tuple(verdicts), tuple(problems))


def _never(run: Run) -> list[str]:
    """What failed that may never fail; with a language model some of it may."""
    found = []
    for name, must in NEVER.items():
        bad = [qid for qid, value in values(run.rows, BY_NAME[name]).items() if value != must]
        if bad and (name == "crashed" or "llm" not in run.made.models):
            found.append(f"{name} must be {must:g} in every case, is not in {len(bad)}: {_some(bad)}")
    return found


def _some(qids: Sequence[str]) -> str:
    return ", ".join(qids[:3])


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
    fell = tuple(q for q in before if q in after and (after[q] - before[q]) * measure.better < 0)
    return Verdict(measure.name, test.n, sum(old) / len(old), sum(new) / len(new), test.p, why, fell)
