import asyncio
import socket
import threading
import time
from dataclasses import replace

import pytest
from attacks import ATTACKS
from newsroom import ARTICLES, BAISE, GANSU, HOSTILE, LONG, YUNNAN, Newsroom, answered

from rag.config import load
from rag.errors import SettingsError
from rag.types import Asked, Filters, Partial, Progress, Step
from ui import turns
from ui.app import HEADERS, MOST_BYTES, Headers, address, create, listen, serve
from ui.hosts import is_loopback
from ui.library.census import Census
from ui.live import Live
from ui.texts import EN, EXAMPLES, MOST_EXAMPLES, QUESTION_LIMIT, ZH
from ui.turns import Problem, Slots, Turn

# --- turns: no gradio ---------------------------------------------------------------------------


async def collect(stream):
    return [item async for item in stream]


def played(newsroom, question, earlier=(), slots=None):
    async def play():
        return await collect(turns.run(newsroom, Turn(1, question), earlier, slots or Slots()))

    return asyncio.run(play())


def test_a_turn_grows_from_progress_over_partial_sentences_to_the_answer():
    grown = played(Newsroom(pause=0.02), "百色")
    assert grown[0].progress == Progress(Step.UNDERSTAND, 0.0)
    assert any(t.partial for t in grown[:-1])
    assert all(t.pending for t in grown[:-1])
    assert grown[-1].answer == answered("百色")
    assert grown[-1].seconds > 0


@pytest.mark.parametrize(("question", "problem"), [("出错", Problem.FAILED), ("断线", Problem.MODEL_FAILED)])
def test_an_error_becomes_a_problem_with_a_reference_found_in_the_log_and_without_its_detail(question, problem, caplog):
    last = played(Newsroom(), question)[-1]
    assert (last.problem, last.pending) == (problem, False)
    assert last.reference in caplog.text
    assert "secret detail" not in getattr(ZH, last.problem).format(reference=last.reference)


def test_a_stream_that_ends_without_an_answer_is_an_error():
    class Silent(Newsroom):
        def stream(self, question, history=(), filters=None):
            yield Progress(Step.UNDERSTAND, 0.0)

    assert played(Silent(), "问")[-1].problem is Problem.FAILED


def test_overtaken_partial_answers_are_skipped_and_the_last_word_is_kept():
    sent = threading.Event()

    class Hasty(Newsroom):
        def stream(self, question, history=(), filters=None):
            for i in range(500):
                yield Partial((), "字" * (i + 1))
            yield answered(question)
            sent.set()

    async def play():
        drawn = []
        async for turn in turns.run(Hasty(), Turn(1, "问"), (), Slots()):
            drawn.append(turn)
            await asyncio.to_thread(sent.wait, LONG)
        return drawn

    drawn = asyncio.run(play())
    assert drawn[-1].answer == answered("问")
    assert len(drawn) <= 2


def test_only_so_many_run_the_next_wait_and_are_told_so_and_beyond_that_it_is_busy():
    newsroom = Newsroom()

    async def play():
        slots = Slots(running=1, waiting=1)
        first = asyncio.create_task(collect(turns.run(newsroom, Turn(1, "慢一"), (), slots)))
        await asyncio.sleep(0.1)
        second = asyncio.create_task(collect(turns.run(newsroom, Turn(1, "二"), (), slots)))
        await asyncio.sleep(0.1)
        third = await collect(turns.run(newsroom, Turn(1, "三"), (), slots))
        newsroom.go.set()
        done = await first, await second, third
        return done, slots.taken

    (first, second, third), taken = asyncio.run(play())
    assert first[-1].answer
    assert second[0].ahead == 1
    assert second[-1].answer
    assert second[-1].ahead == 0
    assert [t.problem for t in third] == [Problem.BUSY]
    assert taken == 0
    assert [q for q, _ in newsroom.asked] == ["慢一", "二"]


