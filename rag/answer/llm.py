"""A language model's words, streamed: any OpenAI-compatible endpoint, through langchain. Home of langchain-openai.

The passages go in numbered; the model cites them by these numbers. What it writes is checked elsewhere
(:mod:`rag.answer.cite`); nothing it says is believed here. Nothing but the endpoint is ever called: langchain's tracing
is off whatever the environment says. What may pass (no connection, 429, 5xx) is tried once more, when the endpoint says so and within
the time there is for its first words; an answer that has begun is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from queue import Empty, SimpleQueue
from string import Formatter
from threading import Event, Thread
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rag.answer.drafts import HANDLE
from rag.errors import EndpointError, SettingsError
from rag.types import Precision, sha256

if TYPE_CHECKING:
    from pathlib import Path

    from langchain_core.messages import AIMessage
    from langchain_core.runnables import Runnable

    from rag.config import Settings
    from rag.types import Article, Hit

REFUSAL = "【没有找到】"
"""What the model writes when the passages hold no answer; the prompts and the check share it."""

LONGEST = 6000
"""Characters after which a model that does not end is cut off: the prompts ask for 200."""

ANSWER = ("passages", "question", "refusal")
"""The names filled in when a question is answered."""

PARTS = "\n---\n"
"""What stands between the part of a prompt that the system says and the part that the user says."""

_DATED = {Precision.ABOUT: "约", Precision.NOT_BEFORE: "不早于"}
_THINKING = re.compile(r"\s*<think>.*?</think>\s*", re.DOTALL)
_LOOPBACK = re.compile(r"localhost|127\.[0-9.]+|::1")

# --- what goes in -------------------------------------------------------------------------------


def prompt(folder: Path, language: str, kind: str = "answer", wanted: Iterable[str] = ANSWER) -> str:
    """The prompt for a language (``zh`` or ``en``): what the system says, a line ``---``, what the user says.

    ``kind`` is what its file is called by, ``wanted`` the names that are filled in. Raises :class:`SettingsError` if the
    file is not there, or has other names.
    """
    path = folder / f"{kind}.{language}.txt"
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise SettingsError(f"prompt {path}: cannot be read ({reason}); set RAG_PROMPTS to its folder") from None
    try:
        names = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError as error:
        raise SettingsError(f"prompt {path}: {error}; write braces that are meant as {{{{ and }}}}") from None
    if names != set(wanted) or text.count(PARTS) != 1:
        raise SettingsError(
            f"prompt {path}: needs {', '.join(f'{{{name}}}' for name in wanted)} and one line ---; "
            f"got {', '.join(sorted(names)) or 'no names'} and {text.count(PARTS)} such lines"
        )
    return text


def prompt_id(text: str) -> str:
    """The prompt's SHA-256, for the trace."""
    return sha256(text)


def numbered(hits: Sequence[Hit], articles: Mapping[str, Article]) -> str:
    """The passages as the model sees them, numbered from 1. Brackets that look like such numbers are made round."""
    rows = []
    for n, hit in enumerate(hits, start=1):
        article = articles[hit.passage.article_id]
        dated = _DATED.get(article.published.precision, "") + article.published.date
        rows.append(f"[{n}] {_unmarked(f'《{article.name}》{dated}')}\n{_unmarked(hit.passage.text)}")
    return "\n\n".join(rows)


def _unmarked(text: str) -> str:
    return HANDLE.sub(lambda m: f"（{m[1]}）", text)


# --- what comes out -----------------------------------------------------------------------------


def chain(settings: Settings, template: str, http_client: object = None) -> Runnable[dict[str, str], AIMessage]:
    """The names of ``template`` in, message chunks out: prompt and model as one langchain Runnable.

    ``http_client`` is one that the openai library takes; its default if not given.
    """
    from langchain_core.prompts import ChatPromptTemplate
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    model = ChatOpenAI(
        model=settings.llm_model,
        base_url=settings.llm_base_url,
        # Endpoints without keys still want some value; and a key in OPENAI_API_KEY is not meant for this endpoint.
        # A line end behind a key makes a header that cannot be sent, which the HTTP library logs with the key.
        api_key=SecretStr("".join(settings.llm_api_key.get_secret_value().split()) or "none"),
        timeout=settings.llm_timeout,
        max_retries=1,
        temperature=0.0,
        streaming=True,
        openai_proxy="",
        http_client=http_client,
    )
    system, user = template.split(PARTS)
    messages = ChatPromptTemplate.from_messages([("system", system), ("human", user)]).partial(refusal=REFUSAL)
    return messages | model


def write(settings: Settings, template: str, question: str, passages: str) -> Iterator[str]:
    """The answer, piece by piece. Raises as :func:`say` does."""
    return say(settings, template, {"question": question, "passages": passages}, LONGEST)


