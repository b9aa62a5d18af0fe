"""The HTTP API: what it gives, what it refuses, and that it neither blocks nor lets in whom it should not."""

import asyncio
import json
import logging
import re
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx
import openai
import pytest
from attacks import ATTACKS
from fastapi import FastAPI
from fastapi.testclient import TestClient
from newsroom import BAISE, GANSU, HOSTILE, Newsroom, answered, cite
from test_render import Elements

from rag.config import load
from rag.errors import BrokenIndexError, SettingsError
from rag.types import Answer, Filters, Kind, Partial, Progress, Sentence, Status, Step, Support
from ui import api, ranges, reader, turns
from ui.app import MOST_BYTES, Headers
from ui.completions import MODEL
from ui.counters import Counters
from ui.door import MOST_CALLERS, Door, Limit
from ui.texts import EN, QUESTION_LIMIT, ZH
from ui.turns import Slots, Turn

KEY, OTHER = "a-key-of-some-length-甲", "another-key-of-length"
BEARER = {"Authorization": f"Bearer {KEY}".encode()}


def application(newsroom=None, slots=None, **settings):
    """The application without the chat: gradio takes seconds and has its own tests."""
    wanted = load(**settings)
    slots = slots or Slots()
    app = FastAPI(title="t", docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    app.add_middleware(Headers)
    newsroom = newsroom or Newsroom()
    reader.add(app, newsroom, wanted)
    api.add(app, api.Service(newsroom, wanted, slots, Door(wanted), Counters(slots)))
    return app


def called(app):
    """A client on the machine that serves."""
    return TestClient(app, base_url="http://127.0.0.1:7860")


@pytest.fixture
def newsroom():
    return Newsroom()


@pytest.fixture
def client(newsroom):
    with called(application(newsroom)) as client:
        yield client


def refusal(answer, status, kind):
    """The message of an error that must have this status and type, and no more than these two fields."""
    assert answer.status_code == status, answer.text
    said = answer.json()
    assert list(said) == ["error"]
    assert set(said["error"]) == {"message", "type"}
    assert said["error"]["type"] == kind
    assert "\n" not in said["error"]["message"]
    return said["error"]["message"]


def events(answer):
    """The events of a stream, read as a browser does."""
    assert answer.headers["content-type"].startswith("text/event-stream")
    found = []
    for block in answer.text.strip("\n").split("\n\n"):
        name, data = block.split("\n")
        assert name.startswith("event: ")
        assert data.startswith("data: ")
        found.append((name[7:], json.loads(data[6:])))
    return found


# --- asking -------------------------------------------------------------------------------------


def test_an_answer_holds_all_it_rests_on_and_each_citation_leads_to_its_words_in_the_reader(client):
    said = client.post("/api/ask", json={"question": "百色怎么做？"}).json()
    assert (said["status"], said["refused"], said["understood_as"]) == ("answered", False, "百色怎么做？")
    assert [(s["support"], s["citations"]) for s in said["sentences"]] == [
        ("supported", [1]),
        ("weak", [2]),
        ("supported", [3, 1]),
        ("unsupported", []),
    ]
    assert said["answer"] == "".join(s["text"] for s in said["sentences"])
    assert said["trace"]["index_id"] == "test-index"
    for cited, kept in zip(said["citations"], answered("").citations, strict=True):
        assert kept.passage.text[cited["start"] : cited["end"]] == cited["quote"]
        at = urlsplit(cited["read"])
        page = client.get(f"{at.path}?{at.query}")
        shown = re.search(r'<mark class="asked"[^>]*>([^<]*)</mark>', page.text)
        assert shown[1] == cited["quote"]
    assert {p["article_id"] for p in said["passages"]} == {"a-baise", "a-gansu", "a-yunnan"}


def test_history_and_filters_reach_the_assistant_and_the_languages_its_links(client, newsroom):
    asked = {
        "question": " 那甘肃呢？ ",
        "history": ["百色怎么做？"],
        "language": "en",
        "filters": {"place": "广西", "since": "2024"},
    }
    said = client.post("/api/ask", json=asked).json()
    assert newsroom.asked == [("那甘肃呢？", ("百色怎么做？",))]
    assert newsroom.filtered == [Filters(since="2024", place="广西")]
    assert "lang=en" in said["citations"][0]["read"]
    client.post("/api/ask", json={"question": "百色"})
    assert newsroom.filtered[-1] is None


def test_a_refusal_is_an_answer_without_citations(client):
    said = client.post("/api/ask", json={"question": "火星"}).json()
    assert (said["status"], said["refused"], said["citations"], said["sentences"]) == ("no_evidence", True, [], [])


def test_a_stream_tells_steps_references_before_the_sentences_that_need_them_and_at_last_the_whole_answer(client):
    asked = {"question": "百色怎么做？"}
    stream = client.post("/api/ask", json=asked, headers={"Accept": "text/event-stream"})
    found = events(stream)
    names = [name for name, _ in found]
    assert names[:2] == ["status", "status"]
    assert names[-1] == "done"
    assert names.count("done") == 1
    assert [d["step"] for n, d in found if n == "status"] == ["understand", "search", "write", "check"]
    known = set()
    for name, data in found:
        if name == "references":
            known |= {c["n"] for c in data["citations"]}
        if name == "sentence":
            assert set(data["citations"]) <= known
    whole = client.post("/api/ask", json=asked).json()
    assert [d for n, d in found if n == "sentence"] == whole["sentences"]
    apart = {"seconds": 0, "token": ""}
    assert {**found[-1][1], **apart} == {**whole, **apart}


def test_what_did_not_stand_the_check_is_taken_back_in_a_stream():
    quote = cite(1, GANSU, "今年初夏，40名快递员")
    first = Sentence("编造的话。", Support.UNSUPPORTED)
    last = Sentence(quote.quote, Support.SUPPORTED, (quote,))

    class Wavering(Newsroom):
        def stream(self, question, history=(), filters=None):
            yield Progress(Step.WRITE, 0.0)
            yield Partial((first,))
            time.sleep(0.5)  # else the partial answer is overtaken
            yield Answer(question, question, Status.DEGRADED, (last,), (), answered("").trace, "摘录")

    with called(application(Wavering())) as client:
        found = events(client.post("/api/ask", json={"question": "问"}, headers={"Accept": "text/event-stream"}))
        assert [n for n, _ in found] == ["status", "sentence", "restart", "references", "sentence", "done"]
        body = {"model": MODEL, "messages": [{"role": "user", "content": "问"}], "stream": True}
        told = client.post("/v1/chat/completions", json=body).text
        assert told.index("编造") < told.index(ZH.restart) < told.index("40名快递员")


@pytest.mark.parametrize(
    ("body", "status", "where"),
    [
        ({}, 422, "question"),
        ({"question": ""}, 422, "question"),
        ({"question": "  "}, 422, "question"),
        ({"question": "问" * (QUESTION_LIMIT + 1)}, 422, f"this one has {QUESTION_LIMIT + 1}"),
        ({"question": 7}, 422, "question"),
        ({"question": "\ud800"}, 422, "question"),
        ({"question": "问", "model": "x"}, 422, "model"),
        ({"question": "问", "history": "甲"}, 422, "history"),
        ({"question": "问", "history": ["甲"] * 51}, 422, "history"),
        ({"question": "问", "history": ["问" * 501]}, 422, "history.0"),
        ({"question": "问", "language": "fr"}, 422, "language"),
        ({"question": "问", "filters": {"since": "gestern"}}, 422, "since: 'gestern' is no date"),
        ({"question": "问", "filters": {"city": "x"}}, 422, "filters.city"),
        ({"question": "问", "filters": {"kind": "poem"}}, 422, "filters.kind"),
        ([], 422, ""),
    ],
)
def test_a_request_that_makes_no_sense_is_told_so_in_one_line_and_asks_nothing(client, newsroom, body, status, where):
    sent = json.dumps(body)  # with \u escapes, as a surrogate can only be sent
    message = refusal(
        client.post("/api/ask", content=sent, headers={"Content-Type": "application/json"}), status, "invalid_request"
    )
    assert where in message
    assert newsroom.asked == []


def test_a_form_of_another_site_cannot_ask_since_it_cannot_send_json(client, newsroom):
    body = json.dumps({"question": "问"})
    for headers in ({}, {"Content-Type": "text/plain"}, {"Content-Type": "application/x-www-form-urlencoded"}):
        refusal(client.post("/api/ask", content=body, headers=headers), 422, "invalid_request")
    assert newsroom.asked == []
    assert (
        "access-control-allow-origin" not in client.get("/healthz", headers={"Origin": "http://evil.example"}).headers
    )


def test_what_is_no_json_is_told_so(client):
    for content in (b"{", b"\xff\xfe", b""):
        answer = client.post("/api/ask", content=content, headers={"Content-Type": "application/json"})
        assert answer.status_code in {400, 422}
        assert answer.json()["error"]["message"]


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_is_too_large_is_refused_also_in_chunks_that_tell_no_length(client, newsroom, chunked):
    body = json.dumps({"question": "问" * MOST_BYTES}).encode()
    content = (body[n : n + 4096] for n in range(0, len(body), 4096)) if chunked else body
    answer = client.post("/api/ask", content=content, headers={"Content-Type": "application/json"})
    assert "256 KiB" in refusal(answer, 413, "too_large")
    assert newsroom.asked == []


@pytest.mark.parametrize(("question", "status", "kind"), [("出错", 500, "failed"), ("断线", 503, "model_failed")])
def test_a_failure_has_a_reference_and_none_of_its_detail(client, caplog, question, status, kind):
    message = refusal(client.post("/api/ask", json={"question": question}), status, kind)
    assert "secret" not in message
    assert "10.0.0.1" not in message
    (reference,) = re.findall(r"[0-9a-f]{6}", message)
    assert reference in caplog.text
    found = events(client.post("/api/ask", json={"question": question}, headers={"Accept": "text/event-stream"}))
    assert found[-1][0] == "error"
    assert found[-1][1]["error"]["type"] == kind


# --- places, and the event loop -----------------------------------------------------------------


async def until(condition):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


def test_a_question_in_work_blocks_nothing_the_next_waits_and_one_too_many_is_told_when_to_come_again():
    newsroom, slots = Newsroom(), Slots(running=1, waiting=1)
    app = application(newsroom, slots)

    async def play():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            first = asyncio.create_task(client.post("/api/ask", json={"question": "慢一"}))
            await until(lambda: len(newsroom.asked) == 1)
            alive = await asyncio.wait_for(client.get("/healthz"), 20)
            second = asyncio.create_task(
                client.post("/api/ask", json={"question": "二"}, headers={"Accept": "text/event-stream"})
            )
            await until(lambda: slots.taken == 2)
            third = await asyncio.wait_for(client.post("/api/ask", json={"question": "三"}), 20)
            body = {"model": MODEL, "messages": [{"role": "user", "content": "四"}], "stream": True}
            fourth = await asyncio.wait_for(client.post("/v1/chat/completions", json=body), 20)
            counts = (await client.get("/metrics")).text
            newsroom.go.set()
            return alive, third, fourth, counts, await first, await second

    alive, third, fourth, counts, first, second = asyncio.run(play())
    assert alive.json() == {"status": "alive"}
    for late in (third, fourth):
        assert refusal(late, 503, "busy") == ZH.busy
        assert int(late.headers["retry-after"]) > 0
    assert first.json()["status"] == "answered"
    assert events(second)[0] == ("status", {"step": "waiting", "ahead": 1})
    assert events(second)[-1][0] == "done"
    assert "rag_questions_in_work 2.0" in counts
    assert 'rag_questions_total{status="busy"} 2.0' in counts
    assert [q for q, _ in newsroom.asked] == ["慢一", "二"]
    assert slots.taken == 0


def test_a_reader_who_leaves_a_stream_ends_the_question():
    newsroom = Newsroom(pause=0.05)
    slots = Slots(running=1, waiting=0)
    app = application(newsroom, slots)

    async def play():
        body = json.dumps({"question": "慢"}).encode()
        sent, gone = [], asyncio.Event()

        async def receive():
            if not sent:
                sent.append("body")
                return {"type": "http.request", "body": body, "more_body": False}
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message):
            if b"event: sentence" in message.get("body", b""):
                gone.set()

        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "POST",
            "path": "/api/ask",
            "raw_path": b"/api/ask",
            "root_path": "",
            "query_string": b"",
            "scheme": "http",
            "server": ("t", 80),
            "client": ("1.2.3.4", 5),
            "headers": [
                (b"host", b"127.0.0.1"),
                (b"content-type", b"application/json"),
                (b"accept", b"text/event-stream"),
            ],
        }
        await asyncio.wait_for(app(scope, receive, send), 30)
        newsroom.go.set()
        await until(lambda: slots.taken == 0)
        return gone.is_set()

    assert asyncio.run(play())


