"""Faults planted on purpose in a working assistant, each of which the gate must catch over the real cases."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from eval import gate, runs
from eval.cases import CASES
from rag.answer.gate import Lack, Verdict
from rag.assistant import Assistant
from rag.config import Settings
from rag.search.store import assemble
from rag.types import Citation

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def clean(assistant):
    return runs.run(assistant, CASES, "dev")


def failed(assistant, clean):
    """The measures by which a run over ``assistant`` fails beside the clean one."""
    run = runs.run(assistant, CASES, "dev")
    judgement = gate.judge(run, gate.of(clean))
    assert not any(row.crash for row in run.rows), "a crash would be caught for the wrong reason"
    assert judgement.passed == (not any(v.why for v in judgement.verdicts) and not judgement.problems)
    never = {problem.split()[0] for problem in judgement.problems}
    return {v.measure for v in judgement.verdicts if v.why} | never


def test_an_untouched_assistant_passes(assistant, clean):
    assert failed(assistant, clean) == set()


def test_an_index_whose_vectors_and_passages_do_not_belong_together_is_caught(assistant, clean):
    store = assistant.store
    order = random.Random(1).sample(range(len(store.passages)), len(store.passages))
    shuffled = replace(store, passages=tuple(store.passages[n] for n in order))
    assert {"recall@5", "evidence_all@5", "facts_all"} <= failed(replace(assistant, store=shuffled), clean)


class Answering(Assistant):
    """The assistant with each answer changed on its way out."""

    def ask(self, question, history=()):
        return self.changed(super().ask(question, history))


def shift(citation, by):
    """The citation moved by one character, still a true slice of its passage."""
    start = min(max(citation.start + by, 0), len(citation.passage.text) - 1)
    end = min(citation.end + by, len(citation.passage.text))
    return Citation(citation.number, citation.passage, citation.passage.text[start:end], start, end)


class Shifted(Answering):
    """Each quote begins and ends one character late."""

    @staticmethod
    def changed(answer):
        moved = (replace(s, citations=tuple(shift(c, 1) for c in s.citations)) for s in answer.sentences)
        return replace(answer, sentences=tuple(moved))


class Misnumbered(Answering):
    """Each sentence cites what the next one rests on."""

    @staticmethod
    def changed(answer):
        cited = [s.citations for s in answer.sentences]
        turned = cited[1:] + cited[:1]
        return replace(
            answer, sentences=tuple(replace(s, citations=c) for s, c in zip(answer.sentences, turned, strict=True))
        )


@pytest.mark.parametrize("fault", [Shifted, Misnumbered])
def test_citations_off_by_one_are_caught(assistant, clean, fault):
    broken = fault(assistant.settings, assistant.store, assistant.encoder)
    assert "attributed" in failed(broken, clean)


def test_a_gate_that_lets_everything_through_is_caught(assistant, clean, monkeypatch):
    monkeypatch.setattr("rag.answer.gate.judge", lambda *_: Verdict(Lack.NOTHING, 1.0))
    assert {"refusal_recall", "right"} <= failed(assistant, clean)


class English:
    """An encoder that knows no Chinese: every text without a Latin letter means the same to it."""

    def __init__(self, encoder):
        self.encoder, self.name, self.dim = encoder, "english-only", encoder.dim

    def encode_passages(self, texts):
        return self.encoder.encode_passages(["".join(c if c.isascii() else " " for c in t) or " " for t in texts])

    encode_queries = encode_passages


def test_an_encoder_that_knows_only_english_is_caught(assistant, clean, seeds):
    english = English(assistant.encoder)
    store = assemble(seeds.articles, Settings(), english, pages=seeds.pages)
    assert np.isfinite(english.encode_passages(["中文", "a"])).all()
    assert failed(Assistant(Settings(), store, english), clean)
