"""Settings: one frozen object, read from ``RAG_*`` variables, ``rag.toml`` and defaults, in that order.

This is the only module that reads the environment.
"""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from rag.errors import SettingsError, StoreError

ROOT = Path(__file__).resolve().parent.parent
"""The checkout: seeds/, prompts/ and index/ are looked for here."""

SHORTEST_KEY = 16
"""Characters a key of the HTTP API must have at least."""

HEAD = 120
"""Characters that a passage's number, title and date take at most where a language model is given it."""

SECRETS = frozenset({"admin_keys", "api_keys", "llm_api_key", "milvus_token"})
"""Settings whose values no message may repeat."""


_SERVER = re.compile(
    r"milvus(?P<tls>\+tls)?://(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\]):(?P<port>\d{1,5})/(?P<name>[A-Za-z_][A-Za-z0-9_]{0,99})"
)


@dataclass(frozen=True, slots=True)
class Server:
    """The index called ``name`` on Milvus. Its text, as :meth:`parse` reads it, holds no secret."""

    host: str
    port: int
    name: str
    tls: bool = False

    @classmethod
    def parse(cls, text: str) -> Server:
        """The one at ``milvus://HOST:PORT/NAME``, or ``milvus+tls://`` over TLS. Raises ``ValueError``, which repeats no password."""
        if "@" in text:
            raise ValueError("an address of Milvus holds no user and no password; set RAG_MILVUS_TOKEN=user:password")
        found = _SERVER.fullmatch(text)
        if not found or not 0 < int(found["port"]) < 65536:
            raise ValueError("an address of Milvus is milvus://HOST:PORT/NAME, NAME of letters, digits and _")
        return cls(found["host"], int(found["port"]), found["name"], bool(found["tls"]))

    def __str__(self) -> str:
        return f"milvus{'+tls' if self.tls else ''}://{self.host}:{self.port}/{self.name}"


