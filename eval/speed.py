"""How fast it is: ``python -m eval.speed``, and ``--clone`` or ``--pages N`` for more; ``make bench`` measures search.

Without options: `rag index` over the five pages and `rag ask` from a cold shell, medians of several runs, and answers from an
open index. ``--clone`` clones this checkout into an empty folder, runs `make serve` there (``--slim``: SLIM=1) and tells how
long it took to the first answer, and the disk taken. ``--pages 10000`` indexes that many made-up pages and tells pages a second, peak memory and
seconds by stage, for each ``--format`` (all if none is named; PDF needs the extra ``test``).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from eval import growth, pages_made
from eval.alone import by_itself
from eval.cases import CASES, load
from rag.assistant import Assistant
from rag.config import ROOT, Settings

QUESTION = "青海建了多少个户外劳动者服务站点？"
RAG = Path(sys.executable).parent / "rag"
PATIENCE = 1800.0
"""Seconds an installation may take."""


def seconds(work: Callable[[], object]) -> float:
    """How long ``work`` takes, in seconds of wall-clock time."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def run(command: Sequence[str | Path]) -> None:
    """Run a command, its output thrown away. Raises ``CalledProcessError`` if it fails."""
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - our own


def pages(repeats: int) -> None:
    """Index and ask from a cold shell; ask with the index open."""
    with tempfile.TemporaryDirectory() as folder:
        store = ["--store", folder]
        index = [seconds(lambda: run([RAG, "index", *store])) for _ in range(repeats)]
        cold = [seconds(lambda: run([RAG, "ask", QUESTION, *store])) for _ in range(repeats)]
        assistant = Assistant.open(Settings(store=Path(folder)))
        cases = load(CASES)
        warm = [seconds(lambda: assistant.ask(c.query, c.history)) for c in cases]  # noqa: B023 - called at once
    print(f"rag index, five pages, median of {repeats}    {median(index):6.2f} s")
    print(f"rag ask, cold shell, median of {repeats}      {median(cold):6.2f} s")
    print(f"answer, index open, median of {len(cases)}     {1000 * median(warm):6.1f} ms")


def clone(*, slim: bool) -> None:
    """From clone to the first answer."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "clone"
        port = "7899"
        start = time.perf_counter()
        run(["git", "clone", "--quiet", str(ROOT), str(home)])
        environment = {**os.environ, "RAG_PORT": port, "PIP_NO_CACHE_DIR": "1"}
        command = ["make", "serve", *(["SLIM=1"] if slim else [])]
        server = subprocess.Popen(command, cwd=home, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603 - our own
        try:
            if not wait(f"http://127.0.0.1:{port}/", PATIENCE, lambda: server.poll() is None):
                raise SystemExit("make serve did not come up; run it by hand to see why")
            run([home / ".venv" / "bin" / "rag", "ask", QUESTION])
            took = time.perf_counter() - start
        finally:
            server.terminate()
            server.wait()
        disk = sum(p.lstat().st_size for p in home.rglob("*"))
    print(f"clone to first answer, {' '.join(command)}    {took:6.0f} s, {disk / 1e9:.1f} GB")


def wait(address: str, patience: float, alive: Callable[[], bool] = lambda: True) -> bool:
    """Wait until ``address`` answers; false when it has not within ``patience`` seconds or is not ``alive`` any more."""
    end = time.perf_counter() + patience
    while not _up(address):
        if not alive() or time.perf_counter() > end:
            return False
        time.sleep(0.5)
    return True


def _up(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - our own server
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clone", action="store_true", help="from clone to the first answer")
    parser.add_argument("--slim", action="store_true", help="with --clone: make serve SLIM=1")
    parser.add_argument("--pages", type=int, metavar="N", help="index N made-up pages")
    parser.add_argument("--format", action="append", choices=pages_made.FORMATS, help="with --pages: of this format")
    parser.add_argument("--jobs", type=int, help="with --pages: how many processes; all cores if left out")
    parser.add_argument("--repeats", type=int, default=7)
    args = parser.parse_args()
    if args.clone:
        clone(slim=args.slim)
    elif args.pages:
        for kind in args.format or pages_made.FORMATS:
            growth.tell(kind, growth.measure(args.pages, kind, jobs=args.jobs))
    else:
        pages(args.repeats)


if __name__ == "__main__":
    by_itself(main)
