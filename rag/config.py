"""Settings: one frozen object, read from ``RAG_*`` variables, ``rag.toml`` and defaults, in that order.

This is the only module that reads the environment.
"""

from __future__ import annotations

import os
import tomllib
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

from rag.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent
"""The checkout: seeds/, prompts/ and index/ are looked for here."""


class Settings(BaseSettings):
    """All settings. ``RAG_STORE=/data/index`` or ``store = "/data/index"`` in rag.toml sets ``store``, and so on."""

    model_config = SettingsConfigDict(env_prefix="RAG_", toml_file="rag.toml", frozen=True, extra="forbid")

    pages: Annotated[tuple[Path, ...], NoDecode] = Field(
        (ROOT / "seeds",), description="Pages to index: files and folders; in a variable parted as in PATH."
    )
    store: Path = Field(ROOT / "index" / "default", description="Folder of the built index.")
    prompts: Path = Field(ROOT / "prompts", description="Folder of the prompt files.")
    runs: Path = Field(ROOT / "eval" / "runs", description="Folder where runs of the evaluation are kept.")
    paper: str = Field("工人日报", description="The paper's name, shown in citations.")

    encoder: str = Field(
        "static-zh-en", description="The bundled encoder, or any sentence-transformers model by name or path."
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
    llm_timeout: float = Field(20.0, gt=0, le=600, description="Seconds to wait for its next words.")

    host: str = Field("127.0.0.1", description="Address the web chat listens on.")
    port: int = Field(7860, ge=1, le=65535, description="Port of the web chat.")
    language: Literal["zh", "en"] = Field("zh", description="Language of the first screen.")

    @field_validator("pages", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """RAG_PAGES=/data/2024:/data/2025 as a list."""
        return tuple(part for part in value.split(os.pathsep) if part) if isinstance(value, str) else value

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


def load(**overrides: object) -> Settings:
    """Settings with ``overrides`` on top; ``None`` values are ignored. Raises :class:`SettingsError`, one line."""
    try:
        settings = Settings(**{k: v for k, v in overrides.items() if v is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"]) or "settings"
        raise SettingsError(f"setting {name}: {first['msg']}, got {first.get('input')!r}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f'rag.toml: cannot be read ({error}); write lines such as store = "/data/index"') from None
    if bool(settings.llm_base_url) != bool(settings.llm_model):
        raise SettingsError("a language model needs both RAG_LLM_BASE_URL and RAG_LLM_MODEL; got only one of them")
    return settings
