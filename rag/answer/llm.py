"""A language model's words, streamed: any OpenAI-compatible endpoint, through langchain. Home of langchain-openai.

The passages go in numbered (:mod:`rag.answer.material`); the model cites them by these numbers. What it writes is checked elsewhere
(:mod:`rag.answer.cite`); nothing it says is believed here. Nothing but the endpoint is ever called: langchain's tracing
is off whatever the environment says, and no redirect is followed: key, question and passages go to the address that was set or nowhere.
What may pass (no connection, 429, 5xx) is tried once more, when the endpoint says so and within the time there is for its first
words; an answer that has begun is not. What comes in is bounded in bytes, characters and seconds.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue
from string import Formatter
from threading import Event, Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit, urlunsplit

from rag.errors import CutOffError, EndpointError, SettingsError
from rag.types import sha256
from rag.zh import bare, has_chinese, seen

if TYPE_CHECKING:
    from pathlib import Path

    from langchain_core.messages import AIMessage
    from langchain_core.runnables import Runnable

    from rag.config import Settings

REFUSAL = "【没有找到】"
"""What the model writes when the passages hold no answer; the prompts and the check share it."""

LONGEST = 6000
"""Characters after which a model that does not end is cut off: the prompts ask for 200."""

MOST_BYTES = 16 * 2**20
"""Bytes after which a reply that does not end is given up: some 250 a word, so that a model may think for 60,000 words."""

ANSWER = ("passages", "question", "refusal")
"""The names filled in when a question is answered."""

RUN = {"zh": 8, "en": 30}
"""Characters in a row, by the prompt's language, that nobody writes by chance as a prompt has them."""

PARTS = "\n---\n"
"""What stands between the part of a prompt that the system says and the part that the user says."""

_THOUGHTS = ("<think>", "</think>")
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


def repeats(template: str) -> Callable[[str], bool]:
    """Tells whether a text repeats what ``template`` has the system say: :data:`RUN` characters of it, signs and spaces aside."""
    instructions = bare(template.split(PARTS, maxsplit=1)[0].replace("{refusal}", ""))
    size = RUN["zh" if sum(map(has_chinese, instructions)) > len(instructions) / 2 else "en"]
    runs = {instructions[i : i + size] for i in range(len(instructions) - size + 1)}

    def repeated(text: str) -> bool:
        said = bare(text)
        return any(said[i : i + size] in runs for i in range(len(said) - size + 1))

    return repeated


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
        base_url=_without_user(settings.llm_base_url),
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
    """The answer, piece by piece. Raises as :func:`say` does, and :class:`EndpointError` for an answer without words."""
    said = False
    for piece in say(settings, template, {"question": question, "passages": passages}, LONGEST):
        said = said or bool(piece.strip())
        yield piece
    if not said:
        raise EndpointError(f"{where(settings)}: the answer holds no words")


def reply(settings: Settings, template: str, given: Mapping[str, str], longest: int) -> str:
    """All that the model says, or its beginning where it is cut off: whoever wants a form sees then that it has none.

    Raises :class:`EndpointError` as :func:`say` does.
    """
    pieces: list[str] = []
    with suppress(CutOffError):
        pieces.extend(say(settings, template, given, longest))
    return "".join(pieces)


def say(settings: Settings, template: str, given: Mapping[str, str], longest: int) -> Iterator[str]:
    """What the model says to ``template`` with ``given`` filled in, piece by piece.

    What it thinks aloud is left out. A thread of its own reads from the endpoint, so that nothing it does can hold up the
    caller; leaving the generator early ends that thread and the connection.

    Raises
    ------
    CutOffError
        Where it is not done after ``longest`` characters or ``settings.llm_seconds``, or its server ends it for its length.
        The pieces given until then are its beginning.
    EndpointError
        One line, when the endpoint fails at any point, and when no words come within ``settings.llm_timeout`` seconds,
        whatever else it sends meanwhile.
    """
    client = _client(settings)
    inbox: SimpleQueue[str | Exception | None] = SimpleQueue()
    left = Event()
    model = chain(settings, template, client)
    Thread(target=_read, args=(model, dict(given), inbox, left), name="language model", daemon=True).start()
    began, size = time.monotonic(), 0
    try:
        while True:
            rest = settings.llm_seconds - (time.monotonic() - began)
            if size and rest <= 0:
                raise CutOffError(f"{where(settings)}: the answer was cut off after {settings.llm_seconds:g} s")
            patience = min(settings.llm_timeout, rest)
            try:
                got = inbox.get(timeout=max(0.0, patience))
            except Empty:
                if size and rest < settings.llm_timeout:
                    continue
                limit = min(settings.llm_timeout, settings.llm_seconds)
                raise EndpointError(f"{where(settings)}: no words within {limit:g} s") from None
            if got is None:
                return
            if isinstance(got, Exception):
                raise _explained(got, settings) from None
            yield got[: longest - size]
            size += len(got)
            if size > longest:
                raise CutOffError(f"{where(settings)}: the answer was cut off after {longest} characters")
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
            for piece in _from_first_word(_unthought(_spoken(model.stream(given)))):
                if left.is_set():
                    return
                inbox.put(piece)
        inbox.put(None)
    except Exception as error:  # noqa: BLE001 - it is raised again, or explained, where the words are awaited
        inbox.put(error)


class _BrokenError(Exception):
    """A reply that is not to be used, and why: ``the answer broke off``."""


class _TooLongError(Exception):
    """The server ended the answer for its length."""


