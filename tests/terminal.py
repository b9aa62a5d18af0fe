"""How a run of the command line ended, and what an error looks like."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Ended:
    """How a run of :func:`ui.cli.main` ended."""

    code: int
    out: str
    err: str


def one_line(ended: Ended, code: int, *says: str) -> None:
    """Nothing but one line that says ``says``, and the exit code."""
    assert ended.code == code, ended.err
    assert ended.out == ""
    assert ended.err.startswith("rag: ")
    assert ended.err.count("\n") == 1
    for words in says:
        assert words in ended.err
