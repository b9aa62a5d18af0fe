from __future__ import annotations

import gzip
import json
import os
import re
import sys
import time
from pathlib import Path

import pages
import pytest

from rag.errors import ReadError
from rag.ingest import people
from rag.ingest.article import articles
from rag.ingest.read import Source, load, read, read_page, sources
from rag.types import Kind, Page

STORY = """本报讯（记者王明）近日，衡阳市总工会开设职工夜校，课程由职工点单。

夜校每周二晚上7点开课，已有300名职工报名。

职工夜校办到家门口
"""


def parsed(text):
    return articles(Page.of("a.txt", text))


def printed(text):
    return sorted(re.sub(r"[\s#*]+", "", text))


def held(found):
    parts = []
    for a in found:
        parts += [a.title, a.kicker, a.subtitle, a.banner, *a.bylines, *a.credits, *a.jumps, *a.paragraphs]
        parts += [heading.text for heading in a.headings]
    return printed("".join(parts))


def told(*paths):
    """The one line that reading these paths fails with."""
    with pytest.raises(ReadError) as caught:
        read(sources(paths))
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 400
    return message


def write(path, data):
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


# --- files that cannot be read ------------------------------------------------------------------


def test_a_missing_file_is_named(tmp_path):
    assert re.search(r"none\.txt: no such file", told(tmp_path / "none.txt"))


def test_a_file_that_vanished_after_it_was_found_is_named(tmp_path):
    found = sources([write(tmp_path / "a.txt", STORY)])
    (tmp_path / "a.txt").unlink()
    with pytest.raises(ReadError, match=r"a\.txt: no such file"):
        read(found)


def test_a_folder_without_pages_says_what_pages_are(tmp_path):
    (tmp_path / "empty").mkdir()
    write(tmp_path / "empty" / "a.exe", b"MZ")
    assert re.search(r"empty: no page in this folder; pages end in \.txt, \.md, \.html", told(tmp_path / "empty"))


@pytest.mark.parametrize("data", [b"", b" \n\r\n\t", b"\xef\xbb\xbf", "\u3000\n".encode()])
def test_an_empty_file_is_refused(tmp_path, data):
    assert "empty" in told(write(tmp_path / "a.txt", data))


def test_a_gb18030_file_gives_the_same_articles_as_in_utf_8(tmp_path):
    corpus = read(sources([write(tmp_path / "a.txt", STORY.encode("gb18030"))]))
    assert corpus.articles == parsed_as("a.txt", STORY)
    assert corpus.notes == ("a.txt: read as GB18030",)


def parsed_as(name, text):
    return tuple(articles(Page.of(name, text)))


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\x00\x00", bytes(range(256))])
def test_a_binary_file_is_refused(tmp_path, data):
    assert "no text" in told(write(tmp_path / "a.txt", data))


def test_zero_bytes_are_refused(tmp_path):
    assert "zero bytes" in told(write(tmp_path / "a.txt", STORY + "\0"))


@pytest.mark.parametrize("name", ["a.doc", "a.exe", "a", "a.txt.gz", "a.json"])
def test_another_kind_of_file_is_refused(tmp_path, name):
    assert "cannot read this kind of file" in told(write(tmp_path / name, STORY))


def test_a_folder_called_like_a_page_is_searched_as_a_folder(tmp_path):
    (tmp_path / "a.txt").mkdir()
    assert "no page in this folder" in told(tmp_path / "a.txt")


def test_a_pipe_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "a.txt")
    assert "neither a file nor a folder" in told(tmp_path / "a.txt")


def test_a_link_out_of_the_folder_is_refused_and_one_within_it_read(tmp_path):
    write(tmp_path / "secret.txt", STORY)
    (tmp_path / "pages").mkdir()
    write(tmp_path / "pages" / "b.txt", STORY)
    (tmp_path / "pages" / "a.txt").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "pages" / "c.txt").symlink_to(tmp_path / "pages" / "b.txt")
    found = sources([tmp_path / "pages"])
    assert [source.name for source in found] == ["a.txt", "c.txt"]  # b.txt is c.txt
    corpus = read(found)
    assert {article.source for article in corpus.articles} == {"c.txt"}
    assert "leads out of its folder" in corpus.errors[0]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_told(tmp_path):
    write(tmp_path / "a.txt", STORY).chmod(0)
    assert "permissions" in told(tmp_path / "a.txt")


