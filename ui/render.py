"""A turn as HTML and as plain text.

Questions, titles, article text and model output are untrusted. All HTML comes from the Jinja templates in
``ui/assets`` with autoescaping on, and nothing else in ``ui`` makes any; no text passes through Markdown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from rag.insight import export
from rag.insight.cite_style import Standard, newspaper
from rag.types import Answer, Article, Citation, Sentence, Step, Support
from rag.zh import sentences
from ui import tables
from ui.library.census import Census
from ui.ranges import Range, first, link
from ui.texts import Language, Texts, dateline, span
from ui.texts.opinion import OPINIONS, REASONS
from ui.texts.scope import whole
from ui.texts.tables import TABLES
from ui.turns import Problem, Turn

if TYPE_CHECKING:
    from ui.live import Live

ASSETS = Path(__file__).resolve().parent / "assets"
CONTEXT_LIMIT = 90
"""Most characters shown of the sentence before a quote, and of the one behind."""
NEAR_TITLES = 3
SHORTEST = 0.1
"""Seconds below which an answer is said to have taken less: 0.0 seconds look like a mistake."""

_TEMPLATES = Environment(
    loader=FileSystemLoader(ASSETS),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

Lookup = Callable[[str], Article]
"""Gives an article by its id."""


# --- what the templates are given ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Chip:
    """One citation mark: ``first`` is true where its number appears for the first time, which is where links return."""

    number: int
    label: str
    first: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of an answer, cut at its lead: ``before + lead + after + end``, and ``gap``, white space behind it.

    ``end`` is its last characters, kept on one line with its chips; empty where the lead reaches that far.
    """

    before: str
    lead: str
    after: str
    end: str
    gap: str
    support: Support
    chips: tuple[Chip, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """A citation with the text around it in its article; ``link`` leads to it in the reader."""

    number: int
    before: str
    text: str
    after: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """An article as the list of sources shows it; ``byline`` holds paper, date and people, ``link`` leads to the reader."""

    title: str
    byline: str
    quotes: tuple[Quote, ...]
    link: str


def lines(found: tuple[Sentence, ...], titles: dict[str, str], texts: Texts) -> tuple[Line, ...]:
    """Sentences as lines. ``titles`` maps article ids to titles, for the labels of the chips."""
    seen: set[int] = set()
    made = []
    for sentence in found:
        body = sentence.text.rstrip()
        start, end = sentence.lead or (0, 0)
        start, end = min(start, len(body)), min(end, len(body))
        chips = []
        for citation in sorted(sentence.citations, key=lambda c: c.number):
            chips.append(_chip(citation, titles, texts, first=citation.number not in seen))
            seen.add(citation.number)
        cut = len(body) - 2 if len(body) - end >= 2 else len(body)
        made.append(
            Line(
                before=body[:start],
                lead=body[start:end],
                after=body[end:cut],
                end=body[cut:],
                gap=sentence.text[len(body) :],
                support=sentence.support,
                chips=tuple(chips),
            )
        )
    return tuple(made)


def _chip(citation: Citation, titles: Mapping[str, str], texts: Texts, *, first: bool) -> Chip:
    label = texts.citation_label.format(number=citation.number, title=titles[citation.passage.article_id])
    return Chip(citation.number, label, first)


def chips(answer: Answer, shown: tables.Drawn, titles: Mapping[str, str], texts: Texts) -> list[list[list[Chip]]]:
    """The chips of the cells of ``shown``, the table of ``answer``, row by row."""
    known = {citation.number: citation for citation in answer.citations}
    seen = {c.number for sentence in answer.sentences for c in sentence.citations}
    rows: list[list[list[Chip]]] = []
    for row in shown.rows:
        rows.append([])
        for cell in row:
            rows[-1].append([_chip(known[n], titles, texts, first=n not in seen) for n in cell.numbers])
            seen.update(cell.numbers)
    return rows


def verbatim(found: tuple[Sentence, ...]) -> bool:
    """Whether these are all sentences of reports, word for word: then they do not make one text."""
    return bool(found) and all(s.citations and s.text.strip() == s.citations[0].quote.strip() for s in found)


def place(citation: Citation) -> Range:
    """Where a citation stands in the text of its article."""
    start = citation.passage.start + citation.start
    return start, start + len(citation.quote)


def quote(citation: Citation, article: Article, to: str = "") -> Quote:
    """A citation between what stands before and behind it in its article: to the end of its sentences, and one more."""
    text = article.text
    start, end = place(citation)
    spans = sentences(text)
    touched = [i for i, (a, b) in enumerate(spans) if a < end and b > start]
    first, last = (touched[0], touched[-1]) if touched else (0, len(spans) - 1)
    before = text[min(start, spans[max(0, first - 1)][0]) : start]
    after = text[end : max(end, spans[min(len(spans) - 1, last + 1)][1])]
    if len(before) > CONTEXT_LIMIT:
        before = "…" + before[-CONTEXT_LIMIT:]
    if len(after) > CONTEXT_LIMIT:
        after = after[:CONTEXT_LIMIT] + "…"
    return Quote(citation.number, before, citation.quote, after, to)


def title(article: Article, texts: Texts) -> str:
    """How an article is named: 《its title》, or the opening of its text when it has none."""
    return texts.title_quoted.format(title=article.title) if article.title else article.name


def byline(article: Article, paper: str, texts: Texts) -> str:
    """Paper, date and the people of an article, e.g. ``工人日报 · 约 2025-12-04 · 记者 康劲``."""
    parts = [paper, dateline(article.published, texts)]
    for pattern, names in (
        (texts.reporters, article.reporters),
        (texts.correspondents, article.correspondents),
        (texts.photographers, () if article.reporters else article.photographers),
    ):
        if names:
            parts.append(pattern.format(names=texts.names.join(names)))
    return texts.separator.join(part for part in parts if part)


def sources(answer: Answer, lookup: Lookup, paper: str, texts: Texts) -> tuple[Source, ...]:
    """The cited articles in order of first use, each with its citations in order of their numbers."""
    by_article: dict[str, list[Citation]] = {}
    for citation in answer.citations:
        by_article.setdefault(citation.passage.article_id, []).append(citation)
    made = []
    for article_id, cited in by_article.items():
        article = lookup(article_id)
        places = tuple(place(c) for c in cited)
        links = [link(article_id, first(at, places), texts.language) for at in places]
        quotes = tuple(quote(c, article, to) for c, to in zip(cited, links, strict=True))
        made.append(Source(title(article, texts), byline(article, paper, texts), quotes, links[0]))
    return tuple(made)


def not_cited(answer: Answer, lookup: Lookup, paper: str, texts: Texts) -> tuple[Source, ...]:
    """The articles found but not cited, best first."""
    cited = {c.passage.article_id for c in answer.citations}
    found = dict.fromkeys(h.passage.article_id for h in answer.hits if h.passage.article_id not in cited)
    articles = [lookup(article_id) for article_id in found]
    return tuple(
        Source(title(a, texts), byline(a, paper, texts), (), link(a.id, language=texts.language)) for a in articles
    )


# --- pages and parts ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Archive:
    """What rendering needs to know of the archive; ``counted`` gives what is in it now."""

    lookup: Lookup
    counted: Callable[[], Census]
    paper: str

    @classmethod
    def of(cls, live: Live, paper: str) -> Archive:
        """That of the index which ``live`` uses, whichever it is by then."""
        return cls(live.article, lambda: live.census, paper)


def fill(template: str, **values: object) -> str:
    """``template`` of ``ui/assets`` with ``values``."""
    return _TEMPLATES.get_template(template).render(**values)


def welcome(archive: Archive, texts: Texts) -> str:
    """The first screen: what can be asked, and what is in the archive."""
    census = archive.counted()
    known = span(census.days, texts)
    pattern = texts.archive_dated if known else texts.archive
    facts = pattern.format(paper=archive.paper, count=census.held, span=known)
    return fill("welcome.html.jinja", texts=texts, facts=facts)


def header(language: Language, texts: Texts) -> str:
    """The top of the page. It tells the page's script the language, and holds the region read out to screen readers."""
    return fill("header.html.jinja", texts=texts, language=language)


def footnote(language: Language, texts: Texts) -> str:
    """The line under the box, with the way to how good the answers are."""
    return fill("footnote.html.jinja", texts=texts, language=language)


def heading(words: str) -> str:
    """A small heading between parts of the page."""
    return fill("heading.html.jinja", words=words)


def hint(message: str) -> str:
    """One line about what was typed; empty for none."""
    return fill("hint.html.jinja", message=message)


def question(asked: str) -> str:
    """A question as it stands in the conversation."""
    return fill("question.html.jinja", question=asked)


def turn(shown: Turn, archive: Archive, texts: Texts) -> str:
    """What stands under a question: progress, what is written so far, the answer with its sources, or a refusal."""
    answer, partial = shown.answer, shown.partial
    found = answer.sentences if answer else partial.sentences if partial else ()
    cited = answer.citations if answer else tuple(c for s in found for c in s.citations)
    titles = {c.passage.article_id: title(archive.lookup(c.passage.article_id), texts) for c in cited}
    table = tables.drawn(answer.table, archive.lookup, texts) if answer and answer.table else None
    census = archive.counted()
    known = span(census.days, texts)
    scope = texts.refusal_scope_dated if known else texts.refusal_scope
    problem = getattr(texts, shown.problem.value).format(reference=shown.reference) if shown.problem else ""
    others = not_cited(answer, archive.lookup, archive.paper, texts) if answer else ()
    return fill(
        "turn.html.jinja",
        texts=texts,
        turn=shown,
        answer=answer,
        steps=list(zip(Step, texts.steps, strict=True)),
        current=shown.progress.step if shown.progress else Step.UNDERSTAND,
        elapsed=f"{shown.progress.seconds if shown.progress else 0:.1f}",
        took=texts.took.format(seconds=f"{shown.seconds:.1f}") if shown.seconds >= SHORTEST else texts.took_no_time,
        understood=understood_otherwise(shown),
        lines=lines(found, titles, texts),
        verbatim=verbatim(found),
        table=table,
        chips=chips(answer, table, titles, texts) if answer and table else [],
        download=TABLES[texts.language].download,
        tail=partial.tail if partial and not answer else "",
        sources=sources(answer, archive.lookup, archive.paper, texts) if answer else (),
        others=others,
        near=others[:NEAR_TITLES],
        scope=scope.format(count=census.held, span=known),
        problem=problem,
        stopped=shown.problem is Problem.STOPPED,
        expired=shown.problem is Problem.EXPIRED,
        plain=plain(shown, archive, texts),
        references=references(answer, archive, texts) if answer else (),
        scope_set=whole(shown.filters, texts.language),
        language=texts.language,
        opinion=OPINIONS[texts.language],
        reasons=REASONS[texts.language],
        Support=Support,
    )


def numbered(sentence: Sentence, texts: Texts, spell: Callable[[str], str] = str) -> str:
    """A sentence, put through ``spell``, with the [numbers] of its sources and how little it is borne out if it is not."""
    text = sentence.text.rstrip()
    marks = "".join(f"[{c.number}]" for c in sorted(sentence.citations, key=lambda c: c.number))
    doubt = {Support.WEAK: texts.copy_weak, Support.UNSUPPORTED: texts.copy_unsupported}.get(sentence.support, "")
    return spell(text) + marks + doubt + sentence.text[len(text) :]


def head(article: Article, paper: str, texts: Texts) -> str:
    """An article on one line: its title, the paper, the date and its people."""
    return title(article, texts) + texts.separator + byline(article, paper, texts)


def understood_otherwise(shown: Turn) -> str:
    """The question as it was understood, where that is not how it was put."""
    understood = shown.answer.understood_as.strip() if shown.answer else ""
    return understood if understood != shown.question.strip() else ""


def references(answer: Answer, archive: Archive, texts: Texts) -> tuple[tuple[str, str, str], ...]:
    """What the buttons for references copy, after both editions of GB/T 7714: element class, label, text.

    One line for each article cited, numbered by the first citation of it; none for a refusal.
    """
    numbers: dict[str, int] = {}
    for citation in answer.citations:
        numbers.setdefault(citation.passage.article_id, citation.number)
    if not numbers:
        return ()
    return tuple(
        (
            f"reference{standard.value}",
            label,
            "\n".join(f"[{n}] {newspaper(archive.lookup(id_), archive.paper, standard)}" for id_, n in numbers.items()),
        )
        for standard, label in ((Standard.Y2015, texts.cite), (Standard.Y2025, texts.cite_2025))
    )


def plain(shown: Turn, archive: Archive, texts: Texts) -> str:
    """What 复制（含出处） copies: question, answer with [numbers], and the numbered sources with their quotes.

    Empty while there is no answer.
    """
    answer = shown.answer
    if answer is None:
        return ""
    asked = [f"{texts.copy_question}{shown.question}"]
    if understood := understood_otherwise(shown):
        asked.append(f"{texts.understood_as}{understood}")
    if scope := whole(shown.filters, texts.language):
        asked.append(scope)
    if answer.refused:
        # Without passages nothing was asked of the reports, and what they lack goes without saying.
        told = [texts.refusal] if answer.hits or not answer.notice else []
        first, *more = [*told, *([answer.notice] if answer.notice else [])]
        return "\n".join([*asked, f"{texts.copy_answer}{first}", *more])
    body = "".join(numbered(sentence, texts) for sentence in answer.sentences)
    listed = []
    for citation in answer.citations:
        named = head(archive.lookup(citation.passage.article_id), archive.paper, texts)
        listed.append(f"[{citation.number}] {named}\n    “{' '.join(citation.quote.split())}”")
    notice = [answer.notice] if answer.notice else []
    table = tables.drawn(answer.table, archive.lookup, texts) if answer.table else None
    side_by_side = ["", table.caption, export.tab_separated(table.grid()), *table.notes] if table else []
    return "\n".join(
        [
            *asked,
            f"{texts.copy_answer}{body}",
            *notice,
            *side_by_side,
            "",
            texts.copy_sources,
            *listed,
        ]
    )
