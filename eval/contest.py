"""One system over one corpus, in a process of its own: `python -m eval.contest SYSTEM build|search ...`, run by eval.peers.

All are given the same documents, the same vectors (the bundled encoder's) and, but for txtai, which cuts Chinese into characters,
words of jieba. ``build`` reads the corpus and leaves an index in a folder; ``search`` opens it in a new process on one core and
puts the queries one by one. Each prints one JSON object: seconds by the clock and of the processor, and MB of memory at most.

Peers are set up as their guides say. What they keep as pickles is theirs; the files are made here, in a folder of our own.
"""

from __future__ import annotations

import json
import os
import pickle
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

K = 10
"""How many documents a query is to find."""

PATIENCE = 60.0
"""Seconds of queries after which no more are put."""


class Contestant(Protocol):
    """A system. Document ids are those of the corpus."""

    def build(self, corpus: Path, folder: Path) -> None:
        """Index the files in ``corpus`` (JSON lines: id, title, text) and leave in ``folder`` what is needed to search."""

    def open(self, folder: Path) -> None:
        """Open what was built."""

    def search(self, query: str) -> list[str]:
        """The :data:`K` best documents, best first, by words and meaning."""

    def meaning(self, query: str) -> list[str]:
        """The :data:`K` nearest documents by meaning alone, as the system finds them."""


def records(corpus: Path) -> list[dict[str, str]]:
    """The documents in the files of a folder."""
    return [json.loads(line) for path in sorted(corpus.iterdir()) for line in path.open(encoding="utf-8")]


def encode(texts: Sequence[str]) -> NDArray[np.float32]:
    """The vectors all systems are given: traditional characters simplified, then the bundled encoder."""
    from rag import zh
    from rag.search import encode as encoders

    global _encoder  # noqa: PLW0603 - loaded once, when first needed
    if _encoder is None:
        _encoder = encoders.load(encoders.BUNDLED)
    found: NDArray[np.float32] = _encoder.encode_passages([zh.normalise(text) for text in texts])
    return found


_encoder: Any = None


def jieba_words(text: str) -> list[str]:
    """Jieba's words, as the guides to Chinese BM25 have it."""
    import jieba

    return jieba.lcut(text)  # type: ignore[no-any-return]


class Ours:
    """What is measured against the others: `rag index` and Assistant.search."""

    def build(self, corpus: Path, folder: Path) -> None:
        """As `rag index` does, with all that belongs to it: duplicates, what updates need."""
        from rag.config import Settings
        from rag.search import encode as encoders
        from rag.search import library

        settings = Settings(store=folder, pages=(corpus,))
        library.update(settings, encoders.load(settings.encoder), lambda *_: None)

    def open(self, folder: Path) -> None:
        """With all checks."""
        from rag.assistant import Assistant
        from rag.config import Settings

        self._assistant = Assistant.open(Settings(store=folder))

    def search(self, query: str) -> list[str]:
        """Fused, of 50 candidates each."""
        return [hit.passage.article_id for hit in self._assistant.search(query, K)]

    def meaning(self, query: str) -> list[str]:
        """The dense list."""
        from rag import zh

        store = self._assistant.store
        (vector,) = self._assistant.encoder.encode_queries([zh.normalise(query)])
        return [store.passages[row].article_id for row, _ in store.by_meaning(vector, K, None)]


