"""Models of sentence-transformers that lie there as ONNX files, run without torch and transformers.

The one home of onnxruntime, which is imported only when such a model is asked for.

Texts are read one at a time, on all cores. In a batch each is padded to the longest: over 129 passages on two cores that was slower
(17 a second of 32 for 33 with eight bits, 8 for 16 in single precision) and took ten times the memory. And a graph of eight bits takes
the scale of its numbers from all that is read together, so that the vector of a text in company was another (cosine .988) than alone.
"""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from tokenizers import Tokenizer
from tokenizers.normalizers import Lowercase, Normalizer
from tokenizers.normalizers import Sequence as Normalizers

from rag.errors import NoModelError
from rag.search import hub

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray
    from tokenizers import Encoding

    Text = str | tuple[str, str]
    Reduce = Callable[[NDArray[np.float32]], NDArray[np.float32]]

FIRST = ("onnx/model.onnx", "model.onnx")
"""Where a model's graph is looked for; of other files one must be the only one, or be named."""

_WEIGHTS = ("model*.safetensors", "pytorch_model*.bin", "0_*/model*.safetensors", "0_*/pytorch_model*.bin")
"""What torch reads."""

_INPUTS = {"input_ids": "ids", "attention_mask": "attention_mask", "token_type_ids": "type_ids"}
"""What a graph may ask for, and what it is called where the text was cut."""

_NUMBERS = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}

_POOLED, _TOKENS, _SCORES = "sentence_embedding", ("last_hidden_state", "token_embeddings"), "logits"
"""The names of what comes out: a vector a text, a vector a token, a score a pair."""

_POOLING: Mapping[str, Reduce] = {
    "": lambda given: given,
    "cls": lambda tokens: tokens[0],
    "lasttoken": lambda tokens: tokens[-1],
    "mean": lambda tokens: tokens.mean(axis=0),
    "max": lambda tokens: tokens.max(axis=0),
}
"""Vectors of the tokens of one text, shape (tokens, dim), to one of shape (dim,), by the names that sentence-transformers has for it; "" where there is nothing to pool."""

_UNBOUNDED = 1_000_000
"""A longest text of more tokens than this is transformers' way to say that none is known."""

_TRIAL = "工会"


@dataclass(frozen=True)
class Source:
    """The graph ``file``, a path inside ``folder``, of the model that was asked for as ``model``."""

    model: str
    folder: Path
    file: str

    @property
    def path(self) -> Path:
        """Where the graph lies."""
        return self.folder / self.file


def source(name: str, role: str) -> Source | None:
    """The graph that the model ``name`` is run from; none where it is for sentence-transformers.

    ``MODEL#FILE`` names the graph. ``MODEL`` alone is run from the only one, or from that in :data:`FIRST`, if torch's weights do not lie
    beside it or sentence-transformers is not installed: what was built by torch before stays as it is when onnxruntime is installed.

    Raises
    ------
    NoModelError
        A graph is named that is not there, or several are there and none is named.
    """
    whole = Path(name).exists() or "#" not in name
    model, file = (name, "") if whole else name.rsplit("#", 1)
    folder = hub.here(model)
    graphs = _graphs(folder) if folder else []
    several = f"name one as MODEL#FILE; there are {', '.join(graphs) or 'no ONNX files'}"
    if file:
        if folder is None:
            raise NoModelError(f"{role} {name!r}: {model} is neither a folder here nor in the hub's cache; {several}")
        if file not in graphs:
            raise NoModelError(f"{role} {name!r}: {model} holds no {file}; {several}")
        return Source(model, folder, file)
    if folder is None or not graphs or (find_spec("sentence_transformers") and _has_weights(folder)):
        return None
    if first := next((known for known in FIRST if known in graphs), graphs[0] if len(graphs) == 1 else ""):
        return Source(model, folder, first)
    raise NoModelError(f"{role} {name!r} holds several ONNX files and no {FIRST[0]}; {several}")


def _graphs(folder: Path) -> list[str]:
    """The ONNX files in ``folder``, as paths in it."""
    return sorted(f.relative_to(folder).as_posix() for part in ("", "onnx/") for f in folder.glob(f"{part}*.onnx"))


def _has_weights(folder: Path) -> bool:
    return any(any(folder.glob(pattern)) for pattern in _WEIGHTS)


