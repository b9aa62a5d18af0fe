"""Indexing many pages: how many a second, how much memory, and how long each stage takes.

The index is built by a process of its own (``python -m eval.growth FOLDER STORE JOBS``), so that what it takes is its own; its memory is
watched from here together with that of the processes it starts. Linux only: memory is read from ``/proc``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from eval import pages_made
from rag.config import ROOT, Settings

_LOOK = 0.25  # seconds between two looks at the memory


@dataclass(frozen=True)
class Growth:
    """What indexing came to: ``stages`` are seconds by step of the progress, ``peak`` bytes of all processes together."""

    pages: int
    articles: int
    passages: int
    seconds: float
    peak: int
    stages: dict[str, float]

    @property
    def rate(self) -> float:
        """Pages a second."""
        return self.pages / self.seconds


def measure(count: int, kind: str, seeds: Path = ROOT / "seeds", jobs: int | None = None) -> Growth:
    """Index ``count`` made-up pages of a ``kind`` in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        pages_made.make(home / "pages", count, kind, seeds)
        command = [sys.executable, "-m", "eval.growth", str(home / "pages"), str(home / "store"), str(jobs or 0)]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own
        peak = 0
        while child.poll() is None:
            peak = max(peak, _memory(child.pid))
            time.sleep(_LOOK)
        told = child.communicate()[0]
        if child.returncode:
            raise SystemExit(f"indexing ended with exit code {child.returncode}")
    found = json.loads(told)
    if kind == "jsonl":
        found["pages"] = found["articles"]  # documents
    return Growth(**found, peak=peak)


def _memory(pid: int) -> int:
    """Bytes held by a process and its children; what they share is counted once (proportional set size)."""
    total = 0
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1]) << 10
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    except (OSError, ValueError):
        return total  # it has just ended
    return total + sum(_memory(int(child)) for child in children)


def _build(pages: Path, store: Path, jobs: int | None) -> dict[str, object]:
    """Index ``pages`` here and tell what came of it."""
    began = time.perf_counter()
    from rag.search import encode, library

    settings = Settings(pages=(pages,), store=store)
    stages: dict[str, float] = defaultdict(float)
    step, since = "start", began

    def report(what: str, _done: int, _total: int) -> None:
        nonlocal step, since
        now = time.perf_counter()
        stages[step] += now - since
        step, since = what, now

    done = library.update(settings, encode.load(settings.encoder), report, jobs=jobs)
    end = time.perf_counter()
    stages[step] += end - since
    return {
        "pages": done.pages,
        "articles": sum(done.articles.values()),
        "passages": done.passages,
        "seconds": end - began,
        "stages": dict(stages),
    }


def tell(kind: str, found: Growth) -> None:
    """Print one line a format, and one of its stages."""
    print(
        f"{kind:<6} {found.pages:>7,} pages {found.articles:>8,} articles {found.passages:>8,} passages "
        f"{found.seconds:7.1f} s {found.rate:7.1f} pages a second {found.peak / 1e9:5.2f} GB"
    )
    print("       " + ", ".join(f"{name} {took:.1f}" for name, took in found.stages.items()), flush=True)


if __name__ == "__main__":
    folder, into, processes = sys.argv[1:]
    print(json.dumps(_build(Path(folder), Path(into), int(processes) or None)))
