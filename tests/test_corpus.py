"""Many files to articles: processes, order, what is passed over, and which articles repeat others."""

from __future__ import annotations

import importlib
import os
import random
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.ingest import corpus, duplicates, versions, workers
from rag.ingest.corpus import Reading, gather, merge
from rag.ingest.read import Source, sources
from rag.types import Article, Kind, Page

# --- processes ----------------------------------------------------------------------------------


def double(number: int) -> int:
    return 2 * number


def double_or_die(number: int) -> int:
    if number % 10 == 3:
        os._exit(1)
    time.sleep(0.01)
    return 2 * number


def fail(number: int) -> int:
    raise ValueError(f"{number} is no good")


@pytest.mark.parametrize("jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_every_item_is_worked_on_once_whatever_the_number_of_processes(jobs):
    assert sorted(workers.each(double, range(50), jobs)) == [(n, 2 * n) for n in range(50)]
    assert list(workers.each(double, [], jobs)) == []


@pytest.mark.slow
def test_an_item_that_kills_its_process_is_the_only_one_without_a_result():
    found = dict(workers.each(double_or_die, range(25), 2))
    assert found == {n: workers.Lost.DIED if n in {3, 13, 23} else 2 * n for n in range(25)}


def double_or_hang(number: int) -> int:
    if number % 10 == 3:
        time.sleep(600)
    return 2 * number


def double_slowly(number: int) -> int:
    for _ in range(12):
        time.sleep(0.5)
        workers.beat()
    return 2 * number


@pytest.mark.parametrize("jobs", [0, pytest.param(1, marks=pytest.mark.slow), pytest.param(2, marks=pytest.mark.slow)])
def test_an_item_that_never_ends_is_given_up_and_the_rest_goes_on(jobs):
    began = time.monotonic()
    found = dict(workers.each(double_or_hang, range(14), jobs, [3.0] * 14))
    assert found == {n: workers.Lost.LATE if n in {3, 13} else 2 * n for n in range(14)}
    assert time.monotonic() - began < 200  # of the 600 that one of them takes


@pytest.mark.slow
def test_what_the_work_needs_is_loaded_before_the_time_of_an_item_begins(tmp_path, monkeypatch):
    wait = "import multiprocessing, time\nif multiprocessing.parent_process(): time.sleep(5)\n"
    (tmp_path / "slow_to_load.py").write_text(f"{wait}def double(number): return 2 * number\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    needy = importlib.import_module("slow_to_load").double
    assert list(workers.each(needy, [1, 2], 1, [3.0] * 2)) == [(0, 2), (1, 4)]


@pytest.mark.slow
def test_an_item_that_says_that_it_goes_on_is_given_its_time():
    assert list(workers.each(double_slowly, [1, 2], 1, [5.0] * 2)) == [(0, 2), (1, 4)]


def regex_without_end(_number: int) -> None:
    re.match("(a+)+$", "a" * 40 + "b")


def test_a_pattern_that_never_ends_is_given_up_in_this_process():
    assert list(workers.each(regex_without_end, [1], 0, [0.3])) == [(0, workers.Lost.LATE)]


@pytest.mark.slow
def test_what_a_function_raises_in_another_process_is_raised_here():
    with pytest.raises(ValueError, match="is no good"):
        list(workers.each(fail, range(5), 2))


# --- gather -------------------------------------------------------------------------------------


def report_of(number: int, place: str = "河北省唐山市") -> str:
    return f"本报讯（记者王明）近日，{place}总工会新建驿站{number}家，户外劳动者有了歇脚的地方。\n新建驿站{number}家\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for n in range(8):
        (tmp_path / f"{n}.txt").write_text(report_of(n), "utf-8")
    return tmp_path


def silent(_what: str, _done: int, _total: int) -> None:
    pass


def read(found: list[Source], jobs: int = 1) -> list[Reading]:
    return gather(found, jobs, silent, lambda _: None)


@pytest.mark.slow
def test_readings_and_their_order_do_not_depend_on_the_number_of_processes(folder, monkeypatch):
    monkeypatch.setattr(corpus, "_WORTH_IT", 0)
    found = sources([folder])
    assert read(found, 3) == read(found, 1)
    assert [reading.source for reading in read(found, 3)] == [f"{n}.txt" for n in range(8)]


def test_each_reading_is_handed_on_as_soon_as_it_is_there(folder):
    kept, seen = [], []
    gather(sources([folder]), 1, lambda *step: seen.append((*step, len(kept))), kept.append)
    assert [reading.source for reading in kept] == [f"{n}.txt" for n in range(8)]
    assert seen == [("read", 0, 8, 0), *(("read", n, 8, n) for n in range(1, 9))]


def test_a_file_that_kills_its_process_is_named_and_the_rest_goes_on(folder, monkeypatch):
    def each(function, items, _jobs, _limits):
        yield from ((n, workers.Lost.DIED if n == 2 else function(item)) for n, item in enumerate(items))

    monkeypatch.setattr(workers, "each", each)
    found = read(sources([folder]))
    assert [reading.source for reading in found if reading.error] == ["2.txt"]
    assert "2.txt: reading it killed its process; leave the file out" in found[2].error


def test_a_file_that_is_not_read_in_time_is_named_and_the_rest_goes_on(folder, monkeypatch):
    load = corpus.load

    def hangs(source):
        if source.name == "5.txt":
            time.sleep(600)
        return load(source)

    monkeypatch.setattr(corpus, "load", hangs)
    found = gather(sources([folder]), 1, silent, lambda _: None, patience=3.0)
    assert [reading.source for reading in found if reading.error] == ["5.txt"]
    assert "5.txt: reading it did not end within 3" in found[5].error


def test_a_fault_of_the_program_in_one_file_is_told_and_the_rest_goes_on(folder, monkeypatch):
    load = corpus.load

    def faulty(source):
        if source.name == "5.txt":
            raise IndexError("string index\nout of range")
        return load(source)

    monkeypatch.setattr(corpus, "load", faulty)
    found = read(sources([folder]))
    assert [bool(reading.error) for reading in found] == [n == 5 for n in range(8)]
    assert "5.txt: the program failed on it (IndexError: string index out of range); please report it" in found[5].error


# --- what it was read with ----------------------------------------------------------------------


def test_every_module_and_table_of_reading_is_in_the_version_of_the_part_that_rests_on_it():
    here = Path(corpus.__file__).parent
    named = {part: versions.files(part) for part in ("formats", "parser", "merging", "splitter")}
    without = {"__init__.py", "duplicates.py", "versions.py", "workers.py"}
    every = {p.resolve() for p in here.rglob("*") if p.suffix in {".py", ".tsv"} and p.name not in without}
    assert every <= {path.resolve() for paths in named.values() for path in paths}
    assert {"article.py", "places.py", "regions.tsv", "zh.py"} <= {path.name for path in named["parser"]}
    assert {path.name for path in named["merging"]} == {"corpus.py", "jumps.py", "seam.py"}


def test_a_change_of_a_module_changes_the_version_and_another_line_ending_does_not(tmp_path, monkeypatch):
    monkeypatch.setattr(versions, "_HERE", tmp_path)
    seen = []
    for text in (b"LIMIT = 1\n", b"LIMIT = 1\r\n", b"LIMIT = 2\n"):
        (tmp_path / "page.py").write_bytes(text)
        seen.append(versions.version.__wrapped__("parser"))
    assert seen[0] == seen[1] != seen[2]


# --- merge --------------------------------------------------------------------------------------


def reading(name: str, text: str, *articles: Article) -> Reading:
    page = Page.of(name, text)
    return Reading(name, f"bytes of {name}", ((name, page.sha256),), articles)


def article(id_: str, source: str, kind: Kind = Kind.NEWS) -> Article:
    return Article(id_, source, kind, "题", ("工会办实事。",))


def test_a_page_with_the_text_of_an_earlier_one_is_passed_over_and_said_so():
    done = merge([reading("a.txt", "同", article("x-1", "a.txt")), reading("b.txt", "同", article("x-1", "b.txt"))])
    assert [a.source for a in done.articles] == ["a.txt"]
    assert done.notes == ("b.txt: same text as a.txt, passed over",)
    assert (done.pages, set(done.files), done.errors) == (1, {"a.txt", "b.txt"}, {})


def test_of_a_file_of_several_pages_only_the_repeated_one_is_passed_over():
    first = reading("a.txt", "一", article("x-1", "a.txt"))
    pages = tuple((name, Page.of(name, text).sha256) for name, text in (("b.pdf#1", "一"), ("b.pdf#2", "二")))
    second = Reading("b.pdf", "bytes", pages, (article("x-1", "b.pdf#1"), article("y-1", "b.pdf#2")))
    done = merge([first, second])
    assert [(a.id, a.source) for a in done.articles] == [("x-1", "a.txt"), ("y-1", "b.pdf#2")]
    assert done.pages == 2


def test_a_document_whose_id_is_taken_is_left_out_and_named_and_the_rest_of_its_file_is_kept():
    first = reading("a.jsonl", "一", article("7", "a.jsonl", Kind.DOCUMENT))
    second = reading("b.jsonl", "二", *(article(n, "b.jsonl", Kind.DOCUMENT) for n in "878"))
    done = merge([first, second])
    assert [(a.id, a.source) for a in done.articles] == [("7", "a.jsonl"), ("8", "b.jsonl")]
    says = "b.jsonl: 2 documents left out whose id another has: '7' (also in a.jsonl), '8' (also in b.jsonl); ids must differ"
    assert done.errors == {"b.jsonl": says}
    assert set(done.files) == {"a.jsonl", "b.jsonl"}


def test_pages_whose_hashes_begin_alike_get_longer_ids_and_are_both_kept():
    first, second = reading("a.txt", "一"), reading("b.txt", "二")
    beginning = second.pages[0][1][:8]
    first = replace(first, articles=(article(f"{beginning}-1", "a.txt"),))
    second = replace(second, articles=(article(f"{beginning}-1", "b.txt"), article(f"{beginning}-2", "b.txt")))
    done = merge([first, second])
    longer = second.pages[0][1][:16]
    assert [a.id for a in done.articles] == [f"{beginning}-1", f"{longer}-1", f"{beginning}-2"]


def test_a_file_that_could_not_be_read_is_in_the_errors_alone():
    done = merge([Reading("a.pdf", "", error="a.pdf: locked"), reading("b.txt", "一", article("x-1", "b.txt"))])
    assert (done.errors, set(done.files)) == ({"a.pdf": "a.pdf: locked"}, {"b.txt"})


# --- repeated articles --------------------------------------------------------------------------

CHARACTERS = "".join(chr(code) for code in range(0x4E00, 0x4E00 + 2500))


def text(seed: int, sentences: int = 12) -> list[str]:
    rng = random.Random(seed)
    return ["".join(rng.choices(CHARACTERS, k=rng.randint(18, 40))) + "。" for _ in range(sentences)]


def item(id_: str, sentences: list[str]) -> Article:
    return Article(id_, f"{id_}.txt", Kind.NEWS, "题", ("".join(sentences),))


def twins(*articles: Article) -> tuple[duplicates.Twin, ...]:
    signatures = duplicates.signatures([a.text for a in articles])
    return duplicates.twins(articles, signatures)


def words_changed(sentences: list[str], every: int) -> list[str]:
    whole = "".join(sentences)
    return ["".join("某" if n % every == 0 else c for n, c in enumerate(whole))]


EDITS = {
    "another title page, punctuation and width": (lambda s: [c.replace("。", " ．") for c in s], 1.0),
    "one sentence of twelve cut": (lambda s: s[:5] + s[6:], 0.9),
    "another opening of one sentence": (lambda s: text(999, 1) + s[1:], 0.83),
    "the last quarter cut": (lambda s: s[:9], 0.75),
    "two paragraphs changed places": (lambda s: s[6:] + s[:6], 0.98),
    "one word in a line of forty changed": (lambda s: words_changed(s, 40), 0.78),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_report_is_told_as_a_repetition_of_the_first(edit):
    change, expected = EDITS[edit]
    found = 0
    for seed in range(40):
        before = text(seed)
        told = twins(item("a", before), item("other", text(seed + 5000)), item("b", change(before)))
        found += [(t.article, t.earlier) for t in told] == [("b", "a")]
        if told:
            assert told[0].likeness == (1.0 if expected == 1.0 else pytest.approx(expected, abs=0.15))
    assert found >= 39, f"{found} of 40"


def test_a_report_of_which_half_is_new_is_none():
    assert sum(bool(twins(item("a", text(n)), item("b", text(n)[:6] + text(n + 5000)[:6]))) for n in range(40)) == 0


def test_the_reports_of_the_five_pages_do_not_repeat_each_other(seeds):
    assert twins(*seeds.articles) == ()


def test_short_texts_are_not_compared():
    assert twins(item("a", ["图为活动现场。"]), item("b", ["图为活动现场。"])) == ()


def test_a_report_printed_often_is_told_of_the_first_each_time_and_the_work_stays_small():
    pairs = duplicates._candidates(duplicates.signatures([item("a", text(1)).text] * 2000))
    assert len(pairs) <= 2 * 2000
    assert [t.earlier for t in twins(*(item(str(n), text(1)) for n in range(5)))] == ["0"] * 4


@given(st.lists(st.text("工会职", min_size=60, max_size=90), min_size=2, max_size=2))
@settings(max_examples=60, deadline=None)
def test_likeness_estimated_is_near_the_share_of_common_pieces(pair):
    a, b = pair
    one, other = ({t[n : n + 5] for n in range(len(t) - 4)} for t in pair)
    exact = len(one & other) / len(one | other)
    agree = duplicates.signature(a)[:128] == duplicates.signature(b)[:128]
    assert duplicates.likeness(duplicates.pieces(a), duplicates.pieces(b)) == pytest.approx(exact)
    assert agree.mean() == pytest.approx(exact, abs=0.25)
