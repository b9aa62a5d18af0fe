"""The chat in a real browser, served in this process, on a canned assistant."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote, urlsplit

import docx
import httpx
import pytest
from attacks import ATTACKS, WIDTHS, groups, lost, traces, watched
from axe import findings
from newsroom import ARTICLES, EVERY, GANSU, HOSTILE, LONG, Newsroom
from patience import SECONDS, passing, until
from playwright.sync_api import expect

from eval.load import by_chat, open_page
from rag.config import load
from rag.types import Filters
from ui.app import create, listen
from ui.feedback import Feedbacks, Reason, Verdict
from ui.kept import STORED
from ui.live import Live
from ui.texts import QUESTION_LIMIT, ZH
from ui.turns import Slots

HERE = {"127.0.0.1", "intranet.test"}

# While it counts its requests gradio uses what pandas is about to drop.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:.*no_silent_downcasting"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
]


@dataclass
class Running:
    """The server and what left it."""

    newsroom: Newsroom
    live: Live
    slots: Slots
    port: int
    feedback: Path
    looked_up: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def running(tmp_path_factory) -> Iterator[Running]:
    import uvicorn

    bound = listen("127.0.0.1", 0, ZH)
    kept = tmp_path_factory.mktemp("feedback") / "feedback.sqlite"
    newsroom = Newsroom(pause=0.05)
    # A second place, for what is looked up behind an answer may hold the first when the next question comes.
    served = Running(newsroom, Live(newsroom), Slots(running=1, waiting=1), bound.getsockname()[1], kept)
    ready: list[uvicorn.Server] = []
    look_up = socket.getaddrinfo

    def recorded(host, *rest, **named):
        if host not in (None, "localhost", "127.0.0.1", "::1"):
            served.looked_up.append(str(host))
        return look_up(host, *rest, **named)

    async def run():
        app = create(served.live, load(feedback=kept, hosts=("intranet.test",), api_anonymous=True), served.slots)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
        ready.append(server)
        await server.serve(sockets=[bound])

    socket.getaddrinfo = recorded
    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    try:
        deadline = time.monotonic() + 60
        while not (ready and ready[0].started):
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.05)
        yield served
    finally:
        socket.getaddrinfo = look_up
        served.newsroom.go.set()
        ready[0].should_exit = True
        thread.join(20)
        bound.close()


@pytest.fixture
def visit(running, browser):
    """Opens the page; afterwards fails the test if anything asked another host, was blocked from it, or went wrong."""
    contexts, requests, complaints = [], [], []

    def go(query="", host="127.0.0.1", width=1280, height=860, script="", **options):
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale="en-US", **{"reduced_motion": "reduce", **options}
        )
        contexts.append(context)
        context.on("request", lambda request: requests.append(request.url))
        page = context.new_page()
        page.set_default_timeout(1000 * SECONDS)
        page.add_init_script(script)
        page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"http://{host}:{running.port}/{query}")
        page.wait_for_selector("#welcome .offer")
        page.wait_for_function("document.documentElement.lang !== 'en' || document.title.startsWith('Union')")
        return page

    go.requests, go.complaints = requests, complaints
    yield go
    for context in contexts:
        context.close()
    foreign = [
        u for u in requests if urlsplit(u).scheme in ("http", "https", "ws", "wss") and urlsplit(u).hostname not in HERE
    ]
    assert foreign == []
    assert complaints == []
    assert running.looked_up == []


def ask(page, question, done=".final, .problem"):
    """Ask and wait for the newest turn to be ``done``; gives that turn."""
    before = page.locator("#chat .turn").count()
    page.fill("#box textarea", question)
    page.press("#box textarea", "Enter")
    turn = page.locator("#chat .turn").nth(before)
    page.wait_for_function(
        """([n, done]) => { const t = document.querySelectorAll('#chat .turn')[n];
        return t && (t.matches(done) || t.querySelector(done)) }""",
        arg=[before, done],
    )
    return turn


def free(running):
    """Wait until no question runs any more: a stopped one holds its place until its work ends."""
    deadline = time.monotonic() + SECONDS
    while running.slots.taken:
        assert time.monotonic() < deadline, "a place was not given back"
        time.sleep(0.02)


def outside(page, root=".gradio-container"):
    """Visible elements that reach over the window's right or left edge (the page itself clips, so it never scrolls)."""
    return page.evaluate(
        """root => [...document.querySelectorAll(root + ' *')].filter(n => {
      const r = n.getBoundingClientRect();
      return r.width > 1 && n.checkVisibility() && !n.closest('.spoken, .sr-only, .toast-wrap') && (r.right > innerWidth + 1 || r.left < -1);
    }).map(n => n.className + ' ' + n.textContent.slice(0, 20)).concat(
      document.documentElement.scrollWidth > innerWidth ? ['the page scrolls sideways'] : [])""",
        root,
    )


def pasted(page):
    """What the clipboard holds, by pasting it into the box."""
    page.fill("#box textarea", "")
    page.focus("#box textarea")
    page.keyboard.press("Control+V")
    page.wait_for_function("document.querySelector('#box textarea').value !== ''")
    text = page.input_value("#box textarea")
    page.fill("#box textarea", "")
    return text


