"""The library in a browser: it fits phones and desktops, works without scripts, and its forms pass the checks they are put to."""

import threading
import time
from contextlib import contextmanager
from urllib.parse import urlencode

import pytest
from attacks import ATTACKS, WIDTHS, groups, lost, traces, watched
from axe import findings
from fastapi import FastAPI
from fastapi.responses import FileResponse
from newsroom import EVERY, Newsroom, answered, hostile
from patience import SECONDS, press, until

from rag.config import load
from rag.search import revised
from ui import reader, render
from ui.app import Headers, listen
from ui.door import Door
from ui.feedback import Feedbacks, Opinion, Verdict
from ui.feedback.records import LONGEST_COMMENT
from ui.hosts import Hosts, known
from ui.library import routes
from ui.live import Live
from ui.texts import ZH

ROOM = "[...document.querySelectorAll('body *')].every(e => e.closest('.wide, .unseen') || e.getBoundingClientRect().right <= innerWidth + 1)"

BOTH = [(360, "light"), (360, "dark"), (1440, "light"), (1440, "dark")]

KEY = "an-admin-key-of-length"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def wanted(tmp_path_factory):
    return load(store=tmp_path_factory.mktemp("library") / "index" / "default")


@pytest.fixture(scope="module")
def address(wanted):
    kept = Feedbacks(wanted.feedbacks)
    kept.put(answered("百色怎么补助？"), "a", Opinion(Verdict.DOWN, comment="长" * 300), "zh")
    for group in groups(LONGEST_COMMENT):
        kept.put(hostile(EVERY), group, Opinion(Verdict.DOWN, comment=group), "zh")
    with serving(wanted, kept) as served:
        yield served


@pytest.fixture(scope="module")
def keyed(tmp_path_factory):
    """A server that is looked after with a key."""
    wanted = load(store=tmp_path_factory.mktemp("keyed") / "index" / "default", admin_keys=(KEY,))
    with serving(wanted, Feedbacks(wanted.feedbacks)) as served:
        yield served


@contextmanager
def serving(wanted, kept):
    """The address of a server of the library."""
    import uvicorn

    live, app = Live(Newsroom()), FastAPI()
    app.add_middleware(Hosts, known=known(wanted, local=True))
    app.add_middleware(Headers)
    reader.add(app, live, wanted)
    routes.add(app, live, wanted, kept, Door(wanted).limit)
    app.add_api_route("/favicon.ico", lambda: FileResponse(render.ASSETS / "favicon.svg"))  # as gradio does
    bound = listen("127.0.0.1", 0, ZH)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=lambda: server.run(sockets=[bound]))
    thread.start()
    deadline = time.monotonic() + 60
    while not server.started:
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.02)
    yield f"http://127.0.0.1:{bound.getsockname()[1]}/"
    server.should_exit = True
    thread.join(20)
    bound.close()


@pytest.fixture
def visit(browser, address):
    """Opens a page, with scripts off unless asked; afterwards fails the test if anything was blocked or went wrong."""
    contexts, complaints = [], []

    def go(at, width=1280, scheme="light", *, scripts=False, server=address):
        context = browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, java_script_enabled=scripts
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(1000 * SECONDS)
        page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.complaints = complaints
        page.goto(server + at)
        return page

    yield go
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1440, "dark")])
def test_every_page_fits_its_window(visit, address, width, scheme):
    page = visit("library", width, scheme)
    for at in (
        "library",
        "library?lang=en",
        "library/admin",
        "library/article/a-hostile",
        "library/feedback",
        "library/gaps",
    ):
        page.goto(address + at)
        assert page.evaluate(ROOM), at
        assert page.evaluate("document.documentElement.scrollWidth") <= width, at


def test_filters_and_words_are_found_without_scripts_and_lead_to_the_reader(visit):
    page = visit("library")
    page.get_by_label("省份或城市").fill("没有这个地方")
    page.get_by_role("button", name="检索").click()
    page.get_by_text("没有符合条件的报道。").wait_for()
    page.get_by_role("link", name="清除").click()
    page.get_by_label("关键词").fill("百色市")
    page.get_by_role("button", name="检索").click()
    page.get_by_role("link", name="边境乡镇工会注入了新活力").click()
    page.wait_for_url("**/read/a-baise**")


def test_a_page_is_put_right_and_taken_back_and_an_upload_looked_at_and_thrown_away(visit, wanted):
    page = visit("library/article/a-baise")
    page.get_by_label("题名").fill("更正后的题名")
    press(page, "保存")
    assert [one.new for one in revised.read(wanted.store)] == ["更正后的题名"]
    press(page, "恢复原样")
    assert revised.overlay(revised.read(wanted.store)) == {}
    page.get_by_role("link", name="管理").click()
    text = "甘肃工会送温暖\n\n本报讯（记者康劲）甘肃省总工会12月4日在兰州召开会议，部署冬季送温暖工作。\n"
    page.locator("input[type=file]").set_input_files(
        {"name": "第1版.txt", "mimeType": "text/plain", "buffer": text.encode()}
    )
    press(page, "解析预览")
    page.get_by_role("heading", name="第1版.txt：1 篇").wait_for()
    press(page, "放弃")
    page.wait_for_url("**/library/admin?lang=zh")
    assert not [path for path in wanted.uploaded.rglob("*") if path.is_file()]