# --- searching and listing ----------------------------------------------------------------------


def test_a_search_gives_passages_with_their_place_in_the_reader(client):
    (found,) = client.get("/api/search", params={"q": "边境乡镇工会", "k": 3}).json()["passages"]
    assert (found["article_id"], found["text"]) == ("a-baise", BAISE.text)
    assert urlsplit(found["read"]).query == f"s=0-{len(BAISE.text)}&lang=zh"
    assert client.get("/api/search", params={"q": "边境乡镇工会", "since": "2024"}).json() == {"passages": []}
    empty = {"place": "", "kind": "", "since": "", "until": "", "reporter": "", "source": ""}
    assert len(client.get("/api/search", params={"q": "边境乡镇工会", **empty}).json()["passages"]) == 1


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("", "q"),
        ("q=", "q"),
        ("q=x&k=0", "k"),
        ("q=x&k=101", "k"),
        ("q=x&k=a", "k"),
        ("q=x&since=x", "since"),
        ("q=x&color=red", "color"),
    ],
)
def test_a_search_that_makes_no_sense_is_told_so(client, query, where):
    assert where in refusal(client.get(f"/api/search?{query}"), 422, "invalid_request")


def test_articles_are_listed_by_part_and_filter_and_given_whole(client):
    listed = client.get("/api/articles", params={"offset": 1, "limit": 2}).json()
    assert (listed["total"], listed["offset"]) == (4, 1)
    assert [a["id"] for a in listed["articles"]] == ["a-baise", "a-yunnan"]
    assert "paragraphs" not in listed["articles"][0]
    assert client.get("/api/articles", params={"kind": "document"}).json()["total"] == 1
    assert client.get("/api/articles", params={"reporter": "鹿慧敏"}).json()["articles"][0]["id"] == "a-baise"
    whole = client.get("/api/articles/a-baise").json()
    assert whole["paragraphs"] == list(BAISE.paragraphs)
    assert whole["published_why"] == "2023年"
    assert client.get(urlsplit(whole["read"]).path).status_code == 200
    assert "GET /api/articles" in refusal(client.get("/api/articles/no"), 404, "not_found")
    refusal(client.get("/api/articles?limit=201"), 422, "invalid_request")
    refusal(client.get("/api/articles?offset=-1"), 422, "invalid_request")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/nothing", 404),
        ("POST", "/v1/embeddings", 404),
        ("GET", "/api/ask", 405),
        ("DELETE", "/v1/chat/completions", 405),
        ("POST", "/healthz", 405),
    ],
)
def test_an_address_that_is_none_is_told_so_in_json(client, method, path, status):
    refusal(client.request(method, path), status, "not_found" if status == 404 else "method_not_allowed")


