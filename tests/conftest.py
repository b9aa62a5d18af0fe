"""What several tests share: the five pages as the product reads and indexes them."""

from __future__ import annotations

import pytest

from rag.assistant import Assistant
from rag.config import Settings
from rag.ingest.read import Corpus, read, sources
from rag.search import encode
from rag.search.store import assemble


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
