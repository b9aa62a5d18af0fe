"""A test of an open index by its own words: what its passages hold must be found there.

Hashes tell whether the files are those that were written. This tells whether they still mean what the program takes them to mean:
terms of the glossary that stand in passages are searched for by words, and some passages are cut into words anew.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from rag import zh
from rag.search import sparse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rag.search.store import Store
    from rag.types import Passage

TERMS = 300
"""Terms searched for at most."""

_READ = 1000  # passages in which terms are looked for, at even steps, and less than twice as many: the test must not delay a start
_CUT = 20  # passages cut into words anew
_BEST = 10  # passages for a term among which one must hold it


def fault(store: Store) -> str:
    """What is wrong with ``store``, in one line; nothing if the test is passed."""
    passages = store.passages
    rows = range(0, len(passages), max(1, len(passages) // _READ))
    missed = [term for term in islice(_terms(passages, rows), TERMS) if not _finds(store, term)]
    if missed:
        some = "、".join(missed[:3]) + ("、…" if len(missed) > 3 else "")
        return f"self-test: no search finds a passage with {some}, though there are some"
    for row in rows[:: max(1, len(rows) // _CUT)]:
        if (token := _strange(store, row)) is not None:
            return f"self-test: passage {passages[row].id} is not found by its word {token!r}"
    return ""


def _terms(passages: Sequence[Passage], rows: Sequence[int]) -> Iterator[str]:
    """Terms of the glossary that stand in some of ``passages[rows]``, each once."""
    left = [*dict.fromkeys(map(zh.normalise, zh.glossary()))]
    for row in rows:
        text = _text(passages[row])
        here = [term for term in left if term in text]
        yield from here
        left = [term for term in left if term not in here]


def _text(passage: Passage) -> str:
    return zh.normalise(f"{passage.head}\n{passage.text}")


def _finds(store: Store, term: str) -> bool:
    found = sparse.search(store.sparse, zh.query_tokens(term), _BEST)
    return any(term in _text(store.passages[row]) for row, _ in found)


def _strange(store: Store, row: int) -> str | None:
    """A token of a passage by which the index does not find it, or ``None``."""
    passage = store.passages[row]
    tokens = dict.fromkeys([*zh.tokens(passage.text), *zh.tokens(passage.head)])
    return next((token for token in tokens if not sparse.holds(store.sparse, token, row)), None)