# --- the server ---------------------------------------------------------------------------------


def test_it_is_alive_and_ready_while_the_index_can_be_read(client):
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").json() == {"status": "ready", "index": "test-index", "articles": 4}

    class Broken(Newsroom):
        @property
        def articles(self):
            raise BrokenIndexError("/secret/path is damaged")

        @articles.setter
        def articles(self, value):
            pass

    with called(application(Broken())) as other:
        assert other.get("/healthz").status_code == 200
        assert "/secret" not in refusal(other.get("/readyz"), 503, "index_failed")


def test_questions_are_counted_by_what_became_of_them_and_never_told(client):
    for question in ("百色", "百色二", "火星", "快递员", "出错"):
        client.post("/api/ask", json={"question": question})
    counts = client.get("/metrics")
    assert counts.headers["content-type"].startswith("text/plain; version=")
    for line in (
        'rag_questions_total{status="answered"} 2.0',
        'rag_questions_total{status="no_evidence"} 1.0',
        'rag_questions_total{status="degraded"} 1.0',
        'rag_questions_total{status="failed"} 1.0',
        "rag_refusals_total 1.0",
        "rag_answer_seconds_count 4.0",
        "rag_questions_in_work 0.0",
    ):
        assert line in counts.text
    assert "百色" not in counts.text


