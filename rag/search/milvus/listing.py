"""The articles of an index on Milvus, for those who look after it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rag.ingest.duplicates import Twin
from rag.search.milvus.index import open_

if TYPE_CHECKING:
    from rag.config import Settings
    from rag.types import Article


def listing(settings: Settings) -> tuple[Mapping[str, Article], Mapping[str, Twin]]:
    """As :func:`rag.search.upkeep.listing`: articles by id, and those that repeat an earlier one."""
    index = open_(settings, as_it_is=True)
    return index.articles, {twin["article"]: Twin(**twin) for twin in index.told["twins"]}
