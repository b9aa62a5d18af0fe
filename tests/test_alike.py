"""The vectors of sentences that are kept: the same to the bit as those worked out anew, and no more than are allowed."""

import numpy as np
import pytest
from fake_encoder import FakeEncoder

from rag.answer.rules import alike
from rag.search import encode

TEXTS = ("百色市总工会为货车司机办实事。", "甘肃：三方联动强化协调", "The union reached 3,000 drivers.", "", "百色")


@pytest.fixture
def encoder(monkeypatch):
    monkeypatch.setattr(alike, "_SENTENCES", {})
    return encode.load(encode.BUNDLED)


def test_vectors_that_are_kept_are_those_worked_out_anew_whatever_stood_beside_them(encoder):
    wanted = encoder.encode_passages(TEXTS)
    alike.sentences(encoder)(TEXTS[1:3])
    for _ in range(2):
        found = alike.sentences(encoder)(TEXTS)
        assert found.flags.c_contiguous
        assert np.array_equal(found, wanted)
    assert alike.sentences(encoder)(()).shape == (0, encoder.dim)


def test_a_sentence_is_encoded_once_and_no_more_are_kept_than_allowed(encoder, monkeypatch):
    monkeypatch.setattr(alike, "MOST_SENTENCES", 3)
    asked = []
    whole = encoder.encode_passages
    monkeypatch.setattr(encoder, "encode_passages", lambda texts: asked.append(list(texts)) or whole(texts))
    vectors = alike.sentences(encoder)
    vectors(TEXTS[:2])
    vectors(TEXTS[:3])
    assert asked == [list(TEXTS[:2]), [TEXTS[2]]]
    assert np.array_equal(vectors((TEXTS[0], TEXTS[4])), whole((TEXTS[0], TEXTS[4])))
    assert len(alike._SENTENCES[encoder.name]._known) <= 3


def test_what_another_encoder_makes_of_a_text_is_not_kept():
    other = FakeEncoder()
    assert alike.sentences(other) == other.encode_passages