class Floor:
    """The libraries alone, over the same vectors and tokens, without a document or a fusion: faiss flat, then bm25s.

    Queries are vectors and tokens beforehand, so what is timed is the two searches.
    """

    def build(self, corpus: Path, folder: Path) -> None:
        """A flat index and that of bm25s."""
        import bm25s
        import faiss

        from rag import zh

        rows = records(corpus)
        texts = [f"{row['title']}\n{row['text']}" if row["title"] else row["text"] for row in rows]
        vectors = encode(texts)
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(vectors)
        faiss.write_index(index, str(folder / "flat.faiss"))
        known: dict[str, int] = {}
        ids = [[known.setdefault(token, len(known)) for token in zh.tokens(text)] for text in texts]
        words = bm25s.BM25(method="lucene", k1=0.9, b=0.5)
        words.index((ids, known), show_progress=False)
        words.save(folder / "bm25s", show_progress=False)
        (folder / "ids.json").write_text(json.dumps([row["id"] for row in rows]), "utf-8")

    def open(self, folder: Path) -> None:
        """Read both."""
        import bm25s
        import faiss

        self._ids = json.loads((folder / "ids.json").read_text("utf-8"))
        faiss.omp_set_num_threads(1)
        self._flat = faiss.read_index(str(folder / "flat.faiss"))
        self._words = bm25s.BM25.load(folder / "bm25s", load_corpus=False)
        self._ready: dict[str, tuple[Any, list[str]]] = {}

    def prepare(self, queries: Sequence[str]) -> None:
        """What is not timed."""
        from rag import zh

        vectors = encode(queries)
        self._ready = {q: (vectors[n : n + 1], zh.query_tokens(q)) for n, q in enumerate(queries)}

    def search(self, query: str) -> list[str]:
        """Fifty of each list, as the product asks for."""
        vector, tokens = self._ready[query]
        self._flat.search(vector, 50)
        found, _ = self._words.retrieve([tokens], k=50, show_progress=False, n_threads=0)
        return [self._ids[row] for row in found[0][:K]]

    def meaning(self, query: str) -> list[str]:
        """Exact."""
        _, rows = self._flat.search(self._ready[query][0], K)
        return [self._ids[row] for row in rows[0]]

    def exact(self, query: str) -> list[str]:
        """All documents as near as the :data:`K` nearest: more than that many where some are equal; none if nothing is near."""
        vector = self._ready[query][0]
        if not vector.any():
            return []  # not a word of it is known to the encoder
        cosines, rows = self._flat.search(vector, 50)
        return [self._ids[row] for row, c in zip(rows[0], cosines[0], strict=True) if c >= cosines[0][K - 1] - 1e-6]


class LangChain:
    """RecursiveCharacterTextSplitter, BM25Retriever (rank_bm25) over jieba's words, FAISS flat, EnsembleRetriever."""

    def _embeddings(self) -> Any:
        from langchain_core.embeddings import Embeddings

        class Bundled(Embeddings):
            def embed_documents(self, texts: list[str]) -> list[list[float]]:
                return encode(texts).tolist()  # type: ignore[no-any-return]

            def embed_query(self, text: str) -> list[float]:
                return encode([text])[0].tolist()  # type: ignore[no-any-return]

        return Bundled()

    def build(self, corpus: Path, folder: Path) -> None:
        """BM25Retriever has no file format of its own, so it is pickled."""
        from langchain_community.retrievers import BM25Retriever
        from langchain_community.vectorstores import FAISS
        from langchain_core.documents import Document
        from langchain_text_splitters import RecursiveCharacterTextSplitter

        documents = [Document(row["text"], metadata={"id": row["id"]}) for row in records(corpus)]
        splitter = RecursiveCharacterTextSplitter(chunk_size=400, chunk_overlap=0)
        pieces = splitter.split_documents(documents)
        FAISS.from_documents(pieces, self._embeddings()).save_local(str(folder / "faiss"))
        words = BM25Retriever.from_documents(pieces, preprocess_func=jieba_words, k=K)
        (folder / "bm25.pickle").write_bytes(pickle.dumps(words))

    def open(self, folder: Path) -> None:
        """Both retrievers, and the ensemble of them."""
        from langchain_classic.retrievers import EnsembleRetriever
        from langchain_community.vectorstores import FAISS

        store = FAISS.load_local(str(folder / "faiss"), self._embeddings(), allow_dangerous_deserialization=True)
        self._dense = store.as_retriever(search_kwargs={"k": K})
        words = pickle.loads((folder / "bm25.pickle").read_bytes())  # noqa: S301 - written by build, in our own folder
        self._both = EnsembleRetriever(retrievers=[words, self._dense], weights=[0.5, 0.5])

    def search(self, query: str) -> list[str]:
        """The ensemble."""
        return [document.metadata["id"] for document in self._both.invoke(query)][:K]

    def meaning(self, query: str) -> list[str]:
        """FAISS alone."""
        return [document.metadata["id"] for document in self._dense.invoke(query)]


