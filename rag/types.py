"""Every record that flows between the parts, frozen, in one file.

``Page -> Article -> Passage`` on the way in, ``Hit -> Citation -> Sentence -> Answer`` on the way out.
Offsets are Python string indices (code points), ``start`` inclusive and ``end`` exclusive.
What must always hold is checked where the record is made, and raises ``ValueError``.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum


def sha256(text: str) -> str:
    """Hex SHA-256 of ``text`` as UTF-8."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


_DATELINE = re.compile(
    r"^(?:本报[^（(，。]{0,8}[讯电]|(?:新华社|中新社)[^（(，。]{1,16}电)\s*(?:[（(][^）)]{0,40}[）)])?\s*"
)
"""What opens a report and says nothing of it: 本报讯（记者某某）."""


def without_dateline(text: str) -> str:
    """``text`` of a report without what opens one and says nothing of it."""
    return _DATELINE.sub("", text)


# --- on the way in ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Page:
    """One source file as received: ``sha256`` is that of ``text`` as UTF-8."""

    source: str
    text: str
    sha256: str

    def __post_init__(self) -> None:
        if self.sha256 != sha256(self.text):
            raise ValueError(f"page {self.source!r}: the SHA-256 given is not that of its text")

    @classmethod
    def of(cls, source: str, text: str) -> Page:
        """A page with its hash computed."""
        return cls(source, text, sha256(text))


class Kind(StrEnum):
    """What an article is: a report, a photo with its caption, the rest of one begun on another page, a document of a corpus that
    is no newspaper page, or what a page prints beside its articles (its date, its number, who edited it): that is no article, has
    no paragraphs, and its text is its banner.
    """

    NEWS = "news"
    PHOTO = "photo"
    CONTINUATION = "continuation"
    DOCUMENT = "document"
    FURNITURE = "furniture"