class Vectors:
    """Texts to unit vectors.

    Parameters
    ----------
    source : Source
        The graph. It gives ``sentence_embedding``, or vectors of tokens that are pooled as ``modules.json`` says.
    otherwise : str
        What to do without it, for messages.

    Raises
    ------
    NoModelError
        onnxruntime is not installed, a file is missing or damaged, or the model is of a kind that is not run here. One line.
    """

    def __init__(self, source: Source, otherwise: str) -> None:
        self._guarded = partial(_refused, "encoder", source, otherwise)
        with self._guarded():
            folder, pooling = _modules(source.folder)
            self._graph = _Graph(source, folder)
            output = self._graph.output(_POOLED, *_TOKENS)
            if output == _POOLED:  # the whole model, with what comes behind the pooling
                pooling = ""
            self._reduce = _pool(pooling)
            self._output = output
            self.dim = self.of([_TRIAL]).shape[1]
            brought = _object(source.folder / "config_sentence_transformers.json").get("prompts") or {}
            self.prompts: dict[str, str] = {of: prompt for of, prompt in brought.items() if prompt}
        self.name = (
            f"{source.model}#{source.file}@{self._graph.digest(pooling, json.dumps(self.prompts, sort_keys=True))}"
        )

    def of(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of ``texts``, shape (n, dim), each the same whatever the others are."""
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        with self._guarded():
            found = np.stack(self._graph.run(texts, self._output, self._reduce))
        np.nan_to_num(found, copy=False)
        norms = np.linalg.norm(found, axis=1, keepdims=True)
        np.divide(found, norms, out=found, where=norms > 0)
        return found


class Scores:
    """Pairs of texts to the numbers that a cross-encoder gives, as they leave the model: nothing presses them into 0 to 1.

    Parameters and errors as for :class:`Vectors`.
    """

    def __init__(self, source: Source, otherwise: str) -> None:
        self._guarded = partial(_refused, "reranker", source, otherwise)
        with self._guarded():
            self._graph = _Graph(source, source.folder)
            self._output = self._graph.output(_SCORES)
            self.width = self.of([(_TRIAL, _TRIAL)]).shape[1]
        self.name = f"{source.model}#{source.file}@{self._graph.digest()}"

    def of(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """The numbers of ``pairs``, shape (n, width)."""
        with self._guarded():
            return np.stack(self._graph.run(pairs, self._output, _POOLING[""]))


class _UnfitError(Exception):
    """Why a model cannot be run here, and what to do."""


@contextmanager
def _refused(role: str, source: Source, otherwise: str) -> Iterator[None]:
    """Whatever fails inside is one :class:`NoModelError`: onnxruntime and tokenizers raise plain Exception on damaged files."""
    try:
        yield
    except NoModelError:  # said inside already
        raise
    except Exception as error:
        raise NoModelError(
            f"{role} {source.model!r}: {source.file} cannot be run ({hub.reason(error)}); {otherwise}"
        ) from error


class _Graph:
    """An open graph with its tokenizer, which lies in ``folder`` with what says how long a text may be."""

    def __init__(self, source: Source, folder: Path) -> None:
        try:
            import onnxruntime
        except ImportError:
            raise _UnfitError('onnxruntime is not installed: pip install -e ".[onnx]"') from None
        tokenizer = folder / "tokenizer.json"
        if not tokenizer.is_file():
            raise _UnfitError("tokenizer.json is missing beside it; take it from where the model is from")
        self._source, self._tokenizer_file = source, tokenizer
        self._longest, self._lower = _longest(folder), bool(_sentence_config(folder).get("do_lower_case"))
        self._tokenizer = _tokenizer(tokenizer, self._longest, lower=self._lower)
        onnxruntime.disable_telemetry_events()  # on Windows it would tell of use
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4  # what fails is raised, too
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # cores are for texts
        options.enable_mem_pattern = False  # it is for inputs of one length, and grows with each other one
        self._session = onnxruntime.InferenceSession(str(source.path), options, providers=["CPUExecutionProvider"])
        self._inputs = {given.name: _NUMBERS.get(given.type) for given in self._session.get_inputs()}
        if strange := {name for name in self._inputs if name not in _INPUTS}:
            raise _UnfitError(
                f"it asks for {', '.join(sorted(strange)[:3])}; take an export for feature-extraction, without a cache"
            )

    def output(self, *names: str) -> str:
        """The first of ``names`` that comes out of the graph."""
        given = [one.name for one in self._session.get_outputs()]
        for name in names:
            if name in given:
                return name
        raise _UnfitError(f"it gives {', '.join(given)}, not {' or '.join(names)}; take another export")

    def run(self, texts: Sequence[Text], output: str, reduce: Reduce) -> list[NDArray[np.float32]]:
        """``reduce`` of what comes out as ``output`` for each of ``texts`` alone, in their order."""
        from rag.ingest.workers import cores  # it brings multiprocessing, which opening an index does without

        cut = self._tokenizer.encode_batch_fast(list(texts))
        one = partial(self._one, output, reduce)
        if len(cut) == 1:
            return [one(cut[0])]
        order = sorted(range(len(cut)), key=lambda n: -len(cut[n].ids))  # the longest at last would keep one core alone
        with ThreadPoolExecutor(cores()) as pool:
            found = dict(zip(order, pool.map(one, (cut[n] for n in order)), strict=True))
        return [found[n] for n in range(len(cut))]

    def _one(self, output: str, reduce: Reduce, cut: Encoding) -> NDArray[np.float32]:
        given = {
            name: np.asarray([getattr(cut, _INPUTS[name])], numbers or np.int64)
            for name, numbers in self._inputs.items()
        }
        try:
            return reduce(self._session.run([output], given)[0][0].astype(np.float32))
        except Exception as error:
            raise _UnfitError(
                f"it stops at a text of {len(cut.ids)} tokens, {hub.reason(error)}; check that tokenizer.json "
                "is this model's, and that max_seq_length in sentence_bert_config.json is not more than it can read"
            ) from error

    def digest(self, *more: str) -> str:
        """Names all that the vectors depend on: the graph, weights beside it, the tokenizer, how texts are cut, and ``more``."""
        found = hashlib.sha256(json.dumps([self._longest, self._lower, more]).encode())
        path = self._source.path
        # Weights over 2 GB lie beside the graph, as model.onnx_data or model.onnx.data.
        for file in (*sorted(f for f in path.parent.iterdir() if f.name.startswith(path.name)), self._tokenizer_file):
            with file.open("rb") as data:
                found.update(hashlib.file_digest(data, "sha256").digest())
        return found.hexdigest()[:12]


def _pool(mode: str) -> Reduce:
    if mode not in _POOLING:
        raise _UnfitError(f"its pooling is {mode}, and only {', '.join(filter(None, _POOLING))} are done here")
    return _POOLING[mode]


def _tokenizer(file: Path, longest: int, *, lower: bool) -> Tokenizer:
    found = Tokenizer.from_file(str(file))
    found.no_padding()
    found.enable_truncation(longest)
    if lower:
        before: Normalizer | None = found.normalizer
        found.normalizer = Normalizers([Lowercase(), *([before] if before else [])])
    return found


def _modules(folder: Path) -> tuple[Path, str]:
    """The folder of the tokenizer, and the kind of pooling, or why it is none."""
    inside, pooling = folder, "not told (take modules.json and 1_Pooling from where the model is from)"
    for module in _read(folder / "modules.json") or []:
        kind, where = str(module["type"]).rsplit(".", 1)[-1], folder / str(module["path"])
        if kind == "Transformer":
            inside = where
        elif kind == "Pooling":
            pooling = _mode(_object(where / "config.json"))
        elif kind not in {"Normalize", "Dropout"}:
            pooling = f"followed by a module {kind}, which is not in the graph"
    return inside, pooling


def _mode(config: Mapping[str, Any]) -> str:
    """The kind of pooling by its file, in the words of sentence-transformers 6; before, each kind had a yes or no."""
    if config.get("include_prompt") is False:
        return "without the prompt"
    named = config.get("pooling_mode")
    if isinstance(named, str):
        return named
    modes = named or [
        key.removeprefix("pooling_mode_").removesuffix("_token").removesuffix("_tokens")
        for key, yes in config.items()
        if key.startswith("pooling_mode_") and yes
    ]
    return " and ".join(modes) or "mean"


def _longest(folder: Path) -> int:
    """The most tokens a text may have, by the files that sentence-transformers asks, in its order."""
    told = _sentence_config(folder).get("max_seq_length")
    if told is None:
        models = (
            _object(folder / "tokenizer_config.json").get("model_max_length"),
            _object(folder / "config.json").get("max_position_embeddings"),
        )
        told = min((limit for limit in models if limit is not None and 0 < limit < _UNBOUNDED), default=None)
    if told is None:
        raise _UnfitError(
            'no file says how long a text may be; write {"max_seq_length": 512} to sentence_bert_config.json'
        )
    return int(told)


def _sentence_config(folder: Path) -> dict[str, Any]:
    return _object(folder / "sentence_bert_config.json")


def _object(file: Path) -> dict[str, Any]:
    found = _read(file)
    return found if isinstance(found, dict) else {}


def _read(file: Path) -> Any:
    """What a JSON file holds; None if there is none."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise _UnfitError(f"{file.name} is damaged: {error}") from None