def test_the_tool_that_measures_load_asks_as_the_page_does(running):
    async def ask():
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{running.port}", timeout=SECONDS) as client:
            return await by_chat(await open_page(client), client, "甘肃怎么做？")

    asked = asyncio.run(ask())
    assert asked.problem == ""
    assert asked.text
    assert running.newsroom.asked[-1] == ("甘肃怎么做？", ())


def test_an_example_is_asked_on_click_and_answered_with_marks_cards_and_a_way_back(visit):
    page = visit(reduced_motion="no-preference")
    page.click("#welcome .offer >> nth=0")
    page.wait_for_selector("#t1.final")
    expect(page.locator("#welcome")).to_be_hidden()
    mark = page.locator("#t1 a.cite").nth(1)
    mark.hover()
    card = page.locator("#peek")
    card.wait_for()
    assert "《边境乡镇工会注入了新活力》" in card.inner_text()
    assert "记者 鹿慧敏" in card.inner_text()
    assert card.locator("mark").inner_text() == "2022年以来,百色市共建设12个工会系统人大代表联络站。"
    with passing(page, "document.querySelector('#t1-s2.lit')"):
        mark.click()
    expect(card).to_be_hidden()
    page.wait_for_function(
        "(() => { const r = document.querySelector('#t1-s2').getBoundingClientRect(); return r.top > 50 && r.bottom < innerHeight })()"
    )
    assert page.evaluate("document.activeElement.id") == "t1-s2"
    page.click("#t1-s2 a.number")
    assert page.evaluate("document.activeElement.id") == "t1-r2"
    assert urlsplit(page.url).fragment == ""


def test_everything_can_be_reached_and_done_with_the_keyboard_alone(visit):
    page = visit()

    def tab_to(selector, key="Tab"):
        for _ in range(40):
            page.keyboard.press(key)
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                return
        pytest.fail(f"no way by keyboard to {selector}")

    tab_to("#switch")
    tab_to("#welcome .offer")
    page.keyboard.press("Enter")
    page.wait_for_selector("#t1.final")
    tab_to("a.cite")
    assert page.locator("#peek").is_visible()
    assert page.evaluate("document.activeElement.getAttribute('aria-describedby')") == "peek"
    page.keyboard.press("Escape")
    assert page.locator("#peek").is_hidden()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "t1-s1"
    tab_to("a.number")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "t1-r1"
    tab_to("details summary")
    page.keyboard.press("Enter")
    assert page.locator("#t1 details[open]").count() == 1
    tab_to("#box textarea")
    page.keyboard.type("再问一句")
    page.keyboard.press("Enter")
    page.wait_for_selector("#t2.final")
    tab_to("#clear", "Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#welcome .offer")
    expect(page.locator("#chat .turn")).to_have_count(0)


@pytest.mark.parametrize("host", ["127.0.0.1", "intranet.test"])
def test_copying_gives_text_with_numbered_sources_also_over_plain_http(visit, host):
    options = {"permissions": ["clipboard-read", "clipboard-write"]} if host == "127.0.0.1" else {}
    page = visit(host=host, **options)
    assert page.evaluate("isSecureContext") == (host == "127.0.0.1")
    turn = ask(page, "百色的工会怎么做？")
    with passing(page, "document.querySelector('button.copy[data-from=plain]').textContent === '已复制'"):
        turn.locator("button.copy[data-from=plain]").click()
    text = pasted(page)
    assert text.startswith("问：百色的工会怎么做？\n答：百色市、县两级总工会")
    assert "。[1]2022年以来" in text
    assert "\n出处\n[1] 《边境乡镇工会注入了新活力》 · 工人日报 · 不早于 2023-04-21" in text


def test_references_are_copied_and_the_answer_is_fetched_as_a_word_file(visit):
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    turn = ask(page, "百色的工会怎么做？")
    for name, comma in (("reference2015", ", "), ("reference2025", "，")):
        with passing(page, f"document.querySelector('button[data-from={name}]').textContent === '已复制'"):
            turn.locator(f"button.copy[data-from={name}]").click()
        assert f"边境乡镇工会注入了新活力[N]. 工人日报{comma}" in pasted(page).replace("工人日报.", f"工人日报{comma}")
    with page.expect_download() as fetched:
        turn.locator("a.word").click()
    assert fetched.value.suggested_filename.startswith("百色的工会怎么做_")
    paragraphs = docx.Document(fetched.value.path()).paragraphs
    assert any(ZH.word_check in p.text for p in paragraphs)


def test_what_may_be_asked_next_is_offered_and_asked_with_a_click(visit, running):
    page = visit()
    ask(page, "百色的工会怎么做？")
    offers = page.locator("#onward .offer >> visible=true")
    expect(offers).to_have_text(["快递员有多少名？", f"{ATTACKS[0]}？"])
    offers.first.click()
    page.wait_for_selector("#t2.final")
    assert running.newsroom.asked[-1][0] == "快递员有多少名？"
    assert page.evaluate("window.pwned") is None