def test_a_link_to_itself_is_no_file(tmp_path):
    (tmp_path / "a.txt").symlink_to(tmp_path / "a.txt")
    assert "no such file" in told(tmp_path / "a.txt")


# --- files and folders that can -----------------------------------------------------------------


def test_a_byte_order_mark_is_no_text(tmp_path):
    corpus = read(sources([write(tmp_path / "a.txt", b"\xef\xbb\xbf" + STORY.encode())]))
    assert corpus.articles == parsed_as("a.txt", STORY)


def test_folders_are_searched_through_in_the_order_of_names_and_readmes_passed_over(tmp_path):
    (tmp_path / "b").mkdir()
    for name in ("c.txt", "a.md", "b/d.TXT", "README.md", "readme.txt", ".x.txt", "~$a.md", "notes.exe"):
        write(tmp_path / name, STORY + name)
    assert [source.name for source in sources([tmp_path])] == ["a.md", "b/d.TXT", "c.txt"]


def test_a_readme_that_is_asked_for_is_read(tmp_path):
    assert [source.name for source in sources([write(tmp_path / "README.md", STORY)])] == ["README.md"]


def test_a_folder_that_links_to_itself_is_searched_once(tmp_path):
    write(tmp_path / "a.txt", STORY)
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    assert [source.name for source in sources([tmp_path])] == ["a.txt"]


def test_a_file_given_twice_is_read_once(tmp_path):
    write(tmp_path / "a.txt", STORY)
    assert len(sources([tmp_path, tmp_path / "a.txt", tmp_path])) == 1


def test_two_files_of_one_name_are_told(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder / "p.txt", STORY + folder)
    assert "give their common folder" in told(tmp_path / "a", tmp_path / "b")
    assert len(sources([tmp_path])) == 2


def test_a_page_with_the_text_of_another_is_passed_over_with_a_remark(tmp_path):
    for name in ("a.txt", "b.txt"):
        write(tmp_path / name, STORY)
    corpus = read(sources([tmp_path]))
    assert corpus.notes == ("b.txt: same text as a.txt, passed over",)
    assert {a.source for a in corpus.articles} == {"a.txt"}
    assert [page.source for page in corpus.pages] == ["a.txt", "b.txt"]


def test_progress_is_told_for_each_file(tmp_path):
    for name in ("a.txt", "b.txt"):
        write(tmp_path / name, STORY + name)
    steps = []
    read(sources([tmp_path]), lambda *step: steps.append(step))
    assert steps == [("read", 1, 2), ("read", 2, 2)]


# --- corpora ------------------------------------------------------------------------------------

ROWS = [{"id": "x-1", "title": "职工 夜校", "text": "第一段。\n\n第二段  有空格。"}, {"id": 2, "text": "只有正文。"}]
LINES = "\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jsonl", LINES.encode()),
        ("a.jsonl", b"\xef\xbb\xbf" + LINES.replace("\n", "\r\n\r\n").encode()),
        ("a.jsonl.gz", gzip.compress(LINES.encode())),
        ("A.JSONL.GZ", gzip.compress(LINES.encode())),
    ],
)
def test_a_corpus_holds_one_document_a_line(tmp_path, name, data):
    one, two = read(sources([write(tmp_path / name, data)])).articles
    assert (one.id, one.title, one.paragraphs) == ("x-1", "职工 夜校", ("第一段。", "第二段 有空格。"))
    assert (two.id, two.title, two.kind, two.document_id) == ("2", "", Kind.DOCUMENT, "2")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "line 3: not JSON"),
        ("[" * 100_000, "line 3: not JSON"),
        ("[1]", 'line 3: needs "id" and "text"'),
        ('{"id": "y"}', 'line 3: needs "id" and "text"'),
        ('{"text": "y"}', 'line 3: needs "id" and "text"'),
        ('{"id": null, "text": "y"}', 'line 3: needs "id" and "text"'),
        ('{"id": "y", "text": ["y"]}', 'line 3: needs "id" and "text"'),
        ('{"id": "y", "text": "\\ud800"}', "line 3: holds half a character"),
        ('{"id": "x-1", "text": "y"}', "line 3: has the id 'x-1' of line 1"),
    ],
)
def test_a_line_that_is_no_document_is_named_and_passed_over(tmp_path, line, problem):
    corpus = read(sources([write(tmp_path / "a.jsonl", f"{LINES}\n{line}\n")]))
    assert [article.id for article in corpus.articles] == ["x-1", "2"]
    (error,) = corpus.errors
    assert error.startswith("a.jsonl: ")
    assert problem in error
    assert len(error) < 400


