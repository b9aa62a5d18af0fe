"""The plots of a report, as SVG elements to stand in an HTML page. Home of matplotlib.

Words never go through matplotlib, which has no font with Chinese characters: it is given placeholders of about their
width, which are replaced in the SVG it makes. Nor do colours: they become classes, for the page to colour by its scheme.
No styles are left in the SVG, so that a page may forbid them in elements.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import numpy as np

from eval.records import Figure, Run
from eval.texts import Texts

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH = 320.0
"""Width of a plot, in SVG units: about the pixels of a phone, where it is not scaled."""
FONT = 11.0
BINS = 24
"""Bars of the distribution of times."""

COLOURS = {name: f"#0a0b{n:02x}" for n, name in enumerate(("ink", "soft", "rule", "one", "two", "three", "four"), 1)}
"""What a colour is called while matplotlib works with it."""
_CLASSES = {value: name for name, value in COLOURS.items()}
_SERIES = (("one", "o", "-"), ("two", "s", "--"), ("three", "^", ":"), ("four", "D", "-."))
"""Colour, mark and line of a series; each alone tells it from the others."""

_ATTRIBUTES = {"opacity", "font-size", "text-anchor"}
_ATTRIBUTES |= {f"stroke-{name}" for name in ("width", "opacity", "linejoin", "linecap", "dasharray", "dashoffset")}
_ATTRIBUTES |= {"fill-opacity", "fill-rule"}
_LOCAL = re.compile(r"url\(#([^)]+)\)")


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot by its name; ``svg`` is empty where there was nothing to draw."""

    name: str
    svg: str


@dataclass(slots=True)
class _Sheet:
    """One drawing in the making: its axes, the words that placeholders stand for, and what is told to those who see none."""

    axes: Axes
    texts: Texts
    words: dict[str, str] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)

    def word(self, text: str) -> str:
        """A placeholder for ``text``, about as wide."""
        width = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
        token = f"w{len(self.words)}".ljust(round(0.9 * width), "x")
        self.words[token] = text
        return token


def draw(run: Run, told: Mapping[str, Any], texts: Texts) -> tuple[Plot, ...]:
    """Every plot of ``run``, whose summary (:func:`eval.runs.summary`) is ``told``."""
    curves = told["curves"]
    figures = [Figure(**f) for f in told["figures"]]
    rows = run.rows
    kinds = [f for f in figures if f.measure == "right" and (f.group == "all" or f.group.startswith("type:"))]
    recall = [Figure(**f) for f in curves["recall"]]
    stages = {name: [r.stages[name] for r in rows if name in r.stages] for name in texts.stages}
    stages = {name: seconds for name, seconds in stages.items() if seconds}
    times = [row.seconds for row in rows if not row.crash]
    made: tuple[tuple[str, float, Callable[[_Sheet], None] | None], ...] = (
        ("recall", 250, (lambda s: _recall(s, recall)) if recall else None),
        ("kinds", 64 + 21 * len(kinds), (lambda s: _kinds(s, kinds)) if kinds else None),
        (
            "reliability",
            290,
            (lambda s: _reliability(s, curves["reliability"])) if curves["reliability"] else None,
        ),
        (
            "risk_coverage",
            250,
            (lambda s: _risk(s, curves["risk_coverage"])) if "risk_coverage" in curves else None,
        ),
        ("latency", 230, (lambda s: _latency(s, times)) if times else None),
        ("stages", 90 + 24 * len(stages), (lambda s: _stages(s, stages)) if stages else None),
    )
    return tuple(Plot(name, _svg(name, height, paint, texts) if paint else "") for name, height, paint in made)


