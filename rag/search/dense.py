"""Search by meaning: a flat FAISS index over unit vectors. Home of faiss.

The inner product of unit vectors is their cosine, and a flat index compares all of them, so what it finds is exact.
One file, no pickle.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    import faiss
    from numpy.typing import NDArray

    Index: TypeAlias = faiss.IndexFlatIP
    """A built index; row numbers are those of the vectors it was built from."""


@cache
def _one_thread() -> None:
    """Search each query on one thread: 4 ms against 13 ms over 56,000 passages when both cores had other work.

    Queries come from several users at once, so the cores are better spent on one each.
    """
    import faiss

    faiss.omp_set_num_threads(1)


def build(vectors: NDArray[np.float32]) -> Index:
    """An index of ``vectors``, float32 of shape (n, dim), each of unit length or all zero.

    Raises ``ValueError`` for vectors of another shape, type or length.
    """
    import faiss

    if vectors.ndim != 2 or vectors.dtype != np.float32:
        raise ValueError(f"vectors must be float32 of shape (n, dim), got {vectors.dtype} of shape {vectors.shape}")
    norms = np.linalg.norm(vectors, axis=1)
    if not np.all((np.abs(norms - 1) < 1e-3) | (norms == 0)):
        raise ValueError(f"vectors must be of length 1 or 0, got lengths from {norms.min():.4g} to {norms.max():.4g}")
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors))
    return index


def vectors(index: Index) -> NDArray[np.float32]:
    """The vectors of ``index``, shape (n, dim): its own memory, not a copy, to be read only as long as ``index`` is kept."""
    import faiss

    found: NDArray[np.float32] = faiss.rev_swig_ptr(index.get_xb(), index.ntotal * index.d).reshape(-1, index.d)
    return found


def save(index: Index, path: Path) -> None:
    """Write ``index`` to the file ``path``."""
    import faiss

    faiss.write_index(index, str(path))


def load(path: Path) -> Index:
    """The index in the file ``path``. Raises ``ValueError`` if there is none, or one of another kind."""
    import faiss

    try:
        index = faiss.read_index(str(path))
    except RuntimeError as error:
        raise ValueError(f"{path.name}: not a FAISS index") from error
    if not isinstance(index, faiss.IndexFlatIP):  # damaged as a file, not misused as an argument
        raise ValueError(f"{path.name}: holds a {type(index).__name__}, not an IndexFlatIP")  # noqa: TRY004
    return index


def search(index: Index, query: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
    """The rows most like ``query`` as (row, cosine), best first, at most ``k``; only cosines above 0.

    ``query`` is float32 of shape (dim,). A zero query, text of which the encoder knows no word, finds nothing.
    """
    if not query.any():
        return []
    _one_thread()
    cosines, rows = index.search(query.reshape(1, -1), min(k, index.ntotal))
    return [(int(row), float(cosine)) for row, cosine in zip(rows[0], cosines[0], strict=True) if cosine > 0]
