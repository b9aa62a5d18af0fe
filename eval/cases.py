"""Evaluation cases: questions with their answers and the sentences that answer them.

A case is one JSON object a line. ``python -m eval.cases [PATH]`` checks a file or folder of them against the hand-made
articles in tests/golden.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from eval.metrics import holds_key
from rag.config import ROOT
from rag.errors import InputError
from rag.types import Article

CASES = ROOT / "eval" / "cases"
"""The cases written by hand over the pages in seeds/."""

REJECTED = ".rejected.jsonl"
"""What the name of a file with the cases that a person turned down ends in."""

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
    "misspelt",
    "unanswerable",
)
LANGUAGES = ("zh", "en", "zh-Hant")
SPLITS = ("dev", "test")

LACKS = ("year", "place", "figure", "subject", "name", "role", "ordinal", "off_topic")
"""What keeps a question from being answered: another year, place, person, office or 第几届 than the archive has, a figure
or a thing that it does not give, or nothing that it is about at all."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence or part of one that answers: ``quote`` stands in paragraph ``paragraph`` (0-based) of ``article``.

    ``article`` is ``<page file without .txt>#<1-based ordinal on its page>``.
    """

    article: str
    quote: str
    paragraph: int


@dataclass(frozen=True, slots=True)
class Made:
    """Where a generated case comes from.

    ``how`` names the method, ``by`` the program and its version or the model, ``source`` is the sentence it was made from,
    ``seed`` that of the draw; ``prompt`` is the id of the prompt, ``confirmed`` the day a person said yes, both empty where
    there was none.
    """

    how: str
    by: str
    source: str
    seed: int
    prompt: str = ""
    confirmed: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A question, asked after the questions in ``history``.

    A right answer holds one alternative of every list in ``answer_keys``; when not ``answerable``, it is a refusal, and
    ``lack`` says why (one of :data:`LACKS`). ``made`` tells where a generated case comes from.
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
    lack: str = ""
    made: Made | None = None


def split_of(qid: str) -> str:
    """``dev`` or ``test``: two in three for testing, by the SHA-256 of ``qid``, so that adding cases never moves one."""
    return "test" if hashlib.sha256(qid.encode()).digest()[-1] % 3 else "dev"


def waits(case: Case) -> bool:
    """Whether a language model wrote ``case`` and nobody has said yes to it; no run asks it until then."""
    return case.made is not None and bool(case.made.prompt) and not case.made.confirmed


def files(path: Path) -> tuple[Path, ...]:
    """The case files at ``path``: itself, or the ``.jsonl`` files of a folder but those with rejected cases.

    Raises :class:`InputError` if there is none.
    """
    inside = (file for file in path.glob("*.jsonl") if not file.name.endswith(REJECTED))
    found = tuple(sorted(inside)) if path.is_dir() else (path,)
    if not found:
        raise InputError(f"cases {path}: no .jsonl file in this folder; give a file of cases or a folder with some")
    return found


def load(path: Path) -> tuple[Case, ...]:
    """The cases of a JSON Lines file or a folder of them; a case without ``split`` gets :func:`split_of`.

    Raises :class:`InputError` naming the line that is not a case, and when there is no case at all.
    """
    cases = tuple(case for file in files(path) for case in _load(file))
    if not cases:
        raise InputError(f"cases {path}: holds no case; nothing would be measured")
    return cases


def _load(file: Path) -> Iterable[Case]:
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise InputError(f"cases {file}: {error.strerror}; give a JSON Lines file") from None
    except UnicodeDecodeError:
        raise InputError(f"cases {file}: not UTF-8 text; convert it") from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield _case(json.loads(line))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise InputError(f"cases {file}, line {number}: not a case ({type(error).__name__}: {error})") from None


def _case(data: Mapping[str, object]) -> Case:
    fields = dict(data)
    keys, evidence = fields.pop("answer_keys"), fields.pop("evidence")
    history, split = fields.pop("history", []), fields.pop("split", split_of(str(fields["qid"])))
    made = fields.pop("made", None)
    if not (isinstance(keys, list) and isinstance(evidence, list) and isinstance(history, list)):
        raise TypeError("answer_keys, evidence and history must be lists")
    if not all(isinstance(fields[name], str) for name in ("qid", "query", "type")):
        raise TypeError("qid, query and type must be text")
    return Case(
        **fields,  # type: ignore[arg-type]
        answer_keys=tuple(tuple(alternatives) for alternatives in keys),
        evidence=tuple(Evidence(**e) for e in evidence),
        history=tuple(history),
        split=str(split),
        made=Made(**made) if isinstance(made, dict) else None,
    )


def to_json(case: Case) -> dict[str, object]:
    """``case`` as the object of its line; what is empty and optional is left out."""
    fields = asdict(case)
    return {name: value for name, value in fields.items() if value or name not in ("lack", "made", "history")}


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
        (case.split in SPLITS, f"split {case.split!r} is none of {', '.join(SPLITS)}"),
        # A case that was looked at while something was set goes to dev for good; none goes the other way.
        (case.split != "test" or split_of(case.qid) == "test", "split 'test' should be 'dev', by its id"),
        (bool(case.query.strip()), "the query is empty"),
        (case.type != "multi_turn" or bool(case.history), "a follow-up needs a history"),
        (case.answerable == bool(case.evidence), "answerable cases, and only they, have evidence"),
        (case.answerable == bool(case.answer_keys), "answerable cases, and only they, have answer keys"),
        (
            case.answerable != (case.type == "unanswerable"),
            f"type {case.type!r} and answerable={case.answerable} differ",
        ),
        (
            case.answerable == (not case.lack) and case.lack in ("", *LACKS),
            f"lack {case.lack!r}: unanswerable cases, and only they, say what is lacking: {', '.join(LACKS)}",
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
    parser.add_argument("path", nargs="?", type=Path, default=CASES)
    options = parser.parse_args(arguments)
    try:
        cases = load(options.path)
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
