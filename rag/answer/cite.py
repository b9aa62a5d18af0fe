"""Every claim checked: what a sentence says must stand in a passage it cites.

The facts of a sentence (:mod:`rag.answer.stated.facts`) must each occur in one of its passages after normalisation; the rest
of its words must mostly do. Text that was extracted passes by construction; text that a model wrote comes out
supported, weak or unsupported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag import zh
from rag.answer.drafts import Draft
from rag.answer.stated.facts import Findings, compare
from rag.answer.stated.figures import Source
from rag.types import Article, Citation, Passage, Sentence, Support

if TYPE_CHECKING:
    from rag.search.encode import Encoder

STRONG = 0.6
FAIR = 0.4
"""Shares of a sentence's words found in its passages from which it counts as supported, and as weakly supported."""

STRONG_MEANING = 0.5
FAIR_MEANING = 0.25
"""The same for English, which shares no words with the passages: similarity of meaning, and :data:`FACT` for each fact
that they hold."""

FACT = 0.2


@dataclass(slots=True)
class Numberer:
    """Gives each distinct quote its number, in order of first use."""

    known: dict[tuple[str, int, int], Citation]

    def cite(self, passage: Passage, start: int, end: int) -> Citation:
        """The citation of ``passage.text[start:end]``, a new number if it was not cited before."""
        key = (passage.id, start, end)
        if key not in self.known:
            self.known[key] = Citation(len(self.known) + 1, passage, passage.text[start:end], start, end)
        return self.known[key]


def numberer(sentences: Sequence[Sentence] = ()) -> Numberer:
    """One for one answer, which goes on from what ``sentences`` cite."""
    return Numberer({(c.passage.id, c.start, c.end): c for s in sentences for c in s.citations})


def check(
    draft: Draft, passages: Sequence[Passage], articles: Mapping[str, Article], number: Numberer, encoder: Encoder
) -> Sentence:
    """``draft`` checked against the passages it names, numbered from 1; numbers that name none are dropped.

    A sentence whose facts all stand in its passages cites, of each passage that bears on it, the sentence nearest to
    it.
    """
    cited = [passages[n - 1] for n in draft.handles if 1 <= n <= len(passages)]
    if not cited or not draft.text:
        return Sentence(draft.text, Support.UNSUPPORTED)
    spans = [(p, *nearest(draft.text, p, encoder)) for p in cited]
    found = compare(draft.text, _source(spans, articles))
    support = _support(draft.text, spans, found, encoder)
    if support is Support.UNSUPPORTED:
        return Sentence(draft.text, support)
    bearing = [span for span in spans if _bears(draft.text, span, [s for s in spans if s is not span], articles)]
    citations = tuple(number.cite(*span) for span in bearing or spans)
    return Sentence(draft.text, support, tuple(dict.fromkeys(citations)))


_Span = tuple[Passage, int, int]


def _source(spans: Sequence[_Span], articles: Mapping[str, Article]) -> Source:
    own = [articles[p.article_id] for p, _, _ in spans]
    return Source(
        "\n".join(p.text for p, _, _ in spans),
        "\n".join(
            " ".join((p.head, *a.reporters, *a.correspondents, *a.photographers))
            for (p, _, _), a in zip(spans, own, strict=True)
        ),
        "\n".join(p.text[s:e] for p, s, e in spans),
        tuple(a.published for a in own),
    )


def _support(text: str, spans: Sequence[_Span], found: Findings, encoder: Encoder) -> Support:
    if found.missing:
        return Support.UNSUPPORTED
    if zh.is_english(text):
        share = max(_cosine(encoder, text, [p.text[s:e] for p, s, e in spans])) + FACT * found.held
        strong, fair = STRONG_MEANING, FAIR_MEANING
    else:
        share = coverage(text, "\n".join(f"{p.head}\n{p.text}" for p, _, _ in spans))
        strong, fair = STRONG, FAIR
    if share < fair:
        return Support.UNSUPPORTED
    return Support.WEAK if found.doubtful or share < strong else Support.SUPPORTED


def _bears(text: str, span: _Span, others: Sequence[_Span], articles: Mapping[str, Article]) -> bool:
    """Whether a passage named beside others has a share in the sentence: many of its words, or a fact of its own."""
    if not others:
        return True
    if not zh.is_english(text) and coverage(text, span[0].text) >= FAIR:
        return True
    return len(compare(text, _source(others, articles)).missing) > 0


def coverage(text: str, source: str) -> float:
    """Share of the words of ``text``, function words aside, that ``source`` holds, 0 to 1."""
    wanted = set(zh.query_tokens(text))
    return len(wanted & set(zh.tokens(source))) / len(wanted) if wanted else 0.0


def nearest(text: str, passage: Passage, encoder: Encoder) -> tuple[int, int]:
    """The sentence of ``passage`` that shares most with ``text``, as offsets into the passage."""
    spans = zh.sentences(passage.text) or [(0, len(passage.text))]
    sentences = [passage.text[s:e] for s, e in spans]
    wanted, figures = set(zh.query_tokens(text)), zh.numbers(text)
    near = _cosine(encoder, text, sentences)

    def shared(i: int) -> float:
        words = len(wanted & set(zh.tokens(sentences[i]))) / max(1, len(wanted))
        return words + near[i] + len(figures & zh.numbers(sentences[i]))

    return spans[max(range(len(spans)), key=shared)]


def _cosine(encoder: Encoder, text: str, others: Sequence[str]) -> list[float]:
    asked = encoder.encode_queries([zh.normalise(text)])[0]
    return [float(x) for x in encoder.encode_passages([zh.normalise(o) for o in others]) @ asked]
