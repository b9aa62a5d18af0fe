"""The widget in a real browser, in pages of other origins: one that may embed it and one that may not."""

import asyncio
import contextlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from attacks import WIDTHS, groups, lost, traces, watched
from axe import findings
from newsroom import Newsroom
from patience import SECONDS, until
from playwright.sync_api import expect
from test_browser import outside

from rag.config import load
from ui.app import listen
from ui.door import hashed
from ui.live import Live
from ui.texts import QUESTION_LIMIT, ZH

pytestmark = pytest.mark.browser

SECRET = "a-secret-of-the-intranet"
QUESTION = "青海建了多少个站点？"
PAGE = """<!DOCTYPE html><html lang="zh-CN"><meta charset="utf-8"><link rel="icon" href="data:,"><title>OA</title>
<body><h1>办公系统</h1><a href="#there">链接</a><div id="rag" style="width: 420px; height: 560px"></div>
<script>window.heard = [];
function begin() {{ ["ready", "sent", "answered", "open_citation", "token_expired"].forEach(function (name) {{
  UnionRag.on(name, function (detail) {{ heard.push(name); }}); }}); }}</script>
{widget}</body></html>"""
SCRIPT = '<script src="{server}/widget.js" data-channel="{channel}"{more} async onload="begin()"></script>'


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextlib.contextmanager
def host(folder: Path) -> Iterator[str]:
    """Pages of an intranet; their origin."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Places:
    """Where the server, the pages that may embed and those that may not are."""

    server: str
    friend: str
    stranger: str
    newsroom: Newsroom


@pytest.fixture(scope="module")
def places(tmp_path_factory) -> Iterator[Places]:
    import uvicorn
    from fastapi import FastAPI

    from ui import door, reader
    from ui.app import Headers
    from ui.turns import Slots
    from ui.widget import embed

    folder, newsroom = tmp_path_factory.mktemp("hosts"), Newsroom()
    bound = listen("127.0.0.1", 0, ZH)
    server = f"http://127.0.0.1:{bound.getsockname()[1]}"
    ready: list[uvicorn.Server] = []

    async def run(settings) -> None:
        app = FastAPI()
        app.add_middleware(Headers)
        door.explain(app)
        reader.add(app, newsroom, settings)
        embed.add(app, Live(newsroom), settings, Slots())
        ready.append(uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1)))
        await ready[0].serve(sockets=[bound])

    at_once = f'<script src="{server}/widget.js" data-channel="oa"></script><script>UnionRag.ask("青海？")</script>'
    (folder / "early.html").write_text(f"<!DOCTYPE html><head>{at_once}</head><body></body>", "utf-8")
    scripts = {
        "index": SCRIPT.format(server=server, channel="oa", more=""),
        "signed": SCRIPT.format(server=server, channel="signed", more=""),
        "inline": SCRIPT.format(server=server, channel="oa", more=' data-target="#rag"'),
        "frame": f'<iframe src="{server}/embed/oa" title="报道问答" width="400" height="600"></iframe>',
    }
    for name, widget in scripts.items():
        (folder / f"{name}.html").write_text(PAGE.format(widget=widget), "utf-8")
    with host(folder) as friend, host(folder) as stranger:
        channels = folder / "channels.json"
        told = {"origins": [friend], "per_minute": 1000, "channel_per_minute": 1000}
        signed = {**told, "secret_sha256": hashed(SECRET)}
        channels.write_text(json.dumps({"oa": {**told, "anonymous": True}, "signed": signed}), "utf-8")
        thread = threading.Thread(target=lambda: asyncio.run(run(load(channels=channels))))
        thread.start()
        deadline = time.monotonic() + 60
        while not (ready and ready[0].started):
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.05)
        yield Places(server, friend, stranger, newsroom)
        ready[0].should_exit = True
        thread.join()


@pytest.fixture
def page(browser, places):
    """A page; afterwards fails the test if it asked another host or a cookie was set."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    requests = []
    context.on("request", lambda request: requests.append(request.url))
    page = context.new_page()
    page.set_default_timeout(1000 * SECONDS)
    yield page
    cookies = context.cookies()
    context.close()
    known = {urlsplit(place).netloc for place in (places.server, places.friend, places.stranger)}
    assert {urlsplit(url).netloc for url in requests if not url.startswith(("data:", "about:"))} <= known
    assert not cookies