def test_leaving_the_line_gives_the_place_back():
    newsroom = Newsroom()

    async def play():
        slots = Slots(running=1, waiting=1)
        first = asyncio.create_task(collect(turns.run(newsroom, Turn(1, "慢一"), (), slots)))
        await asyncio.sleep(0.1)
        second = asyncio.create_task(collect(turns.run(newsroom, Turn(1, "二"), (), slots)))
        await asyncio.sleep(0.1)
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)
        held = slots.taken
        newsroom.go.set()
        await first
        return held, slots.taken

    assert asyncio.run(play()) == (1, 0)


def test_stopping_returns_at_once_and_the_place_is_held_until_the_work_ends():
    newsroom = Newsroom()

    async def play():
        slots = Slots(running=1, waiting=0)
        task = asyncio.create_task(collect(turns.run(newsroom, Turn(1, "慢"), (), slots)))
        await asyncio.sleep(0.1)
        began = time.monotonic()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        took, held = time.monotonic() - began, slots.taken
        newsroom.go.set()
        while slots.taken:
            assert time.monotonic() - began < LONG, "the place was not given back"
            await asyncio.sleep(0.02)
        return took, held

    took, held = asyncio.run(play())
    assert took < LONG / 2
    assert held == 1


def test_a_retried_question_gets_a_number_never_used_before():
    held = turns.begin(turns.begin((), "一"), "二")
    again = turns.begin(held, "二", replaces=True)
    assert [(t.number, t.question) for t in again] == [(1, "一"), (3, "二")]


def test_settling_marks_only_a_pending_last_turn():
    held = turns.settle(turns.begin((), "一"))
    assert held[-1].problem is Problem.STOPPED
    assert turns.settle(held) is held
    assert turns.settle(()) == ()


def test_history_holds_answered_questions_only():
    held = (Turn(1, "一", answer=answered("一")), Turn(2, "二", problem=Problem.FAILED), Turn(3, "三"))
    (first,) = turns.history(held)
    assert first.question == "一"
    assert first.cited
    assert set(first.cited) == {c.passage for c in held[0].answer.citations}


# --- handlers: with gradio ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def chat():
    from ui import chat

    return chat


@pytest.fixture(scope="module")
def kept():
    from ui import kept

    return kept


@pytest.fixture
def on(chat):
    from ui.render import Archive

    newsroom = Newsroom()
    return chat.Handlers(newsroom, Archive(newsroom.article, lambda: Census.of(ARTICLES), "工人日报"), Slots(), "zh")


def asked(on, question, held=(), *, replaces=False):
    return asyncio.run(collect(on.ask_typed(question, replaces, held, "zh", Filters())))


@pytest.mark.parametrize("length", [1, QUESTION_LIMIT])
def test_a_question_within_the_limit_is_asked_and_the_box_emptied(on, length):
    steps = asked(on, "问" * length)
    assert steps[0][0] == ""
    assert steps[-1][4][-1].answer


@pytest.mark.parametrize(
    ("question", "line"),
    [("", ZH.empty), ("  \n ", ZH.empty), ("问" * (QUESTION_LIMIT + 1), f"现在 {QUESTION_LIMIT + 1} 字")],
)
def test_an_empty_or_overlong_question_is_refused_in_one_line_and_stays_in_the_box(on, question, line):
    (step,) = asked(on, question)
    assert step[0] == {"__type__": "update"}
    assert line in step[1]["value"]
    assert step[4] == ()
    assert on.asker.asked == []


def test_a_follow_up_carries_the_earlier_questions(on):
    held = asked(on, "百色怎么做？")[-1][4]
    asked(on, "甘肃呢？", held)
    question, before = on.asker.asked[-1]
    assert (question, before) == ("甘肃呢？", (Asked.of(held[0].answer),))
    assert before[0].question == "百色怎么做？"


