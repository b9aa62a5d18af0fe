"""What is searched for when a question is asked: its words, mended where they are miswritten, and other words for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag import zh
from rag.search import slips
from rag.search.bridge import bridge, official
from rag.search.synonyms import WEIGHTS, Expansion, Synonyms

if TYPE_CHECKING:
    from rag.search.searchable import Searchable
    from rag.search.slips import Slip


@dataclass(frozen=True, slots=True)
class Wanted:
    """``text`` is what was asked, with its ``slips`` mended (then in normal form); ``meaning`` is what is encoded.

    ``tokens`` are those that BM25 looks for and how much each counts: 1 and more for the question's own, less for those that came
    by the ``expansions``.
    """

    text: str
    meaning: str
    tokens: Mapping[str, float]
    slips: tuple[Slip, ...] = ()
    expansions: tuple[Expansion, ...] = ()

    @property
    def own(self) -> dict[str, float]:
        """The question's own tokens."""
        return {token: weight for token, weight in self.tokens.items() if weight >= 1}

    @property
    def notes(self) -> tuple[str, ...]:
        """What was done to the question's words, for the trace: ``slip: 疗修养 → 疗休养``, ``synonym: 职代会 → 职工代表大会``."""
        return (*(f"slip: {slip}" for slip in self.slips), *(f"synonym: {found}" for found in self.expansions))


NOTHING = Wanted("", "", {})


def wanted(query: str, store: Searchable, synonyms: Synonyms) -> Wanted:
    """What to search ``store`` for, given ``query``. Slips and synonyms are of Chinese words; English ones have the bridge."""
    text = zh.normalise(query)
    if not zh.has_chinese(query):
        return Wanted(query, text, _counted(f"{text} {' '.join(bridge(query).terms)}"))
    mended, found = slips.mend(text, store, synonyms.others)
    # A name beside its nickname says nothing new; what is put in for it is looked for, but not widened again.
    meaning = " ".join([mended, *official(mended)])
    expansions = synonyms.expand(mended)
    own = _counted(meaning)
    return Wanted(mended if found else query, meaning, {**_weighed(expansions, own), **own}, found, expansions)


def _counted(text: str) -> dict[str, float]:
    counts: dict[str, float] = {}
    for token in zh.query_tokens(text):
        counts[token] = counts.get(token, 0) + 1
    return counts


def _weighed(expansions: tuple[Expansion, ...], own: Mapping[str, float]) -> dict[str, float]:
    """The tokens of ``expansions`` that are not among the question's ``own``, and their weights.

    All tokens of a word put in weigh together as much as :data:`WEIGHTS` says of what the tokens of the question's word weigh: a
    long name would else outweigh the short one that was asked for.
    """
    found: dict[str, float] = {}
    for expansion in expansions:
        tokens = dict.fromkeys(zh.query_tokens(expansion.other))
        asked = len(dict.fromkeys(zh.query_tokens(expansion.word)))
        weight = WEIGHTS[expansion.relation] * min(1.0, asked / max(1, len(tokens)))
        for token in tokens:
            if token not in own:
                found[token] = max(weight, found.get(token, 0.0))
    return found