def test_a_page_that_was_open_during_a_rebuild_tells_what_the_new_index_holds(visit, running):
    page = visit()
    page.wait_for_selector("#welcome .offer")
    ask(page, "火星上有工会吗？")
    assert "检索 4 篇" in page.locator("#t1").inner_text()
    moved = replace(GANSU, id="a-new", province="海南", title="新题")
    running.live.use(replace(running.newsroom, articles=(moved, *ARTICLES), index_id="newer"))
    try:
        page.click("#narrow")
        page.locator("#filters input").first.click()
        page.locator("ul[role=listbox] li:has-text('海南')").click()
        page.locator("#scope .label >> visible=true").first.wait_for()
        ask(page, "火星上有工会吗？")
        assert "检索 5 篇" in page.locator("#t2").inner_text()
        assert page.locator("#t2 .scoped").inner_text() == "只看：海南"
        page.click("#clear")
        page.wait_for_selector("#welcome :text('报道 5 篇')")
        page.wait_for_selector("#welcome .offer:has-text('新题')")
        assert page.locator("#scope .label >> visible=true").inner_text() == "海南 ×"
    finally:
        running.live.use(running.newsroom)


def test_an_answer_keeps_to_what_is_chosen_and_labels_take_it_off(visit, running):
    page = visit(width=360, height=740)
    page.click("#narrow")
    page.locator("#filters input").first.click()
    page.locator("ul[role=listbox] li:has-text('甘肃')").click()
    labels = page.locator("#scope .label >> visible=true")
    labels.first.wait_for()
    until = page.locator("#filters input").last
    until.fill(ATTACKS[1])
    until.blur()
    page.wait_for_selector("#hint:has-text('不是日期')")
    until.fill("2026-08")
    until.blur()
    expect(labels).to_have_text(["甘肃 ×", "到 2026-08 ×"])
    ask(page, "百色的工会怎么做？")
    expect(page.locator("#filters")).to_be_hidden()
    assert running.newsroom.filtered[-1] == Filters(until="2026-08", place="甘肃")
    assert page.locator("#t1 .scoped").inner_text() == "只看：甘肃、到 2026-08"
    labels.first.click()
    page.wait_for_function("!document.querySelector('#scope').innerText.includes('甘肃')")
    page.click("#retry")
    page.wait_for_function("document.querySelector('#chat .scoped')?.innerText === '只看：到 2026-08'")
    assert running.newsroom.filtered[-1] == Filters(until="2026-08")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("window.pwned") is None


def test_an_opinion_with_reasons_is_kept_changed_and_taken_back_by_keyboard_alone(visit, running):
    feedbacks = Feedbacks(running.feedback)
    page = visit()
    form = ask(page, "百色的工会怎么做？").locator(".opinion")
    down, up = form.locator("[value=down]"), form.locator("[value=up]")
    down.press("Enter")
    page.keyboard.press("Space")
    form.locator("textarea").fill("日期旧了")
    form.locator("[type=submit]").press("Enter")
    page.wait_for_function("document.querySelector('.opinion .state').textContent === '已记下，谢谢'")
    ((one,),) = feedbacks.listed()[1:]
    assert (one.question, one.verdict, one.reasons, one.comment) == (
        "百色的工会怎么做？",
        Verdict.DOWN,
        (Reason.WRONG_QUOTE,),
        "日期旧了",
    )
    assert (down.get_attribute("aria-pressed"), form.locator("fieldset").is_visible()) == ("true", False)
    ask(page, "再问")
    expect(down).to_have_attribute("aria-pressed", "true")
    up.press("Enter")
    page.wait_for_function("document.querySelector('.opinion [value=up]').getAttribute('aria-pressed') === 'true'")
    assert [kept.verdict for kept in feedbacks.listed()[1]] == [Verdict.UP]
    up.press("Enter")
    page.wait_for_function("document.querySelector('.opinion .state').textContent === '已撤回'")
    assert feedbacks.listed()[0] == 0


def test_the_question_as_understood_is_put_into_the_box_to_be_changed(visit, running):
    page = visit()
    ask(page, "百色一问")
    turn = ask(page, "那快递员呢")
    understood = turn.locator(".understood q").inner_text()
    turn.locator("button.adopt").click()
    assert page.input_value("#box textarea") == understood
    page.click("#send")
    page.wait_for_selector("#t3.final")
    assert running.newsroom.asked[-1][0] == understood


def test_stop_keeps_what_is_there_at_once_and_the_next_question_works(visit, running):
    page = visit()
    ask(page, "慢一点", done=".tail")
    expect(page.locator("#send")).to_be_hidden()
    before = page.locator("#t1 .seconds").inner_text()
    page.wait_for_function("b => document.querySelector('#t1 .seconds').textContent !== b", arg=before)
    began = time.monotonic()
    page.click("#stop")
    page.wait_for_selector("#t1 .problem.stopped")
    assert time.monotonic() - began < LONG / 2  # it would have gone on for so long
    assert "一次性补助8万元" in page.inner_text("#t1")
    assert page.locator("#t1 .progress").count() == 0
    running.newsroom.go.set()
    free(running)
    assert "依据较弱" in ask(page, "百色").inner_text()
    page.wait_for_timeout(300)
    assert "已停止" in page.inner_text("#t1"), "a stopped answer must not go on"
    running.newsroom.go.clear()


