"""Text to unit vectors: the bundled static encoder, or any sentence-transformers model, by torch or as ONNX.

The one home of sentence_transformers, which is imported only when such a model is asked for.
"""

from __future__ import annotations

import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from rag.errors import NoModelError
from rag.search import hub, onnx

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

MODELS = Path(__file__).resolve().parent.parent / "models"
BUNDLED = "static-zh-en"
"""The encoder in this repository, in ``rag/models/static-zh-en``."""

_OTHERWISE = f"set RAG_ENCODER={BUNDLED}, which is offline"

_CHUNK = 256  # texts cut at a time: enough for all cores, and one chunk is summed while the next is cut


class Encoder(Protocol):
    """What search needs of an encoder. Rows are unit vectors, so a dot product is a cosine."""

    @property
    def name(self) -> str:
        """What an index records: two encoders of one name give the same vectors."""

    @property
    def dim(self) -> int:
        """Numbers in a vector."""

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of passages, shape (n, dim). A text without a known token gives a row of zeros."""

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of questions, shape (n, dim). A text without a known token gives a row of zeros."""


class StaticEncoder:
    """A bag of sub-word vectors: the mean of the vectors of a text's tokens, scaled to length 1.

    Reads the folder that ``SentenceTransformer(folder)`` reads and gives the same vectors, with two differences:
    it sums in single precision, and a text without a known token gives zeros where sentence-transformers gives
    not-a-number. Text is taken as it is: whoever calls converts traditional characters first.

    Parameters
    ----------
    folder : Path
        ``model.safetensors`` with ``embedding.weight`` of shape (vocabulary, dim), or with whole numbers ``embeddings`` of that
        shape and ``weights`` by which to multiply each row, as model2vec writes them; and ``tokenizer.json``.

    Raises
    ------
    NoModelError
        A file is missing or is not what it should be.
    """

    def __init__(self, folder: Path) -> None:
        weights, tokenizer = folder / "model.safetensors", folder / "tokenizer.json"
        try:
            digest = hashlib.sha256(weights.read_bytes() + tokenizer.read_bytes()).hexdigest()
            vectors = _table(load_file(weights))
            self._tokenizer = Tokenizer.from_file(str(tokenizer))
        except FileNotFoundError as error:
            raise NoModelError(
                f"the encoder in {folder} lacks {Path(error.filename).name}; restore the folder from the repository"
            ) from None
        except Exception as error:  # safetensors and tokenizers raise plain Exception on damaged files
            raise NoModelError(
                f"the encoder in {folder} cannot be read ({error}); restore the folder from the repository"
            ) from error
        if vectors.ndim != 2 or len(vectors) != self._tokenizer.get_vocab_size():
            raise NoModelError(
                f"the encoder in {folder} has vectors of shape {vectors.shape} for "
                f"{self._tokenizer.get_vocab_size()} tokens; restore the folder from the repository"
            )
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._vectors = vectors
        self.name = f"{folder.name}@{digest[:12]}"
        self.dim = int(vectors.shape[1])

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of passages, shape (n, dim)."""
        return self._encode(texts)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of questions, shape (n, dim): the same map as for passages."""
        return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        out = np.zeros((len(texts), self.dim), np.float32)

        def fill(start: int) -> None:
            self._bag(list(texts[start : start + _CHUNK]), out[start : start + _CHUNK])

        starts = range(0, len(texts), _CHUNK)
        if len(starts) < 2:
            for start in starts:
                fill(start)
        else:  # tokenizers and NumPy let go of the interpreter's lock: one chunk is cut while another is summed
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                list(pool.map(fill, starts))
        return out

    def _bag(self, texts: list[str], out: NDArray[np.float32]) -> None:
        """Write the vectors of ``texts`` into ``out``, zeros of shape (n, dim)."""
        # One text at a time: its vectors (30 KB to 100 KB) stay in the processor's cache while they are summed, which is eight
        # times as fast as gathering those of many texts, and its sum does not depend on the texts beside it.
        for row, found in zip(out, self._tokenizer.encode_batch_fast(texts, add_special_tokens=False), strict=True):
            if ids := found.ids:
                self._vectors.take(ids, axis=0).sum(axis=0, out=row)
        norms = np.linalg.norm(out, axis=1, keepdims=True)
        np.divide(out, norms, out=out, where=norms > 0)


def _table(tensors: Mapping[str, NDArray[Any]]) -> NDArray[np.float32]:
    """Vectors of all tokens in single precision: sentence-transformers knows the same two layouts."""
    if "embedding.weight" in tensors:
        return tensors["embedding.weight"].astype(np.float32)
    return tensors["embeddings"].astype(np.float32) * tensors["weights"].astype(np.float32)[:, None]


class _Prompts(NamedTuple):
    """What a model was trained to see in front of a question and of a passage."""

    query: str
    passage: str


