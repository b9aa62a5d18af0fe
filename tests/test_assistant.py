from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from rag.answer import extract
from rag.answer.asked.question import read
from rag.answer.evidence import forest, learned, rank, redundant, weights
from rag.answer.features import FEATURES
from rag.answer.gate import SIGNALS, judge
from rag.answer.lacks import Lack
from rag.assistant import Assistant
from rag.config import load
from rag.search import retrieve
from rag.search.facets import takes
from rag.search.searchable import Searchable
from rag.search.synonyms import Synonyms
from rag.search.wanted import Wanted
from rag.types import Answer, Filters, Kind, Partial, Progress, Status, Step, Support, Trace


def test_an_answer_is_made_of_exact_slices_of_printed_text(assistant: Assistant) -> None:
    answer = assistant.ask("吕梁货车司机的集体合同覆盖了多少家企业？")
    assert answer.status is Status.ANSWERED
    assert "17家" in answer.text
    for citation in answer.citations:
        article = assistant.article(citation.passage.article_id)
        start = citation.passage.start + citation.start
        assert article.text[start : start + len(citation.quote)] == citation.quote
    assert all(s.support is Support.SUPPORTED for s in answer.sentences)


def test_the_figure_asked_for_is_marked(assistant: Assistant) -> None:
    first = assistant.ask("常州暑托班一共投入了多少钱？").sentences[0]
    assert first.lead is not None
    assert first.text[slice(*first.lead)] == "773.02万元"


def test_a_stream_is_progress_then_parts_then_the_answer(assistant: Assistant) -> None:
    events = list(assistant.stream("青海建了多少个户外劳动者服务站点？"))
    assert [e.step for e in events if isinstance(e, Progress)] == [Step.UNDERSTAND, Step.SEARCH, Step.WRITE, Step.CHECK]
    assert isinstance(events[-1], Answer)
    assert [e for e in events if isinstance(e, Partial)][-1].sentences == events[-1].sentences