def test_an_edited_question_replaces_the_last_one_and_its_answer(on):
    held = asked(on, "百色怎么做？")[-1][4]
    text, _, replaces, label = on.revise(replaces=False, held=held, spoken="zh")
    assert (text, replaces, label) == ("百色怎么做？", True, ZH.edit_cancel)
    assert on.revise(replaces=True, held=held, spoken="zh")[0] == ""
    after = asked(on, "百色怎样做的？", held, replaces=True)[-1][4]
    assert [t.question for t in after] == ["百色怎样做的？"]
    assert on.asker.asked[-1] == ("百色怎样做的？", ())


def test_answering_again_asks_the_same_with_the_same_history(on):
    held = asked(on, "二", asked(on, "一")[-1][4])[-1][4]
    after = asyncio.run(collect(on.ask_again(held, "zh", Filters())))[-1][4]
    assert [t.question for t in after] == ["一", "二"]
    assert on.asker.asked[-1] == ("二", (Asked.of(held[0].answer),))
    assert after[0] is held[0]


def test_turns_that_stand_are_drawn_once_for_a_question_and_the_last_one_at_each_step(on, monkeypatch):
    from ui import render

    held = asked(on, "二", asked(on, "一")[-1][4])[-1][4]
    drawn, draw = [], render.turn
    monkeypatch.setattr(render, "turn", lambda turn, *rest: drawn.append(turn.question) or draw(turn, *rest))
    steps = asked(on, "三", held)
    assert [drawn.count(q) for q in ("一", "二", "三")] == [1, 1, len(steps)]
    assert all(len(step[5]["value"]) == 6 for step in steps)


def test_an_error_keeps_the_conversation(on):
    held = asked(on, "出错", asked(on, "百色")[-1][4])[-1][4]
    assert held[0].answer
    assert held[1].problem is Problem.FAILED


def test_send_and_stop_change_places_while_an_answer_is_written(on):
    steps = asked(on, "百色")
    shown = [tuple(part["visible"] for part in step[6:10]) for step in (steps[0], steps[-1])]
    # welcome, tools, send, stop
    assert shown == [(False, False, False, True), (False, True, True, False)]
    assert [part["visible"] for part in on.wipe("zh")[6:10]] == [True, False, True, False]


def test_what_to_ask_next_is_offered_once_the_answer_stands_and_goes_with_the_next_question(on):
    held = asked(on, "百色")[-1][4]
    assert not any(part["visible"] for part in on.view(held, "zh")[6:])
    group, *offers = asyncio.run(on.look_onward(held))
    assert group["visible"]
    assert [(b["value"], b["visible"]) for b in offers[:2]] == [("快递员有多少名？", True), (f"{ATTACKS[0]}？", True)]
    assert not offers[2]["visible"]
    assert not any(part["visible"] for part in asyncio.run(on.look_onward(())))


def test_nothing_is_offered_where_others_wait_and_a_failure_to_find_it_is_only_logged(on, caplog):
    class Failing(Newsroom):
        def onward(self, answer, filters=None):
            raise ValueError("no index")

    (done,) = [step[4][-1] for step in asked(on, "百色")[-1:]]
    slots = Slots(running=1)
    slots.taken = 1
    assert asyncio.run(turns.onward(on.asker, done, slots)) == ()
    assert not caplog.records
    assert asyncio.run(turns.onward(Failing(), done, Slots())) == ()
    assert "no questions to ask next" in caplog.text


def test_switching_the_language_keeps_the_conversation_and_changes_its_words(on):
    held = asked(on, "百色")[-1][4]
    english = on.swap("zh", held, Filters())
    assert english[0] == "en"
    assert "Sources" in english[13][1].content[0].value
    assert "百色" in english[13][0].content[0].value
    assert any("Ask next" in str(value) for value in english)
    assert on.swap("en", held, Filters())[0] == "zh"


