"""The whole server as one who means it harm finds it: what can be reached, under which headers, and by whose pages."""

import asyncio
import json
import re
import socket
import threading
import time
from dataclasses import replace
from itertools import count

import httpx
import pytest
from fastapi.testclient import TestClient
from newsroom import ARTICLES, Newsroom

from rag.config import load
from ui.app import HEADERS, MOST_BYTES, create, listen
from ui.door import MOST_WRONG, Guesses
from ui.live import Live
from ui.narrow import closed
from ui.texts import ZH
from ui.turns import Slots

# While it counts its requests gradio uses what pandas is about to drop.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*no_silent_downcasting"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
]

HERE = "http://127.0.0.1:7860"
EVIL = "http://evil.example"
PATHS = """/ /api /api/openapi.json /api/articles /api/nothing /library /library/admin /library/sign-in /library/nothing /read/a-baise
/read/nothing /quality /quality/report /demo /embed/demo /embed/nothing /widget.js /healthz /readyz /metrics /word/x /table/x /v1/models
/config /theme.css /favicon.ico /robots.txt /static/x /assets/x /gradio_api/info /nothing""".split()
LIBRARY = ("/library", "/library/admin", "/library/sign-in")
"""Whose forms tell by it that they were sent from here."""
PASSWD = """/read/..%2f..%2fetc%2fpasswd /read/%2e%2e/%2e%2e/etc/passwd /read/....//etc/passwd /library/article/..%2f..%2fetc%2fpasswd
/library/preview/..%2f..%2f..%2fetc%2fpasswd /library/preview/%2e%2e /word/..%2f..%2fetc%2fpasswd /static/..%2f..%2f..%2f..%2fetc/passwd
/assets/..%2f..%2f..%2fetc/passwd /svelte/..%2f..%2f..%2fetc/passwd /widget/..%2f..%2fetc/passwd /gradio_api/file=/etc/passwd
/gradio_api/file=../../../../etc/passwd /gradio_api/file/etc/passwd /file=/etc/passwd //etc/passwd /api/articles/..%2f..%2fetc%2fpasswd""".split()


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shut")
    wanted = load(feedback=folder / "feedback.sqlite", store=folder / "index" / "default", runs=folder / "runs")

    async def make():  # in a running loop: gradio otherwise makes one and never closes it
        return create(Live(Newsroom()), wanted)

    return asyncio.run(make())


@pytest.fixture(scope="module")
def client(app):
    return TestClient(app, base_url=HERE, follow_redirects=False, raise_server_exceptions=False)


# --- headers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
def test_whatever_is_answered_keeps_the_browser_at_home(client, path):
    """A policy that names nobody else and says who may frame, no guessing of types, and no address given away."""
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert re.search(r"frame-ancestors 'self'|frame-ancestors 'none'", policy)
    assert "http" not in policy
    assert "*" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == ("same-origin" if path in LIBRARY else "no-referrer")
    assert headers.get_list("referrer-policy") == [headers["referrer-policy"]]
    assert not [name for name in headers if name.startswith("access-control-")]
    assert "set-cookie" not in headers
    assert "server" not in headers


@pytest.mark.parametrize(
    "refused",
    [
        {"method": "GET", "url": "/", "headers": {"Host": "evil.example"}},
        {"method": "POST", "url": "/api/ask", "content": b"x" * (MOST_BYTES + 1)},
        {"method": "POST", "url": "/gradio_api/queue/join", "content": b"x"},
    ],
    ids=["a name of another", "too much", "no JSON"],
)
def test_so_does_what_is_refused(client, refused):
    got = client.request(**refused)
    assert got.status_code in (413, 415, 421)
    assert {name.encode(): value.encode() for name, value in got.headers.items()}.items() >= dict(HEADERS).items()


def test_so_does_a_mistake_of_the_program_and_none_of_it_is_told(app, client, monkeypatch):
    monkeypatch.setattr("ui.reader.read", lambda *_: 1 / 0)
    got = client.get("/read/a-baise")
    assert (got.status_code, got.text) == (500, "Internal Server Error")
    assert {name.encode(): value.encode() for name, value in got.headers.items()}.items() >= dict(HEADERS).items()


