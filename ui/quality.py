"""How good the answers are: the last run of the evaluation at ``/quality``, and its whole report at ``/quality/report``.

Nothing is measured here. The page is made from a run's summary; the report is made anew from the run, never taken from
the file that may lie beside it, and both are served under policies that let no script run but the report's own.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from eval import report, runs
from eval.measures import BY_NAME
from eval.records import Figure
from eval.texts import TEXTS
from rag.errors import InputError
from ui import pages

if TYPE_CHECKING:
    from fastapi import FastAPI, Request, Response

    from rag.config import Settings
    from ui.turns import Asker

log = logging.getLogger(__name__)

PACKAGES = ("ir_measures", "matplotlib", "scipy")
"""What an evaluation and its report need beside the program; the page itself does without."""

_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class Last:
    """What the page says of a run. ``n`` is the number of cases, ``cases`` where they came from, ``index`` what was asked."""

    began: str
    n: int
    cases: str
    index: str
    headline: list[str]
    figures: report.Table
    groups: Mapping[str, list[str]]


def add(app: FastAPI, asker: Asker, settings: Settings) -> None:
    """Add both pages to ``app``, over the runs kept in ``settings.runs``."""
    kept = settings.runs

    def quality(request: Request) -> Response:
        return _page(kept, asker.index_id, pages.language(request, settings))

    def whole(request: Request) -> Response:
        language = pages.language(request, settings)
        if lacking():
            return _page(kept, asker.index_id, language, 503)
        try:
            found = runs.kept(kept)
            if not found:
                return _page(kept, asker.index_id, language, 404)
            with _one_at_a_time:
                text = _report(found[-1], (found[-1] / "rows.jsonl").stat().st_mtime_ns, language)
        except (InputError, OSError, ValueError, TypeError, KeyError) as error:
            log.warning("the last run cannot be shown: %s", error)
            return _page(kept, asker.index_id, language, 404)
        return _response(text, report.policy(scripts=True))

    app.add_route("/quality", quality, include_in_schema=False)
    app.add_route("/quality/report", whole, include_in_schema=False)


def lacking() -> list[str]:
    """The packages of the evaluation that are not installed."""
    return [package for package in PACKAGES if find_spec(package) is None]


def last(folder: Path, language: str) -> Last | None:
    """The last run kept in ``folder``, if there is any. Raises :class:`InputError` when it cannot be read."""
    found = runs.kept(folder)
    if not found:
        return None
    told = runs.read_summary(found[-1])
    try:
        figures = [_checked(f) for f in runs.figures_of(told) if f.measure in BY_NAME]
        made, cases = told["made"], told["made"]["cases"]
        return Last(
            began=report.when(str(made["began"])),
            n=int(cases["n"]),
            cases=f"{cases['path']} ({cases['split']})",
            index=str(made["index"]["id"]),
            headline=TEXTS[language].headline(figures),
            figures=report.table(figures),
            groups=report.kinds(figures),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{found[-1]}: not a run of this version ({error!r}); make a new one: rag eval") from None


def _checked(figure: Figure) -> Figure:
    """A figure whose numbers are numbers, though it was read from a file."""
    return Figure(
        figure.measure,
        str(figure.group),
        int(figure.n),
        float(figure.value),
        float(figure.low),
        float(figure.high),
    )


def _page(folder: Path, served: str, language: str, status: int = 200) -> Response:
    unreadable, found = False, None
    try:
        found = last(folder, language)
    except InputError as error:
        log.warning("the last run cannot be shown: %s", error)
        unreadable = True
    text = report.template("quality.html.jinja").render(
        texts=TEXTS[language],
        language=language,
        other=next(other for other in TEXTS if other != language),
        last=found,
        unreadable=unreadable,
        served=served,
        lacking=lacking(),
        key_measures=report.KEY_MEASURES,
        group_measures=report.GROUP_MEASURES,
        css=report.asset("report.css"),
        lower=report.lower,
    )
    return _response(report.printable(text), report.policy(scripts=False), status)


@lru_cache(maxsize=2)
def _report(folder: Path, changed: int, language: str) -> str:  # noqa: ARG001 - a run written anew is another one
    """The report of a run, kept for the next who asks for it. Raises :class:`InputError` when the run cannot be read."""
    run = runs.read(folder)
    return report.render(run, runs.summary(run), TEXTS[language])


def _response(text: str, policy: str, status: int = 200) -> Response:
    from fastapi.responses import HTMLResponse

    headers = {"content-security-policy": f"{policy}; frame-ancestors 'none'", "cache-control": "no-cache"}
    return HTMLResponse(text, status, headers)
