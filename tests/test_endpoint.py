"""What a language model's endpoint must not be able to do: lead elsewhere, send without end, take for ever, fail unnoticed."""

from __future__ import annotations

import gzip
import json
import logging
import socket
import threading
import time
from collections.abc import Callable

import pytest
from test_llm import (
    GOOD,
    KEY,
    QUESTION,
    Handler,
    Server,
    a_web_page,
    built,
    cut_in_a_chunk,
    degraded,
    says,
    serving,
    told,
)

from rag.answer import llm
from rag.answer.drafts import Draft, drafts
from rag.assistant import NOTICES, Assistant
from rag.config import ROOT, Settings
from rag.errors import CutOffError, EndpointError
from rag.types import Answer, Status, Support
from ui import render
from ui.library.census import Census
from ui.texts import TEXTS
from ui.turns import Turn

__all__ = ["built"]

FIRST = "112家单位累计投入资金773.02万元。"
SECRET = "password-in-the-address"


def ask(built, server: Server, question: str = QUESTION, **more: object) -> Answer:
    url = server.url.replace("127.0.0.1", f"user:{SECRET}@127.0.0.1")
    return Assistant(told(url, **more), *built).ask(question)


def write(server: Server, **more: object) -> str:
    return "".join(llm.write(told(server.url, **more), llm.prompt(ROOT / "prompts", "zh"), "问", "段"))


# --- where it leads -----------------------------------------------------------------------------


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("to", ["http://127.0.0.1:{port}/v1/chat/completions", "//localhost:{port}/v1"])
def test_a_redirect_is_not_followed_and_gets_neither_key_nor_question(built, code, to):
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:

        def script(h: Handler) -> None:
            h.send_response(code)
            h.send_header("Location", to.format(port=elsewhere.getsockname()[1]))
            h.send_header("Content-Length", "0")
            h.end_headers()

        with serving(script) as server:
            note = degraded(ask(built, server))
            assert len(server.seen) == 1
        elsewhere.settimeout(0.3)
        with pytest.raises(TimeoutError):
            elsewhere.accept()
    assert f"answered {code}" in note
    assert "redirects are not followed; set RAG_LLM_BASE_URL" in note


def test_a_user_in_the_address_is_sent_as_such(built):
    with serving(says(GOOD)) as server:
        assert ask(built, server).status is Status.ANSWERED
    assert server.headers_seen[0]["authorization"] == "Basic dXNlcjpwYXNzd29yZC1pbi10aGUtYWRkcmVzcw=="


# --- without end --------------------------------------------------------------------------------


class Flood:
    """A script that sends ``data`` again and again after ``begin``, and counts the bytes until the client hangs up."""

    def __init__(self, data: bytes, status: int = 200, kind: str = "text/event-stream") -> None:
        self.data, self.status, self.kind = data, status, kind
        self.sent, self.over = 0, threading.Event()

    def __call__(self, h: Handler) -> None:
        h.send_response(self.status)
        h.send_header("Content-Type", self.kind)
        h.end_headers()
        h.close_connection = True
        try:
            while self.sent < 400 * 2**20:
                h.wfile.write(self.data)
                self.sent += len(self.data)
        except OSError:
            self.over.set()


SILENT = {"index": 0, "delta": {}, "finish_reason": None}


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"x" * 65536, id="one line"),
        pytest.param(b": alive\n\n" * 4000, id="comments"),
        pytest.param(
            b"data: " + json.dumps({"choices": [SILENT], "filler": "x" * 60000}).encode() + b"\n\n", id="events"
        ),
    ],
)
def test_a_reply_without_end_is_given_up_after_so_many_bytes(data, monkeypatch):
    monkeypatch.setattr(llm, "MOST_BYTES", 4 * 2**20)
    flood = Flood(data)
    with serving(flood) as server:
        with pytest.raises(EndpointError, match="sent more than 4 MiB"):
            write(server, llm_timeout=20)
        assert flood.over.wait(20)
    # What the sockets hold between the two comes on top.
    assert 4 * 2**20 < flood.sent < 20 * 2**20


@pytest.mark.parametrize("code", [401, 500])
def test_the_body_of_an_error_is_not_read(code):
    flood = Flood(b"x" * 65536, code, "application/json")
    with serving(flood) as server:
        with pytest.raises(EndpointError, match=f"answered {code}"):
            write(server)
        assert flood.over.wait(20)
    assert flood.sent < 32 * 2**20


def test_one_piece_of_any_length_is_cut_to_the_longest():
    pieces: list[str] = []
    with serving(says("长" * 100_000)) as server, pytest.raises(CutOffError):
        pieces.extend(llm.write(told(server.url), llm.prompt(ROOT / "prompts", "zh"), "问", "段"))
    assert pieces == ["长" * llm.LONGEST]