def test_a_question_whose_reader_left_is_counted_as_stopped():
    slots = Slots()
    counters = Counters(slots)

    async def play():
        growing = turns.run(Newsroom(pause=0.02), Turn(1, "百色"), (), slots)
        await anext(growing)
        await growing.aclose()

    asyncio.run(play())
    assert b'rag_questions_total{status="stopped"} 1.0' in counters.text()
    assert b"rag_answer_seconds_count 0.0" in counters.text()


def test_the_document_names_every_route_and_every_route_is_on_the_page(client):
    document = client.get("/api/openapi.json").json()
    assert set(document["paths"]) == {
        "/api/ask",
        "/api/search",
        "/api/articles",
        "/api/articles/{article_id}",
        "/healthz",
        "/readyz",
        "/metrics",
        "/v1/chat/completions",
        "/v1/models",
        "/v1/models/{model}",
    }
    assert "HTTPBearer" in document["components"]["securitySchemes"]
    assert "HTTPValidationError" not in document["components"]["schemas"]
    answer = client.get("/api")
    assert "script" not in answer.headers["content-security-policy"].split(";", 1)[0]
    page = Elements(answer.text)
    assert not page.open
    for path, calls in document["paths"].items():
        for method in calls:
            assert f"{method.upper()} {path}" in page.text
    for name in ("filters.place", "filters.kind", "messages[].role", "messages[].content", "article_id", "offset"):
        assert name in page.text
    assert "news, photo, continuation" in page.text
    assert not [a for _, a in page.tags if "src" in a or a.get("href", "").startswith("http")]


