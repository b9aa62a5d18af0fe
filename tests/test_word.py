"""Answers as Word files: opened again, by python-docx and as XML; what goes in comes out, and nothing else happens."""

from __future__ import annotations

import csv
import re
import unicodedata
import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO, StringIO

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from newsroom import ARTICLES, Newsroom, answered, cite, hits, refused
from starlette.testclient import TestClient

from rag.insight.cite_style import newspaper
from rag.insight.footnotes import Footnotes, clean
from rag.types import Cell, Column, Row, Support, Table, TableKind
from ui import shelf, word
from ui.library.census import Census
from ui.render import Archive
from ui.shelf import Shelf
from ui.texts import EN, ZH
from ui.texts.tables import TABLES

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ARCHIVE = Archive(Newsroom().article, lambda: Census.of(ARTICLES), "工人日报")
DAY = date(2026, 1, 2)


def parts(made):
    with zipfile.ZipFile(BytesIO(made)) as file:
        assert file.testzip() is None
        return {name: file.read(name) for name in file.namelist()}


def notes(made):
    root = etree.fromstring(parts(made)["word/footnotes.xml"])
    return {
        int(n.get(f"{W}id")): "\n".join("".join(t.text or "" for t in p.iter(f"{W}t")).strip() for p in n.iter(f"{W}p"))
        for n in root
        if n.get(f"{W}type") is None
    }


def references(made):
    root = etree.fromstring(parts(made)["word/document.xml"])
    return [int(r.get(f"{W}id")) for r in root.iter(f"{W}footnoteReference")]


def text(made):
    return "\n".join(p.text for p in docx.Document(BytesIO(made)).paragraphs)


def test_each_citation_is_a_footnote_that_holds_its_quote_and_reference():
    answer = answered("百色怎么做？")
    made = word.document(answer, ARCHIVE, ZH, DAY)
    assert notes(made) == {
        c.number: f"“{c.quote.strip()}”\n{newspaper(ARCHIVE.lookup(c.passage.article_id), '工人日报')}"
        for c in answer.citations
    }
    assert references(made) == [c.number for c in answer.citations]


def test_a_second_mark_leads_to_the_first():
    answer = answered("百色怎么做？")
    twice = sum(len(s.citations) for s in answer.sentences)
    assert twice > len(answer.citations), "the answer must cite something twice"
    root = etree.fromstring(parts(word.document(answer, ARCHIVE, ZH, DAY))["word/document.xml"])
    links = [link.get(f"{W}anchor") for link in root.iter(f"{W}hyperlink")]
    marks = {mark.get(f"{W}name") for mark in root.iter(f"{W}bookmarkStart")}
    assert len(links) == twice - len(answer.citations)
    raised = [
        "".join(t.text for t in r.iter(f"{W}t")) for r in root.iter(f"{W}r") if r.find(f"{W}rPr/{W}rStyle") is not None
    ]
    assert "," in raised, "1 and 3 in a row would be read as 13"
    assert set(links) <= marks


@pytest.mark.parametrize("texts", [ZH, EN])
def test_all_that_a_reader_must_know_is_there(texts):
    answer = replace(answered("那边呢？"), understood_as="百色那边怎么做？", notice="须知。")
    told = text(word.document(answer, ARCHIVE, texts, DAY))
    for words in (answer.question, answer.understood_as, answer.notice, "2026-01-02", texts.word_check):
        assert words in told
    for sentence in answer.sentences:
        assert sentence.text.strip() in told
    for citation in answer.citations:
        article = ARCHIVE.lookup(citation.passage.article_id)
        assert article.title in told
        assert citation.quote.strip() in told
        assert article.published.why in told
    doubts = {Support.WEAK: texts.copy_weak, Support.UNSUPPORTED: texts.copy_unsupported}
    assert all(doubts[s.support] in told for s in answer.sentences if s.support in doubts)


def test_a_question_understood_as_it_was_put_is_told_once():
    assert ZH.understood_as not in text(word.document(answered("百色怎么做？"), ARCHIVE, ZH, DAY))


def test_a_refusal_has_no_footnotes_and_no_appendix():
    made = word.document(refused("火星？"), ARCHIVE, ZH, DAY)
    assert notes(made) == {}
    assert ZH.refusal in text(made)
    assert ZH.word_appendix not in text(made)
    assert ZH.word_check in text(made)


ODD = st.text(st.characters(), max_size=80) | st.sampled_from(
    [
        '{ DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc" }',
        "<w:instrText>x</w:instrText>",
        "]]>&amp;<",
        "\x00\x1b\u202e",
        "\ufffe",
    ]
)


@settings(max_examples=60, deadline=None)
@given(ODD, ODD)
def test_whatever_is_asked_is_well_formed_text_and_no_field(question, understood):
    answer = replace(answered("百色怎么做？"), question=question, understood_as=understood)
    made = word.document(answer, ARCHIVE, ZH, DAY)
    for name, content in parts(made).items():
        if name.endswith((".xml", ".rels")):
            root = etree.fromstring(content)
            assert not [
                e for e in root.iter() if etree.QName(e).localname in ("instrText", "fldSimple", "fldChar", "object")
            ]
    assert not [name for name in parts(made) if "vba" in name.lower() or name.endswith(".bin")]
    assert clean(question).strip() in text(made)