class Txtai:
    """txtai's hybrid index with its defaults."""

    def build(self, corpus: Path, folder: Path) -> None:
        """Vectors from a function, the rest as it comes."""
        from txtai import Embeddings

        index = Embeddings(method="external", transform="eval.contest.encode", hybrid=True)
        index.index((row["id"], row["text"], None) for row in records(corpus))
        index.save(str(folder / "txtai"))

    def open(self, folder: Path) -> None:
        """Load it."""
        from txtai import Embeddings

        self._index = Embeddings()
        self._index.load(str(folder / "txtai"))

    def search(self, query: str) -> list[str]:
        """Hybrid."""
        return [id_ for id_, _ in self._index.search(query, K)]

    def meaning(self, query: str) -> list[str]:
        """All weight on the vectors."""
        return [id_ for id_, _ in self._index.search(query, K, weights=1.0)]


class LlamaIndex:
    """BM25Retriever and a flat FAISS store, fused by QueryFusionRetriever without a language model.

    Its BM25 takes runs of letters for words; the texts it is given have spaces between jieba's words.
    """

    def _set_up(self) -> None:
        from llama_index.core import Settings
        from llama_index.core.embeddings import BaseEmbedding
        from llama_index.core.llms import MockLLM

        class Bundled(BaseEmbedding):
            def _get_text_embedding(self, text: str) -> list[float]:
                return encode([text])[0].tolist()  # type: ignore[no-any-return]

            def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
                return encode(texts).tolist()  # type: ignore[no-any-return]

            def _get_query_embedding(self, query: str) -> list[float]:
                return encode([query])[0].tolist()  # type: ignore[no-any-return]

            async def _aget_query_embedding(self, query: str) -> list[float]:
                return self._get_query_embedding(query)

        Settings.embed_model = Bundled(embed_batch_size=256)
        Settings.llm = MockLLM()

    def build(self, corpus: Path, folder: Path) -> None:
        """Both indexes, each saved by its own means."""
        import faiss
        from llama_index.core import StorageContext, VectorStoreIndex
        from llama_index.core.schema import TextNode
        from llama_index.retrievers.bm25 import BM25Retriever
        from llama_index.vector_stores.faiss import FaissVectorStore

        self._set_up()
        rows = records(corpus)
        store = FaissVectorStore(faiss_index=faiss.IndexFlatIP(encode(["一"]).shape[1]))
        nodes = [TextNode(id_=row["id"], text=row["text"]) for row in rows]
        index = VectorStoreIndex(nodes, storage_context=StorageContext.from_defaults(vector_store=store))
        index.storage_context.persist(str(folder / "vectors"))
        cut = [TextNode(id_=row["id"], text=" ".join(jieba_words(row["text"]))) for row in rows]
        BM25Retriever.from_defaults(nodes=cut, similarity_top_k=K, skip_stemming=True).persist(str(folder / "bm25"))

    def open(self, folder: Path) -> None:
        """Load both and fuse them."""
        from llama_index.core import StorageContext, load_index_from_storage
        from llama_index.core.retrievers import QueryFusionRetriever
        from llama_index.retrievers.bm25 import BM25Retriever
        from llama_index.vector_stores.faiss import FaissVectorStore

        self._set_up()
        at = str(folder / "vectors")
        context = StorageContext.from_defaults(vector_store=FaissVectorStore.from_persist_dir(at), persist_dir=at)
        self._dense = load_index_from_storage(context).as_retriever(similarity_top_k=K)
        words = BM25Retriever.from_persist_dir(str(folder / "bm25"))
        self._words = words

        class Cut(type(words)):  # type: ignore[misc]
            """The same, with the query cut as the texts were."""

            def _retrieve(self, query_bundle: Any) -> Any:
                query_bundle.query_str = " ".join(jieba_words(query_bundle.query_str))
                return super()._retrieve(query_bundle)

        words.__class__ = Cut
        self._both = QueryFusionRetriever(
            [self._dense, words], similarity_top_k=K, num_queries=1, mode="reciprocal_rerank", use_async=False
        )

    def search(self, query: str) -> list[str]:
        """Fused by reciprocal rank."""
        return [found.node.node_id for found in self._both.retrieve(query)]

    def meaning(self, query: str) -> list[str]:
        """The vectors alone."""
        return [found.node.node_id for found in self._dense.retrieve(query)]


