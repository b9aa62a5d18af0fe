"""The report of a run: an HTML file that needs nothing else, a summary in Markdown, and JUnit XML.

Questions, answers, titles and errors are untrusted. All HTML comes from the templates in ``eval/assets`` with autoescaping
on; scripts and styles are named by their hashes in a content-security policy, so that no other runs even if one got in.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from eval import runs
from eval.measures import BY_NAME, GROUPS, JUDGED
from eval.plots import draw
from eval.records import Cited, Figure, Row, Run, Said
from eval.texts import TEXTS, ZH, Texts

ASSETS = Path(__file__).resolve().parent / "assets"

KEY_MEASURES = (
    "right",
    "facts_all",
    "refusal_recall",
    "wrongly_refused",
    "evidence_all@5",
    "citation_recall",
    "quotes_exact",
    "attributed",
    *(m.name for m in JUDGED),
    "crashed",
    "seconds",
)
"""The measures shown first."""

GROUP_MEASURES = ("right", "evidence_all@5", "citation_recall")
"""The measures shown by group."""

# Neither XML nor HTML may hold these, and half of a surrogate pair cannot be written at all.
_UNPRINTABLE = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MARKS = re.compile(r"([\\`*_{}\[\]<>|#~$])")

_TEMPLATES = Environment(
    loader=FileSystemLoader(ASSETS),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

Table = Mapping[tuple[str, str], Figure]
"""Figures by measure and group."""


def write(run: Run, folder: Path, language: str = "zh") -> None:
    """Write ``report.html``, ``summary.md`` and ``junit.xml`` into ``folder``, in place of those there."""
    told, texts = runs.summary(run), TEXTS[language]
    made = {
        "report.html": render(run, told, texts),
        "summary.md": markdown(run, told, texts),
        "junit.xml": junit(run),
    }
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def render(run: Run, told: Mapping[str, Any], texts: Texts) -> str:
    """The report as HTML. ``told`` is :func:`eval.runs.summary` of ``run``."""
    figures = runs.figures_of(told)
    page = template("report.html.jinja").render(
        texts=texts,
        made=run.made,
        rows=run.rows,
        began=when(run.made.began),
        headline=texts.headline(figures),
        figures=table(figures),
        groups=kinds(figures),
        key_measures=KEY_MEASURES,
        group_measures=GROUP_MEASURES,
        all_measures=tuple(BY_NAME),
        agreement=told.get("agreement", ()),
        plots=draw(run, told, texts),
        choices=_choices(run.rows, texts),
        generated=sum(row.generated for row in run.rows),
        css=asset("report.css"),
        js=asset("report.js"),
        policy=policy(scripts=True),
        outcome=outcome,
        missing=missing,
        pieces=pieces,
        citations=citations,
        plain=plain,
        lower=lower,
    )
    return printable(page)


def template(name: str) -> Any:
    """A template of :data:`ASSETS`, with autoescaping."""
    return _TEMPLATES.get_template(name)


def asset(name: str) -> str:
    """A style sheet or script of ours, to stand in a page as it is."""
    return (ASSETS / name).read_text("utf-8")


def policy(*, scripts: bool) -> str:
    """A content-security policy under which a page may use our style sheet and, if it has ``scripts``, our script alone."""
    rules = ["default-src 'none'", f"style-src {_source('report.css')}"]
    rules += [f"script-src {_source('report.js')}"] if scripts else []
    return "; ".join([*rules, "base-uri 'none'", "form-action 'none'"])


def _source(name: str) -> str:
    digest = hashlib.sha256((ASSETS / name).read_bytes()).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def printable(text: str) -> str:
    """``text`` with what neither XML nor UTF-8 may hold replaced by U+FFFD."""
    return _UNPRINTABLE.sub("�", text)


# --- what the templates are given ---------------------------------------------------------------


def when(began: str) -> str:
    """An ISO time to the minute, for people."""
    return began[:16].replace("T", " ")


def table(figures: Iterable[Figure]) -> Table:
    """Figures by measure and group."""
    return {(f.measure, f.group): f for f in figures}


def kinds(figures: Iterable[Figure]) -> dict[str, list[str]]:
    """The groups there are of each kind, in the order of the texts, without kinds that part nothing."""
    order = list(ZH.groups)
    groups = dict.fromkeys(f.group for f in figures)
    known = sorted(groups, key=lambda group: order.index(group) if group in order else len(order))
    found = {kind: [g for g in known if g.startswith(f"{kind}:")] for kind in GROUPS}
    return {kind: members for kind, members in found.items() if len(members) > 1}


def lower(measure: str) -> bool:
    """Whether less is better."""
    return BY_NAME[measure].better < 0


def outcome(row: Row) -> str:
    """How a case ended: ``right``, ``crashed``, ``wrong`` (in part or whole), ``refused`` or ``unrefused``, both wrongly."""
    if row.crash:
        return "crashed"
    if row.right:
        return "right"
    if not row.answerable:
        return "unrefused"
    return "refused" if row.refused else "wrong"


def missing(row: Row) -> list[str]:
    """Where evidence was lost on the way: ``unfound``, ``ungiven``, ``uncited``."""
    lost = {
        "unfound": any(e.rank is None for e in row.evidence),
        "ungiven": any(not e.given for e in row.evidence),
        "uncited": any(not e.cited for e in row.evidence),
    }
    return [name for name, true in lost.items() if true]


def pieces(said: Said) -> tuple[str, str, str]:
    """A sentence before its lead, its lead, and behind it; without one all is before."""
    start, end = said.lead or (len(said.text), len(said.text))
    return said.text[:start], said.text[start:end], said.text[end:]


def citations(row: Row) -> list[Cited]:
    """The citations of an answer, each once, by number."""
    found = {c.number: c for said in row.sentences for c in said.cited}
    return [found[number] for number in sorted(found)]


def plain(value: object) -> str:
    """A setting or the like in a table cell."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _choices(rows: Sequence[Row], texts: Texts) -> dict[str, list[tuple[str, str]]]:
    """The values to filter by, with their names, as far as there are rows of them."""
    found = {
        kind: [(value, texts.group(f"{kind}:{value}")) for value in dict.fromkeys(map(GROUPS[kind], rows))]
        for kind in ("type", "lang", "split")
    }
    ends = {outcome(row) for row in rows}
    if len(ends - {"right"}) > 1:
        ends.add("not_right")
    found["outcome"] = [(name, text) for name, text in texts.outcomes.items() if name in ends]
    return found


