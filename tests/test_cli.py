"""The command line: what it prints, writes and says when something is wrong. Never a traceback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from array import array
from pathlib import Path

import pytest
from terminal import one_line

from rag.config import ROOT, load
from rag.search.store import open_
from ui.terminal import refresh_index

SEEDS = ROOT / "seeds"
QUESTION = "常州办暑期托管，各单位一共投入了多少资金？"


def rows(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def write(path: Path, *lines: object) -> Path:
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")
    return path


# --- what it does -------------------------------------------------------------------------------


def test_articles_are_listed_one_a_line(rag):
    ended = rag("articles", SEEDS)
    assert ended.code == 0
    assert len(ended.out.splitlines()) == 41
    assert "福建：“联席会议”有了标准化“指南”" in ended.out.splitlines()[0]


def test_articles_as_json_are_one_object_a_line(rag, store):
    from_pages = rows(rag("articles", SEEDS, "--json").out)
    assert len(from_pages) == 41
    assert set(from_pages[0]) >= {"id", "source", "kind", "title", "paragraphs", "reporters", "published", "lines"}
    listed = rows(rag("list", "--store", store, "--json").out)
    assert [{k: v for k, v in row.items() if k not in {"doubtful", "repeats"}} for row in listed] == from_pages


BEGUN = """工会进企业解难题