@pytest.mark.parametrize(
    ("printed_", "shown"),
    [
        ("本报讯（人民日报记者唐秋冰陈雨迪）近日", "本报讯（人民日报记者唐秋冰 陈雨迪）近日"),
        ("本报讯（记者王明、李红）近日", "本报讯（记者王明、李红）近日"),
        ("本报讯（本报见习编辑 记者王明  通讯员李红）近日", "本报讯（本报见习编辑 记者王明 通讯员李红）近日"),
        ("本报讯（记者王明）近日", "本报讯（记者王明）近日"),
    ],
)
def test_spaces_between_names_are_set_and_nothing_printed_is_lost(printed_, shown):
    assert people.space(printed_) == shown
    assert printed(people.space(printed_)) == printed(printed_)


def test_a_page_of_figures_alone_is_told(tmp_path):
    assert "no word in it, only figures and signs" in told(write(tmp_path / "a.txt", "123 456\n\n7.8% - 99\n"))


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="names of files are text there")
def test_names_that_cannot_be_shown_are_read_as_windows_writes_them_or_escaped(tmp_path):
    raw = os.fsencode(tmp_path)
    for name in ("工会.txt".encode("gb18030"), b"\xff\xff.txt", "换\n行.txt".encode(), "右\u202e左.txt".encode()):
        Path(os.fsdecode(raw + b"/" + name)).write_text(f"工会办实事{name!r}。", "utf-8")
    found = sources([tmp_path])
    assert {source.name for source in found} == {"工会.txt", "\\xff\\xff.txt", "换\\n行.txt", "右\\u202e左.txt"}
    for source in found:
        loaded = load(source)
        assert (len(loaded.articles), loaded.error) == (1, "")
    gone = load(Source(Path(os.fsdecode(raw + b"/\xb9\xa4.txt")), "工.txt"))
    assert gone.error.endswith("/工.txt: no such file; check the path")


def test_a_corpus_without_a_document_is_told(tmp_path):
    assert "line 1: not JSON" in told(write(tmp_path / "a.jsonl", "{\n["))


def test_one_id_in_two_files_is_told(tmp_path):
    write(tmp_path / "a.jsonl", LINES)
    write(tmp_path / "b.jsonl", LINES.replace("正文", "别的"))
    corpus = read(sources([tmp_path]))
    assert [(article.id, article.source) for article in corpus.articles] == [("x-1", "a.jsonl"), ("2", "a.jsonl")]
    assert len(corpus.errors) == 2
    assert "b.jsonl: two documents have the id 'x-1'" in corpus.errors[0]


@pytest.mark.parametrize("data", [b"plain text", b"\x1f\x8b\x08" + b"\xff" * 40])
def test_a_damaged_gzip_file_is_told(tmp_path, data):
    assert "not a gzip file" in told(write(tmp_path / "a.jsonl.gz", data))


# --- odd pages ----------------------------------------------------------------------------------


def test_windows_line_ends_give_the_same_articles():
    text = pages.page(5).text
    plain, windows = parsed(text), parsed(text.replace("\n", "\r\n"))
    assert [(a.title, a.paragraphs, a.lines) for a in plain] == [(a.title, a.paragraphs, a.lines) for a in windows]


