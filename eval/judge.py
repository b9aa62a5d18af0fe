"""Let a language model judge the answers, and see how far it agrees with the measures that need none.

Two marks between 0 and 1 (:mod:`eval.marks`): faithfulness, the share of what an answer states that stands in the passages
it cites, and relevance, how near the question that the answer answers is to the one asked. A mark that could not be had is
missing and counted, never 0. Whoever judges by the model that also writes should know that models favour their own words.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from eval.ask import Progress
from eval.measures import BY_NAME
from eval.records import Row
from eval.stats import ROUNDS
from rag.answer import llm
from rag.config import Settings
from rag.errors import EndpointError, NoModelError, SettingsError
from rag.search.encode import Encoder

if TYPE_CHECKING:
    from eval.marks import Mark

log = logging.getLogger(__name__)

MARKS = ("faithfulness", "relevance")

PROMPTS = {
    "judge_statements": ("question", "answer"),
    "judge_verdicts": ("passages", "statements"),
    "judge_question": ("answer",),
}
"""The prompts, and the names filled in in each."""

AT_ONCE = 4
"""Answers judged at the same time."""

INSTALL = 'pip install -c constraints.txt -e ".[judge]"'

MOST = 10
"""How many cases are named in which judge and measure are furthest apart."""

FEWEST = 3
"""Cases from which an agreement can be told."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of judging one answer: ``marks`` by name, and for each that is missing why, in ``failed``.

    ``endpoint``: the language model could not be reached, or broke off. ``reply``: what it said is not what it was asked
    for. ``nothing``: the answer states nothing, or a question has no vector. ``passage``: a passage cited is not there.
    """

    qid: str
    marks: Mapping[str, float]
    failed: Mapping[str, str]


def judge(
    rows: Sequence[Row],
    settings: Settings,
    encoder: Encoder,
    passages: Mapping[str, str],
    progress: Progress = lambda *_: None,
) -> tuple[Judged, ...]:
    """Judge the answers among ``rows``, in their order; refusals and crashes are passed over.

    ``passages`` are texts by id as printed, of the index that was asked. Raises :class:`SettingsError` when no model is
    set or a prompt is unusable, :class:`NoModelError` when ragas is not installed, and :class:`EndpointError` when the model
    gave no mark at all.
    """
    if not settings.llm:
        raise SettingsError("judging needs a language model; set RAG_LLM_BASE_URL and RAG_LLM_MODEL")
    templates = {
        language: {kind: llm.prompt(settings.prompts, language, kind, names) for kind, names in PROMPTS.items()}
        for language in ("zh", "en")
    }
    try:
        from eval.marks import Voice, marks
    except ImportError as error:
        raise NoModelError(f"judging needs ragas ({error}): {INSTALL}") from None
    voice = Voice(settings)
    marking = {language: marks(voice, encoder, prompts) for language, prompts in templates.items()}
    answers = [row for row in rows if row.sentences and not row.refused and not row.crash]
    found: dict[str, Judged] = {}
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="judge")
    try:
        futures = [pool.submit(_judged, row, marking["en" if row.lang == "en" else "zh"], passages) for row in answers]
        for done, future in enumerate(as_completed(futures), 1):
            found[future.result().qid] = future.result()
            progress("judging", done, len(answers))
    finally:
        pool.shutdown(cancel_futures=True)
    if voice.failure:
        if not any(judged.marks for judged in found.values()):
            raise EndpointError(voice.failure)
        log.warning("not every answer could be judged: %s", voice.failure)
    return tuple(found[row.qid] for row in answers)


def _judged(row: Row, marking: Mapping[str, Mark], passages: Mapping[str, str]) -> Judged:
    from eval.marks import NothingError, ReplyError

    cited = {c.passage_id: c.title for s in row.sentences for c in s.cited}
    sources = [f"《{title}》\n{passages[id_]}\n" for id_, title in cited.items() if id_ in passages]
    given: dict[str, float] = {}
    failed: dict[str, str] = {}
    for name in MARKS:
        if name == "faithfulness" and len(sources) < len(cited):
            failed[name] = "passage"
            continue
        try:
            given[name] = marking[name](question(row), row.text, sources)
        except EndpointError:
            failed[name] = "endpoint"
        except ReplyError:
            failed[name] = "reply"
        except NothingError:
            failed[name] = "nothing"
    return Judged(row.qid, given, failed)


def question(row: Row) -> str:
    """The question an answer is judged by: a follow-up as it was understood, for alone it asks for nothing."""
    return (row.history and row.understood_as) or row.query


def marked(rows: Iterable[Row], judged: Iterable[Judged]) -> tuple[Row, ...]:
    """``rows`` with the marks they were given; those that were not judged now have none."""
    found = {j.qid: j.marks for j in judged}
    return tuple(replace(row, judged=dict(found.get(row.qid, {}))) for row in rows)


def missing(judged: Iterable[Judged]) -> Counter[tuple[str, str]]:
    """How many answers lack a mark, by mark and reason: ``{("faithfulness", "reply"): 2}``."""
    return Counter(lack for j in judged for lack in j.failed.items())


# --- whether the judge can be trusted -----------------------------------------------------------

PAIRS = (("faithfulness", "attributed"), ("relevance", "facts_share"), ("relevance", "right"))
"""Marks, and the measures (eval.measures) that say something alike without a language model."""


@dataclass(frozen=True, slots=True)
class Apart:
    """A case in which ``mark`` and ``value`` of the measure differ."""

    qid: str
    mark: float
    value: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """How a mark goes with a measure over the ``n`` cases that have both.

    ``correlation`` is from -1 to 1, with a 95 % bootstrap interval; all three are ``None`` where it is not defined, for
    fewer than :data:`FEWEST` cases or where one of the two never changes. ``method`` is ``point-biserial`` for a measure
    that is 0 or 1, else ``Spearman``. ``apart`` are the cases furthest apart, at most :data:`MOST`.
    """

    mark: str
    measure: str
    method: str
    n: int
    correlation: float | None
    low: float | None
    high: float | None
    apart: tuple[Apart, ...]


def agreement(rows: Sequence[Row]) -> tuple[Agreement, ...]:
    """The agreement of each of :data:`PAIRS` over ``rows`` that have marks; pairs without a case are left out."""
    found = (_agreement(rows, mark, measure) for mark, measure in PAIRS)
    return tuple(pair for pair in found if pair.n)


def _agreement(rows: Sequence[Row], mark: str, measure: str) -> Agreement:
    of = BY_NAME[measure].of
    pairs = [Apart(r.qid, r.judged[mark], float(v)) for r in rows if mark in r.judged and (v := of(r)) is not None]
    binary = {pair.value for pair in pairs} <= {0.0, 1.0}
    apart = sorted((p for p in pairs if p.mark != p.value), key=lambda p: -abs(p.mark - p.value))
    correlation, low, high = _correlation([p.mark for p in pairs], [p.value for p in pairs], ranked=not binary)
    method = "point-biserial" if binary else "Spearman"
    return Agreement(mark, measure, method, len(pairs), correlation, low, high, tuple(apart[:MOST]))


def _correlation(
    one: Sequence[float], other: Sequence[float], *, ranked: bool, seed: int = 0
) -> tuple[float, float, float] | tuple[None, None, None]:
    """Pearson's correlation of two lists or of their ranks, and its 95 % percentile bootstrap interval over cases.

    Of ranks it is Spearman's (1904, doi:10.2307/1412159), with a list of 0 and 1 the point-biserial one. Samples in which
    one of the two does not change have no correlation and are left out of the interval.
    """
    if len(one) < FEWEST or len(set(one)) == 1 or len(set(other)) == 1:
        return None, None, None
    from scipy.stats import pearsonr, spearmanr

    def of(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
        if np.ptp(x) == 0 or np.ptp(y) == 0:
            return float("nan")
        return float((spearmanr if ranked else pearsonr)(x, y).statistic)

    x, y = np.asarray(one, np.float64), np.asarray(other, np.float64)
    draws = np.random.default_rng(seed).integers(len(x), size=(ROUNDS, len(x)))
    low, high = np.nanpercentile([of(x[draw], y[draw]) for draw in draws], (2.5, 97.5))
    return of(x, y), float(low), float(high)