def test_what_the_browser_keeps_is_questions_and_tokens_and_brings_the_answers_back(on, kept):
    narrow = Filters(place="甘肃")
    held = asked(on, "百色怎么做？")[-1][4]
    held = asyncio.run(collect(on.ask_offer("甘肃呢？", held, "zh", narrow)))[-1][4]
    held = (*held, Turn(3, "停", problem=Problem.STOPPED))
    stored = kept.keep(wanted=True, conversation=held)
    assert stored == [["百色怎么做？", held[0].word], ["甘肃呢？", held[1].word]]
    assert kept.keep(wanted=False, conversation=held) is None
    ticked, back, *_ = on.restore(stored, (), "zh")
    assert ticked is True
    assert [(t.number, t.question, t.answer, t.filters, t.seconds, t.word) for t in back] == [
        (t.number, t.question, t.answer, t.filters, t.seconds, t.word) for t in held[:2]
    ]
    assert back[1].filters == narrow
    assert on.restore([], (), "zh")[:2] == (True, ())
    for nothing in (on.restore(None, (), "zh"), on.restore(stored, held, "zh")):
        assert nothing == {"__type__": "update"}


def test_an_answer_that_is_gone_has_expired_and_gives_way_to_the_same_question(on, kept):
    (_, back, *_) = on.restore([["百色怎么做？", "x" * 22], ["甘肃呢？", ""]], (), "zh")
    assert [(t.question, t.problem) for t in back] == [
        ("百色怎么做？", Problem.EXPIRED),
        ("甘肃呢？", Problem.EXPIRED),
    ]
    assert kept.told(back) == [["百色怎么做？", ""], ["甘肃呢？", ""]]
    after = asked(on, "百色怎么做？", back)[-1][4]
    assert [(t.number, t.question, t.problem) for t in after] == [
        (2, "甘肃呢？", Problem.EXPIRED),
        (3, "百色怎么做？", None),
    ]
    assert on.asker.asked[-1] == ("百色怎么做？", ())


@pytest.mark.parametrize(
    "stored",
    [
        "x",
        {"a": 1},
        3,
        [1, None, "ab"],
        [["q"], ["q", "t", "u"], ["q", 1], [None, "t"], [["q"], "t"]],
        [["", "t"], ["  ", "t"], ["\ud800", "t"], ["问" * (QUESTION_LIMIT + 1), "t"]],
    ],
)
def test_what_somebody_made_of_it_is_left_out(on, stored):
    assert on.restore(stored, (), "zh")[:2] == (True, ())


def test_no_more_than_the_last_turns_are_kept_and_brought_back(kept):
    from ui.shelf import Shelf

    many = tuple(Turn(n, f"第{n}问", answer=answered("问"), word="t") for n in range(1, 99))
    stored = kept.told(many)
    assert [question for question, _ in stored] == [f"第{n}问" for n in range(99 - kept.MOST, 99)]
    back = kept.read([["旧", ""]] * 50_000 + stored, Shelf())
    assert [t.question for t in back] == [question for question, _ in stored]
    assert [t.number for t in back] == list(range(1, kept.MOST + 1))


# --- the server ---------------------------------------------------------------------------------