# --- keys and limits ----------------------------------------------------------------------------

DOORS = [
    ("POST", "/api/ask", {"question": "百色"}),
    ("GET", "/api/search?q=x", None),
    ("GET", "/api/articles", None),
    ("GET", "/api/articles/a-baise", None),
    ("GET", "/metrics", None),
    ("GET", "/v1/models", None),
    ("GET", f"/v1/models/{MODEL}", None),
    ("POST", "/v1/chat/completions", {"model": MODEL, "messages": [{"role": "user", "content": "百色"}]}),
]
WITH_KEYS = {"api_keys": (KEY, OTHER)}


def test_every_route_that_tells_of_the_archive_is_behind_the_door(client):
    open_to_all = {"/healthz", "/readyz"}
    paths = {path.split("?")[0] for _, path, _ in DOORS}
    named = {re.sub(r"\{.*?\}", "", p) for p in client.get("/api/openapi.json").json()["paths"]} - open_to_all
    assert {p.replace("a-baise", "").replace(f"models/{MODEL}", "models/") for p in paths} == named


@pytest.mark.parametrize(("method", "path", "body"), DOORS)
def test_with_keys_only_who_has_one_comes_in(method, path, body, caplog):
    caplog.set_level(logging.DEBUG)
    with called(application(**WITH_KEYS)) as client:
        for headers in (
            {},
            {"Authorization": "Bearer wrong"},
            {"Authorization": f"Basic {OTHER}"},
            {"Authorization": "Bearer "},
        ):
            answer = client.request(method, path, json=body, headers=headers)
            refusal(answer, 401, "unauthorized")
            assert answer.headers["www-authenticate"] == "Bearer"
        for key in (KEY, OTHER):
            assert client.request(
                method, path, json=body, headers={"Authorization": f"Bearer {key}".encode()}
            ).is_success
        joined = "&" if "?" in path else "?"
        refusal(client.request(method, f"{path}{joined}api_key={OTHER}", json=body), 401, "unauthorized")
    told = caplog.text.replace(f"api_key={OTHER}", "")  # httpx, the client here, tells what it sends
    assert KEY not in told
    assert OTHER not in told


