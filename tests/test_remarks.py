"""What the program says in English: all of it that can come to a Chinese page is said in Chinese there."""

import ast
import re
from collections.abc import Iterator

import pytest

from rag.config import ROOT
from ui.texts.remarks import ZH, said

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


def test_what_is_filled_in_stays_as_it_is():
    line = "a/第1版.pdf: page 3: more than 1,000,000 characters; the rest is not read"
    assert said(line, "zh") == "a/第1版.pdf: 第 3 页：超过 1,000,000 字，其余没有读"
    for english, chinese in ZH.items():
        slots = re.findall(r"\{\w+\}", english)
        assert sorted(slots) == sorted(re.findall(r"\{\w+\}", chinese)), english
