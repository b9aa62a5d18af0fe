"""Models by folder, out of the cache of the Hugging Face hub's client, or from the hub or its mirror.

What is here already is opened without asking the network. Whether the hub can be reached is tried once, for a few seconds: its
client would try for a minute a model. ``HF_HUB_OFFLINE``, ``HF_ENDPOINT`` (a mirror), ``HF_HOME`` and the proxies are its own
settings and hold here too.
"""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from rag.errors import NoModelError

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 5.0
"""Seconds in which the hub must begin to answer."""

_FAILURES = (OSError, ValueError, RuntimeError)
"""What the client and the models' own code raise for a model that is absent, damaged or out of reach."""

_PATHS = ("/", "./", "../", "~")
"""How what can be no name on the hub begins."""

Model = TypeVar("Model")


def opened(make: Callable[..., Model], role: str, name: str, otherwise: str) -> Model:
    """``make(name)``, a model of sentence-transformers.

    Parameters
    ----------
    make : callable
        The model's class; takes the name and ``local_files_only``.
    role : str
        What the model is here, for messages: encoder, reranker.
    name : str
        A folder, or a name on the hub.
    otherwise : str
        What to do without it, for messages.

    Raises
    ------
    NoModelError
        It cannot be had. One line that says why, and what to do.
    """
    if name.startswith(_PATHS) and not Path(name).exists():
        raise NoModelError(f"{role} {name!r}: no such folder; check the folder, or {otherwise}")
    if Path(name).is_absolute() or Path(name).exists():
        return _tried(make, role, name, f"check the folder, or {otherwise}", local=True)
    from huggingface_hub import constants

    try:
        return make(name, local_files_only=True)
    except _FAILURES:  # not in the cache, or not all of it
        pass
    if constants.HF_HUB_OFFLINE:
        raise NoModelError(
            f"{role} {name!r} is not in {constants.HF_HUB_CACHE}, and HF_HUB_OFFLINE keeps it from being fetched; "
            f"give the path of a downloaded folder, or {otherwise}"
        )
    if why := _unreachable(constants.ENDPOINT):
        raise NoModelError(
            f"{role} {name!r} is neither a folder here nor in {constants.HF_HUB_CACHE}, and the model hub {constants.ENDPOINT} "
            f"cannot be reached ({why}); give the path of a downloaded folder, set HF_ENDPOINT to a mirror, or {otherwise}"
        )
    return _tried(
        make, role, name, f"check the name, give the path of a downloaded folder, or {otherwise}", local=False
    )


def here(name: str) -> Path | None:
    """The folder of the model ``name`` without asking the hub: itself, or that in the cache of the hub's client; None if there is none."""
    if Path(name).is_absolute() or Path(name).exists():
        return Path(name) if Path(name).is_dir() else None
    try:
        from huggingface_hub import snapshot_download

        return Path(snapshot_download(name, local_files_only=True))
    except (*_FAILURES, ImportError):  # not in the cache, no name that the hub could have, or no client here
        return None


def not_installed(role: str, name: str, otherwise: str) -> NoModelError:
    """What to tell where sentence-transformers, which would run the model, is not installed."""
    return NoModelError(
        f'{role} {name!r} needs sentence-transformers: pip install -e ".[transformers]"; '
        f'or a folder (or a model in the cache) with an ONNX file: pip install -e ".[onnx]"; or {otherwise}'
    )


def reason(error: BaseException) -> str:
    """What ``error`` says, in one line."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def _tried(make: Callable[..., Model], role: str, name: str, help_: str, *, local: bool) -> Model:
    try:
        return make(name, local_files_only=local)
    except _FAILURES as error:
        raise NoModelError(f"{role} {name!r} cannot be opened ({reason(error)}); {help_}") from error


def _unreachable(endpoint: str) -> str:
    """Why ``endpoint`` cannot be reached; empty if it can."""
    # Only here: they take a thirtieth of a second to import, and the bundled encoder asks no hub.
    from urllib.error import HTTPError, URLError
    from urllib.request import urlopen

    try:
        urlopen(endpoint, timeout=PATIENCE).close()  # noqa: S310 - the hub's address, as its client has it
    except HTTPError:
        return ""  # it answers
    except ValueError:
        return "no web address"
    except URLError as error:
        # Its certificates are the client's affair, which may know others than we do.
        return "" if isinstance(error.reason, ssl.SSLError) else str(error.reason)
    except OSError as error:
        return str(error)
    return ""
