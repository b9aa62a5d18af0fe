"""What the page sends to a browser without remembering it: the same as Gradio would, and what must be remembered is."""

import asyncio

import gradio as gr
import pytest
from gradio.state_holder import SessionState
from newsroom import ARTICLES, Newsroom

from rag.config import load
from rag.types import Filters
from ui import chat
from ui.library.census import Census
from ui.live import Live
from ui.render import Archive
from ui.turns import Slots


async def page_and_handlers():
    newsroom = Newsroom()
    page = chat.build(Live(newsroom), load(), Slots(1, 1))
    archive = Archive(newsroom.article, lambda: Census.of(ARTICLES), "工人日报")
    return page, chat.Handlers(newsroom, archive, Slots(), "zh")


def function(page, name):
    return next(f for f in page.fns.values() if f.name == name)


async def both(page, name, values):
    """What the browser is told of ``values`` for the outputs of the function ``name``: by the page, and by Gradio."""
    ours = await page.postprocess_data(function(page, name), values, SessionState(page))
    theirs = await gr.Blocks.postprocess_data(page, function(page, name), values, SessionState(page))
    for one in theirs:
        if isinstance(one, dict) and one.get("props") == {"__type__": "update"}:  # of HTML, where it says nothing
            del one["props"]
    return ours, theirs


@pytest.mark.parametrize("question", ["百色怎么做？", "火星", "出错", ""])
def test_the_browser_is_told_of_a_question_what_gradio_would_tell_it(question):
    async def run():
        page, on = await page_and_handlers()
        steps = [step async for step in on.ask_typed(question, replaces=False, held=(), spoken="zh", filters=Filters())]
        return [await both(page, "ask_typed", step) for step in steps]

    told = asyncio.run(run())
    assert told
    assert all(ours == theirs for ours, theirs in told)
    assert all(len(ours) == 14 for ours, _ in told)


@pytest.mark.parametrize("name", ["arrive", "look_onward", "restore", "revise", "_open_stream"])
def test_the_browser_is_told_of_other_events_what_gradio_would_tell_it(name):
    async def run():
        page, on = await page_and_handlers()
        held = [step async for step in on.ask("百色怎么做？", (), "zh", Filters())][-1][4]
        values = {
            "arrive": lambda: on.speak("en", held, Filters()),
            "look_onward": lambda: on.offered(("一？", "二？")),
            "restore": gr.skip,
            "revise": lambda: on.revise(replaces=False, held=held, spoken="zh"),
            "_open_stream": lambda: None,
        }
        return await both(page, name, values[name]())

    ours, theirs = asyncio.run(run())
    assert ours == theirs


def test_the_end_of_a_stream_and_what_is_not_shown_are_told_as_by_gradio():
    async def run():
        page, on = await page_and_handlers()
        ended = (gr.components._Keywords.FINISHED_ITERATING,) * 14
        state = SessionState(page)
        asks = function(page, "ask_typed")
        await page.postprocess_data(asks, on.wipe("zh"), state)
        held = [step async for step in on.ask("百色怎么做？", (), "zh", Filters())][-1]
        await page.postprocess_data(asks, held, state)
        return await page.postprocess_data(asks, ended, state), state[asks.outputs[4]._id], held[4]

    end, kept, held = asyncio.run(run())
    assert end == [None] * 14
    assert kept is held


def test_the_choices_of_a_field_are_remembered_for_what_is_checked_by_them():
    async def run():
        page, on = await page_and_handlers()
        state = SessionState(page)
        fields = [block for block in function(page, "arrive").outputs if isinstance(block, gr.Dropdown)]
        values = list(on.speak("zh", (), Filters()))
        at = function(page, "arrive").outputs.index(fields[1])
        values[at] = gr.update(choices=[("新", "new")])
        await page.postprocess_data(function(page, "arrive"), tuple(values), state)
        return state[fields[1]._id].choices

    assert asyncio.run(run()) == [("新", "new")]


def test_a_session_describes_no_component_and_the_page_all_of_them():
    async def run():
        page, _ = await page_and_handlers()
        return SessionState(page), page.get_config_file()["components"]

    session, served = asyncio.run(run())
    assert not any(session.config_values.values())
    assert len(served) > 40
    assert all(one["type"] for one in served)
    assert any(one["props"].get("elem_id") == "box" for one in served)


def test_events_are_not_counted_and_steps_of_gradios_line_not_told():
    async def run():
        page, _ = await page_and_handlers()
        return page._queue

    queue = asyncio.run(run())
    assert queue.compute_analytics_summary([{"function": "ask", "status": "success", "process_time": 1.0}]) == {
        "functions": {}
    }
    assert queue.ANALYTICS_MAX_EVENTS == 1
    assert not queue.live_updates
