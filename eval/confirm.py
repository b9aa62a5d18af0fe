"""Go through generated cases in the terminal: a person says yes, no, or puts the question better.

Every decision is written at once, by replacing the whole file, so that Ctrl-C or a crash loses nothing. What is turned down
goes to ``<file>.rejected.jsonl`` beside it and can be taken back.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from eval.cases import REJECTED, Case, load, to_json, waits
from eval.metrics import holds_key
from eval.texts_cases import TEXTS, WHY, ConfirmTexts
from eval.visible import unprintable, visible
from rag.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

Read = Callable[[str], str]
"""Shows a prompt and gives the line typed; raises ``EOFError`` or ``KeyboardInterrupt`` as ``input`` does."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a sitting came to. ``left`` cases still wait."""

    confirmed: int
    rejected: int
    left: int


@dataclass
class _Files:
    """The lines of the case file and of the one beside it with what was turned down, as they are on disk."""

    path: Path
    lines: list[str]
    rejected: list[str]

    @property
    def beside(self) -> Path:
        return self.path.with_name(self.path.name + REJECTED)

    def write(self, lines: list[str], rejected: list[str]) -> None:
        """Replace both. What moves is written where it goes before it is taken from where it was."""
        if _lines(self.path) != self.lines or _lines(self.beside) != self.rejected:
            raise InputError(f"cases {self.path}: changed by another program meanwhile; start again to go on with it")
        first, last = (self.beside, rejected, self.rejected), (self.path, lines, self.lines)
        if len(rejected) < len(self.rejected):
            first, last = last, first
        for path, new, old in (first, last):
            if new != old:
                _replace(path, new)
        self.lines, self.rejected = lines, rejected


def _lines(path: Path) -> list[str]:
    """The lines of a file, none if it is not there. Raises :class:`InputError` if it cannot be read."""
    try:
        return path.read_bytes().decode("utf-8").split("\n") if path.exists() else []
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cases {path}: cannot be read ({error}); check the path") from None