def panel(page):
    """The panel, opened by its button."""
    page.get_by_role("button", name="打开报道问答").click()
    return page.frame_locator("iframe")


def ask(inside, question=QUESTION):
    """Ask in the panel and wait for the newest turn; gives that turn."""
    before = inside.locator(".turn.final").count()
    inside.locator("#box").fill(question)
    inside.locator("#box").press("Enter")
    turn = inside.locator(".turn.final").nth(before)
    turn.wait_for()
    return turn


def read(page):
    """The mark in the reader, as soon as that is all there: only then is the mark brought into sight, and Escape heard."""
    there = """() => { const report = document.getElementById('page').contentDocument;
        return report && report.readyState === 'complete' && report.getElementById('mark') !== null }"""
    until(page, lambda: page.frames[1].evaluate(there))
    return page.frame_locator("iframe").frame_locator("#page").locator("mark#mark")


@pytest.mark.parametrize(("width", "size"), [(1440, (400, 600)), (768, (400, 600)), (360, (360, 640))])
def test_another_origin_embeds_it_and_gets_a_cited_answer(places, page, width, size):
    """Over a wide page it is a panel of 400 x 600, on a phone it fills the screen; from a chip to its source, to the marked
    sentence in the reader and back; the page hears what happens.
    """
    page.set_viewport_size({"width": width, "height": 640 if width == 360 else 900})
    page.goto(places.friend)
    button = page.get_by_role("button", name="打开报道问答").bounding_box()
    assert (button["width"], button["height"]) == (56, 56)
    inside = panel(page)
    turn = ask(inside)
    frame = page.locator("iframe").bounding_box()
    assert all(abs(got - wanted) <= 2 for got, wanted in zip((frame["width"], frame["height"]), size, strict=True))
    assert outside(page.frames[1], "body") == []
    turn.locator("a.cite").first.click()
    source = inside.locator(".quote:focus")
    sentence = source.locator("mark").inner_text()
    source.locator("a.open").click()
    mark = read(page)
    assert mark.inner_text() == sentence
    box = mark.bounding_box()
    assert frame["y"] < box["y"] < frame["y"] + frame["height"]
    mark.press("Escape")
    inside.locator("#reader").wait_for(state="hidden")
    inside.locator("a.open:focus").wait_for()
    page.wait_for_function("heard.length >= 4")
    assert page.evaluate("heard") == ["ready", "sent", "answered", "open_citation"]


def test_a_new_question_comes_to_the_top_of_the_panel_and_moves_nothing_else(places, page):
    page.set_viewport_size({"width": 1440, "height": 400})
    page.goto(f"{places.friend}/frame.html")
    inside = page.frame_locator("iframe")
    ask(inside)
    inside.locator("#box").fill("百色给了多少补助？")
    page.evaluate("scrollTo(0, 120)")
    page.frames[1].evaluate("document.getElementById('send').click()")  # what Playwright does itself scrolls the page
    inside.locator(".turn.final").nth(1).wait_for()
    place = page.frames[1].evaluate("document.querySelectorAll('.asked')[1].getBoundingClientRect().top")
    assert 0 < place < 100
    assert page.evaluate("scrollY") == 120


HELD_BACK = """document.addEventListener("load", event => {
  if (event.target.tagName !== "IFRAME" || window.frame) return;
  window.frame = event.target;
  event.stopImmediatePropagation();
}, true)"""
"""Keeps from the widget that its panel is loaded, as long as something in that is still on its way."""


def test_what_is_asked_before_page_and_panel_know_each_other_is_told_then(places, page):
    page.add_init_script(HELD_BACK)
    page.goto(f"{places.friend}/inline.html")
    ask(page.frame_locator("iframe"))
    assert page.evaluate("heard") == []
    page.evaluate("frame.dispatchEvent(new Event('load'))")
    page.wait_for_function("heard.length >= 3")
    assert page.evaluate("heard") == ["ready", "sent", "answered"]


def test_a_page_that_is_not_named_cannot_frame_it(places, page):
    """The browser itself refuses: the policy names one origin, and the question box never comes up."""
    page.goto(places.stranger)
    with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        inside = panel(page)
    assert inside.locator("#box").count() == 0


