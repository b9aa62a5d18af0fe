"""Tables of what named cues are worth: one line each, ``NAME<tab>points``; lines with # say how they were found."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TypeVar

_Cue = TypeVar("_Cue", bound=StrEnum)


def read(path: Path, kind: type[_Cue]) -> dict[_Cue, float]:
    """The points of every cue of ``kind``. Raises ``ValueError`` if the table lacks one, or has one that is none."""
    rows = (line.split("\t") for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#"))
    table = {name: float(value) for name, value in rows}
    if differs := set(table) ^ {cue.name for cue in kind}:
        raise ValueError(f"{path.name}: cues and points differ in {', '.join(sorted(differs))}")
    return {cue: table[cue.name] for cue in kind}


def write(path: Path, worth: dict[_Cue, float]) -> None:
    """Write ``worth``, keeping the comments at the head of the file."""
    head = [line for line in path.read_text("utf-8").splitlines() if line.startswith("#")]
    rows = [f"{cue.name}\t{value:.2f}" for cue, value in worth.items()]
    path.write_text("\n".join([*head, *rows]) + "\n", "utf-8")
