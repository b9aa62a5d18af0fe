"""Work on many things in several processes; one that kills its process, or never ends, is named, and the rest goes on.

Processes are spawned, not forked: a fork would copy the locks of the libraries' threads as they happen to stand.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from types import FrameType
from typing import Any, Generic, TypeVar

from rag.errors import StoreError

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

_AHEAD = 4
"""How many items a process has waiting: none idles, and few are under suspicion when one dies."""


def cores() -> int:
    """The processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


_QUEUED = 1
"""How many items the pool hands out beyond its processes; they are called running, and wait."""

_LOOK = 0.5
"""Seconds between two looks at how long the items under way have taken."""

_pulse: Any = None
"""In a process of a pool: when something under way there last said that it goes on, by the system's clock; shared by all of them."""


class Lost(Enum):
    """What became of an item without a result: its process died of it, or had to be ended."""

    DIED = "died"
    LATE = "late"


@dataclass(eq=False)
class _Task(Generic[_Item]):
    """An item under way: its number, how many seconds it may take, and when it was first seen running."""

    number: int
    item: _Item
    limit: float
    since: float = math.inf


def beat() -> None:
    """Say that the work on an item goes on, so that its time counts from now. Does nothing outside a pool."""
    if _pulse is not None:
        _pulse.value = time.monotonic()


def each(
    function: Callable[[_Item], _Result], items: Sequence[_Item], jobs: int, limits: Sequence[float] | None = None
) -> Iterator[tuple[int, _Result | Lost]]:
    """``function`` of each item as ``(number, result)``, as they come; :class:`Lost` where the process died of the item.

    ``limits`` are the seconds that each may take, counted from the last :func:`beat`; one that takes longer has its process
    ended. With ``jobs`` 0 all is done in this process, in order, and so it is with 1 if there are no limits. In this process a limit
    only ends work in Python. Functions, items and results must be picklable.

    When a process dies or has to be ended, those of the items that were under way are taken one by one, each alone, so that it is
    known which one it was. What ``function`` raises is raised here.
    """
    tasks = [_Task(n, item, limits[n] if limits else math.inf) for n, item in enumerate(items)]
    if jobs < 1 and limits and not _has_alarm():
        jobs = 1
    if jobs < 1 or (jobs < 2 and not limits):
        for task in tasks:
            yield task.number, _here(function, task)
        return
    waiting = deque(tasks)
    suspects: deque[_Task[_Item]] = deque()
    while waiting or suspects:
        alone = bool(suspects)
        fate, lost = yield from _until_broken(
            function, suspects if alone else waiting, 1 if alone else jobs, 1 if alone else jobs * _AHEAD
        )
        if alone:
            yield from ((task.number, fate) for task in lost)
        else:
            suspects.extend(lost)


def in_batches(
    function: Callable[[Sequence[_Item]], Sequence[_Result]], items: Sequence[_Item], jobs: int, size: int
) -> Iterator[tuple[int, Sequence[_Result]]]:
    """``function`` of batches of ``size`` items, as ``(number of the first item, results)``, as they come.

    Raises :class:`StoreError` when a process dies of it.
    """
    starts = range(0, len(items), size)
    for number, found in each(function, [items[at : at + size] for at in starts], jobs):
        if isinstance(found, Lost):
            raise StoreError("a process died at work, most likely for want of memory; free some or give --jobs 1")
        yield starts[number], found


class _Late(BaseException):
    """The time for an item is up. No ``Exception``, so that what it interrupts does not take it for a fault of its own."""


def _has_alarm() -> bool:
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


def _here(function: Callable[[_Item], _Result], task: _Task[_Item]) -> _Result | Lost:
    """``function`` of an item in this process."""
    try:
        with _alarm(task.limit):
            return function(task.item)
    except _Late:
        return Lost.LATE


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise :class:`_Late` in the block when the time is up."""
    if math.isinf(seconds):
        yield
        return

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise _Late

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _until_broken(
    function: Callable[[_Item], _Result], todo: deque[_Task[_Item]], jobs: int, most: int
) -> Generator[tuple[int, _Result | Lost], None, tuple[Lost, list[_Task[_Item]]]]:
    """Work off ``todo``, at most ``most`` at a time, until it is empty, a process dies or one has to be ended; returns which of the
    two it was and what was then under way.
    """
    flying: dict[Future[_Result], _Task[_Item]] = {}
    context = multiprocessing.get_context("spawn")
    pulse = context.Value("d", 0.0)
    pool = ProcessPoolExecutor(jobs, context, initializer=_begin, initargs=(pulse,))
    try:
        if jobs == 1:
            # The time of the item suspected does not count until there is a process, with what the work needs loaded.
            pool.submit(_load, function).result()
        while todo or flying:
            while todo and len(flying) < most:
                todo[0].since = math.inf
                flying[pool.submit(function, todo[0].item)] = todo[0]
                todo.popleft()
            for future in wait(flying, _LOOK, return_when=FIRST_COMPLETED).done:
                result = future.result()
                yield flying.pop(future).number, result
            if _late(flying, pulse.value, jobs):
                _end(pool)
                return Lost.LATE, list(flying.values())
    except BrokenProcessPool:
        return Lost.DIED, list(flying.values())
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return Lost.DIED, []


def _late(flying: dict[Future[_Result], _Task[_Item]], pulse: float, jobs: int) -> bool:
    """Whether an item has taken too long. Of several that are called running some only wait, and get the time of two."""
    now = time.monotonic()  # of the system, so the processes' clocks are one
    for future, task in flying.items():
        if future.running():
            task.since = min(task.since, now)
    slack = 1 if len(flying) == 1 and jobs == 1 else 1 + _QUEUED
    return any(now - max(task.since, pulse) > slack * task.limit for task in flying.values() if task.since <= now)


def _end(pool: ProcessPoolExecutor) -> None:
    """End the processes of ``pool`` at once."""
    for process in list((pool._processes or {}).values()):  # noqa: SLF001 - before kill_workers of Python 3.14 there is no other way
        process.kill()


def _load(_function: object) -> None:
    """Nothing: to be handed the function, the process has loaded its module."""


def _begin(pulse: Any) -> None:
    """Make a process end quietly on Ctrl-C, and with the one that started it, however that one ends."""
    global _pulse  # noqa: PLW0603 - handed over once, when the process starts
    _pulse = pulse
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(1)
