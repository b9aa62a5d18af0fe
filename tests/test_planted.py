"""Faults planted on purpose in a working assistant, each of which the gate must catch over the real cases."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from eval import gate, runs
from eval.cases import CASES, load, to_json
from rag.answer.gate import Verdict
from rag.answer.lacks import Lack
from rag.assistant import Assistant
from rag.config import Settings
from rag.search.store import assemble
from rag.types import Citation

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def third(tmp_path_factory) -> Path:
    """A file with every third of the dev cases: a fault that these do not show is no gross one."""
    path = tmp_path_factory.mktemp("cases") / "third.jsonl"
    dev = [case for case in load(CASES) if case.split == "dev"]
    path.write_text("".join(json.dumps(to_json(case)) + "\n" for case in dev[::3]), "utf-8")
    return path


@pytest.fixture(scope="module")
def clean(assistant, third):
    return runs.run(assistant, third, "dev")


@pytest.fixture
def failed(third, clean):
    """Tells the measures by which a run over an assistant fails beside the clean one."""

    def by(assistant):
        run = runs.run(assistant, third, "dev")
        judgement = gate.judge(run, gate.of(clean))
        assert not any(row.crash for row in run.rows), "a crash would be caught for the wrong reason"
        assert judgement.passed == (not any(v.why for v in judgement.verdicts) and not judgement.problems)
        never = {problem.split()[0] for problem in judgement.problems}
        return {v.measure for v in judgement.verdicts if v.why} | never

    return by


def test_an_untouched_assistant_passes(assistant, failed):
    assert failed(assistant) == set()


def test_an_index_whose_vectors_and_passages_do_not_belong_together_is_caught(assistant, failed):
    store = assistant.store
    order = random.Random(1).sample(range(len(store.passages)), len(store.passages))
    shuffled = replace(store, passages=tuple(store.passages[n] for n in order))
    assert {"recall@5", "evidence_all@5", "facts_all"} <= failed(replace(assistant, store=shuffled))


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
def test_citations_off_by_one_are_caught(assistant, failed, fault):
    broken = fault(assistant.settings, assistant.store, assistant.encoder)
    assert "attributed" in failed(broken)


def test_a_gate_that_lets_everything_through_is_caught(assistant, failed, monkeypatch):
    monkeypatch.setattr("rag.answer.gate.judge", lambda *_: Verdict(Lack.NOTHING, 1.0))
    assert {"refusal_recall", "right"} <= failed(assistant)


class English:
    """An encoder that knows no Chinese: every text without a Latin letter means the same to it."""

    def __init__(self, encoder):
        self.encoder, self.name, self.dim = encoder, "english-only", encoder.dim

    def encode_passages(self, texts):
        return self.encoder.encode_passages(["".join(c if c.isascii() else " " for c in t) or " " for t in texts])

    encode_queries = encode_passages


def test_an_encoder_that_knows_only_english_is_caught(assistant, failed, seeds):
    english = English(assistant.encoder)
    store = assemble(seeds.articles, Settings(), english, pages=seeds.pages)
    assert np.isfinite(english.encode_passages(["中文", "a"])).all()
    assert failed(Assistant(Settings(), store, english))
