"""What the cues of the page parser are worth: ``rag/ingest/roles.tsv`` and ``sections.tsv``, learned from pages whose articles are known.

    python tests/page_labels.py pages.jsonl
    python -m rag.train.parser pages.jsonl

A line of the file is a page: ``{"text": "...", "roles": "d-or…", "owners": [[0], [], [0, 1], …], "weight": 1.0}``. For each printed
line ``roles`` has d (display), o (opens a paragraph), r (runs on) or - (blank, or none of these), and ``owners`` the numbers of the
articles on it. The points of the roles maximise the likelihood of the roles given (a linear-chain conditional random field:
Lafferty, McCallum and Pereira, ICML 2001), those of the sections the likelihood of the right way to cut each page (a semi-Markov
one: Sarawagi and Cohen, NIPS 2004); both are held near those in the file by a square penalty. The gradient is what the right reading
has of each cue less what is expected of it. No chance is in it: the same pages give the same points.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from rag.ingest import cues, line_cues
from rag.ingest.blocks import Block, Shape, blocks
from rag.ingest.columns import columns
from rag.ingest.cues import Cue
from rag.ingest.line import Line
from rag.ingest.line_cues import LineCue, Reading, Role
from rag.ingest.marks import Mark
from rag.ingest.page import lines
from rag.ingest.pieces import Piece, pieces
from rag.ingest.points import write
from rag.ingest.roles import roles
from rag.ingest.sections import Ways
from rag.ingest.weave import unwoven
from rag.types import Page

ROUNDS, STEP, NEAR = 60, 0.5, 0.002
"""Rounds over all pages, the length of a step (Adagrad), and what a unit off the points in the file costs a page."""

_Cue = TypeVar("_Cue", bound=StrEnum)
_Page = TypeVar("_Page")
Floats = NDArray[np.float64]


def learn(
    pages: Sequence[tuple[float, _Page]],
    start: Mapping[_Cue, float],
    gradient: Callable[[_Page, Mapping[_Cue, float]], tuple[float, Mapping[_Cue, float]]],
) -> dict[_Cue, float]:
    """The points at which ``pages``, each with its weight, are most likely. Prints the mean log-likelihood a page."""
    worth = dict(start)
    steps = dict.fromkeys(worth, 1e-8)
    total = sum(weight for weight, _ in pages)
    for turn in range(1, ROUNDS + 1):
        likelihood = 0.0
        slope: defaultdict[_Cue, float] = defaultdict(float)
        for weight, page in pages:
            value, part = gradient(page, worth)
            likelihood += weight * value / total
            for cue, change in part.items():
                slope[cue] += weight * change / total
        for cue, value in worth.items():
            change = slope[cue] - 2 * NEAR * (value - start[cue])
            steps[cue] += change**2
            worth[cue] += STEP * change / steps[cue] ** 0.5
        if turn % 10 == 0 or turn == 1:
            print(f"round {turn}: {likelihood:.3f} nats a page", flush=True)
    return worth


# --- roles ----------------------------------------------------------------------------------------

NAMES = {"d": Role.DISPLAY, "o": Role.OPENS, "r": Role.RUNS}
ORDER = list(LineCue)
_NUMBER = {cue: n for n, cue in enumerate(ORDER)}


@dataclass(frozen=True)
class Chain:
    """Lines between two marked ones: cues by line and role, by line and two roles, of the first and of the last, and the right roles.

    Shapes ``(n, 3, cues)``, ``(n - 1, 3, 3, cues)``, ``(3, cues)``, ``(3, cues)``.
    """

    own: Floats
    steps: Floats
    start: Floats
    stop: Floats
    right: tuple[int, ...]


def _row(told: Mapping[LineCue, float]) -> Floats:
    row = np.zeros(len(ORDER))
    for cue, value in told.items():
        row[_NUMBER[cue]] = value
    return row


def chains(text: str, named: str) -> list[Chain]:
    """The chains of a page all of whose lines have a role."""
    page = unwoven(lines(Page.of("", text)))
    given = [NAMES.get(named[line.number - 1]) if line.mark is Mark.NONE else None for line in page]
    body = [role in (Role.OPENS, Role.RUNS) for role in roles(page)]
    reading = Reading(page, columns(page, body))
    return list(_chains(reading, page, given))


def _chains(reading: Reading, page: Sequence[Line], given: Sequence[Role | None]) -> Iterator[Chain]:
    at = 0
    while at < len(page):
        stop = at
        while stop < len(page) and page[stop].mark is Mark.NONE:
            stop += 1
        right = [role for role in given[at:stop] if role is not None]
        if stop > at and len(right) == stop - at:
            yield Chain(
                np.array([[_row(told) for told in reading.own(i)] for i in range(at, stop)]),
                np.array([_steps(reading, i) for i in range(at + 1, stop)]).reshape(-1, 3, 3, len(ORDER)),
                np.array([_row(reading.start(role)) for role in Role]),
                np.array([_row(reading.stop(stop - 1, role)) for role in Role]),
                tuple(right),
            )
        at = max(stop, at + 1)


def _steps(reading: Reading, i: int) -> list[list[Floats]]:
    told = reading.steps(i)
    return [[_row(told[before, after]) for after in Role] for before in Role]


def role_gradient(page: Sequence[Chain], worth: Mapping[LineCue, float]) -> tuple[float, dict[LineCue, float]]:
    """The log-likelihood of the right roles of a page, and its slope by each cue."""
    weights = np.array([worth[cue] for cue in ORDER])
    total, slope = 0.0, np.zeros(len(ORDER))
    for chain in page:
        value, part = _chain_gradient(chain, weights)
        total += value
        slope += part
    return total, {cue: float(slope[n]) for cue, n in _NUMBER.items()}


def _chain_gradient(chain: Chain, weights: Floats) -> tuple[float, Floats]:
    own, steps = chain.own @ weights, chain.steps @ weights
    size = len(own)
    forward, backward = np.zeros((size, 3)), np.zeros((size, 3))
    forward[0] = own[0] + chain.start @ weights
    for i in range(1, size):
        forward[i] = own[i] + np.logaddexp.reduce(forward[i - 1][:, None] + steps[i - 1], axis=0)
    backward[-1] = chain.stop @ weights
    for i in range(size - 2, -1, -1):
        backward[i] = np.logaddexp.reduce(steps[i] + (own[i + 1] + backward[i + 1])[None, :], axis=1)
    everything = np.logaddexp.reduce(forward[-1] + backward[-1])
    each = np.exp(forward + backward - everything)
    right = np.array(chain.right)
    off = -each
    off[np.arange(size), right] += 1.0
    slope = np.einsum("ir,irk->k", off, chain.own) + off[0] @ chain.start + off[-1] @ chain.stop
    score = own[np.arange(size), right].sum() + (chain.start @ weights)[right[0]] + (chain.stop @ weights)[right[-1]]
    if size > 1:
        pairs = forward[:-1, :, None] + steps + (own[1:] + backward[1:])[:, None, :] - everything
        off_pairs = -np.exp(pairs)
        off_pairs[np.arange(size - 1), right[:-1], right[1:]] += 1.0
        slope += np.einsum("iab,iabk->k", off_pairs, chain.steps)
        score += steps[np.arange(size - 1), right[:-1], right[1:]].sum()
    return float(score - everything), slope


# --- sections -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cut:
    """A page's pieces, the numbers of those of the right way to cut it, and whether its titles stand behind the bodies."""

    pieces: Sequence[Piece]
    size: int
    right: tuple[int, ...]
    behind: bool


