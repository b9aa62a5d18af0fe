"""Runs are kept: a folder each, with what it was made with, a row a case, and its figures.

``<folder>/<id>/`` holds ``run.json``, ``rows.jsonl``, ``summary.json`` and the reports made from them (eval.report).
"""

from __future__ import annotations

import json
import logging
import os
import platform
import re
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from urllib.parse import urlsplit

import rag
from eval.ask import Progress, Subject, ask_all
from eval.cases import Case, waits
from eval.cases import read as read_cases
from eval.measures import calibration, figures, recall_curve, risk
from eval.records import Figure, Made, Row, Run, from_json
from eval.stats import calibration_error, reliability
from rag.assistant import Assistant
from rag.config import ROOT, SECRETS, Settings
from rag.errors import InputError
from rag.types import sha256

log = logging.getLogger(__name__)

NAME = re.compile(r"[\w.-]{1,40}")
LAST = "last"
"""What the latest run is asked for by."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The cases to ask, the SHA-256 of what they were read from, and how many of the split wait for a person."""

    cases: tuple[Case, ...]
    sha256: str
    waiting: int


def chosen(path: Path, split: str = "all") -> Chosen:
    """The cases at ``path`` of one split, ``dev``, ``test`` or ``all``, without those that wait for a person.

    Raises :class:`InputError` when there is none.
    """
    cases, digest = read_cases(path)
    of_split = [case for case in cases if split in ("all", case.split)]
    found = tuple(case for case in of_split if not waits(case))
    waiting = len(of_split) - len(found)
    if not found and waiting:
        raise InputError(
            f"cases {path}: none of the split {split!r} to ask; {waiting} wait for a yes: rag eval confirm {path}"
        )
    if not found:
        raise InputError(f"cases {path}: none of {len(cases)} is of the split {split!r}; nothing would be measured")
    return Chosen(found, digest, waiting)