def test_a_compressed_reply_is_not_asked_for_and_not_unpacked(built):
    def script(h: Handler) -> None:
        h.send_response(200)
        h.send_header("Content-Type", "text/event-stream")
        h.send_header("Content-Encoding", "gzip")
        body = gzip.compress(b"data: " + b"x" * 50_000_000)
        h.send_header("Content-Length", str(len(body)))
        h.end_headers()
        h.wfile.write(body)

    with serving(script) as server:
        note = degraded(ask(built, server))
    assert server.headers_seen[0]["accept-encoding"] == "identity"
    assert "no plain stream of events" in note


# --- thoughts -----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 2, 5, 1000])
@pytest.mark.parametrize(
    "text",
    [
        f"<think>投入999万元？</think>\n\n{GOOD}",
        f"<think>一</think><think>二</think>{GOOD}",
        f"<think>\n一\n</think>\n{GOOD[:9]}<think>再想想，888万元？[1]</think>{GOOD[9:]}",
        f"{GOOD}<think>对吗？</think>",
        f"<think></think>{GOOD}",
        f"<think>a < b 且 <thin 与 </thin></think>{GOOD}",
    ],
)
def test_thoughts_are_left_out_wherever_they_stand_and_however_they_come(text, size):
    pieces = [text[i : i + size] for i in range(0, len(text), size)]
    with serving(says(*pieces)) as server:
        assert write(server) == GOOD


def test_what_only_looks_like_a_tag_is_kept():
    text = "若 a<b，则<thin>与</thin 都留着。<"
    with serving(says(*text)) as server:
        assert write(server) == text


@pytest.mark.parametrize(
    ("script", "line"),
    [
        (says(f"<think>想啊想。{GOOD}"), "its thoughts do not end"),
        (says("<think>想啊想", finish="length"), "cut off by its server"),
        (says("<think>一</think>", "\n"), "the answer holds no words"),
        (says(), "the answer holds no words"),
        (says("投入大概999万元。[1]\n</think>\n", GOOD), "thinks aloud in its answer"),
    ],
)
def test_an_answer_of_thoughts_alone_is_replaced_and_the_line_says_why(built, script, line):
    with serving(script) as server:
        answer = ask(built, server)
    assert line in degraded(answer)
    assert answer.notice == NOTICES["unreachable"]["zh"]
    assert "999" not in answer.text


def test_thoughts_beside_the_answer_are_no_answer(built):
    def script(h: Handler) -> None:
        h.begin()
        for _ in range(3):
            h.event(reasoning_content="想：投入999万元？", reasoning="想")
        h.event(finish="stop")
        h.end()

    with serving(script) as server:
        assert "the answer holds no words" in degraded(ask(built, server))


# --- what is no answer --------------------------------------------------------------------------


def empty_choices(h: Handler) -> None:
    h.begin()
    for _ in range(3):
        h.send('data: {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": []}\n\n')
    h.end()


def not_utf8(h: Handler) -> None:
    h.begin()
    row = json.dumps({"choices": [{"index": 0, "delta": {"content": GOOD}}]}, ensure_ascii=False)
    data = f"data: {row}\n\n".encode("gb18030")
    h.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
    h.end()


def not_streamed(h: Handler) -> None:
    message = {"role": "assistant", "content": GOOD}
    h.begin("application/json")
    h.send(json.dumps({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}))
    h.wfile.write(b"0\r\n\r\n")


def a_call_of_a_tool(h: Handler) -> None:
    call = {
        "index": 0,
        "id": "c",
        "type": "function",
        "function": {"name": "fetch", "arguments": '{"url": "http://evil"}'},
    }
    h.begin()
    h.event(tool_calls=[call])
    h.event(finish="tool_calls")
    h.end()


def refused(code: int) -> Callable[[Handler], None]:
    def script(h: Handler) -> None:
        body = f'{{"error": {{"message": "no such key: {KEY} for {QUESTION}"}}}}'.encode()
        h.send_response(code)
        h.send_header("Content-Length", str(len(body)))
        h.end_headers()
        h.wfile.write(body)

    return script


BROKEN = [
    pytest.param(empty_choices, "the answer broke off", id="empty choices"),
    pytest.param(not_utf8, "no usable answer (UnicodeDecodeError)", id="not UTF-8"),
    pytest.param(not_streamed, "no plain stream of events; check RAG_LLM_BASE_URL", id="not streamed"),
    pytest.param(a_web_page, "no plain stream of events; check RAG_LLM_BASE_URL", id="a web page"),
    pytest.param(a_call_of_a_tool, "the answer ended with 'tool_calls'", id="a call of a tool"),
    pytest.param(cut_in_a_chunk, "the answer broke off; the connection was lost", id="connection lost in mid-sentence"),
    pytest.param(refused(401), "answered 401 to model 'm'; check RAG_LLM_API_KEY", id="401"),
    pytest.param(refused(404), "answered 404 to model 'm'; check RAG_LLM_BASE_URL and RAG_LLM_MODEL", id="404"),
    pytest.param(refused(503), "answered 503 to model 'm'; see its log", id="503"),
    pytest.param(says("济南投入9999万元。[1]"), "no supported sentence", id="inventions"),
]


