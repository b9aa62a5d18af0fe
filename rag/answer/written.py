"""What a language model writes from the passages found: its sentences, checked as they come, and what its answer comes to."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rag.answer import cite, llm
from rag.answer.drafts import drafts
from rag.answer.material import Given, given, one_line
from rag.errors import CutOffError, EndpointError
from rag.types import Article, Hit, Partial, Sentence, Status

if TYPE_CHECKING:
    from rag.config import Settings
    from rag.search.encode import Encoder

log = logging.getLogger(__name__)

_INSTEAD = {
    Status.DEGRADED: "answering in the archive's own words",
    Status.ANSWERED: "showing what a language model had finished",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a model's answer comes to.

    ``notice`` is what the reader must be told, by its name in :data:`rag.assistant.NOTICES`; empty where nothing is. ``notes``, for the
    trace, tell what was left out and what went wrong. Where ``status`` is DEGRADED the archive's own words are to stand in for ``sentences``.
    """

    status: Status
    sentences: tuple[Sentence, ...]
    notice: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Writer:
    """Has answers written from an archive's ``articles`` by the model of ``settings``."""

    settings: Settings
    articles: Mapping[str, Article]
    encoder: Encoder

    def write(self, template: str, question: str, hits: Sequence[Hit]) -> Generator[Partial, None, Outcome]:
        """The answer as it grows; at its end, what it comes to. An endpoint that fails is an outcome, and a line in the log."""
        sentences: tuple[Sentence, ...] = ()
        failure: EndpointError | None = None
        room = self.settings.llm_passages
        passages = given(hits, self.articles, room)
        notes = [f"no room for {passages.left_out} in RAG_LLM_PASSAGES={room}"] if passages.left_out else []
        try:
            for sentences, tail in self._checked(template, question, passages):
                yield Partial(sentences, tail)
        except EndpointError as error:
            failure = error
        found = outcome(sentences, failure)
        if found.notes and found.status in _INSTEAD:
            log.warning("%s: %s", _INSTEAD[found.status], "; ".join(found.notes))
        return replace(found, notes=(*notes, *found.notes))

    def _checked(self, template: str, question: str, told: Given) -> Iterator[tuple[tuple[Sentence, ...], str]]:
        """Checked sentences, again and again, and the tail of the one being written.

        They are held against whole passages, and only against those that were given: the number of another is made up.
        """
        passages = [hit.passage for hit in told.hits]
        number = cite.numberer()
        done: list[Sentence] = []
        for draft, tail in drafts(llm.write(self.settings, template, one_line(question), told.text)):
            if draft is not None and draft.text:
                done.append(cite.check(draft, passages, self.articles, number, self.encoder))
            yield tuple(done), "" if llm.REFUSAL in tail else tail


def outcome(sentences: tuple[Sentence, ...], failure: EndpointError | None = None) -> Outcome:
    """What ``sentences`` come to, when ``failure`` ended them, if anything.

    What stands of an answer that was cut off is kept. One that fails the check, or whose endpoint failed, is to be replaced. The refusal is a
    sign between prompt and program, not for the reader, whatever else the model wrote beside it.
    """
    shown = tuple(s for s in sentences if llm.REFUSAL not in s.text)
    why = (str(failure),) if failure is not None else ()
    if why and not (sentences and isinstance(failure, CutOffError)):
        return Outcome(Status.DEGRADED, shown, "unreachable", why)
    if any(s.citations for s in sentences):
        return Outcome(Status.ANSWERED, shown, "cut_off" if why else "", why)
    if len(shown) < len(sentences):
        return Outcome(Status.NO_EVIDENCE, (), notes=(*why, "the language model found no answer in the passages"))
    return Outcome(
        Status.DEGRADED, shown, "unsupported", (*why, "the language model's answer had no supported sentence")
    )
