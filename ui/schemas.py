"""What the HTTP API takes and gives, for checking what comes in and for the OpenAPI document."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from rag.types import Column, Filters, Kind, Precision, Status, Support, TableKind
from ui.texts import EN, Language, objection

MOST_EARLIER = 50
"""Earlier questions a request may carry; a follow-up is understood by the last of them."""


def _askable(question: str) -> str:
    if message := objection(question, EN):
        raise ValueError(message)
    return question.strip()


Question = Annotated[str, AfterValidator(_askable)]


class Wanted(BaseModel):
    """Which articles may be used; all that is set must hold."""

    model_config = ConfigDict(extra="forbid")

    place: str = Field("", description="A province or city, as in 福建 or 赣州.", max_length=100)
    kind: Kind | None = Field(None, description="What an article is.")
    since: str = Field("", description="First day, month or year: 2025-08-28, 2025-08, 2025.", max_length=10)
    until: str = Field("", description="Last day, month or year.", max_length=10)
    reporter: str = Field("", description="A reporter's whole name.", max_length=100)
    source: str = Field("", description="A page, or a folder or archive above it.", max_length=1000)

    @field_validator("kind", mode="before")
    @classmethod
    def _none(cls, value: object) -> object:
        """``kind=`` as forms send it."""
        return value or None

    @model_validator(mode="after")
    def _dates(self) -> Wanted:
        self.filters()
        return self

    def filters(self) -> Filters:
        """The same as a record. Raises ``ValueError`` for a date that is none."""
        return Filters(self.since, self.until, self.place, self.kind, self.reporter, self.source)


class Search(Wanted):
    """A search: what for, and how many."""

    q: Question = Field(description="What to look for.")
    k: int = Field(8, ge=1, le=100, description="How many passages.")


class Listing(Wanted):
    """Which part of the list of articles."""

    offset: int = Field(0, ge=0, description="Articles to leave out at the beginning.")
    limit: int = Field(50, ge=1, le=200, description="Articles to give at most.")


class Ask(BaseModel):
    """A question."""

    model_config = ConfigDict(extra="forbid")

    question: Question = Field(description="In Chinese or English.")
    history: list[Question] = Field(
        default_factory=list,
        max_length=MOST_EARLIER,
        description="Earlier questions of the conversation, oldest first.",
    )
    language: Language | None = Field(
        None, description="Language of messages and of the reader; the question's, if left out."
    )
    filters: Wanted = Field(default_factory=Wanted, description="Which articles the answer may rest on.")
    followups: bool = Field(
        default=False, description="Whether to look for questions to ask next, which takes as long again."
    )


# --- what is given --------------------------------------------------------------------------------


class Said(BaseModel):
    """A sentence of an answer; ``citations`` are the numbers ``n`` of what it rests on."""

    text: str
    support: Support
    citations: list[int]


class Cited(BaseModel):
    """A citation: ``quote`` stands at ``start`` to ``end`` in its passage; ``read`` shows it in its article."""

    n: int
    passage_id: str
    article_id: str
    title: str
    source: str
    quote: str
    start: int
    end: int
    read: str


class CellGiven(BaseModel):
    """A cell of a table: ``text`` stands in one of the ``citations``, or is its article's ``own`` (place, date); empty: not mentioned."""

    text: str
    citations: list[int]
    own: bool
    rough: bool


class RowGiven(BaseModel):
    """A row of a table; ``aspect`` is what it compares, ``differs`` set where reports give a figure otherwise."""

    aspect: Column | None
    differs: bool
    cells: list[CellGiven]


class TableGiven(BaseModel):
    """What ``articles`` of the ``found`` reports say, side by side; ``more``: not all were read. Figures are never summed."""

    kind: TableKind
    columns: list[str]
    rows: list[RowGiven]
    articles: int
    found: int
    provinces: int
    more: bool
    summed: bool


class Found(BaseModel):
    """A passage found; ``read`` shows it in its article."""

    id: str
    article_id: str
    document_id: str
    title: str
    source: str
    text: str
    score: float
    ranks: dict[str, int]
    read: str


class Answered(BaseModel):
    """An answer and all it rests on; ``refused`` where the archive holds none. ``token`` names it in feedback, for an hour."""

    token: str
    question: str
    understood_as: str
    status: Status
    refused: bool
    answer: str
    notice: str
    sentences: list[Said]
    table: TableGiven | None
    citations: list[Cited]
    passages: list[Found]
    followups: list[str]
    trace: dict[str, Any]
    seconds: float


class Passages(BaseModel):
    """Passages, best first."""

    passages: list[Found]


class Entry(BaseModel):
    """An article in a list."""

    id: str
    title: str
    kind: Kind
    published: str
    published_precision: Precision
    province: str
    city: str
    reporters: list[str]
    source: str
    read: str


class Articles(BaseModel):
    """A part of the list of articles; ``total`` is the number of all that were asked for."""

    total: int
    offset: int
    articles: list[Entry]


class Whole(BaseModel):
    """An article whole, as the command line gives it; character ranges count in ``paragraphs`` joined by line breaks."""

    model_config = ConfigDict(extra="allow")

    id: str
    title: str
    kind: Kind
    paragraphs: list[str]
    published: str
    published_precision: Precision
    published_why: str
    source: str
    read: str


class Trouble(BaseModel):
    """What went wrong, in one line, and a word for programs."""

    message: str
    type: str


class Failed(BaseModel):
    """An error."""

    error: Trouble


# --- OpenAI's form --------------------------------------------------------------------------------


class Part(BaseModel):
    """A part of a message; of all kinds only text is read."""

    type: str
    text: str = ""


class Message(BaseModel):
    """A message; those of the user are read, those of others passed over."""

    role: str
    content: str | list[Part] | None = None

    @property
    def text(self) -> str:
        """Its text."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class Completion(BaseModel):
    """A request for a chat completion; settings of a model (temperature and so on) are taken and have no meaning here."""

    model: str
    messages: list[Message] = Field(min_length=1, max_length=1000)
    stream: bool = False
    n: Literal[1] = 1