class Precision(StrEnum):
    """How closely a publication date is known."""

    DAY = "day"
    ABOUT = "about"
    NOT_BEFORE = "not_before"
    YEAR = "year"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Published:
    """A publication date: ``date`` is ISO (``2025-08-28`` or ``2025``), empty when unknown; ``why`` quotes the cue."""

    date: str = ""
    precision: Precision = Precision.UNKNOWN
    why: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside an article; it stands before paragraph number ``before`` (0-based)."""

    before: int
    text: str


class Doubtful(StrEnum):
    """What may be wrong with how an article was read from its page."""

    TITLE = "title"
    BEGINNING = "beginning"
    END = "end"
    ORDER = "order"
    MIXED = "mixed"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing that may be wrong, why (in English; ``ui.texts`` names ``what`` in the reader's language), and where:
    ``paragraph`` (0-based), or ``None`` for the article as a whole.
    """

    what: Doubtful
    why: str
    paragraph: int | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a further part of an article is printed: the page, its lines (1-based), and the number of its first paragraph."""

    source: str
    lines: tuple[int, ...]
    paragraph: int


@dataclass(frozen=True, slots=True)
class Article:
    """One item of a page.

    Every printed character of the page is in exactly one of title, kicker, subtitle, banner, bylines, credits,
    jumps, headings and paragraphs of one article. ``lines`` are the 1-based page lines it came from, in the
    order they are read. ``bylines``, ``credits`` and ``jumps`` are kept as printed; the name lists are read from
    them and from the opening of the first paragraph.

    ``confidence`` (0 to 1) says how sure the parser is of it, ``doubts`` why it is not. An article that goes on on another
    page names where in ``continued``; ``source`` and ``lines`` are of its beginning.
    """

    id: str
    source: str
    kind: Kind
    title: str
    paragraphs: tuple[str, ...]
    kicker: str = ""
    subtitle: str = ""
    banner: str = ""
    bylines: tuple[str, ...] = ()
    credits: tuple[str, ...] = ()
    jumps: tuple[str, ...] = ()
    headings: tuple[Heading, ...] = ()
    reporters: tuple[str, ...] = ()
    correspondents: tuple[str, ...] = ()
    photographers: tuple[str, ...] = ()
    province: str = ""
    city: str = ""
    published: Published = field(default_factory=Published)
    lines: tuple[int, ...] = ()
    document_id: str = ""
    confidence: float = 1.0
    doubts: tuple[Doubt, ...] = ()
    continued: tuple[Origin, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.confidence <= 1:
            raise ValueError(f"article {self.id}: confidence {self.confidence} is not between 0 and 1")
        if any("\n" in p or not p for p in self.paragraphs):
            raise ValueError(f"article {self.id}: a paragraph is empty or holds a line break")
        if any(not 0 <= h.before <= len(self.paragraphs) for h in self.headings):
            raise ValueError(f"article {self.id}: a heading points outside its paragraphs")

    @property
    def text(self) -> str:
        """The body: paragraphs joined by one line break. Passages and citations are slices of it."""
        return "\n".join(self.paragraphs)

    @property
    def name(self) -> str:
        """What to call it in a list: its title, or the opening of its text when it has none."""
        if self.title:
            return self.title
        opening = without_dateline(self.paragraphs[0]) if self.paragraphs else self.banner
        return opening if len(opening) <= 24 else opening[:23] + "…"

    @property
    def head(self) -> str:
        """What is carried into retrieval beside each passage: title, kicker, subtitle, place."""
        parts = (self.title, self.kicker, self.subtitle, self.province, self.city)
        return " ".join(dict.fromkeys(p for p in parts if p))


@dataclass(frozen=True, slots=True)
class Passage:
    """A slice of an article's text, the unit of search: ``article.text[start:end] == text``.

    ``first`` and ``last`` are the 0-based numbers of the paragraphs it covers. ``head`` goes into retrieval only,
    never into quotes. ``id`` is a content hash, so the same slice of the same article keeps its id across builds.
    """

    id: str
    article_id: str
    text: str
    start: int
    end: int
    first: int
    last: int
    head: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end or self.end - self.start != len(self.text):
            raise ValueError(
                f"passage {self.id}: offsets {self.start}-{self.end} do not span {len(self.text)} characters"
            )
        if not 0 <= self.first <= self.last:
            raise ValueError(f"passage {self.id}: paragraphs {self.first}-{self.last}")

    @classmethod
    def of(cls, article: Article, start: int, end: int, head: str) -> Passage:
        """The slice ``[start, end)`` of ``article.text``, with its id and paragraph numbers worked out."""
        text = article.text[start:end]
        first = article.text.count("\n", 0, start)
        last = first + text.rstrip("\n").count("\n")
        return cls(sha256(f"{article.id}\n{start}\n{text}")[:16], article.id, text, start, end, first, last, head)


# --- what is looked for ---

_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles may be found: those for which everything that is set holds; see :mod:`rag.search.facets` for how.

    ``since`` and ``until`` are ISO days, months or years (``2025-08-28``, ``2025-08``, ``2025``), both included; ``place`` is a
    province or city, ``source`` a file, or a folder or archive above it.
    """

    since: str = ""
    until: str = ""
    place: str = ""
    kind: Kind | None = None
    reporter: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        for name, date in (("since", self.since), ("until", self.until)):
            if date and not _DATE.fullmatch(date):
                raise ValueError(
                    f"{name}: {date!r} is no date; give a day, month or year, as in 2025-08-28, 2025-08, 2025"
                )

    def __bool__(self) -> bool:
        """Whether anything is set."""
        return self != Filters()


# --- on the way out -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found, with its fused score and its 1-based rank in each list that held it."""

    passage: Passage
    score: float
    ranks: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Citation:
    """What a sentence rests on: ``passage.text[start:end] == quote``. ``number`` is given once per answer, from 1."""

    number: int
    passage: Passage
    quote: str
    start: int
    end: int

    def __post_init__(self) -> None:
        if self.number < 1:
            raise ValueError(f"citation number {self.number}: numbers start at 1")
        # A negative offset would count from the end, and may hit the same words by luck.
        if not self.quote or self.start < 0 or self.passage.text[self.start : self.end] != self.quote:
            raise ValueError(
                f"citation {self.number}: the quote is not the slice {self.start}-{self.end} of its passage"
            )


