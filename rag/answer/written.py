"""What a language model writes from the passages found: its sentences, checked as they come, and what its answer comes to."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.answer import cite, llm
from rag.answer.drafts import drafts
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

    ``notice`` is what the reader must be told, by its name in :data:`rag.assistant.NOTICES`, ``line`` what went wrong, for log and
    trace; both are empty where nothing did. Where ``status`` is DEGRADED the archive's own words are to stand in for ``sentences``.
    """

    status: Status
    sentences: tuple[Sentence, ...]
    notice: str = ""
    line: str = ""


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
        try:
            for sentences, tail in self._checked(template, question, hits):
                yield Partial(sentences, tail)
        except EndpointError as error:
            failure = error
        found = outcome(sentences, failure)
        if found.status in _INSTEAD and found.line:
            log.warning("%s: %s", _INSTEAD[found.status], found.line)
        return found

    def _checked(self, template: str, question: str, hits: Sequence[Hit]) -> Iterator[tuple[tuple[Sentence, ...], str]]:
        """Checked sentences, again and again, and the tail of the one being written."""
        passages = [hit.passage for hit in hits]
        number = cite.numberer()
        done: list[Sentence] = []
        for draft, tail in drafts(llm.write(self.settings, template, question, llm.numbered(hits, self.articles))):
            if draft is not None and draft.text:
                done.append(cite.check(draft, passages, self.articles, number, self.encoder))
            yield tuple(done), "" if llm.REFUSAL in tail else tail


def outcome(sentences: tuple[Sentence, ...], failure: EndpointError | None = None) -> Outcome:
    """What ``sentences`` come to, when ``failure`` ended them, if anything.

    What stands of an answer that was cut off is kept. One that fails the check, or whose endpoint failed, is to be replaced. The refusal is a
    sign between prompt and program, not for the reader, whatever else the model wrote beside it.
    """
    shown = tuple(s for s in sentences if llm.REFUSAL not in s.text)
    if failure is not None and not (sentences and isinstance(failure, CutOffError)):
        return Outcome(Status.DEGRADED, shown, "unreachable", str(failure))
    if any(s.citations for s in sentences):
        return Outcome(Status.ANSWERED, shown, *(("cut_off", str(failure)) if failure else ()))
    if len(shown) < len(sentences):
        return Outcome(Status.NO_EVIDENCE, (), line="the language model found no answer in the passages")
    unsupported = "the language model's answer had no supported sentence"
    return Outcome(Status.DEGRADED, shown, "unsupported", f"{failure}; {unsupported}" if failure else unsupported)
