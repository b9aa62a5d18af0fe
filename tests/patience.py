"""Waiting for what a browser does in its own time: a look taken right behind an action comes too early where the machine is busy."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SECONDS = 30.0
"""How long is waited for what a working page does at once."""


def until(page, holds: Callable[[], object]) -> None:
    """Wait until ``holds()``, and hear meanwhile what the browser tells of ``page``; fails where that never comes.

    Playwright's own ``wait_for_function`` looks once and then raises where a page's policy forbids ``eval``, as all of ours but the chat's do.
    """
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it never came"
        page.wait_for_timeout(20)


@contextmanager
def passing(page, condition: str) -> Iterator[None]:
    """Do in the block what makes ``condition``, in the page's own language, true for a while; waits until it was, be it over by then."""
    page.evaluate(
        f"""() => {{ window.came = false; new MutationObserver(() => {{ window.came ||= Boolean({condition}) }})
        .observe(document, {{ subtree: true, childList: true, attributes: true, characterData: true }}) }}"""
    )
    yield
    page.wait_for_function("window.came")


def press(page, name: str) -> None:
    """Click the button that sends a form, and wait until the page that comes of it is there, its address the same or not."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()
