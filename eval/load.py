"""Many people at once: ``python -m eval.load --people 50 --seconds 60 --door chat``.

A server of its own is started on this machine, over the pages of ``seeds/`` and without a language model. Each person asks one of
the development questions, waits for the whole answer, reads it for ``--pause`` seconds (a random time of that mean; 0: asks again at once)
and asks the next. Every answer must be the one that the same question gets when nobody else is there: else it is an error, as is every refusal to serve.
``--door api`` asks over ``POST /api/ask`` with server-sent events, ``--door chat`` as the chat page does, through Gradio's queue.

Then the doors are stormed: more people than there are places ask at once, half of them leave while they wait. Told are how many saw
their place in the line, how many were told that it is busy, and how long it took until all places were free again.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import secrets
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import numpy as np

from eval.alone import by_itself
from eval.cases import CASES, load, split_of
from eval.speed import RAG, run, wait

PATIENCE = 60.0
"""Seconds for an answer, and for all places to be free again."""

ALLOWED = 100_000
"""RAG_API_PER_MINUTE of the server: here all people come from one address."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How one question went. ``first`` and ``whole`` are seconds until the first words and until the end; ``ahead`` is the place in the line
    that was shown, if one was; ``problem`` what went wrong, ``busy`` where all places were taken.
    """

    question: str
    text: str = ""
    first: float = 0.0
    whole: float = 0.0
    ahead: int = 0
    problem: str = ""


Door = Callable[[httpx.AsyncClient, str], Coroutine[Any, Any, Asked]]
BUSY = "busy"


async def _events(answer: httpx.Response) -> AsyncIterator[tuple[str, Any]]:
    """Name and data of each server-sent event."""
    name = ""
    async for line in answer.aiter_lines():
        key, _, value = line.partition(": ")
        if key == "event":
            name = value
        elif key == "data":
            yield name, json.loads(value)


async def by_api(client: httpx.AsyncClient, question: str) -> Asked:
    """Ask over the HTTP API."""
    began, first, ahead = time.perf_counter(), 0.0, 0
    asked = client.stream("POST", "/api/ask", json={"question": question}, headers={"Accept": "text/event-stream"})
    async with asked as answer:
        if answer.status_code != httpx.codes.OK:
            kind = json.loads(await answer.aread())["error"]["type"]
            return Asked(question, problem=BUSY if kind == BUSY else f"{answer.status_code} {kind}")
        async for name, data in _events(answer):
            passed = time.perf_counter() - began
            if name == "status" and data.get("ahead"):
                ahead = ahead or data["ahead"]
            elif name in {"sentence", "done"}:
                first = first or passed
            if name == "done":
                text = "".join(sentence["text"] for sentence in data["sentences"]) or data["status"]
                return Asked(question, text, first, passed, ahead)
            if name == "error":
                return Asked(question, problem=data["error"]["type"])
    return Asked(question, problem="the stream ended without an answer")


@dataclass(frozen=True, slots=True)
class Page:
    """What the chat page knows of itself: the number of what asks when Enter is pressed in its box, the box's own, and how many inputs that takes."""

    function: int
    box: int
    inputs: int


async def open_page(client: httpx.AsyncClient) -> Page:
    """Read the page's description, as a browser does."""
    told = (await client.get("/config")).raise_for_status().json()
    box = next(c["id"] for c in told["components"] if c["props"].get("elem_id") == "box")
    entered = (d for d in told["dependencies"] if [box, "submit"] in [list(t) for t in d["targets"]])
    asks = next(d for d in entered if d["inputs"][:1] == [box])  # others only tidy the page
    return Page(asks["id"], box, len(asks["inputs"]))


WRITTEN = re.compile(
    r'<(?:p class="(?:written[^"]*|verdict)"|figcaption id="[^"]*")>(.*?)</(?:p|figcaption)>', re.DOTALL
)  # some questions over many articles are answered by a table alone
WAITS = '<p class="progress">\n<span class="step now">'  # no name of a step: it has not begun
FAILED = '<p class="problem">'


