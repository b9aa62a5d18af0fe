"""Ask the assistant a case and write down all that comes of it.

A case that crashes counts as wrong everywhere. An answer that was not searched for now, such as one from a cache, is a
crash: it would measure an earlier day.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from eval.cases import Case
from eval.metrics import DEPTH, attributed, holding, keys_held, normalise, overlap, printed, ranks, retrieval
from eval.records import Cited, Row, Said, Seen, Sought
from rag.assistant import Assistant
from rag.errors import InputError
from rag.ingest.read import CORPORA, pages
from rag.types import Answer, Article, Citation, Hit, Kind, Sentence, Status, Step

OPENING = 90
"""Characters of a passage kept to tell it by."""

Progress = Callable[[str, int, int], None]


class Asked(Protocol):
    """What the evaluation needs of an assistant; ``rag.assistant.Assistant`` is one."""

    def ask(self, question: str, history: Sequence[str] = ()) -> Answer:
        """Answer ``question``, put after the questions in ``history``."""
        ...

    def search(self, query: str, k: int) -> tuple[Hit, ...]:
        """The best ``k`` passages."""
        ...


Place = tuple[str, int]
"""Where a text was received: a page as (source, 0), a document of a corpus as (source, line)."""


@dataclass(frozen=True)
class Subject:
    """What is measured: an assistant, and what its archive holds.

    ``passages`` are normalised texts by id, ``articles`` their articles by passage id, ``received`` the texts as received.
    """

    assistant: Asked
    passages: Mapping[str, str]
    articles: Mapping[str, Article]
    received: Mapping[Place, str]

    @classmethod
    def of(cls, assistant: Assistant, paths: Sequence[Path]) -> Subject:
        """An assistant over its open index; ``paths`` are the files and folders its pages come from."""
        store = assistant.store
        return cls(
            assistant,
            {p.id: normalise(p.text) for p in store.passages},
            {p.id: store.articles[p.article_id] for p in store.passages},
            received(paths),
        )

    def title(self, passage_id: str) -> str:
        """What the article of a passage is called."""
        return self.articles[passage_id].name if passage_id in self.articles else ""

    def prints(self, passage_id: str, quote: str) -> bool:
        """Whether ``quote`` is printed in what the article of the passage was received as."""
        article = self.articles.get(passage_id)
        if article is None:
            return False
        text = self.received.get((article.source, article.lines[0] if article.kind is Kind.DOCUMENT else 0))
        return text is not None and printed(quote, text)


def received(paths: Sequence[Path]) -> dict[Place, str]:
    """The texts at ``paths`` before any parsing: quotes are checked against what was received.

    Raises :class:`~rag.errors.ReadError` for a file that cannot be read.
    """
    found: dict[Place, str] = {}
    for page in pages(paths):
        if not page.source.lower().endswith(CORPORA):
            found[page.source, 0] = page.text
            continue
        for number, line in enumerate(page.text.split("\n"), 1):
            if line.strip():
                found[page.source, number] = "\n".join(str(value) for value in json.loads(line).values())
    return found


def ask_all(subject: Subject, cases: Sequence[Case], progress: Progress = lambda *_: None) -> Iterator[Row]:
    """Ask every case. Raises :class:`InputError` when there is none, or when they are about another archive."""
    if not cases:
        raise InputError("no case to ask; nothing would be measured")
    answerable = [case for case in cases if case.answerable]
    known = sum(any(holding([e.quote for e in case.evidence], subject.passages)) for case in answerable)
    if 2 * known < len(answerable):
        raise InputError(
            f"only {known} of {len(answerable)} cases have evidence in this index; "
            "give --cases written for it, or --store of the archive they are about (rag eval make writes some)"
        )
    # The first question also loads what is loaded late; nobody's time is to be measured with that.
    subject.assistant.search(cases[0].query, 1)
    for done, case in enumerate(cases, 1):
        yield ask(subject, case)
        progress("asking", done, len(cases))


def ask(subject: Subject, case: Case) -> Row:
    """Ask one case. Passages are searched for with the question as the assistant understood it."""
    row = Row(
        qid=case.qid,
        query=case.query,
        history=case.history,
        lang=case.lang,
        type=case.type,
        split=case.split,
        answerable=case.answerable,
        lack=case.lack,
        generated=case.made is not None,
        wanted=case.answer,
        keys=case.answer_keys,
        held=(False,) * len(case.answer_keys),
    )
    holders = holding([e.quote for e in case.evidence], subject.passages)
    begun = time.perf_counter()
    try:
        return _asked(subject, case, row, holders)
    except Exception as error:  # noqa: BLE001 - whatever goes wrong is what is being measured
        return replace(
            row,
            evidence=_sought(case, holders, (), (), ()),
            retrieval=_retrieval(case, holders, ()),
            seconds=time.perf_counter() - begun,
            crash=f"{type(error).__name__}: {error}",
        )


def _asked(subject: Subject, case: Case, row: Row, holders: Sequence[set[str]]) -> Row:
    """``row`` with all that came of asking."""
    begun = time.perf_counter()
    answer = subject.assistant.ask(case.query, case.history)
    seconds = time.perf_counter() - begun
    if Step.SEARCH.value not in answer.trace.seconds:
        raise AssertionError("the answer was not searched for; an answer from a cache measures nothing")
    hits = subject.assistant.search(answer.understood_as or case.query, DEPTH)
    found = [hit.passage.id for hit in hits]
    verbatim = "llm" not in answer.trace.models or answer.status is Status.DEGRADED
    return replace(
        row,
        held=keys_held(_told(answer), case.answer_keys),
        understood_as=answer.understood_as,
        status=answer.status.value,
        refused=answer.refused,
        confidence=answer.trace.confidence,
        sentences=tuple(_said(s, case, subject, verbatim=verbatim) for s in answer.sentences),
        notice=answer.notice,
        evidence=_sought(case, holders, found, [h.passage.id for h in answer.hits], answer.citations),
        found=tuple(
            Seen(
                hit.passage.id,
                subject.title(hit.passage.id),
                hit.passage.text[:OPENING],
                any(hit.passage.id in held for held in holders),
            )
            for hit in hits
        ),
        retrieval=_retrieval(case, holders, found),
        notes=answer.trace.notes,
        stages=dict(answer.trace.seconds),
        seconds=seconds,
    )


def _told(answer: Answer) -> str:
    """All that ``answer`` tells: its sentences and the cells of its table."""
    rows = answer.table.rows if answer.table is not None else ()
    return "\n".join((answer.text, *(cell.text for row in rows for cell in row.cells)))


def _said(sentence: Sentence, case: Case, subject: Subject, *, verbatim: bool) -> Said:
    cited = tuple(_cited(c, case, subject) for c in sentence.citations)
    # What is taken from a page must be in the quote itself, what is put in other words in the passages cited.
    sources = [c.quote if verbatim else c.passage.text for c in sentence.citations]
    return Said(
        sentence.text,
        sentence.support.value,
        cited,
        attributed(sentence.text, sources, verbatim=verbatim),
        sentence.lead,
    )


def _cited(citation: Citation, case: Case, subject: Subject) -> Cited:
    passage = citation.passage
    exact = passage.text[citation.start : citation.end] == citation.quote and subject.prints(passage.id, citation.quote)
    wanted = any(overlap(e.quote, citation.quote) for e in case.evidence)
    return Cited(citation.number, passage.id, subject.title(passage.id), citation.quote, exact, wanted)


def _sought(
    case: Case,
    holders: Sequence[set[str]],
    found: Sequence[str],
    given: Sequence[str],
    citations: Sequence[Citation],
) -> tuple[Sought, ...]:
    return tuple(
        Sought(e.article, e.quote, rank, bool(held & set(given)), any(overlap(e.quote, c.quote) for c in citations))
        for e, held, rank in zip(case.evidence, holders, ranks(holders, found), strict=True)
    )


def _retrieval(case: Case, holders: Sequence[set[str]], found: Sequence[str]) -> dict[str, float]:
    """Empty for a case without evidence. The gain of a passage is the number of quotes that it holds."""
    if not case.evidence:
        return {}
    relevant: dict[str, int] = {}
    for n, held in enumerate(holders):
        # A quote that no passage holds, for the page was parsed amiss, cannot be found: it stays a miss.
        for id_ in held or {f"<missing {n}>"}:
            relevant[id_] = relevant.get(id_, 0) + 1
    return retrieval(relevant, found)