本报讯（记者王明）近日，河北省唐山市总工会组织干部到企业蹲点，和职工一起查找生产中的难题，
已为三十家企业解决用工、培训、安全等方面的问题，职工们说工会来得及时。（下转第2版）
"""
RESTED = """（上接第1版）唐山市总工会的蹲点干部还到企业夜班车间，和职工一起查找安全难题，
帮助企业建立培训教室，职工们说蹲点干部解决了他们的用工、培训问题。
"""


def test_a_report_that_goes_on_on_another_page_is_one_article(rag, tmp_path):
    for number, text in enumerate((BEGUN, RESTED), start=1):
        (tmp_path / f"20250828_{number:02d}.txt").write_text(text, "utf-8")
    (article,) = rows(rag("articles", tmp_path, "--json").out)
    assert article["title"] == "工会进企业解难题"
    assert [part["source"] for part in article["continued"]] == ["20250828_02.txt"]
    assert "夜班车间" in "".join(article["paragraphs"])


def test_what_is_left_out_of_a_file_is_named_and_the_exit_code_says_so_each_time(rag, tmp_path):
    corpus, store = tmp_path / "a.jsonl", tmp_path / "index"
    corpus.write_text('{"id": "1", "text": "工会办实事。"}\nno document\n', "utf-8")
    assert rag("articles", corpus).code == 2
    for _ in range(2):  # read, and taken from the index
        ended = rag("index", corpus, "--store", store)
        assert ended.code == 2
        assert "rag: a.jsonl: line 2: not JSON" in ended.err
        assert "left out: 1 files or parts of them" in ended.err
    assert "left out: a.jsonl: line 2: not JSON" in rag("check", "--store", store).out


def test_an_answer_is_printed_with_its_sources(rag, store):
    ended = rag("ask", QUESTION, "--store", store)
    assert ended.code == 0
    assert ended.err == ""
    assert "773.02万元" in ended.out
    assert "[1] 《26家公益研学基地成工会暑托班“外延课堂”》" in ended.out


def test_an_answer_as_json_has_what_the_batch_has(rag, store):
    found = json.loads(rag("ask", QUESTION, "--store", store, "--json").out)
    assert found["status"] == "answered"
    assert found["citations"][0]["n"] == 1


def test_a_batch_of_questions_is_answered_line_by_line(rag, store, tmp_path):
    given = write(
        tmp_path / "in.jsonl",
        {"id": 7, "question": QUESTION},
        {"id": "b", "question": "那甘肃呢？", "history": ["福建的联席会议是怎么开的？"]},
        {"id": "c", "question": "火星上有工会吗？"},
        {
            "question": "福建联席会议多久开一次？",
            "history": [{"role": "user", "content": "福建"}, {"role": "assistant", "content": "…"}],
        },
    )
    ended = rag("ask", "--batch", given, "--out", tmp_path / "out.jsonl", "--store", store)
    assert (ended.code, ended.out) == (0, "")
    found = rows((tmp_path / "out.jsonl").read_text("utf-8"))
    assert [row["id"] for row in found] == [7, "b", "c", "4"]
    wanted = {"id", "question", "understood_as", "status", "refused", "answer", "citations", "passages", "seconds"}
    for row in found:
        assert set(row) >= wanted
        assert row["refused"] == (row["status"] == "no_evidence")
        assert bool(row["citations"]) != row["refused"]
        texts = {p["id"]: p["text"] for p in row["passages"]}
        for c in row["citations"]:
            assert set(c) == {"n", "passage_id", "article_id", "title", "source", "quote", "start", "end"}
            assert texts[c["passage_id"]][c["start"] : c["end"]] == c["quote"]
        for p in row["passages"]:
            assert set(p) >= {"id", "article_id", "document_id", "title", "source", "text", "score"}
    assert "甘肃" in found[1]["understood_as"]


def test_a_batch_of_queries_finds_k_passages_each(rag, store, tmp_path):
    given = write(tmp_path / "in.jsonl", {"id": "1", "question": "工会妈妈小屋"}, {"qid": "2", "query": "联席会议"})
    rag("search", "--batch", given, "--out", tmp_path / "out.jsonl", "--k", 3, "--store", store)
    found = rows((tmp_path / "out.jsonl").read_text("utf-8"))
    assert [(row["id"], len(row["passages"])) for row in found] == [("1", 3), ("2", 3)]
    assert rows(rag("search", "--batch", given, "--k", 3, "--store", store).out) == found


def test_a_search_is_printed_best_first(rag, store):
    found = json.loads(rag("search", "工会妈妈小屋", "--store", store, "--k", 4, "--json").out)
    assert len(found) == 4
    assert sorted((p["score"] for p in found), reverse=True) == [p["score"] for p in found]
    assert "妈妈小屋" in rag("search", "工会妈妈小屋", "--store", store).out


def test_help_names_every_command(rag):
    for arguments in ((), ("--help",)):
        ended = rag(*arguments)
        assert ended.code == 0
        assert all(
            name in ended.out
            for name in ("index", "articles", "list", "show", "remove", "check", "search", "ask", "serve")
        )


# --- the library --------------------------------------------------------------------------------


@pytest.fixture
def own(rag, tmp_path):
    """An index of its own over two pages and a file that cannot be read."""
    pages = tmp_path / "pages"
    pages.mkdir()
    for name, place in (("a.txt", "河北省唐山市"), ("b.txt", "浙江省嘉兴市")):
        text = f"本报讯（记者王明）近日，{place}总工会新建驿站35家，户外劳动者歇脚有了好去处。\n{place}新建驿站35家\n"
        (pages / name).write_text(text, "utf-8")
    (pages / "bad.txt").write_bytes(b"\0\1\2\xff" * 99)
    return tmp_path / "index"


def test_an_index_with_unreadable_files_is_built_without_them_and_the_exit_code_says_so(rag, own, tmp_path):
    for again in (False, True):
        ended = rag("index", tmp_path / "pages", "--store", own)
        assert (ended.code, ended.out) == (2, "")
        assert sum("bad.txt" in line for line in ended.err.splitlines()) == 1
        assert "2 files, 2 pages, 2 articles (2 news), 2 passages" in ended.err
        assert ("nothing to do" in ended.err) == again
    assert len(rag("list", "--store", own).out.splitlines()) == 2


def test_a_report_says_what_is_new_changed_and_gone(rag, own, tmp_path):
    rag("index", tmp_path / "pages", "--store", own)
    (tmp_path / "pages" / "bad.txt").unlink()
    (tmp_path / "pages" / "a.txt").unlink()
    page = tmp_path / "pages" / "b.txt"
    page.write_text(page.read_text("utf-8").replace("35", "36"), "utf-8")
    (tmp_path / "pages" / "c.txt").write_text("", "utf-8")
    (tmp_path / "pages" / "picture.xyz").write_bytes(b"x")
    ended = rag("index", "--store", own, "--jobs", 1)
    assert ended.code == 0
    assert "files: 1 new, 1 changed, 1 gone; 2 read" in ended.err
    assert "c.txt: empty, passed over" in ended.err
    assert "passed over what is no page: 1 .xyz" in ended.err


def test_repeated_articles_are_told_and_marked(rag, own, tmp_path):
    long = "".join(f"第{n}座驿站建在{place}，里面有饮水机。" for n, place in enumerate("东西南北中上下左右"))
    for name, text in (("c.txt", long), ("d.txt", long.replace("。", "．")), ("e.txt", long[:-12])):
        (tmp_path / "pages" / name).write_text(f"本报讯（记者李红）{text}\n", "utf-8")
    assert (
        "repeated: 1 articles exactly, 1 nearly; all are kept" in rag("index", tmp_path / "pages", "--store", own).err
    )
    listed = rows(rag("list", "--store", own, "--json").out)
    by_source = {row["source"]: row for row in listed}
    assert len(listed) == 5
    assert by_source["d.txt"]["repeats"] == {"article": by_source["c.txt"]["id"], "likeness": 1.0}
    assert 0.6 <= by_source["e.txt"]["repeats"]["likeness"] < 1
    assert by_source["a.txt"]["repeats"] is None
    assert f"［同 {by_source['c.txt']['id']}］" in rag("list", "--store", own).out


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ((), 41),
        (("--kind", "photo"), 9),
        (("--place", "福建"), 3),
        (("--place", "福建省"), 3),
        (("--since", "2025-12"), 8),
        (("--until", "2022"), 8),
        (("--since", "2022-09-11", "--until", "2024"), 24),
        (("--since", "2031"), 0),
    ],
)
def test_a_listing_is_narrowed(rag, store, options, count):
    assert len(rag("list", "--store", store, *options).out.splitlines()) == count


@pytest.mark.parametrize(
    "options",
    [
        ("--place", "福建"),
        ("--since", "2025-12"),
        ("--until", "2022"),
        ("--kind", "photo"),
        ("--place", "福建", "--kind", "news", "--since", "2022"),
    ],
)
def test_a_search_finds_the_best_of_what_its_options_let_pass(rag, store, options):
    listed = {row["id"] for row in rows(rag("list", "--store", store, *options, "--json").out)}
    found = json.loads(rag("search", "工会职工", "--k", "1000", "--store", store, *options, "--json").out)
    assert {passage["article_id"] for passage in found} <= listed
    every = json.loads(rag("search", "工会职工", "--k", "1000", "--store", store, "--json").out)
    assert {p["article_id"] for p in every if p["article_id"] in listed} <= {p["article_id"] for p in found}
    assert len(every) > len(found) > 0


def test_a_search_for_a_reporter_or_in_a_file_finds_only_theirs(rag, store):
    listed = rows(rag("list", "--store", store, "--json").out)
    one = next(row for row in listed if row["reporters"])
    for option, value in (("--reporter", one["reporters"][0]), ("--source", one["source"])):
        found = json.loads(rag("search", one["title"], "--store", store, option, value, "--json").out)
        ids = {row["id"] for row in listed if value in (*row["reporters"], row["source"])}
        assert found
        assert {passage["article_id"] for passage in found} <= ids


def test_doubtful_articles_are_listed_and_shown_with_their_doubts(rag, store, monkeypatch):
    from dataclasses import replace

    from rag.search import upkeep
    from rag.types import Doubt, Doubtful

    found, _ = upkeep.listing(load(store=store))
    sure = {name: replace(article, doubts=(), confidence=1.0) for name, article in found.items()}
    one, other, *_ = sure
    doubts = (Doubt(Doubtful.TITLE, "两个题名"), Doubt(Doubtful.ORDER, "接不上", 1))
    doubting = sure | {one: replace(sure[one], doubts=doubts), other: replace(sure[other], confidence=0.4)}
    monkeypatch.setattr(upkeep, "listing", lambda _: (doubting, {}))
    lines = rag("list", "--doubtful", "--store", store).out.splitlines()
    assert [line.split()[0] for line in lines] == [other, one]  # the least sure first
    assert [line.rpartition("［")[2] for line in lines] == ["存疑，把握 0.40］", "存疑］"]
    _, row = rows(rag("list", "--doubtful", "--store", store, "--json").out)
    assert row["doubtful"]
    assert row["doubts"][1] == {"what": "order", "why": "接不上", "paragraph": 1}
    shown = rag("show", one, "--store", store).out
    assert shown.index("存疑（标题）：两个题名") < shown.index(row["paragraphs"][0])
    assert (
        shown.index(row["paragraphs"][1])
        < shown.index("［存疑（段落次序）：接不上］")
        < shown.index(row["paragraphs"][2])
    )
    assert "把握 0.40" in rag("show", other, "--store", store).out


def test_an_article_is_shown_whole(rag, store):
    for row in rows(rag("list", "--store", store, "--json").out):
        shown = rag("show", row["id"], "--store", store).out
        for printed in (
            row["kicker"],
            row["title"],
            row["subtitle"],
            *row["paragraphs"],
            *row["bylines"],
            *row["jumps"],
        ):
            assert printed in shown
        assert f"刊于：{row['source']} 第 " in shown
        assert row["published_why"] in shown
        assert all(f"【{heading['text']}】" in shown for heading in row["headings"])


def test_an_article_is_shown_by_the_beginning_of_its_id_and_as_json(rag, store):
    row = rows(rag("list", "--store", store, "--json").out)[0]
    shown = json.loads(rag("show", row["id"], "--store", store, "--json").out)
    assert shown == {k: v for k, v in row.items() if k not in {"doubtful", "repeats"}}
    one_line(rag("show", row["id"][:8], "--store", store), 2, "9 articles begin so")
    one_line(rag("show", "nothing", "--store", store), 2, "no such article in the index; rag list tells the ids")


def test_where_an_article_goes_on_is_shown():
    from rag.types import Article, Kind, Origin
    from ui.lines import whole

    further = (Origin("p2.txt", (3, 5, 7, 20), 1),)
    article = Article("a-1", "p1.txt", Kind.NEWS, "题", ("一。", "二。"), lines=(1, 2, 9), continued=further)
    shown = whole(article, "工人日报", None)
    assert shown.index("一。") < shown.index("（续见 p2.txt 第 3—7、20 行）") < shown.index("二。")
    assert "刊于：p1.txt 第 1—2、9 行" in shown


def test_pages_are_taken_out_and_brought_back(rag, own, tmp_path):
    rag("index", tmp_path / "pages", "--store", own)
    ended = rag("remove", "a.txt", "--store", own)
    assert (ended.code, "taken out: a.txt" in ended.err) == (0, True)
    assert "1 files" in rag("index", "--store", own).err
    assert "taken out: a.txt; rag remove --undo brings it back" in rag("check", "--store", own).out
    assert "brought back: a.txt" in rag("remove", "--undo", "a.txt", "--store", own).err
    assert len(rag("list", "--store", own).out.splitlines()) == 2
    one_line(rag("remove", "--store", own), 2, "name pages to take out")
    one_line(rag("remove", "c.txt", "--store", own), 2, "c.txt: no such file in the index")


def test_a_check_ends_with_1_and_says_what_to_do_when_something_differs(rag, own, tmp_path):
    rag("index", tmp_path / "pages", "--store", own)
    ended = rag("check", "--store", own)
    assert (ended.code, ended.out.splitlines()[-1]) == (0, "up to date")
    assert "left out: " in ended.out
    (tmp_path / "pages" / "a.txt").write_text("本报讯（记者王明）驿站又建了一座。\n", "utf-8")
    (tmp_path / "pages" / "b.txt").unlink()
    ended = rag("check", "--store", own)
    assert ended.code == 1
    assert "changed: a.txt" in ended.out
    assert "gone: b.txt" in ended.out
    assert ended.out.count("article of a page that is not as it was: ") == 2
    assert ended.out.splitlines()[-1].endswith(f"bring it up to date with `rag index --store {own}`")


def test_serving_says_when_it_rebuilds_a_damaged_index(rag, own, tmp_path, capfd):
    rag("index", tmp_path / "pages", "--store", own)
    passages = next(own.rglob("passages.jsonl"))
    passages.write_bytes(passages.read_bytes()[:-9])
    refresh_index(load(store=own))
    told = capfd.readouterr().err
    assert "is damaged (passages.jsonl has" in told
    assert "building it anew" in told
    refresh_index(load(store=own))
    assert capfd.readouterr().err == ""


# --- what is wrong ------------------------------------------------------------------------------


def test_a_missing_page_is_named(rag, tmp_path):
    one_line(rag("index", tmp_path / "none.txt", "--store", tmp_path / "s"), 2, "none.txt", "no such file")


def test_a_page_that_is_no_text_is_named(rag, tmp_path):
    (tmp_path / "binary.txt").write_bytes(b"\0\1\2\xff" * 99)
    one_line(rag("index", tmp_path / "binary.txt", "--store", tmp_path / "s"), 2, "binary.txt")


def test_an_empty_page_is_named(rag, tmp_path):
    (tmp_path / "empty.txt").touch()
    one_line(rag("index", tmp_path / "empty.txt", "--store", tmp_path / "s"), 2, "empty.txt", "empty")


@pytest.mark.parametrize("command", ["ask", "search"])
def test_an_index_that_is_not_there_yet_is_asked_for(rag, tmp_path, command):
    one_line(rag(command, "问", "--store", tmp_path / "none"), 3, "there is no index", "rag index --store")


def test_a_damaged_index_is_refused(rag, store, tmp_path):
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(store, copy)
    passages = next(copy.rglob("passages.jsonl"))
    passages.write_bytes(passages.read_bytes()[:-20])
    one_line(rag("ask", "问", "--store", copy), 3, "damaged", "rebuild it")


def test_a_store_that_is_a_file_is_refused(rag, tmp_path):
    (tmp_path / "file").write_text("x", "utf-8")
    one_line(rag("ask", "问", "--store", tmp_path / "file"), 3, "cannot be used")


def test_an_index_built_with_other_settings_is_stale(rag, store, monkeypatch):
    monkeypatch.setenv("RAG_MAX_PASSAGE", "300")
    one_line(rag("ask", "问", "--store", store), 3, "out of date", "rebuild it")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{not json", "not JSON"),
        ('"a string"', 'needs a "question"'),
        ('{"id": 1}', 'needs a "question"'),
        ('{"question": "  "}', 'needs a "question"'),
        ('{"question": 5}', 'needs a "question"'),
        ('{"question": "问", "history": "以前"}', '"history" must be a list'),
        ('{"question": "问", "history": [1]}', '"history" must be a list'),
        ('{"question": "\\ud800"}', "not UTF-8"),
        ("[" * 100000, "not JSON"),
    ],
)
def test_a_bad_line_of_a_batch_is_named_before_anything_is_done(rag, store, tmp_path, line, says):
    (tmp_path / "in.jsonl").write_text('{"question": "好"}\n' + line + "\n", "utf-8")
    ended = rag("ask", "--batch", tmp_path / "in.jsonl", "--out", tmp_path / "out.jsonl", "--store", store)
    one_line(ended, 2, "in.jsonl, line 2", says)
    assert not (tmp_path / "out.jsonl").exists()


def test_a_batch_that_cannot_be_read_is_named(rag, store, tmp_path):
    one_line(rag("ask", "--batch", tmp_path / "none.jsonl", "--store", store), 2, "none.jsonl")
    (tmp_path / "gbk.jsonl").write_bytes("问".encode("gb18030"))
    one_line(rag("ask", "--batch", tmp_path / "gbk.jsonl", "--store", store), 2, "not UTF-8")
    (tmp_path / "empty.jsonl").touch()
    one_line(rag("ask", "--batch", tmp_path / "empty.jsonl", "--store", store), 2, "no questions")


def test_a_place_that_cannot_be_written_is_named(rag, store, tmp_path):
    given = write(tmp_path / "in.jsonl", {"question": "问"})
    one_line(rag("ask", "--batch", given, "--out", tmp_path, "--store", store), 2, "cannot be written")
    one_line(rag("ask", "--batch", given, "--out", tmp_path / "no" / "x", "--store", store), 2, "cannot be written")
    one_line(rag("ask", "--batch", given, "--out", given, "--store", store), 2, "would overwrite")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("ask",), "give one question"),
        (("search",), "give one question"),
        (("ask", "问", "--batch", "x"), "give one question"),
        (("ask", " "), "is empty"),
        (("ask", "问", "--out", "x"), "--out goes with --batch"),
        (("ask", "问", "--nonsense"), "--nonsense"),
        (("search", "问", "--k", "0"), "--k"),
        (("search", "问", "--k", "many"), "--k"),
        (("nonsense",), "nonsense"),
        (("list", "--since", "yesterday"), "'yesterday' is no date"),
        (("list", "--kind", "poem"), "--kind"),
        (("search", "问", "--until", "2025-13"), "--until: '2025-13' is no date"),
        (("index", "--jobs", "0"), "--jobs"),
        (("remove", "--undo", "x", "--store", "none"), "x: was not taken out"),
        (("serve", "--port", "99999"), "port"),
        (("index", "--store"), "--store"),
    ],
)
def test_wrong_arguments_are_named(rag, arguments, says):
    one_line(rag(*arguments), 2, says)


@pytest.mark.parametrize(
    ("name", "value"),
    [("RAG_TOP_K", "many"), ("RAG_LLM_MODEL", "m"), ("RAG_LLM_TIMEOUT", "-1"), ("RAG_LANGUAGE", "fr")],
)
def test_a_setting_that_makes_no_sense_is_named(rag, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    ended = rag("ask", "问")
    one_line(ended, 2)
    assert name in ended.err or name.removeprefix("RAG_").lower() in ended.err


def test_a_settings_file_that_is_no_toml_is_named(rag, tmp_path):
    (tmp_path / "rag.toml").write_text("store = [", "utf-8")
    one_line(rag("ask", "问"), 2, "rag.toml")


# --- in a process of its own --------------------------------------------------------------------

RAG = [sys.executable, "-c", "from ui.cli import main; main()"]


def run(*arguments: object, **more: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*RAG, *map(str, arguments)], check=False, cwd=ROOT, capture_output=True, text=True, timeout=120, **more
    )


@pytest.mark.slow
def test_a_question_is_answered_from_a_cold_shell(store):
    before = os.times()
    done = run("ask", QUESTION, "--store", store)
    after = os.times()
    assert done.returncode == 0
    assert "773.02万元" in done.stdout
    assert done.stderr == ""
    # It takes less than 2 s on two idle cores. Not by the clock: other programs may be running.
    assert after.children_user + after.children_system - before.children_user - before.children_system < 8


@pytest.mark.slow
def test_an_error_is_one_line_and_no_traceback(tmp_path):
    done = run("ask", "问", "--store", tmp_path / "none")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="pipes and signals are POSIX")
def test_a_reader_that_leaves_early_is_not_complained_about():
    command = f'"{sys.executable}" -c "from ui.cli import main; main()" articles --json | head -c 10'
    done = subprocess.run(command, shell=True, check=False, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout == '{"id": "85'
    assert done.stderr == ""


def unread(pipe: int) -> int:
    """How many bytes lie in a pipe."""
    import fcntl
    import termios

    count = array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, count)
    return count[0]


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="pipes and signals are POSIX")
def test_ctrl_c_ends_without_a_traceback(store):
    given, giving = os.pipe()
    asking = subprocess.Popen(
        [*RAG, "ask", "--batch", "-", "--store", str(store)],
        cwd=ROOT, stdin=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - it is ignored in the background
    )  # fmt: skip
    os.write(giving, b"{")
    deadline = time.monotonic() + 60
    while unread(given):  # until it waits for more
        assert time.monotonic() < deadline
        time.sleep(0.05)
    asking.send_signal(signal.SIGINT)
    out, err = asking.communicate(timeout=60)
    os.close(giving)
    os.close(given)
    assert asking.returncode == 130
    assert (out, err) == ("", "rag: stopped\n")


@pytest.mark.slow
def test_output_is_utf8_whatever_the_locale_says(store, tmp_path):
    given = write(tmp_path / "in.jsonl", {"id": 1, "question": QUESTION})
    env = os.environ | {"PYTHONIOENCODING": "ascii", "LC_ALL": "POSIX", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [*RAG, "ask", "--batch", str(given), "--store", str(store)],
        check=False, cwd=ROOT, capture_output=True, timeout=60, env=env,
    )  # fmt: skip
    assert done.returncode == 0
    assert rows(done.stdout.decode("utf-8"))[0]["question"] == QUESTION


def test_an_index_is_built_anew_from_its_own_pages_not_from_the_default_ones(rag, tmp_path):
    pages, store = tmp_path / "pages", tmp_path / "index"
    pages.mkdir()
    (pages / "a.txt").write_text(
        "本报讯（记者王明）近日，河北省唐山市总工会新建驿站35家。\n唐山新建驿站35家\n", "utf-8"
    )
    assert "1 files" in rag("index", pages, "--store", store).err
    (pages / "b.txt").write_text(
        "本报讯（记者李红）近日，河北省保定市总工会新建驿站12家。\n保定新建驿站12家\n", "utf-8"
    )
    assert "2 files" in rag("index", "--store", store).err
    settings = load(store=store)
    for gone, left in ((None, ["a.txt", "b.txt"]), (pages / "b.txt", ["a.txt"])):
        if gone is not None:
            gone.unlink()
        refresh_index(settings)
        assert [a.source for a in open_(settings).articles.values()] == left
    (pages / "a.txt").unlink()
    refresh_index(settings)
    assert len(open_(settings).articles) == 1, "pages that cannot be read leave the index as it is"
