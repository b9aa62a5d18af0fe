"""What several tests share: the five pages as the product reads and indexes them, and a browser.

Tests marked ``browser`` are skipped where there is none; ``RAG_REQUIRE_BROWSER=1`` forbids that.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest
from patience import SECONDS
from terminal import Ended
from typer.testing import CliRunner

from eval.shots import CHROMIUM, FLAGS, MISSING
from rag.assistant import Assistant
from rag.config import ROOT, Settings
from rag.ingest.read import Corpus, read, sources
from rag.search import encode
from rag.search.store import assemble
from ui import cli


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before the servers that such a test talks to are started."""
    if item.get_closest_marker("browser") and not CHROMIUM.exists():
        (pytest.fail if os.environ.get("RAG_REQUIRE_BROWSER") == "1" else pytest.skip)(MISSING)


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """Chromium, which takes ``intranet.test`` for this machine.

    One a module: while Playwright runs, nothing else in its thread can run an event loop.
    """
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=1000 * SECONDS)
    with sync_playwright() as play:
        opened = play.chromium.launch(
            executable_path=str(CHROMIUM), args=[*FLAGS, "--host-resolver-rules=MAP intranet.test 127.0.0.1"]
        )
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def seeds() -> Corpus:
    """The articles of the five pages."""
    return read(sources(Settings().pages))


@pytest.fixture(scope="session")
def assistant(seeds: Corpus) -> Assistant:
    """The real assistant over them, its index held in memory."""
    settings = Settings()
    encoder = encode.load(settings.encoder)
    return Assistant(settings, assemble(seeds.articles, settings, encoder, pages=seeds.pages), encoder)


@pytest.fixture(scope="session")
def store(tmp_path_factory):
    """The index of the five pages on disk."""
    folder = tmp_path_factory.mktemp("index") / "store"
    assert CliRunner().invoke(cli.app, ["index", str(ROOT / "seeds"), "--store", str(folder)]).exit_code == 0
    return folder


@pytest.fixture
def rag(monkeypatch, capfd, tmp_path):
    """``rag(*arguments)`` in this process, in an empty folder, through the same door as the installed command."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Ended:
        capfd.readouterr()
        monkeypatch.setattr(sys, "argv", ["rag", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capfd.readouterr()
        return Ended(int(ended.value.code or 0), out, err)

    return run