@pytest.mark.parametrize(("method", "path", "body"), DOORS)
def test_where_others_can_reach_it_the_api_is_closed_without_keys_unless_opened(method, path, body):
    with called(application(host="0.0.0.0")) as client:
        assert "RAG_API_KEYS" in refusal(client.request(method, path, json=body), 403, "closed")
        assert client.get("/healthz").is_success
        assert "RAG_API_KEYS" in client.get("/api").text
    with called(application(host="0.0.0.0", api_anonymous=True)) as client:
        assert client.request(method, path, json=body).is_success
    with called(application(host="0.0.0.0", **WITH_KEYS)) as client:
        refusal(client.request(method, path, json=body), 401, "unauthorized")
        assert client.request(method, path, json=body, headers=BEARER).is_success


BY_PROXY = [
    {"X-Forwarded-For": "203.0.113.9"},
    {"X-Forwarded-Proto": "https"},
    {"Forwarded": "for=203.0.113.9"},
    {"X-Real-IP": "127.0.0.1"},
    {"Via": "1.1 rag"},
    {"Host": "rag.example.org"},
    {"Host": "127.0.0.1.example.org"},
    {"Host": ""},
]


@pytest.mark.parametrize("told", BY_PROXY)
@pytest.mark.parametrize(("method", "path", "body"), DOORS)
def test_what_a_proxy_on_the_same_machine_passes_on_is_not_local(method, path, body, told, newsroom):
    with called(application(newsroom)) as client:
        assert client.request(method, path, json=body).is_success
        asked = list(newsroom.asked)
        answer = client.request(method, path, json=body, headers=told)
        assert refusal(answer, 401, "unauthorized") == ZH.api_elsewhere
        assert newsroom.asked == asked
        joined = "&" if "?" in path else "?"
        english = client.request(method, f"{path}{joined}lang=en", json=body, headers=told)
        assert refusal(english, 401, "unauthorized") == EN.api_elsewhere
    with called(application(api_anonymous=True)) as client:
        assert client.request(method, path, json=body, headers=told).is_success
    with called(application(**WITH_KEYS)) as client:
        refusal(client.request(method, path, json=body, headers=told), 401, "unauthorized")
        assert client.request(method, path, json=body, headers={**told, **BEARER}).is_success


@pytest.mark.parametrize("told", BY_PROXY)
def test_the_page_on_the_api_says_on_what_terms_who_reads_it_may_call(client, told):
    assert ZH.api_open in client.get("/api").text
    assert ZH.api_elsewhere in client.get("/api", headers=told).text


@pytest.mark.parametrize(
    "named",
    [
        {"hosts": ("127.0.0.1",)},
        {"root_path": "/rag"},
        {"proxy_address": "127.0.0.1", "proxy_user_header": "X-Remote-User"},
    ],
)
def test_settings_that_name_a_proxy_close_the_api_without_keys_even_to_calls_that_tell_nothing_of_it(named):
    with called(application(**named)) as client:
        assert refusal(client.get("/api/search?q=x"), 403, "closed") == ZH.api_closed
    with called(application(**named, api_anonymous=True)) as client:
        assert client.get("/api/search?q=x").is_success
    with called(application(**named, **WITH_KEYS)) as client:
        assert client.get("/api/search?q=x", headers=BEARER).is_success


def test_a_wrong_key_is_refused_even_where_none_is_needed():
    with called(application(api_anonymous=True, **WITH_KEYS)) as client:
        assert client.get("/v1/models").is_success
        refusal(client.get("/v1/models", headers={"Authorization": "Bearer wrong"}), 401, "unauthorized")


@dataclass
class Clock:
    now: float = 1000.0
    calls: list = field(default_factory=list)

    def __call__(self):
        return self.now


def test_so_many_a_minute_and_then_the_seconds_to_wait():
    clock = Clock()
    limit = Limit(3, clock)
    waits = []
    for second in (0, 10, 20, 30, 59, 60, 61, 70):
        clock.now = 1000 + second
        waits.append(limit.take("one"))
    assert waits == [0, 0, 0, 30, 1, 0, 9, 0]
    assert limit.take("other") == 0


def test_callers_that_are_quiet_are_forgotten():
    clock = Clock()
    limit = Limit(1, clock)
    for n in range(MOST_CALLERS):
        limit.take(str(n))
    clock.now += 61
    limit.take("new")
    assert len(limit._calls) == 1


