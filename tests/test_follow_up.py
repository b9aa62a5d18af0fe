"""Conversations over the five pages: follow-ups find their evidence, other questions are left alone; with a model and without."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_llm import GOLDEN, says, serving

from eval.cases import by_page, load, validate
from eval.metrics import normalise
from rag.answer import llm, reword
from rag.answer.asked.topic import topic
from rag.answer.find import FollowUp, Found, find
from rag.answer.rewrite import rewrite
from rag.assistant import NOTICES, Assistant
from rag.config import ROOT, Settings
from rag.errors import EndpointError
from rag.search.retrieve import Searcher
from rag.types import Asked

DIALOGUES = load(Path(__file__).parent / "dialogues.jsonl")
"""Written from the pages alone, before the program was asked any of them."""

ENOUGH = 0.85
LULIANG = "吕梁的“产改”试点企业有多少家？"


def test_the_dialogues_are_sound(seeds):
    assert validate(DIALOGUES, by_page(seeds.articles)) == []
    assert len(DIALOGUES) >= 30


def found(answer, case):
    first = [normalise(hit.passage.text) for hit in answer.hits[:5]]
    return all(any(normalise(e.quote) in text for text in first) for e in case.evidence)


@pytest.mark.parametrize("with_answers", [False, True])
def test_follow_ups_find_their_evidence_in_the_first_five(assistant: Assistant, with_answers):
    right = 0
    for case in DIALOGUES:
        history = []
        for question in case.history:
            history.append(Asked.of(assistant.ask(question, history)) if with_answers else question)
        right += found(assistant.ask(case.query, history), case)
    assert right / len(DIALOGUES) >= ENOUGH


def test_most_fragments_do_not_find_it_by_themselves(assistant: Assistant):
    fragments = [case for case in DIALOGUES if case.note in ("counted", "fragment", "time", "place", "refused")]
    alone = sum(found(assistant.ask(case.query), case) for case in fragments)
    assert alone / len(fragments) < ENOUGH, "the dialogues would prove nothing"


@pytest.mark.parametrize("case", [c for c in DIALOGUES if c.note == "alone"], ids=lambda c: c.qid)
def test_a_change_of_topic_is_not_merged(case):
    assert rewrite(case.query, case.history).shown == case.query


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("长春投放了多少个集装箱式工会驿站？", "长春投放集装箱式工会驿站"),
        ("山东各级工会给“工会妈妈小屋”投入了多少奖补资金？", "山东各级工会给“工会妈妈小屋”"),
        ("连云港推进“产改”的“四动”是哪四动？", "连云港推进“产改”的“四动”"),
        ("走访慰问困难职工家庭活动是什么时候启动的？", "走访慰问困难职工家庭活动"),
        ("谁在泸定二中给孩子办“帐篷课堂”？", "在泸定二中给孩子办“帐篷课堂”"),
        ("How many rooms are there?", "How many rooms are there"),
        ("为什么？", ""),
        ("青海建了多少户外劳动者服务站点？", "青海建户外劳动者服务站点"),
        ("帮扶了多少户困难职工？", "帮扶困难职工"),
        ("苏鹏程得了几等奖？", "苏鹏程得奖"),
    ],
)
def test_a_topic_is_a_question_without_what_it_asks(question, about):
    assert topic(question) == about


@given(st.text(max_size=60))
def test_a_topic_adds_no_character(question):
    assert set(topic(question)) <= set(question)


def looked_up(assistant: Assistant, query: str, follow_up: FollowUp | None = None) -> Found:
    searcher = Searcher.of(assistant.store, assistant.encoder, assistant.settings)
    return find(query, searcher, assistant.settings.top_k, follow_up=follow_up)


def test_passages_cited_before_are_looked_at_again(assistant: Assistant):
    cited = assistant.ask("常州暑托班一共投入了多少钱？").citations[0].passage
    query = "雄安站的光伏电站装机容量是多少？"
    alone = {hit.passage.id for hit in looked_up(assistant, query).hits}
    with_it = looked_up(assistant, query, FollowUp(query, (cited,))).hits
    assert cited.id not in alone
    assert cited.id in {hit.passage.id for hit in with_it}
    scores = [hit.score for hit in with_it]
    assert scores == sorted(scores, reverse=True)


def test_a_question_taken_for_a_follow_up_keeps_its_own_best_passage(assistant: Assistant):
    alone = "雄安站站顶光伏电站的装机容量是多少？"
    own = assistant.ask(alone).hits[0].passage.id
    wrong = f"百色市建了人大代表联络站？{alone}"
    merged = looked_up(assistant, wrong, FollowUp(alone)).hits
    assert own in {hit.passage.id for hit in merged[:5]}


# --- with a language model ------------------------------------------------------------------------


def asked(assistant, url, question="连云港那边呢？", history=(LULIANG,), **more):
    settings = Settings(llm_base_url=url, llm_model="small", **more)
    told = Assistant(settings, assistant.store, assistant.encoder)
    return told.ask(question, history)


def test_a_model_makes_a_follow_up_whole_and_the_trace_says_with_which_prompt(assistant):
    with serving(says("连云港的“产改”试点企业", "有多少家？")) as server:
        answer = asked(assistant, server.url)
        sent = server.seen[0]["messages"]
    assert answer.understood_as == "连云港的“产改”试点企业有多少家？"
    template = llm.prompt(ROOT / "prompts", "zh", "rewrite", reword.WANTED)
    assert any(llm.prompt_id(template) in note for note in answer.trace.notes)
    assert LULIANG in sent[1]["content"]
    assert LULIANG not in sent[0]["content"]


def test_a_question_that_stands_alone_costs_no_call(assistant):
    with serving(says("【没有找到】")) as server:
        asked(assistant, server.url, "雄安站站顶光伏电站的装机容量是多少？")
        assert len(server.seen) == 1, "one for the answer"


@pytest.mark.parametrize(
    "said", ["南京的试点企业有多少家？", "连云港2031年有多少家？", "连云港\n有多少家？", "", "长" * 300]
)
def test_what_a_model_makes_up_is_not_taken_and_the_reader_is_told(assistant, said):
    with serving(says(said)) as server:
        answer = asked(assistant, server.url)
    assert answer.understood_as == rewrite("连云港那边呢？", [LULIANG]).shown
    assert any(note.startswith("follow-up made whole by rule") for note in answer.trace.notes)


def test_a_model_that_is_down_leaves_the_rules(assistant):
    with serving(says("x")) as server:
        url = server.url
    answer = asked(assistant, url)
    assert "700家" in answer.text
    assert any(note.startswith("follow-up made whole by rule") for note in answer.trace.notes)


def test_a_slow_model_is_not_waited_for(assistant, monkeypatch):
    monkeypatch.setattr(reword, "SECONDS", 2.0)

    def dribble(h):
        h.begin()
        for _ in range(50):
            h.event("连")
            time.sleep(0.1)
        h.event(finish="stop")
        h.end()

    template = llm.prompt(ROOT / "prompts", "zh", "rewrite", reword.WANTED)
    with serving(dribble) as server, pytest.raises(EndpointError, match="no whole question within"):
        reword.reword(Settings(llm_base_url=server.url, llm_model="small"), template, "那呢？", [LULIANG])


def test_the_reader_is_told_when_only_the_rewording_failed(assistant):
    def script(h):
        first = "改写" in str(h.server.seen[-1]["messages"][0])
        says("广州有多少家？" if first else "全市试点企业达700家。" + "".join(f"[{n}]" for n in range(1, 9)))(h)

    with serving(script) as server:
        answer = asked(assistant, server.url)
    assert answer.notice == NOTICES["by_rule"]["zh"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_filled_in_prompt_is_the_golden_one(language):
    template = llm.prompt(ROOT / "prompts", language, "rewrite", reword.WANTED)
    filled = template.format(history="- 问一？\n- 问二？", question="那呢？")
    assert filled == (GOLDEN / f"rewrite.{language}.txt").read_text("utf-8")
