"""The widget's server side: who may frame it, who may ask, how often, and that its script stays small and old-fashioned."""

import json
import re
import stat

import esprima
import pytest
from attacks import ATTACKS
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape
from newsroom import Newsroom
from test_docs import _missing
from typer.main import get_command

from rag.config import ROOT, load
from rag.errors import InputError
from ui import door, reader
from ui.app import Headers
from ui.door import MOST_WRONG, hashed
from ui.live import Live
from ui.turns import Slots
from ui.widget import commands, embed
from ui.widget.channels import Channel, origin, read
from ui.widget.tokens import LASTS, Expired, Tokens, Unknown

SECRET = "a-secret-of-the-intranet"
OPEN = {"anonymous": True, "origins": ["https://oa.example.org"], "per_minute": 3}
SIGNED = {"secret_sha256": hashed(SECRET), "origins": ["https://oa.example.org", "http://10.0.0.5:8080"]}


@pytest.fixture
def client(tmp_path):
    file = tmp_path / "channels.json"
    file.write_text(json.dumps({"open": OPEN, "signed": SIGNED, "nobody": {"anonymous": True}}), "utf-8")
    settings = load(channels=file)
    app = FastAPI()
    app.add_middleware(Headers)
    door.explain(app)
    newsroom = Newsroom()
    reader.add(app, newsroom, settings)
    embed.add(app, Live(newsroom), settings, Slots())
    with TestClient(app) as client:
        client.newsroom, client.file = newsroom, file
        yield client


def ask(client, channel="open", question="青海建了多少个站点？", headers=None, **more):
    return client.post(f"/embed/{channel}/ask", json={"question": question, **more}, headers=headers)


def last(answer):
    """The last step of an answer."""
    return json.loads(answer.text.strip().split("\n\n")[-1].partition("data: ")[2])


@pytest.mark.parametrize(
    ("channel", "ancestors"),
    [
        ("open", "https://oa.example.org"),
        ("signed", "https://oa.example.org http://10.0.0.5:8080"),
        ("nobody", "'none'"),
    ],
)
def test_one_policy_says_who_may_frame_a_channel(client, channel, ancestors):
    """No origin means none; and there is no second policy that would say otherwise."""
    (policy,) = client.get(f"/embed/{channel}").headers.get_list("content-security-policy")
    assert policy.endswith(f"frame-ancestors {ancestors}")
    assert "unsafe" not in policy


def test_a_channel_that_is_not_there_is_told_in_a_line(client):
    assert client.get("/embed/other").status_code == 404
    assert ask(client, "other").json()["error"]["type"] == "no_channel"


def test_an_answer_comes_as_the_chat_shows_it(client):
    told = last(ask(client))
    assert told["answered"]
    assert told["citations"] == 3
    assert 'class="cite' in told["html"]


def test_what_may_be_asked_next_comes_with_the_answer_as_text(client):
    html = last(ask(client))["html"]
    assert '<button type="button" class="offer">快递员有多少名？</button>' in html
    assert str(escape(ATTACKS[0])) in html
    assert ATTACKS[0] not in html


@pytest.mark.parametrize("attack", ATTACKS)
def test_questions_stay_text(client, attack):
    """What is markup comes back escaped; what is none comes back as it is, and is shown as text."""
    told = last(ask(client, question=f"攻击 {attack}"))["html"]
    assert str(escape(attack)) in told
    assert "<" not in attack or attack not in told


def test_no_prompt_and_no_model_can_be_named_from_outside(client):
    for more in ({"prompt": "x"}, {"model": "x"}, {"context": {"prompt": "x"}}):
        assert ask(client, **more).status_code == 422
    assert not client.newsroom.asked


def test_the_context_narrows_the_search_and_nothing_else(client):
    ask(client, context={"place": "甘肃"})
    assert client.newsroom.filtered[-1].place == "甘肃"
    assert client.newsroom.asked[-1][0] == "青海建了多少个站点？"


def test_too_many_questions_are_refused_in_chinese(client):
    for _ in range(3):
        assert ask(client).status_code == 200
    refused = ask(client)
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert "秒" in refused.json()["error"]["message"]


def test_a_secret_is_exchanged_for_a_token_that_lets_in(client):
    assert ask(client, "signed").json()["error"]["type"] == "token_needed"
    given = client.post("/api/channels/signed/token", headers={"Authorization": f"Bearer {SECRET}"}).json()
    assert given["expires_in"] == LASTS
    assert last(ask(client, "signed", headers={"Authorization": f"Bearer {given['token']}"}))["answered"]
    assert client.get("/embed/signed/welcome", params={"token": given["token"]}).status_code == 401