def test_too_many_questions_a_minute_are_told_when_to_come_again_each_key_for_itself():
    with called(application(api_per_minute=2, **WITH_KEYS)) as client:
        one, other = BEARER, {"Authorization": f"Bearer {OTHER}"}
        assert client.get("/api/search?q=x", headers=one).is_success
        assert client.post("/api/ask", json={"question": "百色"}, headers=one).is_success
        body = {"model": MODEL, "messages": [{"role": "user", "content": "百色"}]}
        late = client.post("/v1/chat/completions", json=body, headers=one)
        refusal(late, 429, "rate_limit")
        assert 1 <= int(late.headers["retry-after"]) <= 60
        assert client.get("/api/articles", headers=one).is_success
        assert client.get("/api/search?q=x", headers=other).is_success


def test_keys_come_from_a_variable_or_a_list_and_no_message_or_record_repeats_them(monkeypatch):
    monkeypatch.setenv("RAG_API_KEYS", f"{KEY}, {OTHER},")
    settings = load()
    assert [k.get_secret_value() for k in settings.api_keys] == [KEY, OTHER]
    assert KEY not in repr(settings)
    assert KEY not in repr(Door(settings).__dict__)
    monkeypatch.setenv("RAG_API_KEYS", f"{KEY},short-secret")
    with pytest.raises(SettingsError, match="fewer than 16 characters") as caught:
        load()
    assert "short-secret" not in str(caught.value)
    assert KEY not in str(caught.value)


# --- OpenAI's form ------------------------------------------------------------------------------


@dataclass
class Served:
    port: int
    newsroom: Newsroom


@pytest.fixture(scope="module")
def served():
    """The application on a port of this machine, with a key."""
    import uvicorn

    from ui.app import listen

    newsroom = Newsroom(pause=0.02)
    bound = listen("127.0.0.1", 0, ZH)
    config = uvicorn.Config(application(newsroom, **WITH_KEYS), log_level="error", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[bound])))
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    yield Served(bound.getsockname()[1], newsroom)
    server.should_exit = True
    thread.join(10)
    bound.close()


@pytest.fixture
def library(served):
    with openai.OpenAI(
        base_url=f"http://127.0.0.1:{served.port}/v1", api_key=OTHER, max_retries=0, timeout=30
    ) as library:
        yield library


def test_the_library_of_openai_names_the_model_asks_it_and_gets_sources(served, library):
    (model,) = library.models.list().data
    assert model.id == MODEL
    assert library.models.retrieve(MODEL).id == MODEL
    messages = [
        {"role": "system", "content": "You are a pirate."},
        {"role": "user", "content": "百色怎么做？"},
        {"role": "assistant", "content": "……"},
        {"role": "user", "content": [{"type": "text", "text": "那甘肃呢？"}]},
    ]
    reply = library.chat.completions.create(model=MODEL, messages=messages, temperature=0.3)
    assert served.newsroom.asked[-1] == ("那甘肃呢？", ("百色怎么做？",))
    (choice,) = reply.choices
    assert choice.finish_reason == "stop"
    text = choice.message.content
    assert text.startswith("百色市、县两级总工会")
    assert "职工之家。[1] 2022年" in text
    assert "[2]（依据较弱）" in text
    assert re.findall(r"^(\d)\. 《", text, re.MULTILINE) == ["1", "2", "3"]
    assert [c["n"] for c in reply.citations] == [1, 2, 3]
    assert all(f"<{c['read']}>" in text for c in reply.citations)
    assert httpx.get(reply.citations[0]["read"]).status_code == 200


def test_streamed_it_says_the_same_piece_by_piece(library):
    asked = {"model": MODEL, "messages": [{"role": "user", "content": "百色怎么做？"}]}
    whole = library.chat.completions.create(**asked)
    chunks = list(library.chat.completions.create(**asked, stream=True))
    text = "".join(c.choices[0].delta.content or "" for c in chunks)
    assert text.split() == whole.choices[0].message.content.split()
    assert len([c for c in chunks if c.choices[0].delta.content]) >= 4
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert chunks[-1].citations == whole.citations
    assert chunks[0].choices[0].delta.role == "assistant"
    assert len({c.id for c in chunks}) == 1


def test_a_refusal_says_so_and_lists_no_sources(library):
    for stream in (False, True):
        reply = library.chat.completions.create(
            model=MODEL, messages=[{"role": "user", "content": "火星"}], stream=stream
        )
        text = "".join(c.choices[0].delta.content or "" for c in reply) if stream else reply.choices[0].message.content
        assert text == ZH.refusal + "。"