def test_counts_choices_and_example_questions_are_those_of_the_index_in_use(chat):
    from ui.render import Archive

    live = Live(Newsroom(articles=ARTICLES[:3]), grace=0.0)
    on = chat.Handlers(live, Archive.of(live, "工人日报"), Slots(), "zh")

    def told():
        page = on.speak("zh", (), Filters())
        refusal = asked(on, "火星")[-1][5]["value"][1].content[0].value
        offers, (_, place, kind) = page[16 : 16 + MOST_EXAMPLES], page[16 + MOST_EXAMPLES :][:3]
        shown = [offer["value"] for offer in offers if offer["visible"]]
        return page[3], refusal, place["choices"][1:], [value for _, value in kind["choices"][1:]], shown

    welcome, refusal, places, kinds, offers = told()
    assert "报道 3 篇，约 2023-04-21 至 2025-12-04" in welcome
    assert "检索 3 篇" in refusal
    assert (places, kinds) == (["甘肃"], ["news"])
    assert offers == [EXAMPLES[1].question, *(f"《{a.title}》讲了什么？" for a in (GANSU, BAISE, YUNNAN))]
    moved = replace(GANSU, province="云南", title="标题", published=BAISE.published)
    live.use(
        Newsroom(
            index_id="newer",
            articles=(moved, replace(BAISE, paragraphs=("无",)), YUNNAN, replace(HOSTILE, province="")),
        )
    )
    welcome, refusal, places, kinds, offers = told()
    assert "报道 4 篇，约 2023-04-21。" in welcome
    assert "检索 4 篇" in refusal
    assert (places, kinds) == (["云南"], ["news", "document"])
    assert offers == [f"《{title}》讲了什么？" for title in ("标题", BAISE.title, YUNNAN.title)]


def in_loop(make):
    """What ``make()`` returns, called in a running loop: gradio otherwise makes one and never closes it."""

    async def run():
        return make()

    return asyncio.run(run())


def test_nothing_is_public_but_the_page_and_nothing_is_sent_away(chat):
    page = in_loop(lambda: chat.build(Live(Newsroom()), load(), Slots(1, 1)))
    assert page.analytics_enabled is False
    assert all(f.api_visibility == "private" for f in page.fns.values())
    assert all(f.concurrency_limit is not None for f in page.fns.values())
    assert not chat.theme()._stylesheets
    assert not chat.theme()._font_css
    rules = dict(HEADERS)[b"content-security-policy"].decode()
    assert "http" not in rules
    assert "*" not in rules


def test_the_application_keeps_no_run_history_links_nowhere_and_shares_no_files(chat):
    app = in_loop(lambda: create(Live(Newsroom()), load()))
    gradio_app = next(r.app for r in app.routes if hasattr(getattr(r, "app", None), "get_blocks"))
    blocks = gradio_app.get_blocks()
    assert (blocks.run_history, blocks.footer_links, blocks.allowed_paths, blocks.share) == (False, [], [], False)
    assert blocks.max_file_size == 1024


def test_a_busy_port_is_one_line_that_says_what_to_do():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError) as caught:
            serve(Live(Newsroom()), load(port=port))
    message = str(caught.value)
    assert f"{port} 已被占用" in message
    assert "RAG_PORT=" in message
    assert "\n" not in message


def test_an_address_that_is_not_this_machines_is_one_line():
    with pytest.raises(SettingsError, match=r"cannot listen on 192\.0\.2\.1:7860"):
        listen("192.0.2.1", 7860, EN)


@pytest.mark.parametrize(
    ("host", "loopback", "shown"),
    [
        ("127.0.0.1", True, "http://127.0.0.1:7860"),
        ("localhost", True, "http://localhost:7860"),
        ("::1", True, "http://[::1]:7860"),
        ("0.0.0.0", False, "http://127.0.0.1:7860"),
        ("10.1.2.3", False, "http://10.1.2.3:7860"),
        ("chat.intranet", False, "http://chat.intranet:7860"),
    ],
)
def test_hosts_other_than_loopback_are_known_and_shown_as_a_browser_takes_them(host, loopback, shown):
    assert is_loopback(host) is loopback
    assert address(host, 7860) == shown


def test_serving_beyond_loopback_warns_that_there_is_no_sign_in(monkeypatch, capsys):
    import uvicorn

    monkeypatch.setattr("ui.app.create", lambda live, settings: None)
    monkeypatch.setattr(uvicorn.Server, "run", lambda self, sockets: None)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    serve(Live(Newsroom()), load(host="0.0.0.0", port=port))
    out = capsys.readouterr().out
    assert f"http://127.0.0.1:{port}" in out
    assert "还没有登录功能" in out
    assert ZH.api_closed in out
    serve(Live(Newsroom()), load(host="0.0.0.0", port=port, api_anonymous=True))
    assert ZH.api_closed not in capsys.readouterr().out
    serve(Live(Newsroom()), load(port=port, hosts=("rag.example.org",), language="en"))
    assert EN.api_closed in capsys.readouterr().out
    serve(Live(Newsroom()), load(port=port))
    assert ZH.api_closed not in capsys.readouterr().out


