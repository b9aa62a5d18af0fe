"""The way of a question, put together: understand, search, write, check."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from rag.answer import cite, extract, llm, refusal, reword
from rag.answer.find import FollowUp, Found, find, search
from rag.answer.lacks import UNASKED
from rag.answer.rewrite import Understood, rewrite
from rag.answer.written import Writer
from rag.errors import EndpointError
from rag.insight import across
from rag.insight.onward import onward
from rag.search import encode
from rag.search.retrieve import Aids, Searcher
from rag.search.store import open_any
from rag.types import (
    Answer,
    Article,
    Asked,
    Event,
    Filters,
    Hit,
    Partial,
    Progress,
    Sentence,
    Status,
    Step,
    Trace,
)
from rag.zh import is_english

if TYPE_CHECKING:
    from rag.config import Settings
    from rag.search.encode import Encoder
    from rag.search.searchable import Searchable
    from rag.search.wanted import Wanted

log = logging.getLogger(__name__)

NOTICES = {
    "unreachable": {
        "zh": "语言模型暂时不可用，以下为报道原文摘录。",
        "en": "The language model is not available at the moment; these are sentences of the reports themselves.",
    },
    "mended": {
        "zh": "问题中的“{wrong}”已按“{right}”检索。",
        "en": "“{wrong}” was searched for as “{right}”.",
    },
    "missing": {
        "zh": "报道库中没有找到关于{names}的内容。",
        "en": "The archive has nothing on this about {names}.",
    },
    "by_rule": {
        "zh": "语言模型没能改写这个追问，已按规则结合上文理解，请看“已理解为”是否合意。",
        "en": "The language model could not complete this follow-up; it was read by rule with the question before it. See how it was understood.",
    },
    "cut_off": {
        "zh": "语言模型的回答在限定的时间或长度内没有写完，以下只是写完的句子。",
        "en": "The language model's answer was cut off for its time or length; these are the sentences that it finished.",
    },
    "unsupported": {
        "zh": "语言模型的回答没有通过核对，以下为报道原文摘录。",
        "en": "The language model's answer did not stand the check; these are sentences of the reports themselves.",
    },
}


WARMING = ("工会联席会仪怎么开？", "How many trade union members are there?")
"""Questions that use all there is: one has a slip of the pen (会仪), one is English."""


@dataclass(slots=True)
class _Clock:
    """Seconds since the question was put, and by stage."""

    start: float = field(default_factory=time.perf_counter)
    last: float = field(default_factory=time.perf_counter)
    stages: dict[str, float] = field(default_factory=dict)

    def begin(self, step: Step) -> Progress:
        """Note that ``step`` begins."""
        self.last = time.perf_counter()
        return Progress(step, self.last - self.start)

    def end(self, step: Step) -> None:
        """Note that ``step`` is done."""
        self.stages[step.value] = round(time.perf_counter() - self.last, 4)


@dataclass(frozen=True)
class Assistant:
    """Answers questions from one open index."""

    settings: Settings
    store: Searchable
    encoder: Encoder

    @classmethod
    def open(cls, settings: Settings) -> Assistant:
        """Open the index and the encoder named in ``settings``.

        Raises :class:`~rag.errors.StoreError` when the index is missing, out of date or damaged, and
        :class:`~rag.errors.NoModelError` when the encoder or the reranker cannot be had, and
        :class:`~rag.errors.InputError` for a table of synonyms that cannot be read.
        """
        encoder = encode.load(settings.encoder)
        Aids.of(settings)  # what cannot be had is told now, not at the first question
        return cls(settings, open_any(settings, encoder), encoder)

    @property
    def index_id(self) -> str:
        """The id of the open index."""
        return self.store.index_id

    @property
    def articles(self) -> Sequence[Article]:
        """All articles of the archive, in the order of their pages; each is read when it is asked for."""
        found = self.store.articles.values()
        return found if isinstance(found, Sequence) else tuple(found)

    def article(self, article_id: str) -> Article:
        """One article. Raises ``KeyError`` for an id that is not in the archive."""
        return self.store.articles[article_id]

    def search(self, query: str, k: int | None = None, filters: Filters | None = None) -> tuple[Hit, ...]:
        """The best ``k`` passages for ``query`` (``settings.top_k`` if not given) that ``filters`` let pass, best first."""
        k, searcher = k or self.settings.top_k, self._searcher()
        return search(query, replace(searcher, candidates=max(k, searcher.candidates)), k, filters)

    def wanted(self, query: str) -> Wanted:
        """What :meth:`search` looks for, given ``query``: mended, and with other words for its own."""
        return self._searcher().wanted(query)

    def _searcher(self) -> Searcher:
        """One for a question: the table of synonyms may have changed since the last."""
        return Searcher.of(self.store, self.encoder, self.settings)

    def listed(self, filters: Filters, offset: int, limit: int) -> tuple[int, tuple[Article, ...]]:
        """How many articles ``filters`` let pass, and at most ``limit`` of them from number ``offset`` (0-based) on."""
        rows = self.store.passing(filters)
        articles = self.articles
        return len(rows), tuple(articles[row] for row in rows[offset : offset + limit])

    def ask(self, question: str, history: Sequence[str | Asked] = (), filters: Filters | None = None) -> Answer:
        """The answer to ``question``; ``history`` holds the earlier questions of the conversation, oldest first.

        With :class:`~rag.types.Asked` for the last one, a follow-up is looked for in what its answer cited, too. With ``filters``
        the answer is made of the articles that they let pass.
        """
        for event in self.stream(question, history, filters):
            if isinstance(event, Answer):
                return event
        raise AssertionError("a stream ends with its answer")

    def onward(self, answer: Answer, filters: Filters | None = None) -> tuple[str, ...]:
        """Questions to ask after ``answer``, each asked here before, in the archive's own words, and answered with something new."""
        plain = self._plain()
        return onward(answer, self.article, lambda question: plain.ask(question, (), filters))

    def warm(self) -> None:
        """Read now what is read at first use (words, weights, names, sounds), so that the first person does not wait for it."""
        for question in WARMING:
            self._plain().ask(question)

    def _plain(self) -> Assistant:
        """The same without the language model."""
        return replace(self, settings=self.settings.model_copy(update={"llm_model": ""}))

    def stream(
        self, question: str, history: Sequence[str | Asked] = (), filters: Filters | None = None
    ) -> Iterator[Event]:
        """The same step by step: progress, what can be shown so far, and at last the answer."""
        clock = _Clock()
        yield clock.begin(Step.UNDERSTAND)
        before = [Asked(h) if isinstance(h, str) else h for h in history]
        language = "en" if is_english(question) else "zh"
        understood, notes, notices = self._understand(question, [h.question for h in before], language)
        clock.end(Step.UNDERSTAND)

        yield clock.begin(Step.SEARCH)
        follow_up = FollowUp(question, before[-1].cited) if understood.follows else None
        searcher = self._searcher()
        found = find(understood.query, searcher, self.settings.top_k, filters, follow_up)
        gathered = across.gather(found.question, searcher, filters)
        found = across.settled(gathered, found)
        clock.end(Step.SEARCH)

        models = {"encoder": self.encoder.name}
        if searcher.aids.reranker is not None:
            models["reranker"] = searcher.aids.reranker.name
        prompt_id, status = "", Status.ANSWERED
        notes += found.wanted.notes
        sentences: tuple[Sentence, ...] = ()
        if found.missing or not found.chosen:
            notices = [self._lacking(found, language, notes)]
        if not found.chosen:
            status = Status.NO_EVIDENCE
        else:
            yield clock.begin(Step.WRITE)
            if self.settings.llm:
                template = llm.prompt(self.settings.prompts, language)
                prompt_id, models["llm"] = llm.prompt_id(template), self.settings.llm_model
                by = Writer(self.settings, self.store.articles, self.encoder)
                came_to = yield from by.write(template, understood.shown, found.hits)
                status, sentences = came_to.status, came_to.sentences
                notes += came_to.notes
                notices += [NOTICES[came_to.notice][language]] if came_to.notice else []
            if status is Status.DEGRADED or (status is Status.ANSWERED and not self.settings.llm):
                sentences = extract.compose(found.question, across.about(gathered, found.chosen), cite.numberer())
                yield Partial(sentences)
            clock.end(Step.WRITE)
            yield clock.begin(Step.CHECK)
            clock.end(Step.CHECK)
        table = across.beside(gathered, found, sentences)
        if table is not None and status is Status.NO_EVIDENCE:
            status, notices = Status.ANSWERED, []
        mended = (NOTICES["mended"][language].format(wrong=s.wrong, right=s.right) for s in found.wanted.slips)
        notice = (" " if language == "en" else "").join((*mended, *notices))
        trace = Trace(self.store.index_id, models, prompt_id, clock.stages, tuple(notes), found.confidence)
        hits = () if status is Status.NO_EVIDENCE and found.verdict.lack in UNASKED else found.hits
        yield Answer(question, understood.shown, status, sentences, hits, trace, notice, table)

    def _understand(
        self, question: str, history: Sequence[str], language: str
    ) -> tuple[Understood, list[str], list[str]]:
        """``question`` made whole, remarks on how for the trace, and what the reader must know of it.

        A follow-up is made whole by the language model; by rule without one, and, which is told, if it fails.
        """
        understood = rewrite(question, history)
        if not (understood.follows and self.settings.llm):
            return understood, [], []
        template = llm.prompt(self.settings.prompts, language, "rewrite", reword.WANTED)
        try:
            made = reword.reword(self.settings, template, question, history)
        except EndpointError as error:
            log.warning("understanding a follow-up by rule: %s", error)
            return understood, [f"follow-up made whole by rule: {error}"], [NOTICES["by_rule"][language]]
        by = f"{self.settings.llm_model}, prompt {llm.prompt_id(template)}"
        return made, [f"follow-up made whole by {by}"], []

    def _lacking(self, found: Found, language: str, notes: list[str]) -> str:
        """What the reader must know of what the archive does not have; the trace is told, too."""
        if not found.chosen:
            notes.append(f"no evidence: {found.verdict.lack.value}")
            return refusal.say(found.question, found.verdict, self.store, language)
        notes.append(f"no evidence for: {', '.join(found.missing)}")
        return NOTICES["missing"][language].format(names="、".join(found.missing))