def test_errors_are_those_the_library_knows(served, library):
    def asked(content="百色", **more):
        return library.chat.completions.create(
            **{"model": MODEL, "messages": [{"role": "user", "content": content}], **more}
        )

    with pytest.raises(openai.NotFoundError, match="union-rag"):
        asked(model="gpt-4")
    with pytest.raises(openai.UnprocessableEntityError, match="501"):
        asked("问" * 501)
    with pytest.raises(openai.UnprocessableEntityError, match="the last one must be the user's"):
        asked(messages=[{"role": "user", "content": "百色"}, {"role": "assistant", "content": "x"}])
    with pytest.raises(openai.UnprocessableEntityError, match="the last one must be the user's"):
        asked(messages=[{"role": "user", "content": "百色"}, {"role": "user", "content": " "}])
    with pytest.raises(openai.UnprocessableEntityError, match="messages"):
        asked(messages=[])
    with pytest.raises(openai.UnprocessableEntityError, match="n:"):
        asked(n=2)
    with pytest.raises(openai.InternalServerError):
        asked("出错")
    with pytest.raises(openai.APIError, match="管理员"):
        list(asked("出错", stream=True))
    with (
        openai.OpenAI(base_url=f"http://127.0.0.1:{served.port}/v1", api_key="wrong", max_retries=0) as stranger,
        pytest.raises(openai.AuthenticationError),
    ):
        stranger.models.list()


def test_texts_of_reports_are_no_markdown_and_no_markup_in_it(library):
    reply = library.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": f"攻击{ATTACKS[0]}"}])
    text = reply.choices[0].message.content
    assert "\\[x\\](javascript:window\\.pwned=1)" in text
    assert "!\\[x\\](http\\://evil\\.example/x\\.png)" in text
    assert not re.search(r"(?<!\\)<(?!http://127\.0\.0\.1)", text)
    assert not re.search(r"(?<!\\)\]\(", text)
    quoted = [c["quote"] for c in reply.citations]
    assert all(any(attack in q for q in quoted) for attack in ATTACKS)


# --- the real assistant -------------------------------------------------------------------------


def test_over_the_five_pages_a_filter_keeps_answers_and_lists_to_what_it_lets_pass(assistant):
    with called(application(assistant)) as client:
        asked = {"question": "青海建了多少个户外劳动者服务站点？"}
        said = client.post("/api/ask", json=asked).json()
        assert said["status"] == "answered"
        for cited in said["citations"]:
            at = urlsplit(cited["read"])
            shown = client.get(f"{at.path}?{at.query}").text
            assert f'id="mark" tabindex="-1" autofocus>{cited["quote"][:6]}' in shown
        elsewhere = client.post("/api/ask", json={**asked, "filters": {"place": "福建"}}).json()
        provinces = {a.id: a.province for a in assistant.articles}
        assert {provinces[p["article_id"]] for p in elsewhere["passages"]} <= {"福建"}
        assert elsewhere["refused"] or said["answer"] != elsewhere["answer"]
        everything = client.get("/api/articles", params={"limit": 200}).json()
        assert everything["total"] == len(assistant.articles) == len(everything["articles"])
        photos = client.get("/api/articles", params={"kind": "photo", "limit": 200}).json()
        assert [a["id"] for a in photos["articles"]] == [a.id for a in assistant.articles if a.kind is Kind.PHOTO]
        assert client.get("/readyz").is_success
        assert len(client.get("/api/search", params={"q": "工会妈妈小屋", "k": 3}).json()["passages"]) == 3


def test_every_article_of_the_five_pages_can_be_read(assistant):
    with called(application(assistant)) as client:
        for article in assistant.articles:
            page = client.get("/" + ranges.link(article.id, [(0, max(1, len(article.text)))]))
            assert page.status_code == 200
            shown = Elements(page.text)
            assert not shown.open
            assert all(paragraph in shown.text for paragraph in article.paragraphs)


def test_a_hostile_article_is_json_and_nothing_else(client):
    answer = client.get(f"/api/articles/{HOSTILE.id}")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.json()["paragraphs"] == list(HOSTILE.paragraphs)
