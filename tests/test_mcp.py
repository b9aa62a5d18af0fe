"""The tools for programs that speak MCP, called by MCP's own client: what they give, and what they refuse."""

import asyncio
import os
import sys

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from newsroom import BAISE, GANSU, Newsroom

from rag.config import ROOT, load
from ui import door, mcp
from ui.api import Service
from ui.app import Headers
from ui.counters import Counters
from ui.door import Door
from ui.turns import Slots

KEY = "a-key-of-some-length"
QUESTION = "青海建了多少个站点？"


def service(newsroom=None, **settings):
    wanted, slots = load(**settings), Slots()
    return Service(newsroom or Newsroom(), wanted, slots, Door(wanted), Counters(slots))


def call(tool, newsroom=None, **arguments):
    """The result of a call by a client that is joined to the server without a network, as over standard input."""
    from mcp import Client

    async def run():
        async with Client(mcp.server(service(newsroom))) as client:
            return await client.call_tool(tool, arguments)

    return asyncio.run(run())


def given(tool, **arguments):
    answer = call(tool, **arguments)
    assert not answer.is_error, answer.content
    return answer.structured_content


def refusal(tool, **arguments):
    """The one text of a call that went wrong."""
    answer = call(tool, **arguments)
    assert answer.is_error
    (text,) = answer.content
    return text.text


@pytest.fixture
def client():
    """The tools behind HTTP, for those who have the key, at most three questions a minute."""
    app = FastAPI()
    app.add_middleware(Headers)
    door.explain(app)
    mcp.add(app, service(api_keys=[KEY], api_per_minute=3))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        client.headers.update({"Accept": "application/json, text/event-stream"})
        yield client


def post(client, tool="ask", key=KEY, **arguments):
    """A call of ``tool`` over HTTP."""
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
    return client.post(mcp.PATH, json=call, headers={"Authorization": f"Bearer {key}"} if key else {})


def test_three_tools_say_what_they_are_for():
    from mcp import Client

    async def run():
        async with Client(mcp.server(service())) as client:
            return (await client.list_tools()).tools

    tools = asyncio.run(run())
    assert [tool.name for tool in tools] == ["search", "ask", "read"]
    assert all(tool.description and tool.annotations.read_only_hint and tool.output_schema for tool in tools)


def test_each_citation_is_printed_where_it_says():
    """The range of a citation, read again by the tool for articles, gives the same text."""
    told = given("ask", question=QUESTION)
    assert not told["refused"]
    assert "[1]" in told["answer"]
    assert [one["n"] for one in told["citations"]] == [1, 2, 3]
    for one in told["citations"]:
        again = given("read", article_id=one["article_id"], start=one["start"], end=one["end"])
        assert again["text"] == one["text"]
        assert one["title"] == again["title"]


def test_what_the_archive_does_not_hold_is_refused():
    told = given("ask", question="火星上有工会吗？")
    assert told["refused"]
    assert not told["citations"]


def test_search_gives_passages_that_filters_let_pass():
    found = given("search", query="工会", k=1)["passages"]
    assert len(found) == 1
    assert {one["article_id"] for one in given("search", query="工会", filters={"place": "火星"})["passages"]} == set()


def test_a_long_article_is_read_in_parts(monkeypatch):
    """The parts, each begun where the last ended, are the article."""
    monkeypatch.setattr(mcp, "MOST_READ", 100)
    parts, at = [], 0
    while at < len(GANSU.text):
        told = given("read", article_id=GANSU.id, start=at)
        assert (told["start"], told["length"]) == (at, len(GANSU.text))
        parts.append(told["text"])
        at = told["end"]
    assert "".join(parts) == GANSU.text
    assert len(parts) > 1


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("read", {"article_id": "nothing"}, "no article 'nothing'"),
        ("read", {"article_id": BAISE.id, "start": 99_999}, "is no part of it"),
        ("ask", {"question": "问" * 501}, "500"),
        ("ask", {"question": QUESTION, "filters": {"prompt": "x"}}, "prompt"),
        ("search", {"query": "工会", "k": 51}, "50"),
    ],
)
def test_what_cannot_be_done_is_said_in_the_result(tool, arguments, said):
    assert said in refusal(tool, **arguments)


def test_an_error_in_the_server_tells_no_secret_of_it():
    assert "secret" not in refusal("ask", question="出错")


@pytest.mark.slow
def test_by_standard_input_and_output_nothing_but_the_protocol_is_said(store):
    """``rag mcp`` as a program starts it, over the real index: what it says beside the protocol would break it."""
    from mcp import Client, StdioServerParameters

    begun = StdioServerParameters(
        command=sys.executable,
        args=["-c", "from ui.cli import main; main()", "mcp", "--store", str(store)],
        cwd=ROOT,
        env={**os.environ},
    )

    async def run():
        async with Client(begun, raise_exceptions=True) as client:
            return await client.call_tool("ask", {"question": "青海建了多少个户外劳动者服务站点？"})

    assert "580多个" in asyncio.run(run()).structured_content["answer"]


def test_over_http_a_key_is_needed_and_links_lead_to_the_reader(client):
    for wrong in ("", "another"):
        assert post(client, key=wrong, question=QUESTION).json()["error"]["type"] == "unauthorized"
    cited = post(client, question=QUESTION).json()["result"]["structuredContent"]["citations"]
    assert all(one["read"].startswith(f"http://127.0.0.1/read/{one['article_id']}?") for one in cited)


def test_over_http_questions_are_counted_and_reading_is_not(client):
    assert [post(client, question=QUESTION).json()["result"]["isError"] for _ in range(4)] == [False] * 3 + [True]
    assert not post(client, "read", article_id=BAISE.id).json()["result"]["isError"]


@pytest.mark.parametrize(
    ("name", "status"),
    [({"host": "evil.example"}, 401), ({"host": "127.0.0.1", "origin": "http://evil.example"}, 403)],
)
def test_without_a_key_only_this_machines_own_names_are_served(name, status):
    """A page of another site cannot reach the tools by pointing its own name at this machine."""
    app = FastAPI()
    door.explain(app)
    mcp.add(app, service())
    with TestClient(app, base_url="http://127.0.0.1") as client:
        client.headers.update({"Accept": "application/json, text/event-stream"})
        assert post(client, key="", question=QUESTION).status_code == 200
        client.headers.update(name)
        assert post(client, key="", question=QUESTION).status_code == status


def test_with_a_key_they_are_served_by_the_name_that_a_proxy_has():
    app = FastAPI()
    door.explain(app)
    mcp.add(app, service(api_keys=[KEY], hosts=["rag.example.org"]))
    with TestClient(app, base_url="https://rag.example.org") as client:
        client.headers.update({"Accept": "application/json, text/event-stream", "X-Forwarded-For": "203.0.113.9"})
        assert post(client, question=QUESTION).status_code == 200
        assert post(client, key="", question=QUESTION).status_code == 401
