"""Pages that administrators upload: looked at before they are taken in, under names that can do no harm.

::

    index/default.uploads/.waiting/TOKEN/NAME    seen by nobody but who looks at the preview, for an hour
    index/default.uploads/uploaded/NAME          a page of the index from its next build on
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import time
import unicodedata
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from rag.errors import InputError
from rag.ingest import corpus
from rag.ingest.read import KINDS, sources

LARGEST = 16 * 2**20
"""Bytes of the largest upload; larger corpora are put where the server runs, and indexed there."""
MOST = 20
"""Uploads that may wait at a time."""
WAITS = 3600.0
"""Seconds for which an upload waits for a yes."""
LONGEST_NAME = 200
"""Bytes of a name."""

FOLDER, WAITING = "uploaded", ".waiting"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
_PIECE = 2**16


def safe_name(given: str) -> str:
    """``given`` as the name of a file in a folder: no path, nothing hidden, nothing that any system takes for more than a name.

    Raises :class:`InputError` for what is of no kind that is read.
    """
    last = unicodedata.normalize("NFC", given).replace("\\", "/").rpartition("/")[2]
    kept = "".join(c if c.isprintable() and c not in '<>:"|?*' else "_" for c in last).strip(" .~$")
    ending = next((end for end in sorted(KINDS, key=len, reverse=True) if kept.lower().endswith(end)), "")
    stem = kept[: len(kept) - len(ending)].strip(" .")
    if not ending or not stem:
        shown = PurePosixPath(last).name[:60]
        raise InputError(f"{shown!r}: cannot read this kind of file; give {', '.join(KINDS)}")
    if stem.lower().startswith("readme"):  # such files tell about pages and are not read
        stem = f"page-{stem}"
    while len((stem + ending).encode()) > LONGEST_NAME:
        stem = stem[:-1]
    return stem + ending.lower()


@dataclass(frozen=True)
class Uploads:
    """The uploaded pages in the folder ``root``."""

    root: Path

    def put(self, name: str, file: IO[bytes]) -> str:
        """Have a file wait, and give the token that it waits under. Raises :class:`InputError`, one line, if it cannot."""
        name = safe_name(name)
        self._expire()
        if sum(1 for _ in (self.root / WAITING).glob("*")) >= MOST:
            raise InputError(f"{MOST} uploads are waiting; accept or discard some first")
        token = secrets.token_urlsafe(16)
        folder = self.root / WAITING / token
        try:
            folder.mkdir(parents=True)
            whole = _copy(file, folder / name)
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise InputError(f"{name}: cannot be kept ({error.strerror}); check RAG_UPLOADS and permissions") from error
        if not whole:
            shutil.rmtree(folder, ignore_errors=True)
            raise InputError(f"{name}: larger than {LARGEST >> 20} MiB; index it where the server runs")
        return token

    def waiting(self, token: str) -> Path:
        """The file that waits under ``token``. Raises :class:`InputError` if there is none."""
        found = list((self.root / WAITING / token).glob("*")) if _TOKEN.fullmatch(token) else []
        if not found:
            raise InputError("this upload does not wait any more; upload the page again")
        return found[0]

    def preview(self, token: str, patience: float) -> corpus.Merged:
        """How the file that waits under ``token`` is read; what cannot be read is told, never raised."""
        found = sources([self.waiting(token)])
        return corpus.merge(corpus.gather(found, 1, lambda *_: None, lambda _: None, patience=patience))

    def accept(self, token: str) -> str:
        """Take a file in, and give its name as the index will tell it. Raises :class:`InputError` if its name is taken."""
        path = self.waiting(token)
        target = self.root / FOLDER / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(path, target)  # never over another
        except FileExistsError:
            raise InputError(f"{path.name}: a page of this name was uploaded before; rename the file") from None
        except OSError as error:
            raise InputError(f"{path.name}: cannot be kept ({error.strerror}); check RAG_UPLOADS") from error
        self.discard(token)
        return f"{FOLDER}/{path.name}"

    def discard(self, token: str) -> None:
        """Throw away what waits under ``token``. Raises :class:`InputError` if there is nothing."""
        shutil.rmtree(self.waiting(token).parent, ignore_errors=True)

    def _expire(self) -> None:
        for folder in (self.root / WAITING).glob("*"):
            if time.time() - folder.stat().st_mtime > WAITS:
                shutil.rmtree(folder, ignore_errors=True)


def _copy(file: IO[bytes], to: Path) -> bool:
    """Write ``file`` down, and have it on the disk; false if it is too large."""
    got = 0
    with to.open("xb") as out:
        while piece := file.read(_PIECE):
            got += len(piece)
            if got > LARGEST:
                return False
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    return True
