"""Conversations that survive a reload because their reader asked for it: what the browser keeps, and what comes of it.

The browser keeps questions and the tokens of their answers, never an answer: those are on the server's :class:`ui.shelf.Shelf`
for as long as they are there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from ui import turns
from ui.shelf import Shelf
from ui.texts import ZH, Texts, objection
from ui.turns import Problem, Turn, Turns

MOST = 20
"""Turns kept: the last of a conversation."""

STORED = "union-rag-conversation"
"""Under what name the browser keeps them."""

FORGET = f"wanted => {{ if (!wanted) localStorage.removeItem('{STORED}') }}"
"""Takes them out of the browser: Gradio writes there, and never takes anything out."""


@dataclass(frozen=True)
class Keep:
    """The box to be ticked, and what the browser keeps while it is."""

    box: gr.Checkbox
    stored: gr.BrowserState

    def listen(self, conversation: gr.State, events: Sequence[Any], quick: dict[str, Any]) -> None:
        """Keep the conversation when the box is ticked and behind each of ``events``; forget it when it is not, or no longer.

        ``quick`` are options of events.
        """
        for happens in (self.box.input, *(event.then for event in events)):
            written = happens(keep, inputs=[self.box, conversation], outputs=[self.stored], **quick)
            written.then(js=FORGET, inputs=[self.box])


def build(texts: Texts) -> Keep:
    """The components, in the column that is open."""
    # Encrypted by a key that the page itself holds: it hides nothing, and must be the same in every process.
    stored = gr.BrowserState(None, storage_key=STORED, secret=STORED)
    return Keep(gr.Checkbox(label=texts.keep, value=False, container=False, elem_id="keep"), stored)


def keep(wanted: bool, conversation: Turns) -> list[list[str]] | None:
    """What the browser is to keep of the conversation; nothing unless that is ``wanted``."""
    return told(conversation) if wanted else None


def told(conversation: Turns) -> list[list[str]]:
    """What the browser is to keep of ``conversation``: each question with the token of its answer, which is empty once that has expired."""
    lasting = [turn for turn in conversation if turn.answer or turn.problem is Problem.EXPIRED]
    return [[turn.question, turn.word] for turn in lasting[-MOST:]]


def read(kept: object, shelf: Shelf) -> Turns:
    """The conversation of which the browser ``kept`` something: that is what :func:`told` gave it, or whatever somebody made of it.

    An answer that is no longer on ``shelf`` has expired.
    """
    conversation: Turns = ()
    for one in kept[-MOST:] if isinstance(kept, list) else ():
        match one:
            case [str(question), str(token)] if not objection(question, ZH):
                conversation = (*conversation, _turn(turns.follows(conversation), question, token, shelf))
    return conversation


def _turn(number: int, question: str, token: str, shelf: Shelf) -> Turn:
    found = shelf.kept(token)
    if found is None:
        return Turn(number, question.strip(), problem=Problem.EXPIRED)
    return Turn(number, found.answer.question, found.filters, answer=found.answer, seconds=found.seconds, word=token)