def prepare(folder: Path) -> None:
    """Make sure that runs can be kept in ``folder``, before anything is asked. Raises :class:`InputError`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=folder, prefix=".try"):
            pass
    except OSError as error:
        raise InputError(f"runs cannot be kept in {folder} ({error.strerror}); give another --runs folder") from None


def run(
    assistant: Assistant, path: Path, split: str = "all", name: str = "", progress: Progress = lambda *_: None
) -> Run:
    """Ask every case at ``path`` and return the run, not kept yet.

    Raises :class:`InputError` for a name or cases that cannot be used.
    """
    if name and (not NAME.fullmatch(name) or name == LAST):
        raise InputError(f"run name {name!r}: use at most 40 letters, digits, '.', '_' and '-', and not {LAST!r}")
    asked = chosen(path, split)
    begun, start = datetime.now(UTC), time.perf_counter()
    rows = tuple(ask_all(Subject.of(assistant, _pages(assistant)), asked.cases, progress))
    about = {
        "path": _shown(path),
        "sha256": asked.sha256,
        "split": split,
        "n": len(rows),
        "unconfirmed": asked.waiting,
        "generated": sum(row.generated for row in rows),
    }
    seconds = round(time.perf_counter() - start, 2)
    return Run(_made(assistant, about, name, begun, seconds), rows)


def _pages(assistant: Assistant) -> Sequence[Path]:
    """Where the pages of the open index are: those it was built from where that is known."""
    paths = assistant.store.manifest.paths
    return tuple(Path(p) for p in paths) if paths else assistant.settings.pages


def _shown(path: Path) -> str:
    """``path`` as it can be found again: relative to the checkout where it lies in it, else from the root."""
    whole = path.resolve()
    return str(whole.relative_to(ROOT)) if whole.is_relative_to(ROOT) else str(whole)


def _made(assistant: Assistant, cases: Mapping[str, Any], name: str, begun: datetime, seconds: float) -> Made:
    settings, manifest = assistant.settings, assistant.store.manifest
    models = {"encoder": assistant.encoder.name}
    if settings.llm:
        models["llm"] = settings.llm_model
    stamp = begun.strftime("%Y%m%d-%H%M%S")
    return Made(
        id=f"{stamp}-{name}" if name else stamp,
        name=name,
        began=begun.isoformat(timespec="seconds"),
        seconds=seconds,
        version=_version(),
        settings=_plain(settings),
        index={"id": assistant.store.index_id, "counts": dict(manifest.counts), "made": dict(manifest.made)},
        models=models,
        prompts={p.name: sha256(p.read_text("utf-8")) for p in sorted(settings.prompts.glob("*.txt"))},
        cases=cases,
        machine={"python": platform.python_version(), "system": platform.system(), "cores": os.cpu_count()},
    )


def _plain(settings: Settings) -> dict[str, Any]:
    """Settings as JSON types, without secrets."""
    plain: dict[str, Any] = settings.model_dump(mode="python", exclude=set(SECRETS))
    address = urlsplit(str(plain["llm_base_url"]))
    # Whoever put a password into the address did not mean it to be kept.
    plain["llm_base_url"] = address._replace(netloc=address.netloc.rpartition("@")[2], query="", fragment="").geturl()
    plain["store"] = settings.store if isinstance(settings.store, Path) else str(settings.store)
    plain["pages"] = [_shown(page) for page in plain["pages"]]
    return {name: _shown(value) if isinstance(value, Path) else value for name, value in plain.items()}


def _version() -> str:
    """The program's version, with the commit and whether there are changes on top, where git knows."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        return rag.__version__
    told = subprocess.run(  # noqa: S603 - a fixed command
        [git, "-C", str(ROOT), "describe", "--always", "--dirty", "--exclude", "*"],
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    return f"{rag.__version__}+{told.stdout.strip()}" if told.returncode == 0 else rag.__version__


def summary(run: Run) -> dict[str, Any]:
    """A run in figures, as JSON types: what it was made with, every figure, and the curves of the report."""
    curve, rows = risk(run.rows), run.rows
    curves: dict[str, Any] = {"recall": [asdict(f) for f in recall_curve(rows)], "reliability": {}}
    if curve:
        curves["risk_coverage"] = asdict(curve)
    for name, english in (("zh", False), ("en", True)):
        sure, true = calibration(rows, english=english)
        if sure:
            table = reliability(sure, true)
            curves["reliability"][name] = {
                "bins": [asdict(b) for b in table],
                "error": calibration_error(table),
                "n": len(sure),
            }
    told = {"made": run.made.to_json(), "figures": [asdict(f) for f in figures(rows)], "curves": curves}
    if any(row.judged for row in rows):
        from eval.judge import agreement

        told["agreement"] = [asdict(a) for a in agreement(rows)]
    return told


def figures_of(told: Mapping[str, Any]) -> list[Figure]:
    """The figures of a :func:`summary`."""
    return [from_json(Figure, json.dumps(f)) for f in told["figures"]]


def keep(run: Run, folder: Path) -> Path:
    """Write ``run`` into a new folder below ``folder`` and return it; whole or not at all."""
    prepare(folder)
    aside = folder / f".{run.made.id}.{os.getpid()}"
    aside.mkdir()
    try:
        _write(aside / "run.json", run.made.to_json())
        with (aside / "rows.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row.to_json(), ensure_ascii=False) + "\n" for row in run.rows)
        _write(aside / "summary.json", summary(run))
        kept = folder / run.made.id
        for n in range(2, 1000):
            try:
                aside.rename(kept)
                break
            except OSError:
                kept = folder / f"{run.made.id}.{n}"
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return kept


def _write(path: Path, data: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def kept(folder: Path) -> list[Path]:
    """The folders of whole runs, oldest first; one that cannot be read is passed over with a warning."""
    found = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith(".") or not (path / "summary.json").is_file():
            continue
        try:
            found.append((_read_made(path).began, path.name, path))
        except InputError as error:
            log.warning("passed over: %s", error)
    return [path for *_, path in sorted(found)]


def find(name: str, folder: Path) -> Path:
    """A kept run: by its folder, its id, the beginning of its id, its name, or ``last``.

    Raises :class:`InputError` when there is none or more than one.
    """
    if (Path(name) / "run.json").is_file():
        return Path(name)
    runs = kept(folder)
    if name == LAST and runs:
        return runs[-1]
    exact = [p for p in runs if p.name == name]
    named = exact or [p for p in runs if p.name.startswith(name) or _read_made(p).name == name]
    if len(named) == 1:
        return named[0]
    if named:
        raise InputError(f"run {name!r}: there are {len(named)} of that name; give the whole id: rag eval list")
    raise InputError(
        f"run {name!r}: not among the {len(runs)} runs in {folder}; see rag eval list, or make one: rag eval"
    )


def _read_made(folder: Path) -> Made:
    path = folder / "run.json"
    try:
        return from_json(Made, path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: {_unlike(error)}") from None


def _unlike(error: Exception) -> str:
    return f"not a kept run of this version ({' '.join(str(error).split())[:120]}); make a new one: rag eval"


def read(folder: Path) -> Run:
    """The run in ``folder``. Raises :class:`InputError` when it is not whole."""
    made = _read_made(folder)
    try:
        lines = (folder / "rows.jsonl").read_text(encoding="utf-8").split("\n")
        rows = tuple(from_json(Row, line) for line in lines if line)
    except (OSError, ValueError) as error:
        raise InputError(f"{folder}: {_unlike(error)}") from None
    if not rows or len(rows) != made.cases.get("n"):
        raise InputError(
            f"{folder}: holds {len(rows)} of {made.cases.get('n')} rows, not a whole run; make a new one: rag eval"
        )
    return Run(made, rows)


def read_summary(folder: Path) -> dict[str, Any]:
    """The summary of the run in ``folder``. Raises :class:`InputError` when it cannot be read."""
    path = folder / "summary.json"
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        from_json(Made, json.dumps(told["made"]))
        found = figures_of(told)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise InputError(f"{path}: {_unlike(error)}") from None
    if not found:
        raise InputError(f"{path}: holds no figure; make a new run: rag eval")
    return dict(told)
