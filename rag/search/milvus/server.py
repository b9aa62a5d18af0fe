"""The server: connect, name the collections of a build, and tell in one line what went wrong."""

from __future__ import annotations

import logging
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rag.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rag.config import Server, Settings

KINDS = ABOUT, ARTICLES, PASSAGES = "about", "articles", "passages"

_BUILD = r"_(\d{20})_[0-9a-f]{8}"
_UNREACHABLE = 2
"""What pymilvus calls an error of connecting."""


@dataclass(frozen=True, slots=True)
class Connection:
    """A client that is connected to ``server``."""

    server: Server
    client: Any
    timeout: float

    def collections(self) -> list[str]:
        """The collections of all builds of the index."""
        name = re.compile(f"{self.server.name}{_BUILD}_(?:{'|'.join(KINDS)})")
        return [found for found in self.client.list_collections(timeout=self.timeout) if name.fullmatch(found)]

    def in_use(self) -> str:
        """The build in use; empty if there is none. Raises :class:`StoreError` if the name is that of something else."""
        name = self.server.name
        if not self.client.has_collection(name, timeout=self.timeout):
            return ""
        if name in self.client.list_collections(timeout=self.timeout):
            held = name
        else:
            held = str(self.client.describe_alias(name, timeout=self.timeout)["collection_name"])
        if not re.fullmatch(f"{name}{_BUILD}_{ABOUT}", held):
            raise StoreError(f"{self.server}: the name is taken by a collection that is no index; choose another")
        return held.removesuffix(f"_{ABOUT}")

    def count(self, collection: str) -> int:
        """How many rows a collection has, those just written among them."""
        (found,) = self.client.query(
            collection, output_fields=["count(*)"], consistency_level="Strong", timeout=self.timeout
        )
        return int(found["count(*)"])


def stamp(build: str) -> str:
    """When the build, or that of a collection, was begun: digits that sort by time."""
    found = re.search(_BUILD, build)
    return found[1] if found else ""


@contextmanager
def connected(settings: Settings, server: Server) -> Iterator[Connection]:
    """A connection; what fails in the block is told in one line.

    Raises :class:`StoreError` if pymilvus is not installed, the server cannot be reached, or it refuses.
    """
    try:
        import pymilvus
    except ImportError:
        raise StoreError(
            f"{server}: pymilvus is not installed; pip install -c constraints.txt -e '.[milvus]'"
        ) from None
    # What it logs besides raising it, with the stack, is told below.
    logging.getLogger("pymilvus").setLevel(logging.CRITICAL)
    with told(server):
        client = pymilvus.MilvusClient(
            uri=f"{'https' if server.tls else 'http'}://{server.host}:{server.port}",
            token=settings.milvus_token.get_secret_value(),
            timeout=settings.milvus_timeout,
        )
        yield Connection(server, client, settings.milvus_timeout)


@contextmanager
def told(server: Server) -> Iterator[None]:
    """Errors of the client's as :class:`StoreError`."""
    from pymilvus import MilvusException

    try:
        yield
    except MilvusException as error:
        raise StoreError(f"{server}: {_what(error)}") from error


def _what(error: Any) -> str:
    message = " ".join(str(error.message).split())
    if re.search("unauthenticated|auth check|permission|privilege", message, re.IGNORECASE):
        return "the server refuses us; set RAG_MILVUS_TOKEN to a token, or user:password, that may read and build this index"
    if error.code == _UNREACHABLE or re.search("unavailable|deadline|timeout", message, re.IGNORECASE):
        return "the server cannot be reached or does not answer; check host and port, and that Milvus runs there"
    return f"the server says: {message[:300]}"