def _spoken(chunks: Iterator[AIMessage]) -> Iterator[str]:
    """The words of a message, less what nobody sees. Raises :class:`_BrokenError` if it breaks off, :class:`_TooLongError` if it is cut short."""
    import openai

    ended, begun = "", False
    try:
        for chunk in chunks:
            begun = True
            ended = chunk.response_metadata.get("finish_reason") or ended
            if text := seen(str(chunk.text)):
                yield text
    except openai.APIConnectionError as error:
        if not begun or isinstance(error, openai.APITimeoutError):
            raise
        raise _BrokenError("the answer broke off; the connection was lost") from error
    if ended == "length":
        raise _TooLongError
    if ended != "stop":
        raise _BrokenError(f"the answer ended with {ended!r}" if ended else "the answer broke off")


def _unthought(pieces: Iterable[str]) -> Iterator[str]:
    """``pieces`` without what stands between ``<think>`` and ``</think>``, however often.

    Raises :class:`_BrokenError` for thoughts that do not end, or that began unannounced: what came before was no answer then.
    """
    text, thinking = "", False
    for piece in pieces:
        text += piece
        while found := min((tag for tag in _THOUGHTS if tag in text), key=text.index, default=""):
            said, _, text = text.partition(found)
            if not thinking and found == _THOUGHTS[1]:
                raise _BrokenError(
                    "it thinks aloud in its answer; let its server part its thoughts (a reasoning parser)"
                )
            if not thinking:
                yield said
            thinking = found == _THOUGHTS[0]
        sure = len(text) - _tag_begun(text)
        if not thinking:
            yield text[:sure]
        text = text[sure:]
    if thinking:
        raise _BrokenError("its thoughts do not end")
    yield text


def _from_first_word(pieces: Iterable[str]) -> Iterator[str]:
    """``pieces`` but for empty ones and the white space at the beginning."""
    begun = False
    for piece in pieces:
        said = piece if begun else piece.lstrip()
        if said:
            begun = True
            yield said


def _tag_begun(text: str) -> int:
    """How many characters at the end of ``text`` may be the beginning of a tag."""
    sizes = range(min(len(text), len(_THOUGHTS[1]) - 1), 0, -1)
    return next((n for n in sizes if any(tag.startswith(text[-n:]) for tag in _THOUGHTS)), 0)


# --- the connection -----------------------------------------------------------------------------


def _client(settings: Settings) -> Any:
    """An HTTP client for the endpoint alone: see :func:`_guarded`. Its type is httpx's or httpx2's, as openai brings it."""
    import openai

    parts = urlsplit(settings.llm_base_url)
    return openai.DefaultHttpxClient(
        timeout=settings.llm_timeout,
        follow_redirects=False,
        # A proxy from the environment cannot reach this machine's own address.
        trust_env=_LOOPBACK.fullmatch(parts.hostname or "") is None,
        # Compressed, a small reply can be of any size.
        headers={"Accept-Encoding": "identity"},
        # In the address, the HTTP library would log them.
        auth=(unquote(parts.username or ""), unquote(parts.password or ""))
        if parts.username or parts.password
        else None,
        event_hooks={"response": [_guarded]},
    )


def _guarded(response: Any) -> None:
    """Let in a stream of events of at most :data:`MOST_BYTES`. The body of an error, which may be endless and repeat the key, is not read."""
    if response.status_code != 200:
        response.close()
        return
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "text/event-stream" or response.headers.get("content-encoding", "identity") != "identity":
        raise _BrokenError("it sent no plain stream of events; check RAG_LLM_BASE_URL")
    response.iter_bytes = partial(_bounded, response.iter_bytes)


def _bounded(read: Callable[[], Iterator[bytes]]) -> Iterator[bytes]:
    size = 0
    for data in read():
        size += len(data)
        if size > MOST_BYTES:
            raise _BrokenError(f"it sent more than {MOST_BYTES >> 20} MiB")
        yield data


def where(settings: Settings) -> str:
    """The endpoint's address for messages, without a user name, password or query that may stand in it."""
    return urlunsplit(urlsplit(_without_user(settings.llm_base_url))._replace(query="", fragment=""))


def _without_user(address: str) -> str:
    parts = urlsplit(address)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


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

    if isinstance(error, _TooLongError):
        return CutOffError(
            f"{where(settings)}: the answer was cut off by its server, after as many tokens as that allows"
        )
    if isinstance(error, openai.APITimeoutError):
        reason = f"no words within {settings.llm_timeout:g} s"
    elif isinstance(error, openai.APIStatusError):
        redirected = "redirects are not followed; set RAG_LLM_BASE_URL to where it leads"
        advice = _ADVICE.get(error.status_code, redirected if error.status_code < 400 else "see its log")
        reason = f"answered {error.status_code} to model {settings.llm_model!r}; {advice}"
    elif isinstance(error, openai.APIConnectionError):
        reason = "cannot be reached; check RAG_LLM_BASE_URL and that it is running"
    elif isinstance(error, _BrokenError):
        reason = str(error)
    elif type(error).__module__.partition(".")[0] in _PROTOCOL or isinstance(
        error, (ValueError, LookupError, TypeError, AttributeError, OSError)
    ):
        # Whatever else a broken endpoint makes of the protocol: bad JSON, missing fields, a connection cut in the middle.
        reason = f"no usable answer ({type(error).__name__})"
    else:
        return error
    return EndpointError(f"{where(settings)}: {reason}")