def cut(text: str, owners: Sequence[Sequence[int]]) -> Cut:
    """A page with the way to cut it that agrees best with whose each block is."""
    page = [block for block in blocks(unwoven(lines(Page.of("", text)))) if block.shape is not Shape.FURNITURE]
    whose = [_owner(block, owners) for block in page]
    found = pieces(page)
    best: dict[int, tuple[float, int]] = {0: (0.0, -1)}
    for n, piece in enumerate(found):
        if piece.start not in best:
            continue
        most = Counter(whose[piece.start : piece.stop]).most_common(1)[0][1]
        # Each block counts for its article and against another; of two ways as good, the one with fewer articles, and with titles
        # rather than headings at the edge of a body.
        score = (
            best[piece.start][0] + 2 * most - (piece.stop - piece.start) - 0.5 - 0.4 * piece.cues.get(Cue.HEADED, 0.0)
        )
        if piece.stop not in best or score > best[piece.stop][0]:
            best[piece.stop] = (score, n)
    way: list[int] = []
    at = len(page)
    while at:
        way.append(best[at][1])
        at = found[best[at][1]].start
    sides = Counter(found[n].titles_behind for n in way if found[n].titles_before != found[n].titles_behind)
    return Cut(found, len(page), tuple(way[::-1]), sides[True] > sides[False])


def _owner(block: Block, owners: Sequence[Sequence[int]]) -> int:
    told = Counter(owner for number in block.lines for owner in owners[number - 1])
    return told.most_common(1)[0][0] if told else -1


def cut_gradient(page: Cut, worth: Mapping[Cue, float]) -> tuple[float, Mapping[Cue, float]]:
    """The log-likelihood of the right way to cut a page, and its slope by each cue."""
    ways = Ways(page.pieces, page.size, worth)
    slope: defaultdict[Cue, float] = defaultdict(float)
    for behind, shares in enumerate(ways.sides):
        for piece, share in zip(page.pieces, shares, strict=True):
            if share > 1e-6:
                for cue, value in piece.cues.items():
                    slope[cue] -= share * value
                if piece.titles_before if behind else piece.titles_behind:
                    slope[Cue.OFF_SIDE] -= share
    right = 0.0
    for n in page.right:
        right += ways.scores[page.behind][n]
        for cue, value in page.pieces[n].cues.items():
            slope[cue] += value
        slope[Cue.OFF_SIDE] += page.pieces[n].titles_before if page.behind else page.pieces[n].titles_behind
    return right - ways.total, slope


def main() -> None:
    """Learn both tables from the pages given and write them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--only", choices=("roles", "sections"))
    args = parser.parse_args()
    rows: list[dict[str, Any]] = [json.loads(line) for line in args.pages.read_text("utf-8").splitlines()]
    weights = [float(row.get("weight", 1.0)) for row in rows]
    if args.only != "sections":
        _learn_roles(rows, weights)
    if args.only != "roles":
        _learn_sections(rows, weights)


def _learn_roles(rows: Sequence[dict[str, Any]], weights: Sequence[float]) -> None:
    known = [chains(row["text"], row["roles"]) for row in rows]
    print(f"{len(rows)} pages, {sum(len(c.right) for page in known for c in page)} lines with roles")
    write(line_cues.POINTS, learn(list(zip(weights, known, strict=True)), line_cues.points(), role_gradient))
    line_cues.points.cache_clear()


def _learn_sections(rows: Sequence[dict[str, Any]], weights: Sequence[float]) -> None:
    cuts = [cut(row["text"], row["owners"]) for row in rows]
    print(f"{sum(len(page.right) for page in cuts)} articles")
    write(cues.POINTS, learn(list(zip(weights, cuts, strict=True)), cues.points(), cut_gradient))


if __name__ == "__main__":
    main()