def test_a_wrong_secret_is_refused_and_guessing_is_slowed(client):
    wrong = {"Authorization": "Bearer wrong"}
    codes = [client.post("/api/channels/signed/token", headers=wrong).status_code for _ in range(MOST_WRONG + 1)]
    assert codes == [401] * MOST_WRONG + [429]
    assert client.post("/api/channels/open/token", headers=wrong).status_code in {401, 429}


def test_a_new_secret_ends_the_tokens_of_the_old_one(client):
    token = client.post("/api/channels/signed/token", headers={"Authorization": f"Bearer {SECRET}"}).json()["token"]
    client.file.write_text(json.dumps({"signed": {"secret_sha256": hashed("another")}}), "utf-8")
    refused = ask(client, "signed", headers={"Authorization": f"Bearer {token}"})
    assert refused.json()["error"]["type"] == "token_unknown"


def test_a_damaged_file_of_channels_lets_nobody_in(client):
    client.file.write_text('{"open": {"anonymous": true, "origin": "*"}}', "utf-8")
    assert ask(client).json()["error"]["type"] == "channels_failed"


def test_tokens_end_and_cannot_be_made_elsewhere():
    now = [0.0]
    tokens, channel = Tokens(lambda: now[0]), Channel(secret_sha256=hashed(SECRET))
    token = tokens.issue("a", channel, "甲")
    assert tokens.subject("a", channel, token) == "甲"
    for other in ("", ".", "x.y", token[:-2], f"{token}A", Tokens(lambda: 0.0).issue("a", channel)):
        with pytest.raises(Unknown):
            tokens.subject("a", channel, other)
    with pytest.raises(Unknown):
        tokens.subject("b", channel, token)
    now[0] = LASTS
    with pytest.raises(Expired):
        tokens.subject("a", channel, token)


@given(st.text(max_size=30))
def test_what_stands_before_or_behind_an_origin_is_refused(tail):
    """An origin is the same when it is read again, or it is refused."""
    try:
        once = origin(f"https://oa.example.org{tail}")
    except ValueError:
        return
    assert origin(once) == once
    assert not set("*/?#@ ") & set(once.removeprefix("https://"))


@pytest.mark.parametrize(
    "wrong", ["*", "oa.example.org", "https://*.example.org", "https://a/b", "ftp://a", "https://u@a"]
)
def test_no_wildcard_path_or_user_is_an_origin(wrong):
    with pytest.raises(ValueError, match="scheme://host"):
        origin(wrong)


def test_channels_are_kept_by_command(rag, monkeypatch, tmp_path):
    """The secret is shown once and only its hash is kept, in a file for its owner."""
    file = tmp_path / "kept" / "channels.json"
    monkeypatch.setenv("RAG_CHANNELS", str(file))
    added = rag("channel", "add", "oa", "--origin", "https://OA.example.org/")
    secret = added.out.split("secret: ")[1].strip()
    assert secret not in file.read_text("utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert read(file)["oa"].origins == ("https://oa.example.org",)
    assert rag("channel", "add", "oa").code == InputError.exit_code
    assert rag("channel", "rotate", "oa").code == 0
    assert read(file)["oa"].secret_sha256 != hashed(secret)
    assert "oa" in rag("channel", "list").out
    assert rag("channel", "remove", "oa").code == 0
    assert not read(file)


def test_the_demonstration_is_for_this_machine(client):
    assert client.get("/demo", headers={"host": "127.0.0.1"}).status_code == 200
    assert client.get("/demo", headers={"host": "rag.example.org"}).status_code == 404
    assert client.get("/demo", headers={"host": "127.0.0.1", "x-forwarded-for": "10.1.1.1"}).status_code == 404


def test_its_document_names_every_command_option_call_and_event():
    text = (ROOT / "docs" / "widget.md").read_text("utf-8")
    script = (embed.HERE / "widget.js").read_text("utf-8")
    assert _missing(get_command(commands.app).commands, "rag channel", text) == []
    calls = re.findall(r"^    (\w+): (?:function|open|close)", script.partition("const bridge")[2], re.MULTILINE)
    assert len(calls) == 8
    (told,) = re.findall(r"\[(.*)\]\.indexOf\(said.type\)", script)
    events = ["ready", *re.findall(r'"(\w+)"', told)]
    assert len(events) == 5
    assert [name for name in (*calls, *events) if not re.search(rf"`(UnionRag\.)?{name}[`(]", text)] == []


@pytest.mark.parametrize("name", ["widget.js", "embed.js"])
def test_scripts_are_small_and_old_browsers_can_read_them(name):
    """Parsed as ES2017, of which Chromium 64 knows all."""
    text = (embed.HERE / name).read_text("utf-8")
    esprima.parseScript(text)
    assert len(text.encode()) < {"widget.js": 15_000, "embed.js": 25_000}[name]