def test_answering_again_and_editing_replace_the_last_answer_and_clearing_starts_anew(visit, running):
    page = visit()
    ask(page, "百色一问")
    page.click("#retry")
    page.wait_for_selector("#t2.final")
    expect(page.locator("#chat .turn")).to_have_count(1)
    page.click("#edit")
    page.wait_for_function("document.querySelector('#box textarea').value === '百色一问'")
    expect(page.locator("#hint")).to_contain_text("正在修改")
    page.fill("#box textarea", "百色二问")
    page.click("#send")
    page.wait_for_selector("#t3.final")
    expect(page.locator(".asked")).to_have_text(["百色二问"])
    expect(page.locator("#hint")).to_be_hidden()
    assert running.newsroom.asked[-1] == ("百色二问", ())
    ask(page, "甘肃呢")
    question, (before,) = running.newsroom.asked[-1]
    assert (question, before.question) == ("甘肃呢", "百色二问")
    page.click("#clear")
    page.wait_for_selector("#welcome .offer")
    expect(page.locator("#chat .turn")).to_have_count(0)


def test_a_refusal_a_degraded_answer_an_error_and_a_long_question_each_say_so_and_nothing_is_lost(visit):
    page = visit()
    refusal = ask(page, "火星上有工会吗").inner_text()
    assert "报道库中没有找到能回答此问题的内容（检索 4 篇" in refusal
    assert "可能相关，未用于回答" in refusal
    degraded = ask(page, "有多少快递员去了").inner_text()
    assert "语言模型暂时不可用" in degraded
    assert "已理解为：甘肃有多少名快递员参加了疗休养？" in degraded
    failed = ask(page, "出错").inner_text()
    assert "服务器出错" in failed
    assert "secret detail" not in page.content()
    long = "问" * (QUESTION_LIMIT + 12)
    page.fill("#box textarea", long)
    page.press("#box textarea", "Enter")
    page.wait_for_selector("#hint .hint")
    assert f"现在 {QUESTION_LIMIT + 12} 字" in page.inner_text("#hint")
    assert page.input_value("#box textarea") == long
    assert page.locator("#chat .turn").count() == 3
    assert "8万元" in ask(page, "百色").inner_text()


HELD_BACK = """
const ask = window.fetch;
window.fetch = async (...of) => {
  const told = await ask(...of);
  if (!String(of[0].url ?? of[0]).includes("queue/data")) return told;
  const late = new TransformStream({
    async transform(chunk, out) {
      const [at] = [...chunk.keys()].filter(i => new TextDecoder().decode(chunk.slice(i, i + 27)) === 'data: {"msg":"close_stream"');
      if (at === undefined || window.closeNow) return out.enqueue(chunk);
      out.enqueue(chunk.slice(0, at));
      await new Promise(go => { window.closeNow = go });
      out.enqueue(chunk.slice(at));
    },
  });
  return new Response(told.body.pipeThrough(late), { status: told.status, headers: told.headers });
};
"""
"""Tells the page late, once, that its stream of events is closed, as a network does that loses a packet."""


def test_a_question_asked_while_gradio_closes_the_stream_of_events_is_answered(visit):
    page = visit(script=HELD_BACK)
    ask(page, "百色")
    page.wait_for_function("window.closeNow !== undefined")
    # Until the page has seen that its first question is done: it asks then what may be asked next.
    until(page, lambda: sum("queue/join" in url for url in visit.requests) > 1)
    page.fill("#box textarea", "出错")
    with page.expect_response("**/queue/join**"):
        page.press("#box textarea", "Enter")
    page.wait_for_timeout(500)  # until the page has found its stream open for it
    page.evaluate("closeNow()")
    expect(page.locator("#chat .turn").nth(1)).to_contain_text("服务器出错")


def test_when_all_places_are_taken_the_next_person_is_told_so(visit, running):
    running.newsroom.go.clear()
    first, second, third = visit(), visit(), visit()
    ask(first, "慢", done=".tail")
    expect(ask(second, "百色", done=".progress")).to_contain_text(ZH.waiting.format(ahead=1))
    assert ZH.busy in ask(third, "百色").inner_text()
    running.newsroom.go.set()
    first.wait_for_selector("#t1.final")
    second.wait_for_selector("#t1.final")
    free(running)
    running.newsroom.go.clear()
    third.click("#retry")
    third.wait_for_selector("#t2.final")