def say(settings: Settings, template: str, given: Mapping[str, str], longest: int) -> Iterator[str]:
    """What the model says to ``template`` with ``given`` filled in, piece by piece, cut off after ``longest`` characters.

    What it thinks aloud is left out. Raises :class:`EndpointError`, one line, when the endpoint fails at any point, and
    when no words come within ``settings.llm_timeout`` seconds, whatever else it sends meanwhile. A thread of its own reads
    from the endpoint, so that nothing it does can hold up the caller; leaving the generator early ends that thread.
    """
    import openai

    # A proxy from the environment cannot reach this machine's own address.
    own = _LOOPBACK.fullmatch(urlsplit(settings.llm_base_url).hostname or "") is not None
    client = openai.DefaultHttpxClient(timeout=settings.llm_timeout, trust_env=not own)
    inbox: SimpleQueue[str | Exception | None] = SimpleQueue()
    left = Event()
    model = chain(settings, template, client)
    Thread(target=_read, args=(model, dict(given), inbox, left), name="language model", daemon=True).start()
    size = 0
    try:
        while size < longest:
            try:
                got = inbox.get(timeout=settings.llm_timeout)
            except Empty:
                raise EndpointError(f"{where(settings)}: no words within {settings.llm_timeout:g} s") from None
            if got is None:
                return
            if isinstance(got, Exception):
                raise _explained(got, settings) from None
            size += len(got)
            yield got
    finally:
        left.set()
        client.close()


def _read(
    model: Runnable[dict[str, str], AIMessage],
    given: dict[str, str],
    inbox: SimpleQueue[str | Exception | None],
    left: Event,
) -> None:
    """Put the model's words into ``inbox``, then ``None``, or what went wrong."""
    from langsmith import tracing_context

    try:
        with tracing_context(enabled=False):
            for piece in _spoken(model.stream(given)):
                if left.is_set():
                    return
                inbox.put(piece)
        inbox.put(None)
    except Exception as error:  # noqa: BLE001 - it is raised again, or explained, where the words are awaited
        inbox.put(error)


def _spoken(chunks: Iterator[AIMessage]) -> Iterator[str]:
    """The words of a message, without thoughts in ``<think>``. Raises ``EOFError`` if it breaks off."""
    ended, opening = "", ""
    thinking: bool | None = None  # not known until the first words are there
    for chunk in chunks:
        ended = chunk.response_metadata.get("finish_reason") or ended
        text = str(chunk.text)
        if thinking is False:
            if text:
                yield text
            continue
        opening += text
        start = opening.lstrip()
        if start and not start.startswith("<think>") and not "<think>".startswith(start):
            thinking = False
        elif _THINKING.match(opening):
            thinking, opening = False, _THINKING.sub("", opening, count=1)
        if thinking is False and opening:
            yield opening
    if ended not in ("stop", "length"):
        raise EOFError(f"ended with {ended}" if ended else "broke off")


def where(settings: Settings) -> str:
    """The endpoint's address for messages, without a user name, password or query that may stand in it."""
    parts = urlsplit(settings.llm_base_url)
    host = (parts.hostname or "") + (f":{parts.port}" if parts.port else "")
    return f"{parts.scheme}://{host}{parts.path}"


_PROTOCOL = frozenset("openai httpx httpx2 httpcore httpcore2 h11 langchain_core langchain_openai".split())
_ADVICE = {
    401: "check RAG_LLM_API_KEY",
    403: "check RAG_LLM_API_KEY",
    404: "check RAG_LLM_BASE_URL and RAG_LLM_MODEL",
}


def _explained(error: Exception, settings: Settings) -> Exception:
    """``error`` as an :class:`EndpointError` of one line; as it is, if it is not the endpoint's.

    The line quotes nothing the endpoint said, which may repeat the key.
    """
    import openai

    if isinstance(error, openai.APITimeoutError):
        reason = f"no words within {settings.llm_timeout:g} s"
    elif isinstance(error, openai.APIStatusError):
        advice = _ADVICE.get(error.status_code, "see its log")
        reason = f"answered {error.status_code} to model {settings.llm_model!r}; {advice}"
    elif isinstance(error, openai.APIConnectionError):
        reason = "cannot be reached; check RAG_LLM_BASE_URL and that it is running"
    elif isinstance(error, EOFError):
        reason = f"the answer {error}"
    elif type(error).__module__.partition(".")[0] in _PROTOCOL or isinstance(
        error, (ValueError, LookupError, TypeError, AttributeError, OSError)
    ):
        # Whatever else a broken endpoint makes of the protocol: bad JSON, missing fields, a connection cut in the middle.
        reason = f"no usable answer ({type(error).__name__})"
    else:
        return error
    return EndpointError(f"{where(settings)}: {reason}")
