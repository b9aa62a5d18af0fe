"""Search by meaning over unit vectors, exact or nearly so. Home of faiss.

The vectors are kept in half precision, which changes a cosine by less than .001, in a file that is mapped into memory. What
looks through them is chosen by their number, for nothing else changes what is best:

============== ================================================= ============================================
passages       what is searched                                  why
============== ================================================= ============================================
below 20,000   all vectors (``IndexScalarQuantizer``, fp16)      exact, and nothing is faster by more than .3 ms
20,000 and up  codes of 4 bits for every 2 numbers               1/8 of the bytes, in registers; then the best 500
               (``IndexPQFastScan``), then the vectors           are compared exactly: recall@10 > .99
with a filter  the vectors of the passages that it lets pass     exact; the codes cannot be searched in part
============== ================================================= ============================================

Measured on news passages with the bundled encoder (256 numbers; a million are those with noise), one thread, 500 fragments of
passages as queries, recall against exact search; build and median time a query; ``ef``, ``nprobe`` and ``of`` (compared exactly) set how hard each looks:

======================== ==================== ====================== =====================
kind                     100,000: build       time, recall@10        1,000,000: the same
======================== ==================== ====================== =====================
flat, single precision   0 s                  4.9 ms, 1              0 s, 40 ms, 1
flat, half precision     .1 s                 2.4 ms, 1              .7 s, 23 ms, 1
scalar, 8 bits           .1 s                 2.6 ms, .986           1.0 s, 26 ms, .985
**4-bit codes, of 500**  1.8 s                .43 ms, 1.000          7 s, 4.0 ms, .994
same, 4 numbers a code   .8 s                 .36 ms, .988           3.7 s, 2.7 ms, .952
RaBitQ codes, of 500     .2 s                 .94 ms, .990           not run
IVF, 8 bits, nprobe 128  5 s                  .51 ms, .964           40 s, 1.0 ms, .939
HNSW M 32, ef 256        27 s                 .71 ms, .977           not run
======================== ==================== ====================== =====================

Codes are also made the same from the same vectors, which HNSW built on several threads is not: the numbers they are made by
are learned from a sample taken at even steps, with a fixed seed. No pickle.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    import faiss
    from numpy.typing import NDArray

MANY = 20_000
"""Vectors from which on codes are looked through first."""

_COMPARED = 10  # vectors compared exactly, for each one asked for
_LEAST = 500  # and at least so many
_SAMPLE = 65_536  # vectors that codes are learned from


@dataclass(frozen=True, eq=False)
class Index:
    """A built index; row numbers are those of the vectors it was built from. ``codes`` are there from :data:`MANY` on."""

    exact: faiss.IndexScalarQuantizer
    codes: faiss.IndexPQFastScan | None = None

    @property
    def ntotal(self) -> int:
        """How many vectors there are."""
        return int(self.exact.ntotal)

    @property
    def kind(self) -> str:
        """What a search without a filter goes through."""
        return "exact" if self.codes is None else "codes"


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
    if not np.all((np.abs(norms - 1) < 2e-3) | (norms == 0)):
        raise ValueError(f"vectors must be of length 1 or 0, got lengths from {norms.min():.4g} to {norms.max():.4g}")
    count, dim = vectors.shape
    exact = faiss.IndexScalarQuantizer(dim, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    exact.add(np.ascontiguousarray(vectors))
    if not _coded(count, dim):
        return Index(exact)
    codes = faiss.IndexPQFastScan(dim, dim // 2, 4, faiss.METRIC_INNER_PRODUCT)
    _one_thread()  # the sums it learns by are short: sharing them out takes longer than they do
    codes.train(np.ascontiguousarray(vectors[:: -(-count // _SAMPLE)]))
    codes.add(np.ascontiguousarray(vectors))
    return Index(exact, codes)


def _coded(count: int, dim: int) -> bool:
    """Whether so many vectors are looked through by codes, which take two numbers at a time."""
    return count >= MANY and dim % 2 == 0


def vectors(index: Index) -> NDArray[np.float16]:
    """The vectors of ``index``, shape (n, dim): its own memory, not a copy, to be read only as long as ``index`` is kept."""
    import faiss

    of = index.exact
    found: NDArray[np.float16] = faiss.rev_swig_ptr(of.codes.data(), of.ntotal * of.code_size).view(np.float16)
    found.flags.writeable = False
    return found.reshape(-1, of.d)


def _beside(path: Path) -> Path:
    """Where the codes of the index in ``path`` are."""
    return path.with_name(f"{path.name}.codes")


def save(index: Index, path: Path) -> None:
    """Write ``index`` to the file ``path``, and its codes, if any, to one beside it."""
    import faiss

    faiss.write_index(index.exact, str(path))
    if index.codes is not None:
        faiss.write_index(index.codes, str(_beside(path)))


def load(path: Path) -> Index:
    """The index in the file ``path``, mapped and not read. Raises ``ValueError`` if there is none, or one of another kind."""
    import faiss

    exact = _read(path, faiss.IndexScalarQuantizer)
    codes = _read(_beside(path), faiss.IndexPQFastScan) if _coded(exact.ntotal, exact.d) else None
    return Index(exact, codes)


def _read(path: Path, kind: type) -> Any:
    import faiss

    try:
        index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    except RuntimeError as error:
        raise ValueError(f"{path.name}: not a FAISS index") from error
    if not isinstance(index, kind):  # damaged as a file, not misused as an argument
        raise ValueError(f"{path.name}: holds a {type(index).__name__}, not an {kind.__name__}")  # noqa: TRY004
    return index


def search(
    index: Index, query: NDArray[np.float32], k: int, allowed: NDArray[np.bool_] | None = None
) -> list[tuple[int, float]]:
    """The rows most like ``query`` as (row, cosine), best first, at most ``k``; only cosines above 0.

    ``query`` is float32 of shape (dim,). A zero query, text of which the encoder knows no word, finds nothing.
    ``allowed``, of shape (n,), tells which rows may be found; the best of those are.
    """
    if not query.any():
        return []
    _one_thread()
    if index.codes is not None and allowed is None:
        cosines, rows = _by_codes(index, index.codes, query, k)
    else:
        only = None if allowed is None else _only(allowed)
        found = index.exact.search(query.reshape(1, -1), min(k, index.ntotal), params=only)
        cosines, rows = found[0][0], found[1][0]
    return [
        (row, cosine) for row, cosine in zip(rows.tolist(), cosines.tolist(), strict=True) if cosine > 0 and row >= 0
    ]


def _only(allowed: NDArray[np.bool_]) -> faiss.SearchParameters:
    import faiss

    selector: Any = (
        faiss.IDSelectorBitmap
    )  # the wrapper in Python takes an array, the stubs know the class in C++ alone
    parameters: Any = faiss.SearchParameters
    found: faiss.SearchParameters = parameters(sel=selector(np.packbits(allowed, bitorder="little")))
    return found


def _by_codes(
    index: Index, codes: faiss.IndexPQFastScan, query: NDArray[np.float32], k: int
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """The best ``k``, compared exactly among what the codes put forward."""
    _, (near,) = codes.search(query.reshape(1, -1), min(max(_COMPARED * k, _LEAST), index.ntotal))
    near = near[near >= 0]
    near.sort()  # in the order of the file, and equals in order of row
    cosines = vectors(index)[near].astype(np.float32) @ query
    best = np.argsort(-cosines, kind="stable")[:k]
    return cosines[best], near[best]