def drawn(message: Mapping[str, Any]) -> str:
    """The HTML of the last answer in a message of Gradio's queue, whole or as a difference; empty if it has none."""
    html = [text for text in _texts(message.get("output", {}).get("data", [])) if text.startswith('<div class="turn')]
    return html[-1] if html else ""


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


async def by_chat(page: Page, client: httpx.AsyncClient, question: str) -> Asked:
    """Ask as the chat page does, in a conversation of its own."""
    session = secrets.token_hex(6)
    began, first, ahead, text = time.perf_counter(), 0.0, 0, ""
    body = {
        "data": [question, *[None] * (page.inputs - 1)],
        "fn_index": page.function,
        "session_hash": session,
        "trigger_id": page.box,
    }
    joined = await client.post("/gradio_api/queue/join", json=body)
    if joined.status_code != httpx.codes.OK:
        return Asked(question, problem=f"{joined.status_code} {joined.text[:80]}")
    async with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as answer:
        async for _, message in _events(answer):
            html, passed = drawn(message), time.perf_counter() - began
            if WAITS in html:
                ahead = ahead or 1
            if FAILED in html:
                return Asked(question, problem=BUSY if "忙" in html else "a problem is shown")
            if words := WRITTEN.findall(html):
                first, text = first or passed, re.sub(r"<[^>]*>", "", "".join(words))
            if message["msg"] == "process_completed":
                ended = message["success"] and text
                return Asked(question, text, first, passed, ahead, "" if ended else "it ended without an answer")
    return Asked(question, problem="the stream ended without an answer")


@dataclass(slots=True)
class Told:
    """What came of a time of asking: how each question went, and the server's memory in MB as time went on."""

    asked: list[Asked] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)


def resident(process: int) -> float:
    """Megabytes of memory that a process holds."""
    status = Path(f"/proc/{process}/status").read_text("ascii")
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1000


async def attempt(door: Door, client: httpx.AsyncClient, question: str) -> Asked:
    """Ask; what goes wrong on the way is a problem like any other."""
    try:
        return await door(client, question)
    except httpx.HTTPError as error:
        return Asked(question, problem=type(error).__name__)


async def crowd(door: Door, client: httpx.AsyncClient, questions: Sequence[str], plan: Plan, process: int) -> Told:
    """``plan.people`` ask for ``plan.seconds``."""
    told, end = Told(), time.monotonic() + plan.seconds

    async def person(number: int) -> None:
        dice = random.Random(number)  # noqa: S311 - who asks what, repeatably
        while time.monotonic() < end:
            told.asked.append(await attempt(door, client, dice.choice(questions)))
            if plan.pause:
                await asyncio.sleep(dice.expovariate(1 / plan.pause))

    async def watch() -> None:
        while time.monotonic() < end:
            told.memory.append(resident(process))
            await asyncio.sleep(1)

    await asyncio.gather(watch(), *(person(number) for number in range(plan.people)))
    return told


@dataclass(frozen=True, slots=True)
class Storm:
    """A storm: how many people came, stood in line with their place shown, were told that it is busy, had an answer, left, and the
    seconds until all places were free.
    """

    people: int
    lined: int
    busy: int
    answered: int
    left: int
    freed: float


async def storm(door: Door, client: httpx.AsyncClient, questions: Sequence[str], people: int) -> Storm:
    """``people`` ask at once, every second leaves within a tenth of a second."""
    asking = [asyncio.create_task(attempt(door, client, questions[n % len(questions)])) for n in range(people)]
    await asyncio.sleep(0.1)
    for task in asking[::2]:
        task.cancel()
    ended = await asyncio.gather(*asking, return_exceptions=True)
    began = time.perf_counter()
    while in_work := float(
        re.findall(r"^rag_questions_in_work (\S+)", (await client.get("/metrics")).text, re.MULTILINE)[0]
    ):
        if time.perf_counter() - began > PATIENCE:
            raise SystemExit(f"{in_work:.0f} places are still taken {PATIENCE:.0f} s after everybody has left")
        await asyncio.sleep(0.05)
    came = [asked for asked in ended if isinstance(asked, Asked)]
    return Storm(
        people,
        sum(bool(asked.ahead) for asked in came),
        sum(asked.problem == BUSY for asked in came),
        sum(not asked.problem for asked in came),
        people - len(came),
        time.perf_counter() - began,
    )


