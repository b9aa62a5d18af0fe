"""Numbers by name, on disk: tokens of BM25 and ids of articles, looked up without reading them all.

::

    text.npy      all names as UTF-8, one after the other (uint8)
    ends.npy      where the name of each number ends (int64)
    hashes.npy    64-bit hashes of the names, in order (uint64)
    numbers.npy   the number of each of these (uint32)

A name is looked for by its hash and then compared letter by letter, so that two names of one hash are told apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_FILES = ("text", "ends", "hashes", "numbers")


def _hash(name: bytes) -> int:
    return int.from_bytes(blake2b(name, digest_size=8).digest(), "little")


class Names(Mapping[str, int]):
    """Names numbered from 0, in the order of the numbers. Arrays as in the module's docstring, in memory or mapped."""

    def __init__(
        self,
        text: NDArray[np.uint8],
        ends: NDArray[np.int64],
        hashes: NDArray[np.uint64],
        numbers: NDArray[np.uint32],
    ) -> None:
        if not len(ends) == len(hashes) == len(numbers) or (len(ends) and ends[-1] != len(text)):
            raise ValueError(f"names: {len(ends)} ends, {len(hashes)} hashes and {len(numbers)} numbers do not fit")
        self._text, self._ends, self._hashes, self._numbers = text, ends, hashes, numbers

    @classmethod
    def of(cls, names: Iterable[str]) -> Names:
        """``names``, of which none stands twice, numbered as they come."""
        encoded = [name.encode() for name in names]
        hashes = np.fromiter(map(_hash, encoded), np.uint64, len(encoded))
        order = np.argsort(hashes, kind="stable")
        ends = np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded)), dtype=np.int64)
        return cls(np.frombuffer(b"".join(encoded), np.uint8), ends, hashes[order], order.astype(np.uint32))

    def _name(self, number: int) -> bytes:
        start = self._ends[number - 1] if number else 0
        return self._text[start : self._ends[number]].tobytes()

    def __getitem__(self, name: str) -> int:
        encoded = name.encode(errors="surrogatepass")  # half a surrogate pair is no name, and no error either
        wanted = np.uint64(_hash(encoded))
        at = int(np.searchsorted(self._hashes, wanted))
        while at < len(self._hashes) and self._hashes[at] == wanted:
            number = int(self._numbers[at])
            if self._name(number) == encoded:
                return number
            at += 1
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        text, start = self._text.tobytes(), 0
        for end in self._ends.tolist():
            yield text[start:end].decode()
            start = end

    def __len__(self) -> int:
        return len(self._ends)

    def in_memory(self) -> dict[str, int]:
        """All of them in a dictionary."""
        return {name: number for number, name in enumerate(self)}

    def save(self, folder: Path) -> None:
        """Write them into ``folder``, which is made."""
        folder.mkdir()
        arrays: tuple[NDArray[Any], ...] = (self._text, self._ends, self._hashes, self._numbers)
        for name, array in zip(_FILES, arrays, strict=True):
            np.save(folder / f"{name}.npy", array, allow_pickle=False)


def load(folder: Path) -> Names:
    """The names in ``folder``, mapped and not read. Raises ``OSError`` or ``ValueError``."""
    return Names(*(mapped(folder / f"{name}.npy") for name in _FILES))


def mapped(path: Path) -> NDArray[Any]:
    """The array in the file ``path``, mapped into memory, to be read only. Raises ``OSError`` or ``ValueError``."""
    try:
        return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from error
