"""The chat page, in Gradio: which components there are, what happens on each event. Home of gradio, with ui.app.

The conversation lives on the server, in one ``gr.State`` per browser tab; the page is drawn from it, and nothing the
browser sends back is trusted but the text of a question and the number of a message.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any, cast

import gradio as gr
from gradio.components.chatbot import ComponentMessage, Message

from rag.config import Settings
from rag.insight.onward import MOST as MOST_ONWARD
from rag.types import Filters
from ui import kept, render, scope, turns
from ui.live import Live
from ui.render import Archive
from ui.shelf import Shelf
from ui.texts import MOST_EXAMPLES, QUESTION_LIMIT, TEXTS, Language, Texts, objection
from ui.turns import Asker, Slots, Turns
from ui.updates import Page

CSS = render.ASSETS / "chat.css"
SCRIPT = render.ASSETS / "chat.js"
FAVICON = render.ASSETS / "favicon.svg"

SYSTEM_FONTS = (
    "system-ui",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "sans-serif",
)
"""Fonts people's machines have; Gradio's own themes ask Google for theirs."""

HTML_PROPS = {"html_template": "${value}", "apply_default_css": False, "visible": True}
"""How Gradio's HTML component is to show an answer inside the chatbot: as it is."""

QUEUE_LIMIT = 64
"""Gradio's own queue: a last guard behind :class:`ui.turns.Slots`, which answers in words when it is busy."""

SELDOM = 3600.0
"""Seconds between two words of Gradio's about a place in its own queue. Nothing shows it, but where many wait each step of the line would
be told to everybody in it, before the answer.
"""


Values = tuple[Any, ...]
"""Values for components, in their order."""


def theme() -> gr.themes.Base:
    """Gradio's plain theme with system fonts; what it looks like is in ``chat.css``."""
    fonts = [gr.themes.Font(name) for name in SYSTEM_FONTS]
    return gr.themes.Base(font=fonts, font_mono=[gr.themes.Font("ui-monospace"), gr.themes.Font("monospace")])


def messages(conversation: Turns, archive: Archive, texts: Texts) -> list[Message]:
    """The conversation as the chatbot takes it: one HTML component per question and per answer.

    Gradio would show text as HTML, cleaned but interpreted, so none is handed over.
    """
    shown = []
    for turn in conversation:
        for role, html in (("user", render.question(turn.question)), ("assistant", render.turn(turn, archive, texts))):
            part = ComponentMessage(component="html", value=html, constructor_args={}, props=HTML_PROPS)
            shown.append(Message(role=role, content=[part]))
    return shown