# --- Markdown and JUnit -------------------------------------------------------------------------


def markdown(run: Run, told: Mapping[str, Any], texts: Texts) -> str:
    """The figures of a run as Markdown."""
    figures, made = runs.figures_of(told), run.made
    by, names = table(figures), [name for name in BY_NAME if any(f.measure == name for f in figures)]

    def cell(measure: str, group: str) -> str:
        figure = by.get((measure, group))
        if figure is None:
            return texts.none
        return f"{texts.figure(figure)} ({texts.sure(figure)}; {texts.rests_on.format(n=figure.n)})"

    blocks = [
        f"# {texts.report} {_marked(made.id)}",
        ("" if texts.html_lang.startswith("zh") else " ").join(texts.headline(figures)),
        f"## {texts.all_measures}",
        _rows(
            (texts.measure_label, texts.value, texts.interval, texts.cases, texts.meaning),
            [
                (texts.measure(name), texts.figure(f), texts.sure(f), str(f.n), texts.about(name))
                for name in names
                if (f := by.get((name, "all")))
            ],
        ),
        f"## {texts.by_kind}",
        _rows(
            (texts.by_kind, *map(texts.measure, GROUP_MEASURES)),
            [
                (_marked(f"{texts.kinds[kind]}: {texts.group(group)}"), *(cell(name, group) for name in GROUP_MEASURES))
                for kind, members in kinds(figures).items()
                for group in members
            ],
        ),
        texts.interval_note,
        texts.rule_of_three,
    ]
    if agreement := told.get("agreement"):
        blocks += [
            f"## {texts.agreement}",
            _rows(
                (texts.judge_and_rule, texts.correlation, texts.interval, texts.cases),
                [
                    (
                        f"{texts.measure(a['mark'])} / {texts.measure(a['measure'])}",
                        texts.none if a["correlation"] is None else f"{a['correlation']:.2f}",
                        texts.none if a["low"] is None else f"{a['low']:.2f} – {a['high']:.2f}",
                        str(a["n"]),
                    )
                    for a in agreement
                ],
            ),
        ]
    if crashed := [row for row in run.rows if row.crash]:
        blocks += [
            f"## {texts.outcomes['crashed']}",
            "\n".join(f"- {_marked(row.qid)}: {_marked(row.query)}: {_marked(row.crash)}" for row in crashed),
        ]
    facts = {
        texts.began: texts.utc.format(date=when(made.began)),
        texts.duration: texts.time_of(made.seconds),
        texts.version: made.version,
        texts.cases_path: f"{made.cases.get('path')} ({made.cases.get('split')}, {len(run.rows)})",
        texts.cases_hash: plain(made.cases.get("sha256")),
        texts.index: plain(made.index.get("id")),
        texts.models: plain(dict(made.models)),
        texts.settings: plain(dict(made.settings)),
        texts.prompts: plain(dict(made.prompts)),
        texts.machine: plain(dict(made.machine)),
    }
    named = [(name, _marked(value)) for name, value in facts.items()]
    blocks += [f"## {texts.made_with}", _rows((texts.run, _marked(made.id)), named)]
    return printable("\n\n".join(blocks) + "\n")