_PROMPTS: tuple[tuple[str, _Prompts], ...] = (
    # Wang et al. 2024, https://arxiv.org/abs/2402.05672, and https://huggingface.co/intfloat/multilingual-e5-small;
    # the instruct variant: https://huggingface.co/intfloat/multilingual-e5-large-instruct
    (
        "e5-large-instruct",
        _Prompts(
            "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery: ",
            "",
        ),
    ),
    ("e5-", _Prompts("query: ", "passage: ")),
    # https://huggingface.co/BAAI/bge-m3 and https://huggingface.co/Alibaba-NLP/gte-multilingual-base: no prompts
    ("bge-m3", _Prompts("", "")),
    ("gte-multilingual", _Prompts("", "")),
    # https://huggingface.co/Alibaba-NLP/gte-Qwen2-1.5B-instruct
    (
        "gte-qwen2",
        _Prompts("Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery: ", ""),
    ),
    # https://huggingface.co/Snowflake/snowflake-arctic-embed-l-v2.0
    ("snowflake-arctic-embed", _Prompts("query: ", "")),
    # https://huggingface.co/google/embeddinggemma-300m
    ("embeddinggemma", _Prompts("task: search result | query: ", "title: none | text: ")),
    # https://huggingface.co/nomic-ai/nomic-embed-text-v2-moe
    ("nomic-embed", _Prompts("search_query: ", "search_document: ")),
    # https://huggingface.co/BAAI/bge-small-zh-v1.5 and https://huggingface.co/BAAI/bge-small-en-v1.5
    ("-zh", _Prompts("为这个句子生成表示以用于检索相关文章：", "")),
    ("-en", _Prompts("Represent this sentence for searching relevant passages: ", "")),
    # https://huggingface.co/Qwen/Qwen3-Embedding-0.6B
    (
        "qwen3-embedding",
        _Prompts("Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:", ""),
    ),
)


def prompts_for(name: str) -> tuple[str, str]:
    """What to put before a question and before a passage for the model ``name``, by the table above.

    The first entry whose key stands in the last part of the name, in lower case, holds; ``-zh`` and ``-en`` only
    for the bge family. Models that are not in the table get nothing.
    """
    last = name.rstrip("/\\").replace("\\", "/").rsplit("/", 1)[-1].lower()
    for key, prompts in _PROMPTS:
        if key in last and (key not in ("-zh", "-en") or last.startswith("bge-")):
            return prompts
    return _Prompts("", "")


def _own_or_known(own: Mapping[str, str], name: str) -> _Prompts:
    """The prompts that a model brings; those it was trained with, by the table above, if it brings none."""
    brought = _Prompts(own.get("query", ""), own.get("document") or own.get("passage", ""))
    return brought if any(brought) else _Prompts(*prompts_for(name))


class OnnxEncoder:
    """A sentence-transformers model that lies there as ONNX, run without torch; for its prompts see :class:`TransformerEncoder`.

    Its name, ``MODEL#FILE@DIGEST``, is another than that of the same model run by torch: with eight bits its vectors are others.

    Raises
    ------
    NoModelError
        The model cannot be run.
    """

    def __init__(self, source: onnx.Source) -> None:
        self._vectors = onnx.Vectors(source, _OTHERWISE)
        self.name, self.dim = self._vectors.name, self._vectors.dim
        self._prompts = _own_or_known(self._vectors.prompts, source.model)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of passages, shape (n, dim)."""
        return self._vectors.of([self._prompts.passage + text for text in texts])

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of questions, shape (n, dim)."""
        return self._vectors.of([self._prompts.query + text for text in texts])


class TransformerEncoder:
    """Any sentence-transformers model, run by torch.

    Its own prompts (``config_sentence_transformers.json``) hold; a model that brings none gets those it was trained with, by the
    table above.

    Parameters
    ----------
    name : str
        A folder, or a name on the model hub.

    Raises
    ------
    NoModelError
        sentence-transformers is not installed, or the model is neither here nor to be had.
    """

    def __init__(self, name: str) -> None:
        self._model = _open(name)
        self.name = name
        self.dim = int(self._model.get_embedding_dimension() or 0)
        own = {of: prompt for of, prompt in self._model.prompts.items() if prompt}
        self._query, self._passage = _own_or_known(own, name)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of passages, shape (n, dim)."""
        return self._encode(self._model.encode_document, texts, self._passage)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of questions, shape (n, dim)."""
        return self._encode(self._model.encode_query, texts, self._query)

    def _encode(self, encode: Callable[..., Any], texts: Sequence[str], prompt: str) -> NDArray[np.float32]:
        if not len(texts):
            return np.zeros((0, self.dim), np.float32)
        # An empty prompt is given as such: none would be taken for the model's default, which may be that of questions.
        found = encode(
            list(texts), prompt=prompt, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
        )
        return np.nan_to_num(np.asarray(found, np.float32), nan=0.0)  # half precision makes 0 / 0 of an empty text


def _open(name: str) -> SentenceTransformer:
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError:
        raise hub.not_installed("encoder", name, _OTHERWISE) from None
    return hub.opened(SentenceTransformer, "encoder", name, _OTHERWISE)


def _is_static(folder: Path) -> bool:
    """Whether ``folder`` holds nothing but static vectors and their scaling to length 1."""
    modules = folder / "modules.json"
    if not modules.is_file():
        return False
    types = [str(module["type"]).rsplit(".", 1)[-1] for module in json.loads(modules.read_text(encoding="utf-8"))]
    return types == ["StaticEmbedding", "Normalize"]


def load(name: str) -> Encoder:
    """The encoder called ``name``.

    Parameters
    ----------
    name : str
        ``static-zh-en`` for the bundled one; else a folder or hub name of a sentence-transformers model, with ``#FILE`` for one of
        its ONNX files. Which is run by what: :func:`rag.search.onnx.source`. A folder of the bundled one's kind is read without torch too.

    Raises
    ------
    NoModelError
        It is not there and cannot be had here.
    """
    if name == BUNDLED:
        return StaticEncoder(MODELS / BUNDLED)
    if _is_static(Path(name)):
        return StaticEncoder(Path(name))
    if graph := onnx.source(name, "encoder"):
        return OnnxEncoder(graph)
    return TransformerEncoder(name)