def _svg(name: str, height: float, paint: Callable[[_Sheet], None], texts: Texts) -> str:
    import matplotlib as mpl
    from matplotlib.figure import Figure as Canvas

    ink, soft = COLOURS["ink"], COLOURS["soft"]
    look: dict[Any, Any] = {
        "svg.fonttype": "none",
        "svg.hashsalt": name,
        "text.parse_math": False,
        "font.family": ["DejaVu Sans"],
        "font.size": FONT,
        "text.color": ink,
        "axes.labelcolor": soft,
        "axes.edgecolor": soft,
        "axes.facecolor": "none",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": COLOURS["rule"],
        "grid.linewidth": 0.8,
        "xtick.color": soft,
        "ytick.color": soft,
        "xtick.labelcolor": ink,
        "ytick.labelcolor": ink,
        "legend.frameon": False,
        "legend.labelcolor": ink,
        "lines.linewidth": 1.6,
        "figure.facecolor": "none",
        "savefig.facecolor": "none",
    }
    with mpl.rc_context(look):
        canvas = Canvas(figsize=(WIDTH / 72, height / 72), layout="constrained")
        sheet = _Sheet(canvas.add_subplot(), texts)
        paint(sheet)
        file = io.BytesIO()
        canvas.savefig(file, format="svg", metadata={"Date": None})
    return _inline(file.getvalue(), name, texts.plot_titles[name], sheet)


def _percent(axis: Any) -> None:
    axis.set_major_formatter(lambda value, _: f"{100 * value:.0f}%")


def _recall(sheet: _Sheet, figures: Sequence[Figure]) -> None:
    axes, texts = sheet.axes, sheet.texts
    groups = list(dict.fromkeys(f.group for f in figures))
    for n, (group, (colour, mark, line)) in enumerate(zip(groups, _SERIES, strict=False)):
        points = sorted((int(f.measure.partition("@")[2]), f) for f in figures if f.group == group)
        cuts = np.array([k for k, _ in points])
        found = np.array([f.value for _, f in points])
        spread = np.array([[f.value - f.low for _, f in points], [f.high - f.value for _, f in points]])
        label = f"{texts.group(group)} ({points[0][1].n})"
        axes.errorbar(
            cuts + 0.14 * (n - (len(groups) - 1) / 2),  # side by side, so that none hides another
            found,
            yerr=np.maximum(spread, 0),
            color=COLOURS[colour],
            marker=mark,
            markersize=4,
            linestyle=line,
            elinewidth=1,
            label=sheet.word(label),
        )
        sheet.told.append(f"{label}: " + ", ".join(f"{k} {100 * f.value:.0f}%" for k, f in points))
    axes.set_xticks(cuts)
    axes.grid(visible=False, axis="x")
    axes.set_ylim(min(0.5, min(f.low for f in figures) - 0.02), 1.02)
    _percent(axes.yaxis)
    axes.set_xlabel(sheet.word(texts.k))
    axes.set_ylabel(sheet.word(texts.recall))
    axes.legend(loc="lower right")


def _kinds(sheet: _Sheet, figures: Sequence[Figure]) -> None:
    axes, texts = sheet.axes, sheet.texts
    order = list(texts.groups)
    figures = sorted(figures, key=lambda f: order.index(f.group) if f.group in order else len(order))
    labels = [f"{texts.group(f.group)} ({f.n})" for f in figures]
    for place, figure in enumerate(figures):
        colour = COLOURS["one" if figure.group == "all" else "two"]
        axes.plot([figure.low, figure.high], [place, place], color=colour, linewidth=2.4, solid_capstyle="round")
        axes.plot([figure.value], [place], color=colour, marker="D" if figure.group == "all" else "o", markersize=6)
        sheet.told.append(f"{labels[place]}: {texts.figure(figure)}, {texts.sure(figure)}")
    axes.set_yticks(range(len(figures)), [sheet.word(label) for label in labels])
    axes.set_ylim(len(figures) - 0.4, -0.6)
    axes.set_xlim(-0.02, 1.02)
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    _percent(axes.xaxis)
    axes.set_xlabel(sheet.word(texts.share_right))


