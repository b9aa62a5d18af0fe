"""Which reports an answer may rest on, chosen on the chat page: four fields, and what is set as labels that can be removed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import gradio as gr

from rag.types import Filters, Kind
from ui import render
from ui.library.census import Census
from ui.texts import Language
from ui.texts.scope import FIELDS, KINDS, SCOPES, ScopeTexts, told

Values = tuple[Any, ...]


@dataclass(frozen=True)
class Scope:
    """The fields and labels. ``filters`` is what is set, ``parts`` every component whose words depend on the language."""

    filters: gr.State
    toggle: gr.Button
    fields: tuple[gr.Dropdown, gr.Dropdown, gr.Textbox, gr.Textbox]
    labels: tuple[gr.Button, ...]
    panel: gr.Row
    census: Callable[[], Census]

    @property
    def parts(self) -> list[Any]:
        """In the order of :func:`spelled`."""
        return [self.toggle, *self.fields, *self.labels]

    def listen(self, language: gr.State, hint: gr.HTML, asks: list[Any], quick: dict[str, Any]) -> None:
        """Let the fields set what is set, a wrong one say so in ``hint``, and each label remove its own.

        The fields go when one of the events ``asks`` puts a question. ``quick`` are options of events.
        """
        opened = gr.State(value=False)
        place, kind, *dates = self.fields
        self.toggle.click(self._toggled, [opened, language], [opened, self.panel, place, kind], **quick)
        gr.on(asks, lambda: (False, gr.update(visible=False)), outputs=[opened, self.panel], **quick)
        gr.on(
            [place.change, kind.change, *(event for date in dates for event in (date.blur, date.submit))],
            narrow,
            inputs=[language, self.filters, *self.fields],
            outputs=[self.filters, hint, *self.labels],
            **quick,
        )
        for name, label, shown in zip(FIELDS, self.labels, self.fields, strict=True):
            label.click(
                partial(widen, name),
                inputs=[language, self.filters],
                outputs=[self.filters, shown, *self.labels],
                **quick,
            )

    def _toggled(self, shown: bool, spoken: Language) -> Values:
        """Open or shut the panel, whose choices are those of the index in use by now."""
        return not shown, gr.update(visible=not shown), *choices(self.census(), spoken)


def narrow(spoken: Language, before: Filters, *fields: str | None) -> Values:
    """Take what the fields say, or say what is wrong with it: what is set, the line about the box, the labels."""
    found = read(*fields, texts=SCOPES[spoken])
    if isinstance(found, str):
        return before, gr.update(value=render.hint(found), visible=True), *labelled(before, spoken)
    return found, gr.update(value="", visible=False), *labelled(found, spoken)


def widen(name: str, spoken: Language, filters: Filters) -> Values:
    """Take one of :data:`FIELDS` off what is set: what is set, its field, the labels."""
    changes: dict[str, Any] = {name: None if name == "kind" else ""}
    filters = replace(filters, **changes)
    return filters, "", *labelled(filters, spoken)


def places(census: Census) -> list[str]:
    """The provinces of the archive, those with most articles first; cities are for typing."""
    return [name for name, _ in census.provinces]


def kinds(census: Census, language: Language) -> list[tuple[str, str]]:
    """What the articles of the archive are, each as (name, value)."""
    present = dict(census.kinds)
    return [(KINDS[language][kind], kind.value) for kind in Kind if kind in present]


def choices(census: Census, language: Language) -> tuple[Any, Any]:
    """The fields for places and kinds with what there is to choose from."""
    texts = SCOPES[language]
    return (
        gr.update(label=texts.place, choices=[(texts.anywhere, ""), *places(census)]),
        gr.update(label=texts.kind, choices=[(texts.any_kind, ""), *kinds(census, language)]),
    )


def spelled(census: Census, filters: Filters, language: Language) -> Values:
    """All :attr:`Scope.parts` in a language."""
    texts = SCOPES[language]
    return (
        texts.open,
        *choices(census, language),
        gr.update(label=texts.since, placeholder=texts.date),
        gr.update(label=texts.until, placeholder=texts.date),
        *labelled(filters, language),
    )


def labelled(filters: Filters, language: Language) -> Values:
    """The labels: what is set, each to be removed by a click."""
    return tuple(gr.update(value=f"{word} ×", visible=bool(word)) for word in told(filters, language))


def read(place: str | None, kind: str | None, *dates: str | None, texts: ScopeTexts) -> Filters | str:
    """What the fields say, or in one line what is wrong with them. They come from the browser and may hold anything."""
    given = [(word or "").strip() for word in dates]
    for date in given:
        try:
            Filters(since=date)
        except ValueError:
            return texts.bad_date.format(given=date[:20])
    if all(given) and given[0] > given[1] and not given[0].startswith(given[1]):
        return texts.backwards
    known = Kind(kind) if kind in set(Kind) else None
    return Filters(given[0], given[1], (place or "").strip()[:100], known)


def build(census: Callable[[], Census], language: Language) -> Scope:
    """The components, in the column that is open; ``census`` gives what is in the archive now."""
    texts, now = SCOPES[language], census()
    filters = gr.State(Filters())
    with gr.Row(elem_id="scope"):
        toggle = gr.Button(texts.open, elem_id="narrow", size="sm", scale=0)
        labels = tuple(gr.Button("", elem_classes="label", size="sm", scale=0, visible=False) for _ in FIELDS)
    with gr.Row(elem_id="filters", visible=False) as panel:
        place = gr.Dropdown(
            [(texts.anywhere, ""), *places(now)],
            value="",
            label=texts.place,
            allow_custom_value=True,
            min_width=120,
        )
        kind = gr.Dropdown([(texts.any_kind, ""), *kinds(now, language)], value="", label=texts.kind, min_width=120)
        since, until = (
            gr.Textbox(label=label, placeholder=texts.date, max_lines=1, max_length=20, min_width=120)
            for label in (texts.since, texts.until)
        )
    return Scope(filters, toggle, (place, kind, since, until), labels, panel, census)
