"""Which files were taken out of an index: a text file beside the builds, one name a line, that may be edited by hand.

A name is that of a file as the index tells it, or of a folder or archive above it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from pathlib import Path

from rag.errors import StoreError

FILE = "removed.txt"


def read(root: Path) -> tuple[str, ...]:
    """The names in the list of the index in ``root``; none if nothing was taken out."""
    try:
        lines = (root / FILE).read_text("utf-8").splitlines()
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{root / FILE}: cannot be read ({error}); it lists removed pages, one name a line") from error
    return tuple(dict.fromkeys(name for line in lines if (name := line.strip())))


def write(root: Path, names: Iterable[str]) -> None:
    """Replace the list, in one step. Raises :class:`StoreError` if it cannot be written."""
    aside = root / f".{FILE}-{secrets.token_hex(4)}"
    try:
        root.mkdir(parents=True, exist_ok=True)
        aside.write_text("".join(f"{name}\n" for name in sorted(set(names))), "utf-8")
        aside.replace(root / FILE)
    except OSError as error:
        raise StoreError(f"{root / FILE}: cannot be written ({error.strerror}); check its permissions") from error


def covers(names: Iterable[str], file: str) -> bool:
    """Whether the file called ``file`` is one of ``names`` or below one."""
    return any(file == name or file.startswith(f"{name.rstrip('/')}/") for name in names)