class Support(StrEnum):
    """How well what a sentence says is borne out by the passages it cites."""

    SUPPORTED = "supported"
    WEAK = "weak"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer. ``lead`` marks the character range that answers most directly, if one was found."""

    text: str
    support: Support
    citations: tuple[Citation, ...] = ()
    lead: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if (self.support is Support.UNSUPPORTED) != (not self.citations):
            raise ValueError("a sentence has citations if and only if it is supported, strongly or weakly")
        if self.lead is not None and not 0 <= self.lead[0] < self.lead[1] <= len(self.text):
            raise ValueError(f"lead {self.lead} lies outside a sentence of {len(self.text)} characters")


class TableKind(StrEnum):
    """What a question over many articles asks for: where there is a practice, places side by side, what came when, figures."""

    PLACES = "places"
    COMPARE = "compare"
    TIMELINE = "timeline"
    FIGURES = "figures"


class Column(StrEnum):
    """What a column of a table holds (in a comparison, a row). ``ui.texts`` names them in the reader's language.

    ``SAID`` is how the text itself says when something was (去年).
    """

    PLACE = "place"
    UNIT = "unit"
    PRACTICE = "practice"
    EFFECT = "effect"
    DATE = "date"
    SAID = "said"
    EVENT = "event"
    NUMBER = "number"
    MEASURE = "measure"
    SUBJECT = "subject"
    PERIOD = "period"
    SENTENCE = "sentence"


_SPACE = re.compile(r"\s+")


def _bare(text: str) -> str:
    """``text`` as far as it matters for whether a quote holds it: in NFKC, without white space."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text))


@dataclass(frozen=True, slots=True)
class Cell:
    """What a table says in one place, and where from; an empty one has no citations.

    ``text`` stands in the quote of one of ``citations``, but for an … at an end where it is cut; where it is the article's ``own``,
    such as its place, or a date worked out from its own, they say which article's; ``rough`` if that date is not sure.
    """

    text: str = ""
    citations: tuple[Citation, ...] = ()
    own: bool = False
    rough: bool = False

    def __post_init__(self) -> None:
        if bool(self.text.strip()) != bool(self.citations):
            raise ValueError(f"cell {self.text!r}: it has citations if and only if it says something")
        said = _bare(self.text.strip("…"))
        if self.text and not self.own and not any(said in _bare(c.quote) for c in self.citations):
            raise ValueError(f"cell {self.text!r}: no quote that it cites holds it")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table. ``aspect`` is what it compares; ``differs`` marks figures of one thing that reports give otherwise."""

    cells: tuple[Cell, ...]
    aspect: Column | None = None
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """What several reports say, side by side.

    ``columns`` are names of :class:`Column`, or, in a comparison, of places. ``found`` reports speak of what is asked, of those
    that were read, which were not all where ``more`` is set; the table tells of the :attr:`articles` among them. ``summed`` says that a sum was
    asked for: reports are never added up.
    """

    kind: TableKind
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    found: int
    provinces: int = 0
    more: bool = False
    summed: bool = False

    def __post_init__(self) -> None:
        if not self.rows or not self.columns:
            raise ValueError("a table has columns and rows")
        if any(len(row.cells) != len(self.columns) for row in self.rows):
            raise ValueError(f"each row of a table has {len(self.columns)} cells, one for each column")
        if any((row.aspect is None) == (self.kind is TableKind.COMPARE) for row in self.rows):
            raise ValueError("the rows of a comparison, and only they, say what they compare")
        if any(not any(cell.text for cell in row.cells) for row in self.rows):
            raise ValueError("a row of a table says something")
        if not self.articles <= self.found:
            raise ValueError(f"a table of {self.articles} articles cannot be made of {self.found}")

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All citations of its cells, row by row; one may come several times."""
        return tuple(c for row in self.rows for cell in row.cells for c in cell.citations)

    @property
    def articles(self) -> int:
        """How many articles it tells of."""
        return len({c.passage.article_id for c in self.citations})


class Status(StrEnum):
    """How an answer came about: as configured, not at all, or by a stand-in because something was out of order."""

    ANSWERED = "answered"
    NO_EVIDENCE = "no_evidence"
    DEGRADED = "degraded"