def test_no_text_becomes_markup_wherever_it_comes_from(visit, running):
    """Questions, sentences, quotes, tables, titles, by-lines, notices, what is offered and what is typed. Asked once, looked at and
    gone through at every width.
    """
    page = visit(width=360)
    seen = watched(page)
    hostile = [f"快递员{group}" for group in groups(QUESTION_LIMIT - 3)]
    for question in hostile:
        ask(page, question)
    answer = ask(page, "攻击")
    page.wait_for_selector("#onward .offer >> visible=true")
    for width in WIDTHS:  # before a question that is too long has them looked for anew
        page.set_viewport_size({"width": width, "height": 860})
        assert lost(page.locator("#onward")) == []
        assert traces(page, seen, page.locator("#onward")) == []
        assert outside(page) == []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 860})
        assert questions(page)[:-1] == hostile
        for place in (".understood", ".notice", ".written", ".across", ".title", ".byline", ".sources", "pre.plain"):
            assert lost(answer.locator(place).first) == [], place
        answer.locator("a.cite").first.hover()
        page.wait_for_selector("#peek:not([hidden])")
        assert lost(page.locator("#peek .title")) == []
        page.click("#narrow")
        page.locator("#filters input").first.click()
        assert page.locator("ul[role=listbox] li").last.inner_text().strip().endswith(HOSTILE.province)
        assert traces(page, seen, page.locator("ul[role=listbox]")) == []
        page.locator("#filters input").first.fill(ATTACKS[2])
        page.locator("#filters input").first.press("Enter")
        label = page.locator("#scope .label >> visible=true")
        label.wait_for()
        assert ATTACKS[2] in label.inner_text()
        answer.locator("button.adopt").click()
        assert EVERY in page.input_value("#box textarea")
        page.press("#box textarea", "Enter")
        page.wait_for_selector("#hint .hint")
        page.wait_for_selector("#filters", state="hidden")  # or the next click on what opens them would shut them
        places = (".turn", ".asked", "#peek", "#scope", "#hint")
        assert traces(page, seen, *map(page.locator, places)) == []
        assert outside(page) == []
        label.click()  # as it was before, for the next width
        label.wait_for(state="hidden")
        page.fill("#box textarea", "")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_at_360_pixels_nothing_overflows_and_all_text_has_contrast(visit, scheme):
    page = visit(width=360, height=740, color_scheme=scheme)
    assert page.evaluate("document.body.classList.contains('dark')") == (scheme == "dark")
    assert outside(page) == []
    assert faint(page) == []
    for question in ("百色" + "长" * 60 + "A" * 120, "火星", "快递员", "出错", "攻击"):
        ask(page, question)
        assert outside(page) == []
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    page.locator("#t1 a.cite").nth(0).focus()
    assert outside(page) == []
    assert faint(page) == []
    moving = "[...document.querySelectorAll('*')].filter(n => getComputedStyle(n).animationName !== 'none').length"
    assert page.evaluate(moving) == 0


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1440, "light")])
def test_axe_finds_nothing_wrong_with_the_chat(visit, width, scheme):
    """First screen, answer, refusal, table, failure, what can be opened, and the report beside the answer."""
    page = visit(width=width, color_scheme=scheme)
    found = findings(page, "first screen")
    for question in ("百色", "火星", "出错", "哪些地方？"):
        ask(page, question)
    page.wait_for_selector("#onward .offer >> visible=true")
    page.click("#narrow")
    page.locator("#filters input").first.click()
    page.locator("ul[role=listbox]").wait_for()
    page.wait_for_function(
        "getComputedStyle(document.querySelector('ul[role=listbox]')).opacity === '1'"
    )  # it fades in
    found += findings(page, "answer, refusal, failure, table and filters")
    page.keyboard.press("Escape")
    page.locator(".opinion [value=down]").first.click()
    page.locator("summary").first.click()
    page.fill("#box textarea", "问" * (QUESTION_LIMIT + 1))
    page.press("#box textarea", "Enter")
    page.wait_for_selector("#hint .hint")
    page.locator("#t1 a.cite").first.hover()
    found += findings(page, "all that opens")
    if width >= 1024:
        page.click("#peek a.open")
        reader = in_pane(page)
        reader.wait_for_selector("mark.asked")
        found += findings(page, "pane") + findings(reader, "reader in the pane")
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong_with_the_reader_and_the_page_of_the_api(visit, running, scheme):
    page = visit(color_scheme=scheme)
    found = []
    for at in (
        "read/a-baise?s=1-30,50-60",
        "read/a-baise?s=5-9&lang=en",
        "read/a-hostile?s=9-1,2-3",
        "api",
        "api?lang=en",
    ):
        page.goto(f"http://127.0.0.1:{running.port}/{at}")
        found += findings(page, at)
    assert found == []


def faint(page, root=".gradio-container"):
    """Visible texts with a contrast under 4.5:1 against what they stand on (WCAG 2.2, 1.4.3)."""
    return page.evaluate(
        """root => {
      const rgba = c => { const m = c.match(/[\\d.]+/g).map(Number); return [m[0], m[1], m[2], m[3] ?? 1] };
      const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
      const ground = n => { for (; n; n = n.parentElement) { const c = rgba(getComputedStyle(n).backgroundColor); if (c[3] > .9) return c }
        return [255, 255, 255, 1] };
      const bad = [];
      const texts = document.createTreeWalker(document.querySelector(root), NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) {
        const n = texts.currentNode.parentElement;
        if (!texts.currentNode.data.trim() || !n.checkVisibility({opacityProperty: true, visibilityProperty: true}) ||
            n.closest('.spoken, .sr-only, style, script')) continue;
        const [a, b] = [light(rgba(getComputedStyle(n).color)), light(ground(n))].sort((x, y) => y - x);
        if ((a + .05) / (b + .05) < 4.5) bad.push(`${n.className || n.tagName}: ${texts.currentNode.data.slice(0, 20)}`);
      }
      return bad }""",
        root,
    )


