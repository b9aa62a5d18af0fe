"""Work on many things in several processes; one that kills its process is named, and the rest goes on.

Processes are spawned, not forked: a fork would copy the locks of the libraries' threads as they happen to stand.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from rag.errors import StoreError

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

_AHEAD = 4
"""How many items a process has waiting: none idles, and few are under suspicion when one dies."""


def cores() -> int:
    """The processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def each(
    function: Callable[[_Item], _Result], items: Sequence[_Item], jobs: int
) -> Iterator[tuple[int, _Result | None]]:
    """``function`` of each item as ``(number, result)``, as they come; ``None`` where the process died of the item.

    With one job all is done in this process, in order. Functions, items and results must be picklable.

    When a process dies, those of the items that were under way are taken one by one, each alone, so that it is known which
    one it was. What ``function`` raises is raised here.
    """
    if jobs < 2:
        yield from ((number, function(item)) for number, item in enumerate(items))
        return
    waiting = deque(enumerate(items))
    suspects: deque[tuple[int, _Item]] = deque()
    while waiting or suspects:
        alone = bool(suspects)
        lost = yield from _until_broken(
            function, suspects if alone else waiting, 1 if alone else jobs, 1 if alone else jobs * _AHEAD
        )
        if alone:
            yield from ((number, None) for number, _ in lost)
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
        if found is None:
            raise StoreError("a process died at work, most likely for want of memory; free some or give --jobs 1")
        yield starts[number], found


def _until_broken(
    function: Callable[[_Item], _Result], todo: deque[tuple[int, _Item]], jobs: int, most: int
) -> Generator[tuple[int, _Result | None], None, list[tuple[int, _Item]]]:
    """Work off ``todo``, at most ``most`` at a time, until it is empty or a process dies; returns what was then under way."""
    flying: dict[Future[_Result], tuple[int, _Item]] = {}
    pool = ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), initializer=_begin)
    try:
        while todo or flying:
            while todo and len(flying) < most:
                flying[pool.submit(function, todo[0][1])] = todo[0]
                todo.popleft()
            for future in wait(flying, return_when=FIRST_COMPLETED).done:
                result = future.result()
                yield flying.pop(future)[0], result
    except BrokenProcessPool:
        return list(flying.values())
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return []


def _begin() -> None:
    """Make a process end quietly on Ctrl-C, and with the one that started it, however that one ends."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(1)
