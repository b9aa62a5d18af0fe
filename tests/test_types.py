from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rag.types import (
    Answer,
    Article,
    Citation,
    Heading,
    Hit,
    Kind,
    Page,
    Passage,
    Sentence,
    Status,
    Support,
    Trace,
    sha256,
    to_json,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
words = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\n\r\u2028\u2029\x85"), min_size=1, max_size=40
)
articles = st.builds(
    lambda paragraphs: Article("a-1", "a.txt", Kind.NEWS, "工会", tuple(paragraphs)),
    st.lists(words, min_size=1, max_size=6),
)


@st.composite
def slices(draw, text):
    start = draw(st.integers(0, len(text) - 1))
    return start, draw(st.integers(start + 1, len(text)))


@st.composite
def passages(draw):
    article = draw(articles)
    start, end = draw(slices(article.text))
    assume(article.text[start:end].strip("\n"))
    return article, Passage.of(article, start, end, article.head)


@st.composite
def citations(draw, number=1):
    _, passage = draw(passages())
    start, end = draw(slices(passage.text))
    return Citation(number, passage, passage.text[start:end], start, end)


def answer(*sentences, status=Status.ANSWERED, hits=()):
    return Answer("问", "问", status, tuple(sentences), tuple(hits), Trace("none"))


def supported(*cited):
    return Sentence("答。", Support.SUPPORTED, tuple(cited))


@given(texts, texts)
def test_a_page_keeps_the_hash_of_its_text_and_refuses_another(text, other):
    assert Page.of("a.txt", text).sha256 == sha256(text)
    assume(text != other)
    with pytest.raises(ValueError, match="SHA-256"):
        Page("a.txt", text, sha256(other))


@given(st.lists(words, max_size=5), st.integers(-2, 7))
def test_an_articles_headings_stand_at_its_paragraphs_and_nowhere_else(paragraphs, before):
    def made():
        return Article("a", "a.txt", Kind.NEWS, "", tuple(paragraphs), headings=(Heading(before, "一"),))

    if 0 <= before <= len(paragraphs):
        assert made().text.split("\n") == (paragraphs or [""])
    else:
        with pytest.raises(ValueError, match="heading"):
            made()


@given(words, words)
def test_an_articles_paragraphs_hold_text_and_no_line_break(one, other):
    for bad in ("", f"{one}\n{other}"):
        with pytest.raises(ValueError, match="paragraph"):
            Article("a", "a.txt", Kind.NEWS, "", (one, bad))


@given(passages())
def test_a_passage_is_a_slice_of_its_article_and_names_the_paragraphs_it_covers(made):
    article, passage = made
    assert article.text[passage.start : passage.end] == passage.text
    covered = "\n".join(article.paragraphs[passage.first : passage.last + 1])
    assert passage.text.strip("\n") in covered
    assert 0 <= passage.first <= passage.last < len(article.paragraphs)


@given(passages(), st.integers(-3, 3))
def test_a_passage_refuses_offsets_that_do_not_span_its_text(made, shift):
    _, passage = made
    assume(shift)
    with pytest.raises(ValueError, match="offsets"):
        replace(passage, end=passage.end + shift)


@given(passages())
def test_a_passages_id_is_the_same_each_time_and_another_for_another_slice(made):
    article, passage = made
    assert Passage.of(article, passage.start, passage.end, "").id == passage.id
    if passage.end - passage.start > 1:
        assert Passage.of(article, passage.start, passage.end - 1, "").id != passage.id


@given(citations(), st.integers(-2, 2), words)
def test_a_citation_quotes_the_slice_it_names_and_nothing_else(citation, shift, other):
    assert citation.passage.text[citation.start : citation.end] == citation.quote
    assume(other != citation.quote)
    with pytest.raises(ValueError, match="slice"):
        replace(citation, quote=other)
    moved = citation.passage.text[citation.start + shift : citation.end + shift] if citation.start + shift >= 0 else ""
    if moved != citation.quote:
        with pytest.raises(ValueError, match="slice"):
            replace(citation, start=citation.start + shift, end=citation.end + shift)


@given(citations(), st.integers(-5, 0))
def test_citation_numbers_start_at_one(citation, number):
    with pytest.raises(ValueError, match="start at 1"):
        replace(citation, number=number)


@given(citations(), st.sampled_from(Support))
def test_a_sentence_is_supported_if_and_only_if_it_cites(citation, support):
    for cited in ((), (citation,)):
        if (support is Support.UNSUPPORTED) == (not cited):
            assert Sentence("答。", support, cited).citations == cited
        else:
            with pytest.raises(ValueError, match="citations"):
                Sentence("答。", support, cited)


@given(words, st.integers(-3, 50), st.integers(-3, 50))
def test_what_a_sentence_leads_with_lies_inside_it(text, start, end):
    if 0 <= start < end <= len(text):
        assert Sentence(text, Support.UNSUPPORTED, lead=(start, end)).lead == (start, end)
    else:
        with pytest.raises(ValueError, match="lead"):
            Sentence(text, Support.UNSUPPORTED, lead=(start, end))


@given(citations(), st.lists(st.integers(1, 6), min_size=1, max_size=6))
def test_an_answers_numbers_run_from_one_without_gaps(citation, numbers):
    cited = [supported(replace(citation, number=n)) for n in numbers]
    if set(numbers) == set(range(1, max(numbers) + 1)):
        assert [c.number for c in answer(*cited).citations] == sorted(set(numbers))
    else:
        with pytest.raises(ValueError, match="without gaps"):
            answer(*cited)


@given(citations(), st.sampled_from(Status))
def test_an_answer_cites_if_and_only_if_there_was_evidence(citation, status):
    cited, bare = (supported(citation),), (Sentence("答。", Support.UNSUPPORTED),)
    good, bad = (bare, cited) if status is Status.NO_EVIDENCE else (cited, bare)
    assert answer(*good, status=status).refused == (status is Status.NO_EVIDENCE)
    with pytest.raises(ValueError, match="cite"):
        answer(*bad, status=status)


@given(passages(), st.lists(st.floats(-10, 10), min_size=2, max_size=6))
def test_scores_never_rise_down_the_list_of_hits(made, scores):
    hits = [Hit(made[1], score, {"dense": n}) for n, score in enumerate(scores, start=1)]
    if scores == sorted(scores, reverse=True):
        assert len(answer(status=Status.NO_EVIDENCE, hits=hits).hits) == len(scores)
    else:
        with pytest.raises(ValueError, match="rise"):
            answer(status=Status.NO_EVIDENCE, hits=hits)


@given(
    st.builds(
        Trace,
        texts,
        st.dictionaries(texts, texts, max_size=3),
        texts,
        st.dictionaries(texts, st.floats(0, 100), max_size=3),
        st.lists(texts, max_size=3).map(tuple),
        st.floats(0, 1),
    )
)
def test_a_trace_survives_json(trace):
    assert Trace.from_json(json.loads(json.dumps(trace.to_json()))) == trace


@pytest.mark.parametrize("changes", [{"models": []}, {"seconds": None}, {"notes": "none"}, {"confidence": "0.5"}])
def test_a_trace_that_is_none_is_refused(changes):
    with pytest.raises(TypeError, match="trace"):
        Trace.from_json(Trace("i").to_json() | changes)


@given(articles)
def test_a_record_is_json_and_cannot_be_changed(article):
    assert json.loads(json.dumps(to_json(article)))["paragraphs"] == list(article.paragraphs)
    with pytest.raises(FrozenInstanceError):
        article.title = "改"
