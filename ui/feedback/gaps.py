"""Where the archive has gaps: refused and disliked questions, those that ask the same together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from rag import zh
from ui.feedback.records import Reason

ALIKE = 0.6
"""Jaccard index of the character pairs of two questions from which they stand in one group."""


@dataclass(frozen=True, slots=True)
class Missed:
    """A question that was not answered as it should be: how often ``refused`` and ``disliked``, and the ``ids`` of that feedback."""

    question: str
    when: str
    refused: int = 0
    disliked: int = 0
    reasons: tuple[Reason, ...] = ()
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions that ask much the same, the newest first, with what they come to together."""

    questions: tuple[str, ...]
    refused: int
    disliked: int
    reasons: tuple[Reason, ...]
    last: str
    ids: tuple[str, ...]

    @property
    def count(self) -> int:
        """How often somebody went without an answer."""
        return self.refused + self.disliked


def grouped(missed: Iterable[Missed]) -> tuple[Gap, ...]:
    """Groups of ``missed``, the most frequent first, then the newest; each question joins the group that it is most like.

    A question is compared with the first of each group that shares a pair of characters with it.
    """
    groups: list[list[Missed]] = []
    pairs: list[frozenset[tuple[str, str]]] = []
    holding: dict[tuple[str, str], set[int]] = defaultdict(set)
    for one in missed:
        asked = zh.bare(one.question)
        mine = frozenset(pairwise(f"^{asked}$"))
        near = {n for pair in mine for n in holding[pair]}
        scores = {n: len(mine & pairs[n]) / len(mine | pairs[n]) for n in near}
        best = max(scores, key=lambda n: (scores[n], -n), default=-1)
        if best >= 0 and scores[best] >= ALIKE:
            groups[best].append(one)
            continue
        for pair in mine:
            holding[pair].add(len(groups))
        groups.append([one])
        pairs.append(mine)
    found = [_gap(sorted(group, key=lambda one: one.when, reverse=True)) for group in groups]
    found.sort(key=lambda gap: gap.last, reverse=True)
    return tuple(sorted(found, key=lambda gap: -gap.count))


def _gap(group: list[Missed]) -> Gap:
    given = {reason for one in group for reason in one.reasons}
    return Gap(
        tuple(dict.fromkeys(one.question for one in group)),
        sum(one.refused for one in group),
        sum(one.disliked for one in group),
        tuple(reason for reason in Reason if reason in given),
        max(one.when for one in group),
        tuple(id_ for one in group for id_ in one.ids),
    )
