"""A language model's words, streamed: any OpenAI-compatible endpoint, through langchain. Home of langchain-openai.

The passages go in numbered; the model cites them by these numbers. What it writes is checked elsewhere
(:mod:`rag.answer.cite`); nothing it says is believed here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from rag.errors import EndpointError, SettingsError
from rag.types import sha256

if TYPE_CHECKING:
    from pathlib import Path

    from langchain_core.runnables import Runnable

    from rag.config import Settings
    from rag.types import Article, Hit

REFUSAL = "【没有找到】"
"""What the model writes when the passages hold no answer; the prompts and the check share it."""


def prompt(folder: Path, language: str) -> str:
    """The prompt for a language (``zh`` or ``en``). Raises :class:`SettingsError` if its file is not there."""
    path = folder / f"answer.{language}.txt"
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise SettingsError(
            f"prompt {path}: cannot be read ({error.strerror}); set RAG_PROMPTS to its folder"
        ) from None


def prompt_id(text: str) -> str:
    """The prompt's SHA-256, for the trace."""
    return sha256(text)


def numbered(hits: Sequence[Hit], articles: Mapping[str, Article]) -> str:
    """The passages as the model sees them, numbered from 1."""
    return "\n\n".join(
        f"[{n}] 《{articles[hit.passage.article_id].name}》{articles[hit.passage.article_id].published.date}\n{hit.passage.text}"
        for n, hit in enumerate(hits, start=1)
    )


def chain(settings: Settings, template: str) -> Runnable[dict[str, str], str]:
    """``{"question", "passages"}`` in, words out: prompt, model and parser as one langchain Runnable."""
    from langchain_core.output_parsers import StrOutputParser
    from langchain_core.prompts import ChatPromptTemplate
    from langchain_openai import ChatOpenAI

    model = ChatOpenAI(
        model=settings.llm_model,
        base_url=settings.llm_base_url,
        # Endpoints without keys still want some value.
        api_key=settings.llm_api_key if settings.llm_api_key.get_secret_value() else "none",  # type: ignore[arg-type]
        timeout=settings.llm_timeout,
        max_retries=0,
        temperature=0.0,
        streaming=True,
    )
    messages = ChatPromptTemplate.from_messages([("system", template), ("human", "{question}")]).partial(
        refusal=REFUSAL
    )
    return messages | model | StrOutputParser()


def write(settings: Settings, template: str, question: str, passages: str) -> Iterator[str]:
    """The answer, piece by piece. Raises :class:`EndpointError`, one line, when the endpoint fails at any point."""
    import httpx
    import openai

    try:
        yield from chain(settings, template).stream({"question": question, "passages": passages})
    except openai.APITimeoutError:
        raise EndpointError(f"{settings.llm_base_url}: no words within {settings.llm_timeout:g} s") from None
    except openai.APIConnectionError as error:
        raise EndpointError(f"{settings.llm_base_url}: cannot be reached ({error.__cause__ or error})") from None
    except openai.APIStatusError as error:
        raise EndpointError(
            f"{settings.llm_base_url}: answered {error.status_code} to model {settings.llm_model!r}"
        ) from None
    except (openai.OpenAIError, httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        # Anything else a broken endpoint makes of the protocol: bad JSON, missing fields, a stream cut short.
        raise EndpointError(f"{settings.llm_base_url}: no usable answer ({type(error).__name__})") from None