# --- what can be reached --------------------------------------------------------------------------


@pytest.mark.parametrize("path", PASSWD)
def test_no_path_climbs_out(client, path):
    got = client.get(path)
    assert got.status_code in (400, 403, 404)
    assert "root:" not in got.text


def routes(app, below=""):
    """The addresses of ``app`` and of what is mounted in it."""
    for route in app.routes:
        path = below + getattr(route, "path", "")
        inner = getattr(route, "original_router", None) or getattr(route, "app", None)
        if hasattr(inner, "routes"):
            yield from routes(inner, path)
        elif getattr(route, "methods", None):
            yield path


def test_of_gradio_nothing_can_be_reached_but_what_the_page_calls(app):
    """A new release may bring new addresses: they are shut until somebody has looked at them."""
    all_ = {path for path in routes(app) if path.lstrip("/").startswith("gradio_api")}
    assert len(all_) > 30, "gradio's addresses were not found"
    assert {path for path in all_ if not closed(path)} == {
        *("/gradio_api/queue/join", "/gradio_api/queue/data", "/gradio_api/cancel", "/gradio_api/reset"),
        *("/gradio_api/reset/", "/gradio_api/heartbeat/{session_hash}"),
    }
    beside = {path.strip("/").partition("/")[0] for path in routes(app)} & {"login", "logout", "monitoring", "pwa_icon"}
    assert beside, "gradio's addresses were not found"
    assert all(closed(f"/{name}") for name in beside)


@pytest.mark.parametrize(
    "path",
    [
        *(
            "upload",
            "process_recording",
            "vibe-edit",
            "stream/x",
            "component_server",
            "run/other",
            "call/ask",
            "api/predict",
        ),
        *(
            "queue/join/x",
            "heartbeat",
            "heartbeat/x/y",
            "deep_link?session_hash=x",
            "startup-events",
            "token",
            "app_id",
        ),
        *(f"proxy={EVIL}/", f"file={EVIL}/x", "info", "openapi.json", "theme.css", ""),
    ],
)
def test_nothing_is_taken_told_or_fetched_by_an_address_that_the_page_does_not_use(client, path):
    for method in ("GET", "POST"):
        got = client.request(method, f"/gradio_api/{path}", files={"file": b"x"} if method == "POST" else None)
        assert (got.status_code, got.json()["error"]["type"]) == (404, "not_found")


def test_where_the_application_lies_below_a_path_the_same_is_shut():
    """The server tells the path that a proxy took it from apart."""
    from ui.narrow import Narrow

    async def behind(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})

    def status(path):
        got = []

        async def send(message):
            got.append(message)

        scope = {"type": "http", "method": "GET", "path": path, "root_path": "/rag", "headers": []}
        asyncio.run(Narrow(behind)(scope, None, send))
        return got[0]["status"]

    assert [status(f"/rag/gradio_api/{name}") for name in ("upload", "queue/data")] == [404, 200]
    assert status("/rag/logout") == 404


# --- pages of others ------------------------------------------------------------------------------


@pytest.mark.parametrize("origin", [EVIL, "null", "http://localhost:3000", "http://127.0.0.1:1"])
def test_no_page_of_another_origin_may_read_or_send_anything(client, origin):
    """Not even one of another port of this machine: a browser asks first where JSON is sent, and gets no permission."""
    asks = {"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    for path in (
        "/gradio_api/queue/join",
        "/gradio_api/run/predict",
        "/api/ask",
        "/embed/demo/ask",
        "/config",
        "/library",
    ):
        for method, headers in (("OPTIONS", asks), ("GET", {"Origin": origin})):
            got = client.request(method, path, headers=headers)
            assert not [name for name in got.headers if name.startswith("access-control-")], path


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_what_a_form_of_another_site_can_send_asks_nothing(client, kind):
    body = json.dumps({"data": ["问"], "fn_index": 0, "session_hash": "x"})
    for path in ("/gradio_api/queue/join", "/gradio_api/run/predict", "/gradio_api/cancel"):
        assert client.post(path, content=body, headers={"Content-Type": kind}).status_code == 415


