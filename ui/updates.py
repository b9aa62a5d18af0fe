"""The chat page as Gradio serves it, without what Gradio notes down at each event and nothing here reads.

For each browser Gradio describes all components, and for each update of one it makes another and describes that: a link to the page as it
stands needs it, which is closed here (:mod:`ui.narrow`). That took as much time as answering a question. So did, after some thousands of
questions, the statistics of all events, made anew behind each; they are shown at an address that is closed, too.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any, cast

import gradio as gr
from gradio.blocks import BlocksConfig
from gradio.data_classes import GradioModel, GradioRootModel

LOOKS = frozenset({"__type__", "value", "visible", "label", "placeholder"})
"""What an update may change that matters to the browser alone. Others, such as the choices of a field, Gradio checks input by."""


def only_looks(value: object) -> bool:
    """Whether ``value`` is an update that the server itself need not remember."""
    return isinstance(value, Mapping) and value.get("__type__") == "update" and value.keys() <= LOOKS


class _InBrowser(BlocksConfig):
    """The components as one browser has them, without a description of each."""

    @staticmethod
    def config_for_block(*_of: object, **_options: object) -> dict[str, object]:
        """No description, as Gradio itself has it for what is not shown."""
        return {}


class _OnServer(BlocksConfig):
    """The components as the page is served with, described; a copy of them is made for each browser."""

    def __copy__(self) -> _InBrowser:
        copied: Any = super().__copy__()  # type: ignore[no-untyped-call]
        copied.__class__ = _InBrowser
        return cast("_InBrowser", copied)


class Page(gr.Blocks):
    """Gradio's page, whose updates go to the browser without being remembered, and whose events are not counted."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.default_config.__class__ = _OnServer

    async def postprocess_data(self, block_fn: Any, predictions: Any, state: Any) -> list[Any]:
        """What ``predictions``, the values returned for the outputs of ``block_fn``, are to the browser: one for each output."""
        values = [predictions] if len(block_fn.outputs) == 1 else predictions
        if not isinstance(values, Sequence) or len(values) != len(block_fn.outputs):
            return await super().postprocess_data(block_fn, predictions, state)
        told = [
            _told(block, value) if only_looks(value) and not block.stateful else None
            for block, value in zip(block_fn.outputs, values, strict=True)
        ]
        if left := [n for n, one in enumerate(told) if one is None]:
            others = copy.copy(block_fn)
            others.outputs = [block_fn.outputs[n] for n in left]
            rest = values[left[0]] if len(left) == 1 else [values[n] for n in left]
            for n, one in zip(left, await super().postprocess_data(others, rest, state), strict=True):
                told[n] = one
        return told

    def queue(self, *args: Any, **options: Any) -> Page:
        """Gradio's queue, of whose events no statistics are made."""
        super().queue(*args, **options)
        self._queue.ANALYTICS_MAX_EVENTS = 1
        setattr(self._queue, "compute_analytics_summary", _count_nothing)  # noqa: B010 - a method, to mypy
        return self


def _told(block: Any, update: Mapping[str, Any]) -> dict[str, Any]:
    """``update`` of ``block`` as the browser takes it."""
    if "value" not in update:
        return dict(update)
    value = block.postprocess(update["value"])
    return {**update, "value": value.model_dump() if isinstance(value, GradioModel | GradioRootModel) else value}


def _count_nothing(_records: Sequence[object]) -> dict[str, object]:
    """In place of the statistics of all events."""
    return {"functions": {}}
