"""What each part of the program is worth: the same cases asked with one part switched off at a time.

The program has no switches for this. A part is switched off by replacing what a module calls, for as long as a ``with``
block lasts, and where the index depends on the part, by building it anew in memory from the articles of the open one. The
replacement holds for the whole process: nobody else may ask in it meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cache
from math import inf
from pathlib import Path
from typing import Any, Literal
from unittest.mock import patch

from eval.ask import Progress
from eval.compare import SURE, pair
from eval.measures import BY_NAME, figure
from eval.records import Figure, Row
from eval.runs import run
from eval.stats import Paired, paired
from rag import assistant as asking
from rag import zh
from rag.answer import evidence, features, find, gate, lacks, trees
from rag.answer.asked import question
from rag.answer.rewrite import Understood
from rag.assistant import Assistant
from rag.errors import InputError
from rag.search import bridge, retrieve, slips, store, synonyms, wanted
from rag.types import Article

Off = AbstractContextManager[object]


@dataclass(frozen=True, slots=True)
class Part:
    """A part that can be switched off.

    ``what`` is what a run without it is called, ``off`` gives the replacements that switch it off. ``indexed`` parts are
    in the index too, so that it is built anew without them.
    """

    name: str
    what: str
    off: Callable[[], Sequence[Off]]
    indexed: bool = False


def _no_list(name: str) -> Sequence[Off]:
    weights = retrieve.weights
    return (patch.object(retrieve, "weights", lambda query, lists: {**weights(query, lists), name: 0.0}),)


def _no_glossary() -> Sequence[Off]:
    # A tokenizer of its own, with a cache of its own: the one in use, which knows the terms, stays as it is.
    return (
        patch.object(zh, "glossary", dict),
        patch.object(zh, "_built", cache(zh._build_tokenizer)),  # noqa: SLF001 - it keeps the terms it was built with
    )


def _no_bridge() -> Sequence[Off]:
    def nothing(_text: str) -> bridge.Bridged:
        return bridge.Bridged((), ())

    return patch.object(wanted, "bridge", nothing), patch.object(question, "bridge", nothing)


class _AsItIs:
    """A converter of characters that converts none."""

    def convert(self, text: str) -> str:
        return text


def _cover_alone() -> Sequence[Off]:
    """Sentences by the share of the question's words that they hold, on the scale of the learned scores.

    How near to the best score further sentences must be is set for that scale (:data:`rag.answer.extract.CLOSE`).
    """
    scale = sum(abs(weight) for weight in evidence.weights())
    by = tuple(scale if name == "cover" else 0.0 for name in features.FEATURES)
    return patch.object(evidence, "weights", lambda: by), *_no_trees()


def _no_trees() -> Sequence[Off]:
    return (patch.object(evidence, "forest", lambda: trees.plant([], features.FEATURES)),)


def _judge_nothing(
    _question: question.Question, ranked: Sequence[evidence.Evidence], _articles: Mapping[str, Article]
) -> gate.Verdict:
    return gate.Verdict(lacks.Lack.NOTHING, 1.0) if ranked else gate.Verdict(lacks.Lack.SUBJECT)


def _no_threshold() -> Sequence[Off]:
    return (
        patch.object(gate, "THRESHOLD", -inf),
        patch.object(gate, "ENGLISH", -inf),
        patch.object(gate, "MOST_GREETING", 0),
    )


PARTS = (
    Part(
        "bigrams",
        "no character bigrams",
        lambda: (patch.object(zh, "_HAN_RUN", re.compile("(?!)")),),  # runs of characters, of which pairs are made
        indexed=True,
    ),
    Part("dense", "no dense list", lambda: _no_list("dense")),
    Part("bm25", "no BM25 list", lambda: _no_list("sparse")),
    Part("glossary", "no glossary of terms", _no_glossary, indexed=True),
    Part("bridge", "no bridge from English", _no_bridge),
    Part("synonyms", "no synonyms", lambda: (patch.object(synonyms, "load", lambda _path: synonyms.NONE),)),
    Part("slips", "no mending of slips", lambda: (patch.object(slips, "mend", lambda text, *_: (text, ())),)),
    Part("traditional", "no simplification", lambda: (patch.object(zh, "_converter", _AsItIs),), indexed=True),
    Part("weights", "no learned weights", _cover_alone),
    Part("trees", "no trees beside the weights", _no_trees),
    Part("gate", "no gate", lambda: (patch.object(gate, "judge", _judge_nothing),)),
    Part(
        "constraints",
        "no gate constraints",
        lambda: (patch.object(lacks, "unmet", lambda *_: (lacks.Lack.NOTHING, "")),),
    ),
    Part("regression", "no gate regression", _no_threshold),
    Part(
        "rewriting",
        "no rewriting",
        lambda: (patch.object(asking, "rewrite", lambda asked, _history=(): Understood(asked, asked)),),
    ),
    Part("parts", "no taking apart", lambda: (patch.object(find, "parts", lambda _text: []),)),
)
"""All parts, in the order of a question's way through them. ``weights`` off ranks sentences by word overlap alone,
``gate`` off answers whatever anything was found for, ``regression`` off is also without the threshold of English questions."""

FULL = "full"

Group = Literal["all", "English", "Chinese"]

COLUMNS: tuple[tuple[str, Group], ...] = (
    ("right", "all"),
    ("facts_all", "all"),
    ("evidence_all@5", "all"),
    ("evidence_all@5", "English"),
    ("evidence_all@5", "Chinese"),
    ("refusal_recall", "all"),
    ("wrongly_refused", "all"),
)
"""The measures that are told and tested, each over a group of cases."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What a run has of ``measure`` more than the full one, case by case, over ``group``.

    ``q`` is the p of ``test`` adjusted for the number of tests in the whole table (Benjamini and Hochberg 1995).
    """

    measure: str
    group: str
    test: Paired
    q: float

    @property
    def significant(self) -> bool:
        """Whether it is more than chance would make it among so many tests."""
        return self.q < SURE


@dataclass(frozen=True, slots=True)
class Ablation:
    """The run without one part; the first of a table is the full one, called :data:`FULL`, without differences.

    ``answers`` counts the cases with another answer or refusal than in the full run, ``passages`` those for which other
    passages were found or in another order; where both are 0 the part did nothing for these cases. ``seconds`` is the
    median time of a question. Groups without a case have no figure.
    """

    name: str
    what: str
    answers: int
    passages: int
    seconds: float
    figures: tuple[Figure, ...]
    differences: tuple[Difference, ...]
    rows: tuple[Row, ...]

    def to_json(self) -> dict[str, Any]:
        """A dict of JSON types, without the rows."""
        return asdict(replace(self, rows=()))


@contextmanager
def without(part: Part, assistant: Assistant) -> Iterator[Assistant]:
    """``assistant`` with ``part`` switched off, as long as the block lasts."""
    with ExitStack() as stack:
        for off in part.off():
            stack.enter_context(off)
        if part.indexed:
            # Other words, other index: it must not pass for the one that is open.
            version = f"{zh.tokenizer_version()} without {part.name}"
            stack.enter_context(patch.object(zh, "tokenizer_version", lambda: version))
            assistant = replace(assistant, store=_rebuilt(assistant))
        yield assistant


def _rebuilt(assistant: Assistant) -> store.Store:
    """The index of ``assistant`` built anew from its own articles, in memory."""
    before = assistant.store
    built = store.assemble(before.articles.values(), assistant.settings, assistant.encoder)
    return replace(built, manifest=replace(built.manifest, paths=before.manifest.paths))


def answer(row: Row) -> tuple[object, ...]:
    """What a person reads as the answer to a case: its text and what it cites, or that there is none."""
    cited = tuple(c.passage_id for s in row.sentences for c in s.cited)
    return row.refused, row.text, cited, row.notice, row.crash


def passages(row: Row) -> tuple[str, ...]:
    """The passages found for a case, best first."""
    return tuple(seen.passage_id for seen in row.found)


def chosen(names: Iterable[str]) -> tuple[Part, ...]:
    """The parts of these names, in the order of :data:`PARTS`; all of them for no names.

    Raises :class:`InputError` for a name that is none.
    """
    wanted = set(names)
    if unknown := sorted(wanted - {part.name for part in PARTS}):
        raise InputError(f"no part is called {', '.join(unknown)}; there are {', '.join(p.name for p in PARTS)}")
    return tuple(part for part in PARTS if not wanted or part.name in wanted)


def ablate(
    assistant: Assistant,
    path: Path,
    split: str = "all",
    parts: Iterable[str] = (),
    progress: Progress = lambda *_: None,
) -> tuple[Ablation, ...]:
    """The cases at ``path`` of one split asked in full, then without each of ``parts`` (names; all for none).

    ``progress`` is told the name of the run, cases asked, cases to ask. Raises :class:`InputError` for unknown parts, and
    for cases as :func:`eval.runs.run` does.
    """
    off = chosen(parts)
    full = _rows(assistant, path, split, FULL, progress)
    lacking = {}
    for part in off:
        with without(part, assistant) as less:
            lacking[part] = _rows(less, path, split, part.name, progress)
    tests = {part: _tests(full, rows) for part, rows in lacking.items()}
    adjusted = iter(_adjusted([test.p for of in tests.values() for test in of.values()]))
    found = [Ablation(FULL, FULL, 0, 0, _seconds(full), _figures(full), (), full)]
    for part, rows in lacking.items():
        differences = tuple(Difference(m, group, test, next(adjusted)) for (m, group), test in tests[part].items())
        found.append(
            Ablation(
                part.name,
                part.what,
                sum(answer(a) != answer(b) for a, b in zip(full, rows, strict=True)),
                sum(passages(a) != passages(b) for a, b in zip(full, rows, strict=True)),
                _seconds(rows),
                _figures(rows),
                differences,
                rows,
            )
        )
    return tuple(found)


def _rows(assistant: Assistant, path: Path, split: str, name: str, progress: Progress) -> tuple[Row, ...]:
    return run(assistant, path, split, progress=lambda _step, done, total: progress(name, done, total)).rows


def _of(rows: Iterable[Row], group: Group) -> list[Row]:
    return [row for row in rows if group == "all" or (row.lang == "en") == (group == "English")]


def _figures(rows: Sequence[Row]) -> tuple[Figure, ...]:
    found = (figure(_of(rows, group), BY_NAME[name], group) for name, group in COLUMNS)
    return tuple(f for f in found if f is not None)


def _seconds(rows: Sequence[Row]) -> float:
    told = figure(rows, BY_NAME["seconds"])
    assert told is not None, "every row has its seconds"
    return told.value


def _tests(full: Sequence[Row], rows: Sequence[Row]) -> dict[tuple[str, str], Paired]:
    found = {}
    for name, group in COLUMNS:
        before, after = pair(_of(full, group), _of(rows, group), BY_NAME[name])
        if before:
            found[name, str(group)] = paired(before, after)
    return found


def _adjusted(p: Sequence[float]) -> list[float]:
    if not p:
        return []
    from scipy.stats import false_discovery_control

    return [float(q) for q in false_discovery_control(p)]


_HEADS = {"evidence_all@5": "evidence", "refusal_recall": "refused", "wrongly_refused": "wrongly"}
_GROUPS = {"all": "", "English": " en", "Chinese": " zh"}
_LEGEND = f"""\
evidence: all of it is in the first 5 passages; refused: unanswerable questions that were, wrongly: answerable ones
below full: more or less than it; * more than chance (paired test, q < {SURE} adjusted for all tests of this table)
ms: a question, median; answers, passages: cases with another answer, with other passages or another order of them"""


def table(ablations: Sequence[Ablation]) -> str:
    """``ablations`` as text: the full run's figures, and below what is more or less without each part."""
    full = ablations[0]
    told = {(f.measure, f.group): f for f in full.figures}
    heads = [_HEADS.get(measure, measure) + _GROUPS[group] for measure, group in COLUMNS]
    counts = ", ".join(f"{head} {told[c].n}" for head, c in zip(heads, COLUMNS, strict=True) if c in told)
    crashed = [f"{one.what} {n}" for one in ablations if (n := sum(bool(row.crash) for row in one.rows))]
    lines = [
        _columns("", [*heads, "ms", "answers", "passages"]),
        _columns(full.what, [*(f"{told[c].value:.3f}" if c in told else "" for c in COLUMNS), _ms(full)]),
        *(_line(one) for one in ablations[1:]),
        f"cases: {counts}",
        *([f"crashed, and wrong for it: {', '.join(crashed)}"] if crashed else []),
        _LEGEND,
    ]
    return "\n".join(lines)


def _line(one: Ablation) -> str:
    tests = {(d.measure, d.group): d for d in one.differences}
    cells = [_cell(tests[c]) if c in tests else "" for c in COLUMNS]
    return _columns(one.what, [*cells, _ms(one), str(one.answers), str(one.passages)])


def _ms(one: Ablation) -> str:
    return f"{1000 * one.seconds:.0f}"


def _cell(difference: Difference) -> str:
    if not difference.test.difference:
        return "="
    return f"{difference.test.difference:+.3f}{'*' if difference.significant else ''}"


def _columns(name: str, cells: Iterable[str]) -> str:
    return (f"{name:24}" + "".join(f"{cell:<12}" for cell in cells)).rstrip()
