"""Coverage-guided fuzzing (atheris): ``python tests/fuzz_ingest.py page -max_total_time=30``, or ``readers``.

Started by ``make fuzz``. What fails is kept as a file ``crash-...``; given as an argument it is run again. Further arguments are
libFuzzer's. For readers the first byte of an input chooses which one.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["rag.ingest"]):
    import mutants
    from test_fuzz import PIECES

KINDS = tuple(mutants.READERS)


def page(data: bytes) -> None:
    """Bytes as a page: most stand for a piece of a page, the rest for themselves."""
    mutants.parse("".join(PIECES[byte] if byte < len(PIECES) else chr(0x4E00 + byte) for byte in data[:400]))


def readers(data: bytes) -> None:
    """Bytes as a file."""
    if data:
        mutants.read(KINDS[data[0] % len(KINDS)], data[1:])


def main() -> None:
    """Fuzz what the first argument names, from good files on."""
    target = {"page": page, "readers": readers}[sys.argv.pop(1)]
    with tempfile.TemporaryDirectory() as folder:
        good = [bytes(range(len(PIECES)))]
        if target is readers:
            good = [bytes([n]) + data for n, kind in enumerate(KINDS) for data in mutants.READERS[kind][1]]
        for number, data in enumerate(good):
            (Path(folder) / str(number)).write_bytes(data)
        atheris.Setup([*sys.argv, "-max_len=20000", "-print_final_stats=1", "-verbosity=0", folder], target)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