@given(st.text(st.characters()))
def test_cleaned_text_has_no_hidden_character_and_keeps_the_others(dirty):
    kept = clean(dirty)
    assert all(c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs") for c in kept)
    assert clean(kept) == kept
    etree.fromstring(f"<a>{kept.replace('&', '&amp;').replace('<', '&lt;')}</a>")


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(), min_size=1, max_size=60))
def test_a_footnote_says_what_it_was_given(said):
    made = docx.Document()
    Footnotes(made).add(made.add_paragraph("文"), said)
    file = BytesIO()
    made.save(file)
    root = etree.fromstring(parts(file.getvalue())["word/footnotes.xml"])
    (note,) = [n for n in root if n.get(f"{W}id") == "1"]
    said_by = {f"{W}tab": "\t"}
    lines = [
        "".join(e.text or "" if e.tag == f"{W}t" else said_by.get(e.tag, "") for e in p.iter())
        for p in note.iter(f"{W}p")
    ]
    assert "\n".join(lines).removeprefix(" ") == clean(said)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("吕梁覆盖了多少家企业？", "吕梁覆盖了多少家企业_2026-01-02.docx"),
        ("../../etc/passwd", "etc_passwd_2026-01-02.docx"),
        ("CON\r\nX: y", "CON_X_y_2026-01-02.docx"),
        ("？？", "answer_2026-01-02.docx"),
        ("长" * 300, "长" * 40 + "_2026-01-02.docx"),
    ],
)
def test_a_files_name_is_safe(question, name):
    assert word.filename(question, DAY) == name


# --- the shelf ------------------------------------------------------------------------------------


def fetched(kept, archive=ARCHIVE):
    from fastapi import FastAPI

    app = FastAPI()
    shelf.add(app, kept, archive, "zh")
    return TestClient(app)


def test_an_answer_is_fetched_by_its_token_and_by_nothing_else():
    kept = Shelf()
    token = kept.put(answered("百色怎么做？"))
    client = fetched(kept)
    got = client.get(f"/word/{token}?lang=zh")
    assert (got.status_code, got.headers["content-type"]) == (200, word.MEDIA_TYPE)
    assert got.headers["cache-control"] == "no-store"
    assert got.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E7%99%BE")
    assert ZH.word_check in text(got.content)
    assert EN.word_check in text(client.get(f"/word/{token}?lang=en").content)
    for other in ("x", "A" * 22, token[:-1], f"{token}%00", "..%2f.."):
        assert client.get(f"/word/{other}").status_code == 404
    assert ZH.word_gone in client.get("/word/" + "A" * 22).text


FORMULAS = (
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "＝HYPERLINK(A1)",
    '=HYPERLINK("http://evil.example","甲")',
)


def with_formulas():
    """An answer over many articles whose headings and cells are formulas."""
    printed = replace(ARTICLES[0], id="a-formulas", paragraphs=FORMULAS)
    cited = [cite(n, printed, formula) for n, formula in enumerate(FORMULAS, 1)]
    cells = [Cell(c.quote, (c,)) for c in cited]
    rows = tuple(Row((cell, cell), Column.PRACTICE) for cell in cells)
    table = Table(TableKind.COMPARE, FORMULAS[:2], rows, 1)
    return printed, replace(answered("=1+1？"), table=table, sentences=(), hits=hits(printed))


def test_a_table_is_fetched_as_csv_in_which_nothing_is_a_formula():
    printed, answer = with_formulas()
    kept = Shelf()
    token, plain = kept.put(answer), kept.put(answered("百色怎么做？"))
    client = fetched(kept, replace(ARCHIVE, lookup=Newsroom((*ARTICLES, printed)).article))
    got = client.get(f"/table/{token}?lang=zh")
    assert (got.status_code, got.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert re.fullmatch(r"attachment; filename\*=UTF-8''1_1_\d{4}-\d\d-\d\d\.csv", got.headers["content-disposition"])
    assert got.headers["cache-control"] == "no-store"
    assert got.content.startswith(b"\xef\xbb\xbf"), "Excel takes it for GBK without a byte order mark"
    sheet = list(csv.reader(StringIO(got.content.decode("utf-8-sig"), newline="")))
    assert sheet[0] == ["对比项", *(f"'{formula}" for formula in FORMULAS[:2])]
    assert [row[1].rpartition("[")[0] for row in sheet[1:]] == [f"'{formula}" for formula in FORMULAS]
    english = client.get(f"/table/{token}?lang=en").content.decode("utf-8-sig")
    assert english.splitlines()[0].startswith(f"{TABLES['en'].aspect},")
    for other in (plain, "x", "A" * 22, token[:-1], f"{token}%00", "..%2f..", f"{token}/"):
        assert client.get(f"/table/{other}", follow_redirects=False).status_code in (404, 307), other
    gone = client.get("/table/" + "A" * 22)
    assert (gone.status_code, gone.text) == (404, ZH.word_gone)


def test_an_answer_is_gone_after_its_time_and_when_there_are_too_many(monkeypatch):
    now = [0.0]
    kept = Shelf(lambda: now[0])
    first = kept.put(answered("一"))
    now[0] = shelf.KEPT_SECONDS
    assert kept.get(first)
    now[0] += 1
    assert kept.get(first) is None
    monkeypatch.setattr(shelf, "MOST", 2)
    tokens = [kept.put(answered("一")) for _ in range(3)]
    assert [kept.get(t) is not None for t in tokens] == [False, True, True]


# --- the command line -------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_command_line_writes_the_file(rag, store, tmp_path):
    ended = rag("ask", "吕梁货车司机的集体合同覆盖了多少家企业？", "--store", store, "--word", "a.docx")
    assert ended.code == 0
    assert "17家" in ended.out
    assert "17家" in notes((tmp_path / "a.docx").read_bytes())[1]


@pytest.mark.slow
@pytest.mark.parametrize(
    "wrong", [("问", "--word", "a.txt"), ("--batch", "-", "--word", "a.docx"), ("问", "--word", "no/a.docx")]
)
def test_a_wrong_file_is_one_line(rag, store, wrong):
    ended = rag("ask", "--store", store, *wrong)
    assert ended.code == 2
    assert "a." in ended.err
