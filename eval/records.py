"""Every record of the evaluation: a row is all that came of one case, a run is all rows and what they were made with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")


_readers: dict[type, TypeAdapter[Any]] = {}
"""Made when first needed, for making one takes longer than reading with it."""


def from_json(kind: type[T], text: str) -> T:
    """A record of one of the kinds below from its JSON, every field of its type and every number finite.

    Raises ``ValueError`` (pydantic's) for other JSON.
    """
    if kind not in _readers:
        _readers[kind] = TypeAdapter(kind)
    found: T = _readers[kind].validate_json(text, strict=True)
    return found


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation of an answer.

    ``exact``: its quote is the slice of the passage it names and is printed on a page. ``wanted``: it holds, or is held
    by, a quote of the case's evidence.
    """

    number: int
    passage_id: str
    title: str
    quote: str
    exact: bool
    wanted: bool


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of an answer. ``attributed``: what it says stands in what it cites, by the suite's own reading.

    ``lead`` is the character range that answers most directly, if one was marked.
    """

    text: str
    support: str
    cited: tuple[Cited, ...]
    attributed: bool
    lead: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Sought:
    """A quote that answers. ``rank`` is the 1-based place of the first passage found that holds it, ``None`` if none does.

    ``given``: it stands in a passage that the answer was made from. ``cited``: the answer cites it.
    """

    article: str
    quote: str
    rank: int | None
    given: bool
    cited: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """A passage found, with its opening, best first; ``wanted``: it holds a quote of the case's evidence."""

    passage_id: str
    title: str
    opening: str
    wanted: bool


@dataclass(frozen=True, slots=True)
class Row:
    """All that came of one case.

    ``wanted`` is the answer the case gives, ``keys`` its required facts (alternatives), ``held`` whether the answer holds
    each. ``retrieval`` are values between 0 and 1 by measure (``R@5``), ``stages`` seconds by step, ``judged`` a language
    model's marks between 0 and 1 by name. ``crash`` is the error where there was one, else empty; such a row counts as wrong.
    """

    qid: str
    query: str
    history: tuple[str, ...]
    lang: str
    type: str
    split: str
    answerable: bool
    lack: str
    generated: bool
    wanted: str
    keys: tuple[tuple[str, ...], ...]
    held: tuple[bool, ...]
    understood_as: str = ""
    status: str = ""
    refused: bool = False
    confidence: float = 0.0
    sentences: tuple[Said, ...] = ()
    notice: str = ""
    evidence: tuple[Sought, ...] = ()
    found: tuple[Seen, ...] = ()
    retrieval: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    stages: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    judged: Mapping[str, float] = field(default_factory=dict)
    crash: str = ""

    @property
    def text(self) -> str:
        """The answer as plain text; empty for a refusal."""
        return "".join(f"{s.text} " if s.text[-1:].isascii() else s.text for s in self.sentences).rstrip()

    @property
    def right(self) -> bool:
        """Whether the answer holds every required fact, or for an unanswerable case, whether there is none."""
        return not self.crash and self.refused != self.answerable and all(self.held)

    def to_json(self) -> dict[str, Any]:
        """A dict of JSON types."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Made:
    """What a run was made with, so that it can be told from another and made again.

    ``settings`` are those of the program without secrets, ``index`` the id, counts and identities of the index, ``models``
    by part, ``prompts`` the SHA-256 of each file, ``cases`` where they came from, their SHA-256, split and number,
    ``machine`` what it ran on. ``began`` is an ISO time in UTC, ``seconds`` the time it took, ``version`` the program's, with
    the commit where it is known.
    """

    id: str
    name: str
    began: str
    seconds: float
    version: str
    settings: Mapping[str, Any]
    index: Mapping[str, Any]
    models: Mapping[str, str]
    prompts: Mapping[str, str]
    cases: Mapping[str, Any]
    machine: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """A dict of JSON types."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Run:
    """A whole run."""

    made: Made
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """What a measure comes to over a group of cases: ``value`` rests on ``n`` of them, with a 95 % bootstrap interval.

    ``group`` is ``all``, or ``type:list``, ``lang:en`` and the like.
    """

    measure: str
    group: str
    n: int
    value: float
    low: float
    high: float