SYSTEMS: dict[str, Callable[[], Any]] = {
    "ours": Ours,
    "floor": Floor,
    "langchain": LangChain,
    "txtai": Txtai,
    "llamaindex": LlamaIndex,
}


_WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def memory() -> float:
    """The most memory this process has had, in MB, and with it that of the largest of its children."""
    return sum(resource.getrusage(who).ru_maxrss for who in _WHO) / 1024


def build(system: str, corpus: Path, folder: Path) -> dict[str, float]:
    """Build an index in the empty ``folder``."""
    start = time.perf_counter()
    SYSTEMS[system]().build(corpus, folder)
    took = time.perf_counter() - start
    cpu = sum(sum(resource.getrusage(who)[:2]) for who in _WHO)
    disk = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
    return {"build_s": took, "build_cpu": cpu, "build_mb": memory(), "disk_mb": disk}


def search(system: str, folder: Path, asked: Path, exact: Path) -> dict[str, Any]:
    """Open the index and put the queries: how long each takes, and what share of what should be found is.

    The floor writes what is exactly nearest to each query into the file ``exact``, against which the others are held.
    """
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    queries = [tuple(pair) for pair in json.loads(asked.read_text("utf-8"))]
    one = SYSTEMS[system]()
    start = time.perf_counter()
    one.open(folder)
    opened, open_mb = time.perf_counter() - start, memory()
    if system == "floor":
        one.prepare([query for query, _ in queries])
        found_exactly = {query: near for query, _ in queries if (near := one.exact(query))}
        exact.write_text(json.dumps(found_exactly), "utf-8")
    for query, _ in queries[:5]:
        one.search(query)  # what is loaded by the first is no part of a query
    seconds: list[float] = []
    cpu: list[float] = []
    known = 0
    for query, document in queries:
        if sum(seconds) > PATIENCE:
            break
        start, used = time.perf_counter(), time.process_time()
        found = one.search(query)
        seconds.append(time.perf_counter() - start)
        cpu.append(time.process_time() - used)
        known += document in found
    resident = memory()
    nearest: dict[str, list[str]] = json.loads(exact.read_text("utf-8")) if exact.exists() else {}
    recalls = [min(1.0, len({*one.meaning(q)} & {*nearest[q]}) / K) for q, _ in queries[: len(seconds)] if q in nearest]
    return {
        "open_s": opened,
        "open_mb": open_mb,
        "resident_mb": resident,
        "queries": len(seconds),
        "qps": len(seconds) / sum(seconds),
        "p50_ms": 1000 * float(np.median(seconds)),
        "p99_ms": 1000 * float(np.quantile(seconds, 0.99)),
        "cpu_ms": 1000 * float(np.median(cpu)),
        "known_item": known / len(seconds),
        "exact": float(np.mean(recalls)) if recalls else None,
    }


def main() -> None:
    """Do what the arguments say; the result is the last line."""
    system, what, *paths = sys.argv[1:]
    given = [Path(path) for path in paths]
    print(json.dumps(build(system, *given) if what == "build" else search(system, *given)))


if __name__ == "__main__":
    main()
