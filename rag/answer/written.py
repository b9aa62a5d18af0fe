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


@dataclass(slots=True)
class Said:
    """What the model has said so far: checked ``sentences``, whether it ``refused``, and how many sentences ``repeated`` its instructions."""

    sentences: tuple[Sentence, ...] = ()
    refused: bool = False
    repeated: int = 0


@dataclass(frozen=True, slots=True)
class Writer:
    """Has answers written from an archive's ``articles`` by the model of ``settings``."""

    settings: Settings
    articles: Mapping[str, Article]
    encoder: Encoder

    def write(self, template: str, question: str, hits: Sequence[Hit]) -> Generator[Partial, None, Outcome]:
        """The answer as it grows; at its end, what it comes to. An endpoint that fails is an outcome, and a line in the log."""
        said = Said()
        failure: EndpointError | None = None
        room = self.settings.llm_passages
        passages = given(hits, self.articles, room)
        try:
            yield from self._partial(template, question, passages, said)
        except EndpointError as error:
            failure = error
        found = outcome(said, failure)
        if found.notes and found.status in _INSTEAD:
            log.warning("%s: %s", _INSTEAD[found.status], "; ".join(found.notes))
        left_out = [f"no room for {passages.left_out} in RAG_LLM_PASSAGES={room}"] if passages.left_out else []
        repeated = [f"left out what repeats the prompt: {said.repeated} sentences"] if said.repeated else []
        return replace(found, notes=(*left_out, *repeated, *found.notes))

    def _partial(self, template: str, question: str, told: Given, said: Said) -> Iterator[Partial]:
        """``said``, which it fills, again and again with the tail of the sentence being written.

        Sentences are held against whole passages, and only against those that were given: the number of another is made up. The refusal,
        which is a sign between prompt and program, and what repeats the prompt are not for the reader.
        """
        passages = [hit.passage for hit in told.hits]
        number = cite.numberer()
        repeats = llm.repeats(template)
        for draft, tail in drafts(llm.write(self.settings, template, one_line(question), told.text)):
            if draft is None or not draft.text:
                pass
            elif llm.REFUSAL in draft.text:
                said.refused = True
            elif repeats(draft.text):
                said.repeated += 1
            else:
                checked = cite.check(draft, passages, self.articles, number, self.encoder)
                said.sentences = (*said.sentences, checked)
            yield Partial(said.sentences, "" if llm.REFUSAL in tail or repeats(tail) else tail)


def outcome(said: Said, failure: EndpointError | None = None) -> Outcome:
    """What ``said`` comes to, when ``failure`` ended it, if anything.

    What stands of an answer that was cut off is kept. One that fails the check, or whose endpoint failed, is to be replaced.
    """
    why = (str(failure),) if failure is not None else ()
    if why and not (said.sentences and isinstance(failure, CutOffError)):
        return Outcome(Status.DEGRADED, said.sentences, "unreachable", why)
    if any(s.citations for s in said.sentences):
        return Outcome(Status.ANSWERED, said.sentences, "cut_off" if why else "", why)
    if said.refused:
        return Outcome(Status.NO_EVIDENCE, (), notes=(*why, "the language model found no answer in the passages"))
    unsupported = "the language model's answer had no supported sentence"
    return Outcome(Status.DEGRADED, said.sentences, "unsupported", (*why, unsupported))