def test_english_by_address_and_by_switch_and_the_conversation_stays(visit):
    page = visit("?lang=en")
    page.wait_for_selector("h1:has-text('Union News Answers')")
    page.wait_for_function("document.documentElement.lang === 'en'")
    expect(page.locator("#welcome")).to_contain_text("4 reports")
    turn = ask(page, "百色")
    assert "Sources" in turn.inner_text()
    assert "weak support" in turn.inner_text()
    page.click("#switch")
    page.wait_for_selector("h1:has-text('工会报道问答')")
    page.wait_for_function("document.documentElement.lang === 'zh-CN' && location.search === '?lang=zh'")
    expect(page.locator("#t1")).to_contain_text("依据较弱")
    expect(page.locator("#send")).to_have_text("发送")
    assert page.title() == "工会报道问答"


def test_a_screen_reader_hears_each_finished_answer_once(visit):
    page = visit()
    page.evaluate("""() => { window.heard = []; new MutationObserver(() => {
      const said = document.querySelector('.spoken').textContent; if (said) heard.push(said) })
      .observe(document.querySelector('.spoken'), {childList: true, characterData: true, subtree: true}) }""")
    ask(page, "百色")
    page.wait_for_function("heard.length > 0")
    ask(page, "火星")
    page.wait_for_function("heard.length > 1")
    page.wait_for_timeout(300)
    heard = page.evaluate("heard")
    assert len(heard) == 2
    assert heard[0].startswith("回答完成，3 处出处。百色市")
    assert "没有找到" in heard[1]
    log = page.locator("#chat [role=log]")
    assert (log.get_attribute("aria-live"), log.get_attribute("aria-label")) == ("off", "问答记录")
    names = page.locator("#chat :is([data-testid=user], [data-testid=bot])").evaluate_all(
        "ns => ns.map(n => n.getAttribute('aria-label'))"
    )
    assert names == ["你的问题", "回答"] * 2


def test_enter_that_chooses_a_word_of_an_input_method_does_not_send(visit):
    page = visit()
    page.focus("#box textarea")
    keyboard = page.context.new_cdp_session(page)
    keyboard.send("Input.imeSetComposition", {"text": "baise", "selectionStart": 5, "selectionEnd": 5})
    # What an input method sends for the Enter that ends its composition: key code 229, and no character.
    key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
    keyboard.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **key})
    keyboard.send("Input.insertText", {"text": "百色"})
    keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp", **key})
    page.wait_for_timeout(400)
    assert page.locator("#chat .turn").count() == 0
    assert page.input_value("#box textarea") == "百色"
    page.press("#box textarea", "Enter")
    page.wait_for_selector("#t1.final")


def test_the_browser_keeps_nothing_of_the_conversation(visit):
    page = visit()
    ask(page, "百色的秘密问题")
    kept = page.evaluate("""async () => JSON.stringify([localStorage, sessionStorage, document.cookie, history.state, location.href,
      (await indexedDB.databases()).map(d => d.name), await caches.keys()])""")
    assert "秘密" not in kept
    assert kept.startswith('[{},{},"",')


def kept(page):
    """What the browser keeps of the conversation, as it is written there: anew each time, by another random number."""
    return page.evaluate("key => localStorage.getItem(key)", STORED)


def kept_anew(page, before=None):
    """Wait until that is written again."""
    page.wait_for_function("([key, before]) => localStorage.getItem(key) !== before", arg=[STORED, before])
    return kept(page)


def keeps_nothing(page):
    """Whether nothing at all is stored, also after the time in which it would be written."""
    page.wait_for_timeout(400)
    return page.evaluate("localStorage.length") == 0


def reload(visit, page):
    """Load the page anew; that what it was waiting for is cut off then is no fault."""
    page.reload()
    cut_off = ("AbortError: ", "Unexpected error Connection errored out")
    visit.complaints[:] = [line for line in visit.complaints if not line.startswith(cut_off)]


def questions(page):
    return page.locator(".asked span").all_text_contents()


@pytest.mark.parametrize("width", [360, 1440])
def test_a_conversation_outlives_a_reload_only_while_its_reader_asks_for_it(visit, running, width):
    page = visit(width=width)
    box = page.get_by_label("在此浏览器保留对话")
    ask(page, "百色")
    assert not box.is_checked()
    assert keeps_nothing(page)
    box.check()
    written = kept_anew(page)
    ask(page, "火星")
    kept_anew(page, written)
    reload(visit, page)
    page.wait_for_selector("#t2.final")
    assert questions(page) == ["百色", "火星"]
    expect(box).to_be_checked()
    assert outside(page) == []
    page.locator("#t1 a.cite").first.press("Enter")
    assert page.evaluate("document.activeElement.id") == "t1-s1"
    with page.expect_download():
        page.locator("#t1 a.word").first.click()
    ask(page, "那快递员呢")
    assert [before.question for before in running.newsroom.asked[-1][1]] == ["百色", "火星"]
    box.uncheck()
    page.wait_for_function("localStorage.length === 0")
    ask(page, "百色一问")
    assert keeps_nothing(page)
    reload(visit, page)
    page.wait_for_selector("#welcome .offer")
    assert keeps_nothing(page)
    assert questions(page) == []
    assert not box.is_checked()


