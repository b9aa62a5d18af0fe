"""Other words for those of a question: the table in ``rag/synonyms.txt``, or one of the user's own.

Only questions are widened, never the index. A word counts where it stands as a word: 产改 is not in 房产改革.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import accumulate
from pathlib import Path

from rag import zh
from rag.errors import InputError

BUNDLED = Path(__file__).resolve().parent.parent / "synonyms.txt"


class Relation(StrEnum):
    """What two words of the table are to each other, as the table writes it."""

    SAME = "="
    NEAR = "≈"
    KIND_OF = "→"


WEIGHTS: Mapping[Relation, float] = {Relation.SAME: 0.6, Relation.NEAR: 0.3, Relation.KIND_OF: 0.2}
"""How much a word that was put in counts in BM25 beside the question's own, which counts 1 (eval/LOG.md)."""


@dataclass(frozen=True, slots=True)
class Expansion:
    """``other`` is searched for because the question has ``word``; both in normal form."""

    word: str
    other: str
    relation: Relation

    def __str__(self) -> str:
        return f"{self.word} → {self.other}"


@dataclass(frozen=True)
class Synonyms:
    """A table: for each word what else to search for."""

    others: Mapping[str, tuple[Expansion, ...]]

    def expand(self, text: str) -> tuple[Expansion, ...]:
        """What else to search for, given ``text`` in normal form: of the words at each place the longest counts.

        A word that ``text`` has already is not put in again.
        """
        if not any(word in text for word in self.others):
            return ()
        ends = list(accumulate(map(len, zh.pieces(text)), initial=0))
        longest = max(map(len, self.others))
        found: dict[str, Expansion] = {}
        at = 0
        while at < len(text):
            size = next(
                (n for n in range(longest, 0, -1) if text[at : at + n] in self.others and _whole(at, at + n, ends)), 0
            )
            for expansion in self.others[text[at : at + size]] if size else ():
                if expansion.other not in text:
                    found.setdefault(expansion.other, expansion)
            at += size or 1
        return tuple(found.values())


NONE = Synonyms({})

_LONG = 3
"""Characters from which a word may also stand inside a longer one (疗休养 in 职工疗休养)."""


def _whole(start: int, end: int, ends: Sequence[int]) -> bool:
    """Whether no word is cut at ``start`` or ``end``, given where the words of the text end."""
    if start in ends and end in ends:
        return True
    return end - start >= _LONG and bisect_right(ends, start) == bisect_left(ends, end)


def load(path: Path | None = None) -> Synonyms:
    """The table in ``path`` (the bundled one if not given); read again when the file has changed.

    Raises :class:`InputError` for a file that is missing or no UTF-8 text, and for a line that is no group, naming it.
    """
    path = BUNDLED if path is None else path
    try:
        return _read(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}; RAG_SYNONYMS must name a table like {BUNDLED}") from None


@lru_cache(8)
def _read(path: Path, _changed: int) -> Synonyms:
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise InputError(f"{path}: not UTF-8 text; convert it") from None
    others: dict[str, dict[str, Expansion]] = {}
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.lstrip().startswith("#"):
            for expansion in _group(line, f"{path}, line {number}"):
                known = others.setdefault(expansion.word, {})
                if _weight(expansion) > _weight(known.get(expansion.other)):
                    known[expansion.other] = expansion
    return Synonyms({word: tuple(found.values()) for word, found in others.items()})


def _weight(expansion: Expansion | None) -> float:
    return WEIGHTS[expansion.relation] if expansion else 0.0


def _group(line: str, at: str) -> list[Expansion]:
    """The expansions of one line of the table: every pair of words of different sides, by the weakest sign between them."""
    signs = [Relation(mark) for mark in line if mark in frozenset(Relation)]
    sides = [line]
    for relation in Relation:
        sides = [part for side in sides for part in side.split(relation)]
    words = [[w for word in side.split("、") if (w := zh.normalise(word).strip())] for side in sides]
    if not signs or not all(words) or (Relation.KIND_OF in signs and len(signs) > 1):
        raise InputError(f"{at}: not a group such as “甲 = 乙”, “甲 ≈ 乙” or “甲、乙 → 丙”, got {line.strip()[:60]!r}")
    found = []
    for left in range(len(words)):
        for right in range(left + 1, len(words)):
            relation = min(signs[left:right], key=WEIGHTS.__getitem__)
            pairs = [(a, b) for a in words[left] for b in words[right] if a != b]
            if relation is not Relation.KIND_OF:
                pairs += [(b, a) for a, b in pairs]
            found += [Expansion(a, b, relation) for a, b in pairs]
    return found