class Settings(BaseSettings):
    """All settings. ``RAG_STORE=/data/index`` or ``store = "/data/index"`` in rag.toml sets ``store``, and so on."""

    model_config = SettingsConfigDict(env_prefix="RAG_", toml_file="rag.toml", frozen=True, extra="forbid")

    pages: Annotated[tuple[Path, ...], NoDecode] = Field(
        (ROOT / "seeds",), description="Pages to index: files and folders; in a variable parted as in PATH."
    )
    store: Path | Server = Field(
        ROOT / "index" / "default", description="Folder of the built index, or milvus://HOST:PORT/NAME."
    )
    milvus_token: SecretStr = Field(SecretStr(""), description="Token, or user:password, that Milvus asks for.")
    milvus_timeout: float = Field(30.0, gt=0, le=3600, description="Seconds to wait for an answer of Milvus.")
    prompts: Path = Field(ROOT / "prompts", description="Folder of the prompt files.")
    runs: Path = Field(ROOT / "eval" / "runs", description="Folder where runs of the evaluation are kept.")
    paper: str = Field("工人日报", description="The paper's name, shown in citations.")

    patience: float = Field(
        60.0,
        gt=0,
        le=86_400,
        description="Seconds that reading a file, or a sheet of a PDF, may take, and 10 for each MiB.",
    )

    encoder: str = Field(
        "static-zh-en",
        description="The bundled encoder, or any sentence-transformers model by name or path; MODEL#FILE for one of its ONNX files.",
    )
    reranker: str = Field(
        "",
        description="A cross-encoder of sentence-transformers, by name or path, also as ONNX, that puts passages in order; none if empty.",
    )
    synonyms: Path | None = Field(
        None, description="A table of synonyms in place of the bundled one; its format is told in rag/synonyms.txt."
    )
    max_passage: int = Field(400, ge=80, le=4000, description="Longest passage, in characters.")
    candidates: int = Field(50, ge=1, le=1000, description="How many passages each list puts forward.")
    top_k: int = Field(8, ge=1, le=100, description="How many passages the answer is made from.")

    llm_base_url: str = Field("", description="An OpenAI-compatible endpoint, e.g. http://127.0.0.1:8000/v1.")
    llm_model: str = Field("", description="The model's name there. With the base URL this turns the model on.")
    llm_api_key: SecretStr = Field(SecretStr(""), description="Its key, if it wants one.")
    judge_model: str = Field(
        "", description="The model there that judges answers in `rag eval --judge`; llm_model if empty."
    )
    llm_passages: int = Field(
        8000,
        ge=300,
        le=1_000_000,
        description="Characters of passages, titles included, that it is given at most to answer from; the best come first.",
    )
    llm_timeout: float = Field(20.0, gt=0, le=600, description="Seconds to wait for its next words.")
    llm_seconds: float = Field(
        60.0, gt=0, le=3600, description="Seconds that an answer of it may take; what is there by then is kept."
    )

    host: str = Field("127.0.0.1", description="Address the web chat listens on.")
    port: int = Field(7860, ge=1, le=65535, description="Port of the web chat.")
    root_path: str = Field(
        "",
        pattern=r"^(/[A-Za-z0-9._~-]+)*$",
        description="The path under which a reverse proxy shows this server, e.g. /rag; none if empty.",
    )
    language: Literal["zh", "en"] = Field("zh", description="Language of the first screen.")

    api_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (), description="Keys of the HTTP API, in a variable parted by commas; needed where others can reach the port."
    )
    api_anonymous: bool = Field(
        default=False, description="Whether the HTTP API answers without a key wherever it listens."
    )
    api_per_minute: int = Field(
        60, ge=1, le=100_000, description="Questions and searches a minute that a key, or an address, may put."
    )

    admin_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (),
        description="Keys of administrators, parted by commas; without any, whoever sits at this machine is one, and nobody else.",
    )
    proxy_address: str = Field(
        "", description="Address of a reverse proxy that signs people in; trusted only with both."
    )
    proxy_user_header: str = Field("", description="The header in which it names who is signed in, e.g. X-Remote-User.")
    proxy_admins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Who of those named there are administrators, parted by commas."
    )
    hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Names under which browsers may reach the server, parted by commas; on 127.0.0.1 its own if empty.",
    )
    uploads: Path | None = Field(
        None,
        description="Folder of pages that administrators upload; beside the index, as index/default.uploads, if empty.",
    )

    feedback: Path | None = Field(
        None,
        description="File where feedback is kept, with the questions and answers that it is about; beside the index if empty.",
    )
    keep_refused: bool = Field(
        default=False,
        description="Whether refused questions are counted for the gap log, word for word, without who asked.",
    )
    channels: Path = Field(
        ROOT / "index" / "channels.json", description="The file of channels through which other pages embed the widget."
    )
    demo: bool | None = Field(
        None, description="Whether /demo shows the widget in a made-up page; on this machine alone if not set."
    )

    @field_validator("pages", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """RAG_PAGES=/data/2024:/data/2025 as a list."""
        return tuple(part for part in value.split(os.pathsep) if part) if isinstance(value, str) else value

    @field_validator("store", mode="before")
    @classmethod
    def _server(cls, value: object) -> object:
        """RAG_STORE=milvus://127.0.0.1:19530/archive as a server."""
        return Server.parse(str(value)) if str(value).startswith(("milvus:", "milvus+")) else value

    @property
    def folder(self) -> Path:
        """``store``, if it is a folder. Raises :class:`StoreError` otherwise, for what only a folder can do."""
        if isinstance(self.store, Server):
            raise StoreError(
                f"{self.store}: this works on an index in a folder only; on Milvus work index, list, show, search, ask and serve"
            )
        return self.store

    @field_validator("api_keys", "admin_keys", "proxy_admins", "hosts", mode="before")
    @classmethod
    def _several(cls, value: object) -> object:
        """RAG_API_KEYS=one,two as a list."""
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("api_keys", "admin_keys")
    @classmethod
    def _long(cls, keys: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        """Raises ``ValueError`` for a key short enough to be guessed."""
        if any(len(key.get_secret_value()) < SHORTEST_KEY for key in keys):
            raise ValueError(
                f"a key has fewer than {SHORTEST_KEY} characters; make one: "
                "python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
            )
        return keys

    @property
    def uploaded(self) -> Path:
        """The folder of uploaded pages. It outlives the folder of the index, which can be deleted and built anew."""
        return self.uploads or self._beside.with_name(f"{self._beside.name}.uploads")

    @property
    def feedbacks(self) -> Path:
        """The file of feedback. It, too, outlives the folder of the index."""
        return self.feedback or self._beside.with_name("feedback.sqlite")

    @property
    def _beside(self) -> Path:
        """Where what belongs to an index but is none of its files lies: beside its folder, or where the folder of one on Milvus would be."""
        return ROOT / "index" / self.store.name if isinstance(self.store, Server) else self.store

    @property
    def llm(self) -> bool:
        """Whether a language model is configured."""
        return bool(self.llm_base_url and self.llm_model)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then the environment, then rag.toml."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


ALIKE = 0.85
"""Likeness (difflib) from which a variable that names no setting is taken for a slip; others with RAG_ may be other programs'."""


def _misspelt() -> str:
    """What is wrong with the first variable of the environment that looks like a setting's and is none, as one line; empty for nothing."""
    names = {f"RAG_{name.upper()}" for name in Settings.model_fields}
    for given in sorted(name for name in os.environ if name.upper().startswith("RAG_") and name.upper() not in names):
        if meant := get_close_matches(given.upper(), names, 1, ALIKE):
            return f"{given} is no setting; did you mean {meant[0]}?"
    return ""


def load(**overrides: object) -> Settings:
    """Settings with ``overrides`` on top; ``None`` values are ignored. Raises :class:`SettingsError`, one line."""
    if wrong := _misspelt():
        raise SettingsError(wrong)
    try:
        settings = Settings(**{k: v for k, v in overrides.items() if v is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"]) or "settings"
        secret = name.split(".")[0] in SECRETS or (name == "store" and "@" in str(first.get("input")))
        got = "" if secret else f", got {first.get('input')!r}"
        raise SettingsError(f"setting {name}: {first['msg'].removeprefix('Value error, ')}{got}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f'rag.toml: cannot be read ({error}); write lines such as store = "/data/index"') from None
    if bool(settings.proxy_address) != bool(settings.proxy_user_header):
        raise SettingsError(
            "sign-in by a proxy needs both RAG_PROXY_ADDRESS and RAG_PROXY_USER_HEADER; got only one of them"
        )
    if bool(settings.llm_base_url) != bool(settings.llm_model):
        raise SettingsError("a language model needs both RAG_LLM_BASE_URL and RAG_LLM_MODEL; got only one of them")
    if settings.llm_passages < settings.max_passage + HEAD:
        raise SettingsError(
            f"the best passage, of RAG_MAX_PASSAGE={settings.max_passage} characters, and {HEAD} for its title must fit into RAG_LLM_PASSAGES; "
            f"got {settings.llm_passages}"
        )
    if settings.llm_timeout > settings.llm_seconds:
        raise SettingsError(
            "a language model's next words cannot take longer than its answer; "
            f"got RAG_LLM_TIMEOUT {settings.llm_timeout:g} and RAG_LLM_SECONDS {settings.llm_seconds:g}"
        )
    return settings