@pytest.mark.parametrize(("script", "line"), BROKEN)
def test_a_failure_is_one_line_in_the_log_and_a_notice_in_the_answer(built, script, line, caplog):
    caplog.set_level(logging.INFO)
    with serving(script) as server:
        answer = ask(built, server)
    assert line in degraded(answer)
    (record,) = [r for r in caplog.records if r.levelno >= logging.WARNING]
    assert record.getMessage().startswith("answering in the archive's own words: ")
    assert line in record.getMessage()
    assert "\n" not in record.getMessage()
    assert answer.notice in {NOTICES["unreachable"]["zh"], NOTICES["unsupported"]["zh"]}
    for secret in (KEY, SECRET, QUESTION, FIRST, "773.02"):
        assert secret not in caplog.text


# --- for ever -----------------------------------------------------------------------------------


class Drip:
    """A script that says ``begin`` and then ``drop`` again and again, every hundredth of a second, until the client hangs up."""

    def __init__(self, begin: str, drop: str) -> None:
        self.begin, self.drop, self.over = begin, drop, threading.Event()

    def __call__(self, h: Handler) -> None:
        h.begin()
        h.event(self.begin)
        try:
            for _ in range(6000):
                h.event(self.drop)
                time.sleep(0.01)
        except OSError:
            self.over.set()


def test_an_answer_that_takes_too_long_is_cut_off_and_what_stands_of_it_is_shown(built, caplog):
    drip = Drip(f"{GOOD}共服务5519名职工子女。[1]这些单位还", "又")
    with serving(drip) as server:
        start = time.perf_counter()
        answer = ask(built, server, llm_seconds=2.0, llm_timeout=1.9)
        took = time.perf_counter() - start
        assert drip.over.wait(20), "the connection stayed open"
    assert 2.0 <= took < 20  # of the minute that it drips
    assert answer.status is Status.ANSWERED
    assert [s.text for s in answer.sentences] == [FIRST, "共服务5519名职工子女。"]
    assert {s.support for s in answer.sentences} == {Support.SUPPORTED}
    assert answer.notice == NOTICES["cut_off"]["zh"]
    note = f"{server.url}: the answer was cut off after 2 s"
    assert answer.trace.notes[-1] == note
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING] == [
        f"showing what a language model had finished: {note}"
    ]
    archive = render.Archive(Assistant(Settings(), *built).article, lambda: Census.of(()), "报")
    page = render.turn(Turn(1, QUESTION, answer=answer), archive, TEXTS["zh"])
    assert f'<p class="notice">{NOTICES["cut_off"]["zh"]}</p>' in page


def test_the_reader_of_english_is_told_in_english(built):
    drip = Drip(
        "112 units invested 7.7302 million yuan in Changzhou (常州)." + "".join(f"[{n}]" for n in range(1, 9)), " and"
    )
    with serving(drip) as server:
        question = "How much money did Changzhou's units invest in summer child care (暑托班)?"
        answer = ask(built, server, question, llm_seconds=2.0, llm_timeout=1.9)
    assert answer.notice == NOTICES["cut_off"]["en"]
    assert answer.text == "112 units invested 7.7302 million yuan in Changzhou (常州)."


@pytest.mark.parametrize(
    ("begin", "notice"), [("112家单位累计投入", "unreachable"), ("济南投入9999万元。[1]北京", "unsupported")]
)
def test_a_cut_off_answer_of_which_nothing_stands_is_replaced(built, begin, notice):
    with serving(Drip(begin, "又")) as server:
        answer = ask(built, server, llm_seconds=2.0, llm_timeout=1.9)
    assert "cut off after 2 s" in degraded(answer)
    assert answer.notice == NOTICES[notice]["zh"]


def test_a_model_that_says_nothing_until_its_time_is_up_is_answered_for(built):
    with serving(Drip("", "")) as server:
        assert "no words within 0.8 s" in degraded(ask(built, server, llm_seconds=0.8, llm_timeout=5))


def test_an_answer_that_its_server_cuts_short_says_so(built):
    with serving(says(GOOD, "共服务5519名职", finish="length")) as server:
        answer = ask(built, server)
    assert (answer.status, answer.text) == (Status.ANSWERED, FIRST)
    assert answer.notice == NOTICES["cut_off"]["zh"]
    assert "after as many tokens as that allows" in answer.trace.notes[-1]


@pytest.mark.parametrize(
    ("begun", "whole"),
    [
        ("甲[1]。乙", ["甲。"]),
        ("甲。[1]", ["甲。"]),
        ("甲[1]", []),
        ("甲。", []),
        ("甲。[1", []),
        ("It grew. [1] They spent 7.", ["It grew."]),
        ("They spent 7.[1]", []),
        ("甲[1]。乙[2]，但", ["甲。"]),
    ],
)
def test_of_words_cut_off_only_whole_sentences_with_their_marks_are_kept(begun, whole):
    def pieces():
        yield from begun
        raise CutOffError("cut")

    kept: list[Draft] = []
    with pytest.raises(CutOffError, match="cut"):
        kept.extend(draft for draft, _ in drafts(pieces()) if draft is not None)
    assert [draft.text for draft in kept] == whole
