"""The search as a LangChain retriever, for those who build chains of their own.

>>> retriever = as_retriever(store, encoder, k=8)            # doctest: +SKIP
>>> chain = retriever | format_documents | prompt | model    # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field

from rag.search.retrieve import Searcher, retrieve

if TYPE_CHECKING:
    from langchain_core.callbacks import CallbackManagerForRetrieverRun

    from rag.search.encode import Encoder
    from rag.search.searchable import Searchable
    from rag.types import Hit


class PassageRetriever(BaseRetriever):
    """Query in, documents out, best first. Make one with :func:`as_retriever`."""

    model_config = ConfigDict(arbitrary_types_allowed=True, frozen=True)

    store: Any  # a Searchable and an Encoder; pydantic would look into them, and there is nothing there for it to check
    encoder: Any
    k: int = Field(8, ge=1)
    candidates: int = Field(50, ge=1)

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        del run_manager  # there is nothing between start and end to report
        searcher = Searcher(self.store, self.encoder, candidates=self.candidates)
        return [_document(self.store, hit) for hit in retrieve(searcher, query, self.k)]


def _document(store: Searchable, hit: Hit) -> Document:
    passage, article = hit.passage, store.article(hit.passage)
    return Document(
        id=passage.id,
        page_content=passage.text,
        metadata={
            "passage_id": passage.id,
            "article_id": article.id,
            "document_id": article.document_id,
            "title": article.name,
            "source": article.source,
            "start": passage.start,
            "end": passage.end,
            "score": hit.score,
        },
    )


def as_retriever(store: Searchable, encoder: Encoder, k: int = 8, candidates: int = 50) -> PassageRetriever:
    """A retriever over ``store``, which gives what :func:`rag.search.retrieve.retrieve` gives.

    ``page_content`` is the passage as printed, a slice of its article; ``metadata`` has passage_id, article_id,
    document_id, title, source, start, end and score.
    """
    return PassageRetriever(store=store, encoder=encoder, k=k, candidates=candidates)