def test_a_cleared_conversation_does_not_come_back_though_the_box_stays_ticked(visit):
    page = visit()
    page.get_by_label("在此浏览器保留对话").check()
    written = kept_anew(page)
    ask(page, "百色")
    written = kept_anew(page, written)
    page.click("#clear")
    kept_anew(page, written)
    reload(visit, page)
    page.wait_for_function("document.querySelector('#keep input')?.checked")
    page.wait_for_selector("#welcome .offer")
    assert questions(page) == []


def test_a_box_emptied_while_an_answer_is_written_leaves_nothing_behind(visit, running):
    page = visit()
    box = page.get_by_label("在此浏览器保留对话")
    box.check()
    kept_anew(page)
    running.newsroom.go.clear()
    ask(page, "慢", done=".tail")
    box.uncheck()
    page.wait_for_function("localStorage.length === 0")
    running.newsroom.go.set()
    page.wait_for_selector("#t1.final")
    assert keeps_nothing(page)
    running.newsroom.go.clear()


def test_an_answer_that_has_expired_says_so_and_is_asked_again_in_its_place(visit, monkeypatch):
    page = visit(width=360)
    page.get_by_label("在此浏览器保留对话").check()
    written = kept_anew(page)
    for question in ("百色一问", "百色二问"):
        ask(page, question)
        written = kept_anew(page, written)
    monkeypatch.setattr("ui.shelf.KEPT_SECONDS", -1.0)
    reload(visit, page)
    page.wait_for_selector("#t2 .again")
    assert questions(page) == ["百色一问", "百色二问"]
    assert ZH.expired in page.inner_text("#t1")
    assert page.locator("#chat .final").count() == 0
    assert outside(page) == []
    assert faint(page) == []
    assert findings(page, "expired") == []
    monkeypatch.undo()
    written = kept(page)  # it was written anew when it was read
    page.click("#t1 .again")
    page.wait_for_selector("#t3.final")
    assert questions(page) == ["百色二问", "百色一问"]
    assert page.input_value("#box textarea") == ""
    kept_anew(page, written)
    reload(visit, page)
    page.wait_for_selector("#chat .final")
    assert questions(page) == ["百色二问", "百色一问"]
    assert page.locator("#chat .again").count() == 1


def test_a_request_to_another_host_is_blocked_and_would_be_noticed(visit):
    page = visit()
    page.evaluate("new Image().src = 'http://evil.example/x.png'")
    until(page, lambda: any("evil.example" in line for line in visit.complaints + visit.requests))
    until(page, lambda: any("Content Security Policy" in line for line in visit.complaints))
    visit.complaints.clear()
    visit.requests.clear()


def test_the_server_gives_out_no_files_takes_none_and_offers_no_endpoints(visit, running):
    page = visit()
    at = f"http://127.0.0.1:{running.port}/"
    for path in (
        "gradio_api/file=/etc/passwd",
        "gradio_api/file=pyproject.toml",
        "gradio_api/runs",
        "gradio_api/info",
        "docs",
        "openapi.json",
    ):
        assert page.request.get(at + path).status in (403, 404), path
    upload = {"files": {"name": "x.txt", "mimeType": "text/plain", "buffer": b"x" * 3000}}
    assert page.request.post(at + "gradio_api/upload", multipart=upload).status == 404


# --- the reader ---------------------------------------------------------------------------------


def comes_in_sight(page, selector):
    """Wait until the element stands within the window, clear of the bar at the top."""
    sight = """s => { const r = document.querySelector(s).getBoundingClientRect();
        return r.top > document.querySelector('header').getBoundingClientRect().bottom && r.bottom < innerHeight }"""
    until(page, lambda: page.evaluate(sight, selector))


def in_pane(page):
    """The frame of the reader beside the answer."""
    return page.wait_for_selector("aside.pane iframe").content_frame()


def checked_at_its_places(reader):
    """The mark is in sight and has the focus, and the way to the other place and back works by keyboard alone."""
    asked = reader.locator("mark.asked")
    assert asked.inner_text() == "2022年以来,百色市共建设12个工会系统人大代表联络站。"
    assert reader.locator("mark.cited").count() == 1
    comes_in_sight(reader, "mark.asked")
    until(reader, lambda: reader.evaluate("document.activeElement.id") == "mark")
    assert outside(reader, "body") == []
    assert faint(reader, "body") == []
    assert reader.locator(".steps .count").inner_text() == "引用 2/2"
    reader.locator(".steps a[rel=prev]").press("Enter")
    reader.locator(".steps .count", has_text="引用 1/2").wait_for()
    expect(asked).to_contain_text("一次性补助8万元")
    comes_in_sight(reader, "mark.asked")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_from_a_card_to_the_reader_in_a_tab_to_its_mark_and_back_to_where_the_answer_was(visit, scheme):
    page = visit(width=360, height=740, color_scheme=scheme)
    ask(page, "百色")
    mark = page.locator("#t1 a.cite").nth(1)
    mark.scroll_into_view_if_needed()
    mark.hover()
    page.locator("#peek").wait_for()
    assert outside(page) == []
    scrolled = page.evaluate("scrollY")
    with page.context.expect_page() as opened:
        page.click("#peek a.open")
    reader = opened.value
    reader.wait_for_load_state()
    complaints = []
    reader.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    assert reader.evaluate("window.opener") is None
    checked_at_its_places(reader)
    # without the fragment, as from an address that was written down
    reader.goto(reader.url.split("#")[0])
    comes_in_sight(reader, "mark.asked")
    reader.click(".top a[lang=en]")
    reader.wait_for_selector("html[lang=en]")
    assert "一次性补助8万元" in reader.inner_text("mark.asked")
    assert complaints == []
    reader.close()
    assert page.evaluate("scrollY") == scrolled
    assert page.locator("#t1.final").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1024, 700), (1440, 900)])
