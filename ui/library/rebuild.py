"""Bring the index up to date while the server goes on answering: in a thread, one at a time, then put in use."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rag.errors import RagError, StoreError
from ui.lines import report
from ui.terminal import as_built

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.config import Settings
    from ui.live import Live

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class State:
    """Where the last rebuild stands: what is being done, how much of it, and once it has ended the lines that say how."""

    running: bool = False
    step: str = ""
    done: int = 0
    total: int = 0
    lines: tuple[str, ...] = ()
    failed: bool = False


class Rebuild:
    """Rebuilds the index of ``settings`` and has ``live`` use it."""

    def __init__(self, live: Live, settings: Settings) -> None:
        self._live, self._settings = live, settings
        self._lock = threading.Lock()
        self.state = State()

    def start(self, ended: Callable[[], None] = lambda: None) -> bool:
        """Begin one; false if one is running already. ``ended`` is called when it is over."""
        with self._lock:
            if self.state.running:
                return False
            self.state = State(running=True)
        threading.Thread(target=self._run, args=(ended,), name="rebuild", daemon=True).start()
        return True

    def _step(self, step: str, done: int, total: int) -> None:
        self.state = replace(self.state, step=step, done=done, total=total)

    def _run(self, ended: Callable[[], None]) -> None:
        from rag.search import encode, library, store

        try:
            settings = as_built(self._settings)
            faulty = bool(self._live.fault)  # then nothing is taken from it, and what comes of that has the same id
            done = library.update(settings, encode.load(settings.encoder), self._step, again=faulty)
            # Not only when this run built it: the command line, or a run that failed after it, may have.
            if faulty or store.find(settings.folder)[1].index_id != self._live.index_id:
                self._live.use(_tested(settings))
            self.state = State(lines=tuple(report(done, settings.store, brief=True)))
        except RagError as error:
            log.warning("rebuilding the index: %s", error)
            self.state = State(lines=(str(error),), failed=True)
        except Exception as error:
            log.exception("rebuilding the index failed")
            self.state = State(lines=(f"the program failed ({type(error).__name__}); the log says more",), failed=True)
        finally:
            ended()


def _tested(settings: Settings) -> Assistant:
    """The assistant over the index of ``settings``. Raises :class:`StoreError` if that fails its self-test."""
    from rag.assistant import Assistant
    from rag.search import selftest
    from rag.search.store import Store

    assistant = Assistant.open(settings)
    assert isinstance(assistant.store, Store)  # only a folder is rebuilt here
    if fault := selftest.fault(assistant.store):
        raise StoreError(fault)
    return assistant
