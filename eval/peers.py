"""Speed and size beside others: `make bench CORPUS=FILE`, or `python -m eval.peers FILE --sizes 10000 100000`.

Each system builds an index of the same documents, and opens and searches it, in fresh processes of its own (eval/contest.py). The
peers live in a virtual environment of their own, which is made first (.venv-bench, about 2 GB, most of it torch, for txtai).
Queries are fragments of 20 characters of the documents, drawn with a fixed seed. Sizes beyond that of the corpus are made up of
rewrites of it (eval/corpora.py).

Seconds of the processor (``cpu``) are told beside those of the clock, since others may be at work on the machine. ``known`` is
the share of queries whose own document is among the ten found, ``exact`` what share of the ten nearest by meaning the system's own
search by meaning finds. The floor is faiss and bm25s alone over the same vectors and tokens.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from eval import corpora
from eval.alone import by_itself
from rag.config import ROOT

HOME = ROOT / ".venv-bench"
PACKAGES = (
    "torch==2.13.0",  # the pin of pyproject.toml; txtai needs one
    "bm25s==0.3.16",
    "faiss-cpu==1.15.1",
    "jieba==0.42.1",
    "langchain-classic==1.0.8",
    "langchain-community==0.4.1",
    "langchain-text-splitters==1.1.3",
    "llama-index-core==0.14.25",
    "llama-index-retrievers-bm25==0.8.0",
    "llama-index-vector-stores-faiss==0.7.0",
    "numpy",
    "opencc",
    "rank-bm25==0.2.2",
    "rjieba",
    "safetensors",
    "tokenizers",
    "txtai==9.14.0",
)
"""What the peers are; the last few are for the encoder that all share."""

PEERS = ("langchain", "txtai", "llamaindex")
MOST = 100_000
"""Documents up to which peers and floor are run: beyond they take hours and tens of gigabytes."""

COLUMNS: Mapping[str, tuple[str, str]] = {
    "build_s": ("build s", "{:.1f}"),
    "build_cpu": ("build cpu", "{:.1f}"),
    "build_mb": ("peak MB", "{:.0f}"),
    "disk_mb": ("disk MB", "{:.0f}"),
    "open_s": ("open s", "{:.2f}"),
    "open_mb": ("open MB", "{:.0f}"),
    "resident_mb": ("used MB", "{:.0f}"),
    "qps": ("q/s", "{:.1f}"),
    "p50_ms": ("p50 ms", "{:.2f}"),
    "p99_ms": ("p99 ms", "{:.2f}"),
    "cpu_ms": ("cpu ms", "{:.2f}"),
    "known_item": ("known", "{:.3f}"),
    "exact": ("exact", "{:.3f}"),
    "queries": ("queries", "{:.0f}"),
}


def install() -> None:
    """Make the environment of the peers, if it is not there as it should be."""
    mark, wanted = HOME / ".installed", "\n".join(PACKAGES)
    if mark.is_file() and mark.read_text("utf-8") == wanted:
        return
    print(f"installing the peers into {HOME}", file=sys.stderr)
    venv.create(HOME, with_pip=True)
    pip = [str(python("peer")), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES]
    subprocess.run(pip, check=True)  # noqa: S603 - our own list
    mark.write_text(wanted, "utf-8")


def python(system: str) -> Path:
    """The interpreter that runs ``system``."""
    return Path(sys.executable) if system == "ours" else HOME / "bin" / "python"


def child(system: str, *arguments: object) -> dict[str, Any]:
    """What eval.contest prints for these arguments. Raises ``CalledProcessError`` if it fails."""
    command = [str(python(system)), "-m", "eval.contest", system, *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore", "TOKENIZERS_PARALLELISM": "true"}
    environment["ALLOW_RESOLVE_TRANSFORM"] = "True"  # txtai asks for it: eval.contest.encode is named by a string
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT)  # noqa: S603
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def contest(
    documents: list[tuple[str, str]], size: int, systems: Sequence[str], asked: Sequence[tuple[str, str]], seed: int
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each of ``systems`` over ``size`` documents, as they come: its name, and what eval.contest tells of it."""
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        corpus, queries, exact = at / "corpus", at / "queries.json", at / "exact.json"
        corpora.write(corpus, documents, size, seed)
        queries.write_text(json.dumps(asked, ensure_ascii=False), "utf-8")
        for system in systems:
            (at / system).mkdir()
            built = child(system, "build", corpus, at / system)
            yield system, {**built, **child(system, "search", at / system, queries, exact)}


