"""The test of an open index by its own words: it is passed by whole ones, and a planted fault is one line."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from fake_encoder import FakeEncoder
from fastapi.testclient import TestClient
from test_api import Newsroom, refusal
from test_library import Library

from rag import config, zh
from rag.assistant import Assistant
from rag.search import library, selftest, store
from rag.search.names import Names
from rag.types import Article, Kind
from ui import api
from ui.counters import Counters
from ui.door import Door
from ui.turns import Slots

ENCODER = FakeEncoder()
TERMS = [*dict.fromkeys(map(zh.normalise, zh.glossary()))]


def archive() -> store.Store:
    """An article a term, and as many that hold none."""
    texts = [f"第{n}期：某市总结{term}的经验，写进计划。" for n, term in enumerate(TERMS)]
    texts += [f"第{n}期：今日多云转晴，气温{n}度。" for n in range(len(TERMS))]
    articles = [Article(f"a{n}", "p", Kind.NEWS, "", (text,)) for n, text in enumerate(texts)]
    return store.assemble(articles, config.Settings(), ENCODER)


def test_whole_indexes_pass(assistant: Assistant) -> None:
    assert selftest.fault(assistant.store) == ""
    assert selftest.fault(archive()) == ""


def test_three_hundred_terms_are_searched_for_where_there_are_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(selftest, "_finds", lambda _store, term: bool(asked.append(term)) or True)
    assert selftest.fault(archive()) == ""
    assert len(asked) == len(set(asked)) == min(selftest.TERMS, len(TERMS))


def test_words_that_lead_to_other_passages_are_told() -> None:
    index = archive()
    names = index.sparse.vocabulary
    numbers = np.roll(names._numbers, 1)
    mixed = replace(index.sparse, vocabulary=Names(names._text, names._ends, names._hashes, numbers))
    told = selftest.fault(replace(index, sparse=mixed))
    assert told.startswith("self-test: ")
    assert "\n" not in told


def test_passages_in_another_order_than_their_words_are_told() -> None:
    index = archive()
    assert "no search finds" in selftest.fault(replace(index, passages=index.passages[::-1]))


def test_an_index_cut_by_another_analyzer_is_wrong_and_no_byte_of_it_has_changed(
    tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Library(tmp_path)
    made.put("a.txt", "某市总工会开会\n本报讯（记者李红）某市总工会近日开会，部署职工疗休养工作。\n".encode())
    with monkeypatch.context() as then:
        then.setattr(zh, "_HAN_RUN", re.compile("(?!)"))  # no pairs of characters
        library.update(made.settings, ENCODER, lambda *_: None, jobs=1)
    found = made.check()
    assert re.fullmatch(r"self-test: passage \w+ is not found by its word '..'", *found.wrong)
    assert not found.ok
    assert found.command.endswith(" --again")
    library.update(made.settings, ENCODER, lambda *_: None, jobs=1, again=True)
    assert made.check().ok


def test_a_server_over_such_an_index_is_not_ready_and_does_not_tell_why() -> None:
    from fastapi import FastAPI

    settings, slots, app = config.load(), Slots(), FastAPI()
    fault = "self-test: passage 123 is not found by its word '工会'"
    api.add(app, api.Service(Newsroom(), settings, slots, Door(settings), Counters(slots), fault=lambda: fault))
    with TestClient(app) as client:
        assert client.get("/healthz").is_success
        assert "123" not in refusal(client.get("/readyz"), 503, "index_failed")
