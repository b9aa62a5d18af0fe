"""Builds in a folder: written aside, put in use at once, checked when read.

::

    current                                  one line: the name of the build in use
    builds/20251204T093000123456Z-5f0c9a1e/  a whole build
    builds/.new-5f0c9a1e/                    one being written

A build takes effect when ``current`` is replaced, which is atomic. Who reads an older build goes on reading it; whatever
fails leaves ``current`` as it was; of two builds made at the same time both are whole, and the later one counts.
No lock is needed, so nothing is left locked by a crash.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

CURRENT = "current"
BUILDS = "builds"
SMALL = 1 << 20
"""Files up to this size, in bytes, are read whole whenever an index is opened: that takes a thousandth of a second each."""
_NAME = re.compile(r"\d{8}T\d{12}Z-[0-9a-f]{8}")
_ABANDONED = 24 * 3600.0
"""Seconds after which a build that was never finished is taken for the remains of a crash."""


def digests(build: Path) -> dict[str, dict[str, int | str]]:
    """Size in bytes and SHA-256 of every file in ``build``, by its path there."""
    paths = sorted(path for path in build.rglob("*") if path.is_file())
    return {
        path.relative_to(build).as_posix(): {"bytes": path.stat().st_size, "sha256": _digest(path)} for path in paths
    }


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def times(build: Path, files: Iterable[str]) -> dict[str, int]:
    """When each of the ``files`` of ``build`` was last written, in nanoseconds."""
    return {name: (build / name).stat().st_mtime_ns for name in files}


def damage(
    build: Path, expected: Mapping[str, Mapping[str, int | str]], written: Mapping[str, int] | None = None
) -> str:
    """What is wrong with the ``expected`` files of ``build``, or nothing: the first that is missing, cut short or altered.

    All bytes of all files are read. Where it is given when they were ``written`` (see :func:`times`), those of more than
    :data:`SMALL` bytes are not, as long as they have their size and have not been written to since: what changes a file
    without telling the system, such as a failing disk, is then not seen.
    """
    for name, file in expected.items():
        path = build / name
        if not path.is_file():
            return f"{name} is missing"
        if path.stat().st_size != file["bytes"]:
            return f"{name} has {path.stat().st_size} bytes instead of {file['bytes']}"
    untouched = {
        name
        for name, then in (written or {}).items()
        if name in expected and int(expected[name]["bytes"]) > SMALL and (build / name).stat().st_mtime_ns == then
    }
    hashed = ((name, file["sha256"]) for name, file in expected.items() if name not in untouched)
    altered = next((name for name, sha256 in hashed if _digest(build / name) != sha256), "")
    return f"the content of {altered} has changed" if altered else ""


def in_use(root: Path) -> Path | None:
    """The folder of the build in use, which need not be there; ``None`` if there was never one.

    Raises ``ValueError`` if ``current`` does not hold the name of a build.
    """
    try:
        name = (root / CURRENT).read_text("utf-8").strip()
    except FileNotFoundError:
        return None
    if not _NAME.fullmatch(name):
        raise ValueError(f"{CURRENT} names no build")
    return root / BUILDS / name


def _sync(path: Path) -> None:
    """Make the system write ``path`` to the disk now, so that a power cut cannot leave a name without its content."""
    if os.name == "nt" and path.is_dir():
        return  # Windows cannot open folders
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _in_use_if_any(root: Path) -> Path | None:
    try:
        return in_use(root)
    except ValueError:
        return None  # damaged, and about to be replaced


def _older(root: Path) -> set[Path]:
    """The builds that may be removed once there is another: not one somebody has just finished and not yet put in use,
    so those made no later than the one in use. Names begin with the time and sort by it.
    """
    now = _in_use_if_any(root)
    builds = (path for path in (root / BUILDS).iterdir() if _NAME.fullmatch(path.name))
    return {path for path in builds if now is None or path.name <= now.name}


def _sweep(root: Path, builds: set[Path]) -> None:
    """Remove ``builds``, and what crashed builds left."""
    for path in builds:
        shutil.rmtree(path, ignore_errors=True)  # somebody else may be sweeping too
    for path in (root / BUILDS).glob(".new-*"):
        try:
            age = time.time() - path.stat().st_mtime
        except FileNotFoundError:
            continue
        if age > _ABANDONED:
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def new_build(root: Path) -> Iterator[Path]:
    """An empty folder to write a build into; it is in use once the block ends without an error.

    The build in use until then is kept, for those who are just opening it; older ones are removed.
    Raises ``OSError`` if the folder cannot be written.
    """
    builds = root / BUILDS
    builds.mkdir(parents=True, exist_ok=True)
    older = _older(root)
    key = secrets.token_hex(4)
    work = builds / f".new-{key}"
    work.mkdir()
    try:
        yield work
        for path in [*work.rglob("*"), work]:
            _sync(path)
        done = builds / f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}-{key}"
        work.rename(done)
    finally:
        shutil.rmtree(work, ignore_errors=True)  # gone already if all went well
    pointer = root / f".{CURRENT}-{key}"
    before = _in_use_if_any(root)
    pointer.write_text(done.name + "\n", "utf-8")
    _sync(pointer)
    pointer.replace(root / CURRENT)
    _sync(root)
    _sweep(root, {path for path in older if path != before})