def test_where_there_is_room_the_card_opens_the_reader_beside_the_answer_and_escape_leads_back(
    visit, width, height, scheme
):
    page = visit(width=width, height=height, color_scheme=scheme)
    ask(page, "百色")
    page.locator("#t1 a.cite").nth(1).hover()
    page.locator("#peek").wait_for()
    page.click("#peek a.open")
    reader = in_pane(page)
    reader.wait_for_selector("mark.asked")
    assert page.locator("#peek").is_hidden()
    assert reader.locator(".top").count() == 0
    checked_at_its_places(reader)
    assert reader.url.split("&pane=1")[1] == "#mark"
    assert outside(page, "body") == []
    assert faint(page, "body") == []
    column, pane = (page.locator(at).bounding_box() for at in (".gradio-container", "aside.pane"))
    assert column["x"] + column["width"] <= pane["x"]
    comes_in_sight(page, "#t1-r2")
    # another place while it is open, and back by keyboard
    link = page.locator("#t1-s3 a.open")
    link.press("Enter")
    page.frame_locator(".pane iframe").locator("mark.asked", has_text="召开联席会议3次").wait_for()
    assert page.locator("aside.pane").count() == 1
    assert page.locator(".pane .tab").get_attribute("href").endswith("#mark")
    assert page.locator(".pane .close").inner_text() == "关闭"
    link.focus()
    page.keyboard.press("Escape")
    assert page.locator("aside.pane").count() == 0
    assert link.evaluate("n => n === document.activeElement")
    comes_in_sight(page, "#t1-s3 a.open")
    link.press("Enter")
    page.click(".pane .close")
    assert page.locator("aside.pane").count() == 0
    with page.context.expect_page() as opened:
        link.click(modifiers=["Control"])
    opened.value.wait_for_url("**/read/**")
    assert "pane" not in opened.value.url


def test_a_hostile_article_stays_text_in_the_reader(visit, running):
    page = visit()
    seen = watched(page)
    page.goto(f"http://127.0.0.1:{running.port}/read/a-hostile?s=3-20,{quote(EVERY)}&lang={quote(EVERY)}")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert lost(page.locator("title")) == []
        for place in ("h1", ".kicker", ".subtitle", ".banner", ".about", ".doubts", ".text", "h2", ".credits"):
            assert lost(page.locator(place).first) == [], place
        for place in (".warn", ".from"):
            assert ATTACKS[0] in page.text_content(place)
        assert traces(page, seen, page.locator("body")) == []
        assert outside(page, "body") == []


def test_a_printed_article_is_black_on_white_without_bars_links_or_marks(visit, running):
    page = visit(color_scheme="dark")
    page.goto(f"http://127.0.0.1:{running.port}/read/a-baise?s=1-30,50-60,x")
    page.emulate_media(media="print")
    assert page.locator("header").is_hidden()
    assert page.locator(".warn").is_hidden()
    look = "s => { const c = getComputedStyle(document.querySelector(s)); return [c.color, c.backgroundColor] }"
    assert page.evaluate(look, "mark.asked") == ["rgb(0, 0, 0)", "rgba(0, 0, 0, 0)"]
    assert page.evaluate(look, "body") == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    assert page.locator("main a").count() == 0


# --- the HTTP API beside the chat ---------------------------------------------------------------


def test_chat_and_api_share_their_places_and_the_page_of_the_api_loads_nothing_from_elsewhere(visit, running):
    page = visit(width=360, height=740)
    at = f"http://127.0.0.1:{running.port}/"
    asked = {"data": {"question": "百色"}}
    assert page.request.post(at + "api/ask", **asked).json()["status"] == "answered"
    running.newsroom.go.clear()
    ask(page, "慢", done=".tail")
    waiting = visit()
    expect(ask(waiting, "百色", done=".progress")).to_contain_text(ZH.waiting.format(ahead=1))
    busy = page.request.post(at + "api/ask", **asked)
    assert (busy.status, busy.json()["error"]["type"]) == (503, "busy")
    waiting.click("#stop")
    waiting.wait_for_selector("#t1 .problem.stopped")
    until(waiting, lambda: running.slots.taken == 1)
    running.newsroom.go.set()
    page.wait_for_selector("#t1.final")
    page.wait_for_selector("#onward .offer >> visible=true")
    free(running)
    running.newsroom.go.clear()
    assert page.request.get(at + "api/nothing").json()["error"]["type"] == "not_found"
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto(at + "api?lang=en")
        assert page.locator("h2:has-text('POST /v1/chat/completions')").count() == 1
        assert faint(page, "body") == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