def _rows(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _marked(text: str) -> str:
    """Untrusted text in one line of Markdown, none of its marks meant as such."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;"))


def junit(run: Run) -> str:
    """A test case a case, its class the kind of question; a wrong answer is a failure, a crash an error."""
    ends = [outcome(row) for row in run.rows]
    crashed = ends.count("crashed")
    counts = {
        "tests": str(len(ends)),
        "failures": str(len(ends) - ends.count("right") - crashed),
        "errors": str(crashed),
        "time": f"{sum(row.seconds for row in run.rows):.3f}",
    }
    root = ET.Element("testsuites", {"name": "rag eval", **counts})
    suite = ET.SubElement(
        root, "testsuite", {"name": run.made.id, **counts, "skipped": "0", "timestamp": run.made.began[:19]}
    )
    facts = {"index": run.made.index.get("id"), "version": run.made.version, "cases": run.made.cases.get("sha256")}
    properties = ET.SubElement(suite, "properties")
    for name, value in facts.items():
        ET.SubElement(properties, "property", {"name": name, "value": printable(plain(value))})
    for row, end in zip(run.rows, ends, strict=True):
        case = ET.SubElement(
            suite,
            "testcase",
            {
                "classname": printable(f"eval.{row.type}"),
                "name": printable(f"{row.qid} {row.query}"),
                "time": f"{row.seconds:.4f}",
            },
        )
        if end != "right":
            kind = "error" if end == "crashed" else "failure"
            told = ET.SubElement(case, kind, {"type": end, "message": printable(_why(row, end))})
            told.text = printable(f"question: {row.query}\nexpected: {row.wanted or 'a refusal'}\nanswer: {row.text}")
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _why(row: Row, end: str) -> str:
    """What is wrong with a case that is not right, in one line."""
    lost = [" / ".join(keys) for keys, held in zip(row.keys, row.held, strict=True) if not held]
    told = {
        "crashed": row.crash,
        "refused": "refused although the archive has an answer",
        "unrefused": f"answered although the archive has no answer ({row.lack})",
        "wrong": f"missing: {'; '.join(lost)}",
    }
    return " ".join(told[end].split())