@pytest.mark.parametrize(
    "text", ["工会", "工会服务职工。", "# 工会", "本报记者 王明", "（下转第2版）", "王明 摄", "（新华社北京8月27日电）"]
)
def test_a_page_of_one_line_is_one_article(text):
    (article,) = parsed(text)
    assert held([article]) == printed(text)


def test_a_page_of_nothing_but_titles_is_kept_as_text():
    text = "工会办起职工夜校\n\n骑手有了自己的家\n\n# 书香飘进车间\n"
    found = parsed(text)
    assert held(found) == printed(text)
    assert all(article.paragraphs for article in found)


def test_a_page_of_marks_alone_has_no_article():
    assert parsed("**\n\n \u200b\n") == () or held(parsed("**\n\n \u200b\n")) == []


ENGLISH = """Night school for workers

The trade union of Hengyang opened a night school on
Tuesday. More than 300 workers signed up for it, and
the teachers come from the plants of the city. It is
open until nine, and the courses are free. There are 20
classes in all.

"I work in the day and learn in the evening," said Wang
Ming, a welder. The union will open 12 more schools by
the end of the year, in factories and along the roads
where drivers rest.
"""


def test_an_english_page_keeps_its_words_apart():
    (article,) = parsed(ENGLISH)
    assert article.title == "Night school for workers"
    assert article.paragraphs == tuple(" ".join(p.split()) for p in ENGLISH.split("\n\n")[1:])


def test_one_huge_line_is_one_paragraph():
    line = "工会为职工办实事，" * 60_000 + "好。"
    (article,) = parsed(line)
    assert article.paragraphs == (line,)


# --- time ---------------------------------------------------------------------------------------

HARD = {
    "spaces": "工" + " " * 10_000 + "会",
    "brackets": "（" * 10_000,
    "half brackets": "(" * 10_000 + ")" * 10_000,
    "reporters": "记者" * 50_000,
    "openings": "本报讯（记者" * 5_000,
    "names": "本报记者" + " 王明" * 20_000,
    "names with commas": "本报记者" + "王明、" * 20_000 + "x",
    "halves of names": "本报记者" + " 王" * 20_000 + "。",
    "surnames": "本报记者 " + "王" * 30_000 + " 摄",
    "letters apart": "王 " * 30_000,
    "wires": "（新华社" * 5_000,
    "jumps": "（下转第" * 5_000 + "1" * 20_000,
    "hashes": "#" * 10_000,
    "stars": "**" * 10_000,
    "quotes": "“" * 10_000,
    "digits": "1" * 20_000,
    "days": "1月1日，" * 5_000,
    "years": "2024年" * 10_000,
    "places": "北京市" * 10_000,
    "by-lines": "本报记者 王明\n" * 2_000,
    "titles": "工会服务职工有新招\n" * 2_000,
    "broken paragraphs": "工会为职工办实事\n\n本报记者 王明\n\n" * 1_000,
    "captions": "12月2日，工人在车间。 王明 摄\n" * 2_000,
}


@pytest.mark.parametrize("text", HARD.values(), ids=HARD)
def test_no_line_is_hard_to_parse(text):
    found, seconds = timed(text)
    if (
        seconds > 3
    ):  # slow machines are allowed, slow reading is not: a quarter of the text must take about a quarter of the time
        assert seconds < 10 * timed(text[: len(text) // 4])[1]
    assert held(found) == printed(text)


def timed(text):
    begin = time.process_time()  # not by the clock: other programs may be running
    return parsed(text), time.process_time() - begin


@pytest.mark.slow
def test_a_page_of_five_megabytes_takes_time_in_proportion_to_its_length(tmp_path):
    text = pages.page(5).text
    seconds = []
    for size in (500_000, 5_000_000):
        page = read_page(sources([write(tmp_path / "a.txt", text * (size // len(text.encode()) + 1))])[0])
        begin = time.process_time()
        articles(page)
        seconds.append(time.process_time() - begin)
    assert seconds[1] < 120
    assert seconds[1] < 25 * seconds[0]