def kept(out: Path | None) -> dict[int, dict[str, dict[str, Any]]]:
    """What runs before wrote into the file ``out``, by size and system; nothing if there is no such file."""
    if out is None or not out.exists():
        return {}
    return {int(size): of for size, of in json.loads(out.read_text("utf-8")).items()}


def line(name: str, of: Mapping[str, Any]) -> str:
    """A row of the table."""
    cells = ((of.get(key), form) for key, (_, form) in COLUMNS.items())
    return f"{name:11}" + "".join(f"{'-' if value is None else form.format(value):>10}" for value, form in cells)


def header() -> str:
    """The names of the columns."""
    return f"{'':11}" + "".join(f"{called:>10}" for called, _ in COLUMNS.values())


def ratios(found: Mapping[str, Mapping[str, Any]]) -> Iterable[str]:
    """How many times as fast, small and light ours is, a line for each other system."""
    ours = found["ours"]
    for name, other in found.items():
        if name != "ours":
            times = {
                "queries a second": ours["qps"] / other["qps"],
                "build": other["build_s"] / ours["build_s"],
                "opening": other["open_s"] / ours["open_s"],
                "memory in use": other["resident_mb"] / ours["resident_mb"],
                "disk": other["disk_mb"] / ours["disk_mb"],
            }
            told = ", ".join(f"{what} x{by:.3g}" for what, by in times.items())
            yield f"ours against {name}: {told}; p50 {ours['p50_ms'] / other['p50_ms']:.3g} of its"
            yield f"  of the processor's time: queries x{other['cpu_ms'] / ours['cpu_ms']:.3g}, build x{other['build_cpu'] / ours['build_cpu']:.3g}"


def plot(found: Mapping[int, Mapping[str, Mapping[str, Any]]], path: Path) -> None:
    """Growth with the number of documents, a curve a system, into the file ``path`` as SVG, the same for the same figures."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    shown = {"p50_ms": "ms a query (p50)", "build_s": "s to build", "resident_mb": "MB in use", "disk_mb": "MB on disk"}
    figure = Figure(figsize=(10, 7), layout="constrained")
    for axes, (key, called) in zip(figure.subplots(2, 2).flat, shown.items(), strict=True):
        for system in dict.fromkeys(name for of in found.values() for name in of):
            points = [(size, of[system][key]) for size, of in sorted(found.items()) if system in of]
            axes.plot(*zip(*points, strict=True), marker="o", label=system)
        axes.set(xscale="log", yscale="log", xlabel="passages", ylabel=called)
        axes.grid(visible=True, alpha=0.3)
    figure.axes[0].legend()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "growth"}):
        figure.savefig(path, format="svg", metadata={"Date": None})


def main() -> None:
    """Run the contest that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, help="a .jsonl or .jsonl.gz file of documents with text")
    parser.add_argument("--sizes", type=int, nargs="+", help="numbers of documents; all of the corpus if left out")
    parser.add_argument("--systems", nargs="+", choices=("floor", "ours", *PEERS), default=["floor", "ours", *PEERS])
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--out",
        type=Path,
        help="where to write the figures (JSON), to those that are there, as they come; and the plot beside it (.svg)",
    )
    args = parser.parse_args()
    if {*args.systems} != {"ours"}:
        install()
    documents = corpora.documents(args.corpus)
    found = kept(args.out)
    for size in args.sizes or [len(documents)]:
        systems = [name for name in args.systems if name == "ours" or size <= MOST]
        print(f"{size:,} documents of {args.corpus.name}\n{header()}", flush=True)
        asked = corpora.fragments(documents, size, args.queries, args.seed)
        for system, told in contest(documents, size, systems, asked, args.seed):
            found.setdefault(size, {})[system] = told
            print(line(system, told), flush=True)
            if args.out:
                args.out.write_text(json.dumps(found, indent=1), "utf-8")
        print("\n".join(ratios(found[size])) if "ours" in found[size] else "", flush=True)
    if args.out:
        plot(found, args.out.with_suffix(".svg"))


if __name__ == "__main__":
    by_itself(main)
