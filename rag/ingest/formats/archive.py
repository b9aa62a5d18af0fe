"""Zip archives: what is in one, and the bytes of one member, read in memory only; nothing is ever written to disk.

The directory is read by ``zipfile``; members are inflated here, piece by piece, so that a bomb is stopped while it unfolds
and not when the memory is full. A member's name is only what it is called by: it opens no path. Names without the UTF-8 flag
are read as UTF-8 or else GB18030, which Chinese Windows writes.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from functools import lru_cache
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO

from rag.errors import ReadError
from rag.ingest.formats.content import LARGEST

MEMBERS = 20_000
"""Members of the largest archive that is read: a daily paper's pages of some years."""

TOTAL = 4 * 2**30
"""Bytes that all members together may unfold to."""

RATIO = 200
"""How many times its packed size a member may unfold to. Text packs 3 to 10 times, an empty form 50, a bomb 1,000 times."""

SMALL = 2**20
"""Bytes up to which the ratio does not matter."""

_HEADER = struct.Struct("<4s5H3L2H")
_PIECE = 2**16
_UTF8 = 0x800
_ENCRYPTED = 0x1


def name_of(info: zipfile.ZipInfo) -> str:
    """A member's name as it was given, whatever it was written with."""
    raw = info.orig_filename
    if not info.flag_bits & _UTF8:
        try:
            data = raw.encode("cp437")
        except UnicodeEncodeError:
            return raw
        for encoding in ("utf-8", "gb18030"):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                continue
    return raw


def directory(path: Path) -> dict[str, zipfile.ZipInfo]:
    """The members of the archive by name, folders left out; of two with one name the last, as unpacking leaves it.

    Raises :class:`ReadError` for what is no archive, or one of more members or bytes than the limits.
    """
    status = path.stat()
    return _directory(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=8)
def _directory(path: Path, _changed: int, size: int) -> dict[str, zipfile.ZipInfo]:
    """Cached, for each member is read on its own; a changed file is read anew."""
    with path.open("rb") as file:
        infos = infolist(file)
    return check(infos, size)


def infolist(file: IO[bytes]) -> list[zipfile.ZipInfo]:
    """The directory of an archive. Raises :class:`ReadError` (without a file's name) when there is none."""
    try:
        with zipfile.ZipFile(file) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, EOFError, struct.error, OSError, NotImplementedError):
        raise ReadError("not a whole zip archive; pack it again, or give it unpacked") from None


def check(infos: list[zipfile.ZipInfo], size: int) -> dict[str, zipfile.ZipInfo]:
    """The members by name. Raises :class:`ReadError` for an archive of ``size`` bytes that is made to fill the memory."""
    infos = [info for info in infos if not info.orig_filename.endswith(("/", "\\"))]
    if len(infos) > MEMBERS:
        raise ReadError(f"holds {len(infos):,} files; at most {MEMBERS:,} are read, give it in parts or unpacked")
    if sum(info.file_size for info in infos) > TOTAL:
        raise ReadError(f"unfolds to more than {TOTAL >> 30} GiB; give it in parts or unpacked")
    if sum(info.compress_size for info in infos) > size:
        raise ReadError("its members overlap, as only a zip bomb's do; not read")
    return {name_of(info): info for info in infos}


def escapes(name: str) -> bool:
    r"""Whether a member's name leads out of the archive's folder when unpacked: ``../x``, ``/x``, ``C:\x``."""
    windows = PureWindowsPath(name)
    parts = {*PurePosixPath(name).parts, *windows.parts}
    return ".." in parts or bool(windows.anchor) or "\0" in name


def member(path: Path, name: str) -> bytes:
    """The bytes of one member.

    Raises :class:`ReadError` (without a file's name) if it is not there, leads out of the archive, is encrypted or packed in a
    rare way, unfolds to more than the limits, or is damaged.
    """
    info = directory(path).get(name)
    if info is None:
        raise ReadError("no such file in the archive; list it anew")
    if escapes(name):
        raise ReadError("its path leads out of the archive; not read")
    with path.open("rb") as file:
        return unfold(file, info)


def unfold(file: IO[bytes], info: zipfile.ZipInfo) -> bytes:
    """The bytes of the member ``info`` of the archive ``file``. Raises as :func:`member`."""
    if info.flag_bits & _ENCRYPTED:
        raise ReadError("protected by a password; unpack it first")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ReadError(f"packed by method {info.compress_type}, which is not read; pack it as usual (deflate)")
    if info.file_size > LARGEST:
        raise ReadError(f"{info.file_size >> 20} MiB; files over {LARGEST >> 20} MiB are not read, give it in parts")
    most = max(SMALL, RATIO * info.compress_size)
    if info.file_size > most:
        raise ReadError(f"unfolds to {RATIO} times its size or more, as a zip bomb does; not read")
    damaged = ReadError("damaged in the archive (its bytes do not unfold to what was packed); pack it again")
    try:
        file.seek(info.header_offset)
        header = file.read(_HEADER.size)
        mark, *_, name_length, extra_length = _HEADER.unpack(header)
        if mark != b"PK\x03\x04":
            raise damaged
        file.seek(name_length + extra_length, 1)
        packed = file.read(info.compress_size)
    except (struct.error, OSError, ValueError):
        raise damaged from None
    data = packed if info.compress_type == zipfile.ZIP_STORED else _inflate(packed, info.file_size)
    if data is None or len(data) != info.file_size or zlib.crc32(data) != info.CRC:
        raise damaged
    return data


def _inflate(packed: bytes, size: int) -> bytes | None:
    """At most ``size`` bytes and one more, which tells that there would be more; ``None`` if it is no deflate stream."""
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        return engine.decompress(packed, size + 1)
    except zlib.error:
        return None