def test_escape_closes_it_and_gives_the_focus_back(places, page):
    page.goto(places.friend)
    inside = panel(page)
    dialog = page.get_by_role("dialog", name="报道问答")
    button = page.get_by_role("button", name="关闭报道问答")
    assert dialog.is_visible()
    assert button.get_attribute("aria-expanded") == "true"
    inside.locator("#box").press("Escape")
    button = page.get_by_role("button", name="打开报道问答")
    button.wait_for()
    assert button.get_attribute("aria-expanded") == "false"
    assert page.evaluate("document.activeElement.shadowRoot.activeElement.tagName") == "BUTTON"
    assert not dialog.is_visible()


def test_tab_stays_in_a_panel_that_covers_the_page(places, page):
    """On a phone's width nothing behind the panel gets the focus, however often Tab is pressed."""
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(places.friend)
    panel(page).locator(".offer").first.wait_for()
    for key in ["Tab"] * 12 + ["Shift+Tab"] * 12:
        page.keyboard.press(key)
        # Between the page and the frame, which is of another origin, the focus is nowhere for a moment.
        page.wait_for_function(
            "document.activeElement.shadowRoot && document.activeElement.shadowRoot.activeElement.tagName"
        )
    # The page hears at once that the frame has the focus, the frame a moment later which of its parts has it.
    until(page, lambda: page.frames[1].evaluate("document.activeElement !== document.body"))


def test_enter_that_ends_a_composition_sends_nothing(places, page):
    """Who writes Chinese takes a word with Enter; the next one sends."""
    page.goto(places.friend)
    inside = panel(page)
    inside.locator("#box").fill("青海")
    inside.locator("#box").dispatch_event("keydown", {"key": "Enter", "isComposing": True, "keyCode": 229})
    page.wait_for_timeout(200)
    assert inside.locator(".asked").count() == 0
    inside.locator("#box").press("Enter")
    inside.locator(".asked").wait_for()


def test_what_is_asked_answered_and_said_by_the_page_stays_text(places, page):
    """Asked once, looked at and gone through at every width."""
    seen = watched(page)
    page.goto(places.friend)
    inside = panel(page)
    log, about, peek = (inside.locator(at) for at in ("#log", "#context", "#peek"))
    questions = [f"攻击{group}" for group in groups(QUESTION_LIMIT - 2)]
    for question in questions:
        turn = ask(inside, question)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for text in groups(100):
            page.evaluate("text => UnionRag.setContext({ text: text, place: text, articleId: text })", text)
            inside.locator("#about", has_text=text).wait_for()
            assert traces(page, seen, about) == []
        assert inside.locator(".asked span").all_text_contents() == questions
        for place in (".understood", ".notice", ".written", ".across", ".title", ".byline", ".sources"):
            assert lost(turn.locator(place).first) == [], place
        assert lost(inside.locator("#log .offer").last) == []
        turn.locator("a.cite").first.hover()
        assert lost(peek.locator(".title")) == []
        assert traces(page, seen, log, about, peek) == []
        assert outside(page.frames[1], "body") == []
        turn.locator("a.open").first.click()
        read(page)
        report = inside.frame_locator("#page").locator("body")
        assert lost(report) == []
        assert traces(page, seen, report) == []
        inside.locator("#back").click()
        until(
            page,
            lambda: page.frames[1].evaluate("document.getElementById('page').contentDocument.URL") == "about:blank",
        )


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1440, "light")])
def test_axe_finds_nothing_wrong_with_the_panel(places, page, width, scheme):
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    page.goto(places.friend)
    inside = panel(page)
    inside.locator(".offer").first.wait_for()
    found = findings(page.frames[1], "first screen")
    ask(inside)
    found += findings(page.frames[1], "answer")
    ask(inside, "火星")
    ask(inside, "哪些地方？")
    page.evaluate("UnionRag.setContext({ text: '函', place: '甘肃' })")
    inside.locator("#context").wait_for()
    inside.locator("a.cite").first.hover()
    found += findings(page.frames[1], "refusal, table, context and card")
    inside.locator("a.open").first.click()
    read(page)
    found += findings(page.frames[1], "reader")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [360, 1440])