@asynccontextmanager
async def served(port: int) -> AsyncIterator[tuple[httpx.AsyncClient, int]]:
    """A server over the pages of ``seeds/``, in a process of its own: a client of it and the process's number."""
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        clean = {k: v for k, v in os.environ.items() if not k.startswith("RAG_")}
        settings = {"RAG_STORE": folder, "RAG_PORT": str(port), "RAG_API_PER_MINUTE": str(ALLOWED)}
        run([RAG, "index", "--store", folder])
        server = subprocess.Popen([RAG, "serve"], env={**clean, **settings}, stdout=subprocess.DEVNULL)  # noqa: ASYNC220, S603
        try:
            if not wait(f"{address}/readyz", PATIENCE, lambda: server.poll() is None):
                raise SystemExit(f"the server did not come up on port {port}; is it taken? see --port")
            limits = httpx.Limits(max_connections=None)
            async with httpx.AsyncClient(base_url=address, timeout=PATIENCE, limits=limits, trust_env=False) as client:
                yield client, server.pid
        finally:
            server.terminate()
            server.wait()


@dataclass(frozen=True, slots=True)
class Plan:
    """Who comes: ``pause`` is the mean of the seconds between an answer and the next question of a person."""

    people: int
    seconds: float
    pause: float


def wrong(told: Told, alone: Mapping[str, str]) -> Counter[str]:
    """What went wrong, by kind; an answer that is not the one given to who asks alone is wrong, too."""
    kinds = (
        one.problem or ("" if one.text == alone[one.question] else "another answer than alone") for one in told.asked
    )
    return Counter(kind for kind in kinds if kind)


def show(name: str, plan: Plan, told: Told, faults: Counter[str]) -> None:
    """Print what came of a crowd."""
    firsts = [one.first for one in told.asked if not one.problem]
    wholes = [one.whole for one in told.asked if not one.problem]
    print(
        f"{name}: {plan.people} people for {plan.seconds:.0f} s, pause {plan.pause:g} s: {len(told.asked)} questions, ",
        end="",
    )
    print(f"{len(told.asked) / plan.seconds:.1f} a second, {sum(faults.values())} errors {dict(faults) or ''}")
    if firsts:
        at = partial(np.quantile, firsts)
        print(
            f"  first words: median {at(0.5):.2f} s, 95 % {at(0.95):.2f} s, 99 % {at(0.99):.2f} s; whole: median {median(wholes):.2f} s"
        )
    third = max(1, len(told.memory) // 3)
    print(
        f"  memory: {median(told.memory[:third]):.0f} MB in the first third, {median(told.memory[-third:]):.0f} MB in the last"
    )


async def measure(doors: Sequence[str], plan: Plan, port: int) -> int:
    """Run everything; the number of errors."""
    questions = sorted({case.query for case in load(CASES) if split_of(case.qid) == "dev" and not case.history})
    errors = 0
    async with served(port) as (client, process):
        for name in doors:
            door: Door = by_api if name == "api" else partial(by_chat, await open_page(client))
            alone = {question: (await attempt(door, client, question)).text for question in questions}
            told = await crowd(door, client, questions, plan, process)
            faults = wrong(told, alone)
            errors += sum(faults.values())
            show(name, plan, told, faults)
            hit = await storm(door, client, questions, 2 * plan.people)
            print(
                f"  storm: {hit.people} at once, {hit.left} left: {hit.lined} saw their place in the line, {hit.busy} were told it is busy, ",
                end="",
            )
            print(f"{hit.answered} answered; all places free {hit.freed:.2f} s after the last")
    return errors


def main() -> None:
    """Measure; exit code 1 when anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--pause", type=float, default=0, help="mean seconds between an answer and the next question")
    parser.add_argument("--door", action="append", choices=("api", "chat"), help="both if left out")
    parser.add_argument("--port", type=int, default=7897)
    args = parser.parse_args()
    plan = Plan(args.people, args.seconds, args.pause)
    sys.exit(1 if asyncio.run(measure(args.door or ("api", "chat"), plan, args.port)) else 0)


if __name__ == "__main__":
    by_itself(main)