# --- the real assistant -------------------------------------------------------------------------


@pytest.mark.slow
def test_every_example_question_is_answered_and_drawn_over_the_five_pages(tmp_path, chat):
    from rag.assistant import Assistant
    from rag.ingest.read import read, sources
    from rag.search import encode, store
    from ui.render import Archive

    settings = load(store=tmp_path / "index")
    corpus = read(sources(settings.pages))
    store.build(corpus.articles, settings, encode.load(settings.encoder), pages=corpus.pages)
    assistant = Assistant.open(settings)
    assert Census.of(assistant.articles).examples == tuple(e.question for e in EXAMPLES)
    on = chat.Handlers(assistant, Archive.of(Live(assistant), "工人日报"), Slots(), "zh")
    for example in EXAMPLES:
        last = asked(on, example.question)[-1]
        (turn,) = last[4]
        assert turn.answer is not None, example.question
        assert not turn.answer.refused, example.question
        assert 'class="cite"' in last[5]["value"][1].content[0].value


@pytest.mark.parametrize(
    ("path", "length", "status"),
    [
        ("/gradio_api/queue/join", b"%d" % (MOST_BYTES + 1), 413),
        ("/gradio_api/queue/join", b"-1", 413),
        ("/gradio_api/queue/join", b"%d" % MOST_BYTES, 200),
    ],
)
def test_oversized_bodies_never_reach_gradio(path, length, status):
    statuses = []

    async def behind(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message):
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    scope = {"type": "http", "path": path, "headers": [(b"content-length", length)]}
    asyncio.run(Headers(behind)(scope, None, send))
    assert statuses == [status]


def test_what_a_browser_sends_for_an_example_is_held_to_the_same_length(on):
    steps = asyncio.run(collect(on.ask_offer("工" * (QUESTION_LIMIT + 1), (), "zh", Filters())))
    assert len(steps) == 1


def test_a_fast_answer_is_drawn_once_and_a_slow_step_is_seen_while_it_lasts():
    async def growing(seen):
        turn = Turn(1, "问")
        for n in range(3):
            turn = replace(turn, progress=Progress(Step.SEARCH, float(n)))
            yield turn
        await seen.wait()
        yield replace(turn, answer=answered("问"))

    async def drawn(least, *, slow):
        seen, found = asyncio.Event(), []
        if not slow:
            seen.set()
        async for turn in turns.paced(growing(seen), least):
            found.append((turn.pending, turn.progress.seconds))
            seen.set()
        return found

    assert asyncio.run(drawn(30.0, slow=False)) == [(False, 2.0)]
    assert asyncio.run(drawn(1.0, slow=True)) == [(True, 2.0), (False, 2.0)]


def test_a_place_in_the_line_is_drawn_at_once_and_leaving_closes_what_is_drawn():
    closed = []

    async def growing():
        try:
            yield Turn(1, "问", ahead=2)
            await asyncio.sleep(30)
        finally:
            closed.append(True)

    async def leave():
        drawn = turns.paced(growing(), 10)
        began = time.monotonic()
        assert (await anext(drawn)).ahead == 2
        await drawn.aclose()
        return time.monotonic() - began

    assert asyncio.run(leave()) < 5
    assert closed == [True]


def test_what_a_turn_raises_comes_through_and_none_is_lost():
    async def growing():
        yield Turn(1, "问")
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        asyncio.run(collect(turns.paced(growing(), 0.1)))
