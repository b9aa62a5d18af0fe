"""A page's blocks to its articles: the most probable way to cut the page, and how probable each article is.

The log-odds of an article are the sum of its cues, each times its points (:mod:`rag.ingest.cues`, :mod:`rag.ingest.pieces`); those
of a page are the sum over its articles. All ways to cut the page are compared by dynamic programming, once for pages that set
titles before the bodies and once for pages that set them behind; the better one is taken. The sums over all ways (forward
and backward) give the probability of each article and of its parts, which is the parser's confidence: a semi-Markov conditional
random field (Sarawagi and Cohen, Semi-Markov Conditional Random Fields for Information Extraction, NIPS 2004).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, inf, log1p

from rag.ingest.blocks import Block
from rag.ingest.cues import Cue, points
from rag.ingest.pieces import Piece, pieces


@dataclass(frozen=True, slots=True)
class Section:
    """The blocks of one article, and how probable it is that it begins there, ends there and has this title (0 to 1 each)."""

    titles: tuple[Block, ...]
    body: tuple[Block, ...]
    begins: float = 1.0
    ends: float = 1.0
    titled: float = 1.0
    probability: float = 1.0


def sections(page: Sequence[Block]) -> list[Section]:
    """The articles of a page, in the order printed; every block is in exactly one of them."""
    if not page:
        return []
    ways = Ways(pieces(page), len(page), points())
    return [
        Section(
            (*page[piece.start : piece.body], *page[piece.tail : piece.stop]),
            tuple(page[piece.body : piece.tail]),
            *ways.certainty(piece),
        )
        for piece in ways.best()
    ]


@dataclass(slots=True)
class Ways:
    """All ways to cut a page of ``size`` blocks into ``pieces``, with their sums."""

    pieces: Sequence[Piece]
    size: int
    worth: Mapping[Cue, float]
    scores: tuple[list[float], list[float]] = field(init=False)
    """The log-odds of each piece on a page that sets its titles before the bodies, and on one that sets them behind."""
    sides: tuple[list[float], list[float]] = field(init=False)
    """The probability of each piece, on pages of either kind."""
    total: float = field(init=False)
    certain: dict[tuple[str, int, int, int, int], float] = field(init=False)
    """The probability of each part of an article: where a body begins, where one ends, title lines, and all of an article."""

    def __post_init__(self) -> None:
        bare = [sum(self.worth[cue] * value for cue, value in piece.cues.items()) for piece in self.pieces]
        off = self.worth[Cue.OFF_SIDE]
        self.scores = (
            [score + off * piece.titles_behind for score, piece in zip(bare, self.pieces, strict=True)],
            [score + off * piece.titles_before for score, piece in zip(bare, self.pieces, strict=True)],
        )
        runs = [self._sums(behind=behind) for behind in (False, True)]
        self.total = _add(runs[0][0][self.size], runs[1][0][self.size])
        self.sides = ([], [])
        for behind, (forward, backward) in zip((False, True), runs, strict=True):
            for piece, score in zip(self.pieces, self.scores[behind], strict=True):
                way = forward[piece.start] + score + backward[piece.stop]
                self.sides[behind].append(exp(min(0.0, way - self.total)))
        self.certain = defaultdict(float)
        for piece, *shares in zip(self.pieces, *self.sides, strict=True):
            for key in _parts(piece):
                self.certain[key] += sum(shares)

    def _sums(self, *, behind: bool) -> tuple[dict[int, float], dict[int, float]]:
        """The log of the sum over all ways to cut what is before, and behind, each block."""
        scores = self.scores[behind]
        forward: dict[int, float] = defaultdict(lambda: -inf, {0: 0.0})
        for piece, score in zip(self.pieces, scores, strict=True):
            forward[piece.stop] = _add(forward[piece.stop], forward[piece.start] + score)
        backward: dict[int, float] = defaultdict(lambda: -inf, {self.size: 0.0})
        for piece, score in zip(reversed(self.pieces), reversed(scores), strict=True):
            backward[piece.start] = _add(backward[piece.start], backward[piece.stop] + score)
        return forward, backward

    def best(self) -> list[Piece]:
        """The pieces of the best way, in order."""
        return max((self._best(behind=behind) for behind in (False, True)), key=lambda found: found[0])[1]

    def _best(self, *, behind: bool) -> tuple[float, list[Piece]]:
        best: dict[int, tuple[float, Piece | None]] = {0: (0.0, None)}
        for piece, own in zip(self.pieces, self.scores[behind], strict=True):
            if piece.start not in best:
                continue
            score = best[piece.start][0] + own
            if piece.stop not in best or score > best[piece.stop][0]:
                best[piece.stop] = (score, piece)
        way: list[Piece] = []
        at = self.size
        while (piece_ := best[at][1]) is not None:
            way.append(piece_)
            at = piece_.start
        return best[self.size][0], way[::-1]

    def certainty(self, piece: Piece) -> tuple[float, float, float, float]:
        """How probable it is that an article's body begins where that of ``piece`` does, that it ends there, that its title lines
        are those of ``piece``, and that all of it is so.
        """
        keys = _parts(piece)
        begins, ends, titled, whole = (min(1.0, self.certain[key]) for key in keys)
        return begins, ends, titled, whole


def _parts(piece: Piece) -> tuple[tuple[str, int, int, int, int], ...]:
    """What an article consists of: where its body begins, where it ends, its title lines, and all of it."""
    behind = piece.stop - piece.tail
    return (
        ("begins", piece.body, 0, 0, 0),
        ("ends", piece.tail, 0, 0, 0),
        ("titled", piece.start, piece.body, behind, 0),
        ("whole", piece.start, piece.body, piece.tail, piece.stop),
    )


def _add(a: float, b: float) -> float:
    """``log(exp(a) + exp(b))``."""
    high, low = max(a, b), min(a, b)
    return high if low == -inf else high + log1p(exp(low - high))