@pytest.mark.parametrize(("width", "scheme"), BOTH)
def test_axe_finds_nothing_wrong_with_any_page(visit, address, width, scheme):
    page = visit("library", width, scheme, scripts=True)
    found = []
    for at in (
        "library",
        "library?lang=en&q=百色",
        "library?since=x",
        "library/admin",
        "library/article/a-hostile",
        "library/feedback?lang=en",
        "library/gaps",
        "library/sign-in",
    ):
        page.goto(address + at)
        found += findings(page, at)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("width", "scheme"), BOTH)
def test_axe_finds_nothing_wrong_with_what_an_administrator_does(visit, address, wanted, width, scheme):
    """A preview, an article put right, a page taken out and the log of both; and what is said of a form without its token."""
    page = visit("library/article/a-baise", width, scheme, scripts=True)
    page.get_by_label("题名").fill("更正后的题名")
    press(page, "保存")
    found = findings(page, "put right")
    press(page, "移出此版")
    found += findings(page, "log of revisions, pages taken out")
    page.evaluate("document.querySelector('form[action^=restore] [name=csrf]').value = ''")
    with page.expect_navigation():
        page.locator("form[action^=restore] button").click()
    found += findings(page, "a form without its token")
    until(page, lambda: page.complaints)
    assert "403" in page.complaints.pop()
    page.goto(f"{address}library/admin")
    press(page, "撤回")
    text = "甘肃工会送温暖\n\n本报讯（记者康劲）甘肃省总工会12月4日在兰州召开会议，部署冬季送温暖工作，会议要求\n"
    page.locator("input[type=file]").set_input_files(
        {"name": "第1版.txt", "mimeType": "text/plain", "buffer": text.encode()}
    )
    press(page, "解析预览")
    assert page.get_by_text("⚠").count(), "a preview with a doubt was wanted"
    found += findings(page, "preview")
    press(page, "放弃")
    page.goto(f"{address}library/article/a-baise")
    press(page, "恢复原样")
    assert revised.overlay(revised.read(wanted.store)) == {}
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("width", "scheme"), BOTH)
def test_axe_finds_nothing_wrong_with_signing_in(visit, keyed, width, scheme):
    page = visit("library/sign-in", width, scheme, scripts=True, server=keyed)
    found = findings(page, "sign-in")
    page.get_by_label("密钥").fill("not the key")
    press(page, "登录")
    found += findings(page, "a wrong key")
    until(page, lambda: page.complaints)
    assert "401" in page.complaints.pop()
    assert page.evaluate(ROOM)
    page.get_by_label("密钥").fill(KEY)
    press(page, "登录")
    page.get_by_role("button", name="退出").wait_for()
    found += findings(page, "signed in")
    assert not found, "\n".join(found)


def test_a_hostile_archive_and_what_people_wrote_stay_text(visit, address):
    page = visit("library", scripts=True)
    seen = watched(page)
    listed = "ol.found"
    wanted = {
        "library": [listed],
        "library/feedback": [listed, f"{listed} strong >> nth=0", f"{listed} details >> nth=0"],
        "library/gaps": [listed],
    }
    asked = [urlencode(dict.fromkeys(("q", "place", "reporter", "source"), text)) for text in groups(100)]
    for at, places in wanted.items():
        page.goto(address + at)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert [lost(page.locator(place)) for place in places] == [[]] * len(places), at
            assert traces(page, seen, page.locator("main"), page.locator("header")) == [], at
            assert page.evaluate(ROOM), at
    asked.append(urlencode(dict.fromkeys(("since", "kind", "page", "lang"), EVERY)))
    for at in (*(f"library?{query}" for query in asked), "library/article/a-hostile"):
        page.goto(address + at)
        assert traces(page, seen, page.locator("main"), page.locator("header")) == [], at
    page.goto(address + "library/admin")
    text = "\n\n".join(f"{attack}\n\n本报讯 {attack}甘肃省总工会在兰州召开会议，部署工作。" for attack in ATTACKS)
    page.locator("input[type=file]").set_input_files(
        {"name": f"{ATTACKS[1]}.txt", "mimeType": "text/plain", "buffer": text.encode()}
    )
    press(page, "解析预览")
    assert [
        attack for attack in lost(page.locator("main")) if attack.isprintable()
    ] == []  # others are cleaned when read
    assert traces(page, seen, page.locator("main")) == []
    press(page, "放弃")