@dataclass(frozen=True, slots=True)
class Trace:
    """What made an answer: the index, the models, the prompt, seconds by stage, and remarks in the order made.

    ``confidence`` (0 to 1) is how sure the gate was that the archive holds an answer, 0 where it lacks what the question
    insists on. For Chinese questions it is a probability, for English ones a similarity.
    """

    index_id: str
    models: Mapping[str, str] = field(default_factory=dict)
    prompt_sha256: str = ""
    seconds: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    confidence: float = 0.0

    def to_json(self) -> dict[str, object]:
        """A dict of JSON types."""
        return {
            "index_id": self.index_id,
            "models": dict(self.models),
            "prompt_sha256": self.prompt_sha256,
            "seconds": dict(self.seconds),
            "notes": list(self.notes),
            "confidence": self.confidence,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> Trace:
        """The inverse of :meth:`to_json`. Raises ``KeyError`` or ``TypeError`` on other data."""
        models, seconds, notes, confidence = (data[name] for name in ("models", "seconds", "notes", "confidence"))
        if not isinstance(models, Mapping) or not isinstance(seconds, Mapping) or not isinstance(notes, list):
            raise TypeError("trace: models and seconds must be objects and notes a list")
        if not isinstance(confidence, int | float):
            raise TypeError("trace: confidence must be a number")
        return cls(
            str(data["index_id"]),
            dict(models),
            str(data["prompt_sha256"]),
            dict(seconds),
            tuple(str(n) for n in notes),
            float(confidence),
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer and all it rests on. ``notice`` says, in the user's language, what the reader must know beside it.

    ``table`` is there where many articles were asked about; its citations go on from those of the sentences.
    """

    question: str
    understood_as: str
    status: Status
    sentences: tuple[Sentence, ...]
    hits: tuple[Hit, ...]
    trace: Trace
    notice: str = ""
    table: Table | None = None

    def __post_init__(self) -> None:
        if self.status is Status.NO_EVIDENCE and self.citations:
            raise ValueError("an answer without evidence must not cite")
        if self.status is not Status.NO_EVIDENCE and not self.citations:
            raise ValueError("an answer must cite at least one passage")
        if any(a.score < b.score for a, b in zip(self.hits, self.hits[1:], strict=False)):
            raise ValueError("scores must never rise down the list of hits")
        numbers = [c.number for c in self.citations]
        if numbers != list(range(1, len(numbers) + 1)):
            raise ValueError(f"citation numbers must run from 1 without gaps, got {numbers}")

    @property
    def refused(self) -> bool:
        """Whether the archive holds no answer."""
        return self.status is Status.NO_EVIDENCE

    @property
    def text(self) -> str:
        """The sentences as plain text, without citation marks; English ones with a space between them."""
        return "".join(f"{s.text} " if s.text[-1:].isascii() else s.text for s in self.sentences).rstrip()

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The distinct citations, in the order of their numbers."""
        found = {c.number: c for s in self.sentences for c in s.citations}
        found |= {c.number: c for c in self.table.citations} if self.table else {}
        return tuple(found[n] for n in sorted(found))


@dataclass(frozen=True, slots=True)
class Asked:
    """An earlier question of a conversation, and the passages that its answer cited, in the order of their numbers."""

    question: str
    cited: tuple[Passage, ...] = ()

    @classmethod
    def of(cls, answer: Answer) -> Asked:
        """What a further question needs to know of ``answer``."""
        return cls(answer.question, tuple({c.passage.id: c.passage for c in answer.citations}.values()))


class Step(StrEnum):
    """What the assistant is doing, for the progress line."""

    UNDERSTAND = "understand"
    SEARCH = "search"
    WRITE = "write"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class Progress:
    """A step has begun, ``seconds`` after the question was put."""

    step: Step
    seconds: float


@dataclass(frozen=True, slots=True)
class Partial:
    """What can be shown so far: checked sentences, and the unchecked ``tail`` of the one being written."""

    sentences: tuple[Sentence, ...]
    tail: str = ""


Event = Progress | Partial | Answer
"""What ``Assistant.stream`` yields; the last one is always the ``Answer``."""


def to_json(record: object) -> dict[str, object]:
    """Any record above as a dict of JSON types (enumerations are strings already)."""
    return asdict(record)  # type: ignore[call-overload,no-any-return]
