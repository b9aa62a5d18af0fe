"""Models as ONNX, small enough to work out by hand; their bytes are written here, so that the tests need no package for it.

The messages and their numbers are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, the wire format that of
https://protobuf.dev/programming-guides/encoding/.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

CHARACTERS = "山东省总工会组织疗休养企业召开职代表大快递员集中入查询：找a"
VOCABULARY = {token: n for n, token in enumerate(["[UNK]", "[CLS]", "[SEP]", *dict.fromkeys(CHARACTERS)])}
_FLOAT, _INT64 = 1, 7


def _varint(number: int) -> bytes:
    number &= 2**64 - 1
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def _field(number: int, value: int | str | bytes) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _value(name: str, kind: int, rank: int) -> bytes:
    shape = b"".join(_field(1, _field(2, f"{name}{n}")) for n in range(rank))
    return _field(1, name) + _field(2, _field(1, _field(1, kind) + _field(2, shape)))


def _tensor(name: str, values: np.ndarray) -> bytes:
    kind = _INT64 if values.dtype == np.int64 else _FLOAT
    dims = b"".join(_field(1, size) for size in values.shape)
    return dims + _field(2, kind) + _field(8, name) + _field(9, values.tobytes())


def _node(op: str, given: str, out: str, **attributes: int | list[int]) -> bytes:
    """``given`` and ``out`` are names parted by blanks."""
    found = b"".join(_field(1, name) for name in given.split()) + b"".join(_field(2, name) for name in out.split())
    found += _field(4, op)
    for name, value in attributes.items():
        whole = isinstance(value, int)
        values = _field(3, value) if whole else b"".join(_field(8, one) for one in value)
        found += _field(5, _field(1, name) + values + _field(20, 2 if whole else 7))
    return found


def graph(
    table: np.ndarray,
    kinds: np.ndarray | None = None,
    *,
    output: str = "last_hidden_state",
    eight_bits: bool = False,
    more: str = "",
) -> bytes:
    """A model whose vector of a token is the row of ``table``, and where there are ``kinds``, plus that for the part of a pair.

    As ``last_hidden_state`` they come out one a token, under any other name as the mean of them. With ``eight_bits`` they are
    rounded to 256 steps between the least and the most of all numbers of a batch. ``more`` is an input that nothing needs.
    """
    inputs = ["input_ids", "attention_mask", *(["token_type_ids"] if kinds is not None else []), *filter(None, [more])]
    parts = [_tensor("table", table.astype(np.float32)), _tensor("last", np.array([-1]))]
    nodes = [
        _node("Cast", "attention_mask", "mask", to=_FLOAT),
        _node("Unsqueeze", "mask last", "weight"),
        _node("Gather", "table input_ids", "words"),
        _node("Mul", "words weight", "masked"),
    ]
    at = "masked"
    if kinds is not None:
        parts.append(_tensor("kinds", kinds.astype(np.float32)))
        nodes += [_node("Gather", "kinds token_type_ids", "parts"), _node("Add", f"{at} parts", "both")]
        at = "both"
    if eight_bits:
        nodes.append(_node("DynamicQuantizeLinear", at, "whole scale zero"))
        nodes.append(_node("DequantizeLinear", "whole scale zero", "rounded"))
        at = "rounded"
    tokens = output in {"last_hidden_state", "token_embeddings"}
    nodes.append(_node("Identity", at, output) if tokens else _node("ReduceMean", at, output, axes=[1], keepdims=0))
    whole = b"".join(_field(1, node) for node in nodes) + _field(2, "tiny")
    whole += b"".join(_field(5, part) for part in parts)
    whole += b"".join(_field(11, _value(name, _INT64, 2)) for name in inputs)
    whole += _field(12, _value(output, _FLOAT, 3 if tokens else 2))
    return _field(1, 8) + _field(7, whole) + _field(8, _field(2, 17))


def tokenizer(folder: Path) -> None:
    """Write a tokenizer whose tokens are characters, with [CLS] before a text and [SEP] behind it."""
    found = Tokenizer(models.WordLevel(VOCABULARY, unk_token="[UNK]"))
    found.normalizer = normalizers.NFC()
    found.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    found.post_processor = processors.TemplateProcessing(
        "[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1", [(name, VOCABULARY[name]) for name in ("[CLS]", "[SEP]")]
    )
    found.enable_padding(length=64)  # as some are saved; it must not count
    found.save(str(folder / "tokenizer.json"))


def ids(text: str) -> list[int]:
    """The tokens of a text."""
    return [VOCABULARY[name] for name in ("[CLS]", *text, "[SEP]")]


def write(file: Path, data: object) -> None:
    """``data`` as JSON, with the folders it lies in."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(data), "utf-8")


def model(folder: Path, data: bytes, pooling: dict[str, object] | None = None, kinds: tuple[str, ...] = ()) -> Path:
    """A folder as sentence-transformers writes it, with ``data`` as its graph and modules of ``kinds`` behind the pooling."""
    modules = [("", "models.Transformer"), ("1_Pooling", "models.Pooling")]
    modules += [(f"{n}_{kind}", f"models.{kind}") for n, kind in enumerate(kinds, 2)]
    listed = [
        {"idx": n, "name": str(n), "path": path, "type": f"sentence_transformers.{kind}"}
        for n, (path, kind) in enumerate(modules)
    ]
    write(folder / "modules.json", listed)
    write(folder / "1_Pooling" / "config.json", pooling or {"pooling_mode": "mean"})
    write(folder / "sentence_bert_config.json", {"max_seq_length": 32})
    (folder / "onnx").mkdir()
    (folder / "onnx" / "model.onnx").write_bytes(data)
    tokenizer(folder)
    return folder
