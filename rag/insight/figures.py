"""Figures of many places: each with its unit, what it counts, when, where, and the sentence; never added up.

Reports that give other figures for one thing in one place and time stand next to each other, and are marked.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rag.answer.asked.units import UNIT
from rag.answer.rules.alike import known
from rag.answer.rules.governed import counted
from rag.insight import cells, timeline
from rag.insight.reports import ABOUT, Report, share
from rag.types import Column, Row
from rag.zh import normalise

if TYPE_CHECKING:
    from rag.answer.asked.sought import Sought
    from rag.answer.cite import Numberer
    from rag.insight.reports import Term

COLUMNS = (Column.NUMBER, Column.MEASURE, Column.SUBJECT, Column.PERIOD, Column.PLACE, Column.SENTENCE)

ASKED_FOR, SURELY = 0.2, 0.4
"""How well a figure must fit what is asked for (see :mod:`rag.answer.rules.governed.counted`): in a sentence on the practice, and right behind one."""

SUBJECT_LENGTH = 40
"""Characters shown of what a figure counts."""

_MARKS = "，,；;。：:"
_PARTS = re.compile(rf"(?P<number>.*?)\s*(?P<unit>{UNIT})?")


@dataclass(frozen=True, slots=True)
class _Figure:
    """A row with what tells whether another is of the same: where, in what unit, how it is called, when."""

    row: Row
    of: tuple[str, ...]
    number: str
    article: str


def rows(found: Sequence[Report], sought: Sought, terms: Sequence[Term], number: Numberer) -> list[Row]:
    """The figures that ``found`` give of what is ``sought``, report by report; those that differ side by side."""
    groups: defaultdict[tuple[str, ...], list[_Figure]] = defaultdict(list)
    for report in found:
        for figure in _figures(report, sought, terms, number):
            groups[figure.of].append(figure)
    return [row for group in groups.values() for row in _marked(group)]


def _marked(group: Sequence[_Figure]) -> list[Row]:
    """Figures of one thing, marked where one report gives another than the next does."""
    by_article: defaultdict[str, set[str]] = defaultdict(set)
    for figure in group:
        by_article[figure.article].add(figure.number)
    differ = len(by_article) > 1 and len(set(map(frozenset, by_article.values()))) > 1
    return [replace(figure.row, differs=differ) for figure in group]


def _figures(report: Report, sought: Sought, terms: Sequence[Term], number: Numberer) -> Iterator[_Figure]:
    article = report.article
    for said, own in cells.on_it(report):
        text = said.text
        for (start, end), fit in counted.figures(sought, text, known().cosine):
            counts = fit >= (ASKED_FOR if own else SURELY) or (own and _counts(text, end, terms))
            if (
                not counts
                or _of_another(text, start, end, sought)
                or (parts := _PARTS.fullmatch(text[start:end])) is None
            ):
                continue
            when = timeline.first(said, article.published)
            place = cells.place(article, said, number)
            row = Row(
                (
                    cells.quoted(parts["number"], said, number),
                    cells.quoted(parts["unit"] or "", said, number),
                    cells.quoted(_clause(text, start, end), said, number),
                    cells.quoted(when.text, said, number) if when else cells.date(article, said, number),
                    place,
                    cells.sentence(said, terms, number),
                )
            )
            period = when.value if when else article.published.date
            yield _Figure(
                row,
                (place.text, parts["unit"] or "", period[:4], _thing(sought, text, end)),
                parts["number"],
                article.id,
            )


def _clause(text: str, start: int, end: int) -> str:
    """The clause with the figure at ``[start, end)``, in which it counts something."""
    begin = max(text.rfind(mark, 0, start) for mark in _MARKS) + 1
    stop = min((at for mark in _MARKS if (at := text.find(mark, end)) >= 0), default=len(text))
    return (
        text[begin:stop].strip()[-SUBJECT_LENGTH:]
        if end - begin > SUBJECT_LENGTH
        else text[begin:stop].strip()[:SUBJECT_LENGTH]
    )


def _counts(text: str, end: int, terms: Sequence[Term]) -> bool:
    """Whether what the figure that ends at ``end`` counts goes by another name of the practice: 16个集装箱式工会驿站."""
    behind = re.match(rf"[^{_MARKS}、]{{0,16}}", text[end:])
    return behind is not None and share(terms, normalise(behind.group())) >= ABOUT


_UP_TO = re.compile(r"(?:扩大到|增加到|达到?|[到至共约近超逾为已了有计]|超过|突破|累计|总数|数量|建成)+$")


_NO_NUMBER = re.compile("[进第下同任某统唯]一$")
"""进一步, 下一个."""


def _of_another(text: str, start: int, end: int, sought: Sought) -> bool:
    """Whether a figure that nothing follows counts what only begins like a thing asked for: 工作室联盟3家 are no 工作室."""
    if _NO_NUMBER.search(text[: start + 1]):
        return True
    ahead = _UP_TO.sub("", re.split(rf"[{_MARKS}、]", text[:start])[-1])
    follows = re.match("[一-龥]", text[end:]) is not None
    inside = [thing for thing in sought.things if thing in ahead]
    return bool(inside) and not follows and not any(ahead.endswith(thing) for thing in inside)


def _thing(sought: Sought, text: str, end: int) -> str:
    """What is counted: the thing asked for where the figure stands before it, else what is printed there."""
    behind = re.match(r"[^，,。；;：:、！？（）()]{0,8}", text[end:])
    return next(
        (thing for thing in sought.things if behind and thing in behind.group()), behind.group() if behind else ""
    )