def _reliability(sheet: _Sheet, tables: Mapping[str, Any]) -> None:
    axes, texts = sheet.axes, sheet.texts
    axes.plot([0, 1], [0, 1], color=COLOURS["soft"], linestyle="--", linewidth=1, label=sheet.word(texts.diagonal))
    most = max(b["n"] for table in tables.values() for b in table["bins"])
    for (language, table), (colour, mark, line) in zip(tables.items(), _SERIES, strict=False):
        said, seen = [b["said"] for b in table["bins"]], [b["seen"] for b in table["bins"]]
        error = texts.error.format(error=f"{table['error']:.2f}")
        label = f"{texts.group(f'lang:{language}')} ({table['n']}), {error}"
        axes.plot(said, seen, color=COLOURS[colour], linestyle=line, marker=mark, markersize=3, label=sheet.word(label))
        sizes = [16 + 160 * b["n"] / most for b in table["bins"]]
        axes.scatter(said, seen, s=sizes, marker=mark, color=COLOURS[colour], alpha=0.45, linewidths=0)
        points = ", ".join(f"{100 * b['said']:.0f}% → {100 * b['seen']:.0f}% ({b['n']})" for b in table["bins"])
        sheet.told.append(f"{label}: {points}")
    axes.set_xlim(-0.03, 1.03)
    axes.set_ylim(-0.05, 1.05)
    _percent(axes.xaxis)
    _percent(axes.yaxis)
    axes.set_xlabel(sheet.word(texts.said_probability))
    axes.set_ylabel(sheet.word(texts.seen_share))
    # Above the axes: points may be anywhere in them.
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2)


def _risk(sheet: _Sheet, curve: Mapping[str, Any]) -> None:
    axes, texts = sheet.axes, sheet.texts
    coverage, risk = curve["coverage"], curve["risk"]
    axes.plot(coverage, risk, color=COLOURS["two"])
    axes.plot([coverage[-1]], [risk[-1]], color=COLOURS["one"], marker="o", markersize=7)
    now = texts.operating_point.format(coverage=f"{100 * coverage[-1]:.0f}%", risk=f"{100 * risk[-1]:.0f}%")
    sheet.told.append(now)
    axes.set_title(sheet.word(now), loc="right", fontsize=FONT, color=COLOURS["one"], pad=4)
    axes.set_xlim(0, 1.02)
    axes.set_ylim(0, max(0.1, 1.15 * max(risk)))
    _percent(axes.xaxis)
    _percent(axes.yaxis)
    axes.set_xlabel(sheet.word(texts.coverage))
    axes.set_ylabel(sheet.word(texts.risk))


def _log_ticks(axes: Axes, low: float, high: float) -> None:
    """Milliseconds at 1, 2, 5, 10 ... in and around the range, written out."""
    steps = [base * 10.0**power for power in range(-2, 7) for base in (1, 2, 5)]
    inside = [step for step in steps if low <= step <= high] or [float(f"{low:.1g}")]
    # A few of them, evenly: numbers side by side must not touch.
    inside = inside[:: 1 + (len(inside) - 1) // 8]
    axes.set_xscale("log")
    axes.set_xticks(inside, [f"{step:g}" for step in inside])
    axes.set_xticks([], minor=True)
    axes.set_xlim(low, high)


def _latency(sheet: _Sheet, seconds: Sequence[float]) -> None:
    from matplotlib.ticker import MaxNLocator

    axes, texts = sheet.axes, sheet.texts
    times = np.maximum(np.asarray(seconds, np.float64) * 1000, 0.01)
    low, high = times.min() / 1.15, times.max() * 1.15
    axes.hist(times, bins=np.geomspace(low, high, BINS + 1).tolist(), color=COLOURS["two"], alpha=0.6, linewidth=0)
    for share, text, line, colour in ((50, texts.median, "-", "one"), (95, texts.percentile, "--", "three")):
        at = float(np.percentile(times, share))
        label = text.format(time=texts.time_of(at / 1000))
        sheet.told.append(label)
        axes.axvline(at, color=COLOURS[colour], linestyle=line, label=sheet.word(label))
    _log_ticks(axes, low, high)
    axes.grid(visible=False, axis="x")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel(sheet.word(texts.time))
    axes.set_ylabel(sheet.word(texts.number_of_cases))
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2, ncols=2)


