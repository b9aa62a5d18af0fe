"""Figures over lists of numbers: pure functions, no assistant, no files.

A *rank* is the 1-based place of the first passage that holds a quote, or ``None`` when none of those looked at does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import numpy as np

Rank = int | None


def normalise(text: str) -> str:
    """``text`` in NFKC, lower case, without any white space, so that print forms of one thing compare equal."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def holds_key(text: str, key: str) -> bool:
    """Whether ``text`` holds ``key``, normalised. A number must be whole: ``28786`` does not hold ``786``.

    Raises ``ValueError`` for an empty key, which every text would hold.
    """
    wanted = normalise(key)
    if not wanted:
        raise ValueError("a key must not be empty")
    before = r"(?<!\d)(?<!\d[.,])" if wanted[0].isdigit() else ""
    after = r"(?![.,]?\d)" if wanted[-1].isdigit() else ""
    return re.search(before + re.escape(wanted) + after, normalise(text)) is not None


def holds_keys(text: str, keys: Sequence[Sequence[str]]) -> bool:
    """Whether ``text`` holds at least one alternative of every list in ``keys``."""
    return all(any(holds_key(text, key) for key in alternatives) for alternatives in keys)


def quote_ranks(quotes: Sequence[str], passages: Sequence[str]) -> tuple[Rank, ...]:
    """For each quote the rank of the first of ``passages`` (best first) that holds it, compared normalised."""
    texts = [normalise(passage) for passage in passages]
    return tuple(
        next((n for n, text in enumerate(texts, 1) if wanted in text), None) for wanted in map(normalise, quotes)
    )


def printed(quote: str, pages: Sequence[str]) -> bool:
    """Whether ``quote`` is in the words of one of ``pages`` (raw text), line breaks and Markdown marks aside.

    A quote may be broken once, from the end of one line to the start of another that stands elsewhere on the page:
    columns are not always in the order they are read.
    """
    wanted = normalise(quote)
    return any(_printed(wanted, page) for page in pages)


def _printed(wanted: str, page: str) -> bool:
    lines = [bare for line in page.splitlines() if (bare := normalise(re.sub(r"^\s*#+\s|\*\*", "", line)))]
    joined = "\n".join(["", *lines, ""])
    flat = joined.replace("\n", "")
    if wanted in flat:
        return True
    # Only line breaks of the page may lie between the characters of either part.
    for cut in range(1, len(wanted)):
        if wanted[:cut] not in flat or wanted[cut:] not in flat:
            continue
        first, second = (r"\n?".join(map(re.escape, part)) for part in (wanted[:cut], wanted[cut:]))
        if re.search(first + r"\n", joined) and re.search(r"\n" + second, joined):
            return True
    return False


def recall_at(ranks: Sequence[Rank], k: int) -> float:
    """Share of the quotes found among the first ``k`` passages. ``ranks`` must not be empty."""
    return sum(rank is not None and rank <= k for rank in ranks) / len(ranks)


def any_at(ranks: Sequence[Rank], k: int) -> bool:
    """Whether at least one quote is among the first ``k`` passages."""
    return any(rank is not None and rank <= k for rank in ranks)


def all_at(ranks: Sequence[Rank], k: int) -> bool:
    """Whether every quote is among the first ``k`` passages."""
    return all(rank is not None and rank <= k for rank in ranks)


def reciprocal_rank(ranks: Sequence[Rank]) -> float:
    """One over the best rank, 0 when nothing was found."""
    found = [rank for rank in ranks if rank is not None]
    return 1 / min(found) if found else 0.0


def interval(values: Sequence[float], *, rounds: int = 2000, seed: int = 0) -> tuple[float, float]:
    """95 % percentile bootstrap interval of the mean (Efron 1979): ``rounds`` samples of ``values`` with replacement.

    Raises ``ValueError`` for no values.
    """
    if not values:
        raise ValueError("an interval needs at least one value, got none")
    sample = np.asarray(values, dtype=np.float64)
    drawn = np.random.default_rng(seed).integers(0, len(sample), size=(rounds, len(sample)))
    low, high = np.percentile(sample[drawn].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)