@dataclass(frozen=True)
class Handlers:
    """What happens on each event. Each returns or yields values for the components named in its docstring.

    ``entry`` is the box, the line about it, whether it replaces the last question, and the edit button;
    ``view`` is the conversation, the chatbot, the welcome, the tools, send, stop, and ``offered``: what to ask next, and its questions; in this order.
    """

    asker: Asker
    archive: Archive
    slots: Slots
    default: Language
    shelf: Shelf = field(default_factory=Shelf)

    def entry(self, text: str, spoken: Language, *, replaces: bool = False) -> Values:
        """``text`` in the box, to be sent as a new question or instead of the last one: values for ``entry``."""
        texts = TEXTS[spoken]
        return text, _hint(texts.editing if replaces else ""), replaces, texts.edit_cancel if replaces else texts.edit

    def view(self, held: Turns, spoken: Language, before: Sequence[Message] | None = None) -> Values:
        """The conversation drawn: values for ``view``. ``before`` are the messages of all turns but the last, if they were drawn already."""
        working, texts = bool(held) and held[-1].pending, TEXTS[spoken]
        if before is None:
            before = messages(held[:-1], self.archive, texts)
        return (
            held,
            gr.update(value=[*before, *messages(held[-1:], self.archive, texts)], visible=bool(held)),
            gr.update(visible=not held),
            gr.update(visible=bool(held) and not working),
            gr.update(visible=not working),
            gr.update(visible=working),
            *self.offered(()),
        )

    @staticmethod
    def offered(questions: Sequence[str]) -> Values:
        """The group of questions to ask next, and the buttons in it: values for ``offered``."""
        shown = [gr.update(value=q, visible=True) for q in questions]
        return gr.update(visible=bool(shown)), *shown, *[gr.update(visible=False)] * (MOST_ONWARD - len(shown))

    async def look_onward(self, held: Turns) -> Values:
        """Offer what may be asked next: ``offered``.

        Another event than the question's, for the conversation may have gone on by the time that it ends.
        """
        return self.offered(await turns.onward(self.asker, held[-1], self.slots) if held else ())

    async def ask(
        self, question: str, held: Turns, spoken: Language, filters: Filters, *, replaces: bool = False
    ) -> AsyncGenerator[Values, None]:
        """Ask, and draw the conversation as the answer comes: ``entry`` and ``view``."""
        held = turns.begin(held, question.strip(), filters or None, replaces=replaces)
        earlier = turns.history(held[:-1])
        # A long conversation takes longer to draw than a question to answer, and only its last turn changes.
        before = messages(held[:-1], self.archive, TEXTS[spoken])
        yield *self.entry("", spoken), *self.view(held, spoken, before)
        async with aclosing(turns.paced(turns.run(self.asker, held[-1], earlier, self.slots))) as growing:
            async for grown in growing:
                turn = grown
                if grown.answer:
                    turn = replace(grown, word=self.shelf.put(grown.answer, grown.filters, grown.seconds))
                held = (*held[:-1], turn)
                yield *[gr.skip()] * 4, *self.view(held, spoken, before)

    async def ask_offer(
        self, question: str, held: Turns, spoken: Language, filters: Filters
    ) -> AsyncGenerator[Values, None]:
        """Ask one of the example questions, or of those offered behind an answer: ``entry`` and ``view``.

        What the browser sends for it is as untrusted as what is typed.
        """
        async for step in self.ask_typed(question, replaces=False, held=held, spoken=spoken, filters=filters):
            yield step

    async def ask_typed(
        self, question: str, replaces: bool, held: Turns, spoken: Language, filters: Filters
    ) -> AsyncGenerator[Values, None]:
        """Ask what stands in the box, or say why not: ``entry`` and ``view``."""
        held = turns.settle(held)
        if message := objection(question, TEXTS[spoken]):
            yield gr.skip(), _hint(message), gr.skip(), gr.skip(), *self.view(held, spoken)
            return
        async for step in self.ask(question, held, spoken, filters, replaces=replaces):
            yield step

    async def ask_again(self, held: Turns, spoken: Language, filters: Filters) -> AsyncGenerator[Values, None]:
        """Ask the last question anew, within what is set now; its answer is replaced: ``entry`` and ``view``."""
        if held:
            async for step in self.ask(held[-1].question, held, spoken, filters, replaces=True):
                yield step

    def revise(self, replaces: bool, held: Turns, spoken: Language) -> Values:
        """Put the last question into the box to be edited, or take it out again: ``entry``."""
        begun = bool(held) and not replaces
        return self.entry(held[-1].question if begun else "", spoken, replaces=begun)

    def halt(self, held: Turns, spoken: Language) -> Values:
        """Stop; what there is stays: ``view``."""
        return self.view(turns.settle(held), spoken)

    def wipe(self, spoken: Language) -> Values:
        """An empty conversation: ``entry`` and ``view``."""
        return *self.entry("", spoken), *self.view((), spoken)

    def restore(self, stored: object, held: Turns, spoken: Language) -> Any:
        """The conversation of which the browser has ``stored`` something, and that it goes on doing so: that box, and ``view``.

        Without such a thing, and where something was asked meanwhile, all stays.
        """
        if stored is None or held:
            return gr.skip()
        return True, *self.view(kept.read(stored, self.shelf), spoken)

    def speak(self, spoken: Language, held: Turns, filters: Filters) -> Values:
        """The page in the language ``spoken``, in the order of ``spelled`` in :func:`build`."""
        texts = TEXTS[spoken]
        return (
            spoken,
            render.header(spoken, texts),
            texts.switch,
            render.welcome(self.archive, texts),
            texts.retry,
            texts.edit,
            texts.clear,
            gr.update(label=texts.box_label, placeholder=texts.box_placeholder),
            texts.send,
            texts.stop,
            render.footnote(spoken, texts),
            _hint(""),
            False,
            messages(held, self.archive, texts),
            render.heading(texts.onward),
            gr.update(label=texts.keep),
            *_offers(self.archive.counted().examples),
            *scope.spelled(self.archive.counted(), filters, spoken),
        )

    def arrive(self, request: gr.Request) -> Values:
        """The page as it is first seen, in the language of ``?lang=`` if that is one: like :meth:`speak`."""
        asked = request.query_params.get("lang", "")
        return self.speak(cast("Language", asked) if asked in TEXTS else self.default, (), Filters())

    def swap(self, spoken: Language, held: Turns, filters: Filters) -> Values:
        """The page in the other language, with its conversation: like :meth:`speak`."""
        return self.speak("zh" if spoken == "en" else "en", held, filters)


def _open_stream() -> None:
    """Nothing: the page's script asks for this where it hears nothing of a question.

    Gradio tells all events of a page through one stream, and closes it when none runs. What is asked just then may take the stream for
    open, and is never heard of; any further event that is queued opens it again.
    """


def _hint(message: str) -> Any:
    return gr.update(value=render.hint(message) if message else "", visible=bool(message))


def _offers(questions: Sequence[str]) -> Values:
    """The buttons for example questions: as many as there are, of :data:`MOST_EXAMPLES`."""
    shown = [gr.update(value=question, visible=True) for question in questions]
    return *shown, *[gr.update(visible=False)] * (MOST_EXAMPLES - len(shown))


def _html(value: str, **options: Any) -> gr.HTML:
    return gr.HTML(value, apply_default_css=False, js_on_load=None, **options)