def _stages(sheet: _Sheet, stages: Mapping[str, Sequence[float]]) -> None:
    axes, texts = sheet.axes, sheet.texts
    most = 0.1
    for place, (name, seconds) in enumerate(stages.items()):
        middle, slow = np.percentile(np.asarray(seconds) * 1000, [50, 95]).tolist()
        most = max(most, slow)
        axes.plot([middle, slow], [place, place], color=COLOURS["two"], linewidth=2.4, solid_capstyle="round")
        axes.plot([middle], [place], color=COLOURS["two"], marker="o", markersize=6)
        label = f"{texts.time_of(middle / 1000)} – {texts.time_of(slow / 1000)}"
        axes.annotate(
            sheet.word(label), (slow, place), (8, 0), textcoords="offset points", va="center", fontsize=FONT - 1
        )
        sheet.told.append(f"{texts.stages[name]}: {label}")
    axes.set_yticks(range(len(stages)), [sheet.word(texts.stages[name]) for name in stages])
    axes.set_ylim(len(stages) - 0.4, -0.6)
    axes.set_xlim(-0.02 * most, 1.7 * most)  # with room for the times written beside
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(sheet.word(texts.time))


# --- from a file of its own to an element of a page ---------------------------------------------


def _inline(file: bytes, name: str, title: str, sheet: _Sheet) -> str:
    """The drawing as one element with a title and a description, its ids its own, its styles classes and attributes."""
    drawn = ET.fromstring(file)  # noqa: S314 - matplotlib has just written it
    view = drawn.get("viewBox", "")
    svg = ET.Element("svg", {"class": "plot", "viewBox": view, "role": "img", "aria-labelledby": f"{name}-t {name}-d"})
    ET.SubElement(svg, "title", {"id": f"{name}-t"}).text = title
    ET.SubElement(svg, "desc", {"id": f"{name}-d"}).text = "\n".join(sheet.told)
    svg.extend(copy for child in drawn if (copy := _copy(child, name, sheet.words)) is not None)
    return ET.tostring(svg, encoding="unicode")


def _copy(element: ET.Element, name: str, words: Mapping[str, str]) -> ET.Element | None:
    tag = element.tag.rpartition("}")[2]
    if tag in {"metadata", "style"}:
        return None
    attributes: dict[str, str] = {}
    classes = []
    for key, value in element.attrib.items():
        short = key.rpartition("}")[2]
        if short == "style":
            found, named = _unstyled(value)
            attributes |= found
            classes += named
        elif short == "id":
            # matplotlib names groups for those who edit the drawing; only what is referred to needs an id here.
            if tag != "g":
                attributes["id"] = f"{name}-{value}"
        elif short == "href":
            attributes["href"] = f"#{name}-{value.removeprefix('#')}"
        else:
            attributes[short] = " ".join(_LOCAL.sub(rf"url(#{name}-\1)", value).split())
    if classes:
        attributes["class"] = " ".join(classes)
    copy = ET.Element(tag, attributes)
    text = (element.text or "").strip()
    copy.text = words.get(text, text) or None
    copy.extend(kept for child in element if (kept := _copy(child, name, words)) is not None)
    return copy


def _unstyled(style: str) -> tuple[dict[str, str], list[str]]:
    """A ``style`` as presentation attributes and classes (``f-ink`` fills, ``s-ink`` strokes)."""
    attributes: dict[str, str] = {}
    classes = []
    for rule in style.split(";"):
        key, _, value = (part.strip() for part in rule.partition(":"))
        if key in {"fill", "stroke"} and value in _CLASSES:
            classes.append(f"{key[0]}-{_CLASSES[value]}")
        elif key in {"fill", "stroke"}:
            attributes[key] = value
        elif key in _ATTRIBUTES:
            attributes[key] = value.removesuffix("px")
    return attributes, classes
