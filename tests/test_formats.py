"""What each format gives, and what damaged, locked, huge and hostile files end in."""

from __future__ import annotations

import gzip
import io
import json
import re
import struct
import subprocess
import sys
import time
import zipfile
import zlib

import broadsheet
import pytest
import sheets
from sheets import NIGHT, RIDERS

from rag.errors import ReadError
from rag.ingest.formats import archive, docx, encoding, html, layout, ocr, pdf
from rag.ingest.formats.content import LARGEST, LONGEST
from rag.ingest.formats.marked import article_lines
from rag.ingest.read import Source, load, pages, passed_over, read, sources
from rag.types import Doubtful, Kind, Precision

NEWS = (
    "本报讯（记者王明）近日，衡阳市总工会开设职工夜校，课程由职工点单。\n\n夜校每周二晚上7点开课，已有300名职工报名。\n"
)


def at(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return Source(path, path.name)


def text_of(loaded):
    assert not loaded.error, loaded.error
    return "".join(page.text for page in loaded.pages)


def bare(text):
    return re.sub(r"[\s#]+", "", text)


def refused(loaded):
    """The one line of a file that could not be read."""
    assert loaded.error
    assert not loaded.pages
    assert not loaded.articles
    assert "\n" not in loaded.error
    assert len(loaded.error) < 400
    return loaded.error


# --- encodings ----------------------------------------------------------------------------------

TRADITIONAL = "本報訊（記者王明）近日，衡陽市總工會開設職工夜校，課程由職工點單，老師由工會派單。"


@pytest.mark.parametrize(
    "name", ["gbk", "gb18030", "gb2312", "utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-8", "utf-32"]
)
@pytest.mark.parametrize("text", ["工会服务职工，办到家门口", NEWS, NEWS * 50], ids=["short", "page", "long"])
def test_chinese_text_is_told_in_every_encoding_papers_use(name, text):
    assert encoding.decode(text.encode(name))[0] == text


def test_big5_is_told_from_gb18030():
    assert encoding.decode(TRADITIONAL.encode("big5"))[0] == TRADITIONAL
    assert encoding.decode(TRADITIONAL.encode("gb18030"))[0] == TRADITIONAL


def test_characters_only_gb18030_has_are_read():
    text = NEWS + "㐂𠮷"
    assert encoding.decode(text.encode("gb18030"))[0] == text


def test_english_with_typographic_quotes_of_windows_is_no_chinese():
    text = "The union’s night school – “open to all” – starts in May, and costs nothing. " * 3
    assert encoding.decode(text.encode("cp1252"))[0] == text


def test_what_was_decided_is_a_note(tmp_path):
    loaded = load(at(tmp_path / "a.txt", NEWS.encode("gbk")))
    assert loaded.notes == ("a.txt: read as GB18030",)
    assert load(at(tmp_path / "b.txt", NEWS.encode())).notes == ()


def test_a_short_slice_of_a_page_in_gbk_is_hardly_ever_taken_for_another_encoding(seeds):
    text = "".join(page.text for page in seeds.pages)
    slices = [text[i : i + 8].strip() for i in range(0, len(text) - 8, 61)]
    slices = [piece for piece in slices if len(piece.encode("gb18030")) > 8]
    wrong = [piece for piece in slices if _decoded(piece.encode("gb18030")) != piece]
    assert len(slices) > 300
    assert len(wrong) <= 0.01 * len(slices), wrong


def _decoded(data):
    try:
        return encoding.decode(data)[0]
    except ReadError:
        return None


@pytest.mark.parametrize("name", ["utf-8", "gb18030", "utf-16"])
def test_a_file_cut_off_within_a_character_is_read_up_to_there_and_told(tmp_path, name):
    loaded = load(at(tmp_path / "a.txt", (NEWS * 3).rstrip().encode(name)[:-1]))
    assert text_of(loaded).startswith(NEWS)
    assert "broken character" in loaded.notes[0]


def test_a_few_broken_bytes_in_utf_8_are_shown_and_counted(tmp_path):
    data = bytearray((NEWS * 5).encode())
    data[40] = data[200] = 0xFF
    loaded = load(at(tmp_path / "a.txt", bytes(data)))
    assert "read as UTF-8" in loaded.notes[0]
    assert text_of(loaded).count("\ufffd") >= 2
    assert loaded.articles


NOISE = bytes(zlib.crc32(bytes([i % 256, i // 256])) % 256 for i in range(4000))


@pytest.mark.parametrize(
    "data",
    [NOISE, bytes(range(256)), b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + NOISE, b"\x7fELF\2\1\1" + NOISE, b"MZ\x90\0" * 9],
)
def test_what_is_no_text_is_told(tmp_path, data):
    assert "text" in refused(load(at(tmp_path / "a.txt", data)))


# --- HTML ---------------------------------------------------------------------------------------

ARTICLE = """<!DOCTYPE html><html><head><meta charset="{charset}"><title>职工夜校办到家门口_工人日报</title>
<meta name="publishdate" content="2025-08-28"><meta name="source" content="工人日报">
<style>p {{ color: red }}</style><script>var a = "<p>不是正文</p>";</script></head><body>
<nav><a href="/">首页</a><a href="/n">新闻</a></nav>
<div class="top-nav"><a href="/">回到首页</a> <a href="/z">专题</a></div>
<ul><li><a href="/1">评论</a></li><li><a href="/2">理论</a></li></ul>
<h1>职工夜校办到家门口</h1>
<p>本报讯（记者王明）近日，衡阳市总工会开设<b>职工</b>夜校，课程由职工点单。</p>
<p>夜校每周二晚上7点开课，<br>已有300名职工报名。</p>
<table><tr><th>课程</th><th>人数</th></tr><tr><td>书法</td><td>60</td></tr></table>
<noscript>请打开脚本</noscript><p hidden>隐藏</p><div style="display:none">看不见</div>
</body></html>"""


@pytest.mark.parametrize("charset", ["utf-8", "gb2312", "gbk", "gb18030"])
def test_an_html_page_gives_title_paragraphs_and_date_and_no_scripts_or_menus(tmp_path, charset):
    loaded = load(at(tmp_path / "a.html", ARTICLE.format(charset=charset).encode(charset)))
    (article,) = loaded.articles
    assert article.title == "职工夜校办到家门口"
    assert article.reporters == ("王明",)
    assert article.paragraphs[0] == "本报讯（记者王明）近日，衡阳市总工会开设职工夜校，课程由职工点单。"
    assert (article.published.date, article.published.precision) == ("2025-08-28", Precision.DAY)
    assert "工人日报" in article.published.why
    text = text_of(loaded)
    assert "书法 | 60" in text
    for gone in ("首页", "专题", "评论", "不是正文", "color", "打开脚本", "隐藏", "看不见"):
        assert gone not in text


WEB = """<html><body><h1>职工夜校办到家门口</h1>{above}
<p>近日，衡阳市总工会开设职工夜校，课程由职工点单，每周二晚上7点开课。</p><p>夜校已有300名职工报名，学费由市总工会承担。</p>{below}</body></html>"""


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("<p>2025年9月12日 来源：工人日报 记者 王明</p>", ""),
        ("<p>2025-09-12 08:30　来源：工人日报　作者：王明</p>", ""),
        (
            "<div><span>2025-09-12 08:30</span> <span>来源：中工网</span> <span>记者：王明</span></div>",
            "<p>分享到：微信 微博</p>",
        ),
        ("<p>发布时间：2025年9月12日 浏览次数：123次</p>", "<p>（记者 王明）</p>"),
        ("<p>作者：本报记者 王明 | 2025-09-12 | 来源：工人日报</p>", ""),
    ],
)
def test_what_a_web_site_prints_around_a_report_is_no_part_of_its_title(tmp_path, above, below):
    article = load(at(tmp_path / "a.html", WEB.format(above=above, below=below).encode())).articles[0]
    assert (article.title, article.subtitle, article.kicker) == ("职工夜校办到家门口", "", "")
    assert article.reporters == ("王明",)
    assert (article.published.date, article.published.precision) == ("2025-09-12", Precision.DAY)
    assert len(article.paragraphs) == 2


def test_a_table_behind_the_text_is_rows_and_no_subtitle(tmp_path):
    rows = "<table><tr><th>课程</th><th>人数</th></tr><tr><td>书法</td><td>60</td></tr></table>"
    article = load(at(tmp_path / "a.html", WEB.format(above="", below=rows).encode())).articles[0]
    assert article.subtitle == ""
    assert article.paragraphs[2:] == ("课程 人数", "书法 60")


def test_a_table_that_lays_out_a_page_has_no_bars(tmp_path):
    laid = "<table><tr><td><p>夜校还要开设分校。</p></td><td><p>学员可以自选课程。</p></td></tr></table>"
    article = load(at(tmp_path / "a.html", WEB.format(above="", below=laid).encode())).articles[0]
    assert article.paragraphs[2:] == ("夜校还要开设分校。", "学员可以自选课程。")


def test_an_html_page_of_several_articles_gives_each_with_its_title(tmp_path):
    body = "".join(
        f"<h2>{story.title}</h2>" + "".join(f"<p>{p}</p>" for p in story.paragraphs) for story in (NIGHT, RIDERS)
    )
    loaded = load(at(tmp_path / "a.html", f"<h1>第二版 工会</h1>{body}".encode()))
    assert [article.title for article in loaded.articles if article.title in (NIGHT.title, RIDERS.title)] == [
        NIGHT.title,
        RIDERS.title,
    ]
    assert bare(text_of(loaded)) == bare(
        "第二版工会" + "".join(s.title + "".join(s.paragraphs) for s in (NIGHT, RIDERS))
    )
    lines = loaded.pages[0].text.splitlines()
    for article in loaded.articles[-2:]:
        assert article.title in lines[article.lines[0] - 1]
    assert len({article.id for article in loaded.articles}) == len(loaded.articles)


def test_a_page_without_headings_takes_the_title_of_its_head():
    page = "<title>职工夜校办到家门口 - 中工网</title><p>职工夜校办到家门口</p><p>夜校每周二晚上7点开课。</p>"
    assert html.text(page.encode()).texts[0].text.startswith("# 职工夜校办到家门口\n")


def test_headlines_in_links_are_no_menu():
    rows = "".join(f"<li><a href='/{i}'>衡阳市总工会开设职工夜校，课程由职工点单{i}</a></li>" for i in range(5))
    assert html.text(f"<ul>{rows}</ul>".encode()).texts[0].text.count("职工夜校") == 5


def test_a_page_of_nothing_but_a_menu_is_kept():
    assert "评论" in html.text("<ul><li><a href='/1'>评论</a></li></ul>".encode()).texts[0].text


@pytest.mark.parametrize("data", [b"<html></html>", b"<!-- -->", b"<script>alert(1)</script>", b"<p> </p>"])
def test_an_html_page_without_a_word_is_empty(tmp_path, data):
    assert "empty" in refused(load(at(tmp_path / "a.html", data)))


def test_the_date_in_linked_data_is_taken(tmp_path):
    data = '<script type="application/ld+json">{"@graph":[{"datePublished":"2024-05-01T08:00:00+08:00"}]}</script>'
    (article,) = load(at(tmp_path / "a.html", f"{data}<h1>夜校</h1><p>夜校每周二晚上7点开课。</p>".encode())).articles
    assert article.published.date == "2024-05-01"


BOMB = '<!DOCTYPE a [<!ENTITY a "哈哈哈哈哈哈哈哈哈哈">' + "".join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


def test_entities_of_an_html_page_are_not_expanded(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("密码", encoding="utf-8")
    page = f'{BOMB}<!ENTITY x SYSTEM "{secret.as_uri()}">]><html><body><p>夜校开课。&i;&x;</p></body></html>'
    begin = time.process_time()
    text = text_of(load(at(tmp_path / "a.html", page.encode())))
    assert time.process_time() - begin < 5
    assert len(text) < 5_000
    assert "密码" not in text


@pytest.mark.parametrize("tag", ["div", "ul", "b", "table"])
def test_deep_nesting_loses_no_text_and_ends_soon(tag):
    page = f"<{tag}>" * 20_000 + "夜校每周二晚上7点开课。"
    begin = time.process_time()
    assert "夜校每周二晚上7点开课。" in html.text(page.encode()).texts[0].text
    assert time.process_time() - begin < 10


# --- Word ---------------------------------------------------------------------------------------

TWO = [("Heading 1", NIGHT.title), *(("Normal", p) for p in NIGHT.paragraphs)]
TWO += [("Heading 1", RIDERS.title), *(("Normal", p) for p in RIDERS.paragraphs)]


def test_headings_of_a_word_document_start_articles(tmp_path):
    loaded = load(at(tmp_path / "a.docx", sheets.document([("Title", "工会新闻"), *TWO])))
    assert [a.title for a in loaded.articles][-2:] == [NIGHT.title, RIDERS.title]
    assert loaded.articles[-2].paragraphs == NIGHT.paragraphs
    assert loaded.articles[-1].paragraphs == RIDERS.paragraphs
    assert loaded.articles[-1].correspondents == ("李红",)


def test_a_single_title_makes_one_article_with_headings(tmp_path):
    lines = [("Title", NIGHT.title), ("Normal", NIGHT.paragraphs[0]), ("Heading 1", "课程由职工点单")]
    lines += [("Normal", NIGHT.paragraphs[1]), ("Heading 1", "还要开设分校"), ("Normal", NIGHT.paragraphs[2])]
    (article,) = load(at(tmp_path / "a.docx", sheets.document(lines))).articles
    assert article.title == NIGHT.title
    assert [heading.text for heading in article.headings] == ["课程由职工点单", "还要开设分校"]


def test_tables_of_a_word_document_are_lines():
    import docx as word

    made = word.Document()
    made.add_paragraph("报名情况如下。")
    table = made.add_table(2, 2)
    for i, cell in enumerate(("课程", "人数", "书法", "60")):
        table.cell(i // 2, i % 2).text = cell
    made.add_paragraph("以上。")
    out = io.BytesIO()
    made.save(out)
    assert docx.text(out.getvalue()).texts[0].text == "报名情况如下。\n\n| 课程 | 人数 |\n\n| 书法 | 60 |\n\n以上。\n"


def _with_body(body, prolog=""):
    """A Word document with this XML as its body."""
    made = zipfile.ZipFile(io.BytesIO(sheets.document([("Normal", "x")])))
    members = {name: made.read(name) for name in made.namelist()}
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    members["word/document.xml"] = f"{prolog}<w:document {w}><w:body>{body}</w:body></w:document>".encode()
    return sheets.zipped(members)


def test_text_boxes_controls_and_insertions_are_read_and_deletions_not():
    w = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    body = (
        "<w:p><w:r><w:t>正文</w:t></w:r><w:ins><w:r><w:t>加上</w:t></w:r></w:ins><w:del><w:r><w:delText>去掉</w:delText></w:r></w:del>"
        "<w:r><w:txbxContent><w:p><w:r><w:t>框里</w:t></w:r></w:p></w:txbxContent></w:r>"
        f'<w:r><m:Fallback xmlns:m="{w}"><w:p><w:r><w:t>又是框里</w:t></w:r></w:p></m:Fallback></w:r></w:p>'
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>控件</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    assert docx.text(_with_body(body)).texts[0].text == "正文加上\n\n框里\n\n控件\n"


def test_entities_of_a_word_document_are_not_expanded(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("密码", encoding="utf-8")
    prolog = f'{BOMB}<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    data = _with_body("<w:p><w:r><w:t>夜校&i;&x;开课。</w:t></w:r></w:p>", prolog)
    begin = time.process_time()
    loaded = load(at(tmp_path / "a.docx", data))
    assert time.process_time() - begin < 5
    told = loaded.error or text_of(loaded)
    assert "密码" not in told
    assert len(told) < 5_000


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (OLE + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (OLE + b"\0" * 600, "old Word file"),
        (b"PK\x03\x04 not a zip", "not a whole zip"),
        (sheets.document(TWO)[:-400], "not a whole zip"),
        (sheets.zipped({"a.txt": b"x"}), "not a whole Word document"),
        (sheets.zipped({"word/document.xml": b"0" * 40_000_000}), "zip bomb"),
        (_with_body("<w:p>"), "not a whole Word document"),
    ],
)
def test_a_word_document_that_cannot_be_read_says_why(tmp_path, data, problem):
    assert problem in refused(load(at(tmp_path / "a.docx", data)))


# --- CSV and JSON lines -------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("name", ["utf-8-sig", "gbk"])
def test_a_table_of_documents_is_read_with_chinese_names_whatever_parts_them(tmp_path, delimiter, name):
    rows = [["标题", "正文", "日期", "来源"], ["职工夜校", '"第一段。\n第二段，有300人。"', "2025/8/28", "工人日报"]]
    table = "\r\n".join(delimiter.join(row) for row in rows)
    (article,) = load(at(tmp_path / "a.csv", table.encode(name))).articles
    assert (article.title, article.paragraphs) == ("职工夜校", ("第一段。", "第二段，有300人。"))
    assert (article.kind, article.published.date) == (Kind.DOCUMENT, "2025-08-28")


def test_rows_keep_their_ids_and_those_without_get_one_of_their_own(tmp_path):
    with_ids = load(at(tmp_path / "a.csv", "id,text\n7,夜校\nx-1,骑手\n".encode()))
    assert [article.id for article in with_ids.articles] == ["7", "x-1"]
    one, two = (load(at(tmp_path / "a.csv", f"text\n{text}\n书屋\n".encode())).articles for text in ("夜校", "骑手"))
    assert len({article.id for article in (*one, *two)}) == 4


def test_the_page_of_a_table_is_lines_of_json_for_those_who_check_quotes(tmp_path):
    (page,) = load(at(tmp_path / "a.csv", "title,text\n夜校,周二开课\n,\n驿站,充电\n".encode())).pages
    assert [json.loads(line)["title"] if line else "" for line in page.text.split("\n")] == ["夜校", "", "驿站"]


def test_columns_of_other_names_are_told(tmp_path):
    loaded = load(at(tmp_path / "a.csv", "text,点击量\n夜校,3\n".encode()))
    assert loaded.notes == ("a.csv: columns passed over: 点击量",)
    assert "no column is called text" in refused(load(at(tmp_path / "b.csv", "甲,乙\n1,2\n".encode())))


def test_one_bad_line_of_a_corpus_does_not_lose_the_others(tmp_path):
    lines = ['{"id": "a", "text": "一。"}', "{", '{"id": "a", "text": "二。"}', '{"id": "c", "text": "三。"}']
    loaded = load(at(tmp_path / "a.jsonl", "\n".join(lines).encode()))
    assert [article.id for article in loaded.articles] == ["a", "c"]
    assert "line 2: not JSON" in loaded.lost[0]
    assert "line 3: has the id 'a' of line 1" in loaded.lost[1]
    assert [bool(line) for line in loaded.pages[0].text.split("\n")] == [True, False, False, True]


def test_a_corpus_cut_off_in_its_gzip_file_is_read_up_to_there(tmp_path):
    lines = "\n".join(json.dumps({"id": i, "text": f"{i * 7919}号骑手驿站"}, ensure_ascii=False) for i in range(3000))
    loaded = load(at(tmp_path / "a.jsonl.gz", gzip.compress(lines.encode())[:-5000]))
    assert 1000 < len(loaded.articles) < 3000
    assert "cut off or damaged" in loaded.lost[0]


def test_a_gzip_bomb_is_stopped_while_it_unfolds(tmp_path):
    bomb = gzip.compress(b"\n" * (LARGEST + 2**20))
    assert len(bomb) < 100_000
    assert "unfolds to more than" in refused(load(at(tmp_path / "a.jsonl.gz", bomb)))


# --- PDF ----------------------------------------------------------------------------------------


def test_a_pdf_of_two_columns_gives_its_two_articles(tmp_path):
    loaded = load(at(tmp_path / "a.pdf", sheets.pdf([NIGHT, RIDERS])))
    assert [page.source for page in loaded.pages] == ["a.pdf#1"]
    assert [(a.title, a.paragraphs) for a in loaded.articles] == [(s.title, s.paragraphs) for s in (NIGHT, RIDERS)]
    assert [a.reporters for a in loaded.articles] == [("王明",), ("赵刚",)]
    assert loaded.articles[1].correspondents == ("李红",)


@pytest.mark.parametrize("columns", [1, 3])
@pytest.mark.parametrize("gutter", [10, 24])
def test_other_columns_come_in_reading_order_too(columns, gutter):
    from dataclasses import replace

    stories = [replace(story, columns=columns) for story in (NIGHT, RIDERS)]
    text = pdf.text(sheets.pdf(stories, em=9, width=14, gutter=gutter)).texts[0].text
    assert bare(text) == bare("".join(s.title + "".join(s.paragraphs) for s in stories))


@pytest.mark.slow
def test_nearly_all_stories_of_made_up_broadsheets_come_out_whole():
    _, whole, stories, _ = broadsheet.measured(40)
    assert stories > 250
    assert whole >= 0.96 * stories


def test_each_sheet_of_a_pdf_is_a_page_and_empty_ones_are_told(tmp_path):
    loaded = load(at(tmp_path / "a.pdf", sheets.pdf([NIGHT], [], [RIDERS])))
    assert [page.source for page in loaded.pages] == ["a.pdf#1", "a.pdf#3"]
    assert [article.source for article in loaded.articles] == ["a.pdf#1", "a.pdf#3"]
    assert loaded.notes == ("a.pdf: page 2: empty",)


def test_indents_and_titles_of_a_pdf_are_marked():
    text = pdf.text(sheets.pdf([NIGHT])).texts[0].text
    assert text.startswith(f"# {NIGHT.title}\n\n\u3000\u3000本报讯（记者王明）")
    assert "\n\u3000\u3000夜校每周二" in text


def test_a_sheet_that_lies_on_its_side_is_read_upright():
    chars = [("夜", 0.0), ("校", 10.0), ("开", 20.0)]
    upright = [layout.Piece(char, x, x + 10, -50, 10) for char, x in chars]
    assert layout.text(upright) == "夜校开\n"
    box = pdf._Char("夜", 90, 100, 102, 110, 100, 100, 10, 1, spaced=False)
    assert pdf._TURNS[1](box) == (100, 110, 100)


def test_a_title_set_downwards_is_one_line():
    down = [layout.Piece(char, 0, 20, 20 * i, 20) for i, char in enumerate("职工夜校")]
    body = [
        layout.Piece(char, 40 + 10 * i, 50 + 10 * i, 15 * row, 10)
        for row in range(6)
        for i, char in enumerate("课程由职工点单老师由工会派单")
    ]
    assert layout.text(down + body).startswith("# 职工夜校\n\n课程由职工点单老师由工会派单\n")


def test_a_letter_printed_twice_is_one():
    assert (
        layout.text(
            [layout.Piece("夜", 0, 10, 0, 10), layout.Piece("夜", 0.3, 10.3, 0, 10), layout.Piece("校", 10, 20, 0, 10)]
        )
        == "夜校\n"
    )


@pytest.mark.parametrize(
    "place",
    [
        lambda i: (i * 7919 % 1000, i * 104729 % 1400),
        lambda i: (i * 18, 0),
        lambda i: (i % 140 * 18, i // 140 * 14),
        lambda i: (0, i * 14),
        lambda i: (i % 70 * 60 + i // 70 % 2 * 30, i // 70 * 30),
        lambda i: (0, 0),
    ],
    ids=["scattered", "row", "grid", "column", "bricks", "heap"],
)
@pytest.mark.parametrize("size", [5_000, 40_000])
def test_no_sheet_is_hard_to_lay_out(place, size):
    pieces = [layout.Piece("夜", x, x + 10, y, 10) for x, y in map(place, range(size))]
    begin = time.process_time()
    layout.text(pieces)
    assert time.process_time() - begin < 8


def test_a_space_within_a_line_is_no_gutter():
    rows = ["本报讯\u3000（记者王明）近日", "衡阳市总工会开设职工夜校", "课程由职工点单老师由工会"]
    pieces = [
        layout.Piece(char, 10 * i, 10 * i + 10, 15 * y, 10)
        for y, row in enumerate(rows)
        for i, char in enumerate(row)
        if char != "\u3000"
    ]
    assert layout.text(pieces) == "本报讯 （记者王明）近日\n衡阳市总工会开设职工夜校\n课程由职工点单老师由工会\n"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"%PDF-1.7\n", "damaged or cut off"),
        (sheets.pdf([NIGHT])[:700], "damaged or cut off"),
        (b"no pdf at all", "not a PDF"),
        (sheets.pdf([NIGHT], encrypt="geheim"), "protected by a password"),
        (sheets.pdf([]), "empty"),
    ],
)
def test_a_pdf_that_cannot_be_read_says_why(tmp_path, data, problem):
    assert problem in refused(load(at(tmp_path / "a.pdf", data)))


def test_a_scanned_sheet_without_the_extra_names_it(tmp_path, monkeypatch):
    monkeypatch.setattr(ocr, "is_there", lambda: False)
    scan = sheets.picture_pdf(sheets.drawn(sheets.pdf([NIGHT]), 1))
    assert "install the extra ocr" in refused(load(at(tmp_path / "a.pdf", scan)))
    assert "install the extra ocr" in refused(load(at(tmp_path / "a.png", sheets.drawn(sheets.pdf([NIGHT]), 1))))


@pytest.mark.slow
@pytest.mark.skipif(not ocr.is_there(), reason="needs the extra ocr")
@pytest.mark.skipif(not sheets.can_draw(), reason="needs a Chinese font to draw the sheet with")
def test_a_scanned_sheet_is_read_by_ocr_in_the_order_of_its_columns(tmp_path):
    from difflib import SequenceMatcher

    loaded = load(at(tmp_path / "a.pdf", sheets.picture_pdf(sheets.drawn(sheets.pdf([NIGHT, RIDERS]), 4))))
    want = bare("".join(s.title + "".join(s.paragraphs) for s in (NIGHT, RIDERS)))
    assert SequenceMatcher(None, bare(text_of(loaded)), want, autojunk=False).ratio() > 0.97
    assert len(loaded.articles) == 2
    assert loaded.notes == ("a.pdf: page 1: read by OCR, so look it over",)
    assert "夜校" in text_of(load(at(tmp_path / "a.png", sheets.drawn(sheets.pdf([NIGHT]), 3))))


@pytest.mark.skipif(not ocr.is_there(), reason="needs the extra ocr")
@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n", b"GIF89a", sheets.drawn(sheets.pdf([NIGHT]), 1)[:900]])
def test_a_damaged_picture_is_told(tmp_path, data):
    assert "not a whole picture" in refused(load(at(tmp_path / "a.png", data)))


# --- archives -----------------------------------------------------------------------------------


def test_an_archive_gives_the_pages_in_it(tmp_path):
    data = sheets.zipped(
        {"2025/b.txt": NEWS.encode(), "a.html": b"<p>\xe5\xa4\x9c</p>", "x.exe": b"MZ", "__MACOSX/a.txt": b"x"}
    )
    at(tmp_path / "p" / "z.zip", data)
    found = sources([tmp_path / "p"])
    assert [source.name for source in found] == ["z.zip/2025/b.txt", "z.zip/a.html"]
    assert load(found[0]).articles[0].source == "z.zip/2025/b.txt"
    assert passed_over([tmp_path / "p"]) == (f"{tmp_path / 'p'}: passed over what is no page: 1 .exe",)


def _gbk_named(name, data):
    """A zip as Chinese Windows writes it: the name in GBK, no flag."""
    made = sheets.zipped({"?" * len(name.encode("gbk")): data})
    return made.replace(b"?" * len(name.encode("gbk")), name.encode("gbk"))


def test_chinese_names_in_an_archive_are_read_whatever_wrote_them(tmp_path):
    for archive_name, data in (
        ("a.zip", _gbk_named("第1版/夜校.txt", NEWS.encode())),
        ("b.zip", sheets.zipped({"第1版/夜校.txt": NEWS.encode()})),
    ):
        (source,) = sources([at(tmp_path / archive_name, data).path])
        assert source.name == f"{archive_name}/第1版/夜校.txt"
        assert load(source).articles


@pytest.mark.parametrize(
    "name", ["../a.txt", "a/../../b.txt", "/etc/a.txt", "C:\\a.txt", "..\\a.txt", "\\\\host\\a.txt"]
)
def test_a_member_that_leads_out_of_the_archive_is_refused(tmp_path, name):
    at(tmp_path / "z.zip", sheets.zipped({name: NEWS.encode(), "good.txt": NEWS.encode()}))
    loaded = {source.name: load(source) for source in sources([tmp_path / "z.zip"])}
    assert loaded.pop("z.zip/good.txt").articles
    ((_, bad),) = loaded.items()
    assert "leads out of the archive" in refused(bad)


def test_an_archive_in_an_archive_is_refused_and_the_rest_read(tmp_path):
    at(tmp_path / "z.zip", sheets.zipped({"in.zip": sheets.zipped({"a.txt": b"x"}), "a.txt": NEWS.encode()}))
    corpus = read(sources([tmp_path / "z.zip"]))
    assert len(corpus.articles) == 1
    assert len(corpus.errors) == 1
    assert "an archive in an archive" in corpus.errors[0]


def test_a_member_that_unfolds_beyond_all_measure_is_refused(tmp_path):
    at(tmp_path / "z.zip", sheets.zipped({"a.txt": b"0" * 30_000_000, "b.txt": NEWS.encode()}))
    bad, good = (load(source) for source in sources([tmp_path / "z.zip"]))
    assert "zip bomb" in refused(bad)
    assert good.articles


def test_a_member_that_lies_about_its_size_is_stopped(tmp_path):
    data = sheets.zipped({"a.txt": b"0" * 30_000_000})
    lying = data.replace(struct.pack("<L", 30_000_000), struct.pack("<L", 1000))
    begin = time.process_time()
    (source,) = sources([at(tmp_path / "z.zip", lying).path])
    assert "do not unfold to what was packed" in refused(load(source))
    assert time.process_time() - begin < 1


def test_overlapping_members_and_too_many_are_refused(tmp_path, monkeypatch):
    infos = archive.infolist(io.BytesIO(sheets.zipped({"a.txt": b"x" * 100}, zipfile.ZIP_STORED)))
    with pytest.raises(ReadError, match="overlap"):
        archive.check(infos * 3, 200)
    monkeypatch.setattr(archive, "MEMBERS", 2)
    at(tmp_path / "z.zip", sheets.zipped({f"{i}.txt": NEWS.encode() for i in range(3)}))
    (source,) = sources([tmp_path / "z.zip"])
    assert "holds 3 files" in refused(load(source))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda data: data[:-30], "not a whole zip"),
        (lambda data: b"PK\x03\x04" + NOISE, "not a whole zip"),
        (lambda data: data.replace(NEWS.encode()[:12], b"?" * 12), "do not unfold"),
        (
            lambda data: data.replace(b"PK\x01\x02\x14\x03\x14\0\0\0", b"PK\x01\x02\x14\x03\x14\0\1\0"),
            "protected by a password",
        ),
    ],
)
def test_a_damaged_or_locked_archive_is_told(tmp_path, change, problem):
    data = change(sheets.zipped({"a.txt": NEWS.encode()}, zipfile.ZIP_STORED))
    (source,) = sources([at(tmp_path / "z.zip", data).path])
    assert problem in refused(load(source))


def test_an_archive_without_a_page_says_so(tmp_path):
    (source,) = sources([at(tmp_path / "z.zip", sheets.zipped({"a.exe": b"x"})).path])
    assert "no page in this archive" in refused(load(source))


def test_reading_an_archive_writes_nothing(tmp_path, monkeypatch):
    at(
        tmp_path / "z.zip",
        sheets.zipped({"a/b.txt": NEWS.encode(), "c.docx": sheets.document(TWO), "d.pdf": sheets.pdf([NIGHT])}),
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert len(read(sources([tmp_path / "z.zip"])).articles) == 4
    assert [path.name for path in tmp_path.iterdir()] == ["z.zip"]


# --- limits -------------------------------------------------------------------------------------


def test_a_file_of_200_megabytes_is_refused_without_being_read(tmp_path):
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(200 * 2**20)
    begin = time.process_time()
    assert "200 MiB; files over 64 MiB are not read" in refused(load(Source(tmp_path / "a.txt", "a.txt")))
    assert time.process_time() - begin < 0.5


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    ["工会服务职工。\n" * 200_000, "工会为职工办实事，" * 380_000, "7人\n" * 1_000_000],
    ids=["lines", "line", "digits"],
)
def test_what_is_longer_than_any_page_is_kept_as_text_in_seconds(tmp_path, text):
    begin = time.process_time()
    loaded = load(at(tmp_path / "a.txt", text.encode()))
    assert time.process_time() - begin < 10
    (article,) = loaded.articles
    assert bare(article.text) == bare(text)
    assert [doubt.what for doubt in article.doubts] == [Doubtful.MIXED]
    assert "longer than any newspaper page" in loaded.notes[0]


def test_the_longest_page_is_still_cut_into_articles(tmp_path):
    text = (f"# {NIGHT.title}\n\n" + "\n\n".join(NIGHT.paragraphs) + "\n\n") * 20
    assert len(text) < LONGEST
    assert len(load(at(tmp_path / "a.txt", text.encode())).articles) == 20


@pytest.mark.parametrize("text", ["1234567890\n" * 30, "2025", "1\n\n2\n\n3\n", "3.14%\n" * 5])
def test_a_page_of_only_digits_is_told(tmp_path, text):
    loaded = load(at(tmp_path / "a.txt", text.encode()))
    assert (loaded.articles, loaded.pages) == ((), ())
    assert loaded.error.endswith("a.txt: no word in it, only figures and signs; export the page again")


def test_a_page_the_parser_fails_on_is_kept_as_text_and_told(tmp_path, monkeypatch):
    def fails(_page, **_options):
        raise IndexError("list index out of range")

    monkeypatch.setattr("rag.ingest.read.articles", fails)
    loaded = load(at(tmp_path / "a.txt", NEWS.encode()))
    assert bare(loaded.articles[0].text) == bare(NEWS)
    assert "the page parser failed on it (IndexError: list index out of range)" in loaded.notes[0]


def test_a_reader_that_fails_is_a_line_and_the_rest_goes_on(tmp_path, monkeypatch):
    def fails(_data):
        raise RuntimeError("line one\nline two")

    monkeypatch.setattr("rag.ingest.read._READERS", (((".pdf",), fails), ((".txt",), html.text)))
    at(tmp_path / "a.pdf", b"x")
    at(tmp_path / "b.txt", NEWS.encode())
    corpus = read(sources([tmp_path]))
    assert corpus.articles
    assert "RuntimeError: line one line two" in corpus.errors[0]


def test_one_bad_file_of_each_kind_does_not_stop_the_others(tmp_path):
    for ending in ("txt", "md", "html", "pdf", "docx", "jsonl", "jsonl.gz", "csv", "zip"):
        at(tmp_path / f"bad.{ending}", NOISE)
    at(tmp_path / "good.txt", NEWS.encode())
    corpus = read(sources([tmp_path]))
    assert {article.source for article in corpus.articles} == {"good.txt"}
    assert len(corpus.errors) == 9
    assert [page.source for page in pages([tmp_path])] == ["good.txt"]


@pytest.mark.parametrize(("levels", "starts"), [
    ([1, 0, 2, 0, 2, 0], ()), ([1, 2, 0, 2, 0], (1, 3)), ([1, 0, 1, 0], (0, 2)), ([0, 0], ()), ([], ()), ([1, 1, 0], ()), ([1, 1, 0, 1, 0], (1, 3)), ([2, 0], ()),
])  # fmt: skip
def test_the_level_that_starts_articles_is_found(levels, starts):
    assert article_lines(levels) == starts


def test_no_library_of_a_format_is_loaded_before_a_file_needs_it():
    code = "import sys, rag.ingest.read; print([m for m in ('lxml', 'docx', 'pypdfium2', 'charset_normalizer', 'rapidocr', 'PIL') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