def test_axe_finds_nothing_wrong_with_the_demonstration(places, page, width, language):
    """The page alone, and with the panel open over it."""
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{places.server}/demo?lang={language}")
    button = page.get_by_role("button")
    button.wait_for()
    found = findings(page, "closed")
    button.click()
    page.frame_locator("iframe").locator(".offer").first.wait_for()
    found += findings(page, "open") + findings(page.frames[1], "panel")
    assert not found, "\n".join(found)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_messages_of_others_are_not_heeded(places, page):
    """A message that does not come from the panel's own window changes nothing in the page, nor one from elsewhere in the panel."""
    page.goto(places.friend)
    inside = panel(page)
    inside.locator("#box").wait_for()
    page.evaluate("window.postMessage({ unionrag: 1, type: 'close' }, '*')")
    page.frames[1].evaluate("window.postMessage({ unionrag: 1, type: 'ask', question: '青海？' }, '*')")
    page.wait_for_timeout(200)
    page.get_by_role("button", name="关闭报道问答").wait_for()
    assert inside.locator(".asked").count() == 0


def test_the_page_asks_narrows_and_changes_the_language(places, page):
    """All of it before the panel has ever been opened; the place it names is the only thing that reaches the search."""
    page.goto(places.friend)
    page.wait_for_function("window.UnionRag")
    page.evaluate("""UnionRag.setContext({ text: '征集案例的函', place: '甘肃', prompt: 'x' });
        UnionRag.setLocale('en'); UnionRag.ask('快递员参加了什么？')""")
    inside = page.frame_locator("iframe")
    inside.locator(".turn.final").wait_for()
    expect(inside.locator("html")).to_have_attribute("lang", "en")
    assert places.newsroom.asked[-1] == ("快递员参加了什么？", ())
    assert places.newsroom.filtered[-1].place == "甘肃"
    inside.get_by_role("button", name="Ask about it").click()
    assert inside.locator("#box").input_value() == "征集案例的函"
    page.evaluate("UnionRag.close()")
    assert page.get_by_role("button", name="Ask the news reports").get_attribute("aria-expanded") == "false"


def test_a_question_put_before_the_page_is_there_waits_for_it(places, page):
    page.goto(f"{places.friend}/early.html")
    page.frame_locator("iframe").locator(".turn.final a.cite").first.wait_for()


def test_in_a_place_of_the_page_and_taken_away_again(places, page):
    page.goto(f"{places.friend}/inline.html")
    inside = page.frame_locator("#rag iframe")
    ask(inside)
    assert page.get_by_role("button").count() == 0
    page.wait_for_function("heard.indexOf('ready') >= 0")  # with it the panel is told whether it can be closed
    assert not inside.locator("#close").is_visible()
    page.evaluate("UnionRag.destroy()")
    assert page.locator("iframe").count() == 0
    assert page.evaluate("window.UnionRag") is None


def test_as_an_iframe_alone(places, page):
    """Without the script the panel answers, too, also where it is opened as a page, as a workbench does."""
    page.goto(f"{places.friend}/frame.html")
    ask(page.frame_locator("iframe")).locator("a.cite").first.wait_for()
    page.goto(f"{places.server}/embed/oa")
    ask(page).locator("a.cite").first.wait_for()
    page.get_by_role("button", name="快递员有多少名？").click()
    page.locator(".turn.final").nth(1).wait_for()
    assert places.newsroom.asked[-1] == ("快递员有多少名？", (QUESTION,))


def test_a_channel_with_a_sign_in_answers_as_soon_as_the_page_has_a_token(places, page):
    """The panel asks the page for a token, waits with the question, and the token stands in no address."""
    addresses = []
    page.on("request", lambda request: addresses.append(request.url))
    page.goto(f"{places.friend}/signed.html")
    inside = panel(page)
    inside.locator("#box").fill(QUESTION)
    inside.locator("#box").press("Enter")
    inside.get_by_text("正在确认身份").wait_for()
    page.wait_for_function("heard.indexOf('token_expired') >= 0")
    headers = {"Authorization": f"Bearer {SECRET}"}
    token = httpx.post(f"{places.server}/api/channels/signed/token", headers=headers).json()["token"]
    page.evaluate("token => UnionRag.setToken(token)", token)
    inside.locator(".turn.final a.open").first.click()
    read(page)
    assert not [address for address in addresses if token in address]
