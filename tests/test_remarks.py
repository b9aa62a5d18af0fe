"""What the program says in English: all of it that can come to a Chinese page is said in Chinese there."""

import ast
import re
from collections.abc import Iterator

import pytest
from markupsafe import escape

from rag.config import ROOT
from ui.reader import show
from ui.texts.remarks import DATES, ZH, dated, said

ENGLISH = re.compile(r"\b[a-z]+(?:'s)?[,;:]? [a-z]{2,}")
"""Two English words in a row."""

COMMANDS = re.compile(r"make ocr|rag (?:check|list|remove)(?: --\w+)?")

SPEAKERS = (
    *(
        "rag/ingest/doubts.py",
        "rag/ingest/order.py",
        "rag/ingest/jumps.py",
        "rag/ingest/read.py",
        "rag/ingest/corpus.py",
    ),
    *(
        f"rag/ingest/formats/{name}.py"
        for name in ("archive", "documents", "docx", "encoding", "html", "ocr", "pdf", "table")
    ),
    *(
        "rag/search/revised.py",
        "rag/search/removed.py",
        "rag/search/selftest.py",
        "ui/library/uploads.py",
        "ui/library/admin.py",
    ),
)
"""Modules whose strings of several English words are remarks."""

PARTS = {
    "goes on from": "goes on from one of “甲”, which cannot be told, so they are apart",
    "goes on in": "goes on in one of “甲”, “乙”, which cannot be told, so they are apart",
    "7 one of 7, which cannot be told, so they are apart": "",
    "read as 7; 7 broken character7 in it, shown as \ufffd": "read as GB18030; 2 broken characters in it, shown as \ufffd",
}
"""Strings that are put together to remarks, and examples of those."""

NO_REMARKS = ("folder of an undated ", "head script style ", "a abbr acronym ")
"""How strings begin that nobody is told."""


def spelled(node: ast.expr) -> str:
    """A string as it may be told: what is filled in is a number."""
    if isinstance(node, ast.JoinedStr):
        return "".join(map(spelled, node.values))
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    return "7"


def remarks() -> Iterator[tuple[str, str]]:
    """Where each is, and what it says."""
    for name in SPEAKERS:
        tree = ast.parse((ROOT / name).read_text("utf-8"))
        nodes = [*ast.walk(tree)]
        aside = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
        aside |= {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in nodes:
            if isinstance(node, (ast.Constant, ast.JoinedStr)) and id(node) not in aside:
                text = spelled(node)
                text = PARTS.get(text, text)
                if ENGLISH.search(text) and not text.startswith(NO_REMARKS):
                    yield f"{name}:{node.lineno}", text


REMARKS = [*remarks()]


def test_the_remarks_were_found():
    assert len({text for _, text in REMARKS}) > 70


@pytest.mark.parametrize(("where", "text"), REMARKS, ids=[where for where, _ in REMARKS])
def test_each_is_said_in_chinese(where, text):
    assert not ENGLISH.search(COMMANDS.sub("", said(text, "zh"))), said(text, "zh")
    assert said(text, "en") == text


CHINESE = re.compile(r"[\u4e00-\u9fff]")
PRINTED = re.compile(r"“.*?”|今年")
"""What an English sentence has of the page's own words."""


def reasons() -> Iterator[tuple[str, str]]:
    """Where the program says how a date is known, and how."""
    for name in ("rag/ingest/dates.py", "rag/search/revised.py"):
        for node in ast.walk(ast.parse((ROOT / name).read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Published", "_Year"):
                for given in (part for argument in node.args for part in ast.walk(argument)):
                    if isinstance(given, ast.JoinedStr) and CHINESE.search(spelled(given)):
                        yield f"{name}:{given.lineno}", spelled(given)
                    elif isinstance(given, ast.Constant) and given.value == "人工更正":
                        yield f"{name}:{given.lineno}", given.value


REASONS = [*reasons()]


def test_every_reason_for_a_date_was_found():
    """Each is there, and nothing is translated that is not said any more."""
    whole = "\n".join(text for _, text in REASONS)
    assert len(REASONS) == 12
    for chinese in DATES:
        assert re.search(re.sub(r"\\\{\w+\\\}", "7", re.escape(chinese)), whole), chinese


@pytest.mark.parametrize(("where", "text"), REASONS, ids=[where for where, _ in REASONS])
def test_each_reason_for_a_date_is_said_in_english(where, text):
    assert not CHINESE.search(PRINTED.sub("", dated(text, "en"))), dated(text, "en")
    assert dated(text, "zh") == text


def test_the_dates_of_the_five_pages_are_explained_in_english_on_english_pages(seeds):
    """In the reader's own lines nothing is left in Chinese but names and what is quoted."""
    told = {article.id: dated(article.published.why, "en") for article in seeds.articles}
    assert any(told.values())
    for article in seeds.articles:
        assert not CHINESE.search(PRINTED.sub("", told[article.id])), told[article.id]
        page = show(article, "", "工人日报", "en").body.decode()
        if told[article.id]:
            assert str(escape(f"How the date is known: {told[article.id]}")) in page


def test_a_reason_made_of_several_is_said_whole_with_the_words_of_the_page_as_they_are():
    why = "文件名中有“20200101”，而本版最晚报道的日期是“8月27日”；文中2024年与“今年”并提，今年当在其后"
    assert dated(why, "en") == (
        "“20200101” is in the file's name, but the latest day reported on this page is “8月27日”; "
        "it sets 2024 beside 今年 (this year), which must be a later one"
    )


def test_what_is_filled_in_stays_as_it_is():
    line = "a/第1版.pdf: page 3: more than 1,000,000 characters; the rest is not read"
    assert said(line, "zh") == "a/第1版.pdf: 第 3 页：超过 1,000,000 字，其余没有读"
    for english, chinese in ZH.items():
        slots = re.findall(r"\{\w+\}", english)
        assert sorted(slots) == sorted(re.findall(r"\{\w+\}", chinese)), english
