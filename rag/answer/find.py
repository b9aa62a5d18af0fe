"""Evidence for a question: searched for as a whole, or part by part where it asks about several things."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.answer import extract, gate
from rag.answer.evidence import Evidence, rank
from rag.answer.question import Question, parts, read
from rag.search.retrieve import retrieve
from rag.types import Hit

if TYPE_CHECKING:
    from rag.config import Settings
    from rag.search.encode import Encoder
    from rag.search.store import Store


@dataclass(frozen=True, slots=True)
class Found:
    """What the archive has on a question: passages and the sentences chosen from them, best first.

    ``lack`` says what is missing where nothing was chosen; ``missing`` names the parts of the question without evidence.
    ``confidence`` is the gate's (see :class:`rag.types.Trace`), the least of those of the parts answered.
    """

    question: Question
    hits: tuple[Hit, ...]
    chosen: tuple[Evidence, ...]
    lack: gate.Lack
    missing: tuple[str, ...] = ()
    confidence: float = 0.0


def find(query: str, store: Store, encoder: Encoder, settings: Settings) -> Found:
    """The evidence for ``query``.

    A question about several places or several named things (青海的站点和山东的小屋各是多少) is asked of each; the best
    sentence of each comes first.
    """
    several = parts(query)
    if not several:
        return _one(query, store, encoder, settings)
    found = [(name, _one(part, store, encoder, settings)) for name, part in several]
    answered = [f for _, f in found if f.chosen]
    if not answered:
        return _one(query, store, encoder, settings)
    firsts = {f.chosen[0].span: f.chosen[0] for f in answered}
    rest = [e for f in answered for e in f.chosen[1:]]
    chosen = extract.fill(list(firsts.values()), rest, short=False)
    missing = tuple(name for name, f in found if not f.chosen)
    return Found(
        read(query),
        _interleave([f.hits for _, f in found], settings.top_k),
        tuple(chosen),
        gate.Lack.NOTHING,
        missing,
        min(f.confidence for f in answered),
    )


def _one(query: str, store: Store, encoder: Encoder, settings: Settings) -> Found:
    question = read(query)
    hits = retrieve(store, encoder, query, settings.top_k, settings.candidates)
    ranked = rank(question, hits, store, encoder)
    verdict = gate.judge(question, ranked, store.articles)
    chosen = extract.choose(question, ranked) if verdict.found else []
    return Found(question, hits, tuple(chosen), verdict.lack, confidence=verdict.probability)


def _interleave(lists: list[tuple[Hit, ...]], k: int) -> tuple[Hit, ...]:
    """One list in turns from several, each passage once; scores are 1 / rank, since those of different queries do not compare."""
    longest = max(map(len, lists))
    turns = {hit.passage.id: hit for n in range(longest) for hits in lists for hit in hits[n : n + 1]}
    return tuple(Hit(hit.passage, 1 / rank, hit.ranks) for rank, hit in enumerate(list(turns.values())[:k], start=1))
