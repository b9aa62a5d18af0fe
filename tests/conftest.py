"""What several tests share: the five pages as the product reads and indexes them."""

from __future__ import annotations

import sys

import pytest
from terminal import Ended
from typer.testing import CliRunner

from rag.assistant import Assistant
from rag.config import ROOT, Settings
from rag.ingest.read import Corpus, read, sources
from rag.search import encode
from rag.search.store import assemble
from ui import cli


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