def build(live: Live, settings: Settings, slots: Slots | None = None, shelf: Shelf | None = None) -> gr.Blocks:
    """The chat page over ``live``. ``slots`` bounds how many questions run at once, ``shelf`` keeps answers to be exported."""
    slots = slots or Slots()
    archive, texts = Archive.of(live, settings.paper), TEXTS[settings.language]
    on = Handlers(live, archive, slots, settings.language, shelf or Shelf())

    page = Page(title=texts.title, analytics_enabled=False, fill_width=True)
    with page:
        language = gr.State(settings.language)
        conversation = gr.State(())
        editing = gr.State(value=False)

        with gr.Row(elem_id="top"):
            top = _html(render.header(settings.language, texts))
            switch = gr.Button(texts.switch, elem_id="switch", size="sm")
        with gr.Column(elem_id="welcome") as welcome:
            intro = _html(render.welcome(archive, texts))
            # Which questions fit is told when the page is loaded: by then another index may be in use.
            offers = [gr.Button("", elem_classes="offer", visible=False) for _ in range(MOST_EXAMPLES)]
        chat = _talk()
        with gr.Column(elem_id="onward", visible=False) as onward:
            lead = _html(render.heading(texts.onward))
            nexts = [gr.Button("", elem_classes="offer", visible=False) for _ in range(MOST_ONWARD)]
        with gr.Row(elem_id="tools", visible=False) as tools:
            retry, edit, clear = (
                gr.Button(words, elem_id=name, size="sm")
                for name, words in (("retry", texts.retry), ("edit", texts.edit), ("clear", texts.clear))
            )
        with gr.Column(elem_id="composer"):
            hint = _html("", elem_id="hint", visible=False)
            within = scope.build(archive.counted, settings.language)
            with gr.Row(elem_id="line"):
                box = gr.Textbox(
                    label=texts.box_label,
                    show_label=False,
                    placeholder=texts.box_placeholder,
                    lines=1,
                    max_lines=6,
                    max_length=QUESTION_LIMIT * 8,
                    container=False,
                    elem_id="box",
                    scale=1,
                )
                send = gr.Button(texts.send, elem_id="send", variant="primary", scale=0, min_width=72)
                stop = gr.Button(texts.stop, elem_id="stop", variant="stop", scale=0, min_width=72, visible=False)
            keep = kept.build(texts)
            foot = _html(render.footnote(settings.language, texts))

        entry = [box, hint, editing, edit]
        offered = [onward, *nexts]
        view = [conversation, chat, welcome, tools, send, stop, *offered]
        spelled = [
            *(language, top, switch, intro, retry, edit, clear, box, send, stop, foot, hint, editing, chat, lead),
            *(keep.box, *offers, *within.parts),
        ]
        told = [conversation, language, within.filters]
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        at_once: dict[str, Any] = {**quiet, "queue": False}
        # As many as can run, wait and be told it is busy at the same time: the bound itself is in Slots.
        asking: dict[str, Any] = {
            **quiet,
            "outputs": [*entry, *view],
            "concurrency_limit": slots.places + 16,
            "concurrency_id": "ask",
        }

        page.load(on.arrive, outputs=spelled, **at_once).then(
            on.restore, inputs=[keep.stored, conversation, language], outputs=[keep.box, *view], **at_once
        )
        switch.click(on.swap, inputs=[language, conversation, within.filters], outputs=spelled, **at_once)
        within.listen(language, hint, [box.submit, send.click], at_once)
        started = [
            gr.on([box.submit, send.click], on.ask_typed, inputs=[box, editing, *told], **asking),
            retry.click(on.ask_again, inputs=told, **asking),
            *(offer.click(on.ask_offer, inputs=[offer, *told], **asking) for offer in (*offers, *nexts)),
        ]
        for event in started:
            event.then(on.look_onward, inputs=[conversation], outputs=offered, concurrency_limit=slots.running, **quiet)
        edit.click(on.revise, inputs=[editing, conversation, language], outputs=entry, **at_once).then(
            js="() => document.querySelector('#box textarea').focus()"
        )
        halted = stop.click(on.halt, inputs=[conversation, language], outputs=view, cancels=started, **at_once)
        wiped = clear.click(on.wipe, inputs=[language], outputs=[*entry, *view], cancels=started, **at_once)
        wiped.then(on.speak, inputs=[language, conversation, within.filters], outputs=spelled, **at_once)
        keep.listen(conversation, [*started, halted, wiped], at_once)
        gr.Button("", elem_id="nudge", visible="hidden").click(_open_stream, trigger_mode="multiple", **quiet)
    page.queue(max_size=QUEUE_LIMIT, default_concurrency_limit=8, status_update_rate=SELDOM)
    return page


def _talk() -> gr.Chatbot:
    """The conversation, whose messages are our own HTML."""
    return gr.Chatbot(
        elem_id="chat",
        show_label=False,
        container=False,
        height=None,
        layout="panel",
        render_markdown=False,
        latex_delimiters=[],
        allow_tags=False,
        buttons=[],
        autoscroll=False,
        group_consecutive_messages=False,
        visible=False,
    )


def script() -> str:
    """The page's script as a ``<script>`` element for its head; it comes from this package, not from any user."""
    return f"<script>{SCRIPT.read_text('utf-8')}</script>"
