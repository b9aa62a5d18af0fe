"""Screenshots of the running chat for the documentation: ``python -m eval.shots http://127.0.0.1:7860 docs``.

They are taken from the address given, so they show what the program does there; nothing in them is made up.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from eval.speed import wait

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--headless=new",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
MISSING = f"no {CHROMIUM}: apt-get install chromium fonts-noto-cjk"
PATIENCE = 60.0
"""Seconds a server that was just started may take to answer."""

REFUSED = "火星基地的工会什么时候成立？"
"""A question no archive of union news answers."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: ``question`` empty for the first screen, ``example`` to ask the n-th example instead.

    ``page`` is another page than the chat, taken as it opens.
    """

    name: str
    width: int
    height: int
    scheme: str = "light"
    query: str = ""
    example: int | None = None
    question: str = ""
    card: bool = False
    page: str = ""


SHOTS = (
    Shot("first-screen", 1440, 900),
    Shot("first-screen-phone", 360, 780),
    Shot("answer", 1440, 900, example=0),
    Shot("answer-card", 1440, 900, example=1, card=True),
    Shot("answer-dark", 1440, 900, scheme="dark", example=1),
    Shot("answer-phone", 360, 780, example=0),
    Shot("answer-english", 1440, 900, query="?lang=en", example=4),
    Shot("refusal", 1440, 900, question=REFUSED),
    Shot("refusal-phone-dark", 360, 780, scheme="dark", question=REFUSED),
    Shot("report", 1440, 1160, page="quality/report"),
)


class NoPictureError(Exception):
    """The chat answered with a problem or not what the picture is of; the message says which."""


def take(browser: Browser, shot: Shot, address: str, folder: Path) -> Path:
    """Open the chat, do what ``shot`` says, and write the window as a PNG."""
    context = browser.new_context(
        viewport={"width": shot.width, "height": shot.height},
        color_scheme="dark" if shot.scheme == "dark" else "light",
        reduced_motion="reduce",
        locale="zh-CN",
    )
    try:
        page = context.new_page()
        page.goto(f"{address.rstrip('/')}/{shot.page}{shot.query}")
        page.wait_for_selector("#cases" if shot.page else "#welcome .offer")
        page.wait_for_timeout(500)  # the language asked for arrives with the first event
        if shot.example is not None:
            page.locator("#welcome .offer").nth(shot.example).click()
        elif shot.question:
            page.fill("#box textarea", shot.question)
            page.press("#box textarea", "Enter")
        if shot.example is not None or shot.question:
            page.wait_for_selector("#chat .turn:not(.pending)", timeout=120_000)
            if page.locator("#chat .problem").count():
                raise NoPictureError(page.inner_text("#chat .problem"))
            if (shot.question == REFUSED) is not bool(page.locator("#chat .refusal").count()):
                raise NoPictureError(f"{shot.name}: a refusal where an answer was to be shown, or the other way round")
            page.evaluate("document.activeElement.blur()")
        if shot.card:
            page.hover("#chat a.cite >> nth=0")
            page.wait_for_selector("#peek:not([hidden])")
        page.wait_for_timeout(300)
        path = folder / f"{shot.name}.png"
        page.screenshot(path=path)
    finally:
        context.close()
    return path


def main() -> int:
    """Take every shot. The exit status is 2 when there is no browser or nobody answers at the address."""
    parser = argparse.ArgumentParser(description="Take the documentation's screenshots of a running chat.")
    parser.add_argument("address", help="where the chat runs, e.g. http://127.0.0.1:7860")
    parser.add_argument("folder", type=Path, help="where the PNG files go")
    given = parser.parse_args()
    if not CHROMIUM.exists():
        print(MISSING, file=sys.stderr)
        return 2
    from playwright.sync_api import Error, sync_playwright

    given.folder.mkdir(parents=True, exist_ok=True)
    wait(given.address, PATIENCE)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        try:
            for shot in SHOTS:
                print(take(browser, shot, given.address, given.folder))
        except Error as error:
            print(f"{given.address}: {error.message.splitlines()[0]}: is `rag serve` running there?", file=sys.stderr)
            return 2
        except NoPictureError as problem:
            print(f"{given.address} could not answer: {problem}", file=sys.stderr)
            return 2
        finally:
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