def test_what_is_wanted_is_worked_out_once_for_a_search(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    whole = retrieve.wanted

    def counted(query: str, store: Searchable, known: Synonyms) -> Wanted:
        asked.append(query)
        return whole(query, store, known)

    monkeypatch.setattr(retrieve, "wanted", counted)
    assert assistant.search("青海建了多少个户外劳动者服务站点？")
    assert asked == ["青海建了多少个户外劳动者服务站点？"]


@pytest.mark.parametrize(
    "question",
    [
        "今天上证指数收了多少点？",
        "火星基地的工会什么时候成立？",
        "推荐一部电影",
        "你好",
        "What is the capital of France?",
        "？？？",
        "a" * 400,
    ],
)
def test_questions_beside_the_archive_are_refused_without_a_citation(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.refused
    assert answer.citations == ()


@pytest.mark.parametrize(
    ("question", "lack"),
    [
        ("西藏工会今年慰问了多少名快递员？", Lack.PLACE),
        ("连云港2025年的产改试点企业有多少家？", Lack.YEAR),
        ("吕梁第一届产改知识竞赛有多少人次答题？", Lack.ORDINAL),
        ("湖北铁路交通创新工作室联盟的理事长是谁？", Lack.ROLE),
        ("福建的“星火计划”投入了多少钱？", Lack.NAME),
        ("What did the Zhejiang union do for truck drivers?", Lack.PLACE),
    ],
)
def test_what_a_question_insists_on_is_not_made_up_for(assistant: Assistant, question: str, lack: Lack) -> None:
    asked = read(question)
    ranked = rank(asked, assistant.search(question), assistant.store, assistant.encoder)
    assert judge(asked, ranked, assistant.store.articles).lack is lack


def test_a_place_without_evidence_is_named_and_the_other_answered(assistant: Assistant) -> None:
    answer = assistant.ask("青海和西藏各建了多少个户外劳动者服务站点？")
    assert answer.status is Status.ANSWERED
    assert "西藏" in answer.notice
    assert "580" in answer.text


def test_each_place_of_a_comparison_comes_before_any_second_sentence(assistant: Assistant) -> None:
    answer = assistant.ask("青海的户外站点和山东的妈妈小屋，建成的数量各是多少？")
    about = [assistant.article(c.passage.article_id).province for c in answer.citations]
    assert set(about[:2]) == {"青海", "山东"}


def test_a_follow_up_is_read_with_the_question_before_it(assistant: Assistant) -> None:
    answer = assistant.ask("培训过多少农民工了？", ["金乡的“蒜都工创联盟”是哪年成立的？"])
    assert "蒜都工创联盟" in answer.understood_as
    assert "1200" in answer.text


def test_english_questions_find_chinese_evidence(assistant: Assistant) -> None:
    answer = assistant.ask("How much money have unions in Qinghai put into rest stations for outdoor workers?")
    assert "1800万元" in answer.text


def test_a_refusal_spells_places_as_an_english_question_does_and_names_no_word_that_adds_up(
    assistant: Assistant,
) -> None:
    lone = assistant.ask("How many rest stations did Gansu build for outdoor workers?")
    both = assistant.ask("Compare how many rest stations Qinghai and Tibet have built for outdoor workers")
    assert (lone.status, both.status) == (Status.NO_EVIDENCE, Status.NO_EVIDENCE)
    assert "about Gansu" in lone.notice
    assert "about Tibet," in both.notice
    summed = assistant.ask("月球基地总共投入了多少资金？")
    assert summed.status is Status.NO_EVIDENCE
    assert "月球基地" in summed.notice
    assert "总共" not in summed.notice


def test_the_same_question_gets_the_same_answer(assistant: Assistant) -> None:
    one, two = (assistant.ask("百色给每个边境乡镇工会补助多少钱？") for _ in range(2))
    assert (one.sentences, one.hits) == (two.sentences, two.hits)


def test_the_trace_names_index_and_encoder_and_survives_json(assistant: Assistant) -> None:
    trace = assistant.ask("青海建了多少个站点？").trace
    assert trace.index_id == assistant.store.index_id
    assert trace.models["encoder"] == assistant.encoder.name
    assert Trace.from_json(trace.to_json()) == trace


def test_weights_fit_features_and_signals() -> None:
    assert len(weights()) == len(FEATURES)
    assert set(learned()["weights"]) == set(FEATURES)
    assert set(learned()["gate"]) == set(SIGNALS)
    assert forest().column.max() < len(FEATURES)


def test_an_answer_says_nothing_twice_and_keeps_its_size(assistant: Assistant) -> None:
    for text in ("福建的联席会议怎么开？", "山东的妈妈小屋是怎么建的？", "长春的工会驿站有什么功能？"):
        asked = read(text)
        ranked = rank(asked, assistant.search(text), assistant.store, assistant.encoder)
        chosen = extract.choose(asked, ranked)
        room = extract.size(asked)
        assert 1 <= len(chosen) <= room.sentences
        assert len(chosen) == 1 or sum(len(e.text) for e in chosen) <= room.characters
        assert not any(redundant(e, chosen[:i]) for i, e in enumerate(chosen) if i)


@pytest.mark.parametrize(
    "wanted",
    [Filters(), Filters(place="福建"), Filters(kind=Kind.PHOTO), Filters(since="2025"), Filters(reporter="没有这个人")],
)
def test_articles_are_listed_as_filters_let_them_pass_part_by_part(assistant, wanted):
    every = [a.id for a in assistant.articles if takes(wanted, a)]
    parts = [assistant.listed(wanted, offset, 7) for offset in range(0, len(every) + 7, 7)]
    assert {total for total, _ in parts} == {len(every)}
    assert [a.id for _, found in parts for a in found] == every


def test_an_answer_rests_on_what_filters_let_pass_and_on_nothing_else(assistant):
    question = "青海和山东各建了多少个户外劳动者服务站点？"
    for wanted in (Filters(place="青海"), Filters(place="山东"), Filters(kind=Kind.PHOTO)):
        answer = assistant.ask(question, (), wanted)
        found = [assistant.article(hit.passage.article_id) for hit in answer.hits]
        assert found
        assert all(takes(wanted, article) for article in found)
        assert all(takes(wanted, assistant.article(c.passage.article_id)) for c in answer.citations)
    assert assistant.ask(question, (), Filters(place="没有的地方")).refused


def test_warming_up_asks_no_model_and_loads_what_a_slip_of_the_pen_needs(assistant, monkeypatch):
    modelled = replace(assistant, settings=load(llm_base_url="http://127.0.0.1:9/v1", llm_model="none"))
    asked = []
    monkeypatch.setattr("rag.assistant.llm.write", lambda *_given: asked.append(1))
    modelled.warm()
    assert not asked
    assert "pypinyin" in sys.modules


def test_a_sentence_that_asks_is_no_answer(assistant):
    answer = assistant.ask("山东的工会妈妈小屋是怎么建的？")
    assert "怎么建、建哪里？" in assistant.article(answer.citations[0].passage.article_id).text
    assert not any(sentence.text.rstrip().endswith("？") for sentence in answer.sentences)


def test_a_search_for_two_things_has_passages_of_both(assistant):
    found = [hit.passage.article_id for hit in assistant.search("吕梁和连云港，哪个产改试点企业多", 4)]
    towns = {assistant.store.articles[article].city for article in found}
    assert towns >= {"吕梁", "连云港"}