@pytest.mark.parametrize(
    "path", ["/library/", "//evil.example/", "//evil.example/library", "/library/admin?lang=//evil.example", "/logout"]
)
def test_nobody_is_led_away(client, path):
    for headers in ({}, {"X-Forwarded-Host": "evil.example"}):
        got = client.get(path, headers=headers)
        assert "evil.example" not in got.headers.get("location", "")
        assert got.status_code != 302


# --- keys, and slow readers ------------------------------------------------------------------------


def test_who_guesses_keys_waits_and_who_has_come_in_before_does_not():
    now = [0.0]
    guesses = Guesses(clock=lambda: now[0])
    assert guesses.wait("office", "ours", right=True) == 0
    assert [guesses.wait("office", f"wrong {n}", right=False) for n in range(MOST_WRONG)] == [0] * MOST_WRONG
    assert guesses.wait("office", "wrong", right=False) == 60
    assert guesses.wait("office", "guessed", right=True) == 60, "a guess that is right must not be told from others"
    assert guesses.wait("office", "ours", right=True) == 0, "who shares the address goes on"
    assert guesses.wait("elsewhere", "guessed", right=True) == 0
    now[0] = 60
    assert guesses.wait("office", "guessed", right=True) == 0


def test_keys_of_the_api_cannot_be_tried_one_after_the_other():
    key = "k" * 16

    async def make():
        return create(Live(Newsroom()), load(api_keys=(key,)))

    client = TestClient(asyncio.run(make()), base_url=HERE)

    def tried(given):
        got = client.get("/v1/models", headers={"Authorization": f"Bearer {given}"})
        return got.status_code, got.headers.get("retry-after")

    assert [tried(f"wrong {n}")[0] for n in range(MOST_WRONG + 1)] == [401] * MOST_WRONG + [429]
    status, wait = tried(key)
    assert status == 429
    assert 0 < int(wait) <= 60


class Long(Newsroom):
    """Answers are so long that no buffer on the way holds one."""

    def stream(self, question, history=(), filters=None):
        *before, answer = super().stream(question, history, filters)
        yield from before
        yield replace(answer, notice="长" * 10_000_000) if "长" in question else answer


def test_readers_that_do_not_read_keep_nobody_from_asking():
    """More streams than there are places are opened and never read; a question after them is answered all the same."""
    import uvicorn

    places = Slots(running=2, waiting=0)
    bound = listen("127.0.0.1", 0, ZH)
    ready = []

    async def run():
        server = uvicorn.Server(
            uvicorn.Config(create(Live(Long()), load(), places), log_level="error", timeout_graceful_shutdown=1)
        )
        ready.append(server)
        await server.serve(sockets=[bound])

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    at = bound.getsockname()
    slow = []
    try:
        deadline = time.monotonic() + 60
        while not (ready and ready[0].started):
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.05)
        body = json.dumps({"question": "长"}).encode()
        head = f"POST /api/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        for _ in range(4):
            line = socket.socket()
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            line.connect(at)
            line.sendall(head.encode() + body)
            slow.append(line)
            time.sleep(0.3)
        deadline = time.monotonic() + 60
        for _ in count():
            answer = httpx.post(f"http://127.0.0.1:{at[1]}/api/ask", json={"question": "百色怎么做？"}, timeout=20)
            if answer.status_code == 200:
                break
            assert time.monotonic() < deadline, "slow readers hold all places"
            time.sleep(0.2)
        while places.taken:  # the place of what was just answered, at most
            assert time.monotonic() < deadline, "a place was not given back"
            time.sleep(0.02)
    finally:
        for line in slow:
            line.close()
        ready[0].should_exit = True
        thread.join(20)
        bound.close()


def test_the_articles_of_the_newsroom_are_there(client):
    """What was refused above was not refused because there is nothing at all."""
    assert client.get(f"/read/{ARTICLES[0].id}").status_code == 200
    assert client.post("/gradio_api/queue/join", json={}).status_code == 422