def _replace(path: Path, lines: Sequence[str]) -> None:
    """Put ``lines`` in place of the file, whole or not at all."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if not lines:  # there was none before
            path.unlink()
            return
        with aside.open("w", encoding="utf-8", newline="\n") as file:
            file.write("\n".join(lines))
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise InputError(f"cases {path}: cannot be written ({error.strerror}); check the folder") from None


@dataclass
class _Sitting:
    """Where a sitting stands: the cases that waited, what was decided about which, and how to go back.

    ``steps`` hold for each change the number of its case, the case and the lines of both files before it.
    """

    files: _Files
    cases: list[Case]
    decided: dict[int, str] = field(default_factory=dict)
    steps: list[tuple[int, Case, list[str], list[str]]] = field(default_factory=list)

    def change(self, at: int, new: Case | None, decision: str = "") -> None:
        """Write case ``at`` anew, or move it out if ``new`` is ``None``; ``decision`` is ``y``, ``n`` or empty for neither."""
        files, old = self.files, self.cases[at]
        line = next(n for n, text in enumerate(files.lines) if text.strip() and json.loads(text)["qid"] == old.qid)
        before = (at, old, files.lines, files.rejected)
        if new is None:
            ended = files.rejected if files.rejected[-1:] in ([], [""]) else [*files.rejected, ""]
            files.write(files.lines[:line] + files.lines[line + 1 :] or [""], [*ended[:-1], files.lines[line], ""])
        else:
            told = json.dumps(to_json(new), ensure_ascii=False)
            files.write([*files.lines[:line], told, *files.lines[line + 1 :]], files.rejected)
            self.cases[at] = new
        self.steps.append(before)
        if decision:
            self.decided[at] = decision

    def undo(self) -> int | None:
        """Take back the last change and give the number of its case; ``None`` if there was none."""
        if not self.steps:
            return None
        at, case, lines, rejected = self.steps[-1]
        self.files.write(lines, rejected)
        self.steps.pop()
        self.cases[at] = case
        self.decided.pop(at, None)
        return at


def confirm(  # noqa: PLR0913 - where from, how to show and to ask, and in which language
    path: Path,
    articles: Mapping[str, Sequence[str]],
    console: Console,
    read: Read,
    *,
    language: str = "zh",
    rules: bool = False,
) -> Outcome:
    """Ask about every case of the file ``path`` that waits for a person, in its order.

    With ``rules`` those made by rule are gone through as well, which wait for nobody. ``articles`` are paragraphs by
    article, as :func:`eval.cases.by_page` gives them.
    Raises :class:`InputError` for a file that holds no cases, and for one that changes meanwhile.
    """
    path = path.resolve()  # a link stays a link: what it leads to is replaced
    if path.is_dir():
        raise InputError(f"cases {path}: this is a folder; give one file of cases")
    cases = load(path)
    texts = TEXTS[language]
    beside = _lines(path.with_name(path.name + REJECTED))
    sitting = _Sitting(_Files(path, _lines(path), beside), [case for case in cases if _is_due(case, rules=rules)])
    at = 0
    try:
        while 0 <= at < len(sitting.cases):
            _show(sitting.cases[at], articles, console, texts, f"{at + 1}/{len(sitting.cases)}")
            at = _asked(sitting, at, console, read, language)
    except (EOFError, KeyboardInterrupt):
        console.print()
        _say(console, texts.stopped)
    decisions = list(sitting.decided.values())
    outcome = Outcome(decisions.count("y"), decisions.count("n"), len(sitting.cases) - len(decisions))
    _say(console, texts.done.format(confirmed=outcome.confirmed, rejected=outcome.rejected, left=outcome.left))
    return outcome


def _is_due(case: Case, *, rules: bool) -> bool:
    return waits(case) or (rules and case.made is not None and not case.made.confirmed)


def _asked(sitting: _Sitting, at: int, console: Console, read: Read, language: str) -> int:
    """Ask what to do about case ``at`` until something is done; the number of the case to show next, -1 to stop."""
    texts, case = TEXTS[language], sitting.cases[at]
    while True:
        match read(texts.choose).strip().lower():
            case "y":
                today = datetime.now(UTC).astimezone().date().isoformat()
                made = replace(case.made, confirmed=today) if case.made else None
                sitting.change(at, replace(case, made=made), "y")
                _say(console, texts.confirmed)
                return at + 1
            case "n":
                sitting.change(at, None, "n")
                _say(console, texts.rejected.format(file=sitting.files.beside.name))
                return at + 1
            case "e":
                if _edited(sitting, at, console, read, language):
                    return at
            case "s":
                return at + 1
            case "u":
                back = sitting.undo()
                _say(console, texts.nothing_undone if back is None else texts.undone)
                if back is not None:
                    return back
            case "q":
                return -1
            case _:
                _say(console, texts.again)


def _edited(sitting: _Sitting, at: int, console: Console, read: Read, language: str) -> bool:
    """Ask for a better question; whether there is one. The case keeps its id, so that it stays in its split."""
    texts, case = TEXTS[language], sitting.cases[at]
    query = read(texts.edit).strip()
    if not query:
        return False
    key = next((key for keys in case.answer_keys for key in keys if holds_key(query, key)), "")
    if key or unprintable(query):
        _say(console, texts.unusable.format(why=WHY["key" if key else "control"][language].format(key=key)))
        return False
    sitting.change(at, replace(case, query=query))
    _say(console, texts.edited)
    return True


# --- what is shown ------------------------------------------------------------------------------


def _say(console: Console, text: str) -> None:
    console.print(visible(text), markup=False, highlight=False)


def _show(case: Case, articles: Mapping[str, Sequence[str]], console: Console, texts: ConfirmTexts, place: str) -> None:
    """The case and its evidence, each quote marked in its paragraph."""
    from rich.text import Text

    def field_(name: str, text: str) -> None:
        console.print(Text.assemble((f"{name}  ", "bold"), visible(text)))

    console.print()
    console.rule(f"{place} · {visible(case.qid)}", style="dim")
    field_(texts.question, case.query)
    if case.answerable:
        field_(texts.answer, case.answer)
        field_(texts.keys, " + ".join(" / ".join(keys) for keys in case.answer_keys))
    else:
        field_(texts.answer, texts.unanswerable.format(note=case.note))
    for evidence in case.evidence:
        field_(texts.evidence, f"{evidence.article} ¶{evidence.paragraph + 1}")
        paragraphs = articles.get(evidence.article, ())
        paragraph = paragraphs[evidence.paragraph] if 0 <= evidence.paragraph < len(paragraphs) else ""
        if evidence.quote not in paragraph:
            _say(console, texts.elsewhere)
            paragraph = evidence.quote
        console.print(_marked(paragraph, evidence.quote))


def _marked(paragraph: str, quote: str) -> Text:
    """``paragraph`` with ``quote`` in brackets, and reversed where the terminal can."""
    from rich.text import Text

    before, _, behind = paragraph.partition(quote)
    return Text.assemble(visible(before), (f"⟦{visible(quote)}⟧", "reverse"), visible(behind))
