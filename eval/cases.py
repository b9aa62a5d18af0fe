"""Evaluation cases: questions with their answers and the sentences that answer them.

``python -m eval.cases [FILE]`` checks a file of cases against the hand-made articles in tests/golden.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.metrics import holds_key
from rag.config import ROOT
from rag.errors import InputError
from rag.types import Article

FIRST = ROOT / "eval" / "cases" / "first.jsonl"
GOLDEN = ROOT / "tests" / "golden" / "articles"

TYPES = (
    "single_fact",
    "list",
    "why",
    "comparison",
    "definition",
    "multi_turn",
    "english",
    "traditional",
    "unanswerable",
)
LANGUAGES = ("zh", "en", "zh-Hant")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence or part of one that answers: ``quote`` stands in paragraph ``paragraph`` (0-based) of ``article``.

    ``article`` is ``<page file without .txt>#<1-based ordinal on its page>``.
    """

    article: str
    quote: str
    paragraph: int


@dataclass(frozen=True, slots=True)
class Case:
    """A question, asked after the questions in ``history``.

    A right answer holds one alternative of every list in ``answer_keys``; when not ``answerable``, it is a refusal.
    """

    qid: str
    query: str
    lang: str
    type: str
    answer: str
    answer_keys: tuple[tuple[str, ...], ...]
    evidence: tuple[Evidence, ...]
    answerable: bool
    note: str
    history: tuple[str, ...]
    split: str


def split_of(qid: str) -> str:
    """``dev`` or ``test``, by the parity of the SHA-256 of ``qid``: adding cases never moves one."""
    return "test" if hashlib.sha256(qid.encode()).digest()[-1] % 2 else "dev"


def load(path: Path) -> tuple[Case, ...]:
    """The cases of a JSON Lines file; a case without ``split`` gets :func:`split_of`.

    Raises :class:`InputError` naming the line that is not a case.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputError(f"cases {path}: {error.strerror}; give a JSON Lines file") from None
    cases = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            cases.append(_case(json.loads(line)))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise InputError(f"cases {path}, line {number}: not a case ({type(error).__name__}: {error})") from None
    return tuple(cases)


def _case(data: Mapping[str, object]) -> Case:
    fields = dict(data)
    keys, evidence = fields.pop("answer_keys"), fields.pop("evidence")
    history, split = fields.pop("history", []), fields.pop("split", split_of(str(fields["qid"])))
    if not (isinstance(keys, list) and isinstance(evidence, list) and isinstance(history, list)):
        raise TypeError("answer_keys, evidence and history must be lists")
    return Case(
        **fields,  # type: ignore[arg-type]
        answer_keys=tuple(tuple(alternatives) for alternatives in keys),
        evidence=tuple(Evidence(**e) for e in evidence),
        history=tuple(history),
        split=str(split),
    )


def golden(folder: Path = GOLDEN) -> dict[str, tuple[str, ...]]:
    """Paragraphs by article (``<page>#<ordinal>``) of the hand-made articles in ``folder``."""
    return {
        f"{path.stem}#{n}": tuple(article["paragraphs"])
        for path in sorted(folder.glob("*.json"))
        for n, article in enumerate(json.loads(path.read_text(encoding="utf-8")), 1)
    }


def by_page(articles: Iterable[Article]) -> dict[str, tuple[str, ...]]:
    """The same for parsed articles, which must come in the order of their pages."""
    seen: Counter[str] = Counter()
    found = {}
    for article in articles:
        stem = Path(article.source).stem
        seen[stem] += 1
        found[f"{stem}#{seen[stem]}"] = article.paragraphs
    return found


def validate(cases: Sequence[Case], articles: Mapping[str, Sequence[str]]) -> list[str]:
    """Everything wrong with ``cases``, one line each; empty when all is well.

    ``articles`` are paragraphs by article, as :func:`golden` and :func:`by_page` give them.
    """
    twice = [qid for qid, n in Counter(case.qid for case in cases).items() if n > 1]
    problems = [f"{qid}: there are several cases of this id" for qid in twice]
    for case in cases:
        problems += [f"{case.qid}: {problem}" for problem in _problems(case, articles)]
    return problems


def _problems(case: Case, articles: Mapping[str, Sequence[str]]) -> Iterable[str]:
    rules = (
        (case.type in TYPES, f"type {case.type!r} is none of {', '.join(TYPES)}"),
        (case.lang in LANGUAGES, f"language {case.lang!r} is none of {', '.join(LANGUAGES)}"),
        (case.split == split_of(case.qid), f"split {case.split!r} should be {split_of(case.qid)!r}"),
        (bool(case.query.strip()), "the query is empty"),
        (case.type != "multi_turn" or bool(case.history), "a follow-up needs a history"),
        (case.answerable == bool(case.evidence), "answerable cases, and only they, have evidence"),
        (case.answerable == bool(case.answer_keys), "answerable cases, and only they, have answer keys"),
        (
            case.answerable != (case.type == "unanswerable"),
            f"type {case.type!r} and answerable={case.answerable} differ",
        ),
    )
    yield from (problem for kept, problem in rules if not kept)
    for evidence in case.evidence:
        yield from _evidence_problems(evidence, articles)
    told = "\n".join([*(e.quote for e in case.evidence), case.note])
    for alternatives in case.answer_keys:
        if not any(holds_key(told, key) for key in alternatives):
            yield f"none of the keys {list(alternatives)} is in the evidence or the note"


def _evidence_problems(evidence: Evidence, articles: Mapping[str, Sequence[str]]) -> Iterable[str]:
    paragraphs = articles.get(evidence.article)
    if paragraphs is None:
        yield f"there is no article {evidence.article!r}"
    elif not 0 <= evidence.paragraph < len(paragraphs):
        yield f"{evidence.article} has no paragraph {evidence.paragraph}"
    elif not evidence.quote or evidence.quote not in paragraphs[evidence.paragraph]:
        yield f"{evidence.article} paragraph {evidence.paragraph} does not hold {evidence.quote!r}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Check a file of cases; 0 when all is well, 1 when not, 2 when it cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m eval.cases", description="Check a file of evaluation cases.")
    parser.add_argument("file", nargs="?", type=Path, default=FIRST)
    options = parser.parse_args(arguments)
    try:
        cases = load(options.file)
    except InputError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    articles = golden()
    problems = validate(cases, articles)
    for problem in problems:
        print(problem)
    asked = {e.article for case in cases for e in case.evidence}
    types = Counter(case.type for case in cases)
    splits = Counter(case.split for case in cases)
    print(f"{len(cases)} cases over {len(asked)} of {len(articles)} articles, {len(problems)} problems")
    print(", ".join(f"{name} {n}" for name, n in [*sorted(types.items()), *sorted(splits.items())]))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
