"""Evaluation cases: questions with their answers and the sentences that answer them.

A case is one JSON object a line. Reading is strict, for a case that is not what it seems would count as right or wrong for
nothing: types, kinds, ids and what must go together are checked for every line (:func:`load`), quotes and keys against the
articles on demand (:func:`validate`).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import ClassVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from eval.metrics import holds_key, normalise
from eval.visible import unprintable
from rag.config import ROOT
from rag.errors import InputError
from rag.types import Article, sha256

CASES = ROOT / "eval" / "cases"
"""The cases written by hand over the pages in seeds/."""

REJECTED = ".rejected.jsonl"
"""What the name of a file with the cases that a person turned down ends in."""

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


_STRICT = ConfigDict(extra="forbid", strict=True)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence or part of one that answers: ``quote`` stands in paragraph ``paragraph`` (0-based) of ``article``.

    ``article`` is ``<page file without .txt>#<1-based ordinal on its page>``.
    """

    article: str
    quote: str
    paragraph: int

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


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

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


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
    note: str = ""
    history: tuple[str, ...] = ()
    split: str = ""
    lack: str = ""
    made: Made | None = None

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


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


def read(path: Path) -> tuple[tuple[Case, ...], str]:
    """The cases of a JSON Lines file or a folder of them, and the SHA-256 of what was read; each file is read once.

    A case without ``split`` gets :func:`split_of`. Raises :class:`InputError` naming the line that is not a sound case, when
    two have one id, and when there is no case at all.
    """
    texts = [(file, _text(file)) for file in files(path)]
    cases: list[Case] = []
    seen: dict[str, str] = {}
    for file, text in texts:
        for number, line in enumerate(text.split("\n"), 1):
            if not line.strip():
                continue
            at = f"{file}, line {number}"
            case = _case(line, at)
            if before := seen.get(case.qid):
                raise InputError(f"cases {at}: several cases of one id, {case.qid}, as in {before}; give each its own")
            seen[case.qid] = at
            cases.append(case)
    if not cases:
        raise InputError(f"cases {path}: holds no case; nothing would be measured")
    return tuple(cases), sha256("\n".join(sha256(text) for _, text in texts))


def load(path: Path) -> tuple[Case, ...]:
    """The cases alone, as :func:`read` gives them."""
    return read(path)[0]


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"cases {file}: {error.strerror}; give a JSON Lines file") from None
    except UnicodeDecodeError:
        raise InputError(f"cases {file}: not UTF-8 text; convert it") from None


@cache
def _reader() -> TypeAdapter[Case]:
    return TypeAdapter(Case)


def _case(line: str, at: str) -> Case:
    try:
        case = _reader().validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise InputError(f"cases {at}: not a case ({where + ': ' if where else ''}{first['msg']})") from None
    case = case if case.split else replace(case, split=split_of(case.qid))
    if problem := next(_unsound(case), None):
        raise InputError(f"cases {at}: {problem}")
    return case


def _unsound(case: Case) -> Iterator[str]:
    """What is wrong with ``case`` by itself, whatever archive it is about."""
    rules = (
        (bool(case.qid.strip()), "the qid is empty"),
        (bool(case.query.strip()), "the query is empty"),
        (not any(map(unprintable, (case.qid, case.query, *case.history))), "the question holds control characters"),
        (case.type in TYPES, f"type {case.type!r} is none of {', '.join(TYPES)}"),
        (case.lang in LANGUAGES, f"language {case.lang!r} is none of {', '.join(LANGUAGES)}"),
        (case.split in SPLITS, f"split {case.split!r} is none of {', '.join(SPLITS)}"),
        # A case that was looked at while something was set goes to dev for good; none goes the other way.
        (case.split != "test" or split_of(case.qid) == "test", "split 'test' should be 'dev', by its id"),
        (case.type != "multi_turn" or bool(case.history), "a follow-up needs a history"),
        (case.answerable == bool(case.evidence), "answerable cases, and only they, have evidence"),
        (case.answerable == bool(case.answer_keys), "answerable cases, and only they, have answer keys"),
        (
            all(keys and all(map(normalise, keys)) for keys in case.answer_keys),
            "a list of answer keys holds an empty one",
        ),
        (all(normalise(e.quote) for e in case.evidence), "a quote is empty"),
        (
            case.answerable != (case.type == "unanswerable"),
            f"type {case.type!r} and answerable={case.answerable} differ",
        ),
        (
            case.answerable == (not case.lack) and case.lack in ("", *LACKS),
            f"lack {case.lack!r}: unanswerable cases, and only they, say what is lacking: {', '.join(LACKS)}",
        ),
    )
    return (problem for kept, problem in rules if not kept)


def to_json(case: Case) -> dict[str, object]:
    """``case`` as the object of its line; what is empty and optional is left out."""
    fields = asdict(case)
    return {name: value for name, value in fields.items() if value or name not in ("lack", "made", "history")}


def by_page(articles: Iterable[Article]) -> dict[str, tuple[str, ...]]:
    """Paragraphs by article (``<page>#<ordinal>``) of parsed articles, which must come in the order of their pages."""
    seen: Counter[str] = Counter()
    found = {}
    for article in articles:
        stem = Path(article.source).stem
        seen[stem] += 1
        found[f"{stem}#{seen[stem]}"] = article.paragraphs
    return found


def validate(cases: Sequence[Case], articles: Mapping[str, Sequence[str]]) -> list[str]:
    """Everything wrong with ``cases``, one line each; empty when all is well.

    ``articles`` are paragraphs by article, as :func:`by_page` gives them.
    """
    twice = [qid for qid, n in Counter(case.qid for case in cases).items() if n > 1]
    problems = [f"{qid}: there are several cases of this id" for qid in twice]
    for case in cases:
        problems += [f"{case.qid}: {problem}" for problem in (*_unsound(case), *_unproven(case, articles))]
    return problems


def _unproven(case: Case, articles: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for evidence in case.evidence:
        yield from _evidence_problems(evidence, articles)
    told = "\n".join([*(e.quote for e in case.evidence), case.note])
    for alternatives in case.answer_keys:
        if not any(holds_key(told, key) for key in alternatives if normalise(key)):
            yield f"none of the keys {list(alternatives)} is in the evidence or the note"


def _evidence_problems(evidence: Evidence, articles: Mapping[str, Sequence[str]]) -> Iterator[str]:
    paragraphs = articles.get(evidence.article)
    if paragraphs is None:
        yield f"there is no article {evidence.article!r}"
    elif not 0 <= evidence.paragraph < len(paragraphs):
        yield f"{evidence.article} has no paragraph {evidence.paragraph}"
    elif not evidence.quote or evidence.quote not in paragraphs[evidence.paragraph]:
        yield f"{evidence.article} paragraph {evidence.paragraph} does not hold {evidence.quote!r}"
