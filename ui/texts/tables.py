"""The texts of tables: what their columns are called, what stands above and below them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rag.types import Column
from ui.texts.chat import Language


@dataclass(frozen=True, slots=True)
class TableTexts:
    """A table's texts in one language. Names in braces are filled in where the text is used."""

    columns: Mapping[str, str]
    aspect: str
    scope: str
    scope_nowhere: str
    among: str
    next_place: str
    listed: str
    more: str
    summed: str
    differs: str
    differ: str
    not_mentioned: str
    to: str
    colon: str
    stop: str
    download: str


ZH = TableTexts(
    columns={
        Column.PLACE: "地区",
        Column.UNIT: "单位",
        Column.PRACTICE: "做法",
        Column.EFFECT: "成效",
        Column.DATE: "日期",
        Column.SAID: "原文说法",
        Column.EVENT: "事项",
        Column.NUMBER: "数字",
        Column.MEASURE: "单位",
        Column.SUBJECT: "事项",
        Column.PERIOD: "时期",
        Column.SENTENCE: "原句",
    },
    aspect="对比项",
    scope="覆盖 {articles} 篇、{provinces} 省{places}，按报道计，不代表全国统计",
    scope_nowhere="覆盖 {articles} 篇，按报道计，不代表全国统计",
    among="（{places}）",
    next_place="、",
    listed="共 {found} 篇，列出前 {articles} 篇",
    more="相关报道很多，没有全部读完",
    summed="各篇报道的范围和时间不同，数字不相加",
    differs="标“≠”的数字，各篇报道说法不一，并列于此",
    differ="≠ {number}",
    not_mentioned="报道未提及",
    to="{first} 至 {last}",
    colon="：",
    stop="。",
    download="下载表格（CSV）",
)

EN = TableTexts(
    columns={
        Column.PLACE: "Place",
        Column.UNIT: "Organisation",
        Column.PRACTICE: "What is done",
        Column.EFFECT: "What came of it",
        Column.DATE: "Date",
        Column.SAID: "As printed",
        Column.EVENT: "What happened",
        Column.NUMBER: "Figure",
        Column.MEASURE: "Unit",
        Column.SUBJECT: "Of what",
        Column.PERIOD: "When",
        Column.SENTENCE: "Sentence",
    },
    aspect="Compared",
    scope="{articles} reports from {provinces} provinces{places}; a count of reports, not national statistics",
    scope_nowhere="{articles} reports; a count of reports, not national statistics",
    among=" ({places})",
    next_place=", ",
    listed="{found} reports found, the first {articles} shown",
    more="there are too many reports on this to read them all",
    summed="reports differ in scope and time, so their figures are not added up",
    differs="figures marked ≠ are given otherwise by another report; both are shown",
    differ="≠ {number}",
    not_mentioned="not mentioned",
    to="{first} to {last}",
    colon=": ",
    stop=". ",
    download="Download table (CSV)",
)

TABLES: Mapping[Language, TableTexts] = {"zh": ZH, "en": EN}
