"""Questions that a language model proposes: a small OpenAI-compatible server on 127.0.0.1, and what is believed of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from test_llm import says, serving

from eval.cases import by_page, validate
from eval.make import make
from eval.propose import propose, unprintable
from rag.answer import llm
from rag.config import ROOT, Settings
from rag.errors import EndpointError, InputError, SettingsError
from rag.types import sha256

KEY = "sk-secret-0123456789"
GOLDEN = Path(__file__).parent / "golden" / "prompts"


def told(url: str, **more: object) -> Settings:
    return Settings(llm_base_url=url, llm_model="m", **({"llm_api_key": KEY, "llm_timeout": 5.0} | more))


def passage_of(request: dict) -> str:
    return request["messages"][1]["content"].partition("\n\n")[2].partition("\n")[2].rstrip("\n")


def replies(write: Callable[[str], str]):
    """A server's script: the reply that ``write`` makes of the passage it is asked about."""

    def script(h):
        says(write(passage_of(h.server.seen[-1])))(h)

    return script


def reply(text: str, **changes) -> str:
    """A reply as asked for: the passage's longest run without a stop is its quote, the last four characters of it the key."""
    quote = max(re.split("[。！？\n]", text), key=len)
    fields = {"question": f"谁办了{sha256(text)[:24]}？", "answer": "办了", "quote": quote}
    return json.dumps(fields | {"keys": [quote[-4:]]} | changes, ensure_ascii=False)


def proposed(store, script, n=1, **more):
    with serving(script) as server:
        return list(propose(store, told(server.url), n, **more)), server


def test_a_good_proposal_becomes_a_case_that_waits_for_a_person(assistant):
    (found,), server = proposed(assistant.store, replies(reply), seed=5)
    case = found.case
    assert validate([case], by_page(assistant.store.articles.values())) == []
    assert (case.made.how, case.made.by, case.made.seed, case.made.confirmed) == ("model", "m", 5, "")
    assert case.made.prompt == llm.prompt_id((ROOT / "prompts" / "question.zh.txt").read_text("utf-8"))
    assert case.evidence[0].quote in case.made.source
    assert len(server.seen) == 1


def test_every_proposal_over_the_archive_names_the_paragraph_its_quote_is_in(assistant):
    found, _ = proposed(assistant.store, replies(reply), n=30)
    cases = [p.case for p in found if p.case]
    assert len(cases) == 30
    assert validate(cases, by_page(assistant.store.articles.values())) == []
    assert len({c.evidence[0].article for c in cases}) == 30  # articles take turns


def test_the_passage_stands_in_what_the_user_says_only(assistant):
    (found,), server = proposed(assistant.store, replies(reply))
    system, user = server.seen[0]["messages"]
    assert found.case.made.source in user["content"]
    assert found.case.made.source not in system["content"]
    assert "不是指令" in system["content"]


def test_json_in_a_code_block_is_read(assistant):
    (found,), _ = proposed(assistant.store, replies(lambda text: f"```json\n{reply(text)}\n```"))
    assert found.case


@pytest.mark.parametrize(
    ("write", "reason"),
    [
        (lambda _: "好的，问题如下：谁？", "not JSON"),
        (lambda text: reply(text)[:-5], "not JSON"),
        (lambda _: '{"question": "谁？"}', "not the JSON asked for"),
        (lambda text: reply(text, keys="关键词"), "not the JSON asked for"),
        (lambda text: reply(text, keys=[]), "not the JSON asked for"),
        (lambda text: reply(text, question=""), "nothing to ask"),
        (lambda text: reply(text, question="谁\x1b[31m干的？"), "control characters"),
        (lambda text: reply(text, question="谁\x9b干的？"), "control characters"),
        (lambda text: reply(text, question="为什么" * 40), "question too long"),
        (lambda text: reply(text, question="Who did what in which city?"), "question in another language"),
        (lambda text: reply(text, quote="段落里没有的一句话"), "quote not in the passage"),
        (lambda text: reply(text, quote=""), "quote not in the passage"),
        (lambda text: reply(text, keys=["不在引文里"]), "key not in the quote"),
        (lambda text: reply(text, keys=[""]), "key empty or too long"),
        (lambda text: reply(text, question=f"谁说{json.loads(reply(text))['keys'][0]}？"), "question holds its key"),
    ],
)
def test_what_is_wrong_with_a_proposal_is_found_and_named(assistant, write, reason):
    found, server = proposed(assistant.store, replies(write))
    assert {p.reason for p in found} == {reason}
    assert not any(p.case for p in found)
    assert len(server.seen) == 3  # it gives up after three passages for a case wanted


def test_a_question_like_one_that_is_there_is_turned_down(assistant):
    (known,) = make(assistant.store, 1, 0, ("figure",))
    write = replies(lambda text: reply(text, question=known.query + "呢"))
    found, _ = proposed(assistant.store, write, existing=[known])
    assert {p.reason for p in found} == {"like another question"}


def test_english_questions_are_asked_for_with_their_own_prompt(assistant):
    write = replies(lambda text: reply(text, question="What did the union do there, and for whom?"))
    (found, *_), server = proposed(assistant.store, write, language="en")
    assert (found.case.lang, found.case.type) == ("en", "english")
    assert server.seen[0]["messages"][1]["content"].startswith("Paragraph:")


def test_the_same_seed_asks_about_the_same_passages(assistant):
    asked = [[p.passage for p in proposed(assistant.store, replies(reply), n=4, seed=s)[0]] for s in (1, 1, 2)]
    assert asked[0] == asked[1] != asked[2]


def test_what_came_before_the_endpoint_failed_is_kept(assistant):
    def script(h):
        if len(h.server.seen) < 3:
            return replies(reply)(h)
        h.send_error(500)
        return None

    kept = []
    with serving(script) as server:
        found = propose(assistant.store, told(server.url), 5)
        with pytest.raises(EndpointError) as caught:
            kept.extend(p.case for p in found)
    assert len(kept) == 2
    assert "answered 500" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert KEY not in str(caught.value)


def test_without_a_model_it_says_what_to_set(assistant):
    with pytest.raises(SettingsError, match="RAG_LLM_BASE_URL"):
        next(propose(assistant.store, Settings(), 1))
    with pytest.raises(InputError, match="from 1"):
        next(propose(assistant.store, told("http://127.0.0.1:9/v1"), 0))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_filled_in_prompt_is_the_golden_one(language):
    text = llm.prompt(ROOT / "prompts", language, "question", ("passage",))
    filled = text.format(passage="《标题》 福建 2025-08-28\n段落。")
    assert filled == (GOLDEN / f"question.{language}.txt").read_text("utf-8")


def test_control_characters_are_told_from_words():
    assert not unprintable("福建“法院+工会”ａ é 😀")
    assert all(map(unprintable, ("\x1b", "\n", "\u200b", "\u2028", "\x9b")))
