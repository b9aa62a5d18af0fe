"""Who may embed the widget: channels, in one JSON file that is read anew when it has changed and replaced whole.

The file may be written by hand; ``rag channel`` keeps it. It holds no secret, only the hash of one.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from rag.errors import InputError

NAME = r"[a-z0-9][a-z0-9-]{0,39}"
"""What a channel may be called: it is part of addresses."""

PORTS = {"http": 80, "https": 443}
"""Ports that browsers leave out of an origin."""

OWN = "'self'"
"""The origin that serves the panel itself, as policies name it; only the channel of the demonstration has it."""

# A policy cannot name hosts in brackets, and a wildcard would let in whoever gets a name below it.
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")


def origin(given: str) -> str:
    """``given`` as browsers spell an origin: ``https://oa.example.org``, ``http://10.0.0.5:8080``.

    Raises ``ValueError``, one line, for what is none or could stand for several.
    """
    wanted = "write scheme://host or scheme://host:port, as in https://oa.example.org; no path and no *"
    try:
        parts = urlsplit(given.strip())
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode("ascii")
    except ValueError:  # a port that is none, brackets that do not close, a name too long
        raise ValueError(f"origin {given!r}: {wanted}") from None
    more = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in PORTS or more or not _HOST.fullmatch(host):
        raise ValueError(f"origin {given!r}: {wanted}")
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in {None, PORTS[parts.scheme]} else "")


class Channel(BaseModel):
    """One place the widget is embedded in: which origins may frame it, how its users sign in, how often they may ask.

    No origin means that no page may frame it; the page of the panel can still be opened by itself, as a workbench does. Either
    it is ``anonymous``, or its users come with a token that its host gets for ``secret_sha256``'s secret.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    origins: tuple[Annotated[str, AfterValidator(lambda given: given if given == OWN else origin(given))], ...] = ()
    anonymous: bool = False
    secret_sha256: str = Field("", pattern=r"^([0-9a-f]{64})?$")
    title: str = Field("", max_length=60)
    per_minute: int = Field(20, ge=1, le=100_000)
    channel_per_minute: int = Field(200, ge=1, le=1_000_000)

    @model_validator(mode="after")
    def _entry(self) -> Channel:
        """Raises ``ValueError`` where it is not said how users come in."""
        if self.anonymous == bool(self.secret_sha256):
            raise ValueError(
                "a channel has either anonymous: true or a secret_sha256; rag channel add writes both forms"
            )
        return self

    @property
    def ancestors(self) -> str:
        """The value of ``frame-ancestors``."""
        return " ".join(self.origins) or "'none'"


_FILE = TypeAdapter(dict[Annotated[str, Field(pattern=f"^{NAME}$")], Channel])


def read(path: Path) -> dict[str, Channel]:
    """The channels of a file by name; none where there is no file. Raises :class:`InputError`, one line."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error}); check it, or set RAG_CHANNELS") from None
    try:
        return _FILE.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        said = first["msg"].removeprefix("Value error, ")
        raise InputError(f"{path}: {where}{': ' if where else ''}{said}; mend it by hand or move it away") from None


@contextmanager
def changed(path: Path) -> Iterator[dict[str, Channel]]:
    """The channels of a file to be changed; they are written when the block ends, and not at all if it raises.

    The new file is made beside the old one, for its owner only, and takes its place whole. While it is there nobody else can change
    the channels, so that no change is lost. Raises :class:`InputError`.
    """
    path = path.resolve()  # the file itself, where this is a link to it
    aside = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise InputError(f"another rag channel is writing {path}; if there is none, delete {aside}") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}); set RAG_CHANNELS to another file") from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            known = read(path)
            yield known
            told = {name: channel.model_dump(exclude_defaults=True) for name, channel in sorted(known.items())}
            file.write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}); make room or check the folder") from None
    finally:
        aside.unlink(missing_ok=True)


class Channels:
    """The channels of a file as they are now."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, ...] = ()
        self._known: dict[str, Channel] = {}

    def get(self, name: str) -> Channel | None:
        """The channel called ``name``, if there is one. Raises :class:`InputError` when the file cannot be read."""
        try:
            stat = self.path.stat()
            seen: tuple[int, ...] = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        except OSError:
            seen = ()
        if seen != self._seen or not seen:
            self._known = read(self.path)
            self._seen = seen
        return self._known.get(name)
